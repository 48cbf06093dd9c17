//! Values of parameters in queries and forms, where something in them is percent-encoded.

use super::{Kind, Unit};
use crate::decode::percent::{has_escape, parameter};
use crate::text::Span;

/// The value around a name in it: not where the name is that of a parameter.
pub(super) fn around(bytes: &[u8], name: Span) -> Option<Unit> {
    // A separator is encoded, or what stands before it.
    if !matches!(bytes.get(name.end)?, b'%' | b'+' | b'\'' | b')') {
        return None;
    }
    let span = parameter(bytes, name)?;
    (bytes[name.end] == b'+' || has_escape(bytes, span)).then_some(Unit { span, kind: Kind::Parameter })
}

/// The same around an escape.
pub(super) fn encoded_around(bytes: &[u8], at: usize) -> Option<Unit> {
    let span = parameter(bytes, Span::new(at, at)).filter(|span| has_escape(bytes, *span))?;
    Some(Unit { span, kind: Kind::Parameter })
}
