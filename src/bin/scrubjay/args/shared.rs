//! What several commands take: headings, and the values of options that are lists.

use clap::builder::PossibleValuesParser;
use scrubjay::finding::Severity;
use scrubjay::report;

/// The heading of the options that say what is read.
pub(super) const SCANNED: &str = "What is scanned";

/// The heading of the options that say what is looked for in it.
pub(super) const SOUGHT: &str = "What is looked for";

/// The heading of the options that say what is shown, and how.
pub(super) const REPORT: &str = "The report";

/// What `--all` does.
pub(super) const ALL: &str = "\
Show every finding, also where a secret comes again. Without it the report for people shows a secret that a file \
repeats once, with its first lines and the number of the others, and the expired tokens of a file in one line. \
All other formats list every finding anyway";

pub(super) fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(
        report::FORMATS.iter().map(|f| clap::builder::PossibleValue::new(f.name).help(f.about)),
    )
}

pub(super) fn levels() -> PossibleValuesParser {
    PossibleValuesParser::new(Severity::ALL.into_iter().map(Severity::name).chain(["never"]))
}
