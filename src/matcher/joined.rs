//! A name at the end of a string, or before a place in it, and the value behind the string: `"key=" + "…"`,
//! `printf("key=%s", "…")`, `"key={}".format("…")`.

use super::prefix::prefix;
use super::types::Form;
use super::types::Literal;
use crate::cursor::{Cursor, Mark, Quote};
use crate::text::Span;

/// What joins two literals.
const OPERATORS: [&[u8]; 10] = [b"..", b"++", b"<>", b"||", b"<<", b"+", b"&", b".", b"~", b","];

/// A format has no more places than these.
const MOST_PLACES: usize = 12;

/// The literal that is joined to the string which ends here, behind the name and its separator.
pub(super) fn appended(c: &Cursor<'_>, found: &mut Vec<Literal>) -> bool {
    let mut next = *c;
    let Some(quote) = next.quote() else { return false };
    next.blanks();
    if !OPERATORS.iter().any(|o| next.eat(o)) {
        return false;
    }
    next.space(1);
    prefix(&mut next);
    let Some(second) = next.quote().filter(|q| q.depth == quote.depth) else { return false };
    let span = next.quoted(second);
    found.extend(span.map(|span| Literal { span, form: Form::Quoted }));
    span.is_some()
}

/// A place of a format into which an argument is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place<'b> {
    /// The next one.
    Next,
    /// The one of that number.
    Number(usize),
    /// The one of that name.
    Named(&'b [u8]),
}

/// The place of a format that begins here, and its length.
fn place(text: &[u8]) -> Option<(Place<'_>, usize)> {
    match text.first()? {
        b'%' => {
            let flags = text[1..].iter().take(8).take_while(|b| b"-+ #.0123456789*l".contains(b)).count();
            matches!(
                text.get(1 + flags)?,
                b's' | b'd' | b'v' | b'x' | b'u' | b'@' | b'q' | b'i' | b'f' | b'S' | b'r' | b'c'
            )
            .then_some((Place::Next, flags + 2))
        }
        b'{' => {
            let length = text[1..].iter().take(32).position(|b| *b == b'}')?;
            let inside = &text[1..1 + length];
            let name = inside.split(|b| matches!(b, b':' | b'!')).next().unwrap_or_default();
            let is_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
            let number = std::str::from_utf8(name).ok().and_then(|n| n.parse().ok());
            let place = match number {
                _ if name.is_empty() => Place::Next,
                Some(number) => Place::Number(number),
                None => Place::Named(name),
            };
            name.iter().all(is_name).then_some((place, length + 2))
        }
        _ => None,
    }
}

/// The argument that is put into the place which begins here, behind a name in the same string.
pub(super) fn formatted(c: &Cursor<'_>, name: Span, found: &mut Vec<Literal>) -> bool {
    const REACH: usize = 200;
    let mut at = *c;
    // The place may be in quotes itself.
    if matches!(at.peek(0), b'\'' | b'"' | b'`' | b'\\') {
        at.quote();
    }
    let Some((here, length)) = place(at.rest()) else { return false };
    let floor = name.start.saturating_sub(REACH);
    let Some(open) = opening(&c.bytes[floor..name.start]).map(|i| floor + i) else { return false };
    // The name and its place stand in one string.
    let mark = c.bytes[open];
    if c.bytes[name.end..at.at].contains(&mark) {
        return false;
    }
    let quote = Quote { mark: Mark::Byte(mark), depth: 0 };
    let mut next = Cursor::new(c.bytes, at.at + length);
    if next.quoted(quote).is_none() {
        return false;
    }
    let number = match here {
        Place::Number(number) => number,
        _ => places(&c.bytes[open + 1..at.at]),
    };
    let Some(separator) = arguments(&mut next) else { return false };
    let wanted = if let Place::Named(name) = here { Err(name) } else { Ok(number) };
    let span = argument(&mut next, wanted, separator);
    found.extend(span.map(|span| Literal { span, form: Form::Quoted }));
    span.is_some()
}

/// The quote that opened the string before a name, on the same line.
fn opening(before: &[u8]) -> Option<usize> {
    let at = before.iter().rposition(|b| matches!(b, b'"' | b'\'' | b'`' | b'\n'))?;
    (before[at] != b'\n' && before.get(at.wrapping_sub(1)) != Some(&b'\\')).then_some(at)
}

/// How many places that take the next argument a text has.
fn places(text: &[u8]) -> usize {
    let mut count = 0;
    let mut at = 0;
    while at < text.len() && count < MOST_PLACES {
        match place(&text[at..]) {
            Some((place, length)) => {
                count += usize::from(place == Place::Next);
                at += length;
            }
            None => at += 1,
        }
    }
    count
}

/// Goes to the first argument behind a format; what separates two of them.
fn arguments(c: &mut Cursor<'_>) -> Option<u8> {
    let gap = c.at;
    c.blanks();
    if c.eat(b",") || c.eat(b".format(") || c.eat(b".formatted(") || c.eat(b".printf(") {
        return Some(b',');
    }
    if c.eat(b"%") {
        c.blanks();
        c.eat(b"(");
        return Some(b',');
    }
    // Of a shell.
    (c.at > gap && matches!(c.peek(0), b'"' | b'\'' | b'$')).then_some(b' ')
}

/// The argument at a place, or of a name, if it is a literal.
fn argument(c: &mut Cursor<'_>, wanted: Result<usize, &[u8]>, separator: u8) -> Option<Span> {
    for at in 0..MOST_PLACES {
        c.space(1);
        let is_it = match wanted {
            Ok(number) => number == at,
            Err(name) => labelled(c, name),
        };
        let mut quoted = *c;
        prefix(&mut quoted);
        if let Some(quote) = quoted.quote() {
            let span = quoted.quoted(quote)?;
            if is_it {
                return Some(span);
            }
            *c = quoted;
        } else if is_it {
            return None;
        }
        let ends = |b: &u8| *b == separator || b"()[]{};\n\"'".contains(b);
        c.at += c.rest().iter().take(64).position(ends)?;
        if c.peek(0) != separator {
            return None;
        }
        c.at += 1;
    }
    None
}

/// Goes over the label of an argument, if it is this one.
fn labelled(c: &mut Cursor<'_>, name: &[u8]) -> bool {
    let mut next = *c;
    if !next.eat(name) {
        return false;
    }
    next.blanks();
    let is_label = (next.eat(b"=") || next.eat(b":")) && next.peek(0) != b'=';
    next.blanks();
    if is_label {
        *c = next;
    }
    is_label
}
