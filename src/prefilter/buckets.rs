//! Which cores share a bucket. The tables have room for sixteen at most, there are some sixty cores, and the
//! union of two lets more pass than either: so those are put together whose union costs least.

use super::{Class, Core};

/// The bytes that a bucket lets pass at one position.
pub(super) trait ByteSet: Copy {
    /// The smallest such set that holds these bytes.
    fn of(class: &Class) -> Self;

    /// The smallest such set that holds both.
    fn with(self, other: Self) -> Self;

    /// How much of common text passes [`ByteSet::with`], where so much passes this set alone. Asked some
    /// thousand times before every scan, however short.
    fn share_with(self, share: u64, other: Self) -> u64;
}

/// Every byte with a low half of `low` and a high half of `high`.
#[derive(Clone, Copy, Default)]
pub(super) struct Halves {
    pub(super) low: u16,
    pub(super) high: u16,
}

impl ByteSet for Halves {
    fn of(class: &Class) -> Self {
        class
            .iter()
            .fold(Self::default(), |h, &b| Self { low: h.low | 1 << (b & 15), high: h.high | 1 << (b >> 4) })
    }

    fn with(self, other: Self) -> Self {
        Self { low: self.low | other.low, high: self.high | other.high }
    }

    fn share_with(self, share: u64, other: Self) -> u64 {
        let Self { low, high } = self.with(other);
        if (low, high) == (self.low, self.high) {
            return share;
        }
        let rows = ones(high.into()).map(|high| &COMMON[high * 16..][..16]);
        rows.map(|row| ones(low.into()).map(|low| u64::from(row[low])).sum::<u64>()).sum()
    }
}

/// Exactly these bytes, but for the highest bit of each.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Default)]
pub(super) struct Folded(u128);

#[cfg(target_arch = "x86_64")]
impl Folded {
    /// Whether the byte passes.
    pub(super) fn has(self, b: u8) -> bool {
        self.0 >> (b & 127) & 1 != 0
    }
}

#[cfg(target_arch = "x86_64")]
impl ByteSet for Folded {
    fn of(class: &Class) -> Self {
        Self(class.iter().fold(0, |set, &b| set | 1 << (b & 127)))
    }

    fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn share_with(self, share: u64, other: Self) -> u64 {
        let new = other.0 & !self.0;
        let all = ones(new as u64).chain(ones((new >> 64) as u64).map(|b| b + 64));
        share + all.map(|b| u64::from(COMMON[b])).sum::<u64>()
    }
}

/// The positions of the bits that are set.
fn ones(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = bits.trailing_zeros();
        (bits != 0).then(|| {
            bits &= bits - 1;
            at as usize
        })
    })
}

/// [`common`] of every byte.
static COMMON: [u8; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        table[at] = common(at as u8) as u8;
        at += 1;
    }
    table
};

/// Of a thousand bytes of program text and logs, roughly.
pub(crate) const fn common(b: u8) -> u64 {
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

/// A bucket with how much of common text passes each of its positions.
#[derive(Clone, Copy)]
struct Bucket<S> {
    sets: [S; 4],
    shares: [u64; 4],
}

impl<S: ByteSet> Bucket<S> {
    fn of(core: &Core) -> Self {
        let none = S::of(&Class::new());
        let sets = std::array::from_fn(|i| S::of(&core[i]));
        Self { sets, shares: sets.map(|set| none.share_with(0, set)) }
    }

    fn share(&self) -> u64 {
        self.shares.iter().product()
    }

    fn shares_with(&self, other: &Self) -> [u64; 4] {
        std::array::from_fn(|i| self.sets[i].share_with(self.shares[i], other.sets[i]))
    }

    fn with(&self, other: &Self) -> Self {
        let sets = std::array::from_fn(|i| self.sets[i].with(other.sets[i]));
        Self { sets, shares: self.shares_with(other) }
    }

    /// How much more passes where the two are one.
    fn cost(&self, other: &Self) -> u64 {
        let union: u64 = self.shares_with(other).iter().product();
        union.saturating_sub(self.share() + other.share())
    }
}

/// Shares the cores out to as many buckets as `most` says first, then to as many as it says next: the two
/// whose union lets the least more pass become one, until there are no more than there is room for.
pub(super) fn buckets<S: ByteSet, const N: usize>(cores: &[Core], most: [usize; N]) -> [Vec<[S; 4]>; N] {
    let mut all: Vec<Bucket<S>> = cores.iter().map(Bucket::of).collect();
    let mut left: Vec<usize> = (0..all.len()).collect();
    // For each bucket what it costs to put it together with each one before it, and the least of that.
    let mut costs: Vec<Vec<u64>> =
        left.iter().map(|&i| all[..i].iter().map(|before| before.cost(&all[i])).collect()).collect();
    let least = |costs: &[Vec<u64>], left: &[usize], i: usize| {
        left.iter().take_while(|&&j| j < i).map(|&j| (costs[i][j], j)).min()
    };
    let mut best: Vec<Option<(u64, usize)>> = left.iter().map(|&i| least(&costs, &left, i)).collect();
    most.map(|most| {
        while left.len() > most {
            let pairs = left.iter().filter_map(|&i| best[i].map(|(cost, j)| (cost, i, j)));
            let Some((_, gone, into)) = pairs.min() else { break };
            all[into] = all[into].with(&all[gone]);
            left.retain(|&i| i != gone);
            for &i in left.iter().filter(|&&i| i != into) {
                costs[i.max(into)][i.min(into)] = all[into].cost(&all[i]);
            }
            for &i in left.iter().filter(|&&i| i >= into) {
                best[i] = match best[i] {
                    Some((_, near)) if i != into && near != gone && near != into => {
                        best[i].min(Some((costs[i][into], into)))
                    }
                    _ => least(&costs, &left, i),
                };
            }
        }
        left.iter().map(|&i| all[i].sets).collect()
    })
}

/// Per position: buckets by low half, buckets by high half.
pub(super) type Tables = [[[u16; 16]; 2]; 4];

/// The tables of these buckets.
pub(super) fn tables(buckets: &[[Halves; 4]]) -> Tables {
    let mut tables = [[[0; 16]; 2]; 4];
    for (bucket, sets) in buckets.iter().enumerate() {
        for (table, set) in tables.iter_mut().zip(sets) {
            let [low, high] = table;
            for (half, (low, high)) in low.iter_mut().zip(high).enumerate() {
                *low |= u16::from(set.low & (1 << half) != 0) << bucket;
                *high |= u16::from(set.high & (1 << half) != 0) << bucket;
            }
        }
    }
    tables
}

/// Every four bytes of a core.
pub(crate) fn product(core: &Core) -> Vec<[u8; 4]> {
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
