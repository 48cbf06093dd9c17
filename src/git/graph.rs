//! Commits and how they hang together: an order in which parents come first, and which commits lead
//! to which.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};

use gix::hashtable::HashMap;
use gix::{ObjectId, hash};

/// A commit, as far as the graph needs it.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its id.
    pub id: ObjectId,
    /// Its tree.
    pub tree: ObjectId,
    /// The ids of its parents.
    pub parents: Vec<ObjectId>,
    /// When it was committed, Unix seconds.
    pub time: i64,
}

impl Node {
    /// Reads a commit object; nothing where it is none.
    pub fn parse(id: &gix::oid, bytes: &[u8], hash: hash::Kind) -> Option<Self> {
        let mut lines = bytes.split(|b| *b == b'\n');
        let id_after = |line: &[u8], word: &[u8]| {
            let hex = line.strip_prefix(word).filter(|hex| hex.len() == hash.len_in_hex())?;
            ObjectId::from_hex(hex).ok()
        };
        let tree = id_after(lines.next()?, b"tree ")?;
        let mut parents = Vec::new();
        let mut line = lines.next()?;
        while let Some(parent) = id_after(line, b"parent ") {
            parents.push(parent);
            line = lines.next()?;
        }
        let committer =
            std::iter::once(line).chain(lines).take(2).find(|line| line.starts_with(b"committer "));
        let time = committer.and_then(seconds).unwrap_or(0);
        Some(Self { id: id.to_owned(), tree, parents, time })
    }
}

/// The seconds at the end of `committer Name <mail> 1700000000 +0100`.
fn seconds(line: &[u8]) -> Option<i64> {
    let word = line.rsplit(|b| *b == b' ').nth(1)?;
    std::str::from_utf8(word).ok()?.parse().ok()
}

/// Commits by number, parents before children; of those that could come next, the oldest comes.
#[derive(Default)]
pub struct Graph {
    /// The commits in that order.
    pub nodes: Vec<Node>,
    /// The numbers of the parents that are there.
    pub parents: Vec<Vec<u32>>,
    numbers: HashMap<ObjectId, u32>,
}

impl Graph {
    /// Puts commits in order. A commit that is its own ancestor, which no honest repository has, is
    /// left out.
    pub fn new(mut nodes: Vec<Node>) -> Self {
        nodes.sort_unstable_by_key(|node| (node.time, node.id));
        nodes.dedup_by(|a, b| a.id == b.id);
        let given: HashMap<ObjectId, usize> = nodes.iter().enumerate().map(|(at, n)| (n.id, at)).collect();
        let known = |node: &Node| -> Vec<usize> {
            node.parents.iter().filter_map(|p| given.get(p).copied()).collect()
        };
        let mut waits: Vec<usize> = nodes.iter().map(|node| known(node).len()).collect();
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
        for (at, node) in nodes.iter().enumerate() {
            known(node).into_iter().for_each(|parent| children[parent].push(at));
        }
        let mut ready: BinaryHeap<Reverse<usize>> =
            (0..nodes.len()).filter(|at| waits[*at] == 0).map(Reverse).collect();
        let mut order = Vec::with_capacity(nodes.len());
        while let Some(Reverse(at)) = ready.pop() {
            order.push(at);
            for child in &children[at] {
                waits[*child] -= 1;
                if waits[*child] == 0 {
                    ready.push(Reverse(*child));
                }
            }
        }
        let mut graph = Self::default();
        let mut nodes: Vec<Option<Node>> = nodes.into_iter().map(Some).collect();
        for node in order.into_iter().filter_map(|at| nodes[at].take()) {
            let parents = node.parents.iter().filter_map(|p| graph.numbers.get(p).copied()).collect();
            graph.numbers.insert(node.id, graph.nodes.len() as u32);
            graph.parents.push(parents);
            graph.nodes.push(node);
        }
        graph
    }

    /// The number of a commit.
    pub fn number(&self, id: &gix::oid) -> Option<u32> {
        self.numbers.get(id).copied()
    }

    /// For every commit whether one of `tips` leads to it.
    pub fn reachable(&self, tips: impl IntoIterator<Item = u32>) -> Vec<bool> {
        let mut seen = vec![false; self.nodes.len()];
        let mut open: Vec<u32> = tips.into_iter().collect();
        while let Some(at) = open.pop() {
            if !std::mem::replace(&mut seen[at as usize], true) {
                open.extend(&self.parents[at as usize]);
            }
        }
        seen
    }

    /// For each of `wanted` the positions in `tips` that lead to it.
    pub fn holders(&self, wanted: &[u32], tips: &[u32]) -> Vec<Vec<usize>> {
        let mut held = vec![Vec::new(); wanted.len()];
        // Sixty-four at a time: one pass over the commits tells which of these each has behind it.
        for (round, some) in wanted.chunks(64).enumerate() {
            let mut behind = vec![0_u64; self.nodes.len()];
            for (bit, commit) in some.iter().enumerate() {
                behind[*commit as usize] |= 1 << bit;
            }
            for at in 0..self.nodes.len() {
                behind[at] =
                    self.parents[at].iter().fold(behind[at], |all, parent| all | behind[*parent as usize]);
            }
            for (position, tip) in tips.iter().enumerate() {
                for bit in (0..some.len()).filter(|bit| behind[*tip as usize] & (1 << bit) != 0) {
                    held[round * 64 + bit].push(position);
                }
            }
        }
        held
    }

    /// Parents that are named and not there.
    pub fn missing(&self) -> HashSet<ObjectId> {
        let all = self.nodes.iter().flat_map(|node| &node.parents);
        all.filter(|parent| !self.numbers.contains_key(*parent)).copied().collect()
    }
}

impl std::fmt::Debug for Graph {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Graph").field("commits", &self.nodes.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> ObjectId {
        ObjectId::from_bytes_or_panic(&[n; 20])
    }

    fn node(n: u8, time: i64, parents: &[u8]) -> Node {
        Node { id: id(n), tree: id(0), parents: parents.iter().map(|p| id(*p)).collect(), time }
    }

    /// 1 ← 2 ← 4 ← 5, 1 ← 3 ← 4; the clock of 2 was wrong.
    fn diamond() -> Graph {
        Graph::new(vec![
            node(5, 50, &[4]),
            node(4, 40, &[2, 3]),
            node(3, 30, &[1]),
            node(2, 5, &[1]),
            node(1, 10, &[]),
        ])
    }

    #[test]
    fn a_commit_is_read_by_its_first_lines() {
        let text = format!(
            "tree {0}\nparent {1}\nparent {2}\nauthor A <a@b> 1 +0000\ncommitter A B <a@b> 1700000000 +0100\n\nparent {1}\n",
            id(7),
            id(8),
            id(9)
        );
        let node = Node::parse(&id(1), text.as_bytes(), hash::Kind::Sha1).expect("a commit");
        assert_eq!((node.tree, node.parents, node.time), (id(7), vec![id(8), id(9)], 1_700_000_000));
        assert!(Node::parse(&id(1), b"tree 12\n", hash::Kind::Sha1).is_none());
    }

    #[test]
    fn parents_come_first_whatever_the_clocks_say() {
        let order: Vec<u8> = diamond().nodes.iter().map(|node| node.id.as_bytes()[0]).collect();
        assert_eq!(order, [1, 2, 3, 4, 5]);
    }

    #[test]
    fn what_leads_to_what() {
        let graph = diamond();
        let number = |n: u8| graph.number(&id(n)).expect("a commit");
        let seen = graph.reachable([number(3)]);
        assert_eq!(seen, [true, false, true, false, false]);
        let held = graph.holders(&[number(2), number(1)], &[number(3), number(5)]);
        assert_eq!(held, [vec![1], vec![0, 1]]);
    }

    #[test]
    fn a_circle_is_left_out_and_a_missing_parent_is_told() {
        let graph = Graph::new(vec![node(1, 1, &[2]), node(2, 2, &[1]), node(3, 3, &[9])]);
        assert_eq!(graph.nodes.len(), 1);
        assert_eq!(graph.missing().into_iter().collect::<Vec<_>>(), [id(9)]);
    }
}
