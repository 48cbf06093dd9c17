//! Names: the identifier, or the words, around a hit, and which rule's name it ends with.
//!
//! Names are compared without case and separators, at the end of an identifier's last segment, so
//! `CONFIG_INTERCOM_TIRTC_CLIENT_SECRET_KEY`, `cfg.secretKey` and `secret-key` are one name. What
//! follows the name inside the identifier decides: `secret_key_prod` is one, `secret_key_len` not.

use super::names::{Names, TAIL, normalise_end};
use crate::text::{Span, byte_table, word_table};

/// A name that belongs to a rule.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    /// Where it stands: the identifier, or the words.
    pub(crate) span: Span,
    /// Which of the [`Names`] it is.
    pub(crate) entry: usize,
    /// Where the dotted or namespaced path begins that it is the last part of.
    pub(crate) start: usize,
}

/// No identifier is longer.
const LONGEST: usize = 128;

/// Whether one of these words is in a text, both in lower case.
pub(super) fn holds<W: AsRef<[u8]>>(text: &[u8], words: &[W]) -> bool {
    words.iter().any(|word| memchr::memmem::find(text, word.as_ref()).is_some())
}

/// The name around a hit, if it is one.
pub(crate) fn at(names: &Names, bytes: &[u8], hit: usize) -> Option<Name> {
    // A core may begin with the separator of the words it joins.
    let hit = hit + usize::from(bytes.get(hit).is_some_and(|&b| !is_ident(b) && b < 0x80));
    if bytes.get(hit).is_some_and(|&b| b >= 0x80) {
        return ideographs(names, bytes, hit);
    }
    let run = identifier(bytes, hit);
    if run.is_empty() {
        return None;
    }
    let last = segment(bytes, run);
    // A dotted path may be the name as a whole: `device.secret.key`.
    let whole = if last == run { None } else { plain(names, bytes, run, run.start) };
    match longer(names, plain(names, bytes, last, run.start), whole) {
        Some(name) if name.span.len() > 16 => Some(name),
        // "Device secret" + "key": the words around may make it a longer name.
        name => words(names, bytes, last).or(name),
    }
}

fn plain(names: &Names, bytes: &[u8], span: Span, start: usize) -> Option<Name> {
    let text = &bytes[span.range()];
    let entry = names.find(text)?;
    Some(Name { span, entry, start })
}

fn longer(names: &Names, a: Option<Name>, b: Option<Name>) -> Option<Name> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if names.key(b.entry).len() > names.key(a.entry).len() { b } else { a }),
        (a, b) => a.or(b),
    }
}

/// Names that are written as words: up to two before the hit's word, and "key" and "id" after it.
/// Takes the longest that is a name.
fn words(names: &Names, bytes: &[u8], run: Span) -> Option<Name> {
    const LONGEST_WORD: usize = 12;
    // The words by which a hit can reach a name of several: secret, device, pair, access, …
    let begins = bytes[run.start].to_ascii_lowercase();
    if run.len() > 2 * LONGEST_WORD || !b"sdpakrt".contains(&begins) {
        return None;
    }
    let short = |w: &Span| w.len() <= LONGEST_WORD;
    let is = |w: &Span, text: &[u8]| bytes[w.range()].eq_ignore_ascii_case(text);
    let first = previous_word(bytes, run.start).filter(short);
    let second = first.and_then(|w| previous_word(bytes, w.start)).filter(short);
    let key = next_word(bytes, run.end).filter(|w| is(w, b"key"));
    let id = key.and_then(|w| next_word(bytes, w.end)).filter(|w| is(w, b"id"));
    let mut best: Option<(usize, Span)> = None;
    for end in [Some(run.end), key.map(|w| w.end), id.map(|w| w.end)].into_iter().flatten() {
        for start in [Some(run.start), first.map(|w| w.start), second.map(|w| w.start)].into_iter().flatten()
        {
            if end == run.end && start == run.start {
                continue;
            }
            // Words are a name only as a whole: "a key" of "a secret key" is none.
            let entry = names.exact(normalise_end(&bytes[start..end], &mut [0; TAIL]));
            let length = best.map_or(0, |(e, _)| names.key(e).len());
            if let Some(entry) = entry.filter(|&e| names.key(e).len() > length) {
                best = Some((entry, Span::new(start, end)));
            }
        }
    }
    let (entry, span) = best?;
    Some(Name { span, entry, start: span.start })
}

/// The word after the blanks after `from`.
fn next_word(bytes: &[u8], from: usize) -> Option<Span> {
    let gap = bytes.get(from..)?.iter().take(3).take_while(|&&b| b == b' ').count();
    let word = word(bytes, from + gap);
    (gap > 0 && !word.is_empty()).then_some(word)
}

/// The letters, digits and `_` from `at` on.
fn word(bytes: &[u8], at: usize) -> Span {
    let length = bytes[at..].iter().take(16).take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    Span::new(at, at + length)
}

/// The word before the blanks before `to`.
fn previous_word(bytes: &[u8], to: usize) -> Option<Span> {
    let gap = bytes[..to].iter().rev().take(3).take_while(|&&b| b == b' ').count();
    let end = to - gap;
    let word =
        bytes[..end].iter().rev().take(16).take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    (gap > 0 && word > 0).then(|| Span::new(end - word, end))
}

/// Chinese names have no separators: the longest name that stands around the hit.
fn ideographs(names: &Names, bytes: &[u8], hit: usize) -> Option<Name> {
    for (entry, key) in names.ideographs() {
        for start in hit.saturating_sub(key.len())..=hit {
            let end = start + key.len();
            if end > hit && bytes.get(start..end) == Some(key) {
                return Some(Name { span: Span::new(start, end), entry, start });
            }
        }
    }
    None
}

/// The run of identifier bytes around `at`, without dashes and dots at its ends.
pub(crate) fn identifier(bytes: &[u8], at: usize) -> Span {
    if !bytes.get(at).is_some_and(|&b| is_ident(b)) {
        return Span::new(at, at);
    }
    let floor = at.saturating_sub(LONGEST);
    let mut start = bytes[floor..at].iter().rposition(|&b| !is_ident(b)).map_or(floor, |i| floor + i + 1);
    let ceiling = bytes.len().min(at + LONGEST);
    let mut end = bytes[at..ceiling].iter().position(|&b| !is_ident(b)).map_or(ceiling, |i| at + i);
    if bytes.get(end) == Some(&b'\\') || (start > 0 && bytes[start - 1] == b'\\') {
        (start, end) = over_escapes(bytes, floor, ceiling, (start, end));
    }
    while start < end && matches!(bytes[start], b'-' | b'.') {
        start += 1;
    }
    while start < end && matches!(bytes[end - 1], b'-' | b'.') {
        end -= 1;
    }
    // `${NAME-default}` of a shell; a property of Spring has dots, or its default behind a colon.
    if start > 1 && bytes[start - 2..start] == *b"${" && bytes.get(end) != Some(&b':') {
        let dash = bytes[start..end].iter().position(|b| matches!(b, b'-' | b'.'));
        end = dash.map(|i| start + i).filter(|&i| bytes[i] == b'-').unwrap_or(end);
    }
    // `\n` and `\t` of an escaped text are not letters of the name.
    if start > floor
        && bytes[start - 1] == b'\\'
        && matches!(bytes[start], b'n' | b't' | b'r')
        && end - start > 1
    {
        start += 1;
    }
    Span::new(start, end)
}

/// Where the identifier around `at` ends; nothing where an escape may go on in it.
pub(super) fn plain_end(bytes: &[u8], at: usize) -> Option<usize> {
    let length = bytes[at..].iter().take(LONGEST).take_while(|b| is_ident(**b)).count();
    let signs = bytes[at..at + length].iter().rev().take_while(|b| matches!(b, b'-' | b'.')).count();
    (bytes.get(at + length) != Some(&b'\\')).then_some(at + length - signs)
}

/// Widens a run of identifier bytes over the `\_` and `\-` that Markdown writes for `_` and `-`.
fn over_escapes(bytes: &[u8], floor: usize, ceiling: usize, run: (usize, usize)) -> (usize, usize) {
    const MAX_SLASHES: usize = 4;
    let is_escaped = |b: Option<&u8>| matches!(b, Some(b'_' | b'-'));
    let (mut start, mut end) = run;
    while is_escaped(bytes.get(start)) {
        let before = &bytes[floor..start];
        let slashes = before.iter().rev().take(MAX_SLASHES).take_while(|b| **b == b'\\').count();
        let words = &before[..before.len() - slashes];
        let length = words.iter().rev().take_while(|b| is_ident(**b)).count();
        if slashes == 0 || length == 0 {
            break;
        }
        start -= slashes + length;
    }
    while end < ceiling {
        let behind = &bytes[end..ceiling];
        let slashes = behind.iter().take(MAX_SLASHES).take_while(|b| **b == b'\\').count();
        let length = behind[slashes..].iter().take_while(|b| is_ident(**b)).count();
        if slashes == 0 || length < 2 || !is_escaped(behind.get(slashes)) {
            break;
        }
        end += slashes + length;
    }
    (start, end)
}

/// The identifier that is assigned the value at `at`: `name: "`, `"name" => '`, `name=`.
pub(super) fn before(bytes: &[u8], at: usize) -> Option<Span> {
    const REACH: usize = 40;
    let floor = at.saturating_sub(REACH);
    let strip =
        |end: usize, of: &[u8]| end - bytes[floor..end].iter().rev().take_while(|b| of.contains(b)).count();
    const QUOTES: &[u8] = b"\"'`\\@ \t";
    let separated = strip(at, QUOTES);
    let end = strip(separated, b":=>");
    let end = strip(end, b"\"'`\\ \t])");
    let is_assigned = end < separated && end > floor && !bytes[..separated].ends_with(b"==");
    let identifier = identifier(bytes, end.checked_sub(1)?);
    (is_assigned && identifier.end == end && !identifier.is_empty()).then_some(identifier)
}

/// Whether what follows the identifier around `at` can make it the name of a field: most words of a log
/// end here. Another word behind a blank cannot, but behind a flag; and at the end of a line it may only be
/// the name whose value is a sibling's, for which `may_end` looks at its end.
#[inline]
pub(super) fn may_be_followed(bytes: &[u8], at: usize, may_end: impl FnOnce(&[u8]) -> bool) -> bool {
    let Some(length) = bytes[at..].iter().take(LONGEST).position(|&b| !is_ident(b)) else { return false };
    let end = at + length;
    if !FOLLOWS[usize::from(bytes[end])] {
        // What opens may be a dimension, or hold an array.
        let is_sign = matches!(bytes[end], b'\n' | b'\r' | b')' | b'}' | b'>' | b'(' | b'[' | b'{');
        return is_sign && may_end(&bytes[..end]);
    }
    if bytes[end] != b' ' || !bytes.get(end + 1).is_some_and(u8::is_ascii_alphabetic) {
        return true;
    }
    let start = bytes[..at].iter().rposition(|&b| !is_ident(b) || b == b'-').map_or(0, |i| i + 1);
    match bytes[..start].last() {
        Some(b'-') => true,
        // `name=password value=…`: it may be a value itself.
        Some(b'=' | b':' | b'<') => may_end(&bytes[..end]),
        _ => false,
    }
}

/// A quick refusal: whether nothing can stand behind the identifier around `at`, neither the value of a field
/// nor a sentence nor a cell: it is a part of a path, as most names in the addresses of a log are.
#[inline]
pub(super) fn is_of_path(bytes: &[u8], at: usize) -> bool {
    plain_end(bytes, at).is_some_and(|end| end > at && matches!(bytes.get(end), Some(b'/' | b'?' | b'#')))
}

/// What may follow the name of a field: quotes in all their spellings, separators, tags, colours.
static FOLLOWS: [bool; 256] = byte_table(b"\"'`\\ \t=:,%]&<\x1b\xc2\xe2\xe3");

/// The last dotted segment; a short tail such as `.prod` counts with the one before.
pub(super) fn segment(bytes: &[u8], run: Span) -> Span {
    let text = &bytes[run.range()];
    match text.iter().rposition(|&b| b == b'.') {
        Some(dot) => Span::new(run.start + dot + 1, run.end),
        None => run,
    }
}

fn is_ident(b: u8) -> bool {
    IDENT[usize::from(b)]
}

/// As a table: these loops run over every name.
const IDENT: [bool; 256] = word_table(b"_-.");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_before_a_value_is_found_in_every_syntax() {
        for text in
            ["im.key: ", "\"im.key\" => '", "im.key=", "${im.key:", "im.key := \"", "['im.key'] = \\\""]
        {
            let name = before(text.as_bytes(), text.len()).expect(text);
            assert_eq!(&text[name.range()], "im.key", "{text}");
        }
        for text in ["im.key ", "im.key, ", "key == ", "", "  ", "f(", ": "] {
            assert_eq!(before(text.as_bytes(), text.len()), None, "{text}");
        }
    }
}
