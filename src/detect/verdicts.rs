//! Matches with the verdicts of the judges, and the rules that are regular expressions, whose matches come from
//! the whole of a text.

use std::cell::OnceCell;

use zeroize::Zeroizing;

use super::detection::{Detection, Detections, Wanted};
use super::detector::Detector;
use crate::finding::Verdict;
use crate::judge::{self, Case};
use crate::matcher::{self, Form, Match, Page};
use crate::rule::Value;
use crate::text::Span;

impl Detector {
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

    /// Adds what is wanted of these matches.
    pub(super) fn judge<'d>(
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
    pub(super) fn detection<'d>(
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
