//! Exact values in every encoding in which they travel: for secrets that no form gives away.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use regex::bytes::Regex;
use zeroize::Zeroizing;

use crate::detect::Place;
use crate::text::Span;

/// One value with its encodings; wiped on drop.
#[derive(Clone)]
pub(super) struct Literal {
    forms: Vec<Zeroizing<Vec<u8>>>,
}

impl Literal {
    pub(super) fn new(value: &[u8]) -> Self {
        Self { forms: forms(value) }
    }
}

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
    let hex = |upper: bool| {
        value.iter().fold(String::with_capacity(value.len() * 2), |mut text, b| {
            let done = if upper { write!(text, "{b:02X}") } else { write!(text, "{b:02x}") };
            debug_assert!(done.is_ok(), "a string grows");
            text
        })
    };
    add(hex(false).into_bytes());
    add(hex(true).into_bytes());
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
    add(json(&json(value, false), false));
    out
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

/// All literals of a policy, compiled: one pass for all of them.
pub(super) struct Literals(Regex);

impl Literals {
    pub(super) fn new(literals: &[Literal]) -> Option<Self> {
        let mut forms: Vec<&[u8]> = literals.iter().flat_map(|l| l.forms.iter().map(|f| &f[..])).collect();
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        forms.dedup();
        if forms.is_empty() {
            return None;
        }
        let mut pattern = Zeroizing::new(String::from("(?-u)"));
        for (i, form) in forms.iter().enumerate() {
            pattern.push_str(if i > 0 { "|" } else { "" });
            for &b in *form {
                if b.is_ascii_alphanumeric() {
                    pattern.push(char::from(b));
                } else {
                    let done = write!(pattern, "\\x{b:02x}");
                    debug_assert!(done.is_ok(), "a string grows");
                }
            }
        }
        // Escaped literals always compile; the bound on the size is lifted for services with many.
        regex::bytes::RegexBuilder::new(&pattern).size_limit(1 << 28).build().ok().map(Self)
    }

    pub(super) fn find(&self, text: &[u8], out: &mut Vec<Place>) {
        out.extend(self.0.find_iter(text).map(|found| Place {
            span: Span::new(found.start(), found.end()),
            rule: None,
            class: None,
            wrap: None,
            decoded: true,
            name: None,
        }));
    }
}
