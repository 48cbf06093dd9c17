//! Any bytes as a token of each scheme: what is read lies inside of them, and is read again from its own
//! bytes alone.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scrubjay::token::usersig::PrivateMap;
use scrubjay::token::{SCHEMES, usersig_legacy};

fuzz_target!(|input: &[u8]| {
    for scheme in SCHEMES {
        let Some(token) = (scheme.decode)(input) else { continue };
        assert!(token.length <= input.len(), "{}", scheme.name);
        let _ = (scheme.status)(&token.claims, 1_800_000_000);
        if !token.truncated {
            let again = (scheme.decode)(&input[..token.length]);
            assert_eq!(again.map(|again| again.length), Some(token.length), "{}", scheme.name);
        }
    }
    let _ = usersig_legacy::decode_json(input);
    if let Some(map) = PrivateMap::decode(input) {
        let again = map.encode().ok().and_then(|bytes| PrivateMap::decode(&bytes));
        assert!(again.is_none_or(|again| format!("{again:?}") == format!("{map:?}")), "it is read as it was");
    }
});
