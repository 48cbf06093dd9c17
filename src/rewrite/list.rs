//! Which files: those that were named, and all below the directories that were.
//!
//! Ignore files do not count: logs are what they leave out. What is not gone over is told, and so are
//! the remains of a run that was killed, which are removed.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::replace;
use crate::error::{Error, Result};
use crate::input::Exclude;
use crate::report::Failure;

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
            Err(error) => listed.fail(path, &error.to_string()),
        }
    }
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
    let mut walker = WalkBuilder::new(directory);
    walker.standard_filters(false).follow_links(false).filter_entry(|entry| entry.file_name() != ".git");
    for entry in walker.build() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                listed.fail(directory, &error.to_string());
                continue;
            }
        };
        let path = entry.path();
        let Some(kind) = entry.file_type().filter(|kind| !kind.is_dir()) else { continue };
        if not.as_ref().is_some_and(|not| fs::canonicalize(path).is_ok_and(|p| p.starts_with(not))) {
            continue;
        }
        let mut parts = path.ancestors().take(entry.depth()).enumerate();
        if parts.any(|(up, part)| exclude.matches(part, entry.depth() - up)) {
            listed.skipped.push((path.to_owned(), "excluded"));
        } else if kind.is_symlink() {
            listed.skipped.push((path.to_owned(), "symbolic links"));
        } else if !kind.is_file() {
            listed.skipped.push((path.to_owned(), "special files"));
        } else if replace::is_remains(path) {
            if fs::remove_file(path).is_ok() {
                listed.skipped.push((path.to_owned(), "remains of a run that was stopped, removed"));
            }
        } else {
            let below = path.strip_prefix(directory).unwrap_or(path);
            listed.files.push(Entry { path: path.to_owned(), relative: base.join(below) });
        }
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
