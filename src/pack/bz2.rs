//! bzip2.

use std::io::{self, Read, Write};

use bzip2::Compression;
use bzip2::bufread::BzDecoder;
use bzip2::write::BzEncoder;

use super::codec::{Codec, Encode};
use super::members::{Member, Members};
use super::source::Source;

/// The line in the table.
pub(super) const CODEC: Codec = Codec {
    name: "bzip2",
    extensions: &["bz2", "tbz", "tbz2"],
    begins,
    reader: |reader| Ok(Members::<Bz<'_>>::open(reader)),
    writer: |writer, head| Ok(Box::new(BzEncoder::new(writer, level(head)))),
};

/// The first block's mark, or that of the end, follows on the four letters, which a text may have, too.
fn begins(head: &[u8]) -> bool {
    head.starts_with(b"BZh")
        && head.get(3).is_some_and(|level| (b'1'..=b'9').contains(level))
        && head.get(4..10).is_some_and(|mark| {
            [[0x31, 0x41, 0x59, 0x26, 0x53, 0x59], [0x17, 0x72, 0x45, 0x38, 0x50, 0x90]]
                .iter()
                .any(|m| m == mark)
        })
}

fn level(head: &[u8]) -> Compression {
    Compression::new(head.get(3).map_or(9, |digit| u32::from(digit.saturating_sub(b'0')).clamp(1, 9)))
}

struct Bz<'a>(BzDecoder<Source<'a>>);

impl Read for Bz<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.read(out)
    }
}

impl<'a> Member<'a> for Bz<'a> {
    const NAME: &'static str = CODEC.name;

    fn begins(head: &[u8]) -> bool {
        begins(head)
    }

    fn open(source: Source<'a>) -> io::Result<Self> {
        Ok(Self(BzDecoder::new(source)))
    }

    fn close(self) -> io::Result<Source<'a>> {
        Ok(self.0.into_inner())
    }
}

impl Encode for BzEncoder<Box<dyn Write + '_>> {
    fn finish(self: Box<Self>) -> io::Result<()> {
        (*self).finish().map(drop)
    }
}
