//! TRTC and Chat UserSig, version 2: who a user is to an application, signed with HMAC-SHA256.
//!
//! A JSON document, deflated and written in an alphabet of its own. A PrivateMapKey is a UserSig that
//! carries a buffer with the rights in one room.
//! Source: "Secure authentication with UserSig" of the Tencent Cloud documentation, and its signers.

pub(super) mod decode;
#[cfg(feature = "sign")]
mod sign;
#[cfg(feature = "sign")]
pub(super) mod stream;

#[cfg(feature = "sign")]
pub use self::sign::{DEFAULT_EXPIRE, Expect, Grant, Key, is_sample_key, prove};
pub use super::room::{PrivateMap, Privileges, Room};
pub use super::user_sig::UserSig;

use self::decode::decode;
use super::claims::Claims;
use super::scheme::Scheme;
use super::status::Status;

/// The scheme.
pub const SCHEME: Scheme = Scheme { name: "usersig-v2", decode, status };

/// Whether a UserSig of either version can be used at `now`: up to and with `expires_at`.
pub(super) fn status(claims: &Claims, now: i64) -> Status {
    match claims.expires_at {
        None => Status::NeverExpires,
        Some(end) if now > end => Status::Expired,
        Some(_) if claims.issued_at.is_some_and(|start| start > now) => Status::NotYetValid,
        Some(_) => Status::Active,
    }
}
