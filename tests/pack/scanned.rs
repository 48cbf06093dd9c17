//! The command: where findings in containers stand, and what is told of those that cannot be read.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::{fs, io::Write};

use crate::made::{Zipped, codecs, squeeze, tar, zip, zip_of};
use crate::support::prng::Prng;

fn scrubjay(directory: &Path, args: &[&str], stdin: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_scrubjay"))
        .args(args)
        .current_dir(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("runs");
    child.stdin.take().expect("a pipe").write_all(stdin).expect("takes it");
    child.wait_with_output().expect("ends")
}

/// A log with a secret on its last line, and so many before it.
fn log(seed: u64, lines: usize) -> Vec<u8> {
    let mut rng = Prng::new(seed);
    let mut text: String = (0..lines).map(|i| format!("{i} nothing to see {}\n", rng.below(100))).collect();
    text.push_str(&format!("device_secret_key = \"{}\"\n", rng.alnum(32)));
    text.into_bytes()
}

/// Path, way and line of each finding.
fn places(output: &Output) -> Vec<String> {
    let text = String::from_utf8_lossy(&output.stdout);
    let finding = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).expect("is JSON");
        let entry: Vec<&str> =
            value["entry"].as_array().expect("a list").iter().filter_map(|e| e.as_str()).collect();
        format!("{} {} {}", value["path"].as_str().expect("a path"), entry.join(">"), value["line"])
    };
    text.lines().map(finding).collect()
}

#[test]
fn findings_say_the_way_and_the_line() {
    let directory = tempfile::tempdir().expect("a directory");
    let (small, large) = (log(1, 4), log(2, 100_000));
    for name in codecs() {
        fs::write(directory.path().join(format!("{name}.log")), squeeze(name, &small)).expect("writes");
    }
    let archive = tar(&[("a/small.log", &small), ("large.log", &large)]);
    fs::write(directory.path().join("t.tar.gz"), squeeze("gzip", &archive)).expect("writes");
    fs::write(directory.path().join("u.tar"), &archive).expect("writes");
    let script = [b"#!/bin/sh\n", &zip(&[("in.zip", &zip(&[("s", &small)]))])[..]].concat();
    fs::write(directory.path().join("v.sh"), script).expect("writes");
    let output = scrubjay(directory.path(), &["scan", "-f", "jsonl"], b"");
    let mut expected: Vec<String> = codecs().iter().map(|name| format!("{name}.log ({name}) 5")).collect();
    for path in ["t.tar.gz", "u.tar"] {
        expected.push(format!("{path} a/small.log 5"));
        expected.push(format!("{path} large.log 100001"));
    }
    expected.push("v.sh in.zip>s 5".to_owned());
    expected.sort();
    assert_eq!(places(&output), expected);
    assert_eq!(output.status.code(), Some(1));
    let one = scrubjay(directory.path(), &["scan", "-f", "jsonl", "-j", "1"], b"");
    assert_eq!(one.stdout, output.stdout);
}

#[test]
fn standard_input_is_unpacked() {
    let directory = tempfile::tempdir().expect("a directory");
    let archive = squeeze("zstd", &tar(&[("a.log", &log(1, 4)), ("z.zip", &zip(&[("b.log", &log(2, 7))]))]));
    let output = scrubjay(directory.path(), &["scan", "-f", "jsonl", "-"], &archive);
    assert_eq!(places(&output), ["- a.log 5", "- z.zip>b.log 8"]);
    let plain = scrubjay(directory.path(), &["scan", "-f", "jsonl", "-"], &log(1, 4));
    assert_eq!(places(&plain), ["-  5"]);
}

#[test]
fn people_see_the_way_to_a_finding() {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("t.tar"), tar(&[("a.gz", &squeeze("gzip", &log(1, 4)))]))
        .expect("writes");
    let output = scrubjay(directory.path(), &["scan"], b"");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("[t.tar > a.gz > a:5:22]"), "{text}");
}

#[test]
fn what_is_not_read_is_told() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut locked = Zipped::new("locked", b"x");
    locked.flags = 1;
    fs::write(directory.path().join("locked.zip"), zip_of(&[locked], b"")).expect("writes");
    let output = scrubjay(directory.path(), &["scan"], b"");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), said.contains("1 encrypted")), (Some(0), true), "{said}");

    let whole = squeeze("gzip", &log(1, 50_000));
    fs::write(directory.path().join("cut.gz"), &whole[..whole.len() - 9]).expect("writes");
    let output = scrubjay(directory.path(), &["scan", "-v", "-f", "jsonl"], b"");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("cut.gz: damaged container: gzip: cut off"), "{said}");
}

#[test]
fn what_only_looks_like_a_container_is_read_as_it_is() {
    let directory = tempfile::tempdir().expect("a directory");
    let odd = [b"\x1f\x8b\x08\0\0\0\0\0\0\xff\n", &log(1, 4)[..]].concat();
    fs::write(directory.path().join("odd"), odd).expect("writes");
    let output = scrubjay(directory.path(), &["scan", "-f", "jsonl"], b"");
    assert_eq!(places(&output), ["odd  6"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), said.contains("1 damaged container")), (Some(1), true), "{said}");
}
