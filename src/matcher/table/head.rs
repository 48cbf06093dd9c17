//! Heads of tables. A line is one only where each of its cells looks like the name of a column, since prose has
//! commas as well.

use std::cell::OnceCell;

use super::columns::{Columns, Head, LONGEST_HEAD, Layout, MOST, Title, line_end};
use super::row::{Cells, Split, split};
use crate::matcher::index::Index;
use crate::text::{Span, word_table};

/// Titles are padded with so many blanks at most.
const LONGEST_PAD: usize = 256;

/// So far above a row the head of names and values is looked for, in bytes: as far as a stream remembers.
const ABOVE: usize = 2 * 1024;

/// What a column of names is called, and one of their values.
const NAMES: [&[u8]; 12] = [
    b"name",
    b"key",
    b"variable",
    b"var",
    b"setting",
    b"parameter",
    b"param",
    b"property",
    b"option",
    b"field",
    b"secret name",
    b"config",
];
const VALUES: [&[u8]; 5] = [b"value", b"val", b"content", b"current value", b"default value"];

/// Levels of logs, which stand in lines with delimiters as well.
const LEVELS: [&[u8]; 12] = [
    b"trace",
    b"debug",
    b"info",
    b"notice",
    b"warn",
    b"warning",
    b"error",
    b"err",
    b"fatal",
    b"critical",
    b"panic",
    b"crit",
];

/// A quick look: whether a name around `at` may be a title, or the name in a row, by the sign that follows it.
pub(crate) fn may_be_title(bytes: &[u8], at: usize) -> bool {
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let mut end = at + bytes[at..].iter().take(64).take_while(is_part).count();
    end += usize::from(bytes.get(end).is_some_and(|b| matches!(b, b'"' | b'`' | b'\'' | b']')));
    end += bytes[end..].iter().take(LONGEST_PAD).take_while(|b| **b == b' ').count();
    matches!(bytes.get(end), None | Some(b',' | b';' | b'|' | b'\t' | b')' | b'\n' | b'\r'))
}

/// The head on the first line, or behind lines that are empty there.
pub(super) fn first(m: &Index, bytes: &[u8]) -> Option<Head> {
    let start = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let end = line_end(&bytes[..bytes.len().min(LONGEST_HEAD)], start);
    of_line(m, bytes, Span::new(start, end))
}

/// Reads a line as a head.
pub(super) fn of_line(m: &Index, bytes: &[u8], line: Span) -> Option<Head> {
    let text = &bytes[line.range()];
    // Rows stand on lines below; nobody knows how a line goes on that is not all there.
    if !text.ends_with(b"\n") {
        return None;
    }
    let bom = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let line = Span::new(line.start + bom, line.end);
    let columns = copy(m, bytes, line).or_else(|| titles(m, bytes, line))?;
    Some(Head { begin: line.start - bom, rows: line.end, columns })
}

/// The head of names and values above a row, which holds no name of a secret itself; none stands above the line
/// at `bare`.
pub(super) fn pairs_above(m: &Index, bytes: &[u8], row: Span, bare: usize) -> Option<Head> {
    let text_of_row = bytes[row.range()].trim_ascii_end();
    if !text_of_row.iter().any(|b| KINDS[usize::from(*b)] > 0) {
        return None;
    }
    let own = OnceCell::new();
    let is_own = |layout: Layout| Some(layout) == *own.get_or_init(|| self::layout(text_of_row));
    let floor = row.start.saturating_sub(ABOVE);
    let mut end = row.start;
    while end > floor {
        let start = memchr::memrchr(b'\n', &bytes[floor..end - 1]).map(|i| floor + i + 1);
        let line = Span::new(start.or((floor == 0).then_some(0))?, end);
        let text = bytes[line.range()].trim_ascii();
        if text.is_empty() {
            return None;
        }
        let columns = titles(m, bytes, line).filter(|columns| columns.pairs.is_some());
        if let Some(columns) = columns {
            return Some(Head { begin: row.start, rows: row.start, columns });
        }
        let is_drawn = text.iter().all(|b| matches!(b, b'-' | b'+' | b'|' | b':' | b'=' | b' '));
        if line.start <= bare || (!is_drawn && !layout(text).is_some_and(is_own)) {
            return None;
        }
        end = line.start;
    }
    None
}

/// `COPY t (id, secret_key) FROM stdin;`
fn copy(m: &Index, bytes: &[u8], line: Span) -> Option<Columns> {
    let text = bytes[line.range()].trim_ascii();
    if !text.get(..5)?.eq_ignore_ascii_case(b"copy ") {
        return None;
    }
    let (open, close) = (memchr::memchr(b'(', text)?, memchr::memrchr(b')', text)?);
    let tail = text[close..].to_ascii_lowercase();
    let is_plain = memchr::memmem::find(&tail, b"csv").is_none();
    if open >= close || memchr::memmem::find(&tail, b"from stdin").is_none() || !is_plain {
        return None;
    }
    let name = |text: &[u8]| text.iter().copied().filter(|b| !b" \"".contains(b)).collect::<Vec<u8>>();
    let names: Vec<Vec<u8>> = text[open + 1..close].split(|b| *b == b',').map(name).collect();
    let named = named(m, names.iter().map(Vec::as_slice));
    let pairs = pairs(names.iter().map(Vec::as_slice));
    let is_any = !named.is_empty() || pairs.is_some();
    let columns = Columns { layout: Layout::Copy, count: names.len(), named, pairs, first: Vec::new() };
    (is_any && names.len() <= MOST).then_some(columns)
}

/// A line of titles.
fn titles(m: &Index, bytes: &[u8], line: Span) -> Option<Columns> {
    let text = bytes[line.range()].trim_ascii_end();
    // Most lines are told by a sign that stands in no title and in nothing around one.
    if !text.iter().all(|b| MAY_BE_TITLES[usize::from(*b)]) {
        return None;
    }
    let layout = layout(text)?;
    let mut cells = Cells::default();
    let Split::Row(end) = split(bytes, line, layout, &mut cells) else { return None };
    if end > line.end {
        return None;
    }
    let mut all = cells.all;
    // Some writers end each row with a delimiter.
    if all.len() > 2 && all.last().is_some_and(|cell| cell.is_empty()) {
        all.pop();
    }
    let is_spaced = matches!(layout, Layout::Delimited { is_spaced: true, .. });
    let is_name = |cell: &Span| is_title(&bytes[cell.range()], is_spaced);
    if !(2..=MOST).contains(&all.len()) || !all.iter().all(is_name) {
        return None;
    }
    let texts = || all.iter().map(|cell| &bytes[cell.range()]);
    let (mut named, pairs) = (named(m, texts()), pairs(texts()));
    // `key,value`: the cells under `key` are names.
    named.retain(|(i, _)| pairs.is_none_or(|(name, _)| name != *i));
    if named.is_empty() && pairs.is_none() {
        return None;
    }
    let first = bytes[all[0].range()].to_vec();
    Some(Columns { layout, count: all.len(), named, pairs, first })
}

/// What may stand between the cells of a row.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// For each delimiter its place in [`DELIMITERS`], from 1.
static KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut at = 0;
    while at < DELIMITERS.len() {
        kinds[DELIMITERS[at] as usize] = at as u8 + 1;
        at += 1;
    }
    kinds
};

/// How a line is taken apart.
fn layout(text: &[u8]) -> Option<Layout> {
    let lead = text.trim_ascii_start();
    if lead.len() > 2 && lead[0] == b'|' && lead.ends_with(b"|") {
        return Some(Layout::Boxed);
    }
    // All are counted in one go: lines with the name of a secret are many, and most are no rows.
    let (mut counts, mut is_spaced) = ([0u32; DELIMITERS.len()], [false; DELIMITERS.len()]);
    for (at, b) in text.iter().enumerate() {
        let kind = usize::from(KINDS[usize::from(*b)]);
        if kind > 0 {
            counts[kind - 1] += 1;
            is_spaced[kind - 1] |= text.get(at + 1) == Some(&b' ');
        }
    }
    let most = (0..DELIMITERS.len()).max_by_key(|kind| counts[*kind]).filter(|kind| counts[*kind] > 0)?;
    let delimiter = DELIMITERS[most];
    Some(Layout::Delimited { delimiter, is_spaced: delimiter != b'\t' && is_spaced[most] })
}

/// The columns whose titles name secrets.
fn named<'t>(m: &Index, titles: impl Iterator<Item = &'t [u8]>) -> Vec<(usize, Title)> {
    titles.enumerate().filter_map(|(i, title)| Some((i, Title::of(m, title)?))).collect()
}

/// The columns of names and values.
fn pairs<'t>(titles: impl Iterator<Item = &'t [u8]> + Clone) -> Option<(usize, usize)> {
    let is_one = |of: &[&[u8]]| titles.clone().position(|title| is_of(title, of));
    Some((is_one(&NAMES)?, is_one(&VALUES)?))
}

fn is_of(title: &[u8], of: &[&[u8]]) -> bool {
    let same = |one: &&[u8]| {
        one.len() == title.len()
            && one.iter().zip(title).all(|(a, b)| *a == b.to_ascii_lowercase() || (*a == b' ' && *b == b'_'))
    };
    of.iter().any(same)
}

/// What stands in titles.
static IN_TITLE: [bool; 256] = table_with(b" _-./()#");

/// What stands in a line of titles: delimiters, quotes and white space as well.
static MAY_BE_TITLES: [bool; 256] = table_with(b" _-./()#,;|\t\"'`\r\n\x0c");

/// Letters, digits, what is no ASCII, and these signs.
const fn table_with(signs: &[u8]) -> [bool; 256] {
    let mut table = word_table(signs);
    let mut b = 0x80;
    while b < 256 {
        table[b] = true;
        b += 1;
    }
    table
}

/// A column's title: one to three words, and no part of a sentence. Where blanks stand around delimiters, as they
/// do in prose, one word or several in capitals.
fn is_title(cell: &[u8], is_spaced: bool) -> bool {
    const MOST_WORDS: usize = 3;
    const MOST_BYTES: usize = 64;
    let is_letter = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b'_' | b'#' | 0x80..);
    let is_part = |b: &u8| IN_TITLE[usize::from(*b)];
    let mut words = cell.split(|b| *b == b' ');
    let is_level = words.clone().next().is_some_and(|word| is_of(word, &LEVELS));
    // No name of a column is a key itself.
    let is_long = |run: &[u8]| run.len() > 24 || run.iter().filter(|b| b.is_ascii_digit()).count() > 4;
    let is_random = cell.split(|b| !b.is_ascii_alphanumeric()).any(is_long);
    let is_capital = |word: &[u8]| word.first().is_some_and(|b| !b.is_ascii_lowercase());
    let count = words.clone().count();
    cell.len() <= MOST_BYTES
        && cell.first().is_some_and(is_letter)
        && !cell.ends_with(b".")
        && cell.iter().all(is_part)
        && count <= MOST_WORDS
        && (count == 1 || !is_spaced || words.all(is_capital))
        && !is_level
        && !is_random
}
