//! Passwords in addresses: `amqp://user:password@host`, as it is, with the slashes of JSON, and
//! percent-encoded.

use super::class::Class;
use super::found::Field;
use crate::prefilter::Core;
use crate::text::{self, Span};

/// No user with a password is longer.
const LONGEST: usize = 1024;

/// How an address is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spelling {
    Plain,
    /// `:\/\/`
    Escaped,
    /// `%3A%2F%2F`
    Percent,
}

/// The four bytes by which the prefilter wakes.
pub(crate) fn cores() -> [Core; 3] {
    let user = (0x21..0x7f).filter(|b: &u8| b.is_ascii_alphanumeric() || b"_-.~:%+!$&*".contains(b));
    [
        [b":".to_vec(), b"/".to_vec(), b"/".to_vec(), user.collect()],
        [b":".to_vec(), b"\\".to_vec(), b"/".to_vec(), b"\\".to_vec()],
        [b"3".to_vec(), b"Aa".to_vec(), b"%".to_vec(), b"2".to_vec()],
    ]
}

/// The password of the address whose `://` begins at `at` (of `%3A%2F%2F` at the `3`).
pub(crate) fn at(bytes: &[u8], at: usize) -> Option<Field> {
    let rest = &bytes[at..];
    let (spelling, colon, length) = match rest {
        [b':', b'/', b'/', ..] => (Spelling::Plain, at, 3),
        [b':', b'\\', b'/', b'\\', b'/', ..] => (Spelling::Escaped, at, 5),
        [b'3', b'a' | b'A', b'%', b'2', b'f' | b'F', b'%', b'2', b'f' | b'F', ..] => {
            (Spelling::Percent, at.checked_sub(1)?, 8)
        }
        _ => return None,
    };
    // Most addresses of a log have no user: they end at a blank or a quote first.
    let near = &bytes[at + length..bytes.len().min(at + length + LONGEST)];
    let first = memchr::memchr3(b'@', b' ', b'"', near);
    if spelling != Spelling::Percent && first.is_none_or(|i| near[i] != b'@') {
        return None;
    }
    let before = &bytes[..colon];
    let scheme = before.iter().rev().take(32).take_while(|b| b.is_ascii_alphanumeric() || b"+.-".contains(b));
    let name = Span::new(colon - scheme.count(), at + length);
    let wrong = name.start == colon || (spelling == Spelling::Percent && bytes[colon] != b'%');
    let span = if wrong { None } else { password(bytes, name.end, spelling) }?;
    let masked = text::is_mask(&bytes[span.range()]);
    let hidden = if masked { Span::new(span.end, span.end) } else { span };
    Some(Field { masked, end: span.end, ..Field::new(hidden, name, Class::Password) })
}

/// The password of what begins with a user: between the first colon and the last `@` before the host
/// ends. People write `/`, `?` and `#` into it as they are, so these end it only where a port stands
/// before.
fn password(bytes: &[u8], from: usize, spelling: Spelling) -> Option<Span> {
    let end = bytes.len().min(from + LONGEST);
    let (mut start, mut last) = (None, None);
    let mut path = false;
    let mut at = from;
    while at < end {
        let (byte, length) = step(&bytes[at..], spelling)?;
        let is_host = byte.is_ascii_alphanumeric() || b"._~-:@%".contains(&byte);
        if byte.is_ascii_whitespace()
            || byte.is_ascii_control()
            || b"\"<>`\\".contains(&byte)
            || (last.is_some() && !is_host)
            || (spelling == Spelling::Percent && byte == b'&')
        {
            break;
        }
        match (byte, start) {
            (b':', None) => start = Some(at + length),
            (b'@', Some(_)) => last = Some(at),
            (b'@' | b'/' | b'?' | b'#', None) => return None,
            (b'/' | b'?' | b'#', Some(start)) if !path => {
                let port = &bytes[start..at];
                // A template has its own signs there.
                if port.iter().all(u8::is_ascii_digit) || b"${<".contains(&port[0]) {
                    return None;
                }
                path = true;
            }
            _ => {}
        }
        at += length;
    }
    let (start, last) = (start?, last?);
    (start < last).then(|| Span::new(start, last))
}

/// A byte as this spelling writes it, and its length.
fn step(rest: &[u8], spelling: Spelling) -> Option<(u8, usize)> {
    let digit = |b: &u8| char::from(*b).to_digit(16);
    match (spelling, rest) {
        (Spelling::Percent, [b'%', high, low, ..]) => match (digit(high), digit(low)) {
            (Some(high), Some(low)) => Some(((high * 16 + low) as u8, 3)),
            _ => Some((b'%', 1)),
        },
        (Spelling::Escaped, [b'\\', b'/', ..]) => Some((b'/', 2)),
        _ => rest.first().map(|b| (*b, 1)),
    }
}
