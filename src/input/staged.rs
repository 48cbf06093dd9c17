//! What the next commit would hold: the content of the index, not of the files on the disk.
//!
//! By default only what the commit adds counts: a secret in lines that `HEAD` has already, or in a file
//! that was only moved, stops nobody. In a merge, what any of the merged branches has is not new.

use std::collections::{BTreeSet, HashSet};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::contents::{Glance, glance, glance_large, look_at_kind, marks_at, show, show_large};
use super::exclude::{EXCLUDED, OfTrees};
use super::fresh::{Moved, fresh};
use super::marks::{Mark, Marks};
use super::names::show_name;
use super::new_names::{Before, NewNames};
use super::request::{Request, Subject};
use super::source::{Crew, Sink, Source, SourceKind};
use super::{stdin, worktree};
use crate::blob::Origin;
use crate::error::Result;
use crate::finding::Finding;
use crate::git::tree::{Change, Differ};
use crate::git::{Failed, Id, Objects, Repository, Staged};

/// The line in the table.
pub(super) const SOURCE: SourceKind = SourceKind {
    name: "staged",
    about: "the index of a git repository",
    open: |request| match &request.subject {
        Subject::Staged { whole_files, named } => {
            let repository = Repository::open(request.directory()?)?;
            let left_out = OfTrees::of(request);
            let named = Request { paths: named.clone(), subject: Subject::Files, ..request.clone() };
            Ok(Some(Box::new(Index { repository, whole_files: *whole_files, named, left_out })))
        }
        _ => Ok(None),
    },
};

/// With fewer files than this, threads cost more than they save.
const WORTH_THREADS: usize = 24;

struct Index {
    repository: Repository,
    whole_files: bool,
    /// The files to be read as they lie there, with how.
    named: Request,
    left_out: OfTrees,
}

impl Source for Index {
    fn read(&self, crew: &dyn Crew) {
        let mut sink = crew.sink();
        if let Err(error) = self.run(crew, &mut *sink) {
            let path =
                error.path().map_or_else(|| ".git/index".to_owned(), |p| p.to_string_lossy().into_owned());
            sink.failed(&path, &io::Error::other(error.message()));
        }
    }
}

impl Index {
    /// Reads the files that were named and are not staged, as they lie there.
    fn read_named(&self, staged: &Staged, crew: &dyn Crew, sink: &mut dyn Sink) -> Result<()> {
        let staged: HashSet<&[u8]> = (staged.changes.iter().map(|change| &change.path[..]))
            .chain(staged.touched.iter().map(Vec::as_slice))
            .chain(staged.skipped.iter().map(|(path, _)| &path[..]))
            .chain(staged.unmerged.iter().map(|(path, _)| &path[..]))
            .collect();
        let mut paths = Vec::new();
        for file in &self.named.paths {
            let path = self.repository.path_in_tree(file);
            if path.as_ref().is_some_and(|path| staged.contains(&path[..])) {
                continue;
            }
            let path = path.map_or_else(
                || file.to_string_lossy(),
                |path| String::from_utf8_lossy(&path).into_owned().into(),
            );
            if self.left_out.matches(&path) {
                sink.skipped(&path, EXCLUDED);
            } else {
                paths.push(file.clone());
            }
        }
        if paths.is_empty() {
            return Ok(());
        }
        let request = Request { paths, ..self.named.clone() };
        // The kinds that read files as they lie there.
        for kind in [stdin::SOURCE, worktree::SOURCE] {
            if let Some(source) = (kind.open)(&request)? {
                source.read(crew);
            }
        }
        Ok(())
    }

    /// Shows what is found in the names of files and folders that are new.
    fn names(&self, staged: &Staged, parents: &[Id], differ: &mut Differ<'_>, sink: &mut dyn Sink) {
        let mut names = NewNames::default();
        let gone = staged.changes.iter().filter(|change| change.new.is_none() && !self.whole_files);
        let gone: Vec<Vec<u8>> = gone.map(|change| change.path.clone()).collect();
        let before = Before { parents: if self.whole_files { &[] } else { parents }, gone: &gone };
        for change in staged.changes.iter().filter(|change| change.old.is_none() || self.whole_files) {
            if let Some(id) = change.new {
                names.look(id, &change.path, before, differ, sink);
            }
        }
        for path in names.found.keys() {
            let name = path.rsplit(|b| *b == b'/').next().unwrap_or_default();
            show_name(sink, &Origin::file(String::from_utf8_lossy(path)), name, &mut |_| true);
        }
    }

    /// Shows what is found in the versions of files that are not merged yet: which of them, or what else, will
    /// be committed is not known, so all of it counts. What two versions share is told once.
    fn unmerged(&self, staged: &Staged, objects: &Objects, sink: &mut dyn Sink) {
        let mut read: HashSet<(&[u8], Id)> = HashSet::new();
        let mut told: BTreeSet<(&[u8], Mark)> = BTreeSet::new();
        for (path, id) in &staged.unmerged {
            let origin = Origin::file(String::from_utf8_lossy(path));
            if self.left_out.matches(&origin.path) {
                sink.skipped(&origin.path, EXCLUDED);
                continue;
            }
            if !read.insert((path, *id)) {
                continue;
            }
            let before = told.clone();
            let mut keep = |finding: &Finding| {
                let mark = Mark { rule: finding.rule.clone(), fingerprint: finding.fingerprint.clone() };
                let is_new = !before.contains(&(&path[..], mark.clone()));
                told.insert((path, mark));
                is_new
            };
            let mut bytes = Vec::new();
            let shown = match objects.read_checked(id, &mut bytes) {
                Ok(_) => {
                    sink.counted(bytes.len());
                    sink.look_at_kind(&origin, &bytes);
                    // The first look tells what cannot be read.
                    glance(sink, &origin, &bytes, None, true);
                    show(sink, &origin, &bytes, &mut keep);
                    Ok(())
                }
                Err(Failed::TooLarge(_)) => glance_large(sink, objects, id, &origin, true)
                    .and_then(|_| show_large(sink, objects, id, &origin, &mut keep)),
                Err(failed) => Err(failed.into()),
            };
            if let Err(error) = shown {
                sink.failed(&origin.path, &error);
            }
        }
    }

    fn run(&self, crew: &dyn Crew, sink: &mut dyn Sink) -> Result<()> {
        let hash = self.repository.hash();
        let objects = self.repository.objects()?;
        let mut differ = Differ::new(&objects, hash);
        let parents = self.repository.parents_of_next_commit(&objects)?;
        let staged = self.repository.staged(parents.first().copied(), &mut differ)?;
        for (path, reason) in &staged.skipped {
            sink.skipped(&String::from_utf8_lossy(path), reason);
        }
        for (id, failed) in &staged.failed {
            sink.failed(&format!("tree {id}"), &(*failed).into());
        }
        // In a merge what is named may be as one of the merged branches has it.
        if parents.len() < 2 {
            self.read_named(&staged, crew, sink)?;
        }
        let kept = |change: &Change| {
            let path = String::from_utf8_lossy(&change.path);
            let out = change.new.is_some() && self.left_out.matches(&path);
            if out {
                sink.skipped(&path, EXCLUDED);
            }
            !out
        };
        let mut staged = staged;
        staged.changes.retain(kept);
        let gone = staged.changes.iter().filter(|c| c.new.is_none());
        let gone: Vec<(Vec<u8>, Id)> = gone.filter_map(|c| Some((c.path.clone(), c.old?))).collect();
        self.names(&staged, &parents, &mut differ, sink);
        self.unmerged(&staged, &objects, sink);
        let next = AtomicUsize::new(0);
        let work = |objects: &Objects| {
            let mut hand = Hand {
                differ: Differ::new(objects, hash),
                moved: Moved::new(gone.clone(), objects),
                gone: &gone,
                objects,
                parents: &parents,
                whole_files: self.whole_files,
                sink: crew.sink(),
            };
            while let Some(change) = staged.changes.get(next.fetch_add(1, Ordering::Relaxed)) {
                hand.file(change);
            }
        };
        if crew.jobs() == 1 || staged.changes.len() < WORTH_THREADS {
            work(&objects);
            return Ok(());
        }
        std::thread::scope(|scope| {
            let thread = || self.repository.objects().map(|objects| work(&objects));
            let threads: Vec<_> = (0..crew.jobs()).map(|_| scope.spawn(thread)).collect();
            // Whoever panicked has said so; the others' work counts.
            threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
        })
    }
}

/// What one thread works with.
struct Hand<'h> {
    objects: &'h Objects,
    differ: Differ<'h>,
    moved: Moved<'h>,
    gone: &'h [(Vec<u8>, Id)],
    parents: &'h [Id],
    whole_files: bool,
    sink: Box<dyn Sink + 'h>,
}

impl Hand<'_> {
    fn file(&mut self, change: &Change) {
        let Some(id) = change.new else { return };
        let origin = Origin::file(String::from_utf8_lossy(&change.path));
        let mut bytes = Vec::new();
        match self.objects.read_checked(&id, &mut bytes) {
            Ok(_) => {}
            Err(Failed::TooLarge(_)) => {
                if let Err(error) = self.large(id, &origin, change) {
                    self.sink.failed(&origin.path, &error);
                }
                return;
            }
            Err(failed) => return self.sink.failed(&origin.path, &failed.into()),
        }
        self.sink.counted(bytes.len());
        look_at_kind(&mut *self.sink, &origin, &bytes);
        let Glance { marks, is_container } = glance(&mut *self.sink, &origin, &bytes, None, true);
        if is_container {
            return self.contained(&origin, &bytes, &marks, change);
        }
        if self.whole_files {
            return self.sink.sifted(&origin, &bytes, &mut |_| true);
        }
        if marks.is_empty() {
            return;
        }
        let olds = self.olds(change);
        let wanted = fresh(&mut *self.sink, &origin, &bytes, &olds, &mut self.moved);
        if !wanted.is_empty() {
            let is_wanted = |f: &Finding| wanted.iter().any(|w| w.rule == f.rule && w.offset == f.offset);
            self.sink.sifted(&origin, &bytes, &mut |finding| is_wanted(finding));
        }
    }

    /// The older versions of a file, one for each parent.
    fn olds(&mut self, change: &Change) -> Vec<Option<Id>> {
        let mut olds = vec![change.old];
        for tree in self.parents.iter().skip(1) {
            olds.push(self.differ.file(*tree, &change.path).unwrap_or(None));
        }
        olds
    }

    /// What is too large to be compared line by line is new as what is in a container is.
    fn large(&mut self, id: Id, origin: &Origin, change: &Change) -> io::Result<()> {
        if glance_large(&mut *self.sink, self.objects, &id, origin, true)?.is_empty() {
            return Ok(());
        }
        let had = self.had(change);
        show_large(&mut *self.sink, self.objects, &id, origin, &mut |finding| {
            !had.iter().any(|mark| mark.is_of(finding))
        })
    }

    /// What older versions hold, and what the commit takes away.
    fn had(&mut self, change: &Change) -> BTreeSet<Mark> {
        let mut had = BTreeSet::new();
        if !self.whole_files {
            for old in self.olds(change).iter().flatten() {
                had.extend(marks_at(&mut *self.sink, self.objects, old, &change.path));
            }
            for (path, old) in self.gone {
                had.extend(marks_at(&mut *self.sink, self.objects, old, path));
            }
        }
        had
    }

    /// What is in a container: there are no lines to compare, so new is what none of the older versions
    /// holds, nor what the change takes away.
    fn contained(&mut self, origin: &Origin, bytes: &[u8], marks: &Marks, change: &Change) {
        if marks.is_empty() {
            return;
        }
        let had = self.had(change);
        show(&mut *self.sink, origin, bytes, &mut |finding| !had.iter().any(|mark| mark.is_of(finding)));
    }
}
