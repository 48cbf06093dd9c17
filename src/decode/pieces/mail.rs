//! Whether a text is quoted-printable (RFC 2045, section 6.7): then `=` at the end of a line joins it with the
//! next, while elsewhere it pads base64.

/// How much of the text around a value is looked at for signs of the encoding, in bytes.
const AROUND: usize = 1024;

/// No line of the encoding is longer, and most programs fill them.
const MAX_LINE_BYTES: usize = 76;

/// Whether a soft break ends the line of the value at `at`, of which nothing else is known.
pub(super) fn has_soft_break(bytes: &[u8], at: usize) -> bool {
    let line = &bytes[at..bytes.len().min(at + MAX_LINE_BYTES + 3)];
    let Some(end) = memchr::memchr(b'\n', line) else { return false };
    let line = line[..end].strip_suffix(b"\r").unwrap_or(&line[..end]);
    if !line.ends_with(b"=") || line.iter().any(u8::is_ascii_whitespace) {
        return false;
    }
    let next = &bytes[at + end + 1..];
    (is_filled(bytes, at, line) && !is_setting(next))
        || closes_element(next)
        || is_encoded(bytes, at)
        || goes_on(line, next)
}

/// Whether the next line is full of a value as this one is, and of nothing else.
fn goes_on(line: &[u8], next: &[u8]) -> bool {
    const SHORTEST: usize = 8;
    let word = next.iter().take(MAX_LINE_BYTES + 1).take_while(|b| b.is_ascii_alphanumeric()).count();
    let text = &next[..word];
    let has = |is: fn(&u8) -> bool| text.iter().any(is);
    let is_alone = matches!(next[word..], [] | [b'\n' | b'\r' | b'=' | b'"', ..]);
    line.len() >= 2 * SHORTEST
        && word >= SHORTEST
        && is_alone
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
}

/// Whether the line is as long as one that had to be broken.
fn is_filled(bytes: &[u8], at: usize, rest: &[u8]) -> bool {
    let before = &bytes[at.saturating_sub(MAX_LINE_BYTES)..at];
    let start = memchr::memrchr(b'\n', before).map_or(before.len(), |i| before.len() - i - 1);
    (MAX_LINE_BYTES - 3..=MAX_LINE_BYTES).contains(&(start + rest.len()))
}

/// Whether the next line is another setting, or there is none.
fn is_setting(next: &[u8]) -> bool {
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || b"_-. ".contains(b);
    let name = next.iter().take(MAX_LINE_BYTES).take_while(is_part).count();
    name == 0 || matches!(next[name..], [b':', ..] | [b'=', b' '..=b'~', ..])
}

/// Whether what follows is the rest of a word and the end of an element.
fn closes_element(next: &[u8]) -> bool {
    let word = next.iter().take(MAX_LINE_BYTES).take_while(|b| b.is_ascii_alphanumeric()).count();
    word > 0 && next[word..].starts_with(b"</")
}

/// Whether the text near by says that it is encoded.
fn is_encoded(bytes: &[u8], at: usize) -> bool {
    let near = &bytes[at.saturating_sub(AROUND)..bytes.len().min(at + AROUND)];
    let signs = [&b"quoted-printable"[..], b"=3D", b"=20\n", b"=20\r\n", b"=C2=A0", b"=E2=80"];
    signs.iter().any(|sign| memchr::memmem::find(near, sign).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_soft_break_is_told_from_padding() {
        let at = |text: &str| text.find("K").expect("a value");
        let filled = format!("{}key: K{}=\n", "x".repeat(40), "a".repeat(29));
        for text in [
            "<p>key: Kabc=\ndef</p>",
            "Content-Transfer-Encoding: quoted-printable\n\nkey: Kabc=\ndef\n",
            "a =3D b\r\nkey: Kabc=\r\ndef\r\n",
            &format!("{filled}def and more\n"),
        ] {
            assert!(has_soft_break(text.as_bytes(), at(text)), "{text}");
        }
        for text in [
            "key=Kabc=\nother=def\n",
            "key: Kabc=\n",
            "key: Kabc\ndef</p>",
            "key: Kab c=\ndef</p>",
            &format!("{filled}other: def\n"),
            &format!("{filled}OTHER=def\n"),
            &filled,
        ] {
            assert!(!has_soft_break(text.as_bytes(), at(text)), "{text}");
        }
    }
}
