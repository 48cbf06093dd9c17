//! Names and values in pairs without a separator of their own, and in the pairs of languages that few logs
//! have: tuples of byte strings, flat lists of headers, symbols, arrows.

use crate::support;

use std::sync::{Arc, LazyLock};

use scrubjay::scrub::Masker;
use support::prng::Prng;
use support::scrubbing;

/// `{V}` and `{W}` are values of the names before them, `{H}` that of a harmless one.
const SHAPES: &[&str] = &[
    "(b'authorization', b'Bearer {V}')",
    "headers=[(b'host', b'{H}'), (b'authorization', b'Bearer {V}'), (b'x-api-key', b'{W}')]",
    r#"[[b"accept", b"{H}"], [b"authorization", b"{V}"]]"#,
    "(u'password', u'{V}')",
    "rawHeaders: [ 'Host', '{H}', 'Authorization', 'Bearer {V}', 'X-Api-Key', '{W}' ]",
    r#"{"rawHeaders":["Host","{H}","Authorization","Bearer {V}","X-Api-Key","{W}"]}"#,
    r#"{"request":{"raw_headers":["Authorization","{V}","Host","{H}","X-Auth-Token","{W}"]}}"#,
    "rawHeaders: [\n    'Host',\n    '{H}',\n    'Authorization',\n    'Bearer {V}',\n    'X-Api-Key',\n    '{W}'\n  ]",
    "[ 'Host', '{H}', 'Authorization', '{V}' ]",
    r#"{:name=>"password", :value=>"{V}"}"#,
    r#"{:name=>"region", :value=>"{H}"}, {:key=>"api_key", :type=>:text, :value=>"{V}"}"#,
    r#"{:value=>"{V}", :name=>"password"}"#,
    r#"{:password=>"{V}", :region=>"{H}"}"#,
    "password -> {V}",
    "Map(password -> {V}, region -> {H})",
    r#"api_key -> "{V}""#,
    "api_key => {V}",
    "[:authority: {H}] [authorization: {V}]",
    "* [HTTP/2] [1] [:path: /{H}]\n* [HTTP/2] [1] [authorization: Bearer {V}]\n",
    "> GET /{H} HTTP/2\n> Authorization: Bearer {V}\n> X-Api-Key: {W}\n",
    r#"{<<"password">>,<<"{V}">>}"#,
    r#"[{<<"region">>, <<"{H}">>}, {<<"authorization">>, <<"Bearer {V}">>}]"#,
    r#"{"password", "{V}"}"#,
    "[\"password\"]=>\n  string(20) \"{V}\"\n",
];

/// What is none of that, and stays.
const HARMLESS: &[&str] = &[
    "columns: ['id', 'name', 'password', '{H}']",
    "fields = [\"user\", \"{H}\", \"token\", \"{H}\"]",
    "{\"password\", \"{H}\", \"region\"}",
    "fn password() -> {H}",
    "rawHeaders: [ 'Vary', 'Authorization', 'X-Note', '{H}' ]",
    "this->password->{H}",
];

static MASKER: LazyLock<Arc<Masker>> = LazyLock::new(Arc::default);

fn masked(text: &str) -> String {
    scrubbing::masked(&MASKER, text)
}

fn streamed(text: &str) -> String {
    scrubbing::by_lines(&MASKER, text, false)
}

/// A shape by itself, within a line, and as a string of JSON.
fn ways(shape: &str) -> Vec<String> {
    let escaped = serde_json::Value::from(shape).to_string();
    vec![shape.to_owned(), format!("INFO got {shape} done"), format!("{{\"log\":{escaped},\"n\":1}}")]
}

#[test]
fn both_values_are_hidden_and_the_rest_stays() {
    let mut random = Prng::new(41);
    for shape in SHAPES {
        for (way, text) in ways(shape).into_iter().enumerate() {
            let [v, w, h] = [20, 20, 15].map(|n| random.alnum(n));
            let text = text.replace("{V}", &v).replace("{W}", &w).replace("{H}", &h);
            let out = masked(&text);
            assert!(!out.contains(&v) && !out.contains(&w), "{text}\n{out}");
            assert_eq!(out.contains(&h), text.contains(&h), "{text}\n{out}");
            assert_eq!(masked(&out), out, "{text}");
            assert_eq!(streamed(&text), out, "{text}");
            if way == 2 {
                assert!(serde_json::from_str::<serde_json::Value>(&out).is_ok(), "{out}");
            }
        }
    }
}

#[test]
fn lists_of_names_and_arrows_of_code_stay() {
    let mut random = Prng::new(42);
    for shape in HARMLESS {
        for text in ways(shape) {
            let text = text.replace("{H}", &random.chars(9, b"abcdefghijklmnop"));
            assert_eq!(masked(&text), text);
        }
    }
}

#[test]
fn lists_of_many_names_cost_no_more_than_their_length() {
    for part in
        ["'Authorization', ", "(b'password', ", "[\"Cookie\",", "{<<\"password\">>,", "['a','Cookie',"]
    {
        let text = format!("rawHeaders: [{}", part.repeat(16 * 1024));
        let out = masked(&text);
        assert_eq!(masked(&out).len(), out.len(), "{part}");
    }
}
