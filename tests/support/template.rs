//! Templates: text with placeholders such as `{alnum:32}` or `{base64:{"token":"{mint:tirtc}"}}`.
//!
//! A brace that does not open one of the known forms is only a brace, so JSON and code need no
//! escaping. Inside an encoder the braces must balance. `#name` before the closing brace of a minted
//! value gives the same value wherever that name stands in one text. The known forms are the arms of
//! [`Mint::value`], [`is_encoder`] and [`encode`]; `tests/cases/README.md` lists them.

use std::collections::BTreeMap;
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::prng::Prng;
use super::tokens;

/// A template, filled.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expanded {
    /// The text as a scanner reads it.
    pub(crate) bytes: Vec<u8>,
    /// Every minted secret in it, by place.
    pub(crate) secrets: Vec<Secret>,
}

/// One minted value that must not be shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret {
    /// The value, decoded.
    pub(crate) value: Vec<u8>,
    /// Where it stands in the text: under encoders, the encoded bytes that hold it.
    pub(crate) span: Range<usize>,
    /// How much of the value's start is an identifier that may be shown (a license's device id).
    pub(crate) public: usize,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secret({} bytes at {:?})", self.value.len(), self.span)
    }
}

impl Secret {
    /// Complains where `output` shows more of the value than a mask may: nine bytes of it in a row.
    pub(crate) fn shown_in(&self, output: &[u8]) -> Option<String> {
        // The armour of a key block is no secret.
        let lines = self.value[self.public..].split(|b| *b == b'\n').filter(|l| !l.starts_with(b"-----"));
        // Nor is the indentation of the lines on which its pieces stand.
        let is_indent = |window: &&[u8]| window.iter().filter(|b| **b == b' ').count() > 4;
        let mut windows = lines.flat_map(|line| line.windows(9)).filter(|window| !is_indent(window));
        windows.find(|w| memchr::memmem::find(output, w).is_some()).map(|_| format!("{self:?} is shown"))
    }
}

impl Expanded {
    /// The line, from 1, on which the byte at `offset` stands.
    pub(crate) fn line(&self, offset: usize) -> usize {
        line_of(&self.bytes, offset)
    }
}

/// The line, from 1, on which the byte at `offset` stands.
pub(crate) fn line_of(bytes: &[u8], offset: usize) -> usize {
    1 + bytes[..offset.min(bytes.len())].iter().filter(|b| **b == b'\n').count()
}

/// Fills a template. The same text and seed give the same bytes.
pub(crate) fn expand(template: &str, seed: &str) -> Expanded {
    let mut mint = Mint { rng: Prng::from_text(seed), named: BTreeMap::new() };
    let mut out = Expanded::default();
    mint.run(template, &mut out);
    out
}

struct Mint {
    rng: Prng,
    named: BTreeMap<String, (Vec<u8>, Option<usize>)>,
}

impl Mint {
    fn run(&mut self, template: &str, out: &mut Expanded) {
        let mut rest = template;
        while let Some(open) = rest.find('{') {
            out.bytes.extend(&rest.as_bytes()[..open]);
            rest = &rest[open..];
            let taken = balanced(rest).filter(|end| self.placeholder(&rest[1..end - 1], out));
            let end = taken.unwrap_or_else(|| {
                out.bytes.push(b'{');
                1
            });
            rest = &rest[end..];
        }
        out.bytes.extend(rest.as_bytes());
    }

    /// Writes the value of a placeholder, or says that it is none.
    fn placeholder(&mut self, inside: &str, out: &mut Expanded) -> bool {
        if let Some((form, text)) = inside.split_once(':').filter(|(form, _)| is_encoder(form)) {
            let mut inner = Expanded::default();
            self.run(text, &mut inner);
            embed(form, inner, out);
            return true;
        }
        if let Some(payload) = inside.strip_prefix("mint:tirtc:raw:") {
            let mut inner = Expanded::default();
            self.run(payload, &mut inner);
            let token = tokens::sign(&mut self.rng, &inner.bytes);
            emit(token.as_bytes(), Some(0), out);
            return true;
        }
        if let Some((length, text)) = inside.strip_prefix("cut:").and_then(|rest| rest.split_once(':')) {
            let Some(length) = count(length) else { return false };
            let mut inner = Expanded::default();
            self.run(text, &mut inner);
            cut(length, inner, out);
            return true;
        }
        if let Some((length, rest)) = inside.strip_prefix("split:").and_then(|rest| rest.split_once(':')) {
            let Some((length, (joint, text))) = count(length).zip(rest.split_once(":{")) else {
                return false;
            };
            let mut inner = Expanded::default();
            self.run(&format!("{{{text}"), &mut inner);
            split(length, joint, inner, out);
            return true;
        }
        let (form, name) = match inside.split_once('#') {
            Some((form, name)) => (form, Some(name)),
            None => (inside, None),
        };
        if let Some((value, public)) = name.and_then(|n| self.named.get(n)) {
            let (value, public) = (value.clone(), *public);
            emit(&value, public, out);
            return true;
        }
        let Some((value, public)) = self.value(form, &out.bytes) else { return false };
        emit(&value, public, out);
        if let Some(name) = name {
            self.named.insert(name.to_owned(), (value, public));
        }
        true
    }

    /// The bytes for a form, and how much of them is public; `None` for "all of it".
    fn value(&mut self, form: &str, before: &[u8]) -> Option<(Vec<u8>, Option<usize>)> {
        let rng = &mut self.rng;
        let (head, tail) = form.split_once(':').unwrap_or((form, ""));
        let secret = |text: String| Some((text.into_bytes(), Some(0)));
        let shown = |text: String| Some((text.into_bytes(), None));
        match (head, tail) {
            ("alnum", n) => secret(rng.alnum(count(n)?)),
            ("hex", n) => secret(rng.hex(count(n)?)),
            ("device_id", "") => shown(rng.device_id()),
            ("access_id", "") => shown(format!("ak_{}", rng.alnum(16))),
            ("sdkappid", "") => shown(format!("1400{:06}", rng.below(1_000_000))),
            ("license", "") => {
                let id = rng.device_id();
                Some((format!("{id},{}", rng.alnum(32)).into_bytes(), Some(id.len() + 1)))
            }
            ("mint", "tirtc") => secret(tokens::tirtc(rng, "")?),
            ("mint", "usersig") => secret(tokens::usersig(rng, "")?),
            ("mint", "usersig-legacy") => secret(tokens::usersig_legacy(rng, "")?),
            ("mint", other) => {
                let (scheme, variant) = other.split_once(':').filter(|(_, v)| !v.is_empty())?;
                match scheme {
                    "tirtc" => secret(tokens::tirtc(rng, variant)?),
                    "usersig" => secret(tokens::usersig(rng, variant)?),
                    "usersig-legacy" => secret(tokens::usersig_legacy(rng, variant)?),
                    _ => None,
                }
            }
            ("pem", "ec") => secret(pem(rng, before)),
            ("der", "sec1") => secret(STANDARD.encode(tokens::ec_key(rng))),
            ("der", "pkcs8") => secret(STANDARD.encode(tokens::ec_key_in_pkcs8(rng, false))),
            ("der", "pkcs8-old") => secret(STANDARD.encode(tokens::ec_key_in_pkcs8(rng, true))),
            ("derlines", sign) => {
                let lines = tokens::pem_body(&tokens::ec_key_in_pkcs8(rng, false));
                secret(lines.replace('\n', &sign.replace("LF", "\n")))
            }
            ("fill", n) => shown("lorem ipsum dolor ".chars().cycle().take(count(n)?).collect()),
            ("bytes", digits) => unhex(digits).map(|bytes| (bytes, None)),
            _ => None,
        }
    }
}

/// A whole PEM block, or its lines only where the template has written the armour itself.
fn pem(rng: &mut Prng, before: &[u8]) -> String {
    let body = tokens::pem_body(&tokens::ec_key(rng));
    let near = &before[before.len().saturating_sub(24)..];
    if near.windows(16).any(|w| w == b"PRIVATE KEY-----") {
        body
    } else {
        format!("-----BEGIN EC PRIVATE KEY-----\n{body}\n-----END EC PRIVATE KEY-----")
    }
}

fn count(digits: &str) -> Option<usize> {
    digits.parse().ok().filter(|n| *n > 0)
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    let pair = |i: usize| digits.get(i..i + 2).and_then(|d| u8::from_str_radix(d, 16).ok());
    if digits.is_empty() || !digits.len().is_multiple_of(2) {
        return None;
    }
    (0..digits.len()).step_by(2).map(pair).collect()
}

/// The length of the balanced `{…}` at the start of `text`.
fn balanced(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return Some(at + 1),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn emit(value: &[u8], public: Option<usize>, out: &mut Expanded) {
    let start = out.bytes.len();
    out.bytes.extend(value);
    if let Some(public) = public {
        out.secrets.push(Secret { value: value.to_vec(), span: start..out.bytes.len(), public });
    }
}

fn is_encoder(form: &str) -> bool {
    matches!(
        form,
        "base64"
            | "base64url"
            | "hexof"
            | "numbers"
            | "hexnumbers"
            | "percent"
            | "percentall"
            | "uescape"
            | "json"
            | "markdown"
            | "entities"
            | "utf16le"
            | "utf16be"
    )
}

/// Encodes `inner` at the end of `out`, and takes its secrets along to where they stand there.
fn embed(form: &str, inner: Expanded, out: &mut Expanded) {
    let base = out.bytes.len();
    for secret in inner.secrets {
        let Range { start, end } = secret.span;
        let span = match form {
            // A character of base64 holds six bits: count only those that lie wholly inside.
            "base64" | "base64url" => (start * 4).div_ceil(3)..end * 4 / 3,
            _ => encode(form, &inner.bytes[..start]).len()..encode(form, &inner.bytes[..end]).len(),
        };
        out.secrets.push(Secret { span: base + span.start..base + span.end, ..secret });
    }
    out.bytes.extend(encode(form, &inner.bytes));
}

/// The first `length` bytes of `inner`, as a log line limit leaves them.
fn cut(length: usize, mut inner: Expanded, out: &mut Expanded) {
    let base = out.bytes.len();
    inner.bytes.truncate(length);
    for secret in inner.secrets.into_iter().filter(|s| s.span.start < length) {
        let span = secret.span.start..secret.span.end.min(length);
        let value = inner.bytes[span.clone()].to_vec();
        out.secrets.push(Secret { value, span: base + span.start..base + span.end, ..secret });
    }
    out.bytes.extend(inner.bytes);
}

/// `inner` in pieces of `length` bytes with `joint` between them; its secrets span all their pieces.
fn split(length: usize, joint: &str, inner: Expanded, out: &mut Expanded) {
    let base = out.bytes.len();
    let place = |at: usize| at + joint.len() * (at / length);
    for secret in inner.secrets {
        let span = base + place(secret.span.start)..base + place(secret.span.end.saturating_sub(1)) + 1;
        out.secrets.push(Secret { span, ..secret });
    }
    out.bytes.extend(inner.bytes.chunks(length).collect::<Vec<_>>().join(joint.as_bytes()));
}

fn encode(form: &str, bytes: &[u8]) -> Vec<u8> {
    let units = || String::from_utf8_lossy(bytes).encode_utf16().collect::<Vec<u16>>();
    let percent = |b: &u8| match b {
        b if form == "percent" && b.is_ascii_alphanumeric() => char::from(*b).to_string(),
        b => format!("%{b:02X}"),
    };
    match form {
        "base64" => STANDARD.encode(bytes).into_bytes(),
        "base64url" => URL_SAFE_NO_PAD.encode(bytes).into_bytes(),
        "markdown" => String::from_utf8_lossy(bytes).replace('_', "\\_").replace('*', "\\*").into_bytes(),
        "entities" => {
            String::from_utf8_lossy(bytes).replace('*', "&#42;").replace('-', "&#x2D;").into_bytes()
        }
        "hexof" => bytes.iter().map(|b| format!("{b:02x}")).collect::<String>().into_bytes(),
        "numbers" => bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(", ").into_bytes(),
        "hexnumbers" => {
            let each = |b: &u8| format!("0x{b:02x}");
            bytes.iter().map(each).collect::<Vec<_>>().join(",").into_bytes()
        }
        "percent" | "percentall" => bytes.iter().map(percent).collect::<String>().into_bytes(),
        "uescape" => units().iter().map(|u| format!("\\u{u:04x}")).collect::<String>().into_bytes(),
        "utf16le" => units().iter().flat_map(|u| u.to_le_bytes()).collect(),
        "utf16be" => units().iter().flat_map(|u| u.to_be_bytes()).collect(),
        _ => json_escape(bytes),
    }
}

fn json_escape(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 8);
    for byte in bytes {
        match byte {
            b'"' | b'\\' => out.extend([b'\\', *byte]),
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            b'\t' => out.extend(b"\\t"),
            0..0x20 => out.extend(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(*byte),
        }
    }
    out
}
