//! Masks: what stands for a secret wherever it would be shown.

use super::shown::{is_unprintable, printable};

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

/// What a mask may show in any syntax.
fn is_shown(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'_' | b'=' | b'-' | b'.')
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
