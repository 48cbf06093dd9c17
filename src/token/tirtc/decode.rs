//! Reads connect tokens as the platform writes them, and those that were cut off.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::variant;
use super::wire::{MAX_PAYLOAD, SCOPE_PREFIX, SIGNATURE_CHARS, claims};
use crate::token::evidence::Evidence;
use crate::token::json::{Object, Value};
use crate::token::scheme::Token;

/// From here on a payload that was cut before its scope is long enough to be believed.
const MIN_CUT_PAYLOAD: usize = 60;

pub(super) fn decode(input: &[u8]) -> Option<Token> {
    let own = decode_own(input);
    match &own {
        Some(token) if !token.truncated => own,
        // What looks cut off may go on in another alphabet.
        _ => variant::decode(input).or(own),
    }
}

/// Reads what is written as the platform writes it.
fn decode_own(input: &[u8]) -> Option<Token> {
    // Base64url of `{"`, or of `{` with white space after it.
    if !matches!(input.get(..5)?, b"v1.ey" | b"v1.ew") {
        return None;
    }
    let payload = &input[3..];
    let payload_chars = run(payload, MAX_PAYLOAD + 1);
    if payload_chars > MAX_PAYLOAD {
        return None;
    }
    let padding = padding(&payload[payload_chars..]);
    let after = &payload[payload_chars + padding..];
    let payload = &payload[..payload_chars];
    let head = 3 + payload_chars + padding;
    if after.first() != Some(&b'.') {
        return if padding == 0 { truncated(payload, after.first().copied(), head) } else { None };
    }
    let signature = &after[1..];
    let signature_chars = run(signature, SIGNATURE_CHARS + 4);
    if signature_chars < SIGNATURE_CHARS {
        let length = if signature_chars == 0 { head } else { head + 1 + signature_chars };
        return truncated(payload, signature.get(signature_chars).copied(), length);
    }
    // Markdown emphasis and dashes may follow a token directly; anything else is a longer word.
    if !signature[SIGNATURE_CHARS..signature_chars].iter().all(|b| matches!(b, b'_' | b'-')) {
        return None;
    }
    let length = head + 1 + SIGNATURE_CHARS + usize::from(signature.get(SIGNATURE_CHARS) == Some(&b'='));
    complete(payload, &signature[..SIGNATURE_CHARS], length)
}

fn complete(payload: &[u8], signature: &[u8], length: usize) -> Option<Token> {
    let document = Zeroizing::new(BASE64URL.decode(payload).ok()?);
    let object = Object::read(&document)?;
    if document[object.length?..].iter().any(|b| !b.is_ascii_whitespace()) {
        return None;
    }
    if !object.text("scope")?.starts_with(SCOPE_PREFIX) {
        return None;
    }
    object.get("iss")?;
    object.get("nonce")?;
    let mut mac = Zeroizing::new([0; 32]);
    if BASE64URL.decode_slice(signature, mac.as_mut()).ok()? != mac.len() {
        return None;
    }
    let evidence = Evidence::pack(payload, mac.as_ref());
    let is_text = |name: &&str| matches!(object.get(name), Some(Value::Text(_)));
    let refused = !(["sub", "iss", "nonce"].iter().all(is_text)
        && ["iat", "exp"].iter().all(|name| object.is_integer(name)));
    Some(Token { length, claims: claims(&object), refused, evidence, ..Token::default() })
}

/// A token whose end is missing, where enough of it is left to be sure.
fn truncated(payload: &[u8], stopped_by: Option<u8>, length: usize) -> Option<Token> {
    if stopped_by == Some(b'*') {
        // Somebody masked it.
        return None;
    }
    // A lone last character holds no whole byte.
    let whole = payload.len() - usize::from(payload.len() % 4 == 1);
    let document = Zeroizing::new(BASE64URL.decode(&payload[..whole]).ok()?);
    let object = Object::read(&document)?;
    let cut_in_scope = || match object.cut {
        Some((name, value)) => name == b"scope" && value.starts_with(SCOPE_PREFIX.as_bytes()),
        None => false,
    };
    let has_scope = match object.get("scope") {
        Some(Value::Text(scope)) => scope.starts_with(SCOPE_PREFIX.as_bytes()),
        Some(_) => false,
        None => cut_in_scope() || (payload.len() >= MIN_CUT_PAYLOAD && begins_as_ours(&document)),
    };
    has_scope.then(|| Token { length, claims: claims(&object), truncated: true, ..Token::default() })
}

/// True where a document that ends before its scope is what every signer of the vendor begins with:
/// the subject, then the scope.
fn begins_as_ours(document: &[u8]) -> bool {
    let Some(subject) = document.strip_prefix(b"{\"sub\":\"") else { return false };
    let mut at = 0;
    while let Some(&byte) = subject.get(at) {
        match byte {
            b'"' => return b",\"scope\":\"connect:".starts_with(&subject[at + 1..]),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    true
}

/// RFC 4648 section 5, forgiving in what a reader of leaks may forgive.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// How many base64url characters stand at the start, counted up to `most`.
fn run(input: &[u8], most: usize) -> usize {
    let inside = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    input.iter().take(most).take_while(inside).count()
}

fn padding(input: &[u8]) -> usize {
    input.iter().take(2).take_while(|&&b| b == b'=').count()
}
