//! Exact values in every encoding in which they travel: for secrets that no form gives away.

use std::fmt::{self, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::needles::Needles;
use crate::detect::Place;
use crate::error::Result;
use crate::text::Span;

/// Every form in which a value may be written, itself first.
pub(crate) fn forms(value: &[u8]) -> Vec<Zeroizing<Vec<u8>>> {
    let mut out: Vec<Zeroizing<Vec<u8>>> = vec![Zeroizing::new(value.to_vec())];
    let mut add = |form: Vec<u8>| {
        let form = Zeroizing::new(form);
        if form.len() >= 8 && !out.contains(&form) {
            out.push(form);
        }
    };
    for shift in 0..3 {
        // What stands before shifts the alphabet; the characters that it shares are left out.
        let padded = Zeroizing::new([&[0; 2][..shift], value].concat());
        let bits = padded.len() * 8;
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let text = Zeroizing::new(engine.encode(&padded[..]));
            let from = (shift * 8).div_ceil(6);
            add(text.as_bytes()[from..bits / 6].to_vec());
        }
    }
    add(hex(value, false));
    add(hex(value, true));
    for upper in [false, true] {
        for kept in [&b"-._~"[..], b"-._~*/:@", b"-._*"] {
            add(percent(value, upper, |b| b.is_ascii_alphanumeric() || kept.contains(&b)));
        }
        // Some encode every byte, letters included.
        add(percent(value, upper, |_| false));
    }
    add(json(value, false));
    add(json(value, true));
    // A JSON string in a JSON string, and what Debug makes of it.
    add(json(&Zeroizing::new(json(value, false)), false));
    if let Ok(text) = std::str::from_utf8(value) {
        add(wide(text, u16::to_le_bytes));
        add(wide(text, u16::to_be_bytes));
    }
    out
}

/// The other forms of a value that its own signs give it: percent-encoded, and as JSON writes it. There
/// are none of one that has no such signs.
pub(super) fn written(value: &[u8]) -> Vec<Zeroizing<Vec<u8>>> {
    let stays = |b: &u8| b.is_ascii_alphanumeric() || b"-._~".contains(b);
    let mut out: Vec<Zeroizing<Vec<u8>>> = Vec::new();
    if value.iter().all(stays) {
        return out;
    }
    let mut add = |form: Vec<u8>| {
        let form = Zeroizing::new(form);
        if **form != *value && !out.contains(&form) {
            out.push(form);
        }
    };
    for upper in [true, false] {
        // As a component, as a path, and as a whole address.
        for kept in [&b""[..], b"/", b"!'()*", b";,/?:@&=+$#!'()*"] {
            add(percent(value, upper, |b| stays(&b) || kept.contains(&b)));
        }
    }
    let slashed = Zeroizing::new(json(value, true));
    add(json(value, false));
    add(json(&slashed, false));
    // .NET and Gson write signs of HTML as escapes, PHP if it is told to.
    for (escaped, upper) in [(&b"\"&'+<>`"[..], true), (b"&'<=>", false), (b"\"&'<>", true), (b"<>&", false)]
    {
        add(unicode(value, escaped, upper, false));
        add(unicode(value, escaped, upper, true));
    }
    add(slashed.to_vec());
    out
}

/// As JSON, where some signs are escaped by their number: `\u002B`.
fn unicode(value: &[u8], escaped: &[u8], upper: bool, slashes: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len() * 2);
    for b in value {
        if escaped.contains(b) {
            let text = if upper { format!("\\u{b:04X}") } else { format!("\\u{b:04x}") };
            out.extend_from_slice(text.as_bytes());
        } else {
            out.append(&mut json(&[*b], slashes));
        }
    }
    out
}

fn hex(value: &[u8], upper: bool) -> Vec<u8> {
    let text = value.iter().fold(String::with_capacity(value.len() * 2), |mut text, b| {
        let done = if upper { write!(text, "{b:02X}") } else { write!(text, "{b:02x}") };
        debug_assert!(done.is_ok(), "a string grows");
        text
    });
    text.into_bytes()
}

fn percent(value: &[u8], upper: bool, stays: impl Fn(u8) -> bool) -> Vec<u8> {
    let mut out = String::with_capacity(value.len() * 3);
    for &b in value {
        if stays(b) {
            out.push(char::from(b));
        } else {
            let done = if upper { write!(out, "%{b:02X}") } else { write!(out, "%{b:02x}") };
            debug_assert!(done.is_ok(), "a string grows");
        }
    }
    out.into_bytes()
}

fn json(value: &[u8], slashes: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len() * 2);
    for &b in value {
        if matches!(b, b'"' | b'\\') || (slashes && b == b'/') {
            out.push(b'\\');
        }
        match b {
            b'\t' => out.extend_from_slice(b"\\t"),
            _ => out.push(b),
        }
    }
    out
}

/// As UTF-16; its characters' order of bytes is the caller's.
fn wide(text: &str, order: impl Fn(u16) -> [u8; 2]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() * 2);
    text.encode_utf16().for_each(|unit| out.extend(order(unit)));
    out
}

/// All literals of a policy, in all their forms, ready to be found in one pass.
pub(super) struct Literals {
    needles: Needles,
    count: usize,
}

impl Literals {
    /// Of these values; none where there are no values.
    ///
    /// # Errors
    /// Where their forms are more than can be told apart.
    pub(super) fn new(values: &[Zeroizing<Vec<u8>>]) -> Result<Option<Self>> {
        if values.is_empty() {
            return Ok(None);
        }
        let mut all = Vec::new();
        for value in values {
            all.append(&mut forms(value));
        }
        Ok(Some(Self { needles: Needles::new(&all)?, count: values.len() }))
    }

    /// How many values.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Appends the places of all literals, those that overlap as one.
    pub(super) fn find(&self, text: &[u8], out: &mut Vec<Place>) {
        let from = out.len();
        self.needles.find(text, &mut |found| {
            // Literals overlap, and so do the forms of one: what is found in a row is one place.
            match out[from..].last_mut() {
                Some(last)
                    if found.start <= last.span.end
                        && last.span.start <= found.end
                        && !is_other_order(text, last.span, found)
                        && !is_other_order(text, found, last.span) =>
                {
                    last.span = Span::new(last.span.start.min(found.start), last.span.end.max(found.end));
                }
                _ => out.push(Place { decoded: true, ..Place::at(found, None) }),
            }
        });
        // Letters in UTF-16 are there in either order, one byte apart. The mask of one is right for both,
        // that of what they are together would move what follows by a byte.
        out[from..].sort_unstable_by_key(|place| place.span.start);
        let is_literal = |place: &Place| place.rule.is_none() && place.class.is_none();
        out.dedup_by(|b, a| is_literal(a) && is_literal(b) && is_other_order(text, a.span, b.span));
    }
}

/// Whether `b` is `a` one byte later, both of them UTF-16.
fn is_other_order(text: &[u8], a: Span, b: Span) -> bool {
    a.start + 1 == b.start && a.end + 1 == b.end && text[a.start] == 0 && text[a.end] == 0
}

/// Values on their way into a policy: wiped on drop, and printed as their number.
#[derive(Default)]
pub(super) struct Values(pub(super) Vec<Zeroizing<Vec<u8>>>);

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.len())
    }
}
