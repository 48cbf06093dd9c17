//! What YAML writes below a name: block scalars, lists and maps; and the tags before a value.

use super::bare::bare;
use super::literal::alone;
use super::tail::names_other;
use super::types::Form;
use super::types::Literal;
use crate::cursor::{Cursor, diff_sign};

/// Goes over a YAML tag or anchor: `!!str`, `&name`.
pub(super) fn tag(c: &mut Cursor<'_>) {
    while matches!(c.peek(0), b'!' | b'&') {
        let word = c
            .rest()
            .iter()
            .take(24)
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'!' | b'&' | b'_'))
            .count();
        if c.peek(word) != b' ' {
            return;
        }
        c.at += word;
        c.blanks();
    }
}

/// A block scalar: `|`, `>-` and the like, then the value on a line of its own.
pub(super) fn block_scalar(c: &mut Cursor<'_>, found: &mut Vec<Literal>) -> bool {
    if !matches!(c.peek(0), b'|' | b'>') {
        return false;
    }
    let mut body = *c;
    let signs = c.rest()[1..].iter().take(2).take_while(|b| matches!(b, b'-' | b'+' | b'1'..=b'9'));
    body.at += 1 + signs.count();
    body.blanks();
    if !body.line_end() {
        return false;
    }
    body.space(1);
    body.diff_sign(diff_sign(c.bytes, c.at));
    alone(&mut body, Form::Bare, found);
    // A license may be folded behind its comma.
    let id = bare(&body);
    let mut comma = Cursor::new(c.bytes, id.end);
    if found.is_empty() && !id.is_empty() && comma.eat(b",") && comma.line_end() {
        found.push(Literal { span: id, form: Form::Bare });
    }
    true
}

/// The members of a list or map on the lines below the one that ends at `end`: `- …`, or `label: …` further
/// in. Of several values none has the line for itself, so each member has to be one of these two.
pub(super) fn block(bytes: &[u8], end: usize, found: &mut Vec<Literal>) {
    const MOST_LINES: usize = 16;
    const MAX_LINE_BYTES: usize = 1024;
    let floor = end.saturating_sub(MAX_LINE_BYTES);
    let own = indent(bytes[floor..end].rsplit(|b| *b == b'\n').next().unwrap_or_default());
    let mut at = end;
    for _ in 0..MOST_LINES {
        let rest = &bytes[at..bytes.len().min(at + MAX_LINE_BYTES)];
        // A line end that is escaped is none here.
        let Some(length) = memchr::memchr(b'\n', rest).filter(|l| at > end || *l < 8) else { return };
        let next = at + length + 1;
        let line = &bytes[next..bytes.len().min(next + MAX_LINE_BYTES)];
        let line = &line[..memchr::memchr(b'\n', line).unwrap_or(line.len())];
        at = next;
        let mut c = Cursor::new(bytes, next + indent(line));
        let is_item = c.eat(b"- ");
        if line.trim_ascii().is_empty() || indent(line) < own || (indent(line) == own && !is_item) {
            return;
        }
        let label = label(&mut c);
        if !is_item && label.is_none() {
            return;
        }
        if label.is_none_or(|label| !names_other(label)) {
            member(&mut c, found);
        }
    }
}

fn indent(line: &[u8]) -> usize {
    line.iter().take_while(|b| matches!(b, b' ' | b'\t')).count()
}

/// Goes over a label and the blank behind it.
fn label<'b>(c: &mut Cursor<'b>) -> Option<&'b [u8]> {
    let mut next = *c;
    let quote = next.quote();
    let start = next.at;
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    next.at += next.rest().iter().take(64).take_while(is_part).count();
    let label = &c.bytes[start..next.at];
    if quote.is_some() && next.quote() != quote {
        return None;
    }
    if label.is_empty() || !next.eat(b": ") {
        return None;
    }
    *c = next;
    Some(label)
}

/// The value of a member, which has the rest of its line.
fn member(c: &mut Cursor<'_>, found: &mut Vec<Literal>) {
    c.blanks();
    let mut quoted = *c;
    if let Some(quote) = quoted.quote() {
        let span = quoted.quoted(quote);
        return found.extend(span.map(|span| Literal { span, form: Form::Quoted }));
    }
    alone(c, Form::Bare, found);
}
