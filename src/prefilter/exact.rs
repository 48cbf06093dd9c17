//! Which four bytes are a core: the tables let pass whatever mixes the cores of a bucket, and most of that ends
//! here.

use super::buckets::{Core, product};

/// Two bits for each four bytes that are a core.
#[derive(Debug, Clone)]
pub(super) struct Exact {
    bits: Box<[u64; BITS / 64]>,
}

/// A power of two; 8 KiB stay in the first-level cache.
const BITS: usize = 1 << 16;

impl Exact {
    /// Of these cores.
    pub(super) fn of(cores: &[Core]) -> Self {
        let mut bits = Box::new([0; BITS / 64]);
        for core in cores {
            for four in product(core) {
                for place in Self::places(four) {
                    bits[place / 64] |= 1u64 << (place % 64);
                }
            }
        }
        Self { bits }
    }

    /// The bits of four bytes, without case: cores are thousands with it, and a tenth of all words would
    /// meet one of them by chance.
    #[inline]
    fn places(four: [u8; 4]) -> [usize; 2] {
        let folded = u64::from(u32::from_le_bytes(four) | 0x2020_2020);
        let mixed = folded.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        [(mixed >> 48) as usize, (mixed >> 32) as usize & (BITS - 1)]
    }

    /// Whether the four bytes at `at` are a core, but for hashes that meet.
    #[inline]
    pub(super) fn is_core(&self, bytes: &[u8], at: usize) -> bool {
        bytes.get(at..).and_then(|b| b.first_chunk()).is_some_and(|four| self.are_core(*four))
    }

    /// The same for four bytes.
    #[inline]
    pub(super) fn are_core(&self, four: [u8; 4]) -> bool {
        Self::places(four).iter().all(|place| self.bits[place / 64] & (1 << (place % 64)) != 0)
    }
}
