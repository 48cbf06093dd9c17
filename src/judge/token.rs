//! Tokens prove themselves by decoding; what is left to say is whether they can still be used.

use super::case::{Case, silent};
use crate::finding::{Severity, Status, Verdict};
use crate::token;

/// A token should not live longer, in seconds.
const LONGEST_TTL: i64 = 86_400;

/// What is cut off shorter than this shows what it is, and nothing more, in characters.
const SHORTEST_CUT: usize = 48;

pub(super) fn judge(case: &Case<'_>) -> Option<Verdict> {
    let (found, _) = case.found.token.as_ref()?;
    let claims = &found.claims;
    if token::is_documentation(claims) {
        return Some(silent("a token of the vendor's own documentation"));
    }
    let status = status(case)?;
    if status == Status::Truncated && case.value.len() < SHORTEST_CUT {
        return Some(silent("the first characters of a token: too few to be of use"));
    }
    let long = match (claims.issued_at, claims.expires_at) {
        (Some(from), Some(to)) => to.saturating_sub(from) > LONGEST_TTL,
        _ => false,
    };
    let is_admin = claims.sdk_app_id.is_some()
        && claims.subject.as_deref().is_some_and(|s| matches!(s, "administrator" | "admin"));
    let (severity, reason) = match status {
        Status::Truncated => (Severity::Medium, "decodes as far as it goes; it is cut off"),
        Status::Expired => (Severity::Info, "decodes to a token; it has expired"),
        Status::NeverExpires => (Severity::Critical, "decodes to a token without a usable expiry"),
        Status::Active if is_admin => {
            (Severity::Critical, "decodes to an administrator's token, which drives the whole REST API")
        }
        Status::Active if long => (Severity::Critical, "decodes to a token that lives longer than a day"),
        Status::Active => (Severity::High, "decodes to a token that can be used now"),
        Status::NotYetValid => (Severity::High, "decodes to a token that will become valid"),
    };
    let form = if found.refused { "; as it is written, a server refuses it" } else { "" };
    Some(Verdict::Report { severity, reason: format!("{reason}{form}") })
}

/// The status of the case's token at the case's time.
pub(super) fn status(case: &Case<'_>) -> Option<Status> {
    let (found, scheme) = case.found.token.as_ref()?;
    if found.truncated {
        return Some(Status::Truncated);
    }
    Some((scheme.status)(&found.claims, case.now))
}
