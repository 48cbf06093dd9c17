//! The envelope in both directions as the signer and the verifier need it: one spelling per token.
//!
//! Deflate has many streams for one document, and its padding bits may hold anything. The signer
//! therefore stores the document as it is (as the official Go signer does by default), which can be
//! read in one way only, and the verifier refuses padding that is not zero.

use std::ops::Range;

use base64::Engine;

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_PARSE_ZLIB_HEADER, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};
use zeroize::Zeroizing;

use crate::token::engines::STANDARD;
use crate::token::envelope::MAX_DOCUMENT;
use crate::token::refusal::Refusal;
use crate::token::wiped::Wiped;

/// What a stream begins with that [`seal`] is to end: the header of the fastest level, and the head of
/// one stored block, the last, with room for its length.
pub(in crate::token) const STREAM_HEAD: [u8; 7] = [0x78, 0x01, 0x01, 0, 0, 0, 0];

/// Bytes that a stream has besides its document.
pub(in crate::token) const STREAM_EXTRA: usize = STREAM_HEAD.len() + 4;

/// Writes a stream as a token: [`STREAM_HEAD`] and a document, of at most [`MAX_DOCUMENT`] bytes.
pub(in crate::token) fn seal(mut stream: Wiped) -> Option<String> {
    let length = stream.len() - STREAM_HEAD.len();
    let word = u16::try_from(length).ok().filter(|_| length <= MAX_DOCUMENT)?;
    let checksum = adler32(&stream[STREAM_HEAD.len()..]);
    stream.as_mut_vec()[3..5].copy_from_slice(&word.to_le_bytes());
    stream.as_mut_vec()[5..7].copy_from_slice(&(!word).to_le_bytes());
    stream.put(&checksum.to_be_bytes());
    let mut token = vec![0; stream.len().div_ceil(3) * 4];
    STANDARD.encode_slice(&*stream, &mut token).ok()?;
    // The alphabet is the standard one with other marks, and the standard one has the faster code.
    translate(&mut token, *b"+/=", *b"*-_");
    String::from_utf8(token).ok()
}

/// The document of a token.
pub(in crate::token) enum Document {
    /// Within a stream that stores it.
    Stored(Wiped, Range<usize>),
    /// Inflated.
    Inflated(Zeroizing<Vec<u8>>),
}

impl std::ops::Deref for Document {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Document::Stored(stream, range) => &stream[range.clone()],
            Document::Inflated(document) => document,
        }
    }
}

/// Reads the document of a whole token.
pub(in crate::token) fn unseal(token: &str) -> Result<Document, Refusal> {
    let text = token.trim_end_matches('_');
    if token.len() - text.len() != (4 - text.len() % 4) % 4 {
        return Err(Refusal::Malformed(
            "expected `_` up to a multiple of four characters, no more and no less",
        ));
    }
    // Generous: the largest document that is read takes 5.5 KiB stored, and less when compressed.
    if token.len() > 2 * MAX_DOCUMENT {
        return Err(TOO_LONG);
    }
    let alphabet = Refusal::Malformed("not in the UserSig alphabet of base64");
    let mut standard = Wiped::with_capacity(token.len());
    standard.put(token.as_bytes());
    let foreign = |byte: u8| u8::from(byte == b'+') | u8::from(byte == b'/') | u8::from(byte == b'=');
    if token.bytes().fold(0, |any, byte| any | foreign(byte)) != 0 {
        return Err(alphabet);
    }
    translate(standard.as_mut_vec(), *b"*-_", *b"+/=");
    let mut stream = Wiped::with_capacity(token.len());
    STANDARD.decode_vec(&*standard, stream.as_mut_vec()).map_err(|_| alphabet)?;
    let [method, flags, blocks @ .., _, _, _, _] = &*stream else {
        return Err(Refusal::Malformed("not a zlib stream"));
    };
    let whole = u16::from_be_bytes([*method, *flags]);
    if method & 0x0f != 8 || method >> 4 > 7 || !whole.is_multiple_of(31) || flags & 0x20 != 0 {
        return Err(Refusal::Malformed("not a zlib stream"));
    }
    match stored(blocks)? {
        None => inflate(&stream).map(Document::Inflated),
        Some(place) => {
            let range = place.start + 2..place.end + 2;
            if range.len() > MAX_DOCUMENT {
                return Err(TOO_LONG);
            }
            if !stream.ends_with(&adler32(&stream[range.clone()]).to_be_bytes()) {
                return Err(Refusal::Malformed("the checksum of the zlib stream is wrong"));
            }
            Ok(Document::Stored(stream, range))
        }
    }
}

/// The zlib checksum of at most 8 KiB, whose sums fit without a reduction on the way.
///
/// In lanes: `low` sums every 16th byte, `high` sums `low` before each step, as the checksum does byte by
/// byte; at the end the lanes are put together.
fn adler32(bytes: &[u8]) -> u32 {
    const LANES: usize = 16;
    let (mut low, mut high) = ([0u32; LANES], [0u32; LANES]);
    let (chunks, rest) = bytes.as_chunks::<LANES>();
    for chunk in chunks {
        for lane in 0..LANES {
            high[lane] += low[lane];
            low[lane] += u32::from(chunk[lane]);
        }
    }
    let weighted: u32 = (1..).zip(low.into_iter().rev()).map(|(weight, lane)| weight * lane).sum();
    let [low, high] = [low, high].map(|lanes| u64::from(lanes.into_iter().sum::<u32>()));
    let whole = (chunks.len() * LANES) as u64;
    let (mut low, mut high) = (1 + low, whole + LANES as u64 * high + u64::from(weighted));
    for &byte in rest {
        low += u64::from(byte);
        high += low;
    }
    let word = |sum: u64| u32::try_from(sum % 65_521).unwrap_or_default();
    word(high) << 16 | word(low)
}

/// Writes each of the marks as its counterpart; without a branch, so that it is done many at a time.
fn translate(text: &mut [u8], marks: [u8; 3], others: [u8; 3]) {
    let [a, b, c] = marks;
    for byte in text {
        let mut other = *byte;
        other = if *byte == a { others[0] } else { other };
        other = if *byte == b { others[1] } else { other };
        other = if *byte == c { others[2] } else { other };
        *byte = other;
    }
}

/// Where the document stands among blocks that are all stored ones, one of which holds it; none where
/// another kind of block comes.
fn stored(blocks: &[u8]) -> Result<Option<Range<usize>>, Refusal> {
    let cut = Refusal::Malformed("the zlib stream is cut off");
    let mut document = 0..0;
    let mut at = 0;
    loop {
        let (&head, rest) = blocks[at..].split_first().ok_or(cut)?;
        if head & 0b110 != 0 {
            return Ok(None);
        }
        if head > 1 {
            return Err(LOOSE_PADDING);
        }
        let (&[a, b, c, d], rest) = rest.split_first_chunk().ok_or(cut)?;
        let length = u16::from_le_bytes([a, b]);
        if length != !u16::from_le_bytes([c, d]) {
            return Err(DAMAGED);
        }
        at += 5;
        let length = usize::from(length);
        if length > rest.len() {
            return Err(cut);
        }
        if length > 0 && !document.is_empty() {
            return Err(Refusal::Malformed("a document in several stored blocks"));
        }
        if length > 0 {
            document = at..at + length;
        }
        at += length;
        match (head, at == blocks.len()) {
            (1, true) => return Ok(Some(document)),
            (1, false) => return Err(TRAILING),
            _ => {}
        }
    }
}

const TOO_LONG: Refusal = Refusal::Malformed("the document is longer than 4 KiB");
const TRAILING: Refusal = Refusal::Malformed("bytes after the end of the zlib stream");
const DAMAGED: Refusal = Refusal::Malformed("the zlib stream is damaged");
const LOOSE_PADDING: Refusal = Refusal::Malformed("the zlib stream holds padding that is not zero");

fn inflate(stream: &[u8]) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let document = inflate_whole(stream)?;
    if has_loose_padding(stream, &document) {
        return Err(LOOSE_PADDING);
    }
    Ok(document)
}

/// Inflates a stream that ends where the bytes end.
fn inflate_whole(stream: &[u8]) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let mut document = Zeroizing::new(vec![0; MAX_DOCUMENT]);
    let flags = TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let mut state = DecompressorOxide::new();
    let (status, taken, written) = decompress(&mut state, stream, &mut document, 0, flags);
    Err(match status {
        TINFLStatus::Done if taken == stream.len() => {
            document.truncate(written);
            return Ok(document);
        }
        TINFLStatus::Done => TRAILING,
        TINFLStatus::HasMoreOutput => TOO_LONG,
        TINFLStatus::Adler32Mismatch => Refusal::Malformed("the checksum of the zlib stream is wrong"),
        TINFLStatus::NeedsMoreInput | TINFLStatus::FailedCannotMakeProgress => {
            Refusal::Malformed("the zlib stream is cut off")
        }
        _ => DAMAGED,
    })
}

/// True where a bit is set that no inflater looks at: clearing it leaves the document as it is.
///
/// Such bits stand in two places: after the last block, before the checksum, and before the empty
/// stored block with which some deflaters end.
fn has_loose_padding(stream: &[u8], document: &[u8]) -> bool {
    let end = stream.len() - 4;
    let before_empty_block = stream[..end].ends_with(&[0, 0, 0xff, 0xff]).then(|| end - 5);
    [Some(end - 1), before_empty_block].into_iter().flatten().any(|place| {
        (0..8).filter(|bit| stream[place] & (1 << bit) != 0).any(|bit| {
            let mut other = Zeroizing::new(stream.to_vec());
            other[place] &= !(1 << bit);
            inflate_whole(&other).is_ok_and(|d| *d == document)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_zlib() {
        let mut bytes = vec![0xff; 2 * MAX_DOCUMENT];
        bytes.iter_mut().step_by(7).for_each(|byte| *byte = 3);
        for length in (0..100).chain([1000, 4096, bytes.len()]) {
            let expected = miniz_oxide::deflate::compress_to_vec_zlib(&bytes[..length], 0);
            assert!(expected.ends_with(&adler32(&bytes[..length]).to_be_bytes()), "{length}");
        }
    }
}
