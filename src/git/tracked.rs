//! What a repository says of the files in its work tree: which it holds, and which it is told to ignore.

use std::path::{Path, PathBuf};

use gix::hash;

use super::library_error::said;
use crate::error::{Error, Result};

/// The work tree of a repository: where its index is, and what it is told to ignore.
pub struct WorkTree {
    /// Where the index is; there is none where nothing was ever added.
    pub index: PathBuf,
    /// `GIT_INDEX_FILE` says where that is.
    is_redirected: bool,
    /// The files of patterns that only this clone ignores, and that the user ignores everywhere
    /// (`core.excludesFile`, or where git looks for it without one); they need not exist.
    pub own_excludes: PathBuf,
    /// See `own_excludes`.
    pub user_excludes: Option<PathBuf>,
    /// The case of letters makes no other name (`core.ignoreCase`).
    pub ignores_case: bool,
    hash: hash::Kind,
}

impl WorkTree {
    /// The work tree that is exactly this directory; none where there is no repository with one. Of a
    /// repository in a form that is not understood, the index and its own patterns are read all the same.
    pub fn at(directory: &Path) -> Option<Self> {
        let Ok(git) = gix::open(directory.join(".git")) else {
            let git = directory.join(".git");
            return git.join("index").is_file().then(|| Self {
                index: git.join("index"),
                is_redirected: false,
                own_excludes: git.join("info").join("exclude"),
                user_excludes: usual_excludes(),
                ignores_case: false,
                hash: hash::Kind::Sha1,
            });
        };
        let config = git.config_snapshot();
        // Git takes an empty one for none.
        let is_none = config.string("core.excludesFile").is_some_and(|path| path.is_empty());
        let named = || config.trusted_path("core.excludesFile").ok().flatten().or_else(usual_excludes);
        let is_redirected = is_redirected(directory);
        Some(Self {
            index: if is_redirected { git.index_path() } else { git.git_dir().join("index") },
            is_redirected,
            own_excludes: git.common_dir().join("info").join("exclude"),
            user_excludes: if is_none { None } else { named() },
            ignores_case: config.boolean("core.ignoreCase").unwrap_or(false),
            hash: git.object_hash(),
        })
    }

    /// Reads the index.
    ///
    /// # Errors
    ///
    /// It cannot be read; the path is not told.
    pub fn tracked(&self) -> Result<Tracked> {
        if !self.index.exists() {
            // A variable that leads nowhere would make files that are held look like ignored ones.
            return if self.is_redirected {
                Err(Error::invalid("GIT_INDEX_FILE names a file that is not there"))
            } else {
                Ok(Tracked { index: None })
            };
        }
        // Its checksum is git's concern: what is asked here is which paths it names.
        let options = gix::index::decode::Options::default();
        let index = gix::index::File::at(&self.index, self.hash, true, options);
        Ok(Tracked { index: Some(index.map_err(|error| Error::from(said(&error)))?) })
    }
}

/// Whether git was told by a variable where the index of this work tree is: the variable is about the
/// repository that git works in, and about no other one.
fn is_redirected(directory: &Path) -> bool {
    if std::env::var_os("GIT_INDEX_FILE").is_none() {
        return false;
    }
    let here = gix::discover(".").ok().and_then(|git| git.workdir()?.canonicalize().ok());
    here.is_some() && here == directory.canonicalize().ok()
}

/// Where git looks for patterns of the user where nothing is configured.
fn usual_excludes() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = set("XDG_CONFIG_HOME").or_else(|| Some(set("HOME")?.join(".config")))?;
    Some(folder.join("git").join("ignore"))
}

/// The paths that the index of a repository holds.
pub struct Tracked {
    /// None where nothing was ever added.
    index: Option<gix::index::File>,
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
