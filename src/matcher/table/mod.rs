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

mod columns;
mod head;
mod insert;
mod row;

use super::index::Index;
use crate::text::Span;

use columns::{Columns, Head, LONGEST_HEAD, Layout, line_end};
use row::{Cells, Row};

pub(crate) use columns::Cell;
pub(super) use columns::Title;
pub(crate) use head::may_be_title;

/// So many lines in a row that are none end a table.
const MISFITS: u8 = 3;

/// A table of which rows may follow.
#[derive(Debug, Clone)]
pub(crate) struct Open {
    columns: Columns,
    has_rows: bool,
    misfits: u8,
}

/// Where titles may stand: the places of names of secrets that stand like one, in order.
pub(crate) type Titles = Vec<usize>;

/// The tables of a text, from a place on.
pub(crate) struct Tables<'a> {
    m: &'a Index,
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
        m: &'a Index,
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

/// Whether a text begins with the head of a table.
pub(super) fn begins(m: &Index, bytes: &[u8]) -> bool {
    head::first(m, bytes).is_some()
}

/// The line around a place, with its end, if it is short enough for a head.
fn line_around(bytes: &[u8], at: usize) -> Option<Span> {
    let floor = at.saturating_sub(LONGEST_HEAD);
    let start = memchr::memrchr(b'\n', bytes.get(floor..at)?).map(|i| floor + i + 1);
    let end = line_end(&bytes[..bytes.len().min(at + LONGEST_HEAD)], at);
    Some(Span::new(start.or((floor == 0).then_some(0))?, end))
}
