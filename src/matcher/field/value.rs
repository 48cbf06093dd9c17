//! The value of a field, in every form: quoted at any depth, wrapped, bare, a structure, a header.

use super::class::Class;
use super::encoded::{go_over_structure, sign};
use super::extend::{extend_cookie, extend_header, extend_license, extend_lines, extend_words};
use super::lines::line_end;
use super::quotes::{closes, line_of, quoted};
use super::raw::{Raw, WRAPPED};
use super::runs::{bare, token_run};
use super::setting::{self, Setting};
use super::{kind, numbers};
use crate::cursor::{Cursor, Mark, Quote};
use crate::text::{self, Span};

impl Cursor<'_> {
    /// Goes over what wraps a value in Debug output and in code: `Some(`, `Ok(`, `b` before a quote.
    pub(super) fn wrapped(&mut self) -> bool {
        let prefix = match self.rest() {
            [b'b' | b'r' | b'u' | b'@', b'"' | b'\'' | b'\\', ..] => 1,
            [b'<', b'<', b'"' | b'\\', ..] => 2,
            _ => 0,
        };
        if prefix > 0 && Cursor::new(self.bytes, self.at + prefix).quote().is_some() {
            self.at += prefix;
            return true;
        }
        let word =
            self.rest().iter().take(64).take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
        let open = word > 0 && self.peek(word) == b'(';
        // `string(20) "…"`: its length is told before it.
        let digits = if open {
            self.rest()[word + 1..].iter().take(8).take_while(|b| b.is_ascii_digit()).count()
        } else {
            0
        };
        let told = self.at + word + digits + 3;
        let is_told = digits > 0 && self.bytes[..told.min(self.bytes.len())].ends_with(b") ");
        if is_told && Cursor::new(self.bytes, told).quote().is_some() {
            self.at = told;
            return true;
        }
        if open {
            self.at += word + 1;
            self.space(2);
        }
        open
    }
}

/// What is known of a value before it is read.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// The quotes of the name, which a mask without quotes needs.
    pub(super) wrap: Option<(u8, usize)>,
    /// How many times the text is percent-encoded.
    pub(super) encoded: usize,
    /// The name is a word in a text, not the name of a member.
    pub(super) loose: bool,
    /// It may be the line of a header.
    pub(super) header: bool,
    /// It may consist of several words.
    pub(super) words: bool,
    /// It has the rest of its line for itself.
    pub(super) setting: Option<Setting>,
    /// The string in which the name stands begins here, as far as it is known.
    pub(super) floor: usize,
}

/// The value at the cursor.
pub(super) fn value(mut c: Cursor<'_>, place: Place, class: Class) -> Option<Raw> {
    let Place { wrap, encoded, loose, .. } = place;
    if encoded == 0
        && let Some(array) = numbers::at(&c, loose)
    {
        // A structure of JSON over several lines is masked line by line, and so is one without numbers.
        let opens = c.peek(0) == b'[';
        let is_one =
            wrap.is_none() || !opens || memchr::memchr(b'\n', &c.bytes[array.span.range()]).is_none();
        if is_one || array.numbers.is_none() {
            let wrap = wrap.filter(|_| array.numbers.is_none());
            return Some(Raw { wrap, ..array });
        }
    }
    let begin = c.at;
    while c.wrapped() || kind::go_over(&mut c) {}
    let below = memchr::memchr(b'\n', &c.bytes[begin..c.at]).is_some();
    if c.at > begin && c.at >= c.bytes.len() {
        return None;
    }
    if loose && closes(&c, place.floor) {
        return None;
    }
    if let Some(raw) = quoted_value(c, place, class) {
        return Some(raw);
    }
    if let Some(span) = bracketed(&c) {
        return Some(Raw::quoted(span, span.end + 1, encoded));
    }
    // A wrapper around what is not quoted is part of the value, unless it is on a line of its own.
    c.at = if below { c.at } else { begin };
    bare_value(c, place, class)
}

/// The value in quotes at the cursor, however they are written.
fn quoted_value(mut c: Cursor<'_>, place: Place, class: Class) -> Option<Raw> {
    let Place { encoded, loose, .. } = place;
    if let Some((span, end)) = tripled(&c) {
        return Some(Raw::quoted(span, end, encoded));
    }
    if let Some(span) = doubled(&c).filter(|_| loose) {
        return Some(Raw::quoted(span, span.end, encoded));
    }
    if let Some(quote) = c.quote() {
        let start = c.at;
        let closed = quoted(&mut c, quote, loose);
        // `"ab"cd`: a shell takes both as one.
        let is_part = |span: Span| span.end < c.at && !text::is_mask(&c.bytes[span.range()]);
        let is_glued = c.peek(0).is_ascii_graphic() && !b",;)]}&|#".contains(&c.peek(0));
        if let Some(setting) = place.setting.filter(|_| closed.is_some_and(is_part) && is_glued) {
            let end = setting::end(c.bytes, start, c.at, setting);
            if end == line_end(c.bytes, start) {
                return Some(Raw::quoted(Span::new(start, end), end, encoded));
            }
        }
        let span = closed.unwrap_or_else(|| open_lines(&c, start, quote, class));
        return Some(Raw::quoted(span, c.at.max(span.end), encoded));
    }
    if let (mark @ (b'"' | b'\''), length, encoded) = sign(&c)
        && length > 1
    {
        c.at += length;
        let start = c.at;
        while c.at < c.bytes.len() && !c.peek(0).is_ascii_whitespace() {
            let (byte, length, depth) = sign(&c);
            // What is not encoded at all is outside of what is.
            if (byte == mark && length > 1 && depth == encoded)
                || (length == 1 && b"\"'&<>\\".contains(&byte))
            {
                break;
            }
            c.at += length;
        }
        let end = c.at.min(c.bytes.len());
        return Some(Raw::quoted(Span::new(start, end), end, encoded));
    }
    None
}

/// The value without quotes at the cursor.
fn bare_value(mut c: Cursor<'_>, place: Place, class: Class) -> Option<Raw> {
    let Place { wrap, encoded, loose, .. } = place;
    let begin = c.at.min(c.bytes.len());
    let end = if go_over_structure(&mut c, encoded) { c.at } else { bare(&mut c, encoded, loose) };
    if let Some(end) = quoted_behind_number(c, begin, place) {
        return Some(Raw::bare(Span::new(begin, end), wrap, encoded));
    }
    let end = match class {
        Class::Header if place.header => extend_header(c.bytes, begin, end),
        Class::Cookie => extend_cookie(c.bytes, end),
        Class::License => extend_license(c.bytes, begin, end),
        Class::Password if place.words => extend_words(c.bytes, begin, end),
        Class::Key | Class::Weak if encoded == 0 => extend_lines(c.bytes, begin, end),
        _ => end,
    };
    let end = match place.setting.filter(|_| encoded == 0) {
        Some(setting) => setting::end(c.bytes, begin, end, setting),
        None => end,
    };
    let is_sign = end == begin && class == Class::Password && loose && encoded == 0;
    let end = if is_sign { setting::end_behind_sign(c.bytes, begin).unwrap_or(end) } else { end };
    (end > begin).then(|| Raw::bare(Span::new(begin, end), wrap, encoded))
}

/// What stands behind a quote that nothing closes on its line: the rest of it, and of a key that was wrapped
/// the next lines as well.
fn open_lines(c: &Cursor<'_>, start: usize, quote: Quote, class: Class) -> Span {
    let line = line_of(c.bytes, start);
    if !matches!(class, Class::Key | Class::Weak) {
        return Span::new(start, line);
    }
    let end = extend_lines(c.bytes, start, line);
    let last = end + c.bytes[end..].iter().take(2).take_while(|b| matches!(b, b'\r' | b'\n')).count();
    let rest = token_run(&c.bytes[last..]);
    let closes = Mark::Byte(c.bytes.get(last + rest).copied().unwrap_or(0)) == quote.mark;
    let is_full = end - start >= WRAPPED && last > end && rest > 0;
    Span::new(start, if is_full && closes { last + rest } else { end })
}

/// The inside of three quotes, as in Python, Java and TOML, which may have lines, and where they end.
fn tripled(c: &Cursor<'_>) -> Option<(Span, usize)> {
    /// No such text is followed further, in bytes.
    const LONGEST: usize = 64 * 1024;
    let [mark @ (b'"' | b'\''), second, third, inner, ..] = *c.rest() else { return None };
    if [second, third] != [mark; 2] || inner == mark || b",;)]}".contains(&inner) {
        return None;
    }
    let from = c.at + 3;
    let text = &c.bytes[from..c.bytes.len().min(from + LONGEST)];
    let closing = memchr::memmem::find(text, &[mark; 3]);
    // Of what comes line by line the quotes that close it are not there yet.
    let is_word = |text: &[u8]| text.starts_with(b"\n") && text.trim_ascii().iter().all(u8::is_ascii_graphic);
    if closing.is_none() && !is_word(text) {
        return None;
    }
    let text = &text[..closing.unwrap_or(text.len())];
    // A backslash at the end of a line is none of the text, and a private key has lines of its own.
    let begin = usize::from(text.starts_with(b"\\\n") || text.starts_with(b"\\\r"));
    let inside = text[begin..].trim_ascii();
    if inside.is_empty() || memchr::memmem::find(inside, b"-----BEGIN ").is_some() {
        return None;
    }
    let start = from + text.len() - text[begin..].trim_ascii_start().len();
    Some((Span::new(start, start + inside.len()), from + text.len() + closing.map_or(0, |_| 3)))
}

/// The inside of quotes that are doubled, as in the quotes of CSV and of YAML: `''…''`.
fn doubled(c: &Cursor<'_>) -> Option<Span> {
    let [mark @ (b'"' | b'\''), second, inner, ..] = *c.rest() else { return None };
    if mark != second || (inner.is_ascii() && !inner.is_ascii_alphanumeric()) {
        return None;
    }
    let start = c.at + 2;
    let line = &c.bytes[start..line_end(c.bytes, start)];
    let closes = memchr::memmem::find(line, &[mark, mark]).unwrap_or(line.len());
    Some(Span::new(start, start + closes))
}

/// What stands in angle brackets, if it cannot be the name of what should stand there: `<k9X2mQ7b>`.
fn bracketed(c: &Cursor<'_>) -> Option<Span> {
    const SHORTEST: usize = 8;
    let text = c.rest().strip_prefix(b"<")?;
    let word = token_run(text);
    let is_secret = word >= SHORTEST && text[..word].iter().any(u8::is_ascii_digit);
    (is_secret && text.get(word) == Some(&b'>')).then(|| Span::new(c.at + 1, c.at + 1 + word))
}

/// The end of a quoted text behind a number with nothing between them, or only blanks between them for a
/// member: `"password":#011"…"`, where a collector of logs has written a tab so, is one value.
fn quoted_behind_number(mut c: Cursor<'_>, begin: usize, place: Place) -> Option<usize> {
    /// The number and the blanks are no longer, in bytes.
    const MOST: usize = 64;
    let is_member = place.wrap.is_some();
    let most = c.bytes.len().min(begin + MOST);
    c.at = begin;
    while c.at < most {
        c.at += match c.rest() {
            [b'0'..=b'9' | b'#', ..] => 1,
            [b' ' | b'\t', ..] if is_member => 1,
            [b'\\', b't', ..] if is_member => 2,
            _ => break,
        };
    }
    if place.encoded > 0 || !c.bytes[begin..c.at].iter().any(u8::is_ascii_digit) {
        return None;
    }
    // A quote in which the name stands closes it instead.
    if place.loose && closes(&c, place.floor) {
        return None;
    }
    let quote = c.quote()?;
    let same = place.wrap.is_none_or(|(mark, depth)| quote == Quote { mark: Mark::Byte(mark), depth });
    quoted(&mut c, quote, place.loose).filter(|inner| same && !inner.is_empty())?;
    Some(c.at)
}
