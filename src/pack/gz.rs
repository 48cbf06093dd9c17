//! gzip: RFC 1952.

use std::io::{self, Read, Write};

use flate2::bufread::GzDecoder;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use super::codec::{Codec, Encode};
use super::members::{Member, Members};
use super::source::Source;

/// The line in the table.
pub(super) const CODEC: Codec = Codec {
    name: "gzip",
    extensions: &["gz", "gzip", "tgz"],
    begins,
    reader: |reader| Ok(Members::<Gz<'_>>::open(reader)),
    writer: |writer, head| Ok(Box::new(Encoder::new(writer, head)?)),
};

/// Deflate, and no flag that has no meaning.
fn begins(head: &[u8]) -> bool {
    head.len() >= 10 && head.starts_with(&[0x1f, 0x8b, 8]) && head[3] & 0xe0 == 0
}

struct Gz<'a>(GzDecoder<Source<'a>>);

impl Read for Gz<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.read(out)
    }
}

impl<'a> Member<'a> for Gz<'a> {
    const NAME: &'static str = CODEC.name;

    fn begins(head: &[u8]) -> bool {
        begins(head)
    }

    fn open(source: Source<'a>) -> io::Result<Self> {
        Ok(Self(GzDecoder::new(source)))
    }

    fn close(self) -> io::Result<Source<'a>> {
        Ok(self.0.into_inner())
    }
}

/// Writes one member with the header that the first one had.
struct Encoder<'a> {
    deflate: DeflateEncoder<Box<dyn Write + 'a>>,
    crc: Crc,
}

impl<'a> Encoder<'a> {
    fn new(mut writer: Box<dyn Write + 'a>, head: &[u8]) -> io::Result<Self> {
        writer.write_all(&header(head))?;
        Ok(Self { deflate: DeflateEncoder::new(writer, Compression::default()), crc: Crc::new() })
    }
}

impl Write for Encoder<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.deflate.write(bytes)?;
        self.crc.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.deflate.flush()
    }
}

impl Encode for Encoder<'_> {
    fn finish(self: Box<Self>) -> io::Result<()> {
        let mut writer = self.deflate.finish()?;
        writer.write_all(&self.crc.sum().to_le_bytes())?;
        writer.write_all(&self.crc.amount().to_le_bytes())
    }
}

/// What follows on a header; none where that does not end within these bytes.
pub(super) fn data(member: &[u8]) -> Option<&[u8]> {
    const SUM: u8 = 2;
    let flags = *member.get(3)?;
    let mut rest = member.get(10..)?;
    if flags & EXTRA != 0 {
        rest = rest.get(2 + usize::from(u16::from_le_bytes([*rest.first()?, *rest.get(1)?]))..)?;
    }
    for _ in TEXTS.into_iter().filter(|flag| flags & flag != 0) {
        rest = &rest[memchr::memchr(0, rest)? + 1..];
    }
    if flags & SUM != 0 { rest.get(2..) } else { Some(rest) }
}

/// The name and the comment in a header, as far as `head` holds them.
pub(super) fn texts(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    let flags = head.get(3).copied().unwrap_or_default();
    let start = match (flags & EXTRA, head.get(10..12)) {
        (0, _) => 10,
        (_, Some(length)) => 12 + usize::from(u16::from_le_bytes([length[0], length[1]])),
        (_, None) => head.len(),
    };
    let count = TEXTS.iter().filter(|flag| flags & **flag != 0).count();
    head.get(start..).unwrap_or_default().split(|b| *b == 0).take(count)
}

/// Whether a header has an extra field.
const EXTRA: u8 = 4;

/// Whether it has a name, and a comment.
const TEXTS: [u8; 2] = [8, 16];

/// Time, system, name and comment of a header. Its checksum and the extra field, which says what stands
/// where in the old stream, are left out; and a name that `head` does not hold to its end.
fn header(head: &[u8]) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let Some(fixed) = head.get(..10) else { return out };
    out[4..10].copy_from_slice(&fixed[4..10]);
    let flags = fixed[3];
    out[3] = flags & 1;
    let mut rest = &head[10..];
    if flags & EXTRA != 0 {
        let length = rest.get(..2).map_or(0, |l| 2 + usize::from(u16::from_le_bytes([l[0], l[1]])));
        rest = rest.get(length..).unwrap_or_default();
    }
    for flag in TEXTS.into_iter().filter(|flag| flags & flag != 0) {
        let Some(end) = rest.iter().position(|b| *b == 0) else { return out };
        out[3] |= flag;
        out.extend_from_slice(&rest[..=end]);
        rest = &rest[end + 1..];
    }
    out
}
