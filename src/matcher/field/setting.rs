//! Passwords without quotes that have the rest of their line for themselves: `NAME=value` in a file of
//! settings or in the trace of a shell, `name: value` in YAML.
//!
//! Elsewhere a sign such as `;` or `)` ends a value, since it may close what was opened before the name,
//! or separate members. Where a line begins with the name nothing was opened: the sign is the password's.

use super::extend::begins_field;
use super::lines::{line_end, line_start};
use super::runs::is_stop;
use crate::text;

/// No line has more before its name, in bytes.
const LONGEST_LEAD: usize = 64;

/// A password that begins with a sign is at least so long behind it, in bytes.
const SHORTEST: usize = 6;

/// How a name stands at the beginning of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setting {
    /// `NAME=value`
    Assigned,
    /// `name: value`, `name = value`
    Mapped,
}

/// Whether a line begins with the name at `name`, behind what a shell, YAML or a collector of logs has there.
pub(super) fn begins_line(bytes: &[u8], name: usize) -> bool {
    let from = line_start(bytes, name);
    if name - from > LONGEST_LEAD {
        return false;
    }
    let lead = &bytes[from..name];
    // `web_1  | NAME=value`
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let is_container = |word: &[u8]| word.iter().all(is_part);
    let lead = match memchr::memmem::find(lead, b"| ") {
        Some(bar) if is_container(lead[..bar].trim_ascii()) => &lead[bar + 2..],
        _ => lead,
    };
    let is_word = |word: &[u8]| {
        word.iter().all(|b| *b == b'+')
            || matches!(
                word,
                b"-" | b"export"
                    | b"declare"
                    | b"typeset"
                    | b"local"
                    | b"readonly"
                    | b"set"
                    | b"SET"
                    | b"-x"
                    | b"-gx"
                    | b"ENV"
                    | b"ARG"
            )
    };
    let is_apart = lead.last().is_none_or(|b| matches!(b, b' ' | b'\t'));
    is_apart && lead.split(|b| matches!(b, b' ' | b'\t')).all(is_word)
}

/// Where the password that begins at `begin` ends, of which the part up to `end` is known: at the end of
/// the line, before a next field, or at a sign with a blank behind it.
pub(super) fn end(bytes: &[u8], begin: usize, end: usize, setting: Setting) -> usize {
    let line = line_end(bytes, begin);
    let rest = &bytes[end.min(line)..line];
    // What only closes, or ends a statement, stays, and so does the name of what should stand there.
    let closing = bytes[begin..line].iter().position(|b| *b == b'>').map(|at| begin + at + 1);
    let is_template =
        bytes[begin..].starts_with(b"<") && closing.is_some_and(|at| at == line || is_stop(bytes[at]));
    if is_template || rest.iter().all(|b| is_stop(*b)) || text::is_mask(&bytes[begin..end]) {
        return end;
    }
    if setting == Setting::Mapped && bytes[begin..line].trim_ascii_end().iter().any(u8::is_ascii_whitespace) {
        return end;
    }
    let is_blank = |b: Option<&u8>| b.is_none_or(u8::is_ascii_whitespace);
    let ends = |at: &usize| match rest[*at] {
        b' ' | b'\t' => !is_blank(rest.get(at + 1)) && begins_field(&rest[at + 1..]),
        sign @ (b',' | b';' | b'&' | b'|') => {
            let next = at + 1 + usize::from(rest.get(at + 1) == Some(&sign));
            is_blank(rest.get(next)) || begins_member(&rest[at + 1..], sign)
        }
        b')' | b']' | b'}' | b'<' | b'>' | b'`' | b'"' | b'\'' => is_blank(rest.get(at + 1)),
        b => b.is_ascii_control(),
    };
    let length = (0..rest.len()).find(ends).unwrap_or(rest.len());
    end.max(begin + bytes[begin..end.min(line) + length].trim_ascii_end().len())
}

/// `user=bob` behind a comma or a semicolon; the names of members have letters alone here, since signs and
/// digits are those of passwords.
fn begins_member(text: &[u8], sign: u8) -> bool {
    let name = text
        .iter()
        .take(48)
        .take_while(|b| b.is_ascii_alphabetic() || matches!(b, b' ' | b'_' | b'-' | b'.'));
    let name = name.count();
    name > 0 && (text.get(name) == Some(&b'=') || (sign == b',' && text.get(name) == Some(&b':')))
}

/// Where a password ends that begins with a sign, anywhere: `password=,k9X2m…`. A sign alone, a next member
/// and a word are none.
pub(super) fn end_behind_sign(bytes: &[u8], begin: usize) -> Option<usize> {
    let is_sign = |b: &u8| b",;<>)]}|".contains(b);
    let signs = bytes[begin..].iter().take(3).take_while(|b| is_sign(b)).count();
    let text = &bytes[begin + signs..];
    let ends = |at: &usize| match text[*at] {
        b if is_sign(&b) => text.get(at + 1).is_none_or(|b| is_stop(*b)),
        b => is_stop(b),
    };
    let word = (0..text.len()).find(ends).unwrap_or(text.len());
    let text = &text[..word];
    let is_password = signs > 0
        && word >= SHORTEST
        && text.iter().any(u8::is_ascii_digit)
        && text.iter().any(u8::is_ascii_alphabetic)
        && !text.iter().any(|b| matches!(b, b'=' | b':' | b'/' | b'('));
    is_password.then_some(begin + signs + word)
}
