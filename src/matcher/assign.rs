//! What follows a name: closing quotes, a separator, wrappers, and then the value.
//!
//! The grammar is tolerant on purpose: it does not know languages but the forms that they share. It
//! never looks further than [`REACH`] bytes, and crosses a line end only where a carrier does.

use super::cursor::{Cursor, Mark, Quote};
use super::{Asks, Form, Match, Matcher, Name, Page, pair};
use crate::decode::Wake;
use crate::rule::Value;
use crate::text::Span;

/// How far from its name a value may begin, in bytes.
pub(super) const REACH: usize = 400;

/// A value in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Literal {
    pub(super) span: Span,
    pub(super) form: Form,
}

/// Finds the values of a name and gives each to the rule that it fits.
pub(super) fn named(m: &Matcher, page: &Page<'_>, name: &Name, out: &mut Vec<Match>, asks: &mut Asks) {
    let mut found = Vec::new();
    if let Some(at) = after(page.bytes, name, &mut found) {
        asks.push((Wake::Percent, at));
    }
    if found.is_empty() {
        pair::sibling(page.bytes, name, &mut found);
    }
    for literal in found {
        give(m, page, name, literal, out);
    }
}

/// Gives a literal to the best rule that has the name.
pub(super) fn give(m: &Matcher, page: &Page<'_>, name: &Name, literal: Literal, out: &mut Vec<Match>) {
    let near = Span::new(name.span.start.min(literal.span.start), name.span.end.max(literal.span.end));
    for named in m.rules_of(name) {
        let rule = &page.rules[named.rule];
        let fits = fits(rule.value, page.bytes, literal.span);
        let Some(value) = fits else { continue };
        let own_context =
            || rule.context.iter().any(|w| memchr::memmem::find(&name.whole, w.as_bytes()).is_some());
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
        Value::License => super::shape::loose_license(bytes, span),
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

/// A value on the line after its name: a quoted literal, or one that has the line for itself.
fn next_line(c: &mut Cursor<'_>, found: &mut Vec<Literal>) {
    let mut quoted = *c;
    prefix(&mut quoted);
    if quoted.quote().is_some() {
        return literal(c, found);
    }
    // A list item or a quotation mark of a chat may stand before it.
    while matches!(c.peek(0), b'>' | b'-' | b'*' | b'|') && c.peek(1) == b' ' {
        c.at += 2;
    }
    alone(c, Form::Prose, found);
}

/// A bare value that fills its line.
fn alone(c: &mut Cursor<'_>, form: Form, found: &mut Vec<Literal>) {
    let span = bare(c);
    let mut rest = Cursor::new(c.bytes, span.end);
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
fn literal_in(c: &mut Cursor<'_>, mut in_brackets: bool, found: &mut Vec<Literal>) {
    for _ in 0..4 {
        c.blanks();
        prefix(c);
        if let Some(quote) = c.quote() {
            found.extend(quoted(c, quote, in_brackets).map(|span| Literal { span, form: Form::Quoted }));
            return;
        }
        in_brackets |= matches!(c.peek(0), b'[' | b'{');
        if !wrapper(c) {
            break;
        }
    }
    let span = bare(c);
    if !span.is_empty() && ends_well(c.bytes, span) {
        c.at = span.end;
        found.push(Literal { span, form: Form::Bare });
    }
}

/// The text in quotes whose opening one has just been gone over. In an object what a colon follows is
/// a key, not a value.
fn quoted(c: &mut Cursor<'_>, quote: Quote, in_object: bool) -> Option<Span> {
    // Three quotes are one, and so are two backticks.
    while let Mark::Byte(b) = quote.mark {
        let again = c.peek(0) == b && (b == b'`' || c.peek(1) == b);
        if !again || quote.depth > 0 {
            break;
        }
        c.at += 1 + usize::from(c.peek(1) == b);
    }
    let mut inner = *c;
    if inner.colour() {
        while inner.colour() {}
        return Some(bare(&inner));
    }
    // An escaped quote inside another: `"\"value\""`.
    if let Some(nested) = inner.quote().filter(|n| n.mark != quote.mark || n.depth != quote.depth) {
        if let Some(span) = inner.quoted(nested).filter(|s| !s.is_empty()) {
            return Some(span);
        }
    }
    let span = c.quoted(quote)?;
    let mut next = *c;
    next.blanks();
    let is_key = in_object && next.peek(0) == b':' && next.peek(1) != b':';
    (!is_key).then(|| trim(c.bytes, span))
}

/// Goes over what may stand before an opening quote: `@"`, `L"`, `b'`, `r#"`, `&"`, a cast, the
/// length that a dump tells.
fn prefix(c: &mut Cursor<'_>) {
    if c.peek(0) == b'(' || c.rest().starts_with(b"string(") {
        let end = c.rest().iter().take(32).position(|&b| b == b')').unwrap_or(0);
        let mut after = *c;
        after.at += end + 1;
        after.blanks();
        let is_type = |b: &u8| b.is_ascii_alphanumeric() || b" _*:()".contains(b);
        if end > 0 && c.rest()[..end].iter().all(is_type) && matches!(after.peek(0), b'"' | b'\'') {
            *c = after;
            return;
        }
    }
    let letters = c
        .rest()
        .iter()
        .take(3)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'@' | b'&' | b'$' | b'#'))
        .count();
    if letters > 0 && matches!(c.peek(letters), b'"' | b'\'' | b'`') {
        c.at += letters;
    }
}

/// Goes over one wrapper: an opening bracket, or a call that only changes the type.
fn wrapper(c: &mut Cursor<'_>) -> bool {
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
    let name = String::from_utf8_lossy(&c.bytes[path.range()]).to_ascii_lowercase();
    let reads = READERS.iter().any(|r| name.contains(r)) && !name.contains("secretstr");
    let opens = matches!(call.peek(0), b'(') || (path.is_empty() && matches!(call.peek(0), b'[' | b'{'));
    if !opens || reads || name.contains("hash") || name.contains("sha") || name.contains("md5") {
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

/// The run of key bytes here, without what a sentence or Markdown puts around it.
pub(super) fn bare(c: &Cursor<'_>) -> Span {
    let rest = c.rest();
    let mut end = rest.iter().take(4096).take_while(|&&b| is_key_byte(b)).count();
    // `=` pads at the end; elsewhere it makes what stands before it a name.
    if let Some(equals) = memchr::memchr(b'=', &rest[..end]) {
        let pads = rest[equals..end].iter().take_while(|&&b| b == b'=').count();
        end = if equals + pads == end && pads <= 2 { end } else { equals };
    }
    let mut start = 0;
    let stars = |text: &mut dyn Iterator<Item = &u8>| text.take_while(|b| **b == b'*').count();
    let bold = stars(&mut rest[..end].iter());
    if (1..=3).contains(&bold) && end > 2 * bold && stars(&mut rest[..end].iter().rev()) == bold {
        start += bold;
        end -= bold;
    }
    while end > start && matches!(rest[end - 1], b'.' | b'!' | b'-' | b'~') {
        end -= 1;
    }
    Span::new(c.at + start, c.at + end)
}

pub(super) fn is_key_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric()
        || matches!(b, b'+' | b'/' | b'=' | b'_' | b'-' | b'.' | b'~' | b'!' | b'*' | b'^')
}

/// A bare value is none where code goes on: a call, an index, a path, an interpolation.
fn ends_well(bytes: &[u8], span: Span) -> bool {
    let next = bytes.get(span.end).copied().unwrap_or(b'\n');
    let after = bytes.get(span.end + 1).copied().unwrap_or(b'\n');
    match next {
        b'(' | b'[' | b'$' | b'{' | b'=' => false,
        b':' => after != b':',
        b'.' => !after.is_ascii_alphanumeric(),
        _ => true,
    }
}

fn trim(bytes: &[u8], span: Span) -> Span {
    let text = &bytes[span.range()];
    let lead = text.iter().take_while(|b| b.is_ascii_whitespace()).count();
    let tail = text[lead..].iter().rev().take_while(|b| b.is_ascii_whitespace()).count();
    Span::new(span.start + lead, span.end - tail)
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

/// `${NAME:-value}` and `${NAME:=value}`.
fn shell_default(c: &mut Cursor<'_>, found: &mut Vec<Literal>) {
    c.quote();
    let span = bare(c);
    if !span.is_empty() {
        found.push(Literal { span, form: Form::Fallback });
    }
}

/// A setter's only argument: `.secretKey("…")`.
fn called(c: &mut Cursor<'_>, found: &mut Vec<Literal>) {
    c.space(1);
    prefix(c);
    if { *c }.quote().is_some() {
        literal(c, found);
    }
}

/// Where the search for a fallback ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// At the next member or argument.
    Comma,
    /// At the end of the statement.
    Statement,
}

/// A quoted literal further on in the statement: the fallback of a look-up, the default of a flag.
fn fallback(c: &mut Cursor<'_>, stop: Stop, found: &mut Vec<Literal>) {
    let end = c.bytes.len().min(c.at + REACH);
    let mut depth = 0usize;
    let mut lines = 0;
    while c.at < end && found.is_empty() {
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
            b'"' | b'\'' | b'`' | b'\\' => {
                if let Some(quote) = c.quote() {
                    let Some(span) = c.quoted(quote) else { return };
                    let text = &c.bytes[span.range()];
                    let nested = text.iter().position(|&b| b == b':').filter(|_| text.starts_with(b"${"));
                    match nested {
                        Some(colon) => {
                            let mut inner = Cursor::new(c.bytes, span.start + colon + 1);
                            inner.eat(b"-");
                            shell_default(&mut inner, found);
                        }
                        None if span.len() >= 16 => found.push(Literal { span, form: Form::Fallback }),
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

/// Words, then a value: "our device secret key for TIRA… is …", "密钥是…".
fn prose(c: &mut Cursor<'_>, name: &Name, found: &mut Vec<Literal>) {
    const STOP: &[&str] = &[
        "hash",
        "sha",
        "sha1",
        "sha256",
        "md5",
        "digest",
        "fingerprint",
        "commit",
        "trace",
        "request",
        "uuid",
        "nonce",
        "signature",
        "length",
        "len",
        "checksum",
        "revision",
        "version",
        "id",
    ];
    let end = c.bytes.len().min(c.at + 120);
    let mut connected = false;
    for _ in 0..12 {
        c.blanks();
        if c.at >= end {
            return;
        }
        let rest = c.rest();
        if matches!(rest[0], b':' | b'=' | b'-' | b'>' | b'`' | b'*' | b',')
            || rest.starts_with("：".as_bytes())
            || rest.starts_with("–".as_bytes())
            || rest.starts_with("→".as_bytes())
        {
            connected |= rest[0] == b':' || rest[0] == b'=' || rest[0] >= 0x80;
            c.at += if rest[0] >= 0x80 { 3 } else { 1 };
            if connected && c.line_end() {
                return next_line(c, found);
            }
            continue;
        }
        if let Some(quote) = c.quote() {
            if let Some(span) = c.quoted(quote) {
                found.push(Literal { span, form: Form::Prose });
            }
            return;
        }
        if rest[0] >= 0x80 {
            // Whatever verb: Chinese says "is", "set to", "changed to" in between.
            connected = true;
            c.at += 1 + rest[1..].iter().take_while(|b| (0x80..0xc0).contains(*b)).count();
            continue;
        }
        let span = bare(c);
        let word = &c.bytes[span.range()];
        let lower = String::from_utf8_lossy(word).to_ascii_lowercase();
        let next = c.peek(span.len());
        if span.is_empty() || STOP.contains(&lower.as_str()) || b"([{=".contains(&next) {
            return;
        }
        // A license: the id, a comma, and at once the secret.
        if word.len() >= 4 && next == b',' && c.peek(span.len() + 1).is_ascii_alphanumeric() {
            found.push(Literal { span, form: Form::Prose });
            return;
        }
        connected |=
            matches!(lower.as_str(), "is" | "was" | "are" | "be" | "to" | "as" | "this" | "it's" | "equals");
        if word.len() >= 16 {
            // Without "is" or a colon only a value right after its name is meant.
            if connected || c.bytes[name.span.end..c.at].iter().all(|b| b" \t*`\"-".contains(b)) {
                found.push(Literal { span, form: Form::Prose });
            }
            return;
        }
        c.at = span.end + usize::from(matches!(c.peek(span.len()), b'\'' | b'.'));
    }
}

/// `-A access -K secret`: the short flags of the vendor's tools.
pub(super) fn short_flag(m: &Matcher, page: &Page<'_>, at: usize, out: &mut Vec<Match>) {
    let Some(rule) = m.key else { return };
    if &page.bytes[at..at + 4] != b" -K " {
        return;
    }
    let from = at.saturating_sub(REACH);
    let line_start = page.bytes[from..at].iter().rposition(|&b| b == b'\n').map_or(from, |i| from + i + 1);
    let to = page.bytes.len().min(at + REACH);
    let line_end = memchr::memchr(b'\n', &page.bytes[at..to]).map_or(to, |i| at + i);
    if memchr::memmem::find(&page.bytes[line_start..line_end], b" -A ").is_none() {
        return;
    }
    let mut found = Vec::new();
    literal(&mut Cursor::new(page.bytes, at + 4), &mut found);
    let name = Some(Span::new(at + 1, at + 3));
    out.extend(found.iter().map(|l| Match { rule, value: l.span, name, form: l.form, token: None }));
}

/// `sk=` counts only beside `ak`, a device id or an app id in the same URL or object.
pub(super) fn short_name(m: &Matcher, page: &Page<'_>, at: usize, out: &mut Vec<Match>) {
    let Some(rule) = m.key else { return };
    let near = &page.bytes[at.saturating_sub(200)..page.bytes.len().min(at + 200)];
    let mut c = Cursor::new(page.bytes, at + 2);
    c.quote();
    c.blanks();
    if !matches!(c.peek(0), b'=' | b':') {
        return;
    }
    c.at += 1;
    const BESIDE: [&[u8]; 8] =
        [b"ak=", b"ak:", b"ak\"", b"ak'", b"device_id", b"deviceId", b"app_id", b"ak\\\""];
    let beside = |w: &&[u8]| {
        memchr::memmem::find_iter(near, w).any(|i| i == 0 || !near[i - 1].is_ascii_alphanumeric())
    };
    if !BESIDE.iter().any(beside) {
        return;
    }
    let mut found = Vec::new();
    literal(&mut c, &mut found);
    let name = Some(Span::new(at, at + 2));
    out.extend(found.iter().map(|l| Match { rule, value: l.span, name, form: l.form, token: None }));
}
