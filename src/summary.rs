//! What a scan, or a scrub, says besides its findings: counts, what could not be read, nonces that came twice.

use std::collections::{BTreeMap, HashSet};

use crate::finding::{Finding, Severity};

/// What a scan counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Files read, standard input included.
    pub files: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Findings.
    pub findings: u64,
    /// Findings of each severity, in the order of [`Severity::ALL`].
    pub by_severity: [u64; Severity::ALL.len()],
    /// Findings that were suppressed; no other count holds them.
    pub suppressed: u64,
    /// What was not read, by reason.
    pub skipped: BTreeMap<&'static str, u64>,
    /// What could not be read.
    pub errors: u64,
    /// Tokens whose keys are known.
    pub proven: u64,
    /// Tokens that were not tried with every key, because the limit came first.
    pub unproven: u64,
    /// Nonces that came more than once.
    pub nonce_reuse: Vec<NonceReuse>,
    /// How many different secrets the findings are: of one rule and one fingerprint.
    pub distinct_secrets: u64,
    /// Files with findings; each file in a container is one.
    pub files_with_findings: u64,
}

/// A nonce of two tokens, or of one token in several places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NonceReuse {
    /// The nonce, masked.
    pub masked: String,
    /// Its fingerprint.
    pub fingerprint: String,
    /// How many different tokens have it.
    pub tokens: u64,
    /// Where they stand, in the order of the findings.
    pub places: Vec<Place>,
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The path as a person would type it.
    pub path: String,
    /// From 1.
    pub line: usize,
}

impl Summary {
    /// True where everything that was asked for was read.
    pub fn complete(&self) -> bool {
        self.errors == 0
    }

    /// Counts these findings, which come file by file.
    pub fn count(&mut self, findings: &[Finding]) {
        let mut secrets = HashSet::new();
        let mut last = None;
        for finding in findings {
            if finding.suppressed.is_some() {
                self.suppressed += 1;
                continue;
            }
            self.findings += 1;
            self.by_severity[finding.severity as usize] += 1;
            secrets.insert(finding.identity());
            let file = (&finding.path, &finding.entry);
            self.files_with_findings += u64::from(last.replace(file) != Some(file));
        }
        self.distinct_secrets = secrets.len() as u64;
    }

    /// The worst severity found.
    pub fn worst(&self) -> Option<Severity> {
        Severity::ALL.into_iter().rev().find(|s| self.by_severity[*s as usize] > 0)
    }
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failure {
    /// Its path, as a person would type it.
    pub path: String,
    /// What the system said.
    pub message: String,
}
