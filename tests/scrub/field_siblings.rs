//! Name and value as siblings of one object: in the shapes of the tools that write them so, in either
//! order, on one line or on several, as JSON in JSON; and never the value of another object.

use crate::support;

use std::sync::{Arc, LazyLock};

use scrubjay::scrub::Masker;
use support::prng::Prng;
use support::scrubbing;

/// What tools write. `{N}` is a name and `{V}` its value, `{P}` a name that is none and `{H}` its value.
const SHAPES: &[&str] = &[
    r#"{"headers":[{"name":"{P}","value":"{H}"},{"name":"{N}","value":"{V}"},{"name":"{P}","value":"{H}"}]}"#,
    r#"{"request":{"cookies":[{"name":"{N}","value":"{V}","path":"/","httpOnly":true,"expires":null}],"queryString":[{"name":"{P}","value":"{H}"}]}}"#,
    r#"{"variable":[{"key":"{P}","value":"{H}","type":"default","enabled":true},{"key":"{N}","type":"secret","enabled":true,"value":"{V}"}]}"#,
    r#"{"attributes":[{"key":"{P}","value":{"stringValue":"{H}"}},{"key":"{N}","value":{"stringValue":"{V}"}},{"key":"{P}","value":{"intValue":"17"}}]}"#,
    r#"{"env":[{"name":"{P}","value":"{H}"},{"name":"{N}","description":"a, \"b\" {c}","value":"{V}"}]}"#,
    r#"{"value":"{V}","name":"{N}"}"#,
    r#"[{"value":"{H}","key":"{P}"},{"value":{"stringValue":"{V}"},"key":"{N}"},{"value":"{H}","key":"{P}"}]"#,
    r#"[{"type":"text","tags":["a","b"],"value":"{V}","meta":{"x":[1,{"y":2}]},"key":"{N}"}]"#,
    "{'name': '{N}', 'value': '{V}'}",
    "{ name: '{N}', value: '{V}' }",
    r#"{"name"=>"{N}", "value"=>"{V}"}"#,
    r#"Header { name: "{N}", value: "{V}" }"#,
    r#"KeyValue { key: Static("{N}"), value: String("{V}") }"#,
    "[{Name:{P} Value:{H}} {Name:{N} Value:{V}} {Name:{P} Value:{H}}]",
    r#"level=info msg="set header" name={N} value={V} took=3ms"#,
    r#"<add key="{N}" value="{V}"/><add key="{P}" value="{H}"/>"#,
    r#"<property value="{V}" name="{N}"/>"#,
    r#"<entry key="{P}">{H}</entry><entry key="{N}">{V}</entry>"#,
    r#"<c><x>{H}</x><{N}>{V}</{N}><x>{H}</x></c>"#,
    r#"<ns:{N} type="text">{V}</ns:{N}>"#,
    "<{N}><![CDATA[{V}]]></{N}>",
    "<dict><key>{P}</key><string>{H}</string><key>{N}</key><string>{V}</string></dict>",
    r#"{"ParameterKey":"{N}","ParameterValue":"{V}"}"#,
    r#"{"headerName":"{N}","headerValue":"{V}"}"#,
    "env:\n  - name: {P}\n    value: {H}\n  - name: {N}\n    value: {V}\n  - name: {P}\n    value: {H}\n",
    "env:\n- name: {N}\n  value: \"{V}\"\n- name: {P}\n  value: {H}\n",
    "env:\n  - value: {V}\n    name: {N}\n  - value: {H}\n    name: {P}\n",
    "- name: \"{N}\"  # from the vault\n  # a remark\n  type: text\n  value: '{V}'\n",
    "- key: {N}\n  value: >-\n    {V}\n- key: {P}\n  value: {H}\n",
];

/// The same where the value belongs to another name.
const OTHERS: &[&str] = &[
    r#"[{"name":"{N}"},{"name":"{P}","value":"{H}"}]"#,
    r#"[{"name":"{P}","value":"{H}"},{"name":"{N}"}]"#,
    r#"{"a":{"name":"{N}"},"value":"{H}"}"#,
    r#"{"value":"{H}","list":[{"name":"{N}","type":"x"}]}"#,
    r#"{"name":"{N}","valueFrom":{"secretKeyRef":{"name":"{H}","key":"{P}"}}}"#,
    r#"{"name":"{N} of the user","value":"{H}"}"#,
    r#"{"title":"{N}","value":"{H}"}"#,
    r#"{"name":"{N}","ok":true} {"value":"{H}"}"#,
    r#"<add key="{N}"/><add key="{P}" value="{H}"/>"#,
    "- name: {N}\n- name: {P}\n  value: {H}\n",
    "- name: {P}\n  value: {H}\n- name: {N}\n",
    "- name: {N}\n  valueFrom:\n    secretKeyRef:\n      value: {H}\n",
    "steps:\n  - name: {N}\nvalue: {H}\n",
    "INFO name={N}\nINFO value={H}\n",
    "[{Name:{N}} {Name:{P} Value:{H}}]",
    r#"<entry key="{N}"/><entry key="{P}">{H}</entry>"#,
    "<{N}/><x>{H}</x>",
    "<{N}></{N}><x>{H}</x>",
    "<key>{N}</key><key>{P}</key><string>{H}</string>",
    "a <{N}> {H}",
    "fn f(a: Vec<{N}>, b: {H}) -> Option<T>",
];

const NAMES: &[&str] = &["Authorization", "password", "DB_PASSWORD", "X-Internal-Key", "userToken", "token"];

fn filled(shape: &str, name: &str, value: &str, other: &str) -> String {
    let shape = shape.replace("{N}", name).replace("{V}", value);
    shape.replace("{P}", "region").replace("{H}", other)
}

/// Every object and list of a JSON text on lines of its own.
fn pretty(text: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    serde_json::to_string_pretty(&value).ok()
}

/// All ways in which a shape may come.
fn ways(shape: &str) -> Vec<String> {
    let mut all = vec![shape.to_owned(), format!("2026-01-02T03:04:05Z INFO got {shape} done")];
    let escaped = |text: &str| format!("{{\"log\":{},\"n\":1}}", serde_json::Value::from(text));
    all.extend(pretty(shape));
    all.push(escaped(shape));
    all.push(escaped(&escaped(shape)));
    all.extend(pretty(shape).map(|text| escaped(&text)));
    if shape.contains('\n') {
        all.remove(1);
        all.truncate(1);
    }
    all
}

static MASKER: LazyLock<Arc<Masker>> = LazyLock::new(Arc::default);

fn masked(text: &str) -> String {
    scrubbing::masked(&MASKER, text)
}

fn streamed(text: &str, ahead: bool) -> String {
    scrubbing::by_lines(&MASKER, text, ahead)
}

#[test]
fn the_value_of_a_sibling_is_hidden_and_nothing_else() {
    let mut random = Prng::new(6);
    for shape in SHAPES {
        for name in NAMES {
            for text in ways(shape) {
                let (value, other) = (random.alnum(20), random.alnum(15));
                let text = filled(&text, name, &value, &other);
                let out = masked(&text);
                let mask = format!("{}****{}", &value[..2], &value[18..]);
                let expected = [text.replace(&value, &mask), text.replace(&value, "****")];
                assert!(expected.contains(&out), "{text}\n{out}");
                assert_eq!(masked(&out), out, "{text}");
                let is_first = text.find(name) < text.find(&value);
                assert_eq!(streamed(&text, true), out);
                if is_first || !text.contains('\n') {
                    assert_eq!(streamed(&text, false), out);
                }
            }
        }
    }
}

#[test]
fn the_value_of_another_object_stays() {
    let mut random = Prng::new(7);
    for shape in OTHERS {
        for name in NAMES {
            for text in ways(shape) {
                let text = filled(&text, name, "", &random.alnum(15));
                assert_eq!(masked(&text), text);
            }
        }
    }
}

#[test]
fn numbers_and_words_are_hidden_as_json() {
    for (text, expected) in [
        (r#"{"name":"password","value":12345}"#, r#"{"name":"password","value":"****"}"#),
        (r#"{"value":12345,"name":"password"}"#, r#"{"value":"****","name":"password"}"#),
        (r#"{"key":"otp","value":{"intValue":"123456"}}"#, r#"{"key":"otp","value":{"intValue":"****"}}"#),
        (r#"{"key":"otp","value":{"intValue":123456}}"#, r#"{"key":"otp","value":{"intValue":"****"}}"#),
        (r#"{"name":"token","value":"none of this"}"#, r#"{"name":"token","value":"none of this"}"#),
        (r#"{"name":"password","value":null}"#, r#"{"name":"password","value":null}"#),
        (
            r#"{"name":"Authorization","value":"Basic abcd"}"#,
            r#"{"name":"Authorization","value":"Basic ****"}"#,
        ),
    ] {
        assert_eq!(masked(text), expected);
    }
}

#[test]
fn hostile_objects_cost_no_more_than_their_length() {
    // Many names without a value in one object, and many openings: each look is bounded.
    for part in [
        "{\"name\":\"password\",",
        "\"name\":\"password\" ",
        "<password>",
        "- name: password\n",
        "{[(\"key\":\"token\",",
    ] {
        let text = part.repeat(4_000);
        assert_eq!(masked(&text).len(), masked(&masked(&text)).len(), "{part}");
    }
}

/// A member whose value is no secret, of any form.
fn harmless_member(random: &mut Prng, depth: usize) -> String {
    let name = *random.pick(&["ok", "n", "h", "list", "url"]);
    let value = match random.below(if depth == 0 { 4 } else { 6 }) {
        0 => "true".to_owned(),
        1 => random.below(100_000).to_string(),
        2 => "\"x\"".to_owned(),
        3 => r#""C:\\Users\\x""#.to_owned(),
        4 => format!("{{{}}}", harmless_member(random, depth - 1)),
        _ => format!("[\"y\",{{{}}}]", harmless_member(random, depth - 1)),
    };
    format!("\"{name}\":{value}")
}

#[test]
fn a_pair_of_siblings_takes_nothing_from_the_fields_around() {
    const PAIRED: &[&str] =
        &["tirtc_secret_key", "cookie", "password", "token", "device_id", "region", "license"];
    const OWN: &[&str] = &["device_secret_key", "X-Api-Key", "password", "client_secret", "userToken"];
    let mut random = Prng::new(8);
    for round in 0..1_500 {
        let mut secrets = Vec::new();
        let mut members = Vec::new();
        for _ in 0..1 + random.below(3) {
            let length = *random.pick(&[8, 32]);
            let secret = random.alnum(length);
            let own = format!("\"{}\":\"{secret}\"", random.pick(OWN));
            let more = harmless_member(&mut random, 2);
            members.push(match random.below(4) {
                0 => format!("\"ts\":{{{own},{more}}}"),
                1 => format!("\"host\":[{{\"in\":{{{more},{own}}}}},\"x\"]"),
                _ => own,
            });
            members.push(more);
            secrets.push(secret);
        }
        let at = random.below(members.len() + 1);
        let value = match random.below(5) {
            0 => r#""C:\\Users\\x""#.to_owned(),
            1 => random.below(1_000).to_string(),
            2 => r#"{"stringValue":"x"}"#.to_owned(),
            3 => serde_json::Value::from(r#"{"api_key": "abc", "secret": 0, "items": "[1, 2]"}"#).to_string(),
            _ => format!("\"{}\"", random.alnum(300)),
        };
        members.insert(at, format!("\"{}\":{value}", random.pick(&["value", "val"])));
        let at = random.below(members.len() + 1);
        members
            .insert(at, format!("\"{}\":\"{}\"", random.pick(&["name", "key", "id"]), random.pick(PAIRED)));
        let text = format!("{{{}}}", members.join(","));
        for text in [text.clone(), pretty(&text).unwrap_or_default()] {
            let (whole, lines) = (masked(&text), streamed(&text, false));
            for secret in &secrets {
                assert!(!whole.contains(secret), "{round}\n{text}\n{whole}");
                assert!(!lines.contains(secret), "{round}\n{text}\n{lines}");
            }
        }
    }
}

#[test]
fn names_in_key_elements_are_names() {
    let mut random = Prng::new(9);
    for name in ["Tirtc-Secret-Key", "tirtc_secret_key", "Device-Secret-Key", "X-Api-Key", "SecretKey"] {
        for (before, after) in
            [("", ""), ("<dict>", "</dict>"), ("<dict>\n\t<key>A</key><true/>\n\t", "\n</dict>\n")]
        {
            for gap in ["", "\n\t"] {
                let value = random.alnum(24);
                let text = format!("{before}<key>{name}</key>{gap}<string>{value}</string>{after}");
                let expected = [2, 4].map(|shown| {
                    text.replace(&value, &format!("{}****{}", &value[..shown], &value[24 - shown..]))
                });
                let out = masked(&text);
                assert!(expected.contains(&out), "{text}\n{out}");
            }
        }
    }
    for name in ["Public-Key-Id", "Public_Key_Id", "CFBundleVersion", "NSAllowsArbitraryLoads"] {
        for after in ["", "<string>x</string>", "\n<true/>", "<integer>7</integer>"] {
            let text = format!("<dict><key>{name}</key>{after}</dict>");
            assert_eq!(masked(&text), text);
        }
    }
    // A key of its own is none of them.
    let value = random.alnum(32);
    let text = format!("<server><key>{value}</key></server>");
    assert!(!masked(&text).contains(&value), "{text}");
}

#[test]
fn a_number_before_a_quoted_value_is_part_of_it() {
    let mut random = Prng::new(10);
    for name in ["tirtc_secret_key", "password", "device_secret", "X-Api-Key"] {
        for number in ["#011", "0 ", "0", "17\t", "#011#011", "# 9 "] {
            for length in [9, 16, 40] {
                let value = random.alnum(length);
                let text = format!("{{\"a\":1,\"{name}\":{number}\"{value}\",\"b\":2}}");
                for text in [text.clone(), serde_json::Value::from(text).to_string()] {
                    let out = masked(&text);
                    assert!(!out.contains(&value), "{text}\n{out}");
                    assert_eq!(masked(&out), out);
                }
            }
        }
    }
    // The next member stays.
    let text = r#"{"password":17,"n":"x"}"#;
    assert_eq!(masked(text), r#"{"password":"****","n":"x"}"#);
}
