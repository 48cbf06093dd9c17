//! Tape archives: old ones, ustar, pax and GNU.
//!
//! Headers are kept as the bytes that they are; only a size that changed is written into one, with the
//! checksum. So whatever a program put into them stays, known here or not.

pub(super) mod header;

use std::io::Write;

use self::header::{BLOCK, Header, Pax};
use super::place::At;
use super::source::{Exactly, Source, corrupt, cut_off};
use super::spool::Spool;
use super::step::{Step, Stop, put};
use super::walk::Walk;

/// How long a header may be that only describes the entry after it.
const LONGEST: u64 = 1024 * 1024;

/// Goes through all entries. Tells whether any was changed.
pub(super) fn walk(walk: &mut Walk<'_>, at: &At, source: &mut Source<'_>, out: &mut dyn Write) -> Step<bool> {
    let mut tar = Tar { walk, at, out, told: Told::default(), changed: false };
    let mut ended = false;
    loop {
        let block = source.peek(BLOCK)?;
        let length = block.len();
        if block.iter().all(|b| *b == 0) {
            put(tar.out, block)?;
            ended |= length == BLOCK;
            source.skip(length as u64)?;
            if length < BLOCK {
                return if tar.told.raw.is_empty() { Ok(tar.changed) } else { Err(cut_off().into()) };
            }
        } else if let Some(header) = Header::new(block) {
            source.skip(BLOCK as u64)?;
            tar.next(header, source)?;
        } else if ended {
            let rest = tar.at.entry(b"(after the end)", false);
            return Ok(tar.walk.leaf(&rest, source, tar.out)? | tar.changed);
        } else {
            let broken = Stop::Broken(if length < BLOCK { cut_off() } else { corrupt("header of an entry") });
            if !tar.walk.rewrites() {
                let rest = tar.at.entry(b"(after a corrupt header)", false);
                tar.walk.leaf(&rest, source, tar.out)?;
            }
            return Err(broken);
        }
    }
}

struct Tar<'t, 'j> {
    walk: &'t mut Walk<'j>,
    at: &'t At,
    out: &'t mut dyn Write,
    told: Told,
    changed: bool,
}

/// What headers say of the entry that comes after them.
#[derive(Default)]
struct Told {
    /// They themselves, as they stand in the archive.
    raw: Vec<u8>,
    name: Option<Vec<u8>>,
    /// Where a link leads, where that is too long for its header.
    link: Option<Vec<u8>>,
    pax: Option<Pax>,
}

impl Tar<'_, '_> {
    fn next(&mut self, header: Header, source: &mut Source<'_>) -> Step<()> {
        match header.kind() {
            kind @ (b'x' | b'X' | b'g' | b'L' | b'K') => self.description(kind, &header, source),
            // What is no file has no data, whatever its size says.
            b'1'..=b'6' => {
                let told = std::mem::take(&mut self.told);
                self.beside(&told, &header, true);
                put(self.out, &told.raw)?;
                put(self.out, header.bytes())
            }
            b'V' | b'D' | b'N' => self.as_it_is(&header, source),
            _ => self.file(header, source),
        }
    }

    /// What stands in the headers of an entry beside what it holds; its name as well where it holds nothing.
    fn beside(&mut self, told: &Told, header: &Header, is_all: bool) {
        let name = told.name.clone().unwrap_or_else(|| header.name());
        let at = self.at.entry(&name, false);
        if is_all {
            self.walk.name_beside(&at, &name);
        }
        self.walk.beside(&at, header.texts().chain(told.link.as_deref()));
        self.walk.beside(&at, told.pax.iter().flat_map(Pax::texts));
    }

    /// A header that describes the next entry.
    fn description(&mut self, kind: u8, header: &Header, source: &mut Source<'_>) -> Step<()> {
        let size = header.size()?;
        if size > LONGEST || self.told.raw.len() as u64 > 4 * LONGEST {
            return Err(corrupt("a description of an entry is too long").into());
        }
        let body = source.exact(size as usize)?;
        let padding = source.exact(padding(size))?;
        let start = self.told.raw.len();
        for part in [header.bytes(), &body[..], &padding[..]] {
            self.told.raw.extend_from_slice(part);
        }
        match kind {
            b'x' | b'X' => {
                let pax = Pax::new(&body, start..self.told.raw.len())?;
                if let Some(name) = pax.name() {
                    self.told.name = Some(name.to_vec());
                }
                self.told.pax = Some(pax);
            }
            b'L' => {
                self.told.name = Some(body.split(|b| *b == 0).next().unwrap_or_default().to_vec());
            }
            b'K' => {
                self.told.link = Some(body.split(|b| *b == 0).next().unwrap_or_default().to_vec());
            }
            // It is of all entries that follow, and of none of them.
            _ => {
                if let Ok(pax) = Pax::new(&body, 0..0) {
                    self.walk.beside(self.at, pax.texts());
                }
            }
        }
        Ok(())
    }

    /// An entry that holds nothing to be read.
    fn as_it_is(&mut self, header: &Header, source: &mut Source<'_>) -> Step<()> {
        let told = std::mem::take(&mut self.told);
        self.beside(&told, header, true);
        put(self.out, &told.raw)?;
        put(self.out, header.bytes())?;
        let size = header.size()?;
        let mut left = size + padding(size) as u64;
        while left > 0 {
            let part = source.exact(left.min(LONGEST) as usize)?;
            put(self.out, &part)?;
            left -= part.len() as u64;
        }
        Ok(())
    }

    fn file(&mut self, mut header: Header, source: &mut Source<'_>) -> Step<()> {
        let mut told = std::mem::take(&mut self.told);
        let size = match told.pax.as_ref().and_then(Pax::size) {
            Some(size) => size,
            None => header.size()?,
        };
        self.beside(&told, &header, size == 0);
        let name = told.name.take().unwrap_or_else(|| header.name());
        let at = self.at.entry(&name, false);
        let sparse = header.is_sparse() || told.pax.as_ref().is_some_and(Pax::is_sparse);
        if header.is_sparse() {
            // The map goes on in blocks of its own, as long as each says so.
            let mut more = header.more_map();
            told.raw.extend_from_slice(header.bytes());
            while more {
                put(self.out, &told.raw)?;
                told.raw = source.exact(BLOCK)?;
                more = told.raw[504] != 0;
            }
        }
        if size == 0 {
            put(self.out, &told.raw)?;
            return if header.is_sparse() { Ok(()) } else { put(self.out, header.bytes()) };
        }
        let mut spool = Spool::default();
        let mut data = Exactly::new(source, size);
        let entered = self.walk.entry(&at, &mut data, &mut spool);
        let left = data.left();
        source.skip(left)?;
        source.skip(padding(size) as u64)?;
        match entered {
            Ok(changed) => self.changed |= changed,
            Err(stop) => return self.walk.broken(&at, stop),
        }
        if !self.walk.rewrites() {
            return Ok(());
        }
        let new = spool.len();
        if new != size {
            if sparse {
                let stop = Stop::Broken(corrupt("a sparse file would change its length"));
                return self.walk.broken(&at, stop);
            }
            resize(&mut told, &mut header, new);
        }
        put(self.out, &told.raw)?;
        if !header.is_sparse() {
            put(self.out, header.bytes())?;
        }
        spool.pour(self.out).map_err(Stop::Aborted)?;
        put(self.out, &[0; BLOCK][..padding(new)])
    }
}

/// Writes a new size where the old one stood.
fn resize(told: &mut Told, header: &mut Header, size: u64) {
    match &told.pax {
        Some(pax) if pax.size().is_some() => {
            let place = pax.place.clone();
            let described = pax.with_size(&told.raw[place.start..place.start + BLOCK], size);
            told.raw.splice(place, described);
            header.set_size(if header::is_octal(size) { size } else { 0 });
        }
        _ => header.set_size(size),
    }
}

fn padding(size: u64) -> usize {
    (BLOCK - (size % BLOCK as u64) as usize) % BLOCK
}
