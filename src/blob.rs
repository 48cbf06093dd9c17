//! What is scanned: bytes, and where they came from.
//!
//! An [`Origin`] is a type, not a text that somebody parses later: formats print it, rules look at
//! its path, nobody takes it apart again.

use crate::text::Span;

/// Where bytes came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The path as a person would type it; `-` for standard input. Not escaped: escape it on output.
    pub path: String,
    /// The way into a container, outermost first; empty for a plain file.
    pub entry: Vec<String>,
}

impl Origin {
    /// A file, by the path that names it to a person.
    pub fn file(path: impl Into<String>) -> Self {
        Self { path: path.into(), entry: Vec::new() }
    }

    /// Standard input.
    pub fn stdin() -> Self {
        Self::file("-")
    }
}

/// A run of bytes to be scanned: a whole file, or a part of one with enough around it.
///
/// A part shows the detector more than it owns: it reports only what is anchored inside `owned`,
/// and reads up to [`CONTEXT`] bytes on either side, so that the parts of a file together report
/// what the whole would.
#[derive(Debug, Clone, Copy)]
pub struct Blob<'a> {
    /// The bytes, context included.
    pub bytes: &'a [u8],
    /// The part of `bytes` in which a match must be anchored to be reported.
    pub owned: Span,
    /// True where `bytes` begins at the file's first byte.
    pub at_start: bool,
    /// Where the bytes came from.
    pub origin: &'a Origin,
    /// The file's first bytes (at most [`HEAD`]), which tell its encoding and the names of CSV columns.
    pub head: &'a [u8],
}

/// How far from its anchor a match may look, in bytes. A part of a file carries this much more on
/// either side.
pub const CONTEXT: usize = 64 * 1024;

/// How much of a file's start may decide over the rest of it, in bytes.
pub const HEAD: usize = 16 * 1024;

impl<'a> Blob<'a> {
    /// A whole file.
    pub fn whole(bytes: &'a [u8], origin: &'a Origin) -> Self {
        Self {
            bytes,
            owned: Span::new(0, bytes.len()),
            at_start: true,
            origin,
            head: &bytes[..bytes.len().min(HEAD)],
        }
    }
}
