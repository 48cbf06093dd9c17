//! Fields of a log: a name that says "secret" and the value behind it, whatever the value looks like.
//!
//! Rules ask whether a value is random enough to be a key, because code is full of names. A log is
//! not code: what stands under `password` there is a password, so everything is taken that the forms
//! of logs allow: JSON at any depth, logfmt, headers, URLs and forms (percent-encoded, too), flags,
//! Debug structs, colour codes in between. In doubt the value ends later rather than earlier.

mod address;
mod after;
mod child;
mod class;
mod element;
mod encoded;
mod endings;
mod extend;
mod flat;
mod follow;
mod found;
mod kind;
mod lines;
mod list;
mod names;
mod numbers;
mod others;
mod parts;
mod pem;
mod phrase;
mod quotes;
mod raw;
mod runs;
mod separator;
mod setting;
mod sibling;
mod strings;
mod value;

use super::name::plain_end;
use crate::cursor::Cursor;
use crate::decode::numbers::NUMBER_MASK;
use crate::text::{self, Span};

pub(crate) use address::{at as address, cores as address_cores};
use after::{after, bare_name};
pub(crate) use class::Class;
use encoded::sign;
use extend::next_word;
pub(crate) use extend::scheme;
pub(crate) use found::Field;
pub(crate) use list::each_item;
pub(crate) use names::{Fields, can_be_found};
pub(crate) use others::is_secret;
pub(crate) use parts::{Part, parts};
pub(crate) use pem::pem;
use raw::{Numbers, Raw};
pub(super) use sibling::value_of_sibling;
pub(crate) use strings::Strings;

/// No list of tokens under their plural is longer, in bytes.
const LONGEST_LIST: usize = 2048;

impl Fields {
    /// The field around a hit of the prefilter.
    pub(crate) fn at(&self, bytes: &[u8], hit: usize, strings: &mut Strings<'_>) -> Option<Field> {
        let run = bare_name(bytes, hit)?;
        let Some(class) = self.class_at(bytes, run) else { return self.several(bytes, run, strings) };
        if let Some(value) = after(bytes, run, class, strings) {
            return Some(settle(bytes, run, value, class));
        }
        if let Some(array) = numbers::after_name(bytes, run) {
            return Some(settle(bytes, run, array, class));
        }
        let value = sibling::sibling(bytes, run, class)
            .or_else(|| element::element(bytes, run))
            .or_else(|| child::child(bytes, run, class))?;
        Some(Field { apart: true, ..settle(bytes, run, value, class) })
    }

    /// The name around a hit, in the plural as well, if it says something of its value.
    pub(crate) fn name_at(&self, bytes: &[u8], hit: usize) -> Option<Span> {
        let run = bare_name(bytes, hit)?;
        let is_plural = || {
            let one = Span::new(run.start, run.end - 1);
            matches!(bytes[one.end], b's' | b'S') && self.class_at(bytes, one).is_some()
        };
        (self.class_at(bytes, run).is_some() || is_plural()).then_some(run)
    }

    /// The field of a name in the plural: what is written as a list, and what is random.
    fn several(&self, bytes: &[u8], run: Span, strings: &mut Strings<'_>) -> Option<Field> {
        let one = Span::new(run.start, run.end - usize::from(matches!(bytes[run.end - 1], b's' | b'S')));
        let class = self.class_at(bytes, one).filter(|class| one != run && *class != Class::Keep)?;
        // `max_tokens` is a count, and `keys` are those of any table.
        let is_token = || bytes[one.range()].eq_ignore_ascii_case(b"token");
        if class == Class::Weak && !is_token() {
            return None;
        }
        if let Some(items) = list::block(bytes, run) {
            let raw = Raw { in_string: true, ..Raw::quoted(items, items.end, 0) };
            return Some(Field { items: true, ..settle(bytes, run, raw, class) });
        }
        let raw = after(bytes, run, class, strings)?;
        // A list of secrets is a short one; what a grammar calls its tokens is not.
        if class == Class::Weak && raw.span.len() > LONGEST_LIST {
            return None;
        }
        if let Some(bracket) = bracket_of_list(&bytes[raw.span.start..]) {
            let mut c = Cursor::new(bytes, raw.span.start + bracket);
            runs::structure(&mut c, true);
            let end = raw.span.end.max(c.at.min(bytes.len()));
            let span = if bracket > 0 { Span::new(raw.span.start, end) } else { raw.span };
            return Some(settle(bytes, run, Raw { span, end: raw.end.max(span.end), ..raw }, class));
        }
        let span = if raw.quoted { raw.span } else { list::row(bytes, raw.span) };
        Some(settle(bytes, run, Raw { span, end: raw.end.max(span.end), ..raw }, Class::Weak))
    }

    /// Gives the values that a sentence has behind a name, or behind its value, with what the name announces.
    pub(crate) fn follow(
        &self,
        bytes: &[u8],
        hit: usize,
        value: Option<Span>,
        sink: &mut dyn FnMut(Span, Class),
    ) {
        // Most names are refused by what stands behind them alone.
        let is_refused = || plain_end(bytes, hit).is_some_and(|end| !follow::begins(bytes, end));
        if value.is_none() && is_refused() {
            return;
        }
        let Some(run) = bare_name(bytes, hit) else { return };
        // What looked like its value may be a word that announces it.
        let from = value.filter(|value| !follow::announces(&bytes[value.range()])).map(|value| value.end);
        let from = from.unwrap_or_else(|| value.map_or(run.end, |value| value.start));
        // As a string of its own it is the value of some member, which has a value of its own.
        let is_quote = |b: Option<&u8>| b.is_some_and(|b| matches!(b, b'"' | b'\''));
        let behind = bytes[run.end..].iter().find(|b| **b != b'\\');
        let is_string = is_quote(bytes[..run.start].last()) && is_quote(behind);
        if (value.is_none() && is_string) || !follow::begins(bytes, from) {
            return;
        }
        let class = self.class_at(bytes, run).map(|class| phrase::class_of_words(bytes, run, class));
        let Some(class @ (Class::Key | Class::Password)) = class else { return };
        follow::follow(bytes, from, class, &mut |span| sink(span, class));
    }
}

/// Where the bracket of a list stands that begins here, perhaps behind the word of a type.
fn bracket_of_list(text: &[u8]) -> Option<usize> {
    const LONGEST_TYPE: usize = 64;
    let word =
        text.iter().take(LONGEST_TYPE).take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let at = if word > 0 && matches!(text.get(word), Some(b' ' | b'!')) { word + 1 } else { word };
    match text.get(at)? {
        b'[' | b'(' => Some(at),
        b'{' if at == 0 => Some(at),
        _ => None,
    }
}

/// A word of so many letters is no credential.
const LONGEST_WORD: usize = 12;

/// Narrows a value to what has to be hidden.
fn settle(bytes: &[u8], name: Span, raw: Raw, class: Class) -> Field {
    let mut span = raw.span;
    let mut end = raw.end;
    if let Some(held) = raw.numbers {
        let masked = held == Numbers::Stars;
        if masked || !numbers::is_secret(&bytes[span.range()], class) {
            span.end = span.start;
        }
        return Field { masked, end, numbers: true, ..Field::new(span, name, class) };
    }
    if let Some(word) = scheme(&bytes[span.range()]) {
        if raw.quoted {
            let gap = bytes[span.start + word..span.end].iter().take_while(|b| **b == b' ').count();
            span.start += if gap > 0 && word + gap < span.len() { word + gap } else { 0 };
        } else if word == span.len() {
            if let Some(next) = next_word(bytes, span.end) {
                (span, end) = (next, next.end);
            }
        } else if raw.encoded > 0 || matches!(bytes[span.start + word], b'+' | b'%') {
            let blank = &bytes[span.start + word..span.end];
            let nested = blank.iter().take(1).filter(|b| **b == b'+').count();
            let escape = sign(&Cursor::new(bytes, span.start + word));
            let gap = if nested > 0 {
                1
            } else if escape.0 == b' ' {
                escape.1
            } else {
                0
            };
            span.start += if gap > 0 && word + gap < span.len() { word + gap } else { 0 };
        }
    }
    let value = &bytes[span.range()];
    let wrap = raw.wrap.filter(|_| !raw.quoted);
    let is_bare = |depth| matches!(value, b"true" | b"false") || is_bare_structure(value, depth);
    let masked = text::is_mask(value) || wrap.is_some_and(|(_, depth)| is_bare(depth));
    // `authorization: denied`
    let is_word = class == Class::Header && !raw.quoted && span.start == raw.span.start;
    let is_word = is_word && value.len() <= LONGEST_WORD && value.iter().all(u8::is_ascii_lowercase);
    if masked
        || is_word
        || !is_secret(value, class, raw.quoted)
        || others::is_other(&bytes[name.range()], value)
    {
        span.end = span.start;
    }
    Field { masked, end, in_string: raw.in_string, wrap, ..Field::new(span, name, class) }
}

/// Whether nothing is left to hide in a structure of JSON: it is empty, or masked already.
fn is_bare_structure(value: &[u8], depth: usize) -> bool {
    let is_closed = matches!(value, [b'{', .., b'}'] | [b'[', .., b']']);
    let mut hides = false;
    let mut look = |part, span: Span| {
        let text = &value[span.range()];
        hides |= (part == Part::Number && text != NUMBER_MASK)
            || (part == Part::Text && !text.is_empty() && !text::is_mask(text));
    };
    is_closed && parts(value, depth, &mut look) && !hides
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use super::*;

    fn fields() -> Fields {
        Fields::new([
            ("token", Class::Key),
            ("secret_key", Class::Key),
            ("password", Class::Password),
            ("license", Class::License),
            ("authorization", Class::Header),
            ("cookie", Class::Cookie),
            ("remote_id", Class::Keep),
        ])
    }

    /// The value of the first field in the text.
    fn hidden(text: &str) -> Option<&str> {
        let f = fields();
        let field =
            (0..text.len()).find_map(|at| f.at(text.as_bytes(), at, &mut Strings::new(text.as_bytes())))?;
        (!field.span.is_empty()).then(|| text.get(field.span.range()).unwrap())
    }

    #[test]
    fn values_are_found_in_the_forms_of_logs() {
        for text in [
            "token=KEY0",
            "token=KEY0 user=bob",
            "a.b.sEcReT-kEy=KEY0",
            "token: KEY0, device_id: d",
            "secretKey=>KEY0",
            "\"token\":\"KEY0\"",
            "{\\\"token\\\":\\\"KEY0\\\"}",
            "Some(X { token: Some(\"KEY0\") })",
            "X {\n    token: Some(\n        \"KEY0\",\n    ),\n}",
            "\x1b[3mtoken\x1b[0m\x1b[2m=\x1b[0mKEY0",
            "GET /x?token=KEY0&x=1",
            "token%3DKEY0%26x=1",
            "%22token%22%3A%22KEY0%22%7D",
            "token%253DKEY0%2526x",
            "authorization: Basic KEY0",
            "authorization=Bearer KEY0 user=bob",
            "\"authorization\": \"Bearer KEY0\"",
            "(\"authorization\", \"KEY0\")",
            "--password KEY0 x",
            "WITH PASSWORD 'KEY0' VALID",
            "token=\\u0022KEY0\\u0022",
            "token\\u003dKEY0\\u0026x=1",
            "token:\n  'KEY0'",
        ] {
            let found = hidden(text).map(|v| v.trim_start_matches("\\u0022"));
            assert_eq!(found, Some("KEY0"), "{text:?}");
        }
    }

    #[test]
    fn structures_are_hidden_whole() {
        assert_eq!(hidden("token=[1, 2, 3] x"), Some("[1, 2, 3]"));
        assert_eq!(hidden("token: Token { a: \"x}\", b: 1 } x"), Some("Token { a: \"x}\", b: 1 }"));
        assert_eq!(hidden("cookie: a=b; c=d x"), Some("a=b; c=d"));
        assert_eq!(hidden("password=\"},x: 1\" y"), Some("},x: 1"));
        assert_eq!(hidden("password=\",x\" y"), Some(",x"));
        assert_eq!(hidden("password=\"]\" y"), Some("]"));
        assert_eq!(hidden("\"token\":12345,"), Some("12345"));
        assert_eq!(hidden("\"token\":\"cut off"), Some("cut off"));
    }

    #[test]
    fn what_is_no_value_stays() {
        for text in [
            "token_count=5",
            "max_tokens: 5",
            "tokenizer=x",
            "token= user=bob",
            "token=null",
            "token: None",
            "token::parse",
            "license: MIT",
            "license=Apache-2.0",
            "remote_id=KEY0",
            "invalid token: signature mismatch",
            "token=ab12****cd34",
            "token=\"\"",
            "bad token, sorry",
            "token",
            r#"{"message":"password=","code":17}"#,
            r#"{"fields":{"message":"got token="},"code":17}"#,
            r#"{"list":["password=",17,"token=",null]}"#,
            r#"{"message":"password="}"#,
            r#"{"token":"None"}"#,
            "INFO app::token: refreshed",
        ] {
            assert_eq!(hidden(text), None, "{text:?}");
        }
    }
}
