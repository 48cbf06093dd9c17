//! SARIF 2.1.0, in the subset that GitHub's code scanning reads; other viewers read it as well.
//!
//! Paths are relative and no absolute one is written anywhere. Results carry a fingerprint of their
//! own, since the one that the upload would compute needs the file, which results of the history do
//! not have. A service that takes only so many results gets the worst.

use std::io::{self, Write};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::object::Object;
use super::reporter::{Format, Reporter, Run, Style};
use super::words::{Level, Occurrences, advice, at_most, file, flat, from_root, sentence};
use super::{escape, json};
use crate::finding::{Finding, Severity, Suppressor};
use crate::rule::Rule;
use crate::summary::{Failure, Summary};
use crate::text::printable;

/// The line in the table.
pub(super) const FORMAT: Format = Format {
    name: "sarif",
    about: "SARIF 2.1.0, for GitHub code scanning and editors",
    excerpts: false,
    suppressed: true,
    make,
};

/// GitHub refuses a run with more results.
const MOST_RESULTS: u64 = 25_000;

/// GitHub cuts longer descriptions.
const MOST_WORDS: usize = 1024;

/// GitHub takes 20; one is ours.
const MOST_TAGS: usize = 19;

fn make(_: Style) -> Box<dyn Reporter> {
    Box::new(Sarif { first: true, room: Room::default(), occurrences: Occurrences::default() })
}

struct Sarif {
    first: bool,
    room: Room,
    occurrences: Occurrences,
}

impl Reporter for Sarif {
    fn begin(&mut self, run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.room = Room::of(run.summary);
        let mut json = String::from(
            "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[",
        );
        let mut object = Object::open(&mut json);
        object.object("tool", |tool| {
            tool.object("driver", |driver| {
                driver.text("name", env!("CARGO_PKG_NAME"));
                driver.text("fullName", concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")));
                driver.text("semanticVersion", env!("CARGO_PKG_VERSION"));
                driver.objects("rules", run.rules, descriptor);
            });
        });
        object.text("columnKind", "utf16CodeUnits");
        object.objects("invocations", &[()], |object, ()| invocation(object, run, &self.room));
        object.key("results");
        json.push('[');
        out.write_all(json.as_bytes())
    }

    fn finding(&mut self, run: &Run<'_>, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
        let occurrence = self.occurrences.next(finding, &format!("{} {}", finding.rule, finding.fingerprint));
        if !self.room.take(finding) {
            return Ok(());
        }
        let mut json = String::with_capacity(1536);
        result(&mut json, run, finding, occurrence);
        out.write_all(if std::mem::take(&mut self.first) { b"\n" } else { b",\n" })?;
        out.write_all(json.as_bytes())
    }

    fn end(&mut self, _: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(if self.first { b"]}]}\n" } else { b"\n]}]}\n" })
    }
}

/// How many results of each severity are written, and of those that were suppressed: the worst first.
#[derive(Debug, Default, PartialEq, Eq)]
struct Room {
    open: [u64; Severity::ALL.len()],
    suppressed: u64,
    /// How many are left out.
    dropped: u64,
}

impl Room {
    fn of(summary: &Summary) -> Self {
        let (mut left, mut room) = (MOST_RESULTS, Self::default());
        let mut share = |wanted: u64| {
            let given = wanted.min(left);
            left -= given;
            room.dropped += wanted - given;
            given
        };
        let mut open = [0; Severity::ALL.len()];
        for severity in Severity::ALL.into_iter().rev() {
            open[severity as usize] = share(summary.by_severity[severity as usize]);
        }
        let suppressed = share(summary.suppressed);
        Self { open, suppressed, ..room }
    }

    fn take(&mut self, finding: &Finding) -> bool {
        let room = match finding.suppressed {
            Some(_) => &mut self.suppressed,
            None => &mut self.open[finding.severity as usize],
        };
        let fits = *room > 0;
        *room = room.saturating_sub(1);
        fits
    }
}

fn invocation(object: &mut Object<'_>, run: &Run<'_>, room: &Room) {
    object.raw("executionSuccessful", if run.summary.complete() { "true" } else { "false" });
    object.text("startTimeUtc", &utc(run.started));
    object.text("endTimeUtc", &utc(run.finished));
    let cut = (room.dropped > 0).then(|| {
        format!(
            "{} results are left out: at most {MOST_RESULTS} can be uploaded. The worst are here; -f json has all",
            room.dropped
        )
    });
    let errors = run.errors.iter().map(|Failure { path, message }| {
        let text = format!("{}: {}", printable(&from_root(path, run.root)), printable(message));
        ("error", text, Some(path))
    });
    let notes: Vec<_> = cut.map(|text| ("warning", text, None)).into_iter().chain(errors).collect();
    object.objects("toolExecutionNotifications", &notes, |object, (level, text, path)| {
        object.text("level", level);
        object.object("message", |message| message.text("text", &message_text(text)));
        if let Some(path) = path {
            object.objects("locations", &[()], |location, ()| {
                location.object("physicalLocation", |place| artifact(place, &from_root(path, run.root)));
            });
        }
    });
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

fn artifact(object: &mut Object<'_>, path: &str) {
    object.object("artifactLocation", |artifact| artifact.text("uri", &escape::uri(path)));
}

/// In a message of SARIF, brackets make a link.
fn message_text(text: &str) -> String {
    text.replace('[', "\\[").replace(']', "\\]")
}

fn level(severity: Severity) -> &'static str {
    match Level::of(severity) {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

fn descriptor(object: &mut Object<'_>, rule: &Rule) {
    let title = if rule.title.is_empty() { &rule.id } else { &rule.title };
    let description = if rule.description.is_empty() { title } else { &rule.description };
    let limited = |text: &str| at_most(flat(text), MOST_WORDS);
    object.text("id", &rule.id);
    object.text("name", &pascal(&rule.id));
    object.object("shortDescription", |words| words.text("text", &limited(title)));
    object.object("fullDescription", |words| words.text("text", &limited(description)));
    let help = advice(rule);
    object.object("help", |words| {
        words.text("text", if help.is_empty() { description } else { &help });
        words.text("markdown", &markdown(title, description, rule));
    });
    object.object("defaultConfiguration", |configuration| {
        configuration.text("level", level(rule.severity));
    });
    object.object("properties", |properties| {
        let tags = rule.tags.iter().map(String::as_str).filter(|tag| *tag != "security").take(MOST_TAGS);
        properties.texts("tags", &["security"].into_iter().chain(tags).collect::<Vec<_>>());
        properties.text("precision", "high");
        properties.text("security-severity", score(rule.severity));
    });
}

/// Inside the bounds of GitHub's own severities.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Info => "0.1",
    }
}

fn markdown(title: &str, description: &str, rule: &Rule) -> String {
    let why = if rule.why.is_empty() { description } else { &rule.why };
    let mut text = format!("**{}**\n\n{}\n", escape::prose(&flat(title)), escape::prose(&flat(why)));
    for (at, step) in rule.remedy.iter().enumerate() {
        text.push_str(&format!("\n{}. {}", at + 1, escape::prose(&flat(step))));
    }
    text
}

/// `tirtc-secret-key` as `TirtcSecretKey`, the form that SARIF wants for names.
fn pascal(id: &str) -> String {
    let words = id.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words
        .flat_map(|word| word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)))
        .collect()
}

fn result(json: &mut String, run: &Run<'_>, finding: &Finding, occurrence: u64) {
    let mut object = Object::open(json);
    object.text("ruleId", &finding.rule);
    if let Some(index) = run.rules.iter().position(|rule| rule.id == finding.rule) {
        object.number("ruleIndex", index);
    }
    object.text("level", level(finding.severity));
    object.object("message", |message| message.text("text", &message_text(&sentence(finding))));
    object.objects("locations", &[()], |location, ()| {
        location.object("physicalLocation", |place| {
            artifact(place, &file(finding, run));
            place.object("region", |region| {
                region.number("startLine", finding.line);
                region.number("startColumn", finding.columns.utf16.0);
                region.number("endLine", finding.end_line);
                region.number("endColumn", finding.columns.utf16.1);
            });
        });
    });
    object.object("partialFingerprints", |prints| {
        prints.text("primaryLocationLineHash", &format!("{}:{occurrence}", hash(finding)));
        prints.text("scrubjay/v1", &format!("{}:{}:{occurrence}", finding.rule, finding.fingerprint));
    });
    suppressions(&mut object, run, finding);
    object.object("properties", |properties| details(properties, finding));
    object.close();
}

/// The same for the same secret under the same rule, wherever it stands; the path is told apart by
/// whoever compares.
fn hash(finding: &Finding) -> String {
    let digest = Sha256::digest(format!("{}\n{}", finding.rule, finding.fingerprint));
    digest[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn suppressions(object: &mut Object<'_>, run: &Run<'_>, finding: &Finding) {
    // Where one result says it, all have to: a result that does not is of unknown state.
    if run.summary.suppressed == 0 && finding.suppressed.is_none() {
        return;
    }
    let list: Vec<_> = finding.suppressed.iter().collect();
    object.objects("suppressions", &list, |object, suppression| {
        let inline = suppression.by == Suppressor::Inline;
        object.text("kind", if inline { "inSource" } else { "external" });
        object.text("status", "accepted");
        if !suppression.reason.is_empty() {
            object.text("justification", &printable(&suppression.reason));
        }
        object.object("properties", |properties| properties.text("by", suppression.by.name()));
    });
}

/// What SARIF has no field for, under the names of the JSON report.
fn details(object: &mut Object<'_>, finding: &Finding) {
    object.text("kind", finding.kind.name());
    object.text("severity", finding.severity.name());
    object.text("reason", &finding.reason);
    object.text("masked", &finding.masked);
    object.text("fingerprint", &finding.fingerprint);
    object.text_or_null("status", finding.status.map(|s| s.name()));
    if let Some(claims) = &finding.claims {
        object.object("claims", |object| json::claims(claims, object));
    }
    object.texts("decoded", &finding.decoded);
    object.texts("entry", &finding.entry);
    if let Some(commit) = &finding.commit {
        object.object("commit", |object| json::commit(commit, object));
    }
    if let Some(proof) = &finding.proof {
        object.object("proof", |object| json::proof(proof, object));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_pascal_case() {
        assert_eq!(pascal("tirtc-secret-key"), "TirtcSecretKey");
        assert_eq!(pascal("my_rule.2"), "MyRule2");
    }

    #[test]
    fn the_worst_have_room() {
        let summary = Summary { by_severity: [20_000, 0, 7, 0, 24_000], suppressed: 3, ..Summary::default() };
        let room = Room::of(&summary);
        assert_eq!(room, Room { open: [993, 0, 7, 0, 24_000], suppressed: 0, dropped: 19_010 });
    }

    #[test]
    fn brackets_in_messages_are_no_links() {
        assert_eq!(message_text("[a](http://x)"), "\\[a\\](http://x)");
    }
}
