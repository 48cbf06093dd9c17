//! Values on a line of their own below their name: the next item of a list of arguments, and the member
//! `value` of what the name names.

use super::class::Class;
use super::lines::{indent, line_start};
use super::raw::Raw;
use super::sibling::line_value;
use super::value::{Place, value};
use crate::cursor::Cursor;
use crate::text::Span;

/// The value below a name that is the last of its line.
pub(super) fn child(bytes: &[u8], name: Span, class: Class) -> Option<Raw> {
    let mut c = Cursor::new(bytes, name.end);
    let quote = c.quote();
    let is_mapped = c.eat(b":");
    c.blanks();
    c.eat(b"\r");
    if !c.eat(b"\n") || class == Class::Keep {
        return None;
    }
    let line = line_start(bytes, name.start);
    let (own, below) = (indent(bytes, line), indent(bytes, c.at));
    c.at += below;
    if is_mapped {
        // `name:`, and `value: …` further in.
        let lead = bytes[line + own..name.start].iter().filter(|b| !matches!(b, b'-' | b' ')).count();
        return line_value(bytes, c.at, class)
            .filter(|_| below > own && lead == usize::from(quote.is_some()));
    }
    // `- --password` and `- …` in the same column.
    let lead = bytes[line + own..name.start].strip_prefix(b"- ")?;
    let is_flag = matches!(lead.trim_ascii(), b"-" | b"--" | b"\"-" | b"\"--" | b"'-" | b"'--");
    if !is_flag || below != own || !c.eat(b"- ") {
        return None;
    }
    c.blanks();
    if c.peek(0) == b'-' || (quote.is_some() && matches!(c.rest(), [b'"' | b'\'', b'-', ..])) {
        return None;
    }
    let place =
        Place { wrap: None, encoded: 0, loose: true, header: false, words: true, setting: None, floor: 0 };
    value(c, place, class)
}
