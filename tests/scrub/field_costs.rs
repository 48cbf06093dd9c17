//! What is hostile to the names of fields costs time by its length and not by its square: none of these
//! texts ends in the patience of a person where each name looks at all that stands behind it.

use crate::support;

use scrubjay::scrub::Masker;
use support::prng::Prng;
use support::scrubbing;

/// What names that say little may be repeated in.
const PARTS: &[&str] = &[
    "key=",
    "token=",
    "token:",
    "token==",
    "=token",
    "?token=",
    "key:token:",
    "key=value=",
    "{key=a=",
    "--token=k:{key",
    "token[name=key --token=token=token=",
    "token%3D",
    "token%3D{YWJj",
    "token=x{key=",
    "{\"key\":\"a\",\"token\":[",
    "pwd=/",
    "license=:",
    "name: secret_key\n",
    "\"name\":\"password\",",
];

/// Long enough that its square takes minutes.
const LENGTH: usize = if cfg!(debug_assertions) { 64 * 1024 } else { 256 * 1024 };

fn masked(text: &str) -> String {
    scrubbing::masked(&Masker::default(), text)
}

#[test]
fn names_over_names_cost_by_their_length() {
    let mut random = Prng::new(31);
    for part in PARTS {
        let text = part.repeat(LENGTH / part.len());
        // What is really there is found all the same, and all of it.
        let value = random.alnum(24);
        let text = format!("{text}\ndevice_secret={value}\n");
        let out = masked(&text);
        assert!(!out.contains(&value[4..20]), "{part}");
        assert_eq!(masked(&out), out, "{part}");
    }
}

#[test]
fn values_deep_in_a_walked_value_are_hidden() {
    let mut random = Prng::new(32);
    for part in PARTS.iter().filter(|part| !part.contains('\n')) {
        for inner in ["token=", "device_secret=", "key=", "password="] {
            for length in [24, 40, 200] {
                let value = random.alnum(length);
                let text = format!("{}&{inner}{value}&{}", part.repeat(300), part.repeat(300));
                let out = masked(&text);
                assert!(!out.contains(&value[4..20]), "{part} {inner} {length}\n{out}");
            }
        }
    }
}
