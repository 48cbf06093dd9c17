//! What a person asked to have read.

use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::globs::{Excluded, Patterns, Watched};

/// What a person asked to have read.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The arguments, `-` among them; none means the current directory.
    pub paths: Vec<PathBuf>,
    /// Read what ignore files leave out, too.
    pub no_ignore: bool,
    /// Globs of paths to leave out, from [`exclude_patterns`](super::exclude_patterns).
    pub exclude: Patterns,
    /// What the project leaves out.
    pub excluded: Option<Excluded>,
    /// Leave out files, too, that were named and match what is left out.
    pub force_exclude: bool,
    /// Globs that want to know whether any path that is read matches them, and leave nothing out.
    pub watched: Option<Watched>,
    /// What of them.
    pub subject: Subject,
}

/// What is read of the paths that were named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Subject {
    /// The files as they lie there.
    #[default]
    Files,
    /// What is staged in the repository there.
    Staged {
        /// Everything in the files that differ, not only the lines that do.
        whole_files: bool,
        /// Files that are read as they lie there, unless they are staged: what a framework of hooks names.
        named: Vec<PathBuf>,
    },
    /// All objects of the repository there.
    History,
    /// Some commits of the repository there.
    Commits(Commits),
    /// These bytes.
    Given {
        /// What they are called.
        name: String,
        /// The bytes.
        bytes: Vec<u8>,
    },
}

/// Commits of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commits {
    /// Where they begin.
    pub tips: Tips,
    /// What is left out, with all that it leads to.
    pub hidden: Hidden,
    /// Commits that were committed before are left out; Unix seconds.
    pub since: Option<i64>,
    /// What brings the commits that a shallow clone is without, where they are missed.
    pub deepen: Option<String>,
    /// Names of references that come with them, which are looked at as well.
    pub names: Vec<String>,
}

/// Where a range of commits begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tips {
    /// Revisions in the words of `git rev-list`: `A..B`, `main`, `^A B`.
    Revisions(String),
    /// All references and `HEAD`.
    All,
    /// Object ids in hex.
    Ids(Vec<String>),
}

/// What a range of commits leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hidden {
    /// Nothing but what the revisions say themselves.
    Nothing,
    /// What a remote is known to have.
    Remote {
        /// The name of the remote.
        name: String,
        /// Object ids in hex that it has, besides.
        ids: Vec<String>,
    },
    /// What any reference has.
    AllReferences,
}

impl Request {
    /// The directory that a request for a repository is about.
    pub(super) fn directory(&self) -> Result<Option<&Path>> {
        match &self.paths[..] {
            [] => Ok(None),
            [one] => Ok(Some(one)),
            _ => Err(crate::Error::invalid("one repository at a time: name one directory")),
        }
    }
}
