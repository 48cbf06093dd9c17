//! Text as people see it: spans, masks, and what may go to a terminal.
//!
//! This is the only place that makes a mask, so the promise "never more of a secret than its mask"
//! has one file to be checked in.

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

/// A half-open range of bytes of a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// The span from `start` up to, not including, `end`.
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end, "a span does not run backwards");
        Self { start, end }
    }

    /// How many bytes.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// True where there is nothing in it.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The range, for indexing.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// True where the two share a byte.
    pub fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// A table of bytes in which those of `signs` are true: for loops over every byte of a text.
pub(crate) const fn byte_table(signs: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut i = 0;
    while i < signs.len() {
        table[signs[i] as usize] = true;
        i += 1;
    }
    table
}

/// The same with letters and digits.
pub(crate) const fn word_table(signs: &[u8]) -> [bool; 256] {
    let mut table = byte_table(signs);
    let mut b = 0;
    while b < 256 {
        table[b] |= (b as u8).is_ascii_alphanumeric();
        b += 1;
    }
    table
}

/// What a key or a token consists of; more than these only where something says how far the value goes.
pub(crate) fn is_key_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric()
        || matches!(b, b'+' | b'/' | b'=' | b'_' | b'-' | b'.' | b'~' | b'!' | b'*' | b'^')
}

/// What stands for the hidden part. Its length is fixed, so it tells nothing of the secret's.
pub const STARS: &str = "****";

/// Masks a secret: `****`, with 4 + 4 characters shown from 24 characters on, 2 + 2 from 16 on, none below.
///
/// Bytes that are not UTF-8 count as one character each run and are shown as `?`; control and
/// bidirectional characters are shown as `?` too, so a mask is always safe to print.
///
/// ```
/// use scrubjay::text::mask;
/// assert_eq!(mask(b"short"), "****");
/// assert_eq!(mask(b"0123456789abcdef"), "01****ef");
/// assert_eq!(mask(b"0123456789abcdef01234567"), "0123****4567");
/// ```
pub fn mask(secret: &[u8]) -> String {
    let text = String::from_utf8_lossy(secret);
    let shown = match text.chars().count() {
        24.. => 4,
        16.. => 2,
        _ => 0,
    };
    let plain = |c: char| if c == char::REPLACEMENT_CHARACTER || is_unprintable(c) { '?' } else { c };
    let head: String = text.chars().take(shown).map(plain).collect();
    let mut tail: Vec<char> = text.chars().rev().take(shown).map(plain).collect();
    tail.reverse();
    let mut out = head;
    out.push_str(STARS);
    out.extend(tail);
    out
}

/// Masks a license `<device_id>,<device_secret_key>`: the device id is an identifier and stays.
///
/// ```
/// use scrubjay::text::mask_license;
/// let license = ["TIRA1B2C3D4E", &"k9".repeat(16)].join(",");
/// assert_eq!(mask_license(license.as_bytes()), "TIRA1B2C3D4E,k9k9****k9k9");
/// ```
pub fn mask_license(license: &[u8]) -> String {
    match license.iter().position(|&b| b == b',') {
        Some(comma) => {
            let id = String::from_utf8_lossy(&license[..comma]);
            format!("{},{}", printable(&id), mask(&license[comma + 1..]))
        }
        None => mask(license),
    }
}

/// Appends the mask of a secret to bytes: as [`mask`], but with nothing shown that could end a string or
/// an escape where the mask is put in the secret's place. Allocates only where `out` has to grow.
///
/// ```
/// let mut out = Vec::new();
/// scrubjay::text::mask_into(b"0123456789abcdef", &mut out);
/// scrubjay::text::mask_into(b"\"quoted\" and long enough", &mut out);
/// assert_eq!(out, b"01****ef****");
/// ```
pub fn mask_into(secret: &[u8], out: &mut Vec<u8>) {
    let shown = match secret.len() {
        24.. => 4,
        16.. => 2,
        _ => 0,
    };
    let (head, tail) = (&secret[..shown], &secret[secret.len() - shown..]);
    let plain = head.iter().chain(tail).all(|&b| is_shown(b));
    out.extend_from_slice(if plain { head } else { b"" });
    out.extend_from_slice(STARS.as_bytes());
    out.extend_from_slice(if plain { tail } else { b"" });
}

/// Whether text is a mask already: at most four characters, `****`, at most four characters; before it
/// perhaps an identifier with a comma, as in the mask of a license. Or stars alone.
pub fn is_mask(text: &[u8]) -> bool {
    let text = untagged(text);
    // Asked of every value, so what cannot be one is told by two of its last bytes: wherever the stars
    // begin, they cover one of them.
    let star = |back: usize| text.len().checked_sub(back).is_some_and(|at| text[at] == b'*');
    // As long as what it hides, where lengths count.
    if star(1) && text.iter().all(|b| *b == b'*') {
        return true;
    }
    if !star(4) && !star(5) {
        return false;
    }
    let ends = |tail: &usize| text.len() >= tail + 4 && text[..text.len() - tail].ends_with(STARS.as_bytes());
    let Some(tail) = (0..=4).rev().find(ends) else { return false };
    let (before, tail) = (&text[..text.len() - tail - STARS.len()], &text[text.len() - tail..]);
    let public = if before.len() <= 4 { 0 } else { public_id(before).unwrap_or(0) };
    let head = &before[public..];
    head.len() <= 4 && head.iter().chain(tail).all(|&b| is_shown(b))
}

/// A mask without the tag that tells equal secrets: `****#a1b2c3d4`.
fn untagged(text: &[u8]) -> &[u8] {
    match text.split_last_chunk::<9>() {
        Some((mask, [b'#', tag @ ..])) if mask.ends_with(STARS.as_bytes()) => {
            if tag.iter().all(u8::is_ascii_hexdigit) { mask } else { text }
        }
        _ => text,
    }
}

/// How many bytes of a license are its public identifier and the comma behind it, which a URL writes as
/// `%2C`.
pub(crate) fn public_id(text: &[u8]) -> Option<usize> {
    let id = text.iter().take(65).take_while(|b| b.is_ascii_alphanumeric() || b"-_".contains(b)).count();
    match text[id..] {
        _ if !(1..=64).contains(&id) => None,
        [b',', ..] => Some(id + 1),
        [b'%', b'2', b'c' | b'C', ..] => Some(id + 3),
        _ => None,
    }
}

/// The byte that two hex digits stand for.
pub(crate) fn hex_byte(high: u8, low: u8) -> Option<u8> {
    let digit = |b: u8| char::from(b).to_digit(16);
    u8::try_from(digit(high)? << 4 | digit(low)?).ok()
}

/// How many bytes from `at` on belong to an escape that begins before: cut there, it would be another one,
/// or none. Every backslash counts as the beginning of one, since a text may stand in another one.
///
/// ```
/// use scrubjay::text::escape_rest;
/// assert_eq!(escape_rest(br"a\u00e9bc", 2), 5);
/// assert_eq!(escape_rest(br"a\tbc", 2), 1);
/// assert_eq!(escape_rest(br"a\tbc", 3), 0);
/// ```
pub fn escape_rest(text: &[u8], at: usize) -> usize {
    const MAX_BEFORE: usize = 5;
    let before = &text[at.saturating_sub(MAX_BEFORE)..at];
    let Some(back) = before.iter().rev().position(|b| *b == b'\\') else { return 0 };
    let start = at - back - 1;
    let digits =
        |most: usize| text[start + 2..].iter().take(most).take_while(|b| b.is_ascii_hexdigit()).count();
    let length = match text.get(start + 1) {
        None => return 0,
        Some(b'u') if digits(4) == 4 => 6,
        Some(b'x') if digits(2) == 2 => 4,
        Some(_) => 2,
    };
    (start + length).saturating_sub(at)
}

/// What a mask may show in any syntax.
fn is_shown(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'_' | b'=' | b'-' | b'.')
}

/// True for characters that must not reach a terminal as they are: controls, and those that reorder
/// or hide text.
pub fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Text for a terminal or a one-line message: what could move the cursor, break the line or reorder
/// it is written as `\u{…}`.
///
/// ```
/// assert_eq!(scrubjay::text::printable("a\u{202e}b\n"), "a\\u{202e}b\\n");
/// ```
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unprintable) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_unprintable(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// A path as people are shown it, in every mode alike: without `./` before it. A file that is called `-`
/// keeps it, since `-` alone is standard input.
pub fn shown(path: &Path) -> Cow<'_, str> {
    let short = path.strip_prefix(".").ok().filter(|rest| !matches!(rest.to_str(), Some("" | "-")));
    short.unwrap_or(path).to_string_lossy()
}

/// A number for people, its thousands apart.
///
/// ```
/// use scrubjay::text::thousands;
/// assert_eq!([999, 1998, 1_234_567].map(thousands), ["999", "1,998", "1,234,567"]);
/// ```
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A character that a credential in any of its encodings can hold.
pub(crate) fn in_run(c: char) -> bool {
    c.is_ascii_alphanumeric() || "+/_*=-".contains(c)
}

/// Masks each run of 20 characters or more that mixes upper case, lower case and digits, and each of
/// 32 or more that mixes letters and digits: what nobody detected may be a secret all the same.
///
/// ```
/// use scrubjay::text::mask_runs;
/// assert_eq!(mask_runs("see the ticket"), "see the ticket");
/// assert_eq!(mask_runs(&["was ", &"aB3".repeat(8)].concat()), "was aB3a****3aB3");
/// ```
pub fn mask_runs(text: &str) -> String {
    mask_runs_if(text, looks_random)
}

/// The same, but for UUIDs: names of people and things are often such.
pub(crate) fn mask_runs_but_uuids(text: &str) -> String {
    mask_runs_if(text, |run| looks_random(run) && !is_uuid(run.as_bytes()))
}

/// Whether this is 8-4-4-4-12 hex digits.
pub(crate) fn is_uuid(text: &[u8]) -> bool {
    let is_part = |(at, b): (usize, &u8)| match at {
        8 | 13 | 18 | 23 => *b == b'-',
        _ => b.is_ascii_hexdigit(),
    };
    text.len() == 36 && text.iter().enumerate().all(is_part)
}

fn mask_runs_if(text: &str, is_secret: impl Fn(&str) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let run = rest.find(|c| !in_run(c)).unwrap_or(rest.len());
        let (head, tail) = rest.split_at(run);
        if is_secret(head) {
            out.push_str(&mask(head.as_bytes()));
        } else {
            out.push_str(head);
        }
        let plain = tail.find(in_run).unwrap_or(tail.len());
        out.push_str(&tail[..plain]);
        rest = &tail[plain..];
    }
    out
}

fn looks_random(run: &str) -> bool {
    let has = |test: fn(&u8) -> bool| run.as_bytes().iter().any(test);
    let (upper, lower) = (has(u8::is_ascii_uppercase), has(u8::is_ascii_lowercase));
    let digit = has(u8::is_ascii_digit);
    digit && ((run.len() >= 20 && upper && lower) || (run.len() >= 32 && (upper || lower)))
}

/// How many characters `bytes` show as: each character of valid UTF-8, and one for each part that is
/// not UTF-8 (as a decoder that puts in U+FFFD counts them).
pub fn count_chars(bytes: &[u8]) -> usize {
    bytes.utf8_chunks().map(|c| c.valid().chars().count() + usize::from(!c.invalid().is_empty())).sum()
}

/// How many characters must be put in, taken out or replaced to make one of the other; by it the name
/// that was probably meant is found.
///
/// ```
/// assert_eq!(scrubjay::text::distance("kindd", "kind"), 1);
/// ```
pub fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let cost = (diagonal + usize::from(x != *y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], cost);
        }
    }
    row[b.len()]
}

/// How many bytes here belong to one run of the signs of keys and paths.
pub(crate) fn run_length(text: &[u8]) -> usize {
    text.iter().take_while(|b| is_run_byte(**b)).count()
}

/// Whether a byte belongs to such a run.
pub(crate) fn is_run_byte(b: u8) -> bool {
    IN_RUN[usize::from(b)]
}

static IN_RUN: [bool; 256] = word_table(b"_-+/=.~*%");

/// Whether a text of letters, digits and few signs looks drawn by chance: capitals, small letters and digits
/// take turns more often than in words with numbers.
pub(crate) fn is_drawn(text: &[u8]) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_shows_by_length() {
        for (length, shown) in [(0, 0), (1, 0), (15, 0), (16, 4), (23, 4), (24, 8), (160, 8)] {
            let secret = "x".repeat(length);
            assert_eq!(mask(secret.as_bytes()).matches('x').count(), shown, "{length}");
        }
    }

    #[test]
    fn a_mask_counts_characters_and_never_prints_controls() {
        assert_eq!(mask("密钥密钥密钥密钥密钥密钥密钥密钥".as_bytes()), "密钥****密钥");
        let mut hostile = vec![0x1b, b'[', b'2', b'J'];
        hostile.extend([b'a'; 40]);
        hostile.push(0xff);
        assert_eq!(mask(&hostile), "?[2J****aaa?");
    }

    #[test]
    fn characters_are_counted_as_a_replacing_decoder_does() {
        assert_eq!(count_chars("aé密".as_bytes()), 3);
        assert_eq!(count_chars(b"a\xffb\xe5\xaf"), 4);
    }

    #[test]
    fn bidi_and_controls_are_spelled_out() {
        assert_eq!(printable("plain"), "plain");
        assert_eq!(printable("\u{1b}[0m\u{2066}x"), "\\u{1b}[0m\\u{2066}x");
    }

    #[test]
    fn distance_counts_changes() {
        assert_eq!((distance("", "abc"), distance("kitten", "sitting"), distance("a", "a")), (3, 3, 0));
    }
}
