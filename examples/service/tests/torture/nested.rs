//! Secrets inside of values: Debug of structs and collections, in one line and over many.

use std::collections::{BTreeMap, HashMap};

use tracing::info;

use crate::{Case, Words};

#[allow(dead_code, reason = "what Debug prints of them is the test")]
#[derive(Debug)]
struct Config {
    device_id: String,
    secret_key: String,
    license: Option<String>,
    retries: u32,
}

#[allow(dead_code, reason = "as above")]
#[derive(Debug)]
struct Outer {
    name: &'static str,
    inner: Vec<Config>,
}

#[allow(dead_code, reason = "as above")]
#[derive(Debug)]
enum Login {
    Password { user: &'static str, password: String },
    Token { token: Token },
}

#[allow(dead_code, reason = "as above")]
#[derive(Debug)]
struct Token(String);

fn config(w: &Words) -> Config {
    let (device_id, license) = (w.device_id.clone(), Some(w.license.clone()));
    Config { device_id, secret_key: w.key.clone(), license, retries: 3 }
}

fn map(w: &Words) -> BTreeMap<&'static str, String> {
    BTreeMap::from([("device_id", w.device_id.clone()), ("token", w.key.clone()), ("zone", "eu".to_owned())])
}

pub(crate) const CASES: &[Case] = &[
    Case::new(
        "a struct as a field",
        |w| info!(config = ?config(w), "loaded"),
        &["loaded", "$device_id", "retries: 3"],
    ),
    Case::new(
        "a struct in the message",
        |w| info!("loaded {:?} at start", config(w)),
        &["loaded", "at start", "retries: 3"],
    ),
    Case::new(
        "a struct over many lines",
        |w| info!("loaded {:#?} at start", config(w)),
        &["loaded", "at start", "retries: 3"],
    ),
    Case::new(
        "a struct over many lines as a field",
        |w| info!(config = format_args!("{:#?}", config(w)), "loaded"),
        &["loaded", "retries: 3"],
    ),
    Case::new(
        "structs in a list in a struct",
        |w| info!(outer = ?Outer { name: "fleet", inner: vec![config(w), config(w)] }, "all"),
        &["fleet", "$device_id"],
    ),
    Case::new(
        "structs in a list in a struct over many lines",
        |w| info!("{:#?}", Outer { name: "fleet", inner: vec![config(w), config(w)] }),
        &["fleet", "$device_id"],
    ),
    Case::new(
        "a variant with names",
        |w| info!("{:?}", Login::Password { user: "bob", password: w.password.clone() }),
        &["bob"],
    ),
    Case::new(
        "a tuple struct under a name",
        |w| info!(login = ?Login::Token { token: Token(w.key.clone()) }, "in"),
        &["Token", "in"],
    ),
    Case::new(
        "a tuple struct under a name over many lines",
        |w| info!("{:#?} done", Login::Token { token: Token(w.key.clone()) }),
        &["Token", "done"],
    ),
    Case::new("Some of Some", |w| info!(token = ?Some(Some(&w.key)), "twice"), &["twice"]),
    Case::new("Ok", |w| info!(token = ?Ok::<_, ()>(&w.key), "fine"), &["fine"]),
    Case::new("a map", |w| info!(map = ?map(w), "m"), &["$device_id", "zone", "eu"]),
    Case::new("a map over many lines", |w| info!("{:#?}", map(w)), &["$device_id", "zone", "eu"]),
    Case::new(
        "a hash map of options",
        |w| info!(map = ?HashMap::from([("api", Some(("token", &w.key)))]), "m"),
        &["api"],
    ),
    Case::new(
        "pairs",
        |w| info!(headers = ?[("host", "a.example"), ("authorization", &format!("Bearer {}", w.key))], "sent"),
        &["host", "a.example", "Bearer"],
    ),
    Case::new("a list under a name", |w| info!(token = ?[&w.key, &w.sdk_key], "list"), &["list"]),
    Case::new(
        "a list under a name in text",
        |w| info!("tokens follow: token = [\n  \"{}\",\n  \"{}\"\n] end", w.key, w.sdk_key),
        &["tokens follow", "end"],
    ),
    Case::new(
        "bytes as a decimal list under a name",
        |w| info!(token = ?w.key.as_bytes(), "list"),
        &["list"],
    ),
    Case::new("Debug of Debug", |w| info!("{:?}", format!("{:?}", config(w))), &["$device_id"]),
];
