//! The walk: from a container to its entries, and into those that are containers themselves.
//!
//! What is inside an entry is none of the formats' business: they hand it over with
//! [`Walk::entry`], and get back what is to stand in its place.

use std::io::{self, Read, SeekFrom, Write};
use std::sync::Arc;

use super::behind::Behind;
use super::codec::{Codec, HEAD};
use super::container::{Input, Kind};
use super::gz;
use super::leaves::{Filter, Told, Visitor};
use super::limits::{Budget, Limits};
use super::place::At;
use super::sniff::sniff;
use super::source::{Source, fill};
use super::spool::{Keeping, Spool};
use super::step::{Step, Stop, put};
use super::watch::{Compared, Counted, Failing, Guarded, Measured};
use super::zip::index::{Index, index};
use super::zip::lead::Lead;
use crate::text;

/// The walks through the formats that hold entries, handed over because they in turn hand their entries to
/// this one.
#[derive(Clone, Copy)]
pub(super) struct Archives {
    /// A tape archive.
    pub(super) tar: TarWalk,
    /// A zip; what came before it, and its directory where that could be read already.
    pub(super) zip: ZipWalk,
}

type TarWalk = fn(&mut Walk<'_>, &At, &mut Source<'_>, &mut dyn Write) -> Step<bool>;

type ZipWalk =
    fn(&mut Walk<'_>, &At, Lead, &mut (dyn Read + Send), Option<Index>, &mut dyn Write) -> Step<bool>;

/// Who takes the leaves.
pub(super) enum Job<'j> {
    Read(&'j mut dyn Visitor),
    Rewrite(&'j mut dyn Filter),
}

/// A walk through one file.
pub(super) struct Walk<'j> {
    job: Job<'j>,
    archives: Archives,
    limits: Limits,
    pub(super) budget: Arc<Budget>,
}

impl<'j> Walk<'j> {
    pub(super) fn new(job: Job<'j>, limits: Limits, archives: Archives) -> Self {
        Self { job, archives, limits, budget: Arc::new(Budget::new(limits)) }
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

    /// The whole of a file. Tells whether anything was changed in the copy.
    pub(super) fn outermost(
        &mut self,
        kind: Kind,
        at: &At,
        input: Input<'_>,
        out: &mut dyn Write,
    ) -> Step<bool> {
        let taken = self.budget.clone();
        match input {
            Input::Stream(reader) => {
                let mut reader = Counted::new(reader, move |read| taken.take(read));
                self.container(kind, at, &mut reader, None, out)
            }
            Input::Rest { reader, read, written } => {
                let mut reader = Counted::new(reader, move |read| taken.take(read));
                (self.archives.zip)(self, &at.deeper(), Lead { read, written }, &mut reader, None, out)
            }
            Input::File(file) => {
                let start = file.stream_position()?;
                let index = if matches!(kind, Kind::Zip) { index(file, start)? } else { None };
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
        index: Option<Index>,
        out: &mut dyn Write,
    ) -> Step<bool> {
        match kind {
            Kind::Compressed(codec) => self.compressed(codec, at, reader, out),
            Kind::Tar => (self.archives.tar)(self, &at.deeper(), &mut Source::new(Box::new(reader)), out),
            Kind::Zip => (self.archives.zip)(self, &at.deeper(), Lead::default(), reader, index, out),
            Kind::Plain => self.plain(at, reader, out),
        }
    }

    /// What is no container by its beginning: a leaf, and perhaps a zip behind it.
    fn plain(&mut self, at: &At, reader: &mut (dyn Read + Send), out: &mut dyn Write) -> Step<bool> {
        let (mut behind, mut out) = (Behind::new(reader), Measured::new(out));
        let changed = self.leaf(at, &mut behind, &mut out)?;
        let Some(read) = behind.found() else { return Ok(changed) };
        let (lead, mut rest) = (Lead { read, written: out.length }, behind.rest());
        if at.depth >= self.limits.depth {
            self.broken(at, Stop::Broken(io::Error::other("containers are nested too deep")))?;
            return self.leaf(at, &mut rest, &mut out);
        }
        Ok((self.archives.zip)(self, &at.deeper(), lead, &mut rest, None, &mut out)? | changed)
    }

    fn compressed(
        &mut self,
        codec: &Codec,
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

/// An error with the way to the entry that it is about.
fn named(name: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{name}: {error}"))
}
