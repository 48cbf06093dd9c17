//! All objects of a pack, each decoded once, bases before what is told by them.
//!
//! Objects of a pack are trees of deltas. Threads take whole trees, in the order of the file, and walk
//! each from its root, so that a base is in memory when its deltas need it and no longer. Trees of
//! kinds that nobody asked for are not even inflated.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use gix::odb::pack::{MMap, data, index};
use gix::{ObjectId, hash, objs::Kind};

use super::delta::{self, Broken};
use super::object::{Failed, MAX_OBJECT, Object, Visitor};

/// How many trees of deltas a thread takes at a time: neighbours in the file share pages.
const TREES: usize = 64;

/// How many bytes of bases a thread keeps. What goes beyond is decoded again when it is needed.
const KEPT: usize = 64 * 1024 * 1024;

/// How many buffers a thread keeps for the next object, and how large one may be.
const SPARE: usize = 8;
const ROOMY: usize = 4 * 1024 * 1024;

/// No object.
const NONE: u32 = u32::MAX;

/// A pack with its index, both mapped.
pub(super) struct Pack {
    data: data::File<MMap>,
    index: index::File<MMap>,
    path: PathBuf,
    forest: OnceLock<Forest>,
}

impl Pack {
    /// Opens `pack-*.idx` and the pack beside it.
    pub(super) fn open(index: &Path, hash: hash::Kind) -> io::Result<Self> {
        let path = index.with_extension("pack");
        let said = |error: gix::Error| super::library_error::said(&error);
        let data = data::File::at(&path, hash).map_err(said)?;
        let index = index::File::at(index, hash).map_err(said)?;
        Ok(Self { data, index, path, forest: OnceLock::new() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn contains(&self, id: &gix::oid) -> bool {
        self.index.lookup(id).is_some()
    }
}

impl Pack {
    /// Where the entry of an object begins.
    pub(super) fn offset(&self, id: &gix::oid) -> Option<u64> {
        self.index.lookup(id).map(|name| self.index.pack_offset_at_index(name))
    }
}

/// How the objects of a pack hang together; everything by position in the order of the file.
#[derive(Default)]
struct Forest {
    entries: Vec<Entry>,
    roots: Vec<(u32, Kind)>,
    /// What could not be placed at all.
    lost: Vec<ObjectId>,
}

#[derive(Clone, Copy)]
struct Entry {
    offset: u64,
    /// The position in the index, where the id stands.
    name: u32,
    first_child: u32,
    next_sibling: u32,
}

impl Pack {
    /// Reads the header of every object; once.
    fn forest(&self) -> &Forest {
        self.forest.get_or_init(|| {
            let name = |name| {
                let offset = self.index.pack_offset_at_index(name);
                Entry { offset, name, first_child: NONE, next_sibling: NONE }
            };
            let mut entries: Vec<Entry> = (0..self.index.num_objects()).map(name).collect();
            entries.sort_unstable_by_key(|e| e.offset);
            let mut roots = Vec::new();
            // Backwards, so that siblings stand in the order of the file.
            for at in (0..entries.len()).rev() {
                match self.base(&entries, at) {
                    Ok(Base::None(kind)) => roots.push((at as u32, kind)),
                    Ok(Base::Entry(base)) => {
                        entries[at].next_sibling = entries[base].first_child;
                        entries[base].first_child = at as u32;
                    }
                    Err(_) => {}
                }
            }
            roots.reverse();
            // What stands on something lost, or on itself by way of others, is in no tree.
            let mut placed = vec![false; entries.len()];
            let mut open: Vec<u32> = roots.iter().map(|(root, _)| *root).collect();
            while let Some(at) = open.pop() {
                placed[at as usize] = true;
                let mut child = entries[at as usize].first_child;
                while child != NONE {
                    open.push(child);
                    child = entries[child as usize].next_sibling;
                }
            }
            let lost = (0..entries.len()).filter(|at| !placed[*at]);
            let lost = lost.map(|at| self.index.oid_at_index(entries[at].name).to_owned()).collect();
            Forest { entries, roots, lost }
        })
    }

    fn id(&self, at: usize) -> ObjectId {
        self.index.oid_at_index(self.forest().entries[at].name).to_owned()
    }

    /// What an entry says of itself.
    pub(super) fn header(&self, offset: u64) -> Result<data::Entry, Failed> {
        // Below the end of the data, or the parser would read what is no entry.
        if offset >= self.data.pack_end() as u64 {
            return Err(Failed::Corrupt);
        }
        self.data.entry(offset).map_err(|_| Failed::Corrupt)
    }

    fn base(&self, entries: &[Entry], at: usize) -> Result<Base, Failed> {
        let offset = match self.header(entries[at].offset)?.header {
            data::entry::Header::OfsDelta { base_distance } => {
                entries[at].offset.checked_sub(base_distance).ok_or(Failed::Corrupt)?
            }
            data::entry::Header::RefDelta { base_id } => {
                let name = self.index.lookup(base_id).ok_or(Failed::Corrupt)?;
                self.index.pack_offset_at_index(name)
            }
            header => return header.as_kind().map(Base::None).ok_or(Failed::Corrupt),
        };
        let base = entries.binary_search_by_key(&offset, |e| e.offset).map_err(|_| Failed::Corrupt)?;
        if base == at { Err(Failed::Corrupt) } else { Ok(Base::Entry(base)) }
    }

    /// Tells the visitor what could not be placed.
    pub(super) fn tell_lost(&self, visitor: &mut dyn Visitor) {
        for id in &self.forest().lost {
            visitor.failed(id, Failed::Corrupt);
        }
    }

    /// Walks trees of wanted kinds until none is left; one call for each thread, all with one `next`,
    /// that begins at 0.
    pub(super) fn walk(
        &self,
        next: &AtomicUsize,
        wanted: fn(Kind) -> bool,
        skip: &dyn Fn(&gix::oid) -> bool,
        visitor: &mut dyn Visitor,
    ) {
        let roots = &self.forest().roots;
        let mut walker = Walker::new(self, skip);
        loop {
            let first = next.fetch_add(TREES, Ordering::Relaxed);
            if first >= roots.len() {
                return;
            }
            for (root, kind) in &roots[first..roots.len().min(first + TREES)] {
                if wanted(*kind) {
                    walker.tree(*root as usize, *kind, visitor);
                }
            }
        }
    }
}

enum Base {
    None(Kind),
    Entry(usize),
}

/// An object on the way from the root to the one at hand.
struct Frame {
    at: usize,
    /// The next of its deltas.
    child: u32,
    /// Empty where they were given up to save memory.
    bytes: Option<Vec<u8>>,
    /// Nothing was found in it.
    quiet: bool,
}

struct Walker<'f> {
    pack: &'f Pack,
    entries: &'f [Entry],
    skip: &'f dyn Fn(&gix::oid) -> bool,
    inflate: gix::zlib::Inflate,
    delta: Vec<u8>,
    changed: Vec<Range<usize>>,
    stack: Vec<Frame>,
    /// The bytes of the frames.
    kept: usize,
    spare: Vec<Vec<u8>>,
}

impl<'f> Walker<'f> {
    fn new(pack: &'f Pack, skip: &'f dyn Fn(&gix::oid) -> bool) -> Self {
        Self {
            pack,
            entries: &pack.forest().entries,
            skip,
            inflate: gix::zlib::Inflate::default(),
            delta: Vec::new(),
            changed: Vec::new(),
            stack: Vec::new(),
            kept: 0,
            spare: Vec::new(),
        }
    }

    /// One tree of deltas, the root first.
    fn tree(&mut self, root: usize, kind: Kind, visitor: &mut dyn Visitor) {
        let mut bytes = self.buffer();
        if let Err(failed) = self.inflate(root, &mut bytes) {
            return self.fail(root, failed, visitor);
        }
        let quiet = self.show(root, kind, &bytes, None, visitor);
        self.push(root, bytes, quiet);
        while let Some(top) = self.stack.len().checked_sub(1) {
            let at = self.stack[top].child;
            if at == NONE {
                self.pop();
                continue;
            }
            let at = at as usize;
            self.stack[top].child = self.entries[at].next_sibling;
            match self.child(top, at) {
                Ok(bytes) => {
                    let changed = std::mem::take(&mut self.changed);
                    let known = self.stack[top].quiet.then_some(&changed[..]);
                    let quiet = self.show(at, kind, &bytes, known, visitor);
                    self.changed = changed;
                    // A base whose last delta this was is not needed any more.
                    if self.stack[top].child == NONE {
                        self.give_up(top);
                    }
                    self.push(at, bytes, quiet);
                }
                Err(failed) => self.fail(at, failed, visitor),
            }
        }
    }

    fn show(
        &self,
        at: usize,
        kind: Kind,
        bytes: &[u8],
        changed: Option<&[Range<usize>]>,
        visitor: &mut dyn Visitor,
    ) -> bool {
        let id = self.pack.id(at);
        if (self.skip)(&id) {
            return false;
        }
        visitor.object(&Object { id: &id, kind, bytes, changed })
    }

    /// The object at `at`, whose base is the frame `top`; leaves what changed in `changed`.
    fn child(&mut self, top: usize, at: usize) -> Result<Vec<u8>, Failed> {
        if self.stack[top].bytes.is_none() {
            let bytes = self.restored(top)?;
            self.kept += bytes.len();
            self.stack[top].bytes = Some(bytes);
        }
        let mut delta = std::mem::take(&mut self.delta);
        let read = self.inflate(at, &mut delta);
        self.delta = delta;
        read?;
        let mut bytes = self.buffer();
        let base = self.stack[top].bytes.as_deref().unwrap_or_default();
        match delta::apply(base, &self.delta, &mut bytes, &mut self.changed) {
            Ok(()) => Ok(bytes),
            Err(broken) => {
                self.spare.push(bytes);
                Err(broken.into())
            }
        }
    }

    /// Decodes a frame again whose bytes were given up, from the nearest frame that has its own.
    fn restored(&mut self, top: usize) -> Result<Vec<u8>, Failed> {
        let from = (0..top).rev().find(|frame| self.stack[*frame].bytes.is_some()).unwrap_or(0);
        let mut bytes = self.buffer();
        match &self.stack[from].bytes {
            Some(base) => bytes.extend_from_slice(base),
            None => self.inflate(self.stack[from].at, &mut bytes)?,
        }
        let (mut next, mut delta, mut changed) = (self.buffer(), Vec::new(), Vec::new());
        for frame in from + 1..=top {
            self.inflate(self.stack[frame].at, &mut delta)?;
            delta::apply(&bytes, &delta, &mut next, &mut changed)?;
            std::mem::swap(&mut bytes, &mut next);
        }
        Ok(bytes)
    }

    /// Inflates what stands at an entry: an object, or the instructions of a delta.
    fn inflate(&mut self, at: usize, out: &mut Vec<u8>) -> Result<(), Failed> {
        let entry = self.pack.header(self.entries[at].offset)?;
        let size = entry.decompressed_size;
        if size > MAX_OBJECT {
            return Err(Failed::TooLarge(size));
        }
        out.clear();
        out.resize(size as usize, 0);
        let data = &self.pack.data;
        data.decompress_entry(&entry, &mut self.inflate, out).map(|_| ()).map_err(|_| Failed::Corrupt)
    }

    fn push(&mut self, at: usize, bytes: Vec<u8>, quiet: bool) {
        let child = self.entries[at].first_child;
        if child == NONE {
            self.spare.push(bytes);
            return;
        }
        self.kept += bytes.len();
        self.stack.push(Frame { at, child, bytes: Some(bytes), quiet });
        let mut oldest = 0;
        while self.kept > KEPT && oldest + 1 < self.stack.len() {
            self.give_up(oldest);
            oldest += 1;
        }
    }

    fn pop(&mut self) {
        self.give_up(self.stack.len() - 1);
        self.stack.pop();
    }

    fn give_up(&mut self, frame: usize) {
        if let Some(bytes) = self.stack[frame].bytes.take() {
            self.kept -= bytes.len();
            self.spare.push(bytes);
        }
    }

    /// An empty buffer that was used before, but none that would hold a lot of memory for little.
    fn buffer(&mut self) -> Vec<u8> {
        self.spare.truncate(SPARE);
        let mut bytes = self.spare.pop().filter(|b| b.capacity() <= ROOMY).unwrap_or_default();
        bytes.clear();
        bytes
    }

    /// The object at `at` cannot be had, and nothing that stands on it.
    fn fail(&mut self, at: usize, failed: Failed, visitor: &mut dyn Visitor) {
        let mut open = vec![at];
        while let Some(at) = open.pop() {
            let id = self.pack.id(at);
            if !(self.skip)(&id) {
                visitor.failed(&id, failed);
            }
            let mut child = self.entries[at].first_child;
            while child != NONE {
                open.push(child as usize);
                child = self.entries[child as usize].next_sibling;
            }
        }
    }
}

impl From<Broken> for Failed {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Corrupt => Failed::Corrupt,
            Broken::TooLarge(size) => Failed::TooLarge(size),
        }
    }
}
