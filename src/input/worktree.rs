//! Files and directories, as they lie on the disk.
//!
//! What is named is read, whatever an ignore file or a glob says about it. Below a directory, hidden
//! files are read too, and what ignore files leave out is not, unless the index of its repository holds
//! it. Symbolic links are not followed below an argument: what they point to is either in the tree
//! already or was not asked for. Nothing that could block or never end (a pipe, a socket, a device) is
//! ever opened.

use std::fs::{self, File, FileType};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::exclude::{EXCLUDED, Exclude};
use super::names::show_name;
use super::request::{Request, Subject};
use super::source::{Crew, Large, Sink, Source, SourceKind, WHOLE};
use super::unpack::{Damage, unpack, unpack_bytes};
use crate::blob::Origin;
use crate::globs::{Excluded, Watched};
use crate::pack::{self, Input, Kind};
use crate::walk::{self, Visitor};
use crate::{text, threads};

/// The line in the table.
pub(super) const SOURCE: SourceKind = SourceKind {
    name: "worktree",
    about: "files and directories",
    open: |request| Ok(Worktree::open(request).map(|tree| Box::new(tree) as Box<dyn Source>)),
};

/// With fewer named files than this, threads cost more than they save.
const WORTH_THREADS: usize = 32;

/// How much of a file is read before its size is asked for.
const FIRST: usize = 128 * 1024;

struct Worktree {
    paths: Vec<PathBuf>,
    no_ignore: bool,
    exclude: Exclude,
    excluded: Option<Excluded>,
    force_exclude: bool,
    watched: Option<Watched>,
}

impl Worktree {
    fn open(request: &Request) -> Option<Self> {
        if request.subject != Subject::Files {
            return None;
        }
        let mut paths: Vec<PathBuf> = Vec::new();
        for path in request.paths.iter().filter(|path| *path != Path::new("-")) {
            if !paths.contains(path) {
                paths.push(path.clone());
            }
        }
        if request.paths.is_empty() {
            paths.push(PathBuf::from("."));
        }
        let tree = Self {
            paths,
            no_ignore: request.no_ignore,
            exclude: Exclude::of(request),
            excluded: request.excluded.clone(),
            force_exclude: request.force_exclude,
            watched: request.watched.clone(),
        };
        (!tree.paths.is_empty()).then_some(tree)
    }

    /// Whether an entry is left out that lies so many names below an argument.
    fn leaves_out(&self, path: &Path, depth: usize, is_directory: bool) -> bool {
        let by_option = self.exclude.matches(path, depth, is_directory);
        // Both are asked: a glob that matched is in use.
        self.excluded.as_ref().is_some_and(|excluded| excluded.matches(path, is_directory)) || by_option
    }

    /// Whether a file or directory is left out although it was named.
    fn leaves_out_named(&self, path: &Path, is_directory: bool) -> bool {
        let depth = path.components().filter(|part| matches!(part, Component::Normal(_))).count();
        self.force_exclude && self.leaves_out(path, depth, is_directory)
    }

    /// True where a file may be wanted of a directory that is left out.
    fn takes_back(&self) -> bool {
        let project = self.excluded.as_ref().is_some_and(|excluded| excluded.globs.patterns().negate());
        self.exclude.negates() || project
    }

    fn named_files(&self, files: &[&PathBuf], crew: &dyn Crew) {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut hand = Hand::new(self, crew);
            while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed))
                && !crew.is_stopped()
            {
                hand.read(path);
            }
        };
        threads::on(if files.len() < WORTH_THREADS { 1 } else { crew.jobs() }, work);
    }
}

impl Source for Worktree {
    fn read(&self, crew: &dyn Crew) {
        let (mut files, mut directories) = (Vec::new(), Vec::new());
        {
            let mut sink = crew.sink();
            for path in &self.paths {
                match fs::metadata(path) {
                    Ok(meta) if self.leaves_out_named(path, meta.is_dir()) => {
                        sink.skipped(&text::shown(path), EXCLUDED);
                    }
                    Ok(meta) if meta.is_dir() => {
                        show_name_of(&mut *sink, path);
                        directories.push(path.as_path());
                    }
                    Ok(meta) if meta.is_file() => files.push(path),
                    // Whoever names a path wants it read: that it is not must not pass for a clean scan.
                    Ok(meta) => sink.failed(&text::shown(path), &not_read(meta.file_type())),
                    Err(error) => sink.failed(&text::shown(path), &error),
                }
            }
        }
        if !files.is_empty() {
            self.named_files(&files, crew);
        }
        walk::walk(&directories, crew.jobs(), !self.no_ignore, || Hand::new(self, crew));
    }
}

/// What one thread holds: its sink, its buffer, and the origin that it fills in again and again.
struct Hand<'s> {
    tree: &'s Worktree,
    crew: &'s dyn Crew,
    sink: Box<dyn Sink + 's>,
    buffer: Vec<u8>,
    /// What comes out of a container; empty until the first.
    unpacked: Vec<u8>,
    origin: Origin,
}

impl<'s> Hand<'s> {
    fn new(tree: &'s Worktree, crew: &'s dyn Crew) -> Self {
        // One byte more than a small file has tells that a file is none. Untouched pages cost nothing.
        let sink = crew.sink();
        Self { tree, crew, sink, buffer: vec![0; WHOLE + 1], unpacked: Vec::new(), origin: Origin::default() }
    }

    fn read(&mut self, path: &Path) {
        self.origin.path.clear();
        self.origin.path.push_str(&text::shown(path));
        if let Some(watched) = &self.tree.watched {
            watched.see(path);
        }
        show_name_of(&mut *self.sink, path);
        match read_start(path, &mut self.buffer) {
            Ok(length) if length < self.buffer.len() => {
                let bytes = &self.buffer[..length];
                let unpacked = pack::identify(bytes).is_some_and(|kind| {
                    unpack_bytes(&mut *self.sink, kind, &self.origin, bytes, &mut self.unpacked)
                });
                if !unpacked {
                    self.sink.whole(&self.origin, bytes);
                }
            }
            Ok(_) => self.read_large(path),
            Err(error) => self.sink.failed(&self.origin.path, &error),
        }
    }

    fn read_large(&mut self, path: &Path) {
        match open_container(path, &self.buffer[..FIRST]) {
            Ok(None) => {}
            Ok(Some((kind, mut file))) => {
                let input = Input::File(&mut file);
                if unpack(&mut *self.sink, kind, &self.origin, input, Damage::Counts, &mut self.unpacked) {
                    return;
                }
            }
            Err(error) => return self.sink.failed(&self.origin.path, &error),
        }
        self.sink.large(Large { path: path.to_owned(), origin: self.origin.clone() });
    }

    fn skip(&mut self, path: &Path, reason: &'static str) {
        self.sink.skipped(&text::shown(path), reason);
    }
}

impl Visitor for Hand<'_> {
    fn enters(&mut self, path: &Path, depth: usize) -> bool {
        let enters = !self.tree.leaves_out(path, depth, true);
        if !enters && !self.tree.takes_back() {
            self.skip(path, EXCLUDED);
            return false;
        }
        show_name_of(&mut *self.sink, path);
        true
    }

    fn meet(&mut self, path: &Path, kind: FileType, depth: usize) {
        if self.tree.leaves_out(path, depth, false) {
            self.skip(path, EXCLUDED);
        } else if kind.is_file() {
            self.read(path);
        } else {
            show_name_of(&mut *self.sink, path);
            self.skip(path, what_it_is(kind));
        }
    }

    fn left_out(&mut self, path: &Path, kind: FileType, depth: usize, reason: &'static str) {
        // A glob that means what is ignored anyway is no mistake.
        self.tree.leaves_out(path, depth, kind.is_dir());
        self.skip(path, reason);
    }

    fn failed(&mut self, path: &Path, error: &io::Error) {
        self.sink.failed(&text::shown(path), error);
    }

    fn stops(&self) -> bool {
        self.crew.is_stopped()
    }
}

/// Shows what is found in the last name of a path.
fn show_name_of(sink: &mut dyn Sink, path: &Path) {
    if let Some(name) = path.file_name() {
        let origin = Origin::file(text::shown(path));
        show_name(sink, &origin, name.as_encoded_bytes(), &mut |_| true);
    }
}

/// Counts files; see [`super::count_files`].
pub(super) fn count(request: &Request, count: &(dyn Fn(u64) -> bool + Sync)) {
    let Some(tree) = Worktree::open(request) else { return };
    let (directories, files): (Vec<&Path>, Vec<&Path>) =
        tree.paths.iter().map(PathBuf::as_path).partition(|path| path.is_dir());
    if count(files.len() as u64) {
        let counter = || Counter { tree: &tree, count, stopped: false };
        walk::walk(&directories, 1, !tree.no_ignore, counter);
    }
}

/// Counts what a walk meets.
struct Counter<'c> {
    tree: &'c Worktree,
    count: &'c (dyn Fn(u64) -> bool + Sync),
    stopped: bool,
}

impl Visitor for Counter<'_> {
    fn enters(&mut self, path: &Path, depth: usize) -> bool {
        self.tree.takes_back() || !self.tree.leaves_out(path, depth, true)
    }

    fn meet(&mut self, path: &Path, kind: FileType, depth: usize) {
        if kind.is_file() && !self.tree.leaves_out(path, depth, false) {
            self.stopped |= !(self.count)(1);
        }
    }

    fn left_out(&mut self, _: &Path, _: FileType, _: usize, _: &'static str) {}

    fn failed(&mut self, _: &Path, _: &io::Error) {}

    fn stops(&self) -> bool {
        self.stopped
    }
}

/// Reads a file until it ends; a full buffer means that it is large.
///
/// Most files end within the first read, and what a file claims of its size is not asked for: a log
/// grows, and a file in `/proc` claims none. Only where more is to come does the claim save reading a
/// megabyte that will be read again.
fn read_start(path: &Path, buffer: &mut [u8]) -> io::Result<usize> {
    let mut file = File::open(path)?;
    let mut length = fill(&mut file, &mut buffer[..FIRST])?;
    if length == FIRST {
        if file.metadata()?.len() > WHOLE as u64 {
            return Ok(buffer.len());
        }
        length += fill(&mut file, &mut buffer[FIRST..])?;
    }
    Ok(length)
}

/// A large file that is a container, by its first bytes or its last; a zip in its middle shows when it is read.
fn open_container(path: &Path, head: &[u8]) -> io::Result<Option<(Kind, File)>> {
    let mut file = File::open(path)?;
    let kind = match pack::sniff(&head[..pack::HEAD]) {
        // A file in `/proc` may have no end to go to.
        None if pack::ends_as_zip(&mut file).unwrap_or(false) => Kind::Zip,
        None => return Ok(None),
        Some(kind) => kind,
    };
    file.seek(SeekFrom::Start(0))?;
    Ok(Some((kind, file)))
}

fn fill(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match file.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

fn not_read(kind: FileType) -> io::Error {
    io::Error::other(format!("a {} is not read; pipe it in and name it `-`", what_it_is(kind)))
}

fn what_it_is(kind: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return "named pipe";
        }
        if kind.is_socket() {
            return "socket";
        }
        if kind.is_block_device() || kind.is_char_device() {
            return "device";
        }
    }
    if kind.is_symlink() { "symbolic link" } else { "special file" }
}
