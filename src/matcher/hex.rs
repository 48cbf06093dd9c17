//! Keys that are 64 hex digits, from the value outwards: such runs are rare, so that what stands around
//! one can be looked at closely, under names too common to be looked for.
//!
//! A run counts under a name of the rule, as the key of a call that the rule knows, or beside what only
//! that system has. A digit lost or added is a slip of who copied the key, and counts less.

use super::context_words::is_number;
use super::index::Index;
use super::name;
use super::name::holds;
use super::names::normalise;
use super::page::Page;
use super::page::{FILE_BYTES, NEAR_BYTES};
use super::types::{Form, Match};
use crate::rule::{Call, Rule};
use crate::text::Span;

/// The length of a whole key.
pub(crate) const WHOLE: usize = 64;

/// The lengths between which a run may be a key that was badly copied.
pub(super) const SHORTEST: usize = 62;
pub(super) const LONGEST: usize = 68;

/// What is wrong with the length of a key that was badly copied.
pub(crate) fn wrong_length(digits: usize) -> Option<&'static str> {
    match digits {
        62 => Some("two digits too few"),
        63 => Some("one digit too few"),
        65 => Some("one digit too many"),
        66 => Some("two digits too many"),
        67 => Some("three digits too many"),
        68 => Some("four digits too many"),
        _ => None,
    }
}

/// A key, whole or with a few digits lost or added.
pub(super) fn is_key(text: &[u8]) -> bool {
    (SHORTEST..=LONGEST).contains(&text.len()) && text.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// How far on each side of a value the words count that stand beside it, in bytes.
const BESIDE: usize = 300;

/// How much of the line before a value is looked at, in bytes.
const LINE: usize = 160;

/// What a digest is called.
#[rustfmt::skip]
const DIGESTS: &[&str] = &[
    "sha", "hash", "digest", "checksum", "signature", "hmac", "etag", "commit", "integrity", "trace", "fingerprint",
];

/// What makes another key of a name that ends in "key".
#[rustfmt::skip]
const OTHER_KEYS: &[&str] = &[
    "cache", "public", "pub", "primary", "foreign", "partition", "sort", "redis", "idempotency", "jwt", "cookie",
];

/// The value of a run of hex digits that may be a key.
pub(super) fn value(m: &Index, page: &Page<'_>, run: Span, out: &mut Vec<Match>) {
    let Some(index) = m.hex64 else { return };
    let rule = &page.rules[index];
    let found = |name| Match { rule: index, value: run, name, form: Form::Shape, token: None };
    let line = line_before(page.bytes, run.start).to_ascii_lowercase();
    let is_digest = holds(&line, DIGESTS);
    if let Some(name) = named(m, page, index, run, is_digest) {
        return out.push(found(Some(name)));
    }
    let calls = open_calls(page.bytes, run.start);
    if let Some(callee) = calls.iter().find(|callee| is_known_call(page, rule, run, **callee)) {
        return out.push(found(Some(*callee)));
    }
    if is_digest || is_listed(page.bytes, run) || has_other_name(m, page, index, run) {
        return;
    }
    let near = near(page, run, BESIDE).to_ascii_lowercase();
    let is_bare = matches!(line.trim_ascii(), b"" | b"\"" | b"'");
    let is_meant = holds(&line, &["key", "secret", "("]);
    let is_whole = run.len() == WHOLE;
    let has_application = has_number(rule, &near);
    // An application by its number and its name, or by its number in the same list or row.
    let is_application =
        is_whole && has_application && (holds(&near, &rule.beside.words) || follows_number(rule, &line));
    if is_application {
        return out.push(found(None));
    }
    if !(is_bare || is_meant || is_beside(rule, &line)) {
        return;
    }
    if is_whole && holds(&near, &rule.beside.words)
        || is_meant && has_application && has_account(rule, &near)
        || (has_application || holds(&line, &["app"])) && is_imported(page, rule, run, &calls)
    {
        out.push(found(None));
    }
}

/// Whether a run is an entry of a list of digests: it begins its line, and the name of a file follows.
fn is_listed(bytes: &[u8], run: Span) -> bool {
    let begins = run.start == 0 || bytes[run.start - 1] == b'\n';
    begins
        && matches!(bytes.get(run.end..run.end + 3), Some([b' ', b' ' | b'*', name]) if name.is_ascii_graphic())
}

/// Whether the value has a name that says it is something else: a session, a digest, another system's key.
fn has_other_name(m: &Index, page: &Page<'_>, index: usize, run: Span) -> bool {
    const OTHER_VALUES: &[&str] =
        &["session", "csrf", "nonce", "salt", "sid", "uuid", "cursor", "request", "revision"];
    let Some(whole) = name::before(page.bytes, run.start) else { return false };
    let path = normalise(&page.bytes[name::segment(page.bytes, whole).range()]);
    let entry = m.names.suffix(&path);
    let is_own =
        entry.is_some_and(|entry| m.names.rules(entry).iter().any(|n| n.rule == index && !n.is_common));
    !is_own && (holds(&path, OTHER_VALUES) || holds(&path, OTHER_KEYS))
}

/// Whether the number of an application is before the value in the same list or row: `[1400123456, "`,
/// `| 1400123456 | `.
fn follows_number(rule: &Rule, line: &[u8]) -> bool {
    let strip =
        |text: &[u8], of: &[u8]| text.len() - text.iter().rev().take_while(|b| of.contains(b)).count();
    let end = strip(line, b"\"'` \t");
    let separated = strip(&line[..end], b",|");
    let end_of_number = strip(&line[..separated], b"\"'` \tlun");
    let digits = line[..end_of_number].iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let opened = strip(&line[..end_of_number - digits], b"\"'` \t");
    separated < end
        && line[..opened].last().is_some_and(|b| matches!(b, b'[' | b'|'))
        && has_number(rule, &line[end_of_number - digits..end_of_number])
}

/// The name right before the value, where it is one of the rule's; a weak one needs a word of the rule in
/// its own path: `tencent.im.key`.
fn named(m: &Index, page: &Page<'_>, index: usize, run: Span, is_digest: bool) -> Option<Span> {
    let whole = name::before(page.bytes, run.start)?;
    let last = name::segment(page.bytes, whole);
    let entry = m.names.suffix(&normalise(&page.bytes[last.range()]))?;
    let named = m.names.rules(entry).iter().find(|n| n.rule == index)?;
    if named.weak {
        let path = normalise(&page.bytes[whole.range()]);
        let reach = if named.is_common { NEAR_BYTES } else { FILE_BYTES };
        // A common word counts by what is near it only where it is all of the name.
        let is_whole = !named.is_common || m.names.is_exactly(entry, &path);
        let own =
            holds(&path, &page.rules[index].context) || (is_whole && page.has_context(m, index, run, reach));
        if !own || is_digest || holds(&path, OTHER_KEYS) || run.len() != WHOLE {
            return None;
        }
    }
    Some(last)
}

/// The functions whose arguments the place stands in, from the innermost.
fn open_calls(bytes: &[u8], at: usize) -> Vec<Span> {
    const REACH: usize = 240;
    const DEEPEST: usize = 4;
    const LONGEST_NAME: usize = 64;
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || b"_.:<>$".contains(b);
    let floor = at.saturating_sub(REACH);
    let mut closed = 0usize;
    let mut calls = Vec::new();
    for i in (floor..at).rev() {
        match bytes[i] {
            b';' => break,
            b')' => closed += 1,
            b'(' if closed > 0 => closed -= 1,
            b'(' => {
                let length = bytes[..i].iter().rev().take(LONGEST_NAME).take_while(is_part).count();
                calls.push(Span::new(i - length, i));
                if calls.len() == DEEPEST {
                    break;
                }
            }
            _ => {}
        }
    }
    calls
}

/// Whether a call is one that takes the value at any place.
fn is_known_call(page: &Page<'_>, rule: &Rule, run: Span, callee: Span) -> bool {
    const CONTEXT: usize = 1024;
    let called = normalise(&page.bytes[callee.range()]);
    let is_named = |call: &&Call| {
        call.argument.is_none() && memchr::memmem::find(&called, &normalise(call.name.as_bytes())).is_some()
    };
    rule.calls.iter().filter(is_named).any(|call| {
        call.context.is_empty() || holds(&near(page, run, CONTEXT).to_ascii_lowercase(), &call.context)
    })
}

/// Whether one of the functions was imported, under whatever name, from a package of the rule: in the
/// file's first lines, or near.
fn is_imported(page: &Page<'_>, rule: &Rule, run: Span, calls: &[Span]) -> bool {
    const HEAD: usize = 4096;
    const NEAR: usize = 1024;
    const MOST: usize = 4;
    let head = Span::new(0, page.bytes.len().min(HEAD).min(run.start));
    let around = Span::new(run.start.saturating_sub(NEAR), run.start);
    [head, around].into_iter().any(|part| {
        let text = &page.bytes[part.range()];
        let lower = text.to_ascii_lowercase();
        let imports = |import: &[u8]| calls.iter().any(|call| names_part(import, &page.bytes[call.range()]));
        let places = |word: &String| -> Vec<usize> {
            memchr::memmem::find_iter(&lower, word.as_bytes()).take(MOST).collect()
        };
        rule.beside.packages.iter().flat_map(places).any(|at| imports(statement(text, at)))
    })
}

/// Whether an import names the first or the last part of what is called: `sig` or `Api` of `sig.Api`.
fn names_part(import: &[u8], path: &[u8]) -> bool {
    let mut parts =
        path.split(|b| !(b.is_ascii_alphanumeric() || *b == b'_')).filter(|part| !part.is_empty());
    let (first, last) = (parts.next(), parts.next_back());
    [first, last].into_iter().flatten().any(|part| has_word(import, part))
}

/// The statement around a place, as far as a line or two.
fn statement(text: &[u8], at: usize) -> &[u8] {
    const REACH: usize = 160;
    let floor = at.saturating_sub(REACH);
    let before = &text[floor..at];
    let start = before.iter().rposition(|&b| b == b';').map_or(0, |i| i + 1);
    let start = memchr::memmem::rfind(before, b"\n\n").map_or(start, |i| start.max(i));
    let end = text[at..].iter().take(REACH).position(|b| matches!(b, b'\n' | b';'));
    &text[floor + start..at + end.unwrap_or(text.len().min(at + REACH) - at)]
}

fn has_word(text: &[u8], word: &[u8]) -> bool {
    let is_part = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    memchr::memmem::find_iter(text, word)
        .any(|i| !is_part(i.checked_sub(1).and_then(|i| text.get(i))) && !is_part(text.get(i + word.len())))
}

/// Whether one of the accounts that drive an application stands in the text.
fn has_account(rule: &Rule, lower: &[u8]) -> bool {
    rule.beside.accounts.iter().any(|account| has_word(lower, account.as_bytes()))
}

/// Whether a word or a number of the rule stands in the text.
fn is_beside(rule: &Rule, lower: &[u8]) -> bool {
    holds(lower, &rule.beside.words) || has_number(rule, lower)
}

/// What follows a number to tell its type.
const SUFFIXES: [&[u8]; 10] = [b"", b"l", b"u", b"ul", b"ull", b"n", b"u32", b"u64", b"i64", b"_u64"];

/// Whether the number of an application stands in the text, alone or with the suffix of its type.
fn has_number(rule: &Rule, lower: &[u8]) -> bool {
    let mut runs = lower.split(|b| !(b.is_ascii_alphanumeric() || *b == b'_'));
    runs.any(|run| {
        let digits = run.iter().take_while(|b| b.is_ascii_digit()).count();
        let suffix = &run[digits..];
        let fits = |pattern: &String| is_number(pattern, &run[..digits]);
        digits > 0 && SUFFIXES.contains(&suffix) && rule.beside.numbers.iter().any(fits)
    })
}

/// The line before a place, as far as it matters.
fn line_before(bytes: &[u8], at: usize) -> &[u8] {
    let before = &bytes[at.saturating_sub(LINE)..at];
    before.rsplit(|&b| b == b'\n').next().unwrap_or(before)
}

/// The text around a value; of one that was put together, what is around its pieces.
fn near<'p>(page: &Page<'p>, run: Span, reach: usize) -> &'p [u8] {
    let bytes = &page.bytes[run.start.saturating_sub(reach)..page.bytes.len().min(run.end + reach)];
    page.around.unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_calls_are_told_from_closed_ones() {
        let called = |text: &str| -> Vec<String> {
            open_calls(text.as_bytes(), text.len()).iter().map(|s| text[s.range()].to_owned()).collect()
        };
        assert_eq!(called("mac := hmac.New(sha256.New, []byte(\""), ["byte", "hmac.New"]);
        assert_eq!(called("a(1); b(c(2), '"), ["b"]);
        assert_eq!(called("Hmac::<Sha256>::new_from_slice(b\""), ["Hmac::<Sha256>::new_from_slice"]);
        assert_eq!(called("x = '"), [""; 0]);
    }

    #[test]
    fn numbers_of_applications_stand_alone() {
        let rules = crate::rule::builtin();
        let rule = rules.iter().find(|r| r.value == crate::rule::Value::Hex64).expect("a rule");
        for text in ["(1400123456, ", "=1600123456l", "'20012345'"] {
            assert!(has_number(rule, text.as_bytes()), "{text}");
        }
        for text in [
            "14001234567",
            "a1400123456",
            "1500123456",
            "140012345",
            "1400123456ms",
            "1400123456u65",
            "2001234",
        ] {
            assert!(!has_number(rule, text.as_bytes()), "{text}");
        }
    }
}
