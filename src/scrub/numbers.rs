//! Arrays of numbers that spell text: what is masked in one is masked with numbers, so that the array
//! still parses.

use crate::decode::View;
use crate::decode::numbers::{MIN_NUMBERS, OPENERS, read};
use crate::text::Span;

/// So many bytes of an array are looked at in a row.
const MAX_ARRAY_BYTES: usize = 256 * 1024;

/// The mask as elements.
const STARS: &[u8] = b"42,42,42,42";

/// Gives every array of a text that may spell something to `sink`.
pub(super) fn each(text: &[u8], sink: &mut dyn FnMut(&View)) {
    let [first, second] = OPENERS;
    let mut at = 0;
    while let Some(open) = memchr::memchr2(first, second, &text[at..]) {
        at += open + 1;
        // Most brackets hold something else.
        let next = text[at..].iter().find(|b| !b.is_ascii_whitespace());
        if !next.is_some_and(u8::is_ascii_digit) {
            continue;
        }
        let spelled = read(text, at, MAX_ARRAY_BYTES);
        at = spelled.source.end.max(at);
        if spelled.bytes.len() >= MIN_NUMBERS {
            sink(&spelled);
        }
    }
}

/// The elements in a span: from the first one's first digit to the last one's last.
pub(super) fn elements(text: &[u8], span: Span) -> Option<Span> {
    let is_element = |b: &u8| b.is_ascii_alphanumeric();
    let part = &text[span.range()];
    let (first, last) = (part.iter().position(is_element)?, part.iter().rposition(is_element)?);
    Some(Span::new(span.start + first, span.start + last + 1))
}

/// Appends the mask of some elements, which `continues` what has no comma at its end.
pub(super) fn mask(continues: bool, out: &mut Vec<u8>) {
    if continues {
        out.push(b',');
    }
    out.extend_from_slice(STARS);
}
