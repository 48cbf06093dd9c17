//! References that a repository keeps in reftables (`git init --ref-format=reftable`), which the library below
//! does not read: a stack of tables, the newest last, each with the references in blocks and the reflogs in
//! compressed blocks behind them. The format is that of `reftable(5)` of git's documentation.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::ZlibDecoder;
use gix::{ObjectId, hash};

/// How many symbolic references are followed.
const MOST_STEPS: usize = 5;

/// A larger table than any repository has, in bytes: what says that it is one must not take all memory.
const LARGEST: u64 = 1 << 30;

/// How much a block of a reflog may inflate to; its length has three bytes.
const LARGEST_BLOCK: u64 = 1 << 24;

/// What a reference is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// An object.
    Object(ObjectId),
    /// What another reference is.
    Reference(String),
}

/// All references of a stack of tables.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// By full name, those of the root (`HEAD`) among them.
    pub(super) references: BTreeMap<String, Target>,
    /// What reflogs name, with the reference that each is of.
    pub(super) logs: Vec<(String, ObjectId)>,
}

impl Tables {
    /// True where a git directory has such tables.
    pub(super) fn are_in(directory: &Path) -> bool {
        directory.join("reftable").join("tables.list").is_file()
    }

    /// Adds those of a git directory.
    ///
    /// # Errors
    ///
    /// A table that cannot be read, or is none.
    pub(super) fn add(&mut self, directory: &Path, hash: hash::Kind) -> io::Result<()> {
        let folder = directory.join("reftable");
        // Git writes the tables anew while it is read: then there is another list.
        for attempt in 0.. {
            let list = fs::read_to_string(folder.join("tables.list"))?;
            let read: io::Result<Vec<Vec<u8>>> = list.lines().map(|name| table(&folder.join(name))).collect();
            match read {
                Ok(tables) => {
                    for bytes in tables {
                        self.table(&bytes, hash).ok_or_else(|| broken(&folder))?;
                    }
                    break;
                }
                Err(error) if attempt < 3 && error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The object that a reference leads to.
    pub(super) fn object(&self, name: &str) -> Option<ObjectId> {
        let mut name = name;
        for _ in 0..MOST_STEPS {
            match self.references.get(name)? {
                Target::Object(id) => return Some(*id),
                Target::Reference(next) => name = next,
            }
        }
        None
    }

    /// The object that a name of a person leads to, by the rules of `gitrevisions(7)`.
    pub(super) fn named(&self, name: &str) -> Option<ObjectId> {
        let name = if name == "@" { "HEAD" } else { name };
        let places = ["", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/"];
        let found = places.iter().find_map(|before| self.object(&format!("{before}{name}")));
        found.or_else(|| self.object(&format!("refs/remotes/{name}/HEAD")))
    }

    /// Reads a table; nothing where it is none.
    fn table(&mut self, bytes: &[u8], hash: hash::Kind) -> Option<()> {
        let (head, footer) = match bytes.get(..5)? {
            [b'R', b'E', b'F', b'T', 1] => (24, 68),
            [b'R', b'E', b'F', b'T', 2] => (28, 72),
            _ => return None,
        };
        let block_size = number(bytes.get(5..8)?);
        let end = bytes.len().checked_sub(footer).filter(|end| *end >= head)?;
        let log_at = number(bytes.get(end + head + 24..end + head + 32)?);
        let mut at = 0;
        while at < end {
            let start = if at == 0 { head } else { at };
            if bytes.get(start) != Some(&b'r') || start >= end {
                break;
            }
            let length = number(bytes.get(start + 1..start + 4)?);
            let block = bytes.get(at..at + length).filter(|_| length > 0)?;
            let mut records = Records::of(block, start - at + 4)?;
            while let Some((name, kind)) = records.next()? {
                self.reference(&name, kind, &mut records, hash)?;
            }
            // What follows on a short block is zeros up to the next one, or the next one.
            let is_whole = length >= block_size || bytes.get(at + length).is_some_and(|b| *b != 0);
            at += if block_size == 0 || is_whole { length } else { block_size };
        }
        if log_at > 0 || bytes.get(head) == Some(&b'g') {
            self.logs_from(bytes, log_at, head, end, hash)?;
        }
        Some(())
    }

    fn reference(
        &mut self,
        name: &[u8],
        kind: usize,
        records: &mut Records<'_>,
        hash: hash::Kind,
    ) -> Option<()> {
        let name = String::from_utf8_lossy(name).into_owned();
        records.number()?;
        match kind {
            0 => drop(self.references.remove(&name)),
            1 | 2 => {
                let id = records.id(hash)?;
                if kind == 2 {
                    records.id(hash)?;
                }
                self.references.insert(name, Target::Object(id));
            }
            3 => {
                let length = records.number()?;
                let target = String::from_utf8_lossy(records.take(length)?).into_owned();
                self.references.insert(name, Target::Reference(target));
            }
            _ => return None,
        }
        Some(())
    }

    /// Reads the reflogs from `at` on.
    fn logs_from(
        &mut self,
        bytes: &[u8],
        at: usize,
        head: usize,
        end: usize,
        hash: hash::Kind,
    ) -> Option<()> {
        let mut at = at;
        while at < end {
            let start = if at == 0 { head } else { at };
            if bytes.get(start) != Some(&b'g') {
                break;
            }
            let length = number(bytes.get(start + 1..start + 4)?);
            let before = start + 4 - at;
            let mut inflated = vec![0; before];
            let mut reader = ZlibDecoder::new(bytes.get(start + 4..end)?);
            (&mut reader).take(LARGEST_BLOCK).read_to_end(&mut inflated).ok()?;
            let taken = usize::try_from(reader.total_in()).ok()?;
            if inflated.len() != length || taken == 0 {
                return None;
            }
            let mut records = Records::of(&inflated, before)?;
            while let Some((name, kind)) = records.next()? {
                if kind == 1 {
                    self.log(&name, &mut records, hash)?;
                }
            }
            at = start + 4 + taken;
        }
        Some(())
    }

    fn log(&mut self, key: &[u8], records: &mut Records<'_>, hash: hash::Kind) -> Option<()> {
        let name = key.split(|b| *b == 0).next().unwrap_or_default();
        let name = String::from_utf8_lossy(name).into_owned();
        for _ in 0..2 {
            let id = records.id(hash)?;
            if !id.is_null() {
                self.logs.push((name.clone(), id));
            }
        }
        // Who, from where, when, and why.
        for _ in 0..2 {
            let length = records.number()?;
            records.take(length)?;
        }
        records.number()?;
        records.take(2)?;
        let length = records.number()?;
        records.take(length).map(drop)
    }
}

fn table(path: &Path) -> io::Result<Vec<u8>> {
    let file = fs::File::open(path)?;
    let mut bytes = Vec::new();
    file.take(LARGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn broken(folder: &Path) -> io::Error {
    let place = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    io::Error::other(format!(
        "the references in {place} cannot be read; git fsck tells more, and `git refs migrate --ref-format=files` \
         writes them as files"
    ))
}

/// Bytes as a number, the highest first.
fn number(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |all, byte| all.wrapping_shl(8) | usize::from(*byte))
}

/// The records of a block.
struct Records<'b> {
    bytes: &'b [u8],
    at: usize,
    key: Vec<u8>,
}

impl<'b> Records<'b> {
    /// From `at` up to the table of restarts at the block's end.
    fn of(block: &'b [u8], at: usize) -> Option<Self> {
        let count = number(block.get(block.len().checked_sub(2)?..)?);
        let end = block.len().checked_sub(2 + 3 * count).filter(|end| *end >= at)?;
        Some(Self { bytes: &block[..end], at, key: Vec::new() })
    }

    /// The key and the kind of the next record; nothing at the end, and no answer where there is no record.
    #[allow(clippy::option_option, reason = "no record and a broken one are two things")]
    fn next(&mut self) -> Option<Option<(Vec<u8>, usize)>> {
        if self.at >= self.bytes.len() {
            return Some(None);
        }
        let shared = self.number()?;
        let suffix = self.number()?;
        let rest = self.take(suffix >> 3)?;
        let key = [self.key.get(..shared)?, rest].concat();
        self.key.clone_from(&key);
        Some(Some((key, suffix & 7)))
    }

    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let bytes = self.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(bytes)
    }

    fn id(&mut self, hash: hash::Kind) -> Option<ObjectId> {
        ObjectId::try_from(self.take(hash.len_in_bytes())?).ok()
    }

    /// A number in as few bytes as it takes.
    fn number(&mut self) -> Option<usize> {
        let mut byte = *self.take(1)?.first()?;
        let mut value = usize::from(byte & 0x7f);
        while byte & 0x80 != 0 {
            byte = *self.take(1)?.first()?;
            value = value.checked_add(1)?.checked_mul(128)?.checked_add(usize::from(byte & 0x7f))?;
        }
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_table_is_told_and_never_read_beyond_its_end() {
        let table = |bytes: &[u8]| Tables::default().table(bytes, hash::Kind::Sha1);
        assert!(table(b"").is_none() && table(b"REFT\x01").is_none());
        let mut bytes = [b"REFT\x01\0\0\0".as_slice(), &[0; 16]].concat();
        bytes.extend(b"r\0\0\x30\0\x21HEAD\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0\0\0");
        bytes.extend([0; 68]);
        for length in 0..bytes.len() {
            table(&bytes[..length]);
            let mut changed = bytes.clone();
            changed[length] ^= 0x5a;
            table(&changed);
        }
    }
}
