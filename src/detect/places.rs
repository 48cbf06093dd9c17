//! Where something has to be hidden, for whoever masks rather than reports: fields by their names
//! besides what the rules find, without the cost of a verdict where none is needed.

use std::ops::Range;

use super::cells::put_random;
use super::detection::{Detections, Wanted};
use super::detector::{Detector, STRETCH, Scratch};
use super::join::join;
use super::place::{Below, Depth, Place, Rows};
use super::units;
use super::walked::Walked;
use crate::blob::HEAD;
use crate::decode::Wake;
use crate::decode::units::{Wrap, Written};
use crate::matcher::csv::Columns;
use crate::matcher::field::{self, Class, Field};
use crate::matcher::page::Context;
use crate::matcher::table::{Open, Tables};
use crate::matcher::{Action, Actions, Matcher, Page, connect_token};
use crate::prefilter::Hit;
use crate::text::Span;

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

/// What is hidden, or kept, already.
#[derive(Default)]
struct Covered {
    /// All before here.
    end: usize,
    /// The value that was found last apart from its name.
    apart: Range<usize>,
}

impl Covered {
    fn holds(&self, at: usize) -> bool {
        at < self.end || self.apart.contains(&at)
    }

    fn add(&mut self, found: &AtOnce) {
        // All that stands in what is hidden is hidden with it, but for a name at its end.
        let inner = found.place.filter(|_| found.hidden).map_or(0, |p| p.span.end.saturating_sub(LOOSE));
        let end = if found.done { found.end } else { inner };
        if !found.apart {
            self.end = self.end.max(end);
        } else if let Some(value) = found.place.filter(|p| p.span.start < end) {
            self.apart = value.span.start..end;
        }
    }
}

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

    /// Whether a part of a name stands in a range that may look for a value, or what is told by its form: a name
    /// with a value of its own, as fields of a log have it, looks for no other.
    pub(crate) fn has_names(&self, bytes: &[u8], range: Range<usize>, scratch: &mut Scratch) -> bool {
        scratch.hits.clear();
        self.matcher.hits(bytes, range, &mut scratch.hits);
        scratch.hits.iter().any(|hit| {
            let Hit::Core(at) = *hit else { return false };
            let actions = self.matcher.actions(bytes, at);
            if actions.is_empty() {
                return Matcher::leads_on(bytes, at, actions);
            }
            !Matcher::is_assigned(bytes, at)
                && !Matcher::without_names_of_paths(bytes, at, actions).without(Action::Address).is_empty()
        })
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
        let mut covered = Covered::default();
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
                if covered.holds(hit.at()) {
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
                let actions = Matcher::without_names_of_paths(page.bytes, hit.at(), actions);
                if depth.views == 0 && Matcher::may_be_title(page.bytes, hit.at(), actions) {
                    scratch.titles.push(hit.at());
                }
                let at_once = self.at_once(page, hit, actions, depth, &mut walked, out);
                if let Some(at_once) = &at_once {
                    covered.add(at_once);
                    let goes_on = at_once.place.filter(|_| !at_once.in_string);
                    if let Some(ask) = goes_on.and_then(|p| self.ask_for_pieces(page, p)) {
                        self.hide_pieces(page, &ask, depth, &mut seen, out);
                    }
                }
                let done = at_once.is_some_and(|at_once| at_once.done);
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
            return Some(self.hide_field(page, (at, actions), field, depth, walked, out));
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

    /// Hides the value of a field that was found at a core.
    fn hide_field(
        &self,
        page: &Page<'_>,
        (at, actions): (usize, Actions),
        field: Field,
        depth: Depth,
        walked: &mut Walked<'_>,
        out: &mut Vec<Place>,
    ) -> AtOnce {
        let wrap = field.wrap.map(|(mark, depth)| Wrap { mark, depth, written: Written::AsItIs });
        let place = Place {
            class: Some(field.class),
            wrap,
            decoded: depth.is_decoded,
            name: Some(field.name),
            numbers: field.numbers,
            ..Place::at(field.span, None)
        };
        let mut done = field.numbers || field.is_key(page.bytes) || field.class == Class::Keep;
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
        AtOnce { end, place: Some(place), hidden, apart, in_string, done }
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
}
