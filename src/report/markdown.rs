//! Markdown, for tickets and for the summary of a workflow's step: counts, a table of findings, and
//! what to do.
//!
//! Whatever comes from outside stands in code spans, in which nothing is a link, a mention or HTML.

use std::io::{self, Write};

use super::escape::{code, code_in_cell, prose};
use super::reporter::{Format, Reporter, Run, Style};
use super::words::{file, flat, from_root};
use crate::finding::{Finding, Severity};
use crate::summary::Failure;

/// The line in the table.
pub(super) const FORMAT: Format =
    Format { name: "markdown", about: "Markdown, for tickets", excerpts: false, suppressed: false, make };

fn make(_: Style) -> Box<dyn Reporter> {
    Box::new(Markdown { rules: Vec::new(), shown: 0 })
}

struct Markdown {
    /// The ids of the rules that found something.
    rules: Vec<String>,
    shown: u64,
}

impl Reporter for Markdown {
    fn begin(&mut self, run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
        let summary = run.summary;
        match summary.findings {
            0 => writeln!(out, "# scrubjay: nothing found\n")?,
            1 => writeln!(out, "# scrubjay: 1 finding\n")?,
            n => writeln!(out, "# scrubjay: {n} findings\n")?,
        }
        if summary.findings > 0 {
            writeln!(out, "| severity | findings |\n|---|---:|")?;
            for severity in Severity::ALL.into_iter().rev() {
                let count = summary.by_severity[severity as usize];
                if count > 0 {
                    writeln!(out, "| {severity} | {count} |")?;
                }
            }
            writeln!(out)?;
        }
        if run.errors.is_empty() {
            return Ok(());
        }
        writeln!(out, "**The scan is incomplete.** Not read to the end:\n")?;
        for Failure { path, message } in run.errors.iter().take(MOST_ERRORS) {
            writeln!(out, "- {}: {}", code(&from_root(path, run.root)), code(message))?;
        }
        if run.errors.len() > MOST_ERRORS {
            writeln!(out, "- and {} more", run.errors.len() - MOST_ERRORS)?;
        }
        writeln!(out)
    }

    fn finding(&mut self, run: &Run<'_>, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
        if self.shown == 0 {
            writeln!(
                out,
                "## Findings\n\n| severity | place | value | what | rule |\n|---|---|---|---|---|"
            )?;
        }
        self.shown += 1;
        if !self.rules.contains(&finding.rule) {
            self.rules.push(finding.rule.clone());
        }
        writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            finding.severity,
            code_in_cell(&format!("{}:{}:{}", file(finding, run), finding.line, finding.column)),
            code_in_cell(&finding.masked),
            what(finding),
            code_in_cell(&finding.rule),
        )
    }

    fn end(&mut self, run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
        if self.shown > 0 {
            writeln!(out)?;
        }
        if self.shown < run.summary.findings {
            writeln!(out, "Shown are {} of {} findings.\n", self.shown, run.summary.findings)?;
        }
        if self.shown > 0 {
            writeln!(out, "## What to do")?;
        }
        // The order of the rules, not of the files: the worst leaks are listed there first.
        for rule in run.rules.iter().filter(|rule| self.rules.contains(&rule.id)) {
            writeln!(out, "\n### {} ({})\n", prose(&flat(&rule.title)), code(&rule.id))?;
            if !rule.why.is_empty() {
                writeln!(out, "{}\n", prose(&flat(&rule.why)))?;
            }
            for (at, step) in rule.remedy.iter().enumerate() {
                writeln!(out, "{}. {}", at + 1, prose(&flat(step)))?;
            }
        }
        Ok(())
    }
}

/// More are named on standard error, and in the other formats.
const MOST_ERRORS: usize = 100;

/// What it is, and what helps to find its owner; what comes from outside as code.
fn what(finding: &Finding) -> String {
    let mut text = prose(&finding.message);
    let claims = finding.claims.iter().flat_map(|claims| {
        [("issuer", &claims.issuer), ("subject", &claims.subject), ("scope", &claims.scope)]
    });
    for (name, value) in claims {
        if let Some(value) = value {
            text.push_str(&format!("<br>{name} {}", code_in_cell(value)));
        }
    }
    if let Some(proof) = &finding.proof {
        text.push_str(&format!("<br>proof {}", code_in_cell(&proof.words)));
    }
    if !finding.entry.is_empty() {
        text.push_str(&format!("<br>inside {}", code_in_cell(&finding.entry.join(" > "))));
    }
    if let Some(commit) = &finding.commit {
        text.push_str(&format!(
            "<br>commit {}",
            code_in_cell(if commit.id.is_empty() { "none" } else { &commit.id })
        ));
        text.push_str(&format!(" by {} {}", code_in_cell(&commit.author), code_in_cell(&commit.date)));
        if let Some(removed) = &commit.removed_by {
            text.push_str(&format!(", removed by {}", code_in_cell(removed)));
        }
    }
    text
}
