//! Literals further on in the statement: the fallback of a look-up, the default of a flag or of a
//! shell variable. A look-up is no leak; what stands in for it when it fails is one.

use crate::text::byte_table;
use std::cell::Cell;

use super::bare::bare;
use super::look_up::default_of;
use super::types::Form;
use super::types::Literal;
use super::types::REACH;
use crate::cursor::Cursor;
use crate::decode::pieces;

/// `${NAME:-value}` and `${NAME:=value}`.
pub(super) fn shell_default(c: &mut Cursor<'_>, found: &mut Vec<Literal>) {
    c.quote();
    let span = bare(c);
    if !span.is_empty() {
        found.push(Literal { span, form: Form::Fallback });
    }
}

/// Where the search for a fallback ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// At the next member or argument.
    Comma,
    /// At the end of the statement.
    Statement,
}

/// What the search looks at; all the rest it goes over.
static STOPS: [bool; 256] = byte_table(b"([{)]};,\n:\"'`\\");

/// A quoted literal further on in the statement: the fallback of a look-up, the default of a flag.
pub(super) fn fallback(c: &mut Cursor<'_>, stop: Stop, found: &mut Vec<Literal>) {
    let end = c.bytes.len().min(c.at + REACH);
    let mut depth = 0usize;
    let mut lines = 0;
    while c.at < end && found.is_empty() {
        c.at += c.bytes[c.at..end].iter().position(|b| STOPS[usize::from(*b)]).unwrap_or(end - c.at);
        match c.peek(0) {
            b'(' | b'[' => depth += 1,
            b'{' if c.bytes.get(c.at.wrapping_sub(1)) != Some(&b'$') => depth += 1,
            b')' | b']' | b'}' if depth == 0 => return,
            b')' | b']' | b'}' => depth -= 1,
            b';' => return,
            b',' if depth == 0 && stop == Stop::Comma => return,
            b'\n' if depth == 0 || lines > 3 => return,
            b'\n' => lines += 1,
            b':' if c.peek(1) == b'-' => {
                c.at += 2;
                shell_default(c, found);
                return;
            }
            b'"' | b'\'' if depth == 0 && is_next_assignment(c) => return,
            b'"' | b'\'' | b'`' | b'\\' => {
                if let Some(quote) = c.quote() {
                    let Some(span) = c.quoted(quote) else { return };
                    match default_of(c.bytes, span.start) {
                        Some(at) => shell_default(&mut Cursor::new(c.bytes, at), found),
                        None if is_variable(&c.bytes[span.range()]) => {}
                        None if span.len() >= 16 || goes_on(c.bytes, span.start) => {
                            found.push(Literal { span, form: Form::Fallback });
                        }
                        None => {}
                    }
                    continue;
                }
            }
            _ => {}
        }
        c.at += 1;
    }
}

/// Whether a literal here is the value of the next variable of a shell: `A=$B NAME="…"`.
fn is_next_assignment(c: &Cursor<'_>) -> bool {
    let Some(before) = c.bytes[..c.at].strip_suffix(b"=") else { return false };
    let name = before.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    name > 0 && before[..before.len() - name].ends_with(b" ")
}

/// Whether a literal is the name of what is looked up: `TIRTC_SECRET_KEY`.
fn is_variable(text: &[u8]) -> bool {
    let is_sign = |b: &u8| *b == b'_';
    text.iter().any(is_sign)
        && (text.iter().all(|b| b.is_ascii_uppercase() || is_sign(b))
            || text.iter().all(|b| b.is_ascii_lowercase() || is_sign(b)))
}

/// Whether a literal is the first piece of a value.
fn goes_on(bytes: &[u8], at: usize) -> bool {
    pieces::ask(bytes, at, at, at, &Cell::default()).is_some()
}
