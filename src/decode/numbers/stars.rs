//! Masks of numbers: numbers again, so that what parsed still parses.

use super::list::{Joint, List, list};
use super::literal::{MAX_LIST_BYTES, literal, literal_with};
use crate::text::Span;
use zeroize::Zeroizing;

/// One number in place of another: a star.
pub(crate) const NUMBER_MASK: &[u8] = b"42";

/// How many elements a mask has.
const STARS: usize = 4;

impl List {
    /// Appends the elements of its mask: one where each has its place before it, for the places have to
    /// be different.
    pub(super) fn put_stars(&self, out: &mut Vec<u8>) {
        let star: &[u8] = if self.is_hex { b"2a" } else { NUMBER_MASK };
        let joint: &[u8] = match self.joint {
            Joint::Comma => b",",
            Joint::Semicolon => b";",
            Joint::Blank | Joint::Dash => b" ",
        };
        let is_one = self.is_labelled || self.joint == Joint::Dash;
        put_stars(star, joint, if is_one { 1 } else { STARS }, out);
    }
}

/// Appends the mask of a value that is an array, or of some of its elements with what closes it.
pub(crate) fn put_mask(value: &[u8], out: &mut Vec<u8>) {
    let whole = literal(value, 0).and_then(|literal| literal.mask(value, out));
    if whole.is_some() {
        return;
    }
    let read = |is_hex| list(value, 0, is_hex, MAX_LIST_BYTES, &mut |_, _| true);
    // The dump of a buffer says in no number that it is hexadecimal.
    let list = read(false).filter(|list| list.end == value.len()).or_else(|| read(true));
    match list.or_else(|| read(false)) {
        Some(list) => {
            list.put_stars(out);
            out.extend(value[list.end..].iter().filter(|b| b")]}>|".contains(b)));
        }
        // Of a part that begins within a number.
        None => put_stars(NUMBER_MASK, b",", STARS, out),
    }
}

fn put_stars(star: &[u8], joint: &[u8], count: usize, out: &mut Vec<u8>) {
    for i in 0..count {
        out.extend_from_slice(if i > 0 { joint } else { b"" });
        out.extend_from_slice(star);
    }
}

/// How much of a value leads to its first number, in bytes; of what is no array the bracket.
pub(crate) fn head_bytes(value: &[u8], is_array: bool) -> usize {
    let list = if is_array { literal(value, 0).and_then(|literal| literal.list) } else { None };
    list.map_or_else(|| usize::from(value.first().is_some_and(|b| b"[{(".contains(b))), |l| l.span.start)
}

/// What a value spells that is an array of bytes, or some elements of one.
pub(crate) fn spelled(value: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut text = Zeroizing::new(Vec::new());
    let mut push = |byte: Option<u8>, _| {
        text.extend(byte);
        byte.is_some()
    };
    let whole = literal_with(value, 0, &mut push).and_then(|literal| literal.list);
    if whole.is_none() {
        text.clear();
        let mut push = |byte: Option<u8>, _| {
            text.extend(byte);
            byte.is_some()
        };
        list(value, 0, false, MAX_LIST_BYTES, &mut push)?;
    }
    Some(text).filter(|text| !text.is_empty())
}

/// The numbers of an array, from the first to the last, within it.
pub(crate) fn numbers_within(value: &[u8]) -> Option<Span> {
    let list = literal(value, 0)?.list?;
    Some(Span::new(list.first.start, list.span.end))
}
