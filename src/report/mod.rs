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
mod reporter;
mod sarif;
mod words;
mod wrap;

use std::io::{self, Write};

use crate::finding::Finding;

pub use reporter::{Format, Reporter, Run, Style};
pub use wrap::wrap;

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
