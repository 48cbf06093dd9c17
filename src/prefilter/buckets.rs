//! Which cores share a bucket. The tables have room for sixteen at most, there are some ninety cores, and the
//! union of two lets more pass than either: who shares with whom stands in `groups`.

use super::groups::{FOLDED, GROUPS, HALVES};
use super::{Class, Core};

/// The bytes that a bucket lets pass at one position.
pub(super) trait ByteSet: Copy {
    /// The smallest such set that holds these bytes.
    fn of(class: &Class) -> Self;

    /// The smallest such set that holds both.
    fn with(self, other: Self) -> Self;

    /// How much of common text passes [`ByteSet::with`], where so much passes this set alone.
    fn share_with(self, share: u64, other: Self) -> u64;

    /// Whether the byte passes.
    fn has(self, b: u8) -> bool;

    /// How many groups there are, and the one of a core that stands in [`GROUPS`].
    fn group(groups: (usize, usize)) -> (usize, usize);
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

    fn has(self, b: u8) -> bool {
        self.low >> (b & 15) & 1 != 0 && self.high >> (b >> 4) & 1 != 0
    }

    fn group((_, halves): (usize, usize)) -> (usize, usize) {
        (HALVES, halves)
    }
}

/// Exactly these bytes, but for the highest bit of each.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Default)]
pub(super) struct Folded(u128);

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

    fn has(self, b: u8) -> bool {
        self.0 >> (b & 127) & 1 != 0
    }

    fn group((folded, _): (usize, usize)) -> (usize, usize) {
        (FOLDED, folded)
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

/// Shares the cores out to the groups of these sets.
pub(super) fn buckets<S: ByteSet>(cores: &[Core]) -> Vec<[S; 4]> {
    let (count, _) = S::group((0, 0));
    let mut all: Vec<Option<Bucket<S>>> = vec![None; count];
    let known = |core: &Core| {
        let is_same = |four: &[u8; 4]| core.iter().zip(four).all(|(class, b)| class.first() == Some(b));
        GROUPS.iter().find(|(four, ..)| is_same(four)).map(|&(_, folded, halves)| (folded, halves))
    };
    let mut others = Vec::new();
    for core in cores {
        match known(core).map(S::group) {
            Some((_, group)) => join(&mut all[group], Bucket::of(core)),
            None => others.push(Bucket::of(core)),
        }
    }
    for core in others {
        let cost = |bucket: &Option<Bucket<S>>| bucket.as_ref().map_or(0, |bucket| bucket.cost(&core));
        let least = (0..count).min_by_key(|&group| cost(&all[group])).unwrap_or(0);
        join(&mut all[least], core);
    }
    let none = || std::array::from_fn(|_| S::of(&Class::new()));
    all.into_iter().map(|bucket| bucket.map_or_else(none, |bucket| bucket.sets)).collect()
}

fn join<S: ByteSet>(bucket: &mut Option<Bucket<S>>, core: Bucket<S>) {
    *bucket = Some(bucket.map_or(core, |bucket| bucket.with(&core)));
}

/// These buckets by pairs.
pub(super) fn paired<S: ByteSet>(buckets: &[[S; 4]]) -> Vec<[S; 4]> {
    let pair = |pair: &[[S; 4]]| std::array::from_fn(|i| pair[0][i].with(pair[1][i]));
    buckets.chunks_exact(2).map(pair).collect()
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
