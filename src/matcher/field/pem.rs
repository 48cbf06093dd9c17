//! The bodies of private keys in PEM, whole or cut off.

use crate::text::{self, Span};

/// The body of a private key's PEM block around `-BEG`, whichever kind of key it is; to the end of the
/// text where it is cut off. Empty where it is masked already.
pub(crate) fn pem(bytes: &[u8], at: usize) -> Option<Span> {
    let label = bytes[at..].strip_prefix(b"-BEGIN ")?;
    let kind = label.iter().take(32).take_while(|b| b.is_ascii_uppercase() || **b == b' ').count();
    if !label[..kind].ends_with(b"PRIVATE KEY") || !label[kind..].starts_with(b"-----") {
        return None;
    }
    let start = at + b"-BEGIN ".len() + kind + 5;
    let rest = &bytes[start..];
    // Where another block begins this one was cut off.
    let ends = |&i: &usize| match rest[i] {
        b'-' => rest[i..].starts_with(b"-----END ") || rest[i..].starts_with(b"-----BEGIN "),
        _ => !is_armoured(&rest[i + 1..]),
    };
    let body = memchr::memchr2_iter(b'-', b'\n', rest).find(ends).unwrap_or(rest.len());
    let is_cut_off = !rest[body..].starts_with(b"-----END ");
    let string = if is_cut_off { string_end(&rest[..body], rest) } else { None };
    let body = Span::new(start, start + string.unwrap_or(body));
    // Line ends alone hold nothing: in a stream the key comes behind them, or does not.
    let text = bytes[body.range()].trim_ascii();
    let masked = text.is_empty() || text::is_mask(text);
    Some(if masked { Span::new(body.end, body.end) } else { body })
}

/// Where the string of JSON ends in which a block was cut off.
fn string_end(body: &[u8], rest: &[u8]) -> Option<usize> {
    let closes = |at: &usize| matches!(rest.get(at + 1), None | Some(b',' | b'}' | b']' | b'\\' | b'"'));
    let quote = memchr::memchr_iter(b'"', body).find(closes)?;
    Some(quote - body[..quote].iter().rev().take_while(|b| **b == b'\\').count())
}

/// Whether a line may belong to a PEM block: it is base64 or a header of RFC 1421, perhaps behind what a
/// collector of logs puts before each line. A block that was cut off ends with the first other line.
fn is_armoured(text: &[u8]) -> bool {
    let line = &text[..memchr::memchr(b'\n', text).unwrap_or(text.len())];
    let line = line.trim_ascii();
    let mut words = line
        .split(|b| matches!(b, b' ' | b'\t'))
        .filter(|w| w.is_empty() || w.iter().any(u8::is_ascii_alphanumeric) || text::is_mask(w));
    let word = words.next_back().unwrap_or_default();
    let alone = words.next().is_none();
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"+/=*\\\"',;".contains(b);
    // A line that was damaged on its way is one of the block, too: NULs, or bytes with another bit.
    let damaged = word.iter().filter(|b| !b.is_ascii_graphic()).count();
    let is_left = damaged * 2 <= word.len() || word.len() - damaged >= 16;
    let is_base64 = is_left && word.iter().all(|b| is_part(b) || !b.is_ascii_graphic());
    let header = [&b"Proc-Type:"[..], b"DEK-Info:", b"-----END "];
    let is_header = |header: &&[u8]| {
        let found = memchr::memmem::find(line, header);
        found.is_some_and(|at| memchr::memmem::find(&line[..at], b"-----BEGIN ").is_none())
    };
    (is_base64 && (alone || word.len() >= 16)) || header.iter().any(is_header) || text::is_mask(word)
}
