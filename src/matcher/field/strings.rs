//! The string in which a name stands that is a word of a text: `{"path":"secret: [C:\\dir\\","n":1}`.
//!
//! Whatever a value opens, it ends with the string that is around it. Brackets and backslashes of a value
//! say nothing of where that is, so the text is read from the beginning of its line: as JSON, compact or
//! one line of many, as JSON in a string of JSON, and between other text as what stands in quotes of its
//! own. A quote counts only where what stands before and behind it is how such a text goes on.
//!
//! Names come in the order in which they stand, so a text is gone over once.

use crate::text::Span;

/// So many texts are looked into that stand one in the other.
const LEVELS: usize = 8;

/// How far back the beginning of a line is looked for, in bytes.
const LINE: usize = 256 * 1024;

/// What stood last in a text of JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Last {
    /// Nothing, or text that is no JSON.
    Nothing,
    /// `{`, `[`, `,`
    Open,
    Colon,
    /// A string, which may be the name of a member.
    Text,
    /// Any other value, or the end of a structure.
    Value,
}

/// A text, and how far it was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text {
    pub(super) span: Span,
    pub(super) at: usize,
    pub(super) last: Last,
    /// Only JSON has stood there so far.
    pub(super) is_json: bool,
    /// No quote of this kind closes any more: `"`, `'`.
    pub(super) open: [bool; 2],
    /// The string that was read last.
    pub(super) string: Span,
}

impl Text {
    pub(super) fn new(span: Span) -> Self {
        let string = Span::new(span.start, span.start);
        Self { span, at: span.start, last: Last::Nothing, is_json: true, open: [false; 2], string }
    }
}

/// The strings of a text that is read from its beginning to its end.
#[derive(Debug)]
pub(crate) struct Strings<'b> {
    bytes: &'b [u8],
    texts: [Text; LEVELS],
}

impl<'b> Strings<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, texts: [Text::new(Span::new(0, 0)); LEVELS] }
    }

    /// The innermost string around `at`.
    pub(super) fn around(&mut self, at: usize) -> Option<Around> {
        let line = self.texts[0].span;
        if at < line.start || at >= line.end {
            let from = at.saturating_sub(LINE);
            let start = memchr::memrchr2(b'\n', b'\r', &self.bytes[from..at]).map_or(from, |i| from + i + 1);
            let end = memchr::memchr2(b'\n', b'\r', &self.bytes[at..]).map_or(self.bytes.len(), |i| at + i);
            // A line whose beginning is not known may begin inside of a string.
            if start == from && from > 0 {
                return None;
            }
            self.texts[0] = Text::new(Span::new(start, end));
        }
        let mut inner = None;
        for level in 0..LEVELS {
            let reader = Reader { bytes: self.bytes, level };
            let Some(string) = reader.string_at(&mut self.texts[level], at) else { break };
            inner = Some(Around { string, text: self.texts[level].span, is_line: level == 0 });
            if let Some(next) = self.texts.get_mut(level + 1)
                && next.span != string
            {
                *next = Text::new(string);
            }
        }
        inner
    }
}

/// A string around a name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around {
    /// Its inside.
    pub(super) string: Span,
    /// The text of which it is a part: the inside of another string, or a line.
    pub(super) text: Span,
    /// It is a line, and a document may go on below it.
    pub(super) is_line: bool,
}

/// Reads a text that stands in so many strings of JSON.
#[derive(Clone, Copy)]
pub(super) struct Reader<'b> {
    pub(super) bytes: &'b [u8],
    pub(super) level: usize,
}

impl Reader<'_> {
    /// The string around `at`, with which the reading stops.
    fn string_at(self, text: &mut Text, at: usize) -> Option<Span> {
        if text.string.start <= at && at < text.string.end {
            return Some(text.string);
        }
        // What was gone over is not read again.
        while text.at <= at {
            let known = if text.is_json { self.json(text) } else { self.plain(text, at) };
            match known {
                Ok(true) if at < text.string.end => {
                    return Some(text.string).filter(|string| string.start <= at);
                }
                Ok(true) => {}
                Ok(false) => text.is_json = false,
                Err(End) => return None,
            }
        }
        None
    }

    /// Reads one sign of JSON. False where something else stands here.
    fn json(self, text: &mut Text) -> Result<bool, End> {
        let (b, next) = self.symbol(text.at, text.span.end).ok_or(End)?;
        let may_begin = matches!(text.last, Last::Nothing | Last::Open | Last::Colon);
        match b {
            b' ' | b'\t' | b'\n' | b'\r' => {}
            b'{' | b'[' if may_begin => text.last = Last::Open,
            b'}' | b']' if text.last != Last::Colon => text.last = Last::Value,
            b',' if !matches!(text.last, Last::Open | Last::Colon) => text.last = Last::Open,
            b':' if text.last == Last::Text => text.last = Last::Colon,
            b'"' if may_begin => {
                let Some((string, end)) = self.closing(text, next, b'"') else { return Ok(false) };
                let follows = self.after_blanks(end, text.span.end);
                if !matches!(follows, None | Some(b',' | b':' | b'}' | b']')) {
                    return Ok(false);
                }
                text.last = Last::Text;
                text.string = string;
                text.at = end;
                return Ok(true);
            }
            b'-' | b'0'..=b'9' | b'a'..=b'z' if may_begin => {
                let Some(scalar) = scalar(&self.bytes[text.at..text.span.end]) else { return Ok(false) };
                text.last = Last::Value;
                text.at += scalar.length;
                return Ok(true);
            }
            _ => return Ok(false),
        }
        text.at = next;
        Ok(true)
    }

    /// Goes on to where a text of JSON, or a text in quotes, may begin, and reads the latter.
    fn plain(self, text: &mut Text, at: usize) -> Result<bool, End> {
        let rest = &self.bytes[text.at..text.span.end];
        let signs = rest.iter().position(|b| matches!(b, b'{' | b'[' | b'"' | b'\'' | b'\\')).ok_or(End)?;
        let begin = text.at + signs;
        if begin > at {
            return Err(End);
        }
        text.at = begin;
        let (b, next) = self.symbol(begin, text.span.end).unwrap_or((0, begin + 1));
        let before = self.bytes[text.span.start..begin].last().copied();
        match b {
            b'{' | b'[' => {
                let follows = self.after_blanks(next, text.span.end);
                if matches!(follows, None | Some(b'"' | b'{' | b'[' | b'}' | b']')) {
                    (text.is_json, text.last) = (true, Last::Open);
                }
                text.at = next;
            }
            b'"' | b'\'' if begins_quote(before) => {
                let Some((string, end)) = self.closing(text, next, b) else {
                    text.at = next;
                    return Ok(true);
                };
                let follows = self.symbol(end, text.span.end).map(|(b, _)| b);
                if is_behind_quote(follows) {
                    text.string = string;
                    text.at = end;
                } else {
                    text.at = next;
                }
            }
            _ => text.at = next.max(begin + 1),
        }
        Ok(true)
    }

    /// The inside of a string that begins here, and what is behind its quote.
    pub(super) fn closing(self, text: &mut Text, from: usize, mark: u8) -> Option<(Span, usize)> {
        let kind = usize::from(mark == b'\'');
        if text.open[kind] {
            return None;
        }
        let end = text.span.end;
        let mut at = from;
        loop {
            let found = memchr::memchr2(mark, b'\\', self.bytes.get(at..end)?);
            let Some(found) = found else { break };
            at += found;
            let Some((b, next)) = self.symbol(at, end) else { break };
            match b {
                b'\\' if mark == b'"' => {
                    let Some((_, behind)) = self.symbol(next, end) else { break };
                    at = behind;
                }
                // Two quotes are one of the text, where backslashes are none.
                b if b == mark => match self.symbol(next, end) {
                    Some((same, behind)) if same == mark && (mark == b'\'' || !text.is_json) && at > from => {
                        at = behind;
                    }
                    follows if mark == b'"' || is_behind_quote(follows.map(|(b, _)| b)) => {
                        return Some((Span::new(from, at), next));
                    }
                    _ => at = next,
                },
                _ => at = next,
            }
        }
        text.open[kind] = true;
        None
    }

    /// The next sign that is no blank.
    pub(super) fn after_blanks(self, mut at: usize, end: usize) -> Option<u8> {
        loop {
            let (b, next) = self.symbol(at, end)?;
            if !matches!(b, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(b);
            }
            at = next;
        }
    }

    /// One sign of the text, and where the next begins. What is no ASCII stands for itself.
    pub(super) fn symbol(self, at: usize, end: usize) -> Option<(u8, usize)> {
        let &b = self.bytes[..end].get(at)?;
        if self.level == 0 || b != b'\\' {
            return Some((b, at + 1));
        }
        let around = Reader { level: self.level - 1, ..self };
        let (b, next) = around.symbol(at, end)?;
        if b != b'\\' {
            return Some((b, next));
        }
        let (escaped, mut next) = around.symbol(next, end)?;
        let b = match escaped {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' | b'f' => b' ',
            b'u' => {
                let mut code = 0_u32;
                for _ in 0..4 {
                    let (digit, behind) = around.symbol(next, end)?;
                    code = code * 16 + char::from(digit).to_digit(16)?;
                    next = behind;
                }
                u8::try_from(code).unwrap_or(0x80)
            }
            b => b,
        };
        Some((b, next))
    }
}

/// A value of JSON without quotes.
pub(super) struct Scalar {
    pub(super) length: usize,
    pub(super) is_number: bool,
}

/// The number, the truth value or the `null` that begins here.
pub(super) fn scalar(text: &[u8]) -> Option<Scalar> {
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.');
    let length = text.iter().take(64).take_while(is_part).count();
    let word = &text[..length];
    let is_number = matches!(word.first(), Some(b'-' | b'0'..=b'9'))
        && word.iter().all(|b| !b.is_ascii_alphabetic() || matches!(b, b'e' | b'E'));
    (is_number || [&b"true"[..], b"false", b"null"].contains(&word)).then_some(Scalar { length, is_number })
}

/// Nothing more is to be read up to there.
struct End;

/// Whether a quote behind this sign opens something.
fn begins_quote(before: Option<u8>) -> bool {
    before.is_none_or(|b| b.is_ascii_whitespace() || b"=:,([{|>".contains(&b))
}

/// Whether a quote before this sign closes something.
fn is_behind_quote(follows: Option<u8>) -> bool {
    follows.is_none_or(|b| b.is_ascii_whitespace() || b",;)]}|&<>/".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is around `@`.
    fn around(text: &str) -> Option<&str> {
        let at = text.find('@').expect("a place");
        let mut strings = Strings::new(text.as_bytes());
        strings.around(at).and_then(|around| text.get(around.string.range()))
    }

    #[test]
    fn strings_end_at_their_own_quotes() {
        for (text, inside) in [
            (r#"{"a":"@ [C:\\dir\\","b":1}"#, Some(r"@ [C:\\dir\\")),
            (r#"  "a": "@ [C:\\dir\\","#, Some(r"@ [C:\\dir\\")),
            (r#"{"b":{"x":[1,-2e5,true,null,{}]},"a":"@\"x"}"#, Some(r#"@\"x"#)),
            (r#"{"a":"{\"b\":\"@ [C:\\\\\",\"c\":1}"}"#, Some(r"@ [C:\\\\")),
            (r#"{"a":"@=\"x y\" z"}"#, Some(r#"@=\"x y\" z"#)),
            (r#"{"a":"x=\"@ y\" z"}"#, Some("@ y")),
            (r#"2026 INFO {"a":"@ [x\\"} end"#, Some(r"@ [x\\")),
            (r#"level=info msg="@ [a\\" user=bob"#, Some(r"@ [a\\")),
            ("- 'it''s @ ['", Some("it''s @ [")),
            (r#"x,"a ""b"" @ [",y"#, Some(r#"a ""b"" @ ["#)),
            (r#"token @ "x""#, None),
            (r#"{"a":"@="x","b":1}"#, None),
            ("don't @ 'x'", None),
            ("{\"a\":\"x\"}\n@", None),
            ("{\"a\\u0022\":\"\\u0022@\"}", Some("\\u0022@")),
        ] {
            assert_eq!(around(text), inside, "{text}");
        }
    }

    #[test]
    fn names_come_in_their_order() {
        let text = r#"{"a":"one two","b":"three","c":"{\"d\":\"four five\"}"}"#;
        let mut strings = Strings::new(text.as_bytes());
        for (word, inside) in [
            ("one", "one two"),
            ("two", "one two"),
            ("three", "three"),
            ("four", "four five"),
            ("five", "four five"),
        ] {
            let at = text.find(word).expect("it is there");
            assert_eq!(strings.around(at).map(|around| &text[around.string.range()]), Some(inside));
        }
    }
}
