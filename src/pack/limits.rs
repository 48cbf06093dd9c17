//! How much a container may make of itself, and how much it made already.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

/// How much a container may make of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many containers may lie in each other; a compression counts as one.
    pub depth: usize,
    /// How many bytes may come out of streams that were compressed twice or more, whatever the input.
    pub nested: u64,
    /// How many of them may come for each byte of the input, above that.
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 8, nested: 1 << 30, ratio: 1000 }
    }
}

/// What may come out of streams that were compressed more than once.
pub(super) struct Budget {
    limits: Limits,
    /// What was read of the input.
    taken: AtomicU64,
    /// What came out.
    nested: AtomicU64,
}

impl Budget {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, taken: AtomicU64::new(0), nested: AtomicU64::new(0) }
    }

    pub(super) fn take(&self, read: usize) -> io::Result<()> {
        self.taken.fetch_add(read as u64, Ordering::Relaxed);
        Ok(())
    }

    pub(super) fn unpack(&self, read: usize) -> io::Result<()> {
        self.nested.fetch_add(read as u64, Ordering::Relaxed);
        if self.is_over() { Err(overrun()) } else { Ok(()) }
    }

    pub(super) fn is_over(&self) -> bool {
        let by_input = self.taken.load(Ordering::Relaxed).saturating_mul(self.limits.ratio);
        self.nested.load(Ordering::Relaxed) > by_input.max(self.limits.nested)
    }

    /// The error itself, or the overrun that made it.
    pub(super) fn blame(&self, error: io::Error) -> io::Error {
        if self.is_over() { overrun() } else { error }
    }
}

fn overrun() -> io::Error {
    io::Error::other("unpacks to far more than its size allows")
}
