//! Lines that a container runtime wrote in several records: what is masked in one is masked in each of its
//! parts, and what the runtime wrote around them stays.

use super::Masker;
use crate::decode::{View, records};
use crate::detect::{self, Place, join};
use crate::text::{self, Span};

impl Masker {
    /// Adds what stands across the cuts of a line that a container runtime wrote in several records, and
    /// takes back what was seen without regard to them.
    pub(super) fn add_cut_lines(&self, text: &[u8], places: &mut Vec<Place>) {
        let lines = records::cut_lines(text);
        for line in &lines {
            let view = &line.view;
            places.retain_mut(|place| {
                let clipped = line.clip(place.span);
                if let Some(span) = clipped.filter(|span| *span != place.span) {
                    *place = Place { span, decoded: true, wrap: None, ..*place };
                }
                clipped.is_some()
            });
            let (mut scratch, mut found) = (detect::Scratch::default(), Vec::new());
            self.detector.places(&view.bytes, &mut scratch, &mut found);
            if let Some(literals) = &self.policy.literals {
                literals.find(&view.bytes, &mut found);
            }
            for place in found.iter().filter(|place| !place.span.is_empty() && !place.numbers) {
                put_across(text, view, place, places);
            }
        }
        if !lines.is_empty() {
            join(places, 0);
        }
    }
}

/// Puts a place of a line that was cut into `out`, if it or the way from its name goes across a cut: one
/// place for each of its parts, but for those that are masks already.
fn put_across(text: &[u8], view: &View, place: &Place, out: &mut Vec<Place>) {
    let first = place.name.map_or(place.span.start, |name| name.start.min(place.span.start));
    let first = place.anchor.map_or(first, |anchor| anchor.min(first));
    if view.source_parts(Span::new(first, place.span.end)).count() < 2 {
        return;
    }
    let anchor = view.to_source(Span::new(first, first + 1)).start;
    let name = place.name.filter(|name| view.source_parts(*name).count() == 1);
    let name = name.map(|name| view.to_source(name));
    let is_one = view.source_parts(place.span).count() == 1;
    for (at, span) in view.source_parts(place.span).enumerate() {
        if text::is_mask(&text[span.range()]) {
            continue;
        }
        let is_piece = at > 0 || place.anchor.is_some();
        let wrap = place.wrap.filter(|_| is_one);
        let anchor = is_piece.then_some(anchor);
        out.push(Place { span, decoded: place.decoded || !is_one, wrap, name, anchor, ..*place });
    }
}
