//! Percent encoding (RFC 3986): `%22` is `"`. The stretch is the run without white space and quotes.

use super::decoder::{Decoder, Wake};
use super::stretch::extend;
use super::view::View;
use crate::text::{Span, hex_byte, is_drawn};

/// The value of a parameter is followed so far to both sides, in bytes.
const REACH: usize = 8 * 1024;

/// The table's line.
pub(super) const DECODER: Decoder =
    Decoder { name: "percent", wake: Wake::Percent, decode: |bytes, ask| decode(bytes, ask.at) };

fn decode(bytes: &[u8], at: usize) -> Option<View> {
    let is_part = |b: u8| b > b' ' && b < 0x7f && !matches!(b, b'"' | b'\'' | b'`' | b'<' | b'>');
    // The values of other parameters have nothing to do with what one says.
    let parameter = parameter(bytes, Span::new(at, at)).map(|(name, value)| Span::new(name.start, value.end));
    let region = parameter.unwrap_or_else(|| extend(bytes, at, is_part));
    has_escape(bytes, region).then(|| view(bytes, region))
}

/// The name and the value of a parameter around a part of the value.
pub(super) fn parameter(bytes: &[u8], part: Span) -> Option<(Span, Span)> {
    let floor = part.start.saturating_sub(REACH);
    let begins = |b: &u8| ends(*b) || matches!(b, b'?' | b'\'');
    let start = floor + bytes[floor..part.start].iter().rposition(begins).map_or(0, |at| at + 1);
    let sign = memchr::memchr(b'=', &bytes[start..part.start])?;
    let is_of_name = |b: &u8| b.is_ascii_alphanumeric() || b"_-.~%[]$".contains(b);
    if sign == 0 || !bytes[start..start + sign].iter().all(is_of_name) {
        return None;
    }
    let end = bytes[part.end..].iter().take(REACH).position(|b| ends(*b));
    let end = end.map_or(bytes.len().min(part.end + REACH), |at| part.end + at);
    // A sentence, or what is around an address, goes on with these; a query does not.
    let signs = |b: &&u8| bytes.get(end) != Some(&b'&') && matches!(b, b'.' | b',' | b'\'' | b')');
    let end = end - bytes[part.end..end].iter().rev().take_while(signs).count();
    Some((Span::new(start, start + sign), Span::new(start + sign + 1, end)))
}

/// Whether a byte ends the value of a parameter: it is always encoded in one.
fn ends(b: u8) -> bool {
    !(0x21..0x7f).contains(&b) || b"&#;\"`<>\\".contains(&b)
}

pub(super) fn has_escape(bytes: &[u8], span: Span) -> bool {
    let text = &bytes[span.range()];
    memchr::memchr_iter(b'%', text).any(|at| escape(&text[at..]).is_some())
}

/// A text without its escapes. A plus is a blank, as forms write it, but in a key, and where blanks are
/// written otherwise.
pub(super) fn view(bytes: &[u8], region: Span) -> View {
    let text = &bytes[region.range()];
    let is_form = memchr::memchr(b'+', text).is_some() && memchr::memmem::find(text, b"%20").is_none();
    let mut view = View::new(region);
    let mut at = region.start;
    while at < region.end {
        let (sign, length) = match escape(&bytes[at..region.end]) {
            Some(sign) => (sign, 3),
            None if bytes[at] == b'+' && is_form && !is_of_key(bytes, region, at) => (b' ', 1),
            None => (bytes[at], 1),
        };
        view.push(&[sign], at, at + length);
        at += length;
    }
    view
}

/// Whether a plus is one of a key that was not encoded, rather than a blank: what stands before and behind it
/// looks drawn by chance.
fn is_of_key(bytes: &[u8], span: Span, at: usize) -> bool {
    const LONGEST: usize = 64;
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'/';
    let before = bytes[span.start..at].iter().rev().take(LONGEST).take_while(is_part).count();
    // The digits of an escape are none of the text's.
    let before = before - if bytes[span.start..at - before].ends_with(b"%") { before.min(2) } else { 0 };
    let behind = bytes[at + 1..span.end].iter().take(LONGEST).take_while(is_part).count();
    is_drawn(&bytes[at - before..at]) && is_drawn(&bytes[at + 1..at + 1 + behind])
}

/// The byte that `%41` at the start stands for.
pub(crate) fn escape(bytes: &[u8]) -> Option<u8> {
    let [b'%', high, low] = *bytes.first_chunk()? else { return None };
    hex_byte(high, low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_and_mapped() {
        let text = b"GET /x?a%3Db%2526 HTTP";
        let view = decode(text, 6).expect("escapes");
        assert_eq!(view.bytes, b"/x?a=b%26");
        assert_eq!(view.to_source(Span::new(4, 6)), Span::new(8, 12));
    }

    #[test]
    fn a_percent_sign_alone_stays() {
        assert!(decode(b"100%sure", 3).is_none());
    }

    #[test]
    fn a_plus_is_a_blank_but_in_a_key() {
        for (text, expected) in [
            ("--token+K3yQ9xT2", "--token K3yQ9xT2"),
            ("token%3A+K3yQ9xT2", "token: K3yQ9xT2"),
            ("token%3DK3yQ9xT2+b7Wz0P%2F", "token=K3yQ9xT2+b7Wz0P/"),
            ("K3yQ9xT2+and", "K3yQ9xT2 and"),
            ("a%20b+c", "a b+c"),
        ] {
            let view = view(text.as_bytes(), Span::new(0, text.len()));
            assert_eq!(String::from_utf8_lossy(&view.bytes), expected);
        }
    }
}
