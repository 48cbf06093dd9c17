//! Base64 of text, standard and URL-safe, padded or not, on one line or wrapped as mail does it. The
//! stretch is the run of its alphabet.
//!
//! Base64 of ASCII text has next to no `+`, `/`, `-`, `_`, so the prefilter's runs of letters and
//! digits lead to all of it. Most runs are no such text: four characters decide that.

use super::decoder::{Decoder, Wake};
use super::stretch::{MAX_REGION, extend, looks_like_text, looks_like_wide_text};
use super::view::View;
use crate::text::Span;

/// The table's line.
pub(super) const DECODER: Decoder =
    Decoder { name: "base64", wake: Wake::Run, decode: |bytes, ask| decode(bytes, ask.at) };

/// Shorter runs hold no name and value.
const MIN: usize = 32;

/// A line of wrapped base64 is at least this long.
const MIN_LINE: usize = 60;

fn decode(bytes: &[u8], at: usize) -> Option<View> {
    let run = extend(bytes, at, is_digit);
    if run.len() < MIN {
        return None;
    }
    let start = text_start(bytes, run, at)?;
    let mut region = over_lines(bytes, Span::new(start, run.end));
    if start == run.start {
        while let Some(previous) = line_before(bytes, region) {
            region.start = previous;
        }
    }
    decode_from(bytes, region)
}

/// Where in the run the encoding of a text begins, if anywhere.
///
/// Where the start is not the encoder's own, any of four alignments may be right. A separator such as
/// the `/` of a path or the `-` of a name looks like a digit, so the place behind it is tried, too.
fn text_start(bytes: &[u8], run: Span, at: usize) -> Option<usize> {
    let is_text = |start: usize| {
        if !may_begin_text(&bytes[start..run.end]) {
            return false;
        }
        let (sample, length) = sample(&bytes[start..run.end]);
        let sample = &sample[..length];
        length >= 20 && (looks_like_text(sample) || looks_like_wide_text(sample))
    };
    let cut = run.start > 0 && is_digit(bytes[run.start - 1]);
    let behind =
        || bytes[run.start..at].iter().rposition(|b| !b.is_ascii_alphanumeric()).map(|i| run.start + i + 1);
    if is_text(run.start) {
        Some(run.start)
    } else if cut {
        (1..4).map(|k| run.start + k).find(|&s| is_text(s))
    } else {
        behind().filter(|&s| is_text(s))
    }
}

/// A quick refusal by the first three bytes: most of what only looks like base64 has one among them that no
/// text has there.
fn may_begin_text(text: &[u8]) -> bool {
    let Some([a, b, c, d]) = text.first_chunk::<4>().map(|four| four.map(value)) else { return true };
    let (Some(a), Some(b), Some(c), Some(d)) = (a, b, c, d) else { return true };
    let is_text = |b: u8| b >= 0x20 && b != 0x7f || matches!(b, b'\n' | b'\r' | b'\t' | 0x1b);
    // The second byte of a character cannot be its first.
    let first = a << 2 | b >> 4;
    let (second, third) = (b << 4 | c >> 2, c << 6 | d);
    // The begin of UTF-16, or its mark.
    let is_wide = second == 0 || (first == 0 && third == 0) || (first >= 0xfe && second >= 0xfe);
    is_wide || is_text(first) && !(0x80..0xc2).contains(&first) && is_text(second) && is_text(third)
}

fn decode_from(bytes: &[u8], region: Span) -> Option<View> {
    let mut view = View::new(region);
    view.cut_start = region.start > 0 && is_digit(bytes[region.start - 1]);
    view.cut_end = bytes.get(region.end).copied().is_some_and(is_digit);
    let (mut bits, mut have, mut starts) = (0u32, 0u32, [region.start; 2]);
    for i in region.range() {
        let Some(value) = value(bytes[i]) else { continue };
        bits = (bits << 6) | u32::from(value);
        have += 6;
        if have >= 8 {
            have -= 8;
            view.push(&[(bits >> have) as u8], starts[0], i + 1);
            // What is left of this character begins the next byte.
            starts[0] = if have > 0 { i } else { i + 1 };
        }
    }
    Some(view)
}

/// Decodes the first 32 characters, to judge by; how many bytes that gave.
fn sample(run: &[u8]) -> ([u8; 24], usize) {
    let (mut out, mut length) = ([0; 24], 0);
    let (mut bits, mut have) = (0u32, 0u32);
    for value in run.iter().take(32).filter_map(|&b| value(b)) {
        bits = (bits << 6) | u32::from(value);
        have += 6;
        if have >= 8 {
            have -= 8;
            out[length] = (bits >> have) as u8;
            length += 1;
        }
    }
    (out, length)
}

/// Whether the run of the alphabet around a run of letters and digits is long enough, and begins like
/// text at one of the places where it may begin.
pub(super) fn may_begin(bytes: &[u8], run: Span) -> bool {
    let before = bytes[..run.start].iter().rev().take(MAX_REGION / 2).take_while(|&&b| is_digit(b)).count();
    let start = run.start - before;
    let length = run.end - start;
    // A run this long may be cut, or the middle of something.
    if run.len() >= 96 {
        return true;
    }
    let after = bytes[run.end..].iter().take(MIN).take_while(|&&b| is_digit(b)).count();
    length + after >= MIN
        && (begins_like_text(&bytes[start..]) || (before > 0 && begins_like_text(&bytes[run.start..])))
}

/// Whether the first sixteen characters decode to text.
fn begins_like_text(run: &[u8]) -> bool {
    let mut start = [0u8; 12];
    for (three, four) in start.chunks_exact_mut(3).zip(run.chunks_exact(4)) {
        let bits = four.iter().fold(0u32, |bits, &b| (bits << 6) | u32::from(value(b).unwrap_or(0)));
        three.copy_from_slice(&bits.to_be_bytes()[1..]);
    }
    looks_like_text(&start) || looks_like_wide_text(&start)
}

/// The stretch with the lines that follow, where they are long enough to be wrapped base64.
fn over_lines(bytes: &[u8], mut region: Span) -> Span {
    let mut line_start = region.start;
    while region.end - line_start >= MIN_LINE && region.len() < MAX_REGION {
        let skip = bytes[region.end..].iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let next = region.end + skip;
        let length = bytes[next..].iter().take(MAX_REGION).take_while(|&&b| is_digit(b)).count();
        if skip == 0 || skip > 2 || length == 0 {
            break;
        }
        line_start = next;
        region.end = next + length;
    }
    region
}

/// The start of the line before, where it is a full line of wrapped base64.
fn line_before(bytes: &[u8], region: Span) -> Option<usize> {
    let before = &bytes[..region.start];
    let skip = before.iter().rev().take_while(|b| matches!(b, b'\r' | b'\n')).count();
    if skip == 0 || skip > 2 || region.len() > MAX_REGION {
        return None;
    }
    let end = region.start - skip;
    let length = bytes[..end].iter().rev().take(MAX_REGION).take_while(|&&b| is_digit(b)).count();
    (length >= MIN_LINE).then_some(end - length)
}

fn is_digit(b: u8) -> bool {
    value(b).is_some()
}

fn value(b: u8) -> Option<u8> {
    let value = VALUES[usize::from(b)];
    (value < NO_DIGIT).then_some(value)
}

const NO_DIGIT: u8 = 64;

/// What each byte stands for; a table, because nearly every run of letters in the world is asked.
static VALUES: [u8; 256] = {
    let mut values = [NO_DIGIT; 256];
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut at = 0;
    while at < digits.len() {
        values[digits[at] as usize] = at as u8;
        at += 1;
    }
    values[b'-' as usize] = 62;
    values[b'_' as usize] = 63;
    values
};

#[cfg(test)]
mod tests {
    use ::base64::Engine;
    use ::base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    use super::*;

    #[test]
    fn text_is_decoded_and_mapped() {
        let text = "some = words that are long enough to be seen";
        for encoded in [STANDARD.encode(text), URL_SAFE_NO_PAD.encode(text)] {
            let padded = format!("data: {encoded} end");
            let view = decode(padded.as_bytes(), 20).expect("text");
            assert_eq!(view.bytes, text.as_bytes());
            assert_eq!(view.to_source(Span::new(0, 3)), Span::new(6, 10));
            assert_eq!(view.to_source(Span::new(1, 2)), Span::new(7, 9));
        }
    }

    #[test]
    fn wrapped_lines_are_one_text() {
        let text = "name: value ".repeat(20);
        let encoded = STANDARD.encode(&text);
        let wrapped: Vec<&str> =
            encoded.as_bytes().chunks(76).map(|c| std::str::from_utf8(c).expect("ascii")).collect();
        let mail = wrapped.join("\r\n");
        for at in [3, 100, 200] {
            assert_eq!(
                decode(mail.as_bytes(), at).map(|v| v.bytes.clone()),
                Some(text.clone().into_bytes()),
                "{at}"
            );
        }
    }

    #[test]
    fn random_bytes_and_short_runs_are_not_text() {
        assert!(decode(b"Zk39dGhpcyBpcyBub3QgYmFz\xff", 3).is_none());
        assert!(decode(STANDARD.encode([0x9cu8; 64]).as_bytes(), 3).is_none());
    }
}
