//! Sentences: what people write to each other in chats, mails and tickets, in English and Chinese.

use super::cursor::Cursor;
use super::literal::{Literal, bare, next_line};
use super::{Form, Name};

/// Words that make what follows something else than the value: a digest, an id, a version. `where` is
/// of a query: what it compares is another column.
#[rustfmt::skip]
const STOP: &[&str] = &[
    "hash", "sha", "sha1", "sha256", "md5", "digest", "fingerprint", "commit", "trace", "request",
    "uuid", "nonce", "signature", "length", "len", "checksum", "revision", "version", "id", "where",
];

/// Words that say that the value comes.
const CONNECT: &[&str] = &["is", "was", "are", "be", "to", "as", "this", "it's", "equals"];

/// Words, then a value: "our device secret key for TIRA… is …", "密钥是…".
pub(super) fn prose(c: &mut Cursor<'_>, name: &Name, found: &mut Vec<Literal>) {
    let end = c.bytes.len().min(c.at + 120);
    let mut connected = false;
    // Where what follows still follows the name at once.
    let mut near = name.span.end;
    // Whether the last word is an identifier: what is assigned is its value, then, not ours.
    let mut identifier = false;
    for _ in 0..12 {
        c.blanks();
        if c.at >= end {
            return;
        }
        if c.at == near && c.escaped_tab() {
            near = c.at;
            continue;
        }
        let rest = c.rest();
        if identifier && rest[0] == b'=' {
            return;
        }
        if let Some(connects) = sign(c) {
            connected |= connects;
            if connected && c.line_end() {
                return next_line(c, found);
            }
            continue;
        }
        if let Some(quote) = c.quote() {
            if let Some(span) = c.quoted(quote) {
                found.push(Literal { span, form: Form::Prose });
            }
            return;
        }
        if rest[0] >= 0x80 {
            // Whatever verb: Chinese says "is", "set to", "changed to" in between.
            connected = true;
            c.at += 1 + rest[1..].iter().take_while(|b| (0x80..0xc0).contains(*b)).count();
            continue;
        }
        let span = bare(c);
        let word = &c.bytes[span.range()];
        // A mask: what follows it is not the value any more.
        if rest.starts_with(b"****") || word.windows(4).any(|w| w == b"****") {
            return;
        }
        let is = |other: &&str| word.eq_ignore_ascii_case(other.as_bytes());
        let next = c.peek(span.len());
        if span.is_empty() || STOP.iter().any(is) || b"([{=".contains(&next) {
            return;
        }
        // A license: the id, a comma, and at once the secret.
        if word.len() >= 4 && next == b',' && c.peek(span.len() + 1).is_ascii_alphanumeric() {
            found.push(Literal { span, form: Form::Prose });
            return;
        }
        connected |= CONNECT.iter().any(is);
        if word.len() >= 16 {
            // Without "is" or a colon only a value right after its name is meant.
            if connected || c.bytes[near..c.at].iter().all(|b| b" \t*`\"-".contains(b)) {
                found.push(Literal { span, form: Form::Prose });
            }
            return;
        }
        identifier = word.contains(&b'_');
        c.at = span.end + usize::from(matches!(c.peek(span.len()), b'\'' | b'.'));
    }
}

/// Goes over a sign between words; says whether it connects a name with its value.
fn sign(c: &mut Cursor<'_>) -> Option<bool> {
    let first = c.peek(0);
    let wide = !first.is_ascii() && ["：", "–", "→"].iter().any(|s| c.eat(s.as_bytes()));
    let narrow = matches!(first, b':' | b'=' | b'-' | b'>' | b'`' | b'*' | b',');
    c.at += usize::from(narrow);
    (wide || narrow).then_some(wide || matches!(first, b':' | b'='))
}
