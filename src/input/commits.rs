//! The commits of a range: what a push would bring, what came since a date, what is between two
//! revisions.
//!
//! Each commit is compared with its parents, so a secret that one commit brings and the next takes
//! away again is found. Messages are read, too.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use gix::hashtable::HashSet;

use super::contents::{Glance, glance, glance_large, look_at_kind, marks_at, show, show_large};
use super::exclude::{EXCLUDED, OfTrees};
use super::fresh::{Moved, fresh};
use super::history::gaps::failure;
use super::history::teller::Teller;
use super::history::trace::Place;
use super::names::show_name;
use super::new_names::{Before, NewNames};
use super::{Commits, Crew, Hidden, Mark, Marks, Sink, Source, SourceKind, Subject, Tips};
use crate::blob::Origin;
use crate::error::Result;
use crate::git::tree::{Change, Diff, Differ};
use crate::git::{
    self, Between, Failed, Graph, Id, Kind, Objects, Repository, Revisions, Roots, between, message,
};

/// The line in the table.
pub(super) const SOURCE: SourceKind = SourceKind {
    name: "commits",
    about: "a range of commits of a git repository",
    open: |request| match &request.subject {
        Subject::Commits(which) => {
            let repository = Repository::open(request.directory()?)?;
            Ok(Some(Box::new(Range::resolve(repository, which, OfTrees::of(request))?)))
        }
        _ => Ok(None),
    },
};

struct Range {
    repository: Repository,
    tips: Vec<Id>,
    hidden: Vec<Id>,
    since: Option<i64>,
    deepen: Option<String>,
    /// Names of references that come with the commits.
    names: Vec<String>,
    /// All references are asked which commits they hold.
    tell_references: bool,
    roots: Roots,
    left_out: OfTrees,
}

impl Range {
    fn resolve(repository: Repository, which: &Commits, left_out: OfTrees) -> Result<Self> {
        let roots = repository.roots();
        let all = || roots.references.iter().map(|(_, id)| *id);
        let (tips, mut hidden, tell_references) = match &which.tips {
            Tips::Revisions(text) => {
                let Revisions { tips, hidden, .. } = repository.revisions(text)?;
                (tips, hidden, true)
            }
            Tips::All => (all().chain(roots.head).collect(), Vec::new(), true),
            Tips::Ids(ids) => {
                (ids.iter().map(|id| repository.id(id)).collect::<Result<_>>()?, Vec::new(), false)
            }
        };
        match &which.hidden {
            Hidden::Nothing => {}
            Hidden::Remote { name, ids } => {
                let prefix = format!("refs/remotes/{name}/");
                let known = roots.references.iter().filter(|(full, _)| full.starts_with(&prefix));
                hidden.extend(known.map(|(_, id)| *id));
                for id in ids {
                    hidden.push(repository.id(id)?);
                }
            }
            Hidden::AllReferences => hidden.extend(all()),
        }
        let (since, deepen) = (which.since, which.deepen.clone());
        let names = which.names.clone();
        Ok(Self { repository, tips, hidden, since, deepen, names, tell_references, roots, left_out })
    }
}

impl Source for Range {
    fn read(&self, crew: &dyn Crew) {
        let mut sink = crew.sink();
        if let Err(error) = self.run(&mut *sink) {
            sink.failed(".git", &io::Error::other(error.to_string()));
        }
    }
}

/// A secret in lines that a commit added.
struct Found {
    commit: Id,
    path: Vec<u8>,
    blob: Id,
    marks: BTreeSet<Mark>,
}

impl Range {
    fn run(&self, sink: &mut dyn Sink) -> Result<()> {
        let hash = self.repository.hash();
        let objects = self.repository.objects()?;
        let (mut commits, mut messages) = (Vec::new(), Vec::new());
        let mut loose: Vec<(Id, Kind)> = Vec::new();
        for tip in &self.tips {
            self.tip(&objects, *tip, &mut commits, &mut messages, &mut loose, sink);
        }
        // What the other side has and this one does not is no help, and no error.
        let hidden: Vec<Id> = self
            .hidden
            .iter()
            .map(|id| git::peeled(&objects, *id, hash))
            .filter(|id| objects.commit(id).is_ok())
            .collect();
        let Between { commits, failed, cut } = between(&objects, &commits, &hidden, &self.roots.shallow);
        for (id, failed) in failed {
            sink.failed(&format!("commit {id}"), &failed.into());
        }
        let since = self.since.unwrap_or(i64::MIN);
        let commits: Vec<_> = commits.into_iter().filter(|node| node.time >= since).collect();
        let cut: Vec<&Id> = cut.iter().filter(|id| commits.iter().any(|node| node.id == **id)).collect();
        for id in &cut {
            sink.skipped(&id.to_string(), "history before a shallow clone");
        }
        if let Some(id) = cut.first() {
            let deepen = self.deepen.as_deref().unwrap_or("git fetch --unshallow gets it");
            let text = format!(
                "the range reaches commit {id}, where the clone is cut off (shallow), and what came before is not in it; {deepen}"
            );
            sink.failed(".git/shallow", &io::Error::other(text));
        }
        let graph = Graph::new(commits);
        let mut look = Look {
            hash,
            objects: &objects,
            graph: &graph,
            left_out: &self.left_out,
            quiet: HashSet::default(),
            met: HashSet::default(),
            is_partial: self.repository.is_partial(),
            found: Vec::new(),
            told: BTreeMap::new(),
            later: BTreeMap::new(),
            names: NewNames::default(),
        };
        for number in 0..graph.nodes.len() {
            look.commit(number as u32, sink);
            let id = graph.nodes[number].id;
            let mut buffer = Vec::new();
            if objects.read(&id, &mut buffer).is_ok() && says_secret(&buffer, hash, sink) {
                messages.push((id, Kind::Commit));
            }
        }
        for (id, kind) in loose {
            look.alone(id, kind, sink);
        }
        self.references(&objects, &graph, sink);
        self.tell(look, &messages, sink);
        Ok(())
    }

    /// The names of references that come with the commits, or lead to one of them.
    fn references(&self, objects: &Objects, graph: &Graph, sink: &mut dyn Sink) {
        let hash = self.repository.hash();
        let leads =
            |id: &Id| self.tips.contains(id) || graph.number(&git::peeled(objects, *id, hash)).is_some();
        let known = self.roots.references.iter().filter(|(_, id)| self.tell_references && leads(id));
        for name in self.names.iter().chain(known.map(|(name, _)| name)) {
            show_name(sink, &Origin::file(name), name.as_bytes(), &mut |_| true);
        }
    }

    /// A tip is a commit, or a tag whose message is read and which leads to one, or a blob or a tree.
    fn tip(
        &self,
        objects: &Objects,
        tip: Id,
        commits: &mut Vec<Id>,
        messages: &mut Vec<(Id, Kind)>,
        loose: &mut Vec<(Id, Kind)>,
        sink: &mut dyn Sink,
    ) {
        let mut buffer = Vec::new();
        let mut at = tip;
        for _ in 0..git::MOST_TAGS {
            match objects.read(&at, &mut buffer) {
                Ok(Kind::Commit) => return commits.push(at),
                Ok(Kind::Tag) => {
                    if says_secret(&buffer, self.repository.hash(), sink) {
                        messages.push((at, Kind::Tag));
                    }
                    match git::target(&buffer, self.repository.hash()) {
                        Some(target) => at = target,
                        None => break,
                    }
                }
                Ok(kind) => return loose.push((at, kind)),
                Err(failed) => return sink.failed(&format!("object {at}"), &failed.into()),
            }
        }
        sink.failed(&format!("tag {at}"), &git::Failed::Corrupt.into());
    }

    /// Shows what was found, with the commits that brought it.
    fn tell(&self, look: Look<'_>, messages: &[(Id, Kind)], sink: &mut dyn Sink) {
        if look.found.is_empty() && messages.is_empty() && look.names.found.is_empty() {
            return;
        }
        let hash = self.repository.hash();
        let (objects, found, later, names) = (look.objects, look.found, look.later, look.names.found);
        let all;
        let graph = if self.tell_references {
            let tips = self.roots.references.iter().map(|(_, id)| id).chain(&self.tips);
            let tips: Vec<Id> = tips.map(|id| git::peeled(objects, *id, hash)).collect();
            all = Graph::new(between(objects, &tips, &[], &self.roots.shallow).commits);
            &all
        } else {
            look.graph
        };
        let head = self.roots.head.and_then(|id| Some(objects.commit(&id).ok()?.tree));
        let mut differ = Differ::new(objects, hash);
        let mut places = Vec::new();
        for Found { commit, path, blob, marks } in found {
            let now = head.and_then(|tree| differ.file(tree, &path).ok().flatten());
            let now = now.map_or_else(BTreeSet::new, |id| marks_at(sink, objects, &id, &path));
            let number = |id: &Id| graph.number(id);
            let Some(at) = number(&commit) else { continue };
            for mark in marks {
                let in_head = now.contains(&mark);
                let after = later.get(&path).map_or(&[][..], Vec::as_slice).iter();
                let gone = after.filter(|(id, _)| number(id).is_some_and(|n| n > at)).rfind(|(_, blob)| {
                    let marks = blob.map(|id| marks_at(sink, objects, &id, &path));
                    !marks.is_some_and(|marks| marks.contains(&mark))
                });
                let removed_by = gone.filter(|_| !in_head).and_then(|(id, _)| number(id));
                let (path, marks) = (path.clone(), vec![mark]);
                places.push(Place { path, commit: at, blob, marks, removed_by, in_head });
            }
        }
        let mut teller = Teller::new(hash, objects, graph, &self.roots);
        // What a push brings is on its way to a reference.
        teller.hold_all();
        messages.iter().for_each(|(id, kind)| teller.message(id, *kind, sink));
        teller.places(&places, sink);
        for (path, commit) in names {
            let in_head = head.is_some_and(|tree| differ.has(tree, &path));
            teller.name(&path, graph.number(&commit), in_head, sink);
        }
    }
}

/// Whether anything is found in the message of a commit or a tag, or in what stands before it.
fn says_secret(object: &[u8], hash: gix::hash::Kind, sink: &mut dyn Sink) -> bool {
    !sink.glance(message(object), None).is_empty()
        || !sink.glance(&git::header(object, hash), None).is_empty()
}

/// Looks at what commits change.
struct Look<'l> {
    hash: gix::hash::Kind,
    objects: &'l Objects,
    graph: &'l Graph,
    left_out: &'l OfTrees,
    /// Blobs in which nothing was found.
    quiet: HashSet<Id>,
    /// Blobs that were looked at: what cannot be read of one is told once.
    met: HashSet<Id>,
    is_partial: bool,
    found: Vec<Found>,
    /// What was found at which path.
    told: BTreeMap<Vec<u8>, BTreeSet<Mark>>,
    /// What commits made of paths, in order.
    later: BTreeMap<Vec<u8>, Vec<(Id, Option<Id>)>>,
    names: NewNames,
}

impl Look<'_> {
    fn commit(&mut self, number: u32, sink: &mut dyn Sink) {
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
        let tells = self.met.insert(blob);
        let looked = match self.objects.read_checked(&blob, &mut bytes) {
            Ok(_) => {
                sink.counted(bytes.len());
                if tells {
                    look_at_kind(sink, &origin, &bytes);
                }
                Ok(glance(sink, &origin, &bytes, None, tells))
            }
            Err(Failed::TooLarge(_)) => {
                let marks = glance_large(sink, self.objects, &blob, &origin, tells);
                // It is too large to be compared line by line.
                marks.map(|marks| Glance { marks, is_container: true })
            }
            Err(failed) => Err(failure(failed, self.is_partial)),
        };
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
    fn alone(&mut self, id: Id, kind: Kind, sink: &mut dyn Sink) {
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
