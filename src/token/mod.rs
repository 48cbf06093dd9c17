//! Token schemes: what a token of each system looks like, what it says, and whether it still counts.
//!
//! One file per scheme, one line per scheme in [`SCHEMES`]. Decoding needs no key and lives in the
//! core; signing and verifying come with the feature `sign`.

mod claims;
pub mod codes;
#[cfg(feature = "sign")]
mod engines;
mod envelope;
mod evidence;
mod homemade;
pub mod inspect;
mod json;
#[cfg(feature = "sign")]
pub mod mac;
#[cfg(feature = "sign")]
mod refusal;
mod room;
mod scheme;
mod spelling;
mod status;
#[cfg(feature = "sign")]
mod strict;
pub mod tirtc;
mod user_sig;
mod user_sig_document;
pub mod usersig;
pub mod usersig_legacy;
#[cfg(feature = "sign")]
mod wiped;

pub use claims::Claims;
pub use evidence::Evidence;
#[cfg(feature = "sign")]
pub use refusal::Refusal;
pub use scheme::{Scheme, Token};
pub use status::Status;

/// Every scheme.
pub const SCHEMES: &[Scheme] = &[tirtc::SCHEME, usersig::SCHEME, usersig_legacy::SCHEME];

/// The scheme of that name.
pub fn scheme(name: &str) -> Option<&'static Scheme> {
    SCHEMES.iter().find(|s| s.name == name)
}

/// True for the tokens that the vendors print in their documents: the sample application of TRTC with
/// its sample users.
pub(crate) fn is_documentation(claims: &Claims) -> bool {
    claims.sdk_app_id == Some(1_400_000_000)
        && claims.subject.as_deref().is_some_and(|s| matches!(s, "xiaojun" | "0"))
}
