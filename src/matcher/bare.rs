//! Values without quotes. Where they end depends on what is around: in a sentence or a URL earlier, on
//! a line of its own, such as one of an environment file, as late as the line allows.

use crate::cursor::Cursor;
use crate::text::{Span, is_key_byte};

/// Nothing longer is a key; tokens are found by their own beginnings.
const MAX_VALUE_BYTES: usize = 1024;

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
    let start = begin(c);
    let rest = &c.bytes[start..c.bytes.len().min(start + MAX_VALUE_BYTES)];
    if let Some(length) = line_value(&c.bytes[..start], rest) {
        return Span::new(start, start + length);
    }
    let mut end = word_length(&c.bytes[..start], rest);
    if let Some(percent) = memchr::memchr(b'%', &rest[..end])
        && is_percent_encoded(&rest[..end])
    {
        // What is escaped belongs to it, so nothing before that is a sign of its end.
        return Span::new(start, start + percent);
    }
    if let Some(hash) = memchr::memchr(b'#', &rest[..end])
        && hash >= MIN_KEY_BYTES
        && is_in_query(&c.bytes[..start])
        && is_fragment(&rest[hash + 1..end])
    {
        end = hash;
    }
    if let Some(equals) = memchr::memchr(b'=', &rest[..end]) {
        let pads = rest[equals..end].iter().take_while(|&&b| b == b'=').count();
        let text = &rest[..equals];
        if equals + pads < end && (is_name(&c.bytes[..start], text) || ends_with_name(text)) {
            end = equals;
        }
    }
    let (lead, mut end) = without_emphasis(rest, end);
    if rest.get(end) == Some(&b'&') {
        return Span::new(start + lead, start + end);
    }
    let goes_on = rest.get(end).is_some_and(|b| !b.is_ascii_whitespace());
    let is_trimmed =
        |b: u8| matches!(b, b'.' | b'!' | b'?') || (goes_on && matches!(b, b'-' | b'~' | b'#' | b'@'));
    let trimmed = rest[lead..end].iter().rev().take_while(|b| is_trimmed(**b)).count();
    // What would be too short for a key without them is not followed by them.
    if end - lead < MIN_KEY_BYTES || end - lead - trimmed >= MIN_KEY_BYTES {
        end -= trimmed;
    }
    Span::new(start + lead, start + end)
}

/// A shorter value is not a key.
const MIN_KEY_BYTES: usize = 16;

/// How far the characters of a word go. `&` is one of them where neither a URL nor a form goes on behind it.
fn word_length(before: &[u8], rest: &[u8]) -> usize {
    let mut end = 0;
    loop {
        end += rest[end..].iter().take_while(|&&b| is_word_byte(b)).count();
        match &rest[end..] {
            [b'&', tail @ ..] if is_inner_ampersand(before, tail) => end += 1,
            _ => return end,
        }
    }
}

/// Whether `&` belongs to a value: what is before the value is not a query, and no field follows.
pub(super) fn is_inner_ampersand(before: &[u8], tail: &[u8]) -> bool {
    let entity = tail.iter().take(8).take_while(|b| b.is_ascii_alphanumeric() || **b == b'#').count();
    let next = tail.first().is_some_and(|b| is_word_byte(*b));
    next && before.ends_with(b"=")
        && !is_in_query(before)
        && !is_field(tail)
        && tail.get(entity) != Some(&b';')
}

/// The word that has a line below its name for itself, unless that line is the next assignment.
pub(super) fn line_word(c: &Cursor<'_>) -> Span {
    let is_name = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let name = c.rest().iter().take(MAX_VALUE_BYTES).take_while(is_name).count();
    if c.peek(name) == b'=' { bare(c) } else { word(c) }
}

/// The text of an element: all up to the next tag, if it is one word.
pub(super) fn element_word(c: &Cursor<'_>) -> Span {
    let rest = &c.rest()[..c.rest().len().min(MAX_VALUE_BYTES)];
    match rest.iter().position(|&b| !is_line_byte(b)) {
        Some(end) if rest[end] == b'<' && end > 0 => Span::new(c.at, c.at + end),
        _ => word(c),
    }
}

/// Where the value begins: in `NAME==x` without blanks the second equals sign belongs to it.
fn begin(c: &Cursor<'_>) -> usize {
    let before = &c.bytes[..c.at];
    let equals = before.iter().rev().take(3).take_while(|b| **b == b'=').count();
    let is_glued = before[..before.len() - equals].last().is_some_and(u8::is_ascii_alphanumeric);
    if is_glued { c.at - equals.saturating_sub(1) } else { c.at }
}

/// The length of a value that has the rest of its line, as in an environment file, in properties and in
/// YAML: only a name and its separator are before it, and nothing behind it.
fn line_value(before: &[u8], rest: &[u8]) -> Option<usize> {
    const MAX_HEAD_BYTES: usize = 128;
    let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    let value = rest[..length].trim_ascii_end();
    // Only then is it worth a look at what is before: most values end with a letter or digit and hold
    // nothing that could end them.
    let is_plain = |&b: &u8| is_key_byte(b) && b != b'=';
    if value.last().is_some_and(u8::is_ascii_alphanumeric) && value.iter().all(is_plain) {
        return None;
    }
    let is_emphasised = value.starts_with(b"*") && value.ends_with(b"*");
    if value.is_empty() || is_emphasised || !value.iter().all(|&b| is_line_byte(b)) {
        return None;
    }
    let head = &before[before.len().saturating_sub(MAX_HEAD_BYTES)..];
    let line = memchr::memrchr(b'\n', head).map_or(head, |i| &head[i + 1..]);
    let (separator, name) = line.trim_ascii_end().split_last()?;
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || b"_-. \t".contains(b);
    let is_line = matches!(separator, b'=' | b':') && name.iter().all(is_name);
    let next_field = memchr::memchr_iter(b'&', value).any(|i| is_field(&value[i + 1..]));
    // A blank before `NAME=value` makes it the next assignment, and the value empty.
    let next_assignment = *separator == b'=' && line.ends_with(b" ") && is_field(value);
    let mut equals = memchr::memchr_iter(b'=', value);
    let is_glued = equals.any(|i| i + 2 < value.len() && ends_with_name(&value[..i]));
    let is_encoded = is_percent_encoded(value) && !value.iter().any(|b| b"!*~+=:?$&".contains(b));
    (is_line && !next_field && !next_assignment && !is_glued && !is_encoded).then_some(value.len())
}

/// `name=`: a field begins here.
fn is_field(text: &[u8]) -> bool {
    let name = text.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let is_word = text[..name].iter().all(|b| b.is_ascii_alphabetic() || *b == b'_');
    name > 0 && is_word && text.get(name) == Some(&b'=')
}

/// Whether what is before an equals sign is the name of a next assignment, not the begin of a value:
/// the separator before it has a blank behind it, and no value.
fn is_name(before: &[u8], text: &[u8]) -> bool {
    let is_empty = before.ends_with(b" ") && before.trim_ascii_end().ends_with(b"=");
    is_empty && text.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-' | b'.'))
}

/// Whether the name before the separator here is a parameter of a URL.
fn is_in_query(before: &[u8]) -> bool {
    let near = &before[before.len().saturating_sub(64)..];
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || b"_-.=".contains(b);
    near.iter().rev().find(|b| !is_name(b)).is_some_and(|b| matches!(b, b'?' | b'&'))
}

/// Whether the name of a next field is glued to the value: words of one case, joined by `_`.
fn ends_with_name(text: &[u8]) -> bool {
    let is_part = |b: &&u8| b.is_ascii_alphabetic() || **b == b'_';
    let run = &text[text.len() - text.iter().rev().take_while(is_part).count()..];
    let is_word = |word: &&[u8]| {
        word.len() > 1 && (word.iter().all(u8::is_ascii_lowercase) || word.iter().all(u8::is_ascii_uppercase))
    };
    run.rsplit(|b| *b == b'_').take_while(is_word).count() > 2 && run.contains(&b'_')
}

/// Whether what is behind `#` names a part of a page, as a URL does at its end.
fn is_fragment(text: &[u8]) -> bool {
    text.first().is_some_and(u8::is_ascii_lowercase)
        && text.iter().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'-' | b'/'))
}

/// Whether percent signs here are escapes of RFC 3986: each has two hex digits, one of them hides a
/// character of ASCII that is not a letter or digit, and nothing is left that has to be escaped.
fn is_percent_encoded(text: &[u8]) -> bool {
    let mut hides_sign = false;
    for at in memchr::memchr_iter(b'%', text) {
        let digit = |n: usize| text.get(at + n).and_then(|b| char::from(*b).to_digit(16));
        let (Some(high), Some(low)) = (digit(1), digit(2)) else { return false };
        let byte = (high * 16 + low) as u8;
        hides_sign |= byte.is_ascii() && !byte.is_ascii_alphanumeric();
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

/// What a value may hold that has its line, or its element, for itself.
fn is_line_byte(b: u8) -> bool {
    b.is_ascii_graphic() && !b"\"'`(){}[]<>;,|\\".contains(&b)
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
