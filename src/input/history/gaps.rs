//! What a repository should have and has not: objects that its trees and its index name.
//!
//! The first pass looks at every tree and notes the entries that nobody has; hardly ever there are any.
//! Only then the trees are walked from the commits, to tell at which path something is missing, and to
//! leave out what nothing leads to, which git itself throws away piece by piece.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;

use gix::hashtable::{HashMap, HashSet};

use crate::git::tree::DEEPEST;
use crate::git::{Failed, Graph, Id, Kind, Object, Objects, Roots, Store, short, tree};
use crate::input::source::Sink;

/// How many missing objects are named one by one.
const NAMED: usize = 50;

/// What brings objects that a partial clone left at its remote.
pub(in crate::input) const REFETCH: &str =
    "`git fetch --refetch --no-filter` gets what was left at the remote";

/// What the trees of a repository name, noted while each is looked at.
#[derive(Default)]
pub(super) struct Noted {
    /// Trees with entries that nobody has.
    pub(super) holes: HashMap<Id, Vec<Id>>,
    /// The names of submodules.
    pub(super) submodules: std::collections::BTreeSet<Vec<u8>>,
}

impl Noted {
    /// Looks at a tree; true where nothing was noted of it.
    pub(super) fn tree(&mut self, store: &Store, object: &Object<'_>, hash: gix::hash::Kind) -> bool {
        let mut holes = Vec::new();
        let mut is_plain = true;
        tree::each(object.bytes, hash, |mode, name, id| {
            if mode == b"160000" {
                is_plain = false;
                self.submodules.insert(name.to_vec());
                return;
            }
            if is_new(object, mode, name, id) && !has(store, id) {
                holes.push(id.to_owned());
            }
        });
        is_plain &= holes.is_empty();
        if !holes.is_empty() {
            self.holes.insert(*object.id, holes);
        }
        is_plain
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.holes.extend(other.holes);
        self.submodules.extend(other.submodules);
    }
}

/// Whether an entry of a tree is not among what the tree shares with another one that was looked at.
pub(super) fn is_new(object: &Object<'_>, mode: &[u8], name: &[u8], id: &gix::oid) -> bool {
    // Names and ids are parts of the object's own bytes.
    let start = mode.as_ptr() as usize - object.bytes.as_ptr() as usize;
    let end = start + mode.len() + name.len() + 2 + id.as_bytes().len();
    object.changed.is_none_or(|changed| meets(changed, &(start..end)))
}

fn meets(changed: &[Range<usize>], entry: &Range<usize>) -> bool {
    let from = changed.partition_point(|range| range.end < entry.start);
    changed.get(from).is_some_and(|range| range.start <= entry.end)
}

/// Git knows an empty tree and an empty file without storing them.
fn has(store: &Store, id: &gix::oid) -> bool {
    store.has(id) || *id == *Id::empty_tree(id.kind()) || *id == *Id::empty_blob(id.kind())
}

/// Where an object is missing.
struct Gap {
    path: Vec<u8>,
    commit: Option<u32>,
}

/// Says which objects are missing that something leads to. `reachable` is for each commit of the graph.
pub(super) fn tell(
    noted: &Noted,
    store: &Store,
    graph: &Graph,
    roots: &Roots,
    reachable: &[bool],
    objects: &Objects,
    sink: &mut dyn Sink,
) {
    for name in &noted.submodules {
        sink.skipped(&String::from_utf8_lossy(name), "submodule");
    }
    let mut gaps: BTreeMap<Id, Gap> = BTreeMap::new();
    let staged = roots.index.iter().filter(|(_, id)| !has(store, id));
    gaps.extend(staged.map(|(path, id)| (*id, Gap { path: path.clone(), commit: None })));
    let bare = graph.nodes.iter().any(|node| !has(store, &node.tree));
    if bare || !noted.holes.is_empty() {
        let mut walk =
            Walk { noted, objects, hash: roots_hash(graph), seen: HashSet::default(), gaps: &mut gaps };
        // The newest commits first: a path that still is there helps most.
        for number in (0..graph.nodes.len()).rev().filter(|number| reachable[*number]) {
            let tree = graph.nodes[number].tree;
            let at = Gap { path: Vec::new(), commit: Some(number as u32) };
            if has(store, &tree) {
                walk.tree(tree, at, 0);
            } else {
                walk.gaps.entry(tree).or_insert(at);
            }
        }
    }
    let lost: HashSet<&Id> = noted.holes.values().flatten().filter(|id| !gaps.contains_key(*id)).collect();
    for id in lost {
        sink.skipped(&id.to_string(), "missing, and nothing leads to it");
    }
    name(&gaps, store.is_partial(), graph, sink);
}

fn roots_hash(graph: &Graph) -> gix::hash::Kind {
    graph.nodes.first().map_or(gix::hash::Kind::Sha1, |node| node.id.kind())
}

/// Names the gaps; those of a partial clone are counted, since they are many and have one remedy.
fn name(gaps: &BTreeMap<Id, Gap>, is_partial: bool, graph: &Graph, sink: &mut dyn Sink) {
    if gaps.is_empty() {
        return;
    }
    if is_partial {
        gaps.keys()
            .for_each(|id| sink.skipped(&id.to_string(), "objects left at the remote of a partial clone"));
        let objects = if gaps.len() == 1 { "1 object".to_owned() } else { format!("{} objects", gaps.len()) };
        let text = format!("the clone is partial and lacks {objects} that its commits name; {REFETCH}");
        return sink.failed(".git", &io::Error::other(text));
    }
    for (id, gap) in gaps.iter().take(NAMED) {
        let path = String::from_utf8_lossy(&gap.path);
        let place = match gap.commit {
            Some(number) if gap.path.is_empty() => {
                format!("tree {id} of commit {}", graph.nodes[number as usize].id)
            }
            Some(number) => format!("{path} of commit {}", short(&graph.nodes[number as usize].id)),
            None => format!("{path} in the index"),
        };
        let text = format!(
            "object {id} is missing; git fsck tells more, and `git fetch --refetch` brings what a remote still has"
        );
        sink.failed(&place, &io::Error::other(text));
    }
    if gaps.len() > NAMED {
        let text = format!("{} more objects are missing; git fsck names them", gaps.len() - NAMED);
        sink.failed(".git", &io::Error::other(text));
    }
}

/// Walks from trees to what they lack.
struct Walk<'w> {
    noted: &'w Noted,
    objects: &'w Objects,
    hash: gix::hash::Kind,
    seen: HashSet<Id>,
    gaps: &'w mut BTreeMap<Id, Gap>,
}

impl Walk<'_> {
    fn tree(&mut self, id: Id, at: Gap, depth: usize) {
        if depth > DEEPEST || !self.seen.insert(id) {
            return;
        }
        let mut buffer = Vec::new();
        if !matches!(self.objects.read(&id, &mut buffer), Ok(Kind::Tree)) {
            return;
        }
        let holes = self.noted.holes.get(&id).map_or(&[][..], Vec::as_slice);
        let mut below = Vec::new();
        tree::each(&buffer, self.hash, |mode, name, entry| {
            let is_tree = mode.starts_with(b"4") || mode.starts_with(b"04");
            let is_hole = holes.iter().any(|hole| **hole == *entry);
            if is_hole || is_tree {
                let slash: &[u8] = if at.path.is_empty() { b"" } else { b"/" };
                below.push((entry.to_owned(), [&at.path, slash, name].concat(), is_hole));
            }
        });
        for (entry, path, is_hole) in below {
            let gap = Gap { path, commit: at.commit };
            if is_hole {
                self.gaps.entry(entry).or_insert(gap);
            } else {
                self.tree(entry, gap, depth + 1);
            }
        }
    }
}

/// What cannot be had of an object is told with a remedy where the clone is partial.
pub(in crate::input) fn failure(failed: Failed, is_partial: bool) -> io::Error {
    match failed {
        Failed::Missing if is_partial => {
            io::Error::other(format!("it is not in this clone, which is partial; {REFETCH}"))
        }
        failed => failed.into(),
    }
}
