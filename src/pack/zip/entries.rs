//! The entries of a zip and what lies between them: read, or copied with what became of them.

use std::io::{self, BufRead};

use super::archive::{Entry, Moved, Zip};
use super::data::{Method, Summed, Taken};
use super::gap::UntilMark;
use super::index::Indexed;
use super::records::{
    self, DESCRIBED, DESCRIPTOR, ENCRYPTED, Head, LOCAL, LOCAL_HEAD, Sizes, signed, u32_at, u64_at,
};
use crate::pack::leaves::Told;
use crate::pack::source::{Exactly, Source, corrupt, cut_off};
use crate::pack::spool::Spool;
use crate::pack::step::{Step, Stop, put};

/// How many entries a zip may have that is rewritten: the new place of each must be known at the end.
const MOST: usize = 4 * 1024 * 1024;

impl Zip<'_, '_> {
    /// Goes through all of it. Tells whether anything was changed.
    pub(super) fn run(&mut self, source: &mut Source<'_>) -> Step<bool> {
        loop {
            let place = source.position();
            let before = self.index.as_ref().map_or(0, |index| index.base);
            if self.base.is_none() && signed(place) >= before {
                let now = signed(self.out.length) - (signed(place) - before);
                self.base = Some(match before {
                    0 => 0,
                    1.. => now,
                    _ => before + signed(self.lead.read) - signed(self.lead.written),
                });
            }
            let mark: [u8; 4] = match source.peek(4)?.try_into() {
                Ok(mark) => mark,
                Err(_) => return Err(cut_off().into()),
            };
            let known = self.index.as_ref().and_then(|index| index.at(place));
            let at_directory = match &self.index {
                Some(index) if place > index.directory => return Err(corrupt("directory").into()),
                Some(index) => place == index.directory,
                None => [records::CENTRAL, records::END, records::END_64].contains(&mark),
            };
            if at_directory {
                return self.directory(source);
            }
            if mark != LOCAL || !self.entry(known, source)? {
                self.gap(source)?;
            }
        }
    }

    /// What lies between entries, or before them.
    fn gap(&mut self, source: &mut Source<'_>) -> Step<()> {
        let place = source.position();
        let at = match place {
            0 => self.at.clone(),
            _ => self.at.entry(format!("(bytes at {place})").as_bytes(), false),
        };
        let changed = match &self.index {
            Some(index) => {
                let mut gap = Exactly::new(source, index.after(place) - place);
                self.walk.leaf(&at, &mut gap, &mut self.out)?
            }
            None => self.walk.leaf(&at, &mut UntilMark { source, first: true }, &mut self.out)?,
        };
        self.changed |= changed;
        Ok(())
    }

    /// An entry. False where what begins as one is none, and nothing was taken.
    fn entry(&mut self, known: Option<Indexed>, source: &mut Source<'_>) -> Step<bool> {
        let start = source.position();
        let end = self
            .index
            .as_ref()
            .map(|index| if known.is_some() { index.directory } else { index.after(start) });
        if known.is_none() && end.is_some_and(|end| !fits(source, end - start)) {
            return Ok(false);
        }
        let head = Head::take(source, &LOCAL_HEAD)?;
        let (flags, method, sizes) = match known {
            Some(known) => (known.flags, known.method, known.sizes),
            None => (head.flags(), head.method(), head.sizes()),
        };
        let told = known.is_some() || flags & DESCRIBED == 0 || sizes.packed != 0;
        let at = self.at.entry(head.name(), method != 0);
        let packed = told.then_some(sizes.packed);
        let entry = Entry { at, head, start, flags, sizes, packed };
        self.met += usize::from(known.is_some() || self.index.is_none());
        if let (Some(end), Some(packed)) = (end, packed)
            && packed > end.saturating_sub(source.position())
        {
            return Err(corrupt("an entry reaches into the directory").into());
        }
        self.walk.beside(&entry.at, [entry.head.extra()]);
        if entry.packed == Some(0) && entry.head.name().ends_with(b"/") {
            self.walk.name_beside(&entry.at, entry.head.name());
            self.as_it_is(&entry, source)?;
            return Ok(true);
        }
        let reason = match (Method::new(method), flags & ENCRYPTED) {
            (Some(method), 0) => return self.readable(entry, method, source).map(|()| true),
            (_, 0) => "unknown compression method",
            _ => "encrypted",
        };
        self.walk.name_beside(&entry.at, entry.head.name());
        self.walk.told(&entry.at, Told::Skipped(reason));
        self.as_it_is(&entry, source)?;
        Ok(true)
    }

    /// Copies an entry that cannot be read.
    fn as_it_is(&mut self, entry: &Entry, source: &mut Source<'_>) -> Step<()> {
        let to = self.out.length;
        put(&mut self.out, entry.head.raw())?;
        let Some(mut left) = entry.packed else {
            let stop = Stop::Broken(corrupt("an entry that cannot be read does not tell its length"));
            return self.walk.broken(&entry.at, stop);
        };
        while left > 0 {
            let part = source.exact(left.min(64 * 1024) as usize)?;
            put(&mut self.out, &part)?;
            left -= part.len() as u64;
        }
        let (descriptor, _) = self.descriptor(entry, entry.sizes, source)?;
        put(&mut self.out, &descriptor)?;
        self.note(entry.start, Moved { to, sizes: None })
    }

    fn note(&mut self, start: u64, moved: Moved) -> Step<()> {
        if !self.walk.rewrites() {
            return Ok(());
        }
        if self.moved.len() >= MOST {
            return Err(Stop::Broken(corrupt("too many entries")));
        }
        self.moved.insert(start, moved);
        Ok(())
    }

    fn readable(&mut self, entry: Entry, method: Method, source: &mut Source<'_>) -> Step<()> {
        if entry.packed.is_none() && !method.ends_itself() {
            let stop = Stop::Broken(corrupt("a stored entry tells its length at the end only"));
            return self.walk.broken(&entry.at, stop);
        }
        let mut spool = Spool::default();
        let read = match entry.packed {
            Some(length) => {
                let mut data = Exactly::new(source, length);
                let read = self.data(&entry, method, &mut data, &mut spool);
                let left = data.left();
                source.skip(left)?;
                read
            }
            None => self.data(&entry, method, source, &mut spool),
        };
        let read = match read {
            Ok(read) => read,
            Err(stop) => return self.walk.broken(&entry.at, stop),
        };
        let (descriptor, described) = self.descriptor(&entry, read.was, source)?;
        let sizes = if entry.packed.is_some() { Some(entry.sizes) } else { described };
        if sizes.is_none_or(|sizes| (sizes.crc, sizes.plain) != (read.was.crc, read.was.plain)) {
            return self.walk.broken(&entry.at, Stop::Broken(corrupt("checksum")));
        }
        self.changed |= read.changed;
        self.copy(entry, read, &descriptor, spool)
    }

    /// Unpacks the data of an entry, hands it over, and packs what comes back.
    fn data(
        &mut self,
        entry: &Entry,
        method: Method,
        packed: &mut (dyn BufRead + Send),
        spool: &mut Spool,
    ) -> Step<Data> {
        let rewrites = self.walk.rewrites();
        let mut taken = Taken::new(packed, rewrites);
        // A compressor has its price, and without a copy nothing goes into it.
        let copied = if rewrites { method } else { Method::Stored };
        let mut encoder = Summed::new(copied.pack(spool).map_err(Stop::Aborted)?);
        let (changed, was) = {
            let plain = self.walk.limited(&entry.at, method.unpack(&mut taken)?);
            let mut plain = Summed::new(plain);
            let changed = self.walk.entry(&entry.at, &mut plain, &mut encoder)?;
            io::copy(&mut plain, &mut io::sink())?;
            (changed, (plain.crc.sum(), plain.length))
        };
        if entry.packed.is_some() {
            io::copy(&mut taken, &mut io::sink())?;
        }
        let Summed { inner, crc, length: plain, .. } = encoder;
        inner.finish().map_err(Stop::Aborted)?;
        let was = Sizes { crc: was.0, packed: taken.length, plain: was.1 };
        let kept = taken.kept.filter(|_| !changed);
        Ok(Data { changed, was, now: Sizes { crc: crc.sum(), packed: 0, plain }, kept })
    }

    /// Takes the sizes behind the data, where there are any that fit to what was read.
    fn descriptor(
        &mut self,
        entry: &Entry,
        was: Sizes,
        source: &mut Source<'_>,
    ) -> io::Result<(Vec<u8>, Option<Sizes>)> {
        if (entry.flags | entry.head.flags()) & DESCRIBED == 0 {
            return Ok((Vec::new(), None));
        }
        let next = source.peek(24)?;
        for (lead, wide) in [(4, false), (4, true), (0, false), (0, true)] {
            let length = lead + if wide { 20 } else { 12 };
            if next.len() < length || (lead == 4 && !next.starts_with(&DESCRIPTOR)) {
                continue;
            }
            let (packed, plain) = match wide {
                true => (u64_at(next, lead + 4), u64_at(next, lead + 12)),
                false => (u64::from(u32_at(next, lead + 4)), u64::from(u32_at(next, lead + 8))),
            };
            let told = Sizes { crc: u32_at(next, lead), packed, plain };
            if (told.packed, told.plain) == (was.packed, was.plain) {
                return Ok((source.exact(length)?, Some(told)));
            }
        }
        Ok((Vec::new(), None))
    }

    /// Writes an entry that was read.
    fn copy(&mut self, mut entry: Entry, data: Data, descriptor: &[u8], spool: Spool) -> Step<()> {
        if !self.walk.rewrites() {
            return Ok(());
        }
        let to = self.out.length;
        if let Some(kept) = data.kept {
            for part in [entry.head.raw(), &kept[..], descriptor] {
                put(&mut self.out, part)?;
            }
            return self.note(entry.start, Moved { to, sizes: None });
        }
        let sizes = Sizes { packed: spool.len(), ..data.now };
        entry.head.clear_described();
        put(&mut self.out, &entry.head.with(sizes, 0, b"")?)?;
        spool.pour(&mut self.out).map_err(Stop::Aborted)?;
        self.note(entry.start, Moved { to, sizes: Some(sizes) })
    }
}

/// What became of the data of an entry.
struct Data {
    changed: bool,
    was: Sizes,
    /// Without the packed size.
    now: Sizes,
    /// The packed data as it was, where it may be used again.
    kept: Option<Vec<u8>>,
}

/// True where a head that no directory names, with all that it tells of itself, ends within so many bytes.
fn fits(source: &mut Source<'_>, room: u64) -> bool {
    let Ok(head) = source.peek(LOCAL_LENGTH) else { return false };
    if head.len() < LOCAL_LENGTH {
        return false;
    }
    let names = u64::from(records::u16_at(head, 26)) + u64::from(records::u16_at(head, 28));
    let packed = u64::from(u32_at(head, 18));
    let described = records::u16_at(head, 6) & DESCRIBED != 0;
    let ends = Method::new(records::u16_at(head, 8)).is_some_and(Method::ends_itself);
    LOCAL_LENGTH as u64 + names + packed <= room && (!described || packed > 0 || ends)
}

/// The length of a head without its name.
const LOCAL_LENGTH: usize = 30;
