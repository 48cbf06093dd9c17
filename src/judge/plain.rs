//! What is plainly no secret under a name that says little.
//!
//! Parsers, caches, windows and schedulers have tokens and keys, too, and logs are full of them:
//! `token: ContainerToken { … }`, `key=user:profile:42`. Words, numbers, paths and short values are
//! left there, and of a structure all but what is random.

use super::likelihood::unlikeliness;
use crate::decode::numbers;
use crate::text::{Span, escape_rest, is_run_byte, run_length};

/// What is shorter may be a word with a number behind it.
const LONG: usize = 12;

/// From this length on a value is secret where letters and digits take turns.
const SHORT: usize = 8;

/// How many bits likelier chance has to be than words. Of random values of twelve characters one in some
/// thousands stays below, of words and paths hardly one comes above.
const RANDOM: f32 = 2.0;

/// The same for what is short.
const SHORT_RANDOM: f32 = 6.0;

/// More of a word does not change what it is, in bytes.
const ENOUGH: usize = 24;

/// More of a run does not.
const ENOUGH_RUN: usize = 96;

/// A list of so many numbers below 256 is a value of bytes.
const FEW_BYTES: usize = 12;

/// What of a value is secret under a name that says little.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Secret {
    /// Nothing.
    Nothing,
    /// All of it.
    Whole,
    /// What [`random_runs`] gives of a structure, if anything.
    Runs,
}

/// What of a value is secret.
pub(crate) fn secret(value: &[u8]) -> Secret {
    // Asked first, since most are one run.
    let is_token = || value.iter().all(|b| is_run_byte(*b)) && is_random(value);
    if is_token() {
        Secret::Whole
    } else if is_structure(value) {
        Secret::Runs
    } else if is_plain(value) {
        Secret::Nothing
    } else {
        Secret::Whole
    }
}

/// Whether nothing of the value is random.
pub(crate) fn is_plain(value: &[u8]) -> bool {
    !is_bytes(value) && random_runs(value).next().is_none()
}

/// Whether the value is a structure, of which only parts may be secret, rather than one value.
fn is_structure(value: &[u8]) -> bool {
    value.iter().any(|b| matches!(b, b'{' | b'[' | b'(')) && !is_bytes(value)
}

/// The runs of a value that are random, masks aside.
pub(crate) fn random_runs(value: &[u8]) -> impl Iterator<Item = Span> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < value.len() {
            let gap = value[at..].iter().take_while(|b| !is_run_byte(**b)).count();
            let start = at + gap;
            // The letter of an escape is not the value's.
            let start = value.len().min(start + escape_rest(value, start));
            let length = run_length(&value[start..]);
            at = start + length;
            if length > 0 && is_random(&value[start..at]) {
                return Some(Span::new(start, at));
            }
        }
        None
    })
}

/// Whether a run of the signs of keys and paths was drawn by chance.
fn is_random(run: &[u8]) -> bool {
    if run.len() < SHORT || memchr::memmem::find(run, b"****").is_some() {
        return false;
    }
    let run = &run[..run.len().min(ENOUGH_RUN)];
    if is_long_number(run) {
        return true;
    }
    if is_pointer(run) || is_number(run) || is_time(run) {
        return false;
    }
    let mut words = run.split(|b| !b.is_ascii_alphanumeric()).filter(|w| w.len() >= SHORT);
    words.any(is_random_word) || (run.len() >= LONG && is_mixed(run) && unlikeliness(run) >= RANDOM)
}

/// Whether a run of letters and digits was drawn by chance.
fn is_random_word(word: &[u8]) -> bool {
    if !word.iter().any(u8::is_ascii_alphabetic) || is_pointer(word) {
        return false;
    }
    let score = unlikeliness(&word[..word.len().min(ENOUGH)]);
    match word.len() {
        LONG.. => score >= RANDOM,
        // The hash of an object in a dump is a short number in hex.
        _ => score >= SHORT_RANDOM && switches(word) >= 3 && !word.iter().all(u8::is_ascii_hexdigit),
    }
}

/// Whether the parts between signs are more than one word with numbers: a run of signs and digits alone
/// scores high.
fn is_mixed(run: &[u8]) -> bool {
    run.iter().filter(|b| b.is_ascii_alphabetic()).count() >= 4
}

/// How often letters and digits take turns.
fn switches(word: &[u8]) -> usize {
    word.windows(2).filter(|w| w[0].is_ascii_digit() != w[1].is_ascii_digit()).count()
}

/// `0x7ffd4a2b1c30`: an address or a handle.
fn is_pointer(word: &[u8]) -> bool {
    let digits = word.strip_prefix(b"0x").or_else(|| word.strip_prefix(b"0X"));
    digits.is_some_and(|d| d.len() <= 16 && d.iter().all(u8::is_ascii_hexdigit))
}

/// Digits alone, of more than any count or size has: an account or a session may be known by such a number.
/// Micro- and nanoseconds since 1970 are times.
fn is_long_number(run: &[u8]) -> bool {
    const MIN_DIGITS: usize = 16;
    let is_time = matches!(run.len(), 16 | 19) && matches!(run, [b'1', b'4'..=b'9', ..]);
    run.len() >= MIN_DIGITS && run.iter().all(u8::is_ascii_digit) && !is_time
}

/// Digits with their signs, and with an exponent.
fn is_number(run: &[u8]) -> bool {
    let mut letters = run.iter().enumerate().filter(|(_, b)| b.is_ascii_alphabetic());
    match (letters.next(), letters.next()) {
        (None, _) => true,
        (Some((at, b'e' | b'E')), None) => {
            run[..at].iter().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.'))
        }
        _ => false,
    }
}

/// `2026-01-02T03`, the part of a time before its first colon, and times without colons.
fn is_time(run: &[u8]) -> bool {
    let letters = run.iter().filter(|b| b.is_ascii_alphabetic());
    run.starts_with(b"20")
        && letters.clone().count() <= 2
        && letters.into_iter().all(|b| matches!(b, b'T' | b'Z'))
}

/// Whether it is an array of the numbers of bytes, as Debug and others write them.
fn is_bytes(value: &[u8]) -> bool {
    numbers::literal(value, 0).is_some_and(|literal| {
        let is_list = literal.list.is_some_and(|list| list.is_bytes && list.count >= FEW_BYTES);
        is_list && literal.span.end == value.len()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_numbers_and_paths_are_plain() {
        for text in [
            "com.apple.xpc.activity/4505",
            "YARN_AM_RM_TOKEN",
            "Token{a64f992 ActivityRecord{4e3d0a5 u0 com.android.systemui/.statusbar.phone.StatusBar t12}}",
            "appattempt_1445062781478_0011_000001",
            "container_1445062781478_0011_01_000001",
            "org.apache.hadoop.yarn.security.ContainerTokenIdentifier",
            "kubernetes.io/service-account-token",
            "/var/run/secrets/kubernetes.io/serviceaccount/token",
            "user:profile:12345",
            "MSRA-SA-41.fareast.corp.microsoft.com:45454",
            "2026-01-02T03:04:05.123Z",
            "0x14ede63a5a70004",
            "blk_-1608999687919862906",
            "S3OutputKeyPrefixV2",
            "[1, 2, 3]",
            "hunter2",
            "1445062781478",
            "ab12****cd34",
            "",
        ] {
            assert!(is_plain(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn what_is_random_is_found_in_what_surrounds_it() {
        let random = ["qX7vTz2m", "LpR4nB9s"].concat();
        let text = format!("Token {{ kind: Access, id: 7, value: \"{random}\", host: db-1.example }}");
        let runs: Vec<_> = random_runs(text.as_bytes()).map(|run| &text[run.range()]).collect();
        assert_eq!(runs, [random]);
        assert!(!is_plain(b"[12, 200, 3, 44, 5, 66, 7, 88, 9, 100, 11, 122]"));
        assert!(!is_plain("9f3a0c7be14d".as_bytes()));
    }
}
