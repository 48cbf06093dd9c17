//! Look-ups that carry their default along: `${name:default}`, `${NAME:-default}`.

use crate::cursor::Cursor;

/// Where other tools look something up; what follows the colon is its name there, not a default.
#[rustfmt::skip]
const SOURCES: &[&[u8]] = &[
    b"arn", b"aws", b"cf", b"env", b"file", b"gcp", b"opt", b"output", b"param", b"s3", b"secret", b"secrets",
    b"self", b"ssm", b"sys", b"var", b"vault",
];

/// Where the default begins of a look-up that begins here: `${name:default}` of Spring, `${NAME:-default}`
/// of a shell and of Compose, in each other as well, and in the `#{…}` of Spring's expressions.
pub(super) fn default_of(bytes: &[u8], mut at: usize) -> Option<usize> {
    const LONGEST_NAME: usize = 80;
    const MAX_NESTING: usize = 4;
    let mut c = Cursor::new(bytes, at);
    c.eat(b"#{");
    c.quote();
    for nesting in 0..MAX_NESTING {
        c.eat(b"\\");
        if !c.eat(b"${") {
            return (nesting > 0).then_some(at);
        }
        let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
        let name = c.rest().iter().take(LONGEST_NAME).take_while(is_part).count();
        let is_source = SOURCES.contains(&&c.rest()[..name]);
        c.at += name;
        if is_source || !(c.eat(b":-") || c.eat(b":=") || c.eat(b":")) {
            return None;
        }
        at = c.at;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_is_found_through_every_wrapping() {
        for text in [
            "${trtc.key:VALUE}",
            "${KEY:-VALUE}",
            "${A:${B:VALUE}}",
            "#{'${im.key:VALUE}'}",
            "\\${im.key:VALUE}",
        ] {
            let at = default_of(text.as_bytes(), 0).expect(text);
            assert!(text[at..].starts_with("VALUE"), "{text}");
        }
        for text in ["${KEY}", "$KEY", "${env:KEY}", "${ssm:/a/b}", "#{other}", "VALUE", "${a b:c}"] {
            assert_eq!(default_of(text.as_bytes(), 0), None, "{text}");
        }
    }
}
