//! The envelope in both directions as the signer and the verifier need it: one spelling per token.
//!
//! Deflate has many streams for one document, and its padding bits may hold anything. The signer
//! therefore stores the document as it is (as the official Go signer does by default), which can be
//! read in one way only, and the verifier refuses padding that is not zero.

use base64::Engine;
use base64::alphabet::Alphabet;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::NO_PAD;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_PARSE_ZLIB_HEADER, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};
use zeroize::Zeroizing;

use crate::token::Refusal;
use crate::token::envelope::MAX_DOCUMENT;

/// Writes a document of at most [`MAX_DOCUMENT`] bytes as a token.
pub(in crate::token) fn seal(document: &[u8]) -> String {
    let Ok(length) = u16::try_from(document.len()) else { return String::new() };
    let mut stream = Zeroizing::new(Vec::with_capacity(document.len() + 11));
    // The header of the fastest level; one block, the last one, stored.
    stream.extend_from_slice(&[0x78, 0x01, 0x01]);
    stream.extend_from_slice(&length.to_le_bytes());
    stream.extend_from_slice(&(!length).to_le_bytes());
    stream.extend_from_slice(document);
    stream.extend_from_slice(&adler32(document).to_be_bytes());
    let mut token = String::with_capacity(stream.len().div_ceil(3) * 4);
    BASE64.encode_string(stream.as_slice(), &mut token);
    while !token.len().is_multiple_of(4) {
        token.push('_');
    }
    token
}

/// Reads the document of a whole token.
pub(in crate::token) fn unseal(token: &str) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let text = token.trim_end_matches('_');
    if token.len() - text.len() != (4 - text.len() % 4) % 4 {
        return Err(Refusal::Malformed(
            "expected `_` up to a multiple of four characters, no more and no less",
        ));
    }
    // Generous: the largest document that is read takes 5.5 KiB stored, and less when compressed.
    if text.len() > 2 * MAX_DOCUMENT {
        return Err(Refusal::Malformed("the document is longer than 4 KiB"));
    }
    let stream = BASE64.decode(text).map(Zeroizing::new);
    let stream = stream.map_err(|_| Refusal::Malformed("not in the UserSig alphabet of base64"))?;
    let [method, flags, blocks @ .., _, _, _, _] = stream.as_slice() else {
        return Err(Refusal::Malformed("not a zlib stream"));
    };
    let whole = u16::from_be_bytes([*method, *flags]);
    if method & 0x0f != 8 || method >> 4 > 7 || whole % 31 != 0 || flags & 0x20 != 0 {
        return Err(Refusal::Malformed("not a zlib stream"));
    }
    let document = match stored(blocks)? {
        Some(document) => document,
        None => return inflate(&stream),
    };
    if document.len() > MAX_DOCUMENT {
        return Err(Refusal::Malformed("the document is longer than 4 KiB"));
    }
    if !stream.ends_with(&adler32(&document).to_be_bytes()) {
        return Err(Refusal::Malformed("the checksum of the zlib stream is wrong"));
    }
    Ok(document)
}

/// The zlib checksum. Without a reduction on the way: at most 8 KiB of the largest byte sum to less
/// than 2^34 in 64 bits.
fn adler32(bytes: &[u8]) -> u32 {
    let (mut low, mut high) = (1u64, 0u64);
    for &byte in bytes {
        low += u64::from(byte);
        high += low;
    }
    let word = |sum: u64| u32::try_from(sum % 65_521).unwrap_or_default();
    word(high) << 16 | word(low)
}

/// RFC 4648 with `*` for `+` and `-` for `/`; padding is `_` and handled by the callers.
const BASE64: GeneralPurpose = GeneralPurpose::new(&ALPHABET, NO_PAD);
const ALPHABET: Alphabet =
    match Alphabet::new("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-") {
        Ok(alphabet) => alphabet,
        Err(_) => panic!("64 different characters"),
    };

/// The document where all blocks are stored ones; none where another kind of block comes.
fn stored(mut blocks: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, Refusal> {
    let cut = Refusal::Malformed("the zlib stream is cut off");
    let mut document = Zeroizing::new(Vec::with_capacity(blocks.len()));
    loop {
        let (&head, rest) = blocks.split_first().ok_or(cut)?;
        if head & 0b110 != 0 {
            return Ok(None);
        }
        if head > 1 {
            return Err(LOOSE_PADDING);
        }
        let (&[a, b, c, d], rest) = rest.split_first_chunk().ok_or(cut)?;
        let length = u16::from_le_bytes([a, b]);
        if length != !u16::from_le_bytes([c, d]) {
            return Err(Refusal::Malformed("the zlib stream is damaged"));
        }
        let (data, rest) = rest.split_at_checked(length.into()).ok_or(cut)?;
        document.extend_from_slice(data);
        match (head, rest.is_empty()) {
            (1, true) => return Ok(Some(document)),
            (1, false) => return Err(Refusal::Malformed("bytes after the end of the zlib stream")),
            _ => blocks = rest,
        }
    }
}

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
    let wrong = match status {
        TINFLStatus::Done if taken == stream.len() => {
            document.truncate(written);
            return Ok(document);
        }
        TINFLStatus::Done => "bytes after the end of the zlib stream",
        TINFLStatus::HasMoreOutput => "the document is longer than 4 KiB",
        TINFLStatus::Adler32Mismatch => "the checksum of the zlib stream is wrong",
        TINFLStatus::NeedsMoreInput | TINFLStatus::FailedCannotMakeProgress => "the zlib stream is cut off",
        _ => "the zlib stream is damaged",
    };
    Err(Refusal::Malformed(wrong))
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
