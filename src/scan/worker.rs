//! What takes the bytes of a source, on one thread.

use std::io::{self, Read};
use std::ops::Range;

use super::found::{Found, Inspector, Settled};
use super::outcome::Excerpts;
use super::parts;
use super::place::Base;
use super::shared::{Gathered, Shared, locked};
use crate::blob::{Blob, Origin};
use crate::finding::Finding;
use crate::input::{DAMAGED, Large, Marks, Sink};
use crate::pack::Sight;

/// One thread of a source: scans what is small, and hands over what it gathered when it is done.
pub(super) struct Worker<'s> {
    shared: &'s Shared<'s>,
    inspector: Inspector<'s>,
    /// What the file at hand gave; kept for its room.
    found: Vec<Found>,
    /// The last file that was read as it is.
    last: String,
    gathered: Gathered,
}

impl<'s> Worker<'s> {
    pub(super) fn new(shared: &'s Shared<'s>) -> Self {
        let inspector = shared.inspector();
        Self { shared, inspector, found: Vec::new(), last: String::new(), gathered: Gathered::default() }
    }
}

impl Sink for Worker<'_> {
    fn whole(&mut self, origin: &Origin, bytes: &[u8]) {
        if self.shared.progress.is_stopped() {
            return;
        }
        // What stands before a damaged container is read twice.
        if self.last != origin.path || !origin.entry.is_empty() {
            self.look_at_kind(origin, bytes);
        }
        if origin.entry.is_empty() {
            self.last.clone_from(&origin.path);
        }
        let excerpts = self.shared.settings.excerpts;
        let inspected = self.inspector.inspect(&Blob::whole(bytes, origin), 0, excerpts, &mut self.found);
        let count = self.found.len();
        for found in self.found.drain(..) {
            self.gathered.add(found.settle(Base::default()));
        }
        self.gathered.files += 1;
        self.gathered.bytes += bytes.len() as u64;
        if let Err(broken) = inspected {
            self.gathered.fail(&origin.path, &broken.into());
        }
        self.shared.progress.add(1, bytes.len(), count);
    }

    fn sifted(&mut self, origin: &Origin, bytes: &[u8], keep: &mut dyn FnMut(&Finding) -> bool) {
        if self.shared.progress.is_stopped() {
            return;
        }
        // The first may not be among those that are kept.
        let excerpts = match self.shared.settings.excerpts {
            Excerpts::Nothing => Excerpts::Nothing,
            Excerpts::Shown | Excerpts::All => Excerpts::All,
        };
        let inspected = self.inspector.inspect(&Blob::whole(bytes, origin), 0, excerpts, &mut self.found);
        let settled = self.found.drain(..).map(|found| found.settle(Base::default()));
        let wanted: Vec<Settled> = settled.filter(|s| keep(s.finding())).collect();
        self.shared.progress.add(0, 0, wanted.len());
        wanted.into_iter().for_each(|settled| self.gathered.add(settled));
        if let Err(broken) = inspected {
            self.gathered.fail(&origin.path, &broken.into());
        }
    }

    fn glance(&mut self, bytes: &[u8], changed: Option<&[Range<usize>]>) -> Marks {
        if self.shared.progress.is_stopped() {
            return Marks::default();
        }
        let anywhere = self.shared.anywhere.get_or_init(|| self.shared.detector.anywhere());
        let detector = anywhere.as_ref().unwrap_or(self.shared.detector);
        self.inspector.glance(detector, bytes, changed).unwrap_or_else(|broken| {
            self.gathered.fail("an object", &broken.into());
            Marks::default()
        })
    }

    fn counted(&mut self, bytes: usize) {
        self.gathered.files += 1;
        self.gathered.bytes += bytes as u64;
        self.shared.progress.add(1, bytes, 0);
    }

    fn masked(&mut self, text: &[u8]) -> String {
        self.inspector.masked(text)
    }

    fn large(&mut self, file: Large) {
        self.gathered.large.push(file);
    }

    fn stream(&mut self, origin: &Origin, reader: &mut (dyn Read + Send)) {
        parts::stream(self.shared, origin, reader, self.shared.settings.jobs, true, None);
    }

    fn inner(&mut self, origin: &Origin, reader: &mut (dyn Read + Send)) {
        // One reads, which is unpacking, while the other scans.
        parts::stream(self.shared, origin, reader, self.shared.settings.jobs.min(2), false, None);
    }

    fn sifted_stream(
        &mut self,
        origin: &Origin,
        reader: &mut (dyn Read + Send),
        keep: &mut dyn FnMut(&Finding) -> bool,
    ) {
        parts::stream(self.shared, origin, reader, self.shared.settings.jobs.min(2), false, Some(keep));
    }

    fn look_at_kind(&mut self, origin: &Origin, head: &[u8]) {
        let list = self.shared.settings.list_skipped;
        self.gathered.look_at_kind(origin, Sight::whole(origin.name(), head), list);
    }

    fn damaged(&mut self, path: &str, error: &io::Error) {
        let list = self.shared.settings.list_skipped;
        self.gathered.skip(DAMAGED, list.then(|| (path.to_owned(), format!("{DAMAGED}: {error}").into())));
    }

    fn skipped(&mut self, path: &str, reason: &'static str) {
        let list = self.shared.settings.list_skipped;
        self.gathered.skip(reason, list.then(|| (path.to_owned(), reason.into())));
    }

    fn failed(&mut self, path: &str, error: &io::Error) {
        self.gathered.fail(path, error);
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        locked(&self.shared.gathered).merge(std::mem::take(&mut self.gathered));
    }
}
