//! Values that are not literals: identifiers, paths, URLs, types, numbers, and what code passes on.

use super::{Case, silent};
use crate::finding::Verdict;
use crate::matcher::Form;

pub(super) fn judge(case: &Case<'_>) -> Option<Verdict> {
    if !case.is_key() {
        return None;
    }
    let value = case.secret();
    if value.iter().any(|b| b.is_ascii_whitespace() || b.is_ascii_control()) {
        return Some(silent("a text with blanks, not a key"));
    }
    let text = String::from_utf8_lossy(value);
    if text.contains("://") || text.starts_with('/') || text.starts_with("./") || text.starts_with("~/") {
        return Some(silent("a path or a URL"));
    }
    if text.contains('@') && text.contains('.') {
        return Some(silent("an address"));
    }
    if ends_in_uuid(value) {
        return Some(silent("a UUID: an identifier"));
    }
    if is_hex_number(&text) {
        return Some(silent("a number"));
    }
    if is_pieces(&text) {
        return Some(silent("an identifier, made of short pieces"));
    }
    if let Some(verdict) = glued(case) {
        return Some(verdict);
    }
    if text.starts_with("v1.")
        || text.starts_with("eyJ")
        || text.starts_with("arn:")
        || text.starts_with("vault:")
    {
        return Some(silent("a token or a reference, not a key"));
    }
    if is_in_hex(case) {
        return Some(silent("bytes written in hex: these keys are text"));
    }
    let bare = !matches!(case.found.form, Form::Quoted | Form::Cell);
    if bare && is_code(&text) {
        return Some(silent("an identifier that code passes on"));
    }
    foreign(case)
}

/// `hex!("…")`, `unhexlify('…')`, `Buffer.from("…", "hex")`: test vectors of other algorithms.
fn is_in_hex(case: &Case<'_>) -> bool {
    let start = case.found.value.start;
    let before = &case.page.bytes[start.saturating_sub(24)..start];
    let call =
        before.rsplit(|b| b.is_ascii_whitespace() || matches!(b, b',' | b'=')).next().unwrap_or(before);
    let lower = call.to_ascii_lowercase();
    let opens = lower.contains(&b'(') && memchr::memmem::find(&lower, b"hex").is_some();
    let hex = case.value.iter().all(u8::is_ascii_hexdigit);
    hex && (opens
        || case.after().get(1..).is_some_and(|a| a.starts_with(b", \"hex\"") || a.starts_with(b", 'hex'")))
}

/// Keys of other systems that have a name of ours in their own.
fn foreign(case: &Case<'_>) -> Option<Verdict> {
    const OTHERS: &[&str] = &[
        "aws",
        "amazon",
        "stripe",
        "aliyun",
        "alibaba",
        "oss",
        "s3",
        "minio",
        "qiniu",
        "paypal",
        "github",
        "recaptcha",
        "hcaptcha",
    ];
    let name = crate::matcher::normalise(case.name());
    let name = String::from_utf8_lossy(&name).into_owned();
    if OTHERS.iter().any(|o| name.starts_with(o)) {
        return Some(silent("a key of another system, by its name"));
    }
    if case.value.starts_with(b"django-insecure-") {
        return Some(silent("the secret key of a Django project"));
    }
    let of_tencent = ["trtc", "tencent", "qcloud", "timsecret", "sdksecret"].iter().any(|w| name.contains(w))
        && !name.contains("tirtc");
    (of_tencent && case.rule.value == crate::rule::Value::Key)
        .then(|| silent("named for TRTC, whose key has 64 lower-case hex digits"))
}

/// `config.secretKey`, `self.key_2`, `SECRET_KEY_V2`.
fn is_code(text: &str) -> bool {
    let dotted = text.split('.').count() > 1
        && text
            .split('.')
            .all(|s| s.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && s.len() > 1);
    let snake = text.contains('_')
        && text
            .split('_')
            .all(|s| s.chars().all(|c| c.is_ascii_alphabetic()) || s.chars().all(|c| c.is_ascii_digit()));
    dotted || snake
}

/// 8-4-4-4-12 hex digits, alone or behind a prefix such as the region of a cloud.
fn ends_in_uuid(value: &[u8]) -> bool {
    let Some(from) = value.len().checked_sub(36) else { return false };
    let is_digit = |(i, b): (usize, &u8)| match i {
        8 | 13 | 18 | 23 => *b == b'-',
        _ => b.is_ascii_hexdigit(),
    };
    value[from..].iter().enumerate().all(is_digit)
        && from.checked_sub(1).is_none_or(|i| !value[i].is_ascii_alphanumeric())
}

/// `0x0123abcdULL`, `0x0123u64`: the keys are text, and this is a number to a compiler.
fn is_hex_number(text: &str) -> bool {
    let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) else { return false };
    let suffix = digits.trim_start_matches(|c: char| c.is_ascii_hexdigit() || c == '_');
    suffix.len() < digits.len()
        && suffix.len() <= 5
        && (suffix.is_empty() || suffix.starts_with(['u', 'U', 'l', 'L', 'i', 'n']))
}

/// `us-west-2_abcd_1234-5678`, `KEY_VOLUME_UP_2`: four pieces or more, each letters of one case or
/// digits. Random text of that length has no such luck.
fn is_pieces(text: &str) -> bool {
    let pieces: Vec<&[u8]> = text.as_bytes().split(|b| matches!(b, b'-' | b'_' | b'.')).collect();
    let is_plain = |p: &&[u8]| {
        p.iter().all(u8::is_ascii_digit)
            || p.iter().all(u8::is_ascii_lowercase)
            || p.iter().all(u8::is_ascii_uppercase)
    };
    pieces.len() >= 4 && pieces.iter().all(|p| !p.is_empty() && p.len() <= 12) && pieces.iter().all(is_plain)
}

/// What a colon glues to a path: the tag of an image (`team/secret-key:3f9a…`), the hash of a symbol
/// (`issuer::secret_key::h3f9a…`). An assigned value has a blank or a quote before it there.
fn glued(case: &Case<'_>) -> Option<Verdict> {
    let name = case.found.name?;
    let before = &case.page.bytes[..name.start];
    let between = case.page.bytes.get(name.end..case.found.value.start)?;
    let has_upper = case.value.iter().any(u8::is_ascii_uppercase);
    match between {
        b":" if before.ends_with(b"/") && !has_upper => Some(silent("the tag of an image")),
        b"::" if before.ends_with(b"::") && !has_upper => Some(silent("the symbol of a function")),
        _ => None,
    }
}
