//! What is worth remembering of a masked value, and where remembered ones come again.

use std::ops::Range;

use zeroize::Zeroizing;

use super::masker::Masker;
use super::memory::{LONGEST, Mark, Memory, SHORTEST, Seen};
use super::naming::{Naming, Secrecy};
use super::scratch::Scratch;
use crate::decode::numbers;
use crate::decode::percent;
use crate::decode::pieces::begins_token;
use crate::detect::{Place, join};
use crate::judge::is_clearly_random;
use crate::matcher::field::Class;
use crate::matcher::is_device_id;
use crate::text::{Span, escape_rest, hex_byte, is_mask, public_id};

/// A text, as a part of a stream.
#[derive(Debug, Clone)]
pub(super) struct Part<'t> {
    pub(super) text: &'t [u8],
    /// What stands here counts; the rest was told before, or will be.
    pub(super) range: Range<usize>,
    /// The position of the text in its stream; without one, what is learned counts in all of the text.
    pub(super) base: Option<u64>,
}

impl Masker {
    /// Remembers what was found, and adds the places where what is remembered comes again.
    pub(super) fn remember(&self, memory: &Memory, part: &Part<'_>, scratch: &mut Scratch) {
        self.learn(memory, part, &scratch.places);
        if memory.holds_any() {
            self.recall(memory, part, &mut scratch.places);
        }
    }

    /// Remembers the value of a field that its name calls a secret.
    #[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "the runtime layer learns"))]
    pub(crate) fn learn_field(&self, value: &[u8], Secrecy(class): Secrecy) {
        if let Some(memory) = &self.memory {
            let mark = Mark { rule: None, class: Some(class), since: 0 };
            if let Some(plain) = unescaped_json(value) {
                learn_one(memory, &plain, mark);
            }
            each_candidate(value, Some(class), &mut |span| learn_one(memory, &value[span.range()], mark));
        }
    }

    fn learn(&self, memory: &Memory, part: &Part<'_>, places: &[Place]) {
        for (at, place) in places.iter().enumerate() {
            let is_literal = place.rule.is_none() && place.class.is_none();
            let is_whole = place.span.start >= part.range.start && place.span.end <= part.range.end;
            if is_literal || !is_whole || place.class == Some(Class::Keep) {
                continue;
            }
            let value = &part.text[place.span.range()];
            let spelled = if place.numbers { numbers::spelled(value) } else { None };
            let value = spelled.as_ref().map_or(value, |spelled| &spelled[..]);
            if self.is_of_token(place) || is_token(value) {
                continue;
            }
            let since = |end: usize| part.base.map_or(0, |base| base + end as u64);
            let mark = |end| Mark { rule: place.rule, class: place.class, since: since(end) };
            if let Some(plain) = unescaped_json(value) {
                learn_one(memory, &plain, mark(place.span.end));
            }
            each_candidate(value, self.class(place), &mut |span| {
                learn_one(
                    memory,
                    &value[span.range()],
                    mark(place.span.start + span.end.min(place.span.len())),
                );
            });
            if place.anchor.is_some() {
                // Of a value in pieces what was joined so far, so that it does not matter in how many
                // parts the text comes.
                let first = places[..at].iter().rposition(|p| p.anchor != place.anchor).unwrap_or(at);
                let pieces = places[first..=at].iter().map(|p| &part.text[p.span.range()]);
                let joined = Zeroizing::new(pieces.collect::<Vec<_>>().concat());
                learn_one(memory, &joined, mark(place.span.end));
            }
        }
    }

    /// Whether the rule that found it is for tokens.
    fn is_of_token(&self, place: &Place) -> bool {
        place.rule.and_then(|rule| self.rules().get(rule)).is_some_and(|rule| !rule.token.is_empty())
    }

    fn recall(&self, memory: &Memory, part: &Part<'_>, places: &mut Vec<Place>) {
        let known = places.len();
        memory.find(part.text, &mut |Seen { span, mark, is_plain }| {
            let is_before = part.base.is_some_and(|base| base + (span.start as u64) < mark.since);
            let at = places[..known].partition_point(|p| p.span.end < span.end);
            let is_masked = places[..known].get(at).is_some_and(|p| p.span.start <= span.start);
            if !is_before && !is_masked && !self.is_kept(part.text, span) {
                let tail = glued(&part.text[span.end..]);
                // What begins in an escape leaves it whole.
                let start = span.end.min(span.start + escape_rest(part.text, span.start));
                let whole = Span::new(start, span.end + tail);
                let decoded = !is_plain || tail > 0;
                places.push(Place { class: mark.class, decoded, ..Place::at(whole, mark.rule) });
            }
        });
        if places.len() > known {
            join(places, 0);
        }
    }

    /// Whether this is the value of a field that stays by its name.
    fn is_kept(&self, text: &[u8], span: Span) -> bool {
        let from = span.start.saturating_sub(128);
        let before = &text[from..span.start];
        let is_sign = |b: &u8| b"\"'\\:= \t".contains(b);
        let name = before.iter().rposition(|b| !is_sign(b)).map_or(0, |last| last + 1);
        if !before[name..].iter().any(|b| matches!(b, b':' | b'=')) {
            return false;
        }
        let is_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
        let start = before[..name].iter().rposition(|b| !is_name(b)).map_or(0, |last| last + 1);
        std::str::from_utf8(&before[start..name]).is_ok_and(|name| self.naming(name) == Naming::Keep)
    }
}

/// How many bytes of a name or of a call stand directly behind a value: without it they would be another
/// name, and what looked like a call would look like a value.
fn glued(behind: &[u8]) -> usize {
    const MAX_GLUED_BYTES: usize = 64;
    let is_name = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let name = behind.iter().take(MAX_GLUED_BYTES).take_while(is_name).count();
    name + usize::from(behind.get(name) == Some(&b'('))
}

/// What in a value may be worth remembering: all of it where it is one word, else its words; of a license
/// what follows the id, of cookies their values.
fn each_candidate(value: &[u8], class: Option<Class>, sink: &mut dyn FnMut(Span)) {
    let from = if class == Some(Class::License) { public_id(value).unwrap_or(0) } else { 0 };
    let is_cookie = class == Some(Class::Cookie);
    let splits = |b: &u8| {
        b.is_ascii_whitespace()
            || b.is_ascii_control()
            || !b.is_ascii()
            || matches!(b, b'"' | b'\'' | b'`' | b'\\')
            || (is_cookie && matches!(b, b';' | b'=' | b','))
    };
    let is_word = !value[from..].iter().any(splits);
    // Between the words of more than one there may be brackets and commas of some notation.
    let ends = |b: &u8| splits(b) || (!is_word && b"(){}[]<>,;:=".contains(b));
    let mut at = from;
    while at < value.len() {
        let end = value[at..].iter().position(ends).map_or(value.len(), |n| at + n);
        let start = end.min(at + escape_rest(value, at));
        if end - start >= SHORTEST {
            sink(Span::new(start, end));
        }
        at = end + 1;
    }
}

/// Whether a value is recognised by its form wherever it stands: then there is nothing to remember.
fn is_token(value: &[u8]) -> bool {
    const MIN_TOKEN_BYTES: usize = 100;
    value.len() >= MIN_TOKEN_BYTES && begins_token(value)
}

/// Remembers a value that looks random, and what is written in it. The id of a device is no secret,
/// whatever name it stood under once.
fn learn_one(memory: &Memory, value: &[u8], mark: Mark) {
    if !(SHORTEST..=LONGEST).contains(&value.len())
        || is_device_id(value)
        || memory.knows(value)
        || is_mask(value)
        || memchr::memmem::find(value, b"****").is_some()
    {
        return;
    }
    if is_clearly_random(value) && !is_of_device(value) {
        memory.learn(value, mark);
        if let Some(plain) = unescaped(value) {
            memory.learn(&plain, mark);
        }
    }
}

/// Whether nothing of a value is random but the id of a device in it, as in `device://<id>/events`.
fn is_of_device(value: &[u8]) -> bool {
    let is_part = |b: &u8| !b.is_ascii_alphanumeric();
    let mut parts = value.split(is_part).filter(|part| part.len() >= SHORTEST);
    let ids = parts.clone().filter(|part| is_device_id(part)).count();
    ids == 1 && parts.all(|part| is_device_id(part) || !is_clearly_random(part))
}

/// One word without the escapes of JSON for its signs, where it has some: `\/` and `\u002B`.
fn unescaped_json(value: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    memchr::memchr(b'\\', value)?;
    let mut out = Zeroizing::new(Vec::with_capacity(value.len()));
    let mut at = 0;
    while at < value.len() {
        let rest = &value[at..];
        let slashes = rest.iter().take_while(|b| **b == b'\\').count();
        let (byte, length) = match rest[slashes..] {
            _ if slashes == 0 => (rest[0], 1),
            [b'/', ..] => (b'/', slashes + 1),
            [b'u', b'0', b'0', high, low, ..] => (hex_byte(high, low)?, slashes + 5),
            _ => return None,
        };
        if !byte.is_ascii_graphic() {
            return None;
        }
        out.push(byte);
        at += length;
    }
    Some(out)
}

/// A value without its percent-encoding, where it has one.
fn unescaped(value: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    memchr::memchr(b'%', value)?;
    let mut out = Zeroizing::new(Vec::with_capacity(value.len()));
    let mut at = 0;
    while at < value.len() {
        let byte = percent::escape(&value[at..]);
        out.push(byte.unwrap_or(value[at]));
        at += if byte.is_some() { 3 } else { 1 };
    }
    (out.len() < value.len()).then_some(out)
}
