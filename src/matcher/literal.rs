//! The value itself: a quoted literal with its prefixes and wrappers, or one without quotes.

use super::bare::{bare, ends_well, line_word, word};
use super::delimited;
use super::look_up::default_of;
use super::prefix::prefix;
use super::types::{Form, Literal};
use crate::cursor::{Cursor, Mark, Quote};
use crate::text::Span;

/// A value on the line after its name: a quoted literal, or one that has the line for itself.
pub(super) fn next_line(c: &mut Cursor<'_>, found: &mut Vec<Literal>) {
    if fenced(c, found) {
        return;
    }
    let mut quoted = *c;
    prefix(&mut quoted);
    if quoted.quote().is_some() {
        return literal(c, found);
    }
    // A list item or a quotation mark of a chat may stand before it.
    while matches!(c.peek(0), b'>' | b'-' | b'*' | b'|') && c.peek(1) == b' ' {
        c.at += 2;
    }
    let before = found.len();
    alone(c, Form::Prose, found);
    if found.last().is_some_and(|l| found.len() > before && is_test_vector(c.bytes, l.span)) {
        found.truncate(before);
    }
}

/// Whether a value that fills its line is of a test vector of cryptography: hex digits that go on with a
/// line of the same length, or under which the public half or the signature is given.
fn is_test_vector(bytes: &[u8], value: Span) -> bool {
    const HALVES: [&[u8]; 2] = [b"public key", b"signature"];
    let is_hex = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_hexdigit);
    if !is_hex(&bytes[value.range()]) {
        return false;
    }
    let mut below = Cursor::new(bytes, value.end);
    below.blanks();
    let ends = below.space(1);
    let line = bare(&below);
    if ends == 1 && line.len() >= value.len() / 2 && is_hex(&bytes[line.range()]) {
        return true;
    }
    below.space(2);
    let near = &below.rest()[..below.rest().len().min(24)];
    HALVES.iter().any(|h| near.get(..h.len()).is_some_and(|n| n.eq_ignore_ascii_case(h)))
}

/// A block of code of which the value is the first line, maybe after an empty one.
pub(super) fn fenced(c: &mut Cursor<'_>, found: &mut Vec<Literal>) -> bool {
    let mut block = *c;
    block.space(2);
    if !(block.eat(b"```") || block.eat(b"~~~")) {
        return false;
    }
    let language = block.rest().iter().take(16).take_while(|b| b.is_ascii_alphanumeric()).count();
    block.at += language;
    if !block.line_end() {
        return false;
    }
    alone(&mut block, Form::Prose, found);
    true
}

/// A bare value that fills its line.
pub(super) fn alone(c: &mut Cursor<'_>, form: Form, found: &mut Vec<Literal>) {
    let mut span = line_word(c);
    let mut rest = Cursor::new(c.bytes, span.end);
    if rest.peek(0) == b',' && rest.peek(1).is_ascii_alphanumeric() {
        // The second part of a license.
        span.end = bare(&Cursor::new(c.bytes, span.end + 1)).end;
        rest.at = span.end;
    }
    rest.blanks();
    let fills = rest.at >= c.bytes.len() || rest.line_end() || rest.quote().is_some() || rest.peek(0) == b'<';
    if fills && !span.is_empty() {
        found.push(Literal { span, form });
    }
}

/// A literal here: quoted (with prefixes and wrappers such as `String("…")`), or bare.
pub(super) fn literal(c: &mut Cursor<'_>, found: &mut Vec<Literal>) {
    literal_in(c, false, found);
}

/// The same, where a member of an object may stand instead.
pub(super) fn literal_in(c: &mut Cursor<'_>, mut in_brackets: bool, found: &mut Vec<Literal>) {
    for _ in 0..4 {
        c.blanks();
        if delimited::values(c, found) {
            return;
        }
        prefix(c);
        if let Some(quote) = c.quote() {
            let span = quoted(c, quote, in_brackets);
            found.extend(span.map(|span| {
                default(c.bytes, span.start, span.end).unwrap_or(Literal { span, form: Form::Quoted })
            }));
            return;
        }
        if let Some(literal) = default(c.bytes, c.at, c.bytes.len()) {
            c.at = literal.span.end;
            return found.push(literal);
        }
        in_brackets |= matches!(c.peek(0), b'[' | b'{');
        if !wrapper(c) {
            break;
        }
    }
    let span = word(c);
    if !span.is_empty() && ends_well(c.bytes, span) {
        c.at = span.end;
        found.push(Literal { span, form: Form::Bare });
    }
}

/// The default in a look-up that begins here and ends before `end`.
fn default(bytes: &[u8], at: usize, end: usize) -> Option<Literal> {
    if !matches!(bytes.get(at), Some(b'$' | b'#' | b'\\')) {
        return None;
    }
    let value = bare(&Cursor::new(bytes, default_of(bytes, at)?));
    let span = Span::new(value.start, value.end.min(end));
    (span.start < span.end).then_some(Literal { span, form: Form::Fallback })
}

/// The text in quotes whose opening one has just been gone over. In an object what a colon follows is
/// a key, not a value.
fn quoted(c: &mut Cursor<'_>, quote: Quote, in_object: bool) -> Option<Span> {
    // Three quotes are one, and so are two backticks.
    while let Mark::Byte(b) = quote.mark {
        // Two apostrophes quote in Nix, and are nothing in a shell.
        let is_double = b == b'`' || (b == b'\'' && c.peek(1).is_ascii_alphanumeric());
        let again = c.peek(0) == b && (is_double || c.peek(1) == b);
        if !again || quote.depth > 0 {
            break;
        }
        let is_triple = c.peek(1) == b;
        c.at += 1 + usize::from(is_triple);
        if is_triple && let Some(span) = below(c) {
            return Some(span);
        }
    }
    let mut inner = *c;
    if inner.colour() {
        while inner.colour() {}
        return Some(bare(&inner));
    }
    // An escaped quote inside another: `"\"value\""`.
    if let Some(nested) = inner.quote().filter(|n| n.mark != quote.mark || n.depth != quote.depth)
        && let Some(span) = inner.quoted(nested).filter(|s| !s.is_empty())
    {
        return Some(span);
    }
    let span = c.quoted(quote)?;
    let mut next = *c;
    next.blanks();
    let is_key = in_object && next.peek(0) == b':' && next.peek(1) != b':';
    (!is_key).then(|| trim(c.bytes, span))
}

/// The word that has the line below three quotes for itself, or what is left of it before three more.
fn below(c: &Cursor<'_>) -> Option<Span> {
    let mut line = *c;
    line.continuation();
    if line.at == c.at && !line.line_end() {
        return None;
    }
    let span = line_word(&line);
    let mut rest = Cursor::new(c.bytes, span.end);
    let ends = rest.quote().is_some() || rest.line_end();
    (ends && !span.is_empty()).then_some(span)
}

/// Goes over one wrapper: an opening bracket, or a call that only changes the type.
pub(super) fn wrapper(c: &mut Cursor<'_>) -> bool {
    const READERS: &[&str] = &[
        "getenv", "env", "get", "lookup", "secret", "vault", "config", "read", "load", "fetch", "input",
        "prompt", "require",
    ];
    let mut call = *c;
    if call.eat(b"new ") || call.eat(b"&") || call.eat(b"*") {
        call.blanks();
    }
    if c.rest().starts_with(b"[[") {
        // A long string of Lua.
        c.at += 2;
        return true;
    }
    let path = call.path();
    call.eat(b"!");
    let opens = matches!(call.peek(0), b'(') || (path.is_empty() && matches!(call.peek(0), b'[' | b'{'));
    if !opens {
        return false;
    }
    let name = String::from_utf8_lossy(&c.bytes[path.range()]).to_ascii_lowercase();
    let reads = READERS.iter().any(|r| name.contains(r)) && !name.contains("secretstr");
    if reads || name.contains("hash") || name.contains("sha") || name.contains("md5") {
        return false;
    }
    call.at += 1;
    call.space(1);
    // Only a literal makes it a wrapper; a variable inside is a call like any other.
    let mut inside = call;
    prefix(&mut inside);
    let quoted = inside.quote().is_some();
    if quoted || (!path.is_empty() && matches!(name.as_str(), "some" | "ok" | "secret" | "string")) {
        *c = call;
        return true;
    }
    false
}

fn trim(bytes: &[u8], span: Span) -> Span {
    let text = &bytes[span.range()];
    let lead = text.iter().take_while(|b| b.is_ascii_whitespace()).count();
    let tail = text[lead..].iter().rev().take_while(|b| b.is_ascii_whitespace()).count();
    Span::new(span.start + lead, span.end - tail)
}
