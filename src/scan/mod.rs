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
mod outcome;
mod parts;
mod place;
mod progress;
mod shared;
mod worker;

use std::io;
use std::sync::{Mutex, OnceLock, PoisonError};

pub(crate) use self::found::describe;
pub use self::names::mask_names;
pub use self::outcome::{Excerpts, Judged, Note, Outcome, Settings};
pub use self::progress::Progress;
use self::shared::{Gathered, Shared, locked};
use self::worker::Worker;
use crate::detect::Detector;
use crate::finding::{Finding, Kind};
use crate::input::{Crew, Sink, Source};
use crate::prove::{self, Proving};
use crate::summary::{Failure, Summary};

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
