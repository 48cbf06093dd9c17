//! Everything that a repository ever held: all blobs, and the messages of commits and tags.
//!
//! First every object is looked at once, wherever it is stored and whether anything leads to it or
//! not. Only where something was found does a second pass find out where it stood: which commit
//! brought it to which path, which took it away, and which branches and tags have it behind them.

mod trace;

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use gix::hashtable::HashMap;

use super::{Crew, Mark, Request, Sink, Source, SourceKind, Subject};
use crate::blob::{Commit, Origin};
use crate::error::Result;
use crate::git::{self, Failed, Graph, Id, Kind, Node, Object, Objects, Repository, Roots, Store, Visitor};
use trace::Trace;

/// The line in the table.
pub(super) const SOURCE: SourceKind = SourceKind {
    name: "history",
    about: "all objects of a git repository",
    open: |request| match &request.subject {
        Subject::History => {
            let repository = Repository::open(request.directory()?)?;
            Ok(Some(Box::new(History { repository })))
        }
        _ => Ok(None),
    },
};

/// What a message is called where others have a path.
const COMMIT_MESSAGE: &str = "<commit message>";
const TAG_MESSAGE: &str = "<tag message>";

struct History {
    repository: Repository,
}

/// What the first pass gave.
#[derive(Default)]
struct Seen {
    blobs: HashMap<Id, Vec<Mark>>,
    messages: Vec<(Id, Kind)>,
    commits: Vec<Node>,
}

impl Source for History {
    fn read(&self, crew: &dyn Crew) {
        let mut sink = crew.sink();
        if let Err(error) = self.run(crew, &mut *sink) {
            sink.failed(".git", &io::Error::other(error.to_string()));
        }
    }
}

impl History {
    fn run(&self, crew: &dyn Crew, sink: &mut dyn Sink) -> Result<()> {
        let roots = self.repository.roots();
        let store = self.repository.store()?;
        let seen = Mutex::new(Seen::default());
        let look = || -> Box<dyn Visitor + '_> {
            Box::new(Look { history: self, sink: crew.sink(), seen: Seen::default(), all: &seen })
        };
        store.walk(crew.jobs(), |kind| kind != Kind::Tree, &look);
        let seen = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        let graph = Graph::new(seen.commits);
        check(&store, &graph, &roots, sink);
        if seen.blobs.is_empty() && seen.messages.is_empty() {
            return Ok(());
        }
        let objects = self.repository.objects()?;
        let mut teller = Teller::new(self, &objects, &graph, &roots);
        for (id, kind) in &seen.messages {
            teller.message(id, *kind, sink);
        }
        let trace = Trace::new(&store, &graph, &roots, &seen.blobs, self.repository.hash(), crew.jobs());
        teller.blobs(&trace, sink);
        Ok(())
    }
}

/// Says what is missing: what a reference or a commit names and nobody has.
fn check(store: &Store, graph: &Graph, roots: &Roots, sink: &mut dyn Sink) {
    for (name, error) in &roots.failed {
        sink.failed(name, &io::Error::other(error.to_string()));
    }
    for (name, id) in roots.references.iter().filter(|(_, id)| !store.has(id)) {
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
    let trees = graph.nodes.iter().filter(|n| n.tree != Id::empty_tree(n.tree.kind()) && !store.has(&n.tree));
    for node in trees {
        sink.failed(&format!("tree {} of commit {}", node.tree, node.id), &Failed::Missing.into());
    }
    if store.is_partial() {
        sink.skipped(".git", "objects left at the remote of a partial clone");
        let text = "the clone is partial, and what it left at its remote is not in it; a full clone has it";
        sink.failed(".git", &io::Error::other(text));
    }
}

/// Looks at objects on one thread.
struct Look<'s> {
    history: &'s History,
    sink: Box<dyn Sink + 's>,
    seen: Seen,
    all: &'s Mutex<Seen>,
}

impl Visitor for Look<'_> {
    fn object(&mut self, object: &Object<'_>) -> bool {
        match object.kind {
            Kind::Blob => {
                self.sink.counted(object.bytes.len());
                let marks = self.sink.glance(object.bytes, object.changed);
                let quiet = marks.is_empty();
                if !quiet {
                    self.seen.blobs.insert(*object.id, marks);
                }
                quiet
            }
            Kind::Commit | Kind::Tag => {
                if object.kind == Kind::Commit {
                    match Node::parse(object.id, object.bytes, self.history.repository.hash()) {
                        Some(node) => self.seen.commits.push(node),
                        None => self.failed(object.id, Failed::Corrupt),
                    }
                }
                if !self.sink.glance(message(object.bytes), None).is_empty() {
                    self.seen.messages.push((*object.id, object.kind));
                }
                false
            }
            Kind::Tree => true,
        }
    }

    fn failed(&mut self, id: &Id, failed: Failed) {
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
    }
}

/// The message of a commit or a tag: what follows the first blank line.
fn message(bytes: &[u8]) -> &[u8] {
    memchr::memmem::find(bytes, b"\n\n").map_or(&[], |at| &bytes[at + 2..])
}

/// Tells where things stood.
struct Teller<'t> {
    history: &'t History,
    objects: &'t Objects,
    graph: &'t Graph,
    roots: &'t Roots,
    /// The references that lead to commits, and to which.
    tips: Vec<(usize, u32)>,
    reachable: Vec<bool>,
    buffer: Vec<u8>,
}

impl<'t> Teller<'t> {
    fn new(history: &'t History, objects: &'t Objects, graph: &'t Graph, roots: &'t Roots) -> Self {
        let hash = history.repository.hash();
        let tips: Vec<(usize, u32)> = roots
            .references
            .iter()
            .enumerate()
            .filter_map(|(at, (_, id))| Some((at, graph.number(&git::peeled(objects, *id, hash))?)))
            .collect();
        let others = roots.others.iter().chain(&roots.head).filter_map(|id| graph.number(id));
        let reachable = graph.reachable(tips.iter().map(|(_, number)| *number).chain(others));
        Self { history, objects, graph, roots, tips, reachable, buffer: Vec::new() }
    }

    /// What people are told of a commit; the path and what became of it are still to be filled in.
    fn commit(&mut self, number: u32, refs: &[usize], sink: &mut dyn Sink) -> Commit {
        let node = &self.graph.nodes[number as usize];
        let mut commit = Commit {
            id: node.id.to_string(),
            refs: refs.iter().map(|at| self.roots.references[self.tips[*at].0].0.clone()).collect(),
            unreachable: !self.reachable[number as usize],
            ..Commit::default()
        };
        if self.objects.read(&node.id, &mut self.buffer).is_ok() {
            git::describe(&self.buffer, self.history.repository.hash(), &mut commit, |text| {
                sink.masked(text)
            });
        }
        commit
    }

    fn holders(&self, commits: &[u32]) -> Vec<Vec<usize>> {
        let tips: Vec<u32> = self.tips.iter().map(|(_, number)| *number).collect();
        self.graph.holders(commits, &tips)
    }

    /// Shows the message of a commit or a tag.
    fn message(&mut self, id: &Id, kind: Kind, sink: &mut dyn Sink) {
        let mut origin = Origin::default();
        if kind == Kind::Commit {
            let Some(number) = self.graph.number(id) else { return };
            let refs = self.holders(&[number]).swap_remove(0);
            let mut commit = self.commit(number, &refs, sink);
            commit.path = COMMIT_MESSAGE.to_owned();
            origin.path = format!("{COMMIT_MESSAGE} {}", git::short(id));
            origin.commit = Some(Arc::new(commit));
        } else {
            let refs = self.roots.references.iter().filter(|(_, target)| target == id);
            let refs: Vec<String> = refs.map(|(name, _)| name.clone()).collect();
            origin.path = format!("{TAG_MESSAGE} {}", git::short(id));
            origin.commit = Some(Arc::new(Commit {
                id: id.to_string(),
                path: TAG_MESSAGE.to_owned(),
                unreachable: refs.is_empty(),
                refs,
                ..Commit::default()
            }));
        }
        match self.objects.read(id, &mut self.buffer) {
            Ok(_) => sink.sifted(&origin, message(&self.buffer), &mut |_| true),
            Err(failed) => sink.failed(&format!("object {id}"), &failed.into()),
        }
    }

    /// Shows every blob with something in it, at the place where that came in.
    fn blobs(&mut self, trace: &Trace<'_>, sink: &mut dyn Sink) {
        let brought = trace.brought(&self.reachable);
        let commits: Vec<u32> = brought.iter().map(|place| place.commit).collect();
        let holders = self.holders(&commits);
        for (place, refs) in brought.iter().zip(&holders) {
            let mut commit = self.commit(place.commit, refs, sink);
            commit.path = String::from_utf8_lossy(&place.path).into_owned();
            commit.removed_by =
                place.removed_by.map(|number| self.graph.nodes[number as usize].id.to_string());
            commit.in_head = place.in_head;
            let origin =
                Origin { path: commit.path.clone(), commit: Some(Arc::new(commit)), ..Origin::default() };
            self.show(&place.blob, &origin, &place.marks, sink);
        }
        for blob in trace.placeless() {
            let staged = self.roots.index.iter().find(|(_, id)| *id == blob);
            let refs = self.roots.references.iter().filter(|(_, id)| *id == blob);
            let refs: Vec<String> = refs.map(|(name, _)| name.clone()).collect();
            let path = match staged {
                Some((path, _)) => String::from_utf8_lossy(path).into_owned(),
                None => format!("<blob {}>", git::short(&blob)),
            };
            let unreachable = staged.is_none() && refs.is_empty();
            let commit = Commit { path: path.clone(), refs, unreachable, ..Commit::default() };
            let origin = Origin { path, commit: Some(Arc::new(commit)), ..Origin::default() };
            self.show(&blob, &origin, trace.marks(&blob), sink);
        }
    }

    fn show(&mut self, blob: &Id, origin: &Origin, marks: &[Mark], sink: &mut dyn Sink) {
        match self.objects.read(blob, &mut self.buffer) {
            Ok(_) => {
                // One place of each secret is enough: the first in the file.
                let mut left: Vec<&Mark> = marks.iter().collect();
                sink.sifted(origin, &self.buffer, &mut |finding| {
                    let at = left.iter().position(|mark| mark.is_of(finding));
                    at.map(|at| left.swap_remove(at)).is_some()
                });
            }
            Err(failed) => sink.failed(&format!("object {blob}"), &failed.into()),
        }
    }
}

/// The directory that a request for a repository is about.
impl Request {
    pub(super) fn directory(&self) -> Result<Option<&std::path::Path>> {
        match &self.paths[..] {
            [] => Ok(None),
            [one] => Ok(Some(one)),
            _ => Err(crate::Error::invalid("one repository at a time: name one directory")),
        }
    }
}
