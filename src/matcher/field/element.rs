//! Values as the text of elements: `<password>…</password>`, `<entry key="password">…</entry>`, and the
//! `<key>password</key><string>…</string>` of property lists.

use super::lines::line_start;
use super::raw::Raw;
use crate::text::{Span, run_length};

/// No tag is longer, in bytes.
const TAG: usize = 200;

/// No text in `CDATA` is followed further, in bytes.
const LONGEST: usize = 8 * 1024;

/// A value on a line below its tag that nothing closes yet is at least so long, in bytes.
const SHORTEST_LINE: usize = 8;

/// No word of a name is longer, in bytes.
const LONGEST_WORD: usize = 16;

/// The text of the element that a name names.
pub(super) fn element(bytes: &[u8], name: Span) -> Option<Raw> {
    let rest = &bytes[name.end..];
    let before = &bytes[..name.start];
    match rest.first()? {
        // `<password>`, `<ns:password type="text">`
        b'>' | b' ' if is_tag(before) => {
            let text = element_text(bytes, tag_end(bytes, name.end)?)?;
            let is_key = bytes[name.range()].eq_ignore_ascii_case(b"key");
            (!is_key || !is_name(bytes, text.span)).then_some(text)
        }
        // The text of one element, and of the next.
        b'<' if before.ends_with(b">") && rest.starts_with(b"</") => {
            let closed = tag_end(bytes, name.end)?;
            let gap = bytes[closed..].iter().take(TAG).take_while(|b| b.is_ascii_whitespace()).count();
            let next = &bytes[closed + gap..];
            // `<key>a</key><key>b</key>`: the next name.
            let opens = matches!(next, [b'<', first, ..] if first.is_ascii_alphabetic());
            let opens = opens && word(&next[1..]) != word(&rest[2..]);
            element_text(bytes, tag_end(bytes, closed + gap).filter(|_| opens)?)
        }
        b'&' => escaped_element(bytes, name),
        // `key="password">`
        b'"' | b'\'' | b'\\' if in_attribute(before) => {
            let inside = tag_end(bytes, name.end)?;
            element_text(bytes, value_inside(bytes, inside).unwrap_or(inside))
        }
        _ => None,
    }
}

/// Where the text begins of the element with the value that an element holds: `<value>`, perhaps on a line
/// of its own.
fn value_inside(bytes: &[u8], from: usize) -> Option<usize> {
    let gap = bytes[from..].iter().take(TAG).take_while(|b| b.is_ascii_whitespace()).count();
    let tag = bytes[from + gap..].strip_prefix(b"<")?;
    let is_value =
        [&b"value"[..], b"val", b"string"].iter().any(|value| word(tag).eq_ignore_ascii_case(value));
    tag_end(bytes, from + gap).filter(|_| is_value)
}

/// The text of an element whose signs are escaped: `&lt;password&gt;…&lt;/password&gt;`.
fn escaped_element(bytes: &[u8], name: Span) -> Option<Raw> {
    let mut tail = &bytes[name.end + 1..];
    while let Some(inner) = tail.strip_prefix(b"amp;") {
        tail = inner;
    }
    let from = bytes.len() - tail.strip_prefix(b"gt;")?.len();
    if !bytes[..name.start].ends_with(b"lt;") {
        return None;
    }
    let text = &bytes[from..];
    let end = memchr::memchr2(b'&', b'\n', text).filter(|at| text[*at] == b'&')?;
    let span = Span::new(from, from + end);
    (end > 0).then(|| Raw::quoted(span, span.end, 0))
}

/// What holds the value that belongs to the name in `<key>`, in property lists and in maps.
const VALUES: [&[u8]; 11] = [
    b"string", b"data", b"integer", b"real", b"date", b"true", b"false", b"array", b"dict", b"value", b"val",
];

/// Whether the text of `<key>` is a name: a value follows, or it consists of words.
fn is_name(bytes: &[u8], text: Span) -> bool {
    let follows = || {
        let closed = tag_end(bytes, text.end + bytes[text.end..].iter().position(|b| *b == b'<')?)?;
        let gap = bytes[closed..].iter().take(TAG).take_while(|b| b.is_ascii_whitespace()).count();
        let tag = word(bytes[closed + gap..].strip_prefix(b"<")?);
        Some(VALUES.iter().any(|value| tag.eq_ignore_ascii_case(value)))
    };
    let is_word = |word: &[u8]| {
        let (first, rest) = word.split_first().unwrap_or((&0, b""));
        let one_case = rest.iter().all(u8::is_ascii_lowercase) || rest.iter().all(u8::is_ascii_uppercase);
        first.is_ascii_alphabetic() && one_case && word.len() <= LONGEST_WORD
    };
    let text = &bytes[text.range()];
    let mut words = text.split(|b| matches!(b, b'-' | b'_' | b'.'));
    follows() == Some(true) || (words.clone().count() > 1 && words.all(is_word))
}

/// Whether the name of a tag begins here.
fn is_tag(before: &[u8]) -> bool {
    let prefix =
        before.iter().rev().take(32).take_while(|b| b.is_ascii_alphanumeric() || **b == b':').count();
    let (head, prefix) = before.split_at(before.len() - prefix);
    head.ends_with(b"<") && (prefix.is_empty() || prefix.ends_with(b":"))
}

/// Whether a quoted attribute such as `name="` begins here, inside of a tag.
fn in_attribute(before: &[u8]) -> bool {
    let [head @ .., b'"' | b'\''] = before else { return false };
    let slashes = head.iter().rev().take(64).take_while(|b| **b == b'\\').count();
    let Some(head) = head[..head.len() - slashes].strip_suffix(b"=") else { return false };
    let key = [&b"name"[..], b"key", b"id"].iter().find_map(|key| head.strip_suffix(*key));
    let Some(tag) = key.filter(|tag| tag.ends_with(b" ") || tag.ends_with(b":")) else { return false };
    let tag = &tag[tag.len().saturating_sub(TAG)..];
    memchr::memrchr2(b'<', b'>', tag)
        .is_some_and(|at| tag[at] == b'<' && tag.get(at + 1).is_some_and(u8::is_ascii_alphabetic))
}

/// The name of a tag.
fn word(tag: &[u8]) -> &[u8] {
    &tag[..tag
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'_' | b'-' | b'.'))
        .count()]
}

/// Behind the `>` of the tag in which `from` stands, if it does not close itself.
fn tag_end(bytes: &[u8], from: usize) -> Option<usize> {
    let end = bytes[from..].iter().take(TAG).position(|b| matches!(b, b'>' | b'\n'))?;
    (bytes[from + end] == b'>' && !bytes[..from + end].ends_with(b"/")).then_some(from + end + 1)
}

/// Where the first line of a text ends that begins below its tag and that nothing closes. What only looks like
/// a tag at the end of some line has no text.
fn first_line(bytes: &[u8], from: usize) -> Option<usize> {
    let gap = bytes[from..].iter().take(TAG).take_while(|b| b.is_ascii_whitespace()).count();
    let length = run_length(&bytes[from + gap..]);
    let end = from + gap + length;
    let is_below = memchr::memchr(b'\n', &bytes[from..from + gap]).is_some();
    let is_tag = bytes[line_start(bytes, from)..].trim_ascii_start().starts_with(b"<");
    let is_last = bytes[end..].iter().all(u8::is_ascii_whitespace);
    (is_below && is_tag && is_last && length >= SHORTEST_LINE).then_some(end)
}

/// The text up to the tag that closes the element.
fn element_text(bytes: &[u8], from: usize) -> Option<Raw> {
    const CDATA: &[u8] = b"<![CDATA[";
    let is_cdata = bytes[from..].starts_with(CDATA);
    let from = from + if is_cdata { CDATA.len() } else { 0 };
    let end = if is_cdata {
        from + memchr::memmem::find(&bytes[from..bytes.len().min(from + LONGEST)], b"]]>")?
    } else {
        let text = &bytes[from..bytes.len().min(from + LONGEST)];
        match memchr::memchr(b'<', text) {
            Some(at) => Some(from + at).filter(|_| text[at..].starts_with(b"</"))?,
            // Of what comes line by line the tag that closes it is not there yet.
            None => first_line(bytes, from)?,
        }
    };
    let text = &bytes[from..end];
    let trimmed = text.trim_ascii();
    // Over several lines it was wrapped, and is one word a line.
    let is_word = |line: &[u8]| {
        let line = line.trim_ascii();
        !line.is_empty() && line.iter().all(u8::is_ascii_graphic)
    };
    let is_wrapped = || trimmed.split(|b| *b == b'\n').all(is_word);
    if trimmed.is_empty() || (!is_cdata && memchr::memchr(b'\n', text).is_some() && !is_wrapped()) {
        return None;
    }
    let start = from + (text.len() - text.trim_ascii_start().len());
    let span = Span::new(start, start + trimmed.len());
    Some(Raw::quoted(span, span.end, 0))
}
