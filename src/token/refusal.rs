//! Why a token is not accepted: which check failed, in words that can be shown to anybody.

use std::fmt;

/// The check that a token did not pass. Names fields, never values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// It is no whole token of the scheme; says what is wrong.
    Malformed(&'static str),
    /// A field is missing or of another type or range than the scheme demands.
    Field {
        /// The name of the field.
        name: &'static str,
        /// What it should have been.
        expected: &'static str,
    },
    /// A claim is not the one that was asked for.
    Mismatch(&'static str),
    /// It was signed with another key, or changed since.
    Signature,
    /// Its life is over.
    Expired,
    /// It was issued in the future.
    NotYetValid,
}

impl Refusal {
    /// The check in one word for programs: `malformed`, `credential_mismatch`,
    /// `signature_verification_failed`, `expired` or `not_yet_valid`.
    pub fn code(self) -> &'static str {
        match self {
            Refusal::Malformed(_) | Refusal::Field { .. } => "malformed",
            Refusal::Mismatch(_) => "credential_mismatch",
            Refusal::Signature => "signature_verification_failed",
            Refusal::Expired => "expired",
            Refusal::NotYetValid => "not_yet_valid",
        }
    }

    /// The error codes with which the platform answers a UserSig that is refused for this; see
    /// [`codes`](super::codes). None are known for connect tokens, whose claims have other names.
    pub fn platform_codes(self) -> &'static [i32] {
        match self {
            Refusal::Malformed(_) => &[70003, -100_018],
            Refusal::Field { name, .. } if name.starts_with("TLS.") => &[70003, -100_018],
            Refusal::Mismatch("TLS.sdkappid" | "TLS.sdk_appid") => &[70014, -100_018],
            Refusal::Mismatch("TLS.identifier") => &[70013, -100_018],
            Refusal::Mismatch("TLS.userbuf") => &[-100_006],
            Refusal::Signature => &[70009, -100_018],
            Refusal::Expired => &[70001, 6206, -100_018],
            _ => &[],
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Malformed(what) => write!(f, "malformed token: {what}"),
            Refusal::Field { name, expected } => write!(f, "malformed token: `{name}`: expected {expected}"),
            Refusal::Mismatch(name) => write!(f, "credential mismatch: `{name}` is not the expected one"),
            Refusal::Signature => f.write_str("signature verification failed"),
            Refusal::Expired => f.write_str("expired"),
            Refusal::NotYetValid => f.write_str("not yet valid"),
        }
    }
}

impl std::error::Error for Refusal {}
