//! Zstandard: RFC 8878.
//!
//! The encoder at hand takes a slice and gives a frame, so what is written is a row of frames, which
//! every decoder reads as one. It looks back no further than 128 KiB, so that costs hardly any room.

use std::io::{self, Read, Write};

use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

use super::codec::{Codec, Encode};
use super::members::{Member, Members};
use super::source::{Source, corrupt, cut_off};

/// The line in the table.
pub(super) const CODEC: Codec = Codec {
    name: "zstd",
    extensions: &["zst", "zstd", "tzst"],
    begins: |head| begins(head) || skippable(head).is_some_and(|length| follows(head, length)),
    reader: |reader| Ok(Members::<Zst<'_>>::open(reader)),
    writer: |writer, head| {
        let checksum = head.get(4).is_none_or(|descriptor| descriptor & CHECKSUM != 0) || !begins(head);
        Ok(Box::new(Encoder { writer, waiting: Vec::new(), checksum, frames: 0 }))
    },
};

/// What a window may take; `zstd --ultra -22` and `--long` ask for so much. A header may ask for terabytes.
const WINDOW: u64 = 128 * 1024 * 1024 + 1;

/// What goes into a frame that is written.
const FRAME: usize = 2 * 1024 * 1024;

/// The flag of a frame that ends with a checksum.
const CHECKSUM: u8 = 4;

/// An empty block that is the last one, and room for a checksum.
const LAST_BLOCK: &[u8] = &[1, 0, 0, 0, 0, 0, 0];

const MAGIC: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

fn begins(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// How long a frame is that holds no data.
pub(super) fn skippable(head: &[u8]) -> Option<u64> {
    let fixed = head.get(..8)?;
    let ours = fixed[0] & 0xf0 == 0x50 && fixed[1..4] == [0x2a, 0x4d, 0x18];
    ours.then(|| 8 + u64::from(u32::from_le_bytes([fixed[4], fixed[5], fixed[6], fixed[7]])))
}

/// True where a frame follows within sight on so many bytes; another format has skippable frames, too.
fn follows(head: &[u8], length: u64) -> bool {
    usize::try_from(length).ok().and_then(|length| head.get(length..)).is_some_and(begins)
}

struct Zst<'a> {
    source: Source<'a>,
    decoder: FrameDecoder,
    /// Why nothing more can be decoded.
    failed: Option<io::Error>,
}

impl Read for Zst<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.decoder.can_collect() == 0 && self.failed.is_none() && !self.decoder.is_finished() {
            let blocks = BlockDecodingStrategy::UptoBlocks(1);
            if self.decoder.decode_blocks(&mut self.source, blocks).is_err() {
                let at_end = self.source.peek(1)?.is_empty();
                self.failed = Some(if at_end { cut_off() } else { corrupt("frame") });
                // What came out so far is held back for later blocks to refer to, until the last one.
                let _ = self.decoder.decode_blocks(LAST_BLOCK, BlockDecodingStrategy::UptoBlocks(1));
            }
        }
        if self.decoder.can_collect() == 0
            && let Some(error) = self.failed.take()
        {
            return Err(error);
        }
        self.decoder.read(out)
    }
}

impl<'a> Member<'a> for Zst<'a> {
    const NAME: &'static str = CODEC.name;

    fn begins(head: &[u8]) -> bool {
        begins(head)
    }

    fn skippable(head: &[u8]) -> Option<u64> {
        skippable(head)
    }

    fn open(mut source: Source<'a>) -> io::Result<Self> {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(WINDOW);
        decoder.init(&mut source).map_err(|_| corrupt("frame"))?;
        Ok(Self { source, decoder, failed: None })
    }

    fn close(self) -> io::Result<Source<'a>> {
        let told = self.decoder.get_checksum_from_data();
        if told.is_some() && told != self.decoder.get_calculated_checksum() {
            return Err(corrupt("checksum"));
        }
        Ok(self.source)
    }
}

struct Encoder<'a> {
    writer: Box<dyn Write + 'a>,
    waiting: Vec<u8>,
    checksum: bool,
    frames: u64,
}

impl Encoder<'_> {
    fn frame(&mut self) -> io::Result<()> {
        let mut frame = compress_to_vec(&self.waiting[..], CompressionLevel::Fastest);
        self.waiting.clear();
        self.frames += 1;
        if !self.checksum && frame.len() > 9 && frame[4] & CHECKSUM != 0 {
            frame[4] &= !CHECKSUM;
            frame.truncate(frame.len() - 4);
        }
        self.writer.write_all(&frame)
    }
}

impl Write for Encoder<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(FRAME - self.waiting.len());
        self.waiting.extend_from_slice(&bytes[..taken]);
        if self.waiting.len() == FRAME {
            self.frame()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl Encode for Encoder<'_> {
    fn finish(mut self: Box<Self>) -> io::Result<()> {
        if !self.waiting.is_empty() || self.frames == 0 {
            self.frame()?;
        }
        Ok(())
    }
}
