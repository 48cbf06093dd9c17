//! Percent encoding (RFC 3986): `%22` is `"`. The stretch is the run without white space and quotes.

use super::{Decoder, View, Wake};
use crate::text::hex_byte;

/// The table's line.
pub(super) const DECODER: Decoder =
    Decoder { name: "percent", wake: Wake::Percent, decode: |bytes, ask| decode(bytes, ask.at) };

fn decode(bytes: &[u8], at: usize) -> Option<View> {
    let region =
        super::extend(bytes, at, |b| b > b' ' && b < 0x7f && !matches!(b, b'"' | b'\'' | b'`' | b'<' | b'>'));
    let mut view = View::new(region);
    let mut i = region.start;
    let mut escapes = 0;
    while i < region.end {
        match escape(&bytes[i..region.end]) {
            Some(byte) => {
                escapes += 1;
                view.push(&[byte], i, i + 3);
                i += 3;
            }
            None => {
                view.push(&bytes[i..=i], i, i + 1);
                i += 1;
            }
        }
    }
    (escapes > 0).then_some(view)
}

/// The byte that `%41` at the start stands for.
pub(crate) fn escape(bytes: &[u8]) -> Option<u8> {
    let [b'%', high, low] = *bytes.first_chunk()? else { return None };
    hex_byte(high, low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;

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
}
