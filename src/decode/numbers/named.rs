//! The value of a name that is an array of numbers: `device_secret_key[32] = {0x51, …}`. The view is the
//! name with the text that the numbers spell in quotes.

use super::list::{List, NAME};
use super::literal::{Literal, literal, literal_with};
use crate::cursor::Cursor;
use crate::decode::decoder::{Ask, Decoder, Wake};
use crate::decode::stretch::{MAX_REGION, looks_like_text};
use crate::decode::view::{Joined, View};
use crate::text::Span;

/// The table's line.
pub(crate) const DECODER: Decoder = Decoder { name: NAME, wake: Wake::NamedNumbers, decode };

/// With less elements what follows a name in brackets may be the arguments of a call.
const MANY: usize = 8;

/// What a view shows of the line before a name, in bytes.
const BEFORE_BYTES: usize = 96;

/// What a view shows behind the value, in bytes.
const BEHIND_BYTES: usize = 320;

/// No dimension is longer, in bytes.
const LONGEST_DIMENSION: usize = 40;

/// The literal that is the value of a name.
pub(crate) fn after_name(bytes: &[u8], name: Span) -> Option<Literal> {
    let mut c = Cursor::new(bytes, name.end);
    let is_quoted = closers(&mut c);
    c.blanks();
    // Of what is cut off, the arguments of a call are more than bytes: the number of an application.
    let is_many = |literal: &Literal| {
        let is_enough = |list: List| list.count >= MANY || list.is_mask || (literal.is_cut && list.is_bytes);
        literal.list.is_some_and(is_enough)
    };
    match c.rest() {
        // `password{81, …}`, `password(new byte[]{…})`
        [b'(' | b'{', ..] if c.at == name.end => return literal(bytes, c.at).filter(is_many),
        [b',', ..] if is_quoted => {
            c.at += 1;
            c.space(1);
            return literal(bytes, c.at).filter(is_many);
        }
        [b':', b':', ..] | [b'=', b'=', ..] => return None,
        [b':' | b'=' | b'-', b'=' | b'>', ..] | [b'<', b'-', ..] => c.at += 2,
        [b':' | b'=', ..] => c.at += 1,
        _ => return None,
    }
    let from = c.at;
    c.blanks();
    if c.line_end() {
        // The dash of an item stands first on its line.
        let line = c.bytes[from..c.at].iter().rposition(|b| *b == b'\n').map_or(c.at, |i| from + i + 1);
        return literal(bytes, c.at).or_else(|| literal(bytes, line));
    }
    literal(bytes, c.at)
}

/// Goes over quotes, brackets and dimensions behind a name; says whether there were quotes.
fn closers(c: &mut Cursor<'_>) -> bool {
    let mut is_quoted = false;
    loop {
        if c.quote().is_some() {
            is_quoted = true;
        } else if c.peek(0) == b'[' {
            let is_part = |b: &&u8| b.is_ascii_alphanumeric() || b"_ +*".contains(b);
            let inside = c.rest()[1..].iter().take(LONGEST_DIMENSION).take_while(is_part).count();
            if c.peek(1 + inside) != b']' {
                return is_quoted;
            }
            c.at += inside + 2;
        } else if matches!(c.peek(0), b']') {
            c.at += 1;
        } else if !c.colour() {
            return is_quoted;
        }
    }
}

/// What to ask where the value of a name is such an array.
pub(crate) fn ask(bytes: &[u8], name: Span) -> Option<Ask> {
    let literal = after_name(bytes, name)?;
    let is_text = literal.list.is_some_and(|list| list.is_bytes && list.count >= MANY && !list.is_mask);
    let ask = Ask { wake: Wake::NamedNumbers, at: literal.span.start, name: name.start, end: name.end };
    is_text.then_some(ask)
}

/// Here the end of what is asked is that of the name.
fn decode(bytes: &[u8], ask: &Ask) -> Option<View> {
    let mut numbers = Vec::new();
    let literal = literal_with(bytes, ask.at, &mut |byte, span| {
        numbers.extend(byte.map(|byte| (byte, span)));
        numbers.len() <= MAX_REGION
    })?;
    let floor = ask.name.saturating_sub(BEFORE_BYTES);
    let line = memchr::memrchr(b'\n', &bytes[floor..ask.name]).map_or(floor, |i| floor + i + 1);
    let behind = bytes.len().min(literal.span.end + BEHIND_BYTES);
    let mut view = View::new(Span::new(line, behind));
    let copy = |view: &mut View, from: usize, to: usize| {
        (from..to).for_each(|i| view.push(&bytes[i..=i], i, i + 1));
    };
    copy(&mut view, line, ask.end);
    view.push(b"=\"", ask.end, ask.at);
    let start = view.bytes.len();
    numbers.iter().for_each(|(byte, span)| view.push(&[*byte], span.start, span.end));
    let span = Span::new(start, view.bytes.len());
    if !looks_like_text(&view.bytes[span.range()]) {
        return None;
    }
    view.push(b"\"", literal.span.end, literal.span.end);
    copy(&mut view, literal.span.end, behind);
    let source = literal.span;
    view.value = Some(Joined { name: ask.name - line, span, source, is_loose: false });
    Some(view)
}
