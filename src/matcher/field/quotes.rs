//! Texts in quotes: where one ends, and whether a quote closes the text in which a name stands.

use super::lines::{LONGEST_NAME, STRUCTURE, begins_member, goes_on_below, line_end};
use crate::cursor::{Cursor, Mark, Quote};
use crate::text::Span;

/// Whether a quote after a name without quotes closes the text in which the name stands, rather than
/// opens a value: `"message":"no token:","n":1`. Passwords begin with `}`, `,` and blanks, too, so a
/// text has to be open, and what follows has to be how it goes on.
pub(super) fn closes(c: &Cursor<'_>, floor: usize) -> bool {
    let mut next = *c;
    let Some(quote) = next.quote() else { return false };
    let line = &next.rest()[..line_end(next.bytes, next.at) - next.at];
    let lone = || !matches!(quote.mark, Mark::Byte(mark) if memchr::memchr(mark, line).is_some());
    if (goes_on(next.rest(), quote) || (matches!(next.peek(0), b' ' | b')') && lone()))
        && is_open(c, floor, quote)
    {
        return true;
    }
    // `"message":"token=\\","n":1`: backslashes that are escaped themselves say nothing of the quote.
    let plain = Quote { depth: 0, ..quote };
    quote.depth > 0
        && quote.depth.is_multiple_of(2)
        && goes_on(next.rest(), plain)
        && is_open(c, floor, plain)
}

/// Whether a quote of this kind is open at the cursor, by their number since the line, or the
/// string around it, began.
pub(super) fn is_open(c: &Cursor<'_>, floor: usize, quote: Quote) -> bool {
    /// A line is not followed further back, where it would cost more than its look is worth.
    const BACK: usize = 4096;
    let Mark::Byte(mark) = quote.mark else { return true };
    let from = c.at.saturating_sub(BACK).max(floor);
    let before = &c.bytes[from..c.at];
    let begin = before.iter().rposition(|b| matches!(b, b'\n' | b'\r' | 0x1f));
    if begin.is_none() && from > floor {
        return true;
    }
    let line = &before[begin.map_or(0, |i| i + 1)..];
    // Backslashes of the text itself may stand before it, each of them escaped.
    let slashes = |i: usize| line[..i].iter().rev().take_while(|b| **b == b'\\').count();
    let same = |i: &usize| slashes(*i) % (2 * (quote.depth + 1)) == quote.depth;
    memchr::memchr_iter(mark, line).filter(same).count() % 2 == 1
}

/// The inside of a quote. A quote that nothing closes, or that runs over lines, reaches to its end all
/// the same, since what is cut off is no less secret; but not out of the text in which the name stands.
pub(super) fn quoted(c: &mut Cursor<'_>, quote: Quote, loose: bool) -> Option<Span> {
    let start = c.at;
    let Mark::Byte(mark) = quote.mark else { return c.quoted(quote) };
    let hay = &c.bytes[start..c.bytes.len().min(start + STRUCTURE)];
    let outer = |i: &usize| loose && (mark != b'"' || quote.depth > 0) && is_outer_quote(c.bytes, start + i);
    let mut lines = 0;
    // Up to here it goes on behind a quote that is a part of it.
    let mut within = 0;
    for i in memchr::memchr3_iter(mark, b'"', b'\n', hay) {
        if hay[i] == b'\n' {
            // The next line belongs to it in any case, if the quote closes there, but for a next member.
            if begins_member(c.bytes, start, start + i)
                || (lines > 0 && !goes_on_below(c.bytes, start, start + i))
            {
                return None;
            }
            lines += 1;
            continue;
        }
        let slashes = hay[..i].iter().rev().take_while(|b| **b == b'\\').count();
        let closes = closes_at(slashes, quote.depth);
        if i < within {
            continue;
        }
        if hay[i] == mark && closes {
            if let Some(more) = goes_on_behind(&hay[i + 1..], mark, i, loose) {
                within = i + 1 + more;
                continue;
            }
            // The backslashes before those of the quote are of the text, each of them escaped.
            let own = slashes % (2 * (quote.depth + 1)) == quote.depth;
            let end = start + i - if own { quote.depth } else { slashes };
            // A quote of a lower depth closes what is around as well, and is left for it.
            c.at = if own { start + i + 1 } else { end };
            return Some(Span::new(start, end));
        }
        if hay[i] != mark && slashes == 0 && outer(&i) {
            c.at = start + i;
            return Some(Span::new(start, start + i));
        }
    }
    None
}

/// How many bytes behind a quote belong to the text that it seems to close: a shell writes a quote in quotes
/// as `'\''` and `'"'"'`, YAML, SQL and PowerShell as `''`.
fn goes_on_behind(rest: &[u8], mark: u8, length: usize, loose: bool) -> Option<usize> {
    /// The quote that closes it in the end is looked for so far, in bytes.
    const REACH: usize = 512;
    let is_doubled = |text: &[u8]| {
        let text = &text[..text.len().min(REACH)];
        let next = text.get(1).filter(|_| text[0] == mark);
        let is_part = |next: &u8| next.is_ascii_graphic() && !b",;:\"'\\".contains(next);
        length > 0 && next.is_some_and(is_part) && memchr::memchr(mark, &text[1..line_end(text, 0)]).is_some()
    };
    if mark != b'\'' {
        return (mark == b'"' && loose && !rest.is_empty() && is_doubled(rest)).then_some(1);
    }
    let slashes = |at: usize| rest[at..].iter().take(8).take_while(|b| **b == b'\\').count();
    let first = slashes(0);
    match rest[first..] {
        [b'\'', b'\'', ..] if first > 0 => return Some(first + 2),
        [b'"', b'\'', ..] => {
            let second = first + 2 + slashes(first + 2);
            return matches!(rest[second..], [b'"', b'\'', ..]).then_some(second + 2);
        }
        _ => {}
    }
    (!rest.is_empty() && is_doubled(rest)).then_some(1)
}

/// Whether a quote behind so many backslashes closes one that was opened behind `depth`, or one around it.
pub(super) fn closes_at(slashes: usize, depth: usize) -> bool {
    let is_of = |depth: usize| slashes % (2 * (depth + 1)) == depth;
    // JSON in JSON has none, one, three, seven …
    let mut around = 0;
    while around < depth {
        if is_of(around) {
            return true;
        }
        around = 2 * around + 1;
    }
    is_of(depth)
}

/// The end of what stands on this line, without the backslash by which it goes on below.
pub(super) fn line_of(bytes: &[u8], from: usize) -> usize {
    let end = line_end(bytes, from);
    let slashes = bytes[from..end].iter().rev().take_while(|b| **b == b'\\').count();
    if end < bytes.len() { end - slashes % 2 } else { end }
}

/// Whether a quote stands here that can only close: JSON goes on behind it.
pub(super) fn is_outer_quote(bytes: &[u8], at: usize) -> bool {
    let outer = Quote { mark: Mark::Byte(b'"'), depth: 0 };
    bytes[at] == b'"'
        && (goes_on(&bytes[at + 1..], outer) || matches!(bytes[at + 1..], [b':', b'"' | b'{' | b'[', ..]))
}

/// Whether what stands behind a closing quote is how JSON goes on: its end, or all of a next element.
pub(super) fn goes_on(text: &[u8], quote: Quote) -> bool {
    let closing = text.iter().take_while(|b| matches!(b, b'}' | b']')).count();
    match &text[closing..] {
        [] | [b'\n' | b'\r', ..] => true,
        [b',', next @ ..] => is_element(next.trim_ascii_start(), quote),
        // The string around that of the quote ends as well.
        rest if closing > 0 && quote.depth > 0 => { Cursor::new(rest, 0) }.quote().is_some(),
        _ => false,
    }
}

/// Whether a member of an object or an element of a list stands here, in such quotes.
pub(super) fn is_element(text: &[u8], quote: Quote) -> bool {
    let end = |b: u8| matches!(b, b',' | b']' | b'}');
    let mut c = Cursor::new(&text[..text.len().min(LONGEST_NAME)], 0);
    if c.quote() == Some(quote) {
        return c.quoted(quote).is_some() && {
            c.blanks();
            c.peek(0) == b':' || end(c.peek(0))
        };
    }
    let word = text.iter().take(24).take_while(|b| b.is_ascii_alphanumeric() || **b == b'.').count();
    let scalar = [&b"true"[..], b"false", b"null"].contains(&&text[..word]);
    let number = word > 0 && text[..word].iter().all(|b| b.is_ascii_digit() || *b == b'.');
    match text {
        [b'{' | b'[', next, ..] => matches!(next, b'"' | b'\'' | b'\\' | b'{' | b'[' | b'}' | b']'),
        _ => (scalar || number) && text.get(word).is_some_and(|b| end(*b)),
    }
}
