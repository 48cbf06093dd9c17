//! What may follow a name inside its identifier: `SECRET_KEY_PROD`, `secretKeyAndroid` and `secret_keys` name
//! keys, `SECRET_KEY_HASH` and `secretKeyPath` what is about one.

use crate::words::WordSet;

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
static OTHERS: WordSet = WordSet::new(&[
    b"alg", b"algorithm", b"alias", b"arn", b"at", b"authenticator", b"author", b"bits", b"builder", b"by",
    b"cert", b"certificate", b"challenge", b"checksum", b"cipher", b"ciphertext", b"column", b"comment",
    b"commit", b"converter", b"count", b"crc", b"crc32", b"date", b"description", b"digest", b"digests", b"dir",
    b"doc", b"email", b"enabled", b"enc", b"encrypted", b"endpoint", b"entry", b"error", b"etag", b"exception",
    b"exists", b"expiration", b"expires", b"expiry", b"factory", b"field", b"file", b"filename", b"files",
    b"filter", b"fingerprint", b"folder", b"generator", b"guid", b"handler", b"hash", b"hashed", b"hashes",
    b"header", b"help", b"helper", b"hint", b"hmac", b"host", b"id", b"ids", b"idx", b"image", b"impl",
    b"index", b"interceptor", b"iv", b"kid", b"kind", b"label", b"len", b"length", b"link", b"loader", b"mac",
    b"manager", b"mask", b"masked", b"md5", b"message", b"name", b"names", b"nonce", b"offset", b"owner",
    b"param", b"parameter", b"parser", b"path", b"paths", b"pattern", b"port", b"pos", b"prefix", b"proof",
    b"provider", b"pub", b"public", b"reader", b"redacted", b"ref", b"reference", b"refs", b"regex",
    b"repository", b"request", b"required", b"resolver", b"response", b"revision", b"salt", b"sealed",
    b"session", b"sha", b"sha1", b"sha224", b"sha256", b"sha384", b"sha512", b"sig", b"signature",
    b"signatures", b"signed", b"sigs", b"size", b"spec", b"state", b"status", b"store", b"suffix", b"tag",
    b"thumbprint", b"time", b"timestamp", b"title", b"token", b"trace", b"ttl", b"type", b"uri", b"url",
    b"user", b"username", b"util", b"utils", b"uuid", b"valid", b"validator", b"variable", b"version",
    b"wrapped", b"writer",
]);

/// No more words than these follow a name.
const MOST_WORDS: usize = 4;

/// Whether a word makes what it follows, or labels, something else than a key.
pub(super) fn is_other(word: &[u8]) -> bool {
    OTHERS.contains(word)
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
