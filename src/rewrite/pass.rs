//! One pass over a file: its bytes, or those of everything in it, go through scrubbers into a writer.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::Plan;
use crate::blob::Origin;
use crate::finding::{Columns, Excerpt, Finding, Kind, Severity};
use crate::input::names_of_entry;
use crate::pack::{self, Filter, HEAD, Input, Kind as Container, Limits, Sighted, Told};
use crate::rule::Rule;
use crate::scan::{Progress, describe};
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
    wants: Wants,
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
fn judged(origin: &Origin, masked: &Masked<'_>, leak: &Leak<'_>) -> Finding {
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

fn severity(rule: &Rule) -> Severity {
    rule.severity
}

fn message(rule: Option<&Rule>, name: Option<&str>) -> String {
    match (rule, name) {
        (Some(rule), _) => rule.title.clone(),
        (None, Some(name)) => format!("The value of `{}`", crate::text::printable(name)),
        (None, None) => "A known secret".to_owned(),
    }
}

/// Goes over one file, as often as it is asked to.
pub(super) struct Pass<'p> {
    collector: Collector,
    origin: Origin,
    progress: &'p Progress,
    stop: &'p AtomicBool,
    /// Whether the last pass masked anything.
    pub(super) changed: bool,
    /// Entries that were left, and why.
    pub(super) skipped: Vec<(String, String)>,
    /// What was gone over as bytes and not looked into, by what is said of its kind.
    pub(super) unopened: BTreeMap<&'static str, u64>,
}

impl<'p> Pass<'p> {
    /// Looks first, and collects nothing of what it sees.
    pub(super) fn new(plan: &'p Plan<'_>, path: &Path, progress: &'p Progress) -> Self {
        let origin = Origin::file(path.to_string_lossy());
        Self {
            collector: Collector::new(plan.masker, Wants::default()).with_memory(),
            origin,
            progress,
            stop: &plan.stop,
            changed: false,
            skipped: Vec::new(),
            unopened: BTreeMap::new(),
        }
    }

    /// Begins anew with what was recognised in the file, which is masked before it is recognised, too, and
    /// collects what is wanted.
    pub(super) fn again(&mut self, wants: Wants, progress: &'p Progress) {
        self.collector.again();
        self.collector.wants = wants;
        self.progress = progress;
    }

    pub(super) fn collected(&self) -> Collected {
        let mut collected = self.collector.take();
        // All of them are in one file.
        let path = self.collector.fit(&self.origin.path);
        collected.findings.iter_mut().for_each(|finding| finding.path.clone_from(&path));
        collected
    }

    /// What is shown for a path.
    pub(super) fn fit(&self, path: &str) -> String {
        self.collector.fit(path)
    }

    /// Everything that the file holds, scrubbed, into the writer.
    pub(super) fn over(&mut self, file: &mut File, writer: &mut dyn Write) -> io::Result<()> {
        self.each(file, writer, &mut |collector, origin, reader, writer| {
            Ok(collector.copy(origin, true, reader, writer)?.hits)
        })
    }

    /// The file, or each leaf in it, through `copy`, which tells how many values it masked.
    pub(super) fn each(&mut self, file: &mut File, writer: &mut dyn Write, copy: Copy<'_>) -> io::Result<()> {
        file.seek(SeekFrom::Start(0))?;
        let mut head = Vec::with_capacity(HEAD);
        file.take(HEAD as u64).read_to_end(&mut head)?;
        let kind = match pack::sniff(&head) {
            // What cannot be read from its end is no archive by it.
            None => pack::ends_as_zip(file).unwrap_or(false).then_some(Container::Zip),
            kind => kind,
        };
        file.seek(SeekFrom::Start(0))?;
        self.skipped.clear();
        self.unopened.clear();
        let (progress, stop) = (self.progress, self.stop);
        let (collector, skipped, unopened) = (&self.collector, &mut self.skipped, &mut self.unopened);
        let mut leaves = Leaves { collector, progress, stop, copy, hits: 0, skipped, unopened };
        let changed = match kind {
            None => pack::rewrite_plain(&self.origin, file, writer, &mut leaves)?,
            Some(kind) => {
                pack::rewrite(kind, &self.origin, Input::File(file), writer, Limits::default(), &mut leaves)?
            }
        };
        self.changed = changed || leaves.hits > 0;
        // Inside of an archive it was taken for damage of one entry.
        if stop.load(Ordering::Relaxed) { Err(stopped()) } else { Ok(()) }
    }
}

/// Copies a leaf.
pub(super) type Copy<'c> =
    &'c mut dyn FnMut(&Collector, &Origin, &mut (dyn Read + Send), &mut dyn Write) -> io::Result<u64>;

struct Leaves<'l, 'c> {
    collector: &'l Collector,
    progress: &'l Progress,
    stop: &'l AtomicBool,
    copy: Copy<'c>,
    /// How many values were masked so far.
    hits: u64,
    skipped: &'l mut Vec<(String, String)>,
    unopened: &'l mut BTreeMap<&'static str, u64>,
}

impl Filter for Leaves<'_, '_> {
    fn leaf(
        &mut self,
        origin: &Origin,
        reader: &mut (dyn Read + Send),
        writer: &mut dyn Write,
    ) -> io::Result<()> {
        names_of_entry(origin).for_each(|name| self.beside(origin, name));
        let mut reader = Counting { inner: reader, progress: self.progress, stop: self.stop };
        let mut reader = Sighted::new(&mut reader);
        self.hits += (self.copy)(self.collector, origin, &mut reader, writer)?;
        if let Some(kind) = reader.sight.kind(origin.name()) {
            *self.unopened.entry(kind.reason).or_default() += 1;
        }
        Ok(())
    }

    fn told(&mut self, origin: &Origin, told: Told) {
        let why = match told {
            Told::Skipped(why) => why.to_owned(),
            Told::Failed(error) => error.to_string(),
        };
        self.skipped.push((self.collector.shown(origin), why));
    }

    fn beside(&mut self, origin: &Origin, text: &[u8]) {
        if self.collector.would_mask(text) {
            let told = (self.collector.shown(origin), NAME_STAYS.to_owned());
            if !self.skipped.contains(&told) {
                self.skipped.push(told);
            }
        }
    }
}

/// Tells how far a reader is, and fails once the run was stopped.
struct Counting<'r, R: ?Sized> {
    inner: &'r mut R,
    progress: &'r Progress,
    stop: &'r AtomicBool,
}

impl<R: Read + ?Sized> Read for Counting<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(stopped());
        }
        let read = self.inner.read(buffer)?;
        self.progress.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Why a file is as it was when the run was stopped.
#[derive(Debug)]
struct Stopped;

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("stopped")
    }
}

impl std::error::Error for Stopped {}

fn stopped() -> io::Error {
    io::Error::other(Stopped)
}

/// Whether the run was stopped, and nothing is wrong with the file.
pub(super) fn is_stop(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Stopped>())
}
