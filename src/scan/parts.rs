//! Large files and streams: read and scanned in parts by all threads.
//!
//! The parts have one size whatever the number of threads, and each carries [`CONTEXT`] bytes of its
//! neighbours, so that together they report what the whole would. A thread takes the next part, scans
//! it, and counts its lines while the bytes are still in the cache; when all are done the counts are
//! summed up in order and the places settled. Memory is one buffer for each thread, however large the
//! file.

use std::fs::File;
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};

use super::encoding::Encoding;
use super::found::{Found, Inspector};
use super::place::{Base, Counted, count};
use super::shared::{Gathered, Shared, locked};
use crate::blob::{Blob, CONTEXT, HEAD, Origin};
use crate::finding::Finding;
use crate::input::{Crew, Large, unpack_behind};
use crate::pack::{self, Sight, Unopened};
use crate::prove::Exhibits;
use crate::text::Span;
use crate::threads;

/// How many bytes a part owns.
const PART: usize = 1024 * 1024;

/// What a thread reads a part into: the part and what stands on either side of it.
const BUFFER: usize = CONTEXT + PART + CONTEXT;

/// Scans these files with all threads, one file after the other.
pub(super) fn files(shared: &Shared<'_>, mut large: Vec<Large>) {
    if large.is_empty() {
        return;
    }
    large.sort_by(|a, b| a.path.cmp(&b.path));
    let tasks: Vec<Task> = large.iter().map(|file| Task::new(&file.origin)).collect();
    threads::on(shared.settings.jobs, || {
        let mut hand = Hand::new(shared);
        for (task, file) in tasks.iter().zip(&large) {
            task.join_in(shared, file, &mut hand);
        }
    });
    for (task, file) in tasks.into_iter().zip(&large) {
        let start = locked(&task.seen).zip;
        let inside = start.filter(|start| unpack_behind(&mut *shared.sink(), file, *start));
        task.finish(shared, None, inside);
    }
}

/// What of a stream's findings counts; without one all, and the stream counts as a file that was read.
pub(super) type Keep<'k> = Option<&'k mut dyn FnMut(&Finding) -> bool>;

/// Scans a stream with so many threads: they take turns at reading. One that `ends` by itself where the scan
/// is stopped is read up to there.
pub(super) fn stream(
    shared: &Shared<'_>,
    origin: &Origin,
    reader: &mut (dyn Read + Send),
    jobs: usize,
    ends: bool,
    keep: Keep<'_>,
) {
    let task = Task::new(origin);
    let stream = Mutex::new(Stream::new(reader));
    let work = |limit: usize| {
        let mut hand = Hand::new(shared);
        for _ in 0..limit {
            if !ends && shared.progress.is_stopped() {
                break;
            }
            let part = locked(&stream).next(&mut hand, &task.head);
            let head = task.head.get().map_or(&[][..], Vec::as_slice);
            if !task.take(shared, &mut hand, head, part) {
                break;
            }
        }
    };
    // The first part alone tells whether threads are worth it.
    work(1);
    if !locked(&stream).ended {
        threads::on(jobs, || work(usize::MAX));
    }
    if let Some(error) = locked(&stream).error.take() {
        task.stop(error);
    }
    task.finish(shared, keep, None);
}

/// A part in a buffer: the bytes that are its own, and where it stands.
#[derive(Debug, Clone, Copy)]
struct Part {
    index: u64,
    /// Where the buffer begins in the file.
    offset: u64,
    owned: Span,
}

/// What one thread works with.
struct Hand<'d> {
    inspector: Inspector<'d>,
    /// Zeroed once; pages that are never written to cost nothing.
    bytes: Vec<u8>,
    /// How many of `bytes` were read.
    length: usize,
}

impl<'d> Hand<'d> {
    fn new(shared: &Shared<'d>) -> Self {
        Self { inspector: shared.inspector(), bytes: vec![0; BUFFER], length: 0 }
    }
}

/// One file or stream, and what is known of it so far.
struct Task {
    origin: Origin,
    next: AtomicU64,
    ended: AtomicBool,
    /// The first bytes.
    head: OnceLock<Vec<u8>>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    done: Vec<Done>,
    bytes: u64,
    error: Option<io::Error>,
    /// Where the first zip begins that stands in it.
    zip: Option<u64>,
}

/// What a part gave.
struct Done {
    index: u64,
    counted: Counted,
    /// Given back part by part when the places are settled: all of it is never held twice.
    found: Vec<Found>,
    /// Each once for the part, however often the secret comes in it.
    exhibits: Exhibits,
    /// What it shows that nothing looks into.
    kind: Option<&'static Unopened>,
}

impl Task {
    fn new(origin: &Origin) -> Self {
        Self {
            origin: origin.clone(),
            next: AtomicU64::new(0),
            ended: AtomicBool::new(false),
            head: OnceLock::new(),
            seen: Mutex::default(),
        }
    }

    /// Takes parts of a file until none is left.
    fn join_in(&self, shared: &Shared<'_>, large: &Large, hand: &mut Hand<'_>) {
        if self.ended.load(Ordering::Relaxed) {
            return;
        }
        let mut head = vec![0; HEAD];
        let file = match File::open(&large.path) {
            Ok(file) => file,
            Err(error) => return self.stop(error),
        };
        let (length, read) = read_at(&file, &mut head, 0);
        head.truncate(length);
        if let Err(error) = read {
            return self.stop(error);
        }
        let head = self.head.get_or_init(|| head);
        while let part = self.next_of(&file, hand)
            && !shared.progress.is_stopped()
            && self.take(shared, hand, head, part)
        {}
    }

    /// Reads the next part. How long the file is shows when it ends, not before: a log grows while
    /// it is read.
    fn next_of(&self, file: &File, hand: &mut Hand<'_>) -> Option<Part> {
        if self.ended.load(Ordering::Relaxed) {
            return None;
        }
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        let start = index * PART as u64;
        let offset = start.saturating_sub(CONTEXT as u64);
        let lead = (start - offset) as usize;
        let wanted = lead + PART + CONTEXT;
        let (length, read) = read_at(file, &mut hand.bytes[..wanted], offset);
        hand.length = length;
        if length <= lead + PART {
            self.ended.store(true, Ordering::Relaxed);
        }
        if let Err(error) = read {
            self.stop(error);
        }
        let owned = Span::new(lead, length.clamp(lead, lead + PART));
        (!owned.is_empty()).then_some(Part { index, offset, owned })
    }

    /// Scans the part in `hand`. False where there is none.
    fn take(&self, shared: &Shared<'_>, hand: &mut Hand<'_>, head: &[u8], part: Option<Part>) -> bool {
        let Some(part) = part else { return false };
        let bytes = &hand.bytes[..hand.length];
        let at_start = part.offset == 0;
        let blob = Blob { bytes, owned: part.owned, at_start, origin: &self.origin, head, root: None };
        let mut found = Vec::new();
        let inspected = hand.inspector.inspect(&blob, part.offset, shared.settings.excerpts, &mut found);
        let counted = count(Encoding::of(head), bytes, part.owned.range(), at_start);
        shared.progress.add(0, part.owned.len(), found.len());
        let owned = &bytes[part.owned.range().start..];
        let zip = pack::find_behind(owned).filter(|at| *at < part.owned.len());
        let zip = zip.map(|at| part.offset + (part.owned.range().start + at) as u64);
        let before_zip =
            &bytes[..bytes.len().min(zip.map_or(bytes.len(), |zip| (zip - part.offset) as usize))];
        let kind = match part.index {
            0 => Sight::whole(self.origin.name(), before_zip),
            _ => pack::unopened_in_part(before_zip),
        };
        let mut exhibits = Exhibits::default();
        found.iter_mut().for_each(|found| found.put_by(&mut exhibits));
        found.shrink_to_fit();
        let mut seen = locked(&self.seen);
        seen.bytes += part.owned.len() as u64;
        seen.zip = seen.zip.into_iter().chain(zip).min();
        seen.done.push(Done { index: part.index, counted, found, exhibits, kind });
        if let Err(broken) = inspected {
            seen.error.get_or_insert(broken.into());
        }
        true
    }

    /// Reads no further; what was read so far counts.
    fn stop(&self, error: io::Error) {
        self.ended.store(true, Ordering::Relaxed);
        locked(&self.seen).error.get_or_insert(error);
    }

    /// Settles the places and hands over; what stands behind `end` was found in another way.
    fn finish(self, shared: &Shared<'_>, mut keep: Keep<'_>, end: Option<u64>) {
        let mut seen = self.seen.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        seen.done.sort_by_key(|done| done.index);
        // What is sifted was counted when it was first looked at.
        let (files, bytes) = if keep.is_some() { (0, 0) } else { (1, seen.bytes) };
        let mut gathered = Gathered { files, bytes, ..Gathered::default() };
        gathered.leaks.reserve_exact(seen.done.iter().map(|done| done.found.len()).sum());
        // Behind a zip that was opened nothing of it shows any more.
        let parts = if end.is_some() { 1 } else { seen.done.len() };
        let kind = seen.done.iter().take(parts).find_map(|done| done.kind);
        gathered.look_at_kind(&self.origin, kind, shared.settings.list_skipped);
        let mut base = Base::default();
        for Done { counted, found, exhibits, .. } in seen.done {
            gathered.exhibits.merge(exhibits);
            let settled = found.into_iter().map(|found| found.settle(base));
            let settled = settled.filter(|s| end.is_none_or(|end| s.finding().offset < end));
            let kept = settled.filter(|s| keep.as_mut().is_none_or(|keep| keep(s.finding())));
            kept.for_each(|settled| gathered.add(settled));
            base = base.after(counted);
        }
        if let Some(error) = seen.error {
            gathered.fail(&self.origin.path, &error);
        }
        shared.progress.add(files, 0, 0);
        locked(&shared.gathered).merge(gathered);
    }
}

/// A reader that is read in parts, in order.
struct Stream<'r> {
    reader: &'r mut (dyn Read + Send),
    /// What the next part needs of what was read already: its context before, and its own beginning.
    carry: Vec<u8>,
    /// How much of `carry` is context.
    lead: usize,
    /// Where `carry` begins in the stream.
    offset: u64,
    index: u64,
    /// Nothing more can be read. A terminal must not be asked twice.
    dry: bool,
    /// Nothing more is left to scan.
    ended: bool,
    error: Option<io::Error>,
}

impl<'r> Stream<'r> {
    fn new(reader: &'r mut (dyn Read + Send)) -> Self {
        let (carry, lead, offset, index) = (Vec::new(), 0, 0, 0);
        Self { reader, carry, lead, offset, index, dry: false, ended: false, error: None }
    }

    fn next(&mut self, hand: &mut Hand<'_>, head: &OnceLock<Vec<u8>>) -> Option<Part> {
        if self.ended {
            return None;
        }
        let carried = self.carry.len();
        let wanted = self.lead + PART + CONTEXT;
        hand.bytes[..carried].copy_from_slice(&self.carry);
        hand.length = carried;
        if !self.dry {
            let (length, read) = fill(&mut hand.bytes[carried..wanted], |rest, _| self.reader.read(rest));
            hand.length += length;
            self.dry = hand.length < wanted;
            self.error = read.err();
        }
        if self.index == 0 {
            head.get_or_init(|| hand.bytes[..hand.length.min(HEAD)].to_vec());
        }
        let owned = Span::new(self.lead, hand.length.min(self.lead + PART));
        let part = Part { index: self.index, offset: self.offset, owned };
        let context = owned.end.saturating_sub(CONTEXT);
        self.ended = owned.end == hand.length;
        self.carry.clear();
        self.carry.extend_from_slice(&hand.bytes[context..hand.length]);
        self.lead = owned.end - context;
        self.offset += context as u64;
        self.index += 1;
        (!owned.is_empty()).then_some(part)
    }
}

/// Reads at `offset` until the buffer is full or the file ends, without moving anybody's cursor.
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> (usize, io::Result<()>) {
    fill(buffer, |rest, done| {
        let at = offset + done as u64;
        #[cfg(unix)]
        return std::os::unix::fs::FileExt::read_at(file, rest, at);
        #[cfg(windows)]
        return std::os::windows::fs::FileExt::seek_read(file, rest, at);
    })
}

/// Reads until the buffer is full or there is no more; tells how much that was, even before an error.
fn fill(
    buffer: &mut [u8],
    mut read: impl FnMut(&mut [u8], usize) -> io::Result<usize>,
) -> (usize, io::Result<()>) {
    let mut length = 0;
    while length < buffer.len() {
        match read(&mut buffer[length..], length) {
            Ok(0) => break,
            Ok(n) => length += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (length, Err(error)),
        }
    }
    (length, Ok(()))
}
