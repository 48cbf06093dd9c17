//! Where a byte stands, as people count: lines and columns from 1, columns in characters.
//!
//! A file is read in parts, so a place is first found relative to its part ([`Spot`]) and becomes a
//! line and a column once the parts before it are counted ([`Base`]). Everything here adds up over
//! any way of cutting: a character that lies across two parts is counted once, by the part in which
//! it begins. UTF-16 text is counted in its own characters; bytes that are no text count as a
//! decoder that puts in U+FFFD shows them. A byte order mark is no column.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memrchr};

use crate::text::count_chars;

/// How the bytes of a file stand for characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// UTF-8, ASCII, and everything that is not known to be something else.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
}

/// How much of a file's start is looked at for UTF-16 without a byte order mark.
const SAMPLE: usize = 4096;

impl Encoding {
    /// The encoding that a file's first bytes speak for.
    pub(super) fn of(head: &[u8]) -> Self {
        match head {
            [0xff, 0xfe, ..] => return Self::Utf16Le,
            [0xfe, 0xff, ..] => return Self::Utf16Be,
            _ => {}
        }
        let sample = &head[..head.len().min(SAMPLE) & !1];
        // A file of two letters proves nothing, and a text file has no NUL at all.
        if sample.len() < 4 || memchr(0, sample).is_none() {
            return Self::Utf8;
        }
        let nuls = |first: usize| sample.iter().skip(first).step_by(2).filter(|b| **b == 0).count();
        let (even, odd, pairs) = (nuls(0), nuls(1), sample.len() / 2);
        let (most, none) = (|n: usize| n * 10 >= pairs * 9, |n: usize| n * 10 <= pairs);
        if most(odd) && none(even) {
            Self::Utf16Le
        } else if most(even) && none(odd) {
            Self::Utf16Be
        } else {
            Self::Utf8
        }
    }

    /// How many bytes at the start of a file are its byte order mark.
    pub(super) fn mark_length(self, head: &[u8]) -> usize {
        match (self, head) {
            (Self::Utf8, [0xef, 0xbb, 0xbf, ..]) => 3,
            (Self::Utf16Le, [0xff, 0xfe, ..]) | (Self::Utf16Be, [0xfe, 0xff, ..]) => 2,
            _ => 0,
        }
    }

    /// How many line ends stand in `bytes`.
    pub(super) fn newlines(self, bytes: &[u8]) -> usize {
        match self {
            Self::Utf8 => memchr_iter(b'\n', bytes).count(),
            _ => self.units(bytes).filter(|u| *u == NEWLINE).count(),
        }
    }

    /// The byte after the last line end in `bytes`.
    pub(super) fn after_last_newline(self, bytes: &[u8]) -> Option<usize> {
        match self {
            Self::Utf8 => memrchr(b'\n', bytes).map(|at| at + 1),
            _ => self.units(bytes).rposition(|u| u == NEWLINE).map(|at| at * 2 + 2),
        }
    }

    /// Where the first line end in `bytes` begins.
    pub(super) fn first_newline(self, bytes: &[u8]) -> Option<usize> {
        match self {
            Self::Utf8 => memchr(b'\n', bytes),
            _ => self.units(bytes).position(|u| u == NEWLINE).map(|at| at * 2),
        }
    }

    /// The end of this range of `bytes` without the line ends that it may close with: the last line
    /// of a key block is the line of its last character.
    pub(super) fn trim_newlines(self, bytes: &[u8], range: Range<usize>) -> usize {
        let is_end = |unit: u16| unit == NEWLINE || unit == u16::from(b'\r');
        let text = &bytes[range.clone()];
        let trailing = match self {
            Self::Utf8 => text.iter().rev().take_while(|b| is_end(u16::from(**b))).count(),
            _ => self.units(text).rev().take_while(|u| is_end(*u)).count() * 2,
        };
        if trailing == text.len() { range.end } else { range.end - trailing }
    }

    /// How many characters begin in this range of `bytes`. Adds up over neighbouring ranges as long
    /// as `bytes` shows what stands around them.
    pub(super) fn chars(self, bytes: &[u8], range: Range<usize>) -> usize {
        match self {
            Self::Utf8 => {
                let from = unit_start(bytes, range.start);
                let to = unit_start(bytes, range.end);
                count_fast(&bytes[from.min(to)..to])
            }
            _ => {
                let (from, to) = (range.start & !1, range.end & !1);
                let before = self.units(&bytes[..from]).next_back().unwrap_or(0);
                let mut high = is_high(before);
                let mut count = 0;
                for unit in self.units(&bytes[from.min(to)..to]) {
                    count += usize::from(!(high && is_low(unit)));
                    high = is_high(unit);
                }
                count
            }
        }
    }

    /// The text of `bytes`, with U+FFFD for what is none.
    pub(super) fn decode(self, bytes: &[u8]) -> String {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            _ => char::decode_utf16(self.units(bytes))
                .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect(),
        }
    }

    /// The bytes of a text.
    pub(super) fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Self::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        }
    }

    /// Moves `at` back to where a character can begin.
    pub(super) fn align(self, bytes: &[u8], at: usize) -> usize {
        match self {
            Self::Utf8 => unit_start(bytes, at),
            _ => at & !1,
        }
    }

    fn units(self, bytes: &[u8]) -> impl DoubleEndedIterator<Item = u16> + ExactSizeIterator + '_ {
        let big = self == Self::Utf16Be;
        bytes.chunks_exact(2).map(move |p| {
            let pair = [p[0], p[1]];
            if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
        })
    }
}

const NEWLINE: u16 = 0x0a;

fn is_high(unit: u16) -> bool {
    (0xd800..0xdc00).contains(&unit)
}

fn is_low(unit: u16) -> bool {
    (0xdc00..0xe000).contains(&unit)
}

/// Where the UTF-8 character (or the broken part of one) that covers the border before `at` begins;
/// `at` itself where nothing lies across it.
fn unit_start(bytes: &[u8], at: usize) -> usize {
    if at >= bytes.len() || !is_continuation(bytes[at]) {
        return at.min(bytes.len());
    }
    // Only a lead byte opens a unit, and a unit has at most four bytes.
    for lead in (at.saturating_sub(3)..at).rev() {
        if is_continuation(bytes[lead]) {
            continue;
        }
        let end = bytes.len().min(lead + 4);
        let reach = bytes[lead..end]
            .utf8_chunks()
            .next()
            .map_or(0, |chunk| chunk.valid().chars().next().map_or(chunk.invalid().len(), char::len_utf8));
        return if lead + reach > at { lead } else { at };
    }
    at
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// As [`count_chars`], which is exact, but at memory speed where the bytes are sound.
fn count_fast(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.chars().count(),
        Err(_) => count_chars(bytes),
    }
}

/// A place relative to its part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    /// Line ends between the part's first owned byte and here; negative before it.
    lines: i64,
    /// Characters before this one on its line, as far as the part shows the line.
    chars: i64,
    /// True where the part shows the line's start; otherwise `chars` counts from the first owned byte.
    exact: bool,
}

/// What the parts before a part add to its places.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Base {
    lines: i64,
    chars: i64,
}

impl Base {
    /// Line and column, both from 1.
    pub(super) fn place(self, spot: Spot) -> (usize, usize) {
        let chars = if spot.exact { spot.chars } else { self.chars + spot.chars };
        let from_one = |n: i64| usize::try_from(n.max(0)).unwrap_or(usize::MAX).saturating_add(1);
        (from_one(self.lines + spot.lines), from_one(chars))
    }

    /// The base of the next part.
    pub(super) fn after(self, counted: Counted) -> Self {
        let carried = if counted.newlines == 0 { self.chars } else { 0 };
        Self { lines: self.lines + i64::from(counted.newlines), chars: carried + i64::from(counted.tail) }
    }
}

/// What a part adds to the places in the parts after it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counted {
    newlines: u32,
    /// Characters after the last line end, or all where there is none.
    tail: u32,
}

/// Counts a part. `owned` is the range of `bytes` that no other part counts.
pub(super) fn count(encoding: Encoding, bytes: &[u8], owned: Range<usize>, at_start: bool) -> Counted {
    let newlines = encoding.newlines(&bytes[owned.clone()]);
    let from = match encoding.after_last_newline(&bytes[owned.clone()]) {
        Some(after) => owned.start + after,
        None if at_start => (owned.start + encoding.mark_length(bytes)).min(owned.end),
        None => owned.start,
    };
    let tail = encoding.chars(bytes, from..owned.end);
    Counted {
        newlines: u32::try_from(newlines).unwrap_or(u32::MAX),
        tail: u32::try_from(tail).unwrap_or(u32::MAX),
    }
}

/// Walks forward over a part and tells where it is; each byte is looked at once, however many
/// places are asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Locator<'a> {
    encoding: Encoding,
    bytes: &'a [u8],
    at: usize,
    spot: Spot,
}

impl<'a> Locator<'a> {
    /// A locator that will be asked for places from `first` on. `owned` is where the part's own
    /// bytes begin; `at_start` tells that `bytes` begins at the file's first byte.
    pub(super) fn new(
        encoding: Encoding,
        bytes: &'a [u8],
        owned: usize,
        at_start: bool,
        first: usize,
    ) -> Self {
        let at = encoding.align(bytes, first.min(owned));
        let line = encoding.after_last_newline(&bytes[..at]);
        let start = match line {
            Some(after) => Some(after),
            None if at_start => Some(encoding.mark_length(bytes).min(at)),
            None => None,
        };
        let lines = -as_i64(encoding.newlines(&bytes[at..owned.max(at)]));
        let chars = match start {
            Some(start) => as_i64(encoding.chars(bytes, start..at)),
            None => -as_i64(encoding.chars(bytes, at..owned.max(at))),
        };
        let mut here = Self { encoding, bytes, at, spot: Spot { lines, chars, exact: start.is_some() } };
        here.skip_mark(at_start);
        here
    }

    /// The place of the byte `to`, which must not stand before the one asked for last.
    pub(super) fn advance(&mut self, to: usize) -> Spot {
        let to = to.min(self.bytes.len());
        if to <= self.at {
            return self.spot;
        }
        let run = &self.bytes[self.at..to];
        let newlines = self.encoding.newlines(run);
        let from = match self.encoding.after_last_newline(run) {
            Some(after) => {
                self.spot.exact = true;
                self.spot.chars = 0;
                self.at + after
            }
            None => self.at,
        };
        self.spot.lines += as_i64(newlines);
        self.spot.chars += as_i64(self.encoding.chars(self.bytes, from..to));
        self.at = to;
        self.spot
    }

    fn skip_mark(&mut self, at_start: bool) {
        if at_start && self.at == 0 {
            self.at = self.encoding.mark_length(self.bytes);
        }
    }
}

fn as_i64(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn utf16(text: &str, big: bool, mark: bool) -> Vec<u8> {
        let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
        units.flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    }

    fn place_of(bytes: &[u8], at: usize) -> (usize, usize) {
        let mut locator = Locator::new(Encoding::of(bytes), bytes, 0, true, 0);
        Base::default().place(locator.advance(at))
    }

    #[test]
    fn utf16_is_known_by_its_mark_or_by_its_zeros() {
        assert_eq!(Encoding::of(&utf16("a=b", false, true)), Encoding::Utf16Le);
        assert_eq!(Encoding::of(&utf16("a=b", true, true)), Encoding::Utf16Be);
        assert_eq!(Encoding::of(&utf16("secret=1", false, false)), Encoding::Utf16Le);
        assert_eq!(Encoding::of(&utf16("secret=1", true, false)), Encoding::Utf16Be);
        assert_eq!(Encoding::of(b"secret=1"), Encoding::Utf8);
        assert_eq!(Encoding::of(b"\0\0\0\0\0\0\0\0"), Encoding::Utf8);
        assert_eq!(Encoding::of(b""), Encoding::Utf8);
    }

    #[test]
    fn columns_count_characters_and_no_byte_order_mark() {
        assert_eq!(place_of("é密x".as_bytes(), 5), (1, 3));
        assert_eq!(place_of(b"\xef\xbb\xbfab", 4), (1, 2));
        assert_eq!(place_of(b"a\r\nbc", 4), (2, 2));
        let wide = utf16("密😀x\ny", false, true);
        assert_eq!(place_of(&wide, 2 + 2 + 4), (1, 3));
        assert_eq!(place_of(&wide, wide.len() - 2), (2, 1));
    }

    #[test]
    fn line_ends_at_the_end_are_no_text() {
        assert_eq!(Encoding::Utf8.trim_newlines(b"xab\r\n\0", 1..5), 3);
        assert_eq!(Encoding::Utf8.trim_newlines(b"\n\n", 0..2), 2);
        let wide = utf16("ab\r\n", false, false);
        assert_eq!(Encoding::Utf16Le.trim_newlines(&wide, 0..8), 4);
    }

    #[test]
    fn a_broken_character_across_a_border_counts_once() {
        let bytes = b"a\xe5\xafz\xe5\xaf\x86";
        let whole = Encoding::Utf8.chars(bytes, 0..bytes.len());
        assert_eq!(whole, 4);
        for cut in 0..=bytes.len() {
            let sum = Encoding::Utf8.chars(bytes, 0..cut) + Encoding::Utf8.chars(bytes, cut..bytes.len());
            assert_eq!(sum, whole, "cut at {cut}");
        }
    }

    fn soup() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just(b"\n".to_vec()),
            Just("密".as_bytes().to_vec()),
            Just("😀".as_bytes().to_vec()),
            Just(b"ab".to_vec()),
            proptest::collection::vec(any::<u8>(), 1..3),
        ];
        proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            rng_seed: proptest::test_runner::RngSeed::Fixed(4),
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        /// Places found part by part are the places found in the whole, whatever the parts.
        #[test]
        fn parts_add_up(bytes in soup(), size in 1usize..12, form in 0..3) {
            let (encoding, size) = match form {
                0 => (Encoding::Utf8, size),
                1 => (Encoding::Utf16Le, size * 2),
                _ => (Encoding::Utf16Be, size * 2),
            };
            let mut base = Base::default();
            for (index, start) in (0..bytes.len()).step_by(size).enumerate() {
                let end = bytes.len().min(start + size);
                // A part sees its neighbours, as the scan gives them to it, but not the whole.
                let from = start.saturating_sub(8);
                let seen = &bytes[from..bytes.len().min(end + 8)];
                let owned = start - from;
                for at in start..end {
                    if encoding.align(&bytes, at) != at {
                        continue;
                    }
                    let mut whole = Locator::new(encoding, &bytes, 0, true, 0);
                    let mut part = Locator::new(encoding, seen, owned, from == 0, at - from);
                    prop_assert_eq!(
                        base.place(part.advance(at - from)),
                        Base::default().place(whole.advance(at)),
                        "part {} byte {}", index, at
                    );
                }
                base = base.after(count(encoding, seen, owned..end - from, from == 0));
            }
        }
    }
}
