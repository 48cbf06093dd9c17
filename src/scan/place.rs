//! Where a byte stands, as people and programs count: lines and columns from 1, columns in
//! characters, in UTF-16 units and in UTF-8 bytes.
//!
//! A file is read in parts, so a place is first found relative to its part ([`Spot`]) and becomes a
//! line and a column once the parts before it are counted ([`Base`]). UTF-16 text is counted in its
//! own characters. A byte order mark is no column.

use std::ops::Range;

use super::encoding::{Encoding, Width, as_i64};

/// A place relative to its part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    /// Line ends between the part's first owned byte and here; negative before it.
    lines: i64,
    /// What stands before it on its line, as far as the part shows the line.
    before: Width,
    /// True where the part shows the line's start; otherwise `before` counts from the first owned byte.
    exact: bool,
}

/// What the parts before a part add to its places.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Base {
    lines: i64,
    before: Width,
}

impl Base {
    /// Line and column, both from 1.
    pub(super) fn place(self, spot: Spot) -> (usize, Width<usize>) {
        let before = if spot.exact { spot.before } else { self.before + spot.before };
        let from_one = |n: i64| usize::try_from(n.max(0)).unwrap_or(usize::MAX).saturating_add(1);
        (from_one(self.lines + spot.lines), before.map(from_one))
    }

    /// The base of the next part.
    pub(super) fn after(self, counted: Counted) -> Self {
        let carried = if counted.newlines == 0 { self.before } else { Width::default() };
        Self {
            lines: self.lines + i64::from(counted.newlines),
            before: carried + counted.tail.map(i64::from),
        }
    }
}

/// What a part adds to the places in the parts after it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counted {
    newlines: u32,
    /// What stands after the last line end, or all where there is none. Narrow, since a huge file has
    /// many parts.
    tail: Width<u32>,
}

/// Counts a part. `owned` is the range of `bytes` that no other part counts.
pub(super) fn count(encoding: Encoding, bytes: &[u8], owned: Range<usize>, at_start: bool) -> Counted {
    let newlines = encoding.newlines(&bytes[owned.clone()]);
    let from = match encoding.after_last_newline(&bytes[owned.clone()]) {
        Some(after) => owned.start + after,
        None if at_start => (owned.start + encoding.mark_length(bytes)).min(owned.end),
        None => owned.start,
    };
    let tail = encoding.width(bytes, from..owned.end);
    Counted {
        newlines: u32::try_from(newlines).unwrap_or(u32::MAX),
        tail: tail.map(|n| u32::try_from(n).unwrap_or(u32::MAX)),
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
        let before = match start {
            Some(start) => encoding.width(bytes, start..at),
            None => -encoding.width(bytes, at..owned.max(at)),
        };
        let mut here = Self { encoding, bytes, at, spot: Spot { lines, before, exact: start.is_some() } };
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
                self.spot.before = Width::default();
                self.at + after
            }
            None => self.at,
        };
        self.spot.lines += as_i64(newlines);
        self.spot.before += self.encoding.width(self.bytes, from..to);
        self.at = to;
        self.spot
    }

    fn skip_mark(&mut self, at_start: bool) {
        if at_start && self.at == 0 {
            self.at = self.encoding.mark_length(self.bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn utf16(text: &str, big: bool, mark: bool) -> Vec<u8> {
        let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
        units.flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    }

    fn place_of(bytes: &[u8], at: usize) -> (usize, [usize; 3]) {
        let mut locator = Locator::new(Encoding::of(bytes), bytes, 0, true, 0);
        let (line, Width { chars, utf16, utf8 }) = Base::default().place(locator.advance(at));
        (line, [chars, utf16, utf8])
    }

    #[test]
    fn columns_count_what_each_reader_counts_and_no_byte_order_mark() {
        assert_eq!(place_of("é密x".as_bytes(), 5), (1, [3, 3, 6]));
        assert_eq!(place_of("é😀x".as_bytes(), 6), (1, [3, 4, 7]));
        assert_eq!(place_of(b"a\xff\xfeb", 3), (1, [4, 4, 4]));
        assert_eq!(place_of(b"\xef\xbb\xbfab", 4), (1, [2, 2, 2]));
        assert_eq!(place_of(b"a\r\nbc", 4), (2, [2, 2, 2]));
        let wide = utf16("密😀x\ny", false, true);
        assert_eq!(place_of(&wide, 2 + 2 + 4), (1, [3, 4, 8]));
        assert_eq!(place_of(&wide, wide.len() - 2), (2, [1, 1, 1]));
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
