//! The report of what was masked, in the form in which a scan reports what it found.

use std::path::Path;

use scrubjay::report::{self, Run};
use scrubjay::rewrite::Outcome;
use scrubjay::scrub::Masker;
use scrubjay::summary::Summary;

use crate::moment::instant;
use crate::output::Output;
use crate::{Result, Stop};

pub(crate) fn of_masks(
    path: &Path,
    masker: &Masker,
    outcome: &Outcome,
    started: jiff::Timestamp,
    output: &Output,
) -> Result<()> {
    let format = report::format("json").ok_or_else(|| Stop::invalid("no such format"))?;
    let mut summary = Summary {
        files: outcome.files,
        bytes: outcome.bytes,
        errors: outcome.failures.len() as u64,
        ..Summary::default()
    };
    summary.count(&outcome.findings);
    let root = std::env::current_dir().unwrap_or_default();
    let run = Run {
        now: started.as_second(),
        root: &root.to_string_lossy(),
        started,
        finished: instant(),
        summary: &summary,
        errors: &outcome.failures,
        rules: masker.rules(),
    };
    let style = output.style_of_report(true);
    let help = "the report could not be written; choose another place with --report";
    output.file(path, help, &mut |out| report::write(format, style, &run, &outcome.findings, out))
}
