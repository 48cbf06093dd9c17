//! What may follow a name inside its identifier: `SECRET_KEY_PROD`, `secretKeyAndroid` and `secret_keys` name
//! keys, `SECRET_KEY_HASH` and `secretKeyPath` what is about one.

/// What may follow a name without a sign between.
#[rustfmt::skip]
pub(super) const TAILS: &[&str] = &[
    "prod", "production", "dev", "development", "test", "testing", "staging", "stage", "stg", "release",
    "debug", "old", "new", "prev", "previous", "next", "backup", "bak", "default", "primary", "secondary",
    "current", "value", "val", "str", "string", "text", "plain", "raw", "literal", "const", "cn", "us",
    "eu", "sg", "online", "local", "base64", "b64", "main", "alt", "live", "real", "tmp", "temp",
    "override", "fallback", "set",
];

/// Words that make it the name of something else.
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "hash", "hashes", "hashed", "sha", "sha1", "sha224", "sha256", "sha384", "sha512", "md5", "digest", "checksum",
    "crc", "crc32", "fingerprint", "thumbprint", "hmac", "mac", "etag", "name", "names", "path", "paths", "file", "files",
    "filename", "dir", "folder", "arn", "ref", "refs", "reference", "len", "length", "size", "bits", "count", "id",
    "ids", "uuid", "guid", "url", "uri", "link", "host", "endpoint", "port", "type", "kind", "version", "label",
    "title", "alias", "salt", "nonce", "iv", "sig", "sigs", "signature", "signatures", "signed", "commit", "revision",
    "trace", "request", "response", "cipher", "ciphertext", "encrypted", "enc", "sealed", "wrapped", "public", "pub",
    "cert", "certificate", "index", "idx", "offset", "pos", "at", "date", "time", "timestamp", "expiry", "expires",
    "expiration", "ttl", "by", "user", "username", "owner", "author", "email", "variable", "field", "column", "header",
    "param", "parameter", "prefix", "suffix", "pattern", "regex", "mask", "masked", "redacted", "hint", "help",
    "description", "comment", "doc", "message", "error", "exists", "valid", "enabled", "required", "state", "status",
    "token", "session", "challenge", "proof", "tag", "kid", "algorithm", "alg", "image", "digests",
    "spec", "factory", "generator", "provider", "builder", "util", "utils", "helper", "manager", "store", "resolver",
    "loader", "reader", "writer", "parser", "exception", "impl", "handler", "repository", "entry", "filter", "validator",
    "interceptor", "authenticator", "converter",
];

/// No more words than these follow a name.
const MOST_WORDS: usize = 4;

/// For each first letter of these words a bit for each of their lengths: most other words are told by that.
static LENGTHS: [u16; 26] = {
    let mut lengths = [0; 26];
    let mut i = 0;
    while i < OTHERS.len() {
        lengths[(OTHERS[i].as_bytes()[0] - b'a') as usize] |= 1 << OTHERS[i].len();
        i += 1;
    }
    lengths
};

/// Whether a word makes what it follows, or labels, something else than a key.
pub(super) fn is_other(word: &[u8]) -> bool {
    let first = word.first().map_or(u8::MAX, |b| b.to_ascii_lowercase().wrapping_sub(b'a'));
    let lengths = LENGTHS.get(usize::from(first)).copied().unwrap_or(0);
    u32::from(lengths).unbounded_shr(word.len() as u32) & 1 != 0
        && OTHERS.iter().map(|other| other.as_bytes()).any(|other| {
            other.len() == word.len() && other[0] == first + b'a' && word.eq_ignore_ascii_case(other)
        })
}

/// Whether a label says that what it has is something else than a key: `id`, `keySha256`.
pub(super) fn names_other(label: &[u8]) -> bool {
    let mut rest = label;
    while let Some((head, word)) = split_last_word(rest) {
        if is_other(word) {
            return true;
        }
        rest = head;
    }
    false
}

/// The identifier without its last word, without its last two, and so on, as far as none of them makes it the
/// name of something else.
pub(super) fn heads(identifier: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = identifier;
    let heads = std::iter::from_fn(move || {
        let (head, _) = split_last_word(rest).filter(|(head, word)| !head.is_empty() && !is_other(word))?;
        rest = head;
        Some(head)
    });
    heads.take(MOST_WORDS)
}

/// Splits the last word off an identifier: `SECRET_KEY_ID` is `SECRET_KEY` and `ID`, `secretKeyV2` is
/// `secretKey` and `V2`. Dots join other things than words.
fn split_last_word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let count = |text: &[u8], of: fn(&u8) -> bool| text.iter().rev().take_while(|b| of(b)).count();
    let mut start = text.len() - count(text, u8::is_ascii_digit);
    let lower = count(&text[..start], u8::is_ascii_lowercase);
    start -= lower;
    if lower == 0 {
        start -= count(&text[..start], u8::is_ascii_uppercase);
    } else if text[..start].last().is_some_and(u8::is_ascii_uppercase) {
        start -= 1;
    }
    let (head, word) = text.split_at(start);
    let head = &head[..head.len() - count(head, |b| matches!(b, b'_' | b'-' | b'\\'))];
    let is_glued = head.len() == start && word.first().is_some_and(u8::is_ascii_lowercase);
    // In `a1b2c3` is no word.
    let is_joined = head
        .last()
        .is_none_or(|b| if is_glued { b.is_ascii_alphabetic() } else { b.is_ascii_alphanumeric() });
    (!word.is_empty() && is_joined).then_some((head, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_taken_off_one_by_one() {
        let all = |text: &'static str| -> Vec<&str> {
            heads(text.as_bytes()).map(|h| std::str::from_utf8(h).expect("text")).collect()
        };
        assert_eq!(all("KEY_FOR_PROD"), ["KEY_FOR", "KEY"]);
        assert_eq!(all("secretKeyV2"), ["secretKey", "secret"]);
        assert_eq!(all("secretKeyIOS"), ["secretKey", "secret"]);
        assert_eq!(all("key-b64"), ["key"]);
        assert!(all("KEY_HASH").is_empty() && all("keySha256").is_empty() && all("a.b").is_empty());
        assert!(names_other(b"id") && names_other(b"keyArn") && !names_other(b"prod"));
    }
}
