//! Where bytes come from: one file per kind of input, one line per kind in [`SOURCES`].
//!
//! A [`Source`] pushes what it has into sinks, one for each of its threads: small files whole, large
//! files as a path to be read in parts, streams as a reader. It decides what is read; it neither
//! detects nor prints, and whatever it leaves out it says, with the reason.

mod changes;
mod commits;
mod contents;
mod exclude;
mod fresh;
mod given;
mod history;
mod names;
mod new_names;
mod staged;
mod stdin;
mod unpack;
mod worktree;

use std::io::{self, Read};
use std::ops::Range;
use std::path::PathBuf;

use crate::blob::Origin;
use crate::error::Result;
use crate::finding::Finding;
use crate::globs::{Excluded, Patterns, Watched};

pub use exclude::patterns as exclude_patterns;
pub(crate) use exclude::{EXCLUDED, Exclude};
pub(crate) use names::{mask_each_name, names_of_entry};
pub(crate) use unpack::unpack_behind;

/// What is said of containers that are not what they must be.
pub(crate) const DAMAGED: &str = "damaged container";

/// Whether what is skipped for this reason was meant to be: because somebody said so, or because it holds
/// nothing of its own. All else was to be read and could not be looked into.
pub fn is_meant(reason: &str) -> bool {
    let special = ["symbolic link", "named pipe", "socket", "device", "special file"];
    reason == EXCLUDED
        || reason == crate::walk::METADATA
        || reason.starts_with("ignored by ")
        || special.contains(&reason)
}

/// Files up to this many bytes are read whole by the thread that met them; larger ones are read in
/// parts by all threads.
pub const WHOLE: usize = 1024 * 1024;

/// What a person asked to have read.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The arguments, `-` among them; none means the current directory.
    pub paths: Vec<PathBuf>,
    /// Read what ignore files leave out, too.
    pub no_ignore: bool,
    /// Globs of paths to leave out, from [`exclude_patterns`].
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

/// What was found, without saying where: the rule and the fingerprint of the value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    /// The id of the rule.
    pub rule: String,
    /// The fingerprint of the value.
    pub fingerprint: String,
}

impl Mark {
    /// True where the finding is of that.
    pub fn is_of(&self, finding: &Finding) -> bool {
        self.rule == finding.rule && self.fingerprint == finding.fingerprint
    }
}

/// What was found in contents whose path is not known yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    /// What is found at every path.
    pub anywhere: Vec<Mark>,
    /// What is found only where the path holds one of these words, in lower case.
    pub by_path: Vec<(Mark, Vec<String>)>,
}

impl Marks {
    /// True where nothing is found at any path.
    pub fn is_empty(&self) -> bool {
        self.anywhere.is_empty() && self.by_path.is_empty()
    }

    /// What is found at this path, told from the root of the tree.
    pub fn at(&self, path: &[u8]) -> impl Iterator<Item = &Mark> {
        let path = if self.by_path.is_empty() { Vec::new() } else { path.to_ascii_lowercase() };
        let has = move |word: &String| memchr::memmem::find(&path, word.as_bytes()).is_some();
        let by_path = self.by_path.iter().filter(move |(_, words)| words.iter().any(&has));
        self.anywhere.iter().chain(by_path.map(|(mark, _)| mark))
    }
}

/// Something that has bytes.
pub trait Source: Sync {
    /// Pushes everything into sinks that `crew` makes.
    fn read(&self, crew: &dyn Crew);
}

/// Makes the sinks of a source's threads.
pub trait Crew: Sync {
    /// How many threads a source may use.
    fn jobs(&self) -> usize;

    /// True where the rest is not wanted any more.
    fn is_stopped(&self) -> bool {
        false
    }

    /// A sink for one thread.
    fn sink(&self) -> Box<dyn Sink + '_>;
}

/// Takes what one thread of a source meets.
pub trait Sink: Send {
    /// A file's bytes, all of them.
    fn whole(&mut self, origin: &Origin, bytes: &[u8]);

    /// A file above [`WHOLE`], to be read in parts.
    fn large(&mut self, file: Large);

    /// Bytes that can only be read in order.
    fn stream(&mut self, origin: &Origin, reader: &mut (dyn Read + Send));

    /// Bytes that come out of a container on this thread and can only be read in order; other threads
    /// are busy with other files.
    fn inner(&mut self, origin: &Origin, reader: &mut (dyn Read + Send));

    /// Tells what is found in contents whose path is not known yet, for any path; each once. With
    /// `changed`, the rest stands in other contents in which nothing was found.
    fn glance(&mut self, bytes: &[u8], changed: Option<&[Range<usize>]>) -> Marks;

    /// True where compressed files and archives of a repository are wanted as the bytes that they are, not
    /// entry by entry.
    fn wants_containers_whole(&self) -> bool {
        false
    }

    /// A file's bytes, all of them; of what is found only that counts which `keep` wants.
    fn sifted(&mut self, origin: &Origin, bytes: &[u8], keep: &mut dyn FnMut(&Finding) -> bool);

    /// The same for bytes that can only be read in order, of any number.
    fn sifted_stream(
        &mut self,
        origin: &Origin,
        reader: &mut (dyn Read + Send),
        keep: &mut dyn FnMut(&Finding) -> bool,
    );

    /// One more file was read, of so many bytes: for those that come in other ways than whole.
    fn counted(&mut self, bytes: usize);

    /// A text with everything in it masked that is found there.
    fn masked(&mut self, text: &[u8]) -> String;

    /// Counts a file that is read as it is, by its first bytes, where nothing looks into its kind: for those
    /// that come in other ways than whole or as a stream.
    fn look_at_kind(&mut self, _origin: &Origin, _head: &[u8]) {}

    /// A container that is damaged: what came before the damage was read, and what it is made of.
    fn damaged(&mut self, path: &str, error: &io::Error);

    /// Something that is not read, and why.
    fn skipped(&mut self, path: &str, reason: &'static str);

    /// Something that could not be read.
    fn failed(&mut self, path: &str, error: &io::Error);
}

/// A file that is read in parts.
#[derive(Debug, Clone)]
pub struct Large {
    /// Where the file is.
    pub path: PathBuf,
    /// How a person names it.
    pub origin: Origin,
}

/// One kind of input.
#[derive(Debug, Clone, Copy)]
pub struct SourceKind {
    /// Its name.
    pub name: &'static str,
    /// What it reads.
    pub about: &'static str,
    /// Takes its share of a request, if it has one.
    pub open: Open,
}

/// Makes a source for a kind's share of a request; none where it has no share.
pub type Open = fn(&Request) -> Result<Option<Box<dyn Source>>>;

/// Every kind of input.
pub const SOURCES: &[SourceKind] =
    &[stdin::SOURCE, worktree::SOURCE, staged::SOURCE, history::SOURCE, commits::SOURCE, given::SOURCE];

/// Counts the files that are below the directories of a request, for whoever wants to know how many are to
/// come; `count` is given a few more again and again, and ends it with false.
pub fn count_files(request: &Request, count: &(dyn Fn(u64) -> bool + Sync)) {
    worktree::count(request, count);
}

/// The sources that together hold what was asked for.
///
/// # Errors
///
/// A glob that is none.
pub fn open(request: &Request) -> Result<Vec<Box<dyn Source>>> {
    let mut sources = Vec::new();
    for kind in SOURCES {
        sources.extend((kind.open)(request)?);
    }
    Ok(sources)
}
