//! What verification must not let pass: every changed byte, and every other spelling of a token.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use scrubjay::secret::{SdkSecretKey, SecretKey};
use scrubjay::token::mac::PreparedKey;
use scrubjay::token::{Refusal, tirtc, usersig};

use crate::signing::{tirtc_keys, usersig_key};
use crate::vectors;

/// Every other byte of the alphabets, and some that are in none.
const BYTES: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_*+/=. %\n\0\x7f";

/// Each text that differs from `text` in one byte.
pub(crate) fn changed(text: &str) -> impl Iterator<Item = String> {
    changed_to(text, BYTES)
}

fn changed_to<'t>(text: &'t str, bytes: &'t [u8]) -> impl Iterator<Item = String> + 't {
    (0..text.len()).flat_map(move |at| {
        let others = bytes.iter().filter(move |&&b| b != text.as_bytes()[at]);
        others.map(move |&b| format!("{}{}{}", &text[..at], char::from(b), &text[at + 1..]))
    })
}

/// Each text that is a part of `text`, or `text` with something around it.
pub(crate) fn resized(text: &str) -> impl Iterator<Item = String> {
    let cut = (0..text.len()).flat_map(|at| [text[..at].to_owned(), text[at + 1..].to_owned()]);
    let more = ["=", "_", "A", " ", "\n", ".", "\0"].into_iter();
    cut.chain(more.flat_map(move |m| [[text, m].concat(), [m, text].concat()]))
}

#[test]
fn every_changed_byte_of_a_tirtc_token_is_refused() {
    for v in vectors::tirtc() {
        let keys = tirtc_keys(&v);
        for text in changed(&v.token).chain(resized(&v.token)) {
            assert!(keys.verify(&text, &tirtc::Expect::default(), v.iat).is_err(), "{text}");
        }
        let padded = v.token.replace('.', "=.");
        assert!(keys.verify(&padded, &tirtc::Expect::default(), v.iat).is_err());
    }
}

#[test]
fn every_changed_byte_of_a_usersig_is_refused() {
    for v in vectors::usersig().iter().filter(|v| v.generator.contains("npm")) {
        let key = usersig_key(v);
        let grant = usersig::Grant::for_chat(u32::try_from(v.app).unwrap(), &v.user, v.time).unwrap();
        let grant = if v.kind == "usersig" { grant } else { grant.buffer(*b"buffer").unwrap() };
        let token = key.sign(&grant).unwrap();
        for text in changed(token.expose()).chain(resized(token.expose())) {
            assert!(key.verify(&text, &usersig::Expect::default(), v.time).is_err(), "{text}");
        }
    }
}

/// A compressed stream may point to another copy of the same bytes, which no reader can tell from the
/// signer's choice; such a change leaves the document as it was, and is rare.
#[test]
fn a_changed_byte_of_a_compressed_usersig_is_refused_or_says_the_same() {
    let (mut tried, mut same) = (0, 0);
    for v in vectors::usersig() {
        let key = usersig_key(&v);
        let expect = usersig::Expect::default();
        let claims = key.verify(&v.token, &expect, v.time).unwrap();
        for text in changed_to(&v.token, b"ABQgw4*_") {
            tried += 1;
            if let Ok(found) = key.verify(&text, &expect, v.time) {
                assert_eq!(found, claims);
                same += 1;
            }
        }
        for text in resized(&v.token) {
            assert!(key.verify(&text, &expect, v.time).is_err());
        }
    }
    assert!(same * 10_000 < tried, "{same} of {tried}");
}

#[test]
fn other_spellings_of_a_usersig_are_refused() {
    for v in vectors::usersig() {
        for (from, to) in [("*", "+"), ("*", "%2A"), ("-", "/"), ("_", "="), ("_", "")] {
            let text = v.token.replace(from, to);
            let verified = usersig_key(&v).verify(&text, &usersig::Expect::default(), v.time);
            assert_eq!(verified.is_err(), text != v.token);
        }
    }
}

#[test]
fn claims_of_another_type_or_twice_are_refused_by_name() {
    let secret = "k9".repeat(16);
    let keys = tirtc::Keys::app_only(&SecretKey::parse(secret.as_str()).unwrap());
    let verify = |payload: &str| {
        let payload = URL_SAFE_NO_PAD.encode(payload);
        let tag = PreparedKey::new(secret.as_bytes()).tag(&[payload.as_bytes()]);
        let token = format!("v1.{payload}.{}", URL_SAFE_NO_PAD.encode(tag));
        keys.verify(&token, &tirtc::Expect::default(), 0).map(drop)
    };
    let good = r#"{"sub":"u","scope":"connect:x","iss":"a","iat":0,"exp":9,"nonce":"n"}"#;
    assert_eq!(verify(good), Ok(()));
    for (from, to, field) in [
        (r#""sub":"u""#, r#""sub":7"#, "sub"),
        (r#""sub":"u","#, "", "sub"),
        (r#""connect:x""#, r#""listen:x""#, "scope"),
        (r#""connect:x""#, r#""connect:""#, "scope"),
        (r#""connect:x""#, r#"["connect:x"]"#, "scope"),
        (r#""iat":0"#, r#""iat":0.0"#, "iat"),
        (r#""exp":9"#, r#""exp":"9""#, "exp"),
        (r#""exp":9"#, r#""exp":9223372036854775808"#, "exp"),
        (r#""exp":9,"#, "", "exp"),
        (r#""nonce":"n""#, r#""nonce":null"#, "nonce"),
    ] {
        let refusal = verify(&good.replace(from, to)).unwrap_err();
        assert!(matches!(refusal, Refusal::Field { name, .. } if name == field), "{refusal}");
        assert!(refusal.to_string().contains(&format!("`{field}`")));
    }
    for (from, to) in [
        (r#""exp":9"#, r#""exp":9,"exp":9"#),
        (r#""exp":9"#, r#""exp":9,"\u0065xp":9"#),
        (r#""exp":9"#, r#""exp":9,"x":1,"x":1"#),
        (r#""n"}"#, r#""n"}{}"#),
        (r#""n"}"#, r#""n"}x"#),
    ] {
        assert!(matches!(verify(&good.replace(from, to)), Err(Refusal::Malformed(_))), "{to}");
    }
}

#[test]
fn a_usersig_document_is_read_strictly() {
    let secret = "0123456789abcdef".repeat(4);
    let key = usersig::Key::new(&SdkSecretKey::parse(secret.as_str()).unwrap());
    let verify = |edit: &dyn Fn(String) -> String| {
        let signed = "TLS.identifier:u\nTLS.sdkappid:7\nTLS.time:0\nTLS.expire:9\n";
        let tag = STANDARD.encode(PreparedKey::new(secret.as_bytes()).tag(&[signed.as_bytes()]));
        let good = format!(
            r#"{{"TLS.ver":"2.0","TLS.identifier":"u","TLS.sdkappid":7,"TLS.time":0,"TLS.expire":9,"TLS.sig":"{tag}"}}"#
        );
        key.verify(&seal(edit(good).as_bytes()), &usersig::Expect::default(), 0).map(drop)
    };
    assert_eq!(verify(&|good| good), Ok(()));
    assert_eq!(verify(&|good| good + "\n"), Ok(()), "as the Go signer writes it");
    for (from, to, field) in [
        ("\"2.0\"", "\"2.1\"", "TLS.ver"),
        ("\"2.0\"", "2.0", "TLS.ver"),
        ("\"u\"", "\"u\\nTLS.sdkappid:7\"", "TLS.identifier"),
        ("\"u\"", "1", "TLS.identifier"),
        ("\"TLS.sdkappid\":7", "\"TLS.sdkappid\":\"7\"", "TLS.sdkappid"),
        ("\"TLS.sdkappid\":7", "\"TLS.sdkappid\":4294967303", "TLS.sdkappid"),
        ("\"TLS.sdkappid\":7", "\"TLS.sdkappid\":-7", "TLS.sdkappid"),
        ("\"TLS.time\":0", "\"TLS.time\":0.0", "TLS.time"),
        ("\"TLS.time\":0", "\"TLS.time\":9223372036854775807", "TLS.expire"),
        ("=\"}", "\"}", "TLS.sig"),
        ("TLS.sig", "TLS.sgi", "TLS.sig"),
    ] {
        let refusal = verify(&|good| good.replace(from, to)).unwrap_err();
        assert!(matches!(refusal, Refusal::Field { name, .. } if name == field), "{to}: {refusal}");
    }
    for (from, to) in [("\"TLS.time\":0", "\"TLS.time\":0,\"TLS.time\":0"), ("\"}", "\"}{}"), ("{", "[{")] {
        assert!(matches!(verify(&|good| good.replace(from, to)), Err(Refusal::Malformed(_))), "{to}");
    }
}

#[test]
fn bombs_dictionaries_and_trailing_bytes_are_refused() {
    let key = usersig::Key::new(&SdkSecretKey::parse("any").unwrap());
    let verify = |stream: &[u8]| key.verify(&spell(stream), &usersig::Expect::default(), 0).unwrap_err();
    let deflate = |document: &[u8]| miniz_oxide::deflate::compress_to_vec_zlib(document, 6);
    let long = [b"{\"TLS.ver\":\"", vec![b'x'; 1 << 20].as_slice()].concat();
    assert_eq!(verify(&deflate(&long)), Refusal::Malformed("the document is longer than 4 KiB"));
    assert!(usersig::UserSig::parse(spell(&deflate(&long))).is_err());
    let document = br#"{"TLS.ver":"2.0"}"#;
    let mut trailing = deflate(document);
    trailing.push(0);
    assert!(matches!(verify(&trailing), Refusal::Malformed(_)));
    let mut checksum = deflate(document);
    *checksum.last_mut().unwrap() ^= 1;
    assert!(matches!(verify(&checksum), Refusal::Malformed(_)));
    let mut dictionary = vec![0x78, 0xbb, 0, 0, 0, 1];
    dictionary.extend(&deflate(document)[2..]);
    assert_eq!(verify(&dictionary), Refusal::Malformed("not a zlib stream"));
    // Blocks that hold nothing could go on for ever.
    let endless = [&[0x78, 1][..], &[0, 0, 0, 0xff, 0xff].repeat(2000), &[0, 0, 0, 1]].concat();
    assert!(matches!(verify(&endless), Refusal::Malformed(_)));
    for text in ["", "_", "____", "e", "eA", "eAE", "eAEA", "*", "{", "{}", "\u{e9}", &"A".repeat(1 << 20)] {
        assert!(key.verify(text, &usersig::Expect::default(), 0).is_err(), "{}", text.len());
    }
}

fn seal(document: &[u8]) -> String {
    spell(&miniz_oxide::deflate::compress_to_vec_zlib(document, 6))
}

fn spell(stream: &[u8]) -> String {
    STANDARD.encode(stream).replace('+', "*").replace('/', "-").replace('=', "_")
}
