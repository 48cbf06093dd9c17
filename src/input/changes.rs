//! What the commits of a range change: each is compared with its parents, and what of a file was found before
//! the commit is not found again.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use gix::hashtable::HashSet;

use super::contents::{Glance, glance, glance_large, look_at_kind, marks_at, show, show_large};
use super::exclude::{EXCLUDED, OfTrees};
use super::fresh::{Moved, fresh};
use super::history::gaps::failure;
use super::marks::{Mark, Marks};
use super::names::show_name;
use super::new_names::{Before, NewNames};
use super::source::Sink;
use crate::blob::Origin;
use crate::git::tree::{Change, Diff, Differ};
use crate::git::{self, Failed, Graph, Id, Kind, Objects};

/// A secret in lines that a commit added.
pub(super) struct Found {
    pub(super) commit: Id,
    pub(super) path: Vec<u8>,
    pub(super) blob: Id,
    pub(super) marks: BTreeSet<Mark>,
}

/// Looks at what commits change.
pub(super) struct Look<'l> {
    pub(super) hash: gix::hash::Kind,
    pub(super) objects: &'l Objects,
    pub(super) graph: &'l Graph,
    pub(super) left_out: &'l OfTrees,
    /// Blobs in which nothing was found.
    pub(super) quiet: HashSet<Id>,
    /// Blobs that were looked at: what cannot be read of one is told once.
    pub(super) met: HashSet<Id>,
    pub(super) is_partial: bool,
    pub(super) found: Vec<Found>,
    /// What was found at which path.
    pub(super) told: BTreeMap<Vec<u8>, BTreeSet<Mark>>,
    /// What commits made of paths, in order.
    pub(super) later: BTreeMap<Vec<u8>, Vec<(Id, Option<Id>)>>,
    pub(super) names: NewNames,
}

impl<'l> Look<'l> {
    pub(super) fn new(
        hash: gix::hash::Kind,
        objects: &'l Objects,
        graph: &'l Graph,
        left_out: &'l OfTrees,
        is_partial: bool,
    ) -> Self {
        Self {
            hash,
            objects,
            graph,
            left_out,
            quiet: HashSet::default(),
            met: HashSet::default(),
            is_partial,
            found: Vec::new(),
            told: BTreeMap::new(),
            later: BTreeMap::new(),
            names: NewNames::default(),
        }
    }

    pub(super) fn commit(&mut self, number: u32, sink: &mut dyn Sink) {
        let node = &self.graph.nodes[number as usize];
        let mut differ = Differ::new(self.objects, self.hash);
        // The parents of the first commits of a shallow clone are not there: all of it is new.
        let trees = node.parents.iter().filter_map(|parent| Some(self.objects.commit(parent).ok()?.tree));
        let parents: Vec<Id> = trees.collect();
        let Diff { changes, failed } = differ.diff(parents.first().copied(), Some(node.tree));
        for (id, failed) in failed {
            sink.failed(&format!("tree {id} of commit {}", node.id), &failure(failed, self.is_partial));
        }
        let gone = changes.iter().filter(|change| change.new.is_none());
        let gone = gone.filter_map(|change| Some((change.path.clone(), change.old?)));
        let gone: Vec<(Vec<u8>, Id)> = gone.collect();
        let gone_paths: Vec<Vec<u8>> = gone.iter().map(|(path, _)| path.clone()).collect();
        let mut moved = Moved::new(gone, self.objects);
        for change in &changes {
            if change.old.is_none() && !self.left_out.matches(&String::from_utf8_lossy(&change.path)) {
                let before = Before { parents: &parents, gone: &gone_paths };
                self.names.look(node.id, &change.path, before, &mut differ, sink);
            }
            let others = parents.iter().skip(1).map(|tree| differ.file(*tree, &change.path).unwrap_or(None));
            let olds: Vec<Option<Id>> = std::iter::once(change.old).chain(others).collect();
            self.change(node.id, change, &olds, &mut moved, sink);
        }
        self.later_of(node.id, changes);
    }

    /// Only of paths in which something was found is the rest of their story worth keeping.
    fn later_of(&mut self, commit: Id, changes: Vec<Change>) {
        for change in changes {
            if self.told.contains_key(&change.path) {
                self.later.entry(change.path).or_default().push((commit, change.new));
            }
        }
    }

    fn change(
        &mut self,
        commit: Id,
        change: &Change,
        olds: &[Option<Id>],
        moved: &mut Moved<'_>,
        sink: &mut dyn Sink,
    ) {
        let path = String::from_utf8_lossy(&change.path).into_owned();
        if change.submodule {
            return sink.skipped(&path, "submodule");
        }
        let Some(blob) = change.new else { return };
        if self.left_out.matches(&path) {
            return sink.skipped(&path, EXCLUDED);
        }
        // A merge that takes a file as one of its parents has it brings nothing.
        if self.quiet.contains(&blob) || olds.contains(&Some(blob)) {
            return;
        }
        let mut bytes = Vec::new();
        let origin = Origin::file(path);
        let looked = self.glance_at(blob, &origin, &mut bytes, sink);
        let Glance { marks, is_container } = match looked {
            Ok(looked) => looked,
            Err(error) => {
                self.quiet.insert(blob);
                return sink.failed(&origin.path, &error);
            }
        };
        if marks.is_empty() {
            self.quiet.insert(blob);
            return;
        }
        let mut marks: BTreeSet<Mark> = if is_container {
            self.fresh_inside(&marks, change, olds, moved, sink)
        } else {
            let found = fresh(sink, &origin, &bytes, olds, moved).into_iter();
            found.map(|f| Mark { rule: f.rule, fingerprint: f.fingerprint }).collect()
        };
        let told = self.told.get(&change.path);
        marks.retain(|mark| !told.is_some_and(|marks| marks.contains(mark)));
        if !marks.is_empty() {
            self.told.entry(change.path.clone()).or_default().extend(marks.iter().cloned());
            self.found.push(Found { commit, path: change.path.clone(), blob, marks });
        }
    }

    /// What a blob holds, which is read into `bytes` unless it is too large for that.
    fn glance_at(
        &mut self,
        blob: Id,
        origin: &Origin,
        bytes: &mut Vec<u8>,
        sink: &mut dyn Sink,
    ) -> io::Result<Glance> {
        let tells = self.met.insert(blob);
        match self.objects.read_checked(&blob, bytes) {
            Ok(_) => {
                sink.counted(bytes.len());
                if tells {
                    look_at_kind(sink, origin, bytes);
                }
                Ok(glance(sink, origin, bytes, None, tells))
            }
            Err(Failed::TooLarge(_)) => {
                let marks = glance_large(sink, self.objects, &blob, origin, tells);
                // It is too large to be compared line by line.
                marks.map(|marks| Glance { marks, is_container: true })
            }
            Err(failed) => Err(failure(failed, self.is_partial)),
        }
    }

    /// What a container holds and none of its older versions, nor anything that the commit takes away: in
    /// it there are no lines to compare.
    fn fresh_inside(
        &mut self,
        marks: &Marks,
        change: &Change,
        olds: &[Option<Id>],
        moved: &mut Moved<'_>,
        sink: &mut dyn Sink,
    ) -> BTreeSet<Mark> {
        let mut fresh: BTreeSet<Mark> = marks.at(&change.path).cloned().collect();
        for old in olds.iter().flatten() {
            let had = marks_at(sink, self.objects, old, &change.path);
            fresh.retain(|mark| !had.contains(mark));
        }
        fresh.retain(|mark| !moved.holds_mark(mark, sink));
        fresh
    }

    /// A blob or a tree that a reference names without a commit.
    pub(super) fn alone(&mut self, id: Id, kind: Kind, sink: &mut dyn Sink) {
        let mut differ = Differ::new(self.objects, self.hash);
        let Diff { changes, failed } = match kind {
            Kind::Tree => differ.diff(None, Some(id)),
            _ => Diff {
                changes: vec![Change {
                    path: format!("<blob {}>", git::short(&id)).into_bytes(),
                    old: None,
                    new: Some(id),
                    submodule: false,
                }],
                failed: Vec::new(),
            },
        };
        for (id, failed) in failed {
            sink.failed(&format!("tree {id}"), &failed.into());
        }
        let mut names = NewNames::default();
        for Change { path, new, .. } in changes {
            names.look(id, &path, Before { parents: &[], gone: &[] }, &mut differ, sink);
            let Some(blob) = new else { continue };
            let origin = Origin::file(String::from_utf8_lossy(&path));
            let mut bytes = Vec::new();
            match self.objects.read_checked(&blob, &mut bytes) {
                Ok(_) => {}
                Err(Failed::TooLarge(_)) => {
                    let looked = glance_large(sink, self.objects, &blob, &origin, true);
                    let shown = looked.and_then(|marks| match marks.is_empty() {
                        true => Ok(()),
                        false => show_large(sink, self.objects, &blob, &origin, &mut |_| true),
                    });
                    if let Err(error) = shown {
                        sink.failed(&origin.path, &error);
                    }
                    continue;
                }
                Err(failed) => {
                    sink.failed(&origin.path, &failure(failed, self.is_partial));
                    continue;
                }
            }
            sink.counted(bytes.len());
            look_at_kind(sink, &origin, &bytes);
            // The first look tells what cannot be read.
            if !glance(sink, &origin, &bytes, None, true).marks.is_empty() {
                show(sink, &origin, &bytes, &mut |_| true);
            }
        }
        for path in names.found.keys() {
            let name = path.rsplit(|b| *b == b'/').next().unwrap_or_default();
            show_name(sink, &Origin::file(String::from_utf8_lossy(path)), name, &mut |_| true);
        }
    }
}
