//! Could the value be a key at all: its length, its characters, and whether it is words or chance. A
//! value that only a sentence points at has to be more clearly random than one that is assigned.

use super::case::{Case, silent};
use super::likelihood::score;
use crate::finding::Verdict;
use crate::matcher::Form;

/// No key is shorter.
pub(super) const MIN_KEY_BYTES: usize = 16;
/// No key is longer.
pub(super) const MAX_KEY_BYTES: usize = 256;

/// What quotes, and what no key holds.
const QUOTES: &[u8] = b"\"'`\\";

/// What brackets and separates in every language: only a literal in quotes that is clearly random may
/// hold it.
const BRACKETS: &[u8] = b"(){}[]<>;,|";

/// How many bits of likelihood make a literal with brackets a key.
const BRACKETS_SCORE: f32 = 20.0;

/// How many bits likelier chance has to be than words, for each form of evidence. The error rates of
/// each are in `docs/detection.md`.
const fn threshold(form: Form) -> f32 {
    match form {
        Form::Quoted | Form::Bare | Form::Cell | Form::Shape => 8.0,
        Form::Fallback => 10.0,
        Form::Prose => 16.0,
    }
}

pub(super) fn judge(case: &Case<'_>) -> Option<Verdict> {
    let value = case.secret();
    if case.rule.entropy > 0.0 && entropy(value) < case.rule.entropy {
        return Some(silent("too little entropy for this rule"));
    }
    if !case.is_key() {
        return None;
    }
    if value.len() < MIN_KEY_BYTES {
        return Some(silent("too short for a key"));
    }
    if !value.iter().all(|b| b.is_ascii_graphic() && !QUOTES.contains(b)) {
        return Some(silent("characters that no key has"));
    }
    if !value.iter().any(u8::is_ascii_alphabetic) {
        return Some(silent("a number"));
    }
    let has_brackets = value.iter().any(|b| BRACKETS.contains(b));
    if has_brackets && (case.found.form != Form::Quoted || score(value) < BRACKETS_SCORE) {
        return Some(silent("characters that no key has"));
    }
    // Its signs and its version are no words; whether it is an identifier was asked before.
    let is_uuid = value.len() == 36 && super::notation::ends_in_uuid(value);
    if !is_uuid && score(value) < threshold(case.found.form) {
        return Some(silent("made of words or of a pattern, not random"));
    }
    prose(case, value)
}

/// What a sentence mentions has the characters of base64 at most, and is not the length of a commit.
fn prose(case: &Case<'_>, value: &[u8]) -> Option<Verdict> {
    if case.found.form != Form::Prose {
        return None;
    }
    let is_key_byte = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'_' | b'=' | b'-');
    if !value.iter().all(is_key_byte) {
        return Some(silent("characters that no key in a sentence has"));
    }
    let is_commit = value.len() == 40 && value.iter().all(u8::is_ascii_hexdigit);
    is_commit.then(|| silent("a hash in a sentence"))
}

/// Shannon entropy in bits per byte.
fn entropy(value: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    value.iter().for_each(|&b| counts[usize::from(b)] += 1);
    let n = value.len() as f64;
    counts.iter().filter(|c| **c > 0).map(|&c| f64::from(c) / n).map(|p| -p * p.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_patterns_score_below_random_text() {
        for text in [
            "myApplicationKeyName",
            "rtc_client_default_value",
            "ConfigurationProvider2",
            "NTMS_ALLOCATE_NEW",
            "OutputS3KeyPrefix",
            "html5lib.getTreeBuilder",
            "us-west-2_abcd_1234-5678",
            "k9k9k9k9k9k9k9k9k9k9k9k9k9k9k9k9",
            "abcdefgh12345678",
        ] {
            assert!(score(text.as_bytes()) < threshold(Form::Quoted), "{text}");
        }
        for parts in [["qX7vTz2m", "LpR4nB9s"], ["9f3a0c7b", "e14d8265"], ["xkqvjzwp", "mhgtrnbd"]] {
            let text = parts.concat();
            assert!(score(text.as_bytes()) >= threshold(Form::Prose), "{text}");
        }
    }

    #[test]
    fn entropy_is_shannons() {
        assert!((entropy(b"abcd") - 2.0).abs() < 1e-9);
        assert!(entropy(b"aaaa").abs() < 1e-9);
    }
}
