//! Values without quotes. Where they end depends on what is around: in a sentence or a URL earlier, on
//! a line of its own, such as one of an environment file, as late as the line allows.

use super::cursor::Cursor;
use crate::text::Span;

/// Nothing longer is a value.
const MAX_VALUE_BYTES: usize = 4096;

/// The run of key bytes here, without what a sentence or Markdown puts around it.
pub(super) fn bare(c: &Cursor<'_>) -> Span {
    let rest = c.rest();
    let mut end = rest.iter().take(MAX_VALUE_BYTES).take_while(|&&b| is_key_byte(b)).count();
    // `=` pads at the end; elsewhere it makes what stands before it a name.
    if let Some(equals) = memchr::memchr(b'=', &rest[..end]) {
        let pads = rest[equals..end].iter().take_while(|&&b| b == b'=').count();
        end = if equals + pads == end && pads <= 2 { end } else { equals };
    }
    let (start, mut end) = without_emphasis(rest, end);
    while end > start && matches!(rest[end - 1], b'.' | b'!' | b'-' | b'~') {
        end -= 1;
    }
    Span::new(c.at + start, c.at + end)
}

/// The word that is assigned here: more characters may belong to it than to a value in a sentence.
pub(super) fn word(c: &Cursor<'_>) -> Span {
    let rest = &c.rest()[..c.rest().len().min(MAX_VALUE_BYTES)];
    if let Some(end) = line_value(c, rest) {
        return Span::new(c.at, c.at + end);
    }
    let mut end = rest.iter().take_while(|&&b| is_word_byte(b)).count();
    if let Some(percent) = memchr::memchr(b'%', &rest[..end])
        && is_percent_encoded(&rest[..end])
    {
        end = percent;
    }
    if let Some(hash) = memchr::memchr(b'#', &rest[..end])
        && is_in_query(c)
    {
        end = hash;
    }
    if let Some(equals) = memchr::memchr(b'=', &rest[..end]) {
        let pads = rest[equals..end].iter().take_while(|&&b| b == b'=').count();
        if equals + pads < end && is_name(c, &rest[..equals]) {
            end = equals;
        }
    }
    let (start, mut end) = without_emphasis(rest, end);
    let goes_on = rest.get(end).is_some_and(|b| !b.is_ascii_whitespace());
    while end > start
        && (matches!(rest[end - 1], b'.' | b'!' | b'~' | b'#' | b'@') || (goes_on && rest[end - 1] == b'-'))
    {
        end -= 1;
    }
    Span::new(c.at + start, c.at + end)
}

/// The length of a value that has the rest of its line, as in an environment file, in properties and in
/// YAML: only a name and its separator are before it, and nothing behind it.
fn line_value(c: &Cursor<'_>, rest: &[u8]) -> Option<usize> {
    const MAX_HEAD_BYTES: usize = 128;
    let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    let value = rest[..length].trim_ascii_end();
    // Only then is it worth a look at what is before: most values are of key bytes alone.
    if value.iter().all(|&b| is_key_byte(b) && b != b'=') && !value.ends_with(b"-") {
        return None;
    }
    let is_part = |b: &u8| b.is_ascii_graphic() && !b"\"'`(){}[]<>;,|\\".contains(b);
    if value.is_empty() || !value.iter().all(is_part) {
        return None;
    }
    let head = &c.bytes[c.at.saturating_sub(MAX_HEAD_BYTES)..c.at];
    let line = memchr::memrchr(b'\n', head).map_or(head, |i| &head[i + 1..]);
    let (separator, name) = line.trim_ascii_end().split_last()?;
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || b"_-. \t".contains(b);
    let is_line = matches!(separator, b'=' | b':') && name.iter().all(is_name);
    let next_field = memchr::memchr_iter(b'&', value).any(|i| is_field(&value[i + 1..]));
    // A blank before `NAME=value` makes it the next assignment, and the value empty.
    let next_assignment = line.ends_with(b" ") && is_field(value);
    (is_line && !next_field && !next_assignment && !is_percent_encoded(value)).then_some(value.len())
}

/// `name=`: a field begins here.
fn is_field(text: &[u8]) -> bool {
    let name = text.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let is_word = text[..name].iter().all(|b| b.is_ascii_alphabetic() || *b == b'_');
    name > 0 && is_word && text.get(name) == Some(&b'=')
}

/// Whether what is before an equals sign is the name of a next assignment, not the begin of a value.
fn is_name(c: &Cursor<'_>, text: &[u8]) -> bool {
    let is_glued = c.at > 0 && c.bytes[c.at - 1] == b'=';
    !is_glued && text.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-' | b'.'))
}

/// Whether the name of this value is a parameter of a URL, in which `#` begins the fragment.
fn is_in_query(c: &Cursor<'_>) -> bool {
    let before = &c.bytes[c.at.saturating_sub(64)..c.at];
    before
        .iter()
        .rev()
        .skip(1)
        .find(|b| !(b.is_ascii_alphanumeric() || b"_-.=".contains(b)))
        .is_some_and(|b| matches!(b, b'?' | b'&'))
}

/// Whether percent signs here are escapes of RFC 3986: each has two hex digits, one of them hides a
/// character that is not a letter or digit, and nothing is left that has to be escaped.
fn is_percent_encoded(text: &[u8]) -> bool {
    let mut hides_sign = false;
    for at in memchr::memchr_iter(b'%', text) {
        let digit = |n: usize| text.get(at + n).and_then(|b| char::from(*b).to_digit(16));
        let (Some(high), Some(low)) = (digit(1), digit(2)) else { return false };
        hides_sign |= !(high * 16 + low < 128 && (((high * 16 + low) as u8).is_ascii_alphanumeric()));
    }
    hides_sign && !text.iter().any(|b| b"@#^".contains(b))
}

/// Takes off the stars of emphasis around a value.
fn without_emphasis(rest: &[u8], mut end: usize) -> (usize, usize) {
    let stars = |text: &mut dyn Iterator<Item = &u8>| text.take_while(|b| **b == b'*').count();
    let mut start = 0;
    let bold = stars(&mut rest[..end].iter());
    if (1..=3).contains(&bold) && end > 2 * bold && stars(&mut rest[..end].iter().rev()) == bold {
        start += bold;
        end -= bold;
    }
    (start, end)
}

pub(super) fn is_key_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric()
        || matches!(b, b'+' | b'/' | b'=' | b'_' | b'-' | b'.' | b'~' | b'!' | b'*' | b'^')
}

fn is_word_byte(b: u8) -> bool {
    is_key_byte(b) || matches!(b, b'@' | b'#' | b'%' | b'?')
}

/// A value without quotes is none where code goes on: a call, an index, a path, an interpolation.
pub(super) fn ends_well(bytes: &[u8], span: Span) -> bool {
    let next = bytes.get(span.end).copied().unwrap_or(b'\n');
    let after = bytes.get(span.end + 1).copied().unwrap_or(b'\n');
    match next {
        b'(' | b'[' | b'$' | b'{' | b'=' => false,
        b':' => after != b':',
        b'.' => !after.is_ascii_alphanumeric(),
        _ => true,
    }
}
