//! Values without quotes: words, signs and structures that are glued together.

use super::encoded::sign;
use super::lines::{STRUCTURE, begins_member, goes_on_below};
use super::quotes::{is_outer_quote, quoted};
use crate::cursor::Cursor;
use crate::matcher::bare::is_inner_ampersand;
pub(super) use crate::text::is_drawn;

/// What ends a value that is not quoted.
pub(super) fn is_stop(b: u8) -> bool {
    MEANING[usize::from(b)] == STOP
}

/// What a byte may mean in a value that is not quoted: its end, or the begin of a sign of several bytes.
pub(super) const STOP: u8 = 1;

pub(super) const SIGN: u8 = 2;

/// As a table: most of a token's bytes mean nothing but themselves.
pub(super) static MEANING: [u8; 256] = {
    let mut table = [0; 256];
    let mut b = 0;
    while b < 256 {
        let byte = b as u8;
        table[b] = match byte {
            b',' | b';' | b'&' | b'"' | b'\'' | b'`' | b')' | b']' | b'}' | b'<' | b'>' | b'|' | b'\\' => {
                STOP
            }
            _ if byte.is_ascii_whitespace() || byte.is_ascii_control() => STOP,
            b'%' | b'(' | b'[' | b'{' => SIGN,
            _ => 0,
        };
        b += 1;
    }
    table
};

/// The end of a value that is not quoted.
pub(super) fn bare(c: &mut Cursor<'_>, encoded: usize, loose: bool) -> usize {
    let begin = c.at;
    run(c, encoded, loose);
    // `Credentials { user: "…" }`: the name of a struct, and all that is in it and glued to it.
    let named = c.at > begin && c.bytes[begin..c.at].iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_');
    if named && c.rest().starts_with(b" {") {
        c.at += 1;
        run(c, encoded, loose);
    }
    c.at = c.at.min(c.bytes.len());
    c.at
}

/// Goes over words and structures that are glued together.
pub(super) fn run(c: &mut Cursor<'_>, encoded: usize, loose: bool) {
    let begin = c.at;
    loop {
        c.at += c.rest().iter().take_while(|b| MEANING[usize::from(**b)] == 0).count();
        if c.at >= c.bytes.len() {
            break;
        }
        let b = c.peek(0);
        if matches!(b, b'(' | b'[' | b'{') {
            if !structure(c, loose) {
                return;
            }
            continue;
        }
        let mut next = *c;
        if next.colour() {
            // A colour that ends with the value is not part of it.
            if next.at >= c.bytes.len() || is_stop(next.peek(0)) {
                return;
            }
            c.at = next.at;
            continue;
        }
        if b == b'&' && encoded == 0 && is_inner_ampersand(&c.bytes[..begin], &c.rest()[1..]) {
            c.at += 1;
            continue;
        }
        // A sign that a shell or a file of properties has escaped.
        if b == b'\\'
            && encoded == 0
            && b";$!&()<>|*?[]{}^~#=:,@%".contains(&c.peek(1))
            && c.peek(2).is_ascii_graphic()
        {
            c.at += 2;
            continue;
        }
        if b == b'\\' && encoded == 0 && c.peek(1) == b'\\' && is_plain_letter(c.peek(2)) {
            c.at += 2;
            continue;
        }
        let (byte, length, depth) = sign(c);
        let ends = if depth > 0 { depth == encoded && is_stop(byte) } else { length > 1 || is_stop(b) };
        if ends {
            return;
        }
        c.at += if depth > 0 { length } else { 1 };
    }
}

/// Whether no escape begins with this behind a backslash.
fn is_plain_letter(b: u8) -> bool {
    b.is_ascii_graphic() && !b"nrtufbvx0123456789\"'\\/".contains(&b)
}

/// Goes over a bracketed structure, to the end of the text where nothing closes it; false where the
/// text ends first in which the name stands.
pub(super) fn structure(c: &mut Cursor<'_>, loose: bool) -> bool {
    let floor = c.at;
    let mut depth = 0usize;
    while c.at < c.bytes.len() && c.at - floor < STRUCTURE {
        if loose && is_outer_quote(c.bytes, c.at) {
            return false;
        }
        if let Some(quote) = c.quote() {
            quoted(c, quote, loose);
            continue;
        }
        match c.peek(0) {
            // As many as stand before a quote were gone over with it.
            b'\\' => c.at += c.rest().iter().take_while(|b| **b == b'\\').count() - 1,
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'\n' if begins_member(c.bytes, floor, c.at) || !goes_on_below(c.bytes, floor, c.at) => break,
            _ => {}
        }
        c.at += 1;
        if depth == 0 {
            break;
        }
    }
    // The line may go on below, where nothing is known yet; its end is none of the value's.
    if loose && depth > 0 && c.at == c.bytes.len() {
        c.at -= c.bytes[floor..].iter().rev().take_while(|b| matches!(b, b'\n' | b'\r')).count();
    }
    true
}

/// How many bytes here may belong to a key.
pub(super) fn key_run(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| KEY[usize::from(**b)] & 1 != 0).count()
}

/// How many bytes here may belong to a key or to a token with its dots.
pub(super) fn token_run(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| KEY[usize::from(**b)] != 0).count()
}

/// 1 for the bytes of keys, 2 for those that only tokens have.
pub(super) static KEY: [u8; 256] = {
    let mut table = [0; 256];
    let mut b = 0;
    while b < 256 {
        table[b] = match b as u8 {
            b'+' | b'/' | b'_' | b'=' | b'-' => 1,
            b'.' | b'*' => 2,
            byte => byte.is_ascii_alphanumeric() as u8,
        };
        b += 1;
    }
    table
};
