//! Functions, getters and properties that return the value: `def secret_key(self): return "…"`,
//! `get secretKey() { return "…"; }`, `val secretKey by lazy { "…" }`, `fn secret_key() -> String { "…".into() }`.
//! Only what is returned first counts.

use super::fallback::{Stop, fallback};
use super::literal::literal;
use super::name::Name;
use super::prefix::prefix;
use super::prose::is_function;
use super::types::Literal;
use crate::cursor::Cursor;

/// No head of a function is longer, from its name to its body.
const MAX_HEAD_BYTES: usize = 200;

/// More lines of comments are not gone over.
const MOST_COMMENTS: usize = 4;

/// The value that what has this name returns, in place of what was found before; `c` stands right behind the
/// name.
pub(super) fn returned(c: &Cursor<'_>, name: &Name, found: &mut Vec<Literal>) {
    if is_function(&c.bytes[name.span.range()]) {
        return;
    }
    let mut values = Vec::new();
    find(c, name, &mut values);
    if !values.is_empty() {
        *found = values;
    }
}

fn find(c: &Cursor<'_>, name: &Name, found: &mut Vec<Literal>) {
    let mut next = *c;
    next.blanks();
    let takes = parameters(&mut next);
    let Some(kind) = head(&mut next, takes || is_defined(c.bytes, name.start)) else { return };
    match kind {
        Head::Expression => expression(&mut next, found),
        Head::Body => body(&mut next, found),
    }
}

/// What a head leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Head {
    Expression,
    Body,
}

/// Goes over the parameters of a function.
fn parameters(c: &mut Cursor<'_>) -> bool {
    if c.peek(0) != b'(' {
        return false;
    }
    let mut depth = 0usize;
    let rest = &c.rest()[..c.rest().len().min(MAX_HEAD_BYTES)];
    let end = rest.iter().position(|b| match b {
        b'(' => {
            depth += 1;
            false
        }
        b')' => {
            depth -= 1;
            depth == 0
        }
        _ => false,
    });
    let inside = end.map_or(&[][..], |end| &rest[..end]);
    // A call has literals as arguments.
    let is_head = end.is_some() && !inside.iter().any(|b| matches!(b, b'"' | b'\'' | b'`' | b';'));
    c.at += end.map_or(0, |end| end + 1);
    is_head
}

/// Whether a word of a definition is right before the name.
fn is_defined(bytes: &[u8], name: usize) -> bool {
    const WORDS: [&[u8]; 9] = [b"def", b"fun", b"func", b"fn", b"get", b"function", b"defp", b"val", b"var"];
    let before = &bytes[name.saturating_sub(16)..name];
    let before = before.strip_suffix(b"self.").unwrap_or(before);
    let Some((b' ', before)) = before.split_last() else { return false };
    let length = before.iter().rev().take_while(|b| b.is_ascii_alphabetic()).count();
    WORDS.contains(&&before[before.len() - length..])
}

/// Goes over types, modifiers and the sign that opens a body.
fn head(c: &mut Cursor<'_>, is_function: bool) -> Option<Head> {
    let rest = &c.rest()[..c.rest().len().min(MAX_HEAD_BYTES)];
    let mut at = 0;
    while at < rest.len() {
        match rest[at] {
            b'{' => {
                let opens = is_function || is_property(c.bytes, c.at, at);
                c.at += at + 1;
                return opens.then_some(Head::Body);
            }
            b'=' if is_function => {
                c.at += at + 1;
                c.eat(b">");
                return Some(Head::Expression);
            }
            b'-' if rest.get(at + 1) == Some(&b'>') => {
                if rest[at + 2..].trim_ascii_start().starts_with(b"<<") && is_function {
                    c.at += at + 2;
                    return Some(Head::Expression);
                }
                at += 2;
            }
            b':' if is_function
                && rest[at + 1..].trim_ascii_start().len() < rest[at + 1..].len()
                && is_line_end(&rest[at + 1..]) =>
            {
                c.at += at + 1;
                return Some(Head::Body);
            }
            b'\n' | b'\r' => {
                c.at += at;
                return below(c, is_function, &rest[..at]);
            }
            b',' if rest[at..].starts_with(b", do:") => {
                c.at += at + 5;
                return Some(Head::Expression);
            }
            b if b.is_ascii_alphanumeric() || b"_<>[]().,:?*&'!~ \t".contains(&b) => at += 1,
            _ => return None,
        }
    }
    None
}

/// What opens a body below the line of the head.
fn below(c: &mut Cursor<'_>, is_function: bool, head: &[u8]) -> Option<Head> {
    let mut next = *c;
    next.line_end();
    let is_ruby = head.trim_ascii().is_empty() || head.trim_ascii().ends_with(b"do");
    if next.eat(b"{") && is_function {
        *c = next;
        return Some(Head::Body);
    }
    if next.eat(b"get()") {
        next.blanks();
        let is_short = next.eat(b"=");
        *c = next;
        return if is_short { Some(Head::Expression) } else { c.eat(b"{").then_some(Head::Body) };
    }
    (is_function && is_ruby).then_some(Head::Body)
}

/// Whether nothing else is on the line: a comment may be.
fn is_line_end(rest: &[u8]) -> bool {
    let line = rest.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    matches!(rest.get(line), Some(b'\n' | b'\r' | b'#'))
}

/// Whether a brace without parameters before it opens a getter: `: String {`, ` by lazy {`, ` { get`.
fn is_property(bytes: &[u8], name: usize, head: usize) -> bool {
    let text = bytes[name..name + head].trim_ascii();
    let inside = bytes[name + head + 1..].trim_ascii_start();
    text.ends_with(b"lazy")
        || inside.starts_with(b"get")
        || (text.strip_prefix(b":").is_some_and(|t| t.trim_ascii().iter().all(u8::is_ascii_alphanumeric)))
}

/// The value in a body: behind comments, and behind the word that returns it.
fn body(c: &mut Cursor<'_>, found: &mut Vec<Literal>) {
    for _ in 0..MOST_COMMENTS {
        c.space(2);
        if !comment(c) {
            break;
        }
    }
    if c.eat(b"get") {
        c.eat(b"()");
        c.blanks();
        if c.eat(b"=>") || c.eat(b"=") {
            return expression(c, found);
        }
        if !c.eat(b"{") {
            return;
        }
        c.space(1);
    }
    let returns = [&b"return"[..], b"yield", b"echo", b"printf"].iter().any(|w| c.eat(w));
    if returns && !matches!(c.peek(0), b' ' | b'(' | b'\t') {
        return;
    }
    c.blanks();
    if returns { expression(c, found) } else { alone(c, found) }
}

/// Goes over a comment or a docstring.
fn comment(c: &mut Cursor<'_>) -> bool {
    const LONGEST: usize = 300;
    let rest = &c.rest()[..c.rest().len().min(LONGEST)];
    let end = if rest.starts_with(b"#") || rest.starts_with(b"//") {
        memchr::memchr(b'\n', rest)
    } else if rest.starts_with(b"\"\"\"") {
        memchr::memmem::find(&rest[3..], b"\"\"\"").map(|end| end + 6)
    } else if rest.starts_with(b"/*") {
        memchr::memmem::find(rest, b"*/").map(|end| end + 2)
    } else {
        None
    };
    c.at += end.unwrap_or(0);
    end.is_some()
}

/// What is returned: a literal, or one in an expression.
fn expression(c: &mut Cursor<'_>, found: &mut Vec<Literal>) {
    c.space(1);
    let mut quoted = *c;
    prefix(&mut quoted);
    if quoted.quote().is_some() {
        literal(c, found);
    } else if !super::delimited::values(c, found) {
        fallback(c, Stop::Comma, found);
    }
}

/// A literal that is all of a statement.
fn alone(c: &mut Cursor<'_>, found: &mut Vec<Literal>) {
    prefix(c);
    let Some(quote) = { *c }.quote() else { return };
    let mut behind = *c;
    behind.quote();
    if behind.quoted(quote).is_none() {
        return;
    }
    behind.blanks();
    if !matches!(behind.peek(0), b':' | b',' | b'=') {
        literal(c, found);
    }
}
