//! The repositories that a person means: those that were named, or all that lie below a folder.
//!
//! Of several, everything that is told carries the repository that it comes from.

use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::blob::Origin;
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::git::Repository;
use crate::input::marks::Marks;
use crate::input::source::{Crew, Large, Sink};
use crate::text::printable;

/// How deep below a folder repositories are looked for.
const DEEPEST: usize = 6;

/// Opens the repositories of these paths, each once, with the path that names it.
///
/// # Errors
///
/// A path that is no folder, or in and below which there is no repository.
pub(super) fn open(paths: &[PathBuf]) -> Result<Vec<(PathBuf, Repository)>> {
    let mut all: Vec<(PathBuf, Repository)> = Vec::new();
    for path in paths {
        if path.is_file() {
            let text = "is a file, and a history is a repository's; scan it without --history";
            return Err(Error::invalid(text).at_path(path));
        }
        let found = match Repository::open(Some(path)) {
            Ok(repository) => vec![(path.clone(), repository)],
            Err(error) => {
                let below = below(path);
                if below.is_empty() {
                    return Err(error);
                }
                let open = |path: PathBuf| Ok((path.clone(), Repository::open(Some(&path))?));
                below.into_iter().map(open).collect::<Result<_>>()?
            }
        };
        for (path, repository) in found {
            if !all.iter().any(|(_, known)| known.is_same(&repository)) {
                all.push((path, repository));
            }
        }
    }
    Ok(all)
}

/// The repositories below a folder, in order; what lies in one of them is not looked at.
fn below(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![(folder.to_owned(), 0)]);
    while let Some((folder, depth)) = open.pop() {
        let is_bare = ["HEAD", "objects", "refs"].iter().all(|name| folder.join(name).exists());
        if is_bare || folder.join(".git").exists() {
            found.push(folder);
            continue;
        }
        if depth == DEEPEST {
            continue;
        }
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                open.push((entry.path(), depth + 1));
            }
        }
    }
    found.sort();
    found
}

/// The threads of a scan, as one of several repositories sees them.
pub(super) struct Of<'o> {
    pub(super) crew: &'o dyn Crew,
    /// How a person names the repository.
    pub(super) name: String,
}

impl Crew for Of<'_> {
    fn jobs(&self) -> usize {
        self.crew.jobs()
    }

    fn sink(&self) -> Box<dyn Sink + '_> {
        Box::new(Named { sink: self.crew.sink(), name: &self.name })
    }
}

/// Says of everything which repository it comes from.
struct Named<'n> {
    sink: Box<dyn Sink + 'n>,
    name: &'n str,
}

impl Named<'_> {
    fn origin(&self, origin: &Origin) -> Origin {
        let mut origin = origin.clone();
        let mut commit = origin.commit.as_deref().cloned().unwrap_or_default();
        self.name.clone_into(&mut commit.repository);
        origin.commit = Some(Arc::new(commit));
        origin
    }

    fn path(&self, path: &str) -> String {
        format!("{}: {path}", printable(self.name))
    }
}

impl Sink for Named<'_> {
    fn whole(&mut self, origin: &Origin, bytes: &[u8]) {
        self.sink.whole(&self.origin(origin), bytes);
    }

    fn large(&mut self, file: Large) {
        self.sink.large(file);
    }

    fn stream(&mut self, origin: &Origin, reader: &mut (dyn Read + Send)) {
        self.sink.stream(&self.origin(origin), reader);
    }

    fn inner(&mut self, origin: &Origin, reader: &mut (dyn Read + Send)) {
        self.sink.inner(&self.origin(origin), reader);
    }

    fn glance(&mut self, bytes: &[u8], changed: Option<&[Range<usize>]>) -> Marks {
        self.sink.glance(bytes, changed)
    }

    fn sifted(&mut self, origin: &Origin, bytes: &[u8], keep: &mut dyn FnMut(&Finding) -> bool) {
        self.sink.sifted(&self.origin(origin), bytes, keep);
    }

    fn sifted_stream(
        &mut self,
        origin: &Origin,
        reader: &mut (dyn Read + Send),
        keep: &mut dyn FnMut(&Finding) -> bool,
    ) {
        self.sink.sifted_stream(&self.origin(origin), reader, keep);
    }

    fn counted(&mut self, bytes: usize) {
        self.sink.counted(bytes);
    }

    fn masked(&mut self, text: &[u8]) -> String {
        self.sink.masked(text)
    }

    fn look_at_kind(&mut self, origin: &Origin, head: &[u8]) {
        self.sink.look_at_kind(&Origin { path: self.path(&origin.path), ..origin.clone() }, head);
    }

    fn damaged(&mut self, path: &str, error: &io::Error) {
        self.sink.damaged(&self.path(path), error);
    }

    fn skipped(&mut self, path: &str, reason: &'static str) {
        self.sink.skipped(&self.path(path), reason);
    }

    fn failed(&mut self, path: &str, error: &io::Error) {
        self.sink.failed(&self.path(path), error);
    }
}
