//! UserSig, version 1: the same envelope, signed with ECDSA-SHA256 and a private key per application.
//!
//! The names of its fields differ from those of version 2 and every value is a string. The oldest
//! signer wrote the document as it is, without compression and base64; [`decode_json`] reads that.
//! Source: the legacy signers linked from "Secure authentication with UserSig".

pub(super) mod decode;
mod issue_time;
#[cfg(feature = "legacy")]
mod keys;
mod published;
#[cfg(feature = "legacy")]
mod sign;

#[cfg(feature = "legacy")]
pub use self::keys::{Curve, PrivateKey, PublicKey};
pub(crate) use self::published::is_published;
#[cfg(feature = "legacy")]
pub use self::sign::prove;

use self::decode::{decode, read};
use super::envelope::{self, MAX_DOCUMENT};
use super::homemade;
use super::json::Object;
use super::scheme::{Scheme, Token};
use super::user_sig_document::speaks_legacy;
use super::usersig;

/// The scheme.
pub const SCHEME: Scheme = Scheme { name: "usersig-legacy", decode, status: usersig::status };

/// Reads a UserSig document that is written as plain JSON, of either version, beginning at its brace.
///
/// Returns the scheme that it belongs to with the token, whose length is that of the object. None
/// where the object does not end within 4 KiB.
///
/// ```
/// use scrubjay::token::usersig_legacy::decode_json;
/// let text = br#"{"TLS.ver":"2.0","TLS.identifier":"alice"} and no signature"#;
/// assert!(decode_json(text).is_none());
/// ```
pub fn decode_json(input: &[u8]) -> Option<(&'static Scheme, Token)> {
    let inner = input.strip_prefix(b"{")?.trim_ascii_start();
    if !inner.starts_with(b"\"TLS.") {
        return None;
    }
    let object = Object::read(&input[..input.len().min(MAX_DOCUMENT)])?;
    let length = object.length?;
    if let Some(token) = read(&object, length) {
        return Some((&SCHEME, token));
    }
    let own = usersig::decode::read(&object, length);
    let homemade = || homemade::read(&input[..length], length);
    let legacy = own.is_none() && speaks_legacy(&input[..length]);
    let scheme = if legacy { &SCHEME } else { &usersig::SCHEME };
    Some((scheme, own.or_else(homemade)?))
}

/// Reads a UserSig of either version that was deflated without the header and the checksum of zlib: nothing
/// but what is inside tells that it is one. Such a token is refused by every server.
pub(crate) fn decode_bare(input: &[u8]) -> Option<(&'static Scheme, Token)> {
    let envelope = envelope::open_bare(input)?;
    let legacy = speaks_legacy(&envelope.document);
    let scheme = if legacy { &SCHEME } else { &usersig::SCHEME };
    Some((scheme, homemade::read(&envelope.document, envelope.length)?))
}
