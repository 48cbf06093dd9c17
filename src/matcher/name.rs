//! Names: the identifier, or the words, around a hit, and which rule's name it ends with.
//!
//! Names are compared without case and separators, at the end of an identifier's last segment, so
//! `CONFIG_INTERCOM_TIRTC_CLIENT_SECRET_KEY`, `cfg.secretKey` and `secret-key` are one name. What
//! follows the name inside the identifier decides: `secret_key_prod` is one, `secret_key_len` not.

use super::Matcher;
use crate::text::Span;

/// A name that belongs to a rule.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    /// Where it stands: the identifier, or the words.
    pub(crate) span: Span,
    /// The normalised name as the rules have it.
    pub(crate) key: Vec<u8>,
    /// The whole identifier, normalised: what stands before the name may give context.
    pub(crate) whole: Vec<u8>,
    /// Where the dotted or namespaced path begins that it is the last part of.
    pub(crate) start: usize,
}

/// No identifier is longer.
const LONGEST: usize = 128;

/// What may follow a name inside an identifier without changing what it names.
const TAILS: &[&str] = &[
    "prod",
    "production",
    "dev",
    "development",
    "test",
    "testing",
    "staging",
    "stage",
    "stg",
    "release",
    "debug",
    "old",
    "new",
    "prev",
    "previous",
    "next",
    "backup",
    "bak",
    "default",
    "primary",
    "secondary",
    "current",
    "value",
    "val",
    "str",
    "string",
    "text",
    "plain",
    "raw",
    "literal",
    "const",
    "cn",
    "us",
    "eu",
    "sg",
    "online",
    "local",
    "base64",
    "b64",
    "main",
    "alt",
    "live",
    "real",
    "tmp",
    "temp",
    "override",
    "fallback",
];

/// Lower case, without separators: `SECRET-KEY`, `secret_key` and `secretKey` are `secretkey`.
pub(crate) fn normalise(text: &[u8]) -> Vec<u8> {
    let kept = text.iter().filter(|b| !matches!(b, b'_' | b'-' | b' ' | b'.' | b'\t'));
    kept.map(u8::to_ascii_lowercase).collect()
}

/// The name around a hit, if it is one.
pub(crate) fn at(m: &Matcher, bytes: &[u8], hit: usize) -> Option<Name> {
    // A core may begin with the separator of the words it joins.
    let hit = hit + usize::from(bytes.get(hit).is_some_and(|&b| !is_ident(b) && b < 0x80));
    if bytes.get(hit).is_some_and(|&b| b >= 0x80) {
        return ideographs(m, bytes, hit);
    }
    let run = identifier(bytes, hit);
    if run.is_empty() {
        return None;
    }
    let last = segment(bytes, run);
    let name = |span: Span| {
        let whole = normalise(&bytes[span.range()]);
        suffix(m, &whole).map(|key| Name { span, key, whole, start: run.start })
    };
    // A dotted path may be the name as a whole: `device.secret.key`.
    let plain = if may_end_a_name(m, bytes, last) { longer(name(last), name(run)) } else { None };
    match plain {
        // "Device secret" + "key": the words around may make it a longer name.
        Some(name) if name.span.len() > 16 => Some(name),
        plain => words(m, bytes, last).or(plain),
    }
}

fn longer(a: Option<Name>, b: Option<Name>) -> Option<Name> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.key.len() > a.key.len() { b } else { a }),
        (a, b) => a.or(b),
    }
}

/// A cheap refusal: does the identifier, or the word after it, end like any name?
fn may_end_a_name(m: &Matcher, bytes: &[u8], span: Span) -> bool {
    span.end.checked_sub(1).is_some_and(|i| m.last[usize::from(bytes[i].to_ascii_lowercase())])
        || bytes[span.range()].last().is_some_and(u8::is_ascii_digit)
        || span.len() > 9
}

/// The longest name that the normalised identifier ends with, with an allowed tail at most.
pub(crate) fn suffix(m: &Matcher, whole: &[u8]) -> Option<Vec<u8>> {
    let mut head = whole;
    loop {
        for &n in &m.lengths {
            if let Some(start) = head.len().checked_sub(n) {
                if m.names.contains_key(&head[start..]) {
                    return Some(head[start..].to_vec());
                }
            }
        }
        let digits = head.iter().rev().take_while(|b| b.is_ascii_digit()).count().min(3);
        let tail = TAILS.iter().find(|t| head.len() > t.len() && head.ends_with(t.as_bytes()));
        let cut = if digits > 0 { digits } else { tail?.len() };
        head = &head[..head.len() - cut];
    }
}

/// Names that are written as words. Takes the longest that is a name.
fn words(m: &Matcher, bytes: &[u8], run: Span) -> Option<Name> {
    if run.len() > 24 {
        return None;
    }
    let next = |from: usize| -> Option<Span> {
        let gap = bytes.get(from..)?.iter().take(3).take_while(|&&b| b == b' ').count();
        let word = identifier(bytes, from + gap);
        (gap > 0 && !word.is_empty() && word.start == from + gap && word.len() <= 12).then_some(word)
    };
    let previous = |to: usize| -> Option<Span> {
        let gap = bytes[..to].iter().rev().take(3).take_while(|&&b| b == b' ').count();
        let word = identifier(bytes, to.checked_sub(gap + 1)?);
        (gap > 0 && !word.is_empty() && word.end == to - gap && word.len() <= 12).then_some(word)
    };
    let mut starts = vec![run.start];
    let mut ends = vec![run.end];
    while let Some(word) = previous(starts[starts.len() - 1]).filter(|_| starts.len() < 4) {
        starts.push(word.start);
    }
    while let Some(word) = next(ends[ends.len() - 1]).filter(|_| ends.len() < 4) {
        ends.push(word.end);
    }
    let mut best: Option<Name> = None;
    for &end in &ends {
        for &start in &starts {
            if start == run.start && end == run.end {
                continue;
            }
            let whole = normalise(&bytes[start..end]);
            // Words are a name only as a whole: "a key" of "a secret key" is none.
            let better = best.as_ref().is_none_or(|b| whole.len() > b.key.len());
            if better && m.names.contains_key(&whole) {
                best = Some(Name { span: Span::new(start, end), key: whole.clone(), whole, start });
            }
        }
    }
    best
}

/// Chinese names have no separators: the longest name that stands around the hit.
fn ideographs(m: &Matcher, bytes: &[u8], hit: usize) -> Option<Name> {
    // To the end of the character, then of the name: the names are at most eight characters long.
    for &n in &m.lengths {
        for start in hit.saturating_sub(n)..=hit {
            let Some(text) = bytes.get(start..start + n) else { continue };
            if start + n > hit && text[0] >= 0x80 && m.names.contains_key(text) {
                let span = Span::new(start, start + n);
                return Some(Name { span, key: text.to_vec(), whole: text.to_vec(), start });
            }
        }
    }
    None
}

/// The run of identifier bytes around `at`, without dashes and dots at its ends.
fn identifier(bytes: &[u8], at: usize) -> Span {
    if !bytes.get(at).is_some_and(|&b| is_ident(b)) {
        return Span::new(at, at);
    }
    let floor = at.saturating_sub(LONGEST);
    let mut start = bytes[floor..at].iter().rposition(|&b| !is_ident(b)).map_or(floor, |i| floor + i + 1);
    let ceiling = bytes.len().min(at + LONGEST);
    let mut end = bytes[at..ceiling].iter().position(|&b| !is_ident(b)).map_or(ceiling, |i| at + i);
    while start < end && matches!(bytes[start], b'-' | b'.') {
        start += 1;
    }
    while start < end && matches!(bytes[end - 1], b'-' | b'.') {
        end -= 1;
    }
    // `${NAME-default}` of a shell.
    if start > 1 && bytes[start - 2..start] == *b"${" {
        end = bytes[start..end].iter().position(|&b| b == b'-').map_or(end, |i| start + i);
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

/// The last dotted segment; a short tail such as `.prod` counts with the one before.
fn segment(bytes: &[u8], run: Span) -> Span {
    let text = &bytes[run.range()];
    match text.iter().rposition(|&b| b == b'.') {
        Some(dot) => Span::new(run.start + dot + 1, run.end),
        None => run,
    }
}

fn is_ident(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')
}
