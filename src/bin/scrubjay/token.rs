//! `scrubjay token`: signs, inspects and verifies tokens of all three schemes.
//!
//! Every function here gives back what is to be printed instead of printing it, so that a token can
//! be the only thing on standard output, and secrets never come near a terminal.

mod args;
mod explain;
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
        TokenCommand::Explain(args) => explain::run(&args),
        TokenCommand::Verify(args) => verify::run(&args),
    }
}

/// The most that is read of a token or a secret, in bytes.
const MAX_INPUT: u64 = 64 * 1024;

/// Reads all of a file or of standard input, white space around it gone.
fn read_text(path: Option<&Path>) -> Result<Zeroizing<String>> {
    let bytes = read_bytes(path, MAX_INPUT)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| named(path, Error::invalid("expected UTF-8")))?;
    Ok(Zeroizing::new(text.trim().to_owned()))
}

/// Reads all of a file or of standard input, at most `most` bytes; UTF-16 with its mark, as PowerShell writes
/// files, becomes UTF-8.
fn read_bytes(path: Option<&Path>, most: u64) -> Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    let read = match path {
        Some(path) => std::fs::File::open(path).and_then(|f| f.take(most + 1).read_to_end(&mut bytes)),
        None => std::io::stdin().lock().take(most + 1).read_to_end(&mut bytes),
    };
    read.map_err(|error| named(path, error.into()))?;
    if bytes.len() as u64 > most {
        return Err(named(path, Error::invalid(format!("expected at most {} KiB", most / 1024))));
    }
    let wide = |unit: fn([u8; 2]) -> u16| {
        let units = bytes[2..].chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>()
    };
    let text = match bytes[..] {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        // The mark of UTF-8 is no part of what the file holds.
        [0xef, 0xbb, 0xbf, ..] => {
            bytes.drain(..3);
            return Ok(bytes);
        }
        _ => return Ok(bytes),
    };
    Ok(Zeroizing::new(text.into_bytes()))
}

/// An error that says at which path it happened.
fn named(path: Option<&Path>, error: Error) -> Error {
    match path {
        Some(path) => error.at_path(path),
        None => error,
    }
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
