//! One pass over a file: its bytes, or those of everything in it, go through scrubbers into a writer.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::collector::{Collected, Collector, NAME_STAYS, Wants};
use crate::blob::Origin;
use crate::input::names_of_entry;
use crate::pack::{self, Filter, HEAD, Input, Kind as Container, Limits, Sighted, Told};
use crate::scan::Progress;
use crate::scrub::Masker;

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
    pub(super) fn new(
        masker: &Arc<Masker>,
        stop: &'p AtomicBool,
        path: &Path,
        progress: &'p Progress,
    ) -> Self {
        let origin = Origin::file(path.to_string_lossy());
        Self {
            collector: Collector::new(masker, Wants::default()).with_memory(),
            origin,
            progress,
            stop,
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
