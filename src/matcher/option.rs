//! Defaults that stand behind other arguments: `add_argument("--secret-key", type=str, default="…")`,
//! `.option('--secret-key <key>', 'what it is', '…')`, `[default = "…"]`; and what is written into a buffer:
//! `snprintf(secret_key, n, "%s", "…")`.

use super::name::Name;
use super::names::normalise;
use super::pair;
use super::structure::{Member, members};
use super::types::Literal;
use crate::cursor::Cursor;

/// A shorter literal is a flag, a type or a format.
const MIN_VALUE_BYTES: usize = 16;

/// What a default is called besides what every value is.
const DEFAULTS: [&[u8]; 6] = [b"fallback", b"initial", b"example", b"const", b"defaultstring", b"dflt"];

/// Whether a label says that its value is the one of the option.
fn is_default(label: &[u8]) -> bool {
    pair::is_value(label) || DEFAULTS.contains(&&normalise(label)[..])
}

/// Looks for the default further on in a call whose argument the name is, behind its comma. What was found
/// right behind it may be its abbreviation or its description.
pub(super) fn default(c: &Cursor<'_>, name: &Name, is_flag: bool, is_quoted: bool, found: &mut Vec<Literal>) {
    let is_key = |l: &Literal| is_word(c.bytes, l) && l.span.len() >= MIN_VALUE_BYTES;
    if found.iter().any(is_key) {
        return;
    }
    let is_short = found.first().is_some_and(|l| l.span.len() <= 2);
    let is_symbol = name.start > 0 && c.bytes[name.start - 1] == b':';
    let is_copied = !is_quoted && is_copied(c.bytes, name.start);
    if !(is_flag || is_quoted || is_symbol || is_copied) {
        return;
    }
    let by_place = is_flag || is_short || is_copied;
    let accepts = |member: &Member<'_>| match member.label {
        Some(label) => is_default(label),
        None => by_place && member.depth == 0 && member.is_quoted,
    };
    let mut all = Vec::new();
    let mut rest = *c;
    members(&mut rest, &accepts, &mut all);
    // A list of the names of the option closes first.
    let mut behind = rest;
    behind.blanks();
    // The cursor may stand behind the end of a text that is cut off.
    let closes_list = is_flag || rest.bytes.get(..rest.at).is_some_and(|text| text.ends_with(b"]"));
    if all.is_empty() && closes_list && behind.peek(0) == b',' {
        members(&mut rest, &accepts, &mut all);
    }
    if let Some(literal) = all.into_iter().find(is_key) {
        found.clear();
        found.push(literal);
    }
}

/// Whether a literal has no blanks: a description has.
fn is_word(bytes: &[u8], literal: &Literal) -> bool {
    bytes[literal.span.range()].iter().all(u8::is_ascii_graphic)
}

/// `[default = "…"]` behind the number of a field of protobuf.
pub(super) fn field_option(c: &Cursor<'_>, found: &mut Vec<Literal>) -> bool {
    let mut next = *c;
    let digits = next.rest().iter().take(10).take_while(|b| b.is_ascii_digit()).count();
    next.at += digits;
    next.blanks();
    let opens = digits > 0 && next.eat(b"[");
    if opens {
        members(&mut next, &|member| member.label.is_some_and(is_default), found);
    }
    opens
}

/// Whether a function that writes into its first argument has the name as that: `snprintf(cfg->key, `.
fn is_copied(bytes: &[u8], name: usize) -> bool {
    const WRITERS: [&[u8]; 9] =
        [b"printf", b"printf_s", b"cpy", b"cpy_s", b"copy", b"copy_s", b"Copy", b"CopyN", b"CopyA"];
    let before = &bytes[name.saturating_sub(64)..name];
    let is_path = |b: &&u8| b.is_ascii_alphanumeric() || b"_.->&*".contains(b);
    let before = &before[..before.len() - before.iter().rev().take_while(is_path).count()];
    let Some(callee) = before.strip_suffix(b"(") else { return false };
    WRITERS.iter().any(|w| callee.ends_with(w))
}

/// Goes over what an option takes and the quote behind: `--secret-key <key>'`.
pub(super) fn argument_of_flag(c: &mut Cursor<'_>) -> bool {
    let mut next = *c;
    next.blanks();
    let close = match next.peek(0) {
        b'<' => b'>',
        b'[' => b']',
        _ => return false,
    };
    let word = next.rest()[1..]
        .iter()
        .take(32)
        .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_' || **b == b'-')
        .count();
    next.at += 1 + word;
    let is_argument = word > 0 && next.peek(0) == close;
    next.at += 1;
    let is_whole = is_argument && next.quote().is_some() && next.peek(0) == b',';
    if is_whole {
        c.at = next.at + 1;
    }
    is_whole
}

/// Goes over the end of a list of the names of one option, and the comma behind.
pub(super) fn end_of_flags(c: &mut Cursor<'_>) -> bool {
    let mut next = *c;
    next.at += 1;
    next.blanks();
    let ends = c.peek(0) == b'}' && next.eat(b",");
    if ends {
        *c = next;
    }
    ends
}
