//! Places that overlap or meet become one mask.

use super::place::Place;
use crate::matcher::field::Class;

/// Sorts the places from `from` on and joins those that overlap or meet.
pub(crate) fn join(places: &mut Vec<Place>, from: usize) {
    if places.len() < from + 2 {
        return;
    }
    let order = |p: &Place| (p.span.start, std::cmp::Reverse(p.span.end), p.wrap.is_none(), is_shown(p));
    places[from..].sort_unstable_by_key(order);
    let mut kept = from;
    for i in from + 1..places.len() {
        let next = places[i];
        // Of two at the same place the one counts that shows less.
        if next.span == places[kept].span {
            places[kept].decoded |= !is_shown(&next);
            continue;
        }
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

/// Whether a mask may show the ends of what stands at a place.
fn is_shown(place: &Place) -> bool {
    !place.decoded && place.class != Some(Class::Password)
}
