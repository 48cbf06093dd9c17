//! A value that was found under a name.

use super::class::Class;
use super::runs::{key_run, token_run};
use crate::text::{self, Span};

/// A value that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field {
    /// The value, without quotes and scheme words; empty where nothing is to be hidden.
    pub(crate) span: Span,
    /// The name.
    pub(crate) name: Span,
    /// It is a mask already.
    pub(crate) masked: bool,
    /// How far the field goes: what stands before needs no second look.
    pub(crate) end: usize,
    /// Other members or tags may stand between the name and its value: only the value itself is read.
    pub(crate) apart: bool,
    /// What the name announces.
    pub(crate) class: Class,
    /// The value is a list with one item a line.
    pub(crate) items: bool,
    /// The value ends with the string in which its name stands.
    pub(crate) in_string: bool,
    /// A value without quotes among JSON: its mask needs them, with so many backslashes.
    pub(crate) wrap: Option<(u8, usize)>,
    /// It is an array of numbers.
    pub(crate) numbers: bool,
}

impl Field {
    /// A value beside its name, as it is.
    pub(super) fn new(span: Span, name: Span, class: Class) -> Self {
        Self {
            span,
            name,
            masked: false,
            end: span.end,
            apart: false,
            class,
            items: false,
            in_string: false,
            wrap: None,
            numbers: false,
        }
    }

    /// Whether the value looks like a whole key, or like the mask of one: then there is no other.
    pub(crate) fn is_key(&self, bytes: &[u8]) -> bool {
        let whole = &bytes[self.span.range()];
        let id = if self.class == Class::License { text::public_id(whole).unwrap_or(0) } else { 0 };
        let value = &whole[id..];
        // What is encoded behind it may belong to it.
        let goes_on = bytes.get(self.span.end).is_some_and(|b| matches!(b, b'\\' | b'%' | 0x80..));
        let quoted = || bytes.get(self.span.end + 1).is_some_and(|b| matches!(b, b'"' | b'\''));
        if goes_on && !quoted() {
            return self.masked;
        }
        self.masked
            || (value.len() >= 16 && key_run(value) == value.len())
            || (value.len() >= LONG
                && token_run(value) == value.len()
                && value.iter().any(u8::is_ascii_digit))
    }
}

/// A token with its dots is at least this long; the dotted paths of code are shorter, or without a digit.
pub(super) const LONG: usize = 64;
