//! Markers on the lines of findings. Lines are looked at only around what was found, so a file without
//! findings pays nothing.

use memchr::memmem;

use super::encoding::Encoding;
use crate::blob::CONTEXT;
use crate::config::{GITLEAKS, Marker, Markers, OURS};
use crate::text::Span;

/// How far from a finding a marker is looked for. Half of what a part of a file shows of its
/// neighbours, so that a value on the border of two parts has its markers as well.
const REACH: usize = CONTEXT / 2;

/// How much behind a marker is read: rules and a reason.
const TAIL: usize = 1024;

/// A marker on a line, not read yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inline {
    /// That of gitleaks.
    Gitleaks,
    /// One of ours, and where the rest of the line stands.
    Ours(Span),
}

/// The markers on the line on which the byte before or at `at` stands.
pub(super) fn on_line(encoding: Encoding, bytes: &[u8], at: usize) -> Vec<Inline> {
    let low = encoding.align(bytes, at.saturating_sub(REACH)).min(at);
    let high = bytes.len().min(at + REACH);
    let start = encoding.after_last_newline(&bytes[low..at]).map_or(low, |after| low + after);
    let end = encoding.first_newline(&bytes[at..high]).map_or(high, |newline| at + newline);
    let line = &bytes[start..end];
    let mut marks = Vec::new();
    if memmem::find(line, &encoding.encode(GITLEAKS)).is_some() {
        marks.push(Inline::Gitleaks);
    }
    let ours = encoding.encode(OURS);
    for found in memmem::find_iter(line, &ours) {
        let rest = start + found + ours.len();
        marks.push(Inline::Ours(Span::new(rest, end.min(rest + TAIL))));
    }
    marks
}

/// What these marks say about a finding of `rule`: why it may pass where it may, otherwise why a mark
/// does not hold. `text` gives what stands in a span, without anything secret.
pub(super) fn read(
    marks: &[Inline],
    markers: &Markers,
    rule: &str,
    mut text: impl FnMut(Span) -> String,
) -> Result<Option<String>, String> {
    let mut broken = None;
    for mark in marks {
        let rest = match mark {
            Inline::Gitleaks => return Ok(Some(GITLEAKS.to_owned())),
            Inline::Ours(rest) => *rest,
        };
        match markers.read(&text(rest), rule) {
            Some(Marker::Allows(reason)) => return Ok(Some(reason)),
            Some(Marker::Broken(why)) => broken = Some(why),
            Some(Marker::Other) | None => {}
        }
    }
    broken.map_or(Ok(None), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rests(encoding: Encoding, text: &str, at: usize) -> Vec<String> {
        let bytes = encoding.encode(text);
        let rest = |mark: &Inline| match mark {
            Inline::Gitleaks => "gitleaks".to_owned(),
            Inline::Ours(rest) => encoding.decode(&bytes[rest.range()]),
        };
        on_line(encoding, &bytes, at * bytes.len() / text.len()).iter().map(rest).collect()
    }

    #[test]
    fn marks_of_one_line_are_seen_in_every_encoding() {
        let text =
            "scrubjay:allow a\nkey # scrubjay:allow b x gitleaks:allow scrubjay:allow c\nscrubjay:allow d\n";
        for encoding in [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be] {
            let seen = rests(encoding, text, text.find("key").expect("there"));
            assert_eq!(seen, ["gitleaks", " b x gitleaks:allow scrubjay:allow c", " c"]);
        }
    }

    #[test]
    fn a_mark_far_away_is_not_looked_for() {
        let text = format!("key{}scrubjay:allow a", " ".repeat(REACH));
        assert_eq!(rests(Encoding::Utf8, &text, 3), [] as [&str; 0]);
        assert_eq!(rests(Encoding::Utf8, &text, 30), [" a"]);
    }
}
