//! Text: spans, classes of bytes, masks, and what may go to a terminal.
//!
//! `mask` is the only place that makes a mask, so the promise "never more of a secret than its mask" has one file
//! to be checked in.

mod mask;
mod shown;

use std::ops::Range;

#[cfg(feature = "cli")]
pub(crate) use mask::in_run;
pub use mask::{STARS, is_mask, mask, mask_into, mask_license, mask_runs};
pub(crate) use mask::{is_uuid, mask_runs_but_uuids, public_id};
pub use shown::{count_chars, is_unprintable, printable, shown, thousands};

/// A half-open range of bytes of a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// The span from `start` up to, not including, `end`.
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end, "a span does not run backwards");
        Self { start, end }
    }

    /// How many bytes.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// True where there is nothing in it.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The range, for indexing.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// True where the two share a byte.
    pub fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// A table of bytes in which those of `signs` are true: for loops over every byte of a text.
pub(crate) const fn byte_table(signs: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut i = 0;
    while i < signs.len() {
        table[signs[i] as usize] = true;
        i += 1;
    }
    table
}

/// The same with letters and digits.
pub(crate) const fn word_table(signs: &[u8]) -> [bool; 256] {
    let mut table = byte_table(signs);
    let mut b = 0;
    while b < 256 {
        table[b] |= (b as u8).is_ascii_alphanumeric();
        b += 1;
    }
    table
}

/// What a key or a token consists of; more than these only where something says how far the value goes.
pub(crate) fn is_key_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric()
        || matches!(b, b'+' | b'/' | b'=' | b'_' | b'-' | b'.' | b'~' | b'!' | b'*' | b'^')
}

/// The byte that two hex digits stand for.
pub(crate) fn hex_byte(high: u8, low: u8) -> Option<u8> {
    let digit = |b: u8| char::from(b).to_digit(16);
    u8::try_from(digit(high)? << 4 | digit(low)?).ok()
}

/// How many bytes from `at` on belong to an escape that begins before: cut there, it would be another one,
/// or none. Every backslash counts as the beginning of one, since a text may stand in another one.
///
/// ```
/// use scrubjay::text::escape_rest;
/// assert_eq!(escape_rest(br"a\u00e9bc", 2), 5);
/// assert_eq!(escape_rest(br"a\tbc", 2), 1);
/// assert_eq!(escape_rest(br"a\tbc", 3), 0);
/// ```
pub fn escape_rest(text: &[u8], at: usize) -> usize {
    const MAX_BEFORE: usize = 5;
    let before = &text[at.saturating_sub(MAX_BEFORE)..at];
    let Some(back) = before.iter().rev().position(|b| *b == b'\\') else { return 0 };
    let start = at - back - 1;
    let digits =
        |most: usize| text[start + 2..].iter().take(most).take_while(|b| b.is_ascii_hexdigit()).count();
    let length = match text.get(start + 1) {
        None => return 0,
        Some(b'u') if digits(4) == 4 => 6,
        Some(b'x') if digits(2) == 2 => 4,
        Some(_) => 2,
    };
    (start + length).saturating_sub(at)
}

/// How many bytes here belong to one run of the signs of keys and paths.
pub(crate) fn run_length(text: &[u8]) -> usize {
    text.iter().take_while(|b| is_run_byte(**b)).count()
}

/// Whether a byte belongs to such a run.
pub(crate) fn is_run_byte(b: u8) -> bool {
    IN_RUN[usize::from(b)]
}

static IN_RUN: [bool; 256] = word_table(b"_-+/=.~*%");

/// Whether a text of letters, digits and few signs looks drawn by chance: capitals, small letters and digits
/// take turns more often than in words with numbers.
pub(crate) fn is_drawn(text: &[u8]) -> bool {
    let kind = |b: &u8| match b {
        b'0'..=b'9' => 1,
        b'a'..=b'z' => 2,
        b'A'..=b'Z' => 3,
        _ => 0,
    };
    let text = &text[..text.len().min(64)];
    let has = |wanted: u8| text.iter().any(|b| kind(b) == wanted);
    let turns = text.windows(2).filter(|pair| kind(&pair[0]) != kind(&pair[1])).count();
    (has(2) || has(3)) && (has(1) || (has(2) && has(3))) && turns * 4 >= text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_shows_by_length() {
        for (length, shown) in [(0, 0), (1, 0), (15, 0), (16, 4), (23, 4), (24, 8), (160, 8)] {
            let secret = "x".repeat(length);
            assert_eq!(mask(secret.as_bytes()).matches('x').count(), shown, "{length}");
        }
    }

    #[test]
    fn a_mask_counts_characters_and_never_prints_controls() {
        assert_eq!(mask("密钥密钥密钥密钥密钥密钥密钥密钥".as_bytes()), "密钥****密钥");
        let mut hostile = vec![0x1b, b'[', b'2', b'J'];
        hostile.extend([b'a'; 40]);
        hostile.push(0xff);
        assert_eq!(mask(&hostile), "?[2J****aaa?");
    }

    #[test]
    fn characters_are_counted_as_a_replacing_decoder_does() {
        assert_eq!(count_chars("aé密".as_bytes()), 3);
        assert_eq!(count_chars(b"a\xffb\xe5\xaf"), 4);
    }

    #[test]
    fn bidi_and_controls_are_spelled_out() {
        assert_eq!(printable("plain"), "plain");
        assert_eq!(printable("\u{1b}[0m\u{2066}x"), "\\u{1b}[0m\\u{2066}x");
    }
}
