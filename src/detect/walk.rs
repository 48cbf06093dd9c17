//! The walk over a text, its tables and the views that decoders open in it, which gives what was detected.

use std::ops::Range;

use super::detection::{Detection, Detections, Wanted};
use super::detector::{Detector, STRETCH, Scratch};
use super::overlap::resolve;
use super::views::{CUT, inner, open, stretch};
use crate::blob::{Blob, Origin};
use crate::decode::{Ask, DECODERS, MAX_DEPTH, View, pieces, records};
use crate::finding::Status;
use crate::matcher::csv::Columns;
use crate::matcher::page::Context;
use crate::matcher::table::{self, Tables, Titles};
use crate::matcher::{Matcher, Page};
use crate::prefilter::Hit;
use crate::text::Span;

/// What is anchored this far outside the owned part may reach into it, and is looked at, too.
const MARGIN: usize = 16 * 1024;

impl Detector {
    /// Every leak in some bytes of which no path is known, by place.
    ///
    /// ```
    /// use scrubjay::detect::Detector;
    /// let detector = Detector::new(scrubjay::rule::builtin(), 1_800_000_000);
    /// let key: String = "Ml0Kj4Hg6Fd2Sp8Oi5Uy1Tr7EwQ9k3Za".chars().rev().collect();
    /// let text = format!("device_secret_key = \"{key}\"");
    /// let found = detector.find(text.as_bytes());
    /// assert_eq!(&text[found[0].span.range()][..6], "aZ3k9Q");
    /// assert!(detector.find(b"device_secret_key = os.environ['KEY']").is_empty());
    /// ```
    pub fn find(&self, bytes: &[u8]) -> Vec<Detection<'_>> {
        let origin = Origin::default();
        let mut found = Vec::new();
        self.detect(&Blob::whole(bytes, &origin), &mut Scratch::default(), &mut |detection| {
            if detection.is_leak() {
                found.push(detection);
            }
        });
        found
    }

    /// Gives `sink` every detection whose value begins in the owned part of `blob`, by place, silent
    /// ones with their reason included.
    ///
    /// ```
    /// use scrubjay::{blob::{Blob, Origin}, detect::{Detector, Scratch}, rule};
    /// let detector = Detector::new(rule::builtin(), 1_800_000_000);
    /// let text = format!("device_secret_key = \"{}\"", "aZ3k9Q".repeat(6).split_at(32).0);
    /// let origin = Origin::file("app.py");
    /// let mut kinds = Vec::new();
    /// detector.detect(&Blob::whole(text.as_bytes(), &origin), &mut Scratch::default(), &mut |d| {
    ///     kinds.push(d.rule.kind.name());
    /// });
    /// assert_eq!(kinds, ["device_secret_key"]);
    /// ```
    pub fn detect<'d>(&'d self, blob: &Blob<'_>, scratch: &mut Scratch, sink: &mut dyn FnMut(Detection<'d>)) {
        self.look(blob, Wanted::All, self.now, scratch, sink);
    }

    /// Gives `sink` the leaks among what [`Detector::detect`] gives, which costs far less where names of
    /// secrets stand without one.
    pub fn leaks<'d>(&'d self, blob: &Blob<'_>, scratch: &mut Scratch, sink: &mut dyn FnMut(Detection<'d>)) {
        self.look(blob, Wanted::Leaks, self.now, scratch, sink);
    }

    /// The same by another clock.
    pub(crate) fn leaks_at<'d>(
        &'d self,
        now: i64,
        blob: &Blob<'_>,
        scratch: &mut Scratch,
        sink: &mut dyn FnMut(Detection<'d>),
    ) {
        self.look(blob, Wanted::Leaks, now, scratch, sink);
    }

    fn look<'d>(
        &'d self,
        blob: &Blob<'_>,
        wanted: Wanted,
        now: i64,
        scratch: &mut Scratch,
        sink: &mut dyn FnMut(Detection<'d>),
    ) {
        let context = Context::default();
        let page = Page {
            path: &blob.origin.path,
            entry: &blob.origin.entry,
            root: blob.root,
            ..Page::without_path(blob.bytes, &self.rules, &context)
        };
        let start = blob.owned.start.saturating_sub(MARGIN);
        let end = blob.bytes.len().min(blob.owned.end + MARGIN);
        let mut found = Detections::new(wanted, now);
        scratch.titles.clear();
        self.page(&page, start..end, &[], scratch, &mut found);
        if let Some(columns) = Columns::of(self.matcher.index(), blob.head) {
            columns.rows(self.matcher.index(), &page, blob.at_start, start..end, false, &mut |matches| {
                self.judge(&page, matches, &[], &mut found);
            });
        }
        let open = if blob.at_start { None } else { self.table_of(blob.head, scratch) };
        self.tables(&page, start..end, (open, blob.at_start), scratch, &mut found);
        self.cut_lines(&page, start..end, scratch, &mut found);
        self.expressions(&page, &mut found);
        if !found.all.is_empty() {
            resolve(&mut found.all);
            found.all.retain(|d| blob.owned.range().contains(&d.span.start));
            found.all.into_iter().for_each(sink);
        }
    }

    /// Looks at `range` of a page, and at the views that open there.
    pub(super) fn page<'d>(
        &'d self,
        page: &Page<'_>,
        range: Range<usize>,
        decoded: &[&'static str],
        scratch: &mut Scratch,
        found: &mut Detections<'d>,
    ) {
        let mut seen: Vec<(&'static str, Span)> = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let end = range.end.min(at + STRETCH);
            let mut hits = std::mem::take(&mut scratch.hits);
            hits.clear();
            self.matcher.hits(page.bytes, at..end, &mut hits);
            for &hit in &hits {
                self.matcher.at(page, hit, &mut scratch.matches, &mut scratch.asks);
                self.judge(page, &mut scratch.matches, decoded, found);
                if let Hit::Core(at) = hit
                    && decoded.is_empty()
                    && Matcher::may_be_title(page.bytes, at, self.matcher.actions(page.bytes, at))
                {
                    scratch.titles.push(at);
                }
                while let Some(ask) = scratch.asks.pop() {
                    self.views(page, &ask, decoded, &mut seen, found);
                }
            }
            scratch.hits = hits;
            at = end;
        }
    }

    /// Looks into the tables of a page whose titles were met in `range`, which may begin with rows of `open`, or
    /// with the text.
    pub(super) fn tables<'d>(
        &'d self,
        page: &Page<'_>,
        range: Range<usize>,
        (open, is_start): (Option<table::Open>, bool),
        scratch: &Scratch,
        found: &mut Detections<'d>,
    ) {
        if scratch.titles.is_empty() && open.is_none() {
            return;
        }
        let bytes = &page.bytes[..range.end];
        let tables = Tables::new(self.matcher.index(), bytes, &scratch.titles, (range.start, open), is_start);
        let tables = tables.without_more();
        let mut matches = Vec::new();
        tables.read(&mut |cell| {
            cell.give(self.matcher.index(), page, &mut matches);
            self.judge(page, &mut matches, &[], found);
        });
    }

    /// The table that goes on behind the head of a text.
    pub(super) fn table_of(&self, head: &[u8], scratch: &mut Scratch) -> Option<table::Open> {
        scratch.hits.clear();
        self.matcher.hits(head, 0..head.len(), &mut scratch.hits);
        let is_title = |at: &usize| Matcher::may_be_title(head, *at, self.matcher.actions(head, *at));
        let cores =
            scratch.hits.iter().filter_map(|hit| if let Hit::Core(at) = hit { Some(*at) } else { None });
        // The last line may be cut off.
        let whole = memchr::memrchr(b'\n', head).map_or(0, |end| end + 1);
        let titles: Titles = cores.filter(|at| *at < whole && is_title(at)).collect();
        Tables::new(self.matcher.index(), &head[..whole], &titles, (0, None), true).read(&mut |_| {}).1
    }

    /// Opens the views that are asked for, and looks into them.
    fn views<'d>(
        &'d self,
        page: &Page<'_>,
        ask: &Ask,
        decoded: &[&'static str],
        seen: &mut Vec<(&'static str, Span)>,
        found: &mut Detections<'d>,
    ) {
        if decoded.len() >= MAX_DEPTH {
            return;
        }
        for decoder in DECODERS.iter().filter(|d| d.wake == ask.wake) {
            let Some(view) = open(decoder, page, ask, seen) else { continue };
            let mut way = decoded.to_vec();
            way.push(decoder.name);
            self.view(page, &view, &way, found);
        }
    }

    /// Looks into one view and brings what is there back to the source.
    fn view<'d>(&'d self, page: &Page<'_>, view: &View, way: &[&'static str], found: &mut Detections<'d>) {
        let context = Context::inside(page, view.source.start);
        let inner = inner(page, view, &context);
        let before = found.all.len();
        self.page(&inner, stretch(view), way, &mut Scratch::default(), found);
        let length = view.bytes.len();
        for mut detection in found.all.split_off(before) {
            let span = detection.span;
            let cut = (view.cut_start && span.start < CUT) || (view.cut_end && span.end + CUT > length);
            let is_cut_token = detection.status == Some(Status::Truncated);
            if !cut && view.value.is_none_or(|v| v.holds(span, detection.token.is_some() && !is_cut_token)) {
                detection.span = view.to_source(span);
                // Without a joint in it, it was seen outside.
                if view.value.is_none() || detection.span.len() > span.len() {
                    found.all.push(detection);
                }
            }
        }
    }

    /// Looks into the lines that a container runtime cut, and brings what stands across a cut back to the
    /// source.
    pub(super) fn cut_lines<'d>(
        &'d self,
        page: &Page<'_>,
        range: Range<usize>,
        scratch: &mut Scratch,
        found: &mut Detections<'d>,
    ) {
        for line in records::cut_lines(&page.bytes[range.clone()]) {
            let at = |span: Span| Span::new(range.start + span.start, range.start + span.end);
            let local = |span: Span| {
                (span.start >= range.start)
                    .then(|| Span::new(span.start - range.start, span.end - range.start))
            };
            found.all.retain(|d| local(d.span).is_none_or(|span| line.clip(span).is_some()));
            let view = &line.view;
            let context = Context::inside(page, range.start + view.source.start);
            let inner = Page { bytes: &view.bytes, around: page.around, context: &context, ..*page };
            let before = found.all.len();
            self.page(&inner, 0..view.bytes.len(), &[pieces::NAME], scratch, found);
            for mut detection in found.all.split_off(before) {
                let span = detection.span;
                let way = Span::new(span.start.saturating_sub(detection.way_bytes), span.end);
                let source = at(view.to_source(span));
                let is_known =
                    |known: &Detection<'_>| known.span.start < source.end && source.start < known.span.end;
                // Within one record it was seen already, but for what leads to it from another one.
                if view.source_parts(way).count() > 1 || !found.all.iter().any(is_known) {
                    detection.span = source;
                    found.all.push(detection);
                }
            }
        }
    }
}
