//! TRTC and Chat UserSig, version 2: who a user is to an application, signed with HMAC-SHA256.
//!
//! A JSON document, deflated and written in an alphabet of its own. A PrivateMapKey is a UserSig that
//! carries a buffer with the rights in one room.
//! Source: "Secure authentication with UserSig" of the Tencent Cloud documentation, and its signers.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_PAD_INDIFFERENT;

use super::envelope::{self, Envelope};
use super::homemade;
use super::json::{Object, Value};
use super::{Claims, Evidence, Scheme, Token};
use crate::error::{Error, Result};
use crate::finding::Status;
use crate::text::mask;

#[cfg(feature = "sign")]
mod sign;
#[cfg(feature = "sign")]
pub(super) mod stream;

pub use super::room::{PrivateMap, Privileges, Room};
#[cfg(feature = "sign")]
pub use sign::{DEFAULT_EXPIRE, Expect, Grant, Key, is_sample_key, prove};

/// The scheme.
pub const SCHEME: Scheme = Scheme { name: "usersig-v2", decode, status };

/// The application of the vendor's documentation, and the users that its samples name.
const SAMPLE_APP: u64 = 1_400_000_000;
const SAMPLE_USERS: [&str; 2] = ["xiaojun", "0"];

crate::secret::secret_type! {
    /// A UserSig of either version, PrivateMapKey included: whoever holds it is that user.
    ///
    /// ```
    /// use scrubjay::token::usersig::UserSig;
    /// assert!(UserSig::parse("eJyrVgrxCdYrSy1SslI").is_err());
    /// ```
    UserSig, check_token, mask
}

#[cfg(feature = "legacy")]
impl UserSig {
    /// A token that was just signed.
    pub(super) fn from_signer(token: crate::secret::Secret<String>) -> Self {
        Self(token)
    }
}

fn check_token(token: &str) -> Result<()> {
    let whole = |scheme: &Scheme| {
        (scheme.decode)(token.as_bytes())
            .is_some_and(|t| !t.truncated && !t.refused && t.length == token.len())
    };
    if whole(&SCHEME) || whole(&super::usersig_legacy::SCHEME) {
        return Ok(());
    }
    Err(Error::invalid("UserSig: expected a whole token"))
}

/// Whether a UserSig of either version can be used at `now`: up to and with `expires_at`.
pub(super) fn status(claims: &Claims, now: i64) -> Status {
    match claims.expires_at {
        None => Status::NeverExpires,
        Some(end) if now > end => Status::Expired,
        Some(_) if claims.issued_at.is_some_and(|start| start > now) => Status::NotYetValid,
        Some(_) => Status::Active,
    }
}

fn decode(input: &[u8]) -> Option<Token> {
    let envelope = envelope::open(input)?;
    let object = Object::read(&envelope.document)?;
    if super::usersig_legacy::speaks_legacy(&envelope.document) {
        return None;
    }
    if envelope.complete {
        return read_any(&object, &envelope);
    }
    let claims = claims(&object);
    Some(Token { length: envelope.length, claims, truncated: true, ..Token::default() })
}

/// Reads a UserSig of either version that was deflated without the header and the checksum of zlib: nothing
/// but what is inside tells that it is one. Such a token is refused by every server.
pub(crate) fn decode_bare(input: &[u8]) -> Option<(&'static Scheme, Token)> {
    let envelope = envelope::open_bare(input)?;
    let legacy = super::usersig_legacy::speaks_legacy(&envelope.document);
    let scheme = if legacy { &super::usersig_legacy::SCHEME } else { &SCHEME };
    Some((scheme, homemade::read(&envelope.document, envelope.length)?))
}

/// A token from its whole document, as it should be or as a home-made signer wrote it.
fn read_any(object: &Object<'_>, envelope: &Envelope) -> Option<Token> {
    let token = read(object, envelope.length).filter(|_| envelope.is_plain());
    token.or_else(|| homemade::read(&envelope.document, envelope.length))
}

/// A token of `length` bytes from its whole document; none where it is not of this version.
pub(super) fn read(object: &Object<'_>, length: usize) -> Option<Token> {
    object.length?;
    if object.text("TLS.ver")? != "2.0" {
        return None;
    }
    let identifier = object.text("TLS.identifier")?;
    let claims = claims(object);
    let app = claims.sdk_app_id.filter(|_| !matches!(object.get("TLS.sdkappid"), Some(Value::Text(_))))?;
    let signature = STANDARD_PAD_INDIFFERENT.decode(object.text("TLS.sig")?.as_bytes()).ok()?;
    if signature.len() != 32 {
        return None;
    }
    let mut lines = Lines::default();
    lines.add(object, "TLS.identifier");
    lines.add(object, "TLS.sdkappid");
    lines.add(object, "TLS.time");
    lines.add(object, "TLS.expire");
    lines.add(object, "TLS.userbuf");
    Some(Token {
        length,
        sample: app == SAMPLE_APP && SAMPLE_USERS.contains(&&*identifier),
        evidence: Evidence::pack(lines.0.as_bytes(), &signature),
        claims,
        truncated: false,
        refused: !(object.is_integer("TLS.time") && object.is_integer("TLS.expire")),
    })
}

fn claims(object: &Object<'_>) -> Claims {
    let issued_at = object.seconds("TLS.time").map(|s| s.whole);
    let life = object.seconds("TLS.expire").map(|s| s.whole);
    let app = object.seconds("TLS.sdkappid").filter(|s| !s.fraction);
    Claims {
        subject: object.text("TLS.identifier").map(Into::into),
        scope: room(object),
        issued_at,
        expires_at: issued_at.zip(life).and_then(|(start, life)| start.checked_add(life)),
        sdk_app_id: app.and_then(|s| u64::try_from(s.whole).ok()),
        ..Claims::default()
    }
}

/// `room:…` where the document carries the buffer of a PrivateMapKey.
pub(super) fn room(object: &Object<'_>) -> Option<String> {
    let buffer = STANDARD_PAD_INDIFFERENT.decode(object.text("TLS.userbuf")?.as_bytes()).ok()?;
    PrivateMap::decode(&buffer).map(|map| map.room.to_string())
}

/// The text that is signed: a line each for the fields that are there, in the order of the calls.
#[derive(Default)]
pub(super) struct Lines(pub(super) String);

impl Lines {
    pub(super) fn add(&mut self, object: &Object<'_>, name: &str) {
        if let Some(value) = object.text_or_digits(name) {
            self.put(name, &value);
        }
    }

    pub(super) fn put(&mut self, name: &str, value: &str) {
        for part in [name, ":", value, "\n"] {
            self.0.push_str(part);
        }
    }
}
