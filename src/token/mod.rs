//! Token schemes: what a token of each system looks like, what it says, and whether it still counts.
//!
//! One file per scheme, one line per scheme in [`SCHEMES`]. Decoding needs no key and lives in the
//! core; signing and verifying come with the feature `sign`.

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
mod spelling;
#[cfg(feature = "sign")]
mod strict;
pub mod tirtc;
pub mod usersig;
pub mod usersig_legacy;
#[cfg(feature = "sign")]
mod wiped;

pub use evidence::Evidence;
#[cfg(feature = "sign")]
pub use refusal::Refusal;

use std::fmt;

use zeroize::Zeroizing;

use crate::finding::Status;
use crate::text;

/// What a token says, in one vocabulary for all schemes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claims {
    /// For whom it was issued: `sub`, or `TLS.identifier`.
    pub subject: Option<String>,
    /// What it allows: `scope`.
    pub scope: Option<String>,
    /// The peer inside the scope, without `device://`.
    pub remote_id: Option<String>,
    /// Who issued it: `iss`, the public access id.
    pub issuer: Option<String>,
    /// When it was issued, Unix seconds.
    pub issued_at: Option<i64>,
    /// The last second (UserSig), or the first second after (TiRTC), of its life; Unix seconds.
    pub expires_at: Option<i64>,
    /// True where the life goes on for a fraction of a second after `expires_at`.
    pub fractional_expiry: bool,
    /// TRTC application id.
    pub sdk_app_id: Option<u64>,
    /// The nonce, which must never come twice.
    pub nonce: Option<String>,
}

impl Claims {
    /// The same to be shown: in every text what `mask` makes of it.
    pub(crate) fn map_texts(mut self, mut mask: impl FnMut(&str) -> String) -> Self {
        let Self { subject, scope, remote_id, issuer, .. } = &mut self;
        for text in [subject, scope, remote_id, issuer].into_iter().flatten() {
            *text = mask(text);
        }
        self
    }

    /// The same to be shown: whoever signs may put a secret where a name belongs, so that what looks random
    /// shows its mask. UUIDs stay, and so does a subject that is one word: platforms call their users so.
    ///
    /// ```
    /// use scrubjay::token::Claims;
    /// let license = ["TIRA1B2C3D4E,", &"aB3".repeat(8)].concat();
    /// let claims = Claims { remote_id: Some(license), ..Claims::default() };
    /// assert_eq!(claims.masked().remote_id.as_deref(), Some("TIRA1B2C3D4E,aB3a****3aB3"));
    /// ```
    #[must_use]
    pub fn masked(&self) -> Self {
        let masked = self.clone().map_texts(text::mask_runs_but_uuids);
        let is_word =
            |subject: &String| subject.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
        Self { subject: self.subject.clone().filter(is_word).or(masked.subject.clone()), ..masked }
    }
}

/// A token that was recognised in bytes.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Token {
    /// Bytes of the input that it takes, from its first byte on.
    pub length: usize,
    /// What it says.
    pub claims: Claims,
    /// True where it ends before its own end (a log line limit).
    pub truncated: bool,
    /// True where its claims are those of the vendor's documentation. A sample that only its key
    /// gives away is known by `is_sample`, which needs the feature `sign`.
    pub sample: bool,
    /// True where it is what a home-made signer wrote: it can be read, and no server takes it as it is. Its
    /// evidence is empty where no verifier reads it at all.
    pub refused: bool,
    /// The signed part and the signature, to be read with [`Evidence::of`]; empty where the token is
    /// truncated. Wiped on drop.
    pub evidence: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("length", &self.length)
            .field("claims", &self.claims)
            .field("truncated", &self.truncated)
            .field("refused", &self.refused)
            .finish_non_exhaustive()
    }
}

/// A token scheme: recognise and decode, without any key.
#[derive(Debug, Clone, Copy)]
pub struct Scheme {
    /// The name in rules (`token = "tirtc-v1"`) and in proofs.
    pub name: &'static str,
    /// Tries to read a token that begins at the first byte of the input (more may follow it).
    pub decode: fn(&[u8]) -> Option<Token>,
    /// Whether it can be used at `now` (Unix seconds).
    pub status: fn(&Claims, i64) -> Status,
}

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
