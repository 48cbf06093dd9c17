//! Where a stream may be cut, and what is left of a value on other lines than its first.

/// Of a long line so much is held back, so that what decides over a value is there with it.
pub(super) const BEHIND: usize = 64 * 1024;

/// How many bytes of line end stand at the end.
pub(super) fn line_end(text: &[u8]) -> usize {
    text.iter().rev().take(4).take_while(|b| matches!(b, b'\n' | b'\r' | 0)).count()
}

pub(super) fn blanks(text: &[u8]) -> usize {
    text.iter().take_while(|b| b.is_ascii_whitespace()).count()
}

/// Where a long line may be cut: at a blank, else at another sign that is in no key, else anywhere.
pub(super) fn cut(text: &[u8], from: usize) -> usize {
    let to = text.len() - BEHIND;
    let near = from.max(to.saturating_sub(4096));
    let last = |is_sign: fn(&u8) -> bool| text[near..to].iter().rposition(is_sign).map(|i| near + i + 1);
    last(|b| matches!(b, b' ' | b'\t'))
        .or_else(|| last(|b| matches!(b, b',' | b';' | b'&' | b'}' | b'>')))
        .filter(|&cut| cut > from)
        .unwrap_or(to)
}

/// The length of the first line of a value, where its end is in it.
pub(super) fn first_line(value: &[u8]) -> Option<usize> {
    let end = memchr::memchr(b'\n', value)?;
    Some(end - usize::from(value[..end].ends_with(b"\r")))
}

/// A mask as long as the value.
pub(super) fn keep_length(value: &[u8], out: &mut Vec<u8>) {
    out.extend(value.iter().map(|b| if matches!(b, 0 | b'\n' | b'\r') { *b } else { b'*' }));
}

/// Of the rest of a value only the line ends stay.
pub(super) fn keep_line_ends(text: &[u8], out: &mut Vec<u8>) {
    for end in memchr::memchr_iter(b'\n', text) {
        let is_pair = end > 0 && text[end - 1] == b'\r';
        out.extend_from_slice(&text[end - usize::from(is_pair)..=end]);
    }
}
