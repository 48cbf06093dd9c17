//! Annotations of a GitHub workflow: commands on standard output that the runner turns into marks on
//! the lines of a pull request.
//!
//! Ten errors and ten warnings are shown for a step, so the worst come first. `add-mask` is never
//! written: the runner would have to be told the secret.

use std::cmp::Reverse;
use std::io::{self, Write};

use super::reporter::{Format, Reporter, Run, Style};
use super::words::{Level, file, from_root, sentence};
use crate::finding::{Finding, Severity};
use crate::summary::Failure;
use crate::text::{is_unprintable, printable};

/// The line in the table.
pub(super) const FORMAT: Format = Format {
    name: "github",
    about: "annotations of a GitHub workflow, and its step summary",
    excerpts: false,
    suppressed: false,
    make,
};

fn make(_: Style) -> Box<dyn Reporter> {
    Box::new(GitHub { lines: Vec::new() })
}

struct GitHub {
    /// All lines, since the order is by severity.
    lines: Vec<(Reverse<Severity>, String)>,
}

impl Reporter for GitHub {
    fn begin(&mut self, _: &Run<'_>, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn finding(&mut self, run: &Run<'_>, finding: &Finding, _: &mut dyn Write) -> io::Result<()> {
        self.lines.push((Reverse(finding.severity), annotation(run, finding)));
        Ok(())
    }

    fn end(&mut self, run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
        // First, since only ten are shown, and one for all, since ten could hide every finding.
        if let Some(Failure { path, message }) = run.errors.first() {
            let mut text = format!("not read to the end: {}: {message}", from_root(path, run.root));
            if run.errors.len() > 1 {
                text.push_str(&format!("; and {} more, which the log names", run.errors.len() - 1));
            }
            writeln!(out, "::error title=scrubjay%3A the scan is incomplete::{}", data(&printable(&text)))?;
        }
        self.lines.sort_by_key(|(severity, _)| *severity);
        for (_, line) in &self.lines {
            writeln!(out, "{line}")?;
        }
        Ok(())
    }
}

fn annotation(run: &Run<'_>, finding: &Finding) -> String {
    let command = match Level::of(finding.severity) {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let mut line = format!("::{command} file={},line={}", property(&file(finding, run)), finding.line);
    line.push_str(&format!(",endLine={}", finding.end_line));
    // The service takes columns only inside one line.
    if finding.line == finding.end_line {
        line.push_str(&format!(",col={},endColumn={}", finding.column, finding.end_column));
    }
    let title = format!("{}: {}", finding.severity, finding.rule);
    format!("{line},title={}::{}", property(&title), data(&sentence(finding)))
}

/// Escapes what ends a message.
fn data(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            c if is_unprintable(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// Escapes what ends a property, too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_command_early() {
        assert_eq!(data("100%\r\n::error::x"), "100%25%0D%0A::error::x");
        assert_eq!(property("a:b,c%\u{202e}"), "a%3Ab%2Cc%25\\u{202e}");
    }
}
