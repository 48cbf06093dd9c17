//! Connect tokens as home-made signers and careless carriers write them: without `v1.` or with another
//! letter, in standard base64, with a space where a `+` was, with claims that the platform refuses.
//!
//! They open nothing as they are, perhaps, and hold a signature all the same; who wrote one wants to know what
//! is wrong with it. What is read here proves no key.

use zeroize::Zeroizing;

use super::wire::{SCOPE_PREFIX, SIGNATURE_CHARS, claims};
use crate::token::json::{Object, Value};
use crate::token::scheme::Token;
use crate::token::spelling::{Sextets, Spelling, unescape};

/// The longest part that is read, in characters.
const MAX_PART: usize = 8 * 1024;

/// The claims that stand beside the scope.
pub(in crate::token) const CLAIMS: [&str; 5] = ["sub", "iss", "iat", "exp", "nonce"];

/// With so many of these beside its scope, a document is a token's.
const ENOUGH_CLAIMS: usize = 3;

/// Characters of signatures by other means, which home-made signers have been seen to write: 64 hex digits (also
/// SHA-384), base64 of 64 bytes or of 64 hex digits (with padding or not), and 128 hex digits.
const OTHER_SIGNATURES: [usize; 3] = [64, 86, 128];

/// What is shorter is the beginning of a signature rather than a whole one: SHA-1 has as many characters.
pub(in crate::token) const SHORTEST_SIGNATURE: usize = 27;

/// A token that is split into its parts, whatever is in them.
pub(in crate::token) struct Parts<'a> {
    /// What stands before the payload: `v1.`, `V1.`, the head of a JWT, nothing.
    pub(in crate::token) prefix: &'a [u8],
    /// The signature as it is written, without padding.
    pub(in crate::token) signature: &'a [u8],
    /// How many characters the signature has, escapes undone.
    pub(in crate::token) signature_chars: usize,
    /// Bytes of the input that all of it takes.
    pub(in crate::token) length: usize,
    /// The document in the payload.
    pub(in crate::token) document: Zeroizing<Vec<u8>>,
}

/// Reads a whole token that another signer made.
pub(super) fn decode(input: &[u8]) -> Option<Token> {
    let parts = Parts::of(input)?;
    let count = parts.signature_chars;
    // A JWT is for others to find: its claims may be anybody's.
    if parts.is_jwt() {
        return None;
    }
    if count != SIGNATURE_CHARS && !OTHER_SIGNATURES.contains(&count) {
        return None;
    }
    let object = Object::read(&parts.document)?;
    let rest = &parts.document[object.length?..];
    let is_ours = is_one(&object, &parts.document) && rest.iter().all(u8::is_ascii_whitespace);
    is_ours.then(|| Token {
        length: parts.length,
        claims: claims(&object),
        refused: true,
        ..Token::default()
    })
}

/// Whether the claims are those of a connect token: a scope that says so, and some of the others.
pub(in crate::token) fn is_one(object: &Object<'_>, document: &[u8]) -> bool {
    let count = CLAIMS.iter().filter(|name| object.get(name).is_some()).count();
    let holds = |word: &[u8]| memchr::memmem::find(document, word).is_some();
    match object.get("scope") {
        Some(Value::Text(scope)) if scope.starts_with(SCOPE_PREFIX.as_bytes()) => {
            count >= ENOUGH_CLAIMS || (object.get("iss").is_some() && object.get("nonce").is_some())
        }
        // Malformed, and yet about a device.
        Some(_) => count == CLAIMS.len() && (holds(b"device:") || holds(SCOPE_PREFIX.as_bytes())),
        None => false,
    }
}

impl<'a> Parts<'a> {
    /// Splits the token at the start of `input`; none where there is no payload with a JSON object.
    pub(in crate::token) fn of(input: &'a [u8]) -> Option<Self> {
        let named = matches!(input.first_chunk::<3>(), Some([b'v' | b'V', b'1', b'.']));
        let prefix = if named { 3 } else { 0 };
        let (payload, end) = part(&input[prefix..])?;
        let document = document(payload)?;
        let dot = prefix + end;
        if !named && is_jwt_head(&document) {
            // The claims come second.
            let (payload, end) = part(&input[dot + 1..])?;
            let document = self::document(payload)?;
            return Some(Self::signed(input, dot + 1, dot + 1 + end, document));
        }
        Some(Self::signed(input, prefix, dot, document))
    }

    /// Whether it is a JWT.
    pub(in crate::token) fn is_jwt(&self) -> bool {
        self.prefix.len() > "v1.".len()
    }

    fn signed(input: &'a [u8], prefix: usize, dot: usize, document: Zeroizing<Vec<u8>>) -> Self {
        let rest = &input[dot + 1..];
        let (chars, width) = signature(rest);
        let length = dot + 1 + width + padding(&rest[width..]);
        let (prefix, signature) = (&input[..prefix], &rest[..width]);
        Self { prefix, signature, signature_chars: chars, length, document }
    }
}

/// The characters of a part up to the dot behind it, and where the dot is.
fn part(input: &[u8]) -> Option<(&[u8], usize)> {
    if !matches!(input.first_chunk::<2>()?, b"ey" | b"ew") {
        return None;
    }
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || b"-_+/".contains(b);
    let length = input.iter().take(MAX_PART).take_while(is_part).count();
    let dot = length + padding(&input[length..]);
    (input.get(dot) == Some(&b'.')).then_some((&input[..length], dot))
}

/// Padding at the start of `input`, also as an escape.
fn padding(input: &[u8]) -> usize {
    let mut at = 0;
    for _ in 0..2 {
        at += match input[at..] {
            [b'=', ..] => 1,
            [b'%', ..] => {
                unescape(&input[at..]).filter(|(byte, _)| *byte == b'=').map_or(0, |(_, width)| width)
            }
            _ => 0,
        };
    }
    at
}

/// How many characters the signature at the start of `input` has, and how many bytes they take.
fn signature(input: &[u8]) -> (usize, usize) {
    let (mut at, mut count, mut blank) = (0, 0, None);
    while count < MAX_PART {
        let width = match input.get(at) {
            Some(b) if b.is_ascii_alphanumeric() || b"-_+/".contains(b) => 1,
            Some(b'%') => match unescape(&input[at..]) {
                Some((b'+' | b'/' | b'-' | b'_', width)) => width,
                _ => break,
            },
            // A form's decoder makes a space of a `+`.
            Some(b' ') if count > 0 && input.get(at + 1).is_some_and(u8::is_ascii_alphanumeric) => {
                blank = blank.or(Some((count, at)));
                1
            }
            _ => break,
        };
        at += width;
        count += 1;
    }
    // The words of a sentence behind it would be read as well: together they have to be a signature.
    let Some((before, first)) = blank else { return (count, at) };
    let end = first + SIGNATURE_CHARS.saturating_sub(before);
    let rest = input.get(first..end).filter(|_| end <= at && (end == at || input[end] == b' '));
    let has = |fits: fn(&u8) -> bool| rest.is_some_and(|rest| rest.iter().any(fits));
    let is_random = has(u8::is_ascii_digit) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    // Or nothing comes behind it: a sentence would go on.
    let is_last = rest.is_some() && end == at;
    if is_random || is_last { (SIGNATURE_CHARS, end) } else { (before, first) }
}

/// The JSON object that a payload spells, in either alphabet of base64.
fn document(payload: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut out = Sextets::with_room(payload.len());
    for &byte in payload {
        // A part has no other characters.
        out.push(Spelling::URL_SAFE.sextet(&[byte])?.0);
    }
    let out = out.into_bytes();
    out.starts_with(b"{").then_some(out)
}

/// Whether this is the first part of a JWT.
fn is_jwt_head(document: &[u8]) -> bool {
    Object::read(document).is_some_and(|head| head.get("alg").is_some() && head.get("scope").is_none())
}
