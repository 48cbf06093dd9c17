//! The centre: a blob goes in, what was detected comes out. Scan, scrub and the runtime layer all
//! stand on this one function, so what is reported is what is removed.
//!
//! Top to bottom: the prefilter names places, the matcher finds values there, decoders open views in
//! which the same is done again, judges give verdicts, overlaps are resolved.

mod places;

use std::cmp::Reverse;
use std::fmt;
use std::ops::Range;

use zeroize::Zeroizing;

use crate::blob::{Blob, HEAD};
use crate::decode::{Ask, DECODERS, Decoder, MAX_DEPTH, View, pieces};
use crate::finding::{Status, Verdict};
use crate::judge::{self, Case};
use crate::matcher::csv::Columns;
use crate::matcher::field::Fields;
use crate::matcher::{Asks, Form, Match, Matcher, Page};
use crate::prefilter::Hit;
use crate::rule::{Rule, Value};
use crate::text::Span;
use crate::token::Token;

pub(crate) use places::{Place, Rows, join};

/// The prefilter's hits are worked off in stretches of this many bytes, which stay in the cache.
const STRETCH: usize = 16 * 1024;

/// What is anchored this far outside the owned part may reach into it, and is looked at, too.
const MARGIN: usize = 16 * 1024;

/// How far a change can reach: further than the longest value with its name, or than one half as long
/// under an encoding that doubles it.
const REACH: usize = 9 * 1024;

/// Near the cut end of a view a name or a value may be cut as well; the next view has it whole.
const CUT: usize = 1024;

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
}

/// One detected value, with the raw bytes for those who mask, prove or fingerprint them.
#[derive(Clone)]
pub struct Detection<'d> {
    /// The rule that found it.
    pub rule: &'d Rule,
    /// Where the value stands in the blob's `bytes` (as written there, encodings included).
    pub span: Span,
    /// The value after decoding; wiped on drop.
    pub value: Zeroizing<Vec<u8>>,
    /// The decoded token, for token rules.
    pub token: Option<Token>,
    /// The token's status.
    pub status: Option<Status>,
    /// The decodings undone to see it, outermost first.
    pub decoded: Vec<&'static str>,
    /// Leak or not, with the reason.
    pub verdict: Verdict,
    /// How sure the form of the match is: decides between matches of one place.
    rank: u8,
}

impl fmt::Debug for Detection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Detection")
            .field("rule", &self.rule.id)
            .field("span", &self.span)
            .field("verdict", &self.verdict)
            .finish_non_exhaustive()
    }
}

impl Detection<'_> {
    /// True where it is to be reported.
    pub fn is_leak(&self) -> bool {
        matches!(self.verdict, Verdict::Report { .. })
    }
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
        Some(Self::with_fields(rules, self.now, self.matcher.fields().clone()))
    }

    /// The rules.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The clock.
    pub fn now(&self) -> i64 {
        self.now
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
        let page = Page { bytes: blob.bytes, path: &blob.origin.path, rules: &self.rules, around: None };
        let start = blob.owned.start.saturating_sub(MARGIN);
        let end = blob.bytes.len().min(blob.owned.end + MARGIN);
        let mut found = Vec::new();
        self.page(&page, start..end, &[], scratch, &mut found);
        if let Some(columns) = Columns::of(&self.matcher, blob.head) {
            let mut matches = Vec::new();
            columns.rows(&self.matcher, &page, blob.at_start, start..end, &mut matches);
            matches.drain(..).for_each(|m| found.push(self.detection(&page, m, &[])));
        }
        self.expressions(&page, &mut found);
        if !found.is_empty() {
            resolve(&mut found);
            found.retain(|d| blob.owned.range().contains(&d.span.start));
            found.into_iter().for_each(sink);
        }
    }

    /// Gives `sink` the leaks of whole contents that have no path yet: what [`Detector::detect`] gives,
    /// for any path.
    ///
    /// With `changed`, the rest of `bytes` stands in other contents in which nothing was found: then
    /// only what can have to do with these ranges is looked at.
    pub fn glance<'d>(
        &'d self,
        bytes: &[u8],
        changed: Option<&[Range<usize>]>,
        scratch: &mut Scratch,
        sink: &mut dyn FnMut(Detection<'d>),
    ) {
        let page = Page { bytes, path: "", rules: &self.rules, around: None };
        let head = &bytes[..bytes.len().min(HEAD)];
        let columns = Columns::of(&self.matcher, head);
        let anywhere = self.has_expressions;
        // The names of columns say what stands far below them, and an expression may span everything.
        let all = 0..bytes.len();
        let ranges = match changed {
            Some(changed) if !anywhere && (columns.is_none() || !touches(changed, head.len())) => {
                widened(changed, bytes.len())
            }
            _ => vec![all],
        };
        let mut found = Vec::new();
        for range in ranges {
            self.page(&page, range.clone(), &[], scratch, &mut found);
            if let Some(columns) = &columns {
                let mut matches = Vec::new();
                columns.rows(&self.matcher, &page, true, range, &mut matches);
                matches.drain(..).for_each(|m| found.push(self.detection(&page, m, &[])));
            }
        }
        self.expressions(&page, &mut found);
        resolve(&mut found);
        found.into_iter().filter(Detection::is_leak).for_each(sink);
    }

    /// Looks at `range` of a page, and at the views that open there.
    fn page<'d>(
        &'d self,
        page: &Page<'_>,
        range: Range<usize>,
        decoded: &[&'static str],
        scratch: &mut Scratch,
        found: &mut Vec<Detection<'d>>,
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
                if !scratch.matches.is_empty() {
                    let matches = scratch.matches.drain(..).map(|m| self.detection(page, m, decoded));
                    found.extend(matches);
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
        found: &mut Vec<Detection<'d>>,
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
    fn view<'d>(
        &'d self,
        page: &Page<'_>,
        view: &View,
        way: &[&'static str],
        found: &mut Vec<Detection<'d>>,
    ) {
        let inner = inner(page, view);
        let before = found.len();
        self.page(&inner, stretch(view), way, &mut Scratch::default(), found);
        let length = view.bytes.len();
        for mut detection in found.split_off(before) {
            let span = detection.span;
            let cut = (view.cut_start && span.start < CUT) || (view.cut_end && span.end + CUT > length);
            let is_cut_token = detection.status == Some(Status::Truncated);
            if !cut && view.value.is_none_or(|v| v.holds(span, detection.token.is_some() && !is_cut_token)) {
                detection.span = view.to_source(span);
                // Without a joint in it, it was seen outside.
                if view.value.is_none() || detection.span.len() > span.len() {
                    found.push(detection);
                }
            }
        }
    }

    /// Rules that are regular expressions: keywords first, then the expression over the whole page.
    fn expressions<'d>(&'d self, page: &Page<'_>, found: &mut Vec<Detection<'d>>) {
        let mut lower = None;
        for (index, rule) in self.rules.iter().enumerate() {
            let Some(regex) = &rule.regex else { continue };
            let text = lower.get_or_insert_with(|| page.bytes.to_ascii_lowercase());
            let holds = |k: &String| memchr::memmem::find(text, k.to_ascii_lowercase().as_bytes()).is_some();
            let path_fits = rule.path.as_ref().is_none_or(|p| p.is_match(page.path.as_bytes()));
            if !path_fits || !(rule.keywords.is_empty() || rule.keywords.iter().any(holds)) {
                continue;
            }
            for captures in regex.captures_iter(page.bytes) {
                let Some(secret) = captures.get(rule.secret_group).filter(|s| !s.is_empty()) else {
                    continue;
                };
                let value = Span::new(secret.start(), secret.end());
                let found_here = Match { rule: index, value, name: None, form: Form::Shape, token: None };
                found.push(self.detection(page, found_here, &[]));
            }
        }
    }

    /// A match with its verdict.
    fn detection<'d>(&'d self, page: &Page<'_>, found: Match, decoded: &[&'static str]) -> Detection<'d> {
        let rule = &self.rules[found.rule];
        let value = &page.bytes[found.value.range()];
        let case = Case { rule, page, matcher: &self.matcher, found: &found, value, now: self.now };
        let verdict = judge::judge(&case);
        let status = judge::status(&case);
        let rank = match found.form {
            Form::Cell => 4,
            _ if found.token.is_some() => 5,
            Form::Quoted | Form::Bare | Form::Fallback => 2,
            // 64 hex digits are told by their name rather than by what stands beside them.
            Form::Shape if rule.value == Value::Hex64 => 1,
            Form::Shape => 3,
            Form::Prose => 1,
        };
        Detection {
            rule,
            span: found.value,
            value: Zeroizing::new(value.to_vec()),
            token: found.token.map(|(token, _)| token),
            status,
            decoded: decoded.to_vec(),
            verdict,
            rank,
        }
    }
}

/// The view of a decoder at a place, unless it was opened there already.
fn open(decoder: &Decoder, page: &Page<'_>, ask: &Ask, seen: &mut Vec<(&'static str, Span)>) -> Option<View> {
    let at = ask.at;
    let has_seen = |(name, span): &(&str, Span)| *name == decoder.name && span.range().contains(&at);
    if seen.iter().rev().take(4).any(has_seen) {
        return None;
    }
    let view = (decoder.decode)(page.bytes, ask)?;
    let safe_end =
        if view.cut_end { view.source.end.saturating_sub(4 * CUT).max(at + 1) } else { view.source.end };
    let safe = view.value.map_or(Span::new(view.source.start, safe_end), |v| v.source);
    seen.push((decoder.name, safe));
    Some(view)
}

/// The page that a view is.
fn inner<'v>(page: &Page<'v>, view: &'v View) -> Page<'v> {
    /// What may decide over a value in pieces stands so near.
    const AROUND: usize = 1024;
    let around = view.value.map(|v| {
        let end = page.bytes.len().min(v.source.end + AROUND);
        &page.bytes[v.source.start.saturating_sub(AROUND)..end]
    });
    Page { bytes: &view.bytes, around: around.or(page.around), ..*page }
}

/// Where in a view hits are looked for.
fn stretch(view: &View) -> Range<usize> {
    view.value.map_or(0..view.bytes.len(), |v| v.name..v.span.end)
}

/// True where something changed in the first `head` bytes.
fn touches(changed: &[Range<usize>], head: usize) -> bool {
    changed.first().is_some_and(|range| range.start <= head)
}

/// The ranges with all around them that a value in them may be anchored in, joined where they meet.
fn widened(changed: &[Range<usize>], length: usize) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::with_capacity(changed.len());
    for range in changed {
        let wide = range.start.saturating_sub(REACH)..length.min(range.end + REACH);
        match out.last_mut() {
            Some(last) if wide.start <= last.end => last.end = last.end.max(wide.end),
            _ => out.push(wide),
        }
    }
    out
}

/// Sorts by place and keeps one detection for each place: leaks before silent ones, the better form
/// before the weaker, a whole token before a cut one, the shorter way of decoding before the longer, the
/// longer value before the shorter. That a value was put together is no way of decoding.
fn resolve(found: &mut Vec<Detection<'_>>) {
    found.sort_by(|a, b| {
        let key = |d: &Detection<'_>| {
            let is_cut = d.status == Some(Status::Truncated);
            let encodings = d.decoded.iter().filter(|name| **name != pieces::NAME).count();
            (!d.is_leak(), Reverse(d.rank), is_cut, encodings, Reverse(d.span.len()), d.decoded.len())
        };
        key(a).cmp(&key(b)).then(a.span.cmp(&b.span)).then(a.rule.id.cmp(&b.rule.id))
    });
    let mut kept: Vec<Detection<'_>> = Vec::with_capacity(found.len());
    // The kept spans are disjoint, so only the neighbour before the end can overlap.
    let mut taken = std::collections::BTreeMap::new();
    for detection in found.drain(..) {
        let span = detection.span;
        let before_end = taken.range(..span.end.max(span.start + 1)).next_back();
        if before_end.is_none_or(|(_, &end)| end <= span.start) {
            taken.insert(span.start, span.end);
            kept.push(detection);
        }
    }
    kept.sort_by(|a, b| a.span.cmp(&b.span).then(a.rule.id.cmp(&b.rule.id)));
    *found = kept;
}
