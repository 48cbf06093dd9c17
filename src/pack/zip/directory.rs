//! The directory of a zip that is read, or written anew for what became of the entries.

use std::io;

use super::archive::Zip;
use super::records::{
    self, CENTRAL, DIRECTORY_LINE, END_64, Head, LOCATOR, SIGNATURE, length_of, put_at, record, signed,
    u16_at, u64_at,
};
use crate::pack::source::{Source, corrupt};
use crate::pack::step::{Step, Stop, put};

/// The longest end with wide numbers; what may follow in it is for the vendor.
const LONGEST: u64 = 64 * 1024;

/// The records at the end, until all of them are known.
struct Ending {
    /// Where the directory begins in the copy.
    start: u64,
    wide: Option<Vec<u8>>,
    locator: Option<Vec<u8>>,
}

impl Zip<'_, '_> {
    /// The directory, its end, and what comes after. Tells whether anything was changed in the archive.
    pub(super) fn directory(&mut self, source: &mut Source<'_>) -> Step<bool> {
        if self.index.as_ref().is_some_and(|index| index.len() != self.met) {
            let stop = Stop::Broken(corrupt("entries that the directory names are not there, or overlap"));
            self.walk.broken(self.at, stop)?;
        }
        let mut ending = Ending { start: self.out.length, wide: None, locator: None };
        let mut lines = 0;
        loop {
            let mark: [u8; 4] = source.peek(4)?.try_into().map_err(|_| corrupt("directory"))?;
            match mark {
                CENTRAL => {
                    self.line(source)?;
                    lines += 1;
                }
                SIGNATURE => {
                    let raw = record(source, 6, &[4])?;
                    put(&mut self.out, &raw)?;
                }
                END_64 => {
                    let length = 12_u64.saturating_add(u64_at(source.peek(12)?, 4));
                    if !(56..LONGEST).contains(&length) {
                        return Err(corrupt("directory").into());
                    }
                    ending.wide = Some(source.exact(length as usize)?);
                }
                LOCATOR => ending.locator = Some(source.exact(20)?),
                records::END => {
                    self.end(&ending, source)?;
                    break;
                }
                _ => return Err(corrupt("directory").into()),
            }
        }
        if self.index.is_none() && lines > self.met {
            let stop = Stop::Broken(corrupt("entries that the directory names are not there"));
            self.walk.broken(self.at, stop)?;
        }
        if !source.peek(1)?.is_empty() {
            let rest = self.at.entry(b"(after the end)", false);
            self.changed |= self.walk.leaf(&rest, source, &mut self.out)?;
        }
        Ok(self.changed)
    }

    fn line(&mut self, source: &mut Source<'_>) -> Step<()> {
        let mut line = Head::take(source, &DIRECTORY_LINE)?;
        let comment = self.comment(line.name(), line.comment())?;
        if !self.walk.rewrites() {
            return Ok(());
        }
        let before = match &self.index {
            Some(index) => index.base,
            None => self.counts_from(line.offset()),
        };
        let moved = line.offset().checked_add_signed(before).and_then(|place| self.moved.get(&place));
        let Some(moved) = moved.copied() else {
            return Err(corrupt("the directory names an entry that is not there").into());
        };
        let offset = moved.to.saturating_add_signed(-self.base.unwrap_or_default());
        if moved.sizes.is_some() {
            line.clear_described();
        }
        let sizes = moved.sizes.unwrap_or_else(|| line.sizes());
        if moved.sizes.is_none() && offset == line.offset() && comment == line.comment() {
            return put(&mut self.out, line.raw());
        }
        put(&mut self.out, &line.with(sizes, offset, &comment)?)
    }

    /// What is to be added to the offsets of a directory that was not read before its entries, by the first
    /// one: they count from the beginning of the zip, or from that of the file around it.
    fn counts_from(&mut self, offset: u64) -> i64 {
        let read = self.lead.read;
        let is_of_file = offset.checked_sub(read).is_some_and(|place| self.moved.contains_key(&place));
        if read > 0 && self.base == Some(0) && is_of_file && !self.moved.contains_key(&offset) {
            self.base = Some(-signed(self.lead.written));
        }
        if self.base == Some(0) { 0 } else { -signed(read) }
    }

    /// A comment on an entry, or on all where that has no name.
    fn comment(&mut self, name: &[u8], comment: &[u8]) -> Step<Vec<u8>> {
        if comment.is_empty() {
            return Ok(Vec::new());
        }
        let at = if name.is_empty() { self.at.clone() } else { self.at.entry(name, false) };
        let new = self.walk.text(&at.entry(b"(comment)", false), comment)?;
        self.changed |= new != comment;
        Ok(new)
    }

    fn end(&mut self, ending: &Ending, source: &mut Source<'_>) -> Step<()> {
        let mut raw = record(source, 22, &[20])?;
        let comment = self.comment(b"", &raw[22..])?;
        if !self.walk.rewrites() {
            return Ok(());
        }
        let base = self.base.unwrap_or_default();
        let now = self.out.length;
        let (size, offset) = (now - ending.start, ending.start.saturating_add_signed(-base));
        if let (Some(wide), Some(locator)) = (&ending.wide, &ending.locator) {
            let (mut wide, mut locator) = (wide.clone(), locator.clone());
            put_at(&mut wide, 40, &size.to_le_bytes());
            put_at(&mut wide, 48, &offset.to_le_bytes());
            put_at(&mut locator, 8, &now.saturating_add_signed(-base).to_le_bytes());
            put(&mut self.out, &wide)?;
            put(&mut self.out, &locator)?;
        }
        let is_wide = ending.wide.is_some();
        for (at, number) in [(12, size), (16, offset)] {
            let narrow = narrow(&raw, at, number, is_wide)?;
            put_at(&mut raw, at, &narrow);
        }
        put_at(&mut raw, 20, &length_of(&comment)?);
        raw.truncate(22);
        raw.extend_from_slice(&comment);
        put(&mut self.out, &raw)
    }
}

/// A number of the end in 32 bits: as it is told there, or that it is told elsewhere.
fn narrow(raw: &[u8], at: usize, number: u64, is_wide: bool) -> io::Result<[u8; 4]> {
    let elsewhere = u16_at(raw, at) == u16::MAX && u16_at(raw, at + 2) == u16::MAX;
    match u32::try_from(number) {
        _ if is_wide && elsewhere => Ok([0xff; 4]),
        Ok(number) if number < u32::MAX => Ok(number.to_le_bytes()),
        _ if is_wide => Ok([0xff; 4]),
        _ => Err(corrupt("the archive grew beyond 4 GiB")),
    }
}
