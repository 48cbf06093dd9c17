//! For people at a terminal: each secret once for each file, the masked line with its mark, and at the
//! end, once for each rule, why it matters and what to do.
//!
//! | file | does |
//! |---|---|
//! | `group` | brings together what a person needs to see once, the worst first |
//! | `places` | says on which lines and in which commits the rest of it is |
//! | `facts` | says what is known of a finding, name by name |
//! | `draw` | draws headlines and masked lines |
//!
//! Everything that came from outside goes through [`printable`]: a path or a claim must not move the
//! cursor. Text is wrapped by hand, snippets are drawn by miette over the masked line.

mod draw;
mod facts;
mod group;
mod places;

use std::collections::HashSet;
use std::io::{self, Write};

use self::draw::{Pen, way};
use self::group::{Entry, File};
use super::reporter::{Format, Reporter, Run, Style};
use super::words::{flat, rule};
use super::wrap::wrap;
use crate::finding::Finding;
use crate::rule::Rule;
use crate::text::{printable, thousands};

/// The line in the table.
pub(super) const FORMAT: Format = Format {
    name: "human",
    about: "for people, with the masked lines",
    excerpts: true,
    suppressed: false,
    make,
};

fn make(style: Style) -> Box<dyn Reporter> {
    Box::new(Human { style, pen: Pen::new(style), file: None, counts: Vec::new() })
}

struct Human {
    style: Style,
    pen: Pen,
    /// The file whose findings are being written.
    file: Option<String>,
    /// What each rule found.
    counts: Vec<Count>,
}

/// What a rule found.
struct Count {
    rule: String,
    findings: u64,
    secrets: u64,
}

impl Reporter for Human {
    fn begin(&mut self, _: &Run<'_>, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn findings(&mut self, run: &Run<'_>, findings: &[&Finding], out: &mut dyn Write) -> io::Result<()> {
        self.counts = count(findings);
        if self.style.all {
            return findings.iter().try_for_each(|finding| self.finding(run, finding, out));
        }
        // Whoever asks for reasons gets those of expired tokens as well.
        for File { entries } in group::files(findings, !self.style.verbose) {
            for entry in &entries {
                self.entry(run, entry, out)?;
            }
        }
        Ok(())
    }

    fn finding(&mut self, run: &Run<'_>, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
        self.entry(run, &Entry::of(finding), out)
    }

    fn end(&mut self, run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
        if self.counts.is_empty() || self.style.verbose {
            return Ok(());
        }
        let mut text = format!("{}\n", self.pen.paint("1;4", "What to do"));
        // The order of the rules, not of the files: the worst leaks are listed there first.
        for rule in run.rules {
            let Some(count) = self.counts.iter().find(|count| count.rule == rule.id) else { continue };
            let title = format!("{} ({}, {})", printable(&rule.title), printable(&rule.id), count.words());
            text.push('\n');
            self.wrap(&mut text, "", 0, &self.pen.paint("1", &title));
            self.advice(&mut text, rule);
        }
        out.write_all(text.as_bytes())
    }
}

impl Human {
    /// Writes what stands for one finding or for many.
    fn entry(&mut self, run: &Run<'_>, entry: &Entry<'_>, out: &mut dyn Write) -> io::Result<()> {
        let mut text = String::new();
        let file = way(entry.shown);
        if self.file.as_ref() != Some(&file) {
            text.push_str(&format!("{}\n\n", self.pen.paint("1;4", &file)));
            self.file = Some(file);
        }
        let facts = if entry.folded {
            self.pen.line(&mut text, entry.shown.severity, &facts::of_expired(entry, run.now));
            facts::below_expired(entry)
        } else {
            self.pen.snippet(&mut text, entry.shown)?;
            facts::of(entry, run.now, self.style.verbose)
        };
        for (name, value) in facts {
            let name = format!("{name:<12}");
            self.wrap(&mut text, &format!("  {}", self.pen.paint("2", &name)), 14, &value);
        }
        if self.style.verbose
            && let Some(rule) = rule(run.rules, &entry.shown.rule)
        {
            self.advice(&mut text, rule);
        }
        text.push('\n');
        out.write_all(text.as_bytes())
    }

    fn advice(&self, text: &mut String, rule: &Rule) {
        if !rule.why.is_empty() {
            self.wrap(text, "  ", 2, &flat(&rule.why));
        }
        for (index, step) in rule.remedy.iter().enumerate() {
            self.wrap(text, &format!("  {}. ", index + 1), 5, &flat(step));
        }
    }

    fn wrap(&self, text: &mut String, lead: &str, indent: usize, words: &str) {
        wrap(text, lead, indent, words, self.style.columns);
    }
}

fn count(findings: &[&Finding]) -> Vec<Count> {
    let mut counts: Vec<Count> = Vec::new();
    let mut seen = HashSet::new();
    for finding in findings {
        let at = counts.iter().position(|count| count.rule == finding.rule).unwrap_or_else(|| {
            counts.push(Count { rule: finding.rule.clone(), findings: 0, secrets: 0 });
            counts.len() - 1
        });
        counts[at].findings += 1;
        counts[at].secrets += u64::from(seen.insert(finding.identity()));
    }
    counts
}

impl Count {
    fn words(&self) -> String {
        match (self.findings, self.secrets) {
            (1, _) => "1 finding".to_owned(),
            (findings, secrets) if findings == secrets => format!("{} findings", thousands(findings)),
            (findings, 1) => format!("{} findings of one secret", thousands(findings)),
            (findings, secrets) => {
                format!("{} findings of {} secrets", thousands(findings), thousands(secrets))
            }
        }
    }
}
