//! The summary of a GitHub workflow's step: the Markdown report, added to the file that the runner
//! names. Annotations are few, so this is where all findings are.

use std::cmp::Reverse;
use std::fs::OpenOptions;
use std::io::Write;

use scrubjay::finding::Finding;
use scrubjay::report::{self, Run, Style};
use scrubjay::text::printable;

use crate::output::Output;

/// What the runner takes from one step.
const MOST_BYTES: usize = 1024 * 1024;

/// Nobody reads more rows.
const MOST_ROWS: usize = 2000;

/// Adds the summary, where a runner asks for one. The findings are told already, so what goes wrong
/// here is told, too, and changes no exit status.
pub(crate) fn summarize(run: &Run<'_>, findings: &[Finding], output: &Output) {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else { return };
    // Earlier commands of the step wrote into the same file.
    let taken = std::fs::metadata(&path).map_or(0, |meta| usize::try_from(meta.len()).unwrap_or(usize::MAX));
    let Some(text) = fitting(run, findings, MOST_BYTES.saturating_sub(taken)) else {
        return output.note("scrubjay: no room for a summary in the file that GITHUB_STEP_SUMMARY names");
    };
    let file = OpenOptions::new().append(true).create(true).open(&path);
    if let Err(error) = file.and_then(|mut file| file.write_all(&text)) {
        let path = path.to_string_lossy();
        output.note(&format!("scrubjay: no summary in {}: {error}", printable(&path)));
    }
}

/// The summary with as many findings as fit, the worst.
fn fitting(run: &Run<'_>, findings: &[Finding], room: usize) -> Option<Vec<u8>> {
    let format = report::format("markdown")?;
    let mut worst: Vec<usize> = (0..findings.len()).filter(|at| findings[*at].suppressed.is_none()).collect();
    worst.sort_by_key(|at| Reverse(findings[*at].severity));
    worst.truncate(MOST_ROWS);
    loop {
        let mut shown = worst.clone();
        shown.sort_unstable();
        let shown: Vec<Finding> = shown.into_iter().map(|at| findings[at].clone()).collect();
        let mut text = Vec::new();
        // Memory takes every byte.
        report::write(format, Style::default(), run, &shown, &mut text).ok()?;
        if text.len() <= room {
            return Some(text);
        }
        if worst.is_empty() {
            return None;
        }
        worst.truncate(worst.len() / 2);
    }
}
