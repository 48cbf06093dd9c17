//! Percent-encoded text, as queries and forms have it: the blanks before a value, and structures.

use crate::cursor::Cursor;
use crate::text::hex_byte;

/// No structure is followed further, in bytes.
const LONGEST_STRUCTURE: usize = 64 * 1024;

/// One sign, perhaps encoded: the byte it stands for, its length, and how often it is encoded.
pub(super) fn sign(c: &Cursor<'_>) -> (u8, usize, usize) {
    let hex = |pair: &[u8]| hex_byte(*pair.first()?, *pair.get(1)?);
    let rest = c.rest();
    match rest {
        [b'%', tail @ ..] => {
            let nested = tail.chunks(2).take(8).take_while(|pair| *pair == b"25").count();
            match tail.get(nested * 2..).and_then(hex) {
                Some(byte) => (byte, 3 + nested * 2, nested + 1),
                None => (b'%', 1, 0),
            }
        }
        [b'\\', ..] => {
            let slashes = rest.iter().take(16).take_while(|b| **b == b'\\').count();
            match rest[slashes..].strip_prefix(b"u00").and_then(hex) {
                Some(byte) => (byte, slashes + 5, 0),
                None => (b'\\', 1, 0),
            }
        }
        _ => (c.peek(0), 1, 0),
    }
}

/// Goes over encoded blanks, and over `+`, which is one in a form, before what opens a value.
pub(super) fn go_over_blanks(c: &mut Cursor<'_>, encoded: usize) {
    if encoded == 0 {
        return;
    }
    let mut next = *c;
    loop {
        match sign(&next) {
            (b' ' | b'\t' | b'\n' | b'\r', length, depth) if depth > 0 => next.at += length,
            (b'+', length, depth) if depth + 1 == encoded => next.at += length,
            (b'"' | b'\'' | b'{' | b'[' | b'(' | b':' | b'=', _, depth) if depth > 0 => {
                c.at = next.at;
                return;
            }
            // A plus before anything else may be of the value.
            _ => return,
        }
    }
}

/// Goes over an encoded structure, to the end of the parameter where nothing closes it; false where none
/// begins here.
pub(super) fn go_over_structure(c: &mut Cursor<'_>, encoded: usize) -> bool {
    if !matches!(sign(c), (b'{' | b'[' | b'(', _, depth) if depth > 0 && depth == encoded) {
        return false;
    }
    let end = c.bytes.len().min(c.at + LONGEST_STRUCTURE);
    let mut depth = 0usize;
    while c.at < end {
        let (byte, length, times) = sign(c);
        match byte {
            b'{' | b'[' | b'(' if times == encoded => depth += 1,
            b'}' | b']' | b')' if times == encoded => depth -= 1,
            b'&' | b';' | b'#' | b'<' | b'"' | b'\'' if times == 0 => return true,
            _ if times == 0 && byte.is_ascii_whitespace() => return true,
            _ => {}
        }
        c.at += length;
        if depth == 0 {
            break;
        }
    }
    c.at = c.at.min(c.bytes.len());
    true
}
