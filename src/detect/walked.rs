//! How far the values of names in other values are followed.

use super::detector::Detector;
use super::place::Rows;
use crate::decode::units::Units;
use crate::judge::plain;
use crate::matcher::Actions;
use crate::matcher::field::{Class, Field, Strings};
use crate::text::{self, Span};

/// How far values were looked at of which not all was hidden: names in them have parts of the same bytes
/// for their values, and looking at these again and again takes time by the square of their number.
pub(super) struct Walked<'b> {
    /// So far.
    pub(super) end: usize,
    /// So far values of names in them were followed to their ends.
    pub(super) again: usize,
    /// The strings around names.
    pub(super) strings: Strings<'b>,
    /// The units around names.
    pub(super) units: Units,
}

/// A name in a value that was looked at is followed so far first, in bytes: over more than a run that tells
/// whether it is random.
const NEAR: usize = 128;

/// And so far where nothing follows it at once.
const FAR: usize = 4 * 1024;

impl<'b> Walked<'b> {
    /// For a text of which nothing was looked at yet.
    pub(super) fn new(bytes: &'b [u8], rows: Option<Rows<'_>>) -> Self {
        let table = rows.map(|rows| rows.columns.table(bytes, rows.at_start, rows.from));
        Self { end: 0, again: 0, strings: Strings::new(bytes), units: Units::new(table) }
    }
}

impl Detector {
    /// The field at a hit. In a value that was looked at without being hidden as a whole, a name is
    /// followed only as far as it may tell something new.
    pub(super) fn field(
        &self,
        bytes: &[u8],
        at: usize,
        actions: Actions,
        walked: &mut Walked<'_>,
    ) -> Option<Field> {
        let limit = at + NEAR;
        if limit >= walked.end {
            return self.matcher.field(bytes, at, actions, &mut walked.strings);
        }
        let Some(near) = self.matcher.field(&bytes[..limit], at, actions, &mut walked.strings) else {
            // A value apart from its name may stand behind.
            let far = bytes.len().min(at + FAR);
            let field = self.matcher.field(&bytes[..far], at, actions, &mut walked.strings)?;
            let is_whole = field.end.max(field.span.end) < far;
            return if is_whole {
                Some(field)
            } else {
                self.matcher.field(bytes, at, actions, &mut walked.strings)
            };
        };
        if near.end.max(near.span.end) < limit {
            return Some(near);
        }
        let value = &bytes[near.span.range()];
        let is_name = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
        let word = value.iter().take_while(is_name).count();
        let is_told = || {
            // The name with which the value begins has most of it for its own value.
            let is_field =
                matches!(value.get(word), Some(b'=' | b':')) && self.class(&value[..word]).is_some();
            is_field || plain::is_plain(value)
        };
        if !near.masked && (value.is_empty() || (near.class == Class::Weak && is_told())) {
            return None;
        }
        if near.class != Class::Weak || at >= walked.again {
            let whole = self.matcher.field(bytes, at, actions, &mut walked.strings)?;
            walked.again = whole.end;
            return Some(whole);
        }
        let end = near.span.end + text::run_length(&bytes[near.span.end..]);
        Some(Field { span: Span::new(near.span.start, end), end: near.end.max(end), ..near })
    }
}
