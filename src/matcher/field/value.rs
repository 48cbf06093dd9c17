//! The value of a field, in every form: quoted at any depth, wrapped, bare, a structure, a header.

use super::after::{Raw, WRAPPED, sign};
use super::encoded::go_over_structure;
use super::{Class, numbers, scheme};
use crate::cursor::{Cursor, Mark, Quote};
use crate::matcher::bare::is_inner_ampersand;
use crate::text::Span;

/// The longest structure that is followed to its end, in bytes.
const STRUCTURE: usize = 512 * 1024;

/// No name of a member is longer.
const LONGEST_NAME: usize = 64;

/// How far back the beginning of a line is looked for, in bytes.
const LINE: usize = 4096;

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
    while c.wrapped() {}
    let below = memchr::memchr(b'\n', &c.bytes[begin..c.at]).is_some();
    if c.at > begin && c.at >= c.bytes.len() {
        return None;
    }
    if loose && closes(&c, place.floor) {
        return None;
    }
    if let Some(span) = doubled(&c).filter(|_| loose) {
        return Some(Raw {
            span,
            end: span.end,
            wrap: None,
            quoted: true,
            encoded,
            in_string: false,
            numbers: None,
        });
    }
    if let Some(quote) = c.quote() {
        let start = c.at;
        let span = quoted(&mut c, quote, loose).unwrap_or_else(|| Span::new(start, line_of(c.bytes, start)));
        let end = c.at.max(span.end);
        return Some(Raw { span, end, wrap: None, quoted: true, encoded, in_string: false, numbers: None });
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
        return Some(Raw {
            span: Span::new(start, end),
            end,
            wrap: None,
            quoted: true,
            encoded,
            in_string: false,
            numbers: None,
        });
    }
    if let Some(span) = bracketed(&c) {
        return Some(Raw {
            span,
            end: span.end + 1,
            wrap: None,
            quoted: true,
            encoded,
            in_string: false,
            numbers: None,
        });
    }
    // A wrapper around what is not quoted is part of the value, unless it is on a line of its own.
    let begin = if below { c.at } else { begin };
    c.at = begin;
    let end = if go_over_structure(&mut c, encoded) { c.at } else { bare(&mut c, encoded, loose) };
    if let Some(end) = quoted_behind_number(c, begin, place) {
        return Some(Raw {
            span: Span::new(begin, end),
            end,
            wrap,
            quoted: false,
            encoded,
            in_string: false,
            numbers: None,
        });
    }
    let end = match class {
        Class::Header if place.header => extend_header(c.bytes, begin, end),
        Class::Cookie => extend_cookie(c.bytes, end),
        Class::License => extend_license(c.bytes, begin, end),
        Class::Password if place.words => extend_words(c.bytes, begin, end),
        Class::Key | Class::Weak if encoded == 0 => extend_lines(c.bytes, begin, end),
        _ => end,
    };
    (end > begin).then(|| Raw {
        span: Span::new(begin, end),
        end,
        wrap,
        quoted: false,
        encoded,
        in_string: false,
        numbers: None,
    })
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

/// A value that was wrapped: its next lines are full of it.
fn extend_lines(bytes: &[u8], begin: usize, mut end: usize) -> usize {
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

/// Whether a quote after a name without quotes closes the text in which the name stands, rather than
/// opens a value: `"message":"no token:","n":1`. Passwords begin with `}`, `,` and blanks, too, so a
/// text has to be open, and what follows has to be how it goes on.
fn closes(c: &Cursor<'_>, floor: usize) -> bool {
    let mut next = *c;
    let Some(quote) = next.quote() else { return false };
    let line = &next.rest()[..line_end(next.bytes, next.at) - next.at];
    let lone = || !matches!(quote.mark, Mark::Byte(mark) if memchr::memchr(mark, line).is_some());
    if (goes_on(next.rest(), quote) || (matches!(next.peek(0), b' ' | b')') && lone()))
        && is_open(c, floor, quote)
    {
        return true;
    }
    // `"message":"token=\\","n":1`: backslashes that are escaped themselves say nothing of the quote.
    let plain = Quote { depth: 0, ..quote };
    quote.depth > 0
        && quote.depth.is_multiple_of(2)
        && goes_on(next.rest(), plain)
        && is_open(c, floor, plain)
}

/// Whether a quote of this kind is open at the cursor, by their number since the line, or the
/// string around it, began.
fn is_open(c: &Cursor<'_>, floor: usize, quote: Quote) -> bool {
    /// A line is not followed further back, where it would cost more than its look is worth.
    const BACK: usize = 4096;
    let Mark::Byte(mark) = quote.mark else { return true };
    let from = c.at.saturating_sub(BACK).max(floor);
    let before = &c.bytes[from..c.at];
    let begin = before.iter().rposition(|b| matches!(b, b'\n' | b'\r' | 0x1f));
    if begin.is_none() && from > floor {
        return true;
    }
    let line = &before[begin.map_or(0, |i| i + 1)..];
    // Backslashes of the text itself may stand before it, each of them escaped.
    let slashes = |i: usize| line[..i].iter().rev().take_while(|b| **b == b'\\').count();
    let same = |i: &usize| slashes(*i) % (2 * (quote.depth + 1)) == quote.depth;
    memchr::memchr_iter(mark, line).filter(same).count() % 2 == 1
}

/// The inside of a quote. A quote that nothing closes, or that runs over lines, reaches to its end all
/// the same, since what is cut off is no less secret; but not out of the text in which the name stands.
pub(super) fn quoted(c: &mut Cursor<'_>, quote: Quote, loose: bool) -> Option<Span> {
    let start = c.at;
    let Mark::Byte(mark) = quote.mark else { return c.quoted(quote) };
    let hay = &c.bytes[start..c.bytes.len().min(start + STRUCTURE)];
    let outer = |i: &usize| loose && (mark != b'"' || quote.depth > 0) && is_outer_quote(c.bytes, start + i);
    let mut lines = 0;
    for i in memchr::memchr3_iter(mark, b'"', b'\n', hay) {
        if hay[i] == b'\n' {
            // The next line belongs to it in any case, if the quote closes there, but for a next member.
            if begins_member(c.bytes, start, start + i)
                || (lines > 0 && !goes_on_below(c.bytes, start, start + i))
            {
                return None;
            }
            lines += 1;
            continue;
        }
        let slashes = hay[..i].iter().rev().take_while(|b| **b == b'\\').count();
        let closes = closes_at(slashes, quote.depth);
        if hay[i] == mark && closes {
            // The backslashes before those of the quote are of the text, each of them escaped.
            let own = slashes % (2 * (quote.depth + 1)) == quote.depth;
            let end = start + i - if own { quote.depth } else { slashes };
            // A quote of a lower depth closes what is around as well, and is left for it.
            c.at = if own { start + i + 1 } else { end };
            return Some(Span::new(start, end));
        }
        if hay[i] != mark && slashes == 0 && outer(&i) {
            c.at = start + i;
            return Some(Span::new(start, start + i));
        }
    }
    None
}

/// Whether a quote behind so many backslashes closes one that was opened behind `depth`, or one around it.
fn closes_at(slashes: usize, depth: usize) -> bool {
    let is_of = |depth: usize| slashes % (2 * (depth + 1)) == depth;
    // JSON in JSON has none, one, three, seven …
    let mut around = 0;
    while around < depth {
        if is_of(around) {
            return true;
        }
        around = 2 * around + 1;
    }
    is_of(depth)
}

/// The end of what stands on this line, without the backslash by which it goes on below.
fn line_of(bytes: &[u8], from: usize) -> usize {
    let end = line_end(bytes, from);
    let slashes = bytes[from..end].iter().rev().take_while(|b| **b == b'\\').count();
    if end < bytes.len() { end - slashes % 2 } else { end }
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    memchr::memchr2(b'\n', b'\r', &bytes[from..]).map_or(bytes.len(), |i| from + i)
}

/// What ends a value that is not quoted.
fn is_stop(b: u8) -> bool {
    MEANING[usize::from(b)] == STOP
}

/// What a byte may mean in a value that is not quoted: its end, or the begin of a sign of several bytes.
const STOP: u8 = 1;
const SIGN: u8 = 2;

/// As a table: most of a token's bytes mean nothing but themselves.
static MEANING: [u8; 256] = {
    let mut table = [0; 256];
    let mut b = 0;
    while b < 256 {
        let byte = b as u8;
        table[b] = match byte {
            b',' | b';' | b'&' | b'"' | b'\'' | b'`' | b')' | b']' | b'}' | b'<' | b'>' | b'|' | b'\\' => {
                STOP
            }
            _ if byte.is_ascii_whitespace() || byte.is_ascii_control() => STOP,
            b'%' | b'(' | b'[' | b'{' => SIGN,
            _ => 0,
        };
        b += 1;
    }
    table
};

/// The end of a value that is not quoted.
pub(super) fn bare(c: &mut Cursor<'_>, encoded: usize, loose: bool) -> usize {
    let begin = c.at;
    run(c, encoded, loose);
    // `Credentials { user: "…" }`: the name of a struct, and all that is in it and glued to it.
    let named = c.at > begin && c.bytes[begin..c.at].iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_');
    if named && c.rest().starts_with(b" {") {
        c.at += 1;
        run(c, encoded, loose);
    }
    c.at = c.at.min(c.bytes.len());
    c.at
}

/// Goes over words and structures that are glued together.
fn run(c: &mut Cursor<'_>, encoded: usize, loose: bool) {
    let begin = c.at;
    loop {
        c.at += c.rest().iter().take_while(|b| MEANING[usize::from(**b)] == 0).count();
        if c.at >= c.bytes.len() {
            break;
        }
        let b = c.peek(0);
        if matches!(b, b'(' | b'[' | b'{') {
            if !structure(c, loose) {
                return;
            }
            continue;
        }
        let mut next = *c;
        if next.colour() {
            // A colour that ends with the value is not part of it.
            if next.at >= c.bytes.len() || is_stop(next.peek(0)) {
                return;
            }
            c.at = next.at;
            continue;
        }
        if b == b'&' && encoded == 0 && is_inner_ampersand(&c.bytes[..begin], &c.rest()[1..]) {
            c.at += 1;
            continue;
        }
        let (byte, length, depth) = sign(c);
        let ends = if depth > 0 { depth == encoded && is_stop(byte) } else { length > 1 || is_stop(b) };
        if ends {
            return;
        }
        c.at += if depth > 0 { length } else { 1 };
    }
}

/// Whether a value that begins at `from` goes on behind a line end: the next line is written further in
/// than the one it begins on, or begins with what closes it. A line of a log that was cut off would take
/// the next ones with it otherwise.
fn goes_on_below(bytes: &[u8], from: usize, end: usize) -> bool {
    let further = indent(bytes, end + 1);
    let closes = |b: &u8| matches!(b, b'\n' | b'\r' | b')' | b']' | b'}' | b'"' | b'\'');
    further > indent(bytes, line_start(bytes, from)) || bytes.get(end + 1 + further).is_none_or(closes)
}

fn indent(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count()
}

fn line_start(bytes: &[u8], at: usize) -> usize {
    let before = &bytes[at.saturating_sub(LINE)..at];
    at - before.len() + memchr::memrchr(b'\n', before).map_or(0, |i| i + 1)
}

/// Whether the line behind a line end is the next member of a record that is written over lines, no further
/// in than the one with the value that begins at `from`: `name: …`, `name = …`, `- …`.
fn begins_member(bytes: &[u8], from: usize, end: usize) -> bool {
    let begin = end + 1 + indent(bytes, end + 1);
    let text = &bytes[begin..];
    let name = text
        .iter()
        .take(LONGEST_NAME)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
        .count();
    let is_member = match text[name..] {
        [b':', b' ' | b'\n' | b'\r', ..] | [b' ', b'=', b' ', ..] => name > 0,
        [b'=', next, ..] => name > 0 && !matches!(next, b'=' | b'\n' | b'\r'),
        _ => matches!(text, [b'-', b' ' | b'\n' | b'\r', ..]),
    };
    is_member && begin - (end + 1) <= indent(bytes, line_start(bytes, from))
}

/// Goes over a bracketed structure, to the end of the text where nothing closes it; false where the
/// text ends first in which the name stands.
pub(super) fn structure(c: &mut Cursor<'_>, loose: bool) -> bool {
    let floor = c.at;
    let mut depth = 0usize;
    while c.at < c.bytes.len() && c.at - floor < STRUCTURE {
        if loose && is_outer_quote(c.bytes, c.at) {
            return false;
        }
        if let Some(quote) = c.quote() {
            quoted(c, quote, loose);
            continue;
        }
        match c.peek(0) {
            // As many as stand before a quote were gone over with it.
            b'\\' => c.at += c.rest().iter().take_while(|b| **b == b'\\').count() - 1,
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'\n' if begins_member(c.bytes, floor, c.at) || !goes_on_below(c.bytes, floor, c.at) => break,
            _ => {}
        }
        c.at += 1;
        if depth == 0 {
            break;
        }
    }
    true
}

/// Whether a quote stands here that can only close: JSON goes on behind it.
fn is_outer_quote(bytes: &[u8], at: usize) -> bool {
    let outer = Quote { mark: Mark::Byte(b'"'), depth: 0 };
    bytes[at] == b'"'
        && (goes_on(&bytes[at + 1..], outer) || matches!(bytes[at + 1..], [b':', b'"' | b'{' | b'[', ..]))
}

/// Whether what stands behind a closing quote is how JSON goes on: its end, or all of a next element.
fn goes_on(text: &[u8], quote: Quote) -> bool {
    let closing = text.iter().take_while(|b| matches!(b, b'}' | b']')).count();
    match &text[closing..] {
        [] | [b'\n' | b'\r', ..] => true,
        [b',', next @ ..] => is_element(next.trim_ascii_start(), quote),
        // The string around that of the quote ends as well.
        rest if closing > 0 && quote.depth > 0 => { Cursor::new(rest, 0) }.quote().is_some(),
        _ => false,
    }
}

/// Whether a member of an object or an element of a list stands here, in such quotes.
fn is_element(text: &[u8], quote: Quote) -> bool {
    let end = |b: u8| matches!(b, b',' | b']' | b'}');
    let mut c = Cursor::new(&text[..text.len().min(LONGEST_NAME)], 0);
    if c.quote() == Some(quote) {
        return c.quoted(quote).is_some() && {
            c.blanks();
            c.peek(0) == b':' || end(c.peek(0))
        };
    }
    let word = text.iter().take(24).take_while(|b| b.is_ascii_alphanumeric() || **b == b'.').count();
    let scalar = [&b"true"[..], b"false", b"null"].contains(&&text[..word]);
    let number = word > 0 && text[..word].iter().all(|b| b.is_ascii_digit() || *b == b'.');
    match text {
        [b'{' | b'[', next, ..] => matches!(next, b'"' | b'\'' | b'\\' | b'{' | b'[' | b'}' | b']'),
        _ => (scalar || number) && text.get(word).is_some_and(|b| end(*b)),
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
fn extend_header(bytes: &[u8], begin: usize, end: usize) -> usize {
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
fn extend_cookie(bytes: &[u8], mut end: usize) -> usize {
    while bytes[end..].starts_with(b"; ") {
        let Some(next) = next_word(bytes, end + 1) else { break };
        end = next.end;
    }
    end
}

/// A password of several words, to the end of the line or to what cannot be one: a next field, a flag,
/// a sign that ends values. What is shown of a sentence behind a password is worth less than what is
/// shown of a password of several words.
fn extend_words(bytes: &[u8], begin: usize, mut end: usize) -> usize {
    if !super::is_secret(&bytes[begin..end], Class::Password, false) {
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
fn begins_field(word: &[u8]) -> bool {
    let name = word.iter().take_while(|b| b.is_ascii_alphanumeric() || b"_.-".contains(b)).count();
    let named = word[0].is_ascii_alphabetic() || word[0] == b'_';
    word[0] == b'-' || (named && matches!(word.get(name), Some(b'=' | b':')))
}

/// A license has a comma in it.
fn extend_license(bytes: &[u8], begin: usize, end: usize) -> usize {
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

/// How many bytes here may belong to a key.
pub(super) fn key_run(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| KEY[usize::from(**b)] & 1 != 0).count()
}

/// How many bytes here may belong to a key or to a token with its dots.
pub(super) fn token_run(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| KEY[usize::from(**b)] != 0).count()
}

/// 1 for the bytes of keys, 2 for those that only tokens have.
static KEY: [u8; 256] = {
    let mut table = [0; 256];
    let mut b = 0;
    while b < 256 {
        table[b] = match b as u8 {
            b'+' | b'/' | b'_' | b'=' | b'-' => 1,
            b'.' | b'*' => 2,
            byte => byte.is_ascii_alphanumeric() as u8,
        };
        b += 1;
    }
    table
};

/// Whether a text of letters, digits and few signs looks drawn by chance: capitals, small letters and digits
/// take turns more often than in words with numbers.
pub(super) fn is_drawn(text: &[u8]) -> bool {
    let kind = |b: &u8| match b {
        b'0'..=b'9' => 1,
        b'a'..=b'z' => 2,
        b'A'..=b'Z' => 3,
        _ => 0,
    };
    let text = &text[..text.len().min(64)];
    let has = |wanted: u8| text.iter().any(|b| kind(b) == wanted);
    let turns = text.windows(2).filter(|pair| kind(&pair[0]) != kind(&pair[1])).count();
    (has(2) || has(3)) && (has(1) || (has(2) && has(3))) && turns * 4 >= text.len()
}
