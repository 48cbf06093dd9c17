//! Git repositories: read, never written to, and nothing in them is run.
//!
//! The formats themselves (packs, indexes, references) are read by `gix`; here is what a scan asks of
//! them: all objects of a repository, each once ([`Store`]); the content of the index; commits and how
//! they hang together; which lines a change adds. Objects come as they were written: replacements
//! (`git replace`) are not followed, because they could hide what is there.

mod delta;
mod graph;
mod index;
mod lines;
mod pack;
mod range;
mod references;
mod reftable;
mod revisions;
mod roots;
mod store;
mod stream;
mod tracked;
pub mod tree;

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use gix::objs::Find as _;
use gix::odb::HeaderExt as _;
use gix::{ObjectId, hash};

pub use delta::MAX_OBJECT;
pub use gix::ObjectId as Id;
pub use gix::objs::Kind;
pub use graph::{Graph, Node};
pub use index::Staged;
pub use lines::added;
pub use range::{Between, between};
pub use revisions::{Revisions, is_zeros};
pub use roots::Roots;
pub use store::Store;
pub use stream::Stream;
pub use tracked::{Tracked, WorkTree};

use crate::blob::Commit;
use crate::error::{Error, Result};
use crate::text::printable;

/// A repository.
pub struct Repository {
    git: gix::ThreadSafeRepository,
    directories: Vec<PathBuf>,
    hash: hash::Kind,
}

/// An object as [`Store::walk`] shows it.
#[derive(Debug, Clone, Copy)]
pub struct Object<'o> {
    /// Its id.
    pub id: &'o ObjectId,
    /// Blob, commit or tag; trees where they were asked for.
    pub kind: Kind,
    /// Its content.
    pub bytes: &'o [u8],
    /// What differs from an object of the same kind for which the visitor gave true; an empty range is
    /// a place where something was taken out. Nothing where the whole is new.
    pub changed: Option<&'o [Range<usize>]>,
}

/// Takes the objects of a repository; one for each thread.
pub trait Visitor: Send {
    /// An object. True where whoever looks at one that differs a little need only look at the
    /// differences.
    fn object(&mut self, object: &Object<'_>) -> bool;

    /// An object that cannot be had.
    fn failed(&mut self, id: &ObjectId, failed: Failed);
}

/// Why an object cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failed {
    /// What is stored is not what an object must be.
    Corrupt,
    /// It has more than [`MAX_OBJECT`] bytes; so many.
    TooLarge(u64),
    /// It is not there.
    Missing,
    /// A tree that leads to more files, or deeper, than is followed.
    Endless,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failed::Corrupt => f.write_str("the object is corrupt; git fsck tells more"),
            Failed::TooLarge(size) => {
                write!(f, "the object has {size} bytes, more than the {MAX_OBJECT} that are read")
            }
            Failed::Endless => {
                f.write_str("it holds more files than are followed: folders in folders without end")
            }
            Failed::Missing => f.write_str("the object is missing; git fsck tells more"),
        }
    }
}

impl From<Failed> for io::Error {
    fn from(failed: Failed) -> Self {
        io::Error::other(failed.to_string())
    }
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

    /// The trees that the next commit has as its parents': that of `HEAD`, unless it is unborn, and in
    /// an unfinished merge those of the merged branches.
    ///
    /// # Errors
    ///
    /// `HEAD` names something that is not there.
    pub fn parents_of_next_commit(&self, objects: &Objects) -> Result<Vec<ObjectId>> {
        let git = self.git.to_thread_local();
        let head = self.head()?.id;
        let mut merged = roots::ids_of_words(&git.git_dir().join("MERGE_HEAD"), 1, self);
        if merged.is_empty() {
            // A merge that needs nobody tells its hook so.
            merged = std::env::vars_os()
                .filter_map(|(name, _)| self.id(name.to_str()?.strip_prefix("GITHEAD_")?).ok())
                .collect();
        }
        let tree = |id: ObjectId| {
            let node =
                objects.commit(&id).map_err(|failed| Error::invalid(format!("commit {id}: {failed}")))?;
            Ok(node.tree)
        };
        head.into_iter().chain(merged).map(tree).collect()
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

/// Reads single objects.
pub struct Objects {
    stores: Vec<gix::odb::Handle>,
    directories: Vec<PathBuf>,
}

impl Objects {
    /// Reads an object into `buffer`.
    ///
    /// # Errors
    ///
    /// It cannot be had.
    pub fn read(&self, id: &gix::oid, buffer: &mut Vec<u8>) -> std::result::Result<Kind, Failed> {
        for store in &self.stores {
            match store.try_find(id, buffer) {
                Ok(Some(data)) if data.data.len() as u64 <= MAX_OBJECT => return Ok(data.kind),
                Ok(Some(data)) => return Err(Failed::TooLarge(data.data.len() as u64)),
                Ok(None) => {}
                Err(_) => {
                    return match store.header(id) {
                        Ok(header) if header.size() > MAX_OBJECT => Err(Failed::TooLarge(header.size())),
                        Ok(_) => self.small(id, buffer),
                        Err(_) => Err(Failed::Corrupt),
                    };
                }
            }
        }
        Err(Failed::Missing)
    }

    /// Reads an object into `buffer`, and sees that it is what its name says: whoever stored other bytes
    /// under the name would hide those that git means.
    ///
    /// # Errors
    ///
    /// It cannot be had, or is something else.
    pub fn read_checked(&self, id: &gix::oid, buffer: &mut Vec<u8>) -> std::result::Result<Kind, Failed> {
        let kind = self.read(id, buffer)?;
        let hashed = gix::objs::compute_hash(id.kind(), kind, buffer);
        if hashed.is_ok_and(|hashed| hashed == id) { Ok(kind) } else { Err(Failed::Corrupt) }
    }

    /// Reads an object that is small, and may be told by one that is not.
    fn small(&self, id: &gix::oid, buffer: &mut Vec<u8>) -> std::result::Result<Kind, Failed> {
        let stream = self.stream(id)?;
        let kind = stream.kind();
        buffer.clear();
        let read = io::Read::read_to_end(&mut io::Read::take(stream, MAX_OBJECT), buffer);
        read.map(|_| kind).map_err(|_| Failed::Corrupt)
    }

    /// Opens an object of any size, to be read in order.
    ///
    /// # Errors
    ///
    /// It cannot be had.
    pub fn stream(&self, id: &gix::oid) -> std::result::Result<Stream, Failed> {
        let directories = store::with_alternates(&self.directories, &mut Vec::new());
        stream::open(&directories.map_err(|_| Failed::Missing)?, id)
    }

    /// Reads a commit.
    ///
    /// # Errors
    ///
    /// It cannot be had, or is something else.
    pub fn commit(&self, id: &gix::oid) -> std::result::Result<Node, Failed> {
        let mut buffer = Vec::new();
        match self.read(id, &mut buffer)? {
            Kind::Commit => Node::parse(id, &buffer, id.kind()).ok_or(Failed::Corrupt),
            _ => Err(Failed::Corrupt),
        }
    }
}

impl fmt::Debug for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Objects").field("stores", &self.stores.len()).finish()
    }
}

/// How many tags of tags are followed: one is enough, and an endless row of them is an attack.
pub const MOST_TAGS: usize = 256;

/// What a tag, or a tag of a tag, leads to in the end.
pub fn peeled(objects: &Objects, id: ObjectId, hash: hash::Kind) -> ObjectId {
    let (mut at, mut buffer) = (id, Vec::new());
    for _ in 0..MOST_TAGS {
        match objects.read(&at, &mut buffer) {
            Ok(Kind::Tag) => match target(&buffer, hash) {
                Some(target) => at = target,
                None => break,
            },
            _ => break,
        }
    }
    at
}

/// What a tag object names.
pub fn target(bytes: &[u8], hash: hash::Kind) -> Option<ObjectId> {
    gix::objs::TagRefIter::from_bytes(bytes, hash).target_id().ok()
}

/// Fills in author, date and the first line of the message of a commit object; `shown` makes texts fit
/// to be shown.
pub fn describe(bytes: &[u8], hash: hash::Kind, commit: &mut Commit, mut shown: impl FnMut(&[u8]) -> String) {
    let Ok(read) = gix::objs::CommitRef::from_bytes(bytes, hash) else { return };
    if let Ok(author) = read.author() {
        commit.author = shown(author.name);
        commit.email = shown(author.email);
        commit.date = author.time().map_or_else(|_| String::new(), date);
    }
    let first = read.message.split(|b| *b == b'\n').find(|line| !line.trim_ascii().is_empty());
    commit.message = shown(first.unwrap_or_default());
}

/// RFC 3339 with the offset of the clock that was looked at.
fn date(time: gix::date::Time) -> String {
    let offset = jiff::tz::Offset::from_seconds(time.offset).unwrap_or(jiff::tz::Offset::UTC);
    match jiff::Timestamp::from_second(time.seconds) {
        Ok(at) => at.display_with_offset(offset).to_string(),
        Err(_) => String::new(),
    }
}

/// The message of a commit or a tag: what follows the first blank line.
pub fn message(bytes: &[u8]) -> &[u8] {
    memchr::memmem::find(bytes, b"\n\n").map_or(&[], |at| &bytes[at + 2..])
}

/// What stands before the message of a commit or a tag and is somebody's words: names and addresses, encodings,
/// signatures, merged tags with their messages, whatever else. Lines that only name an object are left out, and
/// continued lines are as they were before they were folded.
pub fn header(bytes: &[u8], hash: hash::Kind) -> Vec<u8> {
    let end = memchr::memmem::find(bytes, b"\n\n").map_or(bytes.len(), |at| at + 1);
    let mut out = Vec::with_capacity(end);
    for line in bytes[..end].split_inclusive(|b| *b == b'\n') {
        let mut words = line.trim_ascii_end().rsplitn(2, |b| *b == b' ');
        let id = words.next().unwrap_or_default();
        let is_id = id.len() == hash.len_in_hex() && id.iter().all(u8::is_ascii_hexdigit);
        let names: [&[u8]; 4] = [b"tree", b"parent", b"object", b"mergetag object"];
        if !is_id || !words.next().is_some_and(|name| names.contains(&name)) {
            out.extend_from_slice(line.strip_prefix(b" ").unwrap_or(line));
        }
    }
    out
}

/// The first digits of an id, as people read it.
pub fn short(id: &gix::oid) -> String {
    id.to_hex_with_len(10).to_string()
}

/// The directories of `GIT_ALTERNATE_OBJECT_DIRECTORIES`: separated as in `PATH`, quoted where one has
/// the separator in it.
fn alternates(list: &OsString) -> Vec<PathBuf> {
    std::env::split_paths(list).filter(|path| !path.as_os_str().is_empty()).collect()
}

/// An error of the library below as an I/O error, on one line.
fn said(error: &dyn fmt::Display) -> io::Error {
    let text = error.to_string();
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    io::Error::other(lines.join(": "))
}
