//! Hits: what may stand at a position, and how the masks of a block become such.

use super::exact::Exact;

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

impl Hit {
    /// The position.
    pub(crate) fn at(self) -> usize {
        match self {
            Hit::Core(at) | Hit::Run(at) | Hit::Wide(at) => at,
        }
    }
}

/// The shortest run of lower-case hex digits that may be a key or an encoded text.
pub(super) const HEX_RUN: usize = 40;

/// The block that is looked at in one step.
pub(super) const BLOCK: usize = 32;

/// Half of a block: the unit of runs.
pub(super) const HALF: usize = 16;

/// What a half block consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Classes {
    /// Letters and digits only.
    pub(super) run: bool,
    /// Printable ASCII and NUL by turns.
    pub(super) wide: bool,
}

impl Classes {
    /// Neither.
    pub(super) const NONE: Self = Self { run: false, wide: false };

    /// Of the half block at `at`; a half block that is cut off by the end of the bytes is nothing.
    pub(super) fn of(bytes: &[u8], at: usize) -> Self {
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
pub(super) fn emit(
    exact: &Exact,
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
        cores(exact, bytes, block.at + start, (block.core >> start) & 0xffff, hits);
    }
}

/// Tells the positions that passed the tables and are cores.
#[inline]
pub(super) fn cores(exact: &Exact, bytes: &[u8], from: usize, mut bits: u32, hits: &mut Vec<Hit>) {
    while bits != 0 {
        let at = from + bits.trailing_zeros() as usize;
        if exact.is_core(bytes, at) {
            hits.push(Hit::Core(at));
        }
        bits &= bits - 1;
    }
}

/// Whether the half block at `at` is lower-case hex and its run shorter than [`HEX_RUN`].
pub(super) fn is_trace_id(bytes: &[u8], at: usize) -> bool {
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
pub(super) fn is_lower_hex(bytes: &[u8], at: usize) -> bool {
    bytes.get(at..).and_then(|b| b.first_chunk::<HALF>()).is_some_and(|half| {
        half.iter().fold(true, |all, &b| all & (b.wrapping_sub(b'0') < 10 || b.wrapping_sub(b'a') < 6))
    })
}

/// One block, classified.
#[derive(Clone, Copy)]
pub(super) struct Block {
    pub(super) at: usize,
    /// 32, or less at the end.
    pub(super) length: usize,
    /// A bit for each position that passes the tables.
    pub(super) core: u32,
    pub(super) halves: [Classes; 2],
}
