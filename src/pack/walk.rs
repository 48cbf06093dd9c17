//! The walk: from a container to its entries, and into those that are containers themselves.
//!
//! What is inside an entry is none of the formats' business: they hand it over with
//! [`Walk::entry`], and get back what is to stand in its place.

use std::io::{self, ErrorKind, Read, SeekFrom, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::source::Source;
use super::spool::{Keeping, Spool};
use super::watch::{Compared, Counted, Failing, Guarded, Measured};
use super::{Behind, Filter, HEAD, Input, Kind, Limits, Told, Visitor, gz, sniff, tar, zip};
use crate::blob::Origin;
use crate::text;

/// Reads a container: gives every leaf to the visitor, in order, and tells what is not read. Of what is
/// corrupt, all is delivered that came before.
///
/// # Errors
///
/// Those of the visitor only; what is wrong with the container is told.
pub fn read(
    kind: Kind,
    origin: &Origin,
    input: Input<'_>,
    limits: Limits,
    visitor: &mut dyn Visitor,
) -> io::Result<()> {
    let mut walk = Walk::new(Job::Read(visitor), limits);
    let at = At::new(origin);
    match walk.outermost(kind, &at, input, &mut io::sink()) {
        Ok(_) => Ok(()),
        Err(Stop::Aborted(error)) => Err(error),
        Err(Stop::Broken(error)) => {
            let error = walk.budget.blame(error);
            walk.told(&at, Told::Failed(error));
            Ok(())
        }
    }
}

/// Copies a container, with each leaf filtered. Tells whether any leaf was changed; where none was, the
/// copy holds the same, but compressed streams may be other bytes, so keep the original.
///
/// Kept are: the format and the order of everything; of gzip the header, of zstd, xz and lz4 the kind of
/// checksum, of bzip2 the block size; of a tar all headers but for sizes and what follows from them; of
/// a zip all names, times, attributes, comments (filtered, too) and extra fields. Entries that the filter
/// leaves alone are copied as they were compressed, up to a megabyte of them. Not kept are the levels of
/// compression, the borders of concatenated members, and signatures over an archive's bytes.
///
/// What is to be written before its size is known waits in memory, and above a megabyte in a temporary
/// file without a name: only what the filter gave, never what it was given.
///
/// # Errors
///
/// A container that is corrupt anywhere, or nested too deep, those of the filter and of the writer. Then
/// nothing of the copy may be used.
pub fn rewrite(
    kind: Kind,
    origin: &Origin,
    input: Input<'_>,
    writer: &mut dyn Write,
    limits: Limits,
    filter: &mut dyn Filter,
) -> io::Result<bool> {
    let mut walk = Walk::new(Job::Rewrite(filter), limits);
    walk.outermost(kind, &At::new(origin), input, writer).map_err(|stop| match stop {
        Stop::Aborted(error) => error,
        Stop::Broken(error) => walk.budget.blame(error),
    })
}

/// Why a walk cannot go on here.
#[derive(Debug)]
pub(super) enum Stop {
    /// The data is cut off or corrupt: the container around it may go on behind it.
    Broken(io::Error),
    /// Whoever takes the leaves, or the output, does not go on.
    Aborted(io::Error),
}

/// What a step gives, or why it could not be done. Reading errors are the data's, so `?` says so.
pub(super) type Step<T> = Result<T, Stop>;

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Broken(error)
    }
}

/// Writes to the output, whose errors end everything.
pub(super) fn put(out: &mut dyn Write, bytes: &[u8]) -> Step<()> {
    out.write_all(bytes).map_err(Stop::Aborted)
}

/// A place in a container.
#[derive(Debug, Clone)]
pub(super) struct At {
    pub(super) origin: Origin,
    /// What the unpacked stream is called, where it turns out to be a leaf.
    stem: Option<String>,
    /// How many containers are around it.
    depth: usize,
    /// How many of them are compressions.
    squeezed: usize,
}

impl At {
    fn new(origin: &Origin) -> Self {
        Self { origin: origin.clone(), stem: None, depth: 0, squeezed: 0 }
    }

    /// An entry of an archive that is here.
    pub(super) fn entry(&self, name: &[u8], squeezed: bool) -> Self {
        let mut origin = self.origin.clone();
        origin.entry.push(String::from_utf8_lossy(name).into_owned());
        Self { origin, stem: None, depth: self.depth, squeezed: self.squeezed + usize::from(squeezed) }
    }

    fn deeper(&self) -> Self {
        Self { depth: self.depth + 1, stem: None, ..self.clone() }
    }

    fn unpacked(&self, codec: &super::Codec) -> Self {
        let named = self.stem.as_ref().or(self.origin.entry.last()).unwrap_or(&self.origin.path);
        let file = named.rsplit(['/', '\\']).next().unwrap_or_default();
        let stem = file.rsplit_once('.').filter(|(stem, extension)| {
            !stem.is_empty() && codec.extensions.iter().any(|e| e.eq_ignore_ascii_case(extension))
        });
        let stem = stem.map_or_else(|| format!("({})", codec.name), |(stem, _)| stem.to_owned());
        Self { stem: Some(stem), depth: self.depth + 1, squeezed: self.squeezed + 1, ..self.clone() }
    }

    fn leaf(&self) -> Origin {
        let mut origin = self.origin.clone();
        origin.entry.extend(self.stem.clone());
        origin
    }
}

/// Who takes the leaves.
enum Job<'j> {
    Read(&'j mut dyn Visitor),
    Rewrite(&'j mut dyn Filter),
}

/// A walk through one file.
pub(super) struct Walk<'j> {
    job: Job<'j>,
    limits: Limits,
    budget: Arc<Budget>,
}

impl<'j> Walk<'j> {
    fn new(job: Job<'j>, limits: Limits) -> Self {
        let budget = Budget { limits, taken: AtomicU64::new(0), nested: AtomicU64::new(0) };
        Self { job, limits, budget: Arc::new(budget) }
    }

    /// True where something is written.
    pub(super) fn rewrites(&self) -> bool {
        matches!(self.job, Job::Rewrite(_))
    }

    pub(super) fn told(&mut self, at: &At, told: Told) {
        match &mut self.job {
            Job::Read(visitor) => visitor.told(&at.origin, told),
            Job::Rewrite(filter) => filter.told(&at.origin, told),
        }
    }

    /// Texts in the headers of what is here.
    pub(super) fn beside<'a>(&mut self, at: &At, texts: impl IntoIterator<Item = &'a [u8]>) {
        for text in texts.into_iter().filter(|text| !text.is_empty()) {
            match &mut self.job {
                Job::Read(visitor) => visitor.beside(&at.origin, text),
                Job::Rewrite(filter) => filter.beside(&at.origin, text),
            }
        }
    }

    /// The names in the path of an entry without a leaf.
    pub(super) fn name_beside(&mut self, at: &At, name: &[u8]) {
        self.beside(at, name.split(|b| *b == b'/'));
    }

    /// An entry could not be read to its end, but its archive goes on behind it: told where it is read,
    /// and the end where it is rewritten.
    pub(super) fn broken(&mut self, at: &At, stop: Stop) -> Step<()> {
        let Stop::Broken(error) = stop else { return Err(stop) };
        let over = self.budget.is_over();
        if over || self.rewrites() {
            let name = at.origin.entry.iter().map(|e| text::printable(e)).collect::<Vec<_>>().join(" > ");
            let said = if over || name.is_empty() { error } else { named(&name, &error) };
            return Err(Stop::Broken(said));
        }
        self.told(at, Told::Failed(error));
        Ok(())
    }

    fn outermost(&mut self, kind: Kind, at: &At, input: Input<'_>, out: &mut dyn Write) -> Step<bool> {
        let taken = self.budget.clone();
        match input {
            Input::Stream(reader) => {
                let mut reader = Counted::new(reader, move |read| taken.take(read));
                self.container(kind, at, &mut reader, None, out)
            }
            Input::Rest { reader, read, written } => {
                let mut reader = Counted::new(reader, move |read| taken.take(read));
                zip::walk(self, &at.deeper(), zip::Lead { read, written }, &mut reader, None, out)
            }
            Input::File(file) => {
                let start = file.stream_position()?;
                let index = if matches!(kind, Kind::Zip) { zip::index(file, start)? } else { None };
                file.seek(SeekFrom::Start(start))?;
                let mut reader = Counted::new(file, move |read| taken.take(read));
                self.container(kind, at, &mut reader, index, out)
            }
        }
    }

    /// What an entry of an archive holds: a leaf, or a container. Tells whether it was changed.
    pub(super) fn entry(
        &mut self,
        at: &At,
        reader: &mut (dyn Read + Send),
        out: &mut dyn Write,
    ) -> Step<bool> {
        let mut head = [0; HEAD];
        let (length, failed) = fill(reader, &mut head);
        let head = &head[..length];
        let mut reader: Box<dyn Read + Send + '_> = match failed {
            Some(error) => Box::new(head.chain(Failing::new(error))),
            None => Box::new(head.chain(reader)),
        };
        match sniff(head) {
            None => self.plain(at, &mut *reader, out),
            Some(_) if at.depth >= self.limits.depth => {
                self.broken(at, Stop::Broken(io::Error::other("containers are nested too deep")))?;
                self.leaf(at, &mut *reader, out)
            }
            // What is compressed comes out as other bytes even where nothing changes.
            Some(kind @ Kind::Compressed(_)) if self.rewrites() => {
                let mut reader = Keeping::new(&mut *reader, true);
                let mut spool = Spool::default();
                let changed = self.container(kind, at, &mut reader, None, &mut spool)?;
                match reader.kept() {
                    Some(kept) if !changed => put(out, &kept)?,
                    _ => spool.pour(out).map_err(Stop::Aborted)?,
                }
                Ok(changed)
            }
            Some(kind) => self.container(kind, at, &mut *reader, None, out),
        }
    }

    fn container(
        &mut self,
        kind: Kind,
        at: &At,
        reader: &mut (dyn Read + Send),
        index: Option<zip::Index>,
        out: &mut dyn Write,
    ) -> Step<bool> {
        match kind {
            Kind::Compressed(codec) => self.compressed(codec, at, reader, out),
            Kind::Tar => tar::walk(self, &at.deeper(), &mut Source::new(Box::new(reader)), out),
            Kind::Zip => zip::walk(self, &at.deeper(), zip::Lead::default(), reader, index, out),
            Kind::Plain => self.plain(at, reader, out),
        }
    }

    /// What is no container by its beginning: a leaf, and perhaps a zip behind it.
    fn plain(&mut self, at: &At, reader: &mut (dyn Read + Send), out: &mut dyn Write) -> Step<bool> {
        let (mut behind, mut out) = (Behind::new(reader), Measured::new(out));
        let changed = self.leaf(at, &mut behind, &mut out)?;
        let Some(read) = behind.found() else { return Ok(changed) };
        let (lead, mut rest) = (zip::Lead { read, written: out.length }, behind.rest());
        if at.depth >= self.limits.depth {
            self.broken(at, Stop::Broken(io::Error::other("containers are nested too deep")))?;
            return self.leaf(at, &mut rest, &mut out);
        }
        Ok(zip::walk(self, &at.deeper(), lead, &mut rest, None, &mut out)? | changed)
    }

    fn compressed(
        &mut self,
        codec: &super::Codec,
        at: &At,
        reader: &mut (dyn Read + Send),
        out: &mut dyn Write,
    ) -> Step<bool> {
        let around = at;
        let at = at.unpacked(codec);
        if !self.rewrites() {
            let mut head = [0; HEAD];
            let (length, failed) = fill(reader, &mut head);
            let head = &head[..length];
            if codec.name == gz::CODEC.name {
                self.beside(around, gz::texts(head));
            }
            let reader: Box<dyn Read + Send + '_> = match failed {
                Some(error) => Box::new(head.chain(Failing::new(error))),
                None => Box::new(head.chain(reader)),
            };
            let mut plain = self.limited(&at, (codec.reader)(reader)?);
            return self.entry(&at, &mut *plain, out);
        }
        let mut head = [0; HEAD];
        let (length, failed) = fill(reader, &mut head);
        if let Some(error) = failed {
            return Err(Stop::Broken(error));
        }
        let head = &head[..length];
        if codec.name == gz::CODEC.name {
            self.beside(around, gz::texts(head));
        }
        let mut plain = self.limited(&at, (codec.reader)(Box::new(head.chain(reader)))?);
        let mut encoder = (codec.writer)(Box::new(out), head).map_err(Stop::Aborted)?;
        let changed = self.entry(&at, &mut *plain, &mut encoder)?;
        encoder.finish().map_err(Stop::Aborted)?;
        Ok(changed)
    }

    /// A stream that was unpacked here, which must keep to the limits where it was packed before.
    pub(super) fn limited<'a>(
        &self,
        at: &At,
        reader: Box<dyn Read + Send + 'a>,
    ) -> Box<dyn Read + Send + 'a> {
        if at.squeezed < 2 {
            return reader;
        }
        let budget = self.budget.clone();
        Box::new(Counted::new(reader, move |read| budget.unpack(read)))
    }

    /// Hands a leaf over, and sees to it that it is read to its end.
    pub(super) fn leaf(
        &mut self,
        at: &At,
        reader: &mut (dyn Read + Send),
        out: &mut dyn Write,
    ) -> Step<bool> {
        let mut reader = Guarded::new(reader);
        let origin = at.leaf();
        let changed = match &mut self.job {
            Job::Read(visitor) => {
                visitor.leaf(&origin, &mut reader).map_err(Stop::Aborted)?;
                io::copy(&mut reader, &mut io::sink())?;
                false
            }
            Job::Rewrite(filter) => {
                let (mut reader, mut writer) = Compared::pair(&mut reader, out);
                filter.leaf(&origin, &mut reader, &mut writer).map_err(Stop::Aborted)?;
                io::copy(&mut reader, &mut io::sink())?;
                writer.differs()
            }
        };
        reader.end()?;
        Ok(changed)
    }

    /// Filters a text that is no entry, such as a comment.
    pub(super) fn text(&mut self, at: &At, text: &[u8]) -> Step<Vec<u8>> {
        let mut out = Vec::new();
        self.leaf(at, &mut &*text, &mut out)?;
        Ok(if self.rewrites() { out } else { text.to_vec() })
    }
}

/// What may come out of streams that were compressed more than once.
struct Budget {
    limits: Limits,
    /// What was read of the input.
    taken: AtomicU64,
    /// What came out.
    nested: AtomicU64,
}

impl Budget {
    fn take(&self, read: usize) -> io::Result<()> {
        self.taken.fetch_add(read as u64, Ordering::Relaxed);
        Ok(())
    }

    fn unpack(&self, read: usize) -> io::Result<()> {
        self.nested.fetch_add(read as u64, Ordering::Relaxed);
        if self.is_over() { Err(overrun()) } else { Ok(()) }
    }

    fn is_over(&self) -> bool {
        let by_input = self.taken.load(Ordering::Relaxed).saturating_mul(self.limits.ratio);
        self.nested.load(Ordering::Relaxed) > by_input.max(self.limits.nested)
    }

    /// The error itself, or the overrun that made it.
    fn blame(&self, error: io::Error) -> io::Error {
        if self.is_over() { overrun() } else { error }
    }
}

fn overrun() -> io::Error {
    io::Error::other("unpacks to far more than its size allows")
}

/// An error with the way to the entry that it is about.
fn named(name: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{name}: {error}"))
}

/// Reads until the buffer is full or there is no more; tells how much that was, even before an error.
pub(super) fn fill(reader: &mut dyn Read, buffer: &mut [u8]) -> (usize, Option<io::Error>) {
    let mut length = 0;
    while length < buffer.len() {
        match reader.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return (length, Some(error)),
        }
    }
    (length, None)
}
