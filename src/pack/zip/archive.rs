//! A zip that is walked through, and what became of its entries so far.

use std::collections::HashMap;
use std::io::Write;

use super::data::Summed;
use super::index::Index;
use super::lead::Lead;
use super::records::{Head, Sizes};
use crate::pack::place::At;
use crate::pack::walk::Walk;

/// An entry in the copy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moved {
    pub(super) to: u64,
    /// What it holds now, where that is not as it was.
    pub(super) sizes: Option<Sizes>,
}

/// An entry that is being read.
pub(super) struct Entry {
    pub(super) at: At,
    pub(super) head: Head,
    pub(super) start: u64,
    pub(super) flags: u16,
    pub(super) sizes: Sizes,
    /// How long its data is, where that is known before it.
    pub(super) packed: Option<u64>,
}

/// A zip that is walked through.
pub(super) struct Zip<'z, 'j> {
    pub(super) walk: &'z mut Walk<'j>,
    pub(super) at: &'z At,
    pub(super) lead: Lead,
    pub(super) index: Option<Index>,
    pub(super) out: Summed<&'z mut dyn Write>,
    /// How many entries were met of those that the directory knows; of all, where it is not known.
    pub(super) met: usize,
    /// Where entries are now, by where they were, where anything is rewritten.
    pub(super) moved: HashMap<u64, Moved>,
    /// What is to be taken off places now to get the offsets in the directory.
    pub(super) base: Option<i64>,
    pub(super) changed: bool,
}

impl<'z, 'j> Zip<'z, 'j> {
    pub(super) fn new(
        walk: &'z mut Walk<'j>,
        at: &'z At,
        lead: Lead,
        index: Option<Index>,
        out: &'z mut dyn Write,
    ) -> Self {
        let out = Summed::new(out);
        Self { walk, at, lead, index, out, met: 0, moved: HashMap::new(), base: None, changed: false }
    }
}
