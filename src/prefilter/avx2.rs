//! The AVX2 twin: several times the speed of the portable one, which is most of the scanner's time.
//!
//! Two things are `unsafe`: the call of a function compiled for AVX2, which is sound because the
//! processor was asked first, and unaligned loads from arrays that are known to be long enough.

use std::arch::x86_64::{
    __m256i, _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_cmpgt_epi8, _mm256_loadu_si256,
    _mm256_movemask_epi8, _mm256_set_epi64x, _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8,
    _mm256_srli_epi16,
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

/// The tables as short text uses them: it loads each where it needs it, since to fill the registers
/// costs as much as a block.
#[derive(Debug, Clone)]
pub(super) struct Vectors {
    low: [[u8; BLOCK]; 4],
    high: [[u8; BLOCK]; 4],
}

impl Vectors {
    /// Of these tables; nothing where the processor lacks what uses them.
    pub(super) fn of(tables: &[[[u8; 16]; 2]; 4]) -> Option<Self> {
        let twice = |half: usize| std::array::from_fn(|i| std::array::from_fn(|k| tables[i][half][k % 16]));
        available().then(|| Self { low: twice(0), high: twice(1) })
    }
}

pub(super) fn find(
    filter: &Prefilter,
    vectors: &Vectors,
    bytes: &[u8],
    range: Range<usize>,
    hits: &mut Vec<Hit>,
) {
    #[allow(unsafe_code, reason = "vectors are there only where this processor has AVX2, BMI1 and POPCNT")]
    unsafe {
        if range.end <= range.start + SHORT * BLOCK {
            return find_rest(filter, vectors, bytes, range, Classes::NONE, hits);
        }
        let whole = range.end.min(bytes.len().saturating_sub(SIGHT - BLOCK));
        let rest = range.start + whole.saturating_sub(range.start) / BLOCK * BLOCK;
        let before = find_blocks(filter, bytes, range.start..rest, hits);
        if rest < range.end {
            find_rest(filter, vectors, bytes, rest..range.end, before, hits);
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
    vectors: &Vectors,
    bytes: &[u8],
    range: Range<usize>,
    mut before: Classes,
    hits: &mut Vec<Hit>,
) {
    // What is left of the range, with the three bytes behind it that its last cores take.
    let mut left = &bytes[range.start..bytes.len().min(range.end + SIGHT - BLOCK)];
    let end = range.start + left.len();
    while let Some(sight) = left.first_chunk::<SIGHT>() {
        let at = end - left.len();
        let glance = glance(vectors, sight);
        let run = |half: usize| (glance.low >> (half * HALF)) & 0xffff == 0 && is_run(sight, half * HALF);
        if glance.nul != 0 || run(0) || run(1) {
            let m = Masks { core: glance.core, run: runs(sight), nul: glance.nul };
            tell(filter, bytes, (at, BLOCK), &[m], 0, &mut before, hits);
        } else {
            // Nothing but cores, which is nearly always so.
            before = Classes::NONE;
            cores_in(filter, sight, at, glance.core, hits);
        }
        left = &left[BLOCK..];
    }
    let mut at = end - left.len();
    while at < range.end {
        let length = BLOCK.min(range.end - at);
        if !last_cores(filter, std::hint::black_box(vectors), bytes, (at, length), hits) {
            look(filter, bytes, (at, length), &mut before, hits);
        }
        at += BLOCK;
    }
}

/// A bit for each letter or digit.
#[inline]
#[target_feature(enable = "avx2")]
fn runs(sight: &[u8; SIGHT]) -> u32 {
    let part = pass(load(sight, 0), twice(&ALPHANUMERIC[0]), twice(&ALPHANUMERIC[1]));
    !(_mm256_movemask_epi8(_mm256_cmpeq_epi8(part, _mm256_setzero_si256())) as u32)
}

/// Whether the half block at `at` consists of letters and digits.
#[inline]
fn is_run(sight: &[u8; SIGHT], at: usize) -> bool {
    let is_part = |b: &u8| (b | 0x20).wrapping_sub(b'a') < 26 || b.wrapping_sub(b'0') < 10;
    sight[at..].first_chunk::<HALF>().is_some_and(|half| half.iter().fold(true, |all, b| all & is_part(b)))
}

/// The cores of a block that begins near the end of the bytes, by a block that ends with them; false,
/// and none told, where there may be more than cores.
#[inline]
#[target_feature(enable = "avx2,bmi1,popcnt")]
fn last_cores(
    filter: &Prefilter,
    vectors: &Vectors,
    bytes: &[u8],
    (at, length): (usize, usize),
    hits: &mut Vec<Hit>,
) -> bool {
    let Some(sight) = bytes.last_chunk::<SIGHT>() else { return false };
    let base = bytes.len() - SIGHT;
    let Some(shift) = at.checked_sub(base) else { return false };
    let glance = glance(vectors, sight);
    // What cannot be seen, the last three bytes, may belong to a run, and to no more of UTF-16 than
    // what is before them.
    let here = |bits: u32| u64::from(bits) >> shift;
    let run = |from: usize| at + from + HALF <= bytes.len() && (here(glance.low) >> from) & 0xffff == 0;
    if here(glance.nul) != 0 || run(0) || run(HALF) {
        return false;
    }
    let core = (here(glance.core) & ((1 << length) - 1)) << shift;
    cores_in(filter, sight, base, core as u32, hits);
    true
}

/// A block at the end of the bytes of which more than cores may be told.
#[cold]
#[target_feature(enable = "avx2,bmi1,popcnt")]
fn look(
    filter: &Prefilter,
    bytes: &[u8],
    (at, length): (usize, usize),
    before: &mut Classes,
    hits: &mut Vec<Hit>,
) {
    let mut padded = [b' '; SIGHT];
    let here = &bytes[at..bytes.len().min(at + SIGHT)];
    padded[..here.len()].copy_from_slice(here);
    let mut m = classify(&Tables::of(filter), &padded);
    if length < BLOCK {
        m.core &= (1 << length) - 1;
    }
    tell(filter, bytes, (at, length), &[m], 0, before, hits);
}

/// What is asked of nearly every block.
struct Glance {
    /// A bit for each position that passes the tables.
    core: u32,
    /// A bit for each byte that is below the digits, or no ASCII: in a run is none.
    low: u32,
    /// A bit for each NUL.
    nul: u32,
}

#[inline]
#[target_feature(enable = "avx2")]
fn glance(vectors: &Vectors, sight: &[u8; SIGHT]) -> Glance {
    let zero = _mm256_setzero_si256();
    let first = load(sight, 0);
    let table = |i: usize, block: __m256i| pass(block, whole(&vectors.low[i]), whole(&vectors.high[i]));
    let both = _mm256_and_si256(
        _mm256_and_si256(table(0, first), table(1, load(sight, 1))),
        _mm256_and_si256(table(2, load(sight, 2)), table(3, load(sight, 3))),
    );
    let bits = |x: __m256i| _mm256_movemask_epi8(x) as u32;
    Glance {
        core: !bits(_mm256_cmpeq_epi8(both, zero)),
        low: bits(_mm256_cmpgt_epi8(_mm256_set1_epi8(b'0' as i8), first)),
        nul: bits(_mm256_cmpeq_epi8(first, zero)),
    }
}

/// Tells the positions of a sight that passed the tables and are cores.
#[inline]
fn cores_in(filter: &Prefilter, sight: &[u8; SIGHT], at: usize, mut bits: u32, hits: &mut Vec<Hit>) {
    while bits != 0 {
        let i = bits.trailing_zeros() as usize % BLOCK;
        if filter.are_core([sight[i], sight[i + 1], sight[i + 2], sight[i + 3]]) {
            hits.push(Hit::Core(at + i));
        }
        bits &= bits - 1;
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
                if let Some(sight) = bytes[place..].first_chunk() {
                    cores_in(filter, sight, place, m.core, hits);
                }
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

/// All 32 bytes of an array.
#[inline]
#[target_feature(enable = "avx2")]
fn whole(array: &[u8; BLOCK]) -> __m256i {
    #[allow(unsafe_code, reason = "32 bytes of an array of 32; no alignment is asked")]
    unsafe {
        _mm256_loadu_si256(array.as_ptr().cast())
    }
}

/// A 16-byte table in both lanes.
#[inline]
#[target_feature(enable = "avx2")]
fn twice(table: &[u8; 16]) -> __m256i {
    let word = |i: usize| i64::from_le_bytes(std::array::from_fn(|k| table[8 * i + k]));
    _mm256_set_epi64x(word(1), word(0), word(1), word(0))
}
