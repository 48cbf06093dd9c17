//! Sentences: what people write to each other in chats, mails and tickets, in English and Chinese.

use super::bare::bare;
use super::literal::next_line;
use super::name::Name;
use super::pair::is_value;
use super::types::Form;
use super::types::Literal;
use crate::cursor::Cursor;
use crate::text::Span;

/// Words that make what follows something else than the value: a digest, an id, a version. `where` is
/// of a query: what it compares is another column.
#[rustfmt::skip]
const STOP: &[&str] = &[
    "hash", "sha", "sha1", "sha256", "md5", "digest", "fingerprint", "commit", "trace", "request",
    "uuid", "nonce", "signature", "length", "len", "checksum", "revision", "version", "id", "where",
];

/// What a function does that has the name of a secret in its own.
#[rustfmt::skip]
const VERBS: &[&str] = &[
    "check", "compute", "convert", "decode", "derive", "encode", "generate", "hash", "is", "parse", "recover",
    "serialize", "validate", "verify",
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
        // A mask: what follows it is not the value any more.
        if (rest[0] == b'-' && is_option(c)) || rest.starts_with(b"****") {
            return;
        }
        if let Some(connects) = sign(c) {
            connected |= connects;
            if connected && c.line_end() {
                return next_line(c, found);
            }
            continue;
        }
        let is_member = follows_value_label(&c.bytes[near..c.at]);
        if let Some(quote) = c.quote() {
            if let Some(span) = c.quoted(quote) {
                found.push(Literal { span, form: if is_member { Form::Quoted } else { Form::Prose } });
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
        let Some(is_license) = word_goes_on(c, word) else { return };
        connected |= CONNECT.iter().any(|other| word.eq_ignore_ascii_case(other.as_bytes()));
        if is_license || word.len() >= 16 {
            if is_license || connected || follows_at_once(c, name, near, span) {
                found.push(Literal { span, form: Form::Prose });
            }
            return;
        }
        identifier = word.contains(&b'_');
        c.at = span.end + usize::from(matches!(c.peek(span.len()), b'\'' | b'.'));
    }
}

/// Whether a sentence goes on with this word, and whether the word is the id of a license: at once behind its comma
/// stands the secret. Nothing where the word ends what can be said of a value.
fn word_goes_on(c: &Cursor<'_>, word: &[u8]) -> Option<bool> {
    let is = |other: &&str| word.eq_ignore_ascii_case(other.as_bytes());
    let next = c.peek(word.len());
    let is_masked = word.windows(4).any(|w| w == b"****");
    if is_masked || word.is_empty() || STOP.iter().any(is) || b"([{=".contains(&next) {
        return None;
    }
    Some(word.len() >= 4 && next == b',' && c.peek(word.len() + 1).is_ascii_alphanumeric())
}

/// `check_secret_key`, `deriveSecretKey`: what follows with only a blank between are its arguments.
pub(super) fn is_function(name: &[u8]) -> bool {
    VERBS.iter().any(|verb| {
        let rest = name.get(verb.len()..).unwrap_or_default();
        name[..name.len() - rest.len()].eq_ignore_ascii_case(verb.as_bytes())
            && rest.first().is_some_and(|b| *b == b'_' || b.is_ascii_uppercase())
    })
}

/// Whether an option of a command line stands here, ` -d`, ` --data`, that takes something else than the
/// value.
fn is_option(c: &Cursor<'_>) -> bool {
    const LONGEST: usize = 24;
    let dashes = 1 + usize::from(c.peek(1) == b'-');
    let is_apart = c.at.checked_sub(1).is_some_and(|i| matches!(c.bytes[i], b' ' | b'\t'));
    if !c.peek(dashes).is_ascii_alphabetic() || !is_apart {
        return false;
    }
    let word = &c.rest()[dashes..];
    let length = word.iter().take(LONGEST).take_while(|b| b.is_ascii_alphanumeric() || **b == b'-').count();
    let word = &word[..length];
    let takes_value = matches!(word, b"b" | b"body" | b"secret" | b"secret-string") || is_value(word);
    // A long word is no option but a value, and begins with a dash by chance.
    !takes_value && length < LONGEST
}

/// Whether more values in hex follow on the line: a row of test vectors holds no key.
fn is_row_of_hex(bytes: &[u8], value: Span) -> bool {
    const SHORTEST: usize = 16;
    let mut next = Cursor::new(bytes, value.end);
    next.blanks();
    let word = bare(&next);
    let is_hex = |span: Span| bytes[span.range()].iter().all(u8::is_ascii_hexdigit);
    if !is_hex(value) || word.is_empty() || next.at == value.end {
        return false;
    }
    // A small number may stand between.
    let mut after = Cursor::new(bytes, word.end);
    after.blanks();
    let second = bare(&after);
    [word, second].into_iter().any(|w| w.len() >= SHORTEST && is_hex(w))
}

/// `value=`, `"value":` right before: an attribute or a member, not a sentence.
fn follows_value_label(before: &[u8]) -> bool {
    let Some((b'=' | b':', label)) = before.trim_ascii_end().split_last() else { return false };
    let label = label.trim_ascii_end();
    let label = label.strip_suffix(b"\"").unwrap_or(label);
    let word = label.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    is_value(&label[label.len() - word..])
}

/// Without "is" or a colon only a value right after its name is meant, and not the argument of a function.
fn follows_at_once(c: &Cursor<'_>, name: &Name, near: usize, value: Span) -> bool {
    let at_once = c.bytes[near..c.at].iter().all(|b| b" \t*`\"-".contains(b));
    at_once && !is_function(&c.bytes[name.span.range()]) && !is_row_of_hex(c.bytes, value)
}

/// Goes over a sign between words; says whether it connects a name with its value.
fn sign(c: &mut Cursor<'_>) -> Option<bool> {
    let first = c.peek(0);
    let wide = !first.is_ascii() && ["：", "–", "→"].iter().any(|s| c.eat(s.as_bytes()));
    let narrow = matches!(first, b':' | b'=' | b'-' | b'>' | b'`' | b'*' | b',');
    c.at += usize::from(narrow);
    (wide || narrow).then_some(wide || matches!(first, b':' | b'='))
}
