//! Cells of tables, as RFC 4180 has them: a row counts only where it has as many cells as the first one, and
//! quotes only around whole cells.

use super::unit::{Kind, Unit};
use crate::decode::view::View;
use crate::text::Span;

/// No row is longer, in bytes.
const LONGEST_ROW: usize = 16 * 1024;

/// A table, read row by row.
#[derive(Debug)]
pub(crate) struct Table {
    delimiter: u8,
    /// So many cells has each row.
    columns: usize,
    /// A row begins here, whatever the one before looked like.
    begin: usize,
    /// The row that was read last, its line end included.
    row: Span,
    cells: Vec<Unit>,
}

/// How a row ended.
enum End {
    /// Behind its line end.
    Row(usize),
    /// In quotes that nothing closes, with the text.
    Open,
}

impl Table {
    /// The table whose first row of cells begins at `first`, and another one for sure at `begin`.
    pub(crate) fn new(delimiter: u8, columns: usize, first: usize, begin: usize) -> Self {
        Self { delimiter, columns, begin, row: Span::new(first, first), cells: Vec::new() }
    }

    /// The cell around a name, if it stands on one line.
    pub(super) fn around(&mut self, bytes: &[u8], name: Span) -> Option<Unit> {
        while self.row.end <= name.start {
            let (next, begin) = (self.row.end, self.begin);
            let is_past = self.row.start < begin && begin <= name.start;
            self.read(bytes, if is_past { begin } else { next });
        }
        let cell = *self.cells.iter().find(|cell| cell.holds(name))?;
        memchr::memchr(b'\n', &bytes[cell.span.range()]).is_none().then_some(cell)
    }

    /// Reads the row that begins at `at`.
    fn read(&mut self, bytes: &[u8], at: usize) {
        let limit = bytes.len().min(at + LONGEST_ROW);
        let line = || memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end + 1);
        self.cells.clear();
        let end = match self.cells_of(&bytes[..limit], at) {
            Some(End::Row(end)) if self.cells.len() == self.columns => end,
            // The rest of the row is still to come.
            Some(End::Open) if limit == bytes.len() && self.cells.len() < self.columns => limit,
            _ => {
                self.cells.clear();
                line()
            }
        };
        self.row = Span::new(at, end.max(at + 1));
    }

    /// Reads the cells of a row; nothing where it is none.
    fn cells_of(&mut self, bytes: &[u8], mut at: usize) -> Option<End> {
        loop {
            let end = if bytes.get(at) == Some(&b'"') {
                let Some(end) = closing(bytes, at + 1) else { return Some(End::Open) };
                self.cells.push(Unit { span: Span::new(at + 1, end), kind: Kind::QuotedCell });
                end + 1
            } else {
                let rest = &bytes[at..];
                let length = memchr::memchr3(self.delimiter, b'\n', b'"', rest).unwrap_or(rest.len());
                let text = rest[..length].strip_suffix(b"\r").unwrap_or(&rest[..length]);
                self.cells.push(Unit { span: Span::new(at, at + text.len()), kind: Kind::Cell });
                at + text.len()
            };
            match bytes[end..] {
                [] => return Some(End::Row(end)),
                [b'\n', ..] => return Some(End::Row(end + 1)),
                [b'\r', b'\n', ..] => return Some(End::Row(end + 2)),
                [b, ..] if b == self.delimiter => at = end + 1,
                _ => return None,
            }
        }
    }
}

/// The quote that closes a cell; two of them are one of the text.
fn closing(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr::memchr(b'"', bytes.get(at..)?)?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

/// The text with one quote for two.
pub(super) fn view(bytes: &[u8], span: Span) -> View {
    let mut view = View::new(span);
    let mut at = span.start;
    while at < span.end {
        let length = if bytes[at..span.end].starts_with(b"\"\"") { 2 } else { 1 };
        view.push(&bytes[at..=at], at, at + length);
        at += length;
    }
    view
}

#[cfg(test)]
mod tests {
    use super::super::tests::inside;
    use super::*;

    #[test]
    fn cells_end_at_their_own_quotes() {
        for (text, cell) in [
            ("a,b\n1,@=[\\\n", Some("@=[\\")),
            ("a,b\r\n1,@=[\r\n", Some("@=[")),
            ("a,b\n\"x\ny\",\"@=\"\"[\"\n", Some("@=\"[")),
            ("a,b\nx,\"@\"", Some("@")),
            ("a,b\n1,@,3\n", None),
            ("a,b\n1,\"@\"x\n", None),
            ("a,b\n1,@=\"x\"\n", None),
            ("a,b\n\"x\",\"@\ny\"\n", None),
            ("a,b\nx\n\n1,@=(\n", Some("@=(")),
        ] {
            let first = text.find('\n').expect("a line") + 1;
            assert_eq!(inside(text, Some(Table::new(b',', 2, first, 0))).as_deref(), cell, "{text}");
        }
    }
}
