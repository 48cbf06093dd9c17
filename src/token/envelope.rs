//! The envelope of every UserSig: JSON, as a zlib stream, as base64 in an alphabet of its own.
//!
//! `*` and `-` belong to the token and to the Markdown or the URL around it alike, and only the zlib
//! stream, which ends itself, tells where the token stops. What a home-made signer wrote in another
//! alphabet or packed another way is opened as well, where it can be nothing else.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_HAS_MORE_INPUT, TINFL_FLAG_PARSE_ZLIB_HEADER, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};
use zeroize::Zeroizing;

use super::homemade::replace_quotes;
use super::spelling::{Spelling, unescape};

/// The largest document that is inflated, in bytes.
pub(super) const MAX_DOCUMENT: usize = 4 * 1024;

/// The longest text that is read, in base64 characters.
const MAX_CHARS: usize = 8 * 1024;

/// Characters that are read before the first look at the document; enough for its first bytes at
/// every compression level.
const CHUNK_CHARS: usize = 80;

/// From here on a stream without an end can show that it is one of ours.
const MIN_CUT_CHARS: usize = 20;

/// How the document is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    /// A zlib stream, as the platform has it.
    Zlib,
    /// A gzip member.
    Gzip,
    /// Deflate without a header and a checksum.
    Deflate,
}

/// What the document has to be, for a stream to be read on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Document {
    /// One that begins as those of a UserSig do.
    UserSig,
    /// The same, and what is readable of it where the stream is damaged.
    Damaged,
    /// Any JSON object.
    Any,
}

/// An opened envelope.
pub(super) struct Envelope {
    /// The JSON text, or the readable part of it.
    pub(super) document: Zeroizing<Vec<u8>>,
    /// Bytes of the input that the token takes, its padding included.
    pub(super) length: usize,
    /// False where the input ends before the stream does.
    pub(super) complete: bool,
    /// How it was packed.
    pub(super) packing: Packing,
    /// How it is written.
    pub(super) spelling: Spelling,
    /// True where the document was written with single quotes; it has those of JSON now.
    pub(super) single_quotes: bool,
    /// True where the stream is damaged; the document is what could be read before.
    pub(super) damaged: bool,
}

impl Envelope {
    /// Whether it is packed as the platform wants it, however it is spelled.
    pub(super) fn is_plain(&self) -> bool {
        self.packing == Packing::Zlib && !self.single_quotes
    }
}

/// Opens the envelope at the start of `input`. None where there is none, where the checksum is wrong
/// or the document is larger than [`MAX_DOCUMENT`], and where what is inside is no UserSig document.
pub(super) fn open(input: &[u8]) -> Option<Envelope> {
    let packing = match input {
        [b'H', b'4', b's', b'I', ..] => Packing::Gzip,
        _ if begins_as_zlib(input) => Packing::Zlib,
        _ => return None,
    };
    open_packed(input, packing, Document::UserSig)
}

/// Opens a stream without a header, of which only the document tells what it is. Turns nearly everything else
/// away by its first eight bits.
pub(super) fn open_bare(input: &[u8]) -> Option<Envelope> {
    let first = |at: usize| Spelling::PLATFORM.sextet(&input[at.min(input.len())..]);
    let ((high, width), (low, _)) = (first(0)?, first(first(0)?.1)?);
    let head = high << 2 | low >> 4;
    // The last block, of one of the two compressed kinds; the fixed code begins with a brace.
    let may_be_ours = match (head >> 1) & 3 {
        1 => head & 0xf8 == 0xa8,
        2 => true,
        _ => false,
    };
    if !may_be_ours || width != 1 {
        return None;
    }
    open_packed(input, Packing::Deflate, Document::UserSig).filter(|envelope| envelope.complete)
}

/// Opens a stream of a known packing in the platform's spelling, and where that does not come to an end in
/// another one that does.
pub(super) fn open_packed(input: &[u8], packing: Packing, kind: Document) -> Option<Envelope> {
    let plain = open_spelled(input, packing, Spelling::PLATFORM, kind);
    if plain.as_ref().is_some_and(|envelope| envelope.complete) {
        return plain;
    }
    let whole = |spelling| open_spelled(input, packing, spelling, kind).filter(|e| e.complete);
    Spelling::others(input).find_map(whole).or(plain)
}

/// Opens a stream of a known packing and spelling.
pub(super) fn open_spelled(
    input: &[u8],
    packing: Packing,
    spelling: Spelling,
    kind: Document,
) -> Option<Envelope> {
    // A run that is too short is turned away before anything is set up.
    let mut at = 0;
    for _ in 0..MIN_CUT_CHARS {
        at += spelling.sextet(&input[at..])?.1;
    }
    if kind == Document::UserSig && !may_open(input, packing, spelling) {
        return None;
    }
    let mut document = Zeroizing::new(vec![0; MAX_DOCUMENT]);
    let mut stream = Stream { state: DecompressorOxide::new(), taken: 0, written: 0, packing };
    let mut chars = Chars { input, spelling, at: 0, count: 0, starred: 0, masked: false };
    let mut chunk = Zeroizing::new([0; CHUNK_CHARS / 4 * 3]);
    loop {
        let filled = chars.fill(chunk.as_mut());
        let progress = stream.inflate(&chunk[..filled], &mut document);
        if !is_document_start(&document[..stream.written], kind) {
            return None;
        }
        match progress {
            Progress::Done => {
                document.truncate(stream.written);
                let length = whole_length(input, stream.taken, spelling)?;
                let single_quotes = replace_quotes(&mut document);
                return Some(Envelope {
                    document,
                    length,
                    complete: true,
                    packing,
                    spelling,
                    single_quotes,
                    damaged: false,
                });
            }
            Progress::Failed | Progress::Full if kind != Document::Damaged => return None,
            Progress::More if filled == chunk.len() && chars.count <= MAX_CHARS => {}
            Progress::More if chars.count > MAX_CHARS || chars.masked => return None,
            Progress::More | Progress::Full | Progress::Failed => {
                document.truncate(stream.written);
                let shown = document.windows(4).any(|w| w.eq_ignore_ascii_case(b"TLS."));
                let (length, single_quotes) = (chars.at, replace_quotes(&mut document));
                return shown.then_some(Envelope {
                    document,
                    length,
                    complete: false,
                    packing,
                    spelling,
                    single_quotes,
                    damaged: !matches!(progress, Progress::More),
                });
            }
        }
    }
}

/// Whether the first characters are the beginning of a document of ours. Most of what begins like a stream is
/// turned away here, where little has to be set up and wiped.
fn may_open(input: &[u8], packing: Packing, spelling: Spelling) -> bool {
    let mut chunk = Zeroizing::new([0; CHUNK_CHARS / 4 * 3]);
    let mut start = Zeroizing::new([0; 512]);
    let mut chars = Chars { input, spelling, at: 0, count: 0, starred: 0, masked: false };
    let mut stream = Stream { state: DecompressorOxide::new(), taken: 0, written: 0, packing };
    let filled = chars.fill(chunk.as_mut());
    let progress = stream.inflate(&chunk[..filled], start.as_mut());
    !matches!(progress, Progress::Failed) && is_document_start(&start[..stream.written], Document::UserSig)
}

/// The cheap sieve: base64 of a zlib header with a 32 KiB window, and of a first block of any kind.
fn begins_as_zlib(input: &[u8]) -> bool {
    let [b'e', level, third, fourth, ..] = *input else { return false };
    let matching = match level {
        b'A' => matches!(third, b'E'..=b'H'),
        b'F' => matches!(third, b'4'..=b'7'),
        b'J' => matches!(third, b'w'..=b'z'),
        b'N' => matches!(third, b'o'..=b'r'),
        _ => false,
    };
    matching && b"0189ABEFMNUVcdklqrst".contains(&fourth)
}

/// True for what a document of ours begins with, as far as it is there: `{`, white space, `"TLS.`. Some
/// home-made signers write the quotes of another language, or small letters.
fn is_document_start(text: &[u8], kind: Document) -> bool {
    let Some((first, rest)) = text.trim_ascii_start().split_first() else { return true };
    let rest = rest.trim_ascii_start();
    let Some((quote, name)) = rest.split_first() else { return *first == b'{' };
    let shown = name.len().min(4);
    let is_named = kind == Document::Any || name[..shown].eq_ignore_ascii_case(&b"TLS."[..shown]);
    *first == b'{' && matches!(quote, b'"' | b'\'') && is_named
}

/// Bytes of the input that a stream of `taken` bytes takes, with the padding that belongs to it.
fn whole_length(input: &[u8], taken: usize, spelling: Spelling) -> Option<usize> {
    let mut at = 0;
    for _ in 0..(taken * 4).div_ceil(3) {
        at += spelling.sextet(&input[at..])?.1;
    }
    for _ in 0..(3 - taken % 3) % 3 {
        at += match input.get(at) {
            Some(&byte) if spelling.is_padding(byte) => 1,
            Some(b'%') => match unescape(&input[at..]) {
                Some((byte, width)) if spelling.is_padding(byte) => width,
                _ => break,
            },
            _ => break,
        };
    }
    Some(at)
}

/// The characters of the input, as bytes, a chunk at a time.
struct Chars<'a> {
    input: &'a [u8],
    spelling: Spelling,
    at: usize,
    count: usize,
    starred: usize,
    /// True where three stars in a row were seen: no cut token, but a masked one.
    masked: bool,
}

impl Chars<'_> {
    /// Fills the buffer, whose size is a multiple of three, and says how far.
    fn fill(&mut self, out: &mut [u8]) -> usize {
        let mut filled = 0;
        while filled < out.len() {
            let mut group = 0u32;
            let mut chars = 0;
            while chars < 4 {
                let Some((value, width)) = self.spelling.sextet(&self.input[self.at..]) else { break };
                self.starred = if self.input[self.at] == b'*' { self.starred + 1 } else { 0 };
                self.masked |= self.starred == 3;
                group |= u32::from(value) << (18 - 6 * chars);
                self.at += width;
                chars += 1;
            }
            self.count += chars;
            let [_, bytes @ ..] = group.to_be_bytes();
            let whole = chars * 6 / 8;
            out[filled..filled + whole].copy_from_slice(&bytes[..whole]);
            filled += whole;
            if chars < 4 {
                break;
            }
        }
        filled
    }
}

enum Progress {
    Done,
    /// It needs more input.
    More,
    /// It needs more room for its output.
    Full,
    /// It is damaged, its checksum is wrong, or it has a preset dictionary.
    Failed,
}

struct Stream {
    state: DecompressorOxide,
    taken: usize,
    written: usize,
    packing: Packing,
}

impl Stream {
    fn inflate(&mut self, bytes: &[u8], out: &mut [u8]) -> Progress {
        let mut bytes = bytes;
        if self.packing == Packing::Gzip && self.taken == 0 {
            let Some(head) = gzip_head(bytes) else { return Progress::Failed };
            self.taken = head;
            bytes = &bytes[head..];
        }
        let header = if self.packing == Packing::Zlib { TINFL_FLAG_PARSE_ZLIB_HEADER } else { 0 };
        let flags = header | TINFL_FLAG_HAS_MORE_INPUT | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, taken, written) = decompress(&mut self.state, bytes, out, self.written, flags);
        self.taken += taken;
        self.written += written;
        match status {
            TINFLStatus::Done => {
                // The checksum and the length; nothing depends on them here.
                self.taken += if self.packing == Packing::Gzip { 8 } else { 0 };
                Progress::Done
            }
            TINFLStatus::NeedsMoreInput => Progress::More,
            TINFLStatus::HasMoreOutput => Progress::Full,
            _ => Progress::Failed,
        }
    }
}

/// The bytes of a gzip header, with the name of a file or without.
fn gzip_head(bytes: &[u8]) -> Option<usize> {
    const FIXED: usize = 10;
    match bytes.get(..FIXED)? {
        [0x1f, 0x8b, 8, 0, ..] => Some(FIXED),
        [0x1f, 0x8b, 8, 8, ..] => Some(FIXED + memchr::memchr(0, &bytes[FIXED..])? + 1),
        _ => None,
    }
}
