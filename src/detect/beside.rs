//! What a page is looked at for besides its hits: cells of tables, lines that were cut, rules that are expressions.

use std::ops::Range;

use super::detection::{Detection, Detections};
use super::{Detector, Scratch};
use crate::decode::{pieces, records};
use crate::matcher::page::Context;
use crate::matcher::table::{self, Tables, Titles};
use crate::matcher::{Form, Match, Matcher, Page};
use crate::prefilter::Hit;
use crate::text::Span;

impl Detector {
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

    /// Rules that are regular expressions: keywords first, then the expression over the whole page.
    pub(super) fn expressions<'d>(&'d self, page: &Page<'_>, found: &mut Detections<'d>) {
        let mut lower = None;
        for (index, rule) in self.rules.iter().enumerate() {
            let Some(regex) = &rule.regex else { continue };
            let text = lower.get_or_insert_with(|| page.bytes.to_ascii_lowercase());
            let holds = |k: &String| memchr::memmem::find(text, k.to_ascii_lowercase().as_bytes()).is_some();
            let path_fits = rule.path.as_ref().is_none_or(|p| p.is_match(page.tree_path().as_bytes()));
            if !path_fits || !(rule.keywords.is_empty() || rule.keywords.iter().any(holds)) {
                continue;
            }
            for captures in regex.captures_iter(page.bytes) {
                let Some(secret) = captures.get(rule.secret_group).filter(|s| !s.is_empty()) else {
                    continue;
                };
                let value = Span::new(secret.start(), secret.end());
                let found_here = Match { rule: index, value, name: None, form: Form::Shape, token: None };
                found.all.extend(self.detection(page, found_here, &[], (found.wanted, found.now)));
            }
        }
    }
}
