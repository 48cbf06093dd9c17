//! One number of a list, in the notations of languages and of their dumps: `81`, `0x51`, `0b1010001`,
//! `(byte) 0x51`, `81u8`, `-17`, `np.uint8(81)`, and with its place before it: `"0": 81`, `[0] => 81`.

use super::gap::go_over_gap;
use crate::cursor::Cursor;
use crate::text::Span;

/// No number, cast or label is longer, in bytes.
const LONGEST: usize = 40;

/// What may stand behind the digits of a number and say its type.
const SUFFIXES: [&[u8]; 16] = [
    b"u8", b"_u8", b"i8", b"_i8", b"uy", b"y", b"u", b"ub", b"l", b"ul", b"'u8", b"usize", b"i32", b"u32",
    b"i64", b"d",
];

/// A number that was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element {
    /// Itself, casts and suffixes included, labels not.
    pub(super) span: Span,
    /// The byte that it is, if it is one; negative ones as two's complement.
    pub(super) byte: Option<u8>,
    /// Its place stands before it.
    pub(super) is_labelled: bool,
}

/// Goes over a number; `is_hex` where digits are hexadecimal without a sign of it.
pub(super) fn element(c: &mut Cursor<'_>, is_hex: bool) -> Option<Element> {
    let is_labelled = !is_hex && label(c);
    let start = c.at;
    // Most are digits and nothing more.
    let is_wrapped = !is_hex && !c.peek(0).is_ascii_digit() && { cast(c) || constructor(c) };
    let is_call = is_wrapped && c.bytes[start] != b'(';
    let is_negative = c.eat(b"-");
    let value = digits(c, is_hex)?;
    if !is_hex {
        suffix(c);
    }
    if is_call {
        c.blanks();
        if !c.eat(b")") {
            return None;
        }
    }
    let value = value.map(|value| if is_negative { -value } else { value });
    let byte = value.filter(|value| (-128..=255).contains(value)).map(|value| value as u8);
    Some(Element { span: Span::new(start, c.at), byte, is_labelled })
}

/// The value of the digits here, if it is not beyond all bounds, in the radix that their prefix says.
fn digits(c: &mut Cursor<'_>, is_hex: bool) -> Option<Option<i64>> {
    let (radix, prefix) = match c.rest() {
        _ if is_hex => (16, 0),
        [b'0', b'x' | b'X', ..] | [b'&', b'H' | b'h', ..] => (16, 2),
        [b'$', next, ..] if next.is_ascii_hexdigit() => (16, 1),
        [b'0', b'o' | b'O', ..] => (8, 2),
        [b'0', b'b' | b'B', ..] => (2, 2),
        // As C writes octal numbers.
        [b'0', b'0'..=b'7', ..] => (8, 1),
        _ => (10, 0),
    };
    let text = &c.rest()[prefix.min(c.rest().len())..];
    let length = text.iter().take(LONGEST).take_while(|b| char::from(**b).is_digit(radix)).count();
    // A zero before decimal digits.
    let (radix, prefix, length) = match text.get(length) {
        Some(b'8' | b'9') if radix == 8 && prefix == 1 => {
            (10, prefix, text.iter().take(LONGEST).take_while(|b| b.is_ascii_digit()).count())
        }
        _ => (radix, prefix, length),
    };
    let digits = std::str::from_utf8(&text[..length]).ok().filter(|digits| !digits.is_empty())?;
    c.at += prefix + length;
    // `81.0` of a language that has no whole numbers.
    if radix == 10 && c.peek(0) == b'.' {
        let zeros = c.rest()[1..].iter().take(LONGEST).take_while(|b| **b == b'0').count();
        let ends = !matches!(c.peek(1 + zeros), b'0'..=b'9' | b'.' | b'a'..=b'z' | b'A'..=b'Z');
        c.at += if ends { 1 + zeros } else { 0 };
    }
    Some(i64::from_str_radix(digits, radix).ok())
}

fn suffix(c: &mut Cursor<'_>) {
    if !matches!(c.peek(0), b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'\'') {
        return;
    }
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'\'');
    let length = c.rest().iter().take(LONGEST).take_while(is_part).count();
    let word = &c.rest()[..length];
    if SUFFIXES.iter().any(|suffix| suffix.eq_ignore_ascii_case(word)) {
        c.at += length;
    }
}

/// Goes over `(byte)`, `(unsigned char)`.
fn cast(c: &mut Cursor<'_>) -> bool {
    if c.peek(0) != b'(' || !c.peek(1).is_ascii_alphabetic() {
        return false;
    }
    let is_type = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b' ' | b':');
    let length = c.rest()[1..].iter().take(LONGEST).take_while(is_type).count();
    let closes = c.peek(1 + length) == b')';
    if closes {
        c.at += length + 2;
        c.blanks();
    }
    closes
}

/// Goes over `byte(`, `np.uint8(`, `Byte.valueOf(`.
fn constructor(c: &mut Cursor<'_>) -> bool {
    let mut call = *c;
    let word = call.path();
    let opens = !word.is_empty() && word.len() <= LONGEST && call.eat(b"(");
    if opens {
        call.blanks();
        *c = call;
    }
    opens
}

/// Goes over the place of an element before it: `"0":`, `0 =>`, `[0] =>`, `[0] =`.
fn label(c: &mut Cursor<'_>) -> bool {
    let mut at = *c;
    let bracket = at.eat(b"[");
    let quote = if bracket { None } else { at.quote() };
    let digits = at.rest().iter().take(8).take_while(|b| b.is_ascii_digit()).count();
    at.at += digits;
    if digits == 0 || (quote.is_some() && at.quote() != quote) || (bracket && !at.eat(b"]")) {
        return false;
    }
    at.blanks();
    let is_label = at.eat(b"=>") || at.eat(b":") || (bracket && at.eat(b"="));
    if is_label {
        go_over_gap(&mut at, LONGEST);
        *c = at;
    }
    is_label
}
