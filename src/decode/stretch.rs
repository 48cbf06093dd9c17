//! How far an encoding goes around a place, and whether what it hides is text.

use crate::text::Span;

/// How long a stretch one decoder takes at a time, in bytes of its input.
pub(crate) const MAX_REGION: usize = 32 * 1024;

/// True where text is likely: what random bytes decoded by mistake are not. Checks the first bytes.
pub(super) fn looks_like_text(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(24)];
    match std::str::from_utf8(start) {
        Ok(text) => text.chars().all(is_textual),
        // The last character may be cut off by the end of the sample.
        Err(e) => {
            e.error_len().is_none()
                && std::str::from_utf8(&start[..e.valid_up_to()])
                    .is_ok_and(|t| !t.is_empty() && t.chars().all(is_textual))
        }
    }
}

/// True where text in UTF-16 is likely, in either order: ASCII and NUL by turns, maybe behind a byte order mark.
pub(super) fn looks_like_wide_text(bytes: &[u8]) -> bool {
    const MIN_UNITS: usize = 5;
    const MAX_UNITS: usize = 12;
    let marks = [[0xff, 0xfe], [0xfe, 0xff]];
    let bytes = marks.iter().find_map(|mark| bytes.strip_prefix(&mark[..])).unwrap_or(bytes);
    let is_ascii = |b: u8| is_textual(char::from(b)) && b.is_ascii();
    let is_wide = |of: fn(&[u8]) -> [u8; 2]| {
        let mut units = bytes.chunks_exact(2).take(MAX_UNITS).map(of);
        units.all(|[high, low]| high == 0 && is_ascii(low))
    };
    bytes.len() >= 2 * MIN_UNITS && (is_wide(|unit| [unit[1], unit[0]]) || is_wide(|unit| [unit[0], unit[1]]))
}

pub(super) fn is_textual(c: char) -> bool {
    !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{1b}')
}

/// Extends `at` to both sides over bytes that satisfy `inside`, at most [`MAX_REGION`] each way.
pub(super) fn extend(bytes: &[u8], at: usize, inside: impl Fn(u8) -> bool) -> Span {
    let floor = at.saturating_sub(MAX_REGION / 2);
    let start = bytes[floor..at].iter().rposition(|&b| !inside(b)).map_or(floor, |i| floor + i + 1);
    let ceiling = bytes.len().min(at + MAX_REGION / 2);
    let end = bytes[at..ceiling].iter().position(|&b| !inside(b)).map_or(ceiling, |i| at + i);
    Span::new(start, end)
}
