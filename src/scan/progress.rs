//! How far a scan is, for whoever watches it or wants it to end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How far a scan is, for whoever watches.
#[derive(Debug, Default)]
pub struct Progress {
    /// Set from elsewhere to end the scan: what was found so far is its result, and it is incomplete.
    pub stop: Arc<AtomicBool>,
    /// How many files there are to be read; 0 while nobody has counted.
    pub expected: AtomicU64,
    /// Files done.
    pub files: AtomicU64,
    /// Bytes done.
    pub bytes: AtomicU64,
    /// Findings so far.
    pub findings: AtomicU64,
}

impl Progress {
    /// True where the scan is to end.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    pub(super) fn add(&self, files: u64, bytes: usize, findings: usize) {
        self.files.fetch_add(files, Ordering::Relaxed);
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        if findings > 0 {
            self.findings.fetch_add(findings as u64, Ordering::Relaxed);
        }
    }
}
