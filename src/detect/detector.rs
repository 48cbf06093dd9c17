//! The detector itself: what it knows before any text comes.

use crate::matcher::field::Fields;
use crate::matcher::table::Titles;
use crate::matcher::{Asks, Match, Matcher};
use crate::prefilter::Hit;
use crate::rule::{Rule, Value};

/// The prefilter's hits are worked off in stretches of this many bytes, which stay in the cache.
pub(super) const STRETCH: usize = 16 * 1024;

/// The detector: immutable and shared by all threads.
#[derive(Debug)]
pub struct Detector {
    pub(super) rules: Vec<Rule>,
    pub(super) matcher: Matcher,
    pub(super) now: i64,
    /// Whether a rule is a regular expression, which looks at everything.
    pub(super) has_expressions: bool,
    /// The rule for connect tokens.
    pub(super) connect: Option<usize>,
    /// The rule for private keys.
    pub(super) pem: Option<usize>,
}

/// What one worker needs besides: buffers that are used again from blob to blob.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(super) hits: Vec<Hit>,
    pub(super) matches: Vec<Match>,
    pub(super) asks: Asks,
    /// Where names stand that may be titles of columns.
    pub(super) titles: Titles,
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
}
