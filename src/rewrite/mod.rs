//! Files with their secrets taken out: in place, as a copy, or only told.
//!
//! One [`Plan`] goes over many files at once. Each file is first read without a byte written, so that a
//! file without a secret is never touched; only where something is masked is it written anew. What is
//! compressed or packed is rewritten in its format, entry by entry.

mod collector;
mod diff;
mod filter_repo;
mod holes;
mod keep;
mod list;
mod out_of_reach;
mod part;
mod pass;
mod plan;
mod record;
mod replace;

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::error::Result;
use crate::finding::Finding;
use crate::scan::Progress;
use crate::scrub::{Masker, mask_name};
use crate::threads;

pub use collector::{Collected, Collector, NAME_STAYS, Wants};
pub use filter_repo::{Replacements, replacements};
pub use list::{Entry, Listed, list};
pub use plan::{Done, InPlace, Mode, Outcome, Plan};
pub use record::Records;

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
        let mut pass = pass::Pass::new(self.masker, &self.stop, &entry.path, progress);
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
