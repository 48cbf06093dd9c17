//! Everything that a repository ever held: all blobs, and the messages of commits and tags.
//!
//! First every object is looked at once, wherever it is stored and whether anything leads to it or
//! not. Only where something was found does a second pass find out where it stood: which commit
//! brought it to which path, which took it away, and which branches and tags have it behind them.

pub(super) mod gaps;
mod names;
mod several;
pub(super) mod teller;
pub(super) mod trace;

use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use gix::hashtable::HashMap;

use super::contents::{Glance, glance, glance_large, look_at_kind};
use super::exclude::{EXCLUDED, OfTrees};
use super::marks::Marks;
use super::request::Subject;
use super::source::{Crew, Sink, Source, SourceKind};
use crate::blob::Origin;
use crate::error::Result;
use crate::git::{
    Failed, Graph, Id, Kind, Node, Object, Objects, Repository, Roots, Store, Visitor, header, message,
};
use gaps::Noted;
use names::Names;
use teller::Teller;
use trace::Trace;

/// The line in the table.
pub(super) const SOURCE: SourceKind = SourceKind {
    name: "history",
    about: "all objects of a git repository",
    open: |request| match &request.subject {
        Subject::History => {
            let opened = match &request.paths[..] {
                [] => vec![(PathBuf::from("."), Repository::open(None)?)],
                paths => several::open(paths)?,
            };
            let mut all = Vec::new();
            for (path, repository) in opened {
                all.push((path, History { repository, left_out: OfTrees::of(request) }));
            }
            Ok(Some(Box::new(Histories { all })))
        }
        _ => Ok(None),
    },
};

struct History {
    repository: Repository,
    left_out: OfTrees,
}

/// What the first pass gave.
#[derive(Default)]
struct Seen {
    blobs: HashMap<Id, Marks>,
    messages: Vec<(Id, Kind)>,
    commits: Vec<Node>,
    trees: Noted,
    names: Names,
    /// Objects that are too large to be looked at with the others, or told by one that is.
    large: Vec<Id>,
}

/// One repository or several, by the paths that name them.
struct Histories {
    all: Vec<(PathBuf, History)>,
}

impl Source for Histories {
    fn read(&self, crew: &dyn Crew) {
        if let [(_, one)] = &self.all[..] {
            return one.read(crew);
        }
        for (path, history) in &self.all {
            history.read(&several::Of { crew, name: path.to_string_lossy().into_owned() });
        }
    }
}

impl History {
    fn read(&self, crew: &dyn Crew) {
        let mut sink = crew.sink();
        if let Err(error) = self.run(crew, &mut *sink) {
            sink.failed(".git", &io::Error::other(error.to_string()));
        }
    }

    fn run(&self, crew: &dyn Crew, sink: &mut dyn Sink) -> Result<()> {
        let roots = self.repository.roots();
        let store = self.repository.store()?;
        let seen = Mutex::new(Seen::default());
        let look = || -> Box<dyn Visitor + '_> {
            let seen_here = Seen::default();
            Box::new(Look { history: self, store: &store, sink: crew.sink(), seen: seen_here, all: &seen })
        };
        store.walk(crew.jobs(), |_| true, &look);
        let mut seen = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        let objects = self.repository.objects()?;
        seen.large.sort_unstable();
        for id in std::mem::take(&mut seen.large) {
            large(&id, &objects, &mut seen, sink);
        }
        let graph = Graph::new(seen.commits);
        check(&store, &graph, &roots, sink);
        let mut teller = Teller::new(self.repository.hash(), &objects, &graph, &roots);
        gaps::tell(&seen.trees, &store, &graph, &roots, &teller.reachable, &objects, sink);
        seen.names.tell(&mut teller, &graph, &roots, &objects, &self.left_out, sink);
        if seen.blobs.is_empty() && seen.messages.is_empty() {
            return Ok(());
        }
        for (id, kind) in &seen.messages {
            teller.message(id, *kind, sink);
        }
        let trace = Trace::new(&store, &graph, &roots, &seen.blobs, self.repository.hash(), crew.jobs());
        let mut endless = Vec::new();
        let mut brought = trace.brought(&teller.reachable, &mut endless);
        for number in endless {
            let node = &graph.nodes[number as usize];
            sink.failed(&format!("tree {} of commit {}", node.tree, node.id), &Failed::Endless.into());
        }
        brought.retain(|place| {
            let path = String::from_utf8_lossy(&place.path);
            let out = self.left_out.matches(&path);
            if out {
                sink.skipped(&path, EXCLUDED);
            }
            !out
        });
        teller.places(&brought, sink);
        for blob in trace.placeless() {
            teller.placeless(&blob, trace.marks_of(&blob), sink);
        }
        Ok(())
    }
}

/// Says what is missing: what a reference or a commit names and nobody has.
fn check(store: &Store, graph: &Graph, roots: &Roots, sink: &mut dyn Sink) {
    for (name, error) in &roots.failed {
        sink.failed(name, &io::Error::other(error.to_string()));
    }
    for error in store.failed() {
        let path = error.path().map_or_else(|| ".git".to_owned(), |path| path.to_string_lossy().into_owned());
        sink.failed(&path, &io::Error::other(error.message()));
    }
    let head = roots.head.map(|id| ("HEAD".to_owned(), id));
    for (name, id) in roots.references.iter().chain(&head).filter(|(_, id)| !store.has(id)) {
        sink.failed(name, &io::Error::other(format!("it names {id}, and there is no such object")));
    }
    let mut missing = graph.missing();
    let shallow: Vec<&Id> = roots.shallow.iter().filter(|id| graph.number(id).is_some()).collect();
    for cut in &shallow {
        if let Some(number) = graph.number(cut) {
            missing.retain(|id| !graph.nodes[number as usize].parents.contains(id));
        }
        sink.skipped(&cut.to_string(), "history before a shallow clone");
    }
    if !shallow.is_empty() {
        let text = "the clone is shallow, and what came before is not in it; git fetch --unshallow gets it";
        sink.failed(".git/shallow", &io::Error::other(text));
    }
    let mut missing: Vec<String> = missing.iter().map(|id| format!("commit {id}")).collect();
    missing.sort();
    for id in missing {
        sink.failed(&id, &Failed::Missing.into());
    }
}

/// Looks at an object that is read in order, and by no other thread.
fn large(id: &Id, objects: &Objects, seen: &mut Seen, sink: &mut dyn Sink) {
    let name = format!("object {id}");
    match glance_large(sink, objects, id, &Origin::file(&name), true) {
        Ok(marks) if marks.is_empty() => {}
        Ok(marks) => drop(seen.blobs.insert(*id, marks)),
        Err(error) => sink.failed(&name, &error),
    }
}

/// Looks at objects on one thread.
struct Look<'s> {
    history: &'s History,
    store: &'s Store,
    sink: Box<dyn Sink + 's>,
    seen: Seen,
    all: &'s Mutex<Seen>,
}

impl Visitor for Look<'_> {
    fn object(&mut self, object: &Object<'_>) -> bool {
        match object.kind {
            Kind::Blob => {
                self.sink.counted(object.bytes.len());
                let origin = Origin::file(format!("object {}", object.id));
                look_at_kind(&mut *self.sink, &origin, object.bytes);
                let Glance { marks, is_container } =
                    glance(&mut *self.sink, &origin, object.bytes, object.changed, true);
                let quiet = marks.is_empty();
                if !quiet {
                    self.seen.blobs.insert(*object.id, marks);
                }
                quiet && !is_container
            }
            Kind::Commit | Kind::Tag => {
                if object.kind == Kind::Commit {
                    match Node::parse(object.id, object.bytes, self.history.repository.hash()) {
                        Some(node) => self.seen.commits.push(node),
                        None => self.failed(object.id, Failed::Corrupt),
                    }
                }
                let hash = self.history.repository.hash();
                if !self.sink.glance(message(object.bytes), None).is_empty()
                    || !self.sink.glance(&header(object.bytes, hash), None).is_empty()
                {
                    self.seen.messages.push((*object.id, object.kind));
                }
                false
            }
            Kind::Tree => {
                let hash = self.history.repository.hash();
                self.seen.names.tree(object, hash, &mut *self.sink);
                self.seen.trees.tree(self.store, object, hash)
            }
        }
    }

    fn failed(&mut self, id: &Id, failed: Failed) {
        if matches!(failed, Failed::TooLarge(_)) {
            return self.seen.large.push(*id);
        }
        self.sink.failed(&format!("object {id}"), &failed.into());
    }
}

impl Drop for Look<'_> {
    fn drop(&mut self) {
        let seen = std::mem::take(&mut self.seen);
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.blobs.extend(seen.blobs);
        all.messages.extend(seen.messages);
        all.commits.extend(seen.commits);
        all.trees.extend(seen.trees);
        all.names.extend(seen.names);
        all.large.extend(seen.large);
    }
}
