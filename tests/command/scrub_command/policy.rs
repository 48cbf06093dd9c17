//! What is masked, and how: masks, exact values, tokens that open nothing any more.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::lab::Lab;
use crate::support::NOW;

#[test]
fn the_same_secret_has_the_same_tag_and_another_one_another() {
    let mut lab = Lab::new();
    let text = lab.fill("a", "x secret_key={alnum:32#a}\ny token={alnum:32#a}\nz secret_key={alnum:32#b}\n");
    lab.put("a.log", &text);
    let once = lab.run(&["--mask", "fingerprint", "a.log"]).status(0).stdout;
    let tags: Vec<&str> = once.lines().map(|l| l.split_once("=****#").expect("a tag").1).collect();
    assert!(tags.iter().all(|tag| tag.len() == 8), "{tags:?}");
    assert!(tags[0] == tags[1] && tags[0] != tags[2], "{tags:?}");
    let again = lab.run(&["--mask", "fingerprint", "a.log"]).status(0).stdout;
    assert_eq!(again, once, "the tag of a key is the same in each run");
    lab.run(&["-n", "--report", "r.json", "a.log"]).status(0);
    assert!(lab.text("r.json").contains(&format!("\"fingerprint\":\"{}", tags[0])), "as in a report");
}

#[test]
fn a_second_scrub_changes_nothing_whatever_the_masks_were() {
    let mut lab = Lab::new();
    let text = "secret_key={alnum:32} password={alnum:12} {\"token\":12345678} license={license}\n\
                Authorization: Bearer {mint:tirtc}\nuserSig: {mint:usersig}\n";
    let bytes = lab.fill("a", text);
    let styles = ["partial", "full", "fingerprint"];
    for style in styles {
        let once = lab.run_with(&["--mask", style], &bytes).status(0).stdout;
        assert!(once.matches("****").count() >= 5, "{once}");
        for again in styles {
            let ran = lab.run_with(&["--mask", again, "--count"], once.as_bytes()).status(0);
            assert_eq!((ran.stdout, ran.stderr.as_str()), (once.clone(), "scrubjay: 0 values masked\n"));
        }
    }
}

#[test]
fn a_known_secret_is_found_in_every_encoding() {
    let mut lab = Lab::new();
    lab.put("other.txt", b"\xef\xbb\xbf# nothing\r\n\r\nanother one of these\r\n");
    let value = format!("{}/+ \"é", String::from_utf8(lab.fill("v", "{alnum:16}")).expect("text"));
    lab.put("known.txt", format!("# ours\n{value}\n").as_bytes());
    let hex = |upper: bool| -> String {
        value.bytes().map(|b| if upper { format!("{b:02X}") } else { format!("{b:02x}") }).collect()
    };
    let percent: String = value
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect();
    let json = serde_json::to_string(&value).expect("JSON").trim_matches('"').to_owned();
    let mut forms = vec![value.clone(), hex(false), hex(true), percent.clone(), percent.to_lowercase()];
    forms.extend([
        json.clone(),
        json.replace('/', "\\/"),
        value.bytes().map(|b| format!("%{b:02X}")).collect(),
    ]);
    for before in ["", "x", "xy"] {
        for after in ["", "z", "zz"] {
            let text = format!("{before}{value}{after}");
            forms.extend([STANDARD.encode(&text), URL_SAFE_NO_PAD.encode(&text)]);
        }
    }
    // Of the percent-encoded forms lower-case digits only, not letters.
    let lower = value.bytes().map(|b| match b {
        b if b.is_ascii_alphanumeric() => char::from(b).to_string(),
        b => format!("%{b:02x}"),
    });
    forms[4] = lower.collect();
    let arguments = ["--known-secrets", "known.txt", "--known-secrets", "other.txt", "--count"];
    for form in &forms {
        let ran = lab.run_with(&arguments, format!("a |{form}| b\nplain\n").as_bytes()).status(0);
        assert!(ran.stdout.starts_with("a |") && ran.stdout.ends_with("| b\nplain\n"), "{ran:?}");
        assert!(ran.stdout.contains("****"), "{form:?} has no mask: {ran:?}");
        let shown = form.as_bytes().windows(9).any(|w| ran.stdout.as_bytes().windows(9).any(|o| o == w));
        assert!(!shown, "{form:?}: {ran:?}");
        assert!(ran.stderr.contains("literal"), "{ran:?}");
    }
    let wide: Vec<u8> = format!("a |{value}| b\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = [&b"\xff\xfe"[..], &wide].concat();
    let mut command = lab.command(&arguments);
    lab.put("wide.log", &wide);
    let out = command.arg("wide.log").output().expect("it runs").stdout;
    let units: Vec<u16> = out[2..].chunks_exact(2).map(|u| u16::from_le_bytes([u[0], u[1]])).collect();
    assert_eq!(String::from_utf16(&units).expect("UTF-16"), "a |****| b\n");
    let ran = lab.run_with(&arguments, b"this is another one of these, you know").status(0);
    assert_eq!(ran.stdout, "this is ****, you know");
}

#[test]
fn known_secrets_are_read_as_those_of_a_scan() {
    let mut lab = Lab::new();
    let fill = |lab: &mut Lab, text: &str| String::from_utf8(lab.fill("known", text)).expect("text");
    let (key, license) = (fill(&mut lab, "{alnum:32}"), fill(&mut lab, "{license}"));
    let (id, half) = license.split_once(',').expect("a license");
    let json = |text: &str| serde_json::Value::from(text).to_string();
    lab.put("list.json", format!("[{}, {}]", json(&key), json(&license)).as_bytes());
    lab.put("object.json", format!("{{\"{id}\": {}, \"b\": {}}}", json(half), json(&key)).as_bytes());
    lab.put("lines.txt", format!("# ours\n\n  {key}\n{license}\n").as_bytes());
    let text = format!("a |{key}| b |{half}| c |{id}| d\n");
    for file in ["list.json", "object.json", "lines.txt"] {
        let ran = lab.run_with(&["--known-secrets", file], text.as_bytes()).status(0);
        assert_eq!(ran.stdout, format!("a |****| b |****| c |{id}| d\n"), "{file}");
    }
    for (wrong, says) in [
        (format!("{{\"a\": {}, \"a\": {}}}", json(&key), json(half)), "twice"),
        (format!("[{}, 17]", json(&key)), "strings"),
        (format!("{key}\nshort\n"), "at least 8 bytes"),
        (format!("[{}, \"short\"]", json(&key)), "at least 8 bytes"),
    ] {
        lab.put("wrong", wrong.as_bytes());
        lab.run_with(&["--known-secrets", "wrong"], text.as_bytes()).status(2).says(says).says("wrong");
    }
}

#[test]
fn expired_tokens_stay_where_that_is_wanted() {
    let mut lab = Lab::new();
    let old = String::from_utf8(lab.fill("old", "{mint:tirtc:expired}")).expect("text");
    lab.secrets.clear(); // It opens nothing any more.
    let new = String::from_utf8(lab.fill("new", "{mint:tirtc}")).expect("text");
    let text = format!("old token={old}\nnew token={new}\n");
    let now = NOW.to_string();
    // Tokens begin alike; what must not be shown is the signature.
    lab.secrets.clear();
    let ran = lab.run_with(&["--keep-expired", "--now", &now], text.as_bytes()).status(0);
    assert!(!ran.stdout.contains(&new[new.len() - 20..]), "the one that opens something is masked");
    assert!(ran.stdout.starts_with(&format!("old token={old}\nnew token=")), "{ran:?}");
    let ran = lab.run_with(&["--now", &now], text.as_bytes()).status(0);
    assert!(!ran.stdout.contains(&old), "without the option every token is masked");
    let later = (NOW + 1_000_000).to_string();
    let ran = lab.run_with(&["--keep-expired", "--now", &later], text.as_bytes()).status(0);
    assert_eq!(ran.stdout, text, "later the other one has expired, too");
}
