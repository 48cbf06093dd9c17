//! Which cores share a bucket. The tables have room for sixteen at most, there are some sixty cores, and the
//! union of two lets more pass than either: so those are put together whose union costs least.

use super::{Class, Core};

/// The bytes that a bucket lets pass at one position: a low half of `low` and a high half of `high`.
#[derive(Clone, Copy, Default)]
pub(super) struct Halves {
    pub(super) low: u16,
    pub(super) high: u16,
}

impl Halves {
    fn of(class: &Class) -> Self {
        class
            .iter()
            .fold(Self::default(), |h, &b| Self { low: h.low | 1 << (b & 15), high: h.high | 1 << (b >> 4) })
    }

    fn with(self, other: Self) -> Self {
        Self { low: self.low | other.low, high: self.high | other.high }
    }

    /// How much of common text passes. Asked some thousand times before every scan, however short.
    fn share(self) -> u64 {
        let rows = ones(self.high).map(|high| &COMMON[high * 16..][..16]);
        rows.map(|row| ones(self.low).map(|low| u64::from(row[low])).sum::<u64>()).sum()
    }
}

/// The positions of the bits that are set.
fn ones(mut bits: u16) -> impl Iterator<Item = usize> {
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

/// Shares the cores out to `most` buckets, and then to half of that: the two whose union lets the least
/// more pass become one, until there are no more than there is room for.
pub(super) fn buckets(cores: &[Core], most: usize) -> [Vec<[Halves; 4]>; 2] {
    let share = |sets: &[Halves; 4]| sets.iter().map(|s| s.share()).product::<u64>();
    let union =
        |a: &[Halves; 4], b: &[Halves; 4]| -> [Halves; 4] { std::array::from_fn(|i| a[i].with(b[i])) };
    let mut all: Vec<([Halves; 4], u64)> =
        cores.iter().map(|c| std::array::from_fn(|i| Halves::of(&c[i]))).map(|s| (s, share(&s))).collect();
    let mut costs: Vec<Vec<u64>> = Vec::new();
    for i in 0..all.len() {
        let cost = |j: usize| share(&union(&all[i].0, &all[j].0)).saturating_sub(all[i].1 + all[j].1);
        costs.push((0..i).map(cost).collect());
    }
    let sets =
        |all: &[([Halves; 4], u64)]| -> Vec<[Halves; 4]> { all.iter().map(|(sets, _)| *sets).collect() };
    let mut long = sets(&all);
    while all.len() > most / 2 {
        let cheapest =
            (0..all.len()).flat_map(|i| (0..i).map(move |j| (i, j))).min_by_key(|&(i, j)| costs[i][j]);
        let Some((i, j)) = cheapest else { break };
        let merged = union(&all[i].0, &all[j].0);
        all[j] = (merged, share(&merged));
        all.remove(i);
        costs.remove(i);
        for row in &mut costs[i..] {
            row.remove(i);
        }
        for k in 0..all.len() {
            let cost = share(&union(&all[k].0, &merged)).saturating_sub(all[k].1 + all[j].1);
            match k.cmp(&j) {
                std::cmp::Ordering::Less => costs[j][k] = cost,
                std::cmp::Ordering::Greater => costs[k][j] = cost,
                std::cmp::Ordering::Equal => {}
            }
        }
        if all.len() == most {
            long = sets(&all);
        }
    }
    [long, sets(&all)]
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
