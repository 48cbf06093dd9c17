//! A quick look at contents whose path is not known yet, such as the blobs of a repository: what is found at
//! any path, and what is found at paths that hold a rule's words.

use std::ops::Range;

use super::detection::{Detection, Detections, Wanted};
use super::detector::{Detector, Scratch};
use super::overlap::resolve;
use crate::blob::HEAD;
use crate::matcher::Page;
use crate::matcher::csv::Columns;
use crate::matcher::page::{Context, UnknownPath};

/// How far a change can reach: further than the longest value with its name, or than one half as long
/// under an encoding that doubles it.
const REACH: usize = 9 * 1024;

/// How much is read around a change for a word of a rule's context that the change completes.
const CONTEXT_WORD_BYTES: usize = 64;

impl Detector {
    /// Gives `sink` the leaks of whole contents that have no path yet: what [`Detector::detect`] gives
    /// for any path that holds no word of a rule. Gives back the rules, by number, for which such a word
    /// could change that: see [`Detector::glance_by_path`].
    ///
    /// With `changed`, the rest of `bytes` stands in other contents in which nothing was found: then
    /// only what can have to do with these ranges is looked at.
    pub fn glance<'d>(
        &'d self,
        bytes: &[u8],
        changed: Option<&[Range<usize>]>,
        scratch: &mut Scratch,
        sink: &mut dyn FnMut(Detection<'d>),
    ) -> Vec<usize> {
        let unknown = UnknownPath::default();
        self.glance_at(bytes, changed, &unknown, scratch, sink);
        unknown.asked.into_inner()
    }

    /// What a rule finds besides in such contents where their path holds a word of its `context`.
    pub fn glance_by_path<'d>(
        &'d self,
        rule: usize,
        bytes: &[u8],
        changed: Option<&[Range<usize>]>,
        scratch: &mut Scratch,
        sink: &mut dyn FnMut(Detection<'d>),
    ) {
        let unknown = UnknownPath { names: Some(rule), ..UnknownPath::default() };
        self.glance_at(bytes, changed, &unknown, scratch, &mut |detection| {
            if detection.rule_index == rule {
                sink(detection);
            }
        });
    }

    fn glance_at<'d>(
        &'d self,
        bytes: &[u8],
        changed: Option<&[Range<usize>]>,
        unknown: &UnknownPath,
        scratch: &mut Scratch,
        sink: &mut dyn FnMut(Detection<'d>),
    ) {
        let context = Context::somewhere(unknown);
        let page = Page::without_path(bytes, &self.rules, &context);
        let head = &bytes[..bytes.len().min(HEAD)];
        let columns = Columns::of(self.matcher.index(), head);
        // So may a word that says whose a value far from it is.
        let gives_context = |changed: &[Range<usize>]| {
            let near = |range: &Range<usize>| {
                range.start.saturating_sub(CONTEXT_WORD_BYTES)
                    ..bytes.len().min(range.end + CONTEXT_WORD_BYTES)
            };
            changed.iter().any(|range| self.matcher.index().has_context_word(&bytes[near(range)]))
        };
        let anywhere = self.has_expressions || changed.is_some_and(gives_context);
        // The names of columns say what stands far below them, and an expression may span everything.
        let all = 0..bytes.len();
        // The table in which the head ends.
        let above = changed.and_then(|_| self.table_of(head, scratch));
        let has_columns = columns.is_some() || above.is_some();
        let ranges = match changed {
            Some(changed) if !anywhere && (!has_columns || !touches(changed, head.len())) => {
                widened(changed, bytes.len())
            }
            _ => vec![all],
        };
        let mut found = Detections::new(Wanted::Leaks, self.now);
        for range in ranges {
            scratch.titles.clear();
            self.page(&page, range.clone(), &[], scratch, &mut found);
            if let Some(columns) = &columns {
                columns.rows(self.matcher.index(), &page, true, range.clone(), false, &mut |matches| {
                    self.judge(&page, matches, &[], &mut found);
                });
            }
            let is_start = range.start == 0;
            let open = if is_start { None } else { above.clone() };
            self.tables(&page, range.clone(), (open, is_start), scratch, &mut found);
            self.cut_lines(&page, range, scratch, &mut found);
        }
        self.expressions(&page, &mut found);
        resolve(&mut found.all);
        found.all.into_iter().for_each(sink);
    }
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
