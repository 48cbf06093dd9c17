//! What a mask does to the text around it: names, values, quotes, brackets and tags in any order, of which a
//! mask makes another text than there was. A second scrub changes nothing, and a scan finds nothing.

use crate::support;

use std::sync::{Arc, LazyLock};

use scrubjay::detect::Detector;
use scrubjay::scrub::Masker;
use support::NOW;
use support::prng::Prng;
use support::scrubbing::{difference, is_clean, is_same_outside, keeps_lines, scrub};
use support::template::expand;

static MASKER: LazyLock<Arc<Masker>> = LazyLock::new(Arc::default);
static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(scrubjay::rule::builtin(), NOW));

/// A text whole, with what follows in sight, and line by line.
const WAYS: [(&[usize], bool); 3] = [(&[], false), (&[], true), (&[1], false)];

/// Texts of which a mask once made another: each was found by fuzzing, and made as short as it could be.
const PAST: &[&str] = &[
    // The mask is the first word that the name before can have for its value.
    "secretkey= &.key={alnum:32}",
    // A mask with its own quotes, beside a string.
    "\"secret_value\":a\"{alnum:8}\"",
    "{\"values\": [{\n\"value\":=\"{alnum:32}\",\n\"key\": \"device_secret_key\"\n}]}\n",
    // Two siblings are called `value`, and the nearer one is masked.
    "value:{alnum:16}\n              value:{alnum:32}\n              name:SECRETKEY ",
    // Structures that end before they are closed, or have nothing in them.
    "\"license\":{\n\"{alnum:32}\"\ndeviceKey:a",
    "\"secretkey\":{\n \n",
    // Text of two scripts.
    "\0S\0e\0c\0r\0e\0t\0K\0e\0y\0=secret-key:a\u{fffd} a",
    "<an class=\"o\">=</span><span class=\"s\">{alnum:36}</span>\nsecret_key<an class=\"o\">=</span><span class=\"s\">{alnum:36}</span>\n</code>\n",
];

fn holds(text: &[u8]) -> Result<(), String> {
    for (pieces, ahead) in WAYS {
        let once = scrub(&MASKER, text, pieces, ahead);
        let twice = scrub(&MASKER, &once.bytes, pieces, ahead).bytes;
        if once.bytes != twice {
            let (a, b) = difference(&once.bytes, &twice);
            return Err(format!("pieces {pieces:?}, ahead {ahead}: {a:?} becomes {b:?}"));
        }
        keeps_lines(text, &once.bytes)?;
        if ahead {
            is_same_outside(text, &once)?;
            is_clean(&DETECTOR, &once.bytes)?;
        }
    }
    Ok(())
}

#[test]
fn texts_of_which_a_mask_made_another() {
    for (at, template) in PAST.iter().enumerate() {
        let text = expand(template, &format!("settled {at}")).bytes;
        assert_eq!(holds(&text), Ok(()), "{template:?}");
    }
}

/// In UTF-16, as a byte order mark says, a mask shifts nothing, whatever it stands for.
#[test]
fn odd_values_in_utf16() {
    for odd in [&b"secret-key:a "[..], b"\0s\0e\0c\0r\0e\0t\0k\0e\0y\0i\0d\0=\0a\0\n", b"token=abcdefg hi "] {
        for mark in [&b"\xff\xfe"[..], b"\xfe\xff"] {
            let wide = b"\0T\0o\0k\0e\0n\0=\0a\0b\0c\0d\0e\0f\x001\x002\x003\x004\x005\x006";
            let text = [mark, b"aaaaaaaa", odd, wide].concat();
            assert_eq!(holds(&text), Ok(()), "{:?}", String::from_utf8_lossy(&text));
        }
    }
}

/// What stands beside masks: everything that opens, closes or continues a value in some notation.
const PARTS: &[&str] = &[
    "secret_key",
    "device_secret_key",
    "token",
    "password",
    "license",
    "value",
    "key",
    "name",
    "sdkSecretKey",
    "{alnum:32}",
    "{alnum:32}",
    "{alnum:16}",
    "{alnum:8}",
    "{license}",
    "a",
    "12345",
    "****",
    "ab****yz",
    "=",
    ":",
    "=",
    ":",
    ": ",
    "\": \"",
    "\"",
    "\"",
    "'",
    "`",
    "\\",
    "\\\"",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "<",
    ">",
    "</",
    "<a>",
    "</a>",
    ",",
    ";",
    "&",
    "&amp;",
    "%20",
    "%3D",
    " ",
    " ",
    "\n",
    "\n",
    "\n  ",
    "\r\n",
    "+",
    " + ",
    "|",
    "#",
    "- ",
    "\u{1b}[1m",
    "é",
    "密钥",
    "\u{200b}",
    "\\u0022",
    "\\n",
    "${",
    "<<EOF\n",
    "\"\"\"",
    "\t",
    "user:",
    "@host/",
];

#[test]
fn nothing_beside_a_mask_becomes_a_value() {
    let mut rng = Prng::new(23);
    let mut broken = Vec::new();
    let rounds = if cfg!(debug_assertions) { 4_000 } else { 60_000 };
    for round in 0..rounds {
        let template: String = (0..4 + rng.below(14)).map(|_| PARTS[rng.below(PARTS.len())]).collect();
        let text = expand(&template, &format!("beside {round}")).bytes;
        if let Err(complaint) = holds(&text) {
            broken.push(format!("{template:?}: {complaint}"));
        }
    }
    let shown = broken.iter().take(5).cloned().collect::<Vec<_>>().join("\n");
    assert!(broken.is_empty(), "{} of {rounds}:\n{shown}", broken.len());
}
