//! Several names that are assigned several values at once: `id, secret_key = "…", "…"`.

use super::literal::literal;
use super::prefix::prefix;
use super::types::Literal;
use crate::cursor::Cursor;

/// No statement of this kind has a longer head.
const MAX_HEAD_BYTES: usize = 160;

/// The value at the place of the name; says whether names are unpacked here at all. `c` stands behind the
/// separator of the name, which is a comma or an equals sign.
pub(super) fn value(c: &Cursor<'_>, name: usize, is_comma: bool, found: &mut Vec<Literal>) -> bool {
    let Some(place) = names_before(c.bytes, name).filter(|place| *place > 0 || is_comma) else {
        return false;
    };
    let mut next = *c;
    if is_comma && !to_equals(&mut next) {
        return false;
    }
    next.blanks();
    if matches!(next.peek(0), b'(' | b'[') {
        next.at += 1;
    }
    for at in 0..=place {
        next.blanks();
        if at == place {
            break;
        }
        let ends = |b: u8, depth: usize| depth == 0 && matches!(b, b';' | b'\n');
        if !next.next_element(400, b"\"'`", ends) {
            return false;
        }
    }
    let mut quoted = next;
    prefix(&mut quoted);
    if quoted.quote().is_some() {
        literal(&mut next, found);
    }
    true
}

/// How many names stand before this one in a list that begins the statement.
fn names_before(bytes: &[u8], name: usize) -> Option<usize> {
    const WORDS: [&[u8]; 7] = [b"let", b"const", b"var", b"local", b"my", b"val", b"auto"];
    let from = name.saturating_sub(MAX_HEAD_BYTES);
    let head = &bytes[from..name];
    let line = memchr::memrchr2(b'\n', b';', head).map_or(head, |i| &head[i + 1..]).trim_ascii_start();
    let word = line.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let line = if WORDS.contains(&&line[..word]) { line[word..].trim_ascii_start() } else { line };
    let line = line.strip_prefix(b"mut ").unwrap_or(line);
    let line = line.strip_prefix(b"(").or_else(|| line.strip_prefix(b"[")).unwrap_or(line);
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"_.$*, ".contains(b);
    let mut names = line.split(|b| *b == b',').map(<[u8]>::trim_ascii);
    let last = names.next_back()?;
    let is_name = |n: &[u8]| !n.is_empty() && !n.contains(&b' ');
    let are_names = names.clone().all(is_name) && (last.is_empty() || matches!(last, b"$" | b"mut"));
    (line.iter().all(is_part) && are_names).then(|| names.count())
}

/// Goes over further names to the equals sign.
fn to_equals(c: &mut Cursor<'_>) -> bool {
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || b"_.$*, )]".contains(b);
    let length = c.rest().iter().take(MAX_HEAD_BYTES).take_while(is_part).count();
    c.at += length;
    c.eat(b":");
    length > 0 && c.eat(b"=") && c.peek(0) != b'='
}
