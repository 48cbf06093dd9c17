//! What the library below says of an error, as this crate says it.

use std::fmt;
use std::io;

/// An error of the library below as an I/O error, on one line.
pub(super) fn said(error: &dyn fmt::Display) -> io::Error {
    let text = error.to_string();
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    io::Error::other(lines.join(": "))
}
