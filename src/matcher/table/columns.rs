//! What the head of a table says of its columns.

use crate::matcher::assign;
use crate::matcher::field::Class;
use crate::matcher::index::Index;
use crate::matcher::name::Name;
use crate::matcher::names::normalise;
use crate::matcher::page::Page;
use crate::matcher::types::Literal;
use crate::matcher::types::{Form, Match};
use crate::text::Span;

/// No table has more columns.
pub(super) const MOST: usize = 200;

/// No head is longer, in bytes.
pub(super) const LONGEST_HEAD: usize = 4096;

/// No row is longer, in bytes.
pub(super) const LONGEST_ROW: usize = 16 * 1024;

/// What the title of a column says of its cells.
#[derive(Debug, Clone)]
pub(crate) struct Title {
    /// The name of a rule, and the whole title, normalised.
    pub(in crate::matcher) rule: Option<(usize, Vec<u8>)>,
    /// The class of the field.
    pub(in crate::matcher) class: Option<Class>,
}

impl Title {
    pub(in crate::matcher) fn of(m: &Index, text: &[u8]) -> Option<Self> {
        let whole = normalise(text);
        // Titles have blanks where names have other signs: `Secret access key`.
        let name: Vec<u8> = text.iter().map(|b| if *b == b' ' { b'_' } else { *b }).collect();
        let entry = m.names.find(&name);
        let class = m.class(&name).filter(|class| *class != Class::Keep);
        (entry.is_some() || class.is_some()).then(|| Self { rule: entry.map(|entry| (entry, whole)), class })
    }
}

/// How the rows of a table are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Cells between delimiters, with quotes around some; with blanks around delimiters if `is_spaced`.
    Delimited { delimiter: u8, is_spaced: bool },
    /// Cells between bars, with a bar at either end.
    Boxed,
    /// What `COPY` of PostgreSQL reads: no quotes, `\.` at the end.
    Copy,
    /// The tuples of an `INSERT`.
    Insert,
}

/// What the head of a table says of its columns.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    pub(super) layout: Layout,
    pub(super) count: usize,
    /// The columns whose cells are secrets.
    pub(super) named: Vec<(usize, Title)>,
    /// The columns of names and of values, where each row names its own value.
    pub(super) pairs: Option<(usize, usize)>,
    /// The first title.
    pub(super) first: Vec<u8>,
}

/// A head that was found.
pub(super) struct Head {
    /// Where it stands, and where the rows begin.
    pub(super) begin: usize,
    pub(super) rows: usize,
    pub(super) columns: Columns,
}

/// A cell that its column, or the name in its row, calls a secret.
pub(crate) struct Cell<'t> {
    pub(crate) span: Span,
    pub(super) title: &'t Title,
}

impl Cell<'_> {
    /// The class of the field that the title names.
    pub(crate) fn class(&self) -> Option<Class> {
        self.title.class
    }

    /// Gives the cell to the rule that has the title for a name.
    pub(crate) fn give(&self, m: &Index, page: &Page<'_>, out: &mut Vec<Match>) {
        let Some((entry, whole)) = &self.title.rule else { return };
        let before = out.len();
        // The title may stand far from here, or in another part of the file.
        let at = Span::new(self.span.start, self.span.start);
        let name = Name { span: at, entry: *entry, start: at.start };
        assign::give(m, page, &name, whole, Literal { span: self.span, form: Form::Cell }, out);
        out[before..].iter_mut().for_each(|found| found.name = None);
    }
}

/// Where the next line begins.
pub(super) fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &bytes[at.min(bytes.len())..]).map_or(bytes.len(), |i| at + i + 1)
}
