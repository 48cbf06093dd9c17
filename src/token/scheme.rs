//! What a scheme is, and what it gives of a token that it recognised.

use std::fmt;

use zeroize::Zeroizing;

use super::claims::Claims;
use super::status::Status;

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
    /// The signed part and the signature, to be read with [`Evidence::of`](super::Evidence::of); empty where the token is
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
