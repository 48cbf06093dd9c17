//! The AVX2 twin: several times the speed of the portable one, for processors without AVX-512.
//!
//! Two things are `unsafe`: the call of a function compiled for AVX2, which is sound because the
//! processor was asked first, and unaligned loads from arrays that are known to be long enough.

mod glance;

use std::ops::Range;

use self::glance::{Glance, SIGHT, Set, glance, glance_twice, glances};
use super::exact::Exact;
use super::hit::{BLOCK, Block, Classes, HALF, HEX_RUN, Hit, emit, is_lower_hex, is_trace_id};

pub(super) use self::glance::Vectors;

/// So many blocks are glanced at before their hits are told: the loop over them calls nothing.
const BATCH: usize = 64;

pub(super) fn find(exact: &Exact, vectors: &Vectors, bytes: &[u8], range: Range<usize>, hits: &mut Vec<Hit>) {
    #[allow(unsafe_code, reason = "vectors are there only where this processor has AVX2, BMI1 and POPCNT")]
    unsafe {
        if range.end <= range.start + SHORT * BLOCK {
            return find_rest(exact, vectors, bytes, range, Classes::NONE, hits);
        }
        let whole = range.end.min(bytes.len().saturating_sub(SIGHT - BLOCK));
        let rest = range.start + whole.saturating_sub(range.start) / BLOCK * BLOCK;
        let before = find_blocks(exact, &vectors.long, bytes, range.start..rest, hits);
        if rest < range.end {
            find_rest(exact, vectors, bytes, rest..range.end, before, hits);
        }
    }
}

/// So few blocks are told one by one: the lines of a log are short, and to fill a batch for them, or to
/// look at their last bytes one by one, would cost more than all the rest.
const SHORT: usize = 32;

/// Short text, and the last bytes of long text.
#[target_feature(enable = "avx2,bmi1,popcnt")]
fn find_rest(
    exact: &Exact,
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
        // Most of what has no sign for 16 bytes is a name with `_` in it.
        let run = |half: usize| (glance.low >> (half * HALF)) & 0xffff == 0 && is_run(&sight[half * HALF..]);
        if glance.nul != 0 || run(0) || run(1) {
            tell(exact, bytes, (at, BLOCK), &[glance], 0, &mut before, hits);
        } else {
            // Nothing but cores, which is nearly always so.
            before = Classes::NONE;
            cores_in(exact, sight, at, glance.core, hits);
        }
        left = &left[BLOCK..];
    }
    let mut at = end - left.len();
    while at < range.end {
        let length = BLOCK.min(range.end - at);
        if !last_cores(exact, std::hint::black_box(vectors), bytes, (at, length), hits) {
            look(exact, vectors, bytes, (at, length), &mut before, hits);
        }
        at += BLOCK;
    }
}

/// Whether the half block here consists of letters and digits.
#[inline]
fn is_run(bytes: &[u8]) -> bool {
    let is_part = |b: &u8| (b | 0x20).wrapping_sub(b'a') < 26 || b.wrapping_sub(b'0') < 10;
    bytes.first_chunk::<HALF>().is_some_and(|half| half.iter().fold(true, |all, b| all & is_part(b)))
}

/// The cores of a block that begins near the end of the bytes, by a block that ends with them; false,
/// and none told, where there may be more than cores.
#[inline]
#[target_feature(enable = "avx2,bmi1,popcnt")]
fn last_cores(
    exact: &Exact,
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
    cores_in(exact, sight, base, core as u32, hits);
    true
}

/// A block at the end of the bytes of which more than cores may be told.
#[cold]
#[target_feature(enable = "avx2,bmi1,popcnt")]
fn look(
    exact: &Exact,
    vectors: &Vectors,
    bytes: &[u8],
    (at, length): (usize, usize),
    before: &mut Classes,
    hits: &mut Vec<Hit>,
) {
    let mut padded = [b' '; SIGHT];
    let here = &bytes[at..bytes.len().min(at + SIGHT)];
    padded[..here.len()].copy_from_slice(here);
    let mut seen = glance(vectors, &padded);
    if length < BLOCK {
        seen.core &= (1 << length) - 1;
    }
    tell(exact, bytes, (at, length), &[seen], 0, before, hits);
}

/// Tells the positions of a sight that passed the tables and are cores.
#[inline]
fn cores_in(exact: &Exact, sight: &[u8; SIGHT], at: usize, mut bits: u32, hits: &mut Vec<Hit>) {
    while bits != 0 {
        let i = bits.trailing_zeros() as usize % BLOCK;
        if exact.are_core([sight[i], sight[i + 1], sight[i + 2], sight[i + 3]]) {
            hits.push(Hit::Core(at + i));
        }
        bits &= bits - 1;
    }
}

#[target_feature(enable = "avx2,bmi1,popcnt")]
fn find_blocks(
    exact: &Exact,
    sets: &[Set; 2],
    bytes: &[u8],
    range: Range<usize>,
    hits: &mut Vec<Hit>,
) -> Classes {
    let mut glances = [Glance::default(); BATCH];
    let mut before = Classes::NONE;
    let mut at = range.start;
    while at < range.end {
        let count = BATCH.min((range.end - at) / BLOCK);
        let mut told = glance_batch(sets, &bytes[at..], count, &mut glances);
        let mut next = 0;
        while told != 0 {
            let i = told.trailing_zeros() as usize;
            if i != next {
                before = Classes::NONE;
            }
            let place = at + i * BLOCK;
            let sight = bytes[place..].first_chunk::<SIGHT>();
            match sight {
                Some(sight) if !glances[i].may_be_more() => {
                    // Nothing but cores, which is nearly always so.
                    before = Classes::NONE;
                    cores_in(exact, sight, place, glances[i].core, hits);
                }
                Some(sight) if glances[i].nul == 0 => {
                    tell_runs(exact, (bytes, place), sight, &glances[..count], i, &mut before, hits);
                }
                _ => tell(exact, bytes, (place, BLOCK), &glances[..count], i, &mut before, hits),
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

/// Glances at the first `count` blocks; says by a bit for each which have something to tell.
#[target_feature(enable = "avx2,bmi1,popcnt")]
fn glance_batch(sets: &[Set; 2], bytes: &[u8], count: usize, glances: &mut [Glance; BATCH]) -> u64 {
    let mut told = 0u64;
    let (pairs, last) = glances[..count].as_chunks_mut::<2>();
    for (i, out) in pairs.iter_mut().enumerate() {
        let Some(sight) = bytes.get(2 * i * BLOCK..).and_then(|b| b.first_chunk()) else { break };
        *out = glance_twice(sets, sight);
        told |= (u64::from(out[0].tells()) | u64::from(out[1].tells()) << 1) << (2 * i);
    }
    if let [out] = last
        && let Some(sight) = bytes.get((count - 1) * BLOCK..).and_then(|b| b.first_chunk())
    {
        [*out] = self::glances(sets, [sight]);
        told |= u64::from(out.tells()) << (count - 1);
    }
    told
}

/// Turns what was seen of a whole block without a NUL into hits: the lines of a log have trace ids.
#[inline]
#[target_feature(enable = "avx2,bmi1,popcnt")]
fn tell_runs(
    exact: &Exact,
    (bytes, at): (&[u8], usize),
    sight: &[u8; SIGHT],
    glances: &[Glance],
    i: usize,
    before: &mut Classes,
    hits: &mut Vec<Hit>,
) {
    let seen = glances[i];
    for half in 0..2 {
        let from = half * HALF;
        let run = (seen.low >> from) & 0xffff == 0 && is_run(&sight[from..]);
        if run && !before.run {
            let is_trace_id =
                is_lower_hex(sight, from) && (is_short(glances, i, from) || is_trace_id(bytes, at + from));
            if !is_trace_id {
                hits.push(Hit::Run(at + from));
            }
        }
        *before = Classes { run, wide: false };
        cores_in(exact, sight, at, seen.core & (0xffff << from), hits);
    }
}

/// Whether the run at `from` of a block is shorter than that of a key in hex: it is no longer than its
/// bits in this block and the two beside it say.
#[inline]
fn is_short(glances: &[Glance], i: usize, from: usize) -> bool {
    let Some(around) = i.checked_sub(1).and_then(|p| glances.get(p..p + 3)) else { return false };
    let low = around.iter().rev().fold(0u128, |low, glance| low << 32 | u128::from(glance.low));
    let from = 32 + from as u32;
    let length = (low >> from).trailing_zeros() + (low << (128 - from)).leading_zeros();
    (length as usize) < HEX_RUN
}

/// Turns what was seen of one block of a batch into hits.
#[cold]
#[target_feature(enable = "avx2,bmi1,popcnt")]
fn tell(
    exact: &Exact,
    bytes: &[u8],
    (at, length): (usize, usize),
    glances: &[Glance],
    i: usize,
    before: &mut Classes,
    hits: &mut Vec<Hit>,
) {
    let seen = glances[i];
    let run = |half: usize| {
        let start = at + half * HALF;
        (seen.low >> (half * HALF)) & 0xffff == 0 && bytes.get(start..).is_some_and(is_run)
    };
    let wide = |half: usize| seen.nul.count_ones() >= 8 && Classes::of(bytes, at + HALF * half).wide;
    let halves = [Classes { run: run(0), wide: wide(0) }, Classes { run: run(1), wide: wide(1) }];
    let trace_id = |place: usize| match is_short(glances, i, place - at) {
        true => is_lower_hex(bytes, place),
        false => is_trace_id(bytes, place),
    };
    emit(exact, bytes, Block { at, length, core: seen.core, halves }, trace_id, before, hits);
}
