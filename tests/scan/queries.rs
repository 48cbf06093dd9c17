//! JSON in the parameters of queries and forms, encoded once or twice, with blanks as `%20` or `+`: the value
//! under a secret's name is masked, and what is decoded is the same document otherwise.

use crate::support;

use scrubjay::scrub::{Masker, Scratch};
use serde_json::Value;
use support::template::expand;

/// Documents with one secret each.
const DOCUMENTS: [&str; 5] = [
    r#"{"a": 1, "NAME": "{alnum:32}", "b": 2}"#,
    r#"{"NAME":"{alnum:32}"}"#,
    "{\n  \"a\": [1, 2],\n  \"NAME\":\n    \"{alnum:32}\"\n}",
    r#"{"x": {"NAME" : "{alnum:32}"}, "b": "c d"}"#,
    r#"[{"n": null, "NAME": "{alnum:32}"}, "and more"]"#,
];

const NAMES: [&str; 5] = ["secret", "password", "secret_key", "token", "dbPassword"];

fn encoded(text: &str, is_form: bool) -> String {
    let one = |b: u8| match b {
        b' ' if is_form => "+".to_owned(),
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(b).to_string(),
        _ => format!("%{b:02X}"),
    };
    text.bytes().map(one).collect()
}

fn decoded(text: &str, is_form: bool) -> String {
    let (mut out, mut at, bytes) = (Vec::new(), 0, text.as_bytes());
    while at < bytes.len() {
        let pair = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match (bytes[at], pair.and_then(|pair| u8::from_str_radix(pair, 16).ok())) {
            (b'%', Some(byte)) => (out.push(byte), at += 3),
            (b'+', _) if is_form => (out.push(b' '), at += 1),
            (byte, _) => (out.push(byte), at += 1),
        };
    }
    String::from_utf8(out).expect("text")
}

#[test]
fn documents_in_parameters_stay_documents() {
    let masker = Masker::default();
    for (number, template) in DOCUMENTS.iter().enumerate() {
        for name in NAMES {
            let filled = expand(&template.replace("NAME", name), &format!("{number} {name}"));
            let text = std::str::from_utf8(&filled.bytes).expect("text");
            for (times, is_form) in [(1, false), (1, true), (2, false), (2, true)] {
                let inner = (0..times).fold(text.to_owned(), |text, _| encoded(&text, is_form));
                let line = format!("GET /x?q={inner}&page=2 HTTP/1.1");
                let mut out = Vec::new();
                masker.mask(line.as_bytes(), &mut Scratch::default(), &mut out);
                let out = String::from_utf8(out).expect("text");
                let query = out.strip_prefix("GET /x?q=").and_then(|o| o.strip_suffix("&page=2 HTTP/1.1"));
                let query = query.unwrap_or_else(|| panic!("what is around stays: {out}"));
                let said = (0..times).fold(query.to_owned(), |text, _| decoded(&text, is_form));
                assert!(
                    filled.secrets.iter().all(|secret| secret.shown_in(said.as_bytes()).is_none()),
                    "{out}"
                );
                let document: Value = serde_json::from_str(&said).unwrap_or_else(|e| panic!("{e}: {out}"));
                let mut before: Value = serde_json::from_str(text).expect("a document");
                put_masks(&mut before, &document);
                assert_eq!(document, before, "{out}");
            }
        }
    }
}

/// Puts what is a mask into the place where it stands.
fn put_masks(before: &mut Value, after: &Value) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            after.iter().for_each(|(name, value)| put_masks(&mut before[name], value));
        }
        (Value::Array(before), Value::Array(after)) => {
            before.iter_mut().zip(after).for_each(|(before, after)| put_masks(before, after));
        }
        (before, Value::String(mask)) if mask.contains("****") => *before = mask.as_str().into(),
        _ => {}
    }
}

#[test]
fn structures_in_parameters_are_hidden_whole() {
    let masker = Masker::default();
    let filled =
        expand("{\"password\" : {\"k\": \"{alnum:24}\", \"l\": [1, {\"m\": \"x\"}]}, \"b\": 1}", "whole");
    let text = std::str::from_utf8(&filled.bytes).expect("text");
    for is_form in [false, true] {
        let line = format!("q={}&x=1", encoded(text, is_form));
        let mut out = Vec::new();
        masker.mask(line.as_bytes(), &mut Scratch::default(), &mut out);
        let out = decoded(&String::from_utf8(out).expect("text"), is_form);
        assert_eq!(out, "q={\"password\" : \"****\", \"b\": 1}&x=1");
    }
}
