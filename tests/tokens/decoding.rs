//! Reading tokens without a key.

use scrubjay::finding::Status;
use scrubjay::token::{Token, scheme};

use crate::vectors::{UserSig, legacy, mint_tirtc, tirtc, usersig};

fn decode(name: &str, input: &[u8]) -> Option<Token> {
    (scheme(name).unwrap().decode)(input)
}

fn status(name: &str, token: &Token, now: i64) -> Status {
    (scheme(name).unwrap().status)(&token.claims, now)
}

#[test]
fn every_tirtc_vector_is_read_with_its_claims_and_its_length() {
    for v in tirtc() {
        for after in ["", "\"", ".", ". Next", " x", "=", "_", "__**", "\\n", "&a=b", "...", "*"] {
            let text = [v.token.as_str(), after].concat();
            let token = decode("tirtc-v1", text.as_bytes()).unwrap();
            assert_eq!(token.length, v.token.len() + usize::from(after == "="), "{after}");
            let claims = &token.claims;
            assert_eq!(claims.subject.as_deref(), Some(v.sub.as_str()));
            assert_eq!(claims.scope.as_deref(), Some(v.scope.as_str()));
            assert_eq!(claims.remote_id.as_deref(), v.scope.rsplit(['/', ':']).next());
            assert_eq!(claims.issuer.as_deref(), Some(v.access_id.as_str()));
            assert_eq!(claims.nonce.as_deref(), Some(v.nonce.as_str()));
            assert_eq!((claims.issued_at, claims.expires_at), (Some(v.iat), Some(v.exp)));
            assert!(!token.truncated && !token.sample);
        }
        assert!(decode("tirtc-v1", [v.token.as_str(), "x"].concat().as_bytes()).is_none());
    }
}

#[test]
fn a_cut_tirtc_token_is_known_as_soon_as_its_scope_is_seen() {
    for v in tirtc() {
        let dot = v.token.rfind('.').unwrap();
        let mut known = false;
        for end in 0..v.token.len() {
            for after in ["", "…", "...", "\"", "\n", "*", "***"] {
                let text = [&v.token[..end], after].concat();
                let token = decode("tirtc-v1", text.as_bytes());
                if after.starts_with('*') {
                    assert!(token.is_none(), "masked at {end}");
                    continue;
                }
                known |= token.is_some();
                assert_eq!(token.is_some(), known, "once known, always known: {end}{after}");
                if let Some(token) = token {
                    assert!(token.truncated && token.evidence.is_empty());
                    let dot_alone = end == dot + 1;
                    assert_eq!(token.length, end - usize::from(dot_alone), "{end}{after}");
                    if end >= dot {
                        assert_eq!(token.claims.expires_at, Some(v.exp));
                    }
                }
            }
        }
        assert!(decode("tirtc-v1", &v.token.as_bytes()[..100]).is_some());
    }
}

#[test]
fn other_peoples_v1_tokens_are_none() {
    let sig = "A".repeat(43);
    for payload in [
        r#"{"sub":"u","iss":"a","nonce":"n","exp":1}"#,
        r#"{"scope":"read:all","iss":"a","nonce":"n"}"#,
        r#"{"scope":["connect:x"],"iss":"a","nonce":"n"}"#,
        r#"{"scope":"connect:x","nonce":"n"}"#,
        r#"{"scope":"connect:x","iss":"a"}"#,
        r#"{"scope":"connect:x","iss":"a","nonce":"n"} trailing"#,
        r#"{"scope":"connect:x","iss":"a","nonce":"n""#,
        r#"["scope","connect:x"]"#,
        r#"{"a"#,
    ] {
        let token = mint_tirtc(payload, &sig);
        assert!(decode("tirtc-v1", token.as_bytes()).is_none(), "{payload}");
    }
    for text in ["v1...", "v1.eyJ", "v1.eyJ...", "v1.ey", "v1.eyJzdWIiOiJ1In0.abc", "v2.eyJz", "v1.xxx", ""] {
        assert!(decode("tirtc-v1", text.as_bytes()).is_none(), "{text}");
    }
}

#[test]
fn tirtc_status_is_right_at_the_edges() {
    use Status::{Active, Expired, NeverExpires, NotYetValid};
    let sig = "A".repeat(43);
    let of = |times: &str, now| {
        let payload = format!(r#"{{"scope":"connect:x","iss":"a"{times},"nonce":"n"}}"#);
        let token = decode("tirtc-v1", mint_tirtc(&payload, &sig).as_bytes()).unwrap();
        status("tirtc-v1", &token, now)
    };
    for (times, now, expected) in [
        (r#","iat":100,"exp":400"#, 99, NotYetValid),
        (r#","iat":100,"exp":400"#, 100, Active),
        (r#","iat":100,"exp":400"#, 399, Active),
        (r#","iat":100,"exp":400"#, 400, Expired),
        (r#","iat":100,"exp":400.5"#, 400, Active),
        (r#","iat":100,"exp":400.5"#, 401, Expired),
        (r#","iat":100,"exp":400.0"#, 400, Expired),
        (r#","iat":"soon","exp":400"#, 1, Active),
        (r#","exp":-1"#, 0, Expired),
        (r#","exp":-1"#, -2, Active),
        (r#","exp":1,"exp":400"#, 399, Active),
        (r#","exp":9223372036854775807"#, i64::MAX - 1, Active),
        (r#","exp":9223372036854775808"#, 0, NeverExpires),
        (r#","exp":1e999"#, 0, NeverExpires),
        (r#","exp":NaN"#, 0, NeverExpires),
        (r#","exp":"400""#, 399, Active),
        (r#","exp":"400""#, 400, Expired),
        (r#","exp":"soon""#, 0, NeverExpires),
        (r#","exp":null"#, 0, NeverExpires),
        (r#","exp":{"a":[1]}"#, 0, NeverExpires),
        ("", 0, NeverExpires),
    ] {
        assert_eq!(of(times, now), expected, "{times} at {now}");
    }
}

#[test]
fn a_payload_that_is_not_utf_8_is_still_a_token() {
    let mut payload = br#"{"sub":"Ren"#.to_vec();
    payload.extend([0xe9]);
    payload.extend(br#"","scope":"connect:x","iss":"a","nonce":"n"}"#);
    let token = decode("tirtc-v1", mint_tirtc(&payload, &"A".repeat(43)).as_bytes()).unwrap();
    assert_eq!(token.claims.subject.as_deref(), Some("Ren\u{fffd}"));
}

#[test]
fn every_usersig_vector_is_read_from_every_generator() {
    for v in usersig() {
        let UserSig { generator, token: text, .. } = &v;
        let token = decode("usersig-v2", text.as_bytes()).unwrap();
        assert_eq!(token.length, text.len(), "{generator}");
        assert_eq!(token.claims.subject.as_deref(), Some(v.user.as_str()));
        assert_eq!(token.claims.sdk_app_id, Some(v.app));
        assert_eq!(token.claims.issued_at, Some(v.time));
        assert_eq!(token.claims.expires_at, Some(v.time + v.expire));
        assert_eq!(token.claims.scope, v.room.as_ref().map(|room| format!("room:{room}")));
        assert!(!token.truncated && !token.sample);
        assert!(decode("usersig-legacy", text.as_bytes()).is_none());
        let evidence = scrubjay::token::Evidence::of(&token.evidence).unwrap();
        assert_eq!(std::str::from_utf8(evidence.signed).unwrap(), v.signed);
    }
}

#[test]
fn the_zlib_stream_tells_where_a_usersig_ends() {
    for v in usersig() {
        for (from, to) in
            [("*", "%2A"), ("*", "%2a"), ("_", "%3D"), ("_", "="), ("-", "/"), ("*", "+"), ("-", "\\/")]
        {
            let text = v.token.replace(from, to);
            for after in ["", "**", "--", "__", "*-*", "&random=1", "\"", "%26", "***", ".", "abc"] {
                let whole = [text.as_str(), after].concat();
                let token = decode("usersig-v2", whole.as_bytes()).unwrap();
                // Padding that the generator left out may not be told from an underscore after it.
                assert_eq!(token.length, text.len(), "{} {after}", v.generator);
            }
        }
    }
}

#[test]
fn a_cut_usersig_is_known_within_80_characters() {
    for v in usersig() {
        let mut known = false;
        for end in 0..v.token.trim_end_matches('_').len() {
            for after in ["", "…"] {
                let text = [&v.token[..end], after].concat();
                let token = decode("usersig-v2", text.as_bytes());
                known |= token.is_some();
                assert_eq!(token.is_some(), known, "{} {end}", v.generator);
                assert!(known || end < 80, "{}", v.generator);
                if let Some(token) = token {
                    assert!(token.truncated);
                    assert_eq!(token.length, end);
                }
                assert!(decode("usersig-legacy", text.as_bytes()).is_none());
            }
        }
        let masked = [&v.token[..100], "****", &v.token[150..]].concat();
        assert!(decode("usersig-v2", masked.as_bytes()).is_none());
    }
}

#[test]
fn every_legacy_vector_is_read() {
    for v in legacy() {
        for (text, plain) in [(&v.token, false), (&v.json, true)] {
            let token = if plain {
                let (scheme, token) = scrubjay::token::usersig_legacy::decode_json(text.as_bytes()).unwrap();
                assert_eq!(scheme.name, "usersig-legacy");
                token
            } else {
                assert!(decode("usersig-v2", text.as_bytes()).is_none());
                decode("usersig-legacy", text.as_bytes()).unwrap()
            };
            assert_eq!(token.length, text.len());
            assert_eq!(token.claims.subject.as_deref(), Some(v.user.as_str()));
            assert_eq!(token.claims.sdk_app_id, Some(v.app));
            assert_eq!(token.claims.expires_at, Some(v.time + v.expire));
            let evidence = scrubjay::token::Evidence::of(&token.evidence).unwrap();
            assert_eq!(std::str::from_utf8(evidence.signed).unwrap(), v.signed);
        }
        let cut = decode("usersig-legacy", &v.token.as_bytes()[..90]).unwrap();
        assert!(cut.truncated);
        assert!(decode("usersig-v2", &v.token.as_bytes()[..90]).is_none());
    }
}
