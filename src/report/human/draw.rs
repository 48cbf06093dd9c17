//! Headlines and masked lines, in colour or not, with box-drawing characters or ASCII.

use std::fmt;
use std::io;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};

use super::super::reporter::Style;
use super::super::wrap::wrap;
use crate::finding::{Excerpt, Finding, Severity};
use crate::text::{Span, printable};

/// What draws, in one style.
pub(super) struct Pen {
    style: Style,
    drawer: GraphicalReportHandler,
}

impl Pen {
    /// For this style.
    pub(super) fn new(style: Style) -> Self {
        let styles = if style.color { ThemeStyles::ansi() } else { ThemeStyles::none() };
        let drawer = GraphicalReportHandler::new_themed(GraphicalTheme { characters: signs(style), styles })
            .with_width(style.columns)
            .with_links(false)
            // It would break a line inside a rule's id.
            .with_wrap_lines(false)
            .without_syntax_highlighting();
        Self { style, drawer }
    }

    /// Text in a colour, by its ANSI code.
    pub(super) fn paint(&self, code: &str, text: &str) -> String {
        if self.style.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// Adds a headline and the masked line.
    pub(super) fn snippet(&self, text: &mut String, finding: &Finding) -> io::Result<()> {
        self.drawer.render_report(text, &Drawn::new(self, finding)).map_err(io::Error::other)
    }

    /// Adds a headline that has no line below it.
    pub(super) fn line(&self, text: &mut String, severity: Severity, words: &str) {
        let signs = signs(self.style);
        let (sign, code) = match degree(severity) {
            miette::Severity::Error => (signs.error, "31"),
            miette::Severity::Warning => (signs.warning, "33"),
            miette::Severity::Advice => (signs.advice, "36"),
        };
        let headline = self.headline(severity, words).replace('\n', "\n    ");
        text.push_str(&format!("  {} {headline}\n", self.paint(code, &sign)));
    }

    /// The severity and what there is to say, wrapped; four columns are left for the sign.
    fn headline(&self, severity: Severity, words: &str) -> String {
        let color = match severity {
            Severity::Critical => "1;31",
            Severity::High => "31",
            Severity::Medium => "33",
            Severity::Low | Severity::Info => "36",
        };
        let severity = format!("{severity}:");
        let mut headline = String::new();
        wrap(&mut headline, "", 0, &format!("{severity} {words}"), self.style.columns.saturating_sub(4));
        headline.trim_end().replacen(&severity, &self.paint(color, &severity), 1)
    }
}

fn signs(style: Style) -> ThemeCharacters {
    if style.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() }
}

fn degree(severity: Severity) -> miette::Severity {
    match severity {
        Severity::Critical | Severity::High => miette::Severity::Error,
        Severity::Medium => miette::Severity::Warning,
        Severity::Low | Severity::Info => miette::Severity::Advice,
    }
}

/// The path, and the way to the line where that is in a container.
pub(super) fn way(finding: &Finding) -> String {
    let names: Vec<&str> = std::iter::once(&finding.path).chain(&finding.entry).map(String::as_str).collect();
    printable(&names.join(" > ")).into_owned()
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
    fn new(pen: &Pen, finding: &Finding) -> Self {
        let status = finding.status.map(|s| format!(", {}", s.name())).unwrap_or_default();
        let words = format!("{} [{}{status}]", printable(&finding.message), printable(&finding.rule));
        let headline = pen.headline(finding.severity, &words);
        let digits = finding.line.to_string().len();
        // Six columns are the frame's.
        let excerpt = excerpt(finding).cut(pen.style.columns.saturating_sub(digits + 6));
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

/// The masked line, or of a finding without one its mask alone.
fn excerpt(finding: &Finding) -> Excerpt {
    if finding.excerpt.mark.is_some() {
        return finding.excerpt.clone();
    }
    let text = printable(&finding.masked).into_owned();
    let mark = Some(Span::new(0, text.len()));
    Excerpt { text, mark, ..finding.excerpt }
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
        Some(degree(self.severity))
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
