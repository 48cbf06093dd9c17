//! The directory at the end of a zip, read before its entries where that can be done.

use std::io::{self, Read, SeekFrom};

use super::records::{
    self, CENTRAL, DIRECTORY_LINE, END_64, Head, LOCATOR, Sizes, signed, u16_at, u32_at, u64_at,
};
use crate::pack::container::Seekable;
use crate::pack::source::Source;

/// The length of the end of a directory without a comment.
pub(in crate::pack) const END: usize = 22;

/// The longest directory that is read before the entries, some 700,000 of them; with a longer one an
/// entry is what its own head says.
const LONGEST: u64 = 64 * 1024 * 1024;

/// What the directory says, by place.
pub(in crate::pack) struct Index {
    /// In order.
    entries: Vec<(u64, Indexed)>,
    /// Where the directory begins.
    pub(super) directory: u64,
    /// What is to be added to the offsets in it; below zero where they count from before the beginning.
    pub(super) base: i64,
    /// How many entries it names.
    named: usize,
}

/// What the directory says of an entry.
#[derive(Debug, Clone, Copy)]
pub(super) struct Indexed {
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) sizes: Sizes,
}

impl Index {
    /// The entry whose head stands here.
    pub(super) fn at(&self, place: u64) -> Option<Indexed> {
        let found = self.entries.binary_search_by_key(&place, |(at, _)| *at).ok()?;
        Some(self.entries[found].1)
    }

    /// Where the next thing begins that the directory knows of.
    pub(super) fn after(&self, place: u64) -> u64 {
        let next = self.entries.partition_point(|(at, _)| *at <= place);
        self.entries.get(next).map_or(self.directory, |(at, _)| *at).min(self.directory.max(place))
    }

    /// How many entries it names, those included that cannot be where it says.
    pub(in crate::pack) fn len(&self) -> usize {
        self.named
    }
}

/// Whether a file that does not begin as a zip ends as one, by its last bytes.
pub(in crate::pack) fn may_end(tail: &[u8]) -> bool {
    find_end(tail).is_some()
}

/// Reads the directory of a zip that begins at `start`; none where there is none that makes sense.
///
/// # Errors
///
/// Those of the file.
pub(in crate::pack) fn index(file: &mut dyn Seekable, start: u64) -> io::Result<Option<Index>> {
    let length = file.seek(SeekFrom::End(0))?.saturating_sub(start);
    let tail_length = length.min((END + usize::from(u16::MAX)) as u64);
    let tail_start = length - tail_length;
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(start + tail_start))?;
    (&mut *file).take(tail_length).read_to_end(&mut tail)?;
    let Some(end) = find_end(&tail) else { return Ok(None) };
    let end_at = tail_start + end as u64;
    let mut size = u64::from(u32_at(&tail, end + 12));
    let mut offset = u64::from(u32_at(&tail, end + 16));
    let mut behind = end_at;
    if let Some(locator) = end.checked_sub(20)
        && tail[locator..].starts_with(&LOCATOR)
        && let Some((at, record)) = end_64(file, start, end_at - 20, u64_at(&tail, locator + 8))?
    {
        (size, offset, behind) = (u64_at(&record, 40), u64_at(&record, 48), at);
    }
    let directory = behind.checked_sub(size).filter(|_| size <= LONGEST);
    let (Some(directory), Ok(offset)) = (directory, i64::try_from(offset)) else { return Ok(None) };
    let base = signed(directory) - offset;
    file.seek(SeekFrom::Start(start + directory))?;
    let Some((entries, named)) = lines(file, size, base) else { return Ok(None) };
    Ok(Some(Index { entries, directory, base, named }))
}

/// The last end in a tail whose comment fits into what follows.
fn find_end(tail: &[u8]) -> Option<usize> {
    let fits =
        |at: &usize| tail.len() >= at + END && tail.len() - at - END >= usize::from(u16_at(tail, at + 20));
    memchr::memmem::find_iter(tail, &records::END).filter(fits).last()
}

/// The end with wide numbers: where it is said to be, or right before its locator.
fn end_64(
    file: &mut dyn Seekable,
    start: u64,
    locator: u64,
    said: u64,
) -> io::Result<Option<(u64, Vec<u8>)>> {
    for at in [locator.saturating_sub(56), said] {
        if at >= locator {
            continue;
        }
        let mut record = Vec::new();
        file.seek(SeekFrom::Start(start + at))?;
        (&mut *file).take(56).read_to_end(&mut record)?;
        if record.len() == 56 && record.starts_with(&END_64) {
            return Ok(Some((at, record)));
        }
    }
    Ok(None)
}

/// All entries of a directory and how many there are in all, with those that lie before the beginning; none
/// where it is something else.
fn lines(file: &mut dyn Seekable, size: u64, base: i64) -> Option<(Vec<(u64, Indexed)>, usize)> {
    let mut source = Source::new(Box::new((&mut *file).take(size)));
    let (mut entries, mut outside) = (Vec::new(), 0);
    while source.peek(4).ok()? == CENTRAL {
        let line = Head::take(&mut source, &DIRECTORY_LINE).ok()?;
        let indexed = Indexed { flags: line.flags(), method: line.method(), sizes: line.sizes() };
        match line.offset().checked_add_signed(base) {
            Some(place) => entries.push((place, indexed)),
            None => outside += 1,
        }
    }
    if source.peek(4).ok()?.is_empty() || source.peek(4).ok()? == records::SIGNATURE {
        entries.sort_by_key(|(at, _)| *at);
        entries.dedup_by_key(|(at, _)| *at);
        let named = entries.len() + outside;
        return Some((entries, named));
    }
    None
}
