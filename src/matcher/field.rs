//! Fields of a log: a name that says "secret" and the value behind it, whatever the value looks like.
//!
//! Rules ask whether a value is random enough to be a key, because code is full of names. A log is
//! not code: what stands under `password` there is a password, so everything is taken that the forms
//! of logs allow: JSON at any depth, logfmt, headers, URLs and forms (percent-encoded, too), flags,
//! Debug structs, colour codes in between. In doubt the value ends later rather than earlier.

use super::cursor::{Cursor, Mark, Quote};
use super::name::{identifier, segment};
use crate::prefilter::{Core, common};
use crate::text::{self, Span};

/// What kind of secret a name announces: decides how much of the value a mask may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// A key or token: first and last characters help to correlate.
    Key,
    /// A password: people choose them, so every character shown is a hint.
    Password,
    /// `<device_id>,<secret>`; words such as `MIT` under this name are none.
    License,
    /// `authorization`: a scheme word may come first.
    Header,
    /// `cookie`: pairs, joined by `; `.
    Cookie,
    /// An identifier that stays readable, whatever it looks like.
    Keep,
}

/// The names, normalised and sorted.
#[derive(Debug, Default, Clone)]
pub(crate) struct Fields {
    names: Vec<(Box<[u8]>, Class)>,
    /// For each hash the names of it, as a bit for each of the first 128 and then all the rest.
    places: Vec<u128>,
    /// Each as it was given, in words.
    words: Vec<Vec<Vec<u8>>>,
}

/// A value that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field {
    /// The value, without quotes and scheme words; empty where nothing is to be hidden.
    pub(crate) span: Span,
    /// The name.
    pub(crate) name: Span,
    /// It is a mask already.
    pub(crate) masked: bool,
    /// How far the field goes: what stands before needs no second look.
    pub(crate) end: usize,
    /// What the name announces.
    pub(crate) class: Class,
    /// A value without quotes among JSON: its mask needs them, with so many backslashes.
    pub(crate) wrap: Option<(u8, usize)>,
}

impl Field {
    /// Whether the value looks like a whole key, or like the mask of one: then there is no other.
    pub(crate) fn is_key(&self, bytes: &[u8]) -> bool {
        self.masked || (self.span.len() >= 16 && key_run(&bytes[self.span.range()]) == self.span.len())
    }
}

/// How many hashes of names are told apart.
const PLACES: usize = 256;

/// The hash of a folded name.
fn place(folded: &[u8]) -> usize {
    let (first, last) = (folded[0], folded[folded.len() - 1]);
    let middle = folded[folded.len() / 2];
    let mixed = u32::from_le_bytes([first, last, middle, folded.len() as u8]).wrapping_mul(0x9e37_79b1);
    (mixed >> 24) as usize
}

/// The longest name that is compared.
const LONGEST: usize = 64;

/// The longest structure that is followed to its end, in bytes.
const STRUCTURE: usize = 64 * 1024;

impl Fields {
    /// Of names with their classes; of two of the same name the last counts.
    pub(crate) fn new<'n>(names: impl IntoIterator<Item = (&'n str, Class)>) -> Self {
        let mut map = std::collections::BTreeMap::new();
        let mut all = Vec::new();
        for (name, class) in names {
            if let Some(folded) = fold(name.as_bytes(), &mut [0; LONGEST]) {
                map.insert(Box::from(folded), class);
                all.push(words(name));
            }
        }
        let names: Vec<(Box<[u8]>, Class)> = map.into_iter().collect();
        let mut places = vec![0; PLACES];
        for (i, (name, _)) in names.iter().enumerate() {
            places[place(name)] |= 1 << i.min(127);
        }
        Self { names, places, words: all }
    }

    /// The class of a name, by its last dotted segment.
    pub(crate) fn class(&self, name: &[u8]) -> Option<Class> {
        let last = segment(name, Span::new(0, name.len()));
        self.exact(&name[last.range()])
    }

    fn exact(&self, segment: &[u8]) -> Option<Class> {
        let mut buffer = [0; LONGEST];
        let folded = fold(segment, &mut buffer)?;
        let mut bits = *self.places.get(place(folded))?;
        while bits != 0 {
            let i = bits.trailing_zeros() as usize;
            // The last bit stands for all that are left.
            let range = if i < 127 { i..i + 1 } else { i..self.names.len() };
            let found = self.names[range].iter().find(|(name, _)| **name == *folded);
            if let Some((_, class)) = found {
                return Some(*class);
            }
            bits &= bits - 1;
        }
        None
    }

    /// The four bytes by which the prefilter wakes: of a single word those that most names share, of
    /// several the rarest joint of two, however they are joined, since the words alone are too common.
    /// `known` tells cores that wake anyway. The fewer there are, the less the prefilter lets pass.
    pub(crate) fn cores(&self, known: impl Fn([u8; 4]) -> bool) -> Vec<Core> {
        let byte = |b: &u8| vec![*b];
        let holds = |word: &[u8], four: &[u8]| word.windows(4).any(|w| w == four);
        let singles = || self.words.iter().filter(|words| words.len() == 1).map(|words| &words[0]);
        let mut out: Vec<Core> = Vec::new();
        for words in &self.words {
            match &words[..] {
                [word] if word.len() >= 4 => {
                    let sharing = |four: &[u8]| {
                        let here = four.first_chunk().is_some_and(|f| known(*f));
                        usize::from(here) * 100 + singles().filter(|w| holds(w, four)).count()
                    };
                    let rare = |four: &[u8]| four.iter().map(|b| common(*b)).product::<u64>();
                    let best = word.windows(4).max_by_key(|w| (sharing(w), std::cmp::Reverse(rare(w))));
                    out.extend(best.and_then(|w| w.first_chunk::<4>()).map(|c| c.map(|b| vec![b])));
                }
                // A short name wakes together with a sign that may follow it.
                [word] => {
                    let padded = word.iter().map(byte).chain([BEHIND.to_vec()]).collect::<Vec<_>>();
                    out.extend(padded.last_chunk::<4>().cloned());
                }
                // It is woken as the name that one of its words is.
                [_, _, ..] if words.iter().any(|w| w.len() >= 4 && singles().any(|s| s == w)) => {}
                [_, _, ..] => out.extend(words.windows(2).flat_map(joints).min_by_key(share)),
                [] => {}
            }
        }
        out
    }

    /// The field around a hit of the prefilter.
    pub(crate) fn at(&self, bytes: &[u8], hit: usize) -> Option<Field> {
        let run = bare_name(bytes, hit)?;
        let class = self.exact(&bytes[segment(bytes, run).range()])?;
        let value = after(bytes, run, class)?;
        Some(settle(bytes, run, value, class))
    }
}

/// The words of a name, in lower case: split at signs and humps.
fn words(name: &str) -> Vec<Vec<u8>> {
    let mut all = vec![Vec::new()];
    let mut before = b'_';
    for b in name.bytes() {
        if b.is_ascii_uppercase() && before.is_ascii_lowercase() || matches!(b, b'_' | b'-') {
            all.push(Vec::new());
        }
        if !matches!(b, b'_' | b'-')
            && let Some(word) = all.last_mut()
        {
            word.push(b.to_ascii_lowercase());
        }
        before = b;
    }
    all.retain(|w| !w.is_empty());
    all
}

/// What may follow a name.
const BEHIND: &[u8] = b"=:\"'\\ %\x1b]";

/// The cores of two words, joined by a sign or glued together: the first word's end with what follows,
/// and what stands before the second word with its beginning.
fn joints(pair: &[Vec<u8>]) -> Vec<Core> {
    let [first, last] = pair else { return Vec::new() };
    let tail = &first[first.len().saturating_sub(3)..];
    let spelled = [&b"_"[..], b"-", b""].map(|sign| [tail, sign, last].concat());
    let begins = std::array::from_fn(|i| {
        let mut class: Vec<u8> = spelled.iter().filter_map(|s| s.get(i).copied()).collect();
        class.sort_unstable();
        class.dedup();
        class
    });
    let mut out = vec![begins];
    if let ([a, b, c, ..], [.., z]) = (&last[..], &first[..]) {
        out.push([vec![b'_', b'-', *z], vec![*a], vec![*b], vec![*c]]);
    }
    out
}

/// How much of common text a core lets pass.
fn share(core: &Core) -> u64 {
    core.iter().map(|class| class.iter().map(|b| common(*b)).sum::<u64>()).product()
}

/// Lower case, without `_` and `-`; nothing where it is too long to be a name.
fn fold<'b>(text: &[u8], buffer: &'b mut [u8; LONGEST]) -> Option<&'b [u8]> {
    let mut length = 0;
    for &b in text {
        if !matches!(b, b'_' | b'-') {
            *buffer.get_mut(length)? = b.to_ascii_lowercase();
            length += 1;
        }
    }
    (length > 0).then_some(&buffer[..length])
}

/// The identifier around a hit, without the end of an escape that is glued to it.
fn bare_name(bytes: &[u8], hit: usize) -> Option<Span> {
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

/// One sign, perhaps encoded: the byte it stands for, its length, and how often it is encoded.
fn sign(c: &Cursor<'_>) -> (u8, usize, usize) {
    let hex = |pair: &[u8]| {
        let digit = |b: u8| char::from(b).to_digit(16).map(|d| d as u8);
        Some(digit(*pair.first()?)? * 16 + digit(*pair.get(1)?)?)
    };
    let rest = c.rest();
    match rest {
        [b'%', tail @ ..] => {
            let nested = tail.chunks(2).take(8).take_while(|pair| *pair == b"25").count();
            match tail.get(nested * 2..).and_then(hex) {
                Some(byte) => (byte, 3 + nested * 2, nested + 1),
                None => (b'%', 1, 0),
            }
        }
        [b'\\', ..] => {
            let slashes = rest.iter().take(16).take_while(|b| **b == b'\\').count();
            match rest[slashes..].strip_prefix(b"u00").and_then(hex) {
                Some(byte) => (byte, slashes + 5, 0),
                None => (b'\\', 1, 0),
            }
        }
        _ => (c.peek(0), 1, 0),
    }
}

/// A value as the text has it.
struct Raw {
    span: Span,
    /// Where the field ends, closing quotes included or not.
    end: usize,
    wrap: Option<(u8, usize)>,
    quoted: bool,
    /// How many times the text is percent-encoded.
    encoded: usize,
}

/// Reads on after a name: what closes, the separator, the value.
fn after(bytes: &[u8], name: Span, class: Class) -> Option<Raw> {
    let mut c = Cursor::new(bytes, name.end);
    let mut closed = None;
    let mut encoded = 0;
    loop {
        if let Some(quote) = c.quote() {
            closed = Some(quote);
        } else if !c.colour() {
            match sign(&c) {
                (b'"' | b'\'', length, depth) if length > 1 => {
                    encoded = depth;
                    c.at += length;
                }
                (b']', length, _) => c.at += length,
                _ => break,
            }
        }
    }
    let gap_from = c.at;
    c.blanks();
    let gap = c.at > gap_from;
    let mut pair = false;
    let colon = match sign(&c) {
        (b'=', length, depth) => {
            encoded = encoded.max(depth);
            c.at += length;
            c.at += c.rest().iter().take(2).take_while(|b| matches!(b, b'=' | b'>')).count();
            if !gap && is_empty_here(&c) {
                return None;
            }
            false
        }
        (b':', length, depth) => {
            encoded = encoded.max(depth);
            c.at += length;
            if c.peek(0) == b':' || c.rest().starts_with(b"//") {
                return None;
            }
            c.at += usize::from(c.peek(0) == b'=');
            true
        }
        (b',', _, _) if is_pair(bytes, name, closed) => {
            c.at += 1;
            c.blanks();
            { c }.quote()?;
            pair = true;
            false
        }
        _ if gap && closed.is_none() && bytes[..name.start].ends_with(b"--") => false,
        // `IDENTIFIED WITH PASSWORD 'x'`
        (b'\'' | b'"', ..) if gap && closed.is_none() && class == Class::Password => false,
        _ => return None,
    };
    let at_separator = c.at;
    c.blanks();
    let blank = c.at > at_separator;
    let broken = encoded == 0 && c.line_end();
    if broken && !begins_well(&c, bytes, name) {
        return None;
    }
    // `app::token: text`: where a record of a log comes from.
    if colon && blank && closed.is_none() && bytes[..name.start].ends_with(b"::") {
        return None;
    }
    if colon && blank && closed.is_none() && !matches!(class, Class::Password) && is_prose(bytes, name, &c) {
        return None;
    }
    // Only then is it the name of a member, and not a word in a text.
    let framed = closed.filter(|quote| (colon || pair) && is_opened(bytes, name, *quote).is_some());
    let wrap = framed.filter(|_| colon).and_then(|quote| match quote.mark {
        Mark::Byte(mark) => Some((mark, quote.depth)),
        _ => None,
    });
    let loose = framed.is_none();
    value(c, wrap, encoded, (colon && loose, loose), class)
}

/// `token= user=bob`: the value is empty, and the next field begins.
fn is_empty_here(c: &Cursor<'_>) -> bool {
    let mut next = *c;
    next.blanks();
    let word = next.rest().iter().take(80).take_while(|b| !b.is_ascii_whitespace());
    next.at > c.at && { next }.quote().is_none() && word.clone().any(|b| *b == b'=')
}

/// Where the quote stands that opens before a name what `quote` closes.
fn is_opened(bytes: &[u8], name: Span, quote: Quote) -> Option<usize> {
    let Mark::Byte(mark) = quote.mark else { return Some(name.start) };
    let before = bytes[..name.start].strip_suffix(&[mark])?;
    let slashes = before.iter().rev().take_while(|b| **b == b'\\').count();
    (slashes == quote.depth).then_some(before.len() - slashes)
}

/// `("authorization", "Bearer …")`: name and value as a pair.
fn is_pair(bytes: &[u8], name: Span, closed: Option<Quote>) -> bool {
    let opened = closed.and_then(|quote| is_opened(bytes, name, quote));
    opened.is_some_and(|at| matches!(bytes[..at].last(), Some(b'(' | b'[')))
}

/// Whether a value may begin on the line after its name: a quoted one, a wrapped one, or an indented
/// one that has the line for itself.
fn begins_well(c: &Cursor<'_>, bytes: &[u8], name: Span) -> bool {
    if { *c }.quote().is_some() || { *c }.wrapped() {
        return true;
    }
    let indent =
        |at: usize| bytes[..at].iter().rev().take(256).take_while(|b| matches!(b, b' ' | b'\t')).count();
    let word = c.rest().iter().take(512).take_while(|b| b.is_ascii_graphic()).count();
    let text = &c.rest()[..word];
    let alone = matches!(c.rest().get(word), None | Some(b'\n' | b'\r'));
    let mapped = text.contains(&b':') || text.starts_with(b"-");
    alone && word >= 8 && !mapped && indent(c.at) > indent(name.start)
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

impl Cursor<'_> {
    /// Goes over what wraps a value in Debug output and in code: `Some(`, `Ok(`, `b` before a quote.
    fn wrapped(&mut self) -> bool {
        if matches!(self.peek(0), b'b' | b'r' | b'u' | b'@') && matches!(self.peek(1), b'"' | b'\'') {
            self.at += 1;
            return true;
        }
        let word =
            self.rest().iter().take(64).take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
        let open = word > 0 && self.peek(word) == b'(';
        if open {
            self.at += word + 1;
            self.space(2);
        }
        open
    }
}

/// The value at the cursor.
fn value(
    mut c: Cursor<'_>,
    wrap: Option<(u8, usize)>,
    encoded: usize,
    (header, loose): (bool, bool),
    class: Class,
) -> Option<Raw> {
    let begin = c.at;
    while c.wrapped() {}
    if loose && closes(&c) {
        return None;
    }
    if let Some(quote) = c.quote() {
        let start = c.at;
        let span = quoted(&mut c, quote, loose).unwrap_or_else(|| Span::new(start, line_end(c.bytes, start)));
        let end = c.at.max(span.end);
        return Some(Raw { span, end, wrap: None, quoted: true, encoded });
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
        return Some(Raw { span: Span::new(start, end), end, wrap: None, quoted: true, encoded });
    }
    // A wrapper around what is not quoted is part of the value.
    c.at = begin;
    let end = bare(&mut c, encoded, loose);
    let end = match class {
        Class::Header if header => extend_header(c.bytes, begin, end),
        Class::Cookie => extend_cookie(c.bytes, end),
        Class::License => extend_license(c.bytes, begin, end),
        _ => end,
    };
    (end > begin).then(|| Raw { span: Span::new(begin, end), end, wrap, quoted: false, encoded })
}

/// Whether a quote after a name without quotes closes the text in which the name stands, rather than
/// opens a value: `"message":"no token:","n":1`. Passwords begin with `}`, `,` and blanks, too, so what
/// follows has to be more than one sign.
fn closes(c: &Cursor<'_>) -> bool {
    let mut next = *c;
    let Some(quote) = next.quote() else { return false };
    let line = &next.rest()[..line_end(next.bytes, next.at) - next.at];
    let lone = || !matches!(quote.mark, Mark::Byte(mark) if memchr::memchr(mark, line).is_some());
    goes_on(next.rest(), quote) || (matches!(next.peek(0), b' ' | b')') && lone())
}

/// The inside of a quote. A quote that nothing closes, or that runs over lines, reaches to its end all
/// the same, since what is cut off is no less secret; but not out of the text in which the name stands.
fn quoted(c: &mut Cursor<'_>, quote: Quote, loose: bool) -> Option<Span> {
    let start = c.at;
    let Mark::Byte(mark) = quote.mark else { return c.quoted(quote) };
    let hay = &c.bytes[start..c.bytes.len().min(start + STRUCTURE)];
    let outer = |i: &usize| loose && (mark != b'"' || quote.depth > 0) && is_outer_quote(c.bytes, start + i);
    for i in memchr::memchr2_iter(mark, b'"', hay) {
        let slashes = hay[..i].iter().rev().take_while(|b| **b == b'\\').count();
        let closes = if quote.depth == 0 { slashes.is_multiple_of(2) } else { slashes <= quote.depth };
        if hay[i] == mark && closes {
            let end = start + i - if quote.depth == 0 { 0 } else { slashes };
            // A quote of a lower depth closes what is around as well, and is left for it.
            c.at = if slashes == quote.depth || quote.depth == 0 { start + i + 1 } else { end };
            return Some(Span::new(start, end));
        }
        if hay[i] != mark && slashes == 0 && outer(&i) {
            c.at = start + i;
            return Some(Span::new(start, start + i));
        }
    }
    None
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    memchr::memchr2(b'\n', b'\r', &bytes[from..]).map_or(bytes.len(), |i| from + i)
}

/// What ends a value that is not quoted.
fn is_stop(b: u8) -> bool {
    b.is_ascii_whitespace() || b.is_ascii_control() || b",;&\"'`)]}<>|\\".contains(&b)
}

/// The end of a value that is not quoted.
fn bare(c: &mut Cursor<'_>, encoded: usize, loose: bool) -> usize {
    let begin = c.at;
    while c.at < c.bytes.len() {
        let b = c.peek(0);
        if matches!(b, b'(' | b'[' | b'{') {
            if !structure(c, loose) {
                break;
            }
            continue;
        }
        let mut next = *c;
        if next.colour() {
            // A colour that ends with the value is not part of it.
            if next.at >= c.bytes.len() || is_stop(next.peek(0)) {
                break;
            }
            c.at = next.at;
            continue;
        }
        let (byte, length, depth) = sign(c);
        let ends = if depth > 0 { depth == encoded && is_stop(byte) } else { length > 1 || is_stop(b) };
        if ends {
            break;
        }
        c.at += if depth > 0 { length } else { 1 };
    }
    // `Credentials { user: "…" }`: the name of a struct, and all that is in it.
    let named = c.at > begin && c.bytes[begin..c.at].iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_');
    if named && c.rest().starts_with(b" {") {
        c.at += 1;
        structure(c, loose);
    }
    c.at = c.at.min(c.bytes.len());
    c.at
}

/// Goes over a bracketed structure, to the end of the text where nothing closes it; false where the
/// text ends first in which the name stands.
fn structure(c: &mut Cursor<'_>, loose: bool) -> bool {
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
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
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
    let mut c = Cursor::new(&text[..text.len().min(LONGEST)], 0);
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
fn next_word(bytes: &[u8], from: usize) -> Option<Span> {
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
    let key = key_run(&bytes[end + comma..]);
    if is_id && key >= 16 { end + comma + key } else { end }
}

/// The body of a private key's PEM block around `-BEG`, whichever kind of key it is; to the end of the
/// text where it is cut off. Empty where it is masked already.
pub(crate) fn pem(bytes: &[u8], at: usize) -> Option<Span> {
    let label = bytes[at..].strip_prefix(b"-BEGIN ")?;
    let kind = label.iter().take(32).take_while(|b| b.is_ascii_uppercase() || **b == b' ').count();
    if !label[..kind].ends_with(b"PRIVATE KEY") || !label[kind..].starts_with(b"-----") {
        return None;
    }
    let start = at + b"-BEGIN ".len() + kind + 5;
    let rest = &bytes[start..];
    let armour = memchr::memchr_iter(b'-', rest).find(|&i| rest[i..].starts_with(b"-----END "));
    let body = Span::new(start, start + armour.unwrap_or(rest.len()));
    let masked = body.is_empty() || text::is_mask(bytes[body.range()].trim_ascii());
    Some(if masked { Span::new(body.end, body.end) } else { body })
}

/// How many bytes here may belong to a key.
fn key_run(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| b.is_ascii_alphanumeric() || b"+/_=-".contains(b)).count()
}

/// The length of a scheme word whose value is the secret: it stays readable.
pub(crate) fn scheme(text: &[u8]) -> Option<usize> {
    let word = text.iter().take(8).take_while(|b| b.is_ascii_alphabetic()).count();
    let known = text[..word].eq_ignore_ascii_case(b"bearer") || text[..word].eq_ignore_ascii_case(b"basic");
    known.then_some(word)
}

/// Narrows a value to what has to be hidden.
fn settle(bytes: &[u8], name: Span, raw: Raw, class: Class) -> Field {
    let mut span = raw.span;
    let mut end = raw.end;
    if let Some(word) = scheme(&bytes[span.range()]) {
        if raw.quoted {
            let gap = bytes[span.start + word..span.end].iter().take_while(|b| **b == b' ').count();
            span.start += if gap > 0 && word + gap < span.len() { word + gap } else { 0 };
        } else if word == span.len() {
            if let Some(next) = next_word(bytes, span.end) {
                (span, end) = (next, next.end);
            }
        } else if raw.encoded > 0 || matches!(bytes[span.start + word], b'+' | b'%') {
            let blank = &bytes[span.start + word..span.end];
            let nested = blank.iter().take(1).filter(|b| **b == b'+').count();
            let escape = sign(&Cursor::new(bytes, span.start + word));
            let gap = if nested > 0 {
                1
            } else if escape.0 == b' ' {
                escape.1
            } else {
                0
            };
            span.start += if gap > 0 && word + gap < span.len() { word + gap } else { 0 };
        }
    }
    let value = &bytes[span.range()];
    let masked = text::is_mask(value);
    if !is_secret(value, class, raw.quoted) {
        span.end = span.start;
    }
    Field { span, name, masked, end, class, wrap: raw.wrap.filter(|_| !raw.quoted) }
}

/// Whether there is anything to hide in a value of this class.
pub(crate) fn is_secret(value: &[u8], class: Class, quoted: bool) -> bool {
    const NOTHING: [&[u8]; 5] = [b"null", b"None", b"nil", b"undefined", b"Null"];
    if class == Class::Keep
        || value.is_empty()
        || text::is_mask(value)
        || (!quoted && NOTHING.contains(&value))
        // As formatters write Debug into a string of JSON.
        || value == b"None"
    {
        return false;
    }
    // The name says "license" of software, too: a secret has a comma or a run of key bytes.
    class != Class::License
        || value.contains(&b',')
        || value.windows(3).any(|w| w.eq_ignore_ascii_case(b"%2c"))
        || value.split(|b| !(b.is_ascii_alphanumeric() || b"+/_=".contains(b))).any(|run| run.len() >= 16)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use super::*;

    fn fields() -> Fields {
        Fields::new([
            ("token", Class::Key),
            ("secret_key", Class::Key),
            ("password", Class::Password),
            ("license", Class::License),
            ("authorization", Class::Header),
            ("cookie", Class::Cookie),
            ("remote_id", Class::Keep),
        ])
    }

    /// The value of the first field in the text.
    fn hidden(text: &str) -> Option<&str> {
        let f = fields();
        let field = (0..text.len()).find_map(|at| f.at(text.as_bytes(), at))?;
        (!field.span.is_empty()).then(|| text.get(field.span.range()).unwrap())
    }

    #[test]
    fn values_are_found_in_the_forms_of_logs() {
        for text in [
            "token=KEY0",
            "token=KEY0 user=bob",
            "a.b.sEcReT-kEy=KEY0",
            "token: KEY0, device_id: d",
            "secretKey=>KEY0",
            "\"token\":\"KEY0\"",
            "{\\\"token\\\":\\\"KEY0\\\"}",
            "Some(X { token: Some(\"KEY0\") })",
            "X {\n    token: Some(\n        \"KEY0\",\n    ),\n}",
            "\x1b[3mtoken\x1b[0m\x1b[2m=\x1b[0mKEY0",
            "GET /x?token=KEY0&x=1",
            "token%3DKEY0%26x=1",
            "%22token%22%3A%22KEY0%22%7D",
            "token%253DKEY0%2526x",
            "authorization: Basic KEY0",
            "authorization=Bearer KEY0 user=bob",
            "\"authorization\": \"Bearer KEY0\"",
            "(\"authorization\", \"KEY0\")",
            "--password KEY0 x",
            "WITH PASSWORD 'KEY0' VALID",
            "token=\\u0022KEY0\\u0022",
            "token\\u003dKEY0\\u0026x=1",
            "token:\n  'KEY0'",
        ] {
            let found = hidden(text).map(|v| v.trim_start_matches("\\u0022"));
            assert_eq!(found, Some("KEY0"), "{text:?}");
        }
    }

    #[test]
    fn structures_are_hidden_whole() {
        assert_eq!(hidden("token=[1, 2, 3] x"), Some("[1, 2, 3]"));
        assert_eq!(hidden("token: Token { a: \"x}\", b: 1 } x"), Some("Token { a: \"x}\", b: 1 }"));
        assert_eq!(hidden("cookie: a=b; c=d x"), Some("a=b; c=d"));
        assert_eq!(hidden("password=\"},x: 1\" y"), Some("},x: 1"));
        assert_eq!(hidden("password=\",x\" y"), Some(",x"));
        assert_eq!(hidden("password=\"]\" y"), Some("]"));
        assert_eq!(hidden("\"token\":12345,"), Some("12345"));
        assert_eq!(hidden("\"token\":\"cut off"), Some("cut off"));
    }

    #[test]
    fn what_is_no_value_stays() {
        for text in [
            "token_count=5",
            "max_tokens: 5",
            "tokenizer=x",
            "token= user=bob",
            "token=null",
            "token: None",
            "token::parse",
            "license: MIT",
            "license=Apache-2.0",
            "remote_id=KEY0",
            "invalid token: signature mismatch",
            "token=ab12****cd34",
            "token=\"\"",
            "bad token, sorry",
            "token",
            r#"{"message":"password=","code":17}"#,
            r#"{"fields":{"message":"got token="},"code":17}"#,
            r#"{"list":["password=",17,"token=",null]}"#,
            r#"{"message":"password="}"#,
            r#"{"token":"None"}"#,
            "INFO app::token: refreshed",
        ] {
            assert_eq!(hidden(text), None, "{text:?}");
        }
    }
}
