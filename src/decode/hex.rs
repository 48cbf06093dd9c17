//! Hexadecimal text: `7365637265745f6b6579` is `secret_key`. The stretch is the run of hex digits.

use super::decoder::{Decoder, Wake};
use super::stretch::{extend, looks_like_text, looks_like_wide_text};
use super::view::View;
use crate::text::Span;

/// The table's line.
pub(super) const DECODER: Decoder =
    Decoder { name: "hex", wake: Wake::Run, decode: |bytes, ask| decode(bytes, ask.at) };

/// Shorter runs hold no name and value.
const MIN: usize = 40;

fn decode(bytes: &[u8], at: usize) -> Option<View> {
    // The run may begin with letters that are no digits, such as `0x`: look from its end, too.
    let around = |at: usize| extend(bytes, at, |b| b.is_ascii_hexdigit());
    let region = [at, (at + 15).min(bytes.len())].map(around).into_iter().max_by_key(|r| r.len())?;
    if region.len() < MIN || region.len() % 2 != 0 {
        return None;
    }
    let byte = |i: usize| {
        let digit = |b: u8| char::from(b).to_digit(16).unwrap_or(0);
        (digit(bytes[i]) * 16 + digit(bytes[i + 1])) as u8
    };
    let sample: [u8; 12] = std::array::from_fn(|k| byte(region.start + 2 * k));
    if !looks_like_text(&sample) && !looks_like_wide_text(&sample) {
        return None;
    }
    let mut view = View::new(region);
    for i in region.range().step_by(2) {
        view.push(&[byte(i)], i, i + 2);
    }
    Some(view)
}

/// Whether the run is long enough and its first digits are those of printable text. A run as long as
/// the caller looks may begin earlier.
pub(super) fn may_begin(bytes: &[u8], run: Span) -> bool {
    let is_lead = |b: &u8| (b'2'..=b'7').contains(b) || b"0eE".contains(b);
    run.len() >= 80 || run.len() >= MIN && bytes[run.range()].iter().step_by(2).take(8).all(is_lead)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_decoded_and_hashes_are_not() {
        let text = "password=some text that is long".bytes().map(|b| format!("{b:02x}")).collect::<String>();
        let padded = format!("x {text} y");
        assert_eq!(
            decode(padded.as_bytes(), 10).map(|v| v.bytes.clone()),
            Some(b"password=some text that is long".to_vec())
        );
        assert!(decode("9f".repeat(32).as_bytes(), 3).is_none());
    }
}
