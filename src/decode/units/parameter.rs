//! Values of parameters in queries and forms, where something in them is percent-encoded.

use super::{Kind, Unit};
use crate::decode::percent::escape;
use crate::text::Span;

/// A parameter begins no further before a name, in bytes.
const REACH: usize = 8 * 1024;

/// The value around a name in it: not where the name is that of a parameter.
pub(super) fn around(bytes: &[u8], name: Span) -> Option<Unit> {
    // A separator is encoded, or what stands before it.
    let begins = matches!(bytes.get(name.end)?, b'%' | b'+' | b'\'' | b')');
    let unit = if begins { value_around(bytes, name) } else { None }?;
    (bytes[name.end] == b'+' || has_escape(bytes, unit.span)).then_some(unit)
}

/// The same around anything, if something in it is encoded.
pub(super) fn encoded_around(bytes: &[u8], at: usize) -> Option<Unit> {
    value_around(bytes, Span::new(at, at)).filter(|unit| has_escape(bytes, unit.span))
}

fn value_around(bytes: &[u8], part: Span) -> Option<Unit> {
    let floor = part.start.saturating_sub(REACH);
    let begins = |b: &u8| ends(*b) || matches!(b, b'?' | b'\'');
    let start = floor + bytes[floor..part.start].iter().rposition(begins).map_or(0, |at| at + 1);
    let sign = memchr::memchr(b'=', &bytes[start..part.start])?;
    let is_of_name = |b: &u8| b.is_ascii_alphanumeric() || b"_-.~%[]$".contains(b);
    if sign == 0 || !bytes[start..start + sign].iter().all(is_of_name) {
        return None;
    }
    let end = bytes[part.end..].iter().position(|b| ends(*b)).map_or(bytes.len(), |at| part.end + at);
    let signs = |b: &&u8| matches!(b, b'.' | b',' | b'\'' | b')');
    let end = end - bytes[part.end..end].iter().rev().take_while(signs).count();
    Some(Unit { span: Span::new(start + sign + 1, end), kind: Kind::Parameter })
}

fn has_escape(bytes: &[u8], span: Span) -> bool {
    let text = &bytes[span.range()];
    memchr::memchr_iter(b'%', text).any(|at| escape(&text[at..]).is_some())
}

/// Whether a byte ends a value: it is always encoded in one.
fn ends(b: u8) -> bool {
    !(0x21..0x7f).contains(&b) || b"&#;\"`<>\\".contains(&b)
}
