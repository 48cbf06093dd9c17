//! Times and claims, as people and programs are shown them.

use scrubjay::text::printable;

/// A time that was given, or the system's.
pub(super) fn clock(given: Option<i64>) -> i64 {
    given.unwrap_or_else(|| jiff::Timestamp::now().as_second())
}

/// Unix seconds as people read them, with the number behind.
pub(super) fn instant(seconds: i64) -> String {
    match jiff::Timestamp::from_second(seconds) {
        Ok(time) => format!("{time} ({seconds})"),
        Err(_) => format!("{seconds}"),
    }
}

/// A claim, safe for a terminal.
pub(super) fn shown(claim: &str) -> String {
    printable(claim).into_owned()
}

/// A text for JSON, or null.
pub(super) fn json_text(text: Option<&str>) -> serde_json::Value {
    text.map_or(serde_json::Value::Null, Into::into)
}

/// What a token says, with the names that a report of findings uses.
pub(super) fn json_claims(claims: &scrubjay::token::Claims) -> serde_json::Value {
    let claims = claims.masked();
    serde_json::json!({
        "subject": claims.subject,
        "scope": claims.scope,
        "remote_id": claims.remote_id,
        "issuer": claims.issuer,
        "issued_at": claims.issued_at,
        "expires_at": claims.expires_at,
        "sdk_app_id": claims.sdk_app_id,
        "nonce": claims.nonce,
    })
}
