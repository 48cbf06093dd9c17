//! Values that a sentence has further on: `rotated secret_key from … to …`, the two sides of an assertion
//! about it, the message of an error and the value in its cause, `"secret_key is" value=…`.
//!
//! From the name, or from the value that was found behind it, the way goes over a few words that say that a
//! value comes. It ends at the first other word: what stands behind that is not the name's any more.

use super::class::Class;
use super::runs::{is_drawn, token_run};
use crate::text::{self, Span, byte_table};
use crate::words::WordSet;

/// The way goes no further, in bytes.
const REACH: usize = 400;

/// Nor over more words and values.
const MOST: usize = 24;

/// A value without quotes is at least this long.
const SHORTEST: usize = 10;

/// A password of words is told by its quotes, or by a digit in so many characters.
const SHORTEST_PASSWORD: usize = 6;

/// Whether a word or an arrow behind a name, or behind its value, may announce a value.
pub(super) fn begins(bytes: &[u8], from: usize) -> bool {
    let rest = &bytes[from..bytes.len().min(from + 64)];
    // Most names in a log have one blank behind them, and a word of small letters.
    if let [b' ', b'a'..=b'z', ..] = rest {
        let length = rest[1..].iter().position(|b| !b.is_ascii_lowercase()).unwrap_or(rest.len() - 1);
        if matches!(rest.get(1 + length), None | Some(b' ' | b'\n')) {
            return is_between(&rest[1..1 + length]);
        }
    }
    let gap = gap(rest);
    let (signs, rest) = rest.split_at(gap);
    is_between(word(rest))
        || is_arrow(signs)
        || rest.starts_with("→".as_bytes())
        || (gap <= 2 && signs.starts_with(b" ") && rest.len() >= SHORTEST && may_be_value(signs, rest))
}

/// A quick refusal: a value has quotes, or other signs than small letters.
fn may_be_value(signs: &[u8], rest: &[u8]) -> bool {
    let mut run = rest.iter().take_while(|b| b.is_ascii_graphic());
    signs.len() == 2 || run.any(|b| b.is_ascii_digit() || b.is_ascii_uppercase() || *b == b'*')
}

/// Where the way goes on from a value that only announces another: `api_key: expected "…"`.
pub(super) fn announces(value: &[u8]) -> bool {
    let value = value.strip_suffix(b":").unwrap_or(value);
    value.split(|b| *b == b' ').all(is_between)
}

/// Gives the values that follow `from`; `name` has led there.
pub(super) fn follow(bytes: &[u8], from: usize, class: Class, sink: &mut dyn FnMut(Span)) {
    let end = bytes.len().min(from + REACH);
    let mut at = from;
    // A word, or an arrow, has announced the next value.
    let mut announced = false;
    // A value right behind the name is one if another follows it.
    let mut first = None;
    for _ in 0..MOST {
        let gap = gap(&bytes[at..end]);
        let signs = &bytes[at..at + gap];
        announced |= is_arrow(signs);
        let quote = signs.last().copied().filter(|b| matches!(b, b'"' | b'\'' | b'`'));
        let is_near = at == from && gap <= 2 && signs.starts_with(b" ");
        let is_line = is_line_end(signs);
        at += gap;
        let rest = &bytes[at..end];
        if rest.starts_with("→".as_bytes()) {
            (announced, at) = (true, at + "→".len());
            continue;
        }
        let word = word(rest);
        let is_label = word.len() == 1 && word[0].is_ascii_digit() && rest.get(1) == Some(&b':');
        if is_line && !is_label && !begins_line(word) {
            return;
        }
        if is_label || (is_between(word) && !goes_on(&rest[word.len()..])) {
            announced = true;
            at += word.len();
            continue;
        }
        let value = value(rest, quote, class);
        // `changed from "abc" to "…"`
        if let Some(short) = short_text(rest, quote).filter(|_| value == 0 && (announced || is_near)) {
            (announced, at) = (false, at + short);
            continue;
        }
        // `expected abc, got …`
        if value == 0 && announced && (1..=SHORTEST).contains(&word.len()) && !goes_on(&rest[word.len()..]) {
            (announced, at) = (false, at + word.len());
            continue;
        }
        if value == 0 || !(announced || is_near) {
            return;
        }
        let span = Some(Span::new(at, at + value)).filter(|span| !text::is_mask(&bytes[span.range()]));
        at += value;
        if announced {
            first.take().into_iter().chain(span).for_each(&mut *sink);
        } else {
            first = span;
        }
        announced = false;
    }
}

/// The length of a text in quotes that is too short for a value.
fn short_text(rest: &[u8], quote: Option<u8>) -> Option<usize> {
    let length = rest.iter().take(SHORTEST_PASSWORD).position(|b| Some(*b) == quote)?;
    rest[..length].iter().all(|b| b.is_ascii_graphic()).then_some(length)
}

/// How long the value is that stands here; 0 where there is none.
fn value(rest: &[u8], quote: Option<u8>, class: Class) -> usize {
    if let Some(quote) = quote.filter(|_| class != Class::Weak)
        && let Some(length) = rest.iter().position(|b| matches!(b, b'\n' | b'\r' | 0x1f) || *b == quote)
        && rest[length] == quote
        // The name of a member is no value.
        && !matches!(rest.get(length + 1), Some(b':' | b'='))
        && length >= SHORTEST_PASSWORD
        && !rest[..length].contains(&b' ')
    {
        return length - rest[..length].iter().rev().take_while(|b| **b == b'\\').count();
    }
    let is_part = |b: &&u8| b.is_ascii_graphic() && !b"\"'`,;()[]{}<>\\".contains(b);
    let run =
        if class == Class::Password { rest.iter().take_while(is_part).count() } else { token_run(rest) };
    // The full stop of the sentence is none of the value's.
    let run = run - rest[..run].iter().rev().take_while(|b| **b == b'.').count();
    let text = &rest[..run];
    let padding = text.iter().rev().take_while(|b| **b == b'=').count();
    // `name=value` is a field of its own.
    if text[..run - padding].iter().any(|b| matches!(b, b'=' | b':')) {
        return 0;
    }
    let is_random = || run >= SHORTEST && token_run(text) == run && is_drawn(text);
    let is_password = || {
        class == Class::Password
            && run >= SHORTEST_PASSWORD
            && text.iter().any(u8::is_ascii_digit)
            && text.iter().any(u8::is_ascii_alphabetic)
    };
    if text::is_mask(text) || is_random() || is_password() { run } else { 0 }
}

/// The signs that may stand between two words, a backslash before a quote or a line end aside.
static IS_GAP: [bool; 256] = byte_table(b" \t\n\x0c\r\"'`,:=->!.()[]|\x1f");

/// How many signs stand between two words; line ends may be escaped.
fn gap(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(&b) = text.get(at) {
        if IS_GAP[usize::from(b)] {
            at += 1;
        } else if b == b'\\' {
            let slashes = text[at..].iter().take(16).take_while(|b| **b == b'\\').count();
            if !matches!(text.get(at + slashes), Some(b'"' | b'\'' | b'n')) {
                break;
            }
            at += slashes + 1;
        } else {
            break;
        }
    }
    at
}

fn is_arrow(signs: &[u8]) -> bool {
    signs.windows(2).any(|pair| matches!(pair, b"->" | b"=>" | b"!="))
}

fn is_line_end(signs: &[u8]) -> bool {
    signs.contains(&b'\n') || signs.windows(2).any(|pair| pair == b"\\n")
}

fn word(text: &[u8]) -> &[u8] {
    &text[..text.iter().take(32).take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count()]
}

/// Whether a word goes on behind its letters.
fn goes_on(rest: &[u8]) -> bool {
    matches!(rest, [b'+' | b'/' | b'*' | b'%' | b'~', ..] | [b'-' | b'.', b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9', ..])
        && !rest.starts_with(b".sources")
        && !rest.starts_with(b".cause")
        && !rest.starts_with(b"->")
}

/// The words that may stand between a name and its value.
#[rustfmt::skip]
static BETWEEN: WordSet = WordSet::new(&[
    b"actual", b"after", b"and", b"bad", b"be", b"before", b"but", b"by", b"cause", b"caused", b"changed",
    b"created", b"current", b"currently", b"differ", b"differs", b"equal", b"error", b"expected", b"failed", b"for",
    b"from", b"generated", b"given", b"got", b"invalid", b"is", b"it", b"left", b"malformed", b"mismatch", b"new", b"not",
    b"now", b"old", b"previous", b"prev", b"provided", b"raw", b"received", b"replaced", b"reset", b"right",
    b"rejected", b"rotated", b"set", b"sources", b"then", b"to", b"unexpected", b"updated", b"val", b"value", b"vs",
    b"wanted", b"was", b"with", b"wrong",
]);

/// Whether this word may stand between a name and its value.
fn is_between(word: &[u8]) -> bool {
    BETWEEN.contains(word)
}

/// Whether this is the first word of a line on which a value may stand that a line before has announced.
fn begins_line(word: &[u8]) -> bool {
    let (lower, length) = small(word);
    matches!(&lower[..length], b"left" | b"right" | b"expected" | b"actual" | b"caused" | b"got" | b"wanted")
}

/// A word in small letters, and its length; empty where it is too long for any of these.
fn small(word: &[u8]) -> ([u8; 16], usize) {
    let mut lower = [0; 16];
    let length = if word.len() <= lower.len() { word.len() } else { 0 };
    lower[..length].copy_from_slice(&word[..length]);
    lower.make_ascii_lowercase();
    (lower, length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn followed(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        let from = text.find("@").expect("a name") + 1;
        follow(text.as_bytes(), from, Class::Key, &mut |span| found.push(&text[span.range()]));
        found
    }

    #[test]
    fn values_follow_words_that_announce_them() {
        let (a, b) = ("Qm7xK2vT9pLw4RzC", "Zt5nB8yD3hJf6GsV");
        for (text, expected) in [
            (format!("rotated @ from {a} to {b}."), vec![a, b]),
            (format!("@ -> {a}"), vec![a]),
            (format!("failed: @\n left: \"{a}\"\n right: \"{b}\""), vec![a, b]),
            (format!("\"@ is\" value={a}"), vec![a]),
            (format!("error=bad @\u{1f}error={a}\u{1f}"), vec![a]),
            (format!("@ of device {a}"), vec![]),
            (format!("@ from {a}\npassword={b}"), vec![a]),
            (format!("@: 5}},\"value\":\"{a}\""), vec![]),
            (format!("@ {a} replaced by {b}"), vec![a, b]),
            (format!("@ {a} for bob"), vec![]),
            (format!("@, {a}"), vec![]),
            (format!("@ changed, request {a}"), vec![]),
            ("@ changed from weak to strong".to_owned(), vec![]),
        ] {
            assert_eq!(followed(&text), expected, "{text}");
        }
    }
}
