//! What follows a name: closing quotes, a separator, wrappers, and then the value.
//!
//! The grammar is tolerant on purpose: it does not know languages but the forms that they share. It
//! never looks further than [`REACH`] bytes, and crosses a line end only where a carrier does.

use super::cursor::Cursor;
use super::fallback::{Stop, fallback, shell_default};
use super::literal::{Literal, alone, literal, literal_in, next_line, prefix, wrapper};
use super::prose::prose;
use super::{Asks, Form, Match, Matcher, Name, Page, normalise, pair, shape};
use crate::decode::Wake;
use crate::rule::Value;
use crate::text::Span;

/// How far from its name a value may begin, in bytes.
pub(super) const REACH: usize = 400;

/// Finds the values of a name and gives each to the rule that it fits.
pub(super) fn named(m: &Matcher, page: &Page<'_>, name: &Name, out: &mut Vec<Match>, asks: &mut Asks) {
    // A common word that is a name only beside others has to be written like one.
    if m.rules_of(name).iter().all(|n| n.weak) && !is_followed_by_separator(page.bytes, name.span.end) {
        return;
    }
    let mut found = Vec::new();
    if let Some(at) = after(page.bytes, name, &mut found) {
        asks.push((Wake::Percent, at));
    }
    if found.is_empty() {
        pair::sibling(page.bytes, name, &mut found);
    }
    if !found.is_empty() {
        let whole = normalise(&page.bytes[name.span.range()]);
        found.into_iter().for_each(|literal| give(m, page, name, &whole, literal, out));
    }
}

fn is_followed_by_separator(bytes: &[u8], end: usize) -> bool {
    let next =
        bytes[end..].iter().take(8).find(|b| !matches!(b, b' ' | b'"' | b'\'' | b'\\' | b'`' | b']' | b'\t'));
    next.is_some_and(|b| matches!(b, b'=' | b':' | b',' | b'|' | b'<' | b'>' | b'(' | 0x1b) || *b >= 0x80)
}

/// Gives a literal to the best rule that has the name; what stands before the name in the `whole`
/// normalised identifier may be its context.
pub(super) fn give(
    m: &Matcher,
    page: &Page<'_>,
    name: &Name,
    whole: &[u8],
    literal: Literal,
    out: &mut Vec<Match>,
) {
    let near = Span::new(name.span.start.min(literal.span.start), name.span.end.max(literal.span.end));
    for named in m.rules_of(name) {
        let rule = &page.rules[named.rule];
        let fits = fits(rule.value, page.bytes, literal.span);
        let Some(value) = fits else { continue };
        let own_context = || rule.context.iter().any(|w| memchr::memmem::find(whole, w.as_bytes()).is_some());
        if named.weak && !own_context() && !page.has_context(rule, near) {
            continue;
        }
        out.push(Match { rule: named.rule, value, name: Some(name.span), form: literal.form, token: None });
        return;
    }
}

/// The part of the literal that has the rule's shape.
fn fits(value: Value, bytes: &[u8], span: Span) -> Option<Span> {
    let text = &bytes[span.range()];
    match value {
        Value::Hex64 => is_hex64(text).then_some(span),
        Value::License => shape::loose_license(bytes, span),
        Value::Key | Value::Any => {
            // A license under the name of a key: the key is its second part.
            let comma = memchr::memchr(b',', text);
            match comma {
                Some(i) if i > 0 => Some(Span::new(span.start, span.start + i)),
                _ => Some(span),
            }
        }
        Value::Pem => None,
    }
}

/// 64 lower-case hex digits.
pub(super) fn is_hex64(text: &[u8]) -> bool {
    text.len() == 64 && text.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Reads on after a name. Says where percent encoding stands in the way, if it does.
fn after(bytes: &[u8], name: &Name, found: &mut Vec<Literal>) -> Option<usize> {
    let mut c = Cursor::new(bytes, name.span.end);
    c.colour();
    if is_percent(&c) {
        return Some(c.at);
    }
    let closed = closers(&mut c);
    let gap_from = c.at;
    c.blanks();
    c.continuation();
    accessors(&mut c);
    let gap = c.at > gap_from;
    if closed.bracketed && is_measured(bytes, name.start) {
        fallback(&mut c, Stop::Statement, found);
        return None;
    }
    let flag = is_flag(bytes, name.start);
    match separator(&mut c) {
        Some(Separator::Assign) => value(&mut c, found),
        Some(Separator::Colon) => after_colon(&mut c, closed.quoted, found),
        Some(Separator::Comma) => argument(&mut c, found),
        Some(Separator::Cell) => cell(&mut c, found),
        Some(Separator::Default) => shell_default(&mut c, found),
        Some(Separator::Call) => called(&mut c, found),
        Some(Separator::Or) => fallback(&mut c, Stop::Comma, found),
        None if closed.bracketed => fallback(&mut c, Stop::Comma, found),
        None if gap && flag && c.peek(0) != b'-' => literal(&mut c, found),
        // A list of arguments, one a line.
        None if flag && c.line_end() => next_line(&mut c, found),
        None if gap && is_define(bytes, name.start) => literal(&mut c, found),
        None if c.peek(0) == b'<' => pair::element(&mut c, found),
        None if pair::in_tag(&mut c, name.start) => pair::element(&mut c, found),
        None if closed.quoted && gap && c.peek(0) == b'"' => literal(&mut c, found),
        None => prose(&mut c, name, found),
    }
    let stopped = found.first().map_or(c, |l| Cursor::new(bytes, l.span.end));
    is_percent(&stopped).then_some(stopped.at)
}

/// Whether an encoded byte stands here.
fn is_percent(c: &Cursor<'_>) -> bool {
    c.peek(0) == b'%' && c.peek(1).is_ascii_hexdigit() && c.peek(2).is_ascii_hexdigit()
}

/// What closed after the name.
struct Closed {
    quoted: bool,
    bracketed: bool,
}

/// Goes over what closes after a name: quotes, brackets, bold and code marks.
fn closers(c: &mut Cursor<'_>) -> Closed {
    let mut closed = Closed { quoted: false, bracketed: false };
    loop {
        if c.quote().is_some() {
            closed.quoted = true;
        } else if matches!(c.peek(0), b']' | b')') {
            closed.bracketed = true;
            c.at += 1;
        } else if c.rest().starts_with(b"**") {
            c.at += 2;
        } else if c.peek(0) == b'[' {
            // The length of an array: `key[] = …`, `key[64] = …`.
            let inside = c.rest()[1..]
                .iter()
                .take(40)
                .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
                .count();
            if c.peek(1 + inside) != b']' {
                return closed;
            }
            c.at += inside + 2;
        } else if !c.colour() {
            return closed;
        }
    }
}

/// Goes over the accessors of a C# property, and over a short remark: `Key { get; set; } = …`,
/// `secret key (prod): …`.
fn accessors(c: &mut Cursor<'_>) {
    let close = match c.peek(0) {
        b'{' => b'}',
        b'(' => b')',
        _ => return,
    };
    let Some(end) = c.rest().iter().take(40).position(|&b| b == close) else { return };
    let inside = &c.rest()[1..end];
    let is_accessor = close == b'}' && memchr::memmem::find(inside, b"get").is_some();
    let is_remark = close == b')'
        && inside.iter().all(|b| b.is_ascii_alphabetic() || *b == b' ' || *b == b'_' || *b >= 0x80);
    let mut next = *c;
    next.at += end + 1;
    next.blanks();
    if is_accessor && next.peek(0) == b'=' || is_remark && (next.peek(0) == b':' || next.peek(0) >= 0x80) {
        *c = next;
    }
}

/// `sizeof(cfg.key), …, "value")`: the name is measured, the value comes further on in the call.
fn is_measured(bytes: &[u8], start: usize) -> bool {
    let before = &bytes[start.saturating_sub(40)..start];
    ["sizeof", "strlen"]
        .iter()
        .any(|w| memchr::memmem::rfind(before, w.as_bytes()).is_some_and(|i| !before[i..].contains(&b')')))
}

/// What stands between a name and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Separator {
    Assign,
    Colon,
    Comma,
    Cell,
    /// `:-` of a shell.
    Default,
    /// `(` of a setter.
    Call,
    /// `||`, `??`, `or`.
    Or,
}

fn separator(c: &mut Cursor<'_>) -> Option<Separator> {
    const ALL: &[(&str, Separator)] = &[
        ("||=", Separator::Assign),
        ("??=", Separator::Assign),
        ("||", Separator::Or),
        ("??", Separator::Or),
        ("?:", Separator::Or),
        ("or ", Separator::Or),
        (":-", Separator::Default),
        (":=", Separator::Assign),
        ("?=", Separator::Assign),
        ("==>", Separator::Assign),
        ("=>", Separator::Assign),
        ("->", Separator::Assign),
        ("===", Separator::Assign),
        ("==", Separator::Assign),
        ("!==", Separator::Assign),
        ("!=", Separator::Assign),
        ("=", Separator::Assign),
        ("→", Separator::Assign),
        ("＝", Separator::Assign),
        ("::", Separator::Assign),
        (":", Separator::Colon),
        ("：", Separator::Colon),
        (",", Separator::Comma),
        ("|", Separator::Cell),
        ("(", Separator::Call),
        ("{", Separator::Call),
        ("?", Separator::Colon),
    ];
    ALL.iter().find(|(text, _)| c.eat(text.as_bytes())).map(|(_, s)| *s)
}

/// `:` may begin a type: `key: String = "…"`, `key: Option<String>`.
fn after_colon(c: &mut Cursor<'_>, quoted: bool, found: &mut Vec<Literal>) {
    if c.peek(0) == b'=' {
        c.at += 1;
    }
    if !quoted {
        let mut typed = *c;
        typed.blanks();
        let line: &[u8] = typed.rest();
        let kind = line
            .iter()
            .take(60)
            .take_while(|b| b.is_ascii_alphanumeric() || b"_<>[]?.&' :|".contains(b))
            .count();
        let ends_word = kind > 0 && line[0].is_ascii_alphabetic() | matches!(line[0], b'&' | b'[');
        let assigned = line.get(kind) == Some(&b'=') && line.get(kind + 1) != Some(&b'=');
        if ends_word
            && assigned
            && memchr::memchr2(b'"', b'\'', &line[..kind]).is_none_or(|q| line[q] == b'\'')
        {
            let word = line.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
            // What has digits and is long is base64 with its padding, not a type.
            if word < 24 {
                typed.at += kind + 1;
                return value(&mut typed, found);
            }
        }
    }
    value(c, found);
}

/// The expression after `=` or `:`.
fn value(c: &mut Cursor<'_>, found: &mut Vec<Literal>) {
    c.blanks();
    c.continuation();
    yaml_tag(c);
    if block_scalar(c, found) {
        return;
    }
    if c.line_end() {
        c.space(1);
        return next_line(c, found);
    }
    literal(c, found);
    if found.is_empty() {
        fallback(c, Stop::Comma, found);
    }
}

/// Goes over a YAML tag or anchor: `!!str`, `&name`.
fn yaml_tag(c: &mut Cursor<'_>) {
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

/// A YAML block scalar: `|`, `>-` and the like, then the value on a line of its own.
fn block_scalar(c: &mut Cursor<'_>, found: &mut Vec<Literal>) -> bool {
    if !matches!(c.peek(0), b'|' | b'>') {
        return false;
    }
    let mut body = *c;
    body.at += 1 + usize::from(matches!(c.peek(1), b'-' | b'+'));
    body.at += usize::from(body.peek(0).is_ascii_digit());
    body.blanks();
    if !body.line_end() {
        return false;
    }
    body.space(1);
    alone(&mut body, Form::Bare, found);
    true
}

/// After a comma only a quoted literal counts: `set(NAME, "…")`. NVS rows have two words between.
fn argument(c: &mut Cursor<'_>, found: &mut Vec<Literal>) {
    if c.eat(b"data,") {
        if c.eat(b"string,") || c.eat(b"hex2bin,") || c.eat(b"base64,") || c.eat(b"blob,") {
            literal(c, found);
        }
        return;
    }
    c.space(2);
    comment(c);
    super::call::label(c);
    prefix(c);
    let mut quoted = *c;
    if quoted.quote().is_some() {
        literal_in(c, true, found);
    } else if wrapper(&mut quoted) {
        literal(&mut quoted, found);
    }
}

/// Goes over a comment between arguments.
fn comment(c: &mut Cursor<'_>) {
    if c.eat(b"/*") {
        if let Some(end) = memchr::memmem::find(&c.rest()[..c.rest().len().min(80)], b"*/") {
            c.at += end + 2;
            c.space(1);
        }
    }
}

/// The next cell of a Markdown table.
fn cell(c: &mut Cursor<'_>, found: &mut Vec<Literal>) {
    c.blanks();
    if c.peek(0) == b'|' {
        return;
    }
    let mut value = *c;
    literal(&mut value, found);
    value.blanks();
    found.retain(|l| {
        l.form == Form::Quoted || value.peek(0) == b'|' || matches!(value.peek(0), b'\n' | b'\r' | 0)
    });
}

/// A setter's only argument: `.secretKey("…")`.
fn called(c: &mut Cursor<'_>, found: &mut Vec<Literal>) {
    c.space(1);
    prefix(c);
    if { *c }.quote().is_some() {
        literal(c, found);
    }
}

fn is_flag(bytes: &[u8], start: usize) -> bool {
    start > 0 && bytes[start - 1] == b'-' && (start < 2 || !bytes[start - 2].is_ascii_alphanumeric())
}

/// `#define NAME "…"`, `ENV NAME …`: the directive stands alone before the name.
fn is_define(bytes: &[u8], start: usize) -> bool {
    const DIRECTIVES: [&[u8]; 8] =
        [b"define", b"ENV", b"ARG", b"setenv", b"set", b"SetEnv", b"fastcgi_param", b"launchctl setenv"];
    let from = start.saturating_sub(80);
    let line = bytes[from..start].iter().rposition(|&b| b == b'\n').map_or(from, |i| from + i + 1);
    let text = bytes[line..start].trim_ascii();
    let text = text.strip_prefix(b"//").unwrap_or(text).trim_ascii();
    let text = text.strip_prefix(b"/*").unwrap_or(text).trim_ascii();
    let text = text.strip_prefix(b"#").unwrap_or(text).trim_ascii();
    DIRECTIVES.contains(&text)
}
