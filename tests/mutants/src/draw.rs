//! The draw: the order in which the changes of an area are taken.

use crate::change::Change;

/// The changes in an order that the seed decides.
pub fn shuffle(mut changes: Vec<Change>, seed: u64) -> Vec<Change> {
    let mut state = seed ^ changes.first().map_or(0, |first| mix_name(first.area));
    for end in (1..changes.len()).rev() {
        let other = (next(&mut state) % (end as u64 + 1)) as usize;
        changes.swap(end, other);
    }
    changes
}

/// How many of `count` each of so many areas gets, no more than it has: what one lacks the others get.
pub fn shares(count: usize, sizes: &[usize]) -> Vec<usize> {
    let mut shares = vec![0; sizes.len()];
    let mut left = count.min(sizes.iter().sum());
    while left > 0 {
        for (share, &size) in shares.iter_mut().zip(sizes) {
            if *share < size && left > 0 {
                *share += 1;
                left -= 1;
            }
        }
    }
    shares
}

/// `SplitMix64`.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Areas with the same seed are drawn in orders of their own.
fn mix_name(name: &str) -> u64 {
    name.bytes().fold(0, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_even_and_go_on_to_others() {
        assert_eq!(shares(10, &[100, 100, 100]), [4, 3, 3]);
        assert_eq!(shares(10, &[1, 100, 100]), [1, 5, 4]);
        assert_eq!(shares(10, &[2, 3]), [2, 3]);
    }

    #[test]
    fn a_seed_is_an_order() {
        let some = |n: usize| {
            let text = n.to_string();
            Change { area: "git", file: String::new(), line: n, range: 0..0, text, what: String::new() }
        };
        let order = |seed| shuffle((0..50).map(some).collect(), seed);
        assert_eq!(order(1), order(1));
        assert_ne!(order(1), order(2));
        let mut lines: Vec<_> = order(3).iter().map(|change| change.line).collect();
        lines.sort_unstable();
        assert_eq!(lines, (0..50).collect::<Vec<_>>());
    }
}
