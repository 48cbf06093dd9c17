//! The AVX2 twin: several times the speed of the portable one, which is most of the scanner's time.
//!
//! Two things are `unsafe`: the call of a function compiled for AVX2, which is sound because the
//! processor was asked first, and the unaligned load from an array that is known to be long enough.

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
    let [high0, high1, high2, high3] = [twice(&t[0][1]), twice(&t[1][1]), twice(&t[2][1]), twice(&t[3][1])];
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
