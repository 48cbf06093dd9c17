//! The walk through directories: one for everything that reads files, so that all of it leaves out the
//! same.
//!
//! Threads take directories and handfuls of files from one stack. Symbolic links are not followed below
//! what a walk begins with, and of repositories only the work tree is walked.

mod ignores;

use std::ffi::OsString;
use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use self::ignores::{Folder, Names, Verdict};
use crate::threads;

/// Takes what a walk meets; one for each thread.
pub(crate) trait Visitor {
    /// A directory, so many names below where the walk began. False where it is not to be entered.
    fn enters(&mut self, path: &Path, depth: usize) -> bool;

    /// Anything else: a file, a link, a pipe.
    fn meet(&mut self, path: &Path, kind: FileType, depth: usize);

    /// Something that is not walked, and why; a directory with all that is below it.
    fn left_out(&mut self, path: &Path, kind: FileType, depth: usize, reason: &'static str);

    /// Something that cannot be read.
    fn failed(&mut self, path: &Path, error: &io::Error);

    /// True where the walk is to end.
    fn stops(&self) -> bool {
        false
    }
}

/// What is said of `.git`.
pub(crate) const METADATA: &str = "git metadata";

/// What is said of the objects of a repository without a work tree.
pub(crate) const BARE: &str = "bare repository, which --history reads";

/// What is said of a submodule that is not there.
pub(crate) const NO_SUBMODULE: &str = "submodule that is not checked out";

/// Files that one thread takes at once: few enough that a large directory keeps all busy.
const HANDFUL: usize = 64;

/// Walks through these directories with so many threads; what ignore files leave out is told, and walked
/// where `ignores` is false.
pub(crate) fn walk<V: Visitor>(
    directories: &[&Path],
    jobs: usize,
    ignores: bool,
    visitor: impl Fn() -> V + Sync,
) {
    let begin = |path: &&Path| {
        let folder = if ignores { Folder::first(path) } else { Folder::plain() };
        Task::List { folder, path: path.to_path_buf(), depth: 0 }
    };
    let tasks: Vec<Task> = directories.iter().rev().map(begin).collect();
    if tasks.is_empty() {
        return;
    }
    let stack = Stack { state: Mutex::new(State { tasks, busy: 0 }), changed: Condvar::new() };
    threads::on(jobs, || {
        let mut hand = Hand { visitor: visitor(), stack: &stack, jobs, ignores, relative: PathBuf::new() };
        while let Some(task) = stack.take() {
            // Whoever panics must not leave the others waiting.
            let _busy = Busy(&stack);
            match task {
                _ if hand.visitor.stops() => {}
                Task::List { folder, path, depth } => hand.list(folder, path, depth),
                Task::Files { path, files, depth } => hand.files(path, &files, depth),
            }
        }
    });
}

enum Task {
    /// A directory to be listed.
    List { folder: Folder, path: PathBuf, depth: usize },
    /// Entries of a directory that are no directories.
    Files { path: PathBuf, files: Vec<(OsString, FileType)>, depth: usize },
}

/// What is to be done. It ends when nothing is left and nobody is at work who could find more.
struct Stack {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    tasks: Vec<Task>,
    busy: usize,
}

impl Stack {
    fn take(&self) -> Option<Task> {
        let mut state = self.state();
        loop {
            if let Some(task) = state.tasks.pop() {
                state.busy += 1;
                return Some(task);
            }
            if state.busy == 0 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn add(&self, tasks: Vec<Task>) {
        if !tasks.is_empty() {
            self.state().tasks.extend(tasks);
            self.changed.notify_all();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A thread at work on a task.
struct Busy<'s>(&'s Stack);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.busy -= 1;
        if state.busy == 0 && state.tasks.is_empty() {
            self.0.changed.notify_all();
        }
    }
}

/// What one thread works with.
struct Hand<'w, V> {
    visitor: V,
    stack: &'w Stack,
    jobs: usize,
    ignores: bool,
    /// The path that ignore files are asked about.
    relative: PathBuf,
}

impl<V: Visitor> Hand<'_, V> {
    fn list(&mut self, mut folder: Folder, path: PathBuf, depth: usize) {
        let (entries, names) = match self.entries(&path) {
            Ok(listed) => listed,
            Err(error) => return self.visitor.failed(&path, &error),
        };
        if self.ignores {
            if entries.is_empty()
                && folder.is_submodule()
                && let Ok(meta) = path.symlink_metadata()
            {
                return self.visitor.left_out(&path, meta.file_type(), depth, NO_SUBMODULE);
            }
            folder.see(&path, &names);
        }
        let is_bare = names.is_bare_repository(&path);
        let (mut folders, mut files) = (Vec::new(), Vec::new());
        let keeps_all = folder.keeps_all();
        let mut at = path;
        for (name, kind) in entries {
            at.push(&name);
            if kind.is_dir() && name == ".git" {
                self.visitor.left_out(&at, kind, depth + 1, METADATA);
            } else if is_bare && kind.is_dir() && name == "objects" {
                self.visitor.left_out(&at, kind, depth + 1, BARE);
            } else {
                let verdict =
                    if keeps_all { Verdict::Kept } else { self.judge(&folder, &name, kind.is_dir()) };
                match verdict {
                    Verdict::Ignored(reason) => self.visitor.left_out(&at, kind, depth + 1, reason),
                    _ if !kind.is_dir() => files.push((name, kind)),
                    _ if self.visitor.enters(&at, depth + 1) => {
                        let folder = folder.child(Path::new(&name), verdict);
                        folders.push(Task::List { folder, path: at.clone(), depth: depth + 1 });
                    }
                    _ => {}
                }
            }
            at.pop();
        }
        if let Some((index, error)) = folder.broken_index() {
            self.visitor.failed(&index, &io::Error::other(error));
        }
        // The first directory is taken next.
        folders.reverse();
        let later = if self.jobs == 1 { Vec::new() } else { files.split_off(files.len().min(HANDFUL)) };
        folders.extend(later.chunks(HANDFUL).map(|files| Task::Files {
            path: at.clone(),
            files: files.to_vec(),
            depth: depth + 1,
        }));
        self.stack.add(folders);
        self.files(at, &files, depth + 1);
    }

    fn entries(&mut self, path: &Path) -> io::Result<(Vec<(OsString, FileType)>, Names)> {
        let (mut entries, mut names) = (Vec::new(), Names::default());
        for entry in fs::read_dir(path)? {
            let listed = entry.and_then(|entry| Ok((entry.file_name(), entry.file_type()?)));
            match listed {
                Ok((name, kind)) => {
                    names.add(&name, kind);
                    entries.push((name, kind));
                }
                Err(error) => self.visitor.failed(path, &error),
            }
        }
        Ok((entries, names))
    }

    fn judge(&mut self, folder: &Folder, name: &OsString, is_dir: bool) -> Verdict {
        self.relative.clear();
        self.relative.push(folder.relative());
        self.relative.push(name);
        folder.judge(&self.relative, is_dir)
    }

    fn files(&mut self, mut path: PathBuf, files: &[(OsString, FileType)], depth: usize) {
        for (name, kind) in files {
            if self.visitor.stops() {
                return;
            }
            path.push(name);
            self.visitor.meet(&path, *kind, depth);
            path.pop();
        }
    }
}
