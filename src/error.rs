//! The one error of the library: what went wrong, in which file, and where in it.
//!
//! The kind is hidden so that it can grow; people read the message, programs ask the two questions
//! that matter ([`Error::path`], [`Error::position`]). No message ever holds scanned bytes: an error
//! that quotes its input is a second leak.

use std::fmt;
use std::path::{Path, PathBuf};

/// What the library could not do.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    path: Option<PathBuf>,
    position: Option<(usize, usize)>,
}

#[derive(Debug)]
enum Kind {
    /// The input could not be read or the output not be written.
    Io(std::io::Error),
    /// A rule file, a setting or an argument is not what it must be.
    Invalid(String),
}

/// The library's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An invalid rule, setting or argument; `message` says what was expected.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self { kind: Kind::Invalid(message.into()), path: None, position: None }
    }

    /// Names the file that the error is about.
    #[must_use]
    pub fn at_path(mut self, path: impl AsRef<Path>) -> Self {
        self.path = Some(path.as_ref().to_owned());
        self
    }

    /// Names the line and the column, both from 1.
    #[must_use]
    pub fn at(mut self, line: usize, column: usize) -> Self {
        self.position = Some((line, column));
        self
    }

    /// The file that the error is about, if it is about one.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Line and column, both from 1, where the place is known.
    pub fn position(&self) -> Option<(usize, usize)> {
        self.position
    }

    /// The message without the place.
    pub fn message(&self) -> String {
        match &self.kind {
            Kind::Io(e) => e.to_string(),
            Kind::Invalid(m) => m.clone(),
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(e: std::io::Error) -> Self {
        Self { kind: Kind::Io(e), path: None, position: None }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(f, "{}:", crate::text::printable(&path.to_string_lossy()))?;
        }
        if let Some((line, column)) = self.position {
            write!(f, "{line}:{column}:")?;
        }
        if self.path.is_some() || self.position.is_some() {
            f.write_str(" ")?;
        }
        f.write_str(&self.message())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            Kind::Io(e) => Some(e),
            Kind::Invalid(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_file_line_and_column() {
        let e = Error::invalid("expected a string").at_path("rules/x.toml").at(3, 7);
        assert_eq!(e.to_string(), "rules/x.toml:3:7: expected a string");
        assert_eq!(e.position(), Some((3, 7)));
        assert!(Error::invalid("no").path().is_none());
    }
}
