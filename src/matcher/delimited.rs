//! Strings with delimiters of their own (`%q(…)` of Ruby, `qw(…)` of Perl, `R"(…)"` of C++, `$$…$$` of
//! PostgreSQL) and documents within a text (`<<~EOT`, `<<<'EOT'`, `@"` of PowerShell).

use super::prefix::prefix;
use super::types::Form;
use super::types::Literal;
use crate::cursor::Cursor;
use crate::text::Span;

/// Nothing longer is a key.
const MAX_VALUE_BYTES: usize = 1024;

/// A shorter word between signs that are no brackets may be anything.
const MIN_WORD_BYTES: usize = 16;

/// The values of the string or document that begins here; says whether one does. Goes behind a string.
pub(super) fn values(c: &mut Cursor<'_>, found: &mut Vec<Literal>) -> bool {
    let span = match c.peek(0) {
        b'%' | b'q' | b'~' => return words(c, found),
        b'R' | b'u' | b'U' | b'L' => raw(c),
        b'[' => levels(c),
        b'$' | b'"' if { *c }.quote().is_none() || c.rest().starts_with(b"\"$(") => {
            substituted(c).or_else(|| dollars(c))
        }
        b'{' => bars(c),
        b'<' => return document(c, found),
        b'@' => power_shell(c),
        _ => None,
    };
    found.extend(span.map(|span| Literal { span, form: Form::Quoted }));
    span.is_some()
}

/// `%q(…)`, `%w[…]`, `q(…)`, `qq{…}`, `qw(…)`, `q"(…)"`, `~s(…)`.
fn words(c: &mut Cursor<'_>, found: &mut Vec<Literal>) -> bool {
    const OPERATORS: [&[u8]; 10] = [b"%q", b"%Q", b"%w", b"%W", b"%", b"qq", b"qw", b"q\"", b"q", b"~"];
    let mut next = *c;
    let Some(operator) = OPERATORS.iter().find(|o| next.eat(o)) else { return false };
    if *operator == b"~" {
        if !matches!(next.peek(0), b's' | b'S' | b'w' | b'W' | b'c' | b'C') {
            return false;
        }
        next.at += 1;
    }
    let open = next.peek(0);
    let close = match open {
        b'(' => b')',
        b'[' => b']',
        b'{' => b'}',
        b'<' => b'>',
        b'/' | b'!' | b'|' | b'#' if *operator != b"%" => open,
        _ => return false,
    };
    next.at += 1;
    let body = &next.rest()[..next.rest().len().min(MAX_VALUE_BYTES)];
    let Some(length) = memchr::memchr(close, body) else { return false };
    let is_bracket = open != close;
    let ends = matches!(
        next.peek(length + 1),
        b';' | b',' | b')' | b'\n' | b'\r' | b' ' | b'.' | b'}' | b']' | b'"' | 0
    );
    if !ends || (!is_bracket && length < MIN_WORD_BYTES) {
        return false;
    }
    let start = next.at;
    let mut at = 0;
    while at < length {
        let word = body[at..length].iter().take_while(|b| !b.is_ascii_whitespace()).count();
        if word > 0 {
            found.push(Literal { span: Span::new(start + at, start + at + word), form: Form::Quoted });
        }
        at += word + 1;
    }
    c.at = start + length + 1;
    true
}

/// `R"(…)"`, `u8R"key(…)key"`.
fn raw(c: &mut Cursor<'_>) -> Option<Span> {
    const LONGEST: usize = 16;
    let mut next = *c;
    [&b"u8"[..], b"u", b"U", b"L"].iter().any(|p| next.eat(p));
    if !next.eat(b"R\"") {
        return None;
    }
    let length = next.rest().iter().take(LONGEST + 1).position(|&b| b == b'(')?;
    let close = [b")", &next.rest()[..length], b"\""].concat();
    next.at += length + 1;
    let span = up_to(&mut next, &close)?;
    c.at = next.at;
    Some(span)
}

/// `[==[…]==]` of Lua.
fn levels(c: &mut Cursor<'_>) -> Option<Span> {
    let level = c.rest()[1..].iter().take(8).take_while(|b| **b == b'=').count();
    let mut next = *c;
    next.at += level + 2;
    if level == 0 || c.peek(level + 1) != b'[' {
        return None;
    }
    let close = [&b"]"[..], &c.rest()[1..=level], b"]"].concat();
    let span = up_to(&mut next, &close)?;
    c.at = next.at;
    Some(span)
}

/// `$$…$$`, `$tag$…$tag$` of PostgreSQL.
fn dollars(c: &mut Cursor<'_>) -> Option<Span> {
    let is_part = |b: &&u8| b.is_ascii_alphabetic() || **b == b'_';
    let mut next = *c;
    let word = next.rest().get(1..)?.iter().take(16).take_while(is_part).count();
    if next.peek(0) != b'$' || next.peek(word + 1) != b'$' {
        return None;
    }
    let tag = &c.rest()[..word + 2];
    next.at += tag.len();
    let span = up_to(&mut next, tag)?;
    c.at = next.at;
    Some(span)
}

/// `{|…|}`, `{id|…|id}` of OCaml.
fn bars(c: &mut Cursor<'_>) -> Option<Span> {
    let word = c.rest()[1..].iter().take(16).take_while(|b| b.is_ascii_lowercase() || **b == b'_').count();
    let mut next = *c;
    next.at += word + 2;
    if c.peek(word + 1) != b'|' {
        return None;
    }
    let close = [b"|", &c.rest()[1..=word], b"}"].concat();
    let span = up_to(&mut next, &close)?;
    c.at = next.at;
    Some(span)
}

/// `{…}` of Tcl: one word that ends the line.
pub(super) fn braces(c: &mut Cursor<'_>, found: &mut Vec<Literal>) -> bool {
    let mut next = *c;
    let span = if next.eat(b"{") { up_to(&mut next, b"}") } else { None };
    let span = span.filter(|_| matches!(next.peek(0), b'\n' | b'\r' | b';' | 0));
    found.extend(span.map(|span| Literal { span, form: Form::Quoted }));
    span.is_some()
}

/// The text up to a closing delimiter, without the white space around it; goes behind it. A value is one word.
fn up_to(c: &mut Cursor<'_>, close: &[u8]) -> Option<Span> {
    let body = &c.rest()[..c.rest().len().min(MAX_VALUE_BYTES)];
    let length = memchr::memmem::find(body, close)?;
    let text = &body[..length];
    let word = text.trim_ascii();
    let start = c.at + text.iter().take_while(|b| b.is_ascii_whitespace()).count();
    c.at += length + close.len();
    let is_word = !word.is_empty() && !word.iter().any(u8::is_ascii_whitespace);
    is_word.then(|| Span::new(start, start + word.len()))
}

/// `$(cat <<'EOF'` of a shell.
fn substituted(c: &mut Cursor<'_>) -> Option<Span> {
    let mut next = *c;
    next.eat(b"\"");
    if !next.eat(b"$(cat ") {
        return None;
    }
    next.blanks();
    let mut found = Vec::new();
    document(&mut next, &mut found);
    found.first().map(|literal| literal.span)
}

/// `<<EOT`, `<<-'EOT'`, `<<~EOT`, `<<<"EOT"`, and what a shell hands on with `<<< "…"`.
pub(super) fn document(c: &mut Cursor<'_>, found: &mut Vec<Literal>) -> bool {
    let mut next = *c;
    if !next.eat(b"<<") {
        return false;
    }
    let is_word = next.eat(b"<");
    if !next.eat(b"-") {
        next.eat(b"~");
    }
    if is_word && matches!(next.peek(0), b' ' | b'\t') {
        next.blanks();
        prefix(&mut next);
        let span = next.quote().and_then(|quote| next.quoted(quote));
        found.extend(span.map(|span| Literal { span, form: Form::Quoted }));
        return span.is_some();
    }
    next.blanks();
    let quote = next.quote();
    let start = next.at;
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'_';
    next.at += next.rest().iter().take(32).take_while(is_part).count();
    let tag = &c.bytes[start..next.at];
    if tag.is_empty() || (quote.is_some() && next.quote() != quote) {
        return false;
    }
    // `.strip`, `;`, `)` and the like.
    let behind = next.rest().iter().take(40).take_while(|b| !matches!(b, b'\n' | b'\r' | b'"')).count();
    next.at += behind;
    let span = line_before(&mut next, tag);
    found.extend(span.map(|span| Literal { span, form: Form::Quoted }));
    span.is_some()
}

/// `@"`, a line, `"@`.
fn power_shell(c: &mut Cursor<'_>) -> Option<Span> {
    let mut next = *c;
    let mark = c.peek(1);
    if !matches!(mark, b'"' | b'\'') || !matches!(c.peek(2), b'\n' | b'\r') {
        return None;
    }
    next.at += 2;
    line_before(&mut next, &[mark, b'@'])
}

/// The one word that stands on the line below, if the next line begins with what ends the document.
pub(super) fn line_before(c: &mut Cursor<'_>, end: &[u8]) -> Option<Span> {
    if !c.line_end() {
        return None;
    }
    let start = c.at;
    let body = &c.rest()[..c.rest().len().min(MAX_VALUE_BYTES)];
    let length = body.iter().take_while(|b| b.is_ascii_graphic()).count();
    c.at += length;
    c.blanks();
    let is_alone = c.line_end();
    let ends = c.rest().starts_with(end);
    (length > 0 && is_alone && ends).then(|| Span::new(start, start + length))
}
