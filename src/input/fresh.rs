//! What of a file is new: the lines that its older versions do not have.
//!
//! Asked only for files in which something was found, so it may cost what it costs.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{Mark, Sink};
use crate::finding::Finding;
use crate::git::{Id, Objects, added};

/// Tells new findings of one version of a file from those that its older versions had already.
pub(super) struct Fresh<'f> {
    new: &'f [u8],
    /// The older versions: one for each parent, nothing where the file was not there.
    olds: &'f [Option<Id>],
    objects: &'f Objects,
    /// For each older version the ranges of the new one that it does not have.
    added: Option<Vec<Vec<Range<usize>>>>,
}

impl<'f> Fresh<'f> {
    pub(super) fn new(new: &'f [u8], olds: &'f [Option<Id>], objects: &'f Objects) -> Self {
        Self { new, olds, objects, added: None }
    }

    /// True where the finding stands in lines that no older version has.
    pub(super) fn holds(&mut self, finding: &Finding) -> bool {
        let added = self.added.get_or_insert_with(|| {
            // What cannot be read is taken for not there: rather once too often than never.
            let old = |old: &Option<Id>| old.map_or_else(Vec::new, |id| read(self.objects, &id));
            let ranges = |id: &Option<Id>| added(&old(id), self.new);
            self.olds.iter().map(ranges).collect()
        });
        let span = finding.offset as usize..(finding.offset + finding.length) as usize;
        let meets = |range: &Range<usize>| range.start < span.end && span.start < range.end;
        added.iter().all(|ranges| ranges.iter().any(meets))
    }
}

/// What stood in files that a change takes away: found again elsewhere, it was moved, not added.
pub(super) struct Moved<'m> {
    gone: Vec<Id>,
    objects: &'m Objects,
    marks: Option<BTreeSet<Mark>>,
}

impl<'m> Moved<'m> {
    pub(super) fn new(gone: Vec<Id>, objects: &'m Objects) -> Self {
        Self { gone, objects, marks: None }
    }

    /// The first question costs a look at all that is gone.
    pub(super) fn holds(&mut self, finding: &Finding, sink: &mut dyn Sink) -> bool {
        let marks = self.marks.get_or_insert_with(|| {
            let look = |id: &Id| sink.glance(&read(self.objects, id), None);
            self.gone.iter().flat_map(look).collect()
        });
        marks.iter().any(|mark| mark.is_of(finding))
    }
}

pub(super) fn read(objects: &Objects, id: &Id) -> Vec<u8> {
    let mut bytes = Vec::new();
    match objects.read(id, &mut bytes) {
        Ok(_) => bytes,
        Err(_) => Vec::new(),
    }
}
