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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut_behind_a_blank_or_else_another_sign() {
        let line = |before: &str| [before.as_bytes(), &vec![b'x'; BEHIND]].concat();
        assert_eq!(cut(&line("one two,three"), 0), 4, "a blank goes before a comma");
        assert_eq!(cut(&line("one,two"), 0), 4);
        assert_eq!(cut(&line("one"), 0), 3, "anywhere");
        assert_eq!(cut(&line("one two"), 4), 7, "not where it was cut before");
        let far = |signs: usize| line(&[" ", &"y".repeat(signs)].concat());
        assert_eq!(cut(&far(4095), 0), 1);
        assert_eq!(cut(&far(4096), 0), 4097, "a blank that is too far away is none");
    }

    #[test]
    fn the_ends_of_lines_are_known_in_both_forms() {
        assert_eq!(first_line(b"one\ntwo\n"), Some(3));
        assert_eq!(first_line(b"one\r\ntwo"), Some(3));
        assert_eq!(first_line(b"one\r"), None);
        assert_eq!((blanks(b" \t\r\nx "), blanks(b"x"), blanks(b"")), (4, 0, 0));
        assert_eq!((line_end(b"x\r\n"), line_end(b"x\n\0"), line_end(b"x")), (2, 2, 0));
        let mut out = Vec::new();
        keep_line_ends(b"one\r\ntwo\nthree\r", &mut out);
        assert_eq!(out, b"\r\n\n");
        out.clear();
        keep_length(b"ab\r\n\0c", &mut out);
        assert_eq!(out, b"**\r\n\0*");
    }
}
