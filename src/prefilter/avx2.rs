//! The AVX2 twin: several times the speed of the portable one, which is most of the scanner's time.
//!
//! Two things are `unsafe`: the call of a function compiled for AVX2, which is sound because the
//! processor was asked first, and the unaligned load from an array that is known to be long enough.

use std::arch::x86_64::{
    __m256i, _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8,
    _mm256_set_epi64x, _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi16,
};
use std::ops::Range;

use super::{BLOCK, Block, Classes, HALF, HEX_RUN, Hit, Prefilter, cores, emit, is_lower_hex, is_trace_id};

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
    let batched = if blocks > SHORT { blocks } else { 0 };
    let rest = range.start + batched * BLOCK;
    #[allow(unsafe_code, reason = "available() has found AVX2, BMI1 and POPCNT on this processor")]
    unsafe {
        let before = match batched {
            0 => Classes::NONE,
            _ => find_blocks(filter, bytes, range.start..rest, hits),
        };
        if rest < range.end {
            find_rest(filter, bytes, rest..range.end, before, hits);
        }
    }
}

/// So few blocks are told one by one: the lines of a log are short, and to fill a batch for them, or to
/// look at their last bytes one by one, would cost more than all the rest.
const SHORT: usize = 32;

/// Short text, and the last bytes of long text.
#[target_feature(enable = "avx2,bmi1,popcnt")]
fn find_rest(
    filter: &Prefilter,
    bytes: &[u8],
    range: Range<usize>,
    mut before: Classes,
    hits: &mut Vec<Hit>,
) {
    let tables = Tables::of(filter);
    let mut padded = [0; SIGHT];
    let mut at = range.start;
    while at < range.end {
        let length = BLOCK.min(range.end - at);
        let sight = match bytes.get(at..).and_then(|b| b.first_chunk::<SIGHT>()) {
            Some(sight) => sight,
            None => {
                let last = &bytes[at..];
                padded[..last.len()].copy_from_slice(last);
                padded[last.len()..].fill(b' ');
                &padded
            }
        };
        let mut m = classify(&tables, sight);
        if length < BLOCK {
            m.core &= (1 << length) - 1;
        }
        if m.has_run() | (m.nul != 0) {
            tell(filter, bytes, (at, length), &[m], 0, &mut before, hits);
        } else {
            // Nothing but cores, which is nearly always so.
            before = Classes::NONE;
            cores(filter, bytes, at, m.core, hits);
        }
        at += BLOCK;
    }
}

#[target_feature(enable = "avx2,bmi1,popcnt")]
fn find_blocks(filter: &Prefilter, bytes: &[u8], range: Range<usize>, hits: &mut Vec<Hit>) -> Classes {
    let tables = Tables::of(filter);
    let mut masks = [Masks::default(); BATCH];
    let mut before = Classes::NONE;
    let mut at = range.start;
    while at < range.end {
        let count = BATCH.min((range.end - at) / BLOCK);
        let mut told = classify_batch(&tables, &bytes[at..], count, &mut masks);
        let mut next = 0;
        while told != 0 {
            let i = told.trailing_zeros() as usize;
            if i != next {
                before = Classes::NONE;
            }
            let (place, m) = (at + i * BLOCK, masks[i]);
            if m.has_run() | (m.nul != 0) {
                tell(filter, bytes, (place, BLOCK), &masks[..count], i, &mut before, hits);
            } else {
                // Nothing but cores, which is nearly always so.
                before = Classes::NONE;
                cores(filter, bytes, place, m.core, hits);
            }
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
    (at, length): (usize, usize),
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
    emit(filter, bytes, Block { at, length, core: m.core, halves }, trace_id, before, hits);
}

/// The tables, in registers.
#[derive(Clone, Copy)]
struct Tables {
    low: [__m256i; 4],
    high: [__m256i; 4],
    alphanumeric: [__m256i; 2],
}

impl Tables {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn of(filter: &Prefilter) -> Self {
        let t = &filter.tables;
        Self {
            low: [twice(&t[0][0]), twice(&t[1][0]), twice(&t[2][0]), twice(&t[3][0])],
            high: [twice(&t[0][1]), twice(&t[1][1]), twice(&t[2][1]), twice(&t[3][1])],
            alphanumeric: [twice(&ALPHANUMERIC[0]), twice(&ALPHANUMERIC[1])],
        }
    }
}

impl Masks {
    /// Whether there is anything to tell of the block.
    #[inline]
    fn tells(self) -> bool {
        (self.core != 0) | self.has_run() | (self.nul != 0)
    }

    #[inline]
    fn has_run(self) -> bool {
        (self.run & 0xffff == 0xffff) | (self.run >> HALF == 0xffff)
    }
}

/// Classifies the first `count` blocks; says by a bit for each which have something to tell.
#[target_feature(enable = "avx2,bmi1,popcnt")]
fn classify_batch(tables: &Tables, bytes: &[u8], count: usize, masks: &mut [Masks; BATCH]) -> u64 {
    let tables = *tables;
    let mut told = 0u64;
    for (i, out) in masks[..count].iter_mut().enumerate() {
        let Some(sight) = bytes.get(i * BLOCK..).and_then(|b| b.first_chunk::<SIGHT>()) else { break };
        *out = classify(&tables, sight);
        told |= u64::from(out.tells()) << i;
    }
    told
}

/// Classifies one block.
#[inline]
#[target_feature(enable = "avx2,bmi1,popcnt")]
fn classify(t: &Tables, sight: &[u8; SIGHT]) -> Masks {
    let zero = _mm256_setzero_si256();
    let first = load(sight, 0);
    let both = _mm256_and_si256(
        _mm256_and_si256(pass(first, t.low[0], t.high[0]), pass(load(sight, 1), t.low[1], t.high[1])),
        _mm256_and_si256(
            pass(load(sight, 2), t.low[2], t.high[2]),
            pass(load(sight, 3), t.low[3], t.high[3]),
        ),
    );
    let set = |x: __m256i| !(_mm256_movemask_epi8(_mm256_cmpeq_epi8(x, zero)) as u32);
    let run = set(pass(first, t.alphanumeric[0], t.alphanumeric[1]));
    Masks { core: set(both), run, nul: !set(first) }
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
