//! Units of a document: the text of an element, the value of an attribute, a cell of a table, the value of a
//! parameter in a query. Whatever a value in one opens, it ends with the unit, and what is escaped there means
//! what it stands for; so each is a text of its own, and its view the same text without the escapes.
//!
//! A unit is taken for one only where all that a standard writer puts around it is there, on the line of the
//! name that stands in it: text that only looks like a document is no less secret.
//!
//! | file | units |
//! |---|---|
//! | `markup` | texts of elements and values of attributes, in XML and HTML |
//! | `cell` | cells of tables (RFC 4180) |
//! | `parameter` | values of parameters in queries and forms, percent-encoded |
//!
//! `quote` says how the quotes of a mask are written in each.

mod cell;
mod markup;
mod parameter;
mod quote;
mod unit;

pub(crate) use cell::Table;
use unit::Kind;

pub(crate) use quote::{Wrap, Written};
pub(crate) use unit::Unit;

use super::percent;
use super::view::View;
use crate::text::Span;

/// No unit is longer, in bytes.
const LONGEST: usize = 16 * 1024;

/// The units of a text that is read from its beginning to its end.
#[derive(Debug)]
pub(crate) struct Units {
    table: Option<Table>,
    /// The one that was found last.
    last: Option<Unit>,
}

impl Units {
    pub(crate) fn new(table: Option<Table>) -> Self {
        Self { table, last: None }
    }

    /// A quick refusal: whether a unit may be around a name that goes on at `at`.
    pub(crate) fn may_hold(&self, bytes: &[u8], at: usize) -> bool {
        self.table.is_some()
            || self.last_around(at).is_some()
            || markup::may_hold(bytes, at)
            || parameter::may_hold(bytes, at)
    }

    /// The unit that was found last, if a place stands in it.
    pub(crate) fn last_around(&self, at: usize) -> Option<Unit> {
        self.last.filter(|unit| unit.span.range().contains(&at))
    }

    /// The outermost unit around a name, and whether it was given before.
    pub(crate) fn around(&mut self, bytes: &[u8], name: Span) -> Option<(Unit, bool)> {
        if let Some(unit) = self.last.filter(|unit| unit.holds(name)) {
            return Some((unit, true));
        }
        let cell = self.table.as_mut().and_then(|table| table.around(bytes, name));
        let unit = cell.or_else(|| markup::around(bytes, name)).or_else(|| parameter::around(bytes, name))?;
        self.found(unit)
    }

    /// The same for a parameter around anything in it.
    pub(crate) fn parameter_around(&mut self, bytes: &[u8], at: usize) -> Option<(Unit, bool)> {
        let last = self.last_around(at);
        last.map(|unit| (unit, true)).or_else(|| self.found(parameter::encoded_around(bytes, at)?))
    }

    fn found(&mut self, unit: Unit) -> Option<(Unit, bool)> {
        self.last = Some(unit).filter(|unit| unit.span.len() <= LONGEST);
        self.last.map(|unit| (unit, false))
    }
}

impl Unit {
    /// What the unit says.
    pub(crate) fn view(&self, bytes: &[u8]) -> View {
        match self.kind {
            Kind::Text | Kind::Attribute(_) => markup::view(bytes, self.span),
            Kind::Cell => as_it_is(bytes, self.span),
            Kind::QuotedCell => cell::view(bytes, self.span),
            Kind::Parameter => percent::view(bytes, self.span),
        }
    }
}

/// Where the element or the attribute ends in which a name stands.
pub(crate) fn end_of_markup(bytes: &[u8], name: Span) -> Option<usize> {
    markup::around(bytes, name).map(|unit| unit.span.end)
}

/// The view of what has no escapes.
fn as_it_is(bytes: &[u8], span: Span) -> View {
    let mut view = View::new(span);
    for at in span.range() {
        view.push(&bytes[at..=at], at, at + 1);
    }
    view
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the unit around `@` says.
    pub(super) fn inside(text: &str, table: Option<Table>) -> Option<String> {
        let at = text.find('@').expect("a place");
        let (unit, _) = Units::new(table).around(text.as_bytes(), Span::new(at, at + 1))?;
        Some(String::from_utf8_lossy(&unit.view(text.as_bytes()).bytes).into_owned())
    }

    #[test]
    fn units_are_found_in_their_documents() {
        for (text, unit) in [
            ("<a><b>x &lt;@&gt; [</b></a>", Some("x <@> [")),
            ("<row a=\"1\" b=\"@=&quot;x\\\" c=\"2\"/>", Some("@=\"x\\")),
            ("<row b='@=\"x' c='2'/>", Some("@=\"x")),
            ("{\"x\":\"<row b=\\\"@=[\\\"/>\"}", Some("@=[")),
            ("{\"x\":\"<b>@=[<\\/b>\"}", Some("@=[")),
            ("<a>@=[</b>", None),
            ("{\"x\":\"<b>\",\"@\":\"x</b>\"}", None),
            ("<br>@=[", None),
            ("GET /v1?a=1&b=%7B@%3A+%5B&c=2 HTTP", Some("{@: [")),
            ("GET /v1?a=1&@=%5B&c=2 HTTP", None),
        ] {
            assert_eq!(inside(text, None).as_deref(), unit, "{text}");
        }
    }

    #[test]
    fn a_name_alone_has_its_value_elsewhere() {
        for (text, has_value) in [
            ("<b>@</b>", false),
            ("<b>@: </b>", false),
            ("<b>@ is:</b>", false),
            ("<b>@: x</b>", true),
            ("<b>{\"@\": \"</b>", true),
            ("<b>&quot;@&quot;</b>", false),
            ("<b>@=</b>", false),
            ("<a key=\"@\">x</a>", false),
            ("<a key=\"x @\">x</a>", false),
            ("<a key=\"@=\">x</a>", true),
        ] {
            let at = text.find('@').expect("a place");
            let name = Span::new(at, at + 1);
            let (unit, _) = Units::new(None).around(text.as_bytes(), name).expect("a unit");
            assert_eq!(unit.has_value_of(text.as_bytes(), name), has_value, "{text}");
        }
    }
}
