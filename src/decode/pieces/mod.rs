//! Values in pieces: string literals side by side or with an operator between them, lists that are
//! joined, continued lines, blocks of YAML, base64 that was wrapped, and signs that mail, HTML, Markdown
//! and terminals put into a value. The view is the stretch around one value, without its joints.
//!
//! | file | joints |
//! |---|---|
//! | `literal` | between two literals: an operator, a comma of a list that is joined, nothing |
//! | `line` | line ends: escaped, continued, of a block, of wrapped text |
//! | `inline` | tags, entities, escapes, colours inside a value |
//! | `word` | parts of one word of a shell, quoted or not |
//!
//! `mail` tells whether a text is quoted-printable.
//!
//! A joint is followed only from a value that a name or the beginning of a token has led to. A line end
//! or a comma may as well separate what has nothing to do with each other, so for those the value has
//! to be a token, which tells by itself whether it is whole ([`Joined::is_loose`]).

mod inline;
mod line;
mod literal;
mod mail;
mod word;

use std::cell::Cell;

use super::{Ask, Decoder, Joined, View, Wake};
use crate::cursor::{Cursor, Mark, Quote};
use crate::text::{Span, is_key_byte};

/// The name in reports.
pub(crate) const NAME: &str = "pieces";

/// The table's line.
pub(super) const DECODER: Decoder = Decoder { name: NAME, wake: Wake::Pieces, decode };

/// How far a value is followed, joints included, in bytes of the source.
const MAX_JOINED_BYTES: usize = 8 * 1024;

/// No piece of a key is longer.
const MAX_KEY_PIECE_BYTES: usize = 512;

/// With so many characters of its signature a connect token is whole.
const SIGNATURE_CHARS: usize = 43;

/// What a view shows of the line before a name, in bytes.
const BEFORE_BYTES: usize = 96;

/// What a view shows behind the value, in bytes.
const BEHIND_BYTES: usize = 320;

/// What to ask where a joint follows the value at `at`, or stands in it; `name` and `end` as in [`Ask`].
/// Says as well whether it is a loose one.
///
/// `token_run` keeps the last run of a token's bytes that was gone over, and where it ended, since as many
/// tokens may begin in one run as it has room for.
pub(crate) fn ask(
    bytes: &[u8],
    name: usize,
    at: usize,
    end: usize,
    token_run: &Cell<Span>,
) -> Option<(Ask, bool)> {
    if end > at && ends_there(bytes, at, end) {
        return None;
    }
    let ask = Ask { wake: Wake::Pieces, at, name, end };
    if end - at > MAX_KEY_PIECE_BYTES && !begins_token(&bytes[at..]) {
        return None;
    }
    let mut walk = Walk::new(bytes, &ask);
    let counts = walk.is_token && !walk.is_connect && walk.cuts.is_empty();
    let known = token_run.get();
    if counts && known.start < walk.at && walk.at < known.end {
        walk.at = known.end.min(walk.limit);
    }
    let from = walk.at;
    walk.run_over_value();
    if counts {
        let start = if from == known.end { known.start } else { at };
        token_run.set(Span::new(start, walk.at));
    }
    (walk.may_step() && walk.step()).then_some((ask, walk.is_loose))
}

/// A quick refusal: most values are members of JSON, and fields of a log.
fn ends_there(bytes: &[u8], at: usize, end: usize) -> bool {
    match bytes[end..] {
        [b' ' | b',' | b';' | b')' | b']' | b'}', ..] | [] => bytes[end - 1] != b'=',
        [b'"' | b'\'', b'}' | b']', ..] | [b'"' | b'\''] => true,
        [b'"' | b'\'', b';', ref rest @ ..] => !literal::may_append(rest),
        // An element of a list may be joined with the next.
        [b'"' | b'\'', b',', ..] => at > 1 && matches!(bytes[at - 2], b':' | b'='),
        _ => false,
    }
}

/// A quick refusal for a literal: no joint stands in it, and none behind.
pub(crate) fn is_plain_end(bytes: &[u8], literal: Span) -> bool {
    let is_plain = |b: &u8| is_key_byte(*b) && *b != b'=' && *b != b'^';
    // Behind the comma of a license it goes on.
    !literal.is_empty()
        && bytes.get(literal.end) != Some(&b',')
        && ends_there(bytes, literal.start, literal.end)
        && bytes[literal.range()].iter().all(is_plain)
}

/// What to ask where a literal is open at its line's end, with its first byte at `at`.
pub(crate) fn ask_open(bytes: &[u8], name: usize, from: usize) -> Option<Ask> {
    let mut c = Cursor::new(bytes, from);
    literal::prefix(&mut c);
    let quote = c.quote()?;
    // Three quotes are one.
    let Mark::Byte(mark) = quote.mark else { return None };
    c.at += if c.rest().starts_with(&[mark, mark]) { 2 } else { 0 };
    ask(bytes, name, c.at, c.at, &Cell::default()).map(|(ask, _)| ask)
}

/// What to ask where a token may begin at `at` whose characters are the elements of a list.
pub(crate) fn ask_characters(bytes: &[u8], at: usize) -> Option<Ask> {
    // `'e', 'J'` and `'v', '1'`
    let mut c = Cursor::new(bytes, at + 1);
    c.quote()?;
    c.at += usize::from(c.peek(0) == b',');
    c.space(1);
    literal::prefix(&mut c);
    c.quote()?;
    let begins = match bytes[at] {
        b'v' => c.peek(0) == b'1',
        _ => b"AFJN".contains(&c.peek(0)),
    };
    let ask = Ask::new(Wake::Pieces, at);
    (begins && literal::is_characters(bytes, at + 1)).then_some(ask)
}

/// Whether only what joins pieces stands between the end of a piece and the end of the text: the next
/// piece is still to come.
pub(crate) fn ends_in_joint(text: &[u8], at: usize) -> bool {
    /// More than blanks, an operator and a comment is no joint.
    const MAX_JOINT_BYTES: usize = 200;
    let rest = text.get(at..).unwrap_or(&[]);
    rest.len() <= MAX_JOINT_BYTES && (literal::is_open_joint(text, at) || line::is_open_joint(rest))
}

fn decode(bytes: &[u8], ask: &Ask) -> Option<View> {
    let mut walk = Walk::new(bytes, ask);
    let known = walk.cuts.len();
    walk.follow();
    (walk.cuts.len() > known).then(|| walk.view(ask))
}

/// What is left out of the source, or replaced by a byte.
#[derive(Debug, Clone, Copy)]
struct Cut {
    start: usize,
    end: usize,
    byte: Option<u8>,
}

/// A way along the pieces of a value.
struct Walk<'b> {
    bytes: &'b [u8],
    /// Where the value begins.
    start: usize,
    /// How far it was followed.
    at: usize,
    /// It is not followed further.
    limit: usize,
    /// A name has led to it.
    is_named: bool,
    /// It begins as a token does.
    is_token: bool,
    /// It begins as a connect token does.
    is_connect: bool,
    /// The dots of a connect token so far, and the characters of its signature.
    dots: usize,
    signature: usize,
    /// Where the literal was opened in which the way is, if a joint led into it.
    inside: Option<Quote>,
    /// The way has left the quotes of a word of a shell.
    is_bare: bool,
    /// How many tags that opened inside the value are still open.
    tags: usize,
    /// The text is quoted-printable.
    is_mail: bool,
    /// The value is made of the elements of a list; of characters alone where every element is one.
    list: Option<literal::List>,
    cuts: Vec<Cut>,
    is_loose: bool,
}

/// What the joints at one place came to.
#[derive(Debug, Clone, Copy)]
struct Joints {
    end: usize,
    is_loose: bool,
}

impl<'b> Walk<'b> {
    fn new(bytes: &'b [u8], ask: &Ask) -> Self {
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

    /// Goes along all pieces.
    fn follow(&mut self) {
        loop {
            self.run_over_value();
            if self.at >= self.limit || self.signature >= SIGNATURE_CHARS {
                return;
            }
            if self.step() {
                continue;
            }
            // In a literal that a joint led into, anything may stand up to its end.
            let closes = self.inside.is_none_or(|q| Cursor::new(self.bytes, self.at).quote() == Some(q));
            if closes || matches!(self.bytes[self.at], b'\n' | b'\r') {
                return;
            }
            self.at += 1;
        }
    }

    /// Goes over the bytes of a value, to what may be a joint.
    fn run_over_value(&mut self) {
        let limit = if self.is_token { self.limit } else { self.limit.min(self.at + MAX_KEY_PIECE_BYTES) };
        // A third dot is none of a connect token's.
        while self.at < limit && self.is_value(self.at) && self.signature < SIGNATURE_CHARS && self.dots < 3 {
            self.count(self.bytes[self.at]);
            self.at += 1;
        }
    }

    /// Counts a byte of a connect token, which ends with its signature.
    fn count(&mut self, byte: u8) {
        self.signature += usize::from(self.dots == 2);
        self.dots += usize::from(byte == b'.' && self.is_connect);
    }

    /// Whether the byte at `i` belongs to a value, not to a joint.
    fn is_value(&self, i: usize) -> bool {
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
    fn may_step(&self) -> bool {
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

    /// Goes over the sign or the joints here, if a value goes on behind them.
    fn step(&mut self) -> bool {
        let rest = &self.bytes[self.at..];
        if let Some((byte, length)) = inline::escape(rest, self.is_mail) {
            self.count(byte);
            self.cut(self.at + length, Some(byte));
            return true;
        }
        let before = (self.inside, self.is_bare, self.tags, self.list);
        match self.joints() {
            Some(joints) => {
                self.is_loose |= joints.is_loose;
                self.cut(joints.end, None);
                // The comma of a license, at the beginning of a piece.
                self.at += usize::from(self.bytes[self.at] == b',');
                true
            }
            None => {
                (self.inside, self.is_bare, self.tags, self.list) = before;
                false
            }
        }
    }

    fn cut(&mut self, end: usize, byte: Option<u8>) {
        self.cuts.push(Cut { start: self.at, end, byte });
        self.at = end;
    }

    /// All joints in a row here, where a value goes on behind them.
    fn joints(&mut self) -> Option<Joints> {
        let mut end = self.at;
        // At the end of a literal a line end says nothing against the literal that follows.
        let (mut loose_line, mut loose_literal, mut between_literals) = (false, false, false);
        let mut below = false;
        while end < self.limit {
            let from = end;
            if let Some(to) = inline::tag(self, from, &mut loose_line) {
                end = to;
            } else if let Some(length) = inline::nothing(&self.bytes[from..]) {
                end += length;
            } else if let Some(to) = line::joint(self, from, &mut loose_line).filter(|_| !below) {
                // An empty line is no joint.
                (end, below) = (to, true);
                self.inside = self.inside.or_else(|| self.opening());
            } else if let Some((to, quote)) = word::joint(self, from) {
                end = to;
                (self.inside, self.is_bare) = (quote, quote.is_none());
            } else if let Some(joint) = literal::joint(self, from) {
                end = joint.end;
                between_literals = true;
                loose_literal |= joint.is_loose;
                (self.inside, self.list) = (Some(joint.quote), joint.list);
            } else {
                break;
            }
        }
        let goes_on = end > self.at && end < self.limit && self.begins_piece(end);
        let is_loose = loose_literal || (loose_line && !between_literals);
        (goes_on && (self.is_token || !is_loose)).then_some(Joints { end, is_loose })
    }

    /// Whether a piece may begin at `i`, behind a joint.
    fn begins_piece(&self, i: usize) -> bool {
        let rest = &self.bytes[i..];
        let is_comma = || matches!(rest, [b',', next, ..] if next.is_ascii_alphanumeric() || *next == b'\'');
        self.is_value(i) || inline::escape(rest, self.is_mail).is_some() || is_comma()
    }

    /// The quote right before the value.
    fn opening(&self) -> Option<Quote> {
        let mark = *self.bytes[..self.start].last().filter(|b| matches!(b, b'"' | b'\'' | b'`'))?;
        let before = &self.bytes[..self.start - 1];
        let depth = before.iter().rev().take(64).take_while(|b| **b == b'\\').count();
        Some(Quote { mark: Mark::Byte(mark), depth })
    }

    /// The stretch around, with what was left out.
    fn view(self, ask: &Ask) -> View {
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
