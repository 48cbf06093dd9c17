//! Lines that a container runtime wrote in several records: what is masked in one is masked in each of its
//! parts, and what the runtime wrote around them stays.

use super::masker::Masker;
use super::numbers;
use crate::decode::{self, View, records};
use crate::detect::{Place, join};
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
            let mut found = self.places_of_view(&view.bytes);
            self.add_numbers(&view.bytes, &mut found);
            for place in found.iter().filter(|place| !place.span.is_empty()) {
                put_across(text, view, place, places);
            }
        }
        if !lines.is_empty() {
            join(places, 0);
        }
    }
}

/// Puts a place of a line that was cut into `out`, unless it was seen within one record: one place for
/// each of its parts, but for those that are masks already.
fn put_across(text: &[u8], view: &View, place: &Place, out: &mut Vec<Place>) {
    let first = place.name.map_or(place.span.start, |name| name.start.min(place.span.start));
    let first = place.anchor.map_or(first, |anchor| anchor.min(first));
    let is_across = view.source_parts(Span::new(first, place.span.end)).count() > 1;
    let source = view.to_source(place.span);
    let is_known = |known: &Place| known.span.start <= source.start && source.end <= known.span.end;
    if !is_across && out.iter().any(is_known) {
        return;
    }
    let anchor = view.to_source(Span::new(first, first + 1)).start;
    let name = place.name.filter(|name| view.source_parts(*name).count() == 1);
    let name = name.map(|name| view.to_source(name));
    let is_one = view.source_parts(place.span).count() == 1;
    let numbers =
        if place.numbers { decode::numbers::numbers_within(&view.bytes[place.span.range()]) } else { None };
    let span =
        numbers.map_or(place.span, |n| Span::new(place.span.start + n.start, place.span.start + n.end));
    // The part before ends within a number, or where a comma may still come.
    let mut is_open = false;
    for (at, mut span) in view.source_parts(span).enumerate() {
        let mut continues = false;
        if place.numbers {
            let part = span;
            let Some(elements) = numbers::elements(text, part) else { continue };
            continues = is_open && elements.start == part.start;
            is_open = elements.end == part.end;
            span = elements;
        } else if text::is_mask(&text[span.range()]) {
            continue;
        }
        let is_piece = at > 0 || place.anchor.is_some();
        let wrap = place.wrap.filter(|_| is_one);
        let anchor = is_piece.then_some(anchor);
        out.push(Place { span, decoded: place.decoded || !is_one, wrap, name, anchor, continues, ..*place });
    }
}
