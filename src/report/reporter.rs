//! What the formats share: the interface of a reporter, and what it is told.

use std::io::{self, Write};

use jiff::Timestamp;

use crate::finding::Finding;
use crate::rule::Rule;
use crate::summary::{Failure, Summary};

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
