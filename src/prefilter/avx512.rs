//! The AVX-512 twin, for processors with its byte permutations (VBMI): less than half the time of the
//! AVX2 one.
//!
//! A permutation looks up 64 bytes at once in a table of 128, so that each of eight buckets holds exactly
//! its bytes; those above 127 pass as the byte without their highest bit does. What passed is put by,
//! without a branch, and told in turns: most of it is no core, most runs are trace ids, and no branch
//! predictor knows which.
//!
//! Two things are `unsafe`: the call of a function compiled for these instructions, which is sound because
//! the processor was asked first, and loads, which read only what a slice holds.

use std::arch::x86_64::{
    __m512i, _mm512_and_si512, _mm512_loadu_si512, _mm512_mask_test_epi8_mask, _mm512_maskz_loadu_epi8,
    _mm512_movepi8_mask, _mm512_permutex2var_epi8, _mm512_set1_epi8, _mm512_test_epi8_mask,
    _mm512_testn_epi8_mask,
};
use std::ops::Range;

use super::buckets::{ByteSet, Core, Folded, buckets};
use super::exact::Exact;
use super::hit::{Classes, HALF, HEX_RUN, Hit};

/// The block that is looked at in one step.
const BLOCK: usize = 64;

/// The bytes that a block and the cores that begin in it take.
const SIGHT: usize = BLOCK + 3;

/// The first bit of each half block of 16 bytes.
const HALVES: u64 = 0x0001_0001_0001_0001;

/// The bits of a table's entry that say what a byte is.
const ALPHANUMERIC: u8 = 1;
const LOWER_HEX: u8 = 2;

/// Whether this processor has it; the standard library asks once.
pub(super) fn available() -> bool {
    std::arch::is_x86_feature_detected!("avx512f")
        && std::arch::is_x86_feature_detected!("avx512bw")
        && std::arch::is_x86_feature_detected!("avx512vbmi")
        && std::arch::is_x86_feature_detected!("bmi1")
        && std::arch::is_x86_feature_detected!("lzcnt")
        && std::arch::is_x86_feature_detected!("popcnt")
}

/// A table of 128 bytes.
type Table = [[u8; BLOCK]; 2];

/// The tables; there are none where the processor lacks what uses them.
#[derive(Debug, Clone)]
pub(super) struct Vectors {
    /// Per position of a core the buckets that each byte may belong to.
    buckets: [Table; 4],
    /// What each byte is.
    kinds: Table,
}

impl Vectors {
    /// Of these cores; nothing where the processor lacks what uses them.
    pub(super) fn of(cores: &[Core]) -> Option<Self> {
        if !available() {
            return None;
        }
        let all = buckets::<Folded>(cores);
        let table = |entry: &dyn Fn(u8) -> u8| -> Table {
            std::array::from_fn(|half| std::array::from_fn(|i| entry((half * BLOCK + i) as u8)))
        };
        let by_bucket = |i: usize| {
            table(&|b| all.iter().enumerate().fold(0, |bits, (k, sets)| bits | u8::from(sets[i].has(b)) << k))
        };
        let kind = |b: u8| {
            let is_lower_hex = b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
            (u8::from(b.is_ascii_alphanumeric()) * ALPHANUMERIC) | (u8::from(is_lower_hex) * LOWER_HEX)
        };
        Some(Self { buckets: std::array::from_fn(by_bucket), kinds: table(&kind) })
    }
}

pub(super) fn find(exact: &Exact, vectors: &Vectors, bytes: &[u8], range: Range<usize>, hits: &mut Vec<Hit>) {
    #[allow(unsafe_code, reason = "vectors are there only where this processor has all of these features")]
    unsafe {
        find_all(exact, vectors, bytes, range, hits);
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,lzcnt,popcnt")]
fn find_all(exact: &Exact, vectors: &Vectors, bytes: &[u8], range: Range<usize>, hits: &mut Vec<Hit>) {
    let tables = Loaded::of(vectors);
    let (mut cores, mut starts) = (Positions::default(), Positions::default());
    let (mut last_run, mut last_wide) = (0, 0);
    let mut at = range.start;
    while at < range.end {
        let mut glance = match bytes.get(at..).and_then(|b| b.first_chunk::<SIGHT>()) {
            Some(sight) => glance(&tables, sight),
            None => last_glance(&tables, bytes.get(at..).unwrap_or_default()),
        };
        let mut runs = glance.runs();
        let mut wides = if glance.nul == 0 { 0 } else { glance.wides(bytes, at) };
        if range.end - at < BLOCK {
            let inside = (1 << (range.end - at)) - 1;
            (glance.core, runs, wides) = (glance.core & inside, runs & inside, wides & inside);
        }
        cores.add(at, glance.core);
        starts.add(at, (runs & !(runs << HALF | last_run)) | (wides & !(wides << HALF | last_wide)));
        (last_run, last_wide) = (runs >> (BLOCK - HALF), wides >> (BLOCK - HALF));
        if cores.is_full() | starts.is_full() {
            tell(exact, &tables, bytes, (&mut cores, &mut starts), hits);
        }
        at += BLOCK;
    }
    tell(exact, &tables, bytes, (&mut cores, &mut starts), hits);
}

/// Positions that wait to be looked at more closely.
struct Positions {
    at: [usize; 2 * BLOCK],
    count: usize,
}

impl Default for Positions {
    fn default() -> Self {
        Self { at: [0; 2 * BLOCK], count: 0 }
    }
}

impl Positions {
    /// Adds the bits of a block; most have one or none.
    #[inline]
    fn add(&mut self, block: usize, mut bits: u64) {
        loop {
            self.at[self.count % (2 * BLOCK)] = block + bits.trailing_zeros() as usize;
            self.count += usize::from(bits != 0);
            bits &= bits.wrapping_sub(1);
            if bits == 0 {
                return;
            }
        }
    }

    /// Whether another block may have more than there is room for.
    #[inline]
    fn is_full(&self) -> bool {
        self.count > BLOCK
    }

    fn take(&mut self) -> &[usize] {
        &self.at[..std::mem::take(&mut self.count)]
    }
}

/// Turns what waits into hits, in order.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,lzcnt,popcnt")]
fn tell(
    exact: &Exact,
    tables: &Loaded,
    bytes: &[u8],
    (cores, starts): (&mut Positions, &mut Positions),
    hits: &mut Vec<Hit>,
) {
    let before = hits.len();
    hits.extend(cores.take().iter().filter(|at| exact.is_core(bytes, **at)).map(|at| Hit::Core(*at)));
    let behind = hits.len();
    for &at in starts.take() {
        // A half block of UTF-16 has a NUL in every other place.
        if bytes[at..].iter().take(2).any(|b| *b == 0) {
            hits.push(Hit::Wide(at));
        } else if !is_trace_id(tables, bytes, at) {
            hits.push(Hit::Run(at));
        }
    }
    if behind < hits.len() {
        hits[before..].sort_by_key(|hit| (hit.at(), matches!(hit, Hit::Core(_))));
    }
}

/// Whether the run at `at` begins with a half block of lower-case hex and is shorter than [`HEX_RUN`].
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,lzcnt,popcnt")]
fn is_trace_id(tables: &Loaded, bytes: &[u8], at: usize) -> bool {
    let (before, after) = bytes.split_at(at);
    let before = &before[before.len().saturating_sub(BLOCK)..];
    let kinds = [load_some(before), load_some(after)].map(|block| kinds(tables, block));
    let is_hex = test(kinds[1], LOWER_HEX) & 0xffff == 0xffff;
    let to_left = test(kinds[0], ALPHANUMERIC).unbounded_shl((BLOCK - before.len()) as u32).leading_ones();
    let to_right = test(kinds[1], ALPHANUMERIC).trailing_ones();
    is_hex & (((to_left + to_right) as usize) < HEX_RUN)
}

/// What the vector code says of one block: a bit for each byte.
#[derive(Clone, Copy)]
struct Glance {
    /// What passes the tables.
    core: u64,
    /// Letters and digits.
    alphanumeric: u64,
    nul: u64,
}

impl Glance {
    /// The first bit of each half block that consists of letters and digits.
    #[inline]
    fn runs(self) -> u64 {
        const LOW: u64 = HALVES * 0x7fff;
        let others = !self.alphanumeric;
        !(((others & LOW) + LOW) | others) >> (HALF - 1) & HALVES
    }

    /// The first bit of each half block of UTF-16 in the block at `at`.
    #[cold]
    fn wides(self, bytes: &[u8], at: usize) -> u64 {
        let by_turns = |from: &usize| matches!(self.nul >> from & 0xffff, 0x5555 | 0xaaaa);
        let halves = (0..BLOCK).step_by(HALF).filter(by_turns);
        halves.filter(|from| Classes::of(bytes, at + from).wide).fold(0, |bits, from| bits | 1 << from)
    }
}

/// The tables, in registers.
struct Loaded {
    buckets: [[__m512i; 2]; 4],
    kinds: [__m512i; 2],
}

impl Loaded {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,lzcnt,popcnt")]
    fn of(vectors: &Vectors) -> Self {
        let table = |[low, high]: &Table| [load(low), load(high)];
        let [a, b, c, d] = &vectors.buckets;
        Self { buckets: [table(a), table(b), table(c), table(d)], kinds: table(&vectors.kinds) }
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,lzcnt,popcnt")]
fn glance(tables: &Loaded, sight: &[u8; SIGHT]) -> Glance {
    let at = |from: usize| load(sight[from..].first_chunk().unwrap_or(&[0; BLOCK]));
    glance_at(tables, [at(0), at(1), at(2), at(3)])
}

/// The glance at what is left of the bytes, however little.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,lzcnt,popcnt")]
fn last_glance(tables: &Loaded, rest: &[u8]) -> Glance {
    let at = |from: usize| load_some(rest.get(from..).unwrap_or_default());
    let seen = glance_at(tables, [at(0), at(1), at(2), at(3)]);
    // The zeros behind the end are not looked at any closer.
    Glance { nul: seen.nul & lanes(rest.len()), ..seen }
}

/// The glance at a block, and at the bytes one, two and three places further on.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,lzcnt,popcnt")]
fn glance_at(tables: &Loaded, at: [__m512i; 4]) -> Glance {
    let by = |i: usize| lookup(tables.buckets[i], at[i]);
    let passed = _mm512_and_si512(_mm512_and_si512(by(0), by(1)), _mm512_and_si512(by(2), by(3)));
    Glance {
        core: _mm512_test_epi8_mask(passed, passed),
        alphanumeric: test(kinds(tables, at[0]), ALPHANUMERIC),
        nul: _mm512_testn_epi8_mask(at[0], at[0]),
    }
}

/// What each byte is, with the bits above 127.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,lzcnt,popcnt")]
fn kinds(tables: &Loaded, block: __m512i) -> (u64, __m512i) {
    (!_mm512_movepi8_mask(block), lookup(tables.kinds, block))
}

/// A bit for each ASCII byte that is of a kind.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,lzcnt,popcnt")]
fn test((ascii, kinds): (u64, __m512i), kind: u8) -> u64 {
    _mm512_mask_test_epi8_mask(ascii, kinds, _mm512_set1_epi8(kind as i8))
}

/// For each byte its entry in the table, which its lower seven bits name.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,lzcnt,popcnt")]
fn lookup(table: [__m512i; 2], block: __m512i) -> __m512i {
    _mm512_permutex2var_epi8(table[0], block, table[1])
}

/// All 64 bytes of an array.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,lzcnt,popcnt")]
fn load(array: &[u8; BLOCK]) -> __m512i {
    #[allow(unsafe_code, reason = "64 bytes of an array of 64; no alignment is asked")]
    unsafe {
        _mm512_loadu_si512(array.as_ptr().cast())
    }
}

/// As many of the bytes as fit; behind them are zeros.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,lzcnt,popcnt")]
fn load_some(bytes: &[u8]) -> __m512i {
    #[allow(unsafe_code, reason = "lanes behind the end of the slice are masked, and not read")]
    unsafe {
        _mm512_maskz_loadu_epi8(lanes(bytes.len()), bytes.as_ptr().cast())
    }
}

/// The bits of the first `length` lanes.
#[inline]
fn lanes(length: usize) -> u64 {
    if length < BLOCK { (1 << length) - 1 } else { !0 }
}
