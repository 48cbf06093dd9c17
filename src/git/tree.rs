//! Trees: their entries, and what differs between two of them.

use std::collections::HashSet;

use gix::objs::{Kind, TreeRefIter, tree::EntryMode};
use gix::{ObjectId, hash};

use super::object::Failed;
use super::objects::Objects;

/// Deeper than any tree of a person, and shallow enough for the stack: a repository that lies can
/// have a tree that holds itself.
pub(crate) const DEEPEST: usize = 1024;

/// What is still told where there is no end.
const ENOUGH: usize = 1_000;

/// How many files and folders are followed below folders that were met before: each of forty that
/// hold the next one twice makes more paths than there is room for.
const MOST_AGAIN: usize = 1 << 18;

/// An entry of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name in its folder.
    pub name: Vec<u8>,
    /// What it is.
    pub mode: EntryMode,
    /// The object.
    pub id: ObjectId,
}

/// Reads a tree object.
///
/// # Errors
///
/// It is no tree.
pub fn entries(bytes: &[u8], hash: hash::Kind) -> Result<Vec<Entry>, Failed> {
    let entry = |entry: gix::objs::tree::EntryRef<'_>| Entry {
        name: entry.filename.to_vec(),
        mode: entry.mode,
        id: entry.oid.to_owned(),
    };
    let all = TreeRefIter::from_bytes(bytes, hash).map(|e| e.map(entry));
    all.collect::<Result<_, _>>().map_err(|_| Failed::Corrupt)
}

/// Gives `sink` the mode, the name and the object of every entry, as they stand in the tree
/// (`100644`, `40000` …), up to the first that is none.
pub fn each(bytes: &[u8], hash: hash::Kind, mut sink: impl FnMut(&[u8], &[u8], &gix::oid)) {
    let mut rest = bytes;
    while let Some(end) = memchr::memchr(0, rest) {
        let after = end + 1 + hash.len_in_bytes();
        let Some(id) = rest.get(end + 1..after).and_then(|id| gix::oid::try_from_bytes(id).ok()) else {
            return;
        };
        // A mode has five or six digits.
        let Some(space) = memchr::memchr(b' ', &rest[..end.min(8)]) else { return };
        sink(&rest[..space], &rest[space + 1..end], id);
        rest = &rest[after..];
    }
}

/// A file that differs between two trees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The path, with slashes.
    pub path: Vec<u8>,
    /// What was there: a file or a symbolic link.
    pub old: Option<ObjectId>,
    /// What is there now; not both are nothing, and they differ.
    pub new: Option<ObjectId>,
    /// True where what is there now is another repository (a submodule).
    pub submodule: bool,
}

/// What differs between two trees.
#[derive(Debug, Default)]
pub struct Diff {
    /// The files, by path.
    pub changes: Vec<Change>,
    /// Trees that cannot be had, and why; they count as empty.
    pub failed: Vec<(ObjectId, Failed)>,
}

/// Where a comparison is.
#[derive(Default)]
struct Way {
    path: Vec<u8>,
    depth: usize,
    /// Below a folder that was met before.
    again: bool,
}

/// Compares trees; holds the buffers for it.
pub struct Differ<'o> {
    objects: &'o Objects,
    hash: hash::Kind,
    buffer: Vec<u8>,
    /// The pairs of folders that were compared, and what was met below those that were met before.
    met: HashSet<(Option<ObjectId>, Option<ObjectId>)>,
    again: usize,
}

impl<'o> Differ<'o> {
    /// With the objects of a repository.
    pub fn new(objects: &'o Objects, hash: hash::Kind) -> Self {
        Self { objects, hash, buffer: Vec::new(), met: HashSet::new(), again: 0 }
    }

    /// What differs; no tree is an empty one.
    pub fn diff(&mut self, old: Option<ObjectId>, new: Option<ObjectId>) -> Diff {
        let mut diff = Diff::default();
        self.met.clear();
        self.again = 0;
        self.folder(old, new, &mut Way::default(), &mut diff);
        if self.again > MOST_AGAIN {
            diff.changes.truncate(ENOUGH);
        }
        diff
    }

    fn folder(&mut self, old: Option<ObjectId>, new: Option<ObjectId>, way: &mut Way, diff: &mut Diff) {
        if old == new {
            return;
        }
        let again = way.again || !self.met.insert((old, new));
        if way.depth > DEEPEST || self.again > MOST_AGAIN {
            // The first says it for all.
            if !diff.failed.iter().any(|(_, failed)| *failed == Failed::Endless) {
                diff.failed.push((new.or(old).unwrap_or(ObjectId::null(self.hash)), Failed::Endless));
            }
            return;
        }
        let mut had = |tree| {
            self.entries(tree).unwrap_or_else(|failed| {
                diff.failed.push(failed);
                Vec::new()
            })
        };
        let (old, new) = (had(old), had(new));
        let outside = std::mem::replace(&mut way.again, again);
        way.depth += 1;
        let (mut left, mut right) = (old.iter().peekable(), new.iter().peekable());
        loop {
            // By name alone: a file that became a folder is told as both.
            let order = match (left.peek(), right.peek()) {
                (None, None) => break,
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some(a), Some(b)) => key(a).cmp(key(b)),
            };
            let a = if order.is_le() { left.next() } else { None };
            let b = if order.is_ge() { right.next() } else { None };
            if a.map(|e| (e.id, e.mode)) == b.map(|e| (e.id, e.mode)) {
                continue;
            }
            self.again += usize::from(again);
            let before = way.path.len();
            if before > 0 {
                way.path.push(b'/');
            }
            way.path.extend_from_slice(a.or(b).map_or(&[][..], |entry| &entry.name));
            let tree = |entry: Option<&Entry>| entry.filter(|e| e.mode.is_tree()).map(|e| e.id);
            self.folder(tree(a), tree(b), way, diff);
            let file = |entry: Option<&Entry>| {
                entry.filter(|e| !e.mode.is_tree() && !e.mode.is_commit()).map(|e| e.id)
            };
            let submodule = b.is_some_and(|entry| entry.mode.is_commit());
            let (old, new) = (file(a), file(b));
            if old != new || submodule {
                diff.changes.push(Change { path: way.path.clone(), old, new, submodule });
            }
            way.path.truncate(before);
        }
        (way.again, way.depth) = (outside, way.depth - 1);
    }

    /// The entries of a tree; no tree is an empty one.
    ///
    /// # Errors
    ///
    /// The tree, and why it cannot be had.
    pub fn entries(&mut self, id: Option<ObjectId>) -> Result<Vec<Entry>, (ObjectId, Failed)> {
        let Some(id) = id else { return Ok(Vec::new()) };
        // The empty tree is known to git without being stored.
        if id == ObjectId::empty_tree(self.hash) {
            return Ok(Vec::new());
        }
        let read = self.objects.read(&id, &mut self.buffer).and_then(|kind| match kind {
            Kind::Tree => entries(&self.buffer, self.hash),
            _ => Err(Failed::Corrupt),
        });
        read.map_err(|failed| (id, failed))
    }

    /// True where a tree has anything at a path: a file, a folder, a submodule.
    pub fn has(&mut self, tree: ObjectId, path: &[u8]) -> bool {
        let (folder, name) = match memchr::memrchr(b'/', path) {
            Some(slash) => (&path[..slash], &path[slash + 1..]),
            None => (&path[..0], path),
        };
        let mut at = tree;
        for part in folder.split(|b| *b == b'/').filter(|part| !part.is_empty()) {
            let entries = self.entries(Some(at)).unwrap_or_default();
            let Some(entry) = entries.into_iter().find(|e| e.name == part && e.mode.is_tree()) else {
                return false;
            };
            at = entry.id;
        }
        self.entries(Some(at)).is_ok_and(|entries| entries.iter().any(|entry| entry.name == name))
    }

    /// The file at a path of a tree.
    ///
    /// # Errors
    ///
    /// The tree that cannot be had, and why.
    pub fn file(&mut self, tree: ObjectId, path: &[u8]) -> Result<Option<ObjectId>, (ObjectId, Failed)> {
        let mut at = tree;
        let mut parts = path.split(|b| *b == b'/').peekable();
        while let Some(part) = parts.next() {
            let found = self.entries(Some(at))?.into_iter().find(|entry| entry.name == part);
            let Some(entry) = found else { return Ok(None) };
            at = entry.id;
            if parts.peek().is_some() != entry.mode.is_tree() || entry.mode.is_commit() {
                return Ok(None);
            }
        }
        Ok(Some(at))
    }
}

/// The order of entries in a tree: a folder's name counts as if a slash followed.
fn key(entry: &Entry) -> impl Iterator<Item = u8> {
    entry.name.iter().copied().chain(entry.mode.is_tree().then_some(b'/'))
}
