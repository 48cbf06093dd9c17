//! Name and value as siblings: the name is itself the value of a `name`, `key` or attribute, and the
//! value stands in the next (or the previous) element, attribute or member.

use super::bare::{bare, element_word};
use super::literal::literal;
use super::name::Name;
use super::names::normalise;
use super::types::Form;
use super::types::Literal;
use crate::cursor::{Cursor, diff_sign};
use crate::text::{self, Span};

/// What a sibling that holds the value is called.
const VALUES: [&str; 13] = [
    "value",
    "val",
    "v",
    "default",
    "defaultvalue",
    "currentvalue",
    "initialvalue",
    "newvalue",
    "stringvalue",
    "string",
    "secretstring",
    "secretdata",
    "valuewo",
];

/// Whether a sibling of that name holds the value.
pub(super) fn is_value(word: &[u8]) -> bool {
    let key = normalise(word);
    VALUES.iter().any(|v| v.as_bytes() == key)
}

/// What the member that holds the name is called.
const KEYS: [&str; 10] =
    ["name", "key", "id", "k", "variable", "param", "parameter", "field", "header", "var"];

/// After `<secret_key` or `secret_key</key`: the text of this element, or of the next.
pub(super) fn element(c: &mut Cursor<'_>, found: &mut Vec<Literal>) {
    if c.peek(0) == b'<' {
        // `</key>`, then the sibling's opening tag.
        let sign = diff_sign(c.bytes, c.at);
        // `<td><code>name</code></td>`: the cell of a table closes as well.
        let mut cell = *c;
        if cell.inline_tag() && [&b"</td>"[..], b"</th>", b"</dt>"].iter().any(|t| cell.rest().starts_with(t))
        {
            *c = cell;
        }
        if c.peek(1) != b'/' || !close_tag(c) {
            return;
        }
        c.space(2);
        c.diff_sign(sign);
        if c.peek(0) != b'<' || c.peek(1) == b'/' || !close_tag(c) {
            return;
        }
    } else {
        c.eat(b">");
    }
    element_text(c, found);
}

/// Goes to the end of the tag in which the name stands, if it stands in one.
pub(super) fn in_tag(c: &mut Cursor<'_>, name: usize) -> bool {
    let before = &c.bytes[name.saturating_sub(200)..name];
    let opened = memchr::memrchr2(b'<', b'>', before).is_some_and(|i| {
        before[i] == b'<' && before.get(i + 1).is_none_or(|b| b.is_ascii_alphabetic() || *b == b'_')
    });
    if !opened {
        return false;
    }
    let end = c.rest().iter().take(160).position(|b| matches!(b, b'>' | b'<'));
    match end {
        Some(end) if c.rest()[end] == b'>' && (end == 0 || c.rest()[end - 1] != b'/') => {
            c.at += end;
            true
        }
        _ => false,
    }
}

/// The text up to the next tag.
fn element_text(c: &mut Cursor<'_>, found: &mut Vec<Literal>) {
    c.space(2);
    if c.eat(b"<![CDATA[") {
        let span = bare(c);
        found.push(Literal { span, form: Form::Quoted });
        return;
    }
    // One element may be nested: `<value><string>…`.
    if c.peek(0) == b'<' && c.peek(1).is_ascii_alphabetic() {
        close_tag(c);
        c.space(1);
    }
    let mut quoted = *c;
    if quoted.quote().is_some() {
        return literal(c, found);
    }
    let mut span = element_word(c);
    let mut rest = Cursor::new(c.bytes, span.end);
    if text::public_id(c.rest()) == Some(span.len() + 1) && rest.eat(b",") {
        // The second part of a license.
        span.end = element_word(&rest).end;
        rest.at = span.end;
    }
    rest.space(1);
    // The closing tag may come on a line that is not there yet.
    if !span.is_empty() && (rest.peek(0) == b'<' || rest.at >= c.bytes.len()) {
        found.push(Literal { span, form: Form::Quoted });
    }
}

/// Goes behind the `>` of the tag that begins here.
fn close_tag(c: &mut Cursor<'_>) -> bool {
    let end = c.rest().iter().take(160).position(|&b| b == b'>');
    if let Some(end) = end {
        c.at += end + 1;
    }
    end.is_some()
}

/// The value of a name that is itself a value.
pub(super) fn sibling(bytes: &[u8], name: &Name, found: &mut Vec<Literal>) {
    if is_value_of_key(bytes, name.start) {
        let (before, after) = object(bytes, Span::new(name.start, name.span.end));
        member(bytes, Span::new(name.span.end, after), found);
        if found.is_empty() {
            last_member(bytes, Span::new(before, name.start), found);
        }
        if !found.is_empty() {
            return;
        }
    }
    // Among members whose values are objects or have braces in them.
    let value = super::field::value_of_sibling(bytes, Span::new(name.start, name.span.end));
    found.extend(value.map(|span| Literal { span, form: Form::Quoted }));
}

/// `name:`, `"key": "`, `android:name="` right before.
fn is_value_of_key(bytes: &[u8], start: usize) -> bool {
    let before = &bytes[start.saturating_sub(48)..start];
    if is_value_of_flag(before) {
        return true;
    }
    let trimmed = strip(before, b" \t\"'`\\");
    let Some((b':' | b'=', rest)) = trimmed.split_last().map(|(last, rest)| (*last, rest)) else {
        return false;
    };
    let rest = strip(rest, b" \t\"'`\\");
    let word = rest.iter().rev().take_while(|b| b.is_ascii_alphabetic()).count();
    let key = String::from_utf8_lossy(&rest[rest.len() - word..]).to_ascii_lowercase();
    KEYS.contains(&key.as_str())
}

/// `--name` of a command line; a path may lead to the name: `--name /app/secret_key`.
fn is_value_of_flag(before: &[u8]) -> bool {
    let is_path = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'.');
    let path = before.iter().rev().take_while(is_path).count();
    strip(&before[..before.len() - path], b" =\"'").ends_with(b"--name")
}

fn strip<'b>(text: &'b [u8], of: &[u8]) -> &'b [u8] {
    let tail = text.iter().rev().take_while(|b| of.contains(b)).count();
    &text[..text.len() - tail]
}

/// The value of a name whose members stand on the lines below, further in: `NAME:`, then `value: …`.
pub(super) fn nested(c: &Cursor<'_>, name: usize, found: &mut Vec<Literal>) {
    const REACH: usize = 400;
    let indent = |line: &[u8]| line.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let from = c.bytes[..name].iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1);
    let own = indent(&c.bytes[from..name]);
    let start = c.bytes[..c.at].iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1);
    let mut end = start;
    while end < start + REACH && end < c.bytes.len() {
        let line = &c.bytes[end..];
        if indent(line) <= own {
            break;
        }
        end += memchr::memchr(b'\n', line).map_or(line.len(), |i| i + 1);
    }
    if start > name {
        member(c.bytes, Span::new(start, end), found);
    }
}

/// Whether the name labels a block of HCL: `variable "NAME" {`, `resource "TYPE" "NAME" {`.
pub(super) fn is_block(bytes: &[u8], name: usize) -> bool {
    const KINDS: [&[u8]; 5] = [b"variable", b"output", b"resource", b"data", b"ephemeral"];
    const LONGEST_HEAD: usize = 120;
    let head = &bytes[name.saturating_sub(LONGEST_HEAD)..name];
    let head = head.rsplit(|&b| b == b'\n').next().unwrap_or(head).trim_ascii_start();
    let kind = head.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let is_label = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b' ' | b'"');
    KINDS.contains(&&head[..kind]) && head[kind..].iter().all(is_label)
}

/// The member of a block whose `{` the cursor has gone over.
pub(super) fn block(c: &Cursor<'_>, found: &mut Vec<Literal>) {
    const REACH: usize = 600;
    let body = &c.rest()[..c.rest().len().min(REACH)];
    let mut depth = 0usize;
    let end = body.iter().position(|b| match b {
        b'{' => {
            depth += 1;
            false
        }
        b'}' if depth == 0 => true,
        b'}' => {
            depth -= 1;
            false
        }
        _ => false,
    });
    member(c.bytes, Span::new(c.at, c.at + end.unwrap_or(body.len())), found);
}

/// The object, tag or list item around the name: where its siblings may stand.
fn object(bytes: &[u8], name: Span) -> (usize, usize) {
    const REACH: usize = 300;
    let from = name.start.saturating_sub(REACH);
    let before =
        bytes[from..name.start].iter().rposition(|b| matches!(b, b'{' | b'<')).map_or(from, |i| from + i + 1);
    let to = bytes.len().min(name.end + REACH);
    let rest = &bytes[name.end..to];
    let close = rest.iter().position(|b| matches!(b, b'}' | b'>'));
    // In YAML the next item of the list, a blank line, or a line that begins with the same key, ends it.
    let item = ["\n- ", "\n  - ", "\n    - ", "\n      - ", "\n        - ", "\n          - ", "\n\n"];
    let next = item.iter().filter_map(|i| memchr::memmem::find(rest, i.as_bytes())).min();
    let after = close.into_iter().chain(next).min().map_or(to, |i| name.end + i);
    (before.min(name.start), after)
}

/// The last member of that stretch that is called `value`: one before it belongs to another name.
fn last_member(bytes: &[u8], within: Span, found: &mut Vec<Literal>) {
    let mut from = within.start;
    while from < within.end {
        let mut next = Vec::new();
        member(bytes, Span::new(from, within.end), &mut next);
        let Some(last) = next.last() else { break };
        from = last.span.end.max(from + 1);
        *found = next;
    }
}

/// The first member of that stretch that is called `value`.
fn member(bytes: &[u8], within: Span, found: &mut Vec<Literal>) {
    let mut at = within.start;
    while at < within.end {
        let word =
            bytes[at..within.end].iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
        if word == 0 {
            at += 1;
            continue;
        }
        let is_value = is_value(&bytes[at..at + word]);
        let fresh = at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
        at += word;
        if !fresh || !is_value {
            continue;
        }
        let mut c = Cursor::new(bytes, at);
        c.quote();
        c.blanks();
        if c.eat(b">") {
            element_text(&mut c, found);
        } else if c.eat(b":") || c.eat(b"=") {
            c.space(1);
            literal(&mut c, found);
        } else if bytes[..at - word].ends_with(b"--")
            || bytes[..at].ends_with(b"default") && { c }.quote().is_some()
        {
            // A flag, or Kconfig: only a blank between.
            literal(&mut c, found);
        }
        if !found.is_empty() {
            return;
        }
    }
}
