//! Lines that a container runtime cut: one that is longer than its buffer goes on in the next record of the
//! same stream. CRI marks the parts of a line with `P` and its last one with `F`; in docker's JSON files
//! all but the last one have no `\n` at their end. The view is the line, without what the runtime wrote
//! around its parts.

use super::view::View;
use crate::text::Span;

/// So many bytes of records make up one view, and so far apart two parts of a line may stand: others may
/// come between them.
pub(crate) const MAX_LINE_BYTES: usize = 64 * 1024;

/// What follows the text in a record of docker is looked at up to here, in bytes.
const MAX_REST_BYTES: usize = 512;

/// The beginning of a record of docker.
const DOCKER: &[u8] = b"{\"log\":\"";

/// What follows the text in one.
const DOCKER_END: &[u8] = b"\",\"";

/// The length of the signs of parts, in bytes.
pub(crate) const SIGN_BYTES: usize = DOCKER.len();

/// A record of a runtime.
#[derive(Debug, Clone, Copy)]
struct Record<'t> {
    /// The record, its line end included.
    line: Span,
    /// What the program wrote.
    text: Span,
    is_docker: bool,
    /// None where the record breaks off.
    stream: Option<&'t [u8]>,
    /// The line of the program goes on in another record.
    is_partial: bool,
}

/// A line of a program in more than one record.
#[derive(Debug)]
pub(crate) struct CutLine {
    /// The line.
    pub(crate) view: View,
    /// The records from its first to its last one, those of others between them, as line and text.
    records: Vec<(Span, Span)>,
}

impl CutLine {
    /// What may be taken for a value, seen without regard to records, of a span that begins in one of
    /// them: it ends with the text of its record, or what follows that. Nothing, where it begins with
    /// what the runtime wrote before the text, or with the end of that.
    pub(crate) fn clip(&self, span: Span) -> Option<Span> {
        let next = self.records.partition_point(|(line, _)| line.end <= span.start);
        match self.records.get(next) {
            Some((line, text)) if line.start <= span.start => {
                let end = if span.start < text.end { text.end } else { line.end };
                let is_mark = (text.end..text.end + DOCKER_END.len()).contains(&span.start);
                (text.start <= span.start && !is_mark).then(|| Span::new(span.start, span.end.min(end)))
            }
            _ => Some(span),
        }
    }
}

/// The lines of a text that were cut.
pub(crate) fn cut_lines(text: &[u8]) -> Vec<CutLine> {
    let mut lines = Vec::new();
    if may_hold(text) {
        let (all, mut cut) = (records(text, 0), Vec::new());
        open_lines(&all, &mut |parts| cut.push(parts.to_vec()));
        lines.extend(cut.iter().map(|parts| join(text, &all, parts)));
    }
    lines
}

/// Where the first line begins, at or behind `from`, whose last part is still to come; `from` where it
/// begins before.
pub(crate) fn open_since(text: &[u8], from: usize) -> Option<usize> {
    let floor = from.saturating_sub(MAX_LINE_BYTES);
    if !may_hold(&text[floor..]) {
        return None;
    }
    let all = records(text, floor);
    let open = open_lines(&all, &mut |_| ());
    open.into_iter().filter_map(|parts| parts.first().map(|first| all[*first].line.start.max(from))).min()
}

/// A quick refusal: no text without a line end, and none without the sign of a part.
fn may_hold(text: &[u8]) -> bool {
    memchr::memchr(b'\n', text).is_some() && has_sign(text)
}

/// Whether the sign of a part stands in a text, of [`SIGN_BYTES`]: without one there is no record.
pub(crate) fn has_sign(text: &[u8]) -> bool {
    let is_sign = |at| match text[at] {
        b'P' => text[..at].ends_with(b"stdout ") || text[..at].ends_with(b"stderr "),
        _ => text[at..].starts_with(DOCKER),
    };
    // One look for two bytes that are rare in text costs a third of a search for each sign.
    memchr::memchr2_iter(b'P', DOCKER[0], text).any(is_sign)
}

/// The records from the line on that begins at or behind `from`.
fn records(text: &[u8], from: usize) -> Vec<Record<'_>> {
    let is_start = from == 0 || text[from - 1] == b'\n';
    let skipped = memchr::memchr(b'\n', &text[from..]).map_or(text.len(), |end| from + end + 1);
    let mut at = if is_start { from } else { skipped };
    let mut all = Vec::new();
    while at < text.len() {
        let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |end| at + end + 1);
        let line = &text[at..end];
        all.extend(cri(line, at).or_else(|| docker(line, at)));
        at = end;
    }
    all
}

/// Gives the parts of each line in more than one record to `sink`, as indices; those of which the last
/// part is not there come back.
fn open_lines(all: &[Record<'_>], sink: &mut dyn FnMut(&[usize])) -> Vec<Vec<usize>> {
    let mut open: Vec<Vec<usize>> = Vec::new();
    let mut give = |parts: &[usize]| {
        if parts.len() > 1 {
            sink(parts);
        }
    };
    for (at, record) in all.iter().enumerate() {
        open.retain(|parts| {
            let is_near = record.line.end - all[parts[parts.len() - 1]].line.end <= MAX_LINE_BYTES;
            if !is_near {
                give(parts);
            }
            is_near
        });
        let is_same = |parts: &Vec<usize>| {
            let first = &all[parts[0]];
            first.is_docker == record.is_docker && (first.stream == record.stream || record.stream.is_none())
        };
        let known = open.iter().position(is_same);
        match known {
            Some(known) => {
                open[known].push(at);
                let length = record.line.end - all[open[known][0]].line.start;
                if !record.is_partial {
                    give(&open.swap_remove(known));
                } else if length > MAX_LINE_BYTES {
                    // The next view begins with the last part of this one.
                    give(&open[known]);
                    open[known] = vec![at];
                }
            }
            None if record.is_partial => open.push(vec![at]),
            None => {}
        }
    }
    open.iter().for_each(|parts| give(parts));
    open
}

/// The view of a line.
fn join(text: &[u8], all: &[Record<'_>], parts: &[usize]) -> CutLine {
    let (first, last) = (parts[0], parts[parts.len() - 1]);
    let mut view = View::new(Span::new(all[first].line.start, all[last].line.end));
    for part in parts {
        for at in all[*part].text.range() {
            view.push(&text[at..=at], at, at + 1);
        }
    }
    let records = all[first..=last].iter().map(|record| (record.line, record.text)).collect();
    CutLine { view, records }
}

/// A record of CRI, such as `2026-01-01T00:00:00.1Z stdout P text`.
fn cri(line: &[u8], at: usize) -> Option<Record<'_>> {
    if !line.first()?.is_ascii_digit() {
        return None;
    }
    let mut words = line[..line.len().min(128)].splitn(4, |b| *b == b' ');
    let (time, stream, tags) = (words.next()?, words.next()?, words.next()?);
    let is_time = time.len() >= 20 && time.get(10) == Some(&b'T');
    let is_stream = matches!(stream, b"stdout" | b"stderr");
    // Tags may follow, with colons between them.
    let is_tag = matches!(tags, [b'P' | b'F'] | [b'P' | b'F', b':', ..]);
    words.next().filter(|_| is_time && is_stream && is_tag)?;
    let head = time.len() + stream.len() + tags.len() + 3;
    let end = line.strip_suffix(b"\n").unwrap_or(line);
    let end = end.strip_suffix(b"\r").unwrap_or(end).len().max(head);
    Some(Record {
        line: Span::new(at, at + line.len()),
        text: Span::new(at + head, at + end),
        is_docker: false,
        stream: Some(stream),
        is_partial: tags[0] == b'P',
    })
}

/// A record of docker.
fn docker(line: &[u8], at: usize) -> Option<Record<'_>> {
    let text = line.strip_prefix(DOCKER)?;
    let slashes = |text: &[u8]| text.iter().rev().take_while(|b| **b == b'\\').count();
    // Within a string no quote stands without a backslash before it.
    let ends = |end: &usize| text[*end..].starts_with(DOCKER_END) && slashes(&text[..*end]) % 2 == 0;
    let end = memchr::memchr_iter(b'"', text).find(ends);
    let rest = end.map(|end| &text[end..text.len().min(end + MAX_REST_BYTES)]);
    let end = end.unwrap_or_else(|| text.trim_ascii_end().len());
    let is_whole = text[..end].strip_suffix(b"n").is_some_and(|before| slashes(before) % 2 == 1);
    Some(Record {
        line: Span::new(at, at + line.len()),
        text: Span::new(at + DOCKER.len(), at + DOCKER.len() + end),
        is_docker: true,
        stream: rest.and_then(stream),
        is_partial: rest.is_some() && !is_whole,
    })
}

/// The stream that a record of docker names.
fn stream(rest: &[u8]) -> Option<&[u8]> {
    let at = memchr::memmem::rfind(rest, b"\"stream\":\"")? + b"\"stream\":\"".len();
    Some(&rest[at..at + memchr::memchr(b'"', &rest[at..])?])
}
