//! A place where something has to be hidden, and where it was found.

use super::detection::Detection;
use crate::decode::units::Wrap;
use crate::matcher::csv::Columns;
use crate::matcher::field::Class;
use crate::matcher::table::Open;
use crate::text::Span;

/// Where something has to be hidden, and what is known of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// The value.
    pub(crate) span: Span,
    /// Index of the rule that found it.
    pub(crate) rule: Option<usize>,
    /// What the name of the field announces, for a field.
    pub(crate) class: Option<Class>,
    /// The mask needs these quotes, with so many backslashes.
    pub(crate) wrap: Option<Wrap>,
    /// The bytes are not the value itself but an encoding of it.
    pub(crate) decoded: bool,
    /// Where the name of the field stands.
    pub(crate) name: Option<Span>,
    /// This is a piece of a value behind its first one, and what led to the value stands here.
    pub(crate) anchor: Option<usize>,
    /// These are elements of an array of numbers, which stays one.
    pub(crate) numbers: bool,
    /// These elements follow a cut within a number, so a comma stands before their mask.
    pub(crate) continues: bool,
}

impl Place {
    /// A value as it is, at `span`, and the rule that found it.
    pub(crate) fn at(span: Span, rule: Option<usize>) -> Self {
        Self {
            span,
            rule,
            class: None,
            wrap: None,
            decoded: false,
            name: None,
            anchor: None,
            numbers: false,
            continues: false,
        }
    }

    /// That of a detection behind `depth` views.
    pub(super) fn of(detection: &Detection<'_>, depth: Depth) -> Self {
        let decoded = depth.is_decoded || !detection.decoded.is_empty();
        Self { decoded, ..Self::at(detection.span, Some(detection.rule_index)) }
    }
}

/// The rows of a table in a part of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rows<'c> {
    pub(crate) columns: &'c Columns,
    /// Rows that begin before here were looked at.
    pub(crate) from: usize,
    /// The part begins with the row that names the columns.
    pub(crate) at_start: bool,
}

/// What is known of the tables in a part of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Below<'c> {
    /// Rows of the table that the first line names.
    pub(crate) rows: Option<Rows<'c>>,
    /// Rows of tables that begin before here were looked at.
    pub(crate) from: usize,
    /// The table whose rows may begin there.
    pub(crate) open: Option<&'c Open>,
    /// The text begins with the part.
    pub(crate) at_start: bool,
    /// Where the next part begins; without one, the text ends with this part.
    pub(crate) next: Option<usize>,
}

/// How many views are open around a text, and whether one of them is another text than its source.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Depth {
    pub(super) views: usize,
    pub(super) is_decoded: bool,
}
