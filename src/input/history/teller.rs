//! Says of what was found in a repository which commit brought it, and what became of it.

use std::sync::Arc;

use gix::hash;

use super::trace::Place;
use crate::blob::{Commit, Origin};
use crate::finding::Finding;
use crate::git::{self, Failed, Graph, Id, Kind, Objects, Roots, message};
use crate::input::contents;
use crate::input::marks::{Mark, Marks};
use crate::input::names::show_name;
use crate::input::source::Sink;

/// What a message is called where others have a path.
const COMMIT_MESSAGE: &str = "<commit message>";
const TAG_MESSAGE: &str = "<tag message>";

/// And what stands before it.
const COMMIT_HEADER: &str = "<commit header>";
const TAG_HEADER: &str = "<tag header>";

/// Tells where things stood.
pub(in crate::input) struct Teller<'t> {
    hash: hash::Kind,
    objects: &'t Objects,
    graph: &'t Graph,
    roots: &'t Roots,
    /// The references that lead to commits, and to which.
    tips: Vec<(usize, u32)>,
    /// The names of the references, fit to be shown; filled when the first is.
    names: Vec<String>,
    /// For each commit whether anything leads to it.
    pub(in crate::input) reachable: Vec<bool>,
    /// The same without regard to reflogs.
    held: Vec<bool>,
    buffer: Vec<u8>,
}

impl<'t> Teller<'t> {
    pub(in crate::input) fn new(
        hash: hash::Kind,
        objects: &'t Objects,
        graph: &'t Graph,
        roots: &'t Roots,
    ) -> Self {
        let tips: Vec<(usize, u32)> = roots
            .references
            .iter()
            .enumerate()
            .filter_map(|(at, (_, id))| Some((at, graph.number(&git::peeled(objects, *id, hash))?)))
            .collect();
        let number = |id: &Id| graph.number(&git::peeled(objects, *id, hash));
        let others: Vec<u32> = roots.others.iter().chain(&roots.head).filter_map(number).collect();
        let named = || tips.iter().map(|(_, number)| *number).chain(others.iter().copied());
        let held = graph.reachable(named());
        let reachable = graph.reachable(named().chain(roots.logs.iter().filter_map(|id| graph.number(id))));
        Self { hash, objects, graph, roots, tips, names: Vec::new(), reachable, held, buffer: Vec::new() }
    }

    /// Whatever it is told of is on its way to a reference.
    pub(in crate::input) fn hold_all(&mut self) {
        self.reachable.fill(true);
        self.held.fill(true);
    }

    /// What people are told of a commit; the path and what became of it are still to be filled in.
    fn commit(&mut self, number: u32, refs: &[usize], sink: &mut dyn Sink) -> Commit {
        if self.names.is_empty() {
            self.names = self.roots.references.iter().map(|(name, _)| sink.masked(name.as_bytes())).collect();
        }
        let node = &self.graph.nodes[number as usize];
        let mut commit = Commit {
            id: node.id.to_string(),
            refs: refs.iter().map(|at| self.names[self.tips[*at].0].clone()).collect(),
            unreachable: !self.reachable[number as usize],
            only_in_reflog: self.reachable[number as usize] && !self.held[number as usize],
            ..Commit::default()
        };
        if self.objects.read(&node.id, &mut self.buffer).is_ok() {
            git::describe(&self.buffer, self.hash, &mut commit, |text| sink.masked(text));
        }
        commit
    }

    fn holders(&self, commits: &[u32]) -> Vec<Vec<usize>> {
        let tips: Vec<u32> = self.tips.iter().map(|(_, number)| *number).collect();
        self.graph.holders(commits, &tips)
    }

    /// Shows the message of a commit or a tag, and what stands before it.
    pub(in crate::input) fn message(&mut self, id: &Id, kind: Kind, sink: &mut dyn Sink) {
        let mut origin = Origin::default();
        if kind == Kind::Commit {
            let Some(number) = self.graph.number(id) else { return };
            let refs = self.holders(&[number]).swap_remove(0);
            let mut commit = self.commit(number, &refs, sink);
            commit.path = COMMIT_MESSAGE.to_owned();
            origin.path = COMMIT_MESSAGE.to_owned();
            origin.commit = Some(Arc::new(commit));
        } else {
            let refs = self.roots.references.iter().filter(|(_, target)| target == id);
            let refs: Vec<String> = refs.map(|(name, _)| name.clone()).collect();
            origin.path = TAG_MESSAGE.to_owned();
            origin.commit = Some(Arc::new(Commit {
                id: id.to_string(),
                path: TAG_MESSAGE.to_owned(),
                unreachable: refs.is_empty(),
                refs,
                ..Commit::default()
            }));
        }
        match self.objects.read(id, &mut self.buffer) {
            Ok(_) => {
                sink.sifted(&origin, message(&self.buffer), &mut |_| true);
                let name = if kind == Kind::Commit { COMMIT_HEADER } else { TAG_HEADER };
                name.clone_into(&mut origin.path);
                if let Some(commit) = &mut origin.commit {
                    name.clone_into(&mut Arc::make_mut(commit).path);
                }
                sink.sifted(&origin, &git::header(&self.buffer, self.hash), &mut |_| true);
            }
            Err(failed) => sink.failed(&format!("object {id}"), &failed.into()),
        }
    }

    /// Shows what is found in the last name of a path, with the commit that brought it, if one did.
    pub(in crate::input) fn name(
        &mut self,
        path: &[u8],
        commit: Option<u32>,
        in_head: bool,
        sink: &mut dyn Sink,
    ) {
        let mut told = match commit {
            Some(number) => {
                let refs = self.holders(&[number]).swap_remove(0);
                self.commit(number, &refs, sink)
            }
            None => Commit::default(),
        };
        told.in_head = in_head;
        told.path = String::from_utf8_lossy(path).into_owned();
        let name = path.rsplit(|b| *b == b'/').next().unwrap_or_default();
        let origin = Origin { path: told.path.clone(), commit: Some(Arc::new(told)), ..Origin::default() };
        show_name(sink, &origin, name, &mut |_| true);
    }

    /// Shows what is told of these places, each where it came in.
    pub(in crate::input) fn places(&mut self, brought: &[Place], sink: &mut dyn Sink) {
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
    }

    /// Shows a blob that no commit has: it is staged, or a reference names it, or nothing leads to it.
    pub(super) fn placeless(&mut self, blob: &Id, marks: Option<&Marks>, sink: &mut dyn Sink) {
        let staged = self.roots.index.iter().find(|(_, id)| id == blob);
        let refs = self.roots.references.iter().filter(|(_, id)| id == blob);
        let refs: Vec<String> = refs.map(|(name, _)| name.clone()).collect();
        let path = match staged {
            Some((path, _)) => String::from_utf8_lossy(path).into_owned(),
            None => format!("<blob {}>", git::short(blob)),
        };
        let marks: Vec<Mark> = marks.iter().flat_map(|marks| marks.at(path.as_bytes())).cloned().collect();
        let unreachable = staged.is_none() && refs.is_empty();
        let commit = Commit { path: path.clone(), refs, unreachable, ..Commit::default() };
        let origin = Origin { path, commit: Some(Arc::new(commit)), ..Origin::default() };
        self.show(blob, &origin, &marks, sink);
    }

    fn show(&mut self, blob: &Id, origin: &Origin, marks: &[Mark], sink: &mut dyn Sink) {
        // One place of each secret is enough: the first in the file. One that a marker allows does
        // not stand for another that none does.
        let mut left: Vec<&Mark> = marks.iter().collect();
        let mut keep = |finding: &Finding| {
            let at = left.iter().position(|mark| mark.is_of(finding));
            if finding.suppressed.is_none() {
                at.map(|at| left.swap_remove(at)).is_some()
            } else {
                at.is_some()
            }
        };
        let shown = match self.objects.read(blob, &mut self.buffer) {
            Ok(_) => {
                contents::show(sink, origin, &self.buffer, &mut keep);
                Ok(())
            }
            Err(Failed::TooLarge(_)) => contents::show_large(sink, self.objects, blob, origin, &mut keep),
            Err(failed) => Err(failed.into()),
        };
        if let Err(error) = shown {
            sink.failed(&format!("object {blob}"), &error);
        }
    }
}
