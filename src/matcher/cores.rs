//! Cores: the four bytes of a keyword by which the prefilter wakes the matcher, and what each leads to.

use super::Action;
use crate::prefilter::common;

/// Words that logs and sources are full of: a core inside one of them would wake everywhere.
const EVERYWHERE: &[&str] = &[
    "service", "config", "device", "connect", "client", "server", "generate", "request", "session",
    "version", "start", "token", "build", "_key", "-key",
];

/// The four bytes of a keyword that are rarest in text, so that few places wake it.
pub(super) fn core_of(keyword: &[u8]) -> Option<[u8; 4]> {
    let lower = keyword.to_ascii_lowercase();
    let is_common = |w: &&[u8]| EVERYWHERE.iter().any(|e| memchr::memmem::find(e.as_bytes(), w).is_some());
    let share = |w: &&[u8]| w.iter().map(|&b| common(b)).product::<u64>();
    let rare = lower.windows(4).filter(|w| !is_common(w)).min_by_key(share);
    rare.or_else(|| lower.windows(4).min_by_key(share))?.try_into().ok()
}

/// What the four folded bytes of a core lead to: a table of 4,096 places, found by one multiplication.
#[derive(Debug)]
pub(super) struct Cores {
    /// For each place the index behind the last of its entries, or 0.
    first: Vec<u16>,
    /// The bytes, what they lead to, and the next entry of the same place.
    entries: Vec<(u32, Actions, u16)>,
}

/// A set of actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Actions(u16);

impl Actions {
    /// True where there is none.
    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the action is one of them.
    pub(crate) fn has(self, action: Action) -> bool {
        self.0 & (1 << action as u16) != 0
    }

    /// The others.
    pub(super) fn without(self, action: Action) -> Self {
        Self(self.0 & !(1 << action as u16))
    }
}

impl Default for Cores {
    fn default() -> Self {
        Self { first: vec![0; 4096], entries: Vec::new() }
    }
}

impl Cores {
    fn place(folded: u32) -> usize {
        (folded.wrapping_mul(0x9e37_79b1) >> 20) as usize
    }

    /// Adds an action; false where it is there already.
    pub(super) fn add(&mut self, four: [u8; 4], action: Action) -> bool {
        let bit = Actions(1 << action as u16);
        if let Some((_, actions, _)) = self.entries.iter_mut().find(|(bytes, ..)| *bytes == fold(four)) {
            let is_new = !actions.has(action);
            actions.0 |= bit.0;
            return is_new;
        }
        let place = Self::place(fold(four));
        self.entries.push((fold(four), bit, self.first[place]));
        self.first[place] = self.entries.len() as u16;
        true
    }

    /// The actions of four bytes.
    #[inline]
    pub(super) fn get(&self, four: [u8; 4]) -> Actions {
        let folded = fold(four);
        let mut next = self.first[Self::place(folded)];
        while next != 0 {
            let (bytes, actions, after) = self.entries[usize::from(next) - 1];
            if bytes == folded {
                return actions;
            }
            next = after;
        }
        Actions::default()
    }
}

/// Four bytes without case. Some signs fall together too; whoever is woken looks again.
fn fold(four: [u8; 4]) -> u32 {
    u32::from_le_bytes(four) | 0x2020_2020
}
