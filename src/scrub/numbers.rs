//! Arrays of numbers that spell text: `journalctl -o json` writes a message with a colour in it so, and
//! Debug writes bytes so. What is masked in one is masked with numbers, so that the array still parses.

use crate::text::Span;

/// Shorter arrays spell nothing, in elements.
const FEWEST: usize = 8;

/// So many elements are looked at in a row.
const MOST: usize = 64 * 1024;

/// The mask as elements.
const STARS: &[u8] = b"42,42,42,42";

/// An array and what it spells.
pub(super) struct Spelled {
    pub(super) text: Vec<u8>,
    /// Where each byte stands in the source.
    elements: Vec<Span>,
}

impl Spelled {
    /// Where what stands at a span of the text stands in the source.
    pub(super) fn to_source(&self, span: Span) -> Span {
        Span::new(self.elements[span.start].start, self.elements[span.end - 1].end)
    }
}

/// Gives every array of a text that may spell something to `sink`.
pub(super) fn each(text: &[u8], sink: &mut dyn FnMut(Spelled)) {
    let mut at = 0;
    while let Some(open) = memchr::memchr(b'[', &text[at..]) {
        at += open + 1;
        // Most brackets hold something else.
        let next = text[at..].iter().find(|b| !b.is_ascii_whitespace());
        if !next.is_some_and(u8::is_ascii_digit) {
            continue;
        }
        let spelled = read(text, at);
        at = spelled.elements.last().map_or(at, |last| last.end);
        if spelled.text.len() >= FEWEST {
            sink(spelled);
        }
    }
}

/// Appends the mask of some elements.
pub(super) fn mask(out: &mut Vec<u8>) {
    out.extend_from_slice(STARS);
}

/// The elements from `at` on, each a number of one byte.
fn read(text: &[u8], mut at: usize) -> Spelled {
    let mut spelled = Spelled { text: Vec::new(), elements: Vec::new() };
    while spelled.text.len() < MOST {
        at += super::edges::blanks(&text[at..]);
        let Some((value, length)) = number(&text[at..]) else { break };
        spelled.text.push(value);
        spelled.elements.push(Span::new(at, at + length));
        at += length;
        at += super::edges::blanks(&text[at..]);
        if text.get(at) != Some(&b',') {
            break;
        }
        at += 1;
    }
    spelled
}

/// A number of one byte, decimal or hexadecimal, and its length.
fn number(text: &[u8]) -> Option<(u8, usize)> {
    let (digits, radix, prefix) = match text {
        [b'0', b'x' | b'X', rest @ ..] => (rest, 16, 2),
        _ => (text, 10, 0),
    };
    let length = digits.iter().take(4).take_while(|b| b.is_ascii_hexdigit()).count();
    let value = u8::from_str_radix(std::str::from_utf8(&digits[..length]).ok()?, radix).ok()?;
    Some((value, prefix + length))
}
