//! Private keys on elliptic curves without the armour of PEM: the base64 of their DER alone, as wrappers of
//! the signer ask for it, on one line or in the pieces of a string.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::index::Index;
use super::name;
use super::names::normalise;
use super::page::FILE_BYTES;
use super::page::Page;
use super::token_edges::is_glued;
use super::types::{Form, Match};
use crate::cursor::{Cursor, Quote};
use crate::rule::Rule;
use crate::text::Span;

/// Four characters in the middle of what each format begins with, and how far in they stand: the
/// identifier of elliptic curves in PKCS#8, version and length of the secret in SEC1.
pub(super) const CORES: [(&[u8; 4], usize); 2] = [(b"yqGS", 13), (b"QEEI", 5)];

/// A key in the text.
pub(super) struct Body {
    /// Where it stands, with all that joins its pieces.
    pub(super) span: Span,
    /// Its base64 in one piece; only the beginning where the text ends before the key does.
    pub(super) text: Zeroizing<Vec<u8>>,
}

/// The shortest beginning of a key that shows some of its secret, in characters.
const SHORTEST_CUT: usize = 52;

/// The key at a core, where the place names the signer or the platform.
pub(super) fn at(m: &Index, page: &Page<'_>, hit: usize, out: &mut Vec<Match>) {
    let Some(index) = m.pem else { return };
    let Some(body) = body_at(page.bytes, hit) else { return };
    let rule = &page.rules[index];
    if is_named(rule, page.bytes, body.span.start) || page.has_context(m, index, body.span, FILE_BYTES) {
        out.push(Match { rule: index, value: body.span, name: None, form: Form::Shape, token: None });
    }
}

/// Whether the value at a place has a name of the rule.
pub(super) fn is_named(rule: &Rule, bytes: &[u8], at: usize) -> bool {
    name::before(bytes, at).is_some_and(|name| {
        let name = normalise(&bytes[name.range()]);
        rule.names.iter().any(|known| name.ends_with(&normalise(known.as_bytes())))
    })
}

/// The DER of the first key in a text, with armour or without.
pub(crate) fn first_key(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let places = CORES.iter().flat_map(|(core, _)| memchr::memmem::find_iter(text, *core).take(4));
    places.filter_map(|hit| body_at(text, hit)).find_map(|body| decode(&body.text))
}

/// The key around a core.
pub(super) fn body_at(bytes: &[u8], hit: usize) -> Option<Body> {
    let &(_, offset) = CORES.iter().find(|(core, _)| bytes[hit..].starts_with(*core))?;
    let start = hit.checked_sub(offset)?;
    let before = &bytes[..start];
    if bytes[start] != b'M' || is_glued(before) || before.last().is_some_and(|b| matches!(b, b'+' | b'/')) {
        return None;
    }
    let body = collect(bytes, start)?;
    decode(&body.text).map(|_| body)
}

/// The DER, where it is that of a private key on one of the signer's curves, or as much as there is of it.
fn decode(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    // secp256k1 and prime256v1 by their object identifiers; version 1 and 32 bytes of secret.
    const CURVES: [&[u8]; 2] =
        [&[0x2b, 0x81, 0x04, 0x00, 0x0a], &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]];
    const SECRET: &[u8] = &[0x02, 0x01, 0x01, 0x04, 0x20];
    let der = Zeroizing::new(STANDARD.decode(&text[..text.len() / 4 * 4]).ok()?);
    let holds = |part: &[u8]| memchr::memmem::find(&der, part).is_some();
    let has_curve = CURVES.iter().any(|curve| holds(curve));
    let is_cut = length(text).is_none_or(|length| text.len() < length);
    // Behind the secret of SEC1 the curve may be cut off.
    (holds(SECRET) && (has_curve || is_cut && der.get(2..7) == Some(SECRET))).then_some(der)
}

/// How many characters the base64 has that begins here, by the length that its DER tells.
fn length(start: &[u8]) -> Option<usize> {
    const LONGEST: usize = 300;
    let head = STANDARD.decode(start.get(..4)?).ok()?;
    let bytes = match head[..] {
        [0x30, 0x81, length] => 3 + usize::from(length),
        [0x30, length @ ..=0x7f, _] => 2 + usize::from(length),
        _ => return None,
    };
    Some(bytes.div_ceil(3) * 4).filter(|length| *length <= LONGEST)
}

/// The characters from `start` on, over whatever joins their pieces.
fn collect(bytes: &[u8], start: usize) -> Option<Body> {
    const MAX_PIECES: usize = 16;
    let length = length(&bytes[start..])?;
    let mut text = Zeroizing::new(Vec::with_capacity(length));
    let mut c = Cursor::new(bytes, start);
    for _ in 0..MAX_PIECES {
        while text.len() < length && (is_digit(c.peek(0)) || c.peek(0) == b'=') {
            text.push(c.peek(0));
            c.at += 1;
        }
        if text.len() == length {
            let ends = !is_digit(c.peek(0)) && c.peek(0) != b'=';
            return ends.then_some(Body { span: Span::new(start, c.at), text });
        }
        if !joint(&mut c) {
            break;
        }
    }
    // Padding is often left away.
    let padding = length - text.len();
    let unpadded = (1..=2).contains(&padding) && !text.ends_with(b"=");
    let span = Span::new(start, c.at);
    if unpadded {
        text.resize(length, b'=');
    }
    (unpadded || text.len() >= SHORTEST_CUT && ends(c.rest())).then_some(Body { span, text })
}

/// Whether the text ends here, but for what joins pieces: more of the key may come in a stream.
fn ends(rest: &[u8]) -> bool {
    const LONGEST_JOINT: usize = 40;
    rest.len() <= LONGEST_JOINT && rest.iter().all(|b| b"\"'`\\ \t\r\nrn+.&,".contains(b))
}

/// Goes over what joins two pieces: a line end, real or escaped, the end of one literal and the beginning
/// of the next, a slash that JSON escapes.
fn joint(c: &mut Cursor<'_>) -> bool {
    let mut next = *c;
    if next.peek(0) == b'\\' && next.peek(1) == b'/' {
        c.at += 1;
        return true;
    }
    next.continuation();
    let mut lines = next.space(2);
    if let Some(open) = next.quote() {
        next.space(1);
        if matches!(next.peek(0), b'+' | b'.' | b'&' | b'\\' | b',') {
            next.at += 1;
        }
        lines += next.space(2);
        if matches!(next.peek(0), b'+' | b'.' | b'&') {
            next.at += 1;
            next.blanks();
        }
        if next.quote() != Some(open) || is_member(next, open) {
            return false;
        }
    }
    let joined = next.at > c.at && (lines > 0 || next.bytes[next.at - 1] != b' ') && is_digit(next.peek(0));
    if joined {
        *c = next;
    }
    joined
}

/// Whether the text that begins here is the name of a member, behind the value of another one.
fn is_member(mut c: Cursor<'_>, quote: Quote) -> bool {
    let closes = c.quoted(quote).is_some();
    c.blanks();
    closes && c.peek(0) == b':'
}

fn is_digit(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key that nobody has, with the public half left away or not.
    fn der(curve: &[u8], in_pkcs8: bool) -> Vec<u8> {
        let oid = [&[0x06, curve.len() as u8][..], curve].concat();
        let wrap = |tag: u8, inside: &[u8]| {
            let mut out = vec![tag];
            if inside.len() >= 0x80 {
                out.push(0x81);
            }
            out.push(inside.len() as u8);
            out.extend(inside);
            out
        };
        let point = wrap(0xa1, &wrap(0x03, &[&[0, 4][..], &[0x3c; 64]].concat()));
        let secret = [&[2, 1, 1, 4, 32][..], &[0x5a; 32]].concat();
        if in_pkcs8 {
            let algorithm = wrap(0x30, &[&[6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1][..], &oid].concat());
            let key = wrap(0x04, &wrap(0x30, &[secret, point].concat()));
            wrap(0x30, &[vec![2, 1, 0], algorithm, key].concat())
        } else {
            wrap(0x30, &[secret, wrap(0xa0, &oid), point].concat())
        }
    }

    fn keys() -> Vec<String> {
        let curves = [&[0x2b, 0x81, 0x04, 0x00, 0x0a][..], &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]];
        let all = curves.iter().flat_map(|curve| [der(curve, true), der(curve, false)]);
        all.map(|der| STANDARD.encode(der)).collect()
    }

    fn find(text: &str) -> Option<Body> {
        CORES.iter().find_map(|(core, _)| {
            let hit = memchr::memmem::find(text.as_bytes(), *core)?;
            body_at(text.as_bytes(), hit)
        })
    }

    #[test]
    fn a_key_is_found_whole_in_every_writing() {
        for key in keys() {
            let lines: Vec<&str> =
                key.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
            for (before, joined, after) in [
                ("k=", key.clone(), "\n"),
                ("k: |\n  ", lines.join("\n  "), "\n"),
                ("\"k\": \"", lines.join("\\n"), "\""),
                ("\"k\": \"", lines.join("\\r\\n"), "\\r\\n\""),
                ("\"k\": \"", key.replace('/', "\\/"), "\""),
                ("k = \"", lines.join("\" +\n        \""), "\";"),
                ("k = \"", lines.join("\\n\" +\n        \""), "\\n\";"),
                ("k = '", lines.join("'\n    . '"), "';"),
                ("k = \"", lines.join("\" \\\n    \""), "\""),
                ("k = (\"", lines.join("\"\n    \""), "\")"),
            ] {
                let text = format!("{before}{joined}{after}");
                let body = find(&text).unwrap_or_else(|| panic!("{text}"));
                assert_eq!(&body.text[..], key.as_bytes(), "{text}");
                assert_eq!(&text[body.span.range()], joined, "{text}");
            }
        }
    }

    #[test]
    fn the_beginning_of_a_key_at_the_end_of_the_text_is_found() {
        for key in keys() {
            for end in ["", "\"", "\n", "\\n\"\n", "\" +\n  "] {
                let text = format!("k = \"{}{end}", &key[..64]);
                let body = find(&text).unwrap_or_else(|| panic!("{text}"));
                assert_eq!(&text[body.span.range()], &key[..64], "{text}");
            }
            assert!(find(&key[..48]).is_none() && find(&format!("{} x", &key[..64])).is_none());
        }
    }

    #[test]
    fn the_next_member_of_a_record_is_no_piece() {
        for key in keys() {
            let cut = &key[..key.trim_end_matches('=').len() - 3];
            for (value, name) in [(cut, "abc"), (&key[..64], "ab"), (cut, "n")] {
                let text = format!("{{\"k\":\"{value}\\n\",\"{name}\":1}}");
                let end = find(&text).map_or(0, |body| body.span.end);
                assert!(end <= text.len() - name.len() - 5, "{text}");
            }
        }
    }

    #[test]
    fn what_is_longer_or_cut_off_or_of_another_kind_is_no_key() {
        let key = &keys()[0];
        let cut = &key[..key.len() - 8];
        for text in [format!("{key}A"), format!("A{key}"), format!("{cut}; done"), "MIGHyqGS".into()] {
            assert!(find(&text).is_none(), "{text}");
        }
        let public = STANDARD.encode([&[0x30, 0x59, 0x30, 0x13][..], &[7; 87]].concat());
        assert!(find(&public).is_none());
    }
}
