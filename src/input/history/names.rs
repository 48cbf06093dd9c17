//! Secrets in the names of a repository: of files, folders and references.
//!
//! Every tree is looked at once, and names are looked at once however many trees have them. Only where
//! something was found the trees are walked from the commits, to tell at which path it stands and which
//! commit brought it.

use std::collections::{BTreeMap, BTreeSet, HashSet as Set};

use gix::hash;
use gix::hashtable::HashSet;

use super::gaps::is_new;
use super::teller::Teller;
use crate::blob::Origin;
use crate::git::tree::{self, DEEPEST, Differ};
use crate::git::{Graph, Id, Kind, Object, Objects, Roots};
use crate::input::exclude::OfTrees;
use crate::input::names::{glance_name, show_name};
use crate::input::source::Sink;

/// How many names are remembered as looked at.
const MOST_KNOWN: usize = 1 << 20;

/// Names of entries of trees.
#[derive(Default)]
pub(super) struct Names {
    /// Those that were looked at.
    known: Set<Vec<u8>>,
    /// Those in which something was found.
    found: BTreeSet<Vec<u8>>,
}

impl Names {
    /// Looks at the names in a tree.
    pub(super) fn tree(&mut self, object: &Object<'_>, hash: hash::Kind, sink: &mut dyn Sink) {
        tree::each(object.bytes, hash, |mode, name, id| {
            if is_new(object, mode, name, id) {
                self.look(name, sink);
            }
        });
    }

    fn look(&mut self, name: &[u8], sink: &mut dyn Sink) {
        if self.known.contains(name) {
            return;
        }
        if self.known.len() >= MOST_KNOWN {
            self.known.clear();
        }
        self.known.insert(name.to_vec());
        if !glance_name(sink, name).is_empty() {
            self.found.insert(name.to_vec());
        }
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.found.extend(other.found);
    }

    /// Shows what was found, each with the path that ends in the name and the first commit that had it.
    pub(super) fn tell(
        mut self,
        teller: &mut Teller<'_>,
        graph: &Graph,
        roots: &Roots,
        objects: &Objects,
        left_out: &OfTrees,
        sink: &mut dyn Sink,
    ) {
        for (name, _) in &roots.references {
            show_name(sink, &Origin::file(name), name.as_bytes(), &mut |_| true);
        }
        for (path, _) in &roots.index {
            path.split(|b| *b == b'/').for_each(|name| self.look(name, sink));
        }
        if self.found.is_empty() {
            return;
        }
        let (found, mut unplaced) = (&self.found, self.found.clone());
        let hash = objects_hash(graph, roots);
        let mut walk = Walk { found, objects, hash, seen: HashSet::default(), places: BTreeMap::new() };
        for is_reachable in [true, false] {
            for (number, node) in graph.nodes.iter().enumerate() {
                if teller.reachable[number] == is_reachable {
                    walk.tree(node.tree, &[], number as u32, 0);
                }
            }
        }
        let mut places: BTreeMap<Vec<u8>, Option<u32>> =
            walk.places.into_iter().map(|(path, number)| (path, Some(number))).collect();
        for (path, _) in &roots.index {
            for to_here in paths_to_names(path) {
                if found.contains(last(to_here)) {
                    places.entry(to_here.to_vec()).or_insert(None);
                }
            }
        }
        let head = roots.head.and_then(|id| Some(objects.commit(&id).ok()?.tree));
        let mut differ = Differ::new(objects, hash);
        for (path, commit) in &places {
            unplaced.remove(last(path));
            if left_out.matches(&String::from_utf8_lossy(path)) {
                continue;
            }
            let in_head = head.is_some_and(|tree| differ.has(tree, path));
            teller.name(path, *commit, in_head, sink);
        }
        for name in unplaced {
            teller.name(&name, None, false, sink);
        }
    }
}

fn objects_hash(graph: &Graph, roots: &Roots) -> hash::Kind {
    let id = graph.nodes.first().map(|node| node.id).or(roots.head);
    id.map_or(hash::Kind::Sha1, |id| id.kind())
}

/// The parts of a path that end where one of its names does.
fn paths_to_names(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    memchr::memchr_iter(b'/', path).chain([path.len()]).map(|end| &path[..end])
}

fn last(path: &[u8]) -> &[u8] {
    path.rsplit(|b| *b == b'/').next().unwrap_or_default()
}

/// Walks from trees to the names that were found.
struct Walk<'w> {
    found: &'w BTreeSet<Vec<u8>>,
    objects: &'w Objects,
    hash: hash::Kind,
    seen: HashSet<Id>,
    places: BTreeMap<Vec<u8>, u32>,
}

impl Walk<'_> {
    fn tree(&mut self, id: Id, path: &[u8], commit: u32, depth: usize) {
        if depth > DEEPEST || !self.seen.insert(id) {
            return;
        }
        let mut buffer = Vec::new();
        if !matches!(self.objects.read(&id, &mut buffer), Ok(Kind::Tree)) {
            return;
        }
        let mut below = Vec::new();
        let slash: &[u8] = if path.is_empty() { b"" } else { b"/" };
        tree::each(&buffer, self.hash, |mode, name, entry| {
            let is_tree = mode.starts_with(b"4") || mode.starts_with(b"04");
            let is_found = self.found.contains(name);
            if is_tree || is_found {
                below.push(([path, slash, name].concat(), entry.to_owned(), is_tree, is_found));
            }
        });
        for (path, entry, is_tree, is_found) in below {
            if is_found {
                self.places.entry(path.clone()).or_insert(commit);
            }
            if is_tree {
                self.tree(entry, &path, commit, depth + 1);
            }
        }
    }
}
