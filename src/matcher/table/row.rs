//! Rows of cells between delimiters, one a line: RFC 4180 and what is near it, `COPY`, boxes of bars.

use super::columns::{Cell, Columns, LONGEST_ROW, Layout, MOST, Title, line_end};
use crate::matcher::index::Index;
use crate::text::Span;

/// A cell of a table that has blanks around its delimiters has so many words at most.
const MOST_WORDS: usize = 3;

/// The cells of a row, without quotes and blanks around them.
#[derive(Debug, Default)]
pub(super) struct Cells {
    pub(super) all: Vec<Span>,
    /// A quote stood around one.
    pub(super) quoted: bool,
}

/// What stands where a row may begin; with where the next one does.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Row {
    Whole(usize),
    /// A line that is drawn between rows.
    Rule(usize),
    /// It goes on behind the text.
    Open,
    /// No row, but a quote that nothing closes holds a cell of one open on its line.
    Stray(usize),
    /// No row of this table.
    Misfit(usize),
    /// The table is over before.
    End,
}

impl Columns {
    /// Reads the row that begins at `at`.
    pub(super) fn row(&self, bytes: &[u8], at: usize, cells: &mut Cells) -> Row {
        let next = line_end(bytes, at);
        let line = bytes[at..next].trim_ascii();
        if self.layout == Layout::Copy && line == b"\\." {
            return Row::End;
        }
        if self.layout != Layout::Copy && is_rule(line) {
            return Row::Rule(next);
        }
        if next - at > LONGEST_ROW || line.is_empty() || is_json(line) {
            return Row::Misfit(next);
        }
        let end = match split(bytes, Span::new(at, next), self.layout, cells) {
            Split::Row(end) => end,
            Split::Open if cells.all.len() <= self.count => return Row::Open,
            Split::Stray if cells.all.len() <= self.count => return Row::Stray(next),
            Split::Open | Split::Stray | Split::Bad => return Row::Misfit(next),
        };
        while cells.all.len() > self.count && cells.all.last().is_some_and(|cell| cell.is_empty()) {
            cells.all.pop();
        }
        let first = cells.all.first().map_or(&b""[..], |cell| &bytes[cell.range()]);
        let repeats = !self.first.is_empty() && first == self.first;
        let fits = cells.all.len() == self.count || self.is_short(bytes, cells);
        if !fits || repeats || self.is_prose(bytes, line, cells) {
            return Row::Misfit(next);
        }
        if self.layout == Layout::Copy {
            // There is nothing in a NULL.
            let is_null = |cell: &&mut Span| &bytes[cell.range()] == b"\\N";
            cells.all.iter_mut().filter(is_null).for_each(|cell| cell.end = cell.start);
        }
        Row::Whole(end)
    }
}

impl Columns {
    /// Whether a line has as many delimiters as a row, whatever its quotes are.
    pub(super) fn has_delimiters(&self, line: &[u8]) -> bool {
        let delimiter = if let Layout::Delimited { delimiter, .. } = self.layout { delimiter } else { b'\t' };
        memchr::memchr_iter(delimiter, line).count() + 1 == self.count
    }

    /// Whether cells are the first of a row whose last ones are left out: several, and words without blanks, as lines
    /// of logs and sentences have them.
    fn is_short(&self, bytes: &[u8], cells: &Cells) -> bool {
        let is_word = |cell: &Span| !bytes[cell.range()].iter().any(u8::is_ascii_whitespace);
        matches!(self.layout, Layout::Delimited { is_spaced: false, .. })
            && (2..self.count).contains(&cells.all.len())
            && cells.all.iter().all(is_word)
    }

    /// Whether a line has the commas of a sentence, with a blank behind each.
    fn is_prose(&self, bytes: &[u8], line: &[u8], cells: &Cells) -> bool {
        let Layout::Delimited { delimiter, is_spaced } = self.layout else { return false };
        let mut delimiters = memchr::memchr_iter(delimiter, line);
        let has_blanks = delimiter != b'\t' && delimiters.all(|at| line.get(at + 1) == Some(&b' '));
        if cells.quoted || !has_blanks {
            return false;
        }
        let words = |cell: &Span| bytes[cell.range()].split(|b| *b == b' ').filter(|w| !w.is_empty()).count();
        let several = cells.all.iter().filter(|cell| words(cell) > 1).count();
        if is_spaced {
            several == cells.all.len() || cells.all.iter().any(|cell| words(cell) > MOST_WORDS)
        } else {
            several > 1 && several * 2 > cells.all.len()
        }
    }
}

/// How the cells of a row ended.
pub(super) enum Split {
    Row(usize),
    Open,
    /// With a quote that is the last on its line.
    Stray,
    Bad,
}

/// Takes the cell whose text begins at `from`, behind its quote. Says where the next one begins, or what the line
/// is.
fn quoted_cell(
    near: &[u8],
    from: usize,
    delimiter: u8,
    is_all: bool,
    cells: &mut Cells,
) -> Result<usize, Split> {
    cells.quoted = true;
    let Some(close) = closing(near, from) else {
        cells.all.push(Span::new(from, if is_all { without_end(near, from) } else { from }));
        return Err(if is_all { Split::Open } else { Split::Bad });
    };
    let cell = Span::new(from, close);
    cells.all.push(cell);
    let blanks = near[close + 1..].iter().take_while(|b| matches!(b, b' ' | b'\r')).count();
    let at = close + 1 + blanks;
    match near.get(at) {
        None => Err(Split::Row(at)),
        Some(b'\n') => Err(Split::Row(at + 1)),
        Some(b) if *b == delimiter => Ok(at + 1),
        Some(_) if line_end(near, cell.start) <= cell.end => {
            let line = Span::new(cell.start, line_end(near, cell.start));
            cells.all.pop();
            cells.all.push(trimmed(near, line));
            Err(Split::Stray)
        }
        Some(_) => Err(Split::Bad),
    }
}

/// Reads the cells of a row that stands on a `line`, or goes on behind it in quotes.
pub(super) fn split(bytes: &[u8], line: Span, layout: Layout, cells: &mut Cells) -> Split {
    let (delimiter, has_quotes) = match layout {
        Layout::Delimited { delimiter, .. } => (delimiter, delimiter != b'|'),
        Layout::Boxed => (b'|', false),
        Layout::Copy | Layout::Insert => (b'\t', false),
    };
    let near = &bytes[..bytes.len().min(line.start + LONGEST_ROW)];
    let mut at = line.start;
    let mut end = line.end;
    if layout == Layout::Boxed {
        let text = bytes[line.range()].trim_ascii();
        let lead = bytes[line.range()].iter().take_while(|b| b.is_ascii_whitespace()).count();
        if text.len() < 2 || text[0] != b'|' || text[text.len() - 1] != b'|' {
            return Split::Bad;
        }
        at += lead + 1;
        end = at + text.len() - 2;
    }
    let next = line.end;
    loop {
        if cells.all.len() >= MOST {
            return Split::Bad;
        }
        at += near[at..].iter().take_while(|b| **b == b' ' && at < end).count();
        if has_quotes && near.get(at) == Some(&b'"') {
            let is_all = near.len() == bytes.len();
            match quoted_cell(near, at + 1, delimiter, is_all, cells) {
                Ok(next) => at = next,
                Err(split) => return split,
            }
            end = end.max(line_end(near, at));
            continue;
        }
        let stop = end.min(near.len());
        let rest = &near[at.min(stop)..stop];
        let length = memchr::memchr2(delimiter, b'\n', rest).unwrap_or(rest.len());
        cells.all.push(trimmed(near, Span::new(at.min(stop), at.min(stop) + length)));
        at = at.min(stop) + length;
        match near.get(at).filter(|_| at < stop) {
            Some(b) if *b == delimiter => at += 1,
            Some(_) => return Split::Row(at + 1),
            None => return Split::Row(next.max(at)),
        }
    }
}

/// The end of a text that a quote holds open, its last line end left out.
fn without_end(bytes: &[u8], from: usize) -> usize {
    let text = &bytes[from..];
    from + text.len() - text.iter().rev().take_while(|b| matches!(b, b'\n' | b'\r')).count()
}

/// The quote that closes a cell; two of them, or one behind a backslash, are one of the text.
fn closing(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr::memchr(b'"', bytes.get(at..)?)?;
        let is_escaped = bytes[..at].ends_with(b"\\")
            && !matches!(bytes.get(at + 1), None | Some(b',' | b';' | b'\t' | b'\r' | b'\n'));
        match bytes.get(at + 1) {
            Some(b'"') => at += 2,
            _ if is_escaped => at += 1,
            _ => return Some(at),
        }
    }
}

/// Without the blanks around, and the quotes of one kind.
fn trimmed(bytes: &[u8], span: Span) -> Span {
    let text = &bytes[span.range()];
    let lead = text.iter().take_while(|b| b.is_ascii_whitespace()).count();
    let tail = text[lead..].iter().rev().take_while(|b| b.is_ascii_whitespace()).count();
    let inner = &text[lead..text.len() - tail];
    let is_quoted =
        inner.len() >= 2 && matches!(inner[0], b'\'' | b'`' | b'"') && inner[0] == inner[inner.len() - 1];
    let quote = usize::from(is_quoted);
    Span::new(span.start + lead + quote, span.end - tail - quote)
}

/// A line that is drawn: `+----+`, `|---|:--:|`, `====`.
fn is_rule(line: &[u8]) -> bool {
    line.len() >= 3
        && line.iter().all(|b| matches!(b, b'-' | b'+' | b'|' | b':' | b'=' | b' '))
        && line.iter().any(|b| matches!(b, b'-' | b'='))
}

/// A record of JSON is no row, whatever commas it has.
fn is_json(line: &[u8]) -> bool {
    matches!(line, [b'{', .., b'}'] | [b'[', .., b']'])
}

impl Columns {
    /// Gives the cells of a row that have something to hide.
    pub(super) fn give(&self, m: &Index, bytes: &[u8], cells: &Cells, sink: &mut dyn FnMut(&Cell<'_>)) {
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
