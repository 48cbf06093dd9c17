//! What stands before a value and says of what kind it is: the prefix of a string, a cast, a length, the
//! address in a debugger, a tag or an anchor of YAML. It stays readable, and the value behind it is hidden.

use super::class::Class;
use crate::cursor::Cursor;

/// No prefix of a string is longer, in bytes: `_utf8mb4`.
const LONGEST_PREFIX: usize = 12;

/// No cast is longer, in bytes.
const LONGEST_CAST: usize = 96;

/// So many casts, lengths and addresses stand before one value at most.
const MOST: usize = 6;

/// The letters that stand right before the quote of a string in SQL, C, C#, Go, Python, Rust and shells.
#[rustfmt::skip]
const PREFIXES: [&[u8]; 28] = [
    b"b", b"r", b"u", b"n", b"e", b"x", b"l", b"f", b"c", b"q", b"s", b"br", b"rb", b"cr", b"fr", b"rf", b"lr",
    b"ur", b"u8", b"nq", b"u&", b"@", b"$", b"$@", b"@$", b"&", b"&b", b"&r",
];

/// Goes over what says of what kind a text in quotes is, if such a text stands behind it.
pub(super) fn go_over(c: &mut Cursor<'_>) -> bool {
    match c.peek(0) {
        b'(' | b'{' | b'0' | b'@' => go_over_casts(c) || go_over_prefix(c),
        b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' | b'&' => go_over_prefix(c) || go_over_type(c),
        _ => false,
    }
}

/// `N'…'`, `_utf8'…'`, `br"…"`, `r#"…"#`, `$'…'`, `$@"…"`.
fn go_over_prefix(c: &mut Cursor<'_>) -> bool {
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'@' | b'$' | b'&');
    let length = c.rest().iter().take(LONGEST_PREFIX).take_while(is_part).count();
    let (word, behind) = c.rest().split_at(length);
    let is_charset = word.len() > 1 && word[0] == b'_';
    if length == 0 || !(is_charset || PREFIXES.iter().any(|prefix| word.eq_ignore_ascii_case(prefix))) {
        return false;
    }
    // `r#"…"#`, as often as the text needs it.
    let marks = behind.iter().take(4).take_while(|b| **b == b'#').count();
    let is_raw = marks == 0 || matches!(word, b"r" | b"br" | b"cr");
    let next = Cursor::new(c.bytes, c.at + length + marks);
    if !is_raw || !is_string(next) {
        return false;
    }
    c.at = next.at;
    true
}

/// `(string) (len=8) "…"`, `(*string)(0xc000)((len=8) "…")`, `(const char *) 0x5581 "…"`, `0x5581 <buf> "…"`,
/// `@0x7ffe: "…"`, `{String@843} "…"`.
fn go_over_casts(c: &mut Cursor<'_>) -> bool {
    let mut next = *c;
    for _ in 0..MOST {
        let length = match next.rest() {
            // What is inside of the brackets has a length of its own.
            [b'(', b'(', ..] => Some(1),
            [b'(', ..] => group(next.rest(), b')'),
            [b'{', ..] => group(next.rest(), b'}').filter(|n| next.rest()[..*n].contains(&b'@')),
            [b'<', ..] => group(next.rest(), b'>'),
            [b'@', b'0', b'x', tail @ ..] => digits(tail).map(|n| 3 + n),
            [b'0', b'x', tail @ ..] => digits(tail).map(|n| 2 + n),
            _ => None,
        };
        let Some(length) = length else { return false };
        next.at += length;
        next.at += usize::from(next.peek(0) == b':' && c.peek(0) == b'@');
        next.blanks();
        let mut string = next;
        go_over_prefix(&mut string);
        if is_string(string) {
            c.at = string.at;
            return true;
        }
    }
    false
}

/// `&'static str = "…"`, `string = "…"`: the type of a variable, and what it is set to.
fn go_over_type(c: &mut Cursor<'_>) -> bool {
    const KINDS: [&[u8]; 6] = [b"str", b"char", b"byte", b"secret", b"text", b"any"];
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || b"_&<>:.*[]? '".contains(b);
    let length = c.rest().iter().take(LONGEST_CAST / 2).take_while(is_part).count();
    let Some(word) = c.rest()[..length].strip_suffix(b" ") else { return false };
    let mut next = Cursor::new(c.bytes, c.at + length);
    if !next.eat(b"= ") || word.iter().filter(|b| **b == b' ').count() > 2 {
        return false;
    }
    let is = |kind: &&[u8]| word.windows(kind.len()).any(|part| part.eq_ignore_ascii_case(kind));
    if !KINDS.iter().any(is) {
        return false;
    }
    while next.wrapped() || go_over_prefix(&mut next) {}
    let is_set = is_string(next);
    c.at = if is_set { next.at } else { c.at };
    is_set
}

/// The length of a type, a length or a place in brackets, which are the first byte and `close`.
fn group(rest: &[u8], close: u8) -> Option<usize> {
    let is_part =
        |b: &&u8| b.is_ascii_alphanumeric() || b"_ *.:=&[]/-+,@<".contains(b) || **b == b'>' && close != b'>';
    let inside = rest[1..].iter().take(LONGEST_CAST).take_while(is_part).count();
    (inside > 0 && rest.get(1 + inside) == Some(&close)).then_some(inside + 2)
}

/// The digits of an address.
fn digits(text: &[u8]) -> Option<usize> {
    let count = text.iter().take(16).take_while(|b| b.is_ascii_hexdigit()).count();
    (count >= 3).then_some(count)
}

/// Whether a text in quotes stands here that ends on its line. An apostrophe is none of its quotes.
fn is_string(mut c: Cursor<'_>) -> bool {
    matches!(c.peek(0), b'"' | b'\'' | b'\\')
        && c.quote().is_some_and(|quote| c.quoted(quote).is_some())
        && !c.peek(0).is_ascii_alphanumeric()
}

/// Goes over the tags and anchors of YAML before a value: `!!str`, `!<tag:yaml.org,2002:str>`, `&name`. A
/// password without quotes may begin with such a sign itself.
pub(super) fn go_over_tags(c: &mut Cursor<'_>, class: Class) {
    for _ in 0..MOST {
        let length = match c.rest() {
            [b'!', b'<', ..] => group(&c.rest()[1..], b'>').map(|n| n + 1),
            [b'!', b'!', tail @ ..] => name(tail).map(|n| n + 2),
            [b'!' | b'&', tail @ ..] => name(tail).map(|n| n + 1),
            _ => None,
        };
        let Some(length) = length else { return };
        let mut next = Cursor::new(c.bytes, c.at + length);
        let from = next.at;
        next.blanks();
        let is_sure = c.rest().starts_with(b"!!") || c.rest().starts_with(b"!<") || class != Class::Password;
        let goes_on = matches!(next.peek(0), b'"' | b'\'' | b'|' | b'>' | b'!' | b'&');
        let is_over = matches!(next.peek(0), 0 | b'\n' | b'\r' | b'#');
        if next.at == from || is_over || !(is_sure || goes_on) {
            return;
        }
        *c = next;
    }
}

/// The length of the name of a tag or of an anchor.
fn name(text: &[u8]) -> Option<usize> {
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || b"_-.:/".contains(b);
    let length = text.iter().take(64).take_while(is_part).count();
    (length > 0).then_some(length)
}
