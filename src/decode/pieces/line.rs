//! Line ends inside a value.

use super::walk::Walk;
use crate::cursor::Cursor;
use crate::text::is_key_byte;

/// How far back the line before a block is looked for, in bytes.
const MAX_LINE_BYTES: usize = 256;

/// Fewer characters than this, alone on a line, may be a word of a command.
const MIN_ALONE: usize = 8;

/// Goes over a line end at `from`; `is_loose` becomes true where nothing but the line end speaks for it.
pub(super) fn joint(walk: &Walk<'_>, from: usize, is_loose: &mut bool) -> Option<usize> {
    let text = &walk.bytes[from..];
    match text {
        [b'=', ..] if walk.is_mail => {
            let length = 1 + real(&text[1..])?;
            *is_loose |= walk.is_token;
            Some(from + length)
        }
        // Where it closes what it opened, it continues nothing.
        [b'`', ..] if walk.opening().is_some_and(|quote| quote.mark == crate::cursor::Mark::Byte(b'`')) => {
            None
        }
        [b'\\' | b'^' | b'`', b'\n' | b'\r', ..] => continued(walk, from),
        [b'\\', ..] => {
            let mut c = Cursor::new(walk.bytes, from);
            let here = c.line_end();
            *is_loose |= here;
            here.then_some(c.at)
        }
        [b'\n' | b'\r', ..] => {
            let Some(indent) = block(walk) else {
                *is_loose = true;
                return wrapped(walk, from);
            };
            in_block(walk, from, indent)
        }
        _ => None,
    }
}

/// Whether a text ends where the next piece of a value may begin: behind a line end, maybe continued.
pub(super) fn is_open_joint(rest: &[u8]) -> bool {
    let text = rest.strip_prefix(b"=").or_else(|| rest.strip_prefix(b"\\")).unwrap_or(rest);
    real(text) == Some(text.len())
}

/// The length of a line end.
fn real(text: &[u8]) -> Option<usize> {
    match text {
        [b'\r', b'\n', ..] => Some(2),
        [b'\n' | b'\r', ..] => Some(1),
        _ => None,
    }
}

/// A line that goes on: in quotes with blanks before it, without them only where what follows has the
/// line for itself, since a shell takes it for a word of its own.
fn continued(walk: &Walk<'_>, from: usize) -> Option<usize> {
    let line = from + 1 + real(&walk.bytes[from + 1..])?;
    let mut c = Cursor::new(walk.bytes, line);
    c.blanks();
    // The next setting of an environment file, whose value before may end with any sign.
    let name =
        c.rest().iter().take(MAX_LINE_BYTES).take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let is_setting = matches!(c.peek(name), b'=' | b':') || c.rest()[name..].starts_with(b" = ");
    if walk.inside.is_none() && c.at == line && name > 0 && is_setting {
        return None;
    }
    // The next member of a block of YAML.
    let is_item = c.peek(0) == b'-' && matches!(c.peek(1), b' ' | b'\n' | b'\r');
    if is_item || (name > 0 && c.peek(name) == b':' && matches!(c.peek(name + 1), b' ' | b'\n' | b'\r')) {
        return None;
    }
    if c.at == line || walk.is_token || walk.opening().is_some() || walk.inside.is_some() {
        return Some(c.at);
    }
    let is_part = |b: &&u8| is_key_byte(**b) || **b == b',';
    let word = c.rest().iter().take(MAX_LINE_BYTES).take_while(is_part).count();
    let text = &c.rest()[..word];
    let alone = matches!(c.rest().get(word), None | Some(b'\n' | b'\r' | b'\\'));
    let classes: [fn(&u8) -> bool; 3] = [u8::is_ascii_digit, u8::is_ascii_lowercase, u8::is_ascii_uppercase];
    let is_mixed = classes.iter().filter(|is| text.iter().any(**is)).count() > 1;
    (alone && word >= MIN_ALONE && is_mixed && text[0] != b'-').then_some(c.at)
}

/// How far in a block of YAML is written of which the value is the first line.
fn block(walk: &Walk<'_>) -> Option<usize> {
    let before = &walk.bytes[walk.start.saturating_sub(MAX_LINE_BYTES)..walk.start];
    let indent = before.iter().rev().take_while(|b| **b == b' ').count();
    let head = before[..before.len() - indent].strip_suffix(b"\n")?;
    let head = head[memchr::memrchr(b'\n', head).map_or(0, |i| i + 1)..].trim_ascii_end();
    let mark = head.iter().rposition(|b| !matches!(b, b'+' | b'-' | b'0'..=b'9'))?;
    let is_block = matches!(head[mark], b'|' | b'>') && head.len() - mark <= 3;
    // What a mail quotes begins with the same sign.
    (is_block && indent > 0 && mark > 0).then_some(indent)
}

/// The next line of a block: as far in as the first, and full of the value.
fn in_block(walk: &Walk<'_>, from: usize, indent: usize) -> Option<usize> {
    let line = from + real(&walk.bytes[from..])?;
    let next = line + walk.bytes[line..].iter().take_while(|b| **b == b' ').count();
    let rest = &walk.bytes[next..];
    let word = rest.iter().take(4 * MAX_LINE_BYTES).take_while(|b| is_key_byte(**b) || **b == b',');
    let fills = matches!(rest.get(word.count()), None | Some(b'\n' | b'\r'));
    (next - line == indent && fills).then_some(next)
}

/// The next line of wrapped text, without what comments and quotations of mail begin with.
fn wrapped(walk: &Walk<'_>, from: usize) -> Option<usize> {
    let line = from + real(&walk.bytes[from..])?;
    let mut c = Cursor::new(walk.bytes, line);
    c.blanks();
    for lead in [&b"//"[..], b"--", b"*", b"#", b">", b"|", b";"] {
        let mut next = c;
        if next.eat(lead) && matches!(next.peek(0), b' ' | b'\t') {
            next.blanks();
            return Some(next.at);
        }
    }
    Some(c.at)
}
