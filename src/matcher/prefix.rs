//! What may stand before the quote that opens a literal.

use crate::cursor::Cursor;

/// Goes over what may stand before an opening quote: `@"`, `L"`, `b'`, `r#"`, `&"`, a cast, the
/// length that a dump tells.
pub(super) fn prefix(c: &mut Cursor<'_>) {
    if c.peek(0) == b'(' || c.rest().starts_with(b"string(") {
        let end = c.rest().iter().take(32).position(|&b| b == b')').unwrap_or(0);
        let mut after = *c;
        after.at += end + 1;
        after.blanks();
        let is_type = |b: &u8| b.is_ascii_alphanumeric() || b" _*:()".contains(b);
        if end > 0 && c.rest()[..end].iter().all(is_type) && matches!(after.peek(0), b'"' | b'\'') {
            *c = after;
            return;
        }
    }
    // A binary of Erlang: `<<"…">>`.
    if c.rest().starts_with(b"<<\"") {
        c.at += 2;
    }
    let letters = c
        .rest()
        .iter()
        .take(3)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'@' | b'&' | b'$' | b'#'))
        .count();
    if letters > 0 && matches!(c.peek(letters), b'"' | b'\'' | b'`') {
        c.at += letters;
    }
}
