//! What of a file is new: what stands in lines that its older versions do not have, and what was no
//! finding there. Two changes may make a secret together, the value with the first and the name above
//! it, or above its column, with the second; it must not fall between them.
//!
//! Asked only for files in which something was found, so it may cost what it costs.

use std::collections::BTreeSet;
use std::ops::Range;

use super::contents::marks_at;
use super::marks::{Mark, Marks};
use super::source::Sink;
use crate::blob::Origin;
use crate::finding::Finding;
use crate::git::{Id, Objects, added};

/// What is new of what is found in a version of a file, given the ids of its older versions (one for
/// each parent, nothing where the file was not there) and what the same change takes away elsewhere.
pub(super) fn fresh(
    sink: &mut dyn Sink,
    origin: &Origin,
    bytes: &[u8],
    olds: &[Option<Id>],
    moved: &mut Moved<'_>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    sink.sifted(origin, bytes, &mut |finding| {
        found.push(finding.clone());
        false
    });
    let mut fresh = Fresh::new(bytes, olds, moved.objects);
    found.retain(|finding| fresh.holds(finding, sink) && !moved.holds(finding, sink));
    found
}

/// Tells new findings of one version of a file from those that its older versions had already.
struct Fresh<'f> {
    new: &'f [u8],
    /// The older versions: one for each parent, nothing where the file was not there.
    olds: &'f [Option<Id>],
    objects: &'f Objects,
    /// For each older version what the new one has besides.
    compared: Option<Vec<Compared>>,
}

struct Compared {
    old: Vec<u8>,
    /// The ranges of the new version that the old one does not have.
    added: Vec<Range<usize>>,
    /// What is found in the old one.
    marks: Option<Marks>,
}

impl<'f> Fresh<'f> {
    fn new(new: &'f [u8], olds: &'f [Option<Id>], objects: &'f Objects) -> Self {
        Self { new, olds, objects, compared: None }
    }

    /// True where no older version has the finding.
    fn holds(&mut self, finding: &Finding, sink: &mut dyn Sink) -> bool {
        let compared = self.compared.get_or_insert_with(|| {
            let compare = |id: &Option<Id>| {
                // What cannot be read is taken for not there: rather once too often than never.
                let old = id.map_or_else(Vec::new, |id| read(self.objects, &id));
                Compared { added: added(&old, self.new), old, marks: None }
            };
            self.olds.iter().map(compare).collect()
        });
        let span = finding.offset as usize..(finding.offset + finding.length) as usize;
        let meets = |range: &Range<usize>| range.start < span.end && span.start < range.end;
        compared.iter_mut().all(|with| {
            let Compared { old, added, marks } = with;
            let mut had = || {
                let marks = marks.get_or_insert_with(|| sink.glance(old, None));
                marks.at(finding.path.as_bytes()).any(|mark| mark.fingerprint == finding.fingerprint)
            };
            added.iter().any(meets) || !had()
        })
    }
}

/// What stood in files that a change takes away, each with its path: found again elsewhere, it was
/// moved, not added.
pub(super) struct Moved<'m> {
    gone: Vec<(Vec<u8>, Id)>,
    objects: &'m Objects,
    marks: Option<BTreeSet<Mark>>,
}

impl<'m> Moved<'m> {
    pub(super) fn new(gone: Vec<(Vec<u8>, Id)>, objects: &'m Objects) -> Self {
        Self { gone, objects, marks: None }
    }

    /// The first question costs a look at all that is gone.
    pub(super) fn holds_mark(&mut self, mark: &Mark, sink: &mut dyn Sink) -> bool {
        self.marks(sink).contains(mark)
    }

    fn marks(&mut self, sink: &mut dyn Sink) -> &BTreeSet<Mark> {
        self.marks.get_or_insert_with(|| {
            self.gone.iter().flat_map(|(path, id)| marks_at(sink, self.objects, id, path)).collect()
        })
    }

    fn holds(&mut self, finding: &Finding, sink: &mut dyn Sink) -> bool {
        self.marks(sink).iter().any(|mark| mark.is_of(finding))
    }
}

pub(super) fn read(objects: &Objects, id: &Id) -> Vec<u8> {
    let mut bytes = Vec::new();
    match objects.read(id, &mut bytes) {
        Ok(_) => bytes,
        Err(_) => Vec::new(),
    }
}
