//! JSON Lines: one finding a line, the same object as in the document; for pipes and `jq`.

use std::io::{self, Write};

use super::json;
use super::reporter::{Format, Reporter, Run, Style};
use crate::finding::Finding;

/// The line in the table.
pub(super) const FORMAT: Format = Format {
    name: "jsonl",
    about: "JSON Lines, one finding a line",
    excerpts: false,
    suppressed: false,
    make,
};

fn make(_: Style) -> Box<dyn Reporter> {
    Box::new(JsonLines)
}

struct JsonLines;

impl Reporter for JsonLines {
    fn begin(&mut self, _: &Run<'_>, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn finding(&mut self, _: &Run<'_>, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
        let mut line = json::line(finding);
        line.push('\n');
        out.write_all(line.as_bytes())
    }

    fn end(&mut self, _: &Run<'_>, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}
