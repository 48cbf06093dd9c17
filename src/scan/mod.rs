//! The scan: sources push bytes, threads detect, findings come back in one order.
//!
//! Small files are scanned where they are read, by the thread that met them; large files are put by
//! and then scanned in parts by all threads. Each thread gathers by itself and hands over once. The
//! same bytes give the same result for any number of threads: everything is ordered by path, offset
//! and rule at the end, and the size of a part is fixed.

mod encoding;
mod excerpt;
mod found;
mod inline;
mod names;
mod parts;
mod place;
mod worker;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

pub(crate) use self::found::describe;
use self::found::{Inspector, Settled};
use self::names::Names;
pub use self::names::mask_names;
use self::worker::Worker;
use crate::blob::Origin;
use crate::config::Policy;
use crate::detect::Detector;
use crate::finding::{Finding, Kind};
use crate::input::{Crew, Large, Sink, Source};
use crate::pack;
use crate::prove::{self, Exhibits, Proving};
use crate::summary::{Failure, Summary};

/// How to scan.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'p> {
    /// The number of threads.
    pub jobs: usize,
    /// Which findings get the masked line around them; only people read it.
    pub excerpts: Excerpts,
    /// Keep the path of everything that is skipped, not only the count.
    pub list_skipped: bool,
    /// What need not be reported; without one everything is.
    pub policy: Option<&'p Policy>,
}

/// Which findings get the masked line around them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excerpts {
    /// None.
    Nothing,
    /// Those that the report for people shows where nothing more is asked for: of a secret that a file repeats
    /// the first of the worst, and no expired token. Others can have one as well.
    Shown,
    /// All.
    All,
}

/// What a scan gave.
#[derive(Debug, Default)]
pub struct Outcome {
    /// By path, offset and rule.
    pub findings: Vec<Finding>,
    /// The counts.
    pub summary: Summary,
    /// What could not be read, by path.
    pub errors: Vec<Failure>,
    /// What was not read and why, by path, where [`Settings::list_skipped`] asks for it.
    pub skipped: Vec<(String, Cow<'static, str>)>,
    /// Markers beside findings that do not hold, by path and line.
    pub notes: Vec<Note>,
}

/// Something to tell about a line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// The path as a person would type it.
    pub path: String,
    /// From 1.
    pub line: usize,
    /// What there is to tell; it quotes nothing of the line.
    pub message: String,
}

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

/// A detection as it was judged.
#[derive(Debug)]
pub struct Judged {
    /// The detection, in the form of a finding.
    pub finding: Finding,
    /// True where it was let pass; the finding's reason says why.
    pub silent: bool,
}

/// Scans everything that the sources have, and proves what can be proven of it.
pub fn scan(
    detector: &Detector,
    sources: &[Box<dyn Source>],
    settings: Settings<'_>,
    proving: &Proving,
    progress: &Progress,
) -> Outcome {
    let mut gathered = gather(detector, sources, settings, progress, false);
    tidy(&mut gathered.leaks);
    gathered.mask_names(detector);
    let mut findings = gathered.leaks;
    // Before the proofs: a key that is proven is critical whatever was said, and one that need not be
    // reported still proves what it signed.
    settings.policy.iter().for_each(|policy| findings.iter_mut().for_each(|f| policy.apply(f)));
    let proofs = prove::conclude(&mut findings, gathered.exhibits, proving, settings.jobs);
    let mut summary = Summary {
        files: gathered.files,
        bytes: gathered.bytes,
        skipped: gathered.skipped,
        errors: gathered.errors.len() as u64,
        proven: proofs.proven,
        unproven: proofs.unproven,
        nonce_reuse: prove::reused(&findings),
        ..Summary::default()
    };
    summary.count(&findings);
    let (mut errors, mut skipped) = (gathered.errors, gathered.skipped_paths);
    errors.sort();
    skipped.sort();
    let mut notes = gathered.notes;
    notes.sort();
    notes.dedup();
    Outcome { findings, summary, errors, skipped, notes }
}

/// Every detection that touches `line`, those that were let pass included, with what could not be read.
pub fn explain(
    detector: &Detector,
    sources: &[Box<dyn Source>],
    settings: Settings<'_>,
    proving: &Proving,
    line: usize,
) -> (Vec<Judged>, Vec<Failure>) {
    let mut gathered = gather(detector, sources, settings, &Progress::default(), true);
    gathered.mask_names(detector);
    let mut leaks = gathered.leaks;
    leaks.sort_by(order);
    settings.policy.iter().for_each(|policy| leaks.iter_mut().for_each(|f| policy.apply(f)));
    let proofs = prove::conclude(&mut leaks, gathered.exhibits, proving, settings.jobs);
    let leaks = leaks.into_iter().map(|finding| Judged { finding, silent: false });
    let silent =
        gathered.silent.into_iter().chain(proofs.samples).map(|finding| Judged { finding, silent: true });
    let on_line = |j: &Judged| j.finding.line <= line && line <= j.finding.end_line;
    let mut judged: Vec<Judged> = leaks.chain(silent).filter(on_line).collect();
    judged.sort_by(|a, b| order(&a.finding, &b.finding));
    (judged, gathered.errors)
}

fn gather(
    detector: &Detector,
    sources: &[Box<dyn Source>],
    settings: Settings<'_>,
    progress: &Progress,
    keep_silent: bool,
) -> Gathered {
    let shared = Shared {
        detector,
        settings,
        progress,
        keep_silent,
        anywhere: OnceLock::new(),
        gathered: Mutex::default(),
    };
    for source in sources {
        source.read(&shared);
    }
    let large = std::mem::take(&mut locked(&shared.gathered).large);
    parts::files(&shared, large);
    if progress.is_stopped() {
        locked(&shared.gathered)
            .fail("the scan", &io::Error::other("stopped by a signal; the rest was not read"));
    }
    shared.gathered.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Puts findings in order, and keeps one of those that say the same of the same bytes: of two of one
/// kind, the one that holds the other.
fn tidy(findings: &mut Vec<Finding>) {
    findings.sort_unstable_by(order);
    let end = |f: &Finding| f.offset + f.length;
    let one_kind = |a: &Finding, b: &Finding| a.kind == b.kind && (a.kind != Kind::Other || a.rule == b.rule);
    let holds = |a: &Finding, b: &Finding| a.offset <= b.offset && end(b) <= end(a) && one_kind(a, b);
    let mut keep = vec![true; findings.len()];
    // Those that reach beyond the start of the finding at hand; hardly ever more than two.
    let mut open: Vec<usize> = Vec::new();
    for (at, finding) in findings.iter().enumerate() {
        let one_file =
            |f: &Finding| f.path == finding.path && f.entry == finding.entry && f.commit == finding.commit;
        open.retain(|o| keep[*o] && one_file(&findings[*o]) && end(&findings[*o]) > finding.offset);
        if open.iter().any(|o| holds(&findings[*o], finding)) {
            keep[at] = false;
            continue;
        }
        for o in &open {
            keep[*o] &= !holds(finding, &findings[*o]);
        }
        open.push(at);
    }
    let mut keep = keep.into_iter();
    findings.retain(|_| keep.next().unwrap_or(true));
}

fn order(a: &Finding, b: &Finding) -> std::cmp::Ordering {
    let commit = |f: &Finding| f.commit.as_ref().map(|commit| (commit.date.clone(), commit.id.clone()));
    // Of several repositories one comes after the other.
    repository(a)
        .cmp(repository(b))
        .then_with(|| (&a.path, &a.entry).cmp(&(&b.path, &b.entry)))
        .then_with(
            || if a.commit == b.commit { std::cmp::Ordering::Equal } else { commit(a).cmp(&commit(b)) },
        )
        .then_with(|| (a.offset, &a.rule, b.length).cmp(&(b.offset, &b.rule, a.length)))
}

/// The repository that a finding is of, where there are several.
fn repository(finding: &Finding) -> &str {
    finding.commit.as_ref().map_or("", |commit| &commit.repository)
}

/// What all threads of a scan share.
struct Shared<'s> {
    detector: &'s Detector,
    settings: Settings<'s>,
    progress: &'s Progress,
    keep_silent: bool,
    /// The same detector without regard to paths, where any rule has one.
    anywhere: OnceLock<Option<Detector>>,
    gathered: Mutex<Gathered>,
}

impl<'s> Shared<'s> {
    fn inspector(&self) -> Inspector<'s> {
        Inspector::new(self.detector, self.settings.policy, self.keep_silent)
    }
}

impl Crew for Shared<'_> {
    fn jobs(&self) -> usize {
        self.settings.jobs
    }

    fn is_stopped(&self) -> bool {
        self.progress.is_stopped()
    }

    fn sink(&self) -> Box<dyn Sink + '_> {
        Box::new(Worker::new(self))
    }
}

/// What was gathered, by one thread or by all.
#[derive(Default)]
struct Gathered {
    leaks: Vec<Finding>,
    silent: Vec<Finding>,
    exhibits: Exhibits,
    large: Vec<Large>,
    errors: Vec<Failure>,
    skipped: BTreeMap<&'static str, u64>,
    skipped_paths: Vec<(String, Cow<'static, str>)>,
    notes: Vec<Note>,
    files: u64,
    bytes: u64,
}

impl Gathered {
    fn fail(&mut self, path: &str, error: &io::Error) {
        self.errors.push(Failure { path: path.to_owned(), message: error.to_string() });
    }

    /// Counts what is not read, or not looked into, and keeps where and why if that is wanted.
    fn skip(&mut self, reason: &'static str, listed: Option<(String, Cow<'static, str>)>) {
        *self.skipped.entry(reason).or_default() += 1;
        self.skipped_paths.extend(listed);
    }

    /// Counts a file that is read as it is, but not looked into.
    fn look_at_kind(&mut self, origin: &Origin, kind: Option<&'static pack::Unopened>, list: bool) {
        if let Some(kind) = kind {
            self.skip(kind.reason, list.then(|| (origin.way(), kind.reason.into())));
        }
    }

    /// Masks what is secret in the names of files, entries and references, before anybody sees them.
    fn mask_names(&mut self, detector: &Detector) {
        let mut names = Names::new(Inspector::new(detector, None, false), &self.leaks);
        self.leaks.iter_mut().chain(&mut self.silent).for_each(|finding| names.mask_finding(finding));
        for Failure { path, message } in &mut self.errors {
            names.mask(path);
            names.mask(message);
        }
        self.skipped_paths.iter_mut().for_each(|(path, _)| names.mask(path));
        self.notes.iter_mut().for_each(|note| names.mask(&mut note.path));
    }

    fn add(&mut self, settled: Settled) {
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

    fn merge(&mut self, other: Gathered) {
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

impl Progress {
    /// True where the scan is to end.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn add(&self, files: u64, bytes: usize, findings: usize) {
        self.files.fetch_add(files, Ordering::Relaxed);
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        if findings > 0 {
            self.findings.fetch_add(findings as u64, Ordering::Relaxed);
        }
    }
}

/// A lock that a panic elsewhere does not take away: what it guards is only ever added to.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Columns, Excerpt, Severity};

    fn finding(path: &str, rule: &str, kind: Kind, offset: u64, length: u64) -> Finding {
        Finding {
            rule: rule.to_owned(),
            kind,
            severity: Severity::Critical,
            message: String::new(),
            reason: String::new(),
            path: path.to_owned(),
            line: 1,
            column: 1,
            end_line: 1,
            end_column: 1,
            columns: Columns::default(),
            offset,
            length,
            masked: String::new(),
            fingerprint: String::new(),
            status: None,
            claims: None,
            decoded: Vec::new(),
            entry: Vec::new(),
            commit: None,
            suppressed: None,
            proof: None,
            excerpt: Excerpt::default(),
        }
    }

    #[test]
    fn the_order_is_path_offset_rule_and_one_of_a_kind_stays() {
        use Kind::{DeviceSecretKey as Device, License, Other};
        let mut findings = vec![
            finding("b", "license", License, 0, 45),
            finding("a", "device", Device, 20, 32),
            finding("b", "device", Device, 13, 32),
            finding("b", "device", Device, 13, 32),
            finding("b", "device", Device, 10, 40),
            finding("b", "mine", Other, 13, 32),
            finding("b", "yours", Other, 13, 32),
        ];
        tidy(&mut findings);
        let left: Vec<_> = findings.iter().map(|f| (f.path.as_str(), f.rule.as_str(), f.offset)).collect();
        let expected = [
            ("a", "device", 20),
            ("b", "license", 0),
            ("b", "device", 10),
            ("b", "mine", 13),
            ("b", "yours", 13),
        ];
        assert_eq!(left, expected);
    }
}
