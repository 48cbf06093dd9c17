//! xz.

use std::io::{self, Read, Write};

use lzma_rust2::{CheckType, XzOptions, XzReader, XzWriter};

use super::codec::{Codec, Encode};
use super::members::{Member, Members};
use super::source::Source;

/// The line in the table.
pub(super) const CODEC: Codec = Codec {
    name: "xz",
    extensions: &["xz", "txz"],
    begins,
    reader: |reader| Ok(Members::<Xz<'_>>::open(reader)),
    writer: |writer, head| {
        let mut options = XzOptions::with_preset(LEVEL);
        options.set_check_sum_type(check(head));
        Ok(Box::new(XzWriter::new(writer, options)?))
    },
};

/// What a dictionary may take: the largest of the presets, `xz -9`, has 64 MiB. A header may ask for 4 GiB.
pub(super) const MEMORY_KIB: u32 = 132 * 1024;

/// Of the presets, one that is quick.
pub(super) const LEVEL: u32 = 3;

const MAGIC: &[u8] = &[0xfd, b'7', b'z', b'X', b'Z', 0];

fn begins(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// The kind of checksum, from the flags of a stream.
fn check(head: &[u8]) -> CheckType {
    match head.get(7) {
        Some(0) => CheckType::None,
        Some(1) => CheckType::Crc32,
        Some(10) => CheckType::Sha256,
        _ => CheckType::Crc64,
    }
}

struct Xz<'a>(XzReader<Source<'a>>);

impl Read for Xz<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.read(out)
    }
}

impl<'a> Member<'a> for Xz<'a> {
    const NAME: &'static str = CODEC.name;

    fn begins(head: &[u8]) -> bool {
        begins(head)
    }

    fn open(source: Source<'a>) -> io::Result<Self> {
        Ok(Self(XzReader::new_mem_limit(source, false, MEMORY_KIB)))
    }

    fn close(self) -> io::Result<Source<'a>> {
        Ok(self.0.into_inner())
    }
}

impl Encode for XzWriter<Box<dyn Write + '_>> {
    fn finish(self: Box<Self>) -> io::Result<()> {
        (*self).finish().map(drop)
    }
}
