//! The commits of a range: what a push would bring, what came since a date, what is between two
//! revisions.
//!
//! Each commit is compared with its parents, so a secret that one commit brings and the next takes
//! away again is found. Messages are read, too.

use std::collections::BTreeSet;
use std::io;

use super::changes::{Found, Look};
use super::contents::marks_at;
use super::exclude::OfTrees;
use super::history::teller::Teller;
use super::history::trace::Place;
use super::names::show_name;
use super::request::{Commits, Hidden, Subject, Tips};
use super::source::{Crew, Sink, Source, SourceKind};
use crate::blob::Origin;
use crate::error::Result;
use crate::git::tree::Differ;
use crate::git::{self, Between, Graph, Id, Kind, Objects, Repository, Revisions, Roots, between, message};

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

impl Range {
    fn run(&self, sink: &mut dyn Sink) -> Result<()> {
        let hash = self.repository.hash();
        let objects = self.repository.objects()?;
        let (mut commits, mut messages) = (Vec::new(), Vec::new());
        let mut loose: Vec<(Id, Kind)> = Vec::new();
        for tip in &self.tips {
            self.tip(&objects, *tip, &mut commits, &mut messages, &mut loose, sink);
        }
        let graph = self.graph(&objects, &commits, sink);
        let is_partial = self.repository.is_partial();
        let mut look = Look::new(hash, &objects, &graph, &self.left_out, is_partial);
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

    /// The commits between what was asked for and what the other side has; where a shallow clone cuts them off,
    /// that is told.
    fn graph(&self, objects: &Objects, starts: &[Id], sink: &mut dyn Sink) -> Graph {
        let hash = self.repository.hash();
        // What the other side has and this one does not is no help, and no error.
        let hidden: Vec<Id> = self
            .hidden
            .iter()
            .map(|id| git::peeled(objects, *id, hash))
            .filter(|id| objects.commit(id).is_ok())
            .collect();
        let Between { commits, failed, cut } = between(objects, starts, &hidden, &self.roots.shallow);
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
        Graph::new(commits)
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
