//! The runtime layer against everything that is known to have leaked somewhere: a list of events,
//! each through every formatter and an exporter. Without the layer each of them shows a secret, or
//! the list would prove nothing; with it none does, and nothing else is lost.

#![allow(clippy::unwrap_used, reason = "one of the ways to panic")]

mod errors;
#[cfg(feature = "opentelemetry")]
mod exporters;
mod fields;
mod kinds;
mod nested;
mod odd;
mod outputs;
mod process;
#[cfg(feature = "opentelemetry")]
mod records;
mod shapes;
mod sinks;
mod spans;
mod stays;
#[path = "../../../../tests/support/mod.rs"]
mod support;
mod texts;
mod words;

use sinks::Format;
use words::Words;

/// One event of the list, with whatever it needs around it.
pub(crate) struct Case {
    name: &'static str,
    emit: fn(&Words),
    /// What must be readable whatever is masked: texts, or `$` and the name of an identifier.
    keep: &'static [&'static str],
    /// Secrets too short for the oracle.
    hide: &'static [&'static str],
    /// Formats that do not show the event at all, with or without the layer.
    unseen: &'static [Format],
}

impl Case {
    pub(crate) const fn new(name: &'static str, emit: fn(&Words), keep: &'static [&'static str]) -> Self {
        Self { name, emit, keep, hide: &[], unseen: &[] }
    }

    pub(crate) const fn hide(mut self, hide: &'static [&'static str]) -> Self {
        self.hide = hide;
        self
    }

    pub(crate) const fn unseen(mut self, unseen: &'static [Format]) -> Self {
        self.unseen = unseen;
        self
    }
}

/// Events that leak without the layer.
pub(crate) fn list() -> impl Iterator<Item = &'static Case> {
    let lists =
        [fields::CASES, nested::CASES, texts::CASES, shapes::CASES, errors::CASES, spans::CASES, odd::CASES];
    lists.into_iter().chain(kinds()).flatten()
}

/// The kinds that were found later.
pub(crate) fn kinds() -> [&'static [Case]; 11] {
    use kinds::{
        APART, ARGUMENTS, ASSERTIONS, CUT_OFF, ENTITIES, INVISIBLE, LISTS, NESTED, SENTENCES, TYPES, WRAPPED,
    };
    [LISTS, SENTENCES, ASSERTIONS, ARGUMENTS, TYPES, CUT_OFF, WRAPPED, ENTITIES, NESTED, INVISIBLE, APART]
}
