//! Text for a terminal or a one-line message.

use std::borrow::Cow;
use std::path::Path;

/// True for characters that must not reach a terminal as they are: controls, and those that reorder
/// or hide text.
pub fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Text for a terminal or a one-line message: what could move the cursor, break the line or reorder
/// it is written as `\u{…}`.
///
/// ```
/// assert_eq!(scrubjay::text::printable("a\u{202e}b\n"), "a\\u{202e}b\\n");
/// ```
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unprintable) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_unprintable(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// A path as people are shown it, in every mode alike: without `./` before it. A file that is called `-`
/// keeps it, since `-` alone is standard input.
pub fn shown(path: &Path) -> Cow<'_, str> {
    let short = path.strip_prefix(".").ok().filter(|rest| !matches!(rest.to_str(), Some("" | "-")));
    short.unwrap_or(path).to_string_lossy()
}

/// A number for people, its thousands apart.
///
/// ```
/// use scrubjay::text::thousands;
/// assert_eq!([999, 1998, 1_234_567].map(thousands), ["999", "1,998", "1,234,567"]);
/// ```
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How many characters `bytes` show as: each character of valid UTF-8, and one for each part that is
/// not UTF-8 (as a decoder that puts in U+FFFD counts them).
pub fn count_chars(bytes: &[u8]) -> usize {
    bytes.utf8_chunks().map(|c| c.valid().chars().count() + usize::from(!c.invalid().is_empty())).sum()
}
