//! Values under a name in the plural: `secret_keys=a,b`, and one a line as YAML has them.

use super::runs::{is_drawn, token_run};
use crate::text::Span;

/// No list is followed further, in bytes.
const REACH: usize = 64 * 1024;

/// The items of a list of YAML below a name: lines that begin with a dash, no further out than the name.
pub(super) fn block(bytes: &[u8], name: Span) -> Option<Span> {
    let mut at = name.end;
    at += usize::from(matches!(bytes.get(at), Some(b'"' | b'\'')));
    let rest = bytes[at..].strip_prefix(b":")?;
    let blanks = rest.iter().take(64).take_while(|b| matches!(b, b' ' | b'\t' | b'\r')).count();
    let mut at = at + 1 + blanks;
    let line = memchr::memrchr(b'\n', &bytes[name.start.saturating_sub(256)..name.start]);
    let line = line.map_or(name.start.saturating_sub(256), |i| name.start.saturating_sub(256) + i + 1);
    let own = indent(bytes, line);
    let limit = bytes.len().min(name.end + REACH);
    let (mut first, mut end) = (None, at);
    while at < limit && bytes[at] == b'\n' {
        let begin = at + 1 + indent(bytes, at + 1);
        if !bytes[begin..].starts_with(b"- ") || begin - (at + 1) < own {
            break;
        }
        first = first.or(Some(begin + 2));
        at = begin + memchr::memchr(b'\n', &bytes[begin..]).unwrap_or(bytes.len() - begin);
        end = at;
    }
    first.map(|first| Span::new(first.min(end), end))
}

fn indent(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count()
}

/// Gives each item of a list that is written one a line.
pub(crate) fn each_item(bytes: &[u8], list: Span, sink: &mut dyn FnMut(Span)) {
    let mut at = list.start;
    for line in bytes[list.range()].split(|b| *b == b'\n') {
        let item = line.trim_ascii_start();
        let item = item.strip_prefix(b"- ").unwrap_or(item).trim_ascii();
        let start = at + (item.as_ptr() as usize - line.as_ptr() as usize);
        at += line.len() + 1;
        let quoted = matches!(item, [b'"', .., b'"'] | [b'\'', .., b'\'']);
        let cut = usize::from(quoted);
        // A member of an item is its own field.
        if item.len() > 2 * cut && !item.contains(&b':') {
            sink(Span::new(start + cut, start + item.len() - cut));
        }
    }
}

/// A value and those that follow it behind commas, as far as they are random.
pub(super) fn row(bytes: &[u8], first: Span) -> Span {
    let mut end = first.end;
    while let Some(rest) = bytes[end..].strip_prefix(b",") {
        let gap = rest.iter().take_while(|b| **b == b' ').count();
        let run = token_run(&rest[gap..]);
        if run == 0 || !is_drawn(&rest[gap..gap + run]) || end - first.start > REACH {
            break;
        }
        end += 1 + gap + run;
    }
    Span::new(first.start, end)
}
