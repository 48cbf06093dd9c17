//! A list of numbers with what makes a value of it in some language or dump: `new byte[]{ … }`,
//! `[]byte{…}`, `Uint8Array(32) [ … ]`, `<Buffer 51 5a>`, `array('B', [ … ])`, `{"type":"Buffer","data":[…]}`.
//!
//! The grammar does not know languages: words, dimensions and brackets lead to the first number, and what
//! was opened has to close behind the last one, or the text ends.

use super::gap::go_over_gap;
use super::head::{DEEPEST, Head, LONGEST_HEAD};
use super::list::{Joint, List, Sink, list};
use crate::cursor::Cursor;
use crate::text::Span;

/// So far a list is followed, in bytes.
pub(crate) const MAX_LIST_BYTES: usize = 512 * 1024;

/// A value that is a list of numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Literal {
    /// From the first word of its type to what closes it, or to the end of the text.
    pub(crate) span: Span,
    /// Its numbers; nothing where other things stand among them.
    pub(crate) list: Option<List>,
    /// The text ends before it does.
    pub(crate) is_cut: bool,
    /// The outermost bracket.
    pub(crate) opener: usize,
    /// What closes what is open.
    closers: [&'static [u8]; DEEPEST],
}

/// The literal that begins at `start`.
pub(crate) fn literal(bytes: &[u8], start: usize) -> Option<Literal> {
    literal_with(bytes, start, &mut |_, _| true)
}

/// The same, with what is done with each number.
pub(crate) fn literal_with(bytes: &[u8], start: usize, sink: Sink<'_>) -> Option<Literal> {
    if matches!(bytes.get(start)?, b' ' | b'-') && is_item(bytes, start) {
        let list = list(bytes, start, false, MAX_LIST_BYTES, sink)
            .filter(|l| l.joint == Joint::Dash || l.count == 1)?;
        let span = Span::new(start, list.span.end);
        return Some(Literal {
            span,
            list: Some(list),
            is_cut: false,
            opener: start,
            closers: [b""; DEEPEST],
        });
    }
    if !may_open(&bytes[start..]) {
        return None;
    }
    let mut head = Head::new(bytes, start);
    let is_hex = head.walk()?;
    let mut literal = Literal {
        span: Span::new(start, bytes.len()),
        list: None,
        is_cut: true,
        opener: head.opener?,
        closers: head.closers,
    };
    if head.c.at >= bytes.len() {
        // What it holds is still to come.
        return head.is_typed().then_some(literal);
    }
    let list = list(bytes, head.c.at, is_hex, MAX_LIST_BYTES, sink);
    let closed =
        list.filter(|list| head.is_enough(list)).and_then(|list| Some((list, close(bytes, &list, &head)?)));
    match closed {
        Some((list, (end, is_cut))) => {
            literal.span.end = end;
            literal.is_cut = is_cut;
            literal.list = Some(list);
            Some(literal)
        }
        // Whatever it holds, it is one value.
        None => head.is_typed().then_some(literal),
    }
}

/// A quick refusal: most values are words with no bracket behind them.
fn may_open(text: &[u8]) -> bool {
    const MAX_WORDS: usize = 8;
    let head = &text[..text.len().min(LONGEST_HEAD + 1)];
    let signs = head.iter().take_while(|b| matches!(b, b'&' | b'*' | b'@' | b'#' | b'!' | b'.')).count();
    // What is no word of a type may be long.
    let mut c = Cursor::new(&head[..head.len().min(signs + LONGEST_HEAD / 2 + 1)], signs);
    let word = c.path();
    match c.peek(0) {
        b'(' | b'[' | b'{' | b'<' => true,
        // Another word or the bracket follows.
        b' ' | b'\n' | b'\r' | b'.' | b'!' if !word.is_empty() => {
            let angle = memchr::memchr(b'<', head).unwrap_or(head.len());
            let opener = memchr::memchr3(b'(', b'[', b'{', &head[..angle]).unwrap_or(angle);
            let words = |before: &[u8]| before.split(|b| *b == b' ').filter(|word| !word.is_empty()).count();
            opener < head.len() && words(&head[..opener]) <= MAX_WORDS
        }
        _ => false,
    }
}

impl Literal {
    /// Whether this is the mask of one.
    pub(crate) fn is_mask(&self) -> bool {
        self.list.is_some_and(|list| list.is_mask)
    }

    /// Appends a mask of the literal that stands in `bytes`: as it was written, with a few stars for its
    /// numbers, on one line. Nothing where it has other things in it.
    pub(crate) fn mask(&self, bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
        let list = self.list?;
        let mut was_end = false;
        for &b in &bytes[self.span.start..list.first.start] {
            let is_end = matches!(b, b'\n' | b'\r');
            let is_indent = was_end && matches!(b, b' ' | b'\t');
            was_end = is_end || is_indent;
            if !was_end {
                out.push(b);
            }
        }
        list.put_stars(out);
        self.closers.iter().rev().for_each(|closer| out.extend_from_slice(closer));
        Some(())
    }
}

/// Whether an item of YAML begins here, first on its line.
fn is_item(bytes: &[u8], start: usize) -> bool {
    let before = bytes[..start].iter().rev().find(|b| !matches!(b, b' ' | b'\t'));
    let text = bytes[start..].trim_ascii_start();
    matches!(before, None | Some(b'\n'))
        && matches!(text, [b'-', b' ', next, ..] if next.is_ascii_digit() || *next == b' ')
}

/// Where the literal ends whose list was read, and whether the text ends before that; nothing where
/// something else than its end follows.
fn close(bytes: &[u8], list: &List, head: &Head<'_>) -> Option<(usize, bool)> {
    let mut c = Cursor::new(bytes, list.end);
    for closer in head.closers[..head.depth].iter().rev() {
        go_over_gap(&mut c, LONGEST_HEAD);
        if c.at >= bytes.len() {
            return Some((bytes.len(), true));
        }
        if c.peek(0) == b',' && (*closer != b"}" || head.is_buffer) {
            more_arguments(&mut c);
        }
        if !c.eat(closer) {
            return None;
        }
    }
    Some((c.at.min(bytes.len()), false))
}

/// Goes over further arguments of a call, such as a character set, to what closes it.
fn more_arguments(c: &mut Cursor<'_>) {
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || b" ,.=_-:'\"*\\\n\t".contains(b);
    c.at += c.rest().iter().take(LONGEST_HEAD / 2).take_while(is_part).count();
}
