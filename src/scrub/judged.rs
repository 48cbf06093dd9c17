//! What a scan says of what is masked: a value that its name gave away is often one that a rule reports,
//! with a kind, a severity and, for a token, a status. Who counts or reports masks is told the same.

use std::time::{SystemTime, UNIX_EPOCH};

use super::masker::Masker;
use super::policy::{FIELD, Hit, LITERAL};
use super::scratch::Scratch;
use crate::blob::{Blob, HEAD, Origin};
use crate::detect::{self, Detection, Place};
use crate::finding::{Kind, Severity};
use crate::text::Span;

/// For whose eyes a stream is judged: where it comes from, by which clock, and its first bytes.
#[derive(Debug, Clone)]
pub(super) struct Judging {
    origin: Origin,
    now: i64,
    head: Vec<u8>,
}

impl Judging {
    pub(super) fn new(origin: Origin, now: i64) -> Self {
        Self { origin, now, head: Vec::new() }
    }

    /// What a scan reports in a part of the stream, by place; `at_start` for its first part.
    pub(super) fn leaks<'m>(
        &self,
        masker: &'m Masker,
        text: &[u8],
        at_start: bool,
        scratch: &mut detect::Scratch,
    ) -> Vec<Detection<'m>> {
        let whole = Blob::whole(text, &self.origin);
        let blob = if at_start { whole } else { Blob { at_start: false, head: &self.head, ..whole } };
        masker.leaks(&blob, self.now, scratch)
    }

    /// Remembers how the stream begins.
    pub(super) fn begin(&mut self, text: &[u8]) {
        self.head.clear();
        self.head.extend_from_slice(&text[..text.len().min(HEAD)]);
    }
}

/// Those of the leaks that a place hides at least in part.
pub(super) fn at<'l, 'd>(leaks: &'l [Detection<'d>], place: Span) -> &'l [Detection<'d>] {
    let from = leaks.partition_point(|leak| leak.span.end <= place.start);
    let to = leaks.partition_point(|leak| leak.span.start < place.end);
    &leaks[from.min(to)..to]
}

impl Masker {
    fn leaks(&self, blob: &Blob<'_>, now: i64, scratch: &mut detect::Scratch) -> Vec<Detection<'_>> {
        let mut leaks = Vec::new();
        self.detector.leaks_at(now, blob, scratch, &mut |leak| leaks.push(leak));
        leaks.sort_by_key(|leak| leak.span);
        leaks
    }

    /// Calls the policy's callback for each place that was found in a text.
    pub(crate) fn tell(&self, text: &[u8], callsite: &str, scratch: &mut Scratch) {
        let Some(on_hit) = self.policy.on_hit.as_ref().filter(|_| !scratch.places.is_empty()) else { return };
        let leaks = self.leaks(&Blob::whole(text, &Origin::default()), now(), &mut scratch.detect);
        for place in &scratch.places {
            on_hit(&hit(at(&leaks, place.span).first(), self.rule_of(place), callsite));
        }
    }

    /// Calls the policy's callback for a field that its name gave away.
    #[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "the runtime layer tells"))]
    pub(crate) fn tell_field(&self, name: &str, value: &[u8], callsite: &str) {
        let Some(on_hit) = &self.policy.on_hit else { return };
        let text = zeroize::Zeroizing::new([name.as_bytes(), b"=", value].concat());
        let leaks =
            self.leaks(&Blob::whole(&text, &Origin::default()), now(), &mut detect::Scratch::default());
        on_hit(&hit(leaks.first(), FIELD, callsite));
    }

    /// The rule of a place, as far as it is known without judging.
    pub(super) fn rule_of(&self, place: &Place) -> &str {
        match place.rule {
            Some(rule) => self.detector.rules().get(rule).map_or("", |r| &r.id),
            None if place.class.is_some() => FIELD,
            None => LITERAL,
        }
    }
}

/// A hit as a scan tells it, or as its name or its exact value did.
fn hit<'h>(leak: Option<&'h Detection<'_>>, rule: &'h str, callsite: &'h str) -> Hit<'h> {
    match leak {
        Some(leak) => Hit {
            rule: &leak.rule.id,
            kind: leak.rule.kind,
            severity: leak.severity(),
            status: leak.status,
            claims: leak.token.as_ref().map(|token| &token.claims),
            callsite,
        },
        None => {
            Hit { rule, kind: Kind::Other, severity: Severity::High, status: None, claims: None, callsite }
        }
    }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
