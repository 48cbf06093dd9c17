//! What joins string literals: nothing, an operator, a comma of a list that a call joins.

use super::gap::{OPERATORS, brackets, gap, prefix};
use super::walk::{List, MAX_JOINED_BYTES, Walk};
use crate::cursor::{Cursor, Mark, Quote, diff_sign};
use crate::text::is_key_byte;

/// How far back a call that joins its arguments is looked for, in bytes.
const MAX_CALL_BYTES: usize = 64;

/// A literal side by side with another on one line is as long at least: shorter ones are words.
const MIN_BESIDE: usize = 8;

/// Methods that put their argument behind what was there.
const APPENDING: [&[u8]; 5] = [b".append(", b".Append(", b".concat(", b".plus(", b".push_str("];

/// Functions that join their arguments or the elements of a list.
const JOINING: [&[u8]; 8] =
    [b"join(", b"concat(", b"concat!(", b"implode(", b"paste0(", b"strcat(", b"!join [", b"cat("];

/// A joint.
#[derive(Clone, Copy)]
pub(super) struct Joint {
    /// Behind the quote that opens the next literal.
    pub(super) end: usize,
    pub(super) quote: Quote,
    pub(super) list: Option<List>,
    /// Nothing says that the comma joins.
    pub(super) is_loose: bool,
}

/// What stands between two literals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Between {
    Nothing {
        lines: usize,
        is_indented: bool,
    },
    Operator {
        is_common: bool,
    },
    Comma,
    /// `"".join([`
    Opening,
}

/// The joint at `from`, where a quote closes.
pub(super) fn joint(walk: &Walk<'_>, from: usize) -> Option<Joint> {
    let mut c = Cursor::new(walk.bytes, from);
    let closing = c.quote().filter(|q| !matches!(q.mark, Mark::Typographic(_)))?;
    let between = if appending(walk, &mut c) {
        Between::Operator { is_common: true }
    } else {
        between(&mut c, diff_sign(walk.bytes, walk.start))?
    };
    prefix(&mut c);
    let quote = c.quote().filter(|q| q.depth == closing.depth && is_alike(closing, *q))?;
    let joint = Joint { end: c.at, quote, list: walk.list, is_loose: false };
    // A token tells itself whether it goes on there.
    let sure = |is_sure| (is_sure || walk.is_token).then_some(Joint { is_loose: !is_sure, ..joint });
    match between {
        Between::Comma => {
            if walk.list.is_none() && !is_element(walk, closing) {
                return None;
            }
            let list = walk.list.or_else(|| list(walk, closing, from));
            let is_character = Cursor::new(walk.bytes, c.at + 1).quote() == Some(quote);
            if list == Some(List::Characters) && !is_character {
                return None;
            }
            (list.is_some() || walk.is_token).then_some(Joint { list, is_loose: list.is_none(), ..joint })
        }
        Between::Opening => {
            let is_empty = from == walk.start && walk.cuts.is_empty();
            is_empty.then_some(Joint { list: Some(List::Joined), ..joint })
        }
        _ if walk.list == Some(List::Characters) => None,
        Between::Operator { is_common: true } => Some(joint),
        Between::Operator { is_common: false } => sure(is_plain(&c)),
        Between::Nothing { lines, is_indented } => {
            let is_apart = if lines > 0 { is_indented } else { is_long(&c) || joins_short(walk) };
            let opened = walk.inside.or_else(|| walk.opening());
            let is_same = opened.is_some_and(|q| q.mark == closing.mark);
            sure(is_apart && is_same && is_plain(&c) && may_stand_beside(walk, lines))
        }
    }
}

/// Whether a text ends between two literals, the second of which is still to come.
pub(super) fn is_open_joint(text: &[u8], at: usize) -> bool {
    let mut c = Cursor::new(text, at);
    // What is escaped at the end of a literal belongs to it.
    while c.peek(0) == b'\\' && c.line_end() {}
    if c.quote().is_none() {
        return false;
    }
    let line = gap(&mut c).0 > 0;
    let operator = OPERATORS.iter().any(|o| c.eat(o)) || c.eat(b",");
    let below = gap(&mut c).0 > 0;
    (line || (operator && below)) && c.at >= text.len()
}

fn is_alike(a: Quote, b: Quote) -> bool {
    matches!((a.mark, b.mark), (Mark::Byte(_), Mark::Byte(_)) | (Mark::Entity, Mark::Entity))
}

/// Goes over the beginning of a statement below that appends to the variable to which the first literal
/// was assigned: `x += `, in PHP `$x .= `.
fn appending(walk: &Walk<'_>, c: &mut Cursor<'_>) -> bool {
    let mut next = *c;
    next.eat(b";");
    if gap(&mut next).0 == 0 {
        return false;
    }
    next.diff_sign(diff_sign(walk.bytes, walk.start));
    let is_name = |b: &&u8| b.is_ascii_alphanumeric() || b"_$.".contains(b);
    let name = &next.rest()[..next.rest().iter().take(MAX_CALL_BYTES).take_while(is_name).count()];
    next.at += name.len();
    next.blanks();
    let appends = !name.is_empty() && (next.eat(b"+=") || next.eat(b".="));
    if !appends {
        return false;
    }
    next.blanks();
    let assigned = before_first(walk).strip_suffix(b"=").unwrap_or(b"");
    let before = assigned.trim_ascii_end().strip_suffix(name);
    let is_same = before.is_some_and(|rest| rest.last().is_none_or(|b| !is_name(&b)));
    if is_same {
        *c = next;
    }
    is_same
}

/// Whether a statement that may append to a variable begins here, behind the end of another.
pub(super) fn may_append(text: &[u8]) -> bool {
    const MAX_HEAD_BYTES: usize = 160;
    let head = &text[..text.len().min(MAX_HEAD_BYTES)];
    matches!(head.first(), Some(b'\n' | b'\r'))
        && (memchr::memmem::find(head, b"+=").is_some() || memchr::memmem::find(head, b".=").is_some())
}

/// Goes over what stands between two literals.
fn between(c: &mut Cursor<'_>, diff: Option<u8>) -> Option<Between> {
    let mut call = *c;
    if call.eat(b".join(") {
        brackets(&mut call);
        *c = call;
        return Some(Between::Opening);
    }
    let closed = call.eat(b")");
    gap(&mut call);
    if APPENDING.iter().any(|a| call.eat(a)) {
        call.space(1);
        *c = call;
        return Some(Between::Operator { is_common: true });
    }
    if closed {
        return None;
    }
    let (lines, mut is_indented) = gap(c);
    let is_diff = c.diff_sign(diff);
    is_indented |= is_diff;
    // In a diff, `+` before the literal may be the operator as well.
    let is_quoted = is_diff && diff == Some(b'+') && { *c }.quote().is_some();
    if is_quoted {
        return Some(Between::Operator { is_common: true });
    }
    if c.eat(b",") {
        gap(c);
        c.diff_sign(diff);
        brackets(c);
        return Some(Between::Comma);
    }
    let operator = if c.rest().starts_with(b"&quot;") || c.rest().starts_with(b"&#") {
        None
    } else {
        OPERATORS.iter().find(|o| c.eat(o))
    };
    let Some(operator) = operator else { return Some(Between::Nothing { lines, is_indented }) };
    gap(c);
    c.diff_sign(diff);
    Some(Between::Operator { is_common: matches!(*operator, b"+" | b".." | b"++" | b"<>" | b"||") })
}

/// What stands before a literal, without the sign of a diff that begins its line.
fn without_diff_sign(before: &[u8], diff: Option<u8>) -> &[u8] {
    let rest = before.split_last().filter(|(last, rest)| diff == Some(**last) && rest.ends_with(b"\n"));
    rest.map_or(before, |(_, rest)| rest.trim_ascii_end())
}

/// Whether the literal that begins here holds only what a value does.
fn is_plain(c: &Cursor<'_>) -> bool {
    let rest = c.rest();
    let word = rest.iter().take(MAX_JOINED_BYTES).take_while(|b| is_key_byte(**b) || **b == b',');
    matches!(rest.get(word.count()), Some(b'"' | b'\'' | b'`' | b'\\' | b'<' | b'&'))
}

/// Whether the literal that begins here is longer than a word, and no word.
fn is_long(c: &Cursor<'_>) -> bool {
    let rest = c.rest();
    let length = rest.iter().take(MIN_BESIDE * 8).take_while(|b| is_key_byte(**b) || **b == b',').count();
    let word = &rest[..length];
    length >= MIN_BESIDE && !word.iter().all(u8::is_ascii_lowercase)
}

/// What stands before the first literal, without quotes, letters before them and blanks.
fn before_first<'b>(walk: &Walk<'b>) -> &'b [u8] {
    let before = &walk.bytes[walk.start.saturating_sub(MAX_CALL_BYTES)..walk.start];
    let trimmed = before.trim_ascii_end();
    let quotes = trimmed.iter().rev().take_while(|b| matches!(b, b'"' | b'\'' | b'`' | b'\\')).count();
    let before = &trimmed[..trimmed.len() - quotes];
    let letters = before.iter().rev().take(3).take_while(|b| b"LuURrb8fF@".contains(b)).count();
    // More letters are a word, not the prefix of a literal.
    let is_prefix = |at: usize| at > 0 && !before[at - 1].is_ascii_alphanumeric() && before[at - 1] != b'_';
    let prefix = before.len() - letters;
    let before = if quotes > 0 && letters < 3 && is_prefix(prefix) { &before[..prefix] } else { before };
    let before = without_diff_sign(before.trim_ascii_end(), diff_sign(walk.bytes, walk.start));
    before.strip_suffix(b"\\").unwrap_or(before).trim_ascii_end()
}

/// Whether the line before the first literal defines a macro.
fn is_in_macro(before: &[u8]) -> bool {
    let line = before.rsplit(|b| *b == b'\n').next().unwrap_or(before);
    memchr::memmem::find(line, b"define").is_some()
}

/// Whether a literal beside the first one belongs to it: not in a list without commas, and on one line
/// only where something assigns them, since else they are words of a command.
fn may_stand_beside(walk: &Walk<'_>, lines: usize) -> bool {
    let before = before_first(walk);
    if before.ends_with(b"[") || before.ends_with(b"'(") || before.ends_with(b"=(") && lines == 0 {
        return false;
    }
    lines > 0 || is_in_macro(before) || before.last().is_some_and(|b| b"=:(,{>".contains(b))
}

/// Whether even short literals on one line are joined: in a macro, inside a bracket, and behind an
/// equals sign with blanks around it, which a shell does not take for an assignment.
fn joins_short(walk: &Walk<'_>) -> bool {
    let before = before_first(walk);
    let between = &walk.bytes[walk.start.saturating_sub(MAX_CALL_BYTES)..walk.start][before.len()..];
    let is_spaced = before.ends_with(b" =") && between.starts_with(b" ");
    walk.is_named && (is_in_macro(before) || before.ends_with(b"(") || is_spaced)
}

/// What stands before the quote that opens the first literal.
fn before_literal<'b>(walk: &Walk<'b>, closing: Quote) -> &'b [u8] {
    let before = &walk.bytes[walk.start.saturating_sub(MAX_CALL_BYTES)..walk.start];
    let before = &before[..before.len().saturating_sub(closing.depth + 1)];
    let letters = before.iter().rev().take(2).take_while(|b| b"LuUb8@".contains(b)).count();
    without_diff_sign(before[..before.len() - letters].trim_ascii_end(), diff_sign(walk.bytes, walk.start))
}

/// Whether the first literal may be an element of a list, or an argument.
fn is_element(walk: &Walk<'_>, closing: Quote) -> bool {
    before_literal(walk, closing).last().is_some_and(|b| b"[({,".contains(b))
}

/// The list whose first element the value is, if something joins it.
fn list(walk: &Walk<'_>, closing: Quote, from: usize) -> Option<List> {
    let before = before_literal(walk, closing);
    if from == walk.start + 1 && is_characters(walk.bytes, from) {
        return Some(List::Characters);
    }
    let joins = is_argument_of_joining(before) || (before.ends_with(b"[") && is_joined_behind(walk, from));
    joins.then_some(List::Joined)
}

/// Whether sixteen characters and more stand here, each in quotes: from the end of the first one on.
pub(super) fn is_characters(bytes: &[u8], from: usize) -> bool {
    const MIN_CHARACTERS: usize = 16;
    let mut c = Cursor::new(bytes, from);
    (1..MIN_CHARACTERS).all(|_| {
        let closes = c.quote().is_some();
        c.space(1);
        let comma = c.eat(b",");
        c.space(1);
        prefix(&mut c);
        let opens = c.quote().is_some();
        let is_plain = is_key_byte(c.peek(0)) || c.peek(0) == b',';
        c.at += 1;
        closes && comma && opens && is_plain
    })
}

/// `join("", [`, `concat(`: a call that joins, with nothing but brackets and an empty literal behind it.
fn is_argument_of_joining(before: &[u8]) -> bool {
    let lower = before.to_ascii_lowercase();
    let call = JOINING.iter().filter_map(|j| memchr::memmem::rfind(&lower, j).map(|i| i + j.len())).max();
    call.is_some_and(|from| {
        let between = &lower[from..];
        let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"[](){}, \t\r\n\"'`".contains(b);
        let quotes = between.iter().filter(|b| b"\"'`".contains(b)).count();
        let is_empty = between.windows(2).any(|w| matches!(w, b"\"\"" | b"''" | b"``"));
        between.iter().all(is_part) && (quotes == 0 || (quotes == 2 && is_empty))
    })
}

/// `["…", "…"].join("")` from the end of the first literal on.
fn is_joined_behind(walk: &Walk<'_>, from: usize) -> bool {
    let diff = diff_sign(walk.bytes, walk.start);
    let mut c = Cursor::new(&walk.bytes[..walk.limit], from);
    loop {
        if c.quote().is_none() {
            return false;
        }
        gap(&mut c);
        c.diff_sign(diff);
        let comma = c.eat(b",");
        gap(&mut c);
        c.diff_sign(diff);
        if c.eat(b"]") {
            break;
        }
        prefix(&mut c);
        let Some(quote) = c.quote().filter(|_| comma) else { return false };
        let Some(inside) = c.quoted(quote) else { return false };
        // Behind the text, before the quote that closes it.
        c.at = inside.end;
    }
    c.space(1);
    if !(c.eat(b".join(") || c.eat(b".concat(") || c.eat(b".join")) {
        return false;
    }
    // Only without a sign between them.
    let quoted = { c }.quote().is_some();
    !quoted
        || matches!(
            c.rest(),
            [b'"', b'"', ..] | [b'\'', b'\'', ..] | [b'`', b'`', ..] | [b'\\', _, b'\\', _, ..]
        )
}
