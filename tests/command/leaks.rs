//! No output ever holds more of a secret than its mask: every acceptance case is written to a file,
//! the command scans them all, and each format is searched for pieces of what was detected. The same
//! run shows that the command reports what the detector detects, place by place.

use crate::support;

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use scrubjay::detect::Detector;
use scrubjay::finding::Kind;
use scrubjay::report::FORMATS;
use support::NOW;
use support::cases;
use support::template::{expand, line_of};

/// A piece of this many bytes shows more than a mask may: at most four stand together in one.
const WINDOW: usize = 9;

/// The cases as files, and what the detector reports in them.
struct Tree {
    folder: tempfile::TempDir,
    /// Path below the folder, line, kind.
    found: BTreeSet<(String, usize, String)>,
    /// Pieces that must not be printed, with the case they come from.
    pieces: Vec<(Vec<u8>, String)>,
}

fn tree() -> Tree {
    let detector = Detector::new(scrubjay::rule::builtin(), NOW);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut tree = Tree { folder, found: BTreeSet::new(), pieces: Vec::new() };
    for (at, case) in cases::load().iter().enumerate() {
        let below = format!("{at:04}/{}", case.path);
        let file = tree.folder.path().join(&below);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder is made");
        let bytes = case.expand().bytes;
        fs::write(&file, &bytes).expect("a file is written");
        for d in cases::reported(&detector, &file.to_string_lossy(), &bytes) {
            let kind = d.rule.kind;
            tree.found.insert((below.clone(), line_of(&bytes, d.span.start), kind.name().to_owned()));
            let raw = &bytes[d.span.range()];
            tree.pieces
                .extend(pieces(kind, &d.value, raw, &d.decoded).into_iter().map(|p| (p, case.name.clone())));
        }
    }
    tree
}

/// What may not be printed of one detection: windows of the value, and of the encoded bytes where the
/// encoding leaves them recognisable.
fn pieces(kind: Kind, value: &[u8], raw: &[u8], decoded: &[&str]) -> Vec<Vec<u8>> {
    let secret = match value.iter().position(|b| *b == b',') {
        Some(comma) if kind == Kind::License => &value[comma + 1..],
        _ => value,
    };
    // The armour of a PEM block and its header are the same for every key.
    let secret = if kind == Kind::PrivateKey { &secret[secret.len().min(120)..] } else { secret };
    let secret = if kind == Kind::PrivateKey { &secret[..secret.len().saturating_sub(40)] } else { secret };
    let mut out: Vec<Vec<u8>> = secret.windows(WINDOW).map(<[u8]>::to_vec).collect();
    if decoded.last() == Some(&"base64") && kind != Kind::License {
        out.extend(raw.windows(WINDOW + 3).map(<[u8]>::to_vec));
    }
    // A token begins alike for all.
    let alike: &[&[u8]] = &[b"v1.eyJ", b"eyJzdWIi", b"eJ"];
    out.retain(|w| !alike.iter().any(|a| w.starts_with(a)) && !w.contains(&b'*'));
    out
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_scrubjay"))
        // The keys of a thousand cases belong to none of their tokens; to try them all takes long here.
        .args(["scan", "--now", &NOW.to_string(), "--no-ignore", "--prove-limit", "20000"])
        .args(arguments)
        .arg(".")
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("the command starts")
}

fn assert_silent(tree: &Tree, what: &str, output: &[u8]) {
    // Pieces are looked up: the output is long and they are many.
    let known: HashMap<&[u8], &str> = tree.pieces.iter().map(|(p, n)| (p.as_slice(), n.as_str())).collect();
    let windows = output.windows(WINDOW).chain(output.windows(WINDOW + 3));
    let leaks: BTreeSet<&str> = windows.filter_map(|window| known.get(window).copied()).collect();
    assert!(leaks.is_empty(), "{what} shows more than a mask of a secret in: {leaks:?}");
}

#[test]
fn no_format_shows_more_than_a_mask() {
    let tree = tree();
    assert!(tree.found.len() > 300, "{} findings are too few for a test", tree.found.len());
    let ways = [
        &["-f", "human", "-v"][..],
        &["-f", "human", "--color", "always"],
        &["-f", "human", "-q"],
        &["-f", "json", "-v"],
        &["-f", "jsonl", "-v"],
        &["-f", "sarif", "-v"],
        &["-f", "gitlab", "-v"],
        &["-f", "github", "-v"],
        &["-f", "junit", "-v"],
        &["-f", "rdjsonl", "-v"],
        &["-f", "csv", "-v"],
        &["-f", "markdown", "-v"],
    ];
    let named = |name: &str| ways.iter().any(|way| way[1] == name);
    assert!(FORMATS.iter().all(|format| named(format.name)), "a format is not looked at");
    for arguments in ways {
        let output = run(tree.folder.path(), arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: findings give status 1");
        assert!(!output.stdout.is_empty(), "{arguments:?}: nothing was written");
        assert_silent(&tree, &format!("{arguments:?} on stdout"), &output.stdout);
        assert_silent(&tree, &format!("{arguments:?} on stderr"), &output.stderr);
    }
}

#[test]
fn the_command_reports_what_the_detector_detects() {
    let tree = tree();
    let output = run(tree.folder.path(), &["-f", "jsonl"]);
    let text = String::from_utf8(output.stdout).expect("JSON Lines are UTF-8");
    let mut reported = BTreeSet::new();
    for line in text.lines() {
        let finding: serde_json::Value = serde_json::from_str(line).expect("each line is JSON");
        let path = finding["path"].as_str().expect("a path").trim_start_matches("./").to_owned();
        let line = finding["line"].as_u64().expect("a line") as usize;
        reported.insert((path, line, finding["kind"].as_str().expect("a kind").to_owned()));
        assert_mask(finding["kind"].as_str().unwrap_or(""), finding["masked"].as_str().expect("a mask"));
    }
    let missing: Vec<_> = tree.found.difference(&reported).collect();
    let extra: Vec<_> = reported.difference(&tree.found).collect();
    assert!(missing.is_empty() && extra.is_empty(), "not reported: {missing:#?}\nnot detected: {extra:#?}");
}

/// Four stars, and no more than four characters on either side; a license shows its device id too.
/// The value may have had stars of its own.
fn assert_mask(kind: &str, masked: &str) {
    let rest = match masked.split_once(',') {
        Some((_, rest)) if kind == "license" => rest,
        _ => masked,
    };
    assert!(rest.contains("****") && rest.chars().count() <= 12, "a {kind} shows too much");
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let tree = tree();
    let one = run(tree.folder.path(), &["-f", "jsonl", "-j", "1"]).stdout;
    let many = run(tree.folder.path(), &["-f", "jsonl", "-j", "4"]).stdout;
    assert!(one == many, "one thread and four threads differ");
}

/// Whoever signs may put a secret where a name belongs: a license for the id of a device, a key for the
/// account, and the report of the token shows its mask.
#[test]
fn a_secret_in_a_claim_shows_its_mask() {
    let claims = [
        ("{license}", "connect:device://{device_id}", "ak_app"),
        ("user_1", "connect:device://{license}", "ak_app"),
        ("user_1", "connect:device://{alnum:32}", "ak_app"),
        ("user_1", "connect:device://{device_id}", "{alnum:40}"),
        ("secret_key={alnum:32}", "connect:device://{device_id}", "ak_app"),
        ("password is {alnum:24}", "connect:device://{device_id}", "ak_app"),
    ];
    for (at, (subject, scope, issuer)) in claims.into_iter().enumerate() {
        let (iat, exp) = (NOW - 60, NOW + 9_000);
        let said = format!(
            "{{\"sub\":\"{subject}\",\"scope\":\"{scope}\",\"iss\":\"{issuer}\",\"iat\":{iat},\"exp\":{exp},\"nonce\":\"n-0123456789abcdef\"}}"
        );
        let said = expand(&said, &format!("claims {at}"));
        let payload = URL_SAFE_NO_PAD.encode(&said.bytes);
        let signature = expand("{base64url:{alnum:32}}", &format!("signature {at}")).bytes;
        let token = format!("v1.{payload}.{}\n", String::from_utf8_lossy(&signature));
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("log"), &token).expect("a file is written");
        let secrets: Vec<&[u8]> = said.secrets.iter().map(|secret| &secret.value[secret.public..]).collect();
        let check = |what: &str, output: &Output| {
            for seen in [&output.stdout, &output.stderr] {
                let is_shown = |piece: &[u8]| memchr::memmem::find(seen, piece).is_some();
                let leaks = secrets.iter().any(|secret| secret.windows(WINDOW).any(is_shown));
                assert!(!leaks, "claims {at}, {what}: {}", String::from_utf8_lossy(seen));
            }
        };
        for format in FORMATS {
            let output = run(folder.path(), &["-f", format.name, "-v"]);
            assert_eq!(output.status.code(), Some(1), "claims {at}: the token is found");
            check(format.name, &output);
        }
        for format in ["human", "json"] {
            let mut inspect = Command::new(env!("CARGO_BIN_EXE_scrubjay"));
            inspect
                .args(["token", "inspect", "-f", format, "--token-file", "log"])
                .current_dir(folder.path());
            check("token inspect", &inspect.output().expect("the command runs"));
        }
    }
}
