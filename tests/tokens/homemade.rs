//! What home-made signers and careless carriers make of a token: each deviation is named, found and hidden, and
//! what merely looks alike is left alone.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use miniz_oxide::deflate::{compress_to_vec, compress_to_vec_zlib};
use scrubjay::blob::{Blob, Origin};
use scrubjay::detect::{Detector, Scratch};
use scrubjay::finding::{Kind, Verdict};
use scrubjay::scrub::{Masker, Policy, Scrubber};
use scrubjay::token::inspect::{Expected, Inspection, inspect};

use crate::support::NOW;
use crate::support::prng::Prng;
use crate::support::tokens::hmac;

/// A token that is wrong in one way, and what it is to be called.
struct Wrong {
    name: &'static str,
    codes: &'static [&'static str],
    text: String,
    /// False where a scan does not report it by itself.
    is_found: bool,
}

fn wrong(name: &'static str, codes: &'static [&'static str], text: String) -> Wrong {
    Wrong { name, codes, text, is_found: true }
}

/// The claims of a document in order, each as JSON.
type Claims = Vec<(String, String)>;

fn usersig_claims(rng: &mut Prng) -> Claims {
    let (user, app) = (format!("user_{}", rng.below(100_000)), 1_400_000_001 + rng.below(900_000));
    let text =
        format!("TLS.identifier:{user}\nTLS.sdkappid:{app}\nTLS.time:{}\nTLS.expire:86400\n", NOW - 60);
    let sig = STANDARD.encode(hmac(rng.hex(64).as_bytes(), text.as_bytes()));
    [
        ("TLS.ver", "\"2.0\"".to_owned()),
        ("TLS.identifier", format!("\"{user}\"")),
        ("TLS.sdkappid", app.to_string()),
        ("TLS.expire", "86400".to_owned()),
        ("TLS.time", (NOW - 60).to_string()),
        ("TLS.sig", format!("\"{sig}\"")),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

fn tirtc_claims(rng: &mut Prng) -> Claims {
    [
        ("sub", format!("\"user_{}\"", rng.below(100_000))),
        ("scope", format!("\"connect:device://{}\"", rng.device_id())),
        ("iss", format!("\"ak_{}\"", rng.alnum(16))),
        ("iat", (NOW - 60).to_string()),
        ("exp", (NOW + 240).to_string()),
        ("nonce", format!("\"{}\"", URL_SAFE_NO_PAD.encode(rng.bytes(16)))),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

fn json(claims: &Claims) -> String {
    let fields: Vec<String> = claims.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", fields.join(","))
}

fn set(mut claims: Claims, name: &str, change: impl Fn(&str) -> String) -> Claims {
    claims.iter_mut().filter(|(n, _)| n == name).for_each(|(_, value)| *value = change(value));
    claims
}

fn without(mut claims: Claims, name: &str) -> Claims {
    claims.retain(|(n, _)| n != name);
    claims
}

fn renamed(mut claims: Claims, name: &str, other: &str) -> Claims {
    claims.iter_mut().filter(|(n, _)| n == name).for_each(|(n, _)| other.clone_into(n));
    claims
}

fn quoted(value: &str) -> String {
    format!("\"{value}\"")
}

fn vendor(bytes: &[u8]) -> String {
    STANDARD.encode(bytes).replace('+', "*").replace('/', "-").replace('=', "_")
}

fn packed(claims: &Claims) -> String {
    vendor(&compress_to_vec_zlib(json(claims).as_bytes(), 6))
}

/// A stream whose base64 has each of the marks, and a padding.
fn with_marks(rng: &mut Prng) -> Vec<u8> {
    loop {
        let stream = compress_to_vec_zlib(json(&usersig_claims(rng)).as_bytes(), 6);
        let text = STANDARD.encode(&stream);
        if ['+', '/', '='].iter().all(|mark| text.contains(*mark)) {
            return stream;
        }
    }
}

fn gzip(document: &[u8]) -> Vec<u8> {
    let head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    [&head[..], &compress_to_vec(document, 6), &[0; 8]].concat()
}

/// As the command writes it, with the name of the file.
fn gzip_named(document: &[u8]) -> Vec<u8> {
    let head = [0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3];
    [&head[..], b"usersig.json\0", &compress_to_vec(document, 6), &[0; 8]].concat()
}

fn wrapped(text: &str, every: usize, with: &str) -> String {
    let lines: Vec<&str> = text.as_bytes().chunks(every).map(|c| std::str::from_utf8(c).unwrap()).collect();
    lines.join(with)
}

fn signature(claims: &Claims) -> Vec<u8> {
    let text = &claims.iter().find(|(name, _)| name == "TLS.sig").unwrap().1;
    STANDARD.decode(text.trim_matches('"')).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn usersigs(rng: &mut Prng) -> Vec<Wrong> {
    let mut all = Vec::new();
    let mut claims = |code: &'static [&'static str], name, change: &dyn Fn(Claims) -> Claims| {
        let claims = change(usersig_claims(rng));
        all.push(wrong(name, code, packed(&claims)));
    };
    claims(&[], "right", &|c| c);
    claims(&["claim_type"], "application as a string", &|c| set(c, "TLS.sdkappid", quoted));
    claims(&["claim_type"], "life as a string", &|c| set(c, "TLS.expire", quoted));
    claims(&["claim_type"], "time as a string", &|c| set(c, "TLS.time", quoted));
    claims(&["claim_type"], "time with a fraction", &|c| set(c, "TLS.time", |t| format!("{t}.5")));
    claims(&["claim_type"], "user as a number", &|c| set(c, "TLS.identifier", |_| "4711".to_owned()));
    claims(&["claim_type"], "version as a number", &|c| set(c, "TLS.ver", |_| "2.0".to_owned()));
    claims(&["version"], "another version", &|c| set(c, "TLS.ver", |_| "\"1.0\"".to_owned()));
    claims(&["milliseconds"], "milliseconds", &|c| set(c, "TLS.time", |t| format!("{t}000")));
    claims(&["expire_is_a_time"], "end for a life", &|c| {
        set(c, "TLS.expire", |_| (NOW + 86_400).to_string())
    });
    claims(&["claim_value"], "no life", &|c| set(c, "TLS.expire", |_| "0".to_owned()));
    claims(&["claim_name"], "name in other letters", &|c| renamed(c, "TLS.sdkappid", "TLS.sdkAppId"));
    claims(&["claim_name"], "name of the first version", &|c| renamed(c, "TLS.expire", "TLS.expire_after"));
    claims(&["claim_missing"], "no version", &|c| without(c, "TLS.ver"));
    claims(&["claim_missing"], "no user", &|c| without(c, "TLS.identifier"));
    claims(&["claim_missing"], "no application", &|c| without(c, "TLS.sdkappid"));
    claims(&["claim_missing"], "no life at all", &|c| without(c, "TLS.expire"));
    claims(&["claim_missing"], "no time", &|c| without(c, "TLS.time"));
    claims(&["claim_twice"], "a claim twice", &|mut c| {
        c.push(("TLS.expire".to_owned(), "86400".to_owned()));
        c
    });
    claims(&["expired"], "expired", &|c| set(c, "TLS.time", |_| (NOW - 200_000).to_string()));
    claims(&["not_yet_valid"], "of tomorrow", &|c| set(c, "TLS.time", |_| (NOW + 86_400).to_string()));
    claims(&["user_id"], "a long user", &|c| set(c, "TLS.identifier", |_| quoted(&"u".repeat(33))));
    claims(&["signature_encoding"], "signature in hex", &|c| {
        let hex = hex(&signature(&c));
        set(c, "TLS.sig", |_| quoted(&hex))
    });
    claims(&["signature_encoding"], "signature of its hex", &|c| {
        let text = STANDARD.encode(hex(&signature(&c)));
        set(c, "TLS.sig", |_| quoted(&text))
    });
    claims(&["signature_encoding"], "signature without padding", &|c| {
        let text = STANDARD_NO_PAD.encode(signature(&c));
        set(c, "TLS.sig", |_| quoted(&text))
    });
    claims(&["signature_length"], "signature of SHA-1", &|c| {
        let text = STANDARD.encode(&signature(&c)[..20]);
        set(c, "TLS.sig", |_| quoted(&text))
    });
    all.extend(spelled_usersigs(rng));
    all
}

fn spelled_usersigs(rng: &mut Prng) -> Vec<Wrong> {
    let mut standard = || STANDARD.encode(with_marks(rng));
    let mut all = vec![
        wrong("standard base64", &["standard_base64"], standard()),
        wrong("a lost plus", &["plus_lost"], standard().replace('+', " ")),
        wrong(
            "encoded twice",
            &["percent_encoded_twice"],
            vendor(&STANDARD.decode(standard()).unwrap()).replace('*', "%252A"),
        ),
        wrong("url-safe base64", &["url_safe_base64"], URL_SAFE.encode(STANDARD.decode(standard()).unwrap())),
        wrong(
            "url-safe base64, bare",
            &["url_safe_base64"],
            URL_SAFE_NO_PAD.encode(STANDARD.decode(standard()).unwrap()),
        ),
        wrong(
            "without padding",
            &["padding"],
            vendor(&STANDARD.decode(standard()).unwrap()).trim_end_matches('_').to_owned(),
        ),
        wrong(
            "swapped marks",
            &["alphabet"],
            standard().replace('+', "-").replace('/', "*").replace('=', "_"),
        ),
        wrong("spaces", &["white_space"], wrapped(&vendor(&STANDARD.decode(standard()).unwrap()), 64, " ")),
        wrong(
            "line ends",
            &["white_space"],
            wrapped(&vendor(&STANDARD.decode(standard()).unwrap()), 76, "\n"),
        ),
    ];
    let document = json(&usersig_claims(rng));
    let single = json(&usersig_claims(rng)).replace('"', "'");
    all.extend([
        wrong("gzip", &["gzip"], vendor(&gzip(document.as_bytes()))),
        wrong("gzip of a file", &["gzip"], vendor(&gzip_named(document.as_bytes()))),
        wrong(
            "bare deflate",
            &["raw_deflate"],
            vendor(&compress_to_vec(json(&usersig_claims(rng)).as_bytes(), 6)),
        ),
        wrong("not compressed", &["not_compressed"], vendor(json(&usersig_claims(rng)).as_bytes())),
        wrong("not encoded", &["not_encoded"], json(&usersig_claims(rng))),
        wrong("single quotes", &["not_json"], vendor(&compress_to_vec_zlib(single.as_bytes(), 6))),
    ]);
    all
}

/// Signs a payload as `encode` spells it.
fn signed(rng: &mut Prng, payload: &str, encode: &dyn Fn(&[u8]) -> String) -> String {
    let payload = encode(payload.as_bytes());
    format!("v1.{payload}.{}", encode(&hmac(rng.alnum(32).as_bytes(), payload.as_bytes())))
}

fn connects(rng: &mut Prng) -> Vec<Wrong> {
    let mut all = Vec::new();
    let url = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let mut claims = |code: &'static [&'static str], name, change: &dyn Fn(Claims) -> Claims| {
        let payload = json(&change(tirtc_claims(rng)));
        all.push(wrong(name, code, signed(rng, &payload, &url)));
    };
    claims(&[], "right", &|c| c);
    claims(&["claim_type"], "end as a string", &|c| set(c, "exp", quoted));
    claims(&["claim_type"], "issue as a string", &|c| set(c, "iat", quoted));
    claims(&["claim_type"], "subject as a number", &|c| set(c, "sub", |_| "4711".to_owned()));
    claims(&["claim_type"], "scope as a list", &|c| set(c, "scope", |scope| format!("[{scope}]")));
    claims(&["milliseconds"], "milliseconds", &|c| {
        set(set(c, "exp", |t| format!("{t}000")), "iat", |t| format!("{t}000"))
    });
    claims(&["exp_is_a_duration"], "a life for the end", &|c| set(c, "exp", |_| "300".to_owned()));
    claims(&["life_too_long"], "a long life", &|c| set(c, "exp", |_| (NOW + 90_000).to_string()));
    claims(&["expired"], "expired", &|c| {
        set(set(c, "exp", |_| (NOW - 1).to_string()), "iat", |_| (NOW - 300).to_string())
    });
    claims(&["claim_missing"], "no subject", &|c| without(c, "sub"));
    claims(&["claim_missing"], "no issuer", &|c| without(c, "iss"));
    claims(&["claim_missing"], "no issue", &|c| without(c, "iat"));
    claims(&["claim_missing"], "no end", &|c| without(c, "exp"));
    claims(&["claim_missing"], "no nonce", &|c| without(c, "nonce"));
    claims(&["claim_twice"], "a claim twice", &|mut c| {
        c.push(("nonce".to_owned(), "\"again\"".to_owned()));
        c
    });
    claims(&["scope"], "scope without connect", &|c| set(c, "scope", |s| s.replace("connect:", "")));
    claims(&["scope"], "scope of another scheme", &|c| {
        set(c, "scope", |s| s.replace("device:", "peer-device:"))
    });
    let right = |rng: &mut Prng| {
        let payload = json(&tirtc_claims(rng));
        signed(rng, &payload, &url)
    };
    let standard = |rng: &mut Prng| loop {
        let payload = json(&tirtc_claims(rng));
        let text = signed(rng, &payload, &|bytes| STANDARD.encode(bytes));
        if text.rsplit('.').next().unwrap()[..40].contains('+') {
            return text;
        }
    };
    let (bare, capital) = (right(rng).replacen("v1.", "", 1), right(rng).replacen("v1.", "V1.", 1));
    let payload = json(&tirtc_claims(rng));
    let padded = loop {
        let text = signed(rng, &payload, &|bytes| URL_SAFE.encode(bytes));
        if text.contains(['-', '_']) {
            break text;
        }
    };
    let mac = hmac(rng.alnum(32).as_bytes(), payload.as_bytes());
    let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    all.extend([
        wrong("no prefix", &["prefix_missing"], bare),
        wrong("line ends", &["white_space"], wrapped(&right(rng), 76, "\n")),
        wrong("a capital prefix", &["prefix_case"], capital),
        wrong("standard base64", &["standard_base64"], standard(rng)),
        wrong(
            "a lost plus",
            &["plus_lost"],
            standard(rng).replace('/', "a").replace('+', " ").replace('=', ""),
        ),
        wrong("padding", &["padding"], padded),
        wrong(
            "signature in hex",
            &["signature_encoding"],
            format!("v1.{}.{}", url(payload.as_bytes()), hex(&mac)),
        ),
        wrong(
            "signature of its hex",
            &["signature_encoding"],
            format!("v1.{}.{}", url(payload.as_bytes()), url(hex(&mac).as_bytes())),
        ),
        // Its claims may be anybody's.
        Wrong { is_found: false, ..wrong("a JWT", &["jwt"], right(rng).replacen("v1", &head, 1)) },
    ]);
    all
}

/// Both systems, with the kind that a scan calls them.
fn each(mut check: impl FnMut(Kind, &Wrong)) {
    for seed in 0..4 {
        let mut rng = Prng::new(seed);
        usersigs(&mut rng).iter().for_each(|wrong| check(Kind::UserSig, wrong));
        connects(&mut rng).iter().for_each(|wrong| check(Kind::Token, wrong));
    }
}

/// What tokens stand in.
const CARRIERS: [(&str, &str); 4] = [
    ("login ", "\n"),
    ("{\"level\":\"info\",\"value\":\"", "\"}\n"),
    ("GET /x?a=1&b=", "&c=2 HTTP/1.1\n"),
    ("", ""),
];

fn carried(wrong: &Wrong) -> impl Iterator<Item = String> + '_ {
    let is_raw = wrong.text.starts_with('{');
    // JSON has its quotes escaped within JSON, and lines end a string and a request.
    let fits = move |carrier: &&(&str, &str)| {
        !(carrier.0.starts_with('{') && (is_raw || wrong.text.contains('\n')))
            && !(carrier.0.starts_with("GET") && (is_raw || wrong.text.contains(['\n', ' ', '+'])))
    };
    CARRIERS.iter().filter(fits).map(|(before, after)| [before, wrong.text.as_str(), after].concat())
}

fn codes(inspection: &Inspection) -> Vec<&'static str> {
    let mut codes: Vec<&str> = inspection.problems.iter().map(|p| p.code).collect();
    codes.dedup();
    codes
}

#[test]
fn each_deviation_is_named_and_nothing_else_is() {
    let expected = Expected { now: NOW, ..Expected::default() };
    each(|kind, wrong| {
        for text in carried(wrong) {
            let found = inspect(text.as_bytes(), &expected);
            let name = wrong.name;
            assert_eq!(found.len(), 1, "{kind}, {name}: {text:?}");
            assert_eq!(codes(&found[0]), wrong.codes, "{kind}, {name}: {text:?}");
            assert!(found[0].problems.iter().all(|p| !p.message.is_empty() && !p.cure.is_empty()));
        }
    });
}

#[test]
fn each_is_found_by_a_scan_and_hidden_whole() {
    let detector = Detector::new(scrubjay::rule::builtin(), NOW);
    let masker = Arc::new(Masker::new(Policy::builder().build().unwrap()));
    each(|kind, wrong| {
        for text in carried(wrong).filter(|_| wrong.is_found) {
            let (origin, mut found) = (Origin::file("app.log"), Vec::new());
            detector.detect(&Blob::whole(text.as_bytes(), &origin), &mut Scratch::default(), &mut |d| {
                if matches!(d.verdict, Verdict::Report { .. }) {
                    found.push((d.rule.kind, d.status.is_some()));
                }
            });
            assert_eq!(found, [(kind, true)], "{}: {text:?}", wrong.name);
            let mut out = Vec::new();
            let mut scrubber = Scrubber::new(Arc::clone(&masker)).look_ahead();
            scrubber.push(text.as_bytes(), &mut out).unwrap();
            scrubber.finish(&mut out).unwrap();
            let out = String::from_utf8(out).unwrap();
            // A mask shows four characters at each end, and padding is no secret.
            let inner: Vec<&str> = wrong.text.as_bytes()
                [4..wrong.text.trim_end_matches(['=', '_']).len() - 4]
                .chunks_exact(12)
                .map(|c| std::str::from_utf8(c).unwrap())
                .collect();
            assert!(inner.iter().all(|part| !out.contains(part)), "{}: {out:?}", wrong.name);
        }
    });
}

#[test]
fn what_merely_looks_alike_is_silent() {
    let detector = Detector::new(scrubjay::rule::builtin(), NOW);
    let mut rng = Prng::new(7);
    for round in 0..400 {
        let document = foreign(&mut rng);
        let bytes = match round % 6 {
            0 => gzip(document.as_bytes()),
            1 => compress_to_vec(document.as_bytes(), 6),
            2 => document.clone().into_bytes(),
            3 => rng.bytes(240),
            level => compress_to_vec_zlib(document.as_bytes(), level as u8),
        };
        for text in [vendor(&bytes), STANDARD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            let sig = URL_SAFE_NO_PAD.encode(rng.bytes(32));
            let lines = [
                format!("state={text} and more\n"),
                format!("state={}\n", wrapped(&text, 50, " ")),
                format!("state={text}.{sig}\n"),
                format!("state=v1.{text}.{sig}\n"),
            ];
            for line in lines {
                let (origin, mut found) = (Origin::file("app.log"), Vec::new());
                detector.detect(&Blob::whole(line.as_bytes(), &origin), &mut Scratch::default(), &mut |d| {
                    if matches!(d.verdict, Verdict::Report { .. }) {
                        found.push(d.rule.id.clone());
                    }
                });
                assert!(found.is_empty(), "{found:?} in {document}");
                assert!(
                    inspect(line.as_bytes(), &Expected::default()).iter().all(|i| !i.problems.is_empty())
                );
            }
        }
    }
}

/// JSON that is nobody's token.
fn foreign(rng: &mut Prng) -> String {
    let (a, b, n) = (rng.alnum(12), rng.alnum(44), rng.below(1 << 30));
    let names = ["sub", "exp", "iat", "iss", "scope", "user", "TLS", "sig", "sdkappid", "cart", "nonce"];
    let mut fields = vec![format!("\"{a}\":\"{b}\"")];
    for _ in 0..rng.below(9) {
        let name = *rng.pick(&names);
        fields.push(format!(
            "\"{name}\":{}",
            if rng.below(2) == 0 { n.to_string() } else { format!("\"read:{b}\"") }
        ));
    }
    format!("{{{}}}", fields.join(","))
}

#[test]
fn several_tokens_are_told_apart_with_their_lines() {
    let mut rng = Prng::new(3);
    let (one, two) =
        (packed(&usersig_claims(&mut rng)), packed(&set(usersig_claims(&mut rng), "TLS.time", quoted)));
    let payload = json(&tirtc_claims(&mut rng));
    let three = signed(&mut rng, &payload, &|bytes| URL_SAFE_NO_PAD.encode(bytes));
    let text = format!("first {one}\nno token here\n{{\"a\":\"{two}\",\"b\":\"{three}\"}}\n");
    let found = inspect(text.as_bytes(), &Expected { now: NOW, ..Expected::default() });
    let seen: Vec<_> = found.iter().map(|i| (i.line, i.scheme.name, i.problems.len())).collect();
    assert_eq!(seen, [(1, "usersig-v2", 0), (3, "usersig-v2", 1), (3, "tirtc-v1", 0)]);
    assert!(found.iter().all(|i| text[i.offset..].starts_with(['e', 'v'])));
}

#[test]
fn what_a_token_is_held_against_is_told() {
    let mut rng = Prng::new(4);
    let usersig = packed(&usersig_claims(&mut rng));
    let payload = json(&tirtc_claims(&mut rng));
    let connect = signed(&mut rng, &payload, &|bytes| URL_SAFE_NO_PAD.encode(bytes));
    let right = Expected { now: NOW, ..Expected::default() };
    let code = |text: &str, expected: Expected<'_>| {
        let found = inspect(text.as_bytes(), &expected);
        let found = found.first().unwrap_or_else(|| panic!("nothing in {text}"));
        found.problems.iter().map(|p| (p.code, p.platform_codes.first().copied())).collect::<Vec<_>>()
    };
    assert_eq!(code(&usersig, right), []);
    assert_eq!(
        code(&usersig, Expected { sdk_app_id: Some(7), ..right }),
        [("sdk_app_id_mismatch", Some(70014))]
    );
    assert_eq!(code(&usersig, Expected { user_id: Some("x"), ..right }), [("user_id_mismatch", Some(70013))]);
    assert_eq!(code(&usersig, Expected { now: NOW + 100_000, ..right }), [("expired", Some(70001))]);
    assert_eq!(code(&connect, Expected { remote_id: Some("x"), ..right }), [("remote_id_mismatch", None)]);
    assert_eq!(code(&connect, Expected { access_id: Some("x"), ..right }), [("access_id_mismatch", None)]);
    for (text, named) in [
        (format!("\"{usersig}\"\n"), "quoted"),
        (format!("Bearer {usersig}\n"), "bearer_prefix"),
        (vendor(&with_marks(&mut rng)).replace('*', "%2A"), "percent_encoded"),
        (usersig[..120].to_owned(), "truncated"),
        (usersig.replacen(&usersig[140..144], "AAAA", 1), "damaged"),
        (format!("{}abc", usersig.trim_end_matches('_')), "trailing"),
    ] {
        let codes: Vec<_> = code(&text, right).iter().map(|(code, _)| *code).collect();
        assert!(codes.contains(&named), "{named}: {codes:?}");
    }
}

#[test]
fn no_inspection_shows_a_signature() {
    each(|_, wrong| {
        let said = format!("{:?}", inspect(wrong.text.as_bytes(), &Expected::default()));
        let hidden: Vec<&str> = wrong.text.as_bytes()[8..]
            .chunks_exact(16)
            .filter_map(|c| std::str::from_utf8(c).ok())
            .filter(|c| !wrong.text.starts_with('{') && !c.contains('.'))
            .collect();
        assert!(hidden.iter().all(|part| !said.contains(part)), "{}", wrong.name);
    });
}
