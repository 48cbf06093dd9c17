//! LZ4, the frame format.

use std::io::{self, Read, Write};

use lz4_flex::frame::{BlockMode, BlockSize, FrameDecoder, FrameEncoder, FrameInfo};

use super::codec::{Codec, Encode};
use super::members::{Member, Members};
use super::source::{Source, corrupt};
use super::zst;

/// The line in the table.
pub(super) const CODEC: Codec = Codec {
    name: "lz4",
    extensions: &["lz4", "tlz4"],
    begins,
    reader: |reader| Ok(Members::<Lz4<'_>>::open(reader)),
    writer: |writer, head| Ok(Box::new(FrameEncoder::with_frame_info(info(head), writer))),
};

const MAGIC: &[u8] = &[0x04, 0x22, 0x4d, 0x18];

/// The magic and the version, which is one.
fn begins(head: &[u8]) -> bool {
    head.starts_with(MAGIC) && head.get(4).is_some_and(|flags| flags >> 6 == 1)
}

/// How frames are to look that replace one with this head.
fn info(head: &[u8]) -> FrameInfo {
    let (flags, sizes) = (head.get(4).copied().unwrap_or(0x64), head.get(5).copied().unwrap_or(0x40));
    let size = match sizes >> 4 & 7 {
        5 => BlockSize::Max256KB,
        6 => BlockSize::Max1MB,
        7 => BlockSize::Max4MB,
        _ => BlockSize::Max64KB,
    };
    FrameInfo::new()
        .block_size(size)
        .block_mode(if flags & 0x20 == 0 { BlockMode::Linked } else { BlockMode::Independent })
        .block_checksums(flags & 0x10 != 0)
        .content_checksum(flags & 4 != 0)
}

struct Lz4<'a>(FrameDecoder<Frame<'a>>);

impl Read for Lz4<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.read(out)
    }
}

impl<'a> Member<'a> for Lz4<'a> {
    const NAME: &'static str = CODEC.name;

    fn begins(head: &[u8]) -> bool {
        begins(head)
    }

    fn skippable(head: &[u8]) -> Option<u64> {
        zst::skippable(head)
    }

    fn open(source: Source<'a>) -> io::Result<Self> {
        Ok(Self(FrameDecoder::new(Frame { source, part: Part::Head, left: 6, seen: Vec::new() })))
    }

    fn close(self) -> io::Result<Source<'a>> {
        let frame = self.0.into_inner();
        if frame.part == Part::End { Ok(frame.source) } else { Err(corrupt("frame")) }
    }
}

/// The bytes of one frame: the decoder takes an end between two blocks for the end of the data.
struct Frame<'a> {
    source: Source<'a>,
    part: Part,
    /// How much of the part is left.
    left: u64,
    /// The part so far, where it decides what follows.
    seen: Vec<u8>,
}

#[derive(PartialEq)]
enum Part {
    /// Magic, flags, sizes.
    Head,
    /// The rest of the header.
    Header { blocks: bool, content: bool },
    /// The length of a block.
    Length { blocks: bool, content: bool },
    /// A block and its checksum.
    Block { blocks: bool, content: bool },
    /// The checksum of all.
    Checksum,
    /// Nothing follows.
    End,
}

impl Frame<'_> {
    /// What follows on a part that was read.
    fn turn(&mut self) {
        let seen = std::mem::take(&mut self.seen);
        (self.part, self.left) = match self.part {
            Part::Head => {
                let flags = seen[4];
                let rest = 1 + u64::from(flags & 8) + if flags & 1 != 0 { 4 } else { 0 };
                (Part::Header { blocks: flags & 0x10 != 0, content: flags & 4 != 0 }, rest)
            }
            Part::Header { blocks, content } | Part::Block { blocks, content } => {
                (Part::Length { blocks, content }, 4)
            }
            Part::Length { blocks, content } => {
                let length = u32::from_le_bytes([seen[0], seen[1], seen[2], seen[3]]);
                match (length, content) {
                    (0, true) => (Part::Checksum, 4),
                    (0, false) => (Part::End, 0),
                    _ => {
                        let length = u64::from(length & 0x7fff_ffff) + if blocks { 4 } else { 0 };
                        (Part::Block { blocks, content }, length)
                    }
                }
            }
            Part::Checksum | Part::End => (Part::End, 0),
        };
    }
}

impl Read for Frame<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(out.len());
        if wanted == 0 {
            return Ok(0);
        }
        let read = self.source.read(&mut out[..wanted])?;
        if read == 0 {
            // Of another kind than what the decoder lets pass.
            return Err(corrupt("frame"));
        }
        if matches!(self.part, Part::Head | Part::Length { .. }) {
            self.seen.extend_from_slice(&out[..read]);
        }
        self.left -= read as u64;
        while self.left == 0 && self.part != Part::End {
            self.turn();
        }
        Ok(read)
    }
}

impl Encode for FrameEncoder<Box<dyn Write + '_>> {
    fn finish(self: Box<Self>) -> io::Result<()> {
        (*self).finish().map(drop).map_err(io::Error::from)
    }
}
