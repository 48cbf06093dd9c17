//! What the vector code sees of one block or two.

use std::arch::x86_64::{
    __m256i, _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_cmpgt_epi8, _mm256_loadu_si256,
    _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8,
    _mm256_srli_epi16,
};

use crate::prefilter::buckets::Core;
use crate::prefilter::buckets::{Halves, Tables, buckets, paired, tables};
use crate::prefilter::hit::{BLOCK, HALF};

/// The bytes that a block and the cores that begin in it take.
pub(super) const SIGHT: usize = BLOCK + 3;

/// The tables in both lanes, eight buckets a set; they are loaded where they are needed. Long text goes
/// through sixteen buckets, which let less pass; for short text eight cost less than what they let pass.
#[derive(Debug, Clone)]
pub(in crate::prefilter) struct Vectors {
    pub(super) long: [Set; 2],
    pub(super) short: [Set; 1],
}

/// The tables of eight buckets.
#[derive(Debug, Clone)]
pub(super) struct Set {
    low: [[u8; BLOCK]; 4],
    high: [[u8; BLOCK]; 4],
}

impl Set {
    /// Of one byte of the entries.
    fn of(tables: &Tables, part: usize) -> Self {
        let entry = |half: usize, i: usize, k: usize| tables[i][half][k % 16].to_le_bytes()[part];
        let twice = |half: usize| std::array::from_fn(|i| std::array::from_fn(|k| entry(half, i, k)));
        Self { low: twice(0), high: twice(1) }
    }
}

impl Vectors {
    /// Of these cores; nothing where the processor lacks what uses them.
    pub(in crate::prefilter) fn of(cores: &[Core]) -> Option<Self> {
        if !available() {
            return None;
        }
        let all = buckets::<Halves>(cores);
        let (long, short) = (tables(&all), tables(&paired(&all)));
        Some(Self { long: [Set::of(&long, 0), Set::of(&long, 1)], short: [Set::of(&short, 0)] })
    }
}

/// What the vector code says of one block.
#[derive(Clone, Copy, Default)]
pub(super) struct Glance {
    /// A bit for each position that passes the tables.
    pub(super) core: u32,
    /// A bit for each byte that is below the digits, or no ASCII: in a run is none.
    pub(super) low: u32,
    /// A bit for each NUL.
    pub(super) nul: u32,
}

impl Glance {
    /// Whether there is anything to tell.
    #[inline]
    pub(super) fn tells(self) -> bool {
        (self.core != 0) | self.may_be_more()
    }

    /// Whether more than cores may be told.
    #[inline]
    pub(super) fn may_be_more(self) -> bool {
        (self.nul != 0) | (self.low & 0xffff == 0) | (self.low >> HALF == 0)
    }
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn glance(vectors: &Vectors, sight: &[u8; SIGHT]) -> Glance {
    glances(&vectors.short, [sight])[0]
}

/// Of two blocks in a row: the tables are loaded once for both.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn glance_twice(sets: &[Set; 2], sight: &[u8; BLOCK + SIGHT]) -> [Glance; 2] {
    let (Some(first), Some(second)) = (sight.first_chunk(), sight.last_chunk()) else {
        return [Glance::default(); 2];
    };
    glances(sets, [first, second])
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn glances<const N: usize, const P: usize>(
    sets: &[Set; P],
    sights: [&[u8; SIGHT]; N],
) -> [Glance; N] {
    let zero = _mm256_setzero_si256();
    let half = _mm256_set1_epi8(15);
    let mut buckets = [[_mm256_set1_epi8(-1); P]; N];
    for i in 0..4 {
        let blocks = sights.map(|sight| load(sight, i));
        let low = blocks.map(|block| _mm256_and_si256(block, half));
        let high = blocks.map(|block| _mm256_and_si256(_mm256_srli_epi16(block, 4), half));
        for (part, set) in sets.iter().enumerate() {
            let (by_low, by_high) = (whole(&set.low[i]), whole(&set.high[i]));
            for (buckets, (low, high)) in buckets.iter_mut().zip(low.into_iter().zip(high)) {
                let passed =
                    _mm256_and_si256(_mm256_shuffle_epi8(by_low, low), _mm256_shuffle_epi8(by_high, high));
                buckets[part] = _mm256_and_si256(buckets[part], passed);
            }
        }
    }
    let bits = |x: __m256i| _mm256_movemask_epi8(x) as u32;
    std::array::from_fn(|n| {
        let first = load(sights[n], 0);
        let any = buckets[n].into_iter().fold(zero, |any, part| _mm256_or_si256(any, part));
        Glance {
            core: !bits(_mm256_cmpeq_epi8(any, zero)),
            low: bits(_mm256_cmpgt_epi8(_mm256_set1_epi8(b'0' as i8), first)),
            nul: bits(_mm256_cmpeq_epi8(first, zero)),
        }
    })
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

/// Whether this processor has it; the standard library asks once.
pub(super) fn available() -> bool {
    std::arch::is_x86_feature_detected!("avx2")
        && std::arch::is_x86_feature_detected!("bmi1")
        && std::arch::is_x86_feature_detected!("popcnt")
}
