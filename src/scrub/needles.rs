//! Finds many exact byte strings in one pass, however many there are.
//!
//! Every string is at least eight bytes long, so that not every place has to be looked at: of each, as
//! many neighbouring pieces are remembered as the looks are apart, and one of them lies under a look
//! wherever the string stands. A look is one load, one multiplication and one test of two bits of a
//! filter; what passes is looked up and compared. Which pieces of a string are remembered is free, and
//! the rarest are taken: secrets of one service often begin alike.
//!
//! What is remembered of the strings, hashes included, is wiped on drop.

use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::text::Span;

/// The shortest string.
pub(super) const SHORTEST: usize = 8;

/// From this length on a string is looked for by pieces of eight bytes.
const LONG: usize = 16;

/// So many pieces fit a filter that stays in the caches; the more strings, the closer the looks.
const PIECES: usize = 1 << 15;

/// Looks are not further apart: what is won is little, and texts are short.
const FURTHEST: usize = 64;

/// The strings.
pub(super) struct Needles {
    groups: Vec<Group>,
    bytes: Zeroizing<Vec<u8>>,
    /// Where each stands in the bytes.
    spans: Vec<(u32, u32)>,
}

/// Strings that are looked for in the same way.
struct Group {
    /// The bytes of a piece, of eight.
    mask: u64,
    width: usize,
    /// How far looks are apart.
    stride: usize,
    /// Two bits for each piece, in the word that the upper bits of its hash name.
    filter: Zeroizing<Vec<u64>>,
    filter_shift: u32,
    /// Where the pieces begin whose hashes have the same upper bits.
    heads: Zeroizing<Vec<u32>>,
    head_shift: u32,
    /// Of each piece: more of its hash, the string, the place in it.
    pieces: Zeroizing<Vec<[u32; 3]>>,
}

impl Needles {
    /// Of these strings, each of at least [`SHORTEST`] bytes.
    ///
    /// # Errors
    /// Where they are shorter, or take more than 4 GiB together.
    pub(super) fn new<T: AsRef<[u8]>>(strings: &[T]) -> Result<Self> {
        let mut all: Vec<&[u8]> = strings.iter().map(AsRef::as_ref).collect();
        all.sort_unstable();
        all.dedup();
        let length: usize = all.iter().map(|s| s.len()).sum();
        let too_many = || Error::invalid("literals: expected less than 4 GiB in all forms together");
        if all.iter().any(|s| s.len() < SHORTEST) {
            return Err(Error::invalid(format!("literals: expected at least {SHORTEST} bytes")));
        }
        let mut needles =
            Self { groups: Vec::new(), bytes: Zeroizing::new(Vec::with_capacity(length)), spans: Vec::new() };
        for string in all {
            let place = |n: usize| u32::try_from(n).map_err(|_| too_many());
            needles.spans.push((place(needles.bytes.len())?, place(string.len())?));
            needles.bytes.extend_from_slice(string);
        }
        let long = |i: &u32| needles.string(*i).len() >= LONG;
        let (long, short): (Vec<u32>, Vec<u32>) = (0..needles.spans.len() as u32).partition(long);
        for (strings, width) in [(short, 6), (long, 8)] {
            if !strings.is_empty() {
                let group = Group::new(&needles, &strings, width).ok_or_else(too_many)?;
                needles.groups.push(group);
            }
        }
        Ok(needles)
    }

    /// Gives every occurrence of every string to `sink`, in no particular order.
    ///
    /// Time is linear in the text, times the length of a string where the text repeats a string that
    /// repeats itself.
    pub(super) fn find(&self, text: &[u8], sink: &mut impl FnMut(Span)) {
        self.groups.iter().for_each(|group| group.find(self, text, sink));
    }

    fn string(&self, index: u32) -> &[u8] {
        let (start, length) = self.spans[index as usize];
        &self.bytes[start as usize..][..length as usize]
    }
}

impl Group {
    /// Of the strings with these numbers; nothing where their pieces are too many.
    fn new(needles: &Needles, strings: &[u32], width: usize) -> Option<Self> {
        let shortest = strings.iter().map(|i| needles.string(*i).len()).min()?;
        let apart = (PIECES / strings.len()).clamp(4, FURTHEST);
        let stride = apart.min(shortest + 1 - width);
        let count = strings.len().checked_mul(stride).filter(|n| u32::try_from(*n).is_ok())?;
        let mask = u64::MAX >> (64 - 8 * width);
        let hash = |string: &[u8], at: usize| hash(piece(string, at) & mask);

        let seen = Seen::of(strings.iter().map(|i| needles.string(*i)), width, &hash);
        let mut all: Zeroizing<Vec<(u64, u32, u32)>> = Zeroizing::new(Vec::with_capacity(count));
        for &index in strings {
            let string = needles.string(index);
            let from = seen.rarest(string, width, stride, &hash);
            all.extend((from..from + stride).map(|at| (hash(string, at), index, at as u32)));
        }
        all.sort_unstable();

        let words = (count / 4).next_power_of_two().max(64);
        let filter_shift = u64::BITS - words.trailing_zeros();
        let mut filter = Zeroizing::new(vec![0; words]);
        all.iter().for_each(|(hash, ..)| filter[(hash >> filter_shift) as usize] |= bits(*hash));
        let heads = count.next_power_of_two().max(64);
        let head_shift = u64::BITS - heads.trailing_zeros();
        let head = |h: usize| all.partition_point(|(hash, ..)| ((hash >> head_shift) as usize) < h) as u32;
        Some(Self {
            mask,
            width,
            stride,
            filter,
            filter_shift,
            heads: Zeroizing::new((0..=heads).map(head).collect()),
            head_shift,
            pieces: Zeroizing::new(all.iter().map(|&(hash, index, at)| [check(hash), index, at]).collect()),
        })
    }

    fn find(&self, needles: &Needles, text: &[u8], sink: &mut impl FnMut(Span)) {
        let mut at = 0;
        while let Some(eight) = text.get(at..).and_then(|t| t.first_chunk()) {
            let hash = hash(u64::from_le_bytes(*eight) & self.mask);
            if self.may_hold(hash) {
                self.compare(needles, text, at, hash, sink);
            }
            at += self.stride;
        }
        while at + self.width <= text.len() {
            let hash = hash(piece(text, at) & self.mask);
            if self.may_hold(hash) {
                self.compare(needles, text, at, hash, sink);
            }
            at += self.stride;
        }
    }

    #[inline]
    fn may_hold(&self, hash: u64) -> bool {
        let word = self.filter.get((hash >> self.filter_shift) as usize);
        word.is_some_and(|word| word & bits(hash) == bits(hash))
    }

    /// Compares what stands around a piece with the strings that have it.
    #[cold]
    fn compare(&self, needles: &Needles, text: &[u8], at: usize, hash: u64, sink: &mut impl FnMut(Span)) {
        let head = (hash >> self.head_shift) as usize;
        let range = self.heads[head] as usize..self.heads[head + 1] as usize;
        for &[more, index, place] in &self.pieces[range] {
            let Some(start) = at.checked_sub(place as usize).filter(|_| more == check(hash)) else {
                continue;
            };
            let string = needles.string(index);
            if text[start..].starts_with(string) {
                sink(Span::new(start, start + string.len()));
            }
        }
    }
}

/// The eight bytes at `at`, as far as there are any.
pub(super) fn piece(text: &[u8], at: usize) -> u64 {
    let mut eight = [0; 8];
    let here = text.get(at..).unwrap_or_default();
    let length = here.len().min(8);
    eight[..length].copy_from_slice(&here[..length]);
    u64::from_le_bytes(eight)
}

/// All bits of it depend on all bits of the piece.
#[inline]
pub(super) fn hash(piece: u64) -> u64 {
    let product = u128::from(piece ^ 0x243f_6a88_85a3_08d3) * 0x9e37_79b9_7f4a_7c15;
    (product >> 64) as u64 ^ product as u64
}

/// The two bits of a hash in its word of the filter.
#[inline]
pub(super) fn bits(hash: u64) -> u64 {
    1 << (hash & 63) | 1 << ((hash >> 6) & 63)
}

/// What is remembered of a hash besides its upper bits.
fn check(hash: u64) -> u32 {
    (hash >> 12) as u32
}

/// How often pieces stand in all strings, roughly.
struct Seen(Zeroizing<Vec<u16>>);

impl Seen {
    fn of<'s>(
        strings: impl Iterator<Item = &'s [u8]> + Clone,
        width: usize,
        hash: &impl Fn(&[u8], usize) -> u64,
    ) -> Self {
        let total: usize = strings.clone().map(<[u8]>::len).sum();
        let mut seen = Self(Zeroizing::new(vec![0; total.next_power_of_two().clamp(1 << 8, 1 << 22)]));
        for string in strings {
            for at in 0..=string.len() - width {
                let place = seen.place(hash(string, at));
                seen.0[place] = seen.0[place].saturating_add(1);
            }
        }
        seen
    }

    fn place(&self, hash: u64) -> usize {
        hash as usize & (self.0.len() - 1)
    }

    /// Where the `stride` neighbouring pieces begin that stand in the fewest strings.
    fn rarest(
        &self,
        string: &[u8],
        width: usize,
        stride: usize,
        hash: &impl Fn(&[u8], usize) -> u64,
    ) -> usize {
        let often = |at: usize| u64::from(self.0[self.place(hash(string, at))]);
        let mut sum: u64 = (0..stride).map(often).sum();
        let mut best = (sum, 0);
        for from in 1..=string.len() - width + 1 - stride {
            sum = sum + often(from + stride - 1) - often(from - 1);
            best = best.min((sum, from));
        }
        best.1
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::{RngSeed, TestRunner};

    use super::*;

    /// Of a text: one of the strings, or something else.
    type Part = (Option<prop::sample::Index>, Vec<u8>);

    fn naive(strings: &[Vec<u8>], text: &[u8]) -> Vec<Span> {
        let starts = |s: &Vec<u8>| {
            let length = s.len();
            (0..text.len())
                .filter(move |i| text[*i..].starts_with(s))
                .map(move |i| Span::new(i, i + length))
                .collect()
        };
        let mut all: Vec<Span> = strings.iter().flat_map(|s| -> Vec<Span> { starts(s) }).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    fn fast(strings: &[Vec<u8>], text: &[u8]) -> Vec<Span> {
        let mut all = Vec::new();
        Needles::new(strings).expect("long enough").find(text, &mut |span| all.push(span));
        all.sort_unstable();
        // A piece that repeats in its string is found under each of its places.
        all.dedup();
        all
    }

    #[test]
    fn what_is_found_is_what_a_naive_search_finds() {
        let config = ProptestConfig {
            cases: if cfg!(debug_assertions) { 400 } else { 20_000 },
            rng_seed: RngSeed::Fixed(1),
            failure_persistence: None,
            ..ProptestConfig::default()
        };
        // Two letters make strings that overlap, contain each other and repeat themselves.
        let string = |letters: &'static str, longest: usize| {
            prop::collection::vec(prop::sample::select(letters.as_bytes()), SHORTEST..longest)
        };
        let letters = prop::sample::select(vec!["ab", "abcdefgh\0\u{7f}", "a"]);
        let sets = letters.prop_flat_map(move |letters| {
            let part = prop_oneof![
                string(letters, 40).prop_map(|text| (None, text)),
                (any::<prop::sample::Index>(), string(letters, 9)).prop_map(|(i, text)| (Some(i), text)),
            ];
            (prop::collection::vec(string(letters, 70), 1..40), prop::collection::vec(part, 0..12))
        });
        let agree = |(strings, parts): (Vec<Vec<u8>>, Vec<Part>)| {
            let piece = |(index, text): &Part| match index {
                Some(index) => index.get(&strings).clone(),
                None => text.clone(),
            };
            let text: Vec<u8> = parts.iter().flat_map(piece).collect();
            prop_assert_eq!(fast(&strings, &text), naive(&strings, &text));
            Ok(())
        };
        TestRunner::new(config).run(&sets, agree).expect("no counterexample");
    }

    #[test]
    fn thousands_are_found_wherever_they_stand() {
        let strings: Vec<Vec<u8>> = (0..20_000u64)
            .map(|i| format!("sk_live_{:016x}{}", hash(i), "x".repeat(i as usize % 30)).into_bytes())
            .collect();
        let needles = Needles::new(&strings).expect("long enough");
        for (i, string) in strings.iter().enumerate().step_by(7) {
            let text = [&vec![b' '; i % 71][..], string, b" tail"].concat();
            let mut found = Vec::new();
            needles.find(&text, &mut |span| found.push(span));
            assert!(found.contains(&Span::new(i % 71, i % 71 + string.len())), "{i}");
        }
        // Those that begin alike are told apart by what does not.
        let most = needles.groups.iter().flat_map(|g| g.heads.windows(2).map(|h| h[1] - h[0])).max();
        assert!(most.is_some_and(|most| most < 64), "{most:?}");
    }

    #[test]
    fn what_is_too_short_is_refused() {
        assert!(Needles::new(&[b"1234567"]).is_err());
        assert!(Needles::new::<&[u8]>(&[]).is_ok_and(|n| n.groups.is_empty()));
    }
}
