//! What a judge sees, and how it says that a match is no leak.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::finding::Verdict;
use crate::matcher::{Form, Index, Match, Page};
use crate::rule::{Rule, Value};
use crate::text::Span;

/// What a judge sees.
pub(crate) struct Case<'a> {
    pub(crate) rule: &'a Rule,
    pub(crate) page: &'a Page<'a>,
    pub(crate) index: &'a Index,
    pub(crate) found: &'a Match,
    /// The value's bytes.
    pub(crate) value: &'a [u8],
    /// The clock, Unix seconds.
    pub(crate) now: i64,
    /// Whose the value is, once somebody asked: its surroundings are read for it.
    pub(crate) attribution: OnceCell<Attribution>,
}

impl Case<'_> {
    /// Whether the rule's value is a key of some form, not a token or a PEM block.
    pub(super) fn is_key(&self) -> bool {
        matches!(self.rule.value, Value::Key | Value::Hex64 | Value::License)
    }

    /// The secret part of the value: of a license what follows the comma.
    pub(super) fn secret(&self) -> &[u8] {
        match memchr::memchr(b',', self.value) {
            Some(comma) if self.rule.value == Value::License => &self.value[comma + 1..],
            _ => self.value,
        }
    }

    /// The bytes right after the value.
    pub(super) fn after(&self) -> &[u8] {
        self.page.bytes.get(self.found.value.end..).unwrap_or(&[])
    }

    /// The name that the value has, if it has one.
    pub(super) fn name(&self) -> &[u8] {
        self.found.name.map_or(&[], |Span { start, end }| &self.page.bytes[start..end])
    }

    /// Whether the form alone says that this is meant to be the value.
    pub(super) fn is_assigned(&self) -> bool {
        matches!(self.found.form, Form::Quoted | Form::Bare | Form::Cell)
    }
}

/// It is none, for this reason.
pub(super) fn silent(reason: impl Into<Cow<'static, str>>) -> Verdict {
    Verdict::Silent { reason: reason.into() }
}

/// Whose a key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Attribution {
    /// The system's that the rule is about.
    Own,
    /// Nothing says whose.
    Unknown,
    /// Another system's, for this reason.
    Other(String),
}
