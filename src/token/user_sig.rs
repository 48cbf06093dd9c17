//! A UserSig itself: a secret type that takes in what is a whole token of either version only.

use super::scheme::Token;
use super::usersig::decode::decode as decode_version_2;
use super::usersig_legacy::decode::decode as decode_version_1;
use crate::error::{Error, Result};
use crate::text::mask;

crate::secret::secret_type! {
    /// A UserSig of either version, PrivateMapKey included: whoever holds it is that user.
    ///
    /// ```
    /// use scrubjay::token::usersig::UserSig;
    /// assert!(UserSig::parse("eJyrVgrxCdYrSy1SslI").is_err());
    /// ```
    UserSig, check_token, mask
}

#[cfg(feature = "sign")]
impl UserSig {
    /// A token that was just signed.
    pub(super) fn from_signer(token: crate::secret::Secret<String>) -> Self {
        Self(token)
    }
}

fn check_token(token: &str) -> Result<()> {
    let is_whole =
        |read: Option<Token>| read.is_some_and(|t| !t.truncated && !t.refused && t.length == token.len());
    let bytes = token.as_bytes();
    if is_whole(decode_version_2(bytes)) || is_whole(decode_version_1(bytes)) {
        return Ok(());
    }
    Err(Error::invalid("UserSig: expected a whole token"))
}
