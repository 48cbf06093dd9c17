//! Large objects, read in order with little memory: loose ones, those that a pack holds whole, and those
//! that it tells as copies out of others.
//!
//! A delta copies from anywhere in its base, mostly forwards. So each base is produced in order as well,
//! with the last of it kept; what lies before that costs a new start, and the starts are limited.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::ZlibDecoder;
use gix::objs::Kind;
use gix::odb::pack::data::entry::Header;
use gix::{ObjectId, hash};

use super::delta::Code;
use super::object::Failed;
use super::pack::Pack;

/// How much is produced at once.
const PIECE: usize = 64 * 1024;

/// How much of all bases together is kept.
const KEPT: usize = 32 * 1024 * 1024;

/// How many deltas may stand on each other; git makes 50 by default, and no more for what is large.
const DEEPEST: usize = 64;

/// How many bytes may be produced for each byte of the object.
const MOST_WORK: u64 = 256;

/// An object's content. Reading fails where it is not what its id says.
pub struct Stream {
    kind: Kind,
    inner: Box<dyn Read + Send>,
    left: u64,
    /// Until the end is reached.
    hasher: Option<hash::Hasher>,
    id: ObjectId,
}

impl Stream {
    /// What the object is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The size in bytes that is left.
    pub fn left(&self) -> u64 {
        self.left
    }

    fn new(inner: Box<dyn Read + Send>, kind: Kind, size: u64, id: &gix::oid) -> Self {
        let mut hasher = hash::hasher(id.kind());
        hasher.update(&gix::objs::encode::loose_header(kind, size));
        Self { kind, inner, left: size, hasher: Some(hasher), id: id.to_owned() }
    }

    /// Nothing may follow, and all of it must be what the id says.
    fn end(&mut self) -> io::Result<()> {
        let Some(hasher) = self.hasher.take() else { return Ok(()) };
        let is_named = hasher.try_finalize().is_ok_and(|id| id == self.id);
        if is_named && self.inner.read(&mut [0])? == 0 { Ok(()) } else { Err(Failed::Corrupt.into()) }
    }
}

impl Read for Stream {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let wanted = out.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if wanted == 0 {
            if self.left == 0 {
                self.end()?;
            }
            return Ok(0);
        }
        let read = self.inner.read(&mut out[..wanted]).map_err(|_| io::Error::from(Failed::Corrupt))?;
        if read == 0 {
            return Err(Failed::Corrupt.into());
        }
        self.left -= read as u64;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(&out[..read]);
        }
        Ok(read)
    }
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream").field("id", &self.id).field("left", &self.left).finish_non_exhaustive()
    }
}

/// Opens an object in one of these directories of objects.
pub(super) fn open(directories: &[PathBuf], id: &gix::oid) -> Result<Stream, Failed> {
    for directory in directories {
        let hex = id.to_hex().to_string();
        if let Ok(file) = File::open(directory.join(&hex[..2]).join(&hex[2..])) {
            return loose(file, id);
        }
        for path in super::store::packs_in(&directory.join("pack")).unwrap_or_default() {
            let Ok(pack) = Pack::open(&path.with_extension("idx"), id.kind()) else { continue };
            if let Some(offset) = pack.offset(id) {
                return packed(&pack, offset, id);
            }
        }
    }
    Err(Failed::Missing)
}

fn loose(file: File, id: &gix::oid) -> Result<Stream, Failed> {
    let mut inner = ZlibDecoder::new(BufReader::new(file));
    let mut header = Vec::new();
    // The longest is `commit ` with twenty digits.
    for _ in 0..32 {
        let mut byte = [0];
        inner.read_exact(&mut byte).map_err(|_| Failed::Corrupt)?;
        if byte[0] == 0 {
            let text = std::str::from_utf8(&header).map_err(|_| Failed::Corrupt)?;
            let (kind, size) = text.split_once(' ').ok_or(Failed::Corrupt)?;
            let kind = Kind::from_bytes(kind.as_bytes()).map_err(|_| Failed::Corrupt)?;
            let size = size.parse().map_err(|_| Failed::Corrupt)?;
            return Ok(Stream::new(Box::new(inner), kind, size, id));
        }
        header.push(byte[0]);
    }
    Err(Failed::Corrupt)
}

fn packed(pack: &Pack, offset: u64, id: &gix::oid) -> Result<Stream, Failed> {
    // From the object down to the one that stands on none.
    let mut deltas = Vec::new();
    let mut at = pack.header(offset)?;
    let kind = loop {
        let base = match at.header {
            Header::OfsDelta { base_distance } => {
                at.pack_offset().checked_sub(base_distance).ok_or(Failed::Corrupt)?
            }
            Header::RefDelta { base_id } => pack.offset(&base_id).ok_or(Failed::Corrupt)?,
            header => break header.as_kind().ok_or(Failed::Corrupt)?,
        };
        deltas.push(at.data_offset);
        if deltas.len() > DEEPEST {
            return Err(Failed::TooLarge(at.decompressed_size));
        }
        at = pack.header(base)?;
    };
    let root = Inflated::open(pack.path(), at.data_offset).map_err(|_| Failed::Corrupt)?;
    if deltas.is_empty() {
        return Ok(Stream::new(Box::new(root.bytes), kind, at.decompressed_size, id));
    }
    let work = Arc::new(AtomicU64::new(0));
    let kept = KEPT / deltas.len();
    let mut top: Box<dyn Source> = Box::new(Replayed::new(root, kept, work.clone()));
    let mut size = 0;
    for offset in deltas.iter().rev() {
        let patched = Patched::open(top, pack.path(), *offset)?;
        size = patched.size;
        top = Box::new(Replayed::new(patched, kept, work.clone()));
    }
    work.store(size.max(at.decompressed_size).saturating_mul(MOST_WORK), Ordering::Relaxed);
    Ok(Stream::new(Box::new(Forwards { source: top, at: 0 }), kind, size, id))
}

/// What can be read from anywhere.
trait Source: Send {
    /// Reads something at a place; nothing at the end.
    fn read_at(&mut self, at: u64, out: &mut [u8]) -> io::Result<usize>;
}

/// What makes bytes in order.
trait Produce: Send {
    /// Begins anew.
    fn rewind(&mut self) -> io::Result<()>;

    /// Adds the next bytes; none at the end.
    fn more(&mut self, out: &mut Vec<u8>) -> io::Result<()>;
}

/// The bytes of a producer from anywhere: the last are kept, and what comes before them is produced again.
struct Replayed<P> {
    producer: P,
    window: Vec<u8>,
    /// Where the window begins.
    start: u64,
    kept: usize,
    /// How much may still be produced, for all bases together.
    work: Arc<AtomicU64>,
}

impl<P: Produce> Replayed<P> {
    fn new(producer: P, kept: usize, work: Arc<AtomicU64>) -> Self {
        Self { producer, window: Vec::new(), start: 0, kept, work }
    }
}

impl<P: Produce> Source for Replayed<P> {
    fn read_at(&mut self, at: u64, out: &mut [u8]) -> io::Result<usize> {
        if at < self.start {
            self.producer.rewind()?;
            (self.start, self.window) = (0, Vec::new());
        }
        while self.start + self.window.len() as u64 <= at {
            if self.window.len() > 2 * self.kept {
                let gone = self.window.len() - self.kept;
                self.window.drain(..gone);
                self.start += gone as u64;
            }
            let before = self.window.len();
            self.producer.more(&mut self.window)?;
            let made = (self.window.len() - before) as u64;
            if made == 0 {
                return Ok(0);
            }
            let left = |left: u64| left.checked_sub(made);
            if self.work.fetch_update(Ordering::Relaxed, Ordering::Relaxed, left).is_err() {
                return Err(io::Error::other("the object is told in too many steps"));
            }
        }
        let from = (at - self.start) as usize;
        let length = out.len().min(self.window.len() - from);
        out[..length].copy_from_slice(&self.window[from..from + length]);
        Ok(length)
    }
}

/// A source from its beginning to its end.
struct Forwards {
    source: Box<dyn Source>,
    at: u64,
}

impl Read for Forwards {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read_at(self.at, out)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// A stream of a pack.
struct Inflated {
    path: PathBuf,
    offset: u64,
    bytes: ZlibDecoder<BufReader<File>>,
}

impl Inflated {
    fn open(path: &Path, offset: u64) -> io::Result<Self> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        Ok(Self { path: path.to_owned(), offset, bytes: ZlibDecoder::new(BufReader::new(file)) })
    }
}

impl Produce for Inflated {
    fn rewind(&mut self) -> io::Result<()> {
        *self = Self::open(&self.path, self.offset)?;
        Ok(())
    }

    fn more(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        (&mut self.bytes).take(PIECE as u64).read_to_end(out).map(|_| ())
    }
}

/// What a delta makes of its base.
struct Patched {
    base: Box<dyn Source>,
    code: BufReader<Inflated>,
    size: u64,
    /// What is left of the copy at hand: where it begins, and how much.
    copy: (u64, u64),
}

impl Patched {
    fn open(base: Box<dyn Source>, path: &Path, offset: u64) -> Result<Self, Failed> {
        let code = Inflated::open(path, offset).map_err(|_| Failed::Corrupt)?;
        let mut patched = Self { base, code: BufReader::new(code), size: 0, copy: (0, 0) };
        patched.sizes().map_err(|_| Failed::Corrupt)?;
        Ok(patched)
    }

    /// The sizes before the instructions.
    fn sizes(&mut self) -> io::Result<()> {
        let mut next = || byte(&mut self.code);
        Code::size(&mut next)?;
        self.size = Code::size(&mut next)?;
        Ok(())
    }
}

impl Read for Inflated {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.bytes.read(out)
    }
}

fn byte(reader: &mut impl Read) -> io::Result<u8> {
    let mut byte = [0];
    reader.read_exact(&mut byte)?;
    Ok(byte[0])
}

impl Produce for Patched {
    fn rewind(&mut self) -> io::Result<()> {
        let Inflated { path, offset, .. } = self.code.get_ref();
        self.code = BufReader::new(Inflated::open(path, *offset)?);
        self.copy = (0, 0);
        self.sizes()
    }

    fn more(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        if self.copy.1 == 0 {
            let mut op = [0];
            if self.code.read(&mut op)? == 0 {
                return Ok(());
            }
            if op[0] & 0x80 == 0 {
                let length = u64::from(op[0]);
                let read = (&mut self.code).take(length).read_to_end(out)?;
                return if length > 0 && read as u64 == length {
                    Ok(())
                } else {
                    Err(Failed::Corrupt.into())
                };
            }
            let range = Code::copy(op[0], &mut || byte(&mut self.code))?;
            self.copy = (range.start as u64, range.len() as u64);
        }
        let (from, left) = self.copy;
        let before = out.len();
        out.resize(before + PIECE.min(usize::try_from(left).unwrap_or(PIECE)), 0);
        let read = self.base.read_at(from, &mut out[before..])?;
        out.truncate(before + read);
        if read == 0 {
            return Err(Failed::Corrupt.into());
        }
        self.copy = (from + read as u64, left - read as u64);
        Ok(())
    }
}
