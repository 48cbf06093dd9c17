//! A way along the pieces of a value: how far it has come, and what it leaves out.

use super::inline;
use super::mail;
use crate::cursor::{Mark, Quote};
use crate::decode::decoder::Ask;
use crate::decode::view::{Joined, View};
use crate::text::{Span, is_key_byte};

/// How far a value is followed, joints included, in bytes of the source.
pub(super) const MAX_JOINED_BYTES: usize = 8 * 1024;

/// No piece of a key is longer.
pub(super) const MAX_KEY_PIECE_BYTES: usize = 512;

/// With so many characters of its signature a connect token is whole.
pub(super) const SIGNATURE_CHARS: usize = 43;

/// What a view shows of the line before a name, in bytes.
pub(super) const BEFORE_BYTES: usize = 96;

/// What a view shows behind the value, in bytes.
pub(super) const BEHIND_BYTES: usize = 320;

/// What is left out of the source, or replaced by a byte.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) byte: Option<u8>,
}

/// A way along the pieces of a value.
pub(super) struct Walk<'b> {
    pub(super) bytes: &'b [u8],
    /// Where the value begins.
    pub(super) start: usize,
    /// How far it was followed.
    pub(super) at: usize,
    /// It is not followed further.
    pub(super) limit: usize,
    /// A name has led to it.
    pub(super) is_named: bool,
    /// It begins as a token does.
    pub(super) is_token: bool,
    /// It begins as a connect token does.
    pub(super) is_connect: bool,
    /// The dots of a connect token so far, and the characters of its signature.
    pub(super) dots: usize,
    pub(super) signature: usize,
    /// Where the literal was opened in which the way is, if a joint led into it.
    pub(super) inside: Option<Quote>,
    /// The way has left the quotes of a word of a shell.
    pub(super) is_bare: bool,
    /// How many tags that opened inside the value are still open.
    pub(super) tags: usize,
    /// The text is quoted-printable.
    pub(super) is_mail: bool,
    /// The value is made of the elements of a list; of characters alone where every element is one.
    pub(super) list: Option<List>,
    pub(super) cuts: Vec<Cut>,
    pub(super) is_loose: bool,
}

impl<'b> Walk<'b> {
    pub(super) fn new(bytes: &'b [u8], ask: &Ask) -> Self {
        let Ask { at, name, end, .. } = *ask;
        let is_token = begins_token(&bytes[at.min(bytes.len())..]);
        let mut walk = Self {
            bytes,
            start: at,
            at,
            limit: bytes.len().min(at.saturating_add(MAX_JOINED_BYTES)),
            is_named: name < at,
            is_token,
            is_connect: bytes[at..].starts_with(b"v1."),
            dots: 0,
            signature: 0,
            inside: None,
            is_bare: false,
            tags: 0,
            is_mail: is_token || (name < at && mail::has_soft_break(bytes, at)),
            list: None,
            cuts: Vec::new(),
            is_loose: false,
        };
        // Mail in quoted-printable writes the `=` behind a name as `=3D`.
        if name < at && bytes[..at].ends_with(b"=") && bytes[at..].starts_with(b"3D") {
            walk.is_mail = true;
            walk.cut(at + 2, None);
        }
        if end > walk.at {
            // A soft break of mail looks like padding.
            let is_break = bytes[end - 1] == b'=' && inline::is_mail_escape(&bytes[end - 1..]);
            let end = end - usize::from(is_break && walk.is_mail);
            (walk.at..end).for_each(|i| walk.count(bytes[i]));
            walk.at = end;
        }
        walk
    }

    /// Goes over the bytes of a value, to what may be a joint.
    pub(super) fn run_over_value(&mut self) {
        let limit = if self.is_token { self.limit } else { self.limit.min(self.at + MAX_KEY_PIECE_BYTES) };
        // A third dot is none of a connect token's.
        while self.at < limit && self.is_value(self.at) && self.signature < SIGNATURE_CHARS && self.dots < 3 {
            self.count(self.bytes[self.at]);
            self.at += 1;
        }
    }

    /// Counts a byte of a connect token, which ends with its signature.
    pub(super) fn count(&mut self, byte: u8) {
        self.signature += usize::from(self.dots == 2);
        self.dots += usize::from(byte == b'.' && self.is_connect);
    }

    /// Whether the byte at `i` belongs to a value, not to a joint.
    pub(super) fn is_value(&self, i: usize) -> bool {
        let Some(&b) = self.bytes.get(i) else { return false };
        match b {
            b'=' => !(self.is_mail && inline::is_mail_escape(&self.bytes[i..])),
            // The comma of a license, also at the end of a piece.
            b',' => {
                let goes_on = |b: &u8| b.is_ascii_alphanumeric() || b"\"'`\\<&=\n\r\x1b".contains(b);
                i > self.start
                    && self.bytes[i - 1].is_ascii_alphanumeric()
                    && self.bytes.get(i + 1).is_some_and(goes_on)
            }
            b'%' => self.bytes.get(i + 1..i + 3).is_some_and(|d| d.iter().all(u8::is_ascii_hexdigit)),
            // The mark of a shell or a prompt that goes on below.
            b'^' => !matches!(self.bytes.get(i + 1), Some(b'\n' | b'\r')),
            _ => is_key_byte(b),
        }
    }

    /// Whether the byte here may begin a joint at all.
    pub(super) fn may_step(&self) -> bool {
        let b = self.bytes.get(self.at).copied().unwrap_or(0);
        matches!(
            b,
            b'"' | b'\''
                | b'`'
                | b'\\'
                | b'='
                | b'<'
                | b'&'
                | b'^'
                | b'\n'
                | b'\r'
                | 0x1b
                | 0xc2
                | 0xe2
                | 0xef
        )
    }

    pub(super) fn cut(&mut self, end: usize, byte: Option<u8>) {
        self.cuts.push(Cut { start: self.at, end, byte });
        self.at = end;
    }

    /// Whether a piece may begin at `i`, behind a joint.
    pub(super) fn begins_piece(&self, i: usize) -> bool {
        let rest = &self.bytes[i..];
        let is_comma = || matches!(rest, [b',', next, ..] if next.is_ascii_alphanumeric() || *next == b'\'');
        self.is_value(i) || inline::escape(rest, self.is_mail).is_some() || is_comma()
    }

    /// The quote right before the value.
    pub(super) fn opening(&self) -> Option<Quote> {
        let mark = *self.bytes[..self.start].last().filter(|b| matches!(b, b'"' | b'\'' | b'`'))?;
        let before = &self.bytes[..self.start - 1];
        let depth = before.iter().rev().take(64).take_while(|b| **b == b'\\').count();
        Some(Quote { mark: Mark::Byte(mark), depth })
    }

    /// The stretch around, with what was left out.
    pub(super) fn view(self, ask: &Ask) -> View {
        let floor = ask.name.saturating_sub(BEFORE_BYTES);
        let line = memchr::memrchr(b'\n', &self.bytes[floor..ask.name]).map_or(floor, |i| floor + i + 1);
        let behind = self.bytes.len().min(self.at + BEHIND_BYTES);
        let mut view = View::new(Span::new(line, behind));
        let copy = |view: &mut View, from: usize, to: usize| {
            for i in from..to {
                view.push(&self.bytes[i..=i], i, i + 1);
            }
        };
        copy(&mut view, line, ask.at);
        let start = view.bytes.len();
        let mut from = ask.at;
        for cut in &self.cuts {
            copy(&mut view, from, cut.start);
            if let Some(byte) = cut.byte {
                view.push(&[byte], cut.start, cut.end);
            }
            from = cut.end;
        }
        copy(&mut view, from, self.at);
        let span = Span::new(start, view.bytes.len());
        // What opened the first piece has to close the last.
        if let Some(Quote { mark: Mark::Byte(mark), depth: 0 }) = self.opening()
            && (self.is_bare || self.inside.is_some_and(|last| last.mark != Mark::Byte(mark)))
        {
            view.push(&[mark], self.at, self.at);
        }
        copy(&mut view, self.at, behind);
        view.value = Some(Joined {
            name: ask.name - line,
            span,
            source: Span::new(ask.at, self.at),
            is_loose: self.is_loose,
        });
        view
    }
}

/// Whether a connect token or a UserSig may begin here.
/// Whether a text begins as a token does.
pub(crate) fn begins_token(text: &[u8]) -> bool {
    match text {
        [b'v', b'1', b'.', b'e', ..] => true,
        [b'e', b'A', third, ..] => (b'E'..=b'H').contains(third),
        [b'e', b'F', third, ..] => (b'4'..=b'7').contains(third),
        [b'e', b'J', third, ..] => (b'w'..=b'z').contains(third),
        [b'e', b'N', third, ..] => (b'o'..=b'r').contains(third),
        _ => false,
    }
}

/// How the elements of a list become one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    /// A call joins them.
    Joined,
    /// Each is one character of an array.
    Characters,
}
