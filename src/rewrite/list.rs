//! Which files: those that were named, and all below the directories that were.
//!
//! Ignore files do not count: logs are what they leave out. What is not gone over is told, and so are
//! the remains of a run that was killed, which are removed.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::part::is_remains;
use crate::error::{Error, Result};
use crate::input::{EXCLUDED, Exclude};
use crate::scrub::mask_random;
use crate::summary::Failure;
use crate::walk::{self, Visitor};

/// A file to go over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it is.
    pub path: PathBuf,
    /// Where it goes below another directory.
    pub relative: PathBuf,
}

/// What there is to do.
#[derive(Debug, Default)]
pub struct Listed {
    /// The files, by path.
    pub files: Vec<Entry>,
    /// What was named and is not there.
    pub failures: Vec<Failure>,
    /// What is not gone over, by reason.
    pub skipped: Vec<(PathBuf, &'static str)>,
    /// Globs of what is left out that matched nothing.
    pub unused: Vec<String>,
}

/// Lists the files. A directory stands for all files below it, but for `.git` and symbolic links; `not`
/// is left out with all below it.
///
/// # Errors
///
/// A glob that is none.
pub fn list(paths: &[PathBuf], exclude: &[String], not: Option<&Path>) -> Result<Listed> {
    let exclude = Exclude::new(exclude)?;
    let mut listed = Listed::default();
    for path in paths {
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => walk(path, &exclude, not, &mut listed),
            Ok(meta) if meta.is_file() => match real(path) {
                Ok(file) => {
                    let relative = PathBuf::from(path.file_name().unwrap_or_default());
                    listed.files.push(Entry { path: file, relative });
                }
                Err(error) => listed.fail(path, &error.to_string()),
            },
            Ok(_) => listed.fail(path, "is no file; pipe it through `scrubjay scrub` instead"),
            // What is not there may be a value that was given in the place of a path.
            Err(error) => {
                let path = mask_random(&path.to_string_lossy());
                listed.failures.push(Failure { path, message: error.to_string() });
            }
        }
    }
    listed.unused = exclude.unused();
    listed.files.sort_by(|a, b| a.path.cmp(&b.path));
    if paths.len() > 1 {
        // Twice at once, each would find that the file changes.
        let mut seen = HashSet::new();
        listed.files.retain(|entry| {
            let name = fs::canonicalize(&entry.path).unwrap_or_else(|_| entry.path.clone());
            seen.insert(name)
        });
    }
    Ok(listed)
}

/// The file that a named link leads to: what is replaced must be that, not the link.
fn real(path: &Path) -> io::Result<PathBuf> {
    if path.is_symlink() { fs::canonicalize(path) } else { Ok(path.to_owned()) }
}

fn walk(directory: &Path, exclude: &Exclude, not: Option<&Path>, listed: &mut Listed) {
    let not = not.and_then(|path| fs::canonicalize(path).ok());
    // One that lies in there itself was named for its own sake.
    let not = not.filter(|not| fs::canonicalize(directory).is_ok_and(|d| !d.starts_with(not)));
    // `logs/` goes to `OUT/logs`, and `.` to `OUT` itself.
    let base = directory.file_name().map(PathBuf::from).unwrap_or_default();
    let gathered = Mutex::new(listed);
    walk::walk(&[directory], 1, false, || Gatherer {
        directory,
        base: &base,
        exclude,
        not: not.as_deref(),
        listed: &gathered,
    });
}

/// Gathers what a walk meets.
struct Gatherer<'g> {
    directory: &'g Path,
    base: &'g Path,
    exclude: &'g Exclude,
    not: Option<&'g Path>,
    listed: &'g Mutex<&'g mut Listed>,
}

impl<'g> Gatherer<'g> {
    fn listed(&self) -> MutexGuard<'g, &'g mut Listed> {
        self.listed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn skip(&self, path: &Path, reason: &'static str) {
        self.listed().skipped.push((path.to_owned(), reason));
    }
}

impl Visitor for Gatherer<'_> {
    fn enters(&mut self, path: &Path, depth: usize) -> bool {
        if self.not.is_some_and(|not| fs::canonicalize(path).is_ok_and(|p| p == not)) {
            return false;
        }
        let enters = self.exclude.negates() || !self.exclude.matches(path, depth, true);
        if !enters {
            self.skip(path, EXCLUDED);
        }
        enters
    }

    fn meet(&mut self, path: &Path, kind: FileType, depth: usize) {
        if self.exclude.matches(path, depth, false) {
            self.skip(path, EXCLUDED);
        } else if kind.is_symlink() {
            self.skip(path, "symbolic links");
        } else if !kind.is_file() {
            self.skip(path, "special files");
        } else if is_remains(path) {
            if fs::remove_file(path).is_ok() {
                self.skip(path, "remains of a run that was stopped, removed");
            }
        } else {
            let below = path.strip_prefix(self.directory).unwrap_or(path);
            let entry = Entry { path: path.to_owned(), relative: self.base.join(below) };
            self.listed().files.push(entry);
        }
    }

    fn left_out(&mut self, path: &Path, _: FileType, _: usize, reason: &'static str) {
        self.skip(path, reason);
    }

    fn failed(&mut self, path: &Path, error: &io::Error) {
        self.listed().fail(path, &error.to_string());
    }
}

impl Listed {
    /// Leaves out what is a file of the list with this suffix: the backup that an earlier run made of it.
    pub fn leave_backups(&mut self, suffix: &str) {
        let name = |entry: &Entry| {
            let mut name = entry.path.clone().into_os_string();
            name.push(suffix);
            PathBuf::from(name)
        };
        let names: HashSet<PathBuf> = self.files.iter().map(name).collect();
        let backups = self.files.extract_if(.., |entry| names.contains(&entry.path));
        self.skipped.extend(backups.map(|entry| (entry.path, "backups")));
    }

    /// Whether each file has a place of its own below a directory that is not its own.
    pub(super) fn may_go_into(&self, directory: &Path) -> Result<()> {
        let mut places: BTreeMap<&Path, &Path> = BTreeMap::new();
        for Entry { path, relative } in &self.files {
            let (shown, place) = (path.display(), relative.display());
            if let Some(other) = places.insert(relative, path) {
                let other = other.display();
                return Err(Error::invalid(format!(
                    "{other} and {shown} would both be written to {place}; name a directory above them, or \
                     run once for each"
                )));
            }
            let is_itself = fs::canonicalize(directory.join(relative))
                .is_ok_and(|to| fs::canonicalize(path).is_ok_and(|from| from == to));
            if is_itself {
                return Err(Error::invalid(format!(
                    "{shown} would be written over itself; choose another directory for the copies, or \
                     --in-place"
                )));
            }
        }
        Ok(())
    }

    fn fail(&mut self, path: &Path, message: &str) {
        let path = path.to_string_lossy().into_owned();
        self.failures.push(Failure { path, message: message.to_owned() });
    }
}
