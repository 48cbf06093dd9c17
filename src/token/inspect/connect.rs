//! What a server refuses in a TiRTC connect token.

use super::claims::{Claims, Type, signature_problem};
use super::expected::Expected;
use super::open::Opened;
use super::problem::Problem;
use crate::token::json::Object;
use crate::token::tirtc::variant::SHORTEST_SIGNATURE;
use crate::token::tirtc::wire::{DEVICE_PREFIX, MAX_LIFE, SCOPE_PREFIX, SIGNATURE_CHARS};

/// The server names no code for each of these.
const NO_CODES: &[i32] = &[];

/// A point in time before this is a duration: thirty years of seconds.
const DURATION: i64 = 946_684_800;

/// Adds what a server refuses to `problems`.
pub(super) fn judge(opened: &Opened<'_>, expected: &Expected<'_>, problems: &mut Vec<Problem>) {
    signature(opened, problems);
    let Some(object) = Object::read(&opened.document) else { return };
    let mut claims =
        Claims { object: &object, problems, unreadable: NO_CODES, is_whole: object.length.is_some() };
    claims.check("sub", Type::Text, other(&object, "sub").as_deref());
    if claims.check("scope", Type::Text, other(&object, "scope").as_deref()) {
        scope(&mut claims, expected);
    }
    claims.check("iss", Type::Text, other(&object, "iss").as_deref());
    claims.check("iat", Type::Number, other(&object, "iat").as_deref());
    claims.check("exp", Type::Number, other(&object, "exp").as_deref());
    if claims.check("nonce", Type::Text, other(&object, "nonce").as_deref())
        && object.text("nonce").is_some_and(|nonce| nonce.is_empty())
    {
        let cure = "take 16 fresh random bytes in base64url for each token";
        claims.add("claim_value", "nonce", "`nonce` is empty", cure, NO_CODES);
    }
    issuer(&mut claims, expected);
    if claims.is_whole {
        life(&mut claims, expected.now);
    }
}

/// The name of a claim in other letters.
fn other(object: &Object<'_>, name: &str) -> Option<String> {
    let mut names = object.entries().map(|(name, _)| name);
    names.find(|other| other != name && other.eq_ignore_ascii_case(name)).map(Into::into)
}

fn signature(opened: &Opened<'_>, problems: &mut Vec<Problem>) {
    let (raw, chars) = (&opened.signature.0, opened.signature.1);
    if chars == SIGNATURE_CHARS || (chars < SHORTEST_SIGNATURE && opened.token.truncated) {
        return;
    }
    let text = String::from_utf8_lossy(raw);
    let cure = "write the 32 bytes of HMAC-SHA256 in base64url without padding: 43 characters";
    if let Some((code, message)) = signature_problem(&text) {
        problems.push(Problem::new(code, message, cure));
    }
}

fn scope(claims: &mut Claims<'_, '_>, expected: &Expected<'_>) {
    let cure = "write `connect:device://` and the id of the device";
    let scope = claims.object.text("scope").unwrap_or_default();
    let Some(peer) = scope.strip_prefix(SCOPE_PREFIX) else {
        return claims.add("scope", "scope", "`scope` does not begin with `connect:`", cure, NO_CODES);
    };
    let id = peer.strip_prefix(DEVICE_PREFIX).unwrap_or(peer);
    let what = match id {
        "" => Some("`scope` names no device"),
        _ if id.contains("://") => Some("`scope` names a peer by another scheme than `device://`"),
        _ if id.chars().any(|c| c.is_whitespace() || c.is_control()) => Some("`scope` holds white space"),
        _ => None,
    };
    if let Some(what) = what {
        return claims.add("scope", "scope", what, cure, NO_CODES);
    }
    let wanted = expected.remote_id.map(|wanted| wanted.strip_prefix(DEVICE_PREFIX).unwrap_or(wanted));
    if wanted.is_some_and(|wanted| wanted != id) {
        let cure = "fetch a token for the device that is to be opened";
        claims.add("remote_id_mismatch", "scope", "it is for another device", cure, NO_CODES);
    }
}

fn issuer(claims: &mut Claims<'_, '_>, expected: &Expected<'_>) {
    let is_other = |name: &str, wanted: Option<&str>| {
        wanted.is_some_and(|wanted| claims.object.text_or_digits(name).is_some_and(|is| is != wanted))
    };
    let (access, user) = (is_other("iss", expected.access_id), is_other("sub", expected.user_id));
    if access {
        let cure = "sign with the access id and the secret of the same application";
        claims.add("access_id_mismatch", "iss", "another application issued it", cure, NO_CODES);
    }
    if user {
        let cure = "give the client its own token";
        claims.add("user_id_mismatch", "sub", "it is for another subject", cure, NO_CODES);
    }
}

/// From when to when it lives.
fn life(claims: &mut Claims<'_, '_>, now: i64) {
    let (start, end) = (claims.seconds("iat"), claims.seconds("exp"));
    let start_in_milliseconds = claims.is_in_milliseconds("iat", NO_CODES);
    let end_in_milliseconds = claims.is_in_milliseconds("exp", NO_CODES);
    let start = start.filter(|_| !start_in_milliseconds);
    let Some(end) = end.filter(|_| !end_in_milliseconds) else { return };
    if end < DURATION && start.is_some_and(|start| start >= DURATION) {
        let cure = "write `iat` and the life together, such as iat + 300";
        let message = "`exp` is a duration; the platform wants a point in time";
        return claims.add("exp_is_a_duration", "exp", message, cure, NO_CODES);
    }
    if let Some(start) = start {
        if end <= start {
            let message = "`exp` is not after `iat`: its life is over before it begins";
            return claims.add("claim_value", "exp", message, "write iat + 300", NO_CODES);
        }
        if end.saturating_sub(start) > MAX_LIFE {
            let message = "it lives longer than 86400 seconds, the most that is issued";
            claims.add("life_too_long", "exp", message, "300 seconds are enough to connect", NO_CODES);
        }
    }
    if now >= end {
        let cure = "fetch a fresh token from the server for each connection";
        claims.add("expired", "exp", "it has expired", cure, NO_CODES);
    } else if start.is_some_and(|start| start > now) {
        let cure = "set the clock of the signer, or compare with the right --now";
        claims.add("not_yet_valid", "iat", "it was signed in the future", cure, NO_CODES);
    }
}
