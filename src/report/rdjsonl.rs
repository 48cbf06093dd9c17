//! reviewdog's Diagnostic Format, one JSON object a line: comments of a review on any platform that
//! reviewdog knows. Its columns count bytes of UTF-8.

use std::io::{self, Write};

use super::object::Object;
use super::reporter::{Format, Reporter, Run, Style};
use super::words::{Level, file, sentence};
use crate::finding::Finding;

/// The line in the table.
pub(super) const FORMAT: Format = Format {
    name: "rdjsonl",
    about: "reviewdog diagnostics, one a line",
    excerpts: false,
    suppressed: false,
    make,
};

fn make(_: Style) -> Box<dyn Reporter> {
    Box::new(Diagnostics)
}

struct Diagnostics;

impl Reporter for Diagnostics {
    fn begin(&mut self, _: &Run<'_>, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn finding(&mut self, run: &Run<'_>, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
        let mut json = String::with_capacity(512);
        let mut object = Object::open(&mut json);
        object.text("message", &sentence(finding));
        object.object("location", |location| {
            location.text("path", &file(finding, run));
            location.object("range", |range| {
                let (start, end) = finding.columns.utf8;
                for (name, line, column) in [("start", finding.line, start), ("end", finding.end_line, end)] {
                    range.object(name, |position| {
                        position.number("line", line);
                        position.number("column", column);
                    });
                }
            });
        });
        let severity = match Level::of(finding.severity) {
            Level::Error => "ERROR",
            Level::Warning => "WARNING",
            Level::Note => "INFO",
        };
        object.text("severity", severity);
        object.object("source", |source| source.text("name", env!("CARGO_PKG_NAME")));
        object.object("code", |code| code.text("value", &finding.rule));
        object.close();
        json.push('\n');
        out.write_all(json.as_bytes())
    }

    fn end(&mut self, _: &Run<'_>, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}
