//! A list of numbers with what makes a value of it in some language or dump: `new byte[]{ … }`,
//! `[]byte{…}`, `Uint8Array(32) [ … ]`, `<Buffer 51 5a>`, `array('B', [ … ])`, `{"type":"Buffer","data":[…]}`.
//!
//! The grammar does not know languages: words, dimensions and brackets lead to the first number, and what
//! was opened has to close behind the last one, or the text ends.

use super::gap::go_over_gap;
use super::list::{Joint, List, Sink, list};
use crate::cursor::Cursor;
use crate::text::{self, Span};

/// So far a list is followed, in bytes.
pub(crate) const MAX_LIST_BYTES: usize = 512 * 1024;

/// What leads to the first number is no longer, in bytes, line ends aside.
const LONGEST_HEAD: usize = 160;

/// No more brackets are open.
const DEEPEST: usize = 5;

/// With so many elements a list behind a word that is no type is one all the same.
const MANY: usize = 8;

/// With so many a list behind the word of a type is one: `list(5)` may be a password.
const SOME: usize = 4;

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

/// The way from the beginning of a literal to its first number.
struct Head<'b> {
    c: Cursor<'b>,
    start: usize,
    opener: Option<usize>,
    closers: [&'static [u8]; DEEPEST],
    depth: usize,
    words: usize,
    /// All words are those of types.
    is_known: bool,
    /// A dimension stands in it, or it begins with `new`.
    is_declared: bool,
    /// It is what is assigned behind its type.
    is_assigned: bool,
    /// Only a blank stands between a word and the bracket behind it.
    is_apart: bool,
    /// It is an object in which the numbers are a member.
    is_buffer: bool,
}

/// What a step of the way came to.
enum Step {
    On,
    /// The first number, in hex without a sign of it or not.
    Number {
        is_hex: bool,
    },
    /// None.
    Stop,
}

impl<'b> Head<'b> {
    fn new(bytes: &'b [u8], start: usize) -> Self {
        Self {
            c: Cursor::new(bytes, start),
            start,
            opener: None,
            closers: [b""; DEEPEST],
            depth: 0,
            words: 0,
            is_known: true,
            is_declared: false,
            is_assigned: false,
            is_apart: false,
            is_buffer: false,
        }
    }

    /// Goes to the first number, or to the end of the text.
    fn walk(&mut self) -> Option<bool> {
        while self.c.at < self.c.bytes.len() {
            if self.c.at - self.start > LONGEST_HEAD {
                return None;
            }
            match self.step() {
                Step::On => {}
                Step::Number { is_hex } => return Some(is_hex),
                Step::Stop => return None,
            }
        }
        Some(false)
    }

    fn step(&mut self) -> Step {
        match self.c.peek(0) {
            b'(' | b'[' | b'{' if self.dimension() => Step::On,
            b'(' | b'[' | b'{' => self.open(),
            b'<' => self.angle(),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
            // What declares it may stand between its name and itself: `char k[] = {`.
            b'=' if self.is_type() && self.c.peek(1) != b'=' => {
                self.is_assigned = true;
                self.over(1)
            }
            b'&' | b'*' | b'@' | b'#' | b'!' | b'.' if self.depth == 0 || self.words > 0 => self.over(1),
            b' ' | b'\t' | b'\n' | b'\r' if self.words > 0 || self.is_declared => self.gap(),
            _ => Step::Stop,
        }
    }

    /// Whether all that was gone over is a type, behind which a value may be assigned.
    fn is_type(&self) -> bool {
        self.depth == 0 && (self.is_declared || (self.is_known && self.words > 0))
    }

    fn over(&mut self, length: usize) -> Step {
        self.c.at += length;
        Step::On
    }

    /// Goes over blanks, where a word of no type ends what may be one.
    fn gap(&mut self) -> Step {
        if !self.is_known && !self.is_declared {
            return Step::Stop;
        }
        let from = self.c.at;
        self.c.space(1);
        self.is_apart = self.c.bytes[from - 1].is_ascii_alphanumeric() && b"([{".contains(&self.c.peek(0));
        if self.c.at == from { Step::Stop } else { Step::On }
    }

    fn word(&mut self) -> Step {
        let from = self.c.at;
        let word = self.c.path();
        let text = &self.c.bytes[word.range()];
        if word.is_empty() || word.len() > LONGEST_HEAD / 2 {
            return Step::Stop;
        }
        self.words += 1;
        self.is_declared |= self.depth == 0 && text == b"new";
        self.is_known &= is_type(text) || self.is_declared;
        // What follows the words of a value is mostly its end.
        let goes_on =
            matches!(self.c.peek(0), b'(' | b'[' | b'{' | b'<' | b'!' | b' ' | b'\n' | b'\r' | b'.' | 0);
        if goes_on && self.c.at > from { Step::On } else { Step::Stop }
    }

    /// `Vec<u8>`, `<<`, `<Buffer `.
    fn angle(&mut self) -> Step {
        let number = if self.c.eat(b"<Buffer ") {
            self.push(self.c.at - 8, b">").then_some(true)
        } else if self.c.eat(b"<<") {
            self.push(self.c.at - 2, b">>").then_some(false)
        } else {
            let is_type = |b: &&u8| b.is_ascii_alphanumeric() || b"_:*&, []".contains(b);
            let inside = self.c.rest()[1..].iter().take(40).take_while(is_type).count();
            let closes = self.c.peek(1 + inside) == b'>';
            self.is_declared |= closes && self.words > 0;
            return if closes { self.over(inside + 2) } else { Step::Stop };
        };
        go_over_gap(&mut self.c, LONGEST_HEAD);
        match number {
            Some(is_hex) => Step::Number { is_hex },
            None => Step::Stop,
        }
    }

    fn push(&mut self, at: usize, closer: &'static [u8]) -> bool {
        let has_room = self.depth < DEEPEST;
        if has_room {
            self.opener = self.opener.or(Some(at));
            self.closers[self.depth] = closer;
            self.depth += 1;
        }
        has_room
    }

    /// Goes over a bracket, and to the number behind it.
    fn open(&mut self) -> Step {
        let (at, bracket) = (self.c.at, self.c.peek(0));
        let closer: &[u8] = match bracket {
            b'(' => b")",
            b'{' => b"}",
            _ if self.c.peek(1) == b'|' => b"|]",
            _ => b"]",
        };
        self.c.at += closer.len();
        if !self.push(at, closer) {
            return Step::Stop;
        }
        go_over_gap(&mut self.c, LONGEST_HEAD);
        if begins(&self.c) {
            return Step::Number { is_hex: false };
        }
        if bracket == b'(' {
            type_code(&mut self.c);
        } else if bracket == b'{' {
            self.is_buffer = buffer(&mut self.c);
        }
        if begins(&self.c) { Step::Number { is_hex: false } } else { Step::On }
    }

    /// Goes over `[]`, `[32]`, `(32)`, `[UInt8]`, `(uint8_t[])`, where the literal goes on behind them.
    fn dimension(&mut self) -> bool {
        const LONGEST: usize = 40;
        let open = self.c.peek(0);
        let close = match open {
            b'(' => b')',
            b'[' => b']',
            _ => return false,
        };
        let mut depth = 0usize;
        let mut inside = self.c.rest().iter().take(LONGEST);
        let end = inside.position(|b| {
            depth += usize::from(*b == open);
            depth -= usize::from(*b == close && depth > 0);
            depth == 0
        });
        let Some(end) = end else { return false };
        let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"_;:.*[] ".contains(b);
        if !self.c.rest()[1..end].iter().all(is_part) {
            return false;
        }
        let mut next = Cursor::new(self.c.bytes, self.c.at + end + 1);
        let from = next.at;
        next.blanks();
        let is_glued = next.at == from;
        let goes_on = match next.peek(0) {
            b'[' | b'{' => true,
            b'(' => is_glued,
            b'=' => next.peek(1) != b'=' && self.depth == 0,
            b'a'..=b'z' | b'A'..=b'Z' => is_glued,
            _ => false,
        };
        if goes_on {
            self.is_declared = true;
            self.c.at = from;
        }
        goes_on
    }

    /// Whether the way alone says that a literal begins: then whatever it holds is one value.
    fn is_typed(&self) -> bool {
        self.opener.is_some() && (self.is_declared || (self.is_assigned && self.is_known))
    }

    /// Whether there are as many elements as it takes after such a way.
    fn is_enough(&self, list: &List) -> bool {
        let least = match () {
            () if list.is_mask => 1,
            () if self.words == 0 || self.is_declared => 1,
            // What is still to come decides nothing.
            () if self.is_known && list.end >= self.c.bytes.len() => 1,
            () if self.is_known && !self.is_apart => SOME,
            () => MANY,
        };
        list.count >= least
    }
}

/// Whether a number, or the place of one, begins here.
fn begins(c: &Cursor<'_>) -> bool {
    list(c.bytes, c.at, false, LONGEST_HEAD, &mut |_, _| true).is_some()
}

/// Goes over what says of which type the elements are: `'B', `, `"C*", `.
fn type_code(c: &mut Cursor<'_>) {
    let mut code = *c;
    let Some(quote) = code.quote() else { return };
    let is_short = |inside: &Span| inside.len() <= 8 && !text::is_mask(&c.bytes[inside.range()]);
    let is_code = code.quoted(quote).filter(is_short).is_some() && code.eat(b",");
    if is_code {
        go_over_gap(&mut code, LONGEST_HEAD);
        *c = code;
    }
}

/// Goes over `"type":"Buffer","data":`, as Node writes buffers into JSON; sorted, `data` comes first.
fn buffer(c: &mut Cursor<'_>) -> bool {
    let mut member = *c;
    let word = |member: &mut Cursor<'_>, text: &[u8], behind: &[u8]| {
        go_over_gap(member, LONGEST_HEAD);
        let quote = member.quote();
        let here = member.eat(text) && (quote.is_none() || member.quote() == quote);
        go_over_gap(member, LONGEST_HEAD);
        here && member.eat(behind)
    };
    let is_typed = word(&mut member, b"type", b":") && word(&mut member, b"Buffer", b",");
    if !is_typed {
        member = *c;
    }
    let is_buffer = word(&mut member, b"data", b":");
    if is_buffer {
        go_over_gap(&mut member, LONGEST_HEAD);
        *c = member;
    }
    is_buffer
}

/// Whether a word, or the last part of a path, is one of types of bytes and of what makes lists of them.
fn is_type(path: &[u8]) -> bool {
    #[rustfmt::skip]
    const PARTS: [&[u8]; 16] = [
        b"byte", b"array", b"int", b"buf", b"char", b"vec", b"list", b"u8", b"i8", b"octet", b"slice", b"span",
        b"string", b"number", b"data", b"tuple",
    ];
    #[rustfmt::skip]
    const WORDS: [&[u8]; 22] = [
        b"new", b"const", b"static", b"unsigned", b"signed", b"from", b"of", b"some", b"ok", b"std", b"str", b"pack",
        b"seq", b"set", b"c", b"as", b"raw", b"let", b"mut", b"short", b"long", b"box",
    ];
    let mut lower = [0; 32];
    let Some(text) = lower.get_mut(..path.len()) else { return false };
    text.copy_from_slice(path);
    text.make_ascii_lowercase();
    let text: &[u8] = text;
    let last = text.rsplit(|b| matches!(b, b'.' | b':')).next().unwrap_or(text);
    WORDS.contains(&text)
        || WORDS.contains(&last)
        || (0..text.len())
            .any(|at| PARTS.iter().any(|part| part[0] == text[at] && text[at..].starts_with(part)))
}
