//! What stands before the first number of a list: words of its type, dimensions, brackets.

use super::gap::go_over_gap;
use super::list::{List, list};
use crate::cursor::Cursor;
use crate::text::{self, Span};

/// What leads to the first number is no longer, in bytes, line ends aside.
pub(super) const LONGEST_HEAD: usize = 160;

/// No more brackets are open.
pub(super) const DEEPEST: usize = 5;

/// The way from the beginning of a literal to its first number.
pub(super) struct Head<'b> {
    pub(super) c: Cursor<'b>,
    pub(super) start: usize,
    pub(super) opener: Option<usize>,
    pub(super) closers: [&'static [u8]; DEEPEST],
    pub(super) depth: usize,
    pub(super) words: usize,
    /// All words are those of types.
    pub(super) is_known: bool,
    /// A dimension stands in it, or it begins with `new`.
    pub(super) is_declared: bool,
    /// It is what is assigned behind its type.
    pub(super) is_assigned: bool,
    /// Only a blank stands between a word and the bracket behind it.
    pub(super) is_apart: bool,
    /// It is an object in which the numbers are a member.
    pub(super) is_buffer: bool,
}

/// What a step of the way came to.
pub(super) enum Step {
    On,
    /// The first number, in hex without a sign of it or not.
    Number {
        is_hex: bool,
    },
    /// None.
    Stop,
}

impl<'b> Head<'b> {
    pub(super) fn new(bytes: &'b [u8], start: usize) -> Self {
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
    pub(super) fn walk(&mut self) -> Option<bool> {
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

    pub(super) fn step(&mut self) -> Step {
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
    pub(super) fn is_typed(&self) -> bool {
        self.opener.is_some() && (self.is_declared || (self.is_assigned && self.is_known))
    }

    /// Whether there are as many elements as it takes after such a way.
    pub(super) fn is_enough(&self, list: &List) -> bool {
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
pub(super) fn begins(c: &Cursor<'_>) -> bool {
    list(c.bytes, c.at, false, LONGEST_HEAD, &mut |_, _| true).is_some()
}

/// Goes over what says of which type the elements are: `'B', `, `"C*", `.
pub(super) fn type_code(c: &mut Cursor<'_>) {
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
pub(super) fn buffer(c: &mut Cursor<'_>) -> bool {
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
pub(super) fn is_type(path: &[u8]) -> bool {
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

/// With so many elements a list behind a word that is no type is one all the same.
pub(super) const MANY: usize = 8;

/// With so many a list behind the word of a type is one: `list(5)` may be a password.
pub(super) const SOME: usize = 4;
