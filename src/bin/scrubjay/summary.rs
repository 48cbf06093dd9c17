//! What `scrubjay scan` says on standard error when it is done.

use std::collections::BTreeMap;
use std::time::Duration;

use scrubjay::finding::{Finding, Severity, Suppression, Suppressor};
use scrubjay::pack::NOT_LOOKED_INTO;
use scrubjay::scan::Outcome;
use scrubjay::summary::{NonceReuse, Summary};
use scrubjay::text::{printable, thousands};

use crate::args::ScanArgs;

/// The summary: what was found in what, and what was not read.
pub(crate) fn summary(args: &ScanArgs, outcome: &Outcome, project: Option<&str>, took: Duration) -> String {
    let summary = &outcome.summary;
    let mut text = format!(
        "scrubjay: {}{} ({}) read in {:.2} s",
        found(summary),
        counted(summary.files, "file"),
        size(summary.bytes),
        took.as_secs_f64()
    );
    text.push_str(&skipped(&summary.skipped));
    if summary.skipped.keys().any(|reason| reason.starts_with("ignored by")) {
        text.push_str("\n  --no-ignore reads what ignore files leave out");
    }
    if let Some(project) = project {
        text.push_str(&format!("\n  settings of {} followed; --no-config goes without", printable(project)));
    }
    text.push_str(&suppressed(&outcome.findings));
    text.push_str(&proofs(args, summary));
    if summary.errors > 0 {
        text.push_str(&format!("\n  {}: the scan is incomplete", counted(summary.errors, "error")));
    }
    text
}

/// How much was read, in one line, and what was not by reason.
pub(crate) fn amount(summary: &Summary) -> String {
    let text = format!("scrubjay: {} ({}) read", counted(summary.files, "file"), size(summary.bytes));
    text + &skipped(&summary.skipped).replace(JOINED, " ")
}

/// Stands for a space where no line may end: a number stays with what it counts.
pub(crate) const JOINED: char = '\u{a0}';

/// What was not read, by reason, and what was not looked into, by kind; to be wrapped.
pub(crate) fn skipped(reasons: &BTreeMap<&'static str, u64>) -> String {
    let (mut kinds, mut others) = (Vec::new(), Vec::new());
    for (reason, count) in reasons {
        let kind = reason.strip_prefix(NOT_LOOKED_INTO);
        let list = if kind.is_some() { &mut kinds } else { &mut others };
        let kind = kind.map_or_else(|| (*reason).to_owned(), |kind| kind.replace(' ', &JOINED.to_string()));
        list.push(format!("{}{JOINED}{kind}", thousands(*count)));
    }
    let mut text = String::new();
    for (what, list) in [("skipped: ", others), (NOT_LOOKED_INTO, kinds)] {
        if !list.is_empty() {
            text.push_str(&format!("\n  {what}{}", list.join(", ")));
        }
    }
    text
}

/// What was found, how many different secrets that is, and what comes before the number of files that were read.
fn found(summary: &Summary) -> String {
    if summary.findings == 0 {
        return "nothing found in ".to_owned();
    }
    let of_each: Vec<String> = Severity::ALL
        .into_iter()
        .rev()
        .map(|severity| (severity, summary.by_severity[severity as usize]))
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| format!("{} {severity}", thousands(count)))
        .collect();
    let mut text = counted(summary.findings, "finding");
    if summary.findings > 1 {
        text.push_str(&format!(", {}", counted(summary.distinct_secrets, "distinct secret")));
    }
    let files = counted(summary.files_with_findings, "file");
    format!("{text} in {files}\n  {}; ", of_each.join(", "))
}

/// How many findings were suppressed, and by what.
fn suppressed(findings: &[Finding]) -> String {
    let by = |suppressor| {
        let by = |f: &&Finding| f.suppressed.as_ref().is_some_and(|s| s.by == suppressor);
        findings.iter().filter(by).count() as u64
    };
    let counts = [Suppressor::Baseline, Suppressor::Config, Suppressor::Inline].map(|s| (by(s), s.name()));
    let total: u64 = counts.iter().map(|(count, _)| count).sum();
    let each: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{} {name}", thousands(*count)))
        .collect();
    if total == 0 {
        String::new()
    } else {
        format!("\n  {} suppressed ({})", thousands(total), each.join(", "))
    }
}

/// A finding that was suppressed, in one line: where it is, and why it need not be reported.
pub(crate) fn suppressed_line(finding: &Finding, suppression: &Suppression) -> String {
    let Suppression { by, reason } = suppression;
    let why = if reason.is_empty() { String::new() } else { format!(": {}", printable(reason)) };
    let (path, rule) = (printable(&finding.path), printable(&finding.rule));
    format!("suppressed: {path}:{}: {rule} by {}{why}", finding.line, by.name())
}

/// What is known of tokens beyond each single one.
fn proofs(args: &ScanArgs, summary: &Summary) -> String {
    let mut text = String::new();
    if summary.proven > 0 {
        let verb = if summary.proven == 1 { "is" } else { "are" };
        text.push_str(&format!(
            "\n  {} {verb} proven to be signed by known keys",
            counted(summary.proven, "token")
        ));
    }
    if summary.unproven > 0 {
        text.push_str(&format!(
            "\n  {} not tried with every key within {} HMACs; --prove-limit raises that",
            counted(summary.unproven, "token"),
            thousands(args.prove_limit)
        ));
    }
    for reuse in summary.nonce_reuse.iter().take(MOST_NONCES) {
        text.push_str(&format!("\n  {}", reused(reuse)));
    }
    let more = summary.nonce_reuse.len().saturating_sub(MOST_NONCES);
    if more > 0 {
        text.push_str(&format!("\n  {} came again; -f json lists them", counted(more as u64, "more nonce")));
    }
    text
}

/// How many nonces, and how many places of each, people are told.
const MOST_NONCES: usize = 5;
const MOST_PLACES: usize = 4;

fn reused(reuse: &NonceReuse) -> String {
    let shown = reuse.places.iter().take(MOST_PLACES);
    let mut places: Vec<String> = shown.map(|p| format!("{}:{}", printable(&p.path), p.line)).collect();
    let more = reuse.places.len().saturating_sub(MOST_PLACES);
    if more > 0 {
        places.push(format!("{} more", thousands(more as u64)));
    }
    let what = match reuse.tokens {
        1 => "of one token, which is for one use".to_owned(),
        n => format!("of {} different tokens", thousands(n)),
    };
    format!("nonce {} {what}: {}", printable(&reuse.masked), places.join(", "))
}

pub(crate) fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{} {what}s", thousands(count)) }
}

pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return counted(bytes, "byte");
    }
    let mut size = bytes as f64 / 1024.0;
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    format!("{size:.1} {}", UNITS[unit])
}
