//! Lists and maps under a name: `secret_keys = ["…", "…"]`, `secretKey: { prod: "…", dev: "…" }`. What a label
//! says is something else, such as an id or a digest, is left out.

use super::bare::bare;
use super::prefix::prefix;
use super::tail::names_other;
use super::types::Form;
use super::types::Literal;
use crate::cursor::Cursor;
use crate::text::Span;

/// How far a structure is followed, in bytes.
const REACH: usize = 800;

/// More values are not taken from one.
const MOST: usize = 16;

/// What is nested deeper has nothing to do with the name.
const DEEPEST: usize = 3;

/// A shorter value without quotes is a word.
const MIN_BARE_BYTES: usize = 16;

/// Functions that make a list of their arguments, by the last word of their names in lower case.
const LISTS: [&[u8]; 12] = [
    b"of", b"list", b"aslist", b"listof", b"arrayof", b"array", b"setof", b"vec", b"mapof", b"set", b"tuple",
    b"dict",
];

/// Goes to the opening bracket of a list or map, over what the language writes before it: `[]string{`,
/// `List.of(`, `new[] {`.
fn opening(c: &Cursor<'_>) -> Option<usize> {
    const LONGEST_HEAD: usize = 40;
    let rest = &c.rest()[..c.rest().len().min(LONGEST_HEAD)];
    let is_type = |b: &u8| b.is_ascii_alphanumeric() || b"_.:<>& *!,".contains(b);
    let mut at = 0;
    while at < rest.len() {
        match rest[at] {
            b'[' => {
                let inside = rest[at + 1..].iter().take_while(|b| b.is_ascii_alphanumeric()).count();
                let is_type = rest.get(at + 1 + inside) == Some(&b']') && rest.len() > at + inside + 2;
                if !is_type || !rest[at + 2 + inside..].iter().any(|b| matches!(b, b'{' | b'[' | b'(')) {
                    return Some(c.at + at);
                }
                at += inside + 2;
            }
            b'{' => return Some(c.at + at),
            b'(' => {
                let word = rest[..at].iter().rev().take_while(|b| b.is_ascii_alphabetic()).count();
                let name = rest[at - word..at].to_ascii_lowercase();
                return LISTS.contains(&&name[..]).then_some(c.at + at);
            }
            ref b if is_type(b) => at += 1,
            _ => return None,
        }
    }
    None
}

/// The values of the list or map that begins here; says whether one does.
pub(super) fn values(c: &Cursor<'_>, found: &mut Vec<Literal>) -> bool {
    let Some(open) = opening(c) else { return false };
    let mut inside = Cursor::new(c.bytes, open + 1);
    members(&mut inside, &|member| !member.is_other, found);
    // A list that is joined is one value, which its first element leads to.
    if inside.rest().starts_with(b".join") {
        found.truncate(1);
    }
    true
}

/// A value in a list, a map or a call, and where it stands.
pub(super) struct Member<'b> {
    /// What it is called.
    pub(super) label: Option<&'b [u8]>,
    /// How deep it stands.
    pub(super) depth: usize,
    /// What it is called, or what it stands in, is something else than a key.
    pub(super) is_other: bool,
    /// In quotes.
    pub(super) is_quoted: bool,
}

/// Where a walk stands.
struct Walk<'b> {
    label: Option<&'b [u8]>,
    depth: usize,
    /// For each level whether its label names something else.
    others: [bool; DEEPEST + 1],
}

impl<'b> Walk<'b> {
    fn open(&mut self) {
        let is_other = self.is_other();
        self.depth += 1;
        if let Some(other) = self.others.get_mut(self.depth) {
            *other = is_other;
        }
        self.label = None;
    }

    fn is_other(&self) -> bool {
        self.others.get(self.depth).copied().unwrap_or(true) || self.label.is_some_and(names_other)
    }

    fn member(&self, is_quoted: bool) -> Member<'b> {
        Member { label: self.label, depth: self.depth, is_other: self.is_other(), is_quoted }
    }
}

/// Gives the values up to the bracket that closes what the cursor stands in, and goes behind it.
pub(super) fn members<'b>(
    c: &mut Cursor<'b>,
    accepts: &dyn Fn(&Member<'b>) -> bool,
    found: &mut Vec<Literal>,
) {
    let end = c.bytes.len().min(c.at + REACH);
    let mut walk = Walk { label: None, depth: 0, others: [false; DEEPEST + 1] };
    let most = found.len() + MOST;
    while c.at < end && found.len() < most {
        if let Some((span, is_quoted)) = text(c) {
            let is_label = label_end(c);
            if is_label {
                walk.label = Some(&c.bytes[span.range()]);
                continue;
            }
            let is_long = is_quoted || span.len() >= MIN_BARE_BYTES;
            if is_long && accepts(&walk.member(is_quoted)) {
                found.push(Literal { span, form: if is_quoted { Form::Quoted } else { Form::Bare } });
            }
            continue;
        }
        match c.peek(0) {
            b'[' | b'{' | b'(' => walk.open(),
            b']' | b'}' | b')' if walk.depth == 0 => {
                c.at += 1;
                return;
            }
            b']' | b'}' | b')' => {
                walk.depth -= 1;
                walk.label = None;
            }
            b';' => return,
            b',' => walk.label = None,
            b'\n' if walk.label.is_some() && !ends_open(c) => walk.label = None,
            b'/' if c.peek(1) == b'/' => c.at += to_line_end(c),
            b'#' if c.peek(1) == b' ' => c.at += to_line_end(c),
            _ => {}
        }
        c.at += 1;
    }
}

/// Whether the line that ends here goes on below: `name:`, then the value.
fn ends_open(c: &Cursor<'_>) -> bool {
    let line = c.bytes[..c.at].trim_ascii_end();
    line.last().is_some_and(|b| b":=>".contains(b))
}

/// How far it is to the byte before the line end.
fn to_line_end(c: &Cursor<'_>) -> usize {
    memchr::memchr(b'\n', c.rest()).map_or(c.rest().len(), |end| end.saturating_sub(1))
}

/// The literal or the word here, and whether it is quoted; goes behind it.
fn text(c: &mut Cursor<'_>) -> Option<(Span, bool)> {
    let is_inside = c.at > 0 && (c.bytes[c.at - 1].is_ascii_alphanumeric() || c.bytes[c.at - 1] == b'_');
    let mut next = *c;
    if !is_inside {
        prefix(&mut next);
    }
    if let Some(quote) = next.quote() {
        let span = next.quoted(quote)?;
        *c = next;
        return Some((span, true));
    }
    if is_inside || !c.peek(0).is_ascii_alphanumeric() {
        return None;
    }
    let span = bare(c);
    c.at = span.end.max(c.at + 1);
    // A variable, a call, or what is interpolated.
    let before = c.bytes[..span.start].last().copied().unwrap_or(0);
    let is_word = !matches!(before, b'$' | b'@' | b'.' | b'%') && !matches!(c.peek(0), b'(' | b'[' | b'.');
    (is_word && !span.is_empty()).then_some((span, false))
}

/// Goes over what makes the text before it a label: `:`, `=`, `=>`.
fn label_end(c: &mut Cursor<'_>) -> bool {
    let mut next = *c;
    next.blanks();
    let is_label = match (next.peek(0), next.peek(1)) {
        (b':', b':') | (b'=', b'=') => false,
        (b'=', b'>') => next.eat(b"=>"),
        (b':' | b'=', _) => {
            next.at += 1;
            true
        }
        _ => false,
    };
    if is_label {
        *c = next;
    }
    is_label
}
