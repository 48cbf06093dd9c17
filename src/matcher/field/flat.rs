//! Pairs without a separator of their own: tuples of a name and its value, and lists in which names and
//! values take turns, as Node has `rawHeaders`.

use super::class::Class;
use crate::cursor::{Cursor, Mark, Quote};
use crate::text::Span;

/// So many strings of a list are gone over.
const MOST: usize = 128;

/// No string in one is longer, in bytes.
const LONGEST: usize = 1024;

/// What a list of headers is called ends so.
const HEADERS: &[u8] = b"headers";

/// Whether the value of a quoted name is the next element: `("authorization", "Bearer …")`,
/// `(b'cookie', b'…')`, `{<<"password">>, <<"…">>}`, `rawHeaders: ['Host', '…', 'Cookie', '…']`.
pub(super) fn is_pair(bytes: &[u8], opened: usize, quote: Quote, comma: usize, class: Class) -> bool {
    let start = before_prefix(bytes, opened);
    match bytes[..start].last() {
        Some(b'(' | b'[') => true,
        Some(b'{') => ends_behind(bytes, comma),
        _ => is_name_of_list(bytes, start, quote, class),
    }
}

/// Where an element begins whose quote stands at `at`: `b'`, `<<"`.
fn before_prefix(bytes: &[u8], at: usize) -> usize {
    match bytes[..at] {
        [.., b'<', b'<'] => at - 2,
        [.., b'(' | b'[' | b',' | b' ' | b'{', b'b' | b'u' | b'r'] => at - 1,
        _ => at,
    }
}

/// Goes over what stands before the quote of an element.
pub(super) fn go_over_prefix(c: &mut Cursor<'_>) {
    let length = match c.rest() {
        [b'<', b'<', ..] => 2,
        [b'b' | b'u' | b'r', ..] => 1,
        _ => return,
    };
    let mut behind = Cursor::new(c.bytes, c.at + length);
    if behind.quote().is_some() {
        c.at += length;
    }
}

/// Whether a tuple in braces ends behind its second element; with more it is a set.
fn ends_behind(bytes: &[u8], comma: usize) -> bool {
    let mut c = Cursor::new(bytes, comma + 1);
    c.blanks();
    go_over_prefix(&mut c);
    let Some(quote) = c.quote() else { return false };
    if c.quoted(quote).is_none() {
        return false;
    }
    c.eat(b">>");
    c.blanks();
    c.eat(b"}")
}

/// Whether the element at `at` stands for a name in a flat list: an even number of strings stands before
/// it, and the list is one of headers.
fn is_name_of_list(bytes: &[u8], mut at: usize, quote: Quote, class: Class) -> bool {
    let Mark::Byte(mark) = quote.mark else { return false };
    for strings in 0..MOST {
        let before = without_space(&bytes[..at]);
        match before.last() {
            Some(b',') => {}
            Some(b'[' | b'(') if strings > 0 => {
                let is_of_headers = || is_of_headers(&before[..before.len() - 1]);
                return strings % 2 == 0
                    && (matches!(class, Class::Header | Class::Cookie) || is_of_headers());
            }
            _ => return false,
        }
        let before = without_space(&before[..before.len() - 1]);
        let before = before.strip_suffix(b">>").unwrap_or(before);
        let Some(start) = string_before(before, mark, quote.depth) else { return false };
        at = before_prefix(bytes, start);
    }
    false
}

/// Without blanks and line ends, also those that a string writes as `\n`.
fn without_space(mut text: &[u8]) -> &[u8] {
    loop {
        text = text.trim_ascii_end();
        let Some(head) = text.strip_suffix(b"\\n") else { return text };
        text = &head[..head.len() - head.iter().rev().take(64).take_while(|b| **b == b'\\').count()];
    }
}

/// Where the string begins, quotes included, that ends at the end of the text in such quotes.
fn string_before(text: &[u8], mark: u8, depth: usize) -> Option<usize> {
    let slashes = |text: &[u8]| text.iter().rev().take(64).take_while(|b| **b == b'\\').count();
    let inside = text.strip_suffix(&[mark]).filter(|inside| slashes(inside) == depth)?;
    let inside = &inside[..inside.len() - depth];
    let floor = inside.len().saturating_sub(LONGEST);
    let mut quotes = memchr::memrchr_iter(mark, &inside[floor..]).map(|at| floor + at);
    quotes.find(|at| slashes(&inside[..*at]) == depth).map(|at| at - depth)
}

/// Whether what stands before a bracket names a list of headers.
fn is_of_headers(before: &[u8]) -> bool {
    let is_sign = |b: &u8| b.is_ascii_whitespace() || b":=>\"'\\".contains(b);
    let signs = before.iter().rev().take(16).take_while(|b| is_sign(b)).count();
    let name = &before[..before.len() - signs];
    signs > 0 && name.last_chunk::<7>().is_some_and(|end| end.eq_ignore_ascii_case(HEADERS))
}

/// Where the quote stands that opens before a name what `quote` closes.
pub(super) fn is_opened(bytes: &[u8], name: Span, quote: Quote) -> Option<usize> {
    let Mark::Byte(mark) = quote.mark else { return Some(name.start) };
    // `"--password"`: a flag in a list of arguments.
    let dashes = bytes[..name.start].iter().rev().take(2).take_while(|b| **b == b'-').count();
    let before = bytes[..name.start - dashes].strip_suffix(&[mark])?;
    let slashes = before.iter().rev().take_while(|b| **b == b'\\').count();
    (slashes == quote.depth).then_some(before.len() - slashes)
}
