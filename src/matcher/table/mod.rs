//! Tables anywhere in a text whose head names the columns: a cell under the name of a secret is one.
//!
//! A head is asked for where the name of a secret stands like a title, so that other text costs nothing. Once it
//! is found the rows below are read one by one; what does not have the form of the head is no row, and
//! ends the table. Nothing but the head and the rows so far decides over a row, so that a table that comes
//! in pieces is read as it is at once.
//!
//! | file | what |
//! |---|---|
//! | `head` | heads: lines of titles, `COPY … FROM stdin`, `name,value` |
//! | `row` | rows of cells between delimiters |
//! | `insert` | column lists and rows of `INSERT` |

mod head;
mod insert;
mod row;

use super::field::Class;
use super::literal::Literal;
use super::{Form, Match, Matcher, Name, Page, assign, normalise};
use crate::text::Span;

pub(crate) use head::may_be_title;
use row::{Cells, Row};

/// No table has more columns.
const MOST: usize = 200;

/// No head is longer, in bytes.
const LONGEST_HEAD: usize = 4096;

/// No row is longer, in bytes.
const LONGEST_ROW: usize = 16 * 1024;

/// So many lines in a row that are none end a table.
const MISFITS: u8 = 3;

/// What the title of a column says of its cells.
#[derive(Debug, Clone)]
pub(super) struct Title {
    /// The name of a rule, and the whole title, normalised.
    pub(super) rule: Option<(usize, Vec<u8>)>,
    /// The class of the field.
    pub(super) class: Option<Class>,
}

impl Title {
    pub(super) fn of(m: &Matcher, text: &[u8]) -> Option<Self> {
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
enum Layout {
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
struct Columns {
    layout: Layout,
    count: usize,
    /// The columns whose cells are secrets.
    named: Vec<(usize, Title)>,
    /// The columns of names and of values, where each row names its own value.
    pairs: Option<(usize, usize)>,
    /// The first title.
    first: Vec<u8>,
}

/// A table of which rows may follow.
#[derive(Debug, Clone)]
pub(crate) struct Open {
    columns: Columns,
    has_rows: bool,
    misfits: u8,
}

/// A head that was found.
struct Head {
    /// Where it stands, and where the rows begin.
    begin: usize,
    rows: usize,
    columns: Columns,
}

/// A cell that its column, or the name in its row, calls a secret.
pub(crate) struct Cell<'t> {
    pub(crate) span: Span,
    title: &'t Title,
}

impl Cell<'_> {
    /// The class of the field that the title names.
    pub(crate) fn class(&self) -> Option<Class> {
        self.title.class
    }

    /// Gives the cell to the rule that has the title for a name.
    pub(crate) fn give(&self, m: &Matcher, page: &Page<'_>, out: &mut Vec<Match>) {
        let Some((entry, whole)) = &self.title.rule else { return };
        let before = out.len();
        // The title may stand far from here, or in another part of the file.
        let at = Span::new(self.span.start, self.span.start);
        let name = Name { span: at, entry: *entry, start: at.start };
        assign::give(m, page, &name, whole, Literal { span: self.span, form: Form::Cell }, out);
        out[before..].iter_mut().for_each(|found| found.name = None);
    }
}

/// Where titles may stand: the places of names of secrets that stand like one, in order.
pub(crate) type Titles = Vec<usize>;

/// The tables of a text, from a place on.
pub(crate) struct Tables<'a> {
    m: &'a Matcher,
    bytes: &'a [u8],
    titles: &'a [usize],
    /// A line that is no head.
    refused: Span,
    /// A name that stands in no head.
    last: usize,
    /// Where a line begins above which no head of names and values stands.
    bare: usize,
    at: usize,
    open: Option<Open>,
    /// Heads count that have no row yet.
    goes_on: bool,
}

impl<'a> Tables<'a> {
    /// From `at` on, where rows of `open` may stand. At the start of a text its first line is asked, too.
    pub(crate) fn new(
        m: &'a Matcher,
        bytes: &'a [u8],
        titles: &'a [usize],
        (at, open): (usize, Option<Open>),
        is_start: bool,
    ) -> Self {
        let refused = Span::new(0, 0);
        let mut tables = Self { m, bytes, titles, refused, last: 0, bare: 0, at, open, goes_on: true };
        let is_in_line = at > 0 && bytes.get(at - 1) != Some(&b'\n');
        if is_in_line && tables.open.as_ref().is_none_or(|o| o.columns.layout != Layout::Insert) {
            tables.at = line_end(bytes, at);
        }
        if is_start && tables.open.is_none() {
            tables.begin(head::first(m, bytes));
        }
        tables
    }

    /// The same where nothing follows the text: a head on its last line leads to nothing.
    #[must_use]
    pub(crate) fn without_more(mut self) -> Self {
        self.goes_on = false;
        self
    }

    fn begin(&mut self, head: Option<Head>) -> bool {
        let Some(head) = head else { return false };
        self.at = head.rows;
        self.open = Some(Open { columns: head.columns, has_rows: false, misfits: 0 });
        true
    }

    /// The next head that begins at `from` or behind, and before `to`.
    fn next_head(&mut self, from: usize, to: usize) -> Option<Head> {
        while let Some((&at, rest)) = self.titles.split_first() {
            if at >= to {
                return None;
            }
            // Of those before, only a list of columns that goes on is a head.
            if at + LONGEST_HEAD >= from {
                let line = line_around(self.bytes, at).filter(|_| !self.refused.range().contains(&at));
                let has_rows = |line: &Span| self.goes_on || line.end < self.bytes.len();
                let read = |line: Span| {
                    let above = head::pairs_above(self.m, self.bytes, line, self.bare);
                    above.or_else(|| {
                        if has_rows(&line) { head::of_line(self.m, self.bytes, line) } else { None }
                    })
                };
                let head = line.and_then(read);
                let head = head.or_else(|| insert::around(self.m, self.bytes, at, self.last));
                if let Some(head) = head.filter(|head| head.begin >= from) {
                    self.titles = rest;
                    return Some(head);
                }
                if let Some(line) = line {
                    (self.refused, self.bare) = (line, line.start);
                }
                self.last = at;
            }
            self.titles = rest;
        }
        None
    }

    /// Reads on to the end of the text, and gives the cells. Says where to go on when more of the text
    /// is there, and in which table.
    pub(crate) fn read(mut self, sink: &mut dyn FnMut(&Cell<'_>)) -> (usize, Option<Open>) {
        loop {
            let Some(mut open) = self.open.take() else {
                let head = self.next_head(self.at, usize::MAX);
                if self.begin(head) {
                    continue;
                }
                return (self.bytes.len(), None);
            };
            if self.at >= self.bytes.len() {
                return (self.at, Some(open));
            }
            let mut cells = Cells::default();
            let row = match open.columns.layout {
                Layout::Insert => insert::row(self.bytes, self.at, open.columns.count, &mut cells),
                _ => open.columns.row(self.bytes, self.at, &mut cells),
            };
            match row {
                Row::End => {}
                Row::Rule(next) => {
                    self.at = next;
                    self.open = Some(open);
                }
                Row::Open => {
                    open.columns.give(self.m, self.bytes, &cells, sink);
                    return (self.at, Some(open));
                }
                Row::Whole(next) => {
                    // Behind what is no row another table may begin, with as many columns.
                    let is_after_gap = open.misfits > 0;
                    let head = if is_after_gap { self.next_head(self.at, next) } else { None };
                    if !self.begin(head) {
                        open.columns.give(self.m, self.bytes, &cells, sink);
                        (open.has_rows, open.misfits) = (true, 0);
                        self.at = next;
                        self.open = Some(open);
                    }
                }
                Row::Stray(next) => {
                    open.columns.give(self.m, self.bytes, &cells, sink);
                    self.pass(open, next);
                }
                Row::Misfit(next) => self.pass(open, next),
            }
        }
    }

    /// Goes over a line that is no row of a table: another head, a gap, or the end of the table.
    fn pass(&mut self, mut open: Open, next: usize) {
        let head = self.next_head(self.at, next);
        if self.begin(head) {
            return;
        }
        open.misfits += 1;
        let line = &self.bytes[self.at..next];
        let is_near = line.trim_ascii().is_empty() || open.columns.has_delimiters(line);
        if (open.has_rows || is_near) && open.misfits < MISFITS {
            self.open = Some(open);
            self.at = next;
        }
    }
}

impl Columns {
    /// Gives the cells of a row that have something to hide.
    fn give(&self, m: &Matcher, bytes: &[u8], cells: &Cells, sink: &mut dyn FnMut(&Cell<'_>)) {
        for (position, title) in &self.named {
            if let Some(&span) = cells.all.get(*position).filter(|span| !span.is_empty()) {
                sink(&Cell { span, title });
            }
        }
        let Some((name, value)) = self.pairs else { return };
        let (Some(name), Some(&span)) = (cells.all.get(name), cells.all.get(value)) else { return };
        let title = Title::of(m, &bytes[name.range()]).filter(|_| !span.is_empty() && name.len() <= 128);
        if let Some(title) = title {
            sink(&Cell { span, title: &title });
        }
    }
}

/// Whether a text begins with the head of a table.
pub(super) fn begins(m: &Matcher, bytes: &[u8]) -> bool {
    head::first(m, bytes).is_some()
}

/// The line around a place, with its end, if it is short enough for a head.
fn line_around(bytes: &[u8], at: usize) -> Option<Span> {
    let floor = at.saturating_sub(LONGEST_HEAD);
    let start = memchr::memrchr(b'\n', bytes.get(floor..at)?).map(|i| floor + i + 1);
    let end = line_end(&bytes[..bytes.len().min(at + LONGEST_HEAD)], at);
    Some(Span::new(start.or((floor == 0).then_some(0))?, end))
}

/// Where the next line begins.
fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &bytes[at.min(bytes.len())..]).map_or(bytes.len(), |i| at + i + 1)
}
