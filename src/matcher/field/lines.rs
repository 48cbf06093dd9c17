//! Lines of a value: whether it goes on below, or the next line is a member of its own.

/// The longest structure that is followed to its end, in bytes.
pub(super) const STRUCTURE: usize = 512 * 1024;

/// No name of a member is longer.
pub(super) const LONGEST_NAME: usize = 64;

/// How far back the beginning of a line is looked for, in bytes.
pub(super) const LINE: usize = 4096;

pub(super) fn line_end(bytes: &[u8], from: usize) -> usize {
    memchr::memchr2(b'\n', b'\r', &bytes[from..]).map_or(bytes.len(), |i| from + i)
}

/// Whether a value that begins at `from` goes on behind a line end: the next line is written further in
/// than the one it begins on, or begins with what closes it. A line of a log that was cut off would take
/// the next ones with it otherwise.
pub(super) fn goes_on_below(bytes: &[u8], from: usize, end: usize) -> bool {
    let further = indent(bytes, end + 1);
    let closes = |b: &u8| matches!(b, b'\n' | b'\r' | b')' | b']' | b'}' | b'"' | b'\'');
    further > indent(bytes, line_start(bytes, from)) || bytes.get(end + 1 + further).is_none_or(closes)
}

pub(super) fn indent(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count()
}

pub(super) fn line_start(bytes: &[u8], at: usize) -> usize {
    let before = &bytes[at.saturating_sub(LINE)..at];
    at - before.len() + memchr::memrchr(b'\n', before).map_or(0, |i| i + 1)
}

/// Whether the line behind a line end is the next member of a record that is written over lines, no further
/// in than the one with the value that begins at `from`: `name: …`, `name = …`, `- …`.
pub(super) fn begins_member(bytes: &[u8], from: usize, end: usize) -> bool {
    let begin = end + 1 + indent(bytes, end + 1);
    let text = &bytes[begin..];
    let name = text
        .iter()
        .take(LONGEST_NAME)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
        .count();
    let is_member = match text[name..] {
        [b':', b' ' | b'\n' | b'\r', ..] | [b' ', b'=', b' ', ..] => name > 0,
        [b'=', next, ..] => name > 0 && !matches!(next, b'=' | b'\n' | b'\r'),
        _ => matches!(text, [b'-', b' ' | b'\n' | b'\r', ..]),
    };
    is_member && begin - (end + 1) <= indent(bytes, line_start(bytes, from))
}

/// How long the sign is with which YAML says that a text begins on the next line: `|`, `>-` and so on.
pub(super) fn block(rest: &[u8]) -> usize {
    let [b'|' | b'>', tail @ ..] = rest else { return 0 };
    let more = tail.iter().take(2).take_while(|b| matches!(b, b'+' | b'-' | b'1'..=b'9')).count();
    let blanks = tail[more..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    match tail[more + blanks..] {
        [b'\n' | b'\r', ..] => 1 + more + blanks,
        _ => 0,
    }
}
