//! Markers on the lines of findings. Lines are looked at only around what was found, so a file without
//! findings pays nothing.

use std::collections::HashMap;

use memchr::memmem;

use super::encoding::Encoding;
use super::excerpt::Known;
use crate::blob::CONTEXT;
use crate::config::{GITLEAKS, Marker, Markers, OURS};
use crate::text::{Span, mask_runs, printable};

/// How far from a finding a marker is looked for. Half of what a part of a file shows of its
/// neighbours, so that a value on the border of two parts has its markers as well.
pub(super) const REACH: usize = CONTEXT / 2;

/// How much behind a marker is read: rules and a reason.
pub(super) const TAIL: usize = 1024;

/// How many markers of ours are read on either side of a finding, the nearest first: a line may hold as
/// many of both as it has room for.
const MAX_MARKS: usize = 32;

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
    let mut add = |found: usize| {
        let rest = found + ours.len();
        marks.push(Inline::Ours(Span::new(rest, end.min(rest + TAIL))));
    };
    memmem::find_iter(&bytes[at..end], &ours).take(MAX_MARKS).for_each(|found| add(at + found));
    // One that the place cuts in two is before it.
    let before = &bytes[start..end.min(at + ours.len() - 1)];
    memmem::rfind_iter(before, &ours).take(MAX_MARKS).for_each(|found| add(start + found));
    marks
}

/// True where a marker of ours stands anywhere in these bytes.
pub(super) fn is_in(encoding: Encoding, bytes: &[u8]) -> bool {
    memmem::find(bytes, &encoding.encode(OURS)).is_some()
}

/// The markers in one run of bytes, and what may be shown of the texts behind them, each read once.
#[derive(Debug)]
pub(super) struct Remarks<'b> {
    encoding: Encoding,
    bytes: &'b [u8],
    known: &'b Known,
    texts: HashMap<Span, Remark>,
}

/// The text behind a marker.
#[derive(Debug)]
struct Remark {
    /// Where what may be shown of it ends.
    end: usize,
    /// That, as it is shown.
    text: String,
    /// What it says, by the rule of a finding.
    said: Vec<(String, Option<Marker>)>,
}

impl<'b> Remarks<'b> {
    /// Of these bytes, in which `known` is secret.
    pub(super) fn new(encoding: Encoding, bytes: &'b [u8], known: &'b Known) -> Self {
        Self { encoding, bytes, known, texts: HashMap::new() }
    }

    /// The bytes.
    pub(super) fn bytes(&self) -> &'b [u8] {
        self.bytes
    }

    /// The markers on the first line of a value, and those on its last if that is another one.
    pub(super) fn marks(&self, value: Span) -> (Vec<Inline>, Vec<Inline>) {
        let has_many_lines = self.encoding.newlines(&self.bytes[value.range()]) > 0;
        let last = if has_many_lines { on_line(self.encoding, self.bytes, value.end) } else { Vec::new() };
        (on_line(self.encoding, self.bytes, value.start), last)
    }

    /// What the text in `span` says about a finding of `rule`: it counts up to the first thing in it that
    /// is secret, or one of the `values` of the finding, or looks like one.
    pub(super) fn said(
        &mut self,
        span: Span,
        markers: &Markers,
        rule: &str,
        values: [&[u8]; 2],
    ) -> Option<Marker> {
        let Self { encoding, bytes, known, texts } = self;
        let show = |end: usize| printable(&mask_runs(&encoding.decode(&bytes[span.start..end]))).into_owned();
        let remark = texts.entry(span).or_insert_with(|| {
            let end = known.first_in(span).map_or(span.end, |start| start.max(span.start));
            Remark { end, text: show(end), said: Vec::new() }
        });
        let is_long = |value: &&[u8]| value.len() >= MIN_REPEATED_BYTES;
        let again = |value: &[u8]| memmem::find(&bytes[span.start..remark.end], value);
        if let Some(at) = values.into_iter().filter(is_long).filter_map(again).min() {
            return markers.read(&show(span.start + at), rule);
        }
        if let Some((_, marker)) = remark.said.iter().find(|(said_of, _)| said_of == rule) {
            return marker.clone();
        }
        let marker = markers.read(&remark.text, rule);
        remark.said.push((rule.to_owned(), marker.clone()));
        marker
    }
}

/// A shorter value is a common word somewhere else.
const MIN_REPEATED_BYTES: usize = 8;

/// What these marks say about a finding: why it may pass where it may, otherwise why a mark does not hold.
/// `said` tells what the text in a span says about it.
pub(super) fn read(
    marks: &[Inline],
    mut said: impl FnMut(Span) -> Option<Marker>,
) -> Result<Option<String>, String> {
    let mut broken = None;
    for mark in marks {
        let rest = match mark {
            Inline::Gitleaks => return Ok(Some(GITLEAKS.to_owned())),
            Inline::Ours(rest) => *rest,
        };
        match said(rest) {
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
