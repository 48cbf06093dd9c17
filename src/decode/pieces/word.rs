//! The parts of one word of a shell: quoted ones and bare ones that touch, as in `NAME="a"'b'c`.

use super::walk::Walk;
use crate::cursor::{Cursor, Mark, Quote};
use crate::text::{self, is_key_byte};

/// Goes from one part of a word to the next, at the quote at `from`; says where the next begins and in which
/// quotes it stands. Only of what is assigned as a shell does it, without a blank.
pub(super) fn joint(walk: &Walk<'_>, from: usize) -> Option<(usize, Option<Quote>)> {
    if !walk.is_named || !is_assigned(walk) {
        return None;
    }
    let mut c = Cursor::new(walk.bytes, from);
    let quote = shell_quote(&mut c)?;
    // What goes over a blank without quotes is no word, and a mask has nothing in it that goes on.
    let is_word = |part: &[u8]| !part.iter().any(u8::is_ascii_whitespace) && !text::is_mask(part);
    let is_first = !walk.is_bare && walk.inside.is_none() && walk.opening().is_none();
    let part = &walk.bytes[walk.start..from];
    let part =
        if is_first { part } else { part.rsplit(|b| matches!(b, b'"' | b'\'')).next().unwrap_or(part) };
    if (is_first || walk.is_bare) && !is_word(part) {
        return None;
    }
    if walk.is_bare || is_first {
        // A quote that closes at once has nothing in it to go on with.
        return (c.peek(0) != 0).then_some((c.at, Some(quote)));
    }
    let next = c;
    if let Some(quote) = shell_quote(&mut c) {
        return Some((c.at, Some(quote)));
    }
    ends_word(&next).then_some((next.at, None))
}

/// Whether the value is one of `NAME=…` without blanks, which begins a line or follows a blank.
fn is_assigned(walk: &Walk<'_>) -> bool {
    const MAX_NAME_BYTES: usize = 64;
    let start = walk.start - walk.opening().map_or(0, |quote| quote.depth + 1);
    let Some(name) = walk.bytes[..start].strip_suffix(b"=") else { return false };
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'_';
    let length = name.iter().rev().take(MAX_NAME_BYTES).take_while(is_part).count();
    let before = name[..name.len() - length].last();
    length > 0 && before.is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b';' | b'&' | b'('))
}

/// A quote of a shell, not of a string inside of another.
fn shell_quote(c: &mut Cursor<'_>) -> Option<Quote> {
    let quote = c.quote()?;
    (quote.depth == 0 && matches!(quote.mark, Mark::Byte(b'"' | b'\''))).then_some(quote)
}

/// Whether a bare part begins here and the word ends behind it, or another part follows.
fn ends_word(c: &Cursor<'_>) -> bool {
    const MAX_PART_BYTES: usize = 256;
    let rest = c.rest();
    let is_part = |b: &&u8| is_key_byte(**b) || **b == b',';
    let length = rest.iter().take(MAX_PART_BYTES).take_while(is_part).count();
    // `a="x"b="y"` are two attributes.
    let is_name = rest[..length].ends_with(b"=") && matches!(rest.get(length), Some(b'"' | b'\''));
    let next = rest.get(length);
    length > 0 && !is_name && next.is_none_or(|b| b.is_ascii_whitespace() || b";&|)\"'".contains(b))
}
