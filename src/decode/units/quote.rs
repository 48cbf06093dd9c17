//! Quotes that a mask needs around it, as they are written where it stands.

use super::unit::{Kind, Unit};

/// The quotes that the mask of a value without quotes needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wrap {
    pub(crate) mark: u8,
    /// So many backslashes stand before each.
    pub(crate) depth: usize,
    pub(crate) written: Written,
}

/// How a quote is written where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    AsItIs,
    /// Two for one, in a quoted cell of a table.
    Doubled,
    /// As an entity of XML.
    Entity,
    /// Percent-encoded, with its backslashes.
    Percent,
}

impl Wrap {
    /// Appends one quote.
    pub(crate) fn put(self, out: &mut Vec<u8>) {
        let slash: &[u8] = if self.written == Written::Percent { b"%5C" } else { b"\\" };
        (0..self.depth).for_each(|_| out.extend_from_slice(slash));
        let is_double = self.mark == b'"';
        match self.written {
            Written::Entity => out.extend_from_slice(if is_double { b"&quot;" } else { b"&apos;" }),
            Written::Percent => out.extend_from_slice(if is_double { b"%22" } else { b"%27" }),
            Written::Doubled if is_double => out.extend([self.mark; 2]),
            Written::Doubled | Written::AsItIs => out.push(self.mark),
        }
    }
}

impl Unit {
    /// How a quote is written in the unit that is such in its view; `is_raw` where others like it stand there
    /// as they are. Nothing where that takes two escapes.
    pub(crate) fn quote(&self, wrap: Wrap, is_raw: bool) -> Option<Wrap> {
        let own = match self.kind {
            Kind::Text | Kind::Cell if is_raw => Written::AsItIs,
            Kind::Attribute(mark) if is_raw && mark != wrap.mark => Written::AsItIs,
            Kind::QuotedCell if wrap.mark != b'"' => Written::AsItIs,
            Kind::Cell => return None,
            Kind::Text | Kind::Attribute(_) => Written::Entity,
            Kind::QuotedCell => Written::Doubled,
            Kind::Parameter => Written::Percent,
        };
        let written = match (wrap.written, own) {
            (Written::AsItIs, own) => own,
            (inner, Written::AsItIs) => inner,
            (Written::Percent, _) => Written::Percent,
            (Written::Entity, Written::Doubled) => Written::Entity,
            _ => return None,
        };
        Some(Wrap { written, ..wrap })
    }
}
