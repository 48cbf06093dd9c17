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
    /// Runs of lower-case hex digits are told from [`HEX_RUN`] on: the trace ids of a log are shorter.
    Run(usize),
    /// The 16 bytes from here are ASCII characters in UTF-16, and the 16 before them are not or not in range.
    Wide(usize),
}

/// The shortest run of lower-case hex digits that may be a key or an encoded text.
const HEX_RUN: usize = 40;

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
    /// One bit for each hash of four folded bytes that are a core: the tables let pass whatever mixes
    /// the cores of a bucket, and most of that ends here.
    exact: Box<[u64; EXACT_BITS / 64]>,
}

/// A power of two; 8 KiB stay in the first-level cache.
const EXACT_BITS: usize = 1 << 16;

impl Prefilter {
    /// Builds the tables.
    pub(crate) fn new(cores: &[Core]) -> Self {
        let mut tables = [[[0u8; 16]; 2]; 4];
        for (bucket, sets) in buckets(cores).iter().enumerate() {
            for (table, set) in tables.iter_mut().zip(sets) {
                let [low, high] = table;
                for (half, (low, high)) in low.iter_mut().zip(high).enumerate() {
                    *low |= u8::from(set.low & (1 << half) != 0) << bucket;
                    *high |= u8::from(set.high & (1 << half) != 0) << bucket;
                }
            }
        }
        let mut exact = Box::new([0; EXACT_BITS / 64]);
        for core in cores {
            for four in product(core) {
                let place = Self::place(four);
                exact[place / 64] |= 1u64 << (place % 64);
            }
        }
        Self { tables, exact }
    }

    fn place(four: [u8; 4]) -> usize {
        let folded = u32::from_le_bytes(four) | 0x2020_2020;
        (folded.wrapping_mul(0x9e37_79b1) >> 16) as usize
    }

    /// Whether the four bytes at `at` are a core, but for hashes that meet.
    #[inline]
    fn is_core(&self, bytes: &[u8], at: usize) -> bool {
        let Some(&four) = bytes.get(at..).and_then(|b| b.first_chunk()) else { return false };
        let place = Self::place(four);
        self.exact[place / 64] & (1 << (place % 64)) != 0
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
            let block = Block { at, length: n, core, halves };
            emit(self, bytes, block, |at| is_trace_id(bytes, at), &mut before, hits);
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
#[inline]
fn emit(
    filter: &Prefilter,
    bytes: &[u8],
    block: Block,
    is_trace_id: impl Fn(usize) -> bool,
    before: &mut Classes,
    hits: &mut Vec<Hit>,
) {
    for (i, classes) in block.halves.into_iter().enumerate() {
        let start = i * HALF;
        if start >= block.length {
            break;
        }
        if classes.run && !before.run && !is_trace_id(block.at + start) {
            hits.push(Hit::Run(block.at + start));
        }
        if classes.wide && !before.wide {
            hits.push(Hit::Wide(block.at + start));
        }
        *before = classes;
        let mut bits = (block.core >> start) & 0xffff;
        while bits != 0 {
            let at = block.at + start + bits.trailing_zeros() as usize;
            if filter.is_core(bytes, at) {
                hits.push(Hit::Core(at));
            }
            bits &= bits - 1;
        }
    }
}

/// Whether the half block at `at` is lower-case hex and its run shorter than [`HEX_RUN`].
fn is_trace_id(bytes: &[u8], at: usize) -> bool {
    let is_part = |b: &&u8| b.is_ascii_alphanumeric();
    let run = || {
        let before = bytes[..at].iter().rev().take(HEX_RUN).take_while(is_part).count();
        let after = bytes[at..].iter().take(HEX_RUN).take_while(is_part).count();
        before + after
    };
    is_lower_hex(bytes, at) && run() < HEX_RUN
}

/// Whether the half block at `at` consists of lower-case hex digits.
#[inline]
fn is_lower_hex(bytes: &[u8], at: usize) -> bool {
    bytes.get(at..).and_then(|b| b.first_chunk::<HALF>()).is_some_and(|half| {
        half.iter().fold(true, |all, &b| all & (b.wrapping_sub(b'0') < 10 || b.wrapping_sub(b'a') < 6))
    })
}

/// One block, classified.
#[derive(Clone, Copy)]
struct Block {
    at: usize,
    /// 32, or less at the end.
    length: usize,
    /// A bit for each position that passes the tables.
    core: u32,
    halves: [Classes; 2],
}

/// The bytes that a bucket lets pass at one position: a low half of `low` and a high half of `high`.
#[derive(Clone, Copy, Default)]
struct Halves {
    low: u16,
    high: u16,
}

impl Halves {
    fn of(class: &Class) -> Self {
        class
            .iter()
            .fold(Self::default(), |h, &b| Self { low: h.low | 1 << (b & 15), high: h.high | 1 << (b >> 4) })
    }

    fn with(self, other: Self) -> Self {
        Self { low: self.low | other.low, high: self.high | other.high }
    }

    /// How much of common text passes.
    fn share(self) -> u64 {
        (0..16u8)
            .filter(|high| self.high & (1 << high) != 0)
            .flat_map(|high| {
                (0..16u8).filter(move |low| self.low & (1 << low) != 0).map(move |low| high << 4 | low)
            })
            .map(common)
            .sum()
    }
}

/// Of a thousand bytes of program text and logs, roughly.
pub(crate) fn common(b: u8) -> u64 {
    match b {
        b' ' => 120,
        b'e' | b't' => 70,
        b'a' | b'i' | b'n' | b'o' | b'r' | b's' => 50,
        b'l' | b'd' | b'c' | b'"' => 30,
        b'u' | b'm' | b'p' | b'f' | b'g' | b'h' | b'_' | b'=' | b'.' | b'0'..=b'9' => 18,
        b'y' | b'b' | b'w' | b'v' | b'k' | b'-' | b':' | b',' | b'/' | b'\n' => 10,
        b'A'..=b'Z' => 4,
        0x21..=0x7e => 3,
        _ => 1,
    }
}

/// Shares the cores out to the buckets: the two whose union lets the least more pass become one, until
/// there are no more than there is room for.
fn buckets(cores: &[Core]) -> Vec<[Halves; 4]> {
    let share = |sets: &[Halves; 4]| sets.iter().map(|s| s.share()).product::<u64>();
    let union =
        |a: &[Halves; 4], b: &[Halves; 4]| -> [Halves; 4] { std::array::from_fn(|i| a[i].with(b[i])) };
    let mut all: Vec<([Halves; 4], u64)> =
        cores.iter().map(|c| std::array::from_fn(|i| Halves::of(&c[i]))).map(|s| (s, share(&s))).collect();
    let mut costs: Vec<Vec<u64>> = Vec::new();
    for i in 0..all.len() {
        let cost = |j: usize| share(&union(&all[i].0, &all[j].0)).saturating_sub(all[i].1 + all[j].1);
        costs.push((0..i).map(cost).collect());
    }
    while all.len() > BUCKETS {
        let cheapest =
            (0..all.len()).flat_map(|i| (0..i).map(move |j| (i, j))).min_by_key(|&(i, j)| costs[i][j]);
        let Some((i, j)) = cheapest else { break };
        let merged = union(&all[i].0, &all[j].0);
        all[j] = (merged, share(&merged));
        all.remove(i);
        costs.remove(i);
        for row in &mut costs[i..] {
            row.remove(i);
        }
        for k in 0..all.len() {
            let cost = share(&union(&all[k].0, &merged)).saturating_sub(all[k].1 + all[j].1);
            match k.cmp(&j) {
                std::cmp::Ordering::Less => costs[j][k] = cost,
                std::cmp::Ordering::Greater => costs[k][j] = cost,
                std::cmp::Ordering::Equal => {}
            }
        }
    }
    all.into_iter().map(|(sets, _)| sets).collect()
}

/// Every four bytes of a core.
fn product(core: &Core) -> Vec<[u8; 4]> {
    let mut all = vec![[0; 4]];
    for (i, class) in core.iter().enumerate() {
        all = all
            .into_iter()
            .flat_map(|four| {
                class.iter().map(move |&b| {
                    let mut next = four;
                    next[i] = b;
                    next
                })
            })
            .collect();
    }
    all
}

/// The AVX2 twin: several times the speed of the portable one, which is most of the scanner's time.
///
/// Two things are `unsafe`: the call of a function compiled for AVX2, which is sound because the
/// processor was asked first, and the unaligned load from an array that is known to be long enough.
#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::{
        __m256i, _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8,
        _mm256_set_epi64x, _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi16,
    };
    use std::ops::Range;

    use super::{BLOCK, Block, Classes, HALF, HEX_RUN, Hit, Prefilter, emit, is_lower_hex, is_trace_id};

    /// So many blocks are classified before their hits are told: the loop over them calls nothing and
    /// keeps its tables in registers.
    const BATCH: usize = 64;

    /// The bytes that a block and the cores that begin in it take.
    const SIGHT: usize = BLOCK + 3;

    /// What the vector code says of one block.
    #[derive(Clone, Copy, Default)]
    struct Masks {
        /// A bit for each position that passes the tables.
        core: u32,
        /// A bit for each letter or digit.
        run: u32,
        /// A bit for each NUL.
        nul: u32,
    }

    /// Whether this processor has it; the standard library asks once.
    pub(super) fn available() -> bool {
        std::arch::is_x86_feature_detected!("avx2")
            && std::arch::is_x86_feature_detected!("bmi1")
            && std::arch::is_x86_feature_detected!("popcnt")
    }

    pub(super) fn find(filter: &Prefilter, bytes: &[u8], range: Range<usize>, hits: &mut Vec<Hit>) {
        let whole = range.end.min(bytes.len().saturating_sub(SIGHT - BLOCK));
        let blocks = whole.saturating_sub(range.start) / BLOCK;
        let rest = range.start + blocks * BLOCK;
        #[allow(unsafe_code, reason = "available() has found AVX2, BMI1 and POPCNT on this processor")]
        let before = unsafe { find_blocks(filter, bytes, range.start..rest, hits) };
        filter.find_portable(bytes, rest..range.end.max(rest), before, hits);
    }

    #[target_feature(enable = "avx2,bmi1,popcnt")]
    fn find_blocks(filter: &Prefilter, bytes: &[u8], range: Range<usize>, hits: &mut Vec<Hit>) -> Classes {
        let mut masks = [Masks::default(); BATCH];
        let mut before = Classes::NONE;
        let mut at = range.start;
        while at < range.end {
            let count = BATCH.min((range.end - at) / BLOCK);
            let mut told = classify(filter, &bytes[at..], count, &mut masks);
            let mut next = 0;
            while told != 0 {
                let i = told.trailing_zeros() as usize;
                if i != next {
                    before = Classes::NONE;
                }
                tell(filter, bytes, at + i * BLOCK, &masks[..count], i, &mut before, hits);
                next = i + 1;
                told &= told - 1;
            }
            if next != count {
                before = Classes::NONE;
            }
            at += count * BLOCK;
        }
        before
    }

    /// Turns the masks of one block of a batch into hits.
    #[inline]
    #[target_feature(enable = "avx2,bmi1,popcnt")]
    fn tell(
        filter: &Prefilter,
        bytes: &[u8],
        at: usize,
        masks: &[Masks],
        i: usize,
        before: &mut Classes,
        hits: &mut Vec<Hit>,
    ) {
        let m = masks[i];
        let full = |half: u32| (m.run >> (HALF as u32 * half)) & 0xffff == 0xffff;
        let wide = |half: usize| m.nul.count_ones() >= 8 && Classes::of(bytes, at + HALF * half).wide;
        let halves = [Classes { run: full(0), wide: wide(0) }, Classes { run: full(1), wide: wide(1) }];
        let neighbours = i.checked_sub(1).and_then(|p| masks.get(p)).zip(masks.get(i + 1));
        let trace_id = |place: usize| match neighbours {
            // The run's length by its bits in this block and the two beside it.
            Some((previous, next)) => {
                let bits = u128::from(previous.run) | u128::from(m.run) << 32 | u128::from(next.run) << 64;
                let from = 32 + (place - at) as u32;
                let length = (bits >> from).trailing_ones() + (bits << (128 - from)).leading_ones();
                (length as usize) < HEX_RUN && is_lower_hex(bytes, place)
            }
            None => is_trace_id(bytes, place),
        };
        emit(filter, bytes, Block { at, length: BLOCK, core: m.core, halves }, trace_id, before, hits);
    }

    /// Classifies the first `count` blocks; says by a bit for each which have something to tell.
    #[target_feature(enable = "avx2,bmi1,popcnt")]
    fn classify(filter: &Prefilter, bytes: &[u8], count: usize, masks: &mut [Masks; BATCH]) -> u64 {
        let t = &filter.tables;
        let [low0, low1, low2, low3] = [twice(&t[0][0]), twice(&t[1][0]), twice(&t[2][0]), twice(&t[3][0])];
        let [high0, high1, high2, high3] =
            [twice(&t[0][1]), twice(&t[1][1]), twice(&t[2][1]), twice(&t[3][1])];
        let zero = _mm256_setzero_si256();
        let mut told = 0u64;
        let (low_part, high_part) = (twice(&ALPHANUMERIC[0]), twice(&ALPHANUMERIC[1]));
        for (i, out) in masks[..count].iter_mut().enumerate() {
            let Some(sight) = bytes.get(i * BLOCK..).and_then(|b| b.first_chunk::<SIGHT>()) else { break };
            let first = load(sight, 0);
            let both = _mm256_and_si256(
                _mm256_and_si256(pass(first, low0, high0), pass(load(sight, 1), low1, high1)),
                _mm256_and_si256(pass(load(sight, 2), low2, high2), pass(load(sight, 3), low3, high3)),
            );
            let set = |x: __m256i| !(_mm256_movemask_epi8(_mm256_cmpeq_epi8(x, zero)) as u32);
            let core = set(both);
            let run = set(pass(first, low_part, high_part));
            let nul = !set(first);
            *out = Masks { core, run, nul };
            let full = (run & 0xffff == 0xffff) | (run >> HALF == 0xffff);
            told |= u64::from((core != 0) | full | (nul != 0)) << i;
        }
        told
    }

    /// Tables that let letters and digits pass: digits are one bucket, the first fifteen letters of
    /// each case a second, the rest of them a third.
    const ALPHANUMERIC: [[u8; 16]; 2] = {
        let mut tables = [[0u8; 16]; 2];
        let mut b = 0u8;
        while b < 128 {
            if b.is_ascii_alphanumeric() {
                let bucket = match b >> 4 {
                    3 => 1,
                    4 | 6 => 2,
                    _ => 4,
                };
                tables[0][(b & 15) as usize] |= bucket;
                tables[1][(b >> 4) as usize] |= bucket;
            }
            b += 1;
        }
        tables
    };

    /// The buckets that each byte passes at one position.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn pass(block: __m256i, low: __m256i, high: __m256i) -> __m256i {
        let half = _mm256_set1_epi8(15);
        _mm256_and_si256(
            _mm256_shuffle_epi8(low, _mm256_and_si256(block, half)),
            _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(block, 4), half)),
        )
    }

    /// The 32 bytes from `from` on, which is at most 3. (Put together from words, as safe code has to
    /// do it, the four overlapping loads of a block compile to some fifty instructions.)
    #[inline]
    #[target_feature(enable = "avx2")]
    fn load(sight: &[u8; SIGHT], from: usize) -> __m256i {
        debug_assert!(from + BLOCK <= SIGHT, "inside the sight");
        #[allow(
            unsafe_code,
            reason = "32 bytes from at most 3 on lie inside the 35 of the array; no alignment is asked"
        )]
        unsafe {
            _mm256_loadu_si256(sight.as_ptr().add(from.min(SIGHT - BLOCK)).cast())
        }
    }

    /// A 16-byte table in both lanes.
    #[inline]
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
            let text = format!("{}{} ", " ".repeat(pad), "aZ".repeat(31).split_at(31).0);
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
            parts in prop::collection::vec(prop::sample::select(vec!["secr", "SECRET", "a1B2a1B2a1B2", "0123456789abcdef0", "v1.e", "\0", "s\0e\0", " ", "é"]), 0..80),
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
