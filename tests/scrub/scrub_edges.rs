//! Where a value ends, and what a mask in its place leaves: a second scrub, a scan of what came out and a reader
//! of JSON find nothing new there.

use crate::support;

use std::sync::{Arc, LazyLock};

use scrubjay::detect::Detector;
use scrubjay::scrub::Masker;
use support::NOW;
use support::scrubbing::{is_clean, is_fixpoint, keeps_json, scrub};
use support::template::expand;

static MASKER: LazyLock<Arc<Masker>> = LazyLock::new(Arc::default);
static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(scrubjay::rule::builtin(), NOW));

/// A text that ends, or was cut off, where the value of a name would begin: what follows the text in its record
/// is none.
#[test]
fn a_text_that_ends_before_a_value_ends_there() {
    let heads = ["", "k := getenv(", "x = {", "[", "set ", "('a', ", "{\"a\": ", "env: [\"A=1\", "];
    let quotes = ["", "\"", "'", "b'", "`"];
    let names = ["password", "SECRET_KEY", "license", "authorization", "--token", "cookie"];
    let joints = [", ", ",", ": ", ":", " = ", "=", "=>", "->", " ", ">", "(", " from ", ":\n", ",\n  "];
    let mut complaints = Vec::new();
    let count = heads.len() * quotes.len() * names.len() * joints.len();
    for at in 0..count {
        let (head, rest) = (heads[at % heads.len()], at / heads.len());
        let (quote, rest) = (quotes[rest % quotes.len()], rest / quotes.len());
        let (name, joint) = (names[rest % names.len()], joints[rest / names.len()]);
        let text = format!("{head}{quote}{name}{}{joint}", quote.trim_start_matches('b'));
        let nested = serde_json::json!({ "log": text, "n": 1 }).to_string();
        let lines = format!(
            "{}\n{}\n{}\n",
            serde_json::json!({ "message": text, "n": 1, "next": "value9" }),
            serde_json::json!([text, "n", { "a": 1 }]),
            serde_json::json!({ "message": nested, "n": 1 }),
        );
        let done = scrub(&MASKER, lines.as_bytes(), &[], false);
        complaints.extend(keeps_json(lines.as_bytes(), &done.bytes).err());
    }
    assert!(complaints.is_empty(), "{}\n{}", complaints.len(), complaints.join("\n"));
}

/// Blocks of private keys that were cut off in a record: the next record is none of their lines, and has a whole
/// block in it.
#[test]
fn a_block_that_is_cut_off_ends_with_its_record() {
    let key = String::from_utf8(expand("{pem:ec}", "cut block").bytes).expect("text");
    let line = key.lines().nth(1).expect("a line");
    let begin = "-----BEGIN PRIVATE KEY-----";
    let mut complaints = Vec::new();
    for cut in [
        format!("{begin}\n{line}\n"),
        format!("x = \"{begin}\\n{line}\\n-----E\";"),
        format!("x = \"{begin}\\n<your key>\\n-----END\0\0 PRIVATE KEY-----\";\n"),
        format!("{begin}\n{key}"),
        format!("\"{begin}\" and {key}"),
        begin.to_owned(),
    ] {
        for next in [&key, "done"] {
            let record = |text: &str| serde_json::json!({ "message": text, "n": 1 }).to_string();
            let lines = format!("{}\n{}\n{}\n", record(&cut), record(next), record("end"));
            for (pieces, ahead) in [(&[][..], false), (&[][..], true), (&[1], false)] {
                let done = scrub(&MASKER, lines.as_bytes(), pieces, ahead);
                let shown =
                    memchr::memmem::find(&done.bytes, line.as_bytes()).map(|_| "a line is shown".into());
                complaints.extend(keeps_json(lines.as_bytes(), &done.bytes).err().or(shown));
            }
        }
    }
    assert!(complaints.is_empty(), "{}\n{}", complaints.len(), complaints.join("\n"));
}

/// A value before its name, in a record that is broken there: it is hidden or left, and nothing stops.
#[test]
fn broken_siblings_do_no_harm() {
    let values = [
        ":=\"{alnum:32}\"",
        ":",
        ": =",
        ": ****",
        ":null",
        ": \"\"",
        ":\"****\"",
        "=",
        ": +\n \"{alnum:32}\"",
    ];
    for value in values {
        for end in [
            ",\n    \"key\": \"@\"\n",
            ", \"key\": \"@\"",
            " ,e\"key\":\"@\"n ,e\"b\": true",
            " + \"key\": \"@\"",
        ] {
            for name in ["device_secret_key", "password", "token", "license"] {
                let end = end.replace('@', name);
                let text = format!(
                    "{{\n  \"values\": [\n    {{ \"value\": \"{{alnum:32}}\", \"key\": \"secret_key_id\"n ,e\"baled\": true }},\n    {{\n      \"value\"{value}{end}    }}\n  ]\n}}"
                );
                let text = expand(&text, "siblings").bytes;
                let _ = is_clean(&DETECTOR, &text);
                for (pieces, ahead) in [(&[][..], false), (&[][..], true), (&[1], false)] {
                    scrub(&MASKER, &text, pieces, ahead);
                }
            }
        }
    }
}

/// Words between the two lines of an armour, and masks under names within the value of another name.
#[test]
fn what_was_masked_is_no_finding() {
    let words =
        "the two lines of the armour are named here, and what is between them is a long text\n".repeat(3);
    for text in [
        format!("tls_sigature \"-----BEGIN EC PRIVATE KEY-----\"\n{words}\"-----END EC PRIVATE KEY-----\"\n"),
        "nssecretKeyId: process.env.A_key = r\"\"\"_SECRET_KEY_ID={alnum:32}\"\n".to_owned(),
        "secretKeyId = env(\"A\", \"MY_SECRET_KEY={alnum:32}\")\n".to_owned(),
    ] {
        let text = expand(&text, "masked");
        let done = scrub(&MASKER, &text.bytes, &[], true);
        assert_eq!(is_clean(&DETECTOR, &done.bytes), Ok(()));
    }
}

/// A mask shows the last characters of a value. Where these are a name and a separator follows, what stands behind
/// it would be the value of that name the second time.
#[test]
fn the_end_of_a_mask_is_no_name() {
    for name in ["_KEY", ".pwd", "-pin", "_SIG", "pass", "auth"] {
        for joint in [":", "=", "\": \"", " = "] {
            for before in
                ["v1.eyJ{alnum:60}.{alnum:39}", "secret_key={alnum:40#a}@; got {alnum:40#a}", "\"{alnum:28}"]
            {
                let before = before.replace('@', name);
                let text = expand(&format!("{before}{name}{joint}{{alnum:24}}\n"), name).bytes;
                let done = scrub(&MASKER, &text, &[], false);
                assert_eq!(is_fixpoint(&MASKER, &done.bytes, &[7]), Ok(()), "{before}{name}{joint}");
            }
        }
    }
}
