//! The expression that a name is assigned: behind `=` or `:`, on its line or below.

use super::fallback::{Stop, fallback};
use super::literal::{literal, next_line};
use super::name::Name;
use super::types::Form;
use super::types::Literal;
use super::{joined, option, pair, structure, yaml};
use crate::cursor::{Cursor, diff_sign};

/// `:` may begin a type: `key: String = "…"`, `key: Option<String>`.
pub(super) fn after_colon(c: &mut Cursor<'_>, name: &Name, quoted: bool, found: &mut Vec<Literal>) {
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
        // Glued to an equals sign, a type is before a literal; elsewhere it is the begin of a value.
        let glued = kind > 0 && !matches!(line[kind - 1], b' ' | b':' | b'>' | b']');
        let assigned = assigned && (!glued || matches!(line.get(kind + 1), Some(b'"' | b'\'' | b'`')));
        if ends_word
            && assigned
            && memchr::memchr2(b'"', b'\'', &line[..kind]).is_none_or(|q| line[q] == b'\'')
        {
            let word = line.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
            // What has digits and is long is base64 with its padding, not a type.
            if word < 24 {
                typed.at += kind + 1;
                return value(&mut typed, name, found);
            }
        }
    }
    value(c, name, found);
}

/// The expression after `=` or `:`.
pub(super) fn value(c: &mut Cursor<'_>, name: &Name, found: &mut Vec<Literal>) {
    c.blanks();
    c.continuation();
    yaml::tag(c);
    markup(c);
    if yaml::block_scalar(c, found) {
        return;
    }
    let end = c.at;
    if c.line_end() {
        c.space(1);
        c.diff_sign(diff_sign(c.bytes, end));
        let below = *c;
        next_line(c, found);
        if found.is_empty() {
            pair::nested(&below, end, found);
        }
        // A list or a map has more of them.
        let mut all = Vec::new();
        yaml::block(c.bytes, end, &mut all);
        let holds = |first: &Literal| all.iter().any(|l| l.span.start.abs_diff(first.span.start) <= 1);
        if all.len() >= found.len().max(1) && found.first().is_none_or(holds) {
            *found = all;
        }
        return;
    }
    if joined::appended(c, found) || joined::formatted(c, name.span, found) || option::field_option(c, found)
    {
        return;
    }
    let begin = *c;
    literal(c, found);
    if matches!(found.first(), None | Some(Literal { form: Form::Quoted, .. })) {
        let mut all = Vec::new();
        let is_structure = structure::values(&begin, &mut all);
        if all.len() > found.len() {
            *found = all;
        }
        // What its labels leave out is not looked for otherwise.
        if is_structure && found.is_empty() {
            return;
        }
    }
    if found.is_empty() || is_expression(c.bytes, found) {
        found.clear();
        *c = begin;
        fallback(c, Stop::Comma, found);
    }
}

/// Whether a word without quotes begins an expression: `prod ? "…" : "…"`, `lambda: "…"`, a command with a
/// literal as its argument.
fn is_expression(bytes: &[u8], found: &[Literal]) -> bool {
    const SIGNS: [&[u8]; 14] =
        [b"?", b"&&", b"==", b"!=", b"<", b">", b"{", b"=>", b"and ", b"or ", b"if ", b"(", b"\"", b"'"];
    const LONGEST: usize = 40;
    let [Literal { span, form: Form::Bare }] = found else { return false };
    let word = &bytes[span.range()];
    let is_word = |b: &u8| b.is_ascii_alphabetic() || b"_-.:$".contains(b);
    if word.len() > LONGEST || !word.iter().all(is_word) {
        return false;
    }
    let mut next = Cursor::new(bytes, span.end);
    if word.starts_with(b"lambda") && next.peek(0) == b':' {
        return true;
    }
    next.blanks();
    let is_apart = next.at > span.end;
    // `ConvertTo-SecureString -String "…"`
    let is_cmdlet = word.contains(&b'-') && next.peek(0) == b'-' && next.peek(1).is_ascii_uppercase();
    // The condition or the name of a function.
    let is_keyword = matches!(word, b"if" | b"match" | b"case" | b"await" | b"when" | b"switch" | b"new");
    is_apart
        && (is_keyword || is_cmdlet || SIGNS.iter().any(|s| next.rest().starts_with(s)) || has_switch(&next))
}

/// `env switch {` of C#.
fn has_switch(c: &Cursor<'_>) -> bool {
    c.rest().starts_with(b"switch ") || c.rest().starts_with(b"match ")
}

/// Goes over the end of a bold label, and over inline tags: `**Key:** …`, `Key: <b>…`.
fn markup(c: &mut Cursor<'_>) {
    if matches!(c.rest(), [b'*', b'*', b' ', ..] | [b'_', b'_', b' ', ..]) {
        c.at += 2;
    }
    // The rest of `=>` as HTML writes it.
    c.eat(b"&gt;");
    c.inline_tags();
    // A highlighter may put the quotes into elements of their own.
    let mut quoted = *c;
    if quoted.quote().is_some() && quoted.peek(0) == b'<' && quoted.inline_tag() {
        quoted.inline_tags();
        *c = quoted;
    }
}
