//! Is the value random enough to be a key? Length, alphabet, entropy, and whether it is made of words.
//! A value that only a sentence or a position points at has to be more random than an assigned one.

use super::{Case, silent};
use crate::finding::Verdict;
use crate::rule::Value;

/// Shannon entropy that a key has at least, in bits per character.
const ENTROPY: f64 = 3.0;

/// No key is shorter, in bytes.
pub(super) const MIN_KEY_BYTES: usize = 16;
const LONGEST: usize = 256;

/// What quotes, brackets and separates in every language, and what no key holds.
const BRACKETS: &[u8] = b"\"'`(){}[]<>;,\\|";

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
    if value.len() > LONGEST {
        return Some(silent("too long for a key"));
    }
    if !value.iter().all(|b| b.is_ascii_graphic() && !BRACKETS.contains(b)) {
        return Some(silent("signs that no key has"));
    }
    if entropy(value) < ENTROPY {
        return Some(silent("too little entropy"));
    }
    if case.rule.value == Value::Hex64 {
        return None;
    }
    if is_wordy(value) {
        return Some(silent("made of words, not random"));
    }
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = value.iter().filter(|b| b.is_ascii_alphabetic()).count();
    if letters == 0 {
        return Some(silent("a number"));
    }
    let changes = changes(value);
    if digits == 0 && changes * 5 < value.len() {
        return Some(silent("letters without digits, not random"));
    }
    let fewest = if digits == 0 { 3 } else { 2 };
    if !case.is_assigned() && changes * 10 < value.len() * fewest {
        return Some(silent("not random enough for a value that is not assigned"));
    }
    let is_hex = value.iter().all(u8::is_ascii_hexdigit);
    let is_prose = case.found.form == crate::matcher::Form::Prose;
    if is_prose
        && value.iter().any(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'_' | b'=' | b'-')))
    {
        return Some(silent("signs that no key in a sentence has"));
    }
    (is_hex && is_prose && matches!(value.len(), 40)).then(|| silent("a hash in a sentence"))
}

/// Shannon entropy in bits per byte.
fn entropy(value: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    value.iter().for_each(|&b| counts[usize::from(b)] += 1);
    let n = value.len() as f64;
    counts.iter().filter(|c| **c > 0).map(|&c| f64::from(c) / n).map(|p| -p * p.log2()).sum()
}

/// How often the class of characters changes: often in random text, seldom in words.
fn changes(value: &[u8]) -> usize {
    let class = |b: &u8| match b {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    value.windows(2).filter(|w| class(&w[0]) != class(&w[1])).count()
}

/// Whether most of its letters stand in pronounceable runs of one case.
fn is_wordy(value: &[u8]) -> bool {
    let letters = value.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let mut covered = 0;
    let mut start = 0;
    for end in 1..=value.len() {
        let goes_on = end < value.len() && {
            let (a, b) = (value[end - 1], value[end]);
            (a.is_ascii_lowercase() && b.is_ascii_lowercase())
                || (a.is_ascii_uppercase() && b.is_ascii_uppercase())
                || (end - start == 1 && a.is_ascii_uppercase() && b.is_ascii_lowercase())
        };
        if !goes_on {
            if is_word(&value[start..end]) {
                covered += end - start;
            }
            start = end;
        }
    }
    // Random text may have some such runs by chance, but it changes its class far more often.
    letters > 0 && covered * 10 >= letters * 6 && changes(value) * 10 < value.len() * 4
}

/// At least four letters, with vowels where a language has them.
fn is_word(run: &[u8]) -> bool {
    let is_vowel = |b: &u8| b"aeiouy".contains(&b.to_ascii_lowercase());
    let vowels = run.iter().filter(|b| is_vowel(b)).count();
    let streak = run.split(|b| is_vowel(b)).map(<[u8]>::len).max().unwrap_or(0);
    run.len() >= 4 && run.iter().all(u8::is_ascii_alphabetic) && vowels * 4 >= run.len() && streak <= 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_from_random_letters() {
        for text in ["myApplicationKeyName", "rtc_client_default_value", "ConfigurationProvider2"] {
            assert!(is_wordy(text.as_bytes()), "{text}");
        }
        for text in ["k9".repeat(16), "qX7vTz2mLp".repeat(3), "9f3a0c7be1".repeat(4)] {
            assert!(!is_wordy(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn entropy_is_shannons() {
        assert!((entropy(b"abcd") - 2.0).abs() < 1e-9);
        assert!(entropy(b"aaaa").abs() < 1e-9);
    }
}
