//! Values of parameters in queries and forms, where something in them is percent-encoded.

use super::unit::{Kind, Unit};
use crate::decode::percent::{has_escape, parameter};
use crate::text::Span;

/// A quick refusal: whether what follows a name may be encoded.
pub(super) fn may_hold(bytes: &[u8], at: usize) -> bool {
    const LONGEST: usize = 64;
    let is_of_name = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let end = at + bytes[at..].iter().take(LONGEST).take_while(is_of_name).count();
    bytes.get(end).is_some_and(|b| may_follow(*b))
}

/// Whether a separator follows that is encoded, or what stands before it and is not.
fn may_follow(b: u8) -> bool {
    matches!(b, b'%' | b'+' | b'\'' | b')')
}

/// The value around a name in it: not where the name is that of a parameter.
pub(super) fn around(bytes: &[u8], name: Span) -> Option<Unit> {
    if !may_follow(*bytes.get(name.end)?) {
        return None;
    }
    let (_, span) = parameter(bytes, name)?;
    (bytes[name.end] == b'+' || has_escape(bytes, span)).then_some(Unit { span, kind: Kind::Parameter })
}

/// The same around anything in it.
pub(super) fn encoded_around(bytes: &[u8], at: usize) -> Option<Unit> {
    let (_, span) = parameter(bytes, Span::new(at, at)).filter(|(_, value)| has_escape(bytes, *value))?;
    Some(Unit { span, kind: Kind::Parameter })
}
