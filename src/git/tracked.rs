//! What a repository says of the files in its work tree: which it holds, and which it is told to ignore.

use std::path::{Path, PathBuf};

use super::{Repository, said};
use crate::error::{Error, Result};

/// The paths that the index of a repository holds.
pub struct Tracked {
    /// None where nothing was ever added.
    index: Option<gix::index::File>,
}

impl Repository {
    /// The repository whose work tree, or whose own directory, is exactly this one.
    ///
    /// # Errors
    ///
    /// There is none, or its configuration or format is not understood.
    pub fn at(directory: &Path) -> Result<Self> {
        let git = gix::ThreadSafeRepository::open(directory)
            .map_err(|error| Error::from(said(&error)).at_path(directory))?;
        let own = git.refs.common_dir().unwrap_or_else(|| git.refs.git_dir()).join("objects");
        let hash = git.to_thread_local().object_hash();
        Ok(Self { git, directories: vec![own], hash })
    }

    /// Reads the index.
    ///
    /// # Errors
    ///
    /// It cannot be read; the path is not told.
    pub fn tracked(&self) -> Result<Tracked> {
        let path = self.git.to_thread_local().index_path();
        if !path.exists() {
            return Ok(Tracked { index: None });
        }
        // Its checksum is git's concern: what is asked here is which paths it names.
        let index = gix::index::File::at(&path, self.hash, true, gix::index::decode::Options::default())
            .map_err(|error| Error::from(said(&error)))?;
        Ok(Tracked { index: Some(index) })
    }

    /// The file of patterns that only this clone ignores; it need not exist.
    pub fn own_excludes(&self) -> PathBuf {
        self.git.to_thread_local().common_dir().join("info").join("exclude")
    }

    /// The file of patterns that the user ignores everywhere (`core.excludesFile`, or where git looks for
    /// it without one); it need not exist.
    pub fn user_excludes(&self) -> Option<PathBuf> {
        let git = self.git.to_thread_local();
        if let Ok(Some(named)) = git.config_snapshot().trusted_path("core.excludesFile") {
            return Some(named);
        }
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let folder = set("XDG_CONFIG_HOME").or_else(|| Some(set("HOME")?.join(".config")))?;
        Some(folder.join("git").join("ignore"))
    }

    /// True where the names of files differ by more than the case of letters (`core.ignoreCase`).
    pub fn ignores_case(&self) -> bool {
        self.git.to_thread_local().config_snapshot().boolean("core.ignoreCase").unwrap_or(false)
    }
}

impl Tracked {
    /// True where the index holds this path, told from the root with `/`: of a file, or of a submodule.
    pub fn holds(&self, path: &[u8]) -> bool {
        let Some(index) = &self.index else { return false };
        index.entries().get(self.first(index, path)).is_some_and(|e| e.path(index) == path)
            || self.is_folded(index, path)
    }

    /// True where the index holds something below this directory, told from the root with `/`.
    pub fn holds_below(&self, directory: &[u8]) -> bool {
        let Some(index) = &self.index else { return false };
        let start = [directory, b"/"].concat();
        index.entries().get(self.first(index, &start)).is_some_and(|e| e.path(index).starts_with(&start))
            || self.is_folded(index, directory)
    }

    /// True where the index has a submodule at this path.
    pub fn is_submodule(&self, path: &[u8]) -> bool {
        let Some(index) = &self.index else { return false };
        let entry = index.entries().get(self.first(index, path));
        entry.is_some_and(|e| e.path(index) == path && e.mode.is_submodule())
    }

    /// The place of the first entry that does not come before this path.
    fn first(&self, index: &gix::index::File, path: &[u8]) -> usize {
        index.entries().partition_point(|entry| entry.path(index) < path)
    }

    /// True where a sparse index holds a whole folder around this path as one entry.
    fn is_folded(&self, index: &gix::index::File, path: &[u8]) -> bool {
        let folder = |at: usize| {
            let entry = index.entries().get(self.first(index, &path[..=at]));
            entry.is_some_and(|e| e.mode.is_sparse() && e.path(index) == &path[..=at])
        };
        index.is_sparse() && memchr::memchr_iter(b'/', path).any(folder)
    }
}
