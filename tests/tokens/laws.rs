//! Laws that hold for every input that the signers accept.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use scrubjay::secret::{DeviceSecretKey, SdkSecretKey, SecretKey};
use scrubjay::token::inspect::{Expected, inspect};
use scrubjay::token::{Refusal, SCHEMES, tirtc, usersig};

fn config() -> Config {
    Config { cases: 64, rng_seed: RngSeed::Fixed(20), failure_persistence: None, ..Config::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_tirtc_signs_is_inspected_and_verified_as_signed(
        access in "[!-~]{1,40}", subject in "\\PC{1,40}", device in "[A-Za-z0-9_-]{1,64}", scheme in any::<bool>(),
        url in any::<bool>(), issued in 0..1i64 << 40, ttl in 1..=86_400i64, app in "[!-~]{1,80}",
        secret in "[!-+.-~]{1,80}", at in any::<proptest::sample::Index>(), byte in any::<u8>(),
    ) {
        let app = SecretKey::parse(app).unwrap();
        let keys = match scheme {
            true => tirtc::Keys::device_then_app(&DeviceSecretKey::parse(secret).unwrap(), &app),
            false => tirtc::Keys::app_only(&app),
        };
        let remote = if url { format!("device://{device}") } else { device.clone() };
        let grant = tirtc::Grant::new(&access, &subject, &remote, issued).unwrap().ttl(ttl).unwrap();
        let token = keys.sign(&grant).unwrap();
        let found = (tirtc::SCHEME.decode)(token.expose().as_bytes()).unwrap();
        prop_assert_eq!(found.length, token.expose().len());
        prop_assert_eq!(found.claims.subject.as_deref(), Some(subject.as_str()));
        prop_assert_eq!(found.claims.remote_id.as_deref(), Some(device.as_str()));
        prop_assert_eq!(found.claims.expires_at, Some(issued + ttl));
        let expect =
            tirtc::Expect { remote_id: Some(&device), subject: Some(&subject), access_id: Some(&access) };
        for (now, outcome) in [
            (issued, Ok(found.claims.clone())),
            (issued + ttl - 1, Ok(found.claims.clone())),
            (issued + ttl, Err(Refusal::Expired)),
            (issued - 1, Err(Refusal::NotYetValid)),
        ] {
            prop_assert_eq!(keys.verify(token.expose(), &expect, now), outcome);
        }
        let changed = change(token.expose(), at, byte);
        prop_assert_eq!(keys.verify(&changed, &expect, issued).is_err(), changed != token.expose());
    }

    #[test]
    fn what_usersig_signs_is_inspected_and_verified_as_signed(
        app in 1..=u32::MAX, user in "[ -~]{1,32}", issued in 0..1i64 << 40, expire in 1..=i64::from(i32::MAX),
        buffer in proptest::option::of(proptest::collection::vec(any::<u8>(), 1..200)), key in "[0-9a-f]{64}",
        at in any::<proptest::sample::Index>(), byte in any::<u8>(),
    ) {
        let key = usersig::Key::new(&SdkSecretKey::parse(key).unwrap());
        let mut grant = usersig::Grant::for_chat(app, &user, issued).unwrap().expire(expire).unwrap();
        if let Some(buffer) = buffer {
            grant = grant.buffer(buffer).unwrap();
        }
        let token = key.sign(&grant).unwrap();
        let found = (usersig::SCHEME.decode)(token.expose().as_bytes()).unwrap();
        prop_assert_eq!(found.length, token.expose().len());
        prop_assert_eq!(found.claims.subject.as_deref(), Some(user.as_str()));
        let expect = usersig::Expect { sdk_app_id: Some(app), user_id: Some(&user), room: None };
        for (now, outcome) in [
            (issued, Ok(found.claims.clone())),
            (issued + expire, Ok(found.claims.clone())),
            (issued + expire + 1, Err(Refusal::Expired)),
            (issued - 1, Err(Refusal::NotYetValid)),
        ] {
            prop_assert_eq!(key.verify(token.expose(), &expect, now), outcome);
        }
        let changed = change(token.expose(), at, byte);
        prop_assert_eq!(key.verify(&changed, &expect, issued).is_err(), changed != token.expose());
    }

    #[test]
    fn a_room_permission_comes_back_as_it_was_granted(
        user in "[A-Za-z0-9_-]{1,32}", room in 1..u32::MAX, name in proptest::option::of("[!-~]{1,64}"),
        bits in 0..=255u32, issued in 0..1i64 << 33,
    ) {
        let room = name.map_or(usersig::Room::Number(room), usersig::Room::Name);
        let key = usersig::Key::new(&SdkSecretKey::parse("key").unwrap());
        let grant = usersig::Grant::new(1_400_000_001, &user, issued).unwrap();
        let grant = grant.room(room.clone(), usersig::Privileges::from_bits(bits)).unwrap();
        let token = key.sign(&grant).unwrap();
        let expect = usersig::Expect { room: Some(&room), user_id: Some(&user), ..usersig::Expect::default() };
        let claims = key.verify(token.expose(), &expect, issued).unwrap();
        prop_assert_eq!(claims.scope, Some(room.to_string()));
    }

    #[test]
    fn no_input_makes_a_decoder_panic(
        head in prop_oneof!["v1\\.eyJ", "v1\\.ewo", "eJyr", "eAEA", "eAGr", "eF4t", "\\{\"TLS\\.", "V1\\.eyJ", "eyJ", "H4sIAAAA", "q1YK"],
        tail in proptest::collection::vec(any::<u8>(), 0..300),
        text in "[A-Za-z0-9*_.=%-]{0,300}",
    ) {
        for rest in [tail.as_slice(), text.as_bytes()] {
            let input = [head.as_bytes(), rest].concat();
            for scheme in SCHEMES {
                if let Some(token) = (scheme.decode)(&input) {
                    prop_assert!(token.length <= input.len());
                }
            }
            let _ = scrubjay::token::usersig_legacy::decode_json(&input);
            for found in inspect(&input, &Expected::default()) {
                prop_assert!(found.offset + found.token.length <= input.len());
            }
            let text = String::from_utf8_lossy(&input);
            let keys = tirtc::Keys::app_only(&SecretKey::parse("key").unwrap());
            prop_assert!(keys.verify(&text, &tirtc::Expect::default(), 0).is_err());
            let key = usersig::Key::new(&SdkSecretKey::parse("key").unwrap());
            prop_assert!(key.verify(&text, &usersig::Expect::default(), 0).is_err());
        }
    }
}

/// The text with one byte set to another printable character.
fn change(text: &str, at: proptest::sample::Index, byte: u8) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let at = at.index(bytes.len());
    bytes[at] = b'!' + byte % 94;
    String::from_utf8(bytes).unwrap()
}
