//! Text that came from outside, made harmless for the language that it is put into.
//!
//! What could move a cursor or reorder text is spelled out first, everywhere, as `\u{…}`.

use crate::text::printable;

/// For XML 1.0, as text and between quotes. Characters that XML cannot hold are spelled out.
pub(super) fn xml(text: &str) -> String {
    let text = printable(text);
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            // After `]]` it would end what no CDATA section began.
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// For Markdown, as a code span: nothing in it is a link, a mention or HTML.
pub(super) fn code(text: &str) -> String {
    let text = printable(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // The spaces keep backticks off the fence; a reader takes one away on either side.
    let edge = |c: char| c == '`' || c == ' ';
    let pad = if text.starts_with(edge) || text.ends_with(edge) || text.is_empty() { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// The same in a cell of a table, whose border shows in code, too.
pub(super) fn code_in_cell(text: &str) -> String {
    code(&text.replace('|', "\\|"))
}

/// For Markdown, as prose.
pub(super) fn prose(text: &str) -> String {
    let text = printable(text);
    let mut out = String::with_capacity(text.len() + 16);
    let letters: Vec<char> = text.chars().collect();
    let word = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(|c| c.is_alphanumeric());
    for (at, c) in letters.iter().enumerate() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // Inside a word it emphasises nothing, and names are full of it.
            '_' if word(at.checked_sub(1)) && word(Some(at + 1)) => out.push('_'),
            // A mention and a bare address would survive a backslash.
            '@' if word(Some(at + 1)) => out.push_str("@<!-- -->"),
            ':' if letters.get(at + 1) == Some(&'/') => out.push_str(":<!-- -->"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' | '$' => {
                out.push('\\');
                out.push(*c);
            }
            c => out.push(*c),
        }
    }
    out
}

/// For a cell of a spreadsheet: what one would take for a formula begins with a quotation mark.
pub(super) fn cell(text: &str) -> String {
    let text = printable(text);
    let formula =
        text.starts_with(['=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    let text = if formula { format!("'{text}") } else { text.into_owned() };
    if text.contains([',', '"', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// For a URI, as a relative path.
pub(super) fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len() + 16);
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_holds_only_what_xml_can_hold() {
        assert_eq!(xml("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&apos;");
        assert_eq!(xml("x]]>y\0\u{1b}\n\u{ffff}\u{202e}"), "x]]&gt;y\\u{0}\\u{1b}\\n\\u{ffff}\\u{202e}");
    }

    #[test]
    fn code_ends_only_at_its_own_fence() {
        assert_eq!(code("a|b"), "`a|b`");
        assert_eq!(code_in_cell("a|b"), "`a\\|b`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`x"), "`` `x ``");
        assert_eq!(code("a\n# b"), "`a\\n# b`");
        assert_eq!(code(""), "`  `");
    }

    #[test]
    fn prose_marks_nothing_up() {
        assert_eq!(prose("<script>[x](y)|`*_a_*`"), "&lt;script&gt;\\[x\\](y)\\|\\`\\*\\_a\\_\\*\\`");
        assert_eq!(prose("secret_key @me http://x"), "secret_key @<!-- -->me http:<!-- -->//x");
        assert_eq!(prose("two\nlines"), "two\\\\nlines");
    }

    #[test]
    fn cells_are_quoted_and_no_formulas() {
        assert_eq!(cell("plain"), "plain");
        assert_eq!(cell("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("-"), "'-");
        assert_eq!(cell("\tx"), "\\tx");
        assert_eq!(cell("＝x,"), "\"'＝x,\"");
    }

    #[test]
    fn a_uri_keeps_slashes_and_encodes_the_rest() {
        assert_eq!(uri("a b/密%:?#\n.x"), "a%20b/%E5%AF%86%25%3A%3F%23%0A.x");
    }
}
