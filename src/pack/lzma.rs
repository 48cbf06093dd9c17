//! LZMA alone, the format before xz.

use std::io::{self, Read, Write};

use lzma_rust2::{LzmaOptions, LzmaReader, LzmaWriter};

use super::codec::{Codec, Encode};
use super::members::{Member, Members};
use super::source::Source;
use super::xz;

/// The line in the table.
pub(super) const CODEC: Codec = Codec {
    name: "lzma",
    extensions: &["lzma", "tlz"],
    begins,
    reader: |reader| Ok(Members::<Lzma<'_>>::open(reader)),
    writer: |writer, _| {
        let options = LzmaOptions::with_preset(xz::LEVEL);
        Ok(Box::new(LzmaWriter::new_use_header(writer, &options, None)?))
    },
};

/// The usual properties, a dictionary of a usual size, a length or none, and the first byte of the data.
pub(super) fn begins(head: &[u8]) -> bool {
    let Some(header) = head.first_chunk::<13>() else { return false };
    let dictionary = u32::from_le_bytes([header[1], header[2], header[3], header[4]]);
    let is_length = header[10..] == [0xff; 3] || header[10..] == [0; 3];
    header[..3] == [0x5d, 0, 0]
        && (dictionary.is_power_of_two() || dictionary.count_ones() == 2)
        && is_length
        && head.get(13).is_none_or(|first| *first == 0)
}

struct Lzma<'a>(LzmaReader<Source<'a>>);

impl Read for Lzma<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.read(out)
    }
}

impl<'a> Member<'a> for Lzma<'a> {
    const NAME: &'static str = CODEC.name;
    const HEAD: usize = 14;

    fn begins(head: &[u8]) -> bool {
        begins(head)
    }

    fn open(source: Source<'a>) -> io::Result<Self> {
        let mut reader = LzmaReader::new_mem_limit(source, xz::MEMORY_KIB, None)?;
        reader.set_relaxed_end_condition(false);
        reader.set_defer_errors(true);
        Ok(Self(reader))
    }

    fn close(self) -> io::Result<Source<'a>> {
        let (mut source, unused) = self.0.into_parts();
        source.give_back(&unused);
        Ok(source)
    }
}

impl Encode for LzmaWriter<Box<dyn Write + '_>> {
    fn finish(self: Box<Self>) -> io::Result<()> {
        (*self).finish().map(drop)
    }
}
