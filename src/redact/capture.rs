//! One event's or span's values: captured once, scanned, and handed on masked.
//!
//! Values cannot be changed in place, and asking a Debug value twice may give two answers, so each is
//! written once into a buffer of the thread; the buffer is scanned; what goes on is made of it. All
//! that leans on hidden parts of `tracing-core` stands here: `value_set_all` (which the macros of
//! `tracing` expand to, so that 0.1 cannot lose it) and the callsite in an `Identifier`.

use std::ops::Range;

use tracing_core::metadata::Metadata;

use super::error_chain::Chain;
use super::names::Names;
use crate::judge::plain;
use crate::scrub::{Masker, Scratch, Secrecy};

/// The buffers of a thread. While one is in use, an event inside a Debug value gets another.
#[derive(Debug, Default)]
pub(super) struct Capture {
    pub(super) slots: Vec<Slot>,
    /// The texts, each after its name, with a separator between them.
    pub(super) text: String,
    /// The texts that their names hide; they are not scanned.
    pub(super) hidden: String,
    /// The links of the chains of errors.
    pub(super) links: Vec<Place>,
    /// How many errors there are.
    pub(super) errors: usize,
    /// Their chains, masked; those of others may follow.
    pub(super) chains: Vec<Chain>,
    /// Masked texts.
    pub(super) masked: Vec<u8>,
    pub(super) scratch: Scratch,
    pub(super) names: Names,
    /// Whether a value was hidden because of its name.
    pub(super) named: bool,
}

/// One value: which field, and what it is.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) index: usize,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    I64(i64),
    U64(u64),
    I128(i128),
    U128(u128),
    F64(f64),
    Bool(bool),
    /// A string, a Debug value, bytes: where it stands in the text.
    Text(Form, Place),
    /// The links of an error's chain, and where the chain stands.
    Error {
        links: Range<usize>,
        chain: usize,
    },
    /// The name says that it is secret, and it is no text.
    Hidden,
}

impl Kind {
    /// Whether this is a whole number of so many digits that it may be the id of a session or a token.
    pub(super) fn is_long_number(&self) -> bool {
        let digits = match self {
            Self::I64(number) => number.to_string(),
            Self::U64(number) => number.to_string(),
            Self::I128(number) => number.to_string(),
            Self::U128(number) => number.to_string(),
            Self::F64(_) | Self::Bool(_) | Self::Text(..) | Self::Error { .. } | Self::Hidden => {
                return false;
            }
        };
        !plain::is_plain(digits.as_bytes())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Str,
    Debug,
    Bytes,
}

/// A text in the buffer, or in the masked one.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) range: Range<usize>,
    pub(super) masked: bool,
    /// What its name says, where it is not to be scanned.
    pub(super) secrecy: Option<Secrecy>,
    /// The policy keeps it; only a literal is hidden in it.
    pub(super) kept: bool,
}

impl Capture {
    /// Masks what has to be; says whether there was anything.
    pub(super) fn mask(&mut self, masker: &Masker, metadata: Option<&'static Metadata<'static>>) -> bool {
        let callsite = metadata.map_or("", Metadata::target);
        let name =
            |index: usize| metadata.and_then(|m| m.fields().iter().nth(index)).map_or("", |f| f.name());
        let Self { slots, text, hidden, links, masked, scratch, named, .. } = self;
        let bytes = text.as_bytes();
        if *named {
            // First, so that a message beside the field shows no more than the field.
            for slot in slots.iter() {
                if let Kind::Text(_, Place { secrecy: Some(secrecy), range, .. }) = &slot.kind {
                    masker.learn_field(&hidden.as_bytes()[range.clone()], *secrecy);
                }
            }
        }
        let found = masker.find(bytes, scratch);
        if found == 0 && !*named {
            return false;
        }
        let touches = |kept| if kept { Masker::touches_literal } else { Masker::touches };
        let mut hide = |index: usize, place: &mut Place| {
            let from = masked.len();
            let done = match place.secrecy {
                Some(secrecy) => {
                    let value = &hidden.as_bytes()[place.range.clone()];
                    let done = masker.hide_value(value, secrecy, masked);
                    if done {
                        masker.tell_field(name(index), value, callsite);
                    }
                    done
                }
                None if found > 0 && touches(place.kept)(scratch, &place.range) => {
                    masker.put(bytes, place.range.clone(), scratch, masked);
                    true
                }
                None => false,
            };
            if done {
                *place = Place { range: from..masked.len(), masked: true, secrecy: None, kept: false };
            }
        };
        for slot in slots {
            match &mut slot.kind {
                Kind::Text(_, place) => hide(slot.index, place),
                Kind::Error { links: range, .. } => {
                    links[range.clone()].iter_mut().for_each(|link| hide(slot.index, link));
                }
                Kind::Hidden => masker.tell_field(name(slot.index), b"", callsite),
                _ => {}
            }
        }
        masker.tell(bytes, callsite, scratch);
        true
    }

    /// Puts the chains of errors together.
    pub(super) fn chain(&mut self) {
        if self.errors == 0 {
            return;
        }
        let mut chains = std::mem::take(&mut self.chains);
        chains.resize_with(self.errors.max(chains.len()), Chain::default);
        for slot in &self.slots {
            if let Kind::Error { links, chain } = &slot.kind {
                chains[*chain].fill(self.links[links.clone()].iter().map(|place| self.str(place)));
            }
        }
        self.chains = chains;
    }

    pub(super) fn bytes(&self, place: &Place) -> &[u8] {
        let buffer = if place.masked { &self.masked[..] } else { self.plain(place).as_bytes() };
        &buffer[place.range.clone()]
    }

    /// Where a text stands that is not masked.
    fn plain(&self, place: &Place) -> &str {
        if place.secrecy.is_some() { &self.hidden } else { &self.text }
    }

    pub(super) fn str(&self, place: &Place) -> &str {
        if place.masked {
            // Masks replace whole values in UTF-8; were one cut, the text is hidden altogether.
            std::str::from_utf8(self.bytes(place)).unwrap_or(crate::text::STARS)
        } else {
            &self.plain(place)[place.range.clone()]
        }
    }
}
