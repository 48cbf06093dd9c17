//! Errors as people see them: what is wrong, its place in the file where it has one, and what to do next.
//!
//! A line of a file is shown only where the scrubber finds nothing in it: a file of settings may hold a
//! secret as any other, and an error that quotes its input is a second leak.

use std::fmt;
use std::path::Path;

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};
use scrubjay::scrub::{Masker, Policy, Scratch, mask_random};
use scrubjay::text::printable;

use crate::Stop;
use crate::own_lines::fit;

/// A longer file is not read again to show a line of it.
const LONGEST_FILE: u64 = 1 << 20;

/// A longer line tells nobody where to look.
const LONGEST_LINE: usize = 160;

/// An error as miette draws it.
pub(crate) struct Drawn<'s> {
    stop: &'s Stop,
    /// The file, and where in it the error is.
    source: Option<(NamedSource<String>, std::ops::Range<usize>)>,
}

impl<'s> Drawn<'s> {
    pub(crate) fn new(stop: &'s Stop) -> Self {
        Self { stop, source: if stop.in_settings { source(&stop.error) } else { None } }
    }
}

/// The file that an error is about, where its line can be shown.
fn source(error: &scrubjay::Error) -> Option<(NamedSource<String>, std::ops::Range<usize>)> {
    let (path, (line, column)) = (error.path()?, error.position()?);
    // A pipe was read already.
    if !path.metadata().is_ok_and(|meta| meta.is_file() && meta.len() <= LONGEST_FILE) {
        return None;
    }
    let text = std::fs::read_to_string(path).ok()?;
    let span = span(&text, line, column)?;
    shows_nothing(&text, line).then(|| (NamedSource::new(shown(path), text), span))
}

fn shown(path: &Path) -> String {
    printable(&fit(&path.to_string_lossy())).into_owned()
}

/// The bytes of the word or the quoted text at a place, both numbers from 1.
fn span(text: &str, line: usize, column: usize) -> Option<std::ops::Range<usize>> {
    let before: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let content = text.split('\n').nth(line - 1)?;
    let at = content.char_indices().map(|(at, _)| at).nth(column - 1).unwrap_or(content.len());
    let rest = &content[at..];
    let quote = rest.chars().next().filter(|c| "\"'".contains(*c));
    let end = match quote {
        Some(quote) => rest[1..].find(quote).map_or(rest.len(), |end| end + 2),
        None if rest.starts_with("[[") => rest.find("]]").map_or(rest.len(), |end| end + 2),
        None if rest.starts_with('[') => rest.find(']').map_or(rest.len(), |end| end + 1),
        None => rest.find(|c: char| c.is_whitespace() || "=,]}#".contains(c)).unwrap_or(rest.len()),
    };
    Some(before + at..before + at + end.max(usize::from(!rest.is_empty())))
}

/// True where the line and those beside it can be shown as they are.
fn shows_nothing(text: &str, line: usize) -> bool {
    let Ok(policy) = Policy::builder().build() else { return false };
    let mut masked = Vec::with_capacity(text.len());
    if Masker::new(policy).mask(text.as_bytes(), &mut Scratch::default(), &mut masked) == 0 {
        masked.extend_from_slice(text.as_bytes());
    }
    let near = |(number, _): &(usize, _)| (line.saturating_sub(2)..=line).contains(number);
    let lines = text.as_bytes().split(|b| *b == b'\n').zip(masked.split(|b| *b == b'\n')).enumerate();
    lines.filter(near).all(|(_, (line, masked))| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let masked = masked.strip_suffix(b"\r").unwrap_or(masked);
        let words = String::from_utf8_lossy(line).replace('\t', " ");
        // A value in the place of something else has no name that would give it away.
        line == masked
            && line.len() <= LONGEST_LINE
            && printable(&words) == words
            && mask_random(&words) == words
    })
}

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = &self.stop.error;
        let text = if self.source.is_some() { error.message() } else { error.to_string() };
        // What was given in the place of something else is shown no more than a finding.
        f.write_str(&printable(&mask_random(&fit(&text))))
    }
}

impl fmt::Debug for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Drawn<'_> {}

impl Diagnostic for Drawn<'_> {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.stop.help.as_ref()?;
        Some(Box::new(mask_random(&fit(help))))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|(source, _)| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (_, span) = self.source.as_ref()?;
        Some(Box::new(std::iter::once(LabeledSpan::new_with_span(None, span.clone()))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_the_word_or_the_quoted_text() {
        let text = "a = 1\n[[allow]]\nö = [\"x y\", 'z']\n";
        let word = |line, column| span(text, line, column).map(|span| &text[span]);
        assert_eq!(word(1, 1), Some("a"));
        assert_eq!(word(2, 1), Some("[[allow]]"));
        assert_eq!(word(3, 6), Some("\"x y\""));
        assert_eq!(word(3, 13), Some("'z'"));
        assert_eq!(word(3, 99), Some(""));
        assert_eq!(word(9, 1), None);
    }

    #[test]
    fn a_line_with_a_secret_or_a_control_character_is_not_shown() {
        assert!(shows_nothing("a = 1\nb = 2\n", 1));
        assert!(!shows_nothing("a = 1\npassword = \"hunter2hunter2\"\n", 1));
        assert!(shows_nothing("a = 1\nb = 2\n\npassword = \"hunter2hunter2\"\n", 1));
        assert!(!shows_nothing("a = \"\u{1b}[31m\"\n", 1));
        assert!(!shows_nothing(&"a".repeat(LONGEST_LINE + 1), 1));
    }
}
