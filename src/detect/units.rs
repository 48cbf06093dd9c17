//! What is hidden in units of documents: each is read as a text of its own, so that a value ends with it.

use super::detector::{Detector, Scratch};
use super::place::{Depth, Place};
use super::walked::Walked;
use crate::decode::MAX_DEPTH;
use crate::decode::View;
use crate::decode::units::{Unit, Wrap};
use crate::matcher::page::Context;
use crate::matcher::{Actions, Matcher, Page};
use crate::prefilter::Hit;
use crate::text::{self, Span};

impl Detector {
    /// Hides what stands in the unit around a name, once for each unit. Says whether that was all that the
    /// name can lead to.
    pub(super) fn hide_unit(
        &self,
        page: &Page<'_>,
        at: usize,
        actions: Actions,
        depth: Depth,
        walked: &mut Walked<'_>,
        out: &mut Vec<Place>,
    ) -> bool {
        let may_be = depth.views < MAX_DEPTH && Matcher::may_name(actions);
        if !may_be || !walked.units.may_hold(page.bytes, at) {
            return false;
        }
        let Some(name) = self.matcher.name_of_field(page.bytes, at, actions) else { return false };
        let Some((unit, is_known)) = walked.units.around(page.bytes, name) else { return false };
        if !is_known {
            self.hide_view(page, unit, &unit.view(page.bytes), depth, out);
        }
        unit.has_value_of(page.bytes, name)
    }

    /// The same for the parameter in whose value something stands; false where there is none.
    pub(super) fn hide_parameter(
        &self,
        page: &Page<'_>,
        at: usize,
        depth: Depth,
        walked: &mut Walked<'_>,
        out: &mut Vec<Place>,
    ) -> bool {
        let found = walked.units.parameter_around(page.bytes, at).filter(|_| depth.views < MAX_DEPTH);
        if let Some((unit, false)) = found {
            self.hide_view(page, unit, &unit.view(page.bytes), depth, out);
        }
        found.is_some()
    }

    /// Hides what stands in one view of a unit, and brings the places back to the source.
    fn hide_view(&self, page: &Page<'_>, unit: Unit, view: &View, depth: Depth, out: &mut Vec<Place>) {
        let context = Context::inside(page, view.source.start);
        let inner = Page { bytes: &view.bytes, context: &context, ..*page };
        let before = out.len();
        let depth = Depth { views: depth.views + 1, ..depth };
        self.hide(&inner, 0..view.bytes.len(), depth, None, &mut Scratch::default(), out);
        for place in &mut out[before..] {
            let inside = place.span;
            place.span = view.to_source(inside);
            // The ends that a mask shows may be parts of escapes.
            place.decoded |= page.bytes[place.span.range()] != view.bytes[inside.range()];
            // As a line that is continued it would be one value with the next.
            place.decoded |= matches!(page.bytes[place.span.end..], [b'\\', b'\n' | b'\r', ..]);
            // Nothing goes on behind a unit, so that what it opens is no array that was cut.
            place.numbers &=
                inside.end < view.bytes.len() || matches!(view.bytes.last(), Some(b')' | b']' | b'}' | b'>'));
            let name = place.name.map(|name| view.to_source(name));
            let is_raw =
                |wrap: Wrap| name.and_then(|name| page.bytes.get(name.end + wrap.depth)) == Some(&wrap.mark);
            place.wrap = place.wrap.and_then(|wrap| unit.quote(wrap, is_raw(wrap)));
            place.name = name;
            place.anchor = place.anchor.map(|at| view.to_source(Span::new(at, at + 1)).start);
        }
    }

    /// The unit around a hit, if what it leads to ends there.
    pub(super) fn unit_around(&self, page: &Page<'_>, hit: Hit, walked: &Walked<'_>) -> Option<Unit> {
        let unit = walked.units.last_around(hit.at())?;
        let name = match hit {
            Hit::Core(at) => self.matcher.name_of_field(page.bytes, at, self.matcher.actions(page.bytes, at)),
            _ => None,
        };
        name.is_none_or(|name| unit.has_value_of(page.bytes, name)).then_some(unit)
    }
}

/// Cuts the places from `from` on at the end of the unit in which a hit has led to them, and takes away those
/// behind it where only the hit `has_led` there: others are of a view that reaches further.
pub(super) fn clip(bytes: &[u8], places: &mut Vec<Place>, from: usize, unit: Option<Unit>, has_led: bool) {
    let Some(end) = unit.filter(|_| places.len() > from).map(|unit| unit.span.end) else { return };
    let mut kept = from;
    for i in from..places.len() {
        let mut place = places[i];
        let is_behind = place.span.start >= end;
        let is_over = !is_behind && place.span.end > end;
        if is_over {
            place.span.end = end;
        }
        let is_mask = is_over && text::is_mask(&bytes[place.span.range()]);
        if !(is_mask || (is_behind && has_led)) {
            places[kept] = place;
            kept += 1;
        }
    }
    places.truncate(kept);
}
