//! The commits that some references have and others do not.

use std::collections::BinaryHeap;

use gix::ObjectId;
use gix::hashtable::HashMap;
use std::collections::HashSet;

use super::graph::Node;
use super::object::Failed;
use super::objects::Objects;

/// What [`between`] gave.
#[derive(Debug, Default)]
pub struct Between {
    /// The commits, newest first.
    pub commits: Vec<Node>,
    /// Commits that cannot be had, and why.
    pub failed: Vec<(ObjectId, Failed)>,
    /// Those of the commits at which a shallow clone ends: what they lead to is not known.
    pub cut: Vec<ObjectId>,
}

struct Seen {
    hidden: bool,
    node: Option<Node>,
}

/// The commits that `tips` lead to and `hidden` do not; the parents of those in `shallow` are known to be
/// missing.
///
/// A clock that was wrong may make it tell a commit too many, never one too few.
pub fn between(objects: &Objects, tips: &[ObjectId], hidden: &[ObjectId], shallow: &[ObjectId]) -> Between {
    let mut walk = Walk { objects, seen: HashMap::default(), queue: BinaryHeap::new(), failed: Vec::new() };
    hidden.iter().for_each(|id| walk.meet(*id, true));
    tips.iter().for_each(|id| walk.meet(*id, false));
    let mut listed: Vec<ObjectId> = Vec::new();
    let mut oldest = i64::MAX;
    let shallow: HashSet<&ObjectId> = shallow.iter().collect();
    while let Some((time, id)) = walk.queue.pop() {
        let Some(seen) = walk.seen.get(&id) else { continue };
        let hide = seen.hidden;
        if !hide {
            listed.push(id);
            oldest = oldest.min(time);
        }
        if !shallow.contains(&id) {
            let parents = seen.node.as_ref().map_or_else(Vec::new, |node| node.parents.clone());
            parents.into_iter().for_each(|parent| walk.meet(parent, hide));
        }
        // When only hidden commits are left that are older than all that were listed, nothing changes.
        let open =
            |(t, id): &(i64, ObjectId)| *t >= oldest || !walk.seen.get(id).is_some_and(|seen| seen.hidden);
        if hide && !walk.queue.iter().any(open) {
            break;
        }
    }
    // Where all that comes before is left out anyway, nothing is missed.
    let is_hidden = |id: &ObjectId| walk.seen.get(id).is_some_and(|seen| seen.hidden);
    let is_cut = |id: &ObjectId| {
        let node = walk.seen.get(id).filter(|seen| !seen.hidden).and_then(|seen| seen.node.as_ref());
        shallow.contains(id) && node.is_some_and(|node| !node.parents.iter().all(is_hidden))
    };
    let cut = listed.iter().copied().filter(is_cut).collect();
    let mut commits: Vec<Node> =
        listed.into_iter().filter_map(|id| walk.seen.remove(&id).filter(|seen| !seen.hidden)?.node).collect();
    commits.sort_by_key(|node| std::cmp::Reverse(node.time));
    Between { commits, failed: walk.failed, cut }
}

struct Walk<'o> {
    objects: &'o Objects,
    seen: HashMap<ObjectId, Seen>,
    queue: BinaryHeap<(i64, ObjectId)>,
    failed: Vec<(ObjectId, Failed)>,
}

impl Walk<'_> {
    fn meet(&mut self, id: ObjectId, hidden: bool) {
        match self.seen.get_mut(&id) {
            Some(seen) if seen.hidden || !hidden => {}
            Some(seen) => {
                // What was taken for new is known after all, and so is what it leads to.
                seen.hidden = true;
                if let Some(node) = &seen.node {
                    self.queue.push((node.time, id));
                }
            }
            None => {
                let node = self.objects.commit(&id);
                match &node {
                    Ok(node) => self.queue.push((node.time, id)),
                    Err(failed) if !hidden => self.failed.push((id, *failed)),
                    Err(_) => {}
                }
                self.seen.insert(id, Seen { hidden, node: node.ok() });
            }
        }
    }
}
