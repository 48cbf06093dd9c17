//! Signing and verifying against the vectors, in both directions.

use scrubjay::finding::Status;
use scrubjay::secret::{DeviceSecretKey, SdkSecretKey, SecretKey};
use scrubjay::token::mac::PreparedKey;
use scrubjay::token::{Evidence, Refusal, SCHEMES, tirtc, usersig};

use crate::vectors::{self, Tirtc, UserSig};

#[test]
fn tirtc_vectors_are_reproduced_byte_for_byte_and_verified() {
    for v in vectors::tirtc() {
        let keys = tirtc_keys(&v);
        let remote_id = v.scope.strip_prefix("connect:").unwrap();
        let grant = tirtc::Grant::new(&v.access_id, &v.sub, remote_id, v.iat).unwrap();
        let token = keys.sign(&grant.ttl(v.exp - v.iat).unwrap().nonce(&v.nonce).unwrap()).unwrap();
        assert_eq!(token.expose(), v.token);

        let expect = tirtc::Expect {
            remote_id: Some(remote_id),
            subject: Some(&v.sub),
            access_id: Some(&v.access_id),
        };
        for (now, outcome) in [
            (v.iat - 1, Err(Refusal::NotYetValid)),
            (v.iat, Ok(())),
            (v.exp - 1, Ok(())),
            (v.exp, Err(Refusal::Expired)),
        ] {
            assert_eq!(keys.verify(&v.token, &expect, now).map(drop), outcome);
        }
    }
}

#[test]
fn tirtc_tokens_of_other_keys_or_for_others_are_refused() {
    let all = vectors::tirtc();
    for (v, other) in all.iter().zip(all.iter().cycle().skip(1)) {
        let verify = |keys: &tirtc::Keys, expect: tirtc::Expect<'_>| keys.verify(&v.token, &expect, v.iat);
        let any = tirtc::Expect::default();
        assert_eq!(verify(&tirtc_keys(other), any.clone()), Err(Refusal::Signature));
        let keys = tirtc_keys(v);
        for (expect, field) in [
            (tirtc::Expect { remote_id: Some("device://TIRX"), ..any.clone() }, "scope"),
            (tirtc::Expect { subject: Some("nobody"), ..any.clone() }, "sub"),
            (tirtc::Expect { access_id: Some("ak_x"), ..any.clone() }, "iss"),
        ] {
            assert_eq!(verify(&keys, expect), Err(Refusal::Mismatch(field)));
        }
    }
}

#[test]
fn exactly_the_right_keys_prove_a_tirtc_token() {
    let all = vectors::tirtc();
    for v in &all {
        let token = decode(&v.token);
        let trial = tirtc::Trial::new(Evidence::of(&token.evidence).unwrap());
        for key in &all {
            let app = PreparedKey::new(key.secret_key.as_bytes());
            let device = PreparedKey::new(key.device_secret_key.as_bytes());
            let (pair, alone) = (trial.with_app(&app).device(&device), trial.app_only(&app));
            let right = key.token == v.token;
            assert_eq!(pair, right && v.signing == "device-then-app");
            assert_eq!(alone, right && v.signing == "app-only");
            let evidence = Evidence::of(&token.evidence).unwrap();
            assert_eq!(tirtc::prove(evidence, Some(&device), &app), pair);
            assert_eq!(tirtc::prove(evidence, None, &app), alone);
        }
        assert!(!tirtc::is_sample(&token));
    }
}

#[test]
fn tokens_of_the_published_sample_keys_are_samples() {
    let app = SecretKey::parse("sid-test").unwrap();
    let device = DeviceSecretKey::parse("device-secret").unwrap();
    let grant = tirtc::Grant::new("ak-test", "u", "device://dev-1", 1).unwrap();
    for keys in [tirtc::Keys::app_only(&app), tirtc::Keys::device_then_app(&device, &app)] {
        assert!(tirtc::is_sample(&decode(keys.sign(&grant).unwrap().expose())));
    }
    let key = usersig::Key::new(&SdkSecretKey::parse("any").unwrap());
    for (app, user, sample) in [
        (1_400_000_000, "xiaojun", true),
        (1_400_000_000, "0", true),
        (1_400_000_000, "li", false),
        (1, "0", false),
    ] {
        let token = key.sign(&usersig::Grant::new(app, user, 0).unwrap()).unwrap();
        assert_eq!(decode(token.expose()).sample, sample);
    }
    assert!(!usersig::is_sample_key(b"5bd2850f"));
}

#[test]
fn each_tirtc_token_has_a_nonce_of_its_own() {
    let keys = tirtc::Keys::app_only(&SecretKey::parse("key").unwrap());
    let grant = tirtc::Grant::new("ak", "u", "TIRX", 0).unwrap();
    let nonce = || decode(keys.sign(&grant).unwrap().expose()).claims.nonce.unwrap();
    let (one, two) = (nonce(), nonce());
    assert_eq!((one.len(), two.len()), (22, 22));
    assert_ne!(one, two);
}

#[test]
fn usersig_vectors_of_all_generators_are_verified() {
    for v in vectors::usersig() {
        let key = usersig_key(&v);
        let expect = usersig::Expect {
            sdk_app_id: u32::try_from(v.app).ok(),
            user_id: Some(&v.user),
            ..usersig::Expect::default()
        };
        for (now, outcome) in [
            (v.time - 1, Err(Refusal::NotYetValid)),
            (v.time, Ok(())),
            (v.time + v.expire, Ok(())),
            (v.time + v.expire + 1, Err(Refusal::Expired)),
        ] {
            assert_eq!(key.verify(&v.token, &expect, now).map(drop), outcome, "{}", v.generator);
        }
        let other = usersig::Key::new(&SdkSecretKey::parse("0f".repeat(32)).unwrap());
        assert_eq!(other.verify(&v.token, &expect, v.time), Err(Refusal::Signature));
        for (expect, field) in [
            (usersig::Expect { sdk_app_id: Some(1), ..expect.clone() }, "TLS.sdkappid"),
            (usersig::Expect { user_id: Some("nobody"), ..expect.clone() }, "TLS.identifier"),
            (usersig::Expect { room: Some(&usersig::Room::Number(7)), ..expect.clone() }, "TLS.userbuf"),
        ] {
            assert_eq!(key.verify(&v.token, &expect, v.time), Err(Refusal::Mismatch(field)));
        }
        let token = decode(&v.token);
        let evidence = Evidence::of(&token.evidence).unwrap();
        assert!(usersig::prove(evidence, &PreparedKey::new(v.key.as_bytes())));
        assert!(!usersig::prove(evidence, &PreparedKey::new(b"another")));
    }
}

#[test]
fn usersig_vectors_are_reproduced_by_what_is_signed_and_the_signature() {
    for v in vectors::usersig() {
        let ours = usersig_key(&v).sign(&usersig_grant(&v)).unwrap();
        let [ours, theirs] = [ours.expose(), &v.token].map(decode);
        assert_eq!(ours.claims, theirs.claims);
        assert_eq!(ours.evidence, theirs.evidence, "{}", v.generator);
        let evidence = Evidence::of(&ours.evidence).unwrap();
        assert_eq!(String::from_utf8_lossy(evidence.signed), v.signed);
        assert_eq!(base64(evidence.signature), v.tls_sig);
    }
}

#[test]
fn what_official_signers_disagree_about_is_refused() {
    use usersig::{Grant, Privileges, Room};
    for id in ["", "a\nb", "a b", "用户", &"x".repeat(33), "a/b"] {
        assert!(Grant::new(1_400_000_001, id, 0).is_err(), "{id:?}");
    }
    for id in ["", "a\nTLS.time:1", "\u{7f}", "用户", &"x".repeat(33)] {
        let error = Grant::for_chat(1_400_000_001, id, 0).unwrap_err().to_string();
        assert!(error.starts_with("user id:"), "{error}");
    }
    let grant = || Grant::for_chat(1_400_000_001, "a b", 0).unwrap();
    assert!(Grant::new(0, "alice", 0).is_err());
    assert!(Grant::new(1, "alice", -1).is_err());
    assert!(Grant::new(1, "alice", i64::MAX).unwrap_err().to_string().contains("does not fit"));
    for seconds in [i64::MIN, -1, 0, 1 << 31, i64::MAX] {
        assert!(grant().expire(seconds).is_err(), "{seconds}");
    }
    assert!(grant().buffer(Vec::new()).is_err());
    assert!(grant().buffer(vec![0; 3000]).is_err());
    for room in
        [Room::Number(0), Room::Number(u32::MAX), Room::Name(String::new()), Room::Name("x".repeat(65))]
    {
        assert!(grant().room(room, Privileges::ALL).is_err());
    }
}

#[test]
fn a_tirtc_grant_refuses_what_no_issuer_takes() {
    use tirtc::Grant;
    let grant = |access: &str, sub: &str, remote: &str, at: i64| Grant::new(access, sub, remote, at);
    for (result, field) in [
        (grant("", "u", "TIRX", 0), "access id"),
        (grant("ak", "", "TIRX", 0), "subject"),
        (grant("ak", "u\n", "TIRX", 0), "subject"),
        (grant("ak", &"u".repeat(1025), "TIRX", 0), "subject"),
        (grant("ak", "u", "", 0), "remote id"),
        (grant("ak", "u", "device://", 0), "remote id"),
        (grant("ak", "u", "https://TIRX", 0), "remote id"),
        (grant("ak", "u", "device://device://TIRX", 0), "remote id"),
        (grant("ak", "u", "TIRX", -1), "issued at"),
    ] {
        assert!(result.unwrap_err().to_string().starts_with(field), "{field}");
    }
    let grant = || Grant::new("ak", "u", "TIRX", 1).unwrap();
    for ttl in [i64::MIN, 0, 86_401, i64::MAX] {
        assert!(grant().ttl(ttl).is_err(), "{ttl}");
    }
    assert!(grant().ttl(86_400).is_ok());
    assert!(grant().long_lived(86_401).is_ok());
    assert!(grant().long_lived(i64::MAX).is_err(), "the expiry overflows");
    assert!(grant().nonce("").is_err());
    let keys = tirtc::Keys::app_only(&SecretKey::parse("key").unwrap());
    assert!(keys.sign(&Grant::new("ak", "u", "TIRX", i64::MAX).unwrap()).is_err());
}

pub(crate) fn tirtc_keys(v: &Tirtc) -> tirtc::Keys {
    let app = SecretKey::parse(v.secret_key.as_str()).unwrap();
    let device = DeviceSecretKey::parse(v.device_secret_key.as_str()).unwrap();
    match v.signing.as_str() {
        "device-then-app" => tirtc::Keys::device_then_app(&device, &app),
        "app-only" => tirtc::Keys::app_only(&app),
        other => panic!("{other}"),
    }
}

pub(crate) fn usersig_key(v: &UserSig) -> usersig::Key {
    usersig::Key::new(&SdkSecretKey::parse(v.key.as_str()).unwrap())
}

fn usersig_grant(v: &UserSig) -> usersig::Grant {
    let app = u32::try_from(v.app).unwrap();
    let grant = usersig::Grant::for_chat(app, &v.user, v.time).unwrap().expire(v.expire).unwrap();
    let all = usersig::Privileges::ALL;
    match (v.kind.as_str(), &v.room) {
        ("usersig", _) => Ok(grant),
        ("userbuf", _) => grant.buffer(unhex(v.userbuf_hex.as_ref().unwrap())),
        ("pmk_int", Some(room)) => grant.room(usersig::Room::Number(room.parse().unwrap()), all),
        ("pmk_str", Some(room)) => grant.room(usersig::Room::Name(room.clone()), all),
        (kind, _) => panic!("{kind}"),
    }
    .unwrap()
}

pub(crate) fn decode(text: &str) -> scrubjay::token::Token {
    let token = SCHEMES.iter().find_map(|scheme| (scheme.decode)(text.as_bytes())).unwrap();
    assert_eq!(token.length, text.len());
    let scheme = SCHEMES.iter().find(|scheme| (scheme.decode)(text.as_bytes()).is_some()).unwrap();
    assert_eq!((scheme.status)(&token.claims, token.claims.issued_at.unwrap()), Status::Active);
    token
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}
