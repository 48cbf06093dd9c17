//! Files and directories, as they lie on the disk.
//!
//! What is named is read, whatever an ignore file says about it. Below a directory, hidden files are
//! read too, and what ignore files leave out is not, unless told so. Symbolic links are not followed
//! below an argument: what they point to is either in the tree already or was not asked for. Nothing
//! that could block or never end (a pipe, a socket, a device) is ever opened.

use std::fs::{self, File, FileType};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::exclude::Exclude;
use super::unpack::{container, unpack, unpack_bytes};
use super::{Crew, Large, Request, Sink, Source, SourceKind, Subject, WHOLE};
use crate::blob::Origin;
use crate::error::Result;
use crate::globs::Excluded;
use crate::pack::{Input, Kind, TAIL};
use crate::threads;

/// The line in the table.
pub(super) const SOURCE: SourceKind = SourceKind {
    name: "worktree",
    about: "files and directories",
    open: |request| Ok(Worktree::open(request)?.map(|tree| Box::new(tree) as Box<dyn Source>)),
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
    /// No path was named: the current directory is meant, and `./` before each path says nothing.
    bare: bool,
}

impl Worktree {
    fn open(request: &Request) -> Result<Option<Self>> {
        if request.subject != Subject::Files {
            return Ok(None);
        }
        let bare = request.paths.is_empty();
        let mut paths: Vec<PathBuf> = Vec::new();
        for path in request.paths.iter().filter(|path| *path != Path::new("-")) {
            if !paths.contains(path) {
                paths.push(path.clone());
            }
        }
        if bare {
            paths.push(PathBuf::from("."));
        }
        let exclude = Exclude::new(&request.exclude)?;
        let tree =
            Self { paths, no_ignore: request.no_ignore, exclude, excluded: request.excluded.clone(), bare };
        Ok((!tree.paths.is_empty()).then_some(tree))
    }

    fn walk(&self, directories: &[&PathBuf], crew: &dyn Crew) {
        let Some((first, others)) = directories.split_first() else { return };
        let mut builder = WalkBuilder::new(first);
        for path in others {
            builder.add(path);
        }
        let respect = !self.no_ignore;
        builder
            .threads(crew.jobs())
            .hidden(false)
            .require_git(false)
            .parents(respect)
            .ignore(respect)
            .git_ignore(respect)
            .git_global(respect)
            .git_exclude(respect);
        builder.build_parallel().run(|| {
            let mut hand = Hand::new(self, crew.sink());
            Box::new(move |entry| match entry {
                Ok(entry) => hand.meet(&entry),
                Err(error) => {
                    hand.complain(&error);
                    WalkState::Continue
                }
            })
        });
    }

    fn named_files(&self, files: &[&PathBuf], crew: &dyn Crew) {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut hand = Hand::new(self, crew.sink());
            while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
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
                    Ok(meta) if meta.is_dir() => directories.push(path),
                    Ok(meta) if meta.is_file() => files.push(path),
                    // Whoever names a path wants it read: that it is not must not pass for a clean scan.
                    Ok(meta) => sink.failed(&path.to_string_lossy(), &not_read(meta.file_type())),
                    Err(error) => sink.failed(&path.to_string_lossy(), &error),
                }
            }
        }
        if !files.is_empty() {
            self.named_files(&files, crew);
        }
        self.walk(&directories, crew);
    }
}

/// What one thread holds: its sink, its buffer, and the origin that it fills in again and again.
struct Hand<'s> {
    tree: &'s Worktree,
    sink: Box<dyn Sink + 's>,
    buffer: Vec<u8>,
    /// What comes out of a container; empty until the first.
    unpacked: Vec<u8>,
    origin: Origin,
}

impl<'s> Hand<'s> {
    fn new(tree: &'s Worktree, sink: Box<dyn Sink + 's>) -> Self {
        // One byte more than a small file has tells that a file is none. Untouched pages cost nothing.
        Self { tree, sink, buffer: vec![0; WHOLE + 1], unpacked: Vec::new(), origin: Origin::default() }
    }

    fn meet(&mut self, entry: &DirEntry) -> WalkState {
        let path = entry.path();
        let Some(kind) = entry.file_type() else { return WalkState::Continue };
        if entry.depth() == 0 {
            return WalkState::Continue;
        }
        if kind.is_dir() && entry.file_name() == ".git" {
            self.skip(path, "git metadata");
            return WalkState::Skip;
        }
        let by_project = || self.tree.excluded.as_ref().is_some_and(|excluded| excluded.matches(path));
        if self.tree.exclude.matches(path, entry.depth()) || by_project() {
            self.skip(path, "excluded");
            return WalkState::Skip;
        }
        if kind.is_file() {
            self.read(path);
        } else if !kind.is_dir() {
            self.skip(path, what_it_is(kind));
        }
        WalkState::Continue
    }

    fn read(&mut self, path: &Path) {
        let shown = self.shown(path);
        self.origin.path.clear();
        match shown.to_str() {
            Some(text) => self.origin.path.push_str(text),
            None => self.origin.path.push_str(&shown.to_string_lossy()),
        }
        match read_start(path, &mut self.buffer) {
            Ok(length) if length < self.buffer.len() => {
                let bytes = &self.buffer[..length];
                let unpacked = container(bytes, bytes).is_some_and(|kind| {
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
                if unpack(&mut *self.sink, kind, &self.origin, input, &mut self.unpacked) {
                    return;
                }
            }
            Err(error) => return self.sink.failed(&self.origin.path, &error),
        }
        self.sink.large(Large { path: path.to_owned(), origin: self.origin.clone() });
    }

    fn skip(&mut self, path: &Path, reason: &'static str) {
        self.sink.skipped(&self.shown(path).to_string_lossy(), reason);
    }

    fn complain(&mut self, error: &ignore::Error) {
        let path = path_of(error).map_or_else(String::new, |p| self.shown(p).to_string_lossy().into_owned());
        match error.io_error() {
            Some(io) => self.sink.failed(&path, io),
            None => self.sink.failed(&path, &io::Error::other(error.to_string())),
        }
    }

    fn shown<'p>(&self, path: &'p Path) -> &'p Path {
        if self.tree.bare { path.strip_prefix(".").unwrap_or(path) } else { path }
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

/// A large file that is a container, by its first bytes or its last.
fn open_container(path: &Path, head: &[u8]) -> io::Result<Option<(Kind, File)>> {
    let mut file = File::open(path)?;
    let mut tail = [0; TAIL];
    // A file in `/proc` may have no end to go to, and a log that was cut short meanwhile none so far.
    let length = match file.seek(SeekFrom::End(-(TAIL as i64))) {
        Ok(_) => fill(&mut file, &mut tail)?,
        Err(_) => 0,
    };
    let Some(kind) = container(head, &tail[..length]) else { return Ok(None) };
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

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        ignore::Error::Loop { child, .. } => Some(child),
        ignore::Error::Partial(errors) => errors.iter().find_map(path_of),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_kind_of_source_has_a_name_of_its_own() {
        let mut names: Vec<_> = super::super::SOURCES.iter().map(|s| s.name).collect();
        names.dedup();
        assert_eq!(names, ["stdin", "worktree", "staged", "history", "commits", "given"]);
    }
}
