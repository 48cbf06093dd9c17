//! Reads what is named on the command line: a token, a secret, a document.

use std::io::Read;
use std::path::Path;

use scrubjay::{Error, Result};
use zeroize::Zeroizing;

/// The most that is read of a token or a secret, in bytes.
const MAX_INPUT: u64 = 64 * 1024;

/// Reads all of a file or of standard input, white space around it gone.
pub(super) fn read_text(path: Option<&Path>) -> Result<Zeroizing<String>> {
    let bytes = read_bytes(path, MAX_INPUT)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| named(path, Error::invalid("expected UTF-8")))?;
    Ok(Zeroizing::new(text.trim().to_owned()))
}

/// Reads all of a file or of standard input, at most `most` bytes; UTF-16 with its mark, as PowerShell writes
/// files, becomes UTF-8.
pub(super) fn read_bytes(path: Option<&Path>, most: u64) -> Result<Zeroizing<Vec<u8>>> {
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
