//! CSV as RFC 4180 has it, for spreadsheets: one finding a row, a header, and no cell that a
//! spreadsheet would compute.

use std::io::{self, Write};

use jiff::Timestamp;

use super::escape;
use super::reporter::{Format, Reporter, Run, Style};
use crate::finding::Finding;

/// The line in the table.
pub(super) const FORMAT: Format =
    Format { name: "csv", about: "CSV, for spreadsheets", excerpts: false, suppressed: false, make };

const HEADER: &[&str] = &[
    "severity",
    "rule",
    "kind",
    "status",
    "path",
    "line",
    "column",
    "end_line",
    "end_column",
    "entry",
    "masked",
    "fingerprint",
    "message",
    "reason",
    "issuer",
    "subject",
    "scope",
    "sdk_app_id",
    "expires_at",
    "decoded",
    "proof",
    "commit",
    "author",
    "email",
    "date",
    "removed_by",
    "in_head",
];

fn make(_: Style) -> Box<dyn Reporter> {
    Box::new(Csv)
}

struct Csv;

impl Reporter for Csv {
    fn begin(&mut self, _: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "{}\r\n", HEADER.join(","))
    }

    fn finding(&mut self, _: &Run<'_>, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
        let row: Vec<String> = cells(finding).iter().map(|cell| escape::cell(cell)).collect();
        write!(out, "{}\r\n", row.join(","))
    }

    fn end(&mut self, _: &Run<'_>, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

/// The cells of a row, in the order of the header.
fn cells(finding: &Finding) -> Vec<String> {
    let claims = finding.claims.clone().unwrap_or_default();
    let expires = claims
        .expires_at
        .map(|at| Timestamp::from_second(at).map_or_else(|_| at.to_string(), |time| time.to_string()));
    let commit = finding.commit.as_deref().cloned().unwrap_or_default();
    let in_head = finding.commit.as_ref().map(|commit| commit.in_head.to_string());
    vec![
        finding.severity.name().to_owned(),
        finding.rule.clone(),
        finding.kind.name().to_owned(),
        finding.status.map_or("", |status| status.name()).to_owned(),
        finding.path.clone(),
        finding.line.to_string(),
        finding.column.to_string(),
        finding.end_line.to_string(),
        finding.end_column.to_string(),
        finding.entry.join(" > "),
        finding.masked.clone(),
        finding.fingerprint.clone(),
        finding.message.clone(),
        finding.reason.clone(),
        claims.issuer.unwrap_or_default(),
        claims.subject.unwrap_or_default(),
        claims.scope.unwrap_or_default(),
        claims.sdk_app_id.map(|id| id.to_string()).unwrap_or_default(),
        expires.unwrap_or_default(),
        finding.decoded.join(" > "),
        finding.proof.as_ref().map(|proof| proof.words.clone()).unwrap_or_default(),
        commit.id,
        commit.author,
        commit.email,
        commit.date,
        commit.removed_by.unwrap_or_default(),
        in_head.unwrap_or_default(),
    ]
}
