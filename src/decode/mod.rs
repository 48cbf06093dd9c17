//! Views: the same bytes after one encoding is undone, with a map back to where they came from.
//!
//! One file per encoding, one line per encoding in [`DECODERS`]. A decoder is asked only where the
//! prefilter or the grammar has seen a reason, and takes only the stretch around that place: decoding
//! everything would cost more than all the rest. Views nest; [`MAX_DEPTH`] and [`MAX_REGION`] bound it.

mod base64;
mod hex;
pub(crate) mod invisible;
mod json;
pub(crate) mod numbers;
pub(crate) mod percent;
pub(crate) mod pieces;
pub(crate) mod records;
pub(crate) mod units;
mod utf16;

use crate::text::Span;

/// How many encodings may be wrapped around a secret.
pub const MAX_DEPTH: usize = 4;

/// How long a stretch one decoder takes at a time, in bytes of its input.
pub const MAX_REGION: usize = 32 * 1024;

/// An encoding.
#[derive(Debug, Clone, Copy)]
pub struct Decoder {
    /// The name in reports.
    pub name: &'static str,
    /// What gives the reason to ask it.
    pub wake: Wake,
    /// Decodes the stretch around a position; nothing where it is not this encoding after all.
    pub decode: fn(&[u8], &Ask) -> Option<View>,
}

/// Where a decoder is asked, and what led there.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    /// What gave the reason.
    pub wake: Wake,
    /// The position; of a value its first byte.
    pub at: usize,
    /// Where the name of the value begins; `at` where it has none.
    pub name: usize,
    /// Up to here the value is known already; `at` where nothing is known of it.
    pub end: usize,
}

impl Ask {
    /// For what stands at a position.
    pub fn new(wake: Wake, at: usize) -> Self {
        Self { wake, at, name: at, end: at }
    }
}

/// What gives the reason to try a decoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// `\u00` somewhere.
    UnicodeEscape,
    /// `%` and two hex digits between a name and its value, or two encoded letters in a row.
    Percent,
    /// A long run of letters and digits.
    Run,
    /// ASCII and NUL by turns.
    Wide,
    /// A sign of no width beside a name.
    Invisible,
    /// A number that may be the byte of a name in an array of numbers.
    Numbers,
    /// An array of numbers behind a name.
    NamedNumbers,
    /// A joint behind a value, or inside of it.
    Pieces,
}

/// Every encoding.
pub const DECODERS: &[Decoder] = &[
    json::DECODER,
    percent::DECODER,
    base64::DECODER,
    hex::DECODER,
    utf16::DECODER,
    numbers::OF_TEXT,
    numbers::OF_NAMES,
    invisible::DECODER,
    pieces::DECODER,
];

/// Decoded bytes and, for each, the source bytes it was made from.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// The stretch of the source that was decoded.
    pub source: Span,
    /// The decoded bytes.
    pub bytes: Vec<u8>,
    /// True where the encoding goes on to the left of the stretch.
    pub cut_start: bool,
    /// True where the encoding goes on to the right of the stretch.
    pub cut_end: bool,
    /// The one value that the view was made for, where it was made for one.
    pub value: Option<Joined>,
    /// For each decoded byte the offset in the source where it begins and where it ends.
    map: Vec<(u32, u32)>,
}

/// A value that a view puts together from its pieces.
#[derive(Debug, Clone, Copy)]
pub struct Joined {
    /// Where its name begins in the view.
    pub name: usize,
    /// Where it stands in the view.
    pub span: Span,
    /// Where it stands in the source, joints included.
    pub source: Span,
    /// Its joints may as well be the ends of unrelated lines: only a token that is whole then is one.
    pub is_loose: bool,
}

impl Joined {
    /// Whether a value at `span` of the view has to do with this one; `proves_itself` for a whole token.
    pub fn holds(&self, span: Span, proves_itself: bool) -> bool {
        span.start < self.span.end && self.span.start < span.end && (proves_itself || !self.is_loose)
    }
}

impl Default for Span {
    fn default() -> Self {
        Span::new(0, 0)
    }
}

impl Drop for View {
    fn drop(&mut self) {
        use zeroize::Zeroize;
        self.bytes.zeroize();
    }
}

impl View {
    fn new(source: Span) -> Self {
        let (bytes, map) = (Vec::with_capacity(source.len()), Vec::with_capacity(source.len()));
        Self { source, bytes, map, cut_start: false, cut_end: false, value: None }
    }

    /// Adds decoded bytes that were made from `start..end` of the source.
    fn push(&mut self, decoded: &[u8], start: usize, end: usize) {
        self.bytes.extend_from_slice(decoded);
        let base = self.source.start;
        self.map.extend(decoded.iter().map(|_| ((start - base) as u32, (end - base) as u32)));
    }

    /// Where a span of the decoded bytes stands in the source.
    pub fn to_source(&self, span: Span) -> Span {
        let start = self.map.get(span.start).map_or(self.source.end, |m| self.source.start + m.0 as usize);
        let end = match span.end.checked_sub(1).and_then(|last| self.map.get(last)) {
            Some(m) if !span.is_empty() => self.source.start + m.1 as usize,
            _ => start,
        };
        Span::new(start.min(end), end)
    }

    /// The stretches of the source that a span of the decoded bytes was made from, in order: more than
    /// one where something was left out between them.
    pub fn source_parts(&self, span: Span) -> impl Iterator<Item = Span> + '_ {
        let map = self.map.get(span.range()).unwrap_or(&[]);
        let part = |group: &[(u32, u32)]| {
            let start = group.first().map_or(0, |m| m.0 as usize);
            let end = group.last().map_or(0, |m| m.1 as usize);
            Span::new(self.source.start + start, self.source.start + end)
        };
        map.chunk_by(|a, b| a.1 >= b.0).map(part)
    }
}

/// A quick look at a run of letters and digits: could base64 or hex of a text begin here? Most runs in
/// logs are trace ids and hashes; base64 of a text is never made of hex digits alone.
pub(crate) fn may_be_encoded(bytes: &[u8], run: Span, is_hex: bool) -> bool {
    if is_hex {
        hex::may_begin(bytes, run)
    } else {
        base64::may_begin(bytes, run) || hex::may_begin(bytes, run)
    }
}

/// True where text is likely: what random bytes decoded by mistake are not. Checks the first bytes.
fn looks_like_text(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(24)];
    match std::str::from_utf8(start) {
        Ok(text) => text.chars().all(is_textual),
        // The last character may be cut off by the end of the sample.
        Err(e) => {
            e.error_len().is_none()
                && std::str::from_utf8(&start[..e.valid_up_to()])
                    .is_ok_and(|t| !t.is_empty() && t.chars().all(is_textual))
        }
    }
}

/// True where text in UTF-16 is likely, in either order: ASCII and NUL by turns, maybe behind a byte order mark.
fn looks_like_wide_text(bytes: &[u8]) -> bool {
    const MIN_UNITS: usize = 5;
    const MAX_UNITS: usize = 12;
    let marks = [[0xff, 0xfe], [0xfe, 0xff]];
    let bytes = marks.iter().find_map(|mark| bytes.strip_prefix(&mark[..])).unwrap_or(bytes);
    let is_ascii = |b: u8| is_textual(char::from(b)) && b.is_ascii();
    let is_wide = |of: fn(&[u8]) -> [u8; 2]| {
        let mut units = bytes.chunks_exact(2).take(MAX_UNITS).map(of);
        units.all(|[high, low]| high == 0 && is_ascii(low))
    };
    bytes.len() >= 2 * MIN_UNITS && (is_wide(|unit| [unit[1], unit[0]]) || is_wide(|unit| [unit[0], unit[1]]))
}

fn is_textual(c: char) -> bool {
    !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{1b}')
}

/// Extends `at` to both sides over bytes that satisfy `inside`, at most [`MAX_REGION`] each way.
fn extend(bytes: &[u8], at: usize, inside: impl Fn(u8) -> bool) -> Span {
    let floor = at.saturating_sub(MAX_REGION / 2);
    let start = bytes[floor..at].iter().rposition(|&b| !inside(b)).map_or(floor, |i| floor + i + 1);
    let ceiling = bytes.len().min(at + MAX_REGION / 2);
    let end = bytes[at..ceiling].iter().position(|&b| !inside(b)).map_or(ceiling, |i| at + i);
    Span::new(start, end)
}
