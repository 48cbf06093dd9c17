//! What stands between a name and its value: closing quotes and brackets, remarks, the separator; and
//! the words before a name that make a separator needless.

use crate::cursor::Cursor;

/// What closed after the name.
pub(super) struct Closed {
    pub(super) quoted: bool,
    pub(super) bracketed: bool,
}

/// How a mask begins, whose length may be that of what it hides; bold text has two or three stars.
const MASK: &[u8] = b"****";

/// Goes over what closes after a name: quotes, brackets, bold and code marks.
pub(super) fn closers(c: &mut Cursor<'_>) -> Closed {
    let mut closed = Closed { quoted: false, bracketed: false };
    loop {
        if c.quote().is_some() {
            closed.quoted = true;
        } else if matches!(c.peek(0), b']' | b')') {
            closed.bracketed = true;
            c.at += 1;
        } else if c.rest().starts_with(b"**") && !c.rest().starts_with(MASK) {
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
        } else if inline_end(c) {
            // The closing tag of `<b>secret key</b>:`.
        } else if !c.colour() {
            return closed;
        }
    }
}

/// Goes over a closing inline tag, unless an element follows: that one may be the sibling with the
/// value. A highlighter puts each token into an element, so the separator may stand in the next.
fn inline_end(c: &mut Cursor<'_>) -> bool {
    let mut next = *c;
    if c.peek(1) != b'/' || !next.inline_tag() {
        return false;
    }
    let after = next.at;
    next.blanks();
    if next.peek(0) != b'<' {
        c.at = after;
        return true;
    }
    next.inline_tags();
    let is_separator = matches!(next.peek(0), b'=' | b':');
    if is_separator {
        *c = next;
    }
    is_separator
}

/// Goes over the accessors of a C# property, and over a short remark: `Key { get; set; } = …`,
/// `secret key (prod): …`.
pub(super) fn accessors(c: &mut Cursor<'_>) {
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
pub(super) fn is_measured(bytes: &[u8], start: usize) -> bool {
    let before = &bytes[start.saturating_sub(40)..start];
    ["sizeof", "strlen"]
        .iter()
        .any(|w| memchr::memmem::rfind(before, w.as_bytes()).is_some_and(|i| !before[i..].contains(&b')')))
}

/// What stands between a name and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    Assign,
    /// `->`, `→`: in prose it points to a place as well.
    Arrow,
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

pub(super) fn separator(c: &mut Cursor<'_>) -> Option<Separator> {
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
        ("->", Separator::Arrow),
        ("<<-", Separator::Assign),
        ("<-", Separator::Assign),
        ("===", Separator::Assign),
        ("==", Separator::Assign),
        ("!==", Separator::Assign),
        ("!=", Separator::Assign),
        ("=", Separator::Assign),
        ("→", Separator::Arrow),
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
    let first = c.peek(0);
    let mut here = ALL.iter().filter(|(text, _)| text.as_bytes()[0] == first);
    here.find(|(text, _)| c.eat(text.as_bytes())).map(|(_, s)| *s)
}

pub(super) fn is_flag(bytes: &[u8], start: usize) -> bool {
    start > 0 && bytes[start - 1] == b'-' && (start < 2 || !bytes[start - 2].is_ascii_alphanumeric())
}

/// `#define NAME "…"`, `ENV NAME …`: the directive stands alone before the name.
pub(super) fn is_define(bytes: &[u8], start: usize) -> bool {
    const DIRECTIVES: [&[u8]; 10] = [
        b"define",
        b"export define",
        b"override define",
        b"ENV",
        b"ARG",
        b"setenv",
        b"set",
        b"SetEnv",
        b"fastcgi_param",
        b"launchctl setenv",
    ];
    let from = start.saturating_sub(80);
    // Most lines end in another letter here.
    let last = bytes[from..start].trim_ascii_end().last();
    if !last.is_some_and(|last| DIRECTIVES.iter().any(|d| d.last() == Some(last))) {
        return false;
    }
    let line = bytes[from..start].iter().rposition(|&b| b == b'\n').map_or(from, |i| from + i + 1);
    let text = bytes[line..start].trim_ascii();
    let text = text.strip_prefix(b"//").unwrap_or(text).trim_ascii();
    let text = text.strip_prefix(b"/*").unwrap_or(text).trim_ascii();
    let text = text.strip_prefix(b"#").unwrap_or(text).trim_ascii();
    DIRECTIVES.contains(&text)
}
