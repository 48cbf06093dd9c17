//! The centre: a blob goes in, what was detected comes out. Scan, scrub and the runtime layer all
//! stand on this one function, so what is reported is what is removed.
//!
//! Top to bottom: the prefilter names places, the matcher finds values there, decoders open views in
//! which the same is done again, judges give verdicts, overlaps are resolved.

mod beside;
mod cells;
mod detection;
mod glance;
mod hidden_views;
mod join;
mod overlap;
mod place;
mod places;
mod units;
mod views;
mod walked;

use std::cell::OnceCell;
use std::ops::Range;

use zeroize::Zeroizing;

use crate::blob::{Blob, Origin};
use crate::decode::{Ask, DECODERS, MAX_DEPTH, View};
use crate::finding::{Status, Verdict};
use crate::judge::{self, Case};
use crate::matcher::csv::Columns;
use crate::matcher::field::Fields;
use crate::matcher::page::Context;
use crate::matcher::table::Titles;
use crate::matcher::{self, Asks, Form, Match, Matcher, Page};
use crate::prefilter::Hit;
use crate::rule::{Rule, Value};

pub use crate::text::Span;
pub use detection::Detection;
use detection::{Detections, Wanted};
pub(crate) use join::join;
use overlap::resolve;
pub(crate) use place::{Below, Place, Rows};
use views::{CUT, inner, open, stretch};

/// The prefilter's hits are worked off in stretches of this many bytes, which stay in the cache.
const STRETCH: usize = 16 * 1024;

/// What is anchored this far outside the owned part may reach into it, and is looked at, too.
const MARGIN: usize = 16 * 1024;

/// The detector: immutable and shared by all threads.
#[derive(Debug)]
pub struct Detector {
    rules: Vec<Rule>,
    matcher: Matcher,
    now: i64,
    /// Whether a rule is a regular expression, which looks at everything.
    has_expressions: bool,
    /// The rule for connect tokens.
    connect: Option<usize>,
    /// The rule for private keys.
    pem: Option<usize>,
}

/// What one worker needs besides: buffers that are used again from blob to blob.
#[derive(Debug, Default)]
pub struct Scratch {
    hits: Vec<Hit>,
    matches: Vec<Match>,
    asks: Asks,
    /// Where names stand that may be titles of columns.
    titles: Titles,
}

impl Detector {
    /// A detector for these rules that judges expiry against `now` (Unix seconds).
    pub fn new(rules: Vec<Rule>, now: i64) -> Self {
        Self::with_fields(rules, now, Fields::default())
    }

    /// A detector that knows the fields of a log besides, for [`Detector::places`].
    pub(crate) fn with_fields(rules: Vec<Rule>, now: i64, fields: Fields) -> Self {
        let matcher = Matcher::new(&rules, fields);
        let has_expressions = rules.iter().any(|rule| rule.regex.is_some());
        let is_connect = |r: &Rule| r.token.iter().any(|t| t == crate::token::tirtc::SCHEME.name);
        let connect = rules.iter().position(is_connect);
        let pem = rules.iter().position(|r| r.value == Value::Pem);
        Self { rules, matcher, now, has_expressions, connect, pem }
    }

    /// The same without regard to paths, where any rule asks for one: finds what this finds, and
    /// perhaps more.
    pub fn anywhere(&self) -> Option<Self> {
        let asks = |rule: &Rule| rule.path.is_some() || rule.allowlists.iter().any(|a| !a.paths.is_empty());
        if !self.rules.iter().any(asks) {
            return None;
        }
        let mut rules = self.rules.clone();
        for rule in &mut rules {
            rule.path = None;
            rule.allowlists.retain(|allow| allow.paths.is_empty());
        }
        Some(Self::with_fields(rules, self.now, self.matcher.index().fields().clone()))
    }

    /// The rules.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The clock.
    pub fn now(&self) -> i64 {
        self.now
    }

    /// Every leak in some bytes of which no path is known, by place.
    ///
    /// ```
    /// use scrubjay::detect::Detector;
    /// let detector = Detector::new(scrubjay::rule::builtin(), 1_800_000_000);
    /// let text = format!("device_secret_key = \"{}\"", "aZ3k9Q".repeat(6).split_at(32).0);
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
    fn page<'d>(
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

    /// Adds what is wanted of these matches.
    fn judge<'d>(
        &'d self,
        page: &Page<'_>,
        matches: &mut Vec<Match>,
        decoded: &[&'static str],
        found: &mut Detections<'d>,
    ) {
        if !matches.is_empty() {
            let wanted = (found.wanted, found.now);
            found.all.extend(matches.drain(..).filter_map(|m| self.detection(page, m, decoded, wanted)));
        }
    }

    /// A match with its verdict by a clock, if it is wanted.
    fn detection<'d>(
        &'d self,
        page: &Page<'_>,
        found: Match,
        decoded: &[&'static str],
        (wanted, now): (Wanted, i64),
    ) -> Option<Detection<'d>> {
        let rule = &self.rules[found.rule];
        let raw = &page.bytes[found.value.range()];
        let inner = matcher::inner(rule.value, raw);
        let value = inner.as_ref().map_or(raw, |inner| &inner.text);
        let case = Case {
            rule,
            page,
            index: self.matcher.index(),
            found: &found,
            value,
            now,
            attribution: OnceCell::new(),
        };
        if wanted == Wanted::Leaks && judge::is_too_short(&case) {
            return None;
        }
        let verdict = judge::judge(&case);
        if wanted == Wanted::Leaks && matches!(verdict, Verdict::Silent { .. }) {
            return None;
        }
        let status = judge::status(&case);
        let is_leak = matches!(verdict, Verdict::Report { .. });
        let title = if is_leak { judge::title(&case, rule) } else { &rule.title };
        let rank = match found.form {
            Form::Cell => 4,
            _ if found.token.is_some() => 5,
            Form::Quoted | Form::Bare | Form::Fallback => 2,
            // 64 hex digits are told by their name rather than by what stands beside them.
            Form::Shape if rule.value == Value::Hex64 => 1,
            Form::Shape => 3,
            Form::Prose => 1,
        };
        Some(Detection {
            rule,
            title,
            span: found.value,
            value: Zeroizing::new(value.to_vec()),
            token: found.token.map(|(token, _)| token),
            status,
            decoded: decoded.iter().copied().chain(inner.as_ref().and_then(|i| i.decoded)).collect(),
            verdict,
            rank,
            rule_index: found.rule,
            name_bytes: found.name.map_or(0, Span::len),
            way_bytes: found.name.map_or(0, |name| found.value.start.saturating_sub(name.start)),
        })
    }
}
