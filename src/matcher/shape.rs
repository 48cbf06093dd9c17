//! Values that need no name: licenses, secrets keyed by a device id, PEM blocks, and the raw documents
//! that tokens are made of.

use super::bare::word;
use super::index::Index;
use super::page::FILE_BYTES;
use super::page::Page;
use super::types::{Form, Match};
use super::{der, field, hex};
use crate::cursor::Cursor;
use crate::text::{Span, is_key_byte, word_table};
use crate::token::usersig_legacy;

/// How far a run is followed to each side.
const RUN: usize = 80;

/// What [`is_alphanumeric`] looks at.
const HALF: usize = 16;

/// Whether all of them are letters or digits; written so that it compiles to vector code.
fn is_alphanumeric(half: &[u8; HALF]) -> bool {
    half.iter().fold(true, |all, &b| all & ((b | 0x20).wrapping_sub(b'a') < 26 || b.wrapping_sub(b'0') < 10))
}

/// Letters and digits, as a table: this loop runs over every trace id of a log.
const ALPHANUMERIC: [bool; 256] = word_table(b"");

/// The length of a device secret in all samples.
const SECRET: usize = 32;

/// The length of a device id in all but test samples.
const ID: usize = 12;

/// A run of letters and digits around `at`, as far as 80 bytes to each side, and whether it consists
/// of lower-case hex digits.
pub(super) fn run(m: &Index, page: &Page<'_>, at: usize, out: &mut Vec<Match>) -> (Span, bool) {
    let bytes = page.bytes;
    let is_part = |i: usize| bytes.get(i).is_some_and(|b| ALPHANUMERIC[usize::from(*b)]);
    let (mut start, mut end) = (at, at);
    while start > 0 && at - start < RUN && is_part(start - 1) {
        start -= 1;
    }
    while end - at < RUN - HALF && bytes.get(end..).and_then(|b| b.first_chunk()).is_some_and(is_alphanumeric)
    {
        end += HALF;
    }
    while end - at < RUN && is_part(end) {
        end += 1;
    }
    let run = Span::new(start, end);
    let is_hex = is_lower_hex(&bytes[run.range()]);
    match run.len() {
        SECRET if !is_hex => secret(m, page, run, out),
        hex::SHORTEST..=hex::LONGEST if is_hex => hex::value(m, page, run, out),
        _ => {}
    }
    (run, is_hex)
}

/// Whether all of them are lower-case hex digits; most of it vector code.
fn is_lower_hex(text: &[u8]) -> bool {
    let is_digit = |all: bool, &b: &u8| all & (b.wrapping_sub(b'0') < 10 || b.wrapping_sub(b'a') < 6);
    let halves = text.chunks_exact(HALF);
    let rest = halves.remainder().iter().fold(true, is_digit);
    rest && halves.filter_map(|h| h.first_chunk::<HALF>()).all(|h| h.iter().fold(true, is_digit))
}

/// 32 letters and digits: part of a license, or the value of a device id.
fn secret(m: &Index, page: &Page<'_>, run: Span, out: &mut Vec<Match>) {
    let bytes = page.bytes;
    // What goes on in another alphabet is longer than a device secret.
    let goes_on = bytes.get(run.end).is_some_and(|b| b"_-+/=@#%^*!?~".contains(b))
        && bytes.get(run.end + 1).is_some_and(u8::is_ascii_alphanumeric);
    if !is_mixed(&bytes[run.range()]) || goes_on || bytes.get(run.end).is_some_and(|&b| b == b'_') {
        return;
    }
    let before = &bytes[..run.start];
    if before.last() == Some(&b',')
        && let (Some(rule), Some(id)) = (m.license, device_id(before, before.len() - 1))
    {
        let value = Span::new(id.start, run.end);
        return out.push(Match { rule, value, name: None, form: Form::Shape, token: None });
    }
    let Some(rule) = m.device else { return };
    let Some(id) = keyed_by(before) else { return };
    out.push(Match { rule, value: run, name: Some(id), form: Form::Shape, token: None });
}

/// `<device id>,<32 letters and digits>` around `at`, however little random: only a digest beside an
/// identifier is none.
pub(super) fn license(bytes: &[u8], at: usize) -> Option<Span> {
    let is_part = |b: &&u8| ALPHANUMERIC[usize::from(**b)];
    let start = at - bytes[..at].iter().rev().take(SECRET).take_while(is_part).count();
    let length = bytes[start..].iter().take(SECRET + 1).take_while(is_part).count();
    let before = &bytes[..start];
    let comma = [&b","[..], b"%2C", b"%2c"].into_iter().find(|c| before.ends_with(c))?;
    let secret = &bytes[start..start + length];
    if length != SECRET || is_lower_hex(secret) {
        return None;
    }
    let id = device_id(before, before.len() - comma.len())?;
    Some(Span::new(id.start, start + length))
}

/// The device id before `"id": "`, `id=`, `"id", "`; the separator may be split over two lines.
fn keyed_by(before: &[u8]) -> Option<Span> {
    let quotes = |to: usize| {
        before[..to]
            .iter()
            .rev()
            .take(16)
            .take_while(|b| matches!(b, b'"' | b'\'' | b'`' | b'\\' | b'@'))
            .count()
    };
    let blanks = |to: usize| {
        before[..to].iter().rev().take(40).take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count()
    };
    let mut at = before.len();
    let quoted = quotes(at);
    at -= quoted;
    at -= blanks(at);
    at -= usize::from(at > 1 && before[at - 1] == b'>' && before[at - 2] == b'=');
    let separator = *before.get(at.checked_sub(1)?)?;
    at -= 1;
    at -= blanks(at);
    let id_quoted = quotes(at);
    at -= id_quoted;
    let fits = match separator {
        b':' | b'=' => true,
        b',' => quoted > 0 && id_quoted > 0,
        _ => false,
    };
    fits.then(|| device_id(before, at)).flatten()
}

/// Whether a value is the id of a device.
pub(crate) fn is_device_id(value: &[u8]) -> bool {
    device_id(value, value.len()).is_some_and(|id| id.start == 0)
}

/// A device id that ends at `end`: twelve upper-case letters and digits, some of each.
fn device_id(bytes: &[u8], end: usize) -> Option<Span> {
    let start = end.checked_sub(ID)?;
    let id = &bytes[start..end];
    let upper = id.iter().filter(|b| b.is_ascii_uppercase()).count();
    let digits = id.iter().filter(|b| b.is_ascii_digit()).count();
    let bounded = start == 0 || !(bytes[start - 1].is_ascii_alphanumeric() || bytes[start - 1] == b'_');
    let known = id.starts_with(b"TIR") || id.starts_with(b"TEST");
    (upper + digits == ID && upper > 0 && (digits > 0 || known) && bounded).then(|| Span::new(start, end))
}

/// Upper and lower case: what a device secret has and a hash has not. (One in three hundred has no
/// digit.)
fn is_mixed(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_uppercase) && text.iter().any(u8::is_ascii_lowercase)
}

/// `<id>,<secret>` where a name or a call says that a license is meant: looser than without. The span
/// is that of a literal; one without quotes ends at the comma.
pub(super) fn loose_license(bytes: &[u8], span: Span) -> Option<Span> {
    let is_id = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let id = bytes[span.start..].iter().take(65).take_while(|b| is_id(b)).count();
    if !(4..=64).contains(&id) || bytes.get(span.start + id) != Some(&b',') {
        return None;
    }
    let from = span.start + id + 1;
    let secret = if span.end > from { Span::new(from, span.end) } else { word(&Cursor::new(bytes, from)) };
    let is_secret = |b: &u8| b.is_ascii_graphic() && !b"\"'`(){}[]<>;,|\\".contains(b);
    let secret_bytes = &bytes[secret.range()];
    (LICENSE_SECRET_BYTES.contains(&secret.len()) && secret_bytes.iter().all(is_secret))
        .then(|| Span::new(span.start, secret.end))
}

/// How long the secret of a license may be: the SDK takes as many bytes.
const LICENSE_SECRET_BYTES: std::ops::RangeInclusive<usize> = 16..=256;

/// A cheap refusal, for the many lines about licenses of other kinds: behind the name stands a comma,
/// or an encoded one, with twelve key bytes behind it.
pub(super) fn may_hold_license(bytes: &[u8], hit: usize) -> bool {
    const REACH: usize = 170;
    let near = &bytes[hit..bytes.len().min(hit + REACH)];
    let is_part = |b: &u8| is_key_byte(*b) || b"@#%?".contains(b);
    let is_run = |i: usize| {
        let run = near[i + 1..].iter().take(12).take_while(|b| is_part(b)).count();
        run == 12 || may_be_cut(near, i, run)
    };
    memchr::memchr2_iter(b',', b'%', near).any(is_run)
}

/// Whether the comma at `i` may be that of a license in pieces: capitals and digits are before it, or the begin
/// of a piece, and a joint soon behind it, or it is an element of a list of characters.
fn may_be_cut(near: &[u8], i: usize, run: usize) -> bool {
    let is_id_byte = |b: &&u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    let length = near[..i].iter().rev().take(12).take_while(is_id_byte).count();
    let (before, id) = near[..i].split_at(i - length);
    let is_cut = |b: &u8| b"\"'`\\<&=\n\r\x1b".contains(b);
    let is_opened = length > 0 && matches!(before.last(), Some(b'"' | b'\'' | b'`'));
    let is_id = is_opened || id.iter().any(u8::is_ascii_uppercase);
    // A piece may begin with the comma.
    let begins = run > 0 && i > 0 && b"\"'`> \nm;".contains(&near[i - 1]);
    ((is_id || begins) && near.get(i + 1 + run).is_some_and(is_cut))
        || (i > 0 && near[i - 1] == b'\'' && near[i + 1..].starts_with(b"',"))
}

/// A private key in the armour of PEM, with a body. Code that only names the two lines of the armour
/// has other signs between them than a key in a file or in the pieces of a string has.
pub(super) fn pem(m: &Index, page: &Page<'_>, at: usize, out: &mut Vec<Match>) {
    let Some(rule) = m.pem else { return };
    let start = at - page.bytes[..at].iter().rev().take(4).take_while(|&&b| b == b'-').count();
    let rest = &page.bytes[start..page.bytes.len().min(start + 4096)];
    let label = [&b"-----BEGIN EC PRIVATE KEY-----"[..], b"-----BEGIN PRIVATE KEY-----"]
        .into_iter()
        .find(|l| rest.starts_with(l));
    let Some(label) = label else { return };
    // The dashes of one line are not those of the other as well.
    let behind = &rest[label.len()..];
    let Some(length) = memchr::memmem::find(behind, b"-----END ") else { return };
    let (body, end) = (&behind[..length], label.len() + length);
    let Some(close) = memchr::memmem::find(&rest[end + 9..], b"-----") else { return };
    let is_code = body.iter().any(|b| b"(){}[]|".contains(b));
    let body = body.iter().filter(|b| b.is_ascii_alphanumeric()).count();
    let value = Span::new(start, start + end + 9 + close + 5);
    let named = || der::is_named(&page.rules[rule], page.bytes, start);
    // Only what has the lines of a block is one, as it is for who masks it.
    let is_block = || field::pem(rest, at - start).is_some_and(|body| body.end == end);
    if body >= 80 && !is_code && is_block() && (page.has_context(m, rule, value, FILE_BYTES) || named()) {
        out.push(Match { rule, value, name: None, form: Form::Shape, token: None });
    }
}

/// The literal `TGV1` that is put before the secret to sign a request: a log of it holds the secret.
pub(super) fn request_key(m: &Index, page: &Page<'_>, at: usize, out: &mut Vec<Match>) {
    let Some(rule) = m.key else { return };
    let bounded = at == 0 || !page.bytes[at - 1].is_ascii_alphanumeric();
    let rest = &page.bytes[at..];
    let length = rest.iter().take(170).take_while(|b| b.is_ascii_alphanumeric()).count();
    if bounded && rest.starts_with(b"TGV1") && length >= 20 && is_mixed(&rest[4..length]) {
        let value = Span::new(at + 4, at + length);
        out.push(Match { rule, value, name: Some(Span::new(at, at + 4)), form: Form::Shape, token: None });
    }
}

/// The JSON document of a UserSig as it is, not packed: as good as the token.
pub(super) fn document(m: &Index, page: &Page<'_>, at: usize, out: &mut Vec<Match>) {
    let from = at.saturating_sub(8);
    let Some(open) = page.bytes[from..at].iter().rposition(|&b| b == b'{').map(|i| from + i) else { return };
    let between = Cursor::new(page.bytes, open + 1);
    if !between.rest()[..at - open - 1].iter().all(u8::is_ascii_whitespace) {
        return;
    }
    let Some((scheme, token)) = usersig_legacy::decode_json(&page.bytes[open..]) else { return };
    if let Some(&(rule, _)) = m.schemes.iter().find(|(_, s)| s.name == scheme.name) {
        let value = Span::new(open, open + token.length);
        out.push(Match { rule, value, name: None, form: Form::Shape, token: Some((token, scheme)) });
    }
}
