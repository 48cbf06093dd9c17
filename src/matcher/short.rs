//! Names too short to count alone: `-K` counts beside `-A`, `sk` beside `ak` or a device id.

use super::index::Index;
use super::literal::literal;
use super::page::Page;
use super::types::Match;
use super::types::REACH;
use crate::cursor::Cursor;
use crate::text::Span;

/// `-A access -K secret`: the short flags of the vendor's tools.
pub(super) fn short_flag(m: &Index, page: &Page<'_>, at: usize, out: &mut Vec<Match>) {
    let Some(rule) = m.key else { return };
    if &page.bytes[at..at + 4] != b" -K " {
        return;
    }
    let from = at.saturating_sub(REACH);
    let line_start = page.bytes[from..at].iter().rposition(|&b| b == b'\n').map_or(from, |i| from + i + 1);
    let to = page.bytes.len().min(at + REACH);
    let line_end = memchr::memchr(b'\n', &page.bytes[at..to]).map_or(to, |i| at + i);
    if memchr::memmem::find(&page.bytes[line_start..line_end], b" -A ").is_none() {
        return;
    }
    let mut found = Vec::new();
    literal(&mut Cursor::new(page.bytes, at + 4), &mut found);
    let name = Some(Span::new(at + 1, at + 3));
    out.extend(found.iter().map(|l| Match { rule, value: l.span, name, form: l.form, token: None }));
}

/// `sk=` counts only beside `ak`, a device id or an app id in the same URL or object.
pub(super) fn short_name(m: &Index, page: &Page<'_>, at: usize, out: &mut Vec<Match>) {
    let Some(rule) = m.key else { return };
    let near = &page.bytes[at.saturating_sub(200)..page.bytes.len().min(at + 200)];
    let mut c = Cursor::new(page.bytes, at + 2);
    c.quote();
    c.blanks();
    if !matches!(c.peek(0), b'=' | b':') {
        return;
    }
    c.at += 1;
    const BESIDE: [&[u8]; 8] =
        [b"ak=", b"ak:", b"ak\"", b"ak'", b"device_id", b"deviceId", b"app_id", b"ak\\\""];
    let beside = |w: &&[u8]| {
        memchr::memmem::find_iter(near, w).any(|i| i == 0 || !near[i - 1].is_ascii_alphanumeric())
    };
    if !BESIDE.iter().any(beside) {
        return;
    }
    let mut found = Vec::new();
    literal(&mut c, &mut found);
    let name = Some(Span::new(at, at + 2));
    out.extend(found.iter().map(|l| Match { rule, value: l.span, name, form: l.form, token: None }));
}
