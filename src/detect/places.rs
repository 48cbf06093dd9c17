//! Where something has to be hidden, for whoever masks rather than reports: fields by their names
//! besides what the rules find, without the cost of a verdict where none is needed.

use std::ops::Range;

use super::join::join;
use super::place::{Below, Depth, Place, Rows};
use super::units;
use super::walked::Walked;
use super::{Detections, Detector, MAX_DEPTH, STRETCH, Scratch, Wanted, inner, open, stretch};
use crate::blob::HEAD;
use crate::decode::units::{Wrap, Written};
use crate::decode::{Ask, DECODERS, Decoder, Joined, View, Wake};
use crate::judge::plain;
use crate::matcher::csv::Columns;
use crate::matcher::field::{self, Class, Field};
use crate::matcher::page::Context;
use crate::matcher::table::{Cell, Open, Tables};
use crate::matcher::{Action, Actions, Matcher, Page, connect_token};
use crate::prefilter::Hit;
use crate::text::{self, Span};

/// What was hidden without judging or decoding.
struct AtOnce {
    /// How far it goes.
    end: usize,
    place: Option<Place>,
    /// All of that place is hidden, rather than parts of it or nothing.
    hidden: bool,
    /// Something else may stand between the name and the value.
    apart: bool,
    /// The string in which the name stands ends with it, so that no pieces follow.
    in_string: bool,
    /// That is all there is: in code a value that is no key may have one behind it.
    done: bool,
}

impl AtOnce {
    /// One place and nothing more.
    fn whole(place: Place, out: &mut Vec<Place>) -> Self {
        let is_empty = place.span.is_empty();
        if !is_empty {
            out.push(place);
        }
        Self {
            end: place.span.end,
            place: Some(place).filter(|_| !is_empty),
            hidden: !is_empty,
            apart: false,
            in_string: false,
            done: true,
        }
    }
}

/// A name in the last bytes of what is hidden may have its value behind it.
const LOOSE: usize = 128;

impl Detector {
    /// The class that a name gives its value, if it is the name of a field.
    pub(crate) fn class(&self, name: &[u8]) -> Option<Class> {
        self.matcher.index().class(name)
    }

    /// Puts every place where something has to be hidden into `out`, in order and disjoint: what
    /// [`Detector::detect`] reports for any path, and the values of fields. Fields and whole connect
    /// tokens cost no allocation.
    pub(crate) fn places(&self, bytes: &[u8], scratch: &mut Scratch, out: &mut Vec<Place>) {
        if !self.is_clean(bytes, scratch) {
            self.places_at_hits(bytes, scratch, out);
        }
    }

    /// The same where something may be; short text comes with its hits.
    #[inline(never)]
    fn places_at_hits(&self, bytes: &[u8], scratch: &mut Scratch, out: &mut Vec<Place>) {
        let head = &bytes[..bytes.len().min(HEAD)];
        // Columns are named by a line before.
        let named = memchr::memchr(b'\n', head).is_some_and(|end| end + 1 < bytes.len());
        let columns = if named { self.columns(head) } else { None };
        let rows = columns.as_ref().map(|columns| Rows { columns, from: 0, at_start: true });
        let below = Below { rows, from: 0, open: None, at_start: true, next: None };
        self.hide_all(bytes, below, scratch, out);
    }

    /// The same for a part of a text, in which tables may go on that began before. Says where the first row
    /// begins that goes on in the next part, and the table of which rows may follow.
    pub(crate) fn places_below(
        &self,
        bytes: &[u8],
        below: Below<'_>,
        scratch: &mut Scratch,
        out: &mut Vec<Place>,
    ) -> (usize, Option<Open>) {
        scratch.titles.clear();
        if !self.is_clean(bytes, scratch) || below.open.is_some() {
            return self.hide_all(bytes, below, scratch, out);
        }
        let end = below.next.unwrap_or(bytes.len());
        if below.at_start {
            return Tables::new(self.matcher.index(), &bytes[..end], &[], (below.from, None), true)
                .read(&mut |_| {});
        }
        (end, None)
    }

    /// The columns that the first line of `head` names, fields of a log among them.
    pub(crate) fn columns(&self, head: &[u8]) -> Option<Columns> {
        Columns::with_fields(self.matcher.index(), head)
    }

    /// Whether a name, or anything else that may lead to a value, stands in a range.
    pub(crate) fn has_hits(&self, bytes: &[u8], range: Range<usize>, scratch: &mut Scratch) -> bool {
        scratch.hits.clear();
        self.matcher.hits(bytes, range, &mut scratch.hits);
        !scratch.hits.is_empty()
    }

    /// Whether nothing is there: most lines of a log end here. Short text leaves its hits behind.
    #[inline]
    fn is_clean(&self, bytes: &[u8], scratch: &mut Scratch) -> bool {
        if bytes.len() > STRETCH {
            return false;
        }
        scratch.hits.clear();
        self.matcher.hits(bytes, 0..bytes.len(), &mut scratch.hits);
        scratch.hits.is_empty() && !self.has_expressions
    }

    fn hide_all(
        &self,
        bytes: &[u8],
        below: Below<'_>,
        scratch: &mut Scratch,
        out: &mut Vec<Place>,
    ) -> (usize, Option<Open>) {
        let from = out.len();
        let context = Context::default();
        let page = Page::without_path(bytes, &self.rules, &context);
        scratch.titles.clear();
        self.hide(&page, 0..bytes.len(), Depth::default(), below.rows, scratch, out);
        let mut found = Detections::new(Wanted::Leaks, self.now);
        let after = self.hide_cells(&page, below, &scratch.titles, &mut found, out);
        // As a scan reads the rows under a first line, however many cells they have.
        if let Some(Rows { columns, from, at_start }) = below.rows {
            columns.rows(self.matcher.index(), &page, at_start, from..bytes.len(), true, &mut |matches| {
                self.judge(&page, matches, &[], &mut found);
            });
        }
        self.expressions(&page, &mut found);
        out.extend(found.all.iter().map(|d| Place::of(d, Depth::default())));
        join(out, from);
        after
    }

    /// Hides what stands in cells of tables, and says where they go on.
    fn hide_cells<'r>(
        &'r self,
        page: &Page<'_>,
        below: Below<'_>,
        titles: &[usize],
        found: &mut Detections<'r>,
        out: &mut Vec<Place>,
    ) -> (usize, Option<Open>) {
        let end = below.next.unwrap_or(page.bytes.len());
        let begins = below.at_start && below.next.is_some();
        if titles.is_empty() && below.open.is_none() && !begins {
            return (end, None);
        }
        let mut matches = Vec::new();
        let mut hide = |cell: &Cell<'_>| {
            cell.give(self.matcher.index(), page, &mut matches);
            self.judge(page, &mut matches, &[], found);
            hide_cell(page.bytes, cell, out);
        };
        let here = &titles[..titles.partition_point(|at| *at < end)];
        let start = (below.from, below.open.cloned());
        let tables = Tables::new(self.matcher.index(), &page.bytes[..end], here, start, below.at_start);
        let tables = if below.next.is_some() { tables } else { tables.without_more() };
        let after = tables.read(&mut hide);
        if end < page.bytes.len() {
            // What is visible behind decides over the end of what goes out now.
            let tables = Tables::new(self.matcher.index(), page.bytes, titles, after.clone(), false);
            tables.without_more().read(&mut hide);
        }
        after
    }

    /// The places in a stretch of one page and of the views that open there; `depth` views have been opened.
    pub(super) fn hide(
        &self,
        page: &Page<'_>,
        range: Range<usize>,
        depth: Depth,
        rows: Option<Rows<'_>>,
        scratch: &mut Scratch,
        out: &mut Vec<Place>,
    ) {
        let mut seen: Vec<(&'static str, Span)> = Vec::new();
        // What stands before here is hidden, or kept, already.
        let mut covered = 0;
        // What of a value apart from its name is.
        let mut apart = 0..0;
        let mut walked = Walked::new(page.bytes, rows);
        let mut at = range.start;
        while at < range.end {
            let end = range.end.min(at + STRETCH);
            // Short text comes with its hits.
            if depth.views > 0 || page.bytes.len() > STRETCH {
                scratch.hits.clear();
                self.matcher.hits(page.bytes, at..end, &mut scratch.hits);
            }
            at = end;
            let hits = std::mem::take(&mut scratch.hits);
            for &hit in &hits {
                if hit.at() < covered || apart.contains(&hit.at()) {
                    continue;
                }
                let actions = match hit {
                    Hit::Core(at) => self.matcher.actions(page.bytes, at),
                    _ => Actions::default(),
                };
                let idle = matches!(hit, Hit::Core(at) if !Matcher::leads_on(page.bytes, at, actions));
                if idle && actions.is_empty() {
                    continue;
                }
                let actions = match hit {
                    Hit::Core(at) => Matcher::without_names_of_paths(page.bytes, at, actions),
                    _ => actions,
                };
                if depth.views == 0 && Matcher::may_be_title(page.bytes, hit.at(), actions) {
                    scratch.titles.push(hit.at());
                }
                let done = self.at_once(page, hit, actions, depth, &mut walked, out).is_some_and(|at_once| {
                    let AtOnce { end, place, hidden, apart: is_apart, in_string, done } = at_once;
                    // All that stands in what is hidden is hidden with it, but for a name at its end.
                    let inner = place.filter(|_| hidden).map_or(0, |p| p.span.end.saturating_sub(LOOSE));
                    let end = if done { end } else { inner };
                    if !is_apart {
                        covered = covered.max(end);
                    } else if let Some(value) = place.filter(|p| p.span.start < end) {
                        apart = value.span.start..end;
                    }
                    let goes_on = place.filter(|_| !in_string);
                    if let Some(ask) = goes_on.and_then(|p| self.ask_for_pieces(page, p)) {
                        self.hide_pieces(page, &ask, depth, &mut seen, out);
                    }
                    done
                });
                if !done && !idle {
                    self.hide_at(page, hit, depth, (scratch, &mut walked), &mut seen, out);
                }
            }
            scratch.hits = hits;
        }
    }

    /// What needs neither judging nor decoding: fields, and whole connect tokens, into `out`.
    fn at_once(
        &self,
        page: &Page<'_>,
        hit: Hit,
        actions: Actions,
        depth: Depth,
        walked: &mut Walked<'_>,
        out: &mut Vec<Place>,
    ) -> Option<AtOnce> {
        let place = |span, rule| Place { decoded: depth.is_decoded, ..Place::at(span, rule) };
        let at = match hit {
            Hit::Core(at) => at,
            Hit::Run(at) => {
                let (span, rule) = self.matcher.license(page.bytes, at)?;
                return Some(AtOnce::whole(place(span, Some(rule)), out));
            }
            Hit::Wide(_) => return None,
        };
        let is_of_unit = self.hide_unit(page, at, actions, depth, walked, out);
        let field = if is_of_unit { None } else { self.field(page.bytes, at, actions, walked) };
        if let Some(field) = field {
            let (class, name) = (Some(field.class), Some(field.name));
            let numbers = field.numbers;
            let wrap = field.wrap.map(|(mark, depth)| Wrap { mark, depth, written: Written::AsItIs });
            let place = Place { class, wrap, name, numbers, ..place(field.span, None) };
            let mut done = numbers || field.is_key(page.bytes) || field.class == Class::Keep;
            let mut hidden = !field.span.is_empty();
            if field.class == Class::Weak && hidden {
                hidden = put_random(page.bytes, place, out);
                done &= hidden;
            } else if hidden && field.items {
                field::each_item(page.bytes, field.span, &mut |span| {
                    if field::is_secret(&page.bytes[span.range()], field.class, true) {
                        out.push(Place { span, wrap: None, ..place });
                    }
                });
            } else if hidden {
                out.push(place);
            }
            if !field.apart {
                let value = Span::new(field.span.start, field.end.max(field.span.start));
                self.follow(page, at, actions, Some(value), depth, out);
            }
            if !done && !field.apart {
                walked.end = walked.end.max(field.end);
            }
            let Field { end, apart, in_string, .. } = field;
            return Some(AtOnce { end, place: Some(place), hidden, apart, in_string, done });
        }
        if !is_of_unit {
            self.follow(page, at, actions, None, depth, out);
        }
        if actions.has(Action::Pem)
            && let Some(body) = field::pem(page.bytes, at)
        {
            // Nothing of it is shown, and the armour stays.
            let place = Place { decoded: true, ..place(body, self.pem) };
            return Some(AtOnce::whole(place, out));
        }
        self.connect.filter(|_| actions.has(Action::Connect))?;
        let end = connect_token(page.bytes, at)?;
        Some(AtOnce::whole(place(Span::new(at, end), self.connect), out))
    }

    /// Hides what a sentence has behind a name, or behind its value.
    fn follow(
        &self,
        page: &Page<'_>,
        at: usize,
        actions: Actions,
        value: Option<Span>,
        depth: Depth,
        out: &mut Vec<Place>,
    ) {
        self.matcher.follow(page.bytes, at, actions, value, &mut |span, class| {
            out.push(Place { class: Some(class), decoded: depth.is_decoded, ..Place::at(span, None) });
        });
    }

    /// Everything else that a hit leads to.
    fn hide_at(
        &self,
        page: &Page<'_>,
        hit: Hit,
        depth: Depth,
        (scratch, walked): (&mut Scratch, &mut Walked<'_>),
        seen: &mut Vec<(&'static str, Span)>,
        out: &mut Vec<Place>,
    ) {
        let unit = self.unit_around(page, hit, walked);
        let before = out.len();
        self.matcher.at(page, hit, &mut scratch.matches, &mut scratch.asks);
        for found in scratch.matches.drain(..) {
            let class = found.name.and_then(|n| self.matcher.index().class(&page.bytes[n.range()]));
            let leak = self.detection(page, found, &[], (Wanted::Leaks, self.now));
            out.extend(leak.filter(|_| class != Some(Class::Keep)).map(|d| Place::of(&d, depth)));
        }
        units::clip(page.bytes, out, before, unit, true);
        while let Some(ask) = scratch.asks.pop() {
            if ask.wake == Wake::Percent && self.hide_parameter(page, hit.at(), depth, walked, out) {
                continue;
            }
            // The view of a unit has put together what stands in it.
            if ask.wake == Wake::Pieces && unit.is_some() {
                continue;
            }
            let before = out.len();
            self.hide_views(page, &ask, depth, seen, out);
            units::clip(page.bytes, out, before, unit, false);
        }
    }

    /// What to ask where the value of a field goes on behind a joint.
    fn ask_for_pieces(&self, page: &Page<'_>, place: Place) -> Option<Ask> {
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
    fn hide_pieces(
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
    fn hide_views(
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
                // The array is one value, and stays an array.
                let places = out.split_off(before);
                let is_held = places.iter().find(|place| joined.holds(place.span, true));
                out.extend(is_held.map(|place| Place {
                    span: joined.source,
                    numbers: true,
                    name: place.name.map(|name| view.to_source(name)),
                    ..Place::at(joined.source, place.rule)
                }));
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
        whole
    }

    /// Puts a place of a value that was put together into the source: one for each of its pieces, but for
    /// those that are masks already, so that what joins them stays. Says where the value stands.
    fn put_parts(
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

/// Hides a cell whose title is the name of a field.
fn hide_cell(bytes: &[u8], cell: &Cell<'_>, out: &mut Vec<Place>) {
    let (Some(class), span) = (cell.class(), cell.span) else { return };
    if !field::is_secret(&bytes[span.range()], class, false) {
        return;
    }
    let place = Place { class: Some(class), ..Place::at(span, None) };
    if class == Class::Weak {
        put_random(bytes, place, out);
    } else {
        out.push(place);
    }
}

/// Puts what is random of a value under a name that says little into `out`: all of it, or the random parts
/// of a structure. Says whether that was all of the value.
fn put_random(bytes: &[u8], place: Place, out: &mut Vec<Place>) -> bool {
    let value = &bytes[place.span.range()];
    let secret = plain::secret(value);
    let start = place.span.start;
    match secret {
        plain::Secret::Nothing => {}
        plain::Secret::Whole => out.push(place),
        plain::Secret::Runs => out.extend(plain::random_runs(value).map(|run| Place {
            span: Span::new(start + run.start, start + run.end),
            wrap: None,
            ..place
        })),
    }
    secret == plain::Secret::Whole
}

/// Where the string ends in which a span begins: at the first quote that is not escaped.
fn string_end(bytes: &[u8], span: Span) -> usize {
    let text = &bytes[span.range()];
    let mut quotes = memchr::memchr_iter(b'"', text);
    let end = quotes.find(|&i| text[..i].iter().rev().take_while(|b| **b == b'\\').count() % 2 == 0);
    end.map_or(span.end, |i| span.start + i)
}
