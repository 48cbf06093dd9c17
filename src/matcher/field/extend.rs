//! What belongs to a value behind its first word: the rest of a header, of cookies, of a password of several
//! words, of a license, and the next lines of what was wrapped.

use super::class::Class;
use super::lines::{STRUCTURE, indent, line_end};
use super::others::is_secret;
use super::raw::WRAPPED;
use super::runs::{is_stop, key_run, token_run};
use crate::text::Span;

/// A value that was wrapped: its next lines are full of it.
pub(super) fn extend_lines(bytes: &[u8], begin: usize, mut end: usize) -> usize {
    const SHORTEST: usize = 8;
    let mut line = begin;
    loop {
        let break_length = match bytes[end..] {
            [b'\r', b'\n', ..] => 2,
            [b'\n', ..] => 1,
            _ => return end,
        };
        // Mail breaks its lines with a sign of its own.
        let is_full = key_run(&bytes[line..end]) >= WRAPPED && bytes[end - 1] != b'=';
        let from = end + break_length + indent(bytes, end + break_length);
        let word = token_run(&bytes[from..]);
        let text = &bytes[from..from + word];
        let is_alone = matches!(bytes.get(from + word), None | Some(b'\n' | b'\r'));
        // `NAME=value` is the next setting.
        let sign = text.iter().position(|b| *b == b'=').unwrap_or(word);
        let is_part = text[sign..].iter().all(|b| *b == b'=')
            && word >= SHORTEST
            && text.iter().any(u8::is_ascii_digit);
        if !is_full || !is_alone || !is_part || end - begin > STRUCTURE {
            return end;
        }
        (line, end) = (from, from + word);
    }
}

/// The blank-separated word from `from` on, after its blanks.
pub(super) fn next_word(bytes: &[u8], from: usize) -> Option<Span> {
    let gap = bytes[from..].iter().take(4).take_while(|b| **b == b' ').count();
    let start = from + gap;
    let length = bytes[start..].iter().take_while(|b| !is_stop(**b)).count();
    (gap > 0 && length > 0).then(|| Span::new(start, start + length))
}

/// A header with a scheme that is not known: its second word may be the secret. `Digest` has a list.
pub(super) fn extend_header(bytes: &[u8], begin: usize, end: usize) -> usize {
    let word = &bytes[begin..end];
    if word.eq_ignore_ascii_case(b"digest") || word.to_ascii_lowercase().starts_with(b"aws4-") {
        return line_end(bytes, end);
    }
    let is_word = word.iter().all(|b| b.is_ascii_alphabetic() || *b == b'-');
    match next_word(bytes, end).filter(|_| is_word && scheme(word).is_none()) {
        Some(next) if next.len() >= 16 || bytes[next.range()].iter().any(u8::is_ascii_digit) => next.end,
        _ => end,
    }
}

/// `a=b; c=d`: one cookie follows another.
pub(super) fn extend_cookie(bytes: &[u8], mut end: usize) -> usize {
    while bytes[end..].starts_with(b"; ") {
        let Some(next) = next_word(bytes, end + 1) else { break };
        end = next.end;
    }
    end
}

/// A password of several words, to the end of the line or to what cannot be one: a next field, a flag,
/// a sign that ends values. What is shown of a sentence behind a password is worth less than what is
/// shown of a password of several words.
pub(super) fn extend_words(bytes: &[u8], begin: usize, mut end: usize) -> usize {
    if !is_secret(&bytes[begin..end], Class::Password, false) {
        return end;
    }
    let word = |from: usize| bytes[from..].iter().take_while(|b| !is_stop(**b)).count();
    let letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
    loop {
        let gap = bytes[end..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let next = word(end + gap);
        if bytes.get(end) == Some(&b'\'') && letter(end - 1) && letter(end + 1) {
            end += 1 + word(end + 1);
        } else if gap == 0 || next == 0 || begins_field(&bytes[end + gap..][..next]) {
            return end;
        } else {
            end += gap + next;
        }
    }
}

/// `user=bob`, `user:`, `--user`.
pub(super) fn begins_field(word: &[u8]) -> bool {
    let name = word.iter().take_while(|b| b.is_ascii_alphanumeric() || b"_.-".contains(b)).count();
    let named = word[0].is_ascii_alphabetic() || word[0] == b'_';
    word[0] == b'-' || (named && matches!(word.get(name), Some(b'=' | b':')))
}

/// A license has a comma in it.
pub(super) fn extend_license(bytes: &[u8], begin: usize, end: usize) -> usize {
    let id = &bytes[begin..end];
    let is_id = (4..=64).contains(&id.len())
        && id.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let comma = match bytes.get(end..) {
        Some([b',', ..]) => 1,
        Some([b'%', b'2', b'c' | b'C', ..]) => 3,
        _ => return end,
    };
    let key = bytes[end + comma..].iter().take_while(|b| !is_stop(**b) && **b != b'%').count();
    let key = key.max(key_run(&bytes[end + comma..]));
    if is_id && key >= 16 { end + comma + key } else { end }
}

/// The length of a scheme word whose value is the secret: it stays readable.
pub(crate) fn scheme(text: &[u8]) -> Option<usize> {
    if !matches!(text.first(), Some(b'b' | b'B')) {
        return None;
    }
    let word = text.iter().take(8).take_while(|b| b.is_ascii_alphabetic()).count();
    let known = text[..word].eq_ignore_ascii_case(b"bearer") || text[..word].eq_ignore_ascii_case(b"basic");
    known.then_some(word)
}
