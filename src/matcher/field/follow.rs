//! Values that a sentence has further on: `rotated secret_key from … to …`, the two sides of an assertion
//! about it, the message of an error and the value in its cause, `"secret_key is" value=…`.
//!
//! From the name, or from the value that was found behind it, the way goes over a few words that say that a
//! value comes. It ends at the first other word: what stands behind that is not the name's any more.

use super::Class;
use super::value::token_run;
use crate::judge::plain;
use crate::text::{self, Span};

/// The way goes no further, in bytes.
const REACH: usize = 400;

/// Nor over more words and values.
const MOST: usize = 24;

/// A value without quotes is at least this long.
const SHORTEST: usize = 10;

/// A password of words is told by its quotes, or by a digit in so many characters.
const SHORTEST_PASSWORD: usize = 6;

/// What may stand between a name and its value.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "a", "actual", "after", "and", "as", "assertion", "at", "bad", "be", "because", "before", "but", "by", "cause",
    "caused", "changed", "changing", "chars", "contains", "current", "currently", "details", "differ", "differs",
    "does", "equal", "equals", "error", "errors", "err", "expected", "failed", "failure", "for", "found", "from",
    "given", "got", "had", "has", "have", "i", "in", "instead", "invalid", "is", "it", "its", "key", "left", "literal", "malformed",
    "match", "message", "mismatch", "msg", "new", "next", "no", "not", "now", "of", "old", "or", "original", "parse",
    "previous", "prev", "provided", "raw", "reads", "reason", "received", "replaced", "reset", "right", "rolled", "rotated",
    "secret", "set", "should", "sources", "source", "string", "the", "then", "this", "to", "unexpected", "unequal", "updated",
    "val", "value", "values", "v", "vs", "wanted", "was", "were", "with", "wrong",
];

/// Whether a word or an arrow behind a name, or behind its value, may announce a value.
pub(super) fn begins(bytes: &[u8], from: usize) -> bool {
    let rest = &bytes[from..bytes.len().min(from + 64)];
    let gap = rest.iter().take_while(|b| is_gap(**b)).count();
    let letters = rest[gap..].iter().take_while(|b| b.is_ascii_alphanumeric()).count();
    is_word(&rest[gap..gap + letters])
        || (rest.starts_with(b" ") && gap <= 2 && token_run(&rest[gap..]) >= 16)
        || memchr::memmem::find(&rest[..gap], b">").is_some()
        || rest[gap..].starts_with("→".as_bytes())
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
        let gap = bytes[at..end].iter().take_while(|b| is_gap(**b)).count();
        let signs = &bytes[at..at + gap];
        announced |= signs.windows(2).any(|pair| matches!(pair, b"->" | b"=>" | b"!="));
        let quote = signs.last().copied().filter(|b| matches!(b, b'"' | b'\'' | b'`'));
        at += gap;
        let rest = &bytes[at..end];
        if rest.starts_with("→".as_bytes()) {
            (announced, at) = (true, at + "→".len());
            continue;
        }
        let letters = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
        let word = &rest[..letters];
        let is_label = word.len() == 1 && word[0].is_ascii_digit();
        if letters > 0 && (is_label || is_word(word)) && !goes_on(&rest[letters..]) {
            announced = true;
            at += letters;
            continue;
        }
        let value = value(rest, quote, class);
        if value == 0 || (!announced && at != from + 1) {
            return;
        }
        if !announced {
            first = Some(Span::new(at, at + value)).filter(|first| !text::is_mask(&bytes[first.range()]));
            at += value;
            continue;
        }
        first.take().into_iter().for_each(&mut *sink);
        if !text::is_mask(&rest[..value]) {
            sink(Span::new(at, at + value));
        }
        at += value;
        announced = false;
    }
}

/// How long the value is that stands here; 0 where there is none.
fn value(rest: &[u8], quote: Option<u8>, class: Class) -> usize {
    if let Some(quote) = quote.filter(|_| class != Class::Weak)
        && let Some(length) = rest.iter().position(|b| matches!(b, b'\n' | b'\r' | 0x1f) || *b == quote)
        && rest[length] == quote
        && length >= SHORTEST_PASSWORD
        && !rest[..length].contains(&b' ')
    {
        return length - rest[..length].iter().rev().take_while(|b| **b == b'\\').count();
    }
    let run = token_run(rest);
    // The full stop of the sentence is none of the value's.
    let run = run - rest[..run].iter().rev().take_while(|b| **b == b'.').count();
    let text = &rest[..run];
    let is_random = || run >= SHORTEST && plain::secret(text) == plain::Secret::Whole;
    let is_password = || {
        class == Class::Password
            && run >= SHORTEST_PASSWORD
            && text.iter().any(u8::is_ascii_digit)
            && text.iter().any(u8::is_ascii_alphabetic)
    };
    if text::is_mask(text) || is_random() || is_password() { run } else { 0 }
}

fn is_gap(b: u8) -> bool {
    b.is_ascii_whitespace() || b"\"'`,:;=()[]{}<>-!|\\\x1f".contains(&b) || b == b'.'
}

/// Whether a word goes on behind its letters.
fn goes_on(rest: &[u8]) -> bool {
    matches!(rest, [b'+' | b'/' | b'*' | b'%' | b'~', ..] | [b'-' | b'.', b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9', ..])
        && !rest.starts_with(b".sources")
        && !rest.starts_with(b".cause")
        && !rest.starts_with(b"->")
}

fn is_word(word: &[u8]) -> bool {
    const LONGEST: usize = 12;
    if word.len() > LONGEST {
        return false;
    }
    let mut folded = [0; LONGEST];
    for (to, from) in folded.iter_mut().zip(word) {
        *to = from.to_ascii_lowercase();
    }
    let folded = &folded[..word.len()];
    WORDS.iter().any(|word| word.as_bytes() == folded)
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
