//! A repository: where it is, and what it says of itself.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use gix::{ObjectId, hash};

use super::library_error::said;
use super::object::MAX_OBJECT;
use super::objects::Objects;
use super::store::Store;
use crate::error::{Error, Result};
use crate::text::printable;

/// A repository.
pub struct Repository {
    pub(super) git: gix::ThreadSafeRepository,
    directories: Vec<PathBuf>,
    hash: hash::Kind,
}

impl Repository {
    /// The repository that holds `directory`; without one, what git's environment variables or the
    /// current directory say, quarantined objects of a push included.
    ///
    /// # Errors
    ///
    /// There is no repository, or its configuration or format is not understood.
    pub fn open(directory: Option<&Path>) -> Result<Self> {
        let opened = match directory {
            Some(directory) => gix::ThreadSafeRepository::discover(directory),
            None => gix::ThreadSafeRepository::discover_with_environment_overrides("."),
        };
        let at = directory.unwrap_or(Path::new("."));
        let git = opened.map_err(|error| Error::from(said(&error)).at_path(at))?;
        let env = |name| if directory.is_none() { std::env::var_os(name) } else { None };
        let own = || git.refs.common_dir().unwrap_or_else(|| git.refs.git_dir()).join("objects");
        let mut directories = vec![env("GIT_OBJECT_DIRECTORY").map_or_else(own, PathBuf::from)];
        directories.extend(env("GIT_ALTERNATE_OBJECT_DIRECTORIES").iter().flat_map(alternates));
        let hash = git.to_thread_local().object_hash();
        Ok(Self { git, directories, hash })
    }

    /// The hash that names objects.
    pub fn hash(&self) -> hash::Kind {
        self.hash
    }

    /// Reads single objects; one for each thread.
    ///
    /// # Errors
    ///
    /// A directory of objects cannot be read.
    pub fn objects(&self) -> Result<Objects> {
        let open = |directory: &PathBuf| {
            let options = gix::odb::store::init::Options {
                alloc_limit_bytes: Some(2 * MAX_OBJECT as usize),
                ..Default::default()
            };
            gix::odb::at_opts(directory, self.hash(), None, options)
                .map_err(|error| Error::from(error).at_path(directory))
        };
        let stores = self.directories.iter().map(open).collect::<Result<_>>()?;
        Ok(Objects { stores, directories: self.directories.clone() })
    }

    /// An id in hex.
    ///
    /// # Errors
    ///
    /// It is none of this repository's hash.
    pub fn id(&self, hex: &str) -> Result<ObjectId> {
        ObjectId::from_hex(hex.as_bytes())
            .ok()
            .filter(|id| id.kind() == self.hash())
            .ok_or_else(|| Error::invalid(format!("`{}` is no object id of this repository", printable(hex))))
    }

    /// The folder that hooks are run from: `core.hooksPath`, or `hooks` in the git directory. Empty where that
    /// is set and empty, which is no folder.
    ///
    /// # Errors
    ///
    /// The configured path means nothing.
    pub fn hooks(&self) -> Result<PathBuf> {
        let git = self.git.to_thread_local();
        let config = git.config_snapshot();
        // Git takes an empty one for a folder, in which it finds no hook.
        if config.string("core.hooksPath").is_some_and(|path| path.is_empty()) {
            return Ok(PathBuf::new());
        }
        let path = config.trusted_path("core.hooksPath").map_err(|error| Error::from(said(&error)))?;
        let Some(path) = path else { return Ok(git.common_dir().join("hooks")) };
        // A relative path counts from where git runs hooks.
        let base = git.workdir().unwrap_or_else(|| git.git_dir());
        Ok(base.join(path))
    }

    /// The directory that all work trees of the repository share.
    pub fn common_directory(&self) -> PathBuf {
        self.git.to_thread_local().common_dir().to_owned()
    }

    /// The top of the work tree; a bare repository has none.
    pub fn work_tree(&self) -> Option<PathBuf> {
        self.git.to_thread_local().workdir().map(Path::to_owned)
    }

    /// A file's path as the index has it; nothing where it lies outside of the work tree.
    pub fn path_in_tree(&self, file: &Path) -> Option<Vec<u8>> {
        let tree = self.git.to_thread_local().workdir()?.canonicalize().ok()?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        // The file itself may be a link, and is what it is called.
        let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
        let path = folder.join(file.file_name()?);
        let parts: Vec<&[u8]> =
            path.strip_prefix(tree).ok()?.iter().map(|part| part.as_encoded_bytes()).collect();
        Some(parts.join(&b'/'))
    }

    /// True where both keep their objects in one place, as linked work trees do.
    pub fn is_same(&self, other: &Self) -> bool {
        let place = |repository: &Self| {
            let directory = repository.directories.first();
            directory.map(|path| path.canonicalize().unwrap_or_else(|_| path.clone()))
        };
        place(self) == place(other)
    }

    /// True where objects may have been left at a remote.
    pub fn is_partial(&self) -> bool {
        self.directories.iter().any(|directory| {
            let packs = std::fs::read_dir(directory.join("pack")).into_iter().flatten().flatten();
            packs.map(|entry| entry.path()).any(|path| path.extension().is_some_and(|e| e == "promisor"))
        })
    }

    /// Everything that is stored.
    ///
    /// # Errors
    ///
    /// A directory of objects cannot be read.
    pub fn store(&self) -> Result<Store> {
        Store::open(&self.directories, self.hash())
    }
}

impl fmt::Debug for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Repository").field("directories", &self.directories).finish_non_exhaustive()
    }
}

/// The directories of `GIT_ALTERNATE_OBJECT_DIRECTORIES`: separated as in `PATH`, quoted where one has
/// the separator in it.
pub(super) fn alternates(list: &OsString) -> Vec<PathBuf> {
    std::env::split_paths(list).filter(|path| !path.as_os_str().is_empty()).collect()
}
