//! JUnit XML, for servers that show test results and nothing else: a suite for each file, a failed
//! case for each finding, an error for what could not be read.
//!
//! A clean scan is one case that passed; some servers take a report without any for a broken one.

use std::io::{self, Write};

use super::escape::xml;
use super::reporter::{Format, Reporter, Run, Style};
use super::words::{advice, file, from_root, rule, sentence};
use crate::finding::Finding;
use crate::summary::Failure;

/// The line in the table.
pub(super) const FORMAT: Format = Format {
    name: "junit",
    about: "JUnit XML, for servers that show test results",
    excerpts: false,
    suppressed: false,
    make,
};

fn make(_: Style) -> Box<dyn Reporter> {
    Box::new(Junit { file: String::new(), cases: String::new(), count: 0 })
}

struct Junit {
    /// The file whose cases are gathered: a suite begins with their number.
    file: String,
    cases: String,
    count: u64,
}

impl Reporter for Junit {
    fn begin(&mut self, run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
        let (failures, errors) = (run.summary.findings, run.errors.len() as u64);
        let tests = (failures + errors).max(1);
        writeln!(
            out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <testsuites name=\"scrubjay\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">"
        )
    }

    fn finding(&mut self, run: &Run<'_>, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
        let file = file(finding, run);
        if self.file != file {
            self.suite(out)?;
            file.as_ref().clone_into(&mut self.file);
        }
        let (name, path) = (format!("{}:{}", finding.line, finding.column), xml(&file));
        let (rule_id, message) = (xml(&finding.rule), xml(&sentence(finding)));
        self.count += 1;
        self.cases.push_str(&format!(
            "    <testcase classname=\"{path}\" name=\"{rule_id} {name}\" file=\"{path}\" line=\"{}\" time=\"0\">\n",
            finding.line
        ));
        self.cases.push_str(&format!("      <failure type=\"{rule_id}\" message=\"{message}\">"));
        self.cases.push_str(&format!("{}: {path}:{name}\n{message}\n", finding.severity));
        // Line ends in the text are ours.
        for line in rule(run.rules, &finding.rule).map(advice).unwrap_or_default().lines() {
            self.cases.push_str(&format!("{}\n", xml(line)));
        }
        self.cases.push_str("</failure>\n    </testcase>\n");
        Ok(())
    }

    fn end(&mut self, run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.suite(out)?;
        if !run.errors.is_empty() {
            let count = run.errors.len();
            writeln!(
                out,
                "  <testsuite name=\"not read\" tests=\"{count}\" failures=\"0\" errors=\"{count}\" time=\"0\">"
            )?;
            for Failure { path, message } in run.errors {
                let (path, message) = (xml(&from_root(path, run.root)), xml(message));
                writeln!(
                    out,
                    "    <testcase classname=\"{path}\" name=\"read\" time=\"0\">\n      \
                     <error type=\"incomplete\" message=\"{message}\">{path}: {message}</error>\n    </testcase>"
                )?;
            }
            writeln!(out, "  </testsuite>")?;
        } else if run.summary.findings == 0 {
            writeln!(
                out,
                "  <testsuite name=\"scrubjay\" tests=\"1\" failures=\"0\" errors=\"0\" time=\"0\">\n    \
                 <testcase classname=\"scrubjay\" name=\"no leaked credentials\" time=\"0\"/>\n  </testsuite>"
            )?;
        }
        writeln!(out, "</testsuites>")
    }
}

impl Junit {
    /// Writes the suite of the file at hand, if there is one.
    fn suite(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.count == 0 {
            return Ok(());
        }
        let (name, count) = (xml(&self.file), self.count);
        write!(
            out,
            "  <testsuite name=\"{name}\" tests=\"{count}\" failures=\"{count}\" errors=\"0\" time=\"0\">\n{}",
            self.cases
        )?;
        self.count = 0;
        self.cases.clear();
        writeln!(out, "  </testsuite>")
    }
}
