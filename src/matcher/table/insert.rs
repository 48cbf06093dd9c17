//! `INSERT INTO t (id, secret_key) VALUES (1, '…'), (2, '…')`: each value belongs to the column with its
//! number.

use super::columns::{Columns, Head, LONGEST_HEAD, LONGEST_ROW, Layout, MOST, Title};
use super::row::{Cells, Row};
use crate::matcher::index::Index;
use crate::text::{Span, word_table};

/// What stands in a list of columns.
static IN_LIST: [bool; 256] = word_table(b"_,\"`'[].$ \t\n\x0c\r");

/// The list of columns around a name at `at`, and where its rows begin; a name before that is in none stands
/// at `last`.
pub(super) fn around(m: &Index, bytes: &[u8], at: usize, last: usize) -> Option<Head> {
    let is_part = |b: &u8| IN_LIST[usize::from(*b)];
    let floor = at.saturating_sub(LONGEST_HEAD).max(last.min(at));
    let open = floor + bytes[floor..at].iter().rposition(|b| !is_part(b))?;
    if bytes[open] != b'(' || !follows_into(&bytes[..open]) {
        return None;
    }
    let near = &bytes[..bytes.len().min(at + LONGEST_HEAD)];
    let close = at + near[at..].iter().position(|b| !is_part(b))?;
    if bytes[close] != b')' {
        return None;
    }
    let gap = |at: usize| at + near[at..].iter().take_while(|b| b.is_ascii_whitespace()).count();
    let mut rows = gap(close + 1);
    let word = near.get(rows..rows + 6)?;
    if !word.eq_ignore_ascii_case(b"values") {
        return None;
    }
    rows += 6;
    let begin = rows - 1;
    let mut named = Vec::new();
    let list = &bytes[open + 1..close];
    let names = list.split(|b| *b == b',');
    let mut count = 0;
    for (i, name) in names.enumerate() {
        let is_mark = |b: &u8| b"\"`'[]".contains(b);
        let name: Vec<u8> = name.trim_ascii().iter().copied().filter(|b| !is_mark(b)).collect();
        named.extend(Title::of(m, &name).map(|title| (i, title)));
        count = i + 1;
    }
    if count > MOST || named.is_empty() {
        return None;
    }
    let columns = Columns { layout: Layout::Insert, count, named, pairs: None, first: Vec::new() };
    Some(Head { begin, rows, columns })
}

/// Whether `INSERT INTO t` or `REPLACE INTO t` stands before a bracket.
fn follows_into(before: &[u8]) -> bool {
    let near = before[before.len().saturating_sub(200)..].trim_ascii_end();
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || b >= &0x80 || b"_.\"`'[]$-".contains(b);
    let name = near.iter().rev().take_while(|b| is_part(b)).count();
    let head = near[..near.len() - name].trim_ascii_end();
    let ends =
        |word: &[u8]| head.len() >= word.len() && head[head.len() - word.len()..].eq_ignore_ascii_case(word);
    name > 0 && (ends(b"into") || ends(b"insert") || ends(b"overwrite"))
}

/// Reads the tuple that begins at `at`, behind blanks and a comma.
pub(super) fn row(bytes: &[u8], at: usize, count: usize, cells: &mut Cells) -> Row {
    let near = &bytes[..bytes.len().min(at + LONGEST_ROW)];
    let is_whole = near.len() == bytes.len();
    let gap = |at: usize| at + near[at..].iter().take_while(|b| b.is_ascii_whitespace()).count();
    let mut at = gap(at);
    if near.get(at) == Some(&b',') {
        at = gap(at + 1);
    }
    if at >= near.len() {
        return if is_whole { Row::Open } else { Row::End };
    }
    if near[at] != b'(' {
        return Row::End;
    }
    at += 1;
    loop {
        at = gap(at);
        let (span, next) = value(near, at);
        cells.all.push(span);
        let next = gap(next);
        match near.get(next) {
            Some(b',') if cells.all.len() < count => at = next + 1,
            Some(b')') if cells.all.len() == count => return Row::Whole(next + 1),
            None if is_whole => return Row::Open,
            _ => return Row::End,
        }
    }
}

/// The value at `at`, without its quotes, and where it ends.
fn value(bytes: &[u8], at: usize) -> (Span, usize) {
    let rest = &bytes[at..];
    // `N'…'`, `E'…'`, `_utf8mb4'…'`
    let prefix = rest.iter().take(12).take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let start = at + if matches!(rest.get(prefix), Some(b'\'' | b'"')) { prefix } else { 0 };
    if let Some(quote @ (b'\'' | b'"')) = bytes.get(start).copied() {
        let end = string_end(bytes, start + 1, quote);
        return (Span::new(start + 1, end), bytes.len().min(end + 1));
    }
    // A number, a word, or a call.
    let mut depth = 0usize;
    let mut end = at;
    while let Some(b) = bytes.get(end) {
        match b {
            b'(' => depth += 1,
            b')' | b',' if depth == 0 => break,
            b')' => depth -= 1,
            b'\'' => {
                end = bytes.len().min(string_end(bytes, end + 1, b'\'') + 1);
                continue;
            }
            _ => {}
        }
        end += 1;
    }
    let text = bytes[at..end].trim_ascii_end();
    let is_word = text.eq_ignore_ascii_case(b"null") || text.eq_ignore_ascii_case(b"default");
    // Placeholders of prepared statements are no values.
    let is_place = matches!(text, [b'?' | b'$' | b':' | b'@' | b'%', ..]);
    let length = if is_word || is_place { 0 } else { text.len() };
    (Span::new(at, at + length), end)
}

/// Where a string of SQL ends; two quotes, or one behind a backslash, are one of the text.
fn string_end(bytes: &[u8], mut at: usize, quote: u8) -> usize {
    while let Some(i) = bytes.get(at..).and_then(|rest| memchr::memchr2(quote, b'\\', rest)) {
        at += i;
        if bytes[at] == b'\\' || bytes.get(at + 1) == Some(&quote) {
            at += 2;
        } else {
            return at;
        }
    }
    bytes.len()
}
