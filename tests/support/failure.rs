//! An error with a source, as services log them.

use std::error::Error;
use std::fmt;

/// A text, and what was the cause.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) String, pub(crate) Option<Box<Failure>>);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.1.as_deref().map(|source| source as _)
    }
}
