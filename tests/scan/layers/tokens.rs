//! The words and signs of a source file: without comments, texts and what only its own tests see, which may
//! look anywhere.

/// Words, `::`, and every other sign alone. A text in quotes is `""`.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let (mut at, mut out) = (0, Vec::new());
    while at < chars.len() {
        let rest = &chars[at..];
        at += match rest {
            ['/', '/', ..] => rest.iter().take_while(|c| **c != '\n').count(),
            ['/', '*', ..] => block_comment(rest),
            ['"', ..] => quoted(rest, &mut out),
            ['\'', ..] => character_or_lifetime(rest),
            [':', ':', ..] => push(&mut out, "::", 2),
            [c, ..] if is_word(*c) => word(rest, &mut out),
            [c, ..] if c.is_whitespace() => 1,
            [c, ..] => push(&mut out, &c.to_string(), 1),
            [] => break,
        };
    }
    without_tests(&out)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn push(out: &mut Vec<String>, token: &str, length: usize) -> usize {
    out.push(token.to_owned());
    length
}

/// The length of a comment that may hold others.
fn block_comment(rest: &[char]) -> usize {
    let (mut at, mut depth) = (0, 0);
    while at < rest.len() {
        match rest[at..] {
            ['/', '*', ..] => (at, depth) = (at + 2, depth + 1),
            ['*', '/', ..] => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// The length of a text with escapes.
fn quoted(rest: &[char], out: &mut Vec<String>) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != '"' {
        at += if rest[at] == '\\' { 2 } else { 1 };
    }
    push(out, "\"\"", at + 1)
}

/// The length of a text without escapes, from its first `#` or quote on; none where it is none.
fn raw(rest: &[char], out: &mut Vec<String>) -> Option<usize> {
    let hashes = rest.iter().take_while(|c| **c == '#').count();
    if rest.get(hashes) != Some(&'"') {
        return None;
    }
    let is_end = |at: &usize| {
        rest[*at] == '"' && rest[at + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes
    };
    let end = (hashes + 1..rest.len()).find(is_end).unwrap_or(rest.len());
    Some(push(out, "\"\"", end + 1 + hashes))
}

fn character_or_lifetime(rest: &[char]) -> usize {
    match rest {
        ['\'', '\\', _, after @ ..] => 4 + after.iter().take_while(|c| **c != '\'').count(),
        ['\'', _, '\'', ..] => 3,
        _ => 1 + rest[1..].iter().take_while(|c| is_word(**c)).count(),
    }
}

fn word(rest: &[char], out: &mut Vec<String>) -> usize {
    let word: String = rest.iter().take_while(|c| is_word(**c)).collect();
    let length = word.chars().count();
    if ["r", "br", "cr"].contains(&word.as_str())
        && let Some(more) = raw(&rest[length..], out)
    {
        return length + more;
    }
    out.push(word);
    length
}

/// Leaves out every item under `#[cfg(test)]`, with its other attributes.
fn without_tests(tokens: &[String]) -> Vec<String> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let (mut at, mut out) = (0, Vec::new());
    while at < tokens.len() {
        if tokens[at..].iter().take(MARK.len()).eq(MARK.iter()) {
            at += MARK.len();
            at += item(&tokens[at..]);
        } else {
            out.push(tokens[at].clone());
            at += 1;
        }
    }
    out
}

/// The length of an item: to its `;`, or to the end of its braces.
fn item(tokens: &[String]) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" if depth == 1 => return at + 1,
            "}" | ")" | "]" => depth -= 1,
            ";" if depth == 0 => return at + 1,
            _ => {}
        }
    }
    tokens.len()
}

#[test]
fn comments_and_texts_are_left_out() {
    let code = r##"
        //! [`super::A`]
        use a::b; // crate::c
        /* crate::d /* crate::e */ crate::f */
        let x = ("crate::g \" crate::h", r#"crate::i " crate::j"#, b"\\", '"', '\'', '\u{22}', 'k');
        fn l<'m>(n: &'m str) {}
    "##;
    let wanted = r#"use a :: b ; let x = ( "" , "" , b "" , , , , ) ; fn l < > ( n : & str ) { }"#;
    assert_eq!(tokens(code).join(" "), wanted);
}

#[test]
fn what_only_tests_see_is_left_out_and_what_follows_is_not() {
    let code = "
        #[cfg(test)]
        mod made;
        fn a() {}
        #[cfg(test)]
        #[allow(clippy::unwrap_used, reason = \"a test may stop\")]
        mod tests { use super::*; fn b() { [0; 3]; } }
        #[cfg(not(test))]
        fn c() {}
    ";
    assert_eq!(tokens(code).join(" "), "fn a ( ) { } # [ cfg ( not ( test ) ) ] fn c ( ) { }");
}
