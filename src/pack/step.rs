//! What a step of the walk gives, or why it cannot go on.

use std::io::{self, Write};

/// Why a walk cannot go on here.
#[derive(Debug)]
pub(super) enum Stop {
    /// The data is cut off or corrupt: the container around it may go on behind it.
    Broken(io::Error),
    /// Whoever takes the leaves, or the output, does not go on.
    Aborted(io::Error),
}

/// What a step gives, or why it could not be done. Reading errors are the data's, so `?` says so.
pub(super) type Step<T> = Result<T, Stop>;

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Broken(error)
    }
}

/// Writes to the output, whose errors end everything.
pub(super) fn put(out: &mut dyn Write, bytes: &[u8]) -> Step<()> {
    out.write_all(bytes).map_err(Stop::Aborted)
}
