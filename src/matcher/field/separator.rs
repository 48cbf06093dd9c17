//! What stands between a name and its value: what closes behind the name, and the separator.

use super::class::Class;
use super::encoded::{go_over_blanks, sign};
use super::flat::{go_over_prefix, is_opened, is_pair};
use super::phrase;
use super::runs::{is_drawn, token_run};
use crate::cursor::{Cursor, Quote};
use crate::text::Span;

/// What closes behind a name: quotes, brackets, colours.
#[derive(Default)]
pub(super) struct Closed {
    pub(super) quote: Option<Quote>,
    /// How often the quote is percent-encoded.
    pub(super) encoded: usize,
}

/// What stands between a name and its value.
#[derive(Clone, Copy)]
pub(super) struct Separator {
    pub(super) colon: bool,
    /// Name and value are the two of a pair.
    pub(super) pair: bool,
    pub(super) encoded: usize,
}

/// Goes over what closes behind a name.
pub(super) fn closing(c: &mut Cursor<'_>) -> Closed {
    let mut closed = Closed::default();
    loop {
        if let Some(quote) = c.quote() {
            closed.quote = Some(quote);
            // A binary of Erlang.
            c.eat(b">>");
        } else if !c.colour() && !inline_end(c) {
            match sign(c) {
                (b'"' | b'\'', length, depth) if length > 1 => {
                    closed.encoded = depth;
                    c.at += length;
                }
                (b']', length, _) => c.at += length,
                _ => return closed,
            }
        }
    }
}

/// Goes over the tags between a name and its separator, as HTML of a highlighter has them.
fn inline_end(c: &mut Cursor<'_>) -> bool {
    if c.peek(0) != b'<' || c.peek(1) != b'/' {
        return false;
    }
    let mut next = *c;
    next.inline_tags();
    let is_separator = matches!(next.peek(0), b'=' | b':');
    if is_separator {
        *c = next;
    }
    is_separator
}

/// Goes over a separator; nothing where none stands here, or no value behind it.
pub(super) fn separator(
    c: &mut Cursor<'_>,
    name: Span,
    closed: Option<Quote>,
    encoded: usize,
    class: Class,
) -> Option<Separator> {
    let bytes = c.bytes;
    let gap_from = c.at;
    c.blanks();
    let gap = c.at > gap_from;
    go_over_blanks(c, encoded);
    let plain = Separator { colon: false, pair: false, encoded };
    if let Some((byte, length)) = entity(c.rest()) {
        c.at += length;
        return Some(Separator { colon: byte == b':', ..plain });
    }
    // `Password("…")`: the Debug of a type that has the name.
    if !gap && closed.is_none() && c.peek(0) == b'(' && bytes[name.start].is_ascii_uppercase() {
        return is_newtype(c).then_some(plain);
    }
    match sign(c) {
        (b'=', length, depth) => {
            c.at += length;
            c.at += c.rest().iter().take(2).take_while(|b| matches!(b, b'=' | b'>')).count();
            let empty = !gap && is_empty_here(c);
            (!empty).then_some(Separator { encoded: encoded.max(depth), ..plain })
        }
        (b':', length, depth) => {
            c.at += length;
            if c.peek(0) == b':' || c.rest().starts_with(b"//") {
                return None;
            }
            c.at += usize::from(c.peek(0) == b'=');
            Some(Separator { colon: true, encoded: encoded.max(depth), ..plain })
        }
        // `["password"],`: the list ends with the name, and what follows it belongs to another member.
        (b',', ..) if closed.is_some() && bytes[..gap_from].ends_with(b"]") => None,
        (b',', ..) => {
            behind_comma(c, name, closed, gap, class).then_some(Separator { pair: closed.is_some(), ..plain })
        }
        (b'-', ..) if gap && matches!(c.rest(), [b'-', b'>', b' ', ..]) => {
            c.at += 2;
            Some(plain)
        }
        _ if gap && closed.is_none() && bytes[..name.start].ends_with(b"--") => Some(plain),
        _ if gap && phrase::has_value(c, name, closed, class) => {
            // The brackets of a sentence stay.
            c.at += usize::from(matches!(c.peek(0), b'(' | b'['));
            Some(plain)
        }
        _ => None,
    }
}

/// Goes over a comma between a name and its value; false where none follows: `("name", "…")`, `"--name", "…"`,
/// `{name, "…"}`.
fn behind_comma(c: &mut Cursor<'_>, name: Span, closed: Option<Quote>, gap: bool, class: Class) -> bool {
    let (bytes, before) = (c.bytes, &c.bytes[..name.start]);
    let Some(quote) = closed else { return !gap && before.ends_with(b"{") && is_tuple(c) };
    let Some(opened) = is_opened(bytes, name, quote) else { return false };
    if !is_flag(before) && !is_pair(bytes, opened, quote, c.at, class) {
        return false;
    }
    c.at += 1;
    c.blanks();
    let mut next = *c;
    next.space(1);
    let is_below = next.at > c.at;
    go_over_prefix(&mut next);
    let Some(quote) = next.quote() else { return false };
    // A list of names has one a line as well.
    !(is_below && next.quoted(quote).is_some_and(|text| is_small_word(&bytes[text.range()])))
}

/// Goes over the comma of a tuple of Erlang, of which the second element is a text and the last.
fn is_tuple(c: &mut Cursor<'_>) -> bool {
    c.at += 1;
    let mut next = *c;
    next.blanks();
    go_over_prefix(&mut next);
    let Some(quote) = next.quote() else { return false };
    let is_text = next.quoted(quote).is_some();
    next.eat(b">>");
    is_text && next.eat(b"}")
}

/// Goes into the brackets of a type around one value: a text in quotes, another such type, or one word.
fn is_newtype(c: &mut Cursor<'_>) -> bool {
    c.at += 1;
    c.space(1);
    let mut next = *c;
    while next.wrapped() {}
    if let Some(quote) = next.quote() {
        return next.quoted(quote).is_some();
    }
    let word = token_run(next.rest());
    word >= 8 && next.peek(word) == b')' && next.rest()[..word].iter().any(u8::is_ascii_digit)
}

/// `token= user=bob`: the value is empty, and the next field begins. A colour is no blank, and the padding of
/// base64 no sign behind a name.
fn is_empty_here(c: &Cursor<'_>) -> bool {
    let mut next = *c;
    next.blanks();
    let is_blank = |b: &u8| !b.is_ascii_graphic() && *b != 0x1b;
    if !c.bytes[c.at..next.at.min(c.bytes.len())].iter().any(is_blank) || { next }.quote().is_some() {
        return false;
    }
    let word = next.rest().iter().take(80).take_while(|b| !b.is_ascii_whitespace()).count();
    let word = &next.rest()[..word];
    let unpadded = word.iter().rposition(|b| *b != b'=').map_or(0, |last| last + 1);
    word[..unpadded].contains(&b'=') || (unpadded < word.len() && !is_drawn(&word[..unpadded]))
}

/// An equals sign or a colon as an entity of XML, perhaps twice escaped: which, and how long it is.
fn entity(rest: &[u8]) -> Option<(u8, usize)> {
    const ENTITIES: [(&[u8], u8); 8] = [
        (b"#61;", b'='),
        (b"#x3d;", b'='),
        (b"#x3D;", b'='),
        (b"equals;", b'='),
        (b"#58;", b':'),
        (b"#x3a;", b':'),
        (b"#x3A;", b':'),
        (b"colon;", b':'),
    ];
    let mut tail = rest.strip_prefix(b"&")?;
    while let Some(inner) = tail.strip_prefix(b"amp;") {
        tail = inner;
    }
    let found = ENTITIES.iter().find(|(name, _)| tail.starts_with(name));
    found.map(|(name, byte)| (*byte, rest.len() - tail.len() + name.len()))
}

fn is_small_word(text: &[u8]) -> bool {
    text.iter().all(|b| b.is_ascii_lowercase() || matches!(b, b'-' | b'_'))
}

/// Whether a name is a flag, in quotes: an element of a list of arguments.
fn is_flag(before: &[u8]) -> bool {
    before.iter().rev().take(64).find(|b| !(b.is_ascii_alphanumeric() || **b == b'_')) == Some(&b'-')
}
