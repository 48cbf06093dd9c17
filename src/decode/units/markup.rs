//! Texts of elements and values of attributes. The tag before a name is read strictly, from its `<` on, and
//! the text of an element has to end with the tag that closes the same element.

use super::unit::{Kind, Unit};
use crate::decode::view::View;
use crate::text::Span;

/// A tag begins no further before a name, in bytes.
const REACH: usize = 4 * 1024;

/// No entity is longer, in bytes.
const LONGEST_ENTITY: usize = 10;

/// A quick refusal: whether a tag begins before a place, on the same line.
pub(super) fn may_hold(bytes: &[u8], at: usize) -> bool {
    opening(bytes, at).is_some()
}

fn opening(bytes: &[u8], at: usize) -> Option<usize> {
    let floor = at.saturating_sub(REACH);
    let open = floor + memchr::memrchr2(b'<', b'\n', &bytes[floor..at])?;
    (bytes[open] == b'<').then_some(open)
}

/// The unit around a name.
pub(super) fn around(bytes: &[u8], name: Span) -> Option<Unit> {
    let open = opening(bytes, name.start)?;
    let tag = Span::new(open + 1, open + 1 + word(&bytes[open + 1..]));
    if !bytes[tag.start].is_ascii_alphabetic() {
        return None;
    }
    let mut at = tag.end;
    loop {
        let gap = bytes[at..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        at += gap;
        match *bytes.get(at).filter(|_| at < name.start)? {
            b'>' => return text(bytes, tag, at + 1, name),
            b if gap > 0 && is_of_name(b) => {
                let value = attribute(bytes, at + word(&bytes[at..]))?;
                if value.span.start <= name.start && name.end <= value.span.end {
                    return Some(value);
                }
                at = behind_quote(bytes, value.span.end);
            }
            _ => return None,
        }
    }
}

/// The value of an attribute whose name ends at `at`.
fn attribute(bytes: &[u8], at: usize) -> Option<Unit> {
    let rest = bytes[at..].strip_prefix(b"=")?;
    let slashes = slashes(rest);
    let mark = *rest.get(slashes).filter(|b| matches!(b, b'"' | b'\''))?;
    let start = at + 1 + slashes + 1;
    let mut from = start;
    loop {
        let end = from + memchr::memchr3(mark, b'<', b'\n', &bytes[from..])?;
        if bytes[end] != mark {
            return None;
        }
        // In a document as it is a backslash before a quote says nothing.
        let before = bytes[start..end].iter().rev().take_while(|b| **b == b'\\').count();
        if slashes == 0 || before % (2 * (slashes + 1)) == slashes {
            return Some(Unit { span: Span::new(start, end - slashes), kind: Kind::Attribute(mark) });
        }
        from = end + 1;
    }
}

/// Behind the quote that closes an attribute.
fn behind_quote(bytes: &[u8], at: usize) -> usize {
    at + slashes(&bytes[at..]) + 1
}

/// The text of an element, which begins at `from`.
fn text(bytes: &[u8], tag: Span, from: usize, name: Span) -> Option<Unit> {
    let end = name.end + memchr::memchr2(b'<', b'\n', &bytes[name.end..])?;
    let rest = bytes[end..].strip_prefix(b"<")?;
    // PHP writes a slash of JSON with a backslash before it.
    let rest = rest[slashes(rest)..].strip_prefix(b"/")?;
    let closes = rest.strip_prefix(&bytes[tag.range()])?.trim_ascii_start().starts_with(b">");
    // In JSON the name of a member is in no element that another string has opened.
    let quote = |text: &[u8]| text.last().is_some_and(|b| matches!(b, b'"' | b'\''));
    let around = bytes[..tag.start - 1].strip_suffix(b"\"").unwrap_or_default();
    let depth = around.iter().rev().take_while(|b| **b == b'\\').count();
    let behind = &bytes[name.end..];
    let is_member =
        quote(&bytes[..tag.start - 1]) && slashes(behind) == depth && behind[depth..].starts_with(b"\"");
    (closes && !is_member).then_some(Unit { span: Span::new(from, end), kind: Kind::Text })
}

fn slashes(text: &[u8]) -> usize {
    text.iter().take(64).take_while(|b| **b == b'\\').count()
}

/// The length of the name of a tag or of an attribute.
fn word(text: &[u8]) -> usize {
    text.iter().take(256).take_while(|b| is_of_name(**b)).count()
}

fn is_of_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b':' | b'_' | b'-' | b'.') || b >= 0x80
}

/// The text with its entities undone.
pub(super) fn view(bytes: &[u8], span: Span) -> View {
    let mut view = View::new(span);
    let mut at = span.start;
    while at < span.end {
        let text = &bytes[at..span.end];
        let (length, sign) = entity(text).unwrap_or((1, None));
        match sign {
            Some(sign) => view.push(sign.encode_utf8(&mut [0; 4]).as_bytes(), at, at + length),
            None => view.push(&text[..1], at, at + 1),
        }
        at += length;
    }
    view
}

/// The length of the entity that begins here, and what it stands for.
fn entity(text: &[u8]) -> Option<(usize, Option<char>)> {
    if text.first() != Some(&b'&') {
        return None;
    }
    let end = text.iter().take(LONGEST_ENTITY).position(|b| *b == b';')?;
    let sign = match &text[1..end] {
        b"lt" => '<',
        b"gt" => '>',
        b"amp" => '&',
        b"quot" => '"',
        b"apos" => '\'',
        [b'#', b'x' | b'X', digits @ ..] => number(digits, 16)?,
        [b'#', digits @ ..] => number(digits, 10)?,
        _ => return None,
    };
    Some((end + 1, Some(sign)))
}

fn number(digits: &[u8], radix: u32) -> Option<char> {
    char::from_u32(u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()?)
}
