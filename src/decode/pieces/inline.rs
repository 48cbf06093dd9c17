//! Signs inside a value that are no part of it, or that stand for a byte of it.

use crate::cursor::Cursor;
use crate::decode::invisible;
use crate::text::is_key_byte;

/// Backslashes of an escape at most.
const MAX_SLASHES: usize = 8;

/// Entities of bytes that a value may hold.
const NAMED: [(&[u8], u8); 9] = [
    (b"ast", b'*'),
    (b"midast", b'*'),
    (b"lowbar", b'_'),
    (b"UnderBar", b'_'),
    (b"equals", b'='),
    (b"plus", b'+'),
    (b"sol", b'/'),
    (b"period", b'.'),
    (b"comma", b','),
];

/// Entities of signs without width.
const HIDDEN: [&[u8]; 5] = [b"shy", b"zwj", b"zwnj", b"ZeroWidthSpace", b"NoBreak"];

/// The byte of a value that is escaped here, and the length of the escape: `\_` of Markdown, `&#42;`,
/// in mail `=3D`.
pub(super) fn escape(text: &[u8], is_mail: bool) -> Option<(u8, usize)> {
    match text.first()? {
        b'\\' => {
            let slashes = text.iter().take(MAX_SLASHES).take_while(|b| **b == b'\\').count();
            let byte = *text.get(slashes)?;
            // Others are escaped nowhere, or mean something else.
            b"_*-.+=~/!".contains(&byte).then_some((byte, slashes + 1))
        }
        b'&' => {
            let (code, length) = entity(text)?;
            u8::try_from(code).ok().filter(|b| is_key_byte(*b) || *b == b',').map(|b| (b, length))
        }
        b'=' if is_mail && is_mail_escape(text) => {
            let digit = |i: usize| char::from(text[i]).to_digit(16);
            let byte = u8::try_from(digit(1)? * 16 + digit(2)?).ok()?;
            is_key_byte(byte).then_some((byte, 3))
        }
        _ => None,
    }
}

/// `=` at the end of a line, or an encoded sign: what quoted-printable writes in a value.
pub(super) fn is_mail_escape(text: &[u8]) -> bool {
    matches!(text, [b'=', b'\n', ..] | [b'=', b'\r', b'\n', ..])
        || matches!(text.get(..3), Some(b"=3D" | b"=5F" | b"=2A" | b"=2D" | b"=2E" | b"=2B" | b"=2F"))
}

/// The code and the length of a character reference; 0xad for every sign without width.
fn entity(text: &[u8]) -> Option<(u32, usize)> {
    // HTML that was escaped once more.
    let lead = if text.starts_with(b"&amp;") { 5 } else { 1 };
    let name = text.get(lead..)?;
    let length = name.iter().take(16).position(|b| *b == b';')?;
    let name = &name[..length];
    let code = match name {
        [b'#', b'x' | b'X', digits @ ..] => number(digits, 16)?,
        [b'#', digits @ ..] => number(digits, 10)?,
        _ if HIDDEN.contains(&name) => 0xad,
        _ => u32::from(NAMED.iter().find(|(n, _)| *n == name)?.1),
    };
    let hidden = matches!(code, 0xad | 0x200b..=0x200f | 0x2060 | 0xfeff);
    Some((if hidden { 0xad } else { code }, lead + length + 1))
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
}

/// The length of what shows nothing: a colour code, a sign without width, also escaped.
pub(super) fn nothing(text: &[u8]) -> Option<usize> {
    let mut c = Cursor::new(text, 0);
    if c.colour() {
        return Some(c.at);
    }
    let sign = invisible::at_start(text);
    if sign > 0 {
        return Some(sign);
    }
    if let Some((0xad, length)) = entity(text).filter(|_| text[0] == b'&') {
        return Some(length);
    }
    [&b"\\u200b"[..], b"\\u200B", b"\\u00ad", b"\\u00AD"]
        .iter()
        .find(|s| text.starts_with(s))
        .map(|s| s.len())
}
