//! Positional arguments: `GenerateConnectToken("ak", "…", "TIR…", "…", "uid", 300)`, and the same as
//! arguments of a script on a command line.

use super::index::Index;
use super::literal::literal;
use super::names::normalise;
use super::page::Page;
use super::types::Literal;
use super::types::{Asks, Form, Match};
use super::{hex, shape};
use crate::cursor::Cursor;
use crate::rule::Value;
use crate::text::Span;

/// More arguments are not looked at.
const MOST: usize = 8;

/// The calls whose function's name passes through the hit.
pub(super) fn at(m: &Index, page: &Page<'_>, hit: usize, out: &mut Vec<Match>, asks: &mut Asks) {
    if m.calls.is_empty() {
        return;
    }
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let end = hit + page.bytes[hit..].iter().take(64).take_while(|b| is_part(b)).count();
    let start = hit - page.bytes[..hit].iter().rev().take(64).take_while(|b| is_part(b)).count();
    // A call has a bracket; the scripts go by their own name.
    let is_call = page.bytes.get(end) == Some(&b'(')
        || memchr::memmem::find(&page.bytes[start..end], b"call").is_some();
    if !is_call {
        return;
    }
    let Some(wanted) = wanted(m, &page.bytes[start..end]) else { return };
    let mut c = Cursor::new(page.bytes, end);
    c.quote();
    let arguments = if c.eat(b"(") { in_brackets(&mut c) } else { on_a_line(&mut c) };
    for &(rule, position) in wanted {
        let Some(Some(l)) = arguments.get(position - 1) else { continue };
        let text = &page.bytes[l.span.range()];
        asks.extend(page.ask_from(start, l.span));
        let value = match page.rules[rule].value {
            Value::License => shape::loose_license(page.bytes, l.span),
            Value::Hex64 => hex::is_key(text).then_some(l.span),
            _ => Some(l.span),
        };
        let name = Some(Span::new(start, end));
        out.extend(value.map(|value| Match { rule, value, name, form: l.form, token: None }));
    }
}

/// What is wanted of a function of that name: of the longest known name that it ends or begins with.
fn wanted<'m>(m: &'m Index, text: &[u8]) -> Option<&'m Vec<(usize, usize)>> {
    let last = text.rsplit(|&b| b == b'.').find(|s| !s.is_empty() && *s != b"sh")?;
    let key = normalise(last);
    let key = key.strip_suffix(b"sh").filter(|k| k.starts_with(b"callv1")).unwrap_or(&key);
    let matching =
        |name: &&Vec<u8>| key.ends_with(name) || (name.as_slice() == b"callv1" && key.starts_with(name));
    let best = m.calls.keys().filter(matching).max_by_key(|n| n.len())?;
    m.calls.get(best)
}

/// Quoted literals by position; other expressions are holes.
fn in_brackets(c: &mut Cursor<'_>) -> Vec<Option<Literal>> {
    let mut all = Vec::new();
    while all.len() < MOST {
        c.space(3);
        label(c);
        let mut found = Vec::new();
        let mut quoted = *c;
        if matches!(quoted.peek(0), b'@' | b'L' | b'b') {
            quoted.at += 1;
        }
        if quoted.quote().is_some() {
            literal(c, &mut found);
        }
        all.push(found.first().copied());
        if !c.next_element(300, b"\"'", |b, _| b == b';') {
            break;
        }
    }
    all
}

/// Goes over the label of a named argument: `accessId: "…"`.
pub(super) fn label(c: &mut Cursor<'_>) {
    let mut label = *c;
    let word = label.path();
    label.blanks();
    if !word.is_empty() && (label.eat(b":") || label.eat(b"=")) {
        label.space(1);
        *c = label;
    }
}

/// Words of a command line.
fn on_a_line(c: &mut Cursor<'_>) -> Vec<Option<Literal>> {
    let mut all = Vec::new();
    while all.len() < MOST {
        let from = c.at;
        c.blanks();
        c.continuation();
        if c.at == from || matches!(c.peek(0), b'\n' | b'\r' | 0) {
            break;
        }
        let mut found = Vec::new();
        literal(c, &mut found);
        let Some(l) = found.first() else { break };
        all.push(Some(Literal { span: l.span, form: Form::Quoted }));
    }
    all
}
