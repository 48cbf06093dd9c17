//! What has to be hidden in the views that decoders open, brought back to the source.

use super::detector::{Detector, Scratch};
use super::place::{Depth, Place};
use super::views::{inner, open, stretch};
use crate::decode::{Ask, DECODERS, Decoder, Joined, MAX_DEPTH, View, Wake};
use crate::matcher::Page;
use crate::matcher::field::Class;
use crate::matcher::page::Context;
use crate::text::{self, Span};

impl Detector {
    /// What to ask where the value of a field goes on behind a joint.
    pub(super) fn ask_for_pieces(&self, page: &Page<'_>, place: Place) -> Option<Ask> {
        // A sibling of the name may hold its value, before it.
        let is_before = |name: &Span| name.start < place.span.start;
        let name =
            place.name.filter(|_| place.class != Some(Class::Keep) && !place.numbers).filter(is_before)?;
        // Over several lines it was taken as a whole.
        let lines = memchr::memchr(b'\n', &page.bytes[place.span.range()]).is_some();
        let known = if lines { Span::new(place.span.start, place.span.start) } else { place.span };
        let (ask, is_loose) = page.ask_for_pieces(name.start, known)?;
        let is_whole = is_loose && self.matcher.index().is_whole_token(page.bytes, ask.at);
        (!is_whole).then_some(ask)
    }

    /// Hides the pieces of a value of which the last place in `out` is the first, or all with what joins them.
    pub(super) fn hide_pieces(
        &self,
        page: &Page<'_>,
        ask: &Ask,
        depth: Depth,
        seen: &mut Vec<(&'static str, Span)>,
        out: &mut Vec<Place>,
    ) {
        let whole = out.last().copied().filter(|p| p.span.start == ask.at);
        let before = out.len();
        let joined = self.hide_views(page, ask, depth, seen, out);
        // Where the value was taken over several lines, what joins its pieces stays all the same.
        let is_covered = |w: Place| {
            let over_lines = memchr::memchr(b'\n', &page.bytes[w.span.range()]).is_some();
            over_lines && joined.is_some_and(|j| j.start == w.span.start && j.end >= w.span.end)
        };
        if whole.is_some_and(is_covered) {
            out.remove(before - 1);
        }
    }

    /// Opens the views that are asked for, and brings the places in them back to the source. Says where a
    /// value stands that was put together, masked or not.
    pub(super) fn hide_views(
        &self,
        page: &Page<'_>,
        ask: &Ask,
        depth: Depth,
        seen: &mut Vec<(&'static str, Span)>,
        out: &mut Vec<Place>,
    ) -> Option<Span> {
        let mut whole = None;
        if depth.views >= MAX_DEPTH {
            return whole;
        }
        // Arrays of numbers are masked with numbers, by who puts the masks.
        let wakes = |d: &&Decoder| d.wake == ask.wake && d.wake != Wake::Numbers;
        for decoder in DECODERS.iter().filter(wakes) {
            let Some(view) = open(decoder, page, ask, seen) else { continue };
            let context = Context::inside(page, view.source.start);
            let inner = inner(page, &view, &context);
            let before = out.len();
            let inside = Depth { views: depth.views + 1, is_decoded: true };
            self.hide(&inner, stretch(&view), inside, None, &mut Scratch::default(), out);
            if let Some(joined) = view.value.filter(|_| ask.wake == Wake::NamedNumbers) {
                put_array(&view, joined, before, out);
                continue;
            }
            if let Some(joined) = view.value {
                let mut parts = view.source_parts(joined.span);
                if parts.all(|part| text::is_mask(&page.bytes[part.range()])) {
                    whole = Some(joined.source);
                }
                let places = out.split_off(before);
                for place in places {
                    whole = self.put_parts(page, &view, joined, place, out).or(whole);
                }
                continue;
            }
            bring_back(page, &view, ask, before, out);
        }
        whole
    }

    /// Puts a place of a value that was put together into the source: one for each of its pieces, but for
    /// those that are masks already, so that what joins them stays. Says where the value stands.
    pub(super) fn put_parts(
        &self,
        page: &Page<'_>,
        view: &View,
        joined: Joined,
        place: Place,
        out: &mut Vec<Place>,
    ) -> Option<Span> {
        let mut span = place.span;
        if joined.is_loose {
            span.end = self.matcher.index().whole_token(&view.bytes, span.start)?;
        }
        // Without a joint on the way from its name it was seen outside.
        let way = Span::new(joined.name.min(span.start), span.end);
        let is_joined = view.to_source(way).len() > way.len();
        if !is_joined || !joined.holds(span, true) {
            return None;
        }
        let anchor = view.to_source(Span::new(joined.name, joined.name + 1)).start;
        let parts = view.source_parts(span).filter(|part| !text::is_mask(&page.bytes[part.range()]));
        out.extend(parts.enumerate().map(|(i, span)| {
            let anchor = (i > 0).then_some(anchor);
            let name = place.name.map(|name| view.to_source(name));
            Place { span, decoded: true, wrap: None, name, anchor, ..place }
        }));
        Some(view.to_source(span))
    }
}

/// Where the string ends in which a span begins: at the first quote that is not escaped.
fn string_end(bytes: &[u8], span: Span) -> usize {
    let text = &bytes[span.range()];
    let mut quotes = memchr::memchr_iter(b'"', text);
    let end = quotes.find(|&i| text[..i].iter().rev().take_while(|b| **b == b'\\').count() % 2 == 0);
    end.map_or(span.end, |i| span.start + i)
}

/// Makes one place of those from `before` on in the view of an array of numbers: the array is one value, and stays
/// an array.
fn put_array(view: &View, joined: Joined, before: usize, out: &mut Vec<Place>) {
    let places = out.split_off(before);
    let is_held = places.iter().find(|place| joined.holds(place.span, true));
    out.extend(is_held.map(|place| Place {
        span: joined.source,
        numbers: true,
        name: place.name.map(|name| view.to_source(name)),
        ..Place::at(joined.source, place.rule)
    }));
}

/// Brings the places from `before` on back from a view to its source, but for those that were seen there.
fn bring_back(page: &Page<'_>, view: &View, ask: &Ask, before: usize, out: &mut Vec<Place>) {
    let mut kept = before;
    for i in before..out.len() {
        let mut place = out[i];
        // A name that is not encoded was seen outside, where quotes are what they are.
        let seen = place.name.is_some_and(|name| {
            // The grammar of fields reads these two by itself.
            let reads = matches!(ask.wake, Wake::UnicodeEscape | Wake::Percent);
            let value = if reads { name.end } else { place.span.start };
            let way = Span::new(name.start.min(place.span.start), value.max(name.end));
            view.to_source(way).len() == way.len()
        });
        if !seen {
            place.span = view.to_source(place.span);
            if ask.wake == Wake::UnicodeEscape && place.class.is_some() && place.anchor.is_none() {
                place.span.end = string_end(page.bytes, place.span);
            }
            (place.wrap, place.name) = (None, None);
            place.anchor = place.anchor.map(|at| view.to_source(Span::new(at, at + 1)).start);
            out[kept] = place;
            kept += 1;
        }
    }
    out.truncate(kept);
}
