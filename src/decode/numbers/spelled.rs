//! Text that an array of numbers spells, with the names and values in it: `[115, 101, …]`,
//! `{0x73, 0x65, …}`. The stretch is the array.

use super::list::{NAME, list};
use crate::decode::decoder::{Ask, Decoder, Wake};
use crate::decode::stretch::{MAX_REGION, looks_like_text};
use crate::decode::view::View;
use crate::text::Span;

/// The table's line.
pub(crate) const DECODER: Decoder =
    Decoder { name: NAME, wake: Wake::Numbers, decode: |bytes, ask| decode(bytes, ask.at) };

/// Shorter arrays spell nothing, in elements.
pub(crate) const MIN_NUMBERS: usize = 8;

/// The bytes that wake the decoder: an underscore, which all names have but those in one word, and the
/// beginning of a connect token.
#[rustfmt::skip]
pub(crate) const CORES: [&[u8; 4]; 11] = [
    b"95, ", b"95,1", b"95,9", b"95,\n", b"95,\r", b"95 ,", b"0x5f", b"49, ", b"49,4", b"49,\n", b"49 ,",
];

/// What opens an array.
pub(crate) const OPENERS: [u8; 3] = *b"[{(";

/// What is left of a number where a stretch ends, in bytes.
const CUT_NUMBER: usize = 4;

/// What to ask where an array of numbers begins soon behind a name at `at`.
pub(crate) fn ask(bytes: &[u8], at: usize) -> Option<Ask> {
    const REACH: usize = 64;
    let near = &bytes[at..bytes.len().min(at + REACH)];
    let [first, second, third] = OPENERS;
    let mut openers = memchr::memchr3_iter(first, second, third, near).map(|i| at + i + 1);
    let number = |from: usize| {
        let blanks = bytes[from..].iter().take(REACH).take_while(|b| b.is_ascii_whitespace()).count();
        bytes.get(from + blanks).is_some_and(u8::is_ascii_digit).then_some(from + blanks)
    };
    let first = openers.find_map(number).filter(|at| is_between_numbers(bytes, *at))?;
    Some(Ask::new(Wake::Numbers, first))
}

fn decode(bytes: &[u8], at: usize) -> Option<View> {
    if !is_between_numbers(bytes, at) {
        return None;
    }
    let floor = at.saturating_sub(MAX_REGION / 2);
    let before = bytes[floor..at].iter().rposition(|b| !is_array_byte(*b)).map(|i| floor + i);
    let start = match before {
        Some(open) if OPENERS.contains(&bytes[open]) => open + 1,
        None if floor > 0 => floor + memchr::memchr(b',', &bytes[floor..at])? + 1,
        _ => return None,
    };
    let mut view = read(bytes, start, MAX_REGION);
    view.cut_start = before.is_none();
    view.cut_end = view.source.len() >= MAX_REGION;
    let is_text = view.bytes.len() >= MIN_NUMBERS && (view.cut_start || looks_like_text(&view.bytes));
    (is_text && view.source.range().contains(&at)).then_some(view)
}

/// A quick refusal: most numbers are none of an array of bytes.
fn is_between_numbers(bytes: &[u8], at: usize) -> bool {
    let before = bytes[at.saturating_sub(8)..at].trim_ascii_end();
    // The core may begin within a number.
    let whole = before.iter().rev().take_while(|b| b.is_ascii_hexdigit()).count();
    let before = before[..before.len() - whole].trim_ascii_end();
    let after = bytes.get(at..).unwrap_or_default();
    let comma = after.iter().take(8).position(|b| *b == b',');
    let next = comma.map(|comma| after[comma + 1..].trim_ascii_start());
    before.last().is_some_and(|b| *b == b',' || OPENERS.contains(b))
        && next.is_some_and(|next| next.first().is_some_and(u8::is_ascii_digit))
}

fn is_array_byte(b: u8) -> bool {
    b.is_ascii_hexdigit() || b.is_ascii_whitespace() || matches!(b, b',' | b'x' | b'X')
}

/// The numbers from `start` on, each of one byte, as long as they go on, in at most `most` bytes.
pub(crate) fn read(bytes: &[u8], start: usize, most: usize) -> View {
    let mut view = View::new(Span::new(start, start));
    let end = bytes.len().min(start.saturating_add(most));
    let found = list(bytes, start, false, most, &mut |byte, span| {
        if let Some(byte) = byte {
            view.push(&[byte], span.start, span.end);
            view.source.end = span.end;
        }
        byte.is_some()
    });
    // A number that is cut there is none yet.
    if end < bytes.len() && found.is_some_and(|list| list.end + CUT_NUMBER >= end) {
        view.source.end = end;
    }
    view
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spell(text: &str, separator: &str) -> String {
        text.bytes().map(|b| b.to_string()).collect::<Vec<_>>().join(separator)
    }

    #[test]
    fn arrays_of_bytes_are_text() {
        let text = "\u{1b}[32msecret_key=abc";
        for separator in [", ", ",", ",\n  ", " , ", ",\r\n"] {
            let array = format!("{{\"MESSAGE\":[{}]}}", spell(text, separator));
            let at = array.find("95").expect("an underscore");
            let view = decode(array.as_bytes(), at).expect("an array");
            assert_eq!(String::from_utf8_lossy(&view.bytes), text);
            assert_eq!(view.to_source(Span::new(5, 6)).len(), 3, "an s");
        }
        let array = text.bytes().map(|b| format!("0x{b:02x}")).collect::<Vec<_>>().join(",");
        let array = format!("key[] = {{{array}}};");
        let view = decode(array.as_bytes(), array.find("0x5f").expect("there")).expect("an array");
        assert_eq!(view.bytes, text.as_bytes());
    }

    #[test]
    fn other_numbers_are_none() {
        for text in ["x 95, 1", "[1, 95, 3]", "[300, 95, 1000, 95, 1, 2, 3, 4, 5, 6]", "a = 95, b = 1, c = 2"]
        {
            assert!(decode(text.as_bytes(), text.find("95").expect("there")).is_none(), "{text}");
        }
        let long = format!("[{}", "95, ".repeat(100_000));
        let view = decode(long.as_bytes(), 200_001).expect("numbers");
        assert!(view.cut_start && view.cut_end && view.source.len() <= MAX_REGION);
    }
}
