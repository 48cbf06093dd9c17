//! What a unit is.

use crate::text::Span;

/// What a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The text of an element.
    Text,
    /// The value of an attribute, in such quotes.
    Attribute(u8),
    /// A cell without quotes.
    Cell,
    /// A cell in quotes, in which two of them are one.
    QuotedCell,
    /// The value of a parameter.
    Parameter,
}

/// A unit of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unit {
    /// Its inside, without quotes.
    pub(crate) span: Span,
    pub(super) kind: Kind,
}

impl Unit {
    /// Whether a name stands in it.
    pub(super) fn holds(&self, name: Span) -> bool {
        self.span.start <= name.start && name.end <= self.span.end
    }

    /// Whether the value of a name in it can only stand in it: the name is not the last of it, with its value
    /// in another unit.
    pub(crate) fn has_value_of(&self, bytes: &[u8], name: Span) -> bool {
        let rest = bytes[name.end..self.span.end].trim_ascii();
        if self.kind != Kind::Text {
            return !rest.is_empty();
        }
        // `"name":` may be all that a highlighter has put into an element.
        let quotes = [&b"&quot;"[..], b"&#34;", b"&apos;", b"&#39;", b"\"", b"'"];
        let closed = quotes.iter().find_map(|quote| rest.strip_prefix(*quote)).unwrap_or(rest).trim_ascii();
        let value = closed.strip_prefix(b":").or_else(|| closed.strip_prefix(b"="));
        let opens = |b: &u8| b"\"'`&{[(<=\\".contains(b);
        value.map_or_else(|| closed.iter().any(opens), |value| !value.is_empty())
    }
}
