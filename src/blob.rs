//! What is scanned: bytes, and where they came from.
//!
//! An [`Origin`] is a type, not a text that somebody parses later: formats print it, rules look at
//! its path, nobody takes it apart again.

use std::fmt;
use std::sync::Arc;

use crate::text::Span;

/// Where bytes came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The path as a person would type it; `-` for standard input. Not escaped: escape it on output.
    pub path: String,
    /// The way into a container, outermost first; empty for a plain file.
    pub entry: Vec<String>,
    /// The commit that brought the bytes, where they come from a repository's history.
    pub commit: Option<Arc<Commit>>,
}

/// A commit, as far as it tells people where to look and whom to ask.
///
/// Names and messages are shown as they are in the repository, but for what is secret in them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Commit {
    /// The object id, in hex; empty where no commit holds the bytes (a dangling object).
    pub id: String,
    /// The author's name.
    pub author: String,
    /// The author's mail address.
    pub email: String,
    /// The author's date, RFC 3339 with the offset that the author had.
    pub date: String,
    /// The first line of the message.
    pub message: String,
    /// The path in the tree of the commit.
    pub path: String,
    /// The commit that took the bytes away again, where one did and `HEAD` is without them.
    pub removed_by: Option<String>,
    /// The branches, tags and other references whose history holds the commit, by full name.
    pub refs: Vec<String>,
    /// True where the tree of `HEAD` still holds the bytes at this path.
    pub in_head: bool,
    /// True where no reference, reflog entry or stash leads to the commit.
    pub unreachable: bool,
    /// True where nothing but a reflog leads to the commit: git forgets it some day.
    pub only_in_reflog: bool,
    /// The path of the repository, where several were read; empty otherwise.
    pub repository: String,
}

impl Origin {
    /// What it is called where it lies: the name of the innermost entry, or the path.
    pub fn name(&self) -> &str {
        self.entry.last().unwrap_or(&self.path)
    }

    /// The path, and the way into the containers there.
    pub fn way(&self) -> String {
        let names: Vec<&str> = std::iter::once(&self.path).chain(&self.entry).map(String::as_str).collect();
        names.join(" > ")
    }

    /// A file, by the path that names it to a person.
    pub fn file(path: impl Into<String>) -> Self {
        Self { path: path.into(), ..Self::default() }
    }

    /// Standard input.
    pub fn stdin() -> Self {
        Self::file("-")
    }
}

/// A run of bytes to be scanned: a whole file, or a part of one with enough around it.
///
/// A part shows the detector more than it owns: it reports only what is anchored inside `owned`,
/// and reads up to [`CONTEXT`] bytes on either side, so that the parts of a file together report
/// what the whole would.
#[derive(Debug, Clone, Copy)]
pub struct Blob<'a> {
    /// The bytes, context included.
    pub bytes: &'a [u8],
    /// The part of `bytes` in which a match must be anchored to be reported.
    pub owned: Span,
    /// True where `bytes` begins at the file's first byte.
    pub at_start: bool,
    /// Where the bytes came from.
    pub origin: &'a Origin,
    /// The file's first bytes (at most [`HEAD`]), which tell its encoding and the names of CSV columns.
    pub head: &'a [u8],
    /// How the path reads from the root of the scanned tree; without it the path counts as it is.
    pub root: Option<&'a dyn TreeRoot>,
}

/// The root of what is scanned. Rules see paths from there, never the part that a person typed: the same
/// file gives the same finding from every working directory.
pub trait TreeRoot: fmt::Debug + Sync {
    /// The path within the tree, with `/`.
    fn path_within(&self, path: &str) -> String;
}

/// How far from its anchor a match may look, in bytes. A part of a file carries this much more on
/// either side.
pub const CONTEXT: usize = 64 * 1024;

/// How much of a file's start may decide over the rest of it, in bytes.
pub const HEAD: usize = 16 * 1024;

impl<'a> Blob<'a> {
    /// A whole file.
    pub fn whole(bytes: &'a [u8], origin: &'a Origin) -> Self {
        Self {
            bytes,
            owned: Span::new(0, bytes.len()),
            at_start: true,
            origin,
            head: &bytes[..bytes.len().min(HEAD)],
            root: None,
        }
    }
}
