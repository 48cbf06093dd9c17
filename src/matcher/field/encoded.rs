//! Percent-encoded text, as queries and forms have it: the blanks before a value, and structures.

use super::after::sign;
use crate::cursor::Cursor;

/// No structure is followed further, in bytes.
const LONGEST_STRUCTURE: usize = 64 * 1024;

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
