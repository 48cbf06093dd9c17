//! From a detection to a finding: what was detected in a run of bytes becomes masks, fingerprints and
//! places, and the secret itself goes no further than this file.

use std::io;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use memchr::memmem;

use super::Note;
use super::encoding::Encoding;
use super::excerpt::{Hidden, Known, SIGHT, excerpt};
use super::inline;
use super::place::{Base, Locator, Spot};
use crate::blob::{Blob, Origin};
use crate::config::Markers;
use crate::decode::pieces;
use crate::detect::{Detection, Detector, Scratch};
use crate::finding::{
    Columns, Excerpt, Finding, Kind, Severity, Status, Suppression, Suppressor, Verdict, fingerprint,
};
use crate::input::Mark;
use crate::prove::Exhibit;
use crate::text::{Span, mask, mask_license, mask_runs, printable};

/// A finding whose place is still relative to its part.
#[derive(Debug, Clone)]
pub(super) struct Found {
    finding: Finding,
    silent: bool,
    exhibit: Option<Exhibit>,
    start: Spot,
    end: Spot,
    /// A marker that does not hold, and whether it stands on the last line.
    broken: Option<(String, bool)>,
}

impl Found {
    /// Fills in lines and columns, now that the parts before are counted.
    pub(super) fn settle(mut self, base: Base) -> Settled {
        let ((line, start), (end_line, end)) = (base.place(self.start), base.place(self.end));
        (self.finding.line, self.finding.column) = (line, start.chars);
        (self.finding.end_line, self.finding.end_column) = (end_line, end.chars);
        self.finding.columns = Columns { utf16: (start.utf16, end.utf16), utf8: (start.utf8, end.utf8) };
        self.finding.excerpt.line = self.finding.line;
        if self.silent {
            return Settled::Silent(self.finding);
        }
        let line = |at_end: bool| if at_end { self.finding.end_line } else { self.finding.line };
        let note = self.broken.map(|(message, at_end)| {
            let message = format!("a marker {message}");
            Note { path: self.finding.path.clone(), line: line(at_end), message }
        });
        Settled::Leak(self.finding, self.exhibit, note)
    }
}

/// A finding in its place, by its verdict.
#[derive(Debug)]
pub(super) enum Settled {
    /// To be reported, with what a proof needs, and what is wrong with a marker beside it.
    Leak(Finding, Option<Exhibit>, Option<Note>),
    /// Let pass.
    Silent(Finding),
}

impl Settled {
    /// The finding, whatever became of it.
    pub(super) fn finding(&self) -> &Finding {
        match self {
            Settled::Leak(finding, ..) | Settled::Silent(finding) => finding,
        }
    }
}

/// The bytes could not be scanned: the detector failed on them.
#[derive(Debug)]
pub(super) struct Broken;

impl From<Broken> for io::Error {
    fn from(_: Broken) -> Self {
        io::Error::other("not scanned to the end: an internal error, please report it")
    }
}

/// Looks at blobs and writes down what it sees.
pub(super) struct Inspector<'d> {
    detector: &'d Detector,
    scratch: Scratch,
    markers: Option<&'d Markers>,
    excerpts: bool,
    keep_silent: bool,
}

impl<'d> Inspector<'d> {
    /// An inspector for one thread.
    pub(super) fn new(
        detector: &'d Detector,
        markers: Option<&'d Markers>,
        excerpts: bool,
        keep_silent: bool,
    ) -> Self {
        Self { detector, scratch: Scratch::default(), markers, excerpts, keep_silent }
    }

    /// Adds what is found in `blob` to `out`; `offset` is where `blob.bytes` begins in the file.
    ///
    /// A detector that panics must not take the scan with it, so that costs only this blob.
    pub(super) fn inspect(
        &mut self,
        blob: &Blob<'_>,
        offset: u64,
        out: &mut Vec<Found>,
    ) -> Result<(), Broken> {
        let before = out.len();
        let done = catch_unwind(AssertUnwindSafe(|| self.look(blob, offset, out)));
        done.map_err(|_| {
            self.scratch = Scratch::default();
            out.truncate(before);
            Broken
        })
    }

    /// What is found in `bytes` at any path, each once; see [`Detector::glance`].
    pub(super) fn glance(
        &mut self,
        detector: &Detector,
        bytes: &[u8],
        changed: Option<&[Range<usize>]>,
    ) -> Result<Vec<Mark>, Broken> {
        let done = catch_unwind(AssertUnwindSafe(|| {
            let mut marks = Vec::new();
            detector.glance(bytes, changed, &mut self.scratch, &mut |d| {
                marks.push(Mark { rule: d.rule.id.clone(), fingerprint: fingerprint(&d.value) });
            });
            marks.sort_unstable();
            marks.dedup();
            marks
        }));
        done.map_err(|_| {
            self.scratch = Scratch::default();
            Broken
        })
    }

    /// A text, such as the message of a commit, with every secret in it masked, and what looks like one:
    /// the name that makes a secret of a value may stand in a file only.
    pub(super) fn masked(&mut self, text: &[u8]) -> String {
        let mut hidden = Vec::new();
        let done = catch_unwind(AssertUnwindSafe(|| {
            let detector = self.detector;
            detector.detect(&Blob::whole(text, &Origin::default()), &mut self.scratch, &mut |d| {
                if d.is_leak() {
                    hidden.push((d.span, masked(&d)));
                }
            });
        }));
        if done.is_err() {
            self.scratch = Scratch::default();
            return String::new();
        }
        let (mut out, mut at) = (String::new(), 0);
        for (span, mask) in hidden {
            out.push_str(&String::from_utf8_lossy(&text[at..span.start]));
            out.push_str(&mask);
            at = span.end;
        }
        out.push_str(&String::from_utf8_lossy(&text[at..]));
        mask_runs(&out)
    }

    fn look(&mut self, blob: &Blob<'_>, offset: u64, out: &mut Vec<Found>) {
        let mut detections = self.detect(blob);
        let all = self.keep_silent;
        let kept = |d: &Detection<'_>| all || d.is_leak();
        if !detections.iter().any(kept) {
            return;
        }
        detections.sort_by_key(|d| d.span);
        let encoding = Encoding::of(blob.head);
        let first = detections.iter().find(|d| kept(d)).map_or(0, |d| d.span.start);
        let mut locator = Locator::new(encoding, blob.bytes, blob.owned.start, blob.at_start, first);
        let known = if self.excerpts { self.known(blob, &detections) } else { Known::default() };
        for detection in detections.iter().filter(|d| kept(d)) {
            let start = locator.advance(detection.span.start);
            let last = encoding.trim_newlines(blob.bytes, detection.span.range());
            let end = locator.clone().advance(last);
            let mut finding = describe(detection, blob, offset);
            if self.excerpts {
                let shown = Hidden { span: detection.span, mask: finding.masked.clone() };
                finding.excerpt = excerpt(encoding, blob.bytes, &known, &shown);
            }
            let silent = !detection.is_leak();
            let exhibit = if silent { None } else { exhibit(detection, blob) };
            let broken = if silent { None } else { self.marked(&mut finding, detection, blob, last) };
            out.push(Found { finding, silent, exhibit, start, end, broken });
        }
    }

    /// Suppresses the finding where a marker on its first line or on its last, which holds the byte
    /// before `last`, says so; otherwise tells what is wrong with a marker there, and on which line.
    fn marked(
        &mut self,
        finding: &mut Finding,
        detection: &Detection<'_>,
        blob: &Blob<'_>,
        last: usize,
    ) -> Option<(String, bool)> {
        let markers = self.markers?;
        let encoding = Encoding::of(blob.head);
        let first = inline::on_line(encoding, blob.bytes, detection.span.start);
        let many_lines = encoding.newlines(&blob.bytes[detection.span.start..last]) > 0;
        let end = if many_lines { inline::on_line(encoding, blob.bytes, last) } else { Vec::new() };
        let mut broken = None;
        for (marks, at_end) in [(first, false), (end, true)] {
            match inline::read(&marks, markers, &finding.rule, |rest| self.open_text(rest, detection, blob)) {
                Ok(Some(reason)) => {
                    finding.suppressed = Some(Suppression { by: Suppressor::Inline, reason });
                    return None;
                }
                Ok(None) => {}
                Err(why) => broken = Some((why, at_end)),
            }
        }
        broken
    }

    /// What stands in `span` up to the first thing in it that is secret or looks like it.
    fn open_text(&mut self, span: Span, detection: &Detection<'_>, blob: &Blob<'_>) -> String {
        let around = Span::new(span.start.saturating_sub(2 * SIGHT), span.end);
        let mut secrets: Vec<Span> =
            self.detect(&Blob { owned: around, ..*blob }).iter().map(|d| d.span).collect();
        secrets.push(detection.span);
        let mut text = &blob.bytes[span.range()];
        let start = secrets.iter().filter(|s| s.overlaps(span)).map(|s| s.start.max(span.start)).min();
        text = &text[..start.map_or(text.len(), |start| start - span.start)];
        for value in [&blob.bytes[detection.span.range()], &detection.value] {
            // Short values are common words somewhere else.
            let again = if value.len() < 8 { None } else { memmem::find(text, value) };
            text = &text[..again.unwrap_or(text.len())];
        }
        printable(&mask_runs(&Encoding::of(blob.head).decode(text))).into_owned()
    }

    fn detect(&mut self, blob: &Blob<'_>) -> Vec<Detection<'d>> {
        let mut detections = Vec::new();
        self.detector.detect(blob, &mut self.scratch, &mut |d| detections.push(d));
        // A span outside the bytes would be the detector's mistake; it must not become a panic here.
        detections.retain(|d| d.span.start <= d.span.end && d.span.end <= blob.bytes.len());
        detections
    }

    /// Everything that excerpts of this blob must mask: near the border of the owned part also what
    /// the neighbouring part reports.
    fn known(&mut self, blob: &Blob<'_>, detections: &[Detection<'_>]) -> Known {
        let near = |d: &Detection<'_>| {
            (blob.owned.start > 0 && d.span.start < blob.owned.start + SIGHT)
                || (blob.owned.end < blob.bytes.len() && d.span.end + SIGHT > blob.owned.end)
        };
        if !detections.iter().any(near) {
            return Known::new(detections.iter().map(hide).collect());
        }
        let wider = Span::new(
            blob.owned.start.saturating_sub(2 * SIGHT),
            blob.bytes.len().min(blob.owned.end + 2 * SIGHT),
        );
        let beyond = self.detect(&Blob { owned: wider, ..*blob });
        Known::new(beyond.iter().chain(detections).map(hide).collect())
    }
}

fn hide(detection: &Detection<'_>) -> Hidden {
    Hidden { span: detection.span, mask: masked(detection) }
}

fn masked(detection: &Detection<'_>) -> String {
    if detection.rule.kind == Kind::License { mask_license(&detection.value) } else { mask(&detection.value) }
}

fn exhibit(detection: &Detection<'_>, blob: &Blob<'_>) -> Option<Exhibit> {
    match (&detection.token, detection.rule.kind) {
        (Some(token), _) => Some(Exhibit::token(&token.evidence)),
        (None, Kind::Token | Kind::UserSig | Kind::Other) => None,
        (None, _) => Some(Exhibit::secret(&detection.value, blob.bytes, detection.span)),
    }
}

fn describe(detection: &Detection<'_>, blob: &Blob<'_>, offset: u64) -> Finding {
    let (severity, reason) = match &detection.verdict {
        Verdict::Report { severity, reason } => (*severity, reason),
        Verdict::Silent { reason } => (Severity::Info, reason),
    };
    Finding {
        rule: detection.rule.id.clone(),
        kind: detection.rule.kind,
        severity,
        message: message(&detection.rule.title, detection.status, &detection.decoded),
        // A reason quotes the name that it went by, and another value may be glued to a name.
        reason: mask_runs(reason),
        path: blob.origin.path.clone(),
        line: 0,
        column: 0,
        end_line: 0,
        end_column: 0,
        columns: Columns::default(),
        offset: offset + detection.span.start as u64,
        length: detection.span.len() as u64,
        masked: masked(detection),
        fingerprint: fingerprint(&detection.value),
        status: detection.status,
        claims: detection.token.as_ref().map(|token| token.claims.clone()),
        decoded: detection.decoded.clone(),
        entry: blob.origin.entry.clone(),
        commit: blob.origin.commit.clone(),
        suppressed: None,
        proof: None,
        excerpt: Excerpt::default(),
    }
}

fn message(title: &str, status: Option<Status>, decoded: &[&str]) -> String {
    match status {
        Some(status) => format!("{title} {}", status.words()),
        None if decoded.is_empty() => format!("{title} in clear text"),
        None if decoded == [pieces::NAME] => format!("{title} in pieces"),
        None => format!("{title} under {}", decoded.join(", ")),
    }
}
