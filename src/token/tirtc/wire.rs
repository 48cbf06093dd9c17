//! What a connect token is made of: the numbers and words that are agreed with the platform, and what the
//! payload says.

use crate::token::claims::Claims;
use crate::token::json::Object;

/// What a scope begins with; the peer follows.
pub const SCOPE_PREFIX: &str = "connect:";

/// What a peer may begin with; the device id follows.
pub const DEVICE_PREFIX: &str = "device://";

/// The longest life that is issued, in seconds.
pub(in crate::token) const MAX_LIFE: i64 = 86_400;

/// Characters of a signature: 32 bytes in base64url without padding.
pub const SIGNATURE_CHARS: usize = 43;

/// The longest payload that is read, in characters; the vendor's own limits end at 768.
pub(super) const MAX_PAYLOAD: usize = 8 * 1024;

/// The peer that a scope names, without `connect:` and `device://`; none where it is no such scope or
/// names nobody.
///
/// ```
/// use scrubjay::token::tirtc::remote_id;
/// assert_eq!(remote_id("connect:device://TIRA1B2C3D4E"), Some("TIRA1B2C3D4E"));
/// assert_eq!(remote_id("connect:TIRA1B2C3D4E"), Some("TIRA1B2C3D4E"));
/// assert_eq!(remote_id("listen:TIRA1B2C3D4E"), None);
/// ```
pub fn remote_id(scope: &str) -> Option<&str> {
    let peer = scope.strip_prefix(SCOPE_PREFIX)?;
    let id = peer.strip_prefix(DEVICE_PREFIX).unwrap_or(peer);
    (!id.is_empty()).then_some(id)
}

pub(in crate::token) fn claims(object: &Object<'_>) -> Claims {
    let scope = object.text("scope");
    let expiry = object.seconds("exp");
    Claims {
        subject: object.text_or_digits("sub").map(Into::into),
        remote_id: scope.as_deref().and_then(remote_id).map(Into::into),
        scope: scope.map(Into::into),
        issuer: object.text_or_digits("iss").map(Into::into),
        issued_at: object.seconds("iat").map(|s| s.whole),
        expires_at: expiry.map(|s| s.whole),
        fractional_expiry: expiry.is_some_and(|s| s.fraction),
        nonce: object.text_or_digits("nonce").map(Into::into),
        sdk_app_id: None,
    }
}
