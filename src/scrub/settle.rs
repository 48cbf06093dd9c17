//! What masks do to the text around them. Most stand where a word stood, and nothing else changes. But some
//! make a value of what was none: beside a mask that has quotes of its own, behind a name whose value was too
//! long, in a line that was of two scripts. So what a text becomes is looked at as one who scrubs it again, or
//! scans it, will look at it, and what is found is hidden, too, until nothing is found.
//!
//! That costs as much as the first look, so it is done near masks that may have such an effect, and not near
//! those that stand for a word behind the only name of a line ([`Masker::is_tame`]).

use std::ops::Range;

use super::expired::has_expired;
use super::going::Going;
use super::learn::Part;
use super::masker::Masker;
use super::memory::Memory;
use super::scratch::{Scratch, Settling};
use super::structure;
use crate::blob::{Blob, HEAD, Origin};
use crate::decode::numbers::{OF_NAMES, OF_TEXT};
use crate::detect::{self, Below, Detection, Place, Rows, join};
use crate::matcher::field::Class;
use crate::text::{Span, is_key_byte};

/// So often the text is looked at again at most.
const ROUNDS: usize = 4;

/// So far around a mask, in bytes: as far as a stream sees lines before.
const NEAR: usize = 2 * 1024;

/// How the masks of a text are put.
#[derive(Debug, Clone, Copy)]
pub(super) enum Putting {
    /// Each in one piece.
    Slice,
    /// As in a stream, where line ends stay.
    Lines(Going),
}

/// What is looked at again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ground<'g> {
    pub(super) putting: Putting,
    /// The tables of a part of a stream; a text that comes alone has its own.
    pub(super) below: Option<Below<'g>>,
}

impl Ground<'_> {
    /// Whether the text begins with the part.
    fn is_start(&self) -> bool {
        self.below.is_none_or(|below| below.at_start)
    }

    /// Whether all of the part is looked at: the cells of a table can only be told from its beginning on.
    fn is_whole(&self) -> bool {
        self.below.is_none_or(|below| below.rows.is_some() || below.open.is_some())
    }
}

impl Masker {
    /// Adds what is remembered, and what is found in the text with its masks.
    pub(super) fn settle(
        &self,
        part: &Part<'_>,
        memory: Option<&Memory>,
        ground: &Ground<'_>,
        scratch: &mut Scratch,
    ) {
        if let Some(memory) = memory {
            self.remember(memory, part, scratch);
        }
        if scratch.places.is_empty() {
            return;
        }
        if keep_escapes(part.text, &mut scratch.places) {
            join(&mut scratch.places, 0);
        }
        let from = scratch.places.len();
        self.set_windows(part.text, 0..from, ground.is_whole(), scratch);
        let mut has_grown = false;
        for _ in 0..ROUNDS {
            let windows = std::mem::take(&mut scratch.settling.windows);
            let known = scratch.places.len();
            for &window in &windows {
                self.look_again(part.text, window, ground, known, scratch);
            }
            scratch.settling.windows = windows;
            if scratch.places.len() == known {
                break;
            }
            has_grown = true;
            self.set_windows(part.text, known..scratch.places.len(), ground.is_whole(), scratch);
            keep_escapes(part.text, &mut scratch.places[known..]);
            join(&mut scratch.places, 0);
        }
        if let Some(memory) = memory.filter(|_| has_grown) {
            self.remember(memory, part, scratch);
        }
    }

    /// Sets the stretches around some places that are looked at again.
    fn set_windows(&self, text: &[u8], places: Range<usize>, is_whole: bool, scratch: &mut Scratch) {
        let Scratch { detect, places: all, settling } = scratch;
        let is_new = places.start > 0;
        settling.windows.clear();
        for place in &all[places] {
            if !is_new && self.is_tame(text, place, detect) {
                continue;
            }
            let first = place.name.map_or(place.span.start, |name| name.start.min(place.span.start));
            if is_whole {
                settling.windows.push(Span::new(0, text.len()));
                return;
            }
            settling.windows.push(window(text, Span::new(first, place.span.end)));
        }
        settling.windows.sort_unstable();
        settling.windows.dedup_by(|next, kept| {
            let meets = next.start <= kept.end;
            if meets {
                kept.end = kept.end.max(next.end);
            }
            meets
        });
    }

    /// Whether a mask changes nothing but its value: that is a word, and nothing beside it on its line is the
    /// name of anything.
    fn is_tame(&self, text: &[u8], place: &Place, scratch: &mut detect::Scratch) -> bool {
        const BEFORE: usize = 64;
        const BEHIND: usize = 24;
        const LONGEST_GAP: usize = 16;
        /// A value that is known by its form may have its own name so far before it.
        const OWN_NAME: usize = 40;
        let Span { start, end } = place.span;
        let name = place.name.unwrap_or(Span::new(start, start));
        let may_be_license = place.class.is_none_or(|class| class == Class::License);
        // A password may have several words, and has one mask.
        let may_be_words = place.class == Some(Class::Password);
        let is_word =
            |b: &u8| is_key_byte(*b) || (*b == b',' && may_be_license) || (*b == b' ' && may_be_words);
        let is_number = || text[start..end].iter().all(u8::is_ascii_digit);
        let ends = |b: &u8| b.is_ascii_whitespace() || b"\"',&;)}]<@".contains(b);
        // In JSON within JSON a string ends so.
        let ends_inner = matches!(text[end..], [b'\\', b'"', ..]);
        if place.numbers
            || place.decoded
            || place.anchor.is_some()
            || name.end > start
            || start - name.end > LONGEST_GAP
            || !text[start..end].iter().all(is_word)
            || memchr::memchr(b'\n', &text[name.end..start]).is_some()
            || !(ends_inner || text.get(end).is_none_or(ends))
            || (place.wrap.is_some() && !(is_number() && text.get(end) != Some(&b'"')))
        {
            return false;
        }
        let own = if place.name.is_none() { OWN_NAME } else { 0 };
        let last = name.start.saturating_sub(own);
        let (before, behind) = (last.saturating_sub(BEFORE), text.len().min(end + BEHIND));
        let before = memchr::memrchr(b'\n', &text[before..last]).map_or(before, |i| before + i + 1);
        let behind = memchr::memchr(b'\n', &text[end..behind]).map_or(behind, |i| end + i);
        !self.detector.has_names(text, before..last, scratch)
            && !self.detector.has_names(text, end..behind, scratch)
    }

    /// Looks at a stretch with its masks, and adds what is found there.
    fn look_again(
        &self,
        text: &[u8],
        window: Span,
        ground: &Ground<'_>,
        known: usize,
        scratch: &mut Scratch,
    ) {
        let Scratch { detect, places, settling } = scratch;
        self.put_masks(text, window, ground.putting, &places[..known], settling);
        let mut masked = std::mem::take(&mut settling.masked);
        settling.found.clear();
        let is_start = ground.is_start() && window.start == 0;
        match ground.below.filter(|_| ground.is_whole()) {
            Some(below) => {
                let rows = below.rows.map(|rows| Rows { from: settling.to_masked(rows.from), ..rows });
                let below = Below { rows, from: settling.to_masked(below.from), next: None, ..below };
                self.detector.places_below(&masked, below, detect, &mut settling.found);
            }
            None if is_start => {
                self.detector.places(&masked, detect, &mut settling.found);
            }
            None => {
                let below = Below { rows: None, from: 0, open: None, at_start: false, next: None };
                self.detector.places_below(&masked, below, detect, &mut settling.found);
            }
        }
        self.add_cut_lines(&masked, &mut settling.found);
        self.add_others(&masked, &mut settling.found);
        self.add_leaks(&masked, is_start, detect, &mut settling.found);
        let context = if let Putting::Lines(going) = ground.putting { going.context } else { 0 };
        for place in &settling.found {
            let span = settling.span_to_source(window, place.span);
            let at = places[..known].partition_point(|p| p.span.end <= span.start);
            let over = places[..known].get(at).filter(|p| p.span.start < span.end);
            let is_hidden = over.is_some_and(|p| {
                let shows_nothing = p.decoded || p.numbers || structure::depth(text, p).is_some();
                p.span.start <= span.start && span.end <= p.span.end && shows_nothing
            });
            if span.end > context && !span.is_empty() && !is_hidden {
                let name = place.name.map(|name| settling.span_to_source(window, name));
                let anchor = place.anchor.map(|at| settling.to_source(window, at, false));
                // What a mask shows was taken for something.
                let decoded = place.decoded || over.is_some();
                places.push(Place { span, name, anchor, decoded, ..*place });
            }
        }
        masked.clear();
        settling.masked = masked;
    }

    /// Puts a stretch of the text with its masks.
    fn put_masks(
        &self,
        text: &[u8],
        window: Span,
        putting: Putting,
        places: &[Place],
        settling: &mut Settling,
    ) {
        let Settling { masked: out, masks, .. } = settling;
        out.clear();
        masks.clear();
        let first = places.partition_point(|place| place.span.end <= window.start);
        let mut at = window.start;
        for place in places[first..].iter().take_while(|place| place.span.start < window.end) {
            let start = place.span.start.max(window.start);
            out.extend_from_slice(&text[at..start]);
            let from = out.len();
            match putting {
                Putting::Slice => self.put_one(text, place, place.span.range(), out),
                Putting::Lines(going) => {
                    let is_out = place.span.end <= going.context
                        || going.masked.is_some_and(|masked| masked >= place.span.start);
                    // What went out before has its mask; what does not go out yet will have it as a whole.
                    let context = if is_out { 0 } else { going.context };
                    let whole = Going { context, end: text.len(), masked: None, ..going };
                    let share = whole.share(text, place);
                    out.extend_from_slice(&text[start..share.start.max(start)]);
                    self.put_share(text, place, &share, None, out);
                }
            }
            masks.push((Span::new(from, out.len()), place.span));
            at = place.span.end;
        }
        if at < window.end {
            out.extend_from_slice(&text[at..window.end]);
        }
    }

    /// Adds what a scan reports in a masked text.
    fn add_leaks(&self, masked: &[u8], at_start: bool, detect: &mut detect::Scratch, found: &mut Vec<Place>) {
        let origin = Origin::default();
        let head = if at_start { &masked[..masked.len().min(HEAD)] } else { &[] };
        let blob = Blob { at_start, head, ..Blob::whole(masked, &origin) };
        self.detector.leaks(&blob, detect, &mut |leak| {
            if !self.stays(masked, &leak) {
                let numbers = leak.decoded.iter().any(|name| [OF_TEXT.name, OF_NAMES.name].contains(name));
                let decoded = !leak.decoded.is_empty();
                found.push(Place { numbers, decoded, ..Place::at(leak.span, Some(leak.rule_index)) });
            }
        });
    }

    /// Whether the policy says that what a scan reports stays: by its name, or as a token that has expired.
    fn stays(&self, masked: &[u8], leak: &Detection<'_>) -> bool {
        let name = leak.name().map(|name| &masked[name.range()]);
        name.is_some_and(|name| self.detector.class(name) == Some(Class::Keep))
            || self.policy.keep_expired.is_some_and(|now| has_expired(&masked[leak.span.range()], now))
    }
}

/// Widens places that begin within an escape to its backslash: it would else be one of the mask's. Says whether
/// there were any.
fn keep_escapes(text: &[u8], places: &mut [Place]) -> bool {
    let mut has_widened = false;
    for place in places {
        let start = place.span.start;
        let slashes = text[..start].iter().rev().take_while(|b| **b == b'\\').count();
        let are_digits = |from: usize, count: usize| {
            text.get(from..from + count).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        };
        let is_escape = match text.get(start) {
            Some(b'u') => are_digits(start + 1, 4),
            Some(b'x') => are_digits(start + 1, 2),
            Some(letter) => matches!(letter, b'n' | b'r' | b't' | b'b' | b'f'),
            None => false,
        };
        if slashes % 2 == 1 && is_escape {
            place.span.start -= 1;
            has_widened = true;
        }
    }
    has_widened
}

/// The lines around a span, as far as they are near.
fn window(text: &[u8], span: Span) -> Span {
    let from = span.start.saturating_sub(NEAR);
    let to = text.len().min(span.end + NEAR);
    let start = if from == 0 {
        0
    } else {
        memchr::memchr(b'\n', &text[from..span.start]).map_or(from, |i| from + i + 1)
    };
    let end = if to == text.len() {
        to
    } else {
        memchr::memrchr(b'\n', &text[span.end..to]).map_or(to, |i| span.end + i + 1)
    };
    Span::new(start, end)
}
