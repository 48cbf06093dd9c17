//! What all threads of a scan share, and what they gather.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::found::{Inspector, Settled};
use super::names::Names;
use super::outcome::{Note, Settings};
use super::progress::Progress;
use crate::blob::Origin;
use crate::detect::Detector;
use crate::finding::Finding;
use crate::input::Large;
use crate::pack;
use crate::prove::Exhibits;
use crate::summary::Failure;

/// What all threads of a scan share.
pub(super) struct Shared<'s> {
    pub(super) detector: &'s Detector,
    pub(super) settings: Settings<'s>,
    pub(super) progress: &'s Progress,
    pub(super) keep_silent: bool,
    /// The same detector without regard to paths, where any rule has one.
    pub(super) anywhere: OnceLock<Option<Detector>>,
    pub(super) gathered: Mutex<Gathered>,
}

impl<'s> Shared<'s> {
    pub(super) fn inspector(&self) -> Inspector<'s> {
        Inspector::new(self.detector, self.settings.policy, self.keep_silent)
    }
}

/// What was gathered, by one thread or by all.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) leaks: Vec<Finding>,
    pub(super) silent: Vec<Finding>,
    pub(super) exhibits: Exhibits,
    pub(super) large: Vec<Large>,
    pub(super) errors: Vec<Failure>,
    pub(super) skipped: BTreeMap<&'static str, u64>,
    pub(super) skipped_paths: Vec<(String, Cow<'static, str>)>,
    pub(super) notes: Vec<Note>,
    pub(super) files: u64,
    pub(super) bytes: u64,
}

impl Gathered {
    pub(super) fn fail(&mut self, path: &str, error: &io::Error) {
        self.errors.push(Failure { path: path.to_owned(), message: error.to_string() });
    }

    /// Counts what is not read, or not looked into, and keeps where and why if that is wanted.
    pub(super) fn skip(&mut self, reason: &'static str, listed: Option<(String, Cow<'static, str>)>) {
        *self.skipped.entry(reason).or_default() += 1;
        self.skipped_paths.extend(listed);
    }

    /// Counts a file that is read as it is, but not looked into.
    pub(super) fn look_at_kind(
        &mut self,
        origin: &Origin,
        kind: Option<&'static pack::Unopened>,
        list: bool,
    ) {
        if let Some(kind) = kind {
            self.skip(kind.reason, list.then(|| (origin.way(), kind.reason.into())));
        }
    }

    /// Masks what is secret in the names of files, entries and references, before anybody sees them.
    pub(super) fn mask_names(&mut self, detector: &Detector) {
        let mut names = Names::new(Inspector::new(detector, None, false), &self.leaks);
        self.leaks.iter_mut().chain(&mut self.silent).for_each(|finding| names.mask_finding(finding));
        for Failure { path, message } in &mut self.errors {
            names.mask(path);
            names.mask(message);
        }
        self.skipped_paths.iter_mut().for_each(|(path, _)| names.mask(path));
        self.notes.iter_mut().for_each(|note| names.mask(&mut note.path));
    }

    pub(super) fn add(&mut self, settled: Settled) {
        match settled {
            Settled::Leak(finding, exhibit, note) => {
                self.notes.extend(note);
                if let Some(exhibit) = exhibit {
                    self.exhibits.add(&finding.fingerprint, *exhibit);
                }
                self.leaks.push(finding);
            }
            Settled::Silent(finding) => self.silent.push(finding),
        }
    }

    pub(super) fn merge(&mut self, other: Gathered) {
        if self.leaks.is_empty() {
            self.leaks = other.leaks;
        } else {
            self.leaks.extend(other.leaks);
        }
        self.silent.extend(other.silent);
        self.exhibits.merge(other.exhibits);
        self.large.extend(other.large);
        self.errors.extend(other.errors);
        self.skipped_paths.extend(other.skipped_paths);
        self.notes.extend(other.notes);
        for (reason, count) in other.skipped {
            *self.skipped.entry(reason).or_default() += count;
        }
        self.files += other.files;
        self.bytes += other.bytes;
    }
}

/// A lock that a panic elsewhere does not take away: what it guards is only ever added to.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
