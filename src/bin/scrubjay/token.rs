//! `scrubjay token`: signs, inspects and verifies tokens of all three schemes.
//!
//! Every function here gives back what is to be printed instead of printing it, so that a token can
//! be the only thing on standard output, and secrets never come near a terminal.

mod args;
mod inspect;
mod secrets;
mod sign;
mod verify;

use std::io::Read;
use std::path::Path;

use scrubjay::text::printable;
use scrubjay::{Error, Result};
use zeroize::Zeroizing;

pub(crate) use args::TokenCommand;

/// What the command has to say.
pub(crate) struct Answer {
    /// For standard output. For `sign` it is the token and a line end.
    pub(crate) text: Zeroizing<String>,
    /// For standard error, a line each.
    pub(crate) notes: Vec<String>,
    /// False where a token was verified and is not valid: exit status 1.
    pub(crate) valid: bool,
}

/// Runs the command.
///
/// # Errors
/// Where it could not run: exit status 2.
pub(crate) fn run(command: TokenCommand) -> Result<Answer> {
    match command {
        TokenCommand::Sign(scheme) => sign::run(scheme),
        TokenCommand::Inspect(args) => inspect::run(&args),
        TokenCommand::Verify(args) => verify::run(&args),
    }
}

/// The most that is read of a token or a secret, in bytes.
const MAX_INPUT: u64 = 64 * 1024;

/// Reads all of a file or of standard input, white space around it gone.
fn read_text(path: Option<&Path>) -> Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    let named = |error: Error| match path {
        Some(path) => error.at_path(path),
        None => error,
    };
    let read = match path {
        Some(path) => std::fs::File::open(path).and_then(|f| f.take(MAX_INPUT + 1).read_to_end(&mut bytes)),
        None => std::io::stdin().lock().take(MAX_INPUT + 1).read_to_end(&mut bytes),
    };
    read.map_err(|error| named(error.into()))?;
    if bytes.len() as u64 > MAX_INPUT {
        return Err(named(Error::invalid("expected at most 64 KiB")));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| named(Error::invalid("expected UTF-8")))?;
    Ok(Zeroizing::new(text.trim().to_owned()))
}

/// A time that was given, or the system's.
fn clock(given: Option<i64>) -> i64 {
    given.unwrap_or_else(|| jiff::Timestamp::now().as_second())
}

/// Unix seconds as people read them, with the number behind.
fn instant(seconds: i64) -> String {
    match jiff::Timestamp::from_second(seconds) {
        Ok(time) => format!("{time} ({seconds})"),
        Err(_) => format!("{seconds}"),
    }
}

/// A claim, safe for a terminal.
fn shown(claim: &str) -> String {
    printable(claim).into_owned()
}

/// A text for JSON, or null.
fn json_text(text: Option<&str>) -> serde_json::Value {
    text.map_or(serde_json::Value::Null, Into::into)
}

/// What a token says, with the names that a report of findings uses.
fn json_claims(claims: &scrubjay::token::Claims) -> serde_json::Value {
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
