//! Reads the one flat JSON object that every token scheme carries, as far as it goes.
//!
//! A leak is a leak even where a strict parser would refuse it: cut off by a log line limit, with
//! bytes that are not UTF-8, a name that comes twice, `NaN` or `1e999` for a time. This reader takes
//! all of these, borrows instead of copying, and says where it had to stop. Verification reads with
//! another one, which forgives nothing.

use std::borrow::Cow;

/// A JSON object as far as it could be read.
#[derive(Debug)]
pub(super) struct Object<'a> {
    fields: Vec<(&'a [u8], Value<'a>)>,
    /// The name and the readable part of a string value in which the input ends.
    pub(super) cut: Option<(&'a [u8], &'a [u8])>,
    /// Bytes up to and with the closing brace; none where the input ends before it.
    pub(super) length: Option<usize>,
}

/// A value, as it is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'a> {
    /// A string, without its quotes, escapes not yet undone.
    Text(&'a [u8]),
    /// A number in its own digits.
    Number(&'a str),
    /// Any other value.
    Other,
}

/// A time or a duration in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Seconds {
    /// Whole seconds, rounded down.
    pub(super) whole: i64,
    /// True where a fraction of a second was cut off.
    pub(super) fraction: bool,
}

impl<'a> Value<'a> {
    /// The string, or the digits of a number.
    pub(super) fn text_or_digits(self) -> Option<Cow<'a, str>> {
        match self {
            Value::Text(raw) => Some(unescape(raw)),
            Value::Number(digits) => Some(Cow::Borrowed(digits)),
            Value::Other => None,
        }
    }
}

impl<'a> Object<'a> {
    /// Reads the object at the start of `input`. None where there is none, or where what is there can
    /// never become one, however it goes on.
    pub(super) fn read(input: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor { input, at: 0 };
        let mut object = Object { fields: Vec::with_capacity(8), cut: None, length: None };
        match object.fill(&mut cursor) {
            Ok(()) => object.length = Some(cursor.at),
            Err(Stop::End) => {}
            Err(Stop::Malformed) => return None,
        }
        Some(object)
    }

    /// Every name with its value, in order.
    pub(super) fn entries(&self) -> impl Iterator<Item = (Cow<'a, str>, Value<'a>)> + '_ {
        self.fields.iter().map(|&(name, value)| (unescape(name), value))
    }

    /// The value of that name; the last one where the name comes more than once.
    pub(super) fn get(&self, name: &str) -> Option<Value<'a>> {
        self.fields.iter().rev().find(|(n, _)| unescape(n) == name).map(|&(_, v)| v)
    }

    /// The string of that name.
    pub(super) fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        match self.get(name)? {
            Value::Text(raw) => Some(unescape(raw)),
            _ => None,
        }
    }

    /// The string of that name, or a number there in its own digits.
    pub(super) fn text_or_digits(&self, name: &str) -> Option<Cow<'a, str>> {
        self.get(name)?.text_or_digits()
    }

    /// The number of that name in seconds, also where it is written as a string, as home-made signers do; none
    /// where it is no number or does not fit.
    pub(super) fn seconds(&self, name: &str) -> Option<Seconds> {
        seconds(self.text_or_digits(name)?.trim())
    }

    /// Whether the value of that name is an integer of 64 bits, as the platforms want their numbers.
    pub(super) fn is_integer(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Value::Number(digits)) if digits.parse::<i64>().is_ok())
    }

    fn fill(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Stop> {
        cursor.expect(b'{')?;
        if cursor.peek()? == b'}' {
            return cursor.expect(b'}');
        }
        loop {
            if cursor.peek()? != b'"' {
                return Err(Stop::Malformed);
            }
            let (name, closed) = cursor.string();
            if !closed {
                return Err(Stop::End);
            }
            cursor.expect(b':')?;
            let value = match cursor.peek()? {
                b'"' => match cursor.string() {
                    (raw, true) => Value::Text(raw),
                    (raw, false) => {
                        self.cut = Some((name, raw));
                        return Err(Stop::End);
                    }
                },
                b'{' | b'[' => cursor.skip_nested()?,
                _ => cursor.scalar()?,
            };
            self.fields.push((name, value));
            match cursor.peek()? {
                b',' => cursor.at += 1,
                b'}' => return cursor.expect(b'}'),
                _ => return Err(Stop::Malformed),
            }
        }
    }
}

/// Undoes the escapes of a JSON string; what is not UTF-8 or no character becomes U+FFFD.
pub(super) fn unescape(raw: &[u8]) -> Cow<'_, str> {
    if !raw.contains(&b'\\') {
        return String::from_utf8_lossy(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(slash) = rest.iter().position(|&b| b == b'\\') {
        out.push_str(&String::from_utf8_lossy(&rest[..slash]));
        let (character, width) = escape(&rest[slash..]);
        out.push(character);
        rest = &rest[slash + width..];
    }
    out.push_str(&String::from_utf8_lossy(rest));
    Cow::Owned(out)
}

/// Seconds from the digits of a JSON number; none where they do not fit 64 bits.
pub(super) fn seconds(digits: &str) -> Option<Seconds> {
    if let Ok(whole) = digits.parse::<i64>() {
        return Some(Seconds { whole, fraction: false });
    }
    if !digits.bytes().any(|b| matches!(b, b'.' | b'e' | b'E')) {
        return None;
    }
    let number = digits.parse::<f64>().ok()?;
    const END: f64 = 9_223_372_036_854_775_808.0;
    // As a range test, so that NaN and the infinities fall out.
    if !(-END..END).contains(&number) {
        return None;
    }
    let floor = number.floor();
    #[expect(clippy::cast_possible_truncation, reason = "within 64 bits by the test above")]
    Some(Seconds { whole: floor as i64, fraction: number != floor })
}

/// One escape sequence: its character and its width in bytes.
fn escape(raw: &[u8]) -> (char, usize) {
    let simple = match raw.get(1) {
        Some(b'n') => '\n',
        Some(b't') => '\t',
        Some(b'r') => '\r',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(&c @ (b'"' | b'\\' | b'/')) => char::from(c),
        Some(b'u') => return unicode_escape(raw),
        _ => return (char::REPLACEMENT_CHARACTER, 1),
    };
    (simple, 2)
}

/// `\uXXXX`, or two of them where they are a surrogate pair.
fn unicode_escape(raw: &[u8]) -> (char, usize) {
    let unit = |at: usize| -> Option<u32> {
        let digits = raw.get(at..at + 6)?.strip_prefix(b"\\u")?;
        digits.iter().try_fold(0, |sum, &b| Some(sum * 16 + char::from(b).to_digit(16)?))
    };
    let Some(first) = unit(0) else { return (char::REPLACEMENT_CHARACTER, 2) };
    if let Some(character) = char::from_u32(first) {
        return (character, 6);
    }
    match (first, unit(6)) {
        (0xd800..=0xdbff, Some(second @ 0xdc00..=0xdfff)) => {
            let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 12)
        }
        _ => (char::REPLACEMENT_CHARACTER, 6),
    }
}

/// Why the reader stopped before the closing brace.
enum Stop {
    End,
    Malformed,
}

struct Cursor<'a> {
    input: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// The next byte that is no white space, not consumed.
    fn peek(&mut self) -> Result<u8, Stop> {
        while let Some(&byte) = self.input.get(self.at) {
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Ok(byte);
            }
            self.at += 1;
        }
        Err(Stop::End)
    }

    fn expect(&mut self, wanted: u8) -> Result<(), Stop> {
        if self.peek()? != wanted {
            return Err(Stop::Malformed);
        }
        self.at += 1;
        Ok(())
    }

    /// The string whose opening quote is the next byte, and whether it is closed.
    fn string(&mut self) -> (&'a [u8], bool) {
        let start = self.at + 1;
        let mut at = start;
        while let Some(&byte) = self.input.get(at) {
            match byte {
                b'"' => {
                    self.at = at + 1;
                    return (&self.input[start..at], true);
                }
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
        self.at = self.input.len();
        (&self.input[start..], false)
    }

    fn scalar(&mut self) -> Result<Value<'a>, Stop> {
        let start = self.at;
        let word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
        let length = self.input[start..].iter().take_while(|b| word(b)).count();
        self.at += length;
        if self.at == self.input.len() {
            // The rest of its digits may be missing.
            return Err(Stop::End);
        }
        match std::str::from_utf8(&self.input[start..self.at]) {
            Ok("") | Err(_) => Err(Stop::Malformed),
            Ok(digits) if digits.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
                Ok(Value::Number(digits))
            }
            Ok(_) => Ok(Value::Other),
        }
    }

    /// Steps over an array or an object, by counting brackets instead of by recursion.
    fn skip_nested(&mut self) -> Result<Value<'a>, Stop> {
        let mut depth = 0usize;
        loop {
            match self.peek()? {
                b'"' => {
                    if !self.string().1 {
                        return Err(Stop::End);
                    }
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Ok(Value::Other);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use super::*;

    #[test]
    fn reads_every_kind_of_value_and_the_length() {
        let text =
            br#" { "a" : "x\/\u00e9\ud83d\ude00\n" , "b":-12.5e1,"c":[1,{"d":"}"}],"e":null, "f":{} } rest"#;
        let object = Object::read(text).unwrap();
        assert_eq!(object.text("a").unwrap(), "x/é😀\n");
        assert_eq!(object.seconds("b"), Some(Seconds { whole: -125, fraction: false }));
        assert_eq!(object.get("c"), Some(Value::Other));
        assert_eq!(object.fields.len(), 5);
        assert_eq!(object.length, Some(text.len() - 5));
    }

    #[test]
    fn what_is_cut_is_told_from_what_is_wrong() {
        let whole = br#"{"sub":"u","n":17,"deep":[{"x":"]"}],"end":"y"}"#;
        for end in 0..whole.len() {
            assert_eq!(Object::read(&whole[..end]).unwrap().length, None, "{end}");
        }
        assert!(Object::read(&whole[..14]).unwrap().get("n").is_none(), "a number may go on");
        assert_eq!(Object::read(br#"{"sub":"ab"#).unwrap().cut, Some((&b"sub"[..], &b"ab"[..])));
        for wrong in [&b"[1]"[..], b"x", b"{1:2}", b"{\"a\" 1}", b"{\"a\":1;}", b"{\"a\":,}", b"{,"] {
            assert!(Object::read(wrong).is_none(), "{}", String::from_utf8_lossy(wrong));
        }
    }

    #[test]
    fn seconds_fit_or_are_none() {
        let whole = |s: &str| seconds(s).map(|s| s.whole);
        assert_eq!(seconds("1740000300.5"), Some(Seconds { whole: 1_740_000_300, fraction: true }));
        assert_eq!(whole("-1.5"), Some(-2));
        assert_eq!(whole("1e3"), Some(1000));
        assert_eq!(whole("9223372036854775807"), Some(i64::MAX));
        for wrong in ["9223372036854775808", "9223372036854775808.0", "1e999", "-1e999", "-", "1x", ""] {
            assert_eq!(whole(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn broken_escapes_become_replacement_characters() {
        for (raw, text) in [
            (&br"a\"[..], "a\u{fffd}"),
            (br"\u12", "\u{fffd}12"),
            (br"\ud83dx", "\u{fffd}x"),
            (br"\ud83dA", "\u{fffd}A"),
            (b"\xe9\\t", "\u{fffd}\t"),
            (br"\q", "\u{fffd}q"),
        ] {
            assert_eq!(unescape(raw), text);
        }
    }
}
