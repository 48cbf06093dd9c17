//! GitLab's secret detection report, schema 15.2: what the security dashboard and merge requests show.
//!
//! The extract of the source is the mask. Ids are made of what a finding is and where it stands, so
//! that the next run has the same.

use std::io::{self, Write};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::object::Object;
use super::reporter::{Format, Reporter, Run, Style};
use super::words::{Occurrences, advice, at_most, file, flat, from_root, rule, sentence};
use crate::blob::Commit;
use crate::finding::{Finding, Severity};
use crate::summary::Failure;
use crate::text::printable;

/// The line in the table.
pub(super) const FORMAT: Format = Format {
    name: "gitlab",
    about: "GitLab secret detection report",
    excerpts: false,
    suppressed: false,
    make,
};

/// The bounds of the schema.
const MOST_NAME: usize = 255;
const MOST_SOLUTION: usize = 7000;

/// Stands for the commit that the schema asks for and a scan of files does not have.
const NO_COMMIT: &str = "0000000000000000000000000000000000000000";

fn make(_: Style) -> Box<dyn Reporter> {
    Box::new(GitLab { first: true, occurrences: Occurrences::default() })
}

struct GitLab {
    first: bool,
    occurrences: Occurrences,
}

impl Reporter for GitLab {
    fn begin(&mut self, run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
        let mut json = String::new();
        let mut document = Object::open(&mut json);
        document.text("version", "15.2.1");
        document.object("scan", |scan| {
            for part in ["analyzer", "scanner"] {
                scan.object(part, |tool| {
                    tool.text("id", env!("CARGO_PKG_NAME"));
                    tool.text("name", env!("CARGO_PKG_NAME"));
                    tool.text("version", env!("CARGO_PKG_VERSION"));
                    tool.object("vendor", |vendor| vendor.text("name", env!("CARGO_PKG_NAME")));
                });
            }
            scan.text("type", "secret_detection");
            scan.text("start_time", &utc(run.started));
            scan.text("end_time", &utc(run.finished));
            scan.text("status", if run.summary.complete() { "success" } else { "failure" });
            scan.objects("messages", run.errors, |object, Failure { path, message }| {
                let path = from_root(path, run.root);
                object.text("level", "fatal");
                object.text("value", &format!("{}: {}", printable(&path), printable(message)));
            });
        });
        document.key("vulnerabilities");
        json.push('[');
        out.write_all(json.as_bytes())
    }

    fn finding(&mut self, run: &Run<'_>, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
        let likeness = format!("{} {} {}", finding.rule, finding.fingerprint, finding.line);
        let occurrence = self.occurrences.next(finding, &likeness);
        let mut json = String::with_capacity(1536);
        vulnerability(&mut json, run, finding, occurrence);
        out.write_all(if std::mem::take(&mut self.first) { b"\n" } else { b",\n" })?;
        out.write_all(json.as_bytes())
    }

    fn end(&mut self, _: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(if self.first { b"]}\n" } else { b"\n]}\n" })
    }
}

/// In the only form that the schema takes.
fn utc(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

fn vulnerability(json: &mut String, run: &Run<'_>, finding: &Finding, occurrence: u64) {
    let file = file(finding, run);
    let rule = rule(run.rules, &finding.rule);
    let mut object = Object::open(json);
    object.text("id", &id(finding, &file, occurrence));
    object.text("name", &at_most(printable(&finding.message).into_owned(), MOST_NAME));
    object.text("description", &sentence(finding));
    object.text("severity", severity(finding.severity));
    if let Some(rule) = rule.filter(|rule| !rule.remedy.is_empty() || !rule.why.is_empty()) {
        object.text("solution", &at_most(advice(rule), MOST_SOLUTION));
    }
    object.text("raw_source_code_extract", &printable(&finding.masked));
    object.object("location", |location| {
        location.text("file", &file);
        location.number("start_line", finding.line);
        location.number("end_line", finding.end_line);
        location.object("commit", |object| commit(object, finding.commit.as_deref()));
    });
    object.objects("identifiers", &[&finding.rule], |identifier, rule| {
        identifier.text("type", "scrubjay_rule_id");
        identifier.text("name", &at_most(format!("scrubjay rule {}", flat(rule)), MOST_NAME));
        identifier.text("value", rule);
    });
    object.close();
}

fn commit(object: &mut Object<'_>, commit: Option<&Commit>) {
    let Some(commit) = commit else { return object.text("sha", NO_COMMIT) };
    object.text("sha", if commit.id.is_empty() { NO_COMMIT } else { &commit.id });
    object.text("author", &format!("{} <{}>", printable(&commit.author), printable(&commit.email)));
    object.text("date", &commit.date);
    object.text("message", &printable(&commit.message));
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
        Severity::Info => "Info",
    }
}

/// A UUID of version 8, which leaves the hash to whoever makes it.
fn id(finding: &Finding, file: &str, occurrence: u64) -> String {
    let commit = finding.commit.as_ref().map_or("", |commit| commit.id.as_str());
    let of = [
        &finding.fingerprint,
        &finding.rule,
        file,
        &finding.entry.join("\n"),
        &finding.line.to_string(),
        commit,
        &occurrence.to_string(),
    ];
    let mut bytes = Sha256::digest(of.join("\0"));
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
