//! Arrays of numbers that spell text: what is masked in one is masked with numbers, so that the array
//! still parses.

use crate::decode::View;
use crate::decode::numbers::{MIN_NUMBERS, OPENERS, put_mask, read};
use crate::text::Span;

/// So many bytes of an array are looked at in a row.
const MAX_ARRAY_BYTES: usize = 256 * 1024;

/// Gives every array of a text that may spell something to `sink`.
pub(super) fn each(text: &[u8], sink: &mut dyn FnMut(&View)) {
    let [first, second, third] = OPENERS;
    let mut at = 0;
    while let Some(open) = memchr::memchr3(first, second, third, &text[at..]) {
        at += open + 1;
        // Most brackets hold something else.
        if !may_begin(&text[at..]) {
            continue;
        }
        let spelled = read(text, at, MAX_ARRAY_BYTES);
        at = spelled.source.end.max(at);
        if spelled.bytes.len() >= MIN_NUMBERS {
            sink(&spelled);
        }
    }
}

/// A quick refusal: whether so many numbers as spell something may begin here.
fn may_begin(text: &[u8]) -> bool {
    /// A digit and a comma for each.
    const SHORTEST: usize = 2 * MIN_NUMBERS - 1;
    let is_array_byte = |b: &u8| {
        b.is_ascii_hexdigit() || b.is_ascii_whitespace() || matches!(b, b',' | b'x' | b'X' | b'u' | b';')
    };
    let first = text.iter().find(|b| !b.is_ascii_whitespace());
    let head = &text[..text.len().min(SHORTEST)];
    first.is_some_and(u8::is_ascii_digit) && head.len() == SHORTEST && head.iter().all(is_array_byte)
}

/// The elements of an array in a span: from the first one's first digit to the last one's last.
pub(super) fn elements(text: &[u8], span: Span) -> Option<Span> {
    let is_element = |b: &u8| b.is_ascii_alphanumeric();
    let part = &text[span.range()];
    let (first, last) = (part.iter().position(is_element)?, part.iter().rposition(is_element)?);
    Some(Span::new(span.start + first, span.start + last + 1))
}

/// Appends the mask of an array, or of some elements, which `continues` what has no comma at its end.
pub(super) fn mask(value: &[u8], continues: bool, out: &mut Vec<u8>) {
    if continues {
        out.push(b',');
    }
    put_mask(value, out);
}
