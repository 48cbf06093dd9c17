//! Places that overlap or meet become one mask.

use super::Place;

/// Sorts the places from `from` on and joins those that overlap or meet.
pub(crate) fn join(places: &mut Vec<Place>, from: usize) {
    if places.len() < from + 2 {
        return;
    }
    places[from..].sort_unstable_by_key(|p| (p.span.start, std::cmp::Reverse(p.span.end)));
    let mut kept = from;
    for i in from + 1..places.len() {
        let next = places[i];
        // Two masks side by side would not be a mask.
        if next.span.start <= places[kept].span.end {
            if next.span.end > places[kept].span.end {
                // Only together do they hide everything; nothing of the parts may be shown then.
                places[kept].span.end = next.span.end;
                places[kept].decoded = true;
                places[kept].wrap = None;
            }
        } else {
            kept += 1;
            places[kept] = next;
        }
    }
    places.truncate(kept + 1);
}
