//! For people at a terminal: grouped by file, the masked line with its mark, and at the end, once for
//! each rule, why it matters and what to do.
//!
//! Everything that came from outside goes through [`printable`]: a path or a claim must not move the
//! cursor. Text is wrapped by hand, snippets are drawn by miette over the masked line.

use std::fmt;
use std::io::{self, Write};

use jiff::Timestamp;
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};

use super::words::{flat, rule};
use super::{Format, Reporter, Run, Style, wrap};
use crate::blob::Commit;
use crate::finding::{Finding, Severity, Status};
use crate::rule::Rule;
use crate::text::printable;
use crate::token::Claims;

/// The line in the table.
pub(super) const FORMAT: Format = Format {
    name: "human",
    about: "for people, with the masked lines",
    excerpts: true,
    suppressed: false,
    make,
};

fn make(style: Style) -> Box<dyn Reporter> {
    let characters = if style.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
    let styles = if style.color { ThemeStyles::ansi() } else { ThemeStyles::none() };
    let drawer = GraphicalReportHandler::new_themed(GraphicalTheme { characters, styles })
        .with_width(style.columns)
        .with_links(false)
        // It would break a line inside a rule's id.
        .with_wrap_lines(false)
        .without_syntax_highlighting();
    Box::new(Human { style, drawer, path: String::new(), counts: Vec::new() })
}

struct Human {
    style: Style,
    drawer: GraphicalReportHandler,
    /// The file whose findings are being written.
    path: String,
    /// How many findings each rule had, by its id.
    counts: Vec<(String, u64)>,
}

impl Reporter for Human {
    fn begin(&mut self, _: &Run<'_>, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn finding(&mut self, run: &Run<'_>, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
        match self.counts.iter_mut().find(|(id, _)| *id == finding.rule) {
            Some((_, count)) => *count += 1,
            None => self.counts.push((finding.rule.clone(), 1)),
        }
        if self.path != finding.path {
            self.path.clone_from(&finding.path);
            writeln!(out, "{}\n", self.paint("1;4", &printable(&finding.path)))?;
        }
        let mut text = String::new();
        let drawn = Drawn::new(self, finding);
        self.drawer.render_report(&mut text, &drawn).map_err(io::Error::other)?;
        for (name, value) in facts(finding, run.now, self.style.verbose) {
            let name = format!("{name:<12}");
            self.wrap(&mut text, &format!("  {}", self.paint("2", &name)), 14, &value);
        }
        if self.style.verbose
            && let Some(rule) = rule(run.rules, &finding.rule)
        {
            self.advice(&mut text, rule);
        }
        text.push('\n');
        out.write_all(text.as_bytes())
    }

    fn end(&mut self, run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
        if self.counts.is_empty() || self.style.verbose {
            return Ok(());
        }
        let mut text = format!("{}\n", self.paint("1;4", "What to do"));
        // The order of the rules, not of the files: the worst leaks are listed there first.
        for rule in run.rules {
            let Some((_, count)) = self.counts.iter().find(|(id, _)| *id == rule.id) else { continue };
            let findings = if *count == 1 { "finding" } else { "findings" };
            let title = format!("{} ({}, {count} {findings})", printable(&rule.title), printable(&rule.id));
            text.push('\n');
            self.wrap(&mut text, "", 0, &self.paint("1", &title));
            self.advice(&mut text, rule);
        }
        out.write_all(text.as_bytes())
    }
}

impl Human {
    fn paint(&self, code: &str, text: &str) -> String {
        if self.style.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
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

/// The path, and the way to the line where that is in a container.
fn way(finding: &Finding) -> String {
    let names: Vec<&str> = std::iter::once(&finding.path).chain(&finding.entry).map(String::as_str).collect();
    printable(&names.join(" > ")).into_owned()
}

/// What is said below the line, name by name.
fn facts(finding: &Finding, now: i64, verbose: bool) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let Some(claims) = &finding.claims {
        let mut say = |name, value: Option<String>| {
            if let Some(value) = value {
                facts.push((name, printable(&value).into_owned()));
            }
        };
        say("issuer", claims.issuer.clone());
        say("sdk app id", claims.sdk_app_id.map(|id| id.to_string()));
        say("scope", claims.scope.clone());
        say("subject", claims.subject.clone());
        say("expires", expiry(claims, finding.status, now));
    }
    if let Some(proof) = &finding.proof {
        facts.push(("proof", printable(&proof.words).into_owned()));
    }
    if let Some(commit) = &finding.commit {
        facts.extend(history(commit));
    }
    if verbose {
        if !finding.decoded.is_empty() {
            facts.push(("decoded", finding.decoded.join(", ")));
        }
        facts.push(("because", printable(&finding.reason).into_owned()));
        facts.push(("fingerprint", finding.fingerprint.clone()));
    }
    facts
}

/// How many references people are told.
const MOST_REFS: usize = 4;

/// Where it stands in the history of a repository.
fn history(commit: &Commit) -> Vec<(&'static str, String)> {
    let short = |id: &str| id.chars().take(10).collect::<String>();
    let mut facts = Vec::new();
    if commit.id.is_empty() {
        facts.push(("commit", "in none".to_owned()));
    } else {
        let words = [short(&commit.id), commit.date.clone(), commit.author.clone()];
        let words = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        facts.push(("commit", printable(&format!("{words}: {}", commit.message)).into_owned()));
    }
    if let Some(id) = &commit.removed_by {
        facts.push(("removed by", short(id)));
    }
    if commit.in_head {
        facts.push(("now", "still in HEAD".to_owned()));
    } else if commit.unreachable {
        facts.push(("now", "nothing leads to it; git gc may remove it one day".to_owned()));
    }
    if !commit.refs.is_empty() {
        let plain = |name: &String| {
            let known = ["refs/heads/", "refs/tags/", "refs/remotes/", "refs/"];
            let rest = known.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
            printable(rest).into_owned()
        };
        let mut names: Vec<String> = commit.refs.iter().take(MOST_REFS).map(plain).collect();
        if commit.refs.len() > MOST_REFS {
            names.push(format!("{} more", commit.refs.len() - MOST_REFS));
        }
        facts.push(("held by", names.join(", ")));
    }
    facts
}

fn expiry(claims: &Claims, status: Option<Status>, now: i64) -> Option<String> {
    let time = |at: i64| Timestamp::from_second(at).map_or_else(|_| at.to_string(), |t| t.to_string());
    if status == Some(Status::NeverExpires) {
        return Some("never".to_owned());
    }
    let at = claims.expires_at?;
    let distance = span(at.abs_diff(now));
    let mut text = match status {
        Some(Status::Expired) => format!("{} ({distance} ago)", time(at)),
        _ if at < now => format!("{} ({distance} ago)", time(at)),
        _ => format!("{} ({distance} left)", time(at)),
    };
    if status == Some(Status::NotYetValid)
        && let Some(from) = claims.issued_at
    {
        text.push_str(&format!(", valid from {} (in {})", time(from), span(from.abs_diff(now))));
    }
    Some(text)
}

/// A time span in its two largest units.
fn span(seconds: u64) -> String {
    let units = [(31_536_000, "y"), (86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let first = units.iter().position(|(size, _)| seconds >= *size).unwrap_or(units.len() - 1);
    let (size, name) = units[first];
    let mut text = format!("{} {name}", seconds / size);
    if let Some((next, name)) = units.get(first + 1)
        && seconds % size / next > 0
    {
        text.push_str(&format!(" {} {name}", seconds % size / next));
    }
    text
}

/// A finding as miette draws it.
struct Drawn {
    headline: String,
    label: String,
    severity: Severity,
    line: Line,
}

/// The masked line, where it stands in its file.
#[derive(Debug)]
struct Line {
    text: String,
    name: String,
    line: usize,
    column: usize,
    mark: SourceSpan,
}

impl Drawn {
    fn new(human: &Human, finding: &Finding) -> Self {
        let color = match finding.severity {
            Severity::Critical => "1;31",
            Severity::High => "31",
            Severity::Medium => "33",
            Severity::Low | Severity::Info => "36",
        };
        let status = finding.status.map(|s| format!(", {}", s.name())).unwrap_or_default();
        let severity = format!("{}:", finding.severity);
        let words =
            format!("{severity} {} [{}{status}]", printable(&finding.message), printable(&finding.rule));
        let mut headline = String::new();
        // Four columns are the sign's.
        wrap(&mut headline, "", 0, &words, human.style.columns.saturating_sub(4));
        let headline = headline.trim_end().replacen(&severity, &human.paint(color, &severity), 1);
        let digits = finding.line.to_string().len();
        // Six columns are the frame's.
        let excerpt = finding.excerpt.clone().cut(human.style.columns.saturating_sub(digits + 6));
        let mark = excerpt.mark.map_or((0, 0), |m| (m.start, m.len())).into();
        Self {
            headline,
            label: finding.kind.name().to_owned(),
            severity: finding.severity,
            line: Line {
                text: excerpt.text,
                name: way(finding),
                line: finding.line,
                column: finding.column,
                mark,
            },
        }
    }
}

impl fmt::Display for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.headline)
    }
}

impl fmt::Debug for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.headline)
    }
}

impl std::error::Error for Drawn {}

impl Diagnostic for Drawn {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Critical | Severity::High => miette::Severity::Error,
            Severity::Medium => miette::Severity::Warning,
            Severity::Low | Severity::Info => miette::Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.line)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = LabeledSpan::new_with_span(Some(self.label.clone()), self.line.mark);
        Some(Box::new(std::iter::once(label)))
    }
}

impl SourceCode for Line {
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // Without context the place of the mark is asked for, with context the line.
        let column = if before + after == 0 { self.column.saturating_sub(1) } else { 0 };
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            self.text.as_bytes(),
            (0, self.text.len()).into(),
            self.line.saturating_sub(1),
            column,
            1,
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_in_two_units() {
        let told: Vec<String> = [0, 59, 60, 250, 3_600, 90_061, 86_400, 40_000_000].map(span).into();
        assert_eq!(told, ["0 s", "59 s", "1 min", "4 min 10 s", "1 h", "1 d 1 h", "1 d", "1 y 97 d"]);
    }

    #[test]
    fn an_expiry_is_told_from_the_clock_that_was_given() {
        let claims = Claims { issued_at: Some(100), expires_at: Some(400), ..Claims::default() };
        let told = |status, now| expiry(&claims, Some(status), now);
        assert_eq!(told(Status::Active, 340).as_deref(), Some("1970-01-01T00:06:40Z (1 min left)"));
        assert_eq!(told(Status::Expired, 400).as_deref(), Some("1970-01-01T00:06:40Z (0 s ago)"));
        assert_eq!(told(Status::NeverExpires, 0).as_deref(), Some("never"));
        let later = told(Status::NotYetValid, 40).expect("told");
        assert!(later.ends_with("valid from 1970-01-01T00:01:40Z (in 1 min)"), "{later}");
        let beyond = Claims { expires_at: Some(i64::MAX), ..Claims::default() };
        assert!(expiry(&beyond, None, 0).expect("told").starts_with("9223372036854775807 ("));
    }
}
