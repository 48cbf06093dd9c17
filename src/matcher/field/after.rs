//! From a name to its value: what is glued to the name, where the value begins, and the text that both
//! stand in.

use super::class::Class;
use super::encoded::go_over_blanks;
use super::flat::is_opened;
use super::lines::block;
use super::raw::{Raw, WRAPPED};
use super::runs::is_drawn;
use super::separator::{Closed, Separator, closing, separator};
use super::setting::{Setting, begins_line};
use super::strings::Strings;
use super::value::{Place, value};
use super::{kind, numbers, others};
use crate::cursor::{Cursor, Mark, Quote};
use crate::matcher::name::identifier;
use crate::text::Span;

/// The identifier around a hit, without the end of an escape that is glued to it.
pub(super) fn bare_name(bytes: &[u8], hit: usize) -> Option<Span> {
    let run = identifier(bytes, hit);
    if run.is_empty() {
        return None;
    }
    let start = run.start + glued(&bytes[..run.start], &bytes[run.range()]);
    (start < run.end).then(|| Span::new(start, run.end))
}

/// How many bytes of `run` belong to an escape before it: `%22`, `\u0022`, a colour code.
fn glued(before: &[u8], run: &[u8]) -> usize {
    match before.last() {
        Some(b'%') => {
            let nested = run.chunks(2).take_while(|pair| *pair == b"25").count() * 2;
            let hex = run.iter().skip(nested).take(2).take_while(|b| b.is_ascii_hexdigit()).count();
            if hex == 2 { nested + 2 } else { 0 }
        }
        Some(b'\\') if run.len() > 5 && run.starts_with(b"u00") => 5,
        Some(b'[' | b';') => {
            let parameters = before.iter().rev().take(24).take_while(|b| matches!(b, b'0'..=b'9' | b';'));
            let rest = &before[..before.len() - parameters.count()];
            let rest = rest.strip_suffix(b"[").unwrap_or(&[]);
            let escape = [&b"\x1b"[..], b"\\x1b", b"\\x1B", b"\\033", b"\\e", b"\\u001b", b"\\u001B"];
            let digits = run.iter().take_while(|b| b.is_ascii_digit()).count();
            let is_code = escape.iter().any(|e| rest.ends_with(e));
            if is_code && run.get(digits).is_some_and(u8::is_ascii_alphabetic) { digits + 1 } else { 0 }
        }
        _ => 0,
    }
}

/// Reads on after a name: what closes, the separator, the value.
pub(super) fn after(bytes: &[u8], name: Span, class: Class, strings: &mut Strings<'_>) -> Option<Raw> {
    let mut c = Cursor::new(bytes, name.end);
    let Closed { quote: closed, encoded } = closing(&mut c);
    let Separator { colon, pair, encoded } = separator(&mut c, name, closed, encoded, class)?;
    let (blank, broken) =
        go_to_value(&mut c, name, &Separator { colon, pair, encoded }, closed.is_some(), class)?;
    let before = &bytes[..name.start];
    // Only then is it the name of a member, and not a word in a text.
    let framed = closed.filter(|quote| (colon || pair) && is_opened(bytes, name, *quote).is_some());
    let wrap = framed.filter(|_| colon).and_then(|quote| match quote.mark {
        Mark::Byte(mark) => Some((mark, quote.depth)),
        _ => None,
    });
    let loose = framed.is_none();
    // In a query and after a flag a blank ends the value; elsewhere it may be one of a password's.
    let words = loose && encoded == 0 && !matches!(before.last(), Some(b'?' | b'&' | b'-'));
    let setting =
        setting_of(&c, name, (colon, blank), class).filter(|_| words && closed.is_none() && !broken);
    let place = Place { wrap, encoded, loose, header: colon && loose, words, setting, floor: 0 };
    let mut raw = value(c, place, class);
    // The text of an element ends with it, a string that nothing closes as well.
    let may_leave = |raw: &&Raw| loose || (raw.quoted && raw.end == raw.span.end);
    if let Some(at) = raw.as_ref().filter(may_leave).and_then(|raw| closing_tag(&bytes[c.at..raw.end])) {
        c.bytes = &c.bytes[..c.at + at];
        raw = value(c, place, class).map(|raw| Raw { in_string: true, ..raw });
    }
    let end = raw.as_ref().map_or(c.at, |raw| raw.end);
    if loose && (follows_string(&c, closed) || has_quote(&bytes[c.at..end]) || { c }.quote().is_some()) {
        return match strings.around(name.start) {
            Some(around) => inside(c, around.string, closed.filter(|_| colon), place, class),
            None => raw,
        };
    }
    let mut text_end = || text_end(strings, name, c.at);
    // A value stands in the text in which its name does: the quote behind a colon or a comma may close that.
    let plain = Quote { mark: Mark::Byte(b'"'), depth: 0 };
    let may_be_over = framed.is_some_and(|quote| quote != plain) && c.peek(0) == b'"';
    if (pair || may_be_over) && text_end().is_some_and(|end| end <= c.at) {
        return None;
    }
    match raw {
        // A structure, or a string, in a text that ends without closing it.
        Some(raw) if !loose && may_leave_text(bytes, &c, &raw) => {
            let limit = text_end();
            match limit.filter(|limit| c.at <= *limit && *limit < raw.end) {
                Some(limit) => {
                    c.bytes = &c.bytes[..c.bytes.len().min(limit)];
                    value(c, place, class).map(|raw| Raw { in_string: true, ..raw })
                }
                None => Some(raw),
            }
        }
        raw => raw,
    }
}

/// Where the text ends that holds a name and the value at `at`; the name may be a string of its own in it.
fn text_end(strings: &mut Strings<'_>, name: Span, at: usize) -> Option<usize> {
    let around = strings.around(name.start)?;
    let is_own = around.string.end < at;
    let end = if is_own { around.text.end } else { around.string.end };
    (!is_own || !around.is_line).then_some(end)
}

/// Goes from a separator to where a value begins; nothing where none does. Says whether blanks stand there, and
/// whether a line ends there.
fn go_to_value(
    c: &mut Cursor<'_>,
    name: Span,
    separator: &Separator,
    is_closed: bool,
    class: Class,
) -> Option<(bool, bool)> {
    let (bytes, Separator { colon, encoded, .. }) = (c.bytes, *separator);
    let at_separator = c.at;
    c.blanks();
    let blank = c.at > at_separator;
    go_over_blanks(c, encoded);
    c.inline_tags();
    if colon && blank && encoded == 0 {
        kind::go_over_tags(c, class);
        c.at += block(c.rest());
    }
    let broken = encoded == 0 && c.line_end();
    if broken && !begins_well(c, bytes, name) {
        return None;
    }
    let before = &bytes[..name.start];
    if colon && blank && !is_closed {
        // `app::token: text`: where a record of a log comes from.
        let is_prose = || class != Class::Password && is_prose(bytes, name, c);
        if before.ends_with(b"::") || is_prose() {
            return None;
        }
    }
    if colon && !blank && others::is_of_pam(before) {
        return None;
    }
    Some((blank, broken))
}

/// How a name with a password behind it stands at the beginning of its line, if it does.
fn setting_of(c: &Cursor<'_>, name: Span, (colon, blank): (bool, bool), class: Class) -> Option<Setting> {
    let setting = match (colon, blank) {
        (false, false) if c.bytes[..c.at].ends_with(b"=") => Setting::Assigned,
        (true, true) => Setting::Mapped,
        (false, true) if c.bytes[..c.at].trim_ascii_end().ends_with(b"=") => Setting::Mapped,
        _ => return None,
    };
    (class == Class::Password && begins_line(c.bytes, name.start)).then_some(setting)
}

/// Where a tag closes what was opened before a value.
fn closing_tag(value: &[u8]) -> Option<usize> {
    let at = memchr::memchr(b'<', value)?;
    matches!(value[at + 1..], [b'/', b'A'..=b'Z' | b'a'..=b'z', ..]).then_some(at)
}

fn has_quote(text: &[u8]) -> bool {
    memchr::memchr2(b'"', b'\'', text).is_some()
}

/// Whether the value of a member may reach out of the text in which the member stands.
fn may_leave_text(bytes: &[u8], c: &Cursor<'_>, raw: &Raw) -> bool {
    if raw.quoted {
        let is_open = raw.end == raw.span.end;
        let other = if bytes[..raw.span.start].ends_with(b"'") { b'"' } else { b'\'' };
        return is_open || memchr::memchr2(other, b'\n', &bytes[raw.span.range()]).is_some();
    }
    has_quote(&bytes[c.at..raw.end])
}

/// Whether the string ends before the separator in which the name stands.
fn follows_string(c: &Cursor<'_>, closed: Option<Quote>) -> bool {
    closed.is_some() && !c.bytes[..c.at].ends_with(b"=")
}

/// The value of a name that stands in a string, and ends with it: whatever it opens, the string around it
/// is over there. Where the name itself is the last of the string, a member of JSON follows.
fn inside(mut c: Cursor<'_>, string: Span, closed: Option<Quote>, place: Place, class: Class) -> Option<Raw> {
    if c.at <= string.end {
        c.bytes = &c.bytes[..c.bytes.len().min(string.end)];
        let raw = value(c, Place { floor: string.start, ..place }, class)?;
        return Some(Raw { in_string: raw.end >= string.end, ..raw });
    }
    match closed {
        Some(Quote { mark: Mark::Byte(mark), depth }) => {
            let wrap = Some((mark, depth));
            value(c, Place { wrap, loose: false, header: false, words: false, ..place }, class)
        }
        _ => value(c, place, class),
    }
}

/// A value on a line of its own is followed so far, in bytes.
const LONGEST_WORD: usize = 8 * 1024;

/// Whether a value may begin on the line after its name: a quoted one, a wrapped one, or an indented
/// one that has the line for itself.
fn begins_well(c: &Cursor<'_>, bytes: &[u8], name: Span) -> bool {
    if { *c }.quote().is_some() || { *c }.wrapped() || numbers::at(c, true).is_some() {
        return true;
    }
    let indent =
        |at: usize| bytes[..at].iter().rev().take(256).take_while(|b| matches!(b, b' ' | b'\t')).count();
    let word = c.rest().iter().take(LONGEST_WORD).take_while(|b| b.is_ascii_graphic()).count();
    let text = &c.rest()[..word];
    let alone = matches!(c.rest().get(word), None | Some(b'\n' | b'\r'));
    let mapped = text.contains(&b':') || text.starts_with(b"-");
    // A long value was wrapped, and begins where every line does.
    let is_wrapped = || word >= WRAPPED && is_drawn(text);
    alone && word >= 8 && !mapped && (indent(c.at) > indent(name.start) || is_wrapped())
}

/// `invalid token: signature mismatch`: a sentence about a token, not a token.
fn is_prose(bytes: &[u8], name: Span, c: &Cursor<'_>) -> bool {
    let before = &bytes[..name.start];
    let in_sentence =
        before.ends_with(b" ") && before.len() > 1 && before[before.len() - 2].is_ascii_alphabetic();
    let word = c.rest().iter().take(17).take_while(|b| b.is_ascii_lowercase()).count();
    let ends = c.rest().get(word).is_none_or(|b| matches!(b, b' ' | b',' | b'.' | b'\n' | b'"' | b')'));
    in_sentence && (1..=16).contains(&word) && ends
}
