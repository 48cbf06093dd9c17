//! The first version of UserSig: two curves, four ways to write a key, two ways to write a token.

use scrubjay::token::usersig::{Expect, Grant, Privileges, Room};
use scrubjay::token::usersig_legacy::{Curve, PrivateKey, PublicKey, prove};
use scrubjay::token::{Evidence, Refusal};

use crate::refusing::{changed, resized};
use crate::signing::decode;
use crate::vectors;

#[test]
fn legacy_vectors_are_verified_with_either_key_in_either_form() {
    for v in vectors::legacy() {
        let private = PrivateKey::from_pem(&v.private_pem).unwrap();
        assert_eq!(private.curve().name(), v.curve);
        assert!(!private.is_sample());
        for pem in [&v.private_pem, &v.public_pem] {
            let key = PublicKey::from_pem(pem).unwrap();
            let expect =
                Expect { sdk_app_id: u32::try_from(v.app).ok(), user_id: Some(&v.user), ..Expect::default() };
            for text in [&v.token, &v.json] {
                for (now, outcome) in [
                    (v.time - 1, Err(Refusal::NotYetValid)),
                    (v.time, Ok(())),
                    (v.time + v.expire, Ok(())),
                    (v.time + v.expire + 1, Err(Refusal::Expired)),
                ] {
                    assert_eq!(key.verify(text, &expect, now).map(drop), outcome);
                }
                let other = Expect { user_id: Some("nobody"), ..expect.clone() };
                assert_eq!(key.verify(text, &other, v.time), Err(Refusal::Mismatch("TLS.identifier")));
                let other = Expect { sdk_app_id: Some(7), ..expect.clone() };
                assert_eq!(key.verify(text, &other, v.time), Err(Refusal::Mismatch("TLS.sdk_appid")));
            }
            let token = decode(&v.token);
            assert!(prove(Evidence::of(&token.evidence).unwrap(), &key));
        }
    }
}

#[test]
fn one_key_does_not_verify_the_tokens_of_another() {
    let all = vectors::legacy();
    for (v, other) in all.iter().zip(all.iter().cycle().skip(1)) {
        let key = PublicKey::from_pem(&other.public_pem).unwrap();
        assert_eq!(key.verify(&v.token, &Expect::default(), v.time), Err(Refusal::Signature));
    }
}

#[test]
fn what_it_signs_it_verifies_and_every_changed_byte_is_refused() {
    for v in vectors::legacy() {
        let private = PrivateKey::from_pem(&v.private_pem).unwrap();
        let app = u32::try_from(v.app).unwrap();
        let grant = Grant::for_chat(app, "a \"b\\\" c", v.time).unwrap().expire(300).unwrap();
        let token = private.sign(&grant.room(Room::Number(7), Privileges::ALL).unwrap()).unwrap();
        let found = decode(token.expose());
        assert_eq!(found.claims.subject.as_deref(), Some("a \"b\\\" c"));
        let key = private.public_key();
        let claims = key.verify(token.expose(), &Expect::default(), v.time + 300).unwrap();
        assert_eq!(claims, found.claims);
        assert_eq!(claims.scope.as_deref(), Some("room:7"));
        assert!(prove(Evidence::of(&found.evidence).unwrap(), &key));
        for text in changed(token.expose()).chain(resized(token.expose())) {
            assert!(key.verify(&text, &Expect::default(), v.time).is_err(), "{text}");
        }
    }
}

#[test]
fn a_document_without_a_third_party_is_read_as_each_signer_wrote_it() {
    let v = &vectors::legacy()[0];
    let key = PublicKey::from_pem(&v.public_pem).unwrap();
    // Signed as `TLS.appid_at_3rd:0`, and gone from the document: the Java reading.
    let text = v.json.replace("\"TLS.appid_at_3rd\":\"0\",", "");
    assert_ne!(text, v.json);
    assert!(key.verify(&text, &Expect::default(), v.time).is_ok());
    let (_, token) = scrubjay::token::usersig_legacy::decode_json(text.as_bytes()).unwrap();
    assert!(prove(Evidence::of(&token.evidence).unwrap(), &key));
    let injected = v.json.replace("\"carol\"", "\"carol\\nTLS.sdk_appid:1\"");
    let refusal = key.verify(&injected, &Expect::default(), v.time).unwrap_err();
    assert!(matches!(refusal, Refusal::Field { name: "TLS.identifier", .. }));
}

#[test]
fn keys_are_read_from_every_pem_form_and_nothing_else() {
    for v in vectors::legacy() {
        let crlf = format!("Bag Attributes\r\n{}trailing", v.private_pem.replace('\n', "\r\n"));
        assert!(PrivateKey::from_pem(&crlf).is_ok());
        let key = PrivateKey::from_pem(&v.private_pem).unwrap();
        assert!(!format!("{key:?}").contains(&v.private_pem[60..80]));
        for wrong in [
            "",
            "-----BEGIN PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\n****\n-----END PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
            "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----",
            &v.public_pem,
            &v.private_pem.replace('M', "N"),
        ] {
            assert!(PrivateKey::from_pem(wrong).is_err(), "{wrong}");
        }
    }
    assert_eq!(Curve::P256.name(), "prime256v1");
}
