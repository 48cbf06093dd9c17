//! Which of several detections at one place stays.

use super::detection::Detection;

/// Sorts by place and keeps one detection for each place: leaks before silent ones, the better form
/// before the weaker, the shorter way of decoding before the longer, the longer value before the
/// shorter.
pub(super) fn resolve(found: &mut Vec<Detection<'_>>) {
    found.sort_by(|a, b| {
        let key = |d: &Detection<'_>| {
            (!d.is_leak(), std::cmp::Reverse(d.rank), d.decoded.len(), std::cmp::Reverse(d.span.len()))
        };
        key(a).cmp(&key(b)).then(a.span.cmp(&b.span)).then(a.rule.id.cmp(&b.rule.id))
    });
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
    kept.sort_by(|a, b| a.span.cmp(&b.span).then(a.rule.id.cmp(&b.rule.id)));
    *found = kept;
}
