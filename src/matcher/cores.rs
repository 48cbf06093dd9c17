//! Cores: the four bytes of a keyword by which the prefilter wakes the matcher, and what each leads to.

use super::der;
use super::field::{self, Fields};
use super::types::Action;
use crate::decode::{self, numbers};
use crate::prefilter::{Core, common, product};

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

/// Cores of the forms that are the grammar's own, not the rules'.
const FIXED: &[(&[u8; 4], Action)] = &[
    (b"v1.e", Action::Connect),
    (b"%2Ee", Action::Percent),
    (b"-BEG", Action::Pem),
    (der::CORES[0].0, Action::Der),
    (der::CORES[1].0, Action::Der),
    (b"\\u00", Action::Escape),
    (b"\\u{0", Action::Escape),
    // The ideographs of "secret key", as ASCII-only JSON writes them.
    (b"u5bc", Action::Escape),
    (b"u79d", Action::Escape),
    (b" -K ", Action::ShortFlag),
    (b"TGV1", Action::Request),
    (b"\"TLS", Action::Document),
    // Base64 of a gzip header.
    (b"H4sI", Action::Gzip),
];

/// The name `sk` is too short for a core of its own: what stands before it belongs to the core.
const SK_BEFORE: &[u8] = b"?&\"'`{, \n\t(";

/// All cores while they are gathered: what each leads to, and the bytes that the prefilter looks for.
pub(super) struct CoreSet {
    pub(super) cores: Cores,
    pub(super) classes: Vec<Core>,
}

impl CoreSet {
    /// Those of the grammar itself.
    pub(super) fn of_grammar() -> Self {
        let mut set = Self { cores: Cores::default(), classes: own_cores() };
        FIXED.iter().for_each(|(four, action)| set.add(**four, *action));
        numbers::CORES.iter().for_each(|four| set.add(**four, Action::Numbers));
        set
    }

    /// Adds one that leads to an action, in either case.
    pub(super) fn add(&mut self, four: [u8; 4], action: Action) {
        if self.cores.add(four, action) {
            self.classes.push(four.map(either_case));
        }
    }

    /// Adds what leads to the names of a log's fields, and to addresses.
    pub(super) fn add_fields(&mut self, fields: &Fields) {
        let Self { cores, classes } = self;
        for core in fields.cores(|four| !cores.get(four).is_empty()) {
            let new = product(&core).into_iter().filter(|four| cores.add(*four, Action::Field)).count();
            if new > 0 {
                classes.push(core.map(|class| class.iter().flat_map(|b| either_case(*b)).collect()));
            }
        }
        if !fields.is_empty() {
            for core in field::address_cores() {
                product(&core).into_iter().for_each(|four| _ = cores.add(four, Action::Address));
                classes.push(core);
            }
        }
    }
}

fn either_case(b: u8) -> Vec<u8> {
    let mut class = vec![b.to_ascii_lowercase(), b.to_ascii_uppercase()];
    class.dedup();
    class
}

/// Cores whose bytes are classes, not letters.
fn own_cores() -> Vec<Core> {
    let fourth = b"0189ABEFMNUVcdklqrst".to_vec();
    let zlib = |second: u8, third: &[u8]| [vec![b'e'], vec![second], third.to_vec(), fourth.clone()];
    let mut cores = decode::invisible::cores().to_vec();
    cores.extend([
        zlib(b'A', b"EFGH"),
        zlib(b'F', b"4567"),
        zlib(b'J', b"wxyz"),
        zlib(b'N', b"opqr"),
        [vec![b'%'], b"4567".to_vec(), b"0123456789abcdefABCDEF".to_vec(), vec![b'%']],
        [b"\"'".to_vec(), b"ev".to_vec(), b"\"'".to_vec(), b",".to_vec()],
        [SK_BEFORE.to_vec(), either_case(b's'), either_case(b'k'), b"=:\"' \\".to_vec()],
    ]);
    cores
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
    pub(crate) fn without(self, action: Action) -> Self {
        Self(self.0 & !(1 << action as u16))
    }

    /// Those that are of no name.
    pub(crate) fn without_names(self) -> Self {
        self.without(Action::Field).without(Action::Name).without(Action::License)
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
