//! A value as a text has it, before it is narrowed to what has to be hidden.

use crate::text::Span;

/// A value as the text has it.
pub(super) struct Raw {
    pub(super) span: Span,
    /// Where the field ends, closing quotes included or not.
    pub(super) end: usize,
    pub(super) wrap: Option<(u8, usize)>,
    pub(super) quoted: bool,
    /// How many times the text is percent-encoded.
    pub(super) encoded: usize,
    /// It ends with the string in which its name stands.
    pub(super) in_string: bool,
    /// It is an array of numbers.
    pub(super) numbers: Option<Numbers>,
}

impl Raw {
    /// A text in quotes.
    pub(super) fn quoted(span: Span, end: usize, encoded: usize) -> Self {
        Self { end, quoted: true, ..Self::bare(span, None, encoded) }
    }

    /// A value without quotes, of which a mask may need some.
    pub(super) fn bare(span: Span, wrap: Option<(u8, usize)>, encoded: usize) -> Self {
        Self { span, end: span.end, wrap, quoted: false, encoded, in_string: false, numbers: None }
    }
}

/// What an array of numbers holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbers {
    Values,
    Stars,
}

/// A line of a value that was wrapped is at least so long, in bytes.
pub(super) const WRAPPED: usize = 60;
