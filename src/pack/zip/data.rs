//! The data of entries: how it is unpacked, packed again, and summed up.

use std::io::{self, BufRead, Read, Write};

use flate2::bufread::DeflateDecoder;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use crate::pack::codec::{Codec, Encode};
use crate::pack::codecs::CODECS;
use crate::pack::spool::{MEMORY, Spool};

/// How the data of an entry is compressed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Method {
    Stored,
    Deflate,
    /// As one of the compressed streams.
    Codec(&'static Codec),
}

/// The numbers of the methods that are streams of their own.
const STREAMS: &[(u16, &str)] = &[(12, "bzip2"), (20, "zstd"), (93, "zstd"), (95, "xz")];

impl Method {
    /// By its number; none where it is not known.
    pub(super) fn new(number: u16) -> Option<Self> {
        match number {
            0 => Some(Self::Stored),
            8 => Some(Self::Deflate),
            _ => {
                let (_, name) = STREAMS.iter().find(|(n, _)| *n == number)?;
                CODECS.iter().find(|codec| codec.name == *name).map(Self::Codec)
            }
        }
    }

    /// True where the data itself tells where it ends.
    pub(super) fn ends_itself(self) -> bool {
        matches!(self, Self::Deflate)
    }

    pub(super) fn unpack<'a>(
        self,
        packed: &'a mut (dyn BufRead + Send),
    ) -> io::Result<Box<dyn Read + Send + 'a>> {
        Ok(match self {
            Self::Stored => Box::new(packed),
            Self::Deflate => Box::new(DeflateDecoder::new(packed)),
            Self::Codec(codec) => (codec.reader)(Box::new(packed))?,
        })
    }

    pub(super) fn pack(self, spool: &mut Spool) -> io::Result<Box<dyn Encode + '_>> {
        Ok(match self {
            Self::Stored => Box::new(spool),
            Self::Deflate => Box::new(DeflateEncoder::new(spool, Compression::default())),
            Self::Codec(codec) => (codec.writer)(Box::new(spool), &[])?,
        })
    }
}

impl Encode for &mut Spool {
    fn finish(self: Box<Self>) -> io::Result<()> {
        Ok(())
    }
}

impl Encode for DeflateEncoder<&mut Spool> {
    fn finish(self: Box<Self>) -> io::Result<()> {
        (*self).finish().map(drop)
    }
}

/// Counts what is taken of an entry's data, and keeps it where it may be needed as it was.
pub(super) struct Taken<'d> {
    inner: &'d mut (dyn BufRead + Send),
    pub(super) length: u64,
    pub(super) kept: Option<Vec<u8>>,
}

impl<'d> Taken<'d> {
    pub(super) fn new(inner: &'d mut (dyn BufRead + Send), keep: bool) -> Self {
        Self { inner, length: 0, kept: keep.then(Vec::new) }
    }
}

impl Read for Taken<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = {
            let ready = self.fill_buf()?;
            let length = ready.len().min(out.len());
            out[..length].copy_from_slice(&ready[..length]);
            length
        };
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Taken<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, length: usize) {
        if let Some(kept) = &mut self.kept {
            match self.inner.fill_buf() {
                Ok(ready) if kept.len() + length <= MEMORY && ready.len() >= length => {
                    kept.extend_from_slice(&ready[..length]);
                }
                _ => self.kept = None,
            }
        }
        self.length += length as u64;
        self.inner.consume(length);
    }
}

/// Sums up what is read or written.
pub(super) struct Summed<T> {
    pub(super) inner: T,
    pub(super) crc: Crc,
    pub(super) length: u64,
}

impl<T> Summed<T> {
    pub(super) fn new(inner: T) -> Self {
        Self { inner, crc: Crc::new(), length: 0 }
    }

    fn add(&mut self, bytes: &[u8]) {
        self.crc.update(bytes);
        self.length += bytes.len() as u64;
    }
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        self.add(&out[..read]);
        Ok(read)
    }
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.add(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
