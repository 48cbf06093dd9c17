//! How findings are written: one file per format, one line per format in [`FORMATS`].
//!
//! A [`Reporter`] turns findings into bytes for a writer that is given. It opens nothing, decides
//! nothing, and never sees a secret: a [`Finding`] holds the mask.

mod csv;
mod escape;
mod github;
mod gitlab;
mod human;
mod json;
mod jsonl;
mod junit;
mod markdown;
mod object;
mod rdjsonl;
mod sarif;
mod words;
mod wrap;

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};

use jiff::Timestamp;

use crate::finding::{Finding, Severity};
use crate::rule::Rule;

pub use wrap::wrap;

/// Everything about a scan but its findings.
#[derive(Debug)]
pub struct Run<'r> {
    /// The clock that expiry was judged against, Unix seconds.
    pub now: i64,
    /// The working directory, which formats for other programs tell paths from; empty where it is not known.
    pub root: &'r str,
    /// When the scan began.
    pub started: Timestamp,
    /// When it ended.
    pub finished: Timestamp,
    /// The counts.
    pub summary: &'r Summary,
    /// What could not be read.
    pub errors: &'r [Failure],
    /// The rules that looked.
    pub rules: &'r [Rule],
}

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

/// How a report looks; formats for programs do not care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// With ANSI colours.
    pub color: bool,
    /// With box-drawing characters; otherwise ASCII.
    pub unicode: bool,
    /// The width of a line.
    pub columns: usize,
    /// Say the reason, why it matters and what to do with everything that is shown.
    pub verbose: bool,
    /// Show each finding, also where a file repeats a secret and where a token has expired.
    pub all: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, unicode: true, columns: 80, verbose: false, all: false }
    }
}

/// Writes one report.
pub trait Reporter {
    /// What comes before the findings.
    ///
    /// # Errors
    ///
    /// What the writer says.
    fn begin(&mut self, run: &Run<'_>, out: &mut dyn Write) -> io::Result<()>;

    /// The findings, all of them, in the order of a scan.
    ///
    /// # Errors
    ///
    /// What the writer says.
    fn findings(&mut self, run: &Run<'_>, findings: &[&Finding], out: &mut dyn Write) -> io::Result<()> {
        findings.iter().try_for_each(|finding| self.finding(run, finding, out))
    }

    /// One finding.
    ///
    /// # Errors
    ///
    /// What the writer says.
    fn finding(&mut self, run: &Run<'_>, finding: &Finding, out: &mut dyn Write) -> io::Result<()>;

    /// What comes after them.
    ///
    /// # Errors
    ///
    /// What the writer says.
    fn end(&mut self, run: &Run<'_>, out: &mut dyn Write) -> io::Result<()>;
}

/// One format.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// Its name on the command line.
    pub name: &'static str,
    /// For whom it is.
    pub about: &'static str,
    /// True where people read it, with the masked lines around the findings.
    pub excerpts: bool,
    /// True where it has a place for findings that were suppressed; the others do not see them.
    pub suppressed: bool,
    /// Makes a reporter.
    pub make: fn(Style) -> Box<dyn Reporter>,
}

/// Every format; the first is the default.
pub const FORMATS: &[Format] = &[
    human::FORMAT,
    json::FORMAT,
    jsonl::FORMAT,
    sarif::FORMAT,
    gitlab::FORMAT,
    github::FORMAT,
    junit::FORMAT,
    rdjsonl::FORMAT,
    csv::FORMAT,
    markdown::FORMAT,
];

/// The format of that name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|f| f.name == name)
}

/// Writes a whole report.
///
/// # Errors
///
/// What the writer says.
pub fn write(
    format: &Format,
    style: Style,
    run: &Run<'_>,
    findings: &[Finding],
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut reporter = (format.make)(style);
    reporter.begin(run, out)?;
    let told = |finding: &&Finding| format.suppressed || finding.suppressed.is_none();
    reporter.findings(run, &findings.iter().filter(told).collect::<Vec<_>>(), out)?;
    reporter.end(run, out)
}
