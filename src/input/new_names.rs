//! Names that a change brings and in which something is found: those of new files, and of folders that none of
//! the parents has.

use std::collections::{BTreeMap, HashMap};

use super::names::glance_name;
use super::source::Sink;
use crate::git::Id;
use crate::git::tree::Differ;

/// What one change, or one after the other, brings.
#[derive(Default)]
pub(super) struct NewNames {
    /// Names that were looked at, and whether anything was found in them.
    known: HashMap<Vec<u8>, bool>,
    /// The paths that end in such a name, each with what brought it first.
    pub(super) found: BTreeMap<Vec<u8>, Id>,
}

/// What a change is compared with.
#[derive(Clone, Copy)]
pub(super) struct Before<'b> {
    /// The trees of the parents.
    pub(super) parents: &'b [Id],
    /// Paths that the change takes away: a name in one of them was moved.
    pub(super) gone: &'b [Vec<u8>],
}

impl NewNames {
    fn holds(&mut self, name: &[u8], sink: &mut dyn Sink) -> bool {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let holds = !glance_name(sink, name).is_empty();
        self.known.insert(name.to_vec(), holds);
        holds
    }

    /// Looks at the names in a path that a change of this id brings.
    pub(super) fn look(
        &mut self,
        change: Id,
        path: &[u8],
        before: Before<'_>,
        differ: &mut Differ<'_>,
        sink: &mut dyn Sink,
    ) {
        let mut end = 0;
        for name in path.split(|b| *b == b'/') {
            end += name.len();
            let to_here = &path[..end];
            end += 1;
            let is_name = |part: &[u8]| part == name;
            if self.holds(name, sink)
                && !self.found.contains_key(to_here)
                && !before.parents.iter().any(|tree| differ.has(*tree, to_here))
                && !before.gone.iter().any(|path| path.split(|b| *b == b'/').any(is_name))
            {
                self.found.insert(to_here.to_vec(), change);
            }
        }
    }
}
