//! Tags inside a value: what mail, HTML and Markdown put into it.

use super::walk::Walk;
use crate::cursor::{Cursor, LOOKS};

/// The longest tag, in bytes.
pub(super) const MAX_TAG_BYTES: usize = 160;

/// Tags that may stand inside a value besides those that change how text looks.
pub(super) const INSIDE: [&[u8]; 2] = [b"nobr", b"a"];

/// Tags that end a line.
pub(super) const LINES: [&[u8]; 4] = [b"br", b"p", b"div", b"li"];

/// Goes over a tag at `from`; `is_loose` becomes true where it ends a line. A tag that closes has to
/// have opened inside the value, or another one opens right behind it.
pub(super) fn tag(walk: &mut Walk<'_>, from: usize, is_loose: &mut bool) -> Option<usize> {
    let text = &walk.bytes[from..];
    if text.first() != Some(&b'<') {
        return None;
    }
    let closing = text.iter().skip(1).take(2).take_while(|b| matches!(b, b'/' | b'\\')).count();
    let word = 1 + closing;
    let length = text[word..].iter().take(8).take_while(|b| b.is_ascii_alphabetic()).count();
    let name = text[word..word + length].to_ascii_lowercase();
    let end = from + memchr::memchr(b'>', &text[..text.len().min(MAX_TAG_BYTES)])? + 1;
    if !matches!(text.get(word + length), Some(b'>' | b' ' | b'/')) {
        return None;
    }
    if name == b"wbr" {
        return Some(end);
    }
    if LINES.contains(&&name[..]) {
        *is_loose = true;
        let mut c = Cursor::new(walk.bytes, end);
        c.space(1);
        return Some(c.at);
    }
    if !LOOKS.contains(&&name[..]) && !INSIDE.contains(&&name[..]) {
        return None;
    }
    if closing == 0 {
        walk.tags += 1;
    } else if walk.tags > 0 {
        walk.tags -= 1;
    } else if !walk.is_token && walk.bytes.get(end) != Some(&b'<') {
        return None;
    }
    Some(end)
}
