//! The centre: a blob goes in, what was detected comes out. Scan, scrub and the runtime layer all
//! stand on this one function, so what is reported is what is removed.
//!
//! Top to bottom: the prefilter names places, the matcher finds values there, decoders open views in
//! which the same is done again, judges give verdicts, overlaps are resolved.

use std::fmt;
use std::ops::Range;

use zeroize::Zeroizing;

use crate::blob::{Blob, HEAD};
use crate::decode::{DECODERS, Decoder, MAX_DEPTH, View, Wake};
use crate::finding::{Status, Verdict};
use crate::judge::{self, Case};
use crate::matcher::csv::Columns;
use crate::matcher::field::{self, Class, Fields};
use crate::matcher::{Asks, Form, Match, Matcher, Page};
use crate::prefilter::Hit;
use crate::rule::{Rule, Value};
use crate::text::Span;
use crate::token::Token;

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

/// Where something has to be hidden, and what is known of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// The value.
    pub(crate) span: Span,
    /// Index of the rule that found it.
    pub(crate) rule: Option<usize>,
    /// What the name of the field announces, for a field.
    pub(crate) class: Option<Class>,
    /// The mask needs these quotes, with so many backslashes.
    pub(crate) wrap: Option<(u8, usize)>,
    /// The bytes are not the value itself but an encoding of it.
    pub(crate) decoded: bool,
    /// Where the name of the field stands.
    pub(crate) name: Option<Span>,
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
        let page = Page { bytes: blob.bytes, path: &blob.origin.path, rules: &self.rules };
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
        let page = Page { bytes, path: "", rules: &self.rules };
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

    /// The class that a name gives its value, if it is the name of a field.
    pub(crate) fn class(&self, name: &[u8]) -> Option<Class> {
        self.matcher.class(name)
    }

    /// Puts every place where something has to be hidden into `out`, in order and disjoint: what
    /// [`Detector::detect`] reports for any path, and the values of fields. Fields and whole connect
    /// tokens cost no allocation.
    pub(crate) fn places(&self, bytes: &[u8], scratch: &mut Scratch, out: &mut Vec<Place>) {
        let from = out.len();
        let page = Page { bytes, path: "", rules: &self.rules };
        if bytes.len() <= STRETCH {
            scratch.hits.clear();
            self.matcher.hits(bytes, 0..bytes.len(), &mut scratch.hits);
            // Without a hit nothing is there, nor in a column, whose name would be one; most lines of a
            // log end here.
            if scratch.hits.is_empty() && !self.has_expressions {
                return;
            }
        }
        self.hide(&page, 0, scratch, out);
        let mut found = Vec::new();
        let head = &bytes[..bytes.len().min(HEAD)];
        // Columns are named by a line before.
        if memchr::memchr(b'\n', head).is_some_and(|end| end + 1 < bytes.len())
            && let Some(columns) = Columns::of(&self.matcher, head)
        {
            let mut matches = Vec::new();
            columns.rows(&self.matcher, &page, true, 0..bytes.len(), &mut matches);
            matches.drain(..).for_each(|m| found.push(self.detection(&page, m, &[])));
        }
        self.expressions(&page, &mut found);
        out.extend(found.iter().filter(|d| d.is_leak()).map(|d| self.place(d, 0)));
        join(out, from);
    }

    /// The places of one page and of the views that open there; `depth` views have been opened.
    fn hide(&self, page: &Page<'_>, depth: usize, scratch: &mut Scratch, out: &mut Vec<Place>) {
        let mut seen: Vec<(&'static str, Span)> = Vec::new();
        // What stands before here is hidden, or kept, already.
        let mut covered = 0;
        let mut at = 0;
        while at < page.bytes.len() {
            let end = page.bytes.len().min(at + STRETCH);
            // Short text comes with its hits.
            if depth > 0 || page.bytes.len() > STRETCH {
                scratch.hits.clear();
                self.matcher.hits(page.bytes, at..end, &mut scratch.hits);
            }
            at = end;
            let hits = std::mem::take(&mut scratch.hits);
            for &hit in &hits {
                if hit.at() < covered {
                    continue;
                }
                let done = self.at_once(page, hit, depth).is_some_and(|(end, place, done)| {
                    covered = if done { end } else { covered };
                    out.extend(place);
                    done
                });
                if !done {
                    self.hide_at(page, hit, depth, scratch, &mut seen, out);
                }
            }
            scratch.hits = hits;
        }
    }

    /// What needs neither judging nor decoding: fields, and whole connect tokens. Says how far it goes,
    /// and whether that is all there is: in code a value that is no key may have one behind it.
    fn at_once(&self, page: &Page<'_>, hit: Hit, depth: usize) -> Option<(usize, Option<Place>, bool)> {
        let Hit::Core(at) = hit else { return None };
        let decoded = depth > 0;
        if let Some(field) = self.matcher.field(page.bytes, at) {
            let (class, wrap) = (Some(field.class), field.wrap);
            let place = Place { span: field.span, rule: None, class, wrap, decoded, name: Some(field.name) };
            let done = field.is_key(page.bytes) || class == Some(Class::Keep);
            return Some((field.end, Some(place).filter(|p| !p.span.is_empty()), done));
        }
        let place = |span, rule| Place { span, rule, class: None, wrap: None, decoded, name: None };
        if let Some(body) = field::pem(page.bytes, at) {
            // Nothing of it is shown, and the armour stays.
            let place = Place { decoded: true, ..place(body, self.pem) };
            return Some((body.end, Some(place).filter(|p| !p.span.is_empty()), true));
        }
        self.connect?;
        let end = Matcher::connect(page.bytes, at)?;
        Some((end, Some(place(Span::new(at, end), self.connect)), true))
    }

    /// Everything else that a hit leads to.
    fn hide_at(
        &self,
        page: &Page<'_>,
        hit: Hit,
        depth: usize,
        scratch: &mut Scratch,
        seen: &mut Vec<(&'static str, Span)>,
        out: &mut Vec<Place>,
    ) {
        self.matcher.at(page, hit, &mut scratch.matches, &mut scratch.asks);
        for found in scratch.matches.drain(..) {
            let class = found.name.and_then(|n| self.matcher.class(&page.bytes[n.range()]));
            let detection = self.detection(page, found, &[]);
            if detection.is_leak() && class != Some(Class::Keep) {
                out.push(self.place(&detection, depth));
            }
        }
        while let Some((wake, place)) = scratch.asks.pop() {
            self.hide_views(page, wake, place, depth, seen, out);
        }
    }

    /// Opens the views that a wake asks for, and brings the places in them back to the source.
    fn hide_views(
        &self,
        page: &Page<'_>,
        wake: Wake,
        at: usize,
        depth: usize,
        seen: &mut Vec<(&'static str, Span)>,
        out: &mut Vec<Place>,
    ) {
        if depth >= MAX_DEPTH {
            return;
        }
        for decoder in DECODERS.iter().filter(|d| d.wake == wake) {
            let Some(view) = open(decoder, page, at, seen) else { continue };
            let inner = Page { bytes: &view.bytes, ..*page };
            let before = out.len();
            self.hide(&inner, depth + 1, &mut Scratch::default(), out);
            let mut kept = before;
            for i in before..out.len() {
                let mut place = out[i];
                // A name that is not encoded was seen outside, where quotes are what they are.
                let seen = place.name.is_some_and(|name| {
                    // The grammar of fields reads these two by itself.
                    let reads = matches!(wake, Wake::UnicodeEscape | Wake::Percent);
                    let value = if reads { name.end } else { place.span.start };
                    let way = Span::new(name.start, value.max(name.end));
                    view.to_source(way).len() == way.len()
                });
                if !seen {
                    place.span = view.to_source(place.span);
                    if wake == Wake::UnicodeEscape && place.class.is_some() {
                        place.span.end = string_end(page.bytes, place.span);
                    }
                    (place.wrap, place.name) = (None, None);
                    out[kept] = place;
                    kept += 1;
                }
            }
            out.truncate(kept);
        }
    }

    fn place(&self, detection: &Detection<'_>, depth: usize) -> Place {
        let rule = self.rules.iter().position(|r| std::ptr::eq(r, detection.rule));
        Place { span: detection.span, rule, class: None, wrap: None, decoded: depth > 0, name: None }
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
                while let Some((wake, place)) = scratch.asks.pop() {
                    self.views(page, wake, place, decoded, &mut seen, found);
                }
            }
            scratch.hits = hits;
            at = end;
        }
    }

    /// Opens the views that a wake asks for, and looks into them.
    fn views<'d>(
        &'d self,
        page: &Page<'_>,
        wake: Wake,
        at: usize,
        decoded: &[&'static str],
        seen: &mut Vec<(&'static str, Span)>,
        found: &mut Vec<Detection<'d>>,
    ) {
        if decoded.len() >= MAX_DEPTH {
            return;
        }
        for decoder in DECODERS.iter().filter(|d| d.wake == wake) {
            let Some(view) = open(decoder, page, at, seen) else { continue };
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
        let inner = Page { bytes: &view.bytes, ..*page };
        let before = found.len();
        self.page(&inner, 0..view.bytes.len(), way, &mut Scratch::default(), found);
        let length = view.bytes.len();
        for mut detection in found.split_off(before) {
            let span = detection.span;
            let cut = (view.cut_start && span.start < CUT) || (view.cut_end && span.end + CUT > length);
            if !cut {
                detection.span = view.to_source(span);
                found.push(detection);
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
fn open(decoder: &Decoder, page: &Page<'_>, at: usize, seen: &mut Vec<(&'static str, Span)>) -> Option<View> {
    let has_seen = |(name, span): &(&str, Span)| *name == decoder.name && span.range().contains(&at);
    if seen.iter().rev().take(4).any(has_seen) {
        return None;
    }
    let view = (decoder.decode)(page.bytes, at)?;
    let safe_end =
        if view.cut_end { view.source.end.saturating_sub(4 * CUT).max(at + 1) } else { view.source.end };
    seen.push((decoder.name, Span::new(view.source.start, safe_end)));
    Some(view)
}

/// Sorts the places from `from` on and joins those that overlap or meet.
pub(crate) fn join(places: &mut Vec<Place>, from: usize) {
    if places.len() < from + 2 {
        return;
    }
    places[from..].sort_unstable_by_key(|p| (p.span.start, std::cmp::Reverse(p.span.end)));
    let mut kept = from;
    for i in from + 1..places.len() {
        let next = places[i];
        // Two masks side by side would not be a mask.
        if next.span.start <= places[kept].span.end {
            if next.span.end > places[kept].span.end {
                // Only together do they hide everything; nothing of the parts may be shown then.
                places[kept].span.end = next.span.end;
                places[kept].decoded = true;
                places[kept].wrap = None;
            }
        } else {
            kept += 1;
            places[kept] = next;
        }
    }
    places.truncate(kept + 1);
}

/// Where the string ends in which a span begins: at the first quote that is not escaped.
fn string_end(bytes: &[u8], span: Span) -> usize {
    let text = &bytes[span.range()];
    let mut quotes = memchr::memchr_iter(b'"', text);
    let end = quotes.find(|&i| text[..i].iter().rev().take_while(|b| **b == b'\\').count() % 2 == 0);
    end.map_or(span.end, |i| span.start + i)
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
/// before the weaker, the shorter way of decoding before the longer, the longer value before the
/// shorter.
fn resolve(found: &mut Vec<Detection<'_>>) {
    found.sort_by(|a, b| {
        let key = |d: &Detection<'_>| {
            (!d.is_leak(), std::cmp::Reverse(d.rank), d.decoded.len(), std::cmp::Reverse(d.span.len()))
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
