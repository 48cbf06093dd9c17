//! The headers of tape archives: one block of fields, and the records of pax.

use std::io;
use std::ops::Range;

use crate::pack::source::corrupt;

/// Everything in an archive is a multiple of this.
pub(super) const BLOCK: usize = 512;

const NAME: Range<usize> = 0..100;
const SIZE: Range<usize> = 124..136;
const SUM: Range<usize> = 148..156;
const KIND: usize = 156;
const LINK: Range<usize> = 157..257;
const MAGIC: Range<usize> = 257..263;
const OWNERS: [Range<usize>; 2] = [265..297, 297..329];
const PREFIX: Range<usize> = 345..500;
/// In a sparse file of GNU: true where the map goes on in the next block.
const MORE_MAP: usize = 482;

/// The header of an entry, with a checksum that holds.
pub(super) struct Header([u8; BLOCK]);

impl Header {
    /// None where the block is no header.
    pub(super) fn new(block: &[u8]) -> Option<Self> {
        let header = Self(block.get(..BLOCK)?.try_into().ok()?);
        let said = number(&header.0[SUM])?;
        let (unsigned, signed) = header.sums();
        (said == unsigned || i64::try_from(said) == Ok(signed)).then_some(header)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn kind(&self) -> u8 {
        self.0[KIND]
    }

    pub(super) fn is_sparse(&self) -> bool {
        self.kind() == b'S'
    }

    pub(super) fn more_map(&self) -> bool {
        self.0[MORE_MAP] != 0
    }

    pub(super) fn size(&self) -> io::Result<u64> {
        // Beyond that no offset can be told.
        number(&self.0[SIZE]).filter(|size| *size < 1 << 62).ok_or_else(|| corrupt("size of an entry"))
    }

    /// The name, which ustar may tell in two parts.
    pub(super) fn name(&self) -> Vec<u8> {
        let field = |range: Range<usize>| self.0[range].split(|b| *b == 0).next().unwrap_or_default();
        let (prefix, name) = (field(PREFIX), field(NAME));
        if self.0[MAGIC] == *b"ustar\0" && !prefix.is_empty() {
            [prefix, b"/", name].concat()
        } else {
            name.to_vec()
        }
    }

    /// Where a link leads, and who owns the entry.
    pub(super) fn texts(&self) -> impl Iterator<Item = &[u8]> {
        let owners = if self.0[MAGIC].starts_with(b"ustar") { &OWNERS[..] } else { &[] };
        let fields = std::iter::once(&LINK).chain(owners);
        fields.map(|range| self.0[range.clone()].split(|b| *b == 0).next().unwrap_or_default())
    }

    /// Writes a size and what follows from it.
    pub(super) fn set_size(&mut self, size: u64) {
        let field = &mut self.0[SIZE];
        if is_octal(size) {
            field[..11].copy_from_slice(format!("{size:011o}").as_bytes());
            if !matches!(field[11], 0 | b' ') {
                field[11] = 0;
            }
        } else {
            field.fill(0);
            field[0] = 0x80;
            field[4..].copy_from_slice(&size.to_be_bytes());
        }
        let (sum, _) = self.sums();
        self.0[SUM][..7].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    }

    /// The sum of all bytes, with the field of the sum as spaces; old programs took bytes as signed.
    fn sums(&self) -> (u64, i64) {
        let mut sums = (0, 0);
        for (at, byte) in self.0.iter().enumerate() {
            let byte = if SUM.contains(&at) { b' ' } else { *byte };
            sums = (sums.0 + u64::from(byte), sums.1 + i64::from(byte as i8));
        }
        sums
    }
}

/// True where a size can be told in eleven octal digits.
pub(super) fn is_octal(size: u64) -> bool {
    size < 1 << 33
}

/// A number in octal digits, or in binary where the first bit says so.
fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 != 0 {
        let (high, low) = field[1..].split_at(field.len().saturating_sub(9));
        let fits = field[0] == 0x80 && high.iter().all(|b| *b == 0);
        return fits.then(|| low.iter().fold(0, |value, b| value << 8 | u64::from(*b)));
    }
    let digits: Vec<u8> =
        field.iter().copied().skip_while(|b| *b == b' ').take_while(|b| !matches!(b, 0 | b' ')).collect();
    let octal = digits.iter().all(|b| (b'0'..=b'7').contains(b));
    octal.then(|| digits.iter().fold(0, |value, b| value << 3 | u64::from(b - b'0')))
}

/// The records of a pax header.
pub(super) struct Pax {
    /// Where the header stands in what was kept of it.
    pub(super) place: Range<usize>,
    records: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Pax {
    pub(super) fn new(body: &[u8], place: Range<usize>) -> io::Result<Self> {
        let mut records = Vec::new();
        let mut rest = body;
        // Some programs fill the rest with zeros.
        while !rest.is_empty() && rest[0] != 0 {
            let (key, value, length) = record(rest).ok_or_else(|| corrupt("extended header of an entry"))?;
            records.push((key.to_vec(), value.to_vec()));
            rest = &rest[length..];
        }
        Ok(Self { place, records })
    }

    fn get(&self, key: &[u8]) -> Option<&[u8]> {
        self.records.iter().rev().find(|(k, _)| k == key).map(|(_, value)| &value[..])
    }

    /// What the records say, but for names of entries that have a leaf.
    pub(super) fn texts(&self) -> impl Iterator<Item = &[u8]> {
        let records = self.records.iter().filter(|(key, _)| key != b"path" && key != b"GNU.sparse.name");
        records.flat_map(|(key, value)| [&key[..], &value[..]])
    }

    pub(super) fn name(&self) -> Option<&[u8]> {
        self.get(b"GNU.sparse.name").or_else(|| self.get(b"path"))
    }

    pub(super) fn size(&self) -> Option<u64> {
        let size = std::str::from_utf8(self.get(b"size")?).ok()?.parse().ok()?;
        (size < 1 << 62).then_some(size)
    }

    pub(super) fn is_sparse(&self) -> bool {
        self.records.iter().any(|(key, _)| key.starts_with(b"GNU.sparse."))
    }

    /// The whole header again, with another size in it.
    pub(super) fn with_size(&self, header: &[u8], size: u64) -> Vec<u8> {
        let mut body = Vec::new();
        let new = size.to_string().into_bytes();
        for (key, value) in &self.records {
            write_record(&mut body, key, if key == b"size" { &new } else { value });
        }
        let mut out = header.to_vec();
        if let Some(mut header) = Header::new(header) {
            header.set_size(body.len() as u64);
            out = header.bytes().to_vec();
        }
        out.extend_from_slice(&body);
        out.resize(out.len().next_multiple_of(BLOCK), 0);
        out
    }
}

/// The first of the records: key, value, and its length.
fn record(rest: &[u8]) -> Option<(&[u8], &[u8], usize)> {
    let space = rest.iter().take(20).position(|b| *b == b' ')?;
    let length: usize = std::str::from_utf8(&rest[..space]).ok()?.parse().ok()?;
    let text = rest.get(space + 1..length)?.strip_suffix(b"\n")?;
    let equals = text.iter().position(|b| *b == b'=')?;
    Some((&text[..equals], &text[equals + 1..], length))
}

/// A record begins with its own length, the digits of it included.
fn write_record(out: &mut Vec<u8>, key: &[u8], value: &[u8]) {
    let rest = key.len() + value.len() + 3;
    let mut length = rest;
    while length != rest + length.to_string().len() {
        length = rest + length.to_string().len();
    }
    out.extend_from_slice(length.to_string().as_bytes());
    for part in [b" ", key, b"=", value, b"\n"] {
        out.extend_from_slice(part);
    }
}

/// True where a file begins with the header of an entry.
pub(in crate::pack) fn begins(head: &[u8]) -> bool {
    // Where the checksum ends there is a zero, which hardly any text has; that is looked at first.
    head.get(155).is_some_and(|b| matches!(b, 0 | b' ')) && Header::new(head).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_octal_or_binary() {
        assert_eq!(number(b"0000644\0"), Some(0o644));
        assert_eq!(number(b"   644 \0"), Some(0o644));
        assert_eq!(number(b"777777777777"), Some((1 << 36) - 1));
        assert_eq!(number(b"\x80\0\0\0\0\0\0\x02\0\0\0\0"), Some(1 << 33));
        assert_eq!(number(b"\x80\0\0\0\0\0\x02\x01"), Some(513));
        assert_eq!(number(b"\xff\0\0\0\0\0\0\x02\0\0\0\0"), None);
        assert_eq!(number(b"\x80\0\0\x01\0\0\0\x02\0\0\0\0"), None);
        assert_eq!(number(b"00006x4\0"), None);
    }

    #[test]
    fn a_size_is_written_and_read_back() {
        let mut header = Header([b'x'; BLOCK]);
        for size in [0, 1, 8_589_934_591, 8_589_934_592, 1 << 61] {
            header.set_size(size);
            let read = Header::new(header.bytes()).expect("its checksum holds");
            assert_eq!(read.size().expect("has a size"), size);
        }
    }

    #[test]
    fn records_tell_their_own_length() {
        for value in ["", "a", "1234567", &"v".repeat(91), &"v".repeat(92), &"v".repeat(990)] {
            let mut out = Vec::new();
            write_record(&mut out, b"k", value.as_bytes());
            write_record(&mut out, b"size", b"12");
            let pax = Pax::new(&out, 0..0).expect("is well-formed");
            assert_eq!(pax.get(b"k"), Some(value.as_bytes()));
            assert_eq!(pax.size(), Some(12));
        }
        assert!(Pax::new(b"12 path=abc", 0..0).is_err());
        assert!(Pax::new(b"99999999999999999999 a=b\n", 0..0).is_err());
    }
}
