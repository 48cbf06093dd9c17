//! Name and value as siblings: `{"name": "Authorization", "value": "…"}`, as HAR, Postman, OTLP and
//! Kubernetes write headers, attributes and environments, in either order, on one line or on several.
//!
//! The value is looked for among the members of the same object (or tag, or item of a YAML list) only:
//! the next object's value belongs to the next name.

use super::class::Class;
use super::lines::block;
use super::quotes::quoted;
use super::raw::Raw;
use super::runs::{bare, structure};
use super::value::{Place, value};
use crate::cursor::{Cursor, Mark, Quote};
use crate::text::Span;

/// What the member that holds the name is called.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    "name", "key", "id", "k", "variable", "param", "parameter", "field", "header", "var", "label",
    "attribute", "property", "headername", "parameterkey", "parametername", "variablename", "attributename",
    "secretname", "envname",
];

/// What the member that holds the value is called.
#[rustfmt::skip]
const VALUES: &[&str] = &[
    "value", "val", "v", "defaultvalue", "currentvalue", "initialvalue", "newvalue", "oldvalue",
    "stringvalue", "secretstring", "rawvalue", "values", "headervalue", "parametervalue", "variablevalue",
    "attributevalue", "secretvalue", "envvalue",
];

/// What the member of an object that wraps a value is called, as OTLP has them.
#[rustfmt::skip]
const TYPED: &[&str] = &[
    "stringvalue", "intvalue", "doublevalue", "boolvalue", "bytesvalue", "arrayvalue", "kvlistvalue",
    "value", "string", "str", "s", "n",
];

/// An object is followed so far in either direction, in bytes.
const REACH: usize = 4096;

/// No object has more members that are gone over.
const MEMBERS: usize = 48;

/// The member whose value is the name.
#[derive(Clone, Copy)]
struct Member {
    /// What it is called.
    key: Span,
    /// The quotes of that.
    key_quote: Option<Quote>,
    /// Where it begins, quotes included.
    start: usize,
    /// Where the name ends, quotes and wrappers included.
    end: usize,
    /// The quotes of the strings around.
    quote: Option<Quote>,
}

/// The value that belongs to a name which is itself a value.
pub(super) fn sibling(bytes: &[u8], name: Span, class: Class) -> Option<Raw> {
    let member = member_of(bytes, name)?;
    if let Some(column) = column_of_item(bytes, &member) {
        let below = below(bytes, &member, column, class);
        return below.or_else(|| above(bytes, &member, column, class));
    }
    let to = bytes.len().min(member.end + REACH);
    if let Some(found) = walk(Cursor::new(bytes, member.end), to, &member, class) {
        return Some(found);
    }
    let from = object_start(bytes, &member)?;
    walk(Cursor::new(bytes, from), member.start, &member, class).filter(|raw| raw.end <= member.start)
}

/// Where a plain value stands that belongs to a name which is itself a value.
pub(in crate::matcher) fn value_of_sibling(bytes: &[u8], name: Span) -> Option<Span> {
    let raw = sibling(bytes, name, Class::Key)?;
    let is_plain =
        !bytes[raw.span.range()].iter().any(|b| b.is_ascii_whitespace() || matches!(b, b'{' | b'['));
    Some(raw.span).filter(|_| is_plain)
}

/// Whether a word is one of these, without case, `_` and `-`.
fn is_one(word: &[u8], of: &[&str]) -> bool {
    let same = |one: &&str| {
        let mut letters = word.iter().filter(|b| !matches!(b, b'_' | b'-')).map(u8::to_ascii_lowercase);
        one.bytes().all(|b| letters.next() == Some(b)) && letters.next().is_none()
    };
    of.iter().any(same)
}

/// The quote that ends right before `at`.
fn quote_before(bytes: &[u8], at: usize) -> Option<(Quote, usize)> {
    let mark = *bytes.get(at.checked_sub(1)?)?;
    if !matches!(mark, b'"' | b'\'' | b'`') {
        return None;
    }
    let depth = bytes[..at - 1].iter().rev().take(64).take_while(|b| **b == b'\\').count();
    Some((Quote { mark: Mark::Byte(mark), depth }, at - 1 - depth))
}

/// The member whose whole value is the name at `name`.
fn member_of(bytes: &[u8], name: Span) -> Option<Member> {
    let opened = quote_before(bytes, name.start);
    let mut start = opened.map_or(name.start, |(_, at)| at);
    let mut c = Cursor::new(bytes, name.end);
    if let Some((quote, _)) = opened
        && c.quote() != Some(quote)
    {
        return None;
    }
    // `Static("name")`
    while start > 0 && bytes[start - 1] == b'(' && c.peek(0) == b')' {
        let word = bytes[..start - 1].iter().rev().take(32).take_while(|b| b.is_ascii_alphanumeric()).count();
        start -= 1 + word;
        c.at += 1;
    }
    let blanks =
        |at: usize| bytes[..at].iter().rev().take(64).take_while(|b| b.is_ascii_whitespace()).count();
    start -= blanks(start);
    start -= match bytes[..start] {
        [.., b'=', b'>'] => 2,
        [.., b':' | b'='] => 1,
        _ => return None,
    };
    start -= blanks(start);
    let closed = quote_before(bytes, start);
    let end = closed.map_or(start, |(_, at)| at);
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let length = bytes[..end].iter().rev().take(24).take_while(is_part).count();
    // The `n` of an escaped line end is none of its letters.
    let escaped = closed.is_none() && length > 1 && bytes[..end - length].ends_with(b"\\");
    let key = Span::new(end - length + usize::from(escaped), end);
    if !is_one(&bytes[key.range()], NAMES) {
        return None;
    }
    let key_quote = closed.map(|(quote, _)| quote);
    let start = match quote_before(bytes, key.start).filter(|(quote, _)| Some(*quote) == key_quote) {
        Some((_, at)) => at,
        None if key_quote.is_none() => key.start,
        None => return None,
    };
    let quote = key_quote.or(opened.map(|(quote, _)| quote));
    Some(Member { key, key_quote, start, end: c.at, quote })
}

/// The column in which the members of an item stand that is written over lines, where the name's member
/// has a line for itself: `- name: X`.
fn column_of_item(bytes: &[u8], member: &Member) -> Option<usize> {
    if member.key_quote.is_some() || bytes.get(member.key.end) != Some(&b':') {
        return None;
    }
    let line = line_start(bytes, member.start);
    let before = &bytes[line..member.start];
    let alone = before.iter().all(|b| matches!(b, b' ' | b'\t' | b'-'));
    let rest = &bytes[member.end..];
    let ends = matches!(rest.iter().find(|b| !matches!(b, b' ' | b'\t' | b'\r')), None | Some(b'\n' | b'#'));
    (alone && ends).then_some(before.len())
}

fn line_start(bytes: &[u8], at: usize) -> usize {
    memchr::memrchr(b'\n', &bytes[at.saturating_sub(REACH)..at])
        .map_or(at.saturating_sub(REACH), |i| at.saturating_sub(REACH) + i + 1)
}

/// Where the text of a line begins, behind blanks and the dashes of a list, and whether there are dashes.
fn text_column(line: &[u8]) -> (usize, bool) {
    let mut at = line.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let mut dashes = false;
    while line[at..].starts_with(b"- ") {
        dashes = true;
        at += 1 + line[at + 1..].iter().take_while(|b| **b == b' ').count();
    }
    (at, dashes)
}

/// The value on one of the lines below, in the same column.
fn below(bytes: &[u8], member: &Member, column: usize, class: Class) -> Option<Raw> {
    let from = member.end;
    let to = bytes.len().min(from + REACH);
    let mut at = from + memchr::memchr(b'\n', &bytes[from..to])? + 1;
    while at < to {
        let line = &bytes[at..at + memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at)];
        let (text, dashes) = text_column(line);
        let is_empty = matches!(line.get(text), None | Some(b'\r' | b'#'));
        if !is_empty && (text < column || (dashes && text <= column)) {
            return None;
        }
        if !is_empty && text == column {
            if is_again(bytes, at + text, member) {
                return None;
            }
            if let Some(found) = line_value(bytes, at + text, class) {
                return Some(found);
            }
        }
        at += line.len() + 1;
    }
    None
}

/// The value on one of the lines above, in the same column.
fn above(bytes: &[u8], member: &Member, column: usize, class: Class) -> Option<Raw> {
    let from = member.start;
    let mut at = line_start(bytes, from);
    let floor = from.saturating_sub(REACH);
    // With its own dash it is the first.
    if text_column(&bytes[at..from]).1 {
        return None;
    }
    while at > floor {
        let start = line_start(bytes, at - 1);
        let line = &bytes[start..at - 1];
        let (text, dashes) = text_column(line);
        let is_empty = matches!(line.get(text), None | Some(b'\r' | b'#'));
        if !is_empty && text < column {
            return None;
        }
        if !is_empty && text == column {
            if is_again(bytes, start + text, member) {
                return None;
            }
            if let Some(found) = line_value(bytes, start + text, class) {
                return Some(found).filter(|raw| raw.end <= from);
            }
            if dashes {
                return None;
            }
        }
        at = start;
    }
    None
}

/// Whether the member of the name comes again here: then this is another item.
fn is_again(bytes: &[u8], at: usize, member: &Member) -> bool {
    let called = key(&mut Cursor::new(bytes, at));
    called.is_some_and(|(called, _)| bytes[called.range()] == bytes[member.key.range()])
}

/// The value of `value: …` at the beginning of a line's text.
pub(super) fn line_value(bytes: &[u8], at: usize, class: Class) -> Option<Raw> {
    let mut c = Cursor::new(bytes, at);
    let (key, _) = key(&mut c)?;
    if !is_one(&bytes[key.range()], VALUES) {
        return None;
    }
    c.blanks();
    if !c.eat(b":") {
        return None;
    }
    c.blanks();
    c.at += block(c.rest());
    c.line_end();
    value(
        c,
        Place { wrap: None, encoded: 0, loose: true, header: true, words: true, setting: None, floor: 0 },
        class,
    )
}

/// What a member is called, and its quotes.
fn key(c: &mut Cursor<'_>) -> Option<(Span, Option<Quote>)> {
    let quote = c.quote();
    // A symbol of Ruby.
    if quote.is_none() && c.peek(0) == b':' && c.peek(1).is_ascii_alphabetic() {
        c.at += 1;
    }
    let start = c.at;
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'$' | b'@');
    c.at += c.rest().iter().take(64).take_while(is_part).count();
    let key = Span::new(start, c.at);
    if key.is_empty() || (quote.is_some() && c.quote() != quote) {
        return None;
    }
    Some((key, quote))
}

/// Goes over what stands between members: blanks, line ends, a comma.
fn gap(c: &mut Cursor<'_>) {
    loop {
        c.space(8);
        if !matches!(c.peek(0), b',' | b';') {
            return;
        }
        c.at += 1;
    }
}

/// Goes over the members from here on to the one that is the value; nothing where the object, the line
/// of a record or what can be read ends first.
fn walk(mut c: Cursor<'_>, to: usize, member: &Member, class: Class) -> Option<Raw> {
    for _ in 0..MEMBERS {
        gap(&mut c);
        if c.at >= to {
            return None;
        }
        let (key, quote) = key(&mut c)?;
        c.blanks();
        let eaten = c.eat(b"=>") || c.eat(b":") || c.eat(b"=");
        // A name that comes again is that of another value.
        if !eaten || c.bytes[key.range()] == c.bytes[member.key.range()] {
            return None;
        }
        c.space(2);
        if is_one(&c.bytes[key.range()], VALUES) {
            return member_value(c, quote, class);
        }
        skip_value(&mut c, to)?;
    }
    None
}

/// The value of a member in these quotes; of an object that wraps it, what it wraps.
fn member_value(mut c: Cursor<'_>, mut quote: Option<Quote>, class: Class) -> Option<Raw> {
    for _ in 0..2 {
        let mut inner = c;
        let opened = inner.eat(b"{");
        inner.space(2);
        // What it wraps is on a line that is not there yet.
        if opened && inner.at >= c.bytes.len() {
            return None;
        }
        let Some((typed, inner_quote)) = opened.then(|| key(&mut inner)).flatten() else { break };
        inner.blanks();
        if !is_one(&c.bytes[typed.range()], TYPED) || !inner.eat(b":") {
            break;
        }
        inner.space(2);
        (c, quote) = (inner, inner_quote);
    }
    let wrap = quote.and_then(|quote| match quote.mark {
        Mark::Byte(mark) => Some((mark, quote.depth)),
        _ => None,
    });
    let loose = wrap.is_none();
    value(c, Place { wrap, encoded: 0, loose, header: false, words: false, setting: None, floor: 0 }, class)
}

/// Goes over the value of another member; nothing where it does not end before `to`.
fn skip_value(c: &mut Cursor<'_>, to: usize) -> Option<()> {
    // As many names may stand in one that is open as it has room for.
    let mut next = Cursor::new(&c.bytes[..to], c.at);
    if let Some(quote) = next.quote() {
        quoted(&mut next, quote, false)?;
    } else if matches!(next.peek(0), b'{' | b'[' | b'(') {
        structure(&mut next, false);
    } else {
        bare(&mut next, 0, false);
    }
    let is_over = c.at < next.at && (next.at < to || to == c.bytes.len());
    c.at = next.at;
    is_over.then_some(())
}

/// Where the first member of the object begins in which a member stands.
fn object_start(bytes: &[u8], member: &Member) -> Option<usize> {
    let floor = member.start.saturating_sub(REACH);
    let mut depth = 0usize;
    let mut in_string = false;
    let mut at = member.start;
    while at > floor {
        at -= 1;
        let b = bytes[at];
        if matches!(b, b'"' | b'\'' | b'`') {
            let slashes = bytes[floor..at].iter().rev().take(64).take_while(|b| **b == b'\\').count();
            let same = member.quote.is_some_and(|q| q.mark == Mark::Byte(b) && q.depth == slashes);
            in_string ^= same;
            at -= slashes;
            continue;
        }
        match b {
            _ if in_string => {}
            b'}' | b']' | b')' => depth += 1,
            b'{' | b'[' | b'(' if depth > 0 => depth -= 1,
            b'{' | b'(' => return Some(at + 1),
            // `<add value="…" key="…"/>`: behind the name of the tag.
            b'<' if depth == 0 => {
                let word = bytes[at + 1..].iter().take(64).take_while(|b| b.is_ascii_graphic()).count();
                return Some(at + 1 + word);
            }
            b'>' if bytes[..at].ends_with(b"=") => {}
            b'[' | b'>' => return None,
            _ => {}
        }
    }
    None
}
