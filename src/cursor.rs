//! Small steps over bytes: blanks, quotes at any escape depth, colour codes. Nothing here fails or
//! panics; past the end every byte is 0.

use crate::text::Span;

/// A place in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'a> {
    /// All of them.
    pub(crate) bytes: &'a [u8],
    /// The next one.
    pub(crate) at: usize,
}

/// A quote: its character, and how many backslashes stand before it (JSON inside JSON strings has
/// 1, 3, 7 …).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quote {
    pub(crate) mark: Mark,
    pub(crate) depth: usize,
}

/// What quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// One byte, the same on both sides.
    Byte(u8),
    /// An XML entity.
    Entity,
    /// A pair of typographic quotes; the closing one.
    Typographic(&'static str),
}

/// So many backslashes stand before a quote in texts of JSON that stand eight deep in each other.
const SLASHES: usize = 256;

const ENTITIES: [&[u8]; 6] = [b"&quot;", b"&#34;", b"&#x22;", b"&apos;", b"&#39;", b"&#x27;"];
const TYPOGRAPHIC: [(&str, &str); 6] =
    [("“", "”"), ("‘", "’"), ("「", "」"), ("『", "』"), ("«", "»"), ("”", "”")];

/// Tags that only change how text looks.
#[rustfmt::skip]
pub(crate) const LOOKS: [&[u8]; 12] = [
    b"b", b"strong", b"i", b"em", b"u", b"code", b"kbd", b"tt", b"span", b"mark", b"font", b"small",
];

/// The sign with which a diff marks the line of `at`, if it begins with one.
pub(crate) fn diff_sign(bytes: &[u8], at: usize) -> Option<u8> {
    const MAX_LINE_BYTES: usize = 256;
    let from = at.saturating_sub(MAX_LINE_BYTES);
    let before = &bytes[from..at];
    let line = match memchr::memrchr(b'\n', before) {
        Some(i) => i + 1,
        None if from == 0 => 0,
        None => return None,
    };
    before.get(line).copied().filter(|b| matches!(b, b'+' | b'-'))
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    /// The byte `n` further on.
    pub(crate) fn peek(&self, n: usize) -> u8 {
        self.bytes.get(self.at + n).copied().unwrap_or(0)
    }

    /// What is left.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or(&[])
    }

    /// Goes over `text` if it stands here.
    pub(crate) fn eat(&mut self, text: &[u8]) -> bool {
        let here = self.rest().starts_with(text);
        if here {
            self.at += text.len();
        }
        here
    }

    /// Goes over blanks, not over line ends, and over colour codes.
    pub(crate) fn blanks(&mut self) {
        loop {
            match self.peek(0) {
                b' ' | b'\t' => self.at += 1,
                // No-break space and ideographic space.
                0xc2 if self.peek(1) == 0xa0 => self.at += 2,
                0xe3 if self.peek(1) == 0x80 && self.peek(2) == 0x80 => self.at += 3,
                _ if self.colour() => {}
                _ => return,
            }
        }
    }

    /// Goes over a control sequence (ECMA-48), as it is or as a program prints it escaped.
    pub(crate) fn colour(&mut self) -> bool {
        let rest = self.rest();
        // Asked at every step, of what is mostly neither.
        if !matches!(rest.first(), Some(0x1b | b'\\')) {
            return false;
        }
        let lead: usize = match rest {
            [0x1b, b'[', ..] => 2,
            [b'\\', b'x', b'1', b'b' | b'B', b'[', ..] | [b'\\', b'0', b'3', b'3', b'[', ..] => 5,
            [b'\\', b'e', b'[', ..] => 3,
            _ if rest.starts_with(b"\\u001b[") || rest.starts_with(b"\\u001B[") => 7,
            _ => return false,
        };
        let parameters = rest[lead..].iter().take(24).take_while(|b| (0x20..0x40).contains(*b)).count();
        match rest.get(lead + parameters) {
            Some(0x40..=0x7e) => {
                self.at += lead + parameters + 1;
                true
            }
            _ => false,
        }
    }

    /// Goes over a tag, opening or closing, that only changes how text looks.
    pub(crate) fn inline_tag(&mut self) -> bool {
        let rest = self.rest();
        if rest.first() != Some(&b'<') {
            return false;
        }
        let from = 1 + usize::from(self.peek(1) == b'/');
        let word = rest[from..].iter().take(8).take_while(|b| b.is_ascii_alphabetic()).count();
        let name = rest[from..from + word].to_ascii_lowercase();
        let end = rest.iter().take(160).position(|&b| b == b'>');
        match end {
            Some(end) if LOOKS.contains(&&name[..]) && matches!(rest[from + word], b'>' | b' ') => {
                self.at += end + 1;
                true
            }
            _ => false,
        }
    }

    /// Goes over the sign of a diff at the beginning of a line, and the blanks behind it; `sign` is that
    /// of the line where the name or value began.
    pub(crate) fn diff_sign(&mut self, sign: Option<u8>) -> bool {
        let is_first = self.at > 0 && self.bytes.get(self.at - 1) == Some(&b'\n');
        let is_sign = is_first && sign == Some(self.peek(0));
        if is_sign {
            self.at += 1;
            self.blanks();
        }
        is_sign
    }

    /// Goes over inline tags, a few at most, and the blanks between them.
    pub(crate) fn inline_tags(&mut self) {
        const MAX_TAGS: usize = 6;
        self.blanks();
        for _ in 0..MAX_TAGS {
            if !self.inline_tag() {
                return;
            }
            self.blanks();
        }
    }

    /// Goes over a tab that a string writes as `\t`.
    pub(crate) fn escaped_tab(&mut self) -> bool {
        let slashes = self.rest().iter().take(8).take_while(|&&b| b == b'\\').count();
        let here = slashes > 0 && self.peek(slashes) == b't';
        self.at += if here { slashes + 1 } else { 0 };
        here
    }

    /// Goes over a line end, real or escaped (`\n` in a string), and the blanks after it.
    pub(crate) fn line_end(&mut self) -> bool {
        let rest = self.rest();
        let slashes = rest.iter().take(8).take_while(|&&b| b == b'\\').count();
        let length = match rest {
            [b'\r', b'\n', ..] => 2,
            [b'\n' | b'\r', ..] => 1,
            _ if slashes > 0
                && rest[slashes..].starts_with(b"r")
                && rest[slashes + 1..].starts_with(b"\\") =>
            {
                slashes + 1 + rest[slashes + 1..].iter().take(8).take_while(|&&b| b == b'\\').count() + 1
            }
            _ if slashes > 0 && rest.get(slashes) == Some(&b'n') => slashes + 1,
            _ => return false,
        };
        self.at += length;
        self.blanks();
        true
    }

    /// Goes over a continued line's end: sh, cmd and PowerShell each have a sign for it.
    pub(crate) fn continuation(&mut self) {
        if matches!(self.peek(0), b'\\' | b'^' | b'`') && matches!(self.peek(1), b'\n' | b'\r') {
            self.at += 1;
            self.line_end();
        }
    }

    /// Goes over blanks and at most `lines` line ends; says how many.
    pub(crate) fn space(&mut self, lines: usize) -> usize {
        self.blanks();
        (0..lines).take_while(|_| self.line_end()).count()
    }

    /// Goes over a quote mark.
    pub(crate) fn quote(&mut self) -> Option<Quote> {
        let rest = self.rest();
        if rest.first().is_none_or(u8::is_ascii_alphanumeric) {
            return None;
        }
        let depth = rest.iter().take(SLASHES).take_while(|&&b| b == b'\\').count();
        let mark = match rest.get(depth) {
            Some(&b @ (b'"' | b'\'' | b'`')) => {
                self.at += depth + 1;
                Mark::Byte(b)
            }
            _ if depth > 0 => return None,
            Some(b'&') => {
                let entity = ENTITIES.iter().find(|e| rest.starts_with(e))?;
                self.at += entity.len();
                Mark::Entity
            }
            Some(0xc2 | 0xe2 | 0xe3) => {
                let (open, close) = TYPOGRAPHIC.iter().find(|(open, _)| rest.starts_with(open.as_bytes()))?;
                self.at += open.len();
                Mark::Typographic(close)
            }
            _ => return None,
        };
        Some(Quote { mark, depth })
    }

    /// The text up to the quote that closes `quote`, and goes behind it. Nothing where the line, or
    /// a generous bound, ends first.
    pub(crate) fn quoted(&mut self, quote: Quote) -> Option<Span> {
        const LONGEST: usize = 8192;
        let start = self.at;
        let hay = self.bytes.get(start..self.bytes.len().min(start + LONGEST))?;
        let (end, length) = match quote.mark {
            Mark::Entity => {
                let end = memchr::memchr(b'&', hay)?;
                (end, ENTITIES.iter().find(|e| hay[end..].starts_with(e))?.len())
            }
            Mark::Typographic(close) => (memchr::memmem::find(hay, close.as_bytes())?, close.len()),
            Mark::Byte(mark) => closing(hay, mark, quote.depth)?,
        };
        if memchr::memchr2(b'\n', b'\r', &hay[..end]).is_some() {
            return None;
        }
        self.at = start + end + length;
        Some(Span::new(start, start + end))
    }

    /// Goes behind the comma that ends the element here of a list or of the arguments of a call, in at most `reach`
    /// bytes, over what stands in brackets and in these quotes. False, and somewhere behind, where the list ends
    /// first, or `ends` says so of a byte and how many brackets are open around it.
    pub(crate) fn next_element(
        &mut self,
        reach: usize,
        quotes: &[u8],
        ends: impl Fn(u8, usize) -> bool,
    ) -> bool {
        let end = self.bytes.len().min(self.at + reach);
        let mut depth = 0usize;
        while self.at < end {
            match self.peek(0) {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' if depth == 0 => return false,
                b')' | b']' | b'}' => depth -= 1,
                b',' if depth == 0 => {
                    self.at += 1;
                    return true;
                }
                b if ends(b, depth) => return false,
                b if quotes.contains(&b) => {
                    if let Some(quote) = self.quote() {
                        if self.quoted(quote).is_none() {
                            return false;
                        }
                        continue;
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
        false
    }

    /// The identifier here: letters, digits, `_`, `$`, and `.`, `::`, `->` between them.
    pub(crate) fn path(&mut self) -> Span {
        /// Nobody calls anything by a longer one.
        const MAX_PATH_BYTES: usize = 512;
        let start = self.at;
        loop {
            let left = MAX_PATH_BYTES.saturating_sub(self.at - start);
            let word = self
                .rest()
                .iter()
                .take(left)
                .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$'))
                .count();
            self.at += word;
            let joint = [&b"::"[..], b"->", b"?.", b"."].into_iter().find(|j| self.rest().starts_with(j));
            match joint {
                Some(j) if word > 0 && self.peek(j.len()).is_ascii_alphabetic() => self.at += j.len(),
                _ => return Span::new(start, self.at),
            }
        }
    }
}

/// Where the quote `mark` at `depth` closes, and the length of the closing mark.
fn closing(hay: &[u8], mark: u8, depth: usize) -> Option<(usize, usize)> {
    let mut from = 0;
    loop {
        let at = from + memchr::memchr(mark, &hay[from..])?;
        let slashes = hay[..at].iter().rev().take_while(|&&b| b == b'\\').count();
        let closes = if depth == 0 { slashes % 2 == 0 } else { slashes <= depth };
        if closes {
            let taken = if depth == 0 { 0 } else { slashes };
            return Some((at - taken, taken + 1));
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_close_at_their_own_depth() {
        for (text, inside) in [
            (&br#""abc""#[..], &b"abc"[..]),
            (br#""a\"c""#, br#"a\"c"#),
            (br#"\"abc\","#, b"abc"),
            (br#"\\\"abc\\\""#, b"abc"),
            (b"&quot;abc&quot;", b"abc"),
            ("“abc”".as_bytes(), b"abc"),
        ] {
            let mut c = Cursor::new(text, 0);
            let quote = c.quote().expect("a quote");
            assert_eq!(c.quoted(quote).map(|s| &text[s.range()]), Some(inside));
        }
        let mut open = Cursor::new(b"\"abc\ndef\"", 0);
        let quote = open.quote().expect("a quote");
        assert!(open.quoted(quote).is_none());
    }

    #[test]
    fn colour_codes_are_blanks() {
        let mut c = Cursor::new(b"\x1b[0m \x1b[2;31m=\\u001b[0mx", 0);
        c.blanks();
        assert_eq!(c.peek(0), b'=');
        c.at += 1;
        c.blanks();
        assert_eq!(c.peek(0), b'x');
    }
}
