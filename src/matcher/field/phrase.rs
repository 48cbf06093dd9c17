//! A name and its value with nothing but a blank between them, as sentences and some notations have them:
//! `api key "…" not found`, `invalid secret [k9X…]`, `["app" "--password" "…"]`.
//!
//! Without a sign only a random value counts, but for a password in plain quotes.

use super::class::Class;
use super::endings;
use super::flat::is_opened;
use crate::cursor::{Cursor, Quote};
use crate::text::{Span, is_drawn, run_length};

/// No value of a sentence is longer, in bytes.
const LONGEST: usize = 512;

/// A value in a sentence is at least so long, in bytes.
const SHORTEST: usize = 6;

/// In brackets there are other things as well, so it is longer there, in bytes.
const SHORTEST_IN_BRACKETS: usize = 8;

/// No word before the last of a name is longer, in bytes.
const LONGEST_WORD: usize = 16;

/// What the last word of a name says together with the word before it: `api key`, `access token`.
pub(super) fn class_of_words(bytes: &[u8], name: Span, class: Class) -> Class {
    const ROOM: usize = 2 * LONGEST_WORD + 1;
    let before = bytes[..name.start].strip_suffix(b" ").unwrap_or(b"");
    let word = before.iter().rev().take(LONGEST_WORD + 1).take_while(|b| b.is_ascii_alphanumeric()).count();
    if class != Class::Weak || word == 0 || word > LONGEST_WORD || name.len() > LONGEST_WORD {
        return class;
    }
    let mut joined = [b'_'; ROOM];
    joined[..word].copy_from_slice(&before[before.len() - word..]);
    joined[word + 1..word + 1 + name.len()].copy_from_slice(&bytes[name.range()]);
    let said = endings::class(&joined[..word + 1 + name.len()]);
    if said == Some(Class::Key) { Class::Key } else { class }
}

/// Whether the value of a name stands behind the blank at which the cursor is.
pub(super) fn has_value(c: &Cursor<'_>, name: Span, closed: Option<Quote>, class: Class) -> bool {
    let class = class_of_words(c.bytes, name, class);
    if !matches!(class, Class::Key | Class::Password) {
        return false;
    }
    let open = c.peek(0);
    let mut next = *c;
    let quote = next.quote();
    if let Some(closed) = closed {
        // `"--password" "…"`: two texts in the same quotes.
        let is_same = quote == Some(closed) && is_opened(c.bytes, name, closed).is_some();
        return is_same && next.quoted(closed).is_some_and(|text| is_value(&c.bytes[text.range()], class));
    }
    if let Some(quote) = quote {
        // `IDENTIFIED WITH PASSWORD 'x'`
        if class == Class::Password && matches!(open, b'"' | b'\'') {
            return true;
        }
        return next.quoted(quote).is_some_and(|text| is_value(&c.bytes[text.range()], class));
    }
    let close = match open {
        b'(' => b')',
        b'[' => b']',
        _ => return false,
    };
    let inside = &c.rest()[1..];
    let length = inside.iter().take(LONGEST).position(|b| *b == close || b.is_ascii_whitespace());
    let text = &inside[..length.unwrap_or(0)];
    length.is_some_and(|length| inside[length] == close)
        && text.len() >= SHORTEST_IN_BRACKETS
        && (class == Class::Password || run_length(text) == text.len())
        && is_drawn(text)
        && is_value(text, class)
}

/// Whether a text is one random word.
fn is_value(text: &[u8], class: Class) -> bool {
    if !(SHORTEST..=LONGEST).contains(&text.len()) || !text.iter().all(u8::is_ascii_graphic) {
        return false;
    }
    let is_password = || {
        class == Class::Password
            && text.iter().any(u8::is_ascii_digit)
            && text.iter().any(u8::is_ascii_alphabetic)
    };
    is_password() || is_drawn(text)
}
