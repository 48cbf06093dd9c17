//! Tokens that need no mask any more.

use crate::finding::Status;
use crate::token;

/// Whether this is a whole token that had expired at `now`.
pub(super) fn has_expired(value: &[u8], now: i64) -> bool {
    token::SCHEMES.iter().any(|scheme| {
        (scheme.decode)(value).is_some_and(|token| {
            let whole = token.length == value.len() && !token.truncated && !token.refused;
            whole && (scheme.status)(&token.claims, now) == Status::Expired
        })
    })
}
