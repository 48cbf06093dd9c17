//! Kinds of text that have shown secrets where no other list has them: lists under a name in the plural,
//! sentences, the sides of an assertion, arguments, types around a value, keys that are cut off, values over
//! several lines, entities, JSON many times in itself, invisible signs, and a name apart from its value.

use std::fmt;

use tracing::{error, info};

use crate::sinks::Format;
use crate::{Case, Words};

/// Messages with these texts.
macro_rules! messages {
    ($($name:literal: $text:expr;)*) => {
        &[$(Case::new($name, |w| info!("{}", ($text as fn(&Words) -> String)(w)), &[])),*]
    };
}

/// What stands in so many strings of JSON.
fn nested(inner: String, times: usize) -> String {
    (0..times).fold(inner, |inner, _| serde_json::json!({ "a": inner }).to_string())
}

/// Wrapped after so many characters.
fn wrapped(text: &str, width: usize, by: &str) -> String {
    let parts: Vec<&str> =
        text.as_bytes().chunks(width).map(|c| std::str::from_utf8(c).expect("ASCII")).collect();
    parts.join(by)
}

/// A key of 128 characters.
fn long(w: &Words) -> String {
    format!("{}{}{}{}", w.key, w.device_key, w.key, w.device_key)
}

/// A PEM key without its last line.
fn cut_off(w: &Words) -> String {
    w.pem.lines().filter(|line| !line.starts_with("-----END")).collect::<Vec<_>>().join("\n")
}

/// An error with a cause.
#[derive(Debug)]
struct Outer(String, Option<Box<Outer>>);

impl fmt::Display for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Outer {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.1.as_deref().map(|inner| inner as _)
    }
}

fn chain(outer: &str, inner: String) -> Outer {
    Outer(outer.to_owned(), Some(Box::new(Outer(inner, None))))
}

pub(crate) const LISTS: &[Case] = messages! {
    "plural: Debug": |w| format!("secret_keys={:?}", [&w.key, &w.device_key]);
    "plural: passwords": |w| format!("passwords: [{:?}, {:?}] next=1", w.password, w.key);
    "plural: behind commas": |w| format!("tokens={},{} next=1", w.key, w.device_key);
    "plural: JSON": |w| format!("{{\"api_keys\": [\"{}\", \"{}\"], \"n\": 1}}", w.key, w.device_key);
    "plural: Some": |w| format!("secretKeys: Some([\"{}\", \"{}\"])", w.key, w.device_key);
    "plural: YAML": |w| format!("secret_keys:\n  - {}\n  - {}\nnext: 1", w.key, w.device_key);
    "plural: YAML in quotes": |w| format!("passwords:\n- \"{}\"\n- '{}'\nnext: 1", w.password, w.key);
    "plural: secrets": |w| format!("credentials=[\"{}\"] secrets=[\"{}\"]", w.key, w.device_key);
    "plural: a map": |w| format!("secret_keys = {{\"a\": \"{}\", \"b\": \"{}\"}}", w.key, w.device_key);
    "plural: a tuple": |w| format!("access_tokens=(\"{}\", \"{}\")", w.key, w.device_key);
    "plural: over lines": |w| format!("secret_keys: [\n    \"{}\",\n    \"{}\",\n]", w.key, w.device_key);
    "plural: one": |w| format!("private_keys={}", w.key);
    "plural: in JSON in JSON": |w| nested(format!("{{\"passwords\":[\"{}\"]}}", w.password), 1);
};

pub(crate) const SENTENCES: &[Case] = messages! {
    "sentence: from to": |w| format!("rotated secret_key from {} to {}", w.key, w.device_key);
    "sentence: a password": |w| format!("password changed from {} to {}", w.password, w.key);
    "sentence: an arrow": |w| format!("secret_key: {} -> {}", w.key, w.device_key);
    "sentence: old and new": |w| format!("secret_key changed: old={} new={}", w.key, w.device_key);
    "sentence: replaced by": |w| format!("secret_key {} replaced by {}", w.key, w.device_key);
    "sentence: was, is now": |w| format!("secret_key was {}, is now {}", w.key, w.device_key);
    "sentence: in quotes": |w| format!("secret_key changed from \"{}\" to \"{}\"", w.key, w.device_key);
    "sentence: before and after": |w| format!("api_key before: {}, after: {}", w.key, w.device_key);
    "sentence: not equal": |w| format!("secret_key {:?} != {:?}", w.key, w.device_key);
    "sentence: a big arrow": |w| format!("access_token {} => {}", w.key, w.device_key);
    "sentence: updated": |w| format!("updated client_secret to {} from {}.", w.key, w.device_key);
    "sentence: previous": |w| format!("secret_key rotated, previous value {}", w.key);
    "sentence: reset": |w| format!("password was reset to '{}'", w.password);
};

pub(crate) const ASSERTIONS: &[Case] = messages! {
    "assertion: left and right":
        |w| format!("assertion left == right failed: secret_key\n left: \"{}\"\n right: \"{}\"", w.key, w.device_key);
    "assertion: as Rust writes it":
        |w| format!("assertion `left == right` failed: password\n  left: {:?}\n right: {:?}", w.password, w.key);
    "assertion: expected and actual":
        |w| format!("AssertionError: secret_key\nExpected: {}\nActual: {}", w.key, w.device_key);
    "assertion: to be but was": |w| format!("expected secret_key to be '{}' but was '{}'", w.key, w.device_key);
    "assertion: got": |w| format!("api_key: expected {:?}, got {:?}", w.key, w.device_key);
    "assertion: mismatch": |w| format!("secret_key mismatch: {} vs {}", w.key, w.device_key);
    "assertion: in one line": |w| format!("secret_key: left: {:?}, right: {:?}", w.key, w.device_key);
    "assertion: wanted": |w| format!("client_secret differs: wanted {} received {}", w.key, w.device_key);
    "assertion: not equal": |w| format!("secret_key not equal: {:?} and {:?}", w.key, w.device_key);
    "assertion: provided": |w| format!("invalid api_key provided: {}", w.key);
    "assertion: a panic":
        |w| format!("called `Result::unwrap()` on an `Err` value: \"bad secret_key: invalid value: {}\"", w.key);
};

pub(crate) const ARGUMENTS: &[Case] = messages! {
    "argv: Debug": |w| format!("{:?}", ["run", "--password", &w.password]);
    "argv: Python": |w| format!("['run', '--password', '{}']", w.password);
    "argv: a key": |w| format!("{:?}", ["run", "--secret-key", &w.key]);
    "argv: JSON": |w| format!("[\"run\",\"--token\",\"{}\"]", w.key);
    "argv: in a string": |w| format!("{:?}", format!("{:?}", ["run", "--password", &w.password]));
    "argv: a Command": |w| format!("Command {{ program: \"x\", args: [\"x\", \"--db-password\", {:?}, \"y\"] }}", w.password);
    "argv: over lines": |w| format!("[\n    \"run\",\n    \"--password\",\n    {:?},\n]", w.password);
    "argv: one dash": |w| format!("{:?}", ["run", "-password", &w.password]);
    "argv: in JSON": |w| format!("{{\"argv\":[\"run\",\"--api-key\",\"{}\",\"--zone\",\"eu\"]}}", w.key);
    "argv: last of two": |w| format!("{:?}", ["--zone", "eu", "--client-secret", &w.key]);
    "argv: with =": |w| format!("{:?}", ["run".to_owned(), format!("--password={}", w.password)]);
};

pub(crate) const TYPES: &[Case] = messages! {
    "type: Password": |w| format!("Password({:?})", w.password);
    "type: Secret": |w| format!("Secret({:?})", w.key);
    "type: without quotes": |w| format!("Secret({})", w.key);
    "type: in a sentence": |w| format!("got Token({:?}) here", w.key);
    "type: two": |w| format!("ApiKey({:?}) Credential({:?})", w.key, w.device_key);
    "type: in Some": |w| format!("Some(Password({:?}))", w.password);
    "type: over lines": |w| format!("Password(\n    {:?},\n)", w.password);
    "type: in another": |w| format!("AccessToken(Inner({:?}))", w.key);
    "type: escaped": |w| format!("{:?}", format!("DbPassword({:?})", w.password));
    "type: under a name": |w| format!("Login {{ user: \"bob\", with: Password({:?}) }}", w.password);
    "type: in a list": |w| format!("[SecretKey({:?}), SecretKey({:?})]", w.key, w.device_key);
};

pub(crate) const CUT_OFF: &[Case] = messages! {
    "cut off: alone": cut_off;
    "cut off: in a sentence": |w| format!("read {}\nfrom disk", cut_off(w));
    "cut off: in JSON": |w| serde_json::json!({ "file": cut_off(w), "code": 17 }).to_string();
    "cut off: in Debug": |w| format!("{:?}", cut_off(w));
    "cut off: with returns": |w| cut_off(w).replace('\n', "\r\n");
    "cut off: indented": |w| cut_off(w).replace('\n', "\n    ");
    "cut off: under a name": |w| format!("private_key: {}", cut_off(w));
    "cut off: behind a time": |w| cut_off(w).replace('\n', "\n2027-01-15T08:00:00Z INFO ");
    "cut off: quoted": |w| format!("> {}", cut_off(w).replace('\n', "\n> "));
    "cut off: in JSON in JSON": |w| nested(serde_json::json!({ "file": cut_off(w) }).to_string(), 1);
};

pub(crate) const WRAPPED: &[Case] = messages! {
    "wrapped: below the name": |w| format!("token:\n{}", wrapped(&long(w), 76, "\n"));
    "wrapped: behind the name": |w| format!("token: {}", wrapped(&long(w), 76, "\n"));
    "wrapped: with returns": |w| format!("secret_key={}", wrapped(&long(w), 64, "\r\n"));
    "wrapped: softly": |w| format!("token={}", wrapped(&long(w), 70, "=\n"));
    "wrapped: softly, short": |w| format!("secret_key={}", wrapped(&w.key, 20, "=\n"));
    "wrapped: softly with returns": |w| format!("secret_key={}", wrapped(&long(w), 76, "=\r\n"));
    "wrapped: by a backslash": |w| format!("secret_key={}", wrapped(&w.key, 20, "\\\n"));
    "wrapped: by a backslash in quotes": |w| format!("secret_key=\"{}\"", wrapped(&w.key, 20, "\\\n"));
    "wrapped: indented": |w| format!("secret_key: {}", wrapped(&long(w), 76, "\n "));
    "wrapped: far in": |w| format!("access_token: {}", wrapped(&long(w), 64, "\n        "));
};

pub(crate) const ENTITIES: &[Case] = messages! {
    "entities: an element": |w| format!("&lt;secret_key&gt;{}&lt;/secret_key&gt;", w.key);
    "entities: a password": |w| format!("&lt;password&gt;{}&lt;/password&gt;", w.password);
    "entities: decimal": |w| format!("secret_key&#61;{}", w.key);
    "entities: hex": |w| format!("secret_key&#x3D;{} end", w.key);
    "entities: small hex": |w| format!("secret_key&#x3d;{} end", w.key);
    "entities: by name": |w| format!("secret_key&equals;{}", w.key);
    "entities: a colon": |w| format!("secret_key&#58; {}", w.key);
    "entities: a colon by name": |w| format!("secret_key&colon; {}", w.key);
    "entities: JSON": |w| format!("{{&quot;secret_key&quot;:&quot;{}&quot;}}", w.key);
    "entities: JSON, decimal": |w| format!("{{&#34;password&#34;:&#34;{}&#34;}}", w.password);
    "entities: escaped twice": |w| format!("&amp;lt;secret_key&amp;gt;{}&amp;lt;/secret_key&amp;gt;", w.key);
    "entities: a query": |w| format!("?a=1&amp;secret_key={}&amp;b=2", w.key);
};

pub(crate) const NESTED: &[Case] = messages! {
    "nested: once": |w| nested(format!("{{\"secret_key\":\"{}\"}}", w.key), 1);
    "nested: twice": |w| nested(format!("{{\"password\":\"{}\"}}", w.password), 2);
    "nested: 3 times": |w| nested(format!("{{\"secret_key\":\"{}\"}}", w.key), 3);
    "nested: 4 times": |w| nested(format!("{{\"password\":\"{}\"}}", w.password), 4);
    "nested: 5 times": |w| nested(format!("{{\"secret_key\":\"{}\"}}", w.key), 5);
    "nested: 6 times": |w| nested(format!("{{\"password\":\"{}\"}}", w.password), 6);
    "nested: 7 times": |w| nested(format!("{{\"secret_key\":\"{}\"}}", w.key), 7);
    "nested: a list": |w| nested(format!("{{\"password\":[\"{}\"]}}", w.password), 5);
    "nested: logfmt": |w| nested(format!("login secret_key={} ok", w.key), 7);
};

pub(crate) const INVISIBLE: &[Case] = messages! {
    "invisible: override": |w| format!("secret\u{202e}_key={} 17", w.key);
    "invisible: word joiner": |w| format!("secret\u{2060}_key={} 17", w.key);
    "invisible: byte order mark": |w| format!("secret\u{feff}_key={} 17", w.key);
    "invisible: zero-width space": |w| format!("secret\u{200b}_key={} 17", w.key);
    "invisible: soft hyphen": |w| format!("secret\u{ad}_key={} 17", w.key);
    "invisible: joiner": |w| format!("secret\u{200d}_key={} 17", w.key);
    "invisible: isolate": |w| format!("secret\u{2066}_key={} 17", w.key);
    "invisible: in a password": |w| format!("pass\u{200b}word={} 17", w.password);
    "invisible: override in a password": |w| format!("pass\u{202e}word={} 17", w.password);
    "invisible: mark in a password": |w| format!("pass\u{feff}word={} 17", w.password);
    "invisible: hyphen in a password": |w| format!("pass\u{ad}word={} 17", w.password);
    "invisible: in JSON": |w| format!("{{\"pass\u{2060}word\":\"{}\"}}", w.password);
    "invisible: separator": |w| format!("api\u{2063}_key={} 17", w.key);
};

pub(crate) const APART: &[Case] = &[
    Case::new("apart: is", |w| info!(value = w.key, "secret_key is"), &[]),
    Case::new("apart: a colon", |w| info!(value = w.key, "the secret_key:"), &[]),
    Case::new("apart: val", |w| info!(val = w.key, "api_key was"), &[]),
    Case::new("apart: old and new", |w| info!(old = w.key, new = w.device_key, "secret_key rotated"), &[]),
    Case::new("apart: from and to", |w| info!(from = w.key, to = w.device_key, "secret_key changed"), &[]),
    Case::new(
        "apart: expected",
        |w| info!(expected = w.key, actual = w.device_key, "secret_key mismatch"),
        &[],
    ),
    Case::new("apart: Debug", |w| info!(value = ?w.key, "invalid secret_key"), &[]),
    Case::new("apart: got", |w| info!(got = %w.key, "bad client_secret"), &[]),
    Case::new("apart: raw", |w| info!(raw = w.key, "access_token received"), &[]),
    Case::new(
        "apart: a cause",
        |w| error!(error = &chain("invalid secret_key", w.key.clone()) as &dyn std::error::Error, "failed"),
        &["failed"],
    )
    .unseen(&[Format::Json]),
    Case::new(
        "apart: a cause that says so",
        |w| {
            let error = chain("bad api_key", format!("invalid value: {}", w.key));
            error!(error = &error as &dyn std::error::Error, "failed");
        },
        &["failed"],
    )
    .unseen(&[Format::Json]),
    Case::new(
        "apart: a cause in quotes",
        |w| {
            let error = chain("parsing secret_key failed", format!("unexpected {:?}", w.key));
            error!(error = &error as &dyn std::error::Error, "failed");
        },
        &["failed"],
    )
    .unseen(&[Format::Json]),
    Case::new("apart: caused by", |w| info!("invalid secret_key\n\nCaused by:\n    0: {}", w.key), &[]),
];
