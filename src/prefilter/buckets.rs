//! Which cores share a bucket. The tables have room for sixteen at most, there are some ninety cores, and the
//! union of two lets more pass than either: who shares with whom stands in `groups`.

use super::groups::{FOLDED, GROUPS, HALVES};

/// The bytes that a bucket lets pass at one position.
pub(super) trait ByteSet: Copy {
    /// The smallest such set that holds these bytes.
    fn of(class: &Class) -> Self;

    /// The smallest such set that holds both.
    fn with(self, other: Self) -> Self;

    /// Whether the byte passes.
    fn has(self, b: u8) -> bool;

    /// How many groups there are for such sets.
    const COUNT: usize;

    /// Which of the two groups of a core that stands in [`GROUPS`] is for such sets.
    fn group(folded: usize, halves: usize) -> usize;
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

    fn has(self, b: u8) -> bool {
        self.low >> (b & 15) & 1 != 0 && self.high >> (b >> 4) & 1 != 0
    }

    const COUNT: usize = HALVES;

    fn group(_: usize, halves: usize) -> usize {
        halves
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

    fn has(self, b: u8) -> bool {
        self.0 >> (b & 127) & 1 != 0
    }

    const COUNT: usize = FOLDED;

    fn group(folded: usize, _: usize) -> usize {
        folded
    }
}

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

/// How much of common text passes a bucket, were bytes independent.
fn share<S: ByteSet>(bucket: &[S; 4]) -> u64 {
    let passing = |set: &S| (0..=u8::MAX).filter(|b| set.has(*b)).map(common).sum::<u64>();
    bucket.iter().map(passing).product()
}

/// What passes either.
pub(super) fn union<S: ByteSet>(a: &[S; 4], b: &[S; 4]) -> [S; 4] {
    std::array::from_fn(|i| a[i].with(b[i]))
}

/// Shares the cores out to the groups of these sets.
pub(super) fn buckets<S: ByteSet>(cores: &[Core]) -> Vec<[S; 4]> {
    let none: [S; 4] = std::array::from_fn(|_| S::of(&Class::new()));
    let mut all = vec![none; S::COUNT];
    let is_core =
        |core: &Core, four: &[u8; 4]| core.iter().zip(four).all(|(class, b)| class.first() == Some(b));
    let mut others = Vec::new();
    for core in cores {
        let sets = std::array::from_fn(|i| S::of(&core[i]));
        match GROUPS.iter().find(|(four, ..)| is_core(core, four)) {
            Some(&(_, folded, halves)) => {
                let bucket = &mut all[S::group(folded, halves)];
                *bucket = union(bucket, &sets);
            }
            None => others.push(sets),
        }
    }
    for sets in others {
        let cost = |bucket: &[S; 4]| share(&union(bucket, &sets)).saturating_sub(share(bucket));
        let least = (0..S::COUNT).min_by_key(|&group| cost(&all[group])).unwrap_or(0);
        all[least] = union(&all[least], &sets);
    }
    all
}

/// These buckets by pairs.
pub(super) fn paired<S: ByteSet>(buckets: &[[S; 4]]) -> Vec<[S; 4]> {
    buckets.chunks_exact(2).map(|pair| union(&pair[0], &pair[1])).collect()
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

/// One byte of a core: the set of bytes that may stand there.
pub(crate) type Class = Vec<u8>;

/// Four classes.
pub(crate) type Core = [Class; 4];
