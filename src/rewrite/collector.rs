//! Collects what scrubbers mask.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

use crate::blob::Origin;
use crate::finding::{Columns, Excerpt, Finding, Kind, Severity};
use crate::rule::Rule;
use crate::scan::describe;
use crate::scrub::{Leak, Masked, Masker, Memory, Scrubber, Tally, mask_name};

/// What was masked.
#[derive(Debug, Default)]
pub struct Collected {
    /// Values, by rule.
    pub rules: BTreeMap<String, u64>,
    /// One for each, where they are wanted.
    pub findings: Vec<Finding>,
}

/// What is wanted of what is masked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wants {
    /// One finding for each value.
    pub findings: bool,
    /// Each value under the rule by which a scan reports it at this time (Unix seconds), where one does.
    pub verdicts_at: Option<i64>,
}

/// What is said where a secret stands in a name, which is not changed.
pub const NAME_STAYS: &str =
    "a name here holds a secret, or what stands beside one in an archive, and that is not changed; rename it";

/// Collects what scrubbers mask.
#[derive(Debug, Clone)]
pub struct Collector {
    masker: Arc<Masker>,
    pub(super) wants: Wants,
    /// What all its streams remember together; without one, each remembers for itself.
    memory: Option<Arc<Memory>>,
    collected: Arc<Mutex<Collected>>,
}

impl Collector {
    /// Counts, and does what is wanted besides.
    pub fn new(masker: &Arc<Masker>, wants: Wants) -> Self {
        Self { masker: Arc::clone(masker), wants, memory: None, collected: Arc::default() }
    }

    /// Lets all its streams remember together what they recognise.
    #[must_use]
    pub fn with_memory(mut self) -> Self {
        self.memory = Some(Arc::default());
        self
    }

    /// One that collects for nobody and remembers with this one.
    #[must_use]
    pub fn unheard(&self) -> Self {
        Self { wants: Wants::default(), collected: Arc::default(), ..self.clone() }
    }

    /// Forgets what was collected; what was recognised so far counts from the beginning of the next
    /// stream on.
    pub fn again(&self) {
        self.take();
        if let Some(memory) = &self.memory {
            memory.rewind();
        }
    }

    /// Scrubs a stream of this origin; with `ahead`, what nobody waits for.
    ///
    /// # Errors
    ///
    /// Those of the reader and the writer.
    pub fn copy(
        &self,
        origin: &Origin,
        ahead: bool,
        reader: &mut (dyn Read + Send),
        writer: &mut dyn Write,
    ) -> io::Result<Tally> {
        let scrubber = self.scrubber(origin);
        let mut scrubber = if ahead { scrubber.look_ahead() } else { scrubber };
        let done = scrubber.copy(reader, writer);
        self.count(&scrubber);
        done
    }

    /// A scrubber whose masks are described as those of this origin, where that is wanted.
    pub(super) fn scrubber(&self, origin: &Origin) -> Scrubber {
        let scrubber = self.plain(origin);
        if !self.wants.findings {
            return scrubber;
        }
        let (this, origin) = (self.clone(), origin.clone());
        scrubber.watch(move |masked| {
            if !masked.is_piece {
                this.add(&origin, masked);
            }
        })
    }

    /// Counts what a scrubber has masked.
    pub(super) fn count(&self, scrubber: &Scrubber) {
        let mut all = self.collected.lock().unwrap_or_else(PoisonError::into_inner);
        for (rule, hits) in scrubber.hits_by_rule() {
            *all.rules.entry(rule.to_owned()).or_default() += hits;
        }
    }

    /// A scrubber of which nothing is collected.
    pub(super) fn plain(&self, origin: &Origin) -> Scrubber {
        let mut scrubber = Scrubber::new(Arc::clone(&self.masker));
        if let Some(memory) = &self.memory {
            scrubber = scrubber.remember_in(memory);
        }
        match self.wants.verdicts_at {
            Some(now) => scrubber.judge(origin.clone(), now),
            None => scrubber,
        }
    }

    /// Whether a short text, such as a name, holds a secret.
    pub fn would_mask(&self, text: &[u8]) -> bool {
        let text = String::from_utf8_lossy(text);
        mask_name(&self.masker, &text) != text
    }

    /// The way to a leaf in one line, with what is secret in its names masked.
    pub(super) fn shown(&self, origin: &Origin) -> String {
        self.fit(&origin.way())
    }

    /// A path with what is secret in its names masked, what was recognised elsewhere included.
    pub(super) fn fit(&self, path: &str) -> String {
        let path = mask_name(&self.masker, path);
        let mut out = Vec::new();
        match self.plain(&Origin::default()).copy(&mut path.as_bytes(), &mut out) {
            Ok(_) => String::from_utf8_lossy(&out).into_owned(),
            Err(_) => path,
        }
    }

    /// What was collected so far.
    pub fn take(&self) -> Collected {
        std::mem::take(&mut *self.collected.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&self, origin: &Origin, masked: &Masked<'_>) {
        let mut findings: Vec<Finding> =
            masked.leaks.iter().map(|leak| judged(origin, masked, leak)).collect();
        if findings.is_empty() {
            findings.push(self.finding(origin, masked));
        }
        self.collected.lock().unwrap_or_else(PoisonError::into_inner).findings.extend(findings);
    }

    fn finding(&self, origin: &Origin, masked: &Masked<'_>) -> Finding {
        let rule = self.masker.rules().iter().find(|rule| rule.id == masked.rule);
        let name = masked.name.map(String::from_utf8_lossy);
        let shown = String::from_utf8_lossy(masked.mask).into_owned();
        let line = usize::try_from(masked.line).unwrap_or(usize::MAX);
        let column = |c: usize| (c, c + shown.chars().count());
        Finding {
            rule: masked.rule.to_owned(),
            kind: rule.map_or(Kind::Other, |rule| rule.kind),
            severity: rule.map_or(Severity::High, severity),
            message: message(rule, name.as_deref()),
            reason: "masked".to_owned(),
            path: origin.path.clone(),
            line,
            column: masked.column,
            end_line: line,
            end_column: column(masked.column).1,
            columns: Columns { utf16: column(masked.column), utf8: column(masked.column) },
            offset: masked.offset,
            // The length of a password would be a hint.
            length: if masked.is_guessable() { 0 } else { masked.length as u64 },
            fingerprint: masked.fingerprint(),
            masked: shown,
            status: None,
            claims: None,
            decoded: Vec::new(),
            entry: origin.entry.clone(),
            commit: None,
            suppressed: None,
            proof: None,
            excerpt: Excerpt::default(),
        }
    }
}

/// The finding of a scan, with the mask that was put.
pub(super) fn judged(origin: &Origin, masked: &Masked<'_>, leak: &Leak<'_>) -> Finding {
    let Leak { detection, line, column, offset } = *leak;
    let shown = String::from_utf8_lossy(masked.mask).into_owned();
    let line = usize::try_from(line).unwrap_or(usize::MAX);
    let place = (column, column + shown.chars().count());
    Finding {
        line,
        column,
        end_line: line,
        end_column: place.1,
        columns: Columns { utf16: place, utf8: place },
        masked: shown,
        ..describe(detection, origin, offset)
    }
}

pub(super) fn severity(rule: &Rule) -> Severity {
    rule.severity
}

pub(super) fn message(rule: Option<&Rule>, name: Option<&str>) -> String {
    match (rule, name) {
        (Some(rule), _) => rule.title.clone(),
        (None, Some(name)) => format!("The value of `{}`", crate::text::printable(name)),
        (None, None) => "A known secret".to_owned(),
    }
}
