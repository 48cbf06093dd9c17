//! Signs that nobody sees: zero-width spaces and joiners, soft hyphens, byte order marks inside a text.
//! Chats and word processors put them into names and values. The stretch is the line.

use super::{Decoder, View, Wake};

/// The table's line.
pub(super) const DECODER: Decoder =
    Decoder { name: "invisible", wake: Wake::Invisible, decode: |bytes, ask| decode(bytes, ask.at) };

/// In UTF-8: soft hyphen; zero-width space, non-joiner, joiner and the two marks of direction; word
/// joiner; byte order mark.
const SIGNS: [&[u8]; 8] = [
    b"\xc2\xad",
    b"\xe2\x80\x8b",
    b"\xe2\x80\x8c",
    b"\xe2\x80\x8d",
    b"\xe2\x80\x8e",
    b"\xe2\x80\x8f",
    b"\xe2\x81\xa0",
    b"\xef\xbb\xbf",
];

/// The length of the invisible sign that stands first, or 0.
pub(crate) fn at_start(bytes: &[u8]) -> usize {
    if bytes.first().is_none_or(u8::is_ascii) {
        return 0;
    }
    SIGNS.iter().find(|s| bytes.starts_with(s)).map_or(0, |s| s.len())
}

/// Whether an invisible sign stands last, with visible text on its line before it: a byte order mark
/// at the start cuts into nothing.
pub(crate) fn at_end(bytes: &[u8]) -> bool {
    if bytes.last().is_none_or(u8::is_ascii) {
        return false;
    }
    let sign = SIGNS.iter().find(|s| bytes.ends_with(s));
    sign.is_some_and(|s| bytes[..bytes.len() - s.len()].last().is_some_and(|&b| b > b' '))
}

fn decode(bytes: &[u8], at: usize) -> Option<View> {
    let region = super::extend(bytes, at, |b| !matches!(b, b'\n' | b'\r'));
    let mut view = View::new(region);
    let mut i = region.start;
    while i < region.end {
        let sign = at_start(&bytes[i..region.end]);
        if sign == 0 {
            view.push(&bytes[i..=i], i, i + 1);
        }
        i += sign.max(1);
    }
    (view.bytes.len() < region.len()).then_some(view)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;

    #[test]
    fn invisible_signs_are_left_out_and_mapped() {
        let text = "x\nse\u{200b}cret = a\u{ad}b\ny".as_bytes();
        let view = decode(text, 3).expect("signs");
        assert_eq!(view.bytes, b"secret = ab");
        assert_eq!(&text[view.to_source(Span::new(9, 11)).range()], "a\u{ad}b".as_bytes());
        assert!(decode(b"plain", 2).is_none());
    }

    #[test]
    fn a_mark_at_the_start_cuts_into_nothing() {
        assert!(!at_end(b"\xef\xbb\xbf"));
        assert!(at_end(b"a\xef\xbb\xbf"));
    }
}
