//! Whose key is it? Some names are common to many systems. What is around the value decides, the closest
//! first: its own name and what it is nested in, its own form, its line, its neighbours, and at last the
//! file and its path.

use super::case::{Attribution, Case, silent};
use super::surroundings::Surroundings;
use crate::finding::Verdict;
use crate::matcher::page::FILE_BYTES;
use crate::rule::{Rule, Value};

pub(super) fn judge(case: &Case<'_>) -> Option<Verdict> {
    if !case.is_key() {
        return None;
    }
    if is_named_for_trtc(case) {
        return Some(silent("named for TRTC, whose key has 64 lower-case hex digits"));
    }
    match attribution_of(case) {
        Attribution::Other(reason) => Some(silent(reason.clone())),
        Attribution::Own | Attribution::Unknown => None,
    }
}

/// `TRTC_SECRET_KEY` and the like, under a rule for keys of any form.
fn is_named_for_trtc(case: &Case<'_>) -> bool {
    const WORDS: [&str; 5] = ["trtc", "tencent", "qcloud", "timsecret", "sdksecret"];
    if case.rule.value != Value::Key {
        return false;
    }
    let name = crate::matcher::normalise(case.name());
    let name = String::from_utf8_lossy(&name);
    WORDS.iter().any(|word| name.contains(word)) && !name.contains("tirtc")
}

/// Whose the key of a case is; its surroundings are read once.
pub(super) fn attribution_of<'c>(case: &'c Case<'_>) -> &'c Attribution {
    case.attribution.get_or_init(|| attribution(case))
}

fn attribution(case: &Case<'_>) -> Attribution {
    let rule = case.rule;
    let Some(name) = case.found.name.filter(|_| case.index.is_shared(case.found.rule, case.name())) else {
        return Attribution::Own;
    };
    let around = Surroundings::of(case.page.bytes, name, case.found.value);
    let own_word = |text: &str| rule.context.iter().any(|word| text.contains(word.as_str()));
    if own_word(&around.nesting.to_ascii_lowercase()) {
        return Attribution::Own;
    }
    if let Some(word) = around.nesting_words().find(|w| is_other(rule, w)) {
        return Attribution::Other(format!("a key of another system: its name says `{word}`"));
    }
    if let Some(start) = other_value(rule, case.value) {
        return Attribution::Other(format!("a key of another system: it begins with `{start}`"));
    }
    if let Some(word) = around.line_words().find(|w| is_other(rule, w)) {
        return Attribution::Other(format!("a key of another system: its line says `{word}`"));
    }
    if let Some(start) = around.paired_token(|token| other_value(rule, token)) {
        return Attribution::Other(format!("a key of another system: `{start}…` is beside it"));
    }
    let is_near = around.has_neighbour(&rule.shared.neighbours);
    if is_near || case.page.has_context(case.index, case.found.rule, case.found.value, FILE_BYTES) {
        return Attribution::Own;
    }
    if let Some(neighbour) = around.paired_name(&rule.shared.other_neighbours) {
        return Attribution::Other(format!("a key of another system: `{neighbour}` is beside it"));
    }
    if is_session_key(case, &around) {
        return Attribution::Other("the session key of a web framework".to_owned());
    }
    Attribution::Unknown
}

/// Whether a word names another system.
fn is_other(rule: &Rule, word: &str) -> bool {
    // A long line has hundreds of words, and there are dozens of names.
    let first = word.as_bytes().first();
    rule.others.iter().any(|other| other.as_bytes().first() == first && other == word)
}

/// How values of another system begin, where this is one.
fn other_value<'r>(rule: &'r Rule, value: &[u8]) -> Option<&'r str> {
    const MIN_TOKEN_BYTES: usize = 16;
    let fits = |(pattern, byte): (u8, &u8)| match pattern {
        b'#' => byte.is_ascii_digit() || (b'a'..=b'f').contains(byte),
        _ => pattern == *byte,
    };
    let patterns = rule.shared.other_values.iter();
    patterns.map(String::as_str).find(|pattern| {
        let is_whole = pattern.contains('#');
        value.len() >= MIN_TOKEN_BYTES.max(pattern.len())
            && (!is_whole || value.len() == pattern.len())
            && pattern.bytes().zip(value).all(fits)
    })
}

/// `SECRET_KEY` in a Python file signs the sessions of Django and Flask.
fn is_session_key(case: &Case<'_>, around: &Surroundings<'_>) -> bool {
    const MAX_LINE_BYTES: usize = 1024;
    let name = around.identifier;
    if !case.page.has_extension(".py") || !(name == "SECRET_KEY" || name.ends_with("app.secret_key")) {
        return false;
    }
    let before = &case.page.bytes[..case.found.name.map_or(0, |n| n.start)];
    let before = &before[before.len().saturating_sub(MAX_LINE_BYTES)..];
    let line = before.rsplit(|b| *b == b'\n').next().unwrap_or_default();
    // What looks the key up in the environment may put it into the setting of that name all the same.
    let has = |word: &str| memchr::memmem::find(line, word.as_bytes()).is_some();
    !((has("environ") || has("getenv")) && !has("SECRET_KEY"))
}
