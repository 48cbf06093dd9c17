//! Which of several detections at one place stays.

use std::cmp::Reverse;

use super::detection::Detection;
use crate::decode::pieces;
use crate::finding::Status;

/// Sorts by place and keeps one detection for each place: leaks before silent ones, then the one with more
/// evidence.
pub(super) fn resolve(found: &mut Vec<Detection<'_>>) {
    // The sort is stable: of what is alike in all of this, the rule that was declared first stays.
    found.sort_by_key(|d| d.rule_index);
    found.sort_by(|a, b| evidence(a).cmp(&evidence(b)).then(a.span.cmp(&b.span)));
    let mut kept: Vec<Detection<'_>> = Vec::with_capacity(found.len());
    // The kept spans are disjoint, so only the neighbour before the end can overlap.
    let mut taken = std::collections::BTreeMap::new();
    for detection in found.drain(..) {
        let span = detection.span;
        let before_end = taken.range(..span.end.max(span.start + 1)).next_back();
        if before_end.is_none_or(|(_, &end)| end <= span.start) {
            taken.insert(span.start, span.end);
            kept.push(detection);
        }
    }
    kept.sort_by_key(|d| d.span);
    *found = kept;
}

/// The order of detections, the strongest first: a leak; the better form, a decoded token above all; a whole
/// token before a cut one; fewer encodings, and that a value was put together is none; the longer value;
/// a value that is attributed to the rule's own system; the longer name.
fn evidence(d: &Detection<'_>) -> impl Ord + use<> {
    let is_cut = d.status == Some(Status::Truncated);
    let encodings = d.decoded.iter().filter(|name| **name != pieces::NAME).count();
    let is_unattributed = d.title != d.rule.title;
    (
        !d.is_leak(),
        Reverse(d.rank),
        is_cut,
        encodings,
        Reverse(d.span.len()),
        d.decoded.len(),
        is_unattributed,
        Reverse(d.name_bytes),
    )
}
