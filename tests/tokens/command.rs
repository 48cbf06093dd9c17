//! `scrubjay token` as a person runs it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::vectors;

/// Keys that no test may see printed; made here, so that the file holds none.
struct Keys {
    app: String,
    device: String,
    sdk: String,
}

fn keys() -> Keys {
    Keys { app: "Ap9x".repeat(8), device: "Dv7q".repeat(8), sdk: "0123456789abcdef".repeat(4) }
}

fn scrubjay(args: &[&str], environment: &[(&str, &str)], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scrubjay"));
    for name in ["TIRTC_SECRET_KEY", "TIRTC_DEVICE_SECRET_KEY", "TIRTC_LICENSE", "TRTC_SDK_SECRET_KEY"] {
        command.env_remove(name);
    }
    command.arg("token").args(args).envs(environment.iter().copied());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that stops early closes its input; that is for the test to see in its answer.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let keys = keys();
    let said = [text(&output.stdout), text(&output.stderr)].concat();
    for secret in [&keys.app, &keys.device, &keys.sdk] {
        assert!(!said.contains(&secret[..20]), "a secret was printed by {args:?}");
    }
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn token(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(text(&output.stderr), "");
    let text = text(&output.stdout);
    assert_eq!(text.matches('\n').count(), 1, "the token alone");
    text.trim_end().to_owned()
}

fn file(directory: &Path, name: &str, content: &str) -> PathBuf {
    let path = directory.join(name);
    std::fs::write(&path, content).unwrap();
    path
}

const SIGN: [&str; 8] =
    ["sign", "tirtc", "--access-id", "ak_example", "--subject", "user_123", "--remote-id", "TIRA1B2C3D4E"];

#[test]
fn secrets_come_from_the_environment_from_files_and_from_a_descriptor() {
    let keys = keys();
    let license = format!("TIRA1B2C3D4E,{}", keys.device);
    let fixed = [&SIGN[..], &["--issued-at", "1740000000", "--nonce", "n"]].concat();
    let by_license = [("TIRTC_SECRET_KEY", keys.app.as_str()), ("TIRTC_LICENSE", &license)];
    let by_key = [("TIRTC_SECRET_KEY", keys.app.as_str()), ("TIRTC_DEVICE_SECRET_KEY", &keys.device)];
    let one = token(&scrubjay(&fixed, &by_license, ""));
    assert_eq!(one, token(&scrubjay(&fixed, &by_key, "")));

    let directory = tempfile::tempdir().unwrap();
    let app = file(directory.path(), "app", &format!("{}\n", keys.app));
    let license = file(directory.path(), "license", &format!("{license}\r\n"));
    let files = ["--secret-key-file", app.to_str().unwrap(), "--license-file", license.to_str().unwrap()];
    assert_eq!(one, token(&scrubjay(&[&fixed[..], &files].concat(), &[], "")));

    let json = serde_json::json!({ "TIRTC_SECRET_KEY": keys.app, "device_secret_key": keys.device });
    let piped = [&fixed[..], &["--secrets-fd", "0"]].concat();
    assert_eq!(one, token(&scrubjay(&piped, &[], &json.to_string())));
    for wrong in ["", "[]", "{\"key\":\"x\"}", "{\"secret_key\":7}", "{\"secret_key\":"] {
        let refused = scrubjay(&piped, &[], wrong);
        assert_eq!((refused.status.code(), text(&refused.stdout)), (Some(2), String::new()), "{wrong}");
    }
}

#[test]
fn what_can_not_be_signed_says_why_and_prints_no_token() {
    let keys = keys();
    let other = format!("TIRB1B2C3D4E,{}", keys.device);
    let given = [("TIRTC_SECRET_KEY", keys.app.as_str()), ("TIRTC_DEVICE_SECRET_KEY", &keys.device)];
    let refused = |more: &[&str], environment: &[(&str, &str)], expected: &str| {
        let output = scrubjay(&[&SIGN[..], more].concat(), environment, "");
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), String::new()));
        let said = text(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(expected), "{said}");
    };
    refused(&[], &[], "TIRTC_SECRET_KEY");
    refused(&[], &given[..1], "no device secret");
    refused(&[], &[given[0], ("TIRTC_LICENSE", &other)], "credential mismatch");
    refused(&[], &[given[0], ("TIRTC_LICENSE", "no-comma")], "TIRTC_LICENSE");
    refused(&["--ttl", "86401"], &given, "ttl");
    refused(&["--ttl", "-1"], &given, "ttl");
    refused(&["--ttl", "9223372036854775807", "--allow-long-ttl"], &given, "64 bits");
    refused(&["--issued-at", "soon"], &given, "RFC 3339");
    refused(&["--secret-key", &keys.app], &given, "--secret-key");
    refused(&[&format!("--device-secret-key={}", keys.device)], &given, "--device-secret-key");
    refused(&[&keys.app], &given, "unexpected argument");
    assert!(
        scrubjay(&[&SIGN[..], &["--ttl", "86401", "--allow-long-ttl"]].concat(), &given, "").status.success()
    );
}

#[test]
fn verify_says_valid_or_which_check_failed() {
    for v in vectors::tirtc() {
        let given =
            [("TIRTC_SECRET_KEY", v.secret_key.as_str()), ("TIRTC_DEVICE_SECRET_KEY", &v.device_secret_key)];
        let wrong = [("TIRTC_SECRET_KEY", "another"), given[1]];
        let (start, end) = (v.iat.to_string(), v.exp.to_string());
        let before = (v.iat - 1).to_string();
        let input = format!(" {}\n", v.token);
        let device = v.scope.rsplit(['/', ':']).next().unwrap();
        for (more, environment, status, word) in [
            (["--now", &start, "--remote-id", device], given, 0, "valid"),
            (["--now", &start, "--peer-id", "TIRX"], given, 1, "credential_mismatch"),
            (["--now", &start, "--subject", "nobody"], given, 1, "credential_mismatch"),
            (["--now", &start, "--user-id", "nobody"], given, 1, "credential_mismatch"),
            (["--now", &start, "--subject", &v.sub], wrong, 1, "signature_verification_failed"),
            (["--now", &end, "--subject", &v.sub], given, 1, "expired"),
            (["--now", &before, "--subject", &v.sub], given, 1, "not_yet_valid"),
        ] {
            let output = scrubjay(&[&["verify", "-f", "json"], &more[..]].concat(), &environment, &input);
            assert_eq!(output.status.code(), Some(status), "{word}");
            let said: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(said["status"], word);
            assert_eq!(said["valid"], status == 0);
            let human = scrubjay(&[&["verify"], &more[..]].concat(), &environment, &input);
            assert!(text(&human.stdout).contains(&word.replace('_', " ")), "{}", text(&human.stdout));
        }
    }
}

#[test]
fn verify_takes_no_damaged_token_and_no_missing_key() {
    let v = &vectors::usersig()[0];
    let given = [("TRTC_SDK_SECRET_KEY", v.key.as_str())];
    let now = v.time.to_string();
    let run = |input: &str| scrubjay(&["verify", "--now", &now], &given, input).status.code();
    assert_eq!(run(&v.token), Some(0));
    for damaged in [
        v.token.replace('-', "/"),
        v.token[..100].to_owned(),
        format!("{}A", v.token),
        format!("x{}", v.token),
        v.token.replacen("e", "f", 1),
        String::new(),
    ] {
        assert_eq!(run(&damaged), Some(1), "{damaged}");
    }
    assert_eq!(scrubjay(&["verify"], &[], &v.token).status.code(), Some(2));
    assert_eq!(scrubjay(&["verify", "--token-file", "/nowhere"], &given, "").status.code(), Some(2));
    assert_eq!(scrubjay(&["verify", "--secrets-fd", "0"], &given, &v.token).status.code(), Some(2));
    let argument = scrubjay(&["verify", &v.token], &given, "");
    assert_eq!(argument.status.code(), Some(2));
    assert!(!text(&argument.stderr).contains(&v.token[..30]));
}

#[test]
fn usersig_is_signed_for_a_room_and_verified_for_it() {
    let keys = keys();
    let given = [("TRTC_SDK_SECRET_KEY", keys.sdk.as_str())];
    let sign = ["sign", "usersig", "--sdk-app-id", "1400000001", "--user-id", "alice", "--expire", "300"];
    let room = [&sign[..], &["--room-name", "lobby", "--privileges", "enter,send-audio"]].concat();
    let signed = token(&scrubjay(&room, &given, ""));
    let verify = |more: &[&str]| scrubjay(&[&["verify"], more].concat(), &given, &signed).status.code();
    assert_eq!(
        verify(&["--room-name", "lobby", "--user-id", "alice", "--sdk-app-id", "1400000001"]),
        Some(0)
    );
    assert_eq!(verify(&["--room-name", "attic"]), Some(1));
    assert_eq!(verify(&["--room", "7"]), Some(1));
    assert_eq!(verify(&["--remote-id", "TIRX"]), Some(1));
    let inspected = scrubjay(&["inspect", "-f", "json"], &[], &format!("GET /x?usersig={signed}&random=1"));
    let said: Value = serde_json::from_slice(&inspected.stdout).unwrap();
    assert_eq!(said["scheme"], "usersig-v2");
    assert_eq!(said["status"], "active");
    assert_eq!(said["claims"]["scope"], "room:lobby");
    for wrong in [&["--privileges", "all"][..], &["--room", "0"], &["--room", "1", "--room-name", "x"]] {
        assert_eq!(scrubjay(&[&sign[..], wrong].concat(), &given, "").status.code(), Some(2));
    }
    let unusual = scrubjay(&sign, &[("TRTC_SDK_SECRET_KEY", "short")], "");
    assert!(text(&unusual.stderr).contains("64 lower-case hex digits"));
    assert!(unusual.status.success());
}

#[test]
fn legacy_is_signed_and_verified_with_pem_files() {
    let directory = tempfile::tempdir().unwrap();
    for v in vectors::legacy() {
        let private = file(directory.path(), "private.pem", &v.private_pem);
        let public = file(directory.path(), "public.pem", &v.public_pem);
        let sign = ["sign", "usersig-legacy", "--sdk-app-id", "7", "--user-id", "bob", "--key-file"];
        let signed = token(&scrubjay(&[&sign[..], &[private.to_str().unwrap()]].concat(), &[], ""));
        let key = ["verify", "--user-id", "bob", "--key-file", public.to_str().unwrap()];
        assert_eq!(scrubjay(&key, &[], &signed).status.code(), Some(0));
        assert_eq!(scrubjay(&["verify"], &[], &signed).status.code(), Some(2), "no key");
        let plain = ["verify", "--now", "1550000000", "--key-file", private.to_str().unwrap()];
        assert_eq!(scrubjay(&plain, &[], &v.json).status.code(), Some(0), "the oldest form");
    }
}

#[test]
fn inspect_tells_claims_status_and_weaknesses() {
    let v = &vectors::tirtc()[0];
    let inspect = |now: &str, input: &str| -> Value {
        let output = scrubjay(&["inspect", "-f", "json", "--now", now], &[], input);
        assert_eq!(output.status.code(), Some(0));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let said = inspect("2025-02-19T21:20:01Z", &v.token);
    assert_eq!(said["claims"]["nonce"], v.nonce.as_str());
    assert_eq!((&said["status"], &said["seconds_left"]), (&"active".into(), &300.into()));
    assert_eq!(said["weaknesses"], Value::Array(Vec::new()));
    assert_eq!(inspect("1740000301", &v.token)["status"], "expired");
    assert_eq!(inspect("0", &v.token[..120])["status"], "truncated");

    let weak = r#"{"sub":"u","scope":"connect:x","iss":"a","iat":0,"exp":86401,"nonce":"n"}"#;
    let said = inspect("0", &vectors::mint_tirtc(weak, &"A".repeat(43)));
    let ids: Vec<_> = said["weaknesses"].as_array().unwrap().iter().map(|w| w["id"].clone()).collect();
    assert_eq!(ids, ["ttl_too_long", "nonce_short"]);
    let hostile = r#"{"sub":"\u001b[2J","scope":"connect:x","iss":"a","nonce":"n"}"#;
    let human = scrubjay(&["inspect"], &[], &vectors::mint_tirtc(hostile, &"A".repeat(43)));
    assert!(!text(&human.stdout).contains('\u{1b}'));
    assert!(text(&human.stdout).contains("never expires"));
    assert_eq!(scrubjay(&["inspect"], &[], "no token here").status.code(), Some(2));
}

#[test]
fn an_error_code_is_explained_and_an_unknown_one_says_what_is_known() {
    for code in ["70001", "70009", "6206", "-100018", "100018", "-3320", "-40011"] {
        let output = scrubjay(&["explain", code], &[], "");
        assert_eq!(output.status.code(), Some(0), "{code}");
        let said = text(&output.stdout);
        let digits = code.trim_start_matches('-');
        assert!(said.contains(digits) && said.contains("cause") && said.contains("cure"), "{said}");
        let output = scrubjay(&["explain", code, "-f", "json"], &[], "");
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(said["code"].to_string().trim_start_matches('-'), digits);
    }
    let all = text(&scrubjay(&["explain"], &[], "").stdout);
    let rows = scrubjay::token::codes::CODES;
    assert!(rows.iter().all(|row| all.contains(&row.code.to_string())), "{all}");
    for (code, expected) in [("70008", "70009"), ("-99", "is not known here"), ("soon", "a number such as")] {
        let output = scrubjay(&["explain", code], &[], "");
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), String::new()), "{code}");
        let said = text(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn ids_and_nonces_may_begin_with_a_hyphen() {
    let keys = keys();
    let given = [("TIRTC_SECRET_KEY", keys.app.as_str())];
    let sign =
        ["sign", "tirtc", "--scheme", "app-only", "--access-id", "-ak", "--subject", "-x", "--remote-id"];
    let one =
        token(&scrubjay(&[&sign[..], &["-TIR0", "--nonce", "-abcdefghijklmnopqrstuv"]].concat(), &given, ""));
    let inspect = ["inspect", "-f", "json", "--remote-id", "-TIR0", "--user-id", "-x", "--access-id", "-ak"];
    let said: Value = serde_json::from_slice(&scrubjay(&inspect, &[], &one).stdout).unwrap();
    assert_eq!(said["claims"]["nonce"], "-abcdefghijklmnopqrstuv");
    assert_eq!(said["problems"], Value::Array(Vec::new()));
    let verify = ["verify", "--remote-id", "-TIR0", "--subject", "-x", "--access-id", "-ak"];
    assert_eq!(scrubjay(&verify, &given, &one).status.code(), Some(0));
    let sdk = [("TRTC_SDK_SECRET_KEY", keys.sdk.as_str())];
    let usersig =
        ["sign", "usersig", "--sdk-app-id", "1400000001", "--user-id", "-alice", "--room-name", "-lobby"];
    let two = token(&scrubjay(&usersig, &sdk, ""));
    let verify = ["verify", "--user-id", "-alice", "--room-name", "-lobby"];
    assert_eq!(scrubjay(&verify, &sdk, &two).status.code(), Some(0));
    // An option behind it is none of its values: its own was forgotten.
    let forgotten = scrubjay(&[&sign[..], &["--nonce", "--ttl", "5"]].concat(), &given, "");
    assert_eq!((forgotten.status.code(), text(&forgotten.stdout)), (Some(2), String::new()));
    assert!(text(&forgotten.stderr).contains("a value is missing"), "{}", text(&forgotten.stderr));
}

#[test]
fn inspect_and_verify_name_what_the_platform_answers() {
    let v = &vectors::usersig()[0];
    let given = [("TRTC_SDK_SECRET_KEY", v.key.as_str())];
    let wrong = [("TRTC_SDK_SECRET_KEY", "0123456789abcdef0123456789abcdef")];
    let (start, late) = (v.time.to_string(), (v.time + v.expire + 1).to_string());
    let codes = |arguments: &[&str], environment: &[(&str, &str)], input: &str| -> Value {
        let output = scrubjay(&[arguments, &["-f", "json"]].concat(), environment, input);
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        said["platform_codes"][0].clone()
    };
    let verify = |now: &str, more: &[&str], environment: &[(&str, &str)], input: &str| {
        codes(&[&["verify", "--now", now], more].concat(), environment, input)
    };
    assert_eq!(verify(&start, &[], &given, &v.token), Value::Null);
    assert_eq!(verify(&late, &[], &given, &v.token), 70001);
    assert_eq!(verify(&start, &[], &wrong, &v.token), 70009);
    assert_eq!(verify(&start, &["--user-id", "nobody"], &given, &v.token), 70013);
    assert_eq!(verify(&start, &["--sdk-app-id", "7"], &given, &v.token), 70014);
    assert_eq!(verify(&start, &[], &given, &v.token[..100]), 70003);
    assert_eq!(verify(&start, &[], &given, ""), 70002);
    let human = text(&scrubjay(&["verify", "--now", &late], &given, &v.token).stdout);
    assert!(human.contains("expired") && human.contains("70001"), "{human}");
    let human = text(&scrubjay(&["inspect", "--now", &late, "--sdk-app-id", "7"], &[], &v.token).stdout);
    assert!(
        human.contains("a server refuses this") && human.contains("70001") && human.contains("70014"),
        "{human}"
    );
}

#[test]
fn inspect_takes_a_text_with_several_tokens_and_says_why_there_is_none() {
    let (v, t) = (&vectors::usersig()[0], &vectors::tirtc()[0]);
    let log = format!("first {}\nnothing\nthird {{\"token\":\"{}\"}}\n", v.token, t.token);
    let json = text(&scrubjay(&["inspect", "-f", "json"], &[], &log).stdout);
    let said: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let places: Vec<_> = said.iter().map(|d| (d["number"].as_u64(), d["line"].as_u64())).collect();
    assert_eq!(places, [(Some(1), Some(1)), (Some(2), Some(3))]);
    let human = text(&scrubjay(&["inspect"], &[], &log).stdout);
    assert!(human.contains("1. line 1: TRTC UserSig") && human.contains("2. line 3: TiRTC"), "{human}");
    // As PowerShell writes a file.
    let directory = tempfile::tempdir().unwrap();
    let wide: Vec<u8> =
        [0xfeff].into_iter().chain(t.token.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let path = directory.path().join("token.txt");
    std::fs::write(&path, wide).unwrap();
    let output = scrubjay(&["inspect", "--token-file", path.to_str().unwrap()], &[], "");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    for (input, expected) in
        [("", "70002"), ("eJwt****zzzz", "masked"), ("hello", "nothing in the input decodes")]
    {
        let output = scrubjay(&["inspect"], &[], input);
        assert_eq!(output.status.code(), Some(2));
        let said = text(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
        let said = said.replace("│ ", "");
        assert!(said.contains("no token found in the input") && said.contains(expected), "{said}");
    }
}

#[test]
fn marks_and_line_ends_of_a_key_file_are_no_part_of_the_key() {
    let directory = tempfile::tempdir().unwrap();
    let keys = keys();
    let license = format!("TIRA1B2C3D4E,{}", keys.device);
    let fixed = ["--nonce", "-a-nonce-of-ours-", "--issued-at", "1800000000"];
    let signed = |key: &[u8], license: &[u8]| {
        let (a, b) = (directory.path().join("key"), directory.path().join("license"));
        std::fs::write(&a, key).unwrap();
        std::fs::write(&b, license).unwrap();
        let files = ["--secret-key-file", a.to_str().unwrap(), "--license-file", b.to_str().unwrap()];
        token(&scrubjay(&[&SIGN[..], &fixed, &files].concat(), &[], ""))
    };
    let expected = signed(keys.app.as_bytes(), license.as_bytes());
    let wide = |text: &str, unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(unit).collect()
    };
    for end in ["", "\n", "\r\n", "\n\n", " \r\n"] {
        let with = |text: &str| format!("\u{feff}{text}{end}").into_bytes();
        assert_eq!(signed(&with(&keys.app), &with(&license)), expected, "{end:?}");
        for unit in [u16::to_le_bytes, u16::to_be_bytes] {
            let with = |text: &str| wide(&format!("{text}{end}"), unit);
            assert_eq!(signed(&with(&keys.app), &with(&license)), expected, "{end:?} UTF-16");
        }
    }
}

#[test]
#[cfg(unix)]
fn a_secret_that_is_given_twice_is_refused() {
    let keys = keys();
    let directory = tempfile::tempdir().unwrap();
    let license = format!("TIRA1B2C3D4E,{}", keys.device);
    for names in [["secret_key", "secret_key"], ["secret_key", "TIRTC_SECRET_KEY"], ["a", "b"]] {
        let text = format!(
            "{{\"{}\": \"{}\", \"tirtc_license\": \"{license}\", \"{}\": \"x{}\"}}",
            names[0], keys.app, names[1], keys.app
        );
        let path = file(directory.path(), "secrets.json", &text);
        let line = format!("exec \"$0\" token {} --secrets-fd 3 3<\"$1\"", SIGN.join(" "));
        let out = Command::new("sh")
            .args(["-c", &line, env!("CARGO_BIN_EXE_scrubjay"), path.to_str().unwrap()])
            .output()
            .unwrap();
        let said = text_of(&out);
        assert_eq!(out.status.code(), Some(2), "{said}");
        assert!(!said.contains(&keys.app[..20]));
        assert_eq!(said.contains("twice"), names[0] == "secret_key", "{said}");
    }
    let out = scrubjay(&[&SIGN[..], &["--secrets-fd", "-1"]].concat(), &[], "");
    assert!(text_of(&out).contains("invalid value `-1`"), "{}", text_of(&out));
}

fn text_of(output: &Output) -> String {
    text(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ")
}
