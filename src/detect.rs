//! The centre: a blob goes in, what was detected comes out. Scan, scrub and the runtime layer all
//! stand on this one function, so what is reported is what is removed.

use std::fmt;

use zeroize::Zeroizing;

use crate::blob::Blob;
use crate::finding::{Status, Verdict};
use crate::rule::Rule;
use crate::text::Span;
use crate::token::Token;

/// The detector: immutable and shared by all threads.
#[derive(Debug)]
pub struct Detector {
    rules: Vec<Rule>,
    now: i64,
}

/// What one worker needs besides: buffers that are used again from blob to blob.
#[derive(Debug, Default)]
pub struct Scratch {}

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

impl Detector {
    /// A detector for these rules that judges expiry against `now` (Unix seconds).
    pub fn new(rules: Vec<Rule>, now: i64) -> Self {
        Self { rules, now }
    }

    /// The rules.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The clock.
    pub fn now(&self) -> i64 {
        self.now
    }

    /// Gives `sink` every detection anchored in the owned part of `blob`, by place, silent ones with
    /// their reason included.
    pub fn detect<'d>(
        &'d self,
        _blob: &Blob<'_>,
        _scratch: &mut Scratch,
        _sink: &mut dyn FnMut(Detection<'d>),
    ) {
    }
}
