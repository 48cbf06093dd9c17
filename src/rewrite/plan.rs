//! What is to be done with files, and what became of them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::collector::{Collected, Wants};
use super::record::Records;
use crate::finding::Finding;
use crate::scrub::{Masker, mask_name};
use crate::summary::Failure;

/// What becomes of the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// Each is replaced.
    InPlace(InPlace),
    /// Each is written below this directory.
    Into(PathBuf),
    /// Nothing is written; what would change is told as a diff.
    DryRun,
}

/// How files are replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InPlace {
    /// Keep the old file under its name and this suffix.
    pub backup: Option<String>,
    /// Changed files get the time of the change.
    pub touch: bool,
    /// Files with several names are replaced under the one that was met.
    pub break_hard_links: bool,
}

/// What became of one file.
#[derive(Debug, Default)]
pub struct Done {
    /// The path as a person would type it.
    pub path: String,
    /// Bytes read.
    pub bytes: u64,
    /// True where something was masked.
    pub changed: bool,
    /// What was masked.
    pub collected: Collected,
    /// What would change, for people; only of a dry run.
    pub diff: Vec<u8>,
    /// Parts that were left as they were, and why: entries of archives that cannot be read.
    pub skipped: Vec<(String, String)>,
    /// What was gone over as bytes and not looked into, by what is said of its kind.
    pub unopened: BTreeMap<&'static str, u64>,
    /// Why the file is as it was.
    pub failed: Option<String>,
}

/// What was done in all.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Files gone over.
    pub files: u64,
    /// Of them, those with something masked.
    pub changed: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Values masked, by rule.
    pub rules: BTreeMap<String, u64>,
    /// One for each masked value, where they are wanted; by path and line.
    pub findings: Vec<Finding>,
    /// What could not be scrubbed, and why.
    pub failures: Vec<Failure>,
    /// Entries of archives that are as they were, and why.
    pub skipped: Vec<(String, String)>,
    /// What was gone over as bytes and not looked into, by what is said of its kind.
    pub unopened: BTreeMap<&'static str, u64>,
    /// Files that were not gone over, or not to their end, because the run was stopped; they are as they
    /// were.
    pub left: u64,
}

impl Outcome {
    /// Values masked.
    pub fn hits(&self) -> u64 {
        self.rules.values().sum()
    }

    /// Masks what is secret in the names of files and entries, before anybody sees them.
    pub fn mask_names(&mut self, masker: &Masker) {
        let mask = |name: &mut String| *name = mask_name(masker, name);
        for finding in &mut self.findings {
            mask(&mut finding.path);
            finding.entry.iter_mut().for_each(mask);
            let claims = finding.claims.take();
            finding.claims = claims.map(|claims| Box::new(claims.map_texts(|text| mask_name(masker, text))));
        }
        self.failures.iter_mut().for_each(|failure| mask(&mut failure.path));
        self.skipped.iter_mut().for_each(|(path, _)| mask(path));
    }

    pub(super) fn add(&mut self, done: Done) {
        self.files += 1;
        self.bytes += done.bytes;
        self.skipped.extend(done.skipped);
        for (kind, count) in done.unopened {
            *self.unopened.entry(kind).or_default() += count;
        }
        if let Some(message) = done.failed {
            // What was found in it is there still, so nothing was masked.
            return self.failures.push(Failure { path: done.path, message });
        }
        self.changed += u64::from(done.changed);
        for (rule, hits) in done.collected.rules {
            *self.rules.entry(rule).or_default() += hits;
        }
        self.findings.extend(done.collected.findings);
    }
}

/// Files to go over, and how.
#[derive(Debug)]
pub struct Plan<'p> {
    /// What masks.
    pub masker: &'p Arc<Masker>,
    /// What becomes of them.
    pub mode: &'p Mode,
    /// How many at once.
    pub jobs: usize,
    /// What is wanted of what is masked.
    pub wants: Wants,
    /// Where each changed file is written down.
    pub records: Option<&'p Records>,
    /// Once it is set, files that are not done stay as they are.
    pub stop: Arc<AtomicBool>,
}
