//! The records of a zip: heads of entries, the directory, and its end.
//!
//! They are kept as the bytes that they are; only what changed is written into them.

use std::io;

use crate::pack::source::{Source, corrupt};

pub(super) const LOCAL: [u8; 4] = *b"PK\x03\x04";
pub(super) const CENTRAL: [u8; 4] = *b"PK\x01\x02";
pub(super) const SIGNATURE: [u8; 4] = *b"PK\x05\x05";
pub(super) const END: [u8; 4] = *b"PK\x05\x06";
pub(super) const END_64: [u8; 4] = *b"PK\x06\x06";
pub(super) const LOCATOR: [u8; 4] = *b"PK\x06\x07";
pub(super) const DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";

/// Sizes and checksum follow behind the data.
pub(super) const DESCRIBED: u16 = 8;

/// Encrypted in one way or another.
pub(super) const ENCRYPTED: u16 = 1 | 0x40 | 0x2000;

/// In a field of 32 bits: look into the extra field.
const ELSEWHERE: u32 = u32::MAX;

/// The extra field with numbers of 64 bits.
const EXTRA_64: u16 = 1;

/// What an entry holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) crc: u32,
    pub(super) packed: u64,
    pub(super) plain: u64,
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

pub(super) fn put_at(bytes: &mut [u8], at: usize, value: &[u8]) {
    bytes[at..at + value.len()].copy_from_slice(value);
}

/// Takes a record whose fixed part has this length and tells the lengths of its fields at these places.
pub(super) fn record(source: &mut Source<'_>, fixed: usize, lengths: &[usize]) -> io::Result<Vec<u8>> {
    let mut out = source.exact(fixed)?;
    let rest: usize = lengths.iter().map(|at| usize::from(u16_at(&out, *at))).sum();
    out.extend(source.exact(rest)?);
    Ok(out)
}

/// The head of an entry, or its line in the directory: both tell the same.
#[derive(Debug)]
pub(super) struct Head {
    raw: Vec<u8>,
    layout: &'static Layout,
}

/// Where things stand in a head.
#[derive(Debug)]
pub(super) struct Layout {
    fixed: usize,
    /// Of version, flags, method and the rest, in one order.
    version: usize,
    crc: usize,
    name: usize,
    comment: Option<usize>,
    offset: Option<usize>,
}

/// The head before the data.
pub(super) const LOCAL_HEAD: Layout =
    Layout { fixed: 30, version: 4, crc: 14, name: 26, comment: None, offset: None };

/// The line in the directory.
pub(super) const DIRECTORY_LINE: Layout =
    Layout { fixed: 46, version: 6, crc: 16, name: 28, comment: Some(32), offset: Some(42) };

/// The methods of compression that have a number.
const METHODS: [u16; 22] = [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 14, 16, 18, 19, 20, 93, 94, 95, 97, 98, 99];

/// The longest name that is believed where nothing else says that there is an archive.
const LONGEST_NAME: u16 = 4096;

/// How much of a name is looked at for that.
const SEEN_OF_NAME: u16 = 32;

impl Layout {
    /// Whether bytes that begin with the mark of such a head look like one all in all; none where they are
    /// too few to tell.
    pub(super) fn is_likely(&self, bytes: &[u8]) -> Option<bool> {
        if bytes.len() < self.fixed {
            return None;
        }
        let name_length = u16_at(bytes, self.name);
        // The same whatever the reads give at once.
        let name_end = self.fixed + usize::from(name_length.min(SEEN_OF_NAME));
        const NO_FLAGS: u16 = 0xd000;
        let name = bytes.get(self.fixed..name_end)?;
        Some(
            bytes[self.version] < 100
                && u16_at(bytes, self.version + 2) & NO_FLAGS == 0
                && METHODS.contains(&u16_at(bytes, self.version + 4))
                && (1..=LONGEST_NAME).contains(&name_length)
                && !name.iter().any(u8::is_ascii_control),
        )
    }
}

impl Head {
    pub(super) fn take(source: &mut Source<'_>, layout: &'static Layout) -> io::Result<Self> {
        let lengths = [layout.name, layout.name + 2, layout.comment.unwrap_or(layout.name)];
        let lengths = if layout.comment.is_some() { &lengths[..] } else { &lengths[..2] };
        Ok(Self { raw: record(source, layout.fixed, lengths)?, layout })
    }

    pub(super) fn raw(&self) -> &[u8] {
        &self.raw
    }

    pub(super) fn flags(&self) -> u16 {
        u16_at(&self.raw, self.layout.version + 2)
    }

    pub(super) fn method(&self) -> u16 {
        u16_at(&self.raw, self.layout.version + 4)
    }

    pub(super) fn name(&self) -> &[u8] {
        &self.raw[self.layout.fixed..][..self.name_length()]
    }

    pub(super) fn comment(&self) -> &[u8] {
        &self.raw[self.layout.fixed + self.name_length() + self.extra_length()..]
    }

    fn name_length(&self) -> usize {
        usize::from(u16_at(&self.raw, self.layout.name))
    }

    fn extra_length(&self) -> usize {
        usize::from(u16_at(&self.raw, self.layout.name + 2))
    }

    pub(super) fn extra(&self) -> &[u8] {
        &self.raw[self.layout.fixed + self.name_length()..][..self.extra_length()]
    }

    pub(super) fn sizes(&self) -> Sizes {
        let (sizes, _) = self.numbers();
        sizes
    }

    /// Where the entry's head stands, counted from the archive's start.
    pub(super) fn offset(&self) -> u64 {
        self.numbers().1
    }

    fn numbers(&self) -> (Sizes, u64) {
        let crc = self.layout.crc;
        let wide = field(self.extra(), EXTRA_64).unwrap_or_default();
        let mut at = 0;
        let mut number = |narrow: u32| {
            if narrow != ELSEWHERE || wide.len() < at + 8 {
                return u64::from(narrow);
            }
            at += 8;
            u64_at(wide, at - 8)
        };
        let plain = number(u32_at(&self.raw, crc + 8));
        let packed = number(u32_at(&self.raw, crc + 4));
        let offset = self.layout.offset.map_or(0, |at| number(u32_at(&self.raw, at)));
        (Sizes { crc: u32_at(&self.raw, crc), packed, plain }, offset)
    }

    /// The same head for another entry, which tells its sizes before its data; with another comment.
    pub(super) fn with(&self, sizes: Sizes, offset: u64, comment: &[u8]) -> io::Result<Vec<u8>> {
        let layout = self.layout;
        let mut out = self.raw[..layout.fixed + self.name_length()].to_vec();
        let mut extra = without(self.extra(), EXTRA_64);
        let numbers = [
            (Some(layout.crc + 8), sizes.plain),
            (Some(layout.crc + 4), sizes.packed),
            (layout.offset, offset),
        ];
        let is_wide = |n: u64| n >= u64::from(ELSEWHERE);
        // Before the data both sizes are wide or none.
        let both = layout.offset.is_none() && (is_wide(sizes.plain) || is_wide(sizes.packed));
        let mut wide = Vec::new();
        for (at, number) in numbers {
            let Some(at) = at else { continue };
            let narrow = if is_wide(number) || both { ELSEWHERE } else { number as u32 };
            put_at(&mut out, at, &narrow.to_le_bytes());
            if narrow == ELSEWHERE {
                wide.extend_from_slice(&number.to_le_bytes());
            }
        }
        if !wide.is_empty() {
            let version = u16_at(&out, layout.version).max(45);
            put_at(&mut out, layout.version, &version.to_le_bytes());
            let mut field = EXTRA_64.to_le_bytes().to_vec();
            field.extend_from_slice(&(wide.len() as u16).to_le_bytes());
            field.extend_from_slice(&wide);
            extra = [field, extra].concat();
        }
        put_at(&mut out, layout.crc, &sizes.crc.to_le_bytes());
        put_at(&mut out, layout.name + 2, &length_of(&extra)?);
        if let Some(at) = layout.comment {
            put_at(&mut out, at, &length_of(comment)?);
        }
        out.extend_from_slice(&extra);
        out.extend_from_slice(comment);
        Ok(out)
    }

    /// Without the flag that sizes follow behind the data.
    pub(super) fn clear_described(&mut self) {
        let flags = self.flags() & !DESCRIBED;
        put_at(&mut self.raw, self.layout.version + 2, &flags.to_le_bytes());
    }
}

/// The length of a field, where it fits.
pub(super) fn length_of(field: &[u8]) -> io::Result<[u8; 2]> {
    let length = u16::try_from(field.len()).map_err(|_| corrupt("a field grew beyond 65,535 bytes"))?;
    Ok(length.to_le_bytes())
}

/// A field of the extra fields.
fn field(extra: &[u8], id: u16) -> Option<&[u8]> {
    fields(extra).find(|field| u16_at(field, 0) == id).map(|field| &field[4..])
}

/// The extra fields without one of them. What is no field at the end (padding, mostly) stays.
fn without(extra: &[u8], id: u16) -> Vec<u8> {
    let length: usize = fields(extra).map(<[u8]>::len).sum();
    let mut out: Vec<u8> = fields(extra).filter(|field| u16_at(field, 0) != id).flatten().copied().collect();
    out.extend_from_slice(&extra[length..]);
    out
}

/// The extra fields, each with its id and its length.
fn fields(mut extra: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let length = 4 + usize::from(u16_at(extra.get(..4)?, 2));
        let field = extra.get(..length)?;
        extra = &extra[length..];
        Some(field)
    })
}

/// A place or a length as a number that may be taken off another.
pub(super) fn signed(place: u64) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(extra: &[u8]) -> Head {
        let mut raw = vec![0; 46];
        put_at(&mut raw, 0, &CENTRAL);
        put_at(&mut raw, 28, &[1, 0, extra.len() as u8, 0, 2, 0]);
        raw.push(b'n');
        raw.extend_from_slice(extra);
        raw.extend_from_slice(b"co");
        Head::take(&mut Source::new(Box::new(io::Cursor::new(raw))), &DIRECTORY_LINE).expect("is whole")
    }

    #[test]
    fn numbers_move_into_the_extra_field_and_back() {
        let head = line(b"XX\x01\0zpad");
        for packed in [7, u64::from(u32::MAX), 1 << 40] {
            for offset in [9, 1 << 33] {
                let sizes = Sizes { crc: 5, packed, plain: 11 };
                let raw = head.with(sizes, offset, b"other").expect("fits");
                let wide = 4 * usize::from(packed > 7 || offset > 9)
                    + 8 * usize::from(packed > 7)
                    + 8 * usize::from(offset > 9);
                assert_eq!(raw.len(), 46 + 1 + wide + 8 + 5);
                let again = Head::take(&mut Source::new(Box::new(&raw[..])), &DIRECTORY_LINE).expect("whole");
                assert_eq!((again.sizes(), again.offset()), (sizes, offset));
                assert_eq!((again.name(), again.comment()), (&b"n"[..], &b"other"[..]));
                assert_eq!(
                    &again.with(Sizes { packed: 7, ..sizes }, 9, b"").expect("fits")[47..],
                    b"XX\x01\0zpad"
                );
            }
        }
    }

    #[test]
    fn a_field_that_is_cut_off_is_none() {
        assert_eq!(field(b"\x01\0\x08\0abc", 1), None);
        assert_eq!(without(b"\x01\0\x01\0a\x07\0\x09\0b", 1), b"\x07\0\x09\0b");
    }
}
