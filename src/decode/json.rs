//! JSON string escapes: `\"`, `\\`, `\/`, `\n` …, and `\u0065` with surrogate pairs. The stretch is
//! the line.

use super::decoder::{Decoder, Wake};
use super::stretch::{MAX_REGION, extend};
use super::view::View;
use crate::text::Span;

/// The table's line.
pub(super) const DECODER: Decoder =
    Decoder { name: "json", wake: Wake::UnicodeEscape, decode: |bytes, ask| decode(bytes, ask.at) };

/// A pair of surrogates.
const MAX_ESCAPE_BYTES: usize = 12;

fn decode(bytes: &[u8], at: usize) -> Option<View> {
    // Whatever else stands on the line, it is not decoded for what is no escape: there may be as many of
    // those as bytes.
    let backslash = if bytes.get(at) == Some(&b'\\') { at } else { at.checked_sub(1)? };
    let longest = bytes.get(backslash..bytes.len().min(backslash + MAX_ESCAPE_BYTES))?;
    if longest.first() != Some(&b'\\') || escape(longest).0.is_none() {
        return None;
    }
    let line = extend(bytes, at, |b| b != b'\n');
    // A very long line is taken in overlapping pieces; escapes are short, so the cut does no harm.
    let region = Span::new(line.start.max(at.saturating_sub(MAX_REGION / 4)), line.end);
    let mut view = View::new(region);
    let mut i = region.start;
    while i < region.end {
        let (decoded, length) = match bytes[i] {
            b'\\' => escape(&bytes[i..region.end]),
            _ => (None, 1),
        };
        match decoded {
            Some(c) => view.push(c.encode_utf8(&mut [0; 4]).as_bytes(), i, i + length),
            None => view.push(&bytes[i..i + length], i, i + length),
        }
        i += length;
    }
    Some(view)
}

/// The character that an escape stands for, and the escape's length. What is no escape stays.
fn escape(bytes: &[u8]) -> (Option<char>, usize) {
    let simple = match bytes.get(1) {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode(bytes),
        Some(b'x') => {
            let c = hex(bytes.get(2..4)).and_then(char::from_u32);
            return c.map_or((None, 1), |c| (Some(c), 4));
        }
        // `\U0000005a` and `\132` of C and Python.
        Some(b'U') => {
            let c = hex(bytes.get(2..10)).and_then(char::from_u32);
            return c.map_or((None, 1), |c| (Some(c), 10));
        }
        Some(b'0'..=b'3') => return octal(bytes),
        _ => return (None, 1),
    };
    (Some(simple), 2)
}

/// Three octal digits that stand for a printable character of ASCII.
fn octal(bytes: &[u8]) -> (Option<char>, usize) {
    let digits = bytes.get(1..4).filter(|d| d.iter().all(|b| (b'0'..=b'7').contains(b)));
    let code = digits.map(|d| d.iter().fold(0u32, |code, b| code * 8 + u32::from(b - b'0')));
    match code.and_then(char::from_u32).filter(char::is_ascii_graphic) {
        Some(c) => (Some(c), 4),
        None => (None, 1),
    }
}

fn unicode(bytes: &[u8]) -> (Option<char>, usize) {
    // `\u{65}` of Rust, JavaScript and Swift.
    if bytes.get(2) == Some(&b'{') {
        let close = bytes.iter().take(10).position(|&b| b == b'}');
        let c =
            close.and_then(|end| hex(bytes.get(3..end)).and_then(char::from_u32).map(|c| (Some(c), end + 1)));
        return c.unwrap_or((None, 1));
    }
    let Some(unit) = hex(bytes.get(2..6)) else { return (None, 1) };
    if (0xd800..0xdc00).contains(&unit)
        && bytes.get(6..8) == Some(b"\\u")
        && let Some(low @ 0xdc00..=0xdfff) = hex(bytes.get(8..12))
    {
        let c = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        return (char::from_u32(c), 12);
    }
    char::from_u32(unit).map_or((None, 6), |c| (Some(c), 6))
}

fn hex(digits: Option<&[u8]>) -> Option<u32> {
    let digits = digits.filter(|d| !d.is_empty() && d.iter().all(u8::is_ascii_hexdigit))?;
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_and_mapped() {
        let text = br#"x "to\u006ben": "a\/b\ud83d\ude00" y"#;
        let view = decode(text, 5).expect("escapes");
        let shown = String::from_utf8_lossy(&view.bytes).into_owned();
        assert_eq!(shown, "x \"token\": \"a/b😀\" y");
        let k = shown.find('k').expect("there");
        assert_eq!(view.to_source(Span::new(k, k + 1)), Span::new(5, 11));
    }

    #[test]
    fn what_is_no_escape_stays() {
        assert!(decode(br"a\qb\u12", 0).is_none());
        assert_eq!(decode(br"\ud800\n", 6).map(|v| v.bytes.clone()), Some(b"\\ud800\n".to_vec()));
        assert_eq!(decode(br"\u{6b}\x65", 0).map(|v| v.bytes.clone()), Some(b"ke".to_vec()));
    }
}
