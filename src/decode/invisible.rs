//! Signs that nobody sees: zero-width spaces and joiners, soft hyphens, byte order marks inside a text.
//! Chats and word processors put them into names and values. The stretch is the line.

use super::decoder::{Decoder, Wake};
use super::stretch::extend;
use super::view::View;

/// The table's line.
pub(super) const DECODER: Decoder =
    Decoder { name: "invisible", wake: Wake::Invisible, decode: |bytes, ask| decode(bytes, ask.at) };

/// In UTF-8: soft hyphen; combining grapheme joiner; the marks, embeddings, overrides and isolates of
/// direction; filler of Hangul; vowel separator of Mongolian; zero-width space, non-joiner and joiner; line and
/// paragraph separator; word joiner and the invisible operators; variation selectors; byte order mark.
const SIGNS: [&[u8]; 29] = [
    b"\xc2\xad",
    b"\xcd\x8f",
    b"\xd8\x9c",
    b"\xe1\x85\x9f",
    b"\xe1\xa0\x8e",
    b"\xe2\x80\x8b",
    b"\xe2\x80\x8c",
    b"\xe2\x80\x8d",
    b"\xe2\x80\x8e",
    b"\xe2\x80\x8f",
    b"\xe2\x80\xa8",
    b"\xe2\x80\xa9",
    b"\xe2\x80\xaa",
    b"\xe2\x80\xab",
    b"\xe2\x80\xac",
    b"\xe2\x80\xad",
    b"\xe2\x80\xae",
    b"\xe2\x81\xa0",
    b"\xe2\x81\xa1",
    b"\xe2\x81\xa2",
    b"\xe2\x81\xa3",
    b"\xe2\x81\xa4",
    b"\xe2\x81\xa6",
    b"\xe2\x81\xa7",
    b"\xe2\x81\xa8",
    b"\xe2\x81\xa9",
    b"\xef\xb8\x8e",
    b"\xef\xb8\x8f",
    b"\xef\xbb\xbf",
];

/// The cores by which an invisible sign before a letter wakes, as classes of bytes.
pub(crate) fn cores() -> [[Vec<u8>; 4]; 4] {
    let letters: Vec<u8> = (b'A'..=b'Z').chain(b'a'..=b'z').chain(*b"_-").collect();
    let third = (0x8b..=0x8f).chain(0xa0..=0xae).collect();
    [
        [vec![0xe2], vec![0x80, 0x81], third, letters.clone()],
        [vec![0xef], vec![0xb8, 0xbb], vec![0x8e, 0x8f, 0xbf], letters.clone()],
        [vec![0xe1], vec![0x85, 0xa0], vec![0x8e, 0x9f], letters.clone()],
        [vec![0xc2, 0xcd, 0xd8], vec![0xad, 0x8f, 0x9c], letters.clone(), letters],
    ]
}

/// Whether such a core stands first.
pub(crate) fn in_core(four: &[u8]) -> bool {
    let sign = at_start(four);
    sign > 0 && four.get(sign).is_some_and(u8::is_ascii)
}

/// The length of the invisible sign that stands first, or 0.
pub(crate) fn at_start(bytes: &[u8]) -> usize {
    let Some(&first) = bytes.first().filter(|b| !b.is_ascii()) else { return 0 };
    SIGNS.iter().find(|s| s[0] == first && bytes.starts_with(s)).map_or(0, |s| s.len())
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
    let region = extend(bytes, at, |b| !matches!(b, b'\n' | b'\r'));
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
