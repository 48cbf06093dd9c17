//! Which commit brought what was found to which path, and which took it away.
//!
//! Of all trees only those are kept that lead to a blob with findings, and of these only the entries
//! that do: in that skeleton, comparing the trees of every commit with those of its parents costs next
//! to nothing.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use gix::hashtable::{HashMap, HashSet};

use crate::git::tree::DEEPEST;
use crate::git::{Failed, Graph, Id, Kind, Object, Roots, Store, Visitor, tree};
use crate::input::marks::{Mark, Marks};

/// How many entries that lead to findings are compared for one commit.
const MOST: usize = 1 << 20;

/// What is still told of a commit whose tree has no end.
const ENOUGH: usize = 1_000;

/// Something found, and where it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::input) struct Place {
    /// The path in the tree.
    pub(in crate::input) path: Vec<u8>,
    /// The commit that brought it, by number.
    pub(in crate::input) commit: u32,
    /// The content of the file in that commit.
    pub(in crate::input) blob: Id,
    /// What is told of it.
    pub(in crate::input) marks: Vec<Mark>,
    /// The last commit that took it away, unless `HEAD` has it.
    pub(in crate::input) removed_by: Option<u32>,
    /// `HEAD` has it at this path.
    pub(in crate::input) in_head: bool,
}

impl Place {
    fn is_same_but_for_marks(&self, other: &Self) -> bool {
        let facts = |p: &Self| (p.commit, p.blob, p.removed_by, p.in_head);
        self.path == other.path && facts(self) == facts(other)
    }
}

/// The blobs with findings and the trees that lead to them.
pub(super) struct Trace<'t> {
    graph: &'t Graph,
    roots: &'t Roots,
    blobs: &'t HashMap<Id, Marks>,
    trees: HashMap<Id, Vec<Entry>>,
}

/// An entry that leads to a blob with findings.
#[derive(Debug, Clone)]
struct Entry {
    name: Vec<u8>,
    id: Id,
    is_tree: bool,
}

/// A file that differs between a commit and its first parent.
struct Change {
    path: Vec<u8>,
    old: Option<Id>,
    new: Option<Id>,
}

/// What became of one secret at one path.
#[derive(Default)]
struct Fate {
    brought: Option<(u32, Id)>,
    removed: Option<u32>,
}

impl<'t> Trace<'t> {
    pub(super) fn new(
        store: &Store,
        graph: &'t Graph,
        roots: &'t Roots,
        blobs: &'t HashMap<Id, Marks>,
        hash: gix::hash::Kind,
        jobs: usize,
    ) -> Self {
        let mut trace = Self { graph, roots, blobs, trees: HashMap::default() };
        if blobs.is_empty() {
            return trace;
        }
        // Level by level upwards: trees that hold such blobs, trees that hold such trees, and so on.
        let mut wanted: HashSet<Id> = blobs.keys().copied().collect();
        loop {
            let found = Mutex::new(HashMap::default());
            let sieve = Sieve::new(&wanted);
            let look = || -> Box<dyn Visitor + '_> {
                Box::new(Look { sieve: &sieve, hash, found: HashMap::default(), all: &found })
            };
            store.walk(jobs, |kind| kind == Kind::Tree, &look);
            let found: HashMap<Id, Vec<Entry>> = found.into_inner().unwrap_or_else(PoisonError::into_inner);
            let before = trace.trees.len();
            let mut fresh = HashSet::default();
            for (id, entries) in found {
                let known = trace.trees.entry(id).or_insert_with(|| {
                    fresh.insert(id);
                    Vec::new()
                });
                known.extend(entries);
            }
            if trace.trees.len() == before {
                break;
            }
            wanted = fresh;
        }
        for entries in trace.trees.values_mut() {
            entries.sort_by(|a, b| (&a.name, a.is_tree, a.id).cmp(&(&b.name, b.is_tree, b.id)));
            entries.dedup_by(|a, b| (&a.name, a.is_tree, a.id) == (&b.name, b.is_tree, b.id));
        }
        trace
    }

    /// What is told of a blob.
    pub(super) fn marks_of(&self, blob: &Id) -> Option<&'t Marks> {
        self.blobs.get(blob)
    }

    /// The same at one path.
    fn marks(&self, blob: &Id, path: &[u8]) -> Vec<&'t Mark> {
        self.blobs.get(blob).map_or_else(Vec::new, |marks| marks.at(path).collect())
    }

    /// Where everything came in, by commit and path. Of several commits that brought the same secret to
    /// the same path the first counts, those that something leads to before others.
    /// Commits whose trees have no end go to `endless`.
    pub(super) fn brought(&self, reachable: &[bool], endless: &mut Vec<u32>) -> Vec<Place> {
        let mut fates: BTreeMap<(Vec<u8>, &Mark), Fate> = BTreeMap::new();
        for leads in [true, false] {
            for number in (0..self.graph.nodes.len()).filter(|n| reachable[*n] == leads) {
                if self.commit(number as u32, leads, &mut fates).is_err() {
                    endless.push(number as u32);
                }
            }
        }
        let head = self.roots.head.and_then(|id| self.graph.number(&id));
        let head = head.map(|number| self.graph.nodes[number as usize].tree);
        let mut places: Vec<Place> = Vec::new();
        for ((path, mark), fate) in fates {
            let Some((commit, blob)) = fate.brought else { continue };
            let in_head = head.is_some_and(|tree| self.holds(self.file(tree, &path), &path, mark));
            let removed = fate.removed.filter(|_| !in_head);
            let place = Place { path, commit, blob, marks: vec![mark.clone()], removed_by: removed, in_head };
            match places.last_mut() {
                Some(last) if last.is_same_but_for_marks(&place) => last.marks.push(mark.clone()),
                _ => places.push(place),
            }
        }
        places.sort_by(|a, b| (a.commit, &a.path).cmp(&(b.commit, &b.path)));
        places
    }

    /// Blobs that no commit has.
    pub(super) fn placeless(&self) -> Vec<Id> {
        let mut placed = HashSet::default();
        let mut seen = HashSet::default();
        let mut open: Vec<Id> = self.graph.nodes.iter().map(|node| node.tree).collect();
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                for entry in self.entries(Some(id)) {
                    if entry.is_tree {
                        open.push(entry.id);
                    } else {
                        placed.insert(entry.id);
                    }
                }
            }
        }
        let mut left: Vec<Id> = self.blobs.keys().filter(|id| !placed.contains(*id)).copied().collect();
        left.sort();
        left
    }

    /// What a commit brought and took away, compared with its parents.
    fn commit<'s>(
        &'s self,
        number: u32,
        leads: bool,
        fates: &mut BTreeMap<(Vec<u8>, &'s Mark), Fate>,
    ) -> Result<(), Endless> {
        let tree = |number: u32| self.graph.nodes[number as usize].tree;
        let parents = &self.graph.parents[number as usize];
        let mut changes = Vec::new();
        let old = parents.first().map(|p| tree(*p));
        let mut way = Way { path: Vec::new(), depth: 0, left: MOST };
        let done = self.diff(old, Some(tree(number)), &mut way, &mut changes);
        if done.is_err() {
            changes.truncate(ENOUGH);
        }
        for Change { path, old, new } in changes {
            // A merge brings only what no parent had, and takes away only what all of them had.
            let others: Vec<Option<Id>> =
                parents.iter().skip(1).map(|p| self.file(tree(*p), &path)).collect();
            for mark in new.iter().flat_map(|id| self.marks(id, &path)) {
                if !self.holds(old, &path, mark)
                    && !others.iter().any(|other| self.holds(*other, &path, mark))
                {
                    let fate = fates.entry((path.clone(), mark)).or_default();
                    fate.brought = fate.brought.or(new.map(|blob| (number, blob)));
                }
            }
            for mark in old.iter().flat_map(|id| self.marks(id, &path)) {
                if !self.holds(new, &path, mark)
                    && others.iter().all(|other| self.holds(*other, &path, mark))
                    && leads
                {
                    fates.entry((path.clone(), mark)).or_default().removed = Some(number);
                }
            }
        }
        done
    }

    fn holds(&self, blob: Option<Id>, path: &[u8], mark: &Mark) -> bool {
        let marks = blob.and_then(|id| self.blobs.get(&id));
        marks.is_some_and(|marks| marks.at(path).any(|held| held == mark))
    }

    fn entries(&self, tree: Option<Id>) -> &[Entry] {
        tree.and_then(|id| self.trees.get(&id)).map_or(&[], Vec::as_slice)
    }

    fn file(&self, tree: Id, path: &[u8]) -> Option<Id> {
        let mut at = tree;
        let mut parts = path.split(|b| *b == b'/').peekable();
        while let Some(part) = parts.next() {
            let inner = parts.peek().is_some();
            at = self.entries(Some(at)).iter().find(|e| e.name == part && e.is_tree == inner)?.id;
        }
        Some(at)
    }

    fn diff(
        &self,
        old: Option<Id>,
        new: Option<Id>,
        way: &mut Way,
        changes: &mut Vec<Change>,
    ) -> Result<(), Endless> {
        if old == new {
            return Ok(());
        }
        way.depth += 1;
        let (old, new) = (self.entries(old), self.entries(new));
        let (mut a, mut b) = (0, 0);
        while a < old.len() || b < new.len() {
            let order = match (old.get(a), new.get(b)) {
                (Some(left), Some(right)) => (&left.name, left.is_tree).cmp(&(&right.name, right.is_tree)),
                (Some(_), None) => std::cmp::Ordering::Less,
                _ => std::cmp::Ordering::Greater,
            };
            let left = old.get(a).filter(|_| order.is_le());
            let right = new.get(b).filter(|_| order.is_ge());
            a += usize::from(left.is_some());
            b += usize::from(right.is_some());
            let (from, to) = (left.map(|e| e.id), right.map(|e| e.id));
            if from == to {
                continue;
            }
            let Some(entry) = right.or(left) else { continue };
            way.left = way.left.checked_sub(1).filter(|_| way.depth <= DEEPEST).ok_or(Endless)?;
            let before = way.path.len();
            if before > 0 {
                way.path.push(b'/');
            }
            way.path.extend_from_slice(&entry.name);
            if entry.is_tree {
                self.diff(from, to, way, changes)?;
            } else {
                changes.push(Change { path: way.path.clone(), old: from, new: to });
            }
            way.path.truncate(before);
        }
        way.depth -= 1;
        Ok(())
    }
}

/// Where a comparison is, and how much more may be compared.
struct Way {
    path: Vec<u8>,
    depth: usize,
    left: usize,
}

/// A tree leads to more files with findings than any has, or deeper.
struct Endless;

/// A set of ids behind a small table that says no to nearly all others.
struct Sieve<'s> {
    bits: Vec<u64>,
    ids: &'s HashSet<Id>,
}

impl<'s> Sieve<'s> {
    fn new(ids: &'s HashSet<Id>) -> Self {
        let mut bits = vec![0; 1 << 10];
        for id in ids {
            let at = Self::place(id);
            bits[at / 64] |= 1 << (at % 64);
        }
        Self { bits, ids }
    }

    fn place(id: &gix::oid) -> usize {
        let bytes = id.as_bytes();
        usize::from(bytes[0]) << 8 | usize::from(bytes[1])
    }

    fn has(&self, id: &gix::oid) -> bool {
        let at = Self::place(id);
        self.bits[at / 64] & (1 << (at % 64)) != 0 && self.ids.contains(id)
    }
}

/// Looks at trees on one thread.
struct Look<'s> {
    sieve: &'s Sieve<'s>,
    hash: gix::hash::Kind,
    found: HashMap<Id, Vec<Entry>>,
    all: &'s Mutex<HashMap<Id, Vec<Entry>>>,
}

impl Visitor for Look<'_> {
    fn object(&mut self, object: &Object<'_>) -> bool {
        let mut leading = Vec::new();
        tree::each(object.bytes, self.hash, |mode, name, id| {
            if self.sieve.has(id) {
                let is_tree = mode.starts_with(b"4") || mode.starts_with(b"04");
                leading.push(Entry { name: name.to_vec(), id: id.to_owned(), is_tree });
            }
        });
        if !leading.is_empty() {
            self.found.insert(*object.id, leading);
        }
        true
    }

    /// The first pass has told of everything that cannot be had.
    fn failed(&mut self, _: &Id, _: Failed) {}
}

impl Drop for Look<'_> {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).extend(self.found.drain());
    }
}
