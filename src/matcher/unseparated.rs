//! Values that follow their name without a sign between: after a directive, a flag, a tag, on the line below,
//! and in a sentence.

use super::delimited;
use super::fallback::{Stop, fallback};
use super::literal::{alone, fenced, literal, next_line};
use super::name::Name;
use super::prose::prose;
use super::separator::{Closed, is_define, is_flag};
use super::types::Form;
use super::types::Literal;
use super::{option, pair};
use crate::cursor::Cursor;

/// Reads on after a name that no separator follows; `gap` where blanks do.
pub(super) fn without_separator(
    c: &mut Cursor<'_>,
    name: &Name,
    closed: &Closed,
    gap: bool,
    found: &mut Vec<Literal>,
) {
    let bytes = c.bytes;
    let flag = is_flag(bytes, name.start);
    if c.rest().starts_with(b"<<") && delimited::document(c, found) {
        // `SECRET_KEY<<EOF`
    } else if gap && c.peek(0) == b'~' && delimited::values(c, found) {
        // A sigil of Elixir.
    } else if flag && (closed.quoted && option::end_of_flags(c) || option::argument_of_flag(c)) {
        option::default(c, name, true, true, found);
    } else if closed.bracketed {
        fallback(c, Stop::Comma, found);
    } else if gap && flag && c.peek(0) != b'-' {
        literal(c, found);
    } else if flag && c.line_end() {
        // A list of arguments, one a line.
        next_line(c, found);
    } else if closed.quoted && is_form_part(bytes, name.start) && c.space(2) == 2 {
        // A part of a form: `name="secret_key"`, an empty line, the value.
        alone(c, Form::Bare, found);
    } else if { *c }.line_end() && fenced(c, found) {
        // The value is in a block of code.
    } else if is_kconfig(bytes, name.start) && c.line_end() {
        pair::nested(c, name.start, found);
    } else if is_define(bytes, name.start) && (gap || { *c }.line_end()) {
        directive(c, found);
    } else if c.peek(0) == b'<' || pair::in_tag(c, name.start) {
        pair::element(c, found);
    } else if closed.quoted && gap && c.peek(0) == b'"' {
        literal(c, found);
    } else {
        prose(c, name, found);
    }
}

/// The value that a directive gives to a name: on its line, or, as Make has it, on those up to `endef`.
fn directive(c: &mut Cursor<'_>, found: &mut Vec<Literal>) {
    if { *c }.line_end() {
        let span = delimited::line_before(c, b"endef");
        found.extend(span.map(|span| Literal { span, form: Form::Quoted }));
    } else {
        literal(c, found);
    }
}

/// `Content-Disposition: form-data; name="` before the name.
fn is_form_part(bytes: &[u8], start: usize) -> bool {
    let before = bytes[start.saturating_sub(24)..start].to_ascii_lowercase();
    let before = before.trim_ascii_end();
    let before = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"\\\"")).unwrap_or(before);
    before.ends_with(b"form-data; name=")
}

/// `config NAME` of a Kconfig file: the default stands on a line below.
fn is_kconfig(bytes: &[u8], start: usize) -> bool {
    ["config ", "menuconfig "].iter().any(|w| {
        let before = bytes[..start].strip_suffix(w.as_bytes());
        before.is_some_and(|b| b.last().is_none_or(|&b| b == b'\n'))
    })
}
