//! Small readers of the formats, each from its specification and none of them the writer's.

use serde_json::Value;

pub(crate) fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

pub(crate) fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(json).collect()
}

/// Percent-decodes, as for a URI and for a command of a workflow.
pub(crate) fn uri_decoded(uri: &str) -> String {
    let mut out = Vec::new();
    let mut bytes = uri.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digits = [bytes.next(), bytes.next()].map(|d| char::from(d.expect("two digits")));
            let digits: String = digits.iter().collect();
            out.push(u8::from_str_radix(&digits, 16).expect("hex digits"));
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).expect("UTF-8")
}

/// Takes the five entities back.
pub(crate) fn xml_decoded(text: &str) -> String {
    assert!(!text.contains(['<', '>', '"']), "{text} is no value of an attribute");
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    entities.iter().fold(text.to_owned(), |text, (entity, c)| text.replace(entity, c))
}

/// RFC 4180, strictly.
pub(crate) fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if cell.is_empty() => loop {
                match chars.next().expect("a closing quotation mark") {
                    '"' if chars.next_if_eq(&'"').is_some() => cell.push('"'),
                    '"' => break,
                    c => cell.push(c),
                }
            },
            '"' => panic!("a quotation mark inside a bare cell"),
            ',' => row.push(std::mem::take(&mut cell)),
            '\r' => {
                assert_eq!(chars.next(), Some('\n'), "a row ends with CRLF");
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            '\n' => panic!("a bare line feed"),
            c => cell.push(c),
        }
    }
    assert!(row.is_empty() && cell.is_empty(), "the last row ends with CRLF");
    rows
}

/// A line of Markdown without its code spans: a run of backticks up to the next run of that length.
pub(crate) fn without_code(line: &str) -> String {
    let (mut out, mut rest) = (String::new(), line);
    while let Some(open) = rest.find('`') {
        out.push_str(&rest[..open]);
        let fence = rest[open..].chars().take_while(|c| *c == '`').count();
        rest = &rest[open + fence..];
        let mut at = 0;
        let close = loop {
            let start = at + rest[at..].find('`').expect("a code span ends");
            let run = rest[start..].chars().take_while(|c| *c == '`').count();
            if run == fence {
                break start;
            }
            at = start + run;
        };
        rest = &rest[close + fence..];
    }
    out + rest
}

/// Nothing that moves a cursor or reorders text; line ends only.
pub(crate) fn assert_safe(what: &str, text: &str) {
    let unsafe_char = |c: &char| {
        let line_end = *c == '\n' || (what == "csv" && *c == '\r');
        !line_end && scrubjay::text::is_unprintable(*c)
    };
    let found: Vec<char> = text.chars().filter(unsafe_char).collect();
    assert!(found.is_empty(), "{what} holds {found:?}");
}
