//! From a detection to a finding: what was detected in a run of bytes becomes masks, fingerprints and
//! places, and the secret itself goes no further than this file.

use std::collections::HashSet;
use std::io;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::encoding::Encoding;
use super::excerpt::{Hidden, Known, SIGHT, excerpt};
use super::inline::{self, Remarks};
use super::outcome::{Excerpts, Note};
use super::place::{Base, Locator, Spot};
use crate::blob::{Blob, CONTEXT, Origin, TreeRoot};
use crate::config::{Markers, Policy};
use crate::decode::pieces;
use crate::detect::{Detection, Detector, Scratch};
use crate::finding::{
    Columns, Excerpt, Finding, Kind, Severity, Status, Suppression, Suppressor, fingerprint,
};
use crate::input::{Mark, Marks};
use crate::judge;
use crate::prove::{Exhibit, Exhibits};
use crate::text::{Span, mask, mask_license, mask_runs};

/// A finding whose place is still relative to its part.
#[derive(Debug, Clone)]
pub(super) struct Found {
    finding: Finding,
    silent: bool,
    exhibit: Option<Box<Exhibit>>,
    start: Spot,
    end: Spot,
    /// A marker that does not hold, and whether it stands on the last line.
    broken: Option<(String, bool)>,
}

impl Found {
    /// Hands over what a proof needs of it.
    pub(super) fn put_by(&mut self, exhibits: &mut Exhibits) {
        if let Some(exhibit) = self.exhibit.take() {
            exhibits.add(&self.finding.fingerprint, *exhibit);
        }
    }

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
    Leak(Finding, Option<Box<Exhibit>>, Option<Note>),
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
    root: Option<&'d dyn TreeRoot>,
    keep_silent: bool,
}

impl<'d> Inspector<'d> {
    /// An inspector for one thread.
    pub(super) fn new(detector: &'d Detector, policy: Option<&'d Policy>, keep_silent: bool) -> Self {
        let markers = policy.and_then(Policy::markers);
        let root = policy.map(|policy| policy as &dyn TreeRoot);
        Self { detector, scratch: Scratch::default(), markers, root, keep_silent }
    }

    /// Adds what is found in `blob` to `out`; `offset` is where `blob.bytes` begins in the file.
    ///
    /// A detector that panics must not take the scan with it, so that costs only this blob.
    pub(super) fn inspect(
        &mut self,
        blob: &Blob<'_>,
        offset: u64,
        excerpts: Excerpts,
        out: &mut Vec<Found>,
    ) -> Result<(), Broken> {
        let before = out.len();
        let done = catch_unwind(AssertUnwindSafe(|| self.look(blob, offset, excerpts, out)));
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
    ) -> Result<Marks, Broken> {
        let mark = |d: &Detection<'_>| Mark { rule: d.rule.id.clone(), fingerprint: fingerprint(&d.value) };
        let done = catch_unwind(AssertUnwindSafe(|| {
            let mut marks = Marks::default();
            let scratch = &mut self.scratch;
            let asked = detector.glance(bytes, changed, scratch, &mut |d| marks.anywhere.push(mark(&d)));
            marks.anywhere.sort_unstable();
            marks.anywhere.dedup();
            for rule in asked {
                detector.glance_by_path(rule, bytes, changed, scratch, &mut |d| {
                    marks.by_path.push((mark(&d), d.rule.context.clone()));
                });
            }
            marks.by_path.sort_unstable();
            marks.by_path.dedup();
            marks.by_path.retain(|(mark, _)| marks.anywhere.binary_search(mark).is_err());
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
        let masked = self.leaks_masked(text);
        mask_runs(&masked.unwrap_or_else(|| String::from_utf8_lossy(text).into_owned()))
    }

    /// A text with every secret in it masked that is found there; nothing where there is none.
    pub(super) fn leaks_masked(&mut self, text: &[u8]) -> Option<String> {
        let mut hidden = Vec::new();
        let done = catch_unwind(AssertUnwindSafe(|| {
            let detector = self.detector;
            detector.leaks(&Blob::whole(text, &Origin::default()), &mut self.scratch, &mut |d| {
                hidden.push((d.span, masked(&d)));
            });
        }));
        if done.is_err() {
            self.scratch = Scratch::default();
            return Some(String::new());
        }
        if hidden.is_empty() {
            return None;
        }
        let (mut out, mut at) = (String::new(), 0);
        for (span, mask) in hidden {
            out.push_str(&String::from_utf8_lossy(&text[at..span.start]));
            out.push_str(&mask);
            at = span.end;
        }
        out.push_str(&String::from_utf8_lossy(&text[at..]));
        Some(out)
    }

    fn look(&mut self, blob: &Blob<'_>, offset: u64, excerpts: Excerpts, out: &mut Vec<Found>) {
        let all = self.keep_silent;
        let kept = |d: &Detection<'_>| all || d.is_leak();
        let mut detections = if all { self.detect(blob) } else { self.leaks(blob) };
        if detections.is_empty() {
            return;
        }
        let encoding = Encoding::of(blob.head);
        let has_markers = self.markers.is_some() && inline::is_in(encoding, blob.bytes);
        let sight = if has_markers { inline::REACH + inline::TAIL } else { SIGHT };
        let shows = has_markers || excerpts != Excerpts::Nothing;
        if shows && !all {
            // Excerpts and reasons mask silent ones, too.
            detections = self.detect(blob);
        }
        detections.sort_by_key(|d| d.span);
        let first = detections.iter().find(|d| kept(d)).map_or(0, |d| d.span.start);
        let mut locator = Locator::new(encoding, blob.bytes, blob.owned.start, blob.at_start, first);
        let known = if shows { self.known(blob, &detections, sight) } else { Known::default() };
        let mut remarks = Remarks::new(encoding, blob.bytes, &known);
        let mut shown = Shown::new(excerpts);
        for detection in detections.iter().filter(|d| kept(d)) {
            let start = locator.advance(detection.span.start);
            let last = encoding.trim_newlines(blob.bytes, detection.span.range());
            let end = locator.clone().advance(last);
            let place = offset + detection.span.start as u64;
            let mut finding = describe(detection, blob.origin, place);
            let silent = !detection.is_leak();
            let exhibit = if silent { None } else { exhibit(detection, blob).map(Box::new) };
            let broken = if silent { None } else { self.marked(&mut finding, detection, last, &mut remarks) };
            if shown.wants(&detection.rule.id, &finding) {
                let hidden = Hidden { span: detection.span, mask: finding.masked.clone() };
                finding.excerpt = excerpt(encoding, blob.bytes, &known, &hidden);
            }
            out.push(Found { finding, silent, exhibit, start, end, broken });
        }
    }

    /// Suppresses the finding where a marker on its first line or on its last, which holds the byte
    /// before `last`, says so; otherwise tells what is wrong with a marker there, and on which line.
    fn marked(
        &self,
        finding: &mut Finding,
        detection: &Detection<'_>,
        last: usize,
        remarks: &mut Remarks<'_>,
    ) -> Option<(String, bool)> {
        let markers = self.markers?;
        let (first, end) = remarks.marks(Span::new(detection.span.start, last));
        let values = [&remarks.bytes()[detection.span.range()], &detection.value];
        let mut broken = None;
        for (marks, at_end) in [(first, false), (end, true)] {
            match inline::read(&marks, |rest| remarks.said(rest, markers, &finding.rule, values)) {
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

    /// Everything that is detected, silent ones included.
    fn detect(&mut self, blob: &Blob<'_>) -> Vec<Detection<'d>> {
        let mut detections = Vec::new();
        let blob = &Blob { root: self.root, ..*blob };
        self.detector.detect(blob, &mut self.scratch, &mut |d| detections.extend(inside(d, blob)));
        detections
    }

    fn leaks(&mut self, blob: &Blob<'_>) -> Vec<Detection<'d>> {
        let mut leaks = Vec::new();
        let blob = &Blob { root: self.root, ..*blob };
        self.detector.leaks(blob, &mut self.scratch, &mut |d| leaks.extend(inside(d, blob)));
        leaks
    }

    /// Everything that excerpts of this blob and the reasons on its lines must mask: near the border of
    /// the owned part, which may be seen for `sight` bytes around a value, also what the neighbouring part
    /// reports.
    fn known(&mut self, blob: &Blob<'_>, detections: &[Detection<'_>], sight: usize) -> Known {
        let mut hidden: Vec<Hidden> = detections.iter().map(hide).collect();
        let (start, end) = (blob.owned.start, blob.owned.end);
        if start > 0 && detections.iter().any(|d| d.span.start < start + sight) {
            self.add_beyond(blob, Span::new(start.saturating_sub(2 * sight), start), &mut hidden);
        }
        if end < blob.bytes.len() && detections.iter().any(|d| d.span.end + sight > end) {
            self.add_beyond(blob, Span::new(end, blob.bytes.len().min(end + 2 * sight)), &mut hidden);
        }
        Known::new(hidden)
    }

    /// Adds what the neighbouring part reports in `zone`, which shows it as much as any part is shown.
    fn add_beyond(&mut self, blob: &Blob<'_>, zone: Span, hidden: &mut Vec<Hidden>) {
        // Text in UTF-16 stays text.
        let from = zone.start.saturating_sub(CONTEXT) & !1;
        let bytes = &blob.bytes[from..blob.bytes.len().min(zone.end + CONTEXT)];
        let owned = Span::new(zone.start - from, zone.end - from);
        let near = Blob { bytes, owned, at_start: blob.at_start && from == 0, ..*blob };
        hidden.extend(self.detect(&near).iter().map(|detection| {
            let Hidden { span, mask } = hide(detection);
            Hidden { span: Span::new(span.start + from, span.end + from), mask }
        }));
    }
}

/// Which findings of a part get an excerpt.
struct Shown<'d> {
    excerpts: Excerpts,
    /// Those that have one, by rule, fingerprint and severity.
    seen: HashSet<(&'d str, [u8; 16], Severity)>,
}

impl<'d> Shown<'d> {
    fn new(excerpts: Excerpts) -> Self {
        Self { excerpts, seen: HashSet::new() }
    }

    /// Whether this one of the rule `id` gets one. The first of the worst in a file is the first of its severity
    /// in its part.
    fn wants(&mut self, id: &'d str, finding: &Finding) -> bool {
        match self.excerpts {
            Excerpts::Nothing => false,
            Excerpts::All => true,
            Excerpts::Shown if finding.suppressed.is_some() || finding.status == Some(Status::Expired) => {
                false
            }
            Excerpts::Shown => match finding.fingerprint.as_bytes().try_into() {
                Ok(fingerprint) => self.seen.insert((id, fingerprint, finding.severity)),
                Err(_) => true,
            },
        }
    }
}

/// A span outside the bytes would be the detector's mistake; it must not become a panic here.
fn inside<'d>(detection: Detection<'d>, blob: &Blob<'_>) -> Option<Detection<'d>> {
    let Span { start, end } = detection.span;
    (start <= end && end <= blob.bytes.len()).then_some(detection)
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

/// The finding of a detection, without lines and columns.
pub(crate) fn describe(detection: &Detection<'_>, origin: &Origin, offset: u64) -> Finding {
    Finding {
        rule: detection.rule.id.clone(),
        kind: detection.rule.kind,
        severity: detection.severity(),
        message: message(detection),
        // A reason quotes the name that it went by, and another value may be glued to a name.
        reason: mask_runs(detection.reason()),
        path: origin.path.clone(),
        line: 0,
        column: 0,
        end_line: 0,
        end_column: 0,
        columns: Columns::default(),
        offset,
        length: detection.span.len() as u64,
        masked: masked(detection),
        fingerprint: fingerprint(&detection.value),
        status: detection.status,
        claims: detection.token.as_ref().map(|token| Box::new(token.claims.masked())),
        decoded: detection.decoded.clone(),
        entry: origin.entry.clone(),
        commit: origin.commit.clone(),
        suppressed: None,
        proof: None,
        excerpt: Excerpt::default(),
    }
}

fn message(detection: &Detection<'_>) -> String {
    let Detection { title, decoded, .. } = detection;
    let mut message = match detection.status {
        Some(status) => format!("{title} {}", status.words()),
        None if decoded.is_empty() => format!("{title} in clear text"),
        None if decoded[..] == [pieces::NAME] => format!("{title} in pieces"),
        None => format!("{title} under {}", decoded.join(", ")),
    };
    if let Some(wrong) = judge::wrong_length(detection.rule, &detection.value) {
        message.push_str(", ");
        message.push_str(wrong);
    }
    message
}
