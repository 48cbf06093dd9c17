//! Files with their secrets taken out: in place, as a copy, or only told.
//!
//! One [`Plan`] goes over many files at once. Each file is first read without a byte written, so that a
//! file without a secret is never touched; only where something is masked is it written anew. What is
//! compressed or packed is rewritten in its format, entry by entry.

mod diff;
mod filter_repo;
mod holes;
mod keep;
mod list;
mod out_of_reach;
mod pass;
mod record;
mod replace;

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::Result;
use crate::finding::Finding;
use crate::scan::Progress;
use crate::scrub::{Masker, mask_name};
use crate::summary::Failure;
use crate::threads;

pub use filter_repo::{Replacements, replacements};
pub use list::{Entry, Listed, list};
pub use pass::{Collected, Collector, NAME_STAYS, Wants};
pub use record::Records;

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

    fn add(&mut self, done: Done) {
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

/// Goes over all files; `tell` gets what becomes of each, in no order.
///
/// # Errors
///
/// The directory to write into cannot be made. What goes wrong with a file is told of that file.
pub fn run(
    plan: &Plan<'_>,
    listed: Listed,
    progress: &Progress,
    tell: &(dyn Fn(&Done) + Sync),
) -> Result<Outcome> {
    if let Mode::Into(directory) = plan.mode {
        listed.may_go_into(directory)?;
        std::fs::create_dir_all(directory).map_err(|e| crate::Error::from(e).at_path(directory))?;
    }
    let next = AtomicUsize::new(0);
    let outcome = Mutex::new(Outcome { failures: listed.failures, ..Outcome::default() });
    let files = &listed.files;
    threads::on(plan.jobs.min(files.len()), || {
        while let Some(entry) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            if plan.stop.load(Ordering::Relaxed) {
                continue;
            }
            let Some(done) = plan.file(entry, progress) else { continue };
            tell(&done);
            progress.files.fetch_add(1, Ordering::Relaxed);
            outcome.lock().unwrap_or_else(PoisonError::into_inner).add(done);
        }
    });
    let mut outcome = outcome.into_inner().unwrap_or_else(PoisonError::into_inner);
    outcome.skipped.extend(secret_names(plan.masker, files));
    outcome.mask_names(plan.masker);
    outcome.left = (files.len() as u64).saturating_sub(outcome.files);
    let place = |f: &Finding| (f.path.clone(), f.entry.clone(), f.line, f.column);
    outcome.findings.sort_by_cached_key(place);
    outcome.failures.sort();
    outcome.skipped.sort();
    Ok(outcome)
}

/// The files and folders whose names hold a secret, each once, with what is said of them.
fn secret_names(masker: &Masker, files: &[Entry]) -> Vec<(String, String)> {
    let mut seen = HashSet::new();
    for entry in files {
        // From the last name up, as far as they were not typed by somebody.
        let depth = entry.relative.components().count();
        for path in entry.path.ancestors().take(depth) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if mask_name(masker, &name) != name {
                seen.insert(path);
            }
        }
    }
    let told = |path: &Path| (path.to_string_lossy().into_owned(), NAME_STAYS.to_owned());
    seen.into_iter().map(told).collect()
}

impl Plan<'_> {
    /// What became of a file; nothing where the run was stopped meanwhile, and the file is as it was.
    fn file(&self, entry: &Entry, progress: &Progress) -> Option<Done> {
        let mut done = Done { path: entry.path.to_string_lossy().into_owned(), ..Done::default() };
        if let Err(error) = self.try_file(entry, progress, &mut done) {
            if pass::is_stop(&error) {
                return None;
            }
            done.failed = Some(error.to_string());
        }
        Some(done)
    }

    fn try_file(&self, entry: &Entry, progress: &Progress, done: &mut Done) -> io::Result<()> {
        let mut file = File::open(&entry.path)?;
        let before = file.metadata()?;
        let unseen = Progress::default();
        let mut pass = pass::Pass::new(self, &entry.path, progress);
        pass.over(&mut file, &mut io::sink())?;
        (done.bytes, done.changed) = (before.len(), pass.changed);
        done.unopened = std::mem::take(&mut pass.unopened);
        if done.changed {
            // What was recognised somewhere in the file is now known in all of it.
            pass.again(self.wants, &unseen);
        }
        let written = match self.mode {
            Mode::InPlace(how) if done.changed => replace::Replace { plan: self, how, path: &entry.path }
                .replace(file, &before, &mut pass, done),
            Mode::Into(directory) => replace::copy(self, file, &before, entry, directory, &mut pass, done),
            Mode::DryRun if done.changed => diff::diff(&mut pass, &mut file).map(|diff| {
                done.diff = diff;
                done.collected = pass.collected();
            }),
            Mode::InPlace(_) | Mode::DryRun => Ok(()),
        };
        done.skipped = std::mem::take(&mut pass.skipped);
        if done.changed {
            done.path = pass.fit(&done.path);
        }
        written
    }
}

/// Whether two descriptions are of the same bytes, as far as the system can tell.
fn is_same(a: &std::fs::Metadata, b: &std::fs::Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let key = |m: &std::fs::Metadata| (m.dev(), m.ino(), m.len(), m.mtime(), m.mtime_nsec());
        key(a) == key(b)
    }
    #[cfg(not(unix))]
    {
        a.len() == b.len() && a.modified().ok() == b.modified().ok()
    }
}

/// The directory of a file, to make things in.
fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
