//! The envelope of every UserSig: JSON, as a zlib stream, as base64 in an alphabet of its own.
//!
//! The alphabet is not RFC 4648 base64url: `*` stands for `+`, `-` for `/`, `_` for the padding. So
//! `*` and `-` belong to the token and to the Markdown or the URL around it alike, and only the zlib
//! stream, which ends itself, tells where the token stops.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_HAS_MORE_INPUT, TINFL_FLAG_PARSE_ZLIB_HEADER, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};
use zeroize::Zeroizing;

/// The largest document that is inflated, in bytes.
pub(super) const MAX_DOCUMENT: usize = 4 * 1024;

/// The longest text that is read, in base64 characters.
const MAX_CHARS: usize = 8 * 1024;

/// Characters that are read before the first look at the document; enough for its first bytes at
/// every compression level.
const CHUNK_CHARS: usize = 80;

/// From here on a stream without an end can show that it is one of ours.
const MIN_CUT_CHARS: usize = 20;

/// An opened envelope.
pub(super) struct Envelope {
    /// The JSON text, or the readable part of it.
    pub(super) document: Zeroizing<Vec<u8>>,
    /// Bytes of the input that the token takes, its padding included.
    pub(super) length: usize,
    /// False where the input ends before the stream does.
    pub(super) complete: bool,
}

/// Opens the envelope at the start of `input`. None where there is none, where the checksum is wrong
/// or the document is larger than [`MAX_DOCUMENT`], and where what is inside is no UserSig document.
pub(super) fn open(input: &[u8]) -> Option<Envelope> {
    if !begins_as_zlib(input) {
        return None;
    }
    // A run that is too short is turned away before anything is set up.
    let mut at = 0;
    for _ in 0..MIN_CUT_CHARS {
        at += sextet(&input[at..])?.1;
    }
    let mut document = Zeroizing::new(vec![0; MAX_DOCUMENT]);
    let mut stream = Stream { state: DecompressorOxide::new(), taken: 0, written: 0 };
    let mut chars = Chars { input, at: 0, count: 0, starred: 0, masked: false };
    let mut chunk = Zeroizing::new([0; CHUNK_CHARS / 4 * 3]);
    loop {
        let filled = chars.fill(chunk.as_mut());
        let progress = stream.inflate(&chunk[..filled], &mut document);
        if !is_document_start(&document[..stream.written]) {
            return None;
        }
        match progress {
            Progress::Done => {
                document.truncate(stream.written);
                let length = whole_length(input, stream.taken)?;
                return Some(Envelope { document, length, complete: true });
            }
            Progress::Failed => return None,
            Progress::More if filled == chunk.len() && chars.count <= MAX_CHARS => {}
            Progress::More if chars.count > MAX_CHARS || chars.masked => return None,
            Progress::More => {
                document.truncate(stream.written);
                let shown = document.windows(5).any(|w| w == b"\"TLS.");
                return shown.then_some(Envelope { document, length: chars.at, complete: false });
            }
        }
    }
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

/// True for what a document of ours begins with, as far as it is there: `{`, white space, `"TLS.`.
fn is_document_start(text: &[u8]) -> bool {
    let Some((first, rest)) = text.split_first() else { return true };
    let rest = rest.trim_ascii_start();
    let shown = rest.len().min(5);
    *first == b'{' && rest[..shown] == b"\"TLS."[..shown]
}

/// Bytes of the input that a stream of `taken` bytes takes, with the padding that belongs to it.
fn whole_length(input: &[u8], taken: usize) -> Option<usize> {
    let mut at = 0;
    for _ in 0..(taken * 4).div_ceil(3) {
        at += sextet(&input[at..])?.1;
    }
    for _ in 0..(3 - taken % 3) % 3 {
        at += match &input[at..] {
            [b'_' | b'=', ..] => 1,
            [b'%', b'3', b'D' | b'd', ..] | [b'%', b'5', b'F' | b'f', ..] => 3,
            _ => break,
        };
    }
    Some(at)
}

/// The six bits of the next character, and how many bytes it is written in.
fn sextet(input: &[u8]) -> Option<(u8, usize)> {
    Some(match *input.first()? {
        byte @ b'A'..=b'Z' => (byte - b'A', 1),
        byte @ b'a'..=b'z' => (byte - b'a' + 26, 1),
        byte @ b'0'..=b'9' => (byte - b'0' + 52, 1),
        b'*' | b'+' => (62, 1),
        b'-' | b'/' => (63, 1),
        b'%' => match input.get(1..3)? {
            b"2A" | b"2a" | b"2B" | b"2b" => (62, 3),
            b"2D" | b"2d" | b"2F" | b"2f" => (63, 3),
            _ => return None,
        },
        b'\\' if input.get(1) == Some(&b'/') => (63, 2),
        _ => return None,
    })
}

/// The characters of the input, as bytes, a chunk at a time.
struct Chars<'a> {
    input: &'a [u8],
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
                let Some((value, width)) = sextet(&self.input[self.at..]) else { break };
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
    More,
    Failed,
}

struct Stream {
    state: DecompressorOxide,
    taken: usize,
    written: usize,
}

impl Stream {
    fn inflate(&mut self, bytes: &[u8], out: &mut [u8]) -> Progress {
        let flags = TINFL_FLAG_PARSE_ZLIB_HEADER
            | TINFL_FLAG_HAS_MORE_INPUT
            | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, taken, written) = decompress(&mut self.state, bytes, out, self.written, flags);
        self.taken += taken;
        self.written += written;
        match status {
            TINFLStatus::Done => Progress::Done,
            TINFLStatus::NeedsMoreInput => Progress::More,
            // Damaged, of a wrong checksum, with a preset dictionary, or larger than we read.
            _ => Progress::Failed,
        }
    }
}
