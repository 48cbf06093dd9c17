//! The first look at every byte: where could a credential be at all?
//!
//! Scanning time is this file. It walks the bytes once and gives positions where one of three things
//! holds: the four bytes from here may be the core of a keyword ([`Hit::Core`]), a long run of letters
//! and digits passes here ([`Hit::Run`]), or here stands ASCII text in UTF-16 ([`Hit::Wide`]). All
//! three may be wrong; none is ever missed. Whoever takes a hit looks closer.
//!
//! A core is four bytes, each of a small class, letters in either case. Membership is decided by the
//! "shufti" method: two 16-entry tables per position, one for the low and one for the high half of
//! the byte, each entry a set of eight buckets; the four positions are intersected. That is eight
//! byte shuffles for 32 positions with AVX2. The same tables drive the portable twin, which a
//! property test compares with it.

use std::ops::Range;

/// What may stand at a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hit {
    /// The four bytes from here are perhaps a core.
    Core(usize),
    /// The 16 bytes from here are letters and digits, and the 16 before them are not or not in range.
    Run(usize),
    /// The 16 bytes from here are ASCII characters in UTF-16, and the 16 before them are not or not in range.
    Wide(usize),
}

/// One byte of a core: the set of bytes that may stand there.
pub(crate) type Class = Vec<u8>;

/// Four classes.
pub(crate) type Core = [Class; 4];

/// How many sets of cores are told apart.
const BUCKETS: usize = 8;

/// The block that is looked at in one step.
const BLOCK: usize = 32;

/// Half of a block: the unit of runs.
const HALF: usize = 16;

/// The tables.
#[derive(Debug, Clone)]
pub(crate) struct Prefilter {
    /// Per position: buckets by low half, buckets by high half.
    tables: [[[u8; 16]; 2]; 4],
}

impl Prefilter {
    /// Builds the tables. Cores that begin alike share a bucket, so that their union stays small.
    pub(crate) fn new(cores: &[Core]) -> Self {
        let mut order: Vec<&Core> = cores.iter().collect();
        order.sort();
        let mut tables = [[[0u8; 16]; 2]; 4];
        for (i, core) in order.iter().enumerate() {
            let bucket = 1u8 << (i * BUCKETS / order.len().max(1));
            for (table, class) in tables.iter_mut().zip(core.iter()) {
                for &byte in class {
                    table[0][usize::from(byte & 15)] |= bucket;
                    table[1][usize::from(byte >> 4)] |= bucket;
                }
            }
        }
        Self { tables }
    }

    /// Puts every hit at a position in `range` into `hits`, in order of position. What lies outside
    /// of `range` is looked at for context only.
    pub(crate) fn find(&self, bytes: &[u8], range: Range<usize>, hits: &mut Vec<Hit>) {
        #[cfg(target_arch = "x86_64")]
        if avx2::available() {
            return avx2::find(self, bytes, range, hits);
        }
        self.find_portable(bytes, range, Classes::NONE, hits);
    }

    /// The portable twin; `before` is what stands before the range.
    fn find_portable(&self, bytes: &[u8], range: Range<usize>, mut before: Classes, hits: &mut Vec<Hit>) {
        let mut at = range.start;
        while at < range.end {
            let n = (range.end - at).min(BLOCK);
            let mut core = 0u32;
            for i in 0..n {
                core |= u32::from(self.core_at(bytes, at + i)) << i;
            }
            let halves = [Classes::of(bytes, at), Classes::of(bytes, at + HALF)];
            emit(at, n, core, halves, &mut before, hits);
            at += BLOCK;
        }
    }

    /// Whether the four bytes at `at` pass the tables.
    fn core_at(&self, bytes: &[u8], at: usize) -> bool {
        let Some(four) = bytes.get(at..at + 4) else { return false };
        let mut buckets = 0xff;
        for (table, &byte) in self.tables.iter().zip(four) {
            buckets &= table[0][usize::from(byte & 15)] & table[1][usize::from(byte >> 4)];
        }
        buckets != 0
    }
}

/// What a half block consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Classes {
    /// Letters and digits only.
    run: bool,
    /// Printable ASCII and NUL by turns.
    wide: bool,
}

impl Classes {
    /// Neither.
    const NONE: Self = Self { run: false, wide: false };

    /// Of the half block at `at`; a half block that is cut off by the end of the bytes is nothing.
    fn of(bytes: &[u8], at: usize) -> Self {
        let Some(half) = bytes.get(at..at + HALF) else { return Self::NONE };
        let printable = |b: u8| (0x20..0x7f).contains(&b);
        let even = half.iter().step_by(2);
        let odd = half.iter().skip(1).step_by(2);
        Self {
            run: half.iter().all(u8::is_ascii_alphanumeric),
            wide: (even.clone().all(|&b| printable(b)) && odd.clone().all(|&b| b == 0))
                || (even.clone().all(|&b| b == 0) && odd.clone().all(|&b| printable(b))),
        }
    }
}

/// Turns the masks of one block into hits, in order.
fn emit(at: usize, n: usize, core: u32, halves: [Classes; 2], before: &mut Classes, hits: &mut Vec<Hit>) {
    for (i, classes) in halves.into_iter().enumerate() {
        let start = i * HALF;
        if start >= n {
            break;
        }
        if classes.run && !before.run {
            hits.push(Hit::Run(at + start));
        }
        if classes.wide && !before.wide {
            hits.push(Hit::Wide(at + start));
        }
        *before = classes;
        let mut bits = (core >> start) & 0xffff;
        while bits != 0 {
            hits.push(Hit::Core(at + start + bits.trailing_zeros() as usize));
            bits &= bits - 1;
        }
    }
}

/// The AVX2 twin: 3 to 8 times the speed of the portable one, which is most of the scanner's time.
///
/// The one `unsafe` is the call of a function compiled for AVX2. It is sound because the processor
/// was asked first; the function itself is safe code over slices.
#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::{
        __m256i, _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_cmpgt_epi8, _mm256_movemask_epi8,
        _mm256_or_si256, _mm256_set_epi64x, _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8,
        _mm256_srli_epi16,
    };
    use std::ops::Range;

    use super::{BLOCK, Classes, Hit, Prefilter, emit};

    /// Whether this processor has it; the standard library asks once.
    pub(super) fn available() -> bool {
        std::arch::is_x86_feature_detected!("avx2")
    }

    pub(super) fn find(filter: &Prefilter, bytes: &[u8], range: Range<usize>, hits: &mut Vec<Hit>) {
        // A block needs three bytes more than its own for the cores that begin in it.
        let whole = range.end.min(bytes.len().saturating_sub(3));
        let blocks = whole.saturating_sub(range.start) / BLOCK;
        let rest = range.start + blocks * BLOCK;
        #[allow(unsafe_code, reason = "available() has found AVX2 on this processor")]
        let before = unsafe { find_blocks(filter, bytes, range.start..rest, hits) };
        filter.find_portable(bytes, rest..range.end.max(rest), before, hits);
    }

    #[target_feature(enable = "avx2")]
    fn find_blocks(filter: &Prefilter, bytes: &[u8], range: Range<usize>, hits: &mut Vec<Hit>) -> Classes {
        let t: [[__m256i; 2]; 4] = filter.tables.map(|pair| pair.map(|table| twice(&table)));
        let low = _mm256_set1_epi8(15);
        let zero = _mm256_setzero_si256();
        let mut before = Classes::NONE;
        let mut at = range.start;
        while at < range.end {
            let mut buckets = _mm256_set1_epi8(-1);
            let mut first = zero;
            for (i, table) in t.iter().enumerate() {
                let block = load(bytes, at + i);
                if i == 0 {
                    first = block;
                }
                let lo = _mm256_shuffle_epi8(table[0], _mm256_and_si256(block, low));
                let hi = _mm256_shuffle_epi8(table[1], _mm256_and_si256(_mm256_srli_epi16(block, 4), low));
                buckets = _mm256_and_si256(buckets, _mm256_and_si256(lo, hi));
            }
            let core = !(_mm256_movemask_epi8(_mm256_cmpeq_epi8(buckets, zero)) as u32);
            let run = alphanumeric(first);
            let nul = _mm256_movemask_epi8(_mm256_cmpeq_epi8(first, zero)) as u32;
            let full = |mask: u32, half: u32| (mask >> (16 * half)) & 0xffff == 0xffff;
            let maybe_wide = nul.count_ones() >= 8;
            if core != 0 || maybe_wide || full(run, 0) || full(run, 1) {
                let halves = [0u32, 1].map(|h| Classes {
                    run: full(run, h),
                    wide: maybe_wide && Classes::of(bytes, at + 16 * h as usize).wide,
                });
                emit(at, BLOCK, core, halves, &mut before, hits);
            } else {
                before = Classes::NONE;
            }
            at += BLOCK;
        }
        before
    }

    /// One bit for each letter or digit.
    #[target_feature(enable = "avx2")]
    fn alphanumeric(block: __m256i) -> u32 {
        let between = |x: __m256i, from: u8, to: u8| {
            let above = _mm256_cmpgt_epi8(x, _mm256_set1_epi8(from as i8 - 1));
            let below = _mm256_cmpgt_epi8(_mm256_set1_epi8(to as i8 + 1), x);
            _mm256_and_si256(above, below)
        };
        let folded = _mm256_or_si256(block, _mm256_set1_epi8(0x20));
        let letters = between(folded, b'a', b'z');
        let digits = between(block, b'0', b'9');
        _mm256_movemask_epi8(_mm256_or_si256(letters, digits)) as u32
    }

    /// The 32 bytes at `at`. Four words put together compile to one unaligned load.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn load(bytes: &[u8], at: usize) -> __m256i {
        let block: &[u8; BLOCK] = bytes[at..at + BLOCK].first_chunk().unwrap_or(&[0; BLOCK]);
        let word = |i: usize| i64::from_le_bytes(std::array::from_fn(|k| block[8 * i + k]));
        _mm256_set_epi64x(word(3), word(2), word(1), word(0))
    }

    /// A 16-byte table in both lanes.
    #[target_feature(enable = "avx2")]
    fn twice(table: &[u8; 16]) -> __m256i {
        let word = |i: usize| i64::from_le_bytes(std::array::from_fn(|k| table[8 * i + k]));
        _mm256_set_epi64x(word(1), word(0), word(1), word(0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fold(text: &[u8; 4]) -> Core {
        text.map(|b| vec![b.to_ascii_lowercase(), b.to_ascii_uppercase()])
    }

    fn filter() -> Prefilter {
        Prefilter::new(&[fold(b"secr"), fold(b"v1.e"), fold(b"icen"), fold(b" -k ")])
    }

    fn find(bytes: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        filter().find(bytes, 0..bytes.len(), &mut hits);
        hits
    }

    #[test]
    fn cores_are_found_in_any_case_and_place() {
        for pad in 0..70 {
            let text = format!("{}sEcR", " ".repeat(pad));
            assert!(find(text.as_bytes()).contains(&Hit::Core(pad)), "{pad}");
        }
        assert_eq!(find(b"nothing to see in here, move along, please"), []);
    }

    #[test]
    fn a_run_of_31_is_always_told_and_told_once() {
        for pad in 0..70 {
            let text = format!("{}{} ", " ".repeat(pad), "a1".repeat(31).split_at(31).0);
            let runs = find(text.as_bytes()).iter().filter(|h| matches!(h, Hit::Run(_))).count();
            assert_eq!(runs, 1, "{pad}");
        }
    }

    #[test]
    fn text_in_utf16_is_told() {
        let wide: Vec<u8> = "device secret key of".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(find(&wide).iter().any(|h| matches!(h, Hit::Wide(_))));
        assert!(!find(&[0; 200]).iter().any(|h| matches!(h, Hit::Wide(_))));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_twins_agree(
            parts in prop::collection::vec(prop::sample::select(vec!["secr", "SECRET", "a1B2a1B2a1B2", "v1.e", "\0", "s\0e\0", " ", "é"]), 0..80),
            cut in 0usize..40,
        ) {
            let text = parts.concat();
            let bytes = text.as_bytes();
            let start = cut.min(bytes.len());
            let mut fast = Vec::new();
            let mut portable = Vec::new();
            filter().find(bytes, start..bytes.len(), &mut fast);
            filter().find_portable(bytes, start..bytes.len(), Classes::NONE, &mut portable);
            prop_assert_eq!(fast, portable);
        }
    }
}
