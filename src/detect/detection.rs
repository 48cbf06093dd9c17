//! One detected value, and those of a blob.

use std::fmt;

use zeroize::Zeroizing;

use crate::finding::{Severity, Status, Verdict};
use crate::rule::Rule;
use crate::text::Span;
use crate::token::Token;

/// What is asked for: most readers have no use for what is let pass, and it costs much to say why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// What is to be reported.
    Leaks,
    /// The silent ones, too.
    All,
}

/// What was detected so far.
#[derive(Debug)]
pub(super) struct Detections<'d> {
    pub(super) wanted: Wanted,
    /// The clock, in Unix seconds.
    pub(super) now: i64,
    pub(super) all: Vec<Detection<'d>>,
}

impl Detections<'_> {
    pub(super) fn new(wanted: Wanted, now: i64) -> Self {
        Self { wanted, now, all: Vec::new() }
    }
}

/// One detected value, with the raw bytes for those who mask, prove or fingerprint them.
#[derive(Clone)]
pub struct Detection<'d> {
    /// The rule that found it.
    pub rule: &'d Rule,
    /// What to call it: the rule's title, or one that names no vendor where nothing says whose it is.
    pub title: &'d str,
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
    pub(super) rank: u8,
    /// Where the rule is in the list of rules.
    pub(crate) rule_index: usize,
    /// How long the name is that led to the value; 0 without one.
    pub(super) name_bytes: usize,
    /// How far before the value the name begins in the bytes it was found in; 0 without one.
    pub(super) way_bytes: usize,
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

    /// Where the name stands that led to it, if both stand in the text as they are.
    pub(crate) fn name(&self) -> Option<Span> {
        let is_plain = self.decoded.is_empty() && self.name_bytes > 0;
        let start = self.span.start.checked_sub(self.way_bytes).filter(|_| is_plain)?;
        Some(Span::new(start, start + self.name_bytes))
    }

    /// How bad it is; what is silent is only for information.
    pub fn severity(&self) -> Severity {
        match self.verdict {
            Verdict::Report { severity, .. } => severity,
            Verdict::Silent { .. } => Severity::Info,
        }
    }

    /// Why it is reported, or silent.
    pub fn reason(&self) -> &str {
        match &self.verdict {
            Verdict::Report { reason, .. } => reason,
            Verdict::Silent { reason } => reason,
        }
    }
}
