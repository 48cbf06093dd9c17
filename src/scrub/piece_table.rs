//! Where the pieces of remembered strings are looked up: a table of hashes with a filter before it, all of which is
//! wiped.

use zeroize::Zeroizing;

use super::needles::{bits, hash, piece};

/// The bytes of a piece.
pub(super) const WIDTH: usize = 8;

/// Where the pieces of forms are looked up.
#[derive(Default)]
pub(super) struct Table {
    /// Of each piece: more of its hash, and its form and place in it, from 1.
    slots: Zeroizing<Vec<[u32; 2]>>,
    pub(super) used: usize,
    /// Two bits for each piece, in the word that the upper bits of its hash name.
    filter: Zeroizing<Vec<u64>>,
}

/// Places in a form are fewer.
const PLACES: usize = 32;

impl Table {
    /// An empty one of twice the size.
    pub(super) fn larger(of: &Self) -> Self {
        let slots = (of.slots.len() * 2).max(64);
        Self {
            slots: Zeroizing::new(vec![[0; 2]; slots]),
            used: 0,
            filter: Zeroizing::new(vec![0; slots / 4]),
        }
    }

    pub(super) fn clear(&mut self) {
        self.slots.fill([0; 2]);
        self.filter.fill(0);
        self.used = 0;
    }

    pub(super) fn has_room(&self, pieces: usize) -> bool {
        (self.used + pieces) * 2 <= self.slots.len()
    }

    pub(super) fn add(&mut self, string: &[u8], form: usize, stride: usize) {
        let first = first_piece(string.len(), stride);
        for offset in 0..stride {
            let hash = hash(piece(string, first + offset));
            let word = self.word(hash);
            self.filter[word] |= bits(hash);
            let mut slot = self.slot(hash);
            while self.slots[slot][1] != 0 {
                slot = (slot + 1) % self.slots.len();
            }
            self.slots[slot] = [hash as u32, (form * PLACES + offset + 1) as u32];
            self.used += 1;
        }
    }

    fn word(&self, hash: u64) -> usize {
        (hash >> 40) as usize & (self.filter.len() - 1)
    }

    fn slot(&self, hash: u64) -> usize {
        (hash >> 32) as usize & (self.slots.len() - 1)
    }

    #[inline]
    pub(super) fn may_hold(&self, hash: u64) -> bool {
        self.filter.get(self.word(hash)).is_some_and(|word| word & bits(hash) == bits(hash))
    }

    /// Gives the forms that have a piece of this hash, with its place in them.
    pub(super) fn each(&self, hash: u64, sink: &mut impl FnMut(usize, usize)) {
        if self.slots.is_empty() {
            return;
        }
        let mut slot = self.slot(hash);
        // At least half of the slots are free.
        while let [check, place] = self.slots[slot]
            && place > 0
        {
            if check == hash as u32 {
                sink((place as usize - 1) / PLACES, (place as usize - 1) % PLACES);
            }
            slot = (slot + 1) % self.slots.len();
        }
    }
}

/// Where the pieces of a string begin: at its end, since tokens begin alike and end in a signature.
pub(super) fn first_piece(length: usize, stride: usize) -> usize {
    (length + 1).saturating_sub(WIDTH + stride)
}
