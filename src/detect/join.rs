//! Places that overlap or meet become one mask.

use super::Place;
use crate::matcher::field::Class;

/// Sorts the places from `from` on and joins those that overlap or meet.
pub(crate) fn join(places: &mut Vec<Place>, from: usize) {
    if places.len() < from + 2 {
        return;
    }
    // Of two at the same place the one counts that shows less.
    let is_shown = |p: &Place| !p.decoded && p.class != Some(Class::Password);
    places[from..].sort_unstable_by_key(|p| (p.span.start, std::cmp::Reverse(p.span.end), is_shown(p)));
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
