//! Values that are not literals: identifiers, paths, URLs, types, and what code passes on.

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
    if is_uuid(value) {
        return Some(silent("a UUID: an identifier"));
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

/// 8-4-4-4-12 hex digits.
fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value
            .iter()
            .enumerate()
            .all(|(i, b)| if matches!(i, 8 | 13 | 18 | 23) { *b == b'-' } else { b.is_ascii_hexdigit() })
}
