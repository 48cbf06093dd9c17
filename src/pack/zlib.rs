//! zlib (RFC 1950) and deflate (RFC 1951) on their own. Two bytes are hardly a mark, and none are none, so the
//! beginning of such a stream is unpacked to see whether it is one.

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::bufread::{DeflateDecoder, ZlibDecoder};
use flate2::write::{DeflateEncoder, ZlibEncoder};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags as flags};

use super::codec::{Codec, Encode, HEAD};
use super::members::{Member, Members};
use super::source::Source;

/// The line in the table.
pub(super) const CODEC: Codec = Codec {
    name: "zlib",
    extensions: &["zlib", "zz"],
    begins: begins_zlib,
    reader: |reader| Ok(Members::<Zlib<'_>>::open(reader)),
    writer: |writer, _| Ok(Box::new(ZlibEncoder::new(writer, Compression::default()))),
};

/// The line in the table of what is told by more than a mark.
pub(super) const DEFLATE: Codec = Codec {
    name: "deflate",
    extensions: &["deflate", "zz"],
    begins: begins_deflate,
    reader: |reader| Ok(Members::<Deflate<'_>>::open(reader)),
    writer: |writer, _| Ok(Box::new(DeflateEncoder::new(writer, Compression::default()))),
};

/// No text begins with so many bytes that are none of a compressed stream.
const LEAD: usize = 24;

/// Deflate with a window of at most 32 KiB, the check of both bytes, no dictionary.
fn begins_zlib(head: &[u8]) -> bool {
    let [method, flags, ..] = *head else { return false };
    let is_header = method & 0x0f == 8
        && method >> 4 <= 7
        && flags & 0x20 == 0
        && (u16::from(method) << 8 | u16::from(flags)) % 31 == 0;
    is_header && !is_text(head) && inflated(head, true).is_some()
}

/// A stream without any mark is believed where it unpacks to text: one with a table of codes as far as it is
/// at hand, one without if it ends where the bytes do.
fn begins_deflate(head: &[u8]) -> bool {
    const TABLE: u8 = 2;
    const NO_TABLE: u8 = 1;
    const LEAST: usize = 16;
    let Some(first) = head.first() else { return false };
    let kind = first >> 1 & 3;
    if !matches!(kind, TABLE | NO_TABLE) || is_text(&head[..head.len().min(LEAD)]) {
        return false;
    }
    let Some(Inflated { text, ended, taken }) = inflated(head, false) else { return false };
    let is_whole = ended && taken == head.len();
    let goes_on = !ended && (head.len() == HEAD || text.len() == MOST);
    text.len() >= LEAST && is_text(&text) && (is_whole || kind == TABLE && goes_on)
}

/// Bytes of a text in ASCII, which no compressed stream has many of in a row.
fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| matches!(b, b'\t' | b'\n' | b'\r' | 0x20..=0x7e))
}

/// Whether these bytes begin a deflate stream that gives anything.
pub(super) fn unpacks(head: &[u8]) -> bool {
    inflated(head, false).is_some_and(|inflated| !inflated.text.is_empty() || inflated.ended)
}

/// How much of that is unpacked to see what it is.
const MOST: usize = 8 * 1024;

/// What the beginning of a stream unpacks to.
struct Inflated {
    /// The first of it.
    text: Vec<u8>,
    ended: bool,
    /// How many bytes were taken.
    taken: usize,
}

/// None where the bytes begin no such stream.
fn inflated(head: &[u8], zlib: bool) -> Option<Inflated> {
    let mut text = vec![0; MOST];
    let header = if zlib { flags::TINFL_FLAG_PARSE_ZLIB_HEADER } else { 0 };
    let flags = header | flags::TINFL_FLAG_HAS_MORE_INPUT | flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let mut inflater = Box::<DecompressorOxide>::default();
    let (status, taken, length) = decompress(&mut inflater, head, &mut text, 0, flags);
    text.truncate(length);
    match status {
        TINFLStatus::Done | TINFLStatus::Adler32Mismatch => Some(Inflated { text, ended: true, taken }),
        TINFLStatus::NeedsMoreInput | TINFLStatus::HasMoreOutput => {
            Some(Inflated { text, ended: false, taken })
        }
        _ => None,
    }
}

struct Zlib<'a>(ZlibDecoder<Source<'a>>);

impl Read for Zlib<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.read(out)
    }
}

impl<'a> Member<'a> for Zlib<'a> {
    const NAME: &'static str = CODEC.name;

    fn begins(head: &[u8]) -> bool {
        begins_zlib(head)
    }

    fn open(source: Source<'a>) -> io::Result<Self> {
        Ok(Self(ZlibDecoder::new(source)))
    }

    fn close(self) -> io::Result<Source<'a>> {
        Ok(self.0.into_inner())
    }
}

struct Deflate<'a>(DeflateDecoder<Source<'a>>);

impl Read for Deflate<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.read(out)
    }
}

impl<'a> Member<'a> for Deflate<'a> {
    const NAME: &'static str = DEFLATE.name;

    /// What begins one was asked for the first; what follows on it fails where it is none.
    fn begins(head: &[u8]) -> bool {
        !head.is_empty()
    }

    fn open(source: Source<'a>) -> io::Result<Self> {
        Ok(Self(DeflateDecoder::new(source)))
    }

    fn close(self) -> io::Result<Source<'a>> {
        Ok(self.0.into_inner())
    }
}

impl Encode for ZlibEncoder<Box<dyn Write + '_>> {
    fn finish(self: Box<Self>) -> io::Result<()> {
        (*self).finish().map(drop)
    }
}

impl Encode for DeflateEncoder<Box<dyn Write + '_>> {
    fn finish(self: Box<Self>) -> io::Result<()> {
        (*self).finish().map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(codec: &Codec, text: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut writer = (codec.writer)(Box::new(&mut out), &[]).expect("opens");
        writer.write_all(text).expect("writes");
        writer.finish().expect("ends");
        out
    }

    #[test]
    fn both_are_told_by_what_they_unpack_to() {
        for text in [&b"one line of a text, of a usual length\n"[..], &b"many lines of a text\n".repeat(300)]
        {
            for codec in [&CODEC, &DEFLATE] {
                let bytes = packed(codec, text);
                assert!((codec.begins)(&bytes[..bytes.len().min(HEAD)]), "{}", codec.name);
            }
        }
        let noise: Vec<u8> =
            (0..3000_u32).map(|n| (n.wrapping_mul(n).wrapping_mul(7919) >> 5) as u8).collect();
        let bytes = packed(&DEFLATE, &noise);
        assert!(!begins_deflate(&bytes[..HEAD]) && !begins_deflate(&noise[..512]));
    }

    #[test]
    fn text_and_noise_are_none() {
        for text in [
            &b"x^2 + y and more of it, in a whole sentence"[..],
            b"%PDF-1.7\n\xff\xff\xff",
            b"\x78\x9c",
            b"",
            b"\0",
        ] {
            assert!(!begins_deflate(text));
        }
        let mut state = 7_u32;
        for _ in 0..4000 {
            let noise: Vec<u8> = (0..512)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 24) as u8
                })
                .collect();
            assert!(!begins_deflate(&noise) && !begins_deflate(&noise[..80]));
        }
    }
}
