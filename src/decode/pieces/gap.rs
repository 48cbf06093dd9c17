//! What may stand between two literals besides what joins them.

use crate::cursor::Cursor;

/// Goes over brackets and blanks before the first element of a list.
pub(super) fn brackets(c: &mut Cursor<'_>) {
    for _ in 0..3 {
        c.space(1);
        if !matches!(c.peek(0), b'[' | b'(' | b'{') {
            return;
        }
        c.at += 1;
    }
    c.space(1);
}

/// Goes over blanks, line ends, continuations and comments; how many lines, and whether the last one is
/// written further in or belongs to one before it.
pub(super) fn gap(c: &mut Cursor<'_>) -> (usize, bool) {
    const MAX_LINES: usize = 6;
    let (mut lines, mut is_indented) = (0, false);
    while lines <= MAX_LINES {
        let from = c.at;
        c.blanks();
        // The sign with which Basic goes on below.
        let underscore = c.peek(0) == b'_' && matches!(c.peek(1), b'\n' | b'\r');
        c.at += usize::from(underscore);
        let slash = c.at;
        c.continuation();
        if c.at > slash || (underscore && c.line_end()) {
            (lines, is_indented) = (lines + 1, true);
            continue;
        }
        if c.line_end() {
            lines += 1;
            lead(c);
            is_indented |= c.bytes[..c.at].ends_with(b" ") || c.bytes[..c.at].ends_with(b"\t");
            continue;
        }
        if c.at == from && !comment(c) {
            break;
        }
    }
    (lines, is_indented)
}

/// Goes over what a comment or a quotation of mail begins its line with.
pub(super) fn lead(c: &mut Cursor<'_>) {
    for sign in [&b"//"[..], b"--", b"*", b"#", b">"] {
        let mut next = *c;
        if next.eat(sign) && matches!(next.peek(0), b' ' | b'\t') {
            next.blanks();
            if { next }.quote().is_some() || OPERATORS.iter().any(|o| next.rest().starts_with(o)) {
                *c = next;
            }
            return;
        }
    }
}

/// Goes over a comment to its end.
pub(super) fn comment(c: &mut Cursor<'_>) -> bool {
    const MAX_COMMENT_BYTES: usize = 120;
    let rest = &c.rest()[..c.rest().len().min(MAX_COMMENT_BYTES)];
    let end = if rest.starts_with(b"/*") {
        memchr::memmem::find(rest, b"*/").map(|i| i + 2)
    } else if rest.starts_with(b"//") || rest.starts_with(b"# ") {
        memchr::memchr2(b'\n', b'\r', rest)
    } else {
        None
    };
    c.at += end.unwrap_or(0);
    end.is_some()
}

/// Goes over what may stand right before a quote: `L`, `u8`, `b`, `@`, `f`.
pub(super) fn prefix(c: &mut Cursor<'_>) {
    let letters =
        c.rest().iter().take(3).take_while(|b| b.is_ascii_alphanumeric() || b"@&$#".contains(b)).count();
    if letters > 0 && matches!(c.peek(letters), b'"' | b'\'' | b'`') {
        c.at += letters;
    }
}

/// What joins two literals in some language.
pub(super) const OPERATORS: [&[u8]; 10] = [b"..", b"++", b"<>", b"||", b"<<", b"+", b"&", b".", b"~", b"^"];
