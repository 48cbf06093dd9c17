//! Values that are arrays of numbers: all of the array is the value, whatever its language calls it.

use super::class::Class;
use super::raw::{Numbers, Raw};
use super::runs::structure;
use crate::cursor::Cursor;
use crate::decode::numbers::{self, Literal};
use crate::text::Span;

/// A license that is spelled has at least so many characters.
const SHORTEST_LICENSE: usize = 16;

/// The array at the cursor. Where it holds other things than numbers it is a structure.
pub(super) fn at(c: &Cursor<'_>, loose: bool) -> Option<Raw> {
    numbers::literal(c.bytes, c.at).map(|literal| raw(c.bytes, &literal, loose))
}

/// The numbers that a name has for its value in ways in which only arrays are written: behind a dimension,
/// in the brackets of a setter, beside the name as an argument. What is around them may have gone out
/// before they were seen, and stays.
pub(super) fn after_name(bytes: &[u8], name: Span) -> Option<Raw> {
    let literal = numbers::after_name(bytes, name)?;
    let list = literal.list?;
    let numbers = Span::new(list.first.start, list.span.end);
    Some(Raw { span: numbers, ..raw(bytes, &literal, true) })
}

fn raw(bytes: &[u8], literal: &Literal, loose: bool) -> Raw {
    let mut span = literal.span;
    if literal.list.is_none() {
        let mut c = Cursor::new(bytes, literal.opener);
        structure(&mut c, loose);
        span.end = c.at.min(bytes.len());
    }
    let held = if literal.is_mask() { Numbers::Stars } else { Numbers::Values };
    let numbers = literal.list.map(|_| held);
    Raw { numbers, ..Raw::bare(span, None, 0) }
}

/// Whether numbers under a name of this class are hidden.
pub(super) fn is_secret(value: &[u8], class: Class) -> bool {
    let is_license = || numbers::spelled(value).is_some_and(|text| text.len() >= SHORTEST_LICENSE);
    class != Class::Keep && (class != Class::License || is_license())
}
