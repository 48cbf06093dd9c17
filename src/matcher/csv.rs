//! Tables whose header row names the columns: each cell under a secret's name is a value.

use super::assign;
use super::index::Index;
use super::name::Name;
use super::page::Page;
use super::table::{self, Title};
use super::types::Literal;
use super::types::{Form, Match};
use crate::decode::units::Table;
use crate::text::Span;

/// The named columns of a file.
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    delimiter: u8,
    /// How many columns there are.
    count: usize,
    /// Position and name of each column that may hold a secret.
    named: Vec<(usize, Name, Vec<u8>)>,
    /// A column is called like a field of a log.
    names_fields: bool,
    /// The header row itself, in the file.
    header_end: usize,
}

/// The header row is at most this long, and has at most that many columns.
const LONGEST: usize = 4096;
const MOST: usize = 200;

impl Columns {
    /// Reads the header row from a file's first bytes, if it is one that names a secret.
    pub(crate) fn of(m: &Index, head: &[u8]) -> Option<Self> {
        Self::read(m, head).filter(|columns| !columns.named.is_empty())
    }

    /// The same, where it names a field of a log or a secret, or is nothing but the names of columns.
    pub(crate) fn with_fields(m: &Index, head: &[u8]) -> Option<Self> {
        Self::read(m, head)
            .filter(|columns| (columns.name_secrets() && table::begins(m, head)) || columns.is_strict(head))
    }

    /// Whether some cells have something to hide by their columns.
    pub(crate) fn name_secrets(&self) -> bool {
        self.names_fields || !self.named.is_empty()
    }

    /// Whether the header row has names as programs write them, and no blanks around them.
    fn is_strict(&self, head: &[u8]) -> bool {
        let row = head[..self.header_end].trim_ascii_end();
        let row = row.strip_prefix(b"\xef\xbb\xbf").unwrap_or(row);
        row.split(|b| *b == self.delimiter).all(|cell| {
            let name = cell.strip_prefix(b"\"").and_then(|cell| cell.strip_suffix(b"\"")).unwrap_or(cell);
            let is_of_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
            name.first().is_some_and(u8::is_ascii_alphabetic) && name.iter().all(is_of_name)
        })
    }

    /// The cells of the rows in a text, in which a row begins at `begin`.
    pub(crate) fn table(&self, bytes: &[u8], at_start: bool, begin: usize) -> Table {
        let first = if at_start { self.header_end.min(bytes.len()) } else { 0 };
        Table::new(self.delimiter, self.count, first, begin)
    }

    fn read(m: &Index, head: &[u8]) -> Option<Self> {
        let bom = if head.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let end = memchr::memchr(b'\n', head)?;
        let row = head.get(bom..end).filter(|r| r.len() < LONGEST)?;
        let delimiter =
            [b',', b';', b'\t', b'|'].into_iter().max_by_key(|&d| memchr::memchr_iter(d, row).count())?;
        let cells = cells(head, Span::new(bom, end), delimiter);
        if !(2..=MOST).contains(&cells.len()) || !cells.iter().all(|c| is_title(&head[c.range()])) {
            return None;
        }
        let (mut named, mut names_fields) = (Vec::new(), false);
        for (i, cell) in cells.iter().enumerate() {
            let Some(title) = Title::of(m, &head[cell.range()]) else { continue };
            names_fields |= title.class.is_some();
            let name = |entry| Name { span: *cell, entry, start: cell.start };
            named.extend(title.rule.map(|(entry, whole)| (i, name(entry), whole)));
        }
        Some(Self { delimiter, count: cells.len(), named, names_fields, header_end: end + 1 })
    }

    /// Matches the cells of the rows that begin in `range`, and gives those of each row to `sink`, which
    /// empties them: a large table has millions. `long` rows may go over several lines, and the first begins
    /// with the range.
    pub(crate) fn rows(
        &self,
        m: &Index,
        page: &Page<'_>,
        at_start: bool,
        range: std::ops::Range<usize>,
        long: bool,
        sink: &mut dyn FnMut(&mut Vec<Match>),
    ) {
        if self.named.is_empty() {
            return;
        }
        let mut matches = Vec::new();
        self.each(page.bytes, at_start, range, long, &mut |row| {
            self.row(m, page, row, &mut matches);
            if !matches.is_empty() {
                sink(&mut matches);
            }
        });
    }

    /// Where the row begins that a quote holds open at the end, if there is one.
    pub(crate) fn open_row(&self, bytes: &[u8], from: usize) -> Option<usize> {
        let mut at = from;
        while at < bytes.len() {
            let (end, is_open) = row_end(bytes, at, self.delimiter);
            if is_open {
                return Some(at);
            }
            at = end + 1;
        }
        None
    }

    fn each(
        &self,
        bytes: &[u8],
        at_start: bool,
        range: std::ops::Range<usize>,
        long: bool,
        sink: &mut dyn FnMut(Span),
    ) {
        let mut at = range.start;
        if at > 0 && bytes[at - 1] != b'\n' {
            at = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |i| at + i + 1);
        }
        if at_start {
            at = at.max(self.header_end);
        }
        while at < range.end {
            let line = || memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |i| at + i);
            let end = if long { row_end(bytes, at, self.delimiter).0 } else { line() };
            if end - at < LONGEST * 4 {
                sink(Span::new(at, end));
            }
            at = end + 1;
        }
    }

    fn row(&self, m: &Index, page: &Page<'_>, row: Span, out: &mut Vec<Match>) {
        let cells = cells(page.bytes, row, self.delimiter);
        for (position, name, whole) in &self.named {
            let Some(&span) = cells.get(*position).filter(|c| !c.is_empty()) else { continue };
            let before = out.len();
            // In a part of a file the header stands elsewhere.
            let at = Span::new(span.start, span.start);
            let far = Name { span: at, start: at.start, entry: name.entry };
            let name = if name.span.end <= page.bytes.len() { name } else { &far };
            assign::give(m, page, name, whole, Literal { span, form: Form::Cell }, out);
            // The name stands in the header, far from here.
            out[before..].iter_mut().for_each(|found| found.name = None);
        }
    }
}

/// Where the row ends that begins at `at`, line ends in quotes left out; and whether it goes on behind
/// these bytes. A quote that nothing closes for long is only a quote, and so is one whose closing quote has more
/// of a cell behind it: the next rows are whole all the same.
fn row_end(bytes: &[u8], at: usize, delimiter: u8) -> (usize, bool) {
    let near = &bytes[at..bytes.len().min(at + LONGEST * 4)];
    let (mut quoted, mut is_broken) = (false, false);
    let may_close = |next: Option<&u8>| {
        next.is_none_or(|b| *b == delimiter || matches!(b, b'"' | b' ' | b'\t' | b'\r' | b'\n'))
    };
    for i in memchr::memchr2_iter(b'"', b'\n', near) {
        match near[i] {
            b'"' if quoted && !may_close(near.get(i + 1)) => {
                is_broken = true;
                break;
            }
            b'"' => quoted = !quoted,
            _ if !quoted => return (at + i, false),
            _ => {}
        }
    }
    let is_all = at + near.len() == bytes.len() && !is_broken;
    if quoted && is_all {
        return (bytes.len(), true);
    }
    (memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |i| at + i), false)
}

/// A column's title: short, and a few words at most, no sentence.
fn is_title(cell: &[u8]) -> bool {
    const MOST_WORDS: usize = 4;
    let is_prose = cell.ends_with(b".") || memchr::memmem::find(cell, b". ").is_some();
    cell.len() <= 64
        && !cell.is_empty()
        && !is_prose
        && cell.split(|b| *b == b' ').count() <= MOST_WORDS
        && cell.iter().all(|&b| b.is_ascii_alphanumeric() || b >= 0x80 || b" _-./()#:".contains(&b))
}

/// The cells of a row, quotes and blanks taken off (RFC 4180).
fn cells(bytes: &[u8], row: Span, delimiter: u8) -> Vec<Span> {
    let mut all = Vec::new();
    let mut at = row.start;
    while at <= row.end && all.len() < MOST {
        let mut end = at;
        let mut quoted = false;
        while end < row.end && (quoted || bytes[end] != delimiter) {
            quoted ^= bytes[end] == b'"';
            end += 1;
        }
        let text = &bytes[at..end];
        let lead = text.iter().take_while(|b| matches!(b, b' ' | b'"' | b'\'')).count();
        let is_end = |b: &&u8| matches!(b, b' ' | b'"' | b'\'' | b'\r' | b'\n');
        let tail = text[lead..].iter().rev().take_while(is_end).count();
        all.push(Span::new(at + lead, end - tail));
        at = end + 1;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_no_titles() {
        for title in ["secret_key", "Secret access key", "device id (#)", "Name"] {
            assert!(is_title(title.as_bytes()), "{title}");
        }
        for prose in ["# Copyright 2013. BSD 3-Clause license", "see LICENSE file.", "a b c d license", ""] {
            assert!(!is_title(prose.as_bytes()), "{prose}");
        }
    }

    #[test]
    fn cells_lose_their_quotes() {
        let row = b"a,\"b,c\", 'd' ,,e\r";
        let all: Vec<&[u8]> =
            cells(row, Span::new(0, row.len()), b',').iter().map(|c| &row[c.range()]).collect();
        assert_eq!(all, [&b"a"[..], b"b,c", b"d", b"", b"e"]);
    }
}
