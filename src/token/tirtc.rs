//! TiRTC connect tokens, `v1.<payload_b64>.<app_sig>`: a bearer credential that lets its holder
//! connect to one device, once, for minutes.
//!
//! Many systems write `v1.<base64>.<base64>`, so the shape is only the first sieve: the payload has
//! to decode to the claims that this system demands.
//! Source: "Generate a Connection Token" and "Connection" of the TiRTC documentation.

mod connect_token;
mod decode;
#[cfg(feature = "sign")]
mod prove;
#[cfg(feature = "sign")]
mod sign;
pub(super) mod variant;
pub(super) mod wire;

pub use self::connect_token::ConnectToken;
#[cfg(feature = "sign")]
pub use self::prove::{AppTrial, FirstSignature, Trial, is_sample, prove};
#[cfg(feature = "sign")]
pub use self::sign::{DEFAULT_TTL, Expect, Grant, Keys, MAX_TTL, Signing};
pub use self::wire::{DEVICE_PREFIX, SCOPE_PREFIX, SIGNATURE_CHARS, remote_id};

use self::decode::decode;
use super::claims::Claims;
use super::scheme::Scheme;
use super::status::Status;

/// The scheme.
pub const SCHEME: Scheme = Scheme { name: "tirtc-v1", decode, status };

fn status(claims: &Claims, now: i64) -> Status {
    match claims.expires_at {
        None => Status::NeverExpires,
        // A fraction of a second of its life is left at `expires_at` itself.
        Some(end) if now > end || (now == end && !claims.fractional_expiry) => Status::Expired,
        Some(_) if claims.issued_at.is_some_and(|start| start > now) => Status::NotYetValid,
        Some(_) => Status::Active,
    }
}
