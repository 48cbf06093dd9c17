//! What masks bytes: everything that is reported is removed, fields of logs besides, and the rest
//! stays as it is.

use crate::support;

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use scrubjay::detect::Detector;
use scrubjay::rule;
use scrubjay::scrub::{Hit, Masker, Policy, Scratch, Style};
use scrubjay::secret::Secret;
use support::prng::Prng;
use support::{NOW, cases, tokens};

fn mask_with(masker: &Masker, text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    match masker.mask(text, &mut Scratch::default(), &mut out) {
        0 => text.to_vec(),
        _ => out,
    }
}

fn mask(text: &str) -> String {
    let masked = mask_with(&Masker::default(), text.as_bytes());
    String::from_utf8(masked).expect("text stays text")
}

fn key() -> String {
    Prng::new(7).alnum(32)
}

#[test]
fn everything_that_is_reported_is_removed() {
    let detector = Detector::new(rule::builtin(), NOW);
    let masker = Masker::default();
    let mut wrong = Vec::new();
    let cases = cases::load();
    assert!(cases.len() > 100, "the cases are there");
    for case in cases {
        let expanded = case.expand();
        let masked = mask_with(&masker, &expanded.bytes);
        let left = cases::reported(&detector, &case.path, &expanded.bytes);
        for secret in &expanded.secrets {
            let reported =
                left.iter().any(|d| d.span.start < secret.span.end && secret.span.start < d.span.end);
            if reported
                && !case.loose
                && let Some(complaint) = secret.shown_in(&masked)
            {
                wrong.push(format!("{}: {complaint}", case.name));
            }
        }
        let again = cases::reported(&detector, &case.path, &masked);
        for d in again {
            wrong.push(format!(
                "{}: {} is still reported {:?}",
                case.name,
                d.rule.id,
                String::from_utf8_lossy(&masked)
            ));
        }
        if mask_with(&masker, &masked) != masked {
            wrong.push(format!(
                "{}: masking twice changes more {:?} {:?}",
                case.name,
                String::from_utf8_lossy(&masked),
                String::from_utf8_lossy(&mask_with(&masker, &masked))
            ));
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn fields_are_masked_in_the_forms_of_logs() {
    let key = key();
    let shown = format!("{}****{}", &key[..4], &key[28..]);
    for form in [
        "authorization: Basic KEY",
        "Authorization: Bearer KEY\r\n",
        "token%3DKEY%26x=1",
        "redirect=%2Fx%3Ftoken%3DKEY%26x%3D1&y=2",
        "sEcReT_kEy=KEY",
        "token: KEY, device_id: TIRA1B2C3D4E",
        "{\"token\":\"KEY\",\"n\":1}",
        "{\"msg\":\"{\\\"token\\\":\\\"KEY\\\"}\"}",
        "\u{1b}[3mtoken\u{1b}[0m\u{1b}[2m=\u{1b}[0mKEY \u{1b}[1mx\u{1b}[0m",
        "level=info token=\"KEY\" msg=\"a b\"",
        "Config {\n    token: Some(\n        \"KEY\",\n    ),\n}",
        "GET /a?b=c&access_token=KEY&d=e HTTP/1.1",
        "curl -H 'Authorization: Bearer KEY' https://example.com",
        "[(\"authorization\", \"Bearer KEY\"), (\"accept\", \"*/*\")]",
        "{\"authorization\": \"Bearer KEY\"}",
        "token=\"KEY\"\u{1f}x=1",
        "x-api-key: KEY",
        "token: |\n  KEY\nnext: 1",
        "- token: >-\r\n    KEY\r\n  next: 1",
        "token: |2+ \n    KEY",
        "http.request.header.authorization=KEY",
        "apiKey=KEY;",
        "token\\u003dKEY\\u0026x=1",
        "license=TIRA1B2C3D4E,KEY done",
    ] {
        let (text, expected) = (form.replace("KEY", &key), form.replace("KEY", &shown));
        assert_eq!(mask(&text), expected, "{form:?}");
    }
}

#[test]
fn passwords_show_nothing_and_numbers_become_strings() {
    for (text, expected) in [
        ("password=correct-horse-battery-staple", "password=****"),
        ("{\"password\":12345,\"license\":\"MIT\"}", "{\"password\":\"****\",\"license\":\"MIT\"}"),
        ("{\\\"secret\\\":12345}", "{\\\"secret\\\":\\\"****\\\"}"),
        ("{\"secret\":[1,2],\"a\":1}", "{\"secret\":[42,42,42,42],\"a\":1}"),
        ("{\"secret\":[1,\"x\"],\"a\":1}", "{\"secret\":[\"****\",\"****\"],\"a\":1}"),
        ("{\"token\":null}", "{\"token\":null}"),
        ("credentials: Credentials { user: \"bob\", value: \"x y\" }, n: 1", "credentials: ****, n: 1"),
        ("set-cookie: a=b; Path=/", "set-cookie: ****"),
        ("\"s\\u0065cret\":\"abc\"", "\"s\\u0065cret\":\"****\""),
    ] {
        assert_eq!(mask(text), expected);
    }
}

#[test]
fn what_is_no_secret_stays() {
    let mut rng = Prng::new(3);
    let (hash, id) = (rng.hex(40), rng.device_id());
    for text in [
        "token_count=512 max_tokens: 4096 tokenizer=bpe",
        "license: MIT",
        "version v1.2.3 of 2026-01-02T03:04:05Z",
        &format!("commit {hash} device_id={id} remote_id={id} state=connected code=40013"),
        "ids: 0f8fad5b-d9cb-469f-a165-70867728950e, 7c9e6679-7425-40de-944b-e07fc1f90ae7",
        "invalid token: signature mismatch",
        "token= user=bob",
        r#"{"message":"token=\n\\","n":1}"#,
        r#"{"message":"password=\\","n":1}"#,
        "\0password=** token=*",
        "secret_key:\n'\n****'\n",
        "\0\u{1}\u{7f}\r\n\t binary",
        "password=**** token=ab12****cd34",
        "\0token=******************************** password=*****",
    ] {
        assert_eq!(mask(text), text);
    }
    let bytes = rng.bytes(100_000);
    let masked = mask_with(&Masker::default(), &bytes);
    assert_eq!(masked, bytes, "random bytes hold nothing");
}

#[test]
fn literals_are_found_in_every_encoding() {
    use base64::Engine as _;
    let secret = "pässword with / and \" in it";
    let policy = Policy::builder().literal(&Secret::new(secret.to_owned())).build().expect("a policy");
    let masker = Masker::new(policy);
    let engine = base64::engine::general_purpose::STANDARD;
    let json = secret.replace('"', "\\\"");
    let mut texts = vec![secret.to_owned(), json.clone(), json.replace('/', "\\/")];
    texts.extend(["", "x", "xy"].map(|before| engine.encode(format!("{before}{secret} tail"))));
    texts.push(secret.bytes().map(|b| format!("{b:02x}")).collect());
    texts.push(secret.bytes().map(|b| format!("{b:02X}")).collect());
    let keep = |b: u8| b.is_ascii_alphanumeric();
    texts.push(
        secret.bytes().map(|b| if keep(b) { char::from(b).into() } else { format!("%{b:02X}") }).collect(),
    );
    // Letters stand in either order of UTF-16 where others stand around them.
    for order in [u16::to_le_bytes, u16::to_be_bytes] {
        let around = |text: &str| format!("a |{text}| b").encode_utf16().flat_map(order).collect::<Vec<u8>>();
        assert_eq!(mask_with(&masker, &around(secret)), around("****"));
    }
    let wide = |order: fn(u16) -> [u8; 2]| secret.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    for (text, stars) in
        [(wide(u16::to_le_bytes), b"*\0*\0*\0*\0"), (wide(u16::to_be_bytes), b"\0*\0*\0*\0*")]
    {
        assert_eq!(
            mask_with(&masker, &[b"\n", &text[..], b"\n"].concat()),
            [b"\n", &stars[..], b"\n"].concat()
        );
    }
    for text in &texts {
        let masked = String::from_utf8(mask_with(&masker, format!("a {text} b").as_bytes())).expect("text");
        assert!(masked.starts_with("a ") && masked.contains("****") && masked.ends_with(" b"), "{masked}");
        assert!(masked.len() < 24, "{masked}");
    }
    assert!(Policy::builder().literal(&Secret::new("short".to_owned())).build().is_err());
}

#[test]
fn thousands_of_literals_are_all_found_and_overlap_without_a_rest() {
    let mut rng = Prng::new(21);
    // What services have: keys of one maker that begin alike.
    let values: Vec<String> = (0..3_000).map(|i| format!("svc_live_{}-{i}", rng.alnum(3))).collect();
    let mut builder = Policy::builder();
    for value in values.iter().chain([&"abcd-efgh".to_owned(), &"efgh-ijkl".to_owned()]) {
        builder = builder.literal(&Secret::new(value.clone()));
    }
    let masker = Masker::new(builder.build().expect("a policy"));
    for value in values.iter().step_by(17) {
        let hex: String = value.bytes().map(|b| format!("{b:02x}")).collect();
        for form in [value, &hex] {
            let masked = mask_with(&masker, format!("x ({form}) y").as_bytes());
            assert_eq!(String::from_utf8_lossy(&masked), "x (****) y", "{form}");
        }
    }
    assert_eq!(mask_with(&masker, b"abcd-efgh-ijkl"), b"****");
    assert_eq!(mask_with(&masker, b"abcd-efg svc_live_"), b"abcd-efg svc_live_");
}

#[test]
fn the_policy_is_followed_and_tells_rules_without_values() {
    let (key, told) = (key(), std::sync::Arc::new(std::sync::Mutex::new(Vec::new())));
    let seen = told.clone();
    let tell =
        move |hit: &Hit<'_>| seen.lock().expect("no panic").push(format!("{} {}", hit.rule, hit.callsite));
    let policy = Policy::builder()
        .secret_fields(["doorCode"])
        .keep_fields(["signature"])
        .style(Style::Full)
        .on_hit(tell);
    let masker = Masker::new(policy.build().expect("a policy"));
    let token = tokens::sign(
        &mut Prng::new(1),
        br#"{"scope":"connect:device://TIRA1B2C3D4E","iss":"a","iat":1,"exp":2,"nonce":"0f"}"#,
    );
    let text = format!("door_code=1234 signature={key} {token} license=TIRA1B2C3D4E,{key}");
    let mut out = Vec::new();
    assert_eq!(masker.mask_at(text.as_bytes(), "here", &mut Scratch::default(), &mut out), 3);
    let expected = format!("door_code=**** signature={key} **** license=TIRA1B2C3D4E,****");
    assert_eq!(String::from_utf8_lossy(&out), expected);
    assert_eq!(*told.lock().expect("no panic"), ["field here", "tirtc-token here", "tirtc-license here"]);
    let without = Masker::new(Policy::builder().shapes(false).build().expect("a policy"));
    assert_eq!(mask_with(&without, token.as_bytes()), token.as_bytes());
}

#[test]
fn what_a_mask_leaves_behind_a_glued_name_is_masked_at_once() {
    let key = key();
    let once = mask(&format!("tokensecret_key\\\"{key}Bearer {key}password\\u0022"));
    assert_eq!(mask(&once), once);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000, // more find what `a_known_text…` above holds
        rng_seed: RngSeed::Fixed(7),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Names, separators, quotes, escapes and values in any order: masking twice changes nothing more,
    /// and valid JSON stays valid.
    #[test]
    fn masking_is_a_fixpoint_and_keeps_json(
        parts in prop::collection::vec(prop::sample::select(vec![
            "token", "secret_key", "password", "license", "authorization", "cookie", "Bearer ", "=", ": ", ":", ",", " ",
            "\"", "\\\"", "'", "{", "}", "[", "]", "(", ")", "Some(", "%3D", "%26", "%22", "\\u0022", "&", ";", "\n", "\\n",
            "\u{1b}[0m", "k9X2mQ7bT4vN8cR1zL5wJ3hF6dS0gP2a", "TIRA1B2C3D4E", "hunter2", "12345", "null", "MIT", "****", "é", "--",
        ]), 0..24),
        value in "[ -~]{0,40}",
    ) {
        static MASKER: LazyLock<Masker> = LazyLock::new(Masker::default);
        let masker = &*MASKER;
        let text = parts.concat();
        let once = mask_with(masker, text.as_bytes());
        let twice = mask_with(masker, &once);
        prop_assert_eq!(String::from_utf8_lossy(&twice), String::from_utf8_lossy(&once));
        let json = serde_json::json!({ "token": value, "message": text, "inner": { "password": 5, "license": [true, value] } });
        let masked = mask_with(masker, json.to_string().as_bytes());
        let read: Result<serde_json::Value, _> = serde_json::from_slice(&masked);
        prop_assert!(read.is_ok(), "{}\n{}", json, String::from_utf8_lossy(&masked));
    }
}
