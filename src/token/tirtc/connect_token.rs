//! The connect token itself: a secret type that takes in what is a whole token only.

use super::decode::decode;
use crate::error::{Error, Result};
use crate::text::mask;

crate::secret::secret_type! {
    /// A connect token, `v1.<payload_b64>.<app_sig>`: whoever holds it may connect.
    ///
    /// ```
    /// use scrubjay::token::tirtc::ConnectToken;
    /// let error = ConnectToken::parse("v1.example").unwrap_err();
    /// assert_eq!(error.to_string(), "token: expected a whole `v1.<payload>.<signature>`");
    /// ```
    ConnectToken, check_token, mask
}

#[cfg(feature = "sign")]
impl ConnectToken {
    /// A token that was just signed.
    pub(super) fn from_signer(token: crate::secret::Secret<String>) -> Self {
        Self(token)
    }
}

fn check_token(token: &str) -> Result<()> {
    match decode(token.as_bytes()) {
        Some(t) if !t.truncated && !t.refused && t.length == token.len() => Ok(()),
        _ => Err(Error::invalid("token: expected a whole `v1.<payload>.<signature>`")),
    }
}
