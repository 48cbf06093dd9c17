//! Arrays of numbers that spell text: what is masked in one is masked with numbers, so that the array
//! still parses.

use crate::decode::View;
use crate::decode::numbers::{MIN_NUMBERS, OPENERS, read};

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

/// Appends the mask of some elements.
pub(super) fn mask(out: &mut Vec<u8>) {
    out.extend_from_slice(STARS);
}
