//! How a file's bytes stand for characters, and how many of them there are in each unit that
//! somebody counts in.
//!
//! Everything here adds up over any way of cutting: a character that lies across a border is counted
//! once, by the side on which it begins. Bytes that are no text count as a decoder that puts in U+FFFD
//! shows them; only columns in UTF-8 bytes take them as they are, since these are the file's bytes.

use std::ops::{Add, AddAssign, Neg, Range};

use memchr::{memchr, memchr_iter, memrchr};

use crate::text::count_chars;

/// How wide text is, in each of the units that reports count columns in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Width<N = i64> {
    /// In characters.
    pub(super) chars: N,
    /// In units of UTF-16, whatever the file's encoding.
    pub(super) utf16: N,
    /// In bytes of UTF-8, whatever the file's encoding.
    pub(super) utf8: N,
}

impl<N> Width<N> {
    /// The same in another kind of number.
    pub(super) fn map<M>(self, of: impl Fn(N) -> M) -> Width<M> {
        Width { chars: of(self.chars), utf16: of(self.utf16), utf8: of(self.utf8) }
    }
}

impl Add for Width {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            chars: self.chars + other.chars,
            utf16: self.utf16 + other.utf16,
            utf8: self.utf8 + other.utf8,
        }
    }
}

impl AddAssign for Width {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Neg for Width {
    type Output = Self;

    fn neg(self) -> Self {
        self.map(|n| -n)
    }
}

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

    /// How wide the characters are that begin in this range of `bytes`. Adds up over neighbouring
    /// ranges as long as `bytes` shows what stands around them.
    pub(super) fn width(self, bytes: &[u8], range: Range<usize>) -> Width {
        match self {
            Self::Utf8 => {
                let from = unit_start(bytes, range.start);
                let to = unit_start(bytes, range.end);
                width_of_utf8(&bytes[from.min(to)..to])
            }
            _ => {
                let (from, to) = (range.start & !1, range.end & !1);
                let units = self.units(&bytes[from.min(to)..to]);
                let before = self.units(&bytes[..from]).next_back();
                width_of_utf16(before, units, self.units(&bytes[to..]).next())
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

fn width_of_utf8(bytes: &[u8]) -> Width {
    // At memory speed where the bytes are sound.
    let (chars, sound) = match std::str::from_utf8(bytes) {
        Ok(text) => (text.chars().count(), true),
        Err(_) => (count_chars(bytes), false),
    };
    // Only characters of four bytes take two units.
    let long = if sound {
        bytes.iter().filter(|b| **b >= 0xf0).count()
    } else {
        bytes.utf8_chunks().flat_map(|c| c.valid().chars()).filter(|c| c.len_utf16() == 2).count()
    };
    Width { chars, utf16: chars + long, utf8: bytes.len() }.map(as_i64)
}

/// `before` and `after` tell whether a pair lies across a border.
fn width_of_utf16(before: Option<u16>, units: impl Iterator<Item = u16>, after: Option<u16>) -> Width {
    let mut width = Width::<usize>::default();
    let mut high = is_high(before.unwrap_or(0));
    let mut units = units.peekable();
    while let Some(unit) = units.next() {
        width.utf16 += 1;
        let second = high && is_low(unit);
        high = is_high(unit);
        if second {
            continue;
        }
        width.chars += 1;
        let paired = high && units.peek().copied().or(after).is_some_and(is_low);
        // Half a pair is shown as U+FFFD, which is what the default stands for.
        let alone = char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER);
        width.utf8 += if paired { 4 } else { alone.len_utf8() };
    }
    width.map(as_i64)
}

/// A count as a number that can be taken away from another.
pub(super) fn as_i64(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, big: bool, mark: bool) -> Vec<u8> {
        let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
        units.flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
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
    fn line_ends_at_the_end_are_no_text() {
        assert_eq!(Encoding::Utf8.trim_newlines(b"xab\r\n\0", 1..5), 3);
        assert_eq!(Encoding::Utf8.trim_newlines(b"\n\n", 0..2), 2);
        let wide = utf16("ab\r\n", false, false);
        assert_eq!(Encoding::Utf16Le.trim_newlines(&wide, 0..8), 4);
    }

    #[test]
    fn a_broken_character_across_a_border_counts_once() {
        let bytes = b"a\xe5\xafz\xe5\xaf\x86";
        let width = |range| Encoding::Utf8.width(bytes, range);
        let whole = width(0..bytes.len());
        assert_eq!(whole, Width { chars: 4, utf16: 4, utf8: 7 });
        for cut in 0..=bytes.len() {
            assert_eq!(width(0..cut) + width(cut..bytes.len()), whole, "cut at {cut}");
        }
    }

    #[test]
    fn each_encoding_is_as_wide_as_its_text() {
        let text = "aé密😀\u{10ffff}z";
        let truth = Width { chars: 6, utf16: 8, utf8: 15 };
        assert_eq!(Encoding::Utf8.width(text.as_bytes(), 0..15), truth);
        for (encoding, big) in [(Encoding::Utf16Le, false), (Encoding::Utf16Be, true)] {
            let bytes = utf16(text, big, false);
            assert_eq!(encoding.width(&bytes, 0..bytes.len()), truth);
            for cut in (0..=bytes.len()).step_by(2) {
                let sum = encoding.width(&bytes, 0..cut) + encoding.width(&bytes, cut..bytes.len());
                assert_eq!(sum, truth, "cut at {cut}");
            }
        }
    }

    #[test]
    fn half_a_pair_is_one_replacement_character() {
        let halves: Vec<u8> =
            [0xd83d_u16, 0xd83d, 0xde00, 0xde00].iter().flat_map(|u| u.to_le_bytes()).collect();
        assert_eq!(Encoding::Utf16Le.width(&halves, 0..8), Width { chars: 3, utf16: 4, utf8: 10 });
    }
}
