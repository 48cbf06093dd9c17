//! Archives and compressed files in the history, in ranges, in pushes and in the index are looked into as
//! they are in a tree, whatever holds them and however git stores them.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::lab::{Lab, Ran, Repo, secret};
use crate::packed::{codecs, squeeze, tar, zip};

/// Makes a container of a text: its name, the entry in which the text is found, the bytes.
type Make = fn(&str, &[u8]) -> Vec<u8>;

/// Every kind, by the name that a file of it has.
fn kinds() -> Vec<(String, Make)> {
    let mut all: Vec<(String, Make)> = codecs()
        .iter()
        .map(|name| (format!("c.{name}"), (|kind, text| squeeze(&kind[2..], text)) as Make))
        .collect();
    let made: [(&str, Make); 9] = [
        ("l.Z", |_, text| squeeze("compress", text)),
        ("d.deflate", |_, text| squeeze("deflate", text)),
        ("app.pyz", |_, text| [b"\xef\xbb\xbf#!/bin/sh\n".to_vec(), zip(&[("b.env", text)])].concat()),
        ("mid.exe", |_, text| {
            [b"MZ\x90\0".to_vec(), vec![7; 90_000], zip(&[("b.env", text)]), b"more\n".repeat(20_000)]
                .concat()
        }),
        ("t.tar", |_, text| tar(&[("x/a.env", b"nothing\n"), ("x/b.env", text)])),
        ("z.zip", |_, text| zip(&[("a.env", b"nothing\n"), ("b.env", text)])),
        ("t.tgz", |_, text| squeeze("gzip", &tar(&[("b.env", text)]))),
        ("t.bin", |_, text| tar(&[("lib.jar", &zip(&[("b.env", text)]))])),
        ("self.sh", |_, text| [b"#!/bin/sh\nexit\n".to_vec(), zip(&[("b.env", text)])].concat()),
    ];
    all.extend(made.map(|(name, make)| (name.to_owned(), make)));
    all
}

/// Every path is found, and each finding says where in the container it is.
#[track_caller]
fn assert_inside(ran: &Ran, names: &[String], what: &str) {
    assert_eq!(ran.status, 1, "{what}: {}", ran.stderr);
    let findings = ran.findings();
    let found: BTreeSet<&str> = findings.iter().filter_map(|f| f["path"].as_str()).collect();
    let missing: Vec<&String> = names.iter().filter(|name| !found.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "{what}: nothing is found in {missing:?}");
    for finding in &findings {
        let entry = finding["entry"].as_array().expect("a way");
        assert!(!entry.is_empty(), "{what}: no way in {finding}");
        assert!(entry.iter().all(Value::is_string), "{finding}");
    }
    assert_eq!(findings.len(), names.len(), "{what}: each once");
}

fn fill(repo: &Repo, kinds: &[(String, Make)]) -> Vec<String> {
    repo.commit("a.txt", b"clean\n");
    // Earlier versions are alike, so that git stores deltas, and nothing is in them.
    let noise: Vec<u8> =
        (0..400_u32).flat_map(|n| format!("line {} of it\n", n * 7919 % 1009).into_bytes()).collect();
    for (name, make) in kinds {
        repo.stage(name, &make(name, &noise));
    }
    repo.git(&["commit", "-q", "--no-verify", "-m", "first"]);
    for (name, make) in kinds {
        repo.stage(name, &make(name, &[&noise[..], &secret(name)].concat()));
    }
    kinds.iter().map(|(name, _)| name.clone()).collect()
}

#[test]
fn every_kind_is_looked_into_wherever_git_has_it() {
    for options in [&[][..], &["--object-format=sha256"]] {
        let lab = Lab::new();
        let repo = lab.repo("repo", options);
        let names = fill(&repo, &kinds());
        assert_inside(&repo.scan(&["--staged"]), &names, "staged");
        repo.git(&["commit", "-q", "--no-verify", "-m", "second"]);
        repo.git(&["tag", "bad"]);
        for name in &names {
            repo.git(&["rm", "-q", name]);
        }
        repo.git(&["commit", "-q", "--no-verify", "-m", "third"]);
        for state in ["loose", "packed"] {
            let ran = repo.scan(&["--history"]);
            assert_inside(&ran, &names, &format!("{state} history"));
            let removed = repo.head();
            for finding in ran.findings() {
                assert_eq!(finding["commit"]["removed_by"], removed.as_str(), "{finding}");
                assert_eq!(finding["commit"]["in_head"], false, "{finding}");
            }
            assert_inside(&repo.scan(&["--history", "--range", "bad^!"]), &names, &format!("{state} range"));
            let ran = repo.scan(&["--history", "--range", "bad^^..HEAD"]);
            assert_inside(&ran, &names, &format!("{state} longer range"));
            repo.git(&["repack", "-adfq", "--depth=50", "--window=50"]);
        }
        let bare = lab.repo("bare", &[options, &["--bare"]].concat());
        drop(bare);
        repo.below("..").git(&["clone", "-q", "--mirror", "--shared", "repo", "mirror"]);
        assert_inside(&lab.at("mirror").scan(&["--history"]), &names, "bare, with alternates");
    }
}

/// A push of a container is stopped where it leaves and where it arrives.
#[test]
fn a_push_that_brings_one_is_stopped() {
    for (name, make) in kinds() {
        let lab = Lab::new();
        for (hook, at) in [("pre-push", "client"), ("pre-receive", "server")] {
            let server = lab.repo(&format!("server-{hook}"), &["--bare"]);
            let client = lab.repo(&format!("client-{hook}"), &[]);
            client.git(&["remote", "add", "origin", &server.path.to_string_lossy()]);
            let guarded = if at == "client" { &client } else { &server };
            assert_eq!(guarded.scrubjay(&["hook", "install", "--hook", hook]).status, 0);
            client.commit(&name, &make(&name, b"clean\n"));
            assert_eq!(client.try_git(&["push", "-q", "origin", "main"]).status, 0, "{name} {hook}");
            client.commit(&name, &make(&name, &secret(&name)));
            client.commit(&name, &make(&name, b"clean\n"));
            let ran = client.try_git(&["push", "-q", "origin", "main"]);
            assert_ne!(ran.status, 0, "{name} {hook}: {}", ran.stderr);
            assert!(ran.stderr.contains("scrubjay: this push is"), "{name} {hook}: {}", ran.stderr);
        }
    }
}

/// What a container had before, or a file that goes, is not new; what it gains is.
#[test]
fn only_what_is_new_in_one_counts_in_a_range() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    let (old, new) = (secret("old"), secret("new"));
    repo.commit("a.tgz", &squeeze("gzip", &tar(&[("a.env", &old)])));
    repo.commit("a.tgz", &squeeze("gzip", &tar(&[("moved/a.env", &old), ("b.env", b"x\n")])));
    let ran = repo.scan(&["--history", "--range", "HEAD^!"]);
    assert_eq!((ran.status, ran.findings().len()), (0, 0), "{}", ran.stderr);
    repo.commit("a.tgz", &squeeze("gzip", &tar(&[("a.env", &old), ("b.env", &new)])));
    let ran = repo.scan(&["--history", "--range", "HEAD^!"]);
    assert_eq!((ran.status, ran.findings().len()), (1, 1), "{}", ran.stderr);
    assert_eq!(ran.findings()[0]["entry"][0], "b.env");
    // Another name for the same file, and a text that becomes a container.
    repo.git(&["mv", "a.tgz", "b.tgz"]);
    repo.git(&["commit", "-q", "--no-verify", "-m", "moved"]);
    assert_eq!(repo.scan(&["--history", "--range", "HEAD^!"]).status, 0);
    repo.commit("c.env", &secret("c"));
    repo.git(&["rm", "-q", "c.env"]);
    repo.stage("c.env.gz", &squeeze("gzip", &secret("c")));
    repo.git(&["commit", "-q", "--no-verify", "-m", "squeezed"]);
    assert_eq!(repo.scan(&["--history", "--range", "HEAD^!"]).status, 0);
    assert_eq!(repo.scan(&["--history"]).findings().len(), 6, "each path once");
}

/// An entry that is longer than what is looked at together: lines, columns and places are right.
#[test]
fn a_long_entry_is_read_to_its_end() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    let line = b"a line of words that says nothing to anybody\n";
    let lines = 9 * 1024 * 1024 / line.len();
    let mut text = line.repeat(lines);
    text.extend(secret("far"));
    repo.stage("a.log.gz", &squeeze("gzip", &text));
    let place = |ran: &Ran| {
        assert_eq!(ran.status, 1, "{}", ran.stderr);
        let findings = ran.findings();
        assert_eq!(findings.len(), 1);
        (findings[0]["line"].as_u64(), findings[0]["offset"].as_u64())
    };
    let expected = (Some(lines as u64 + 1), Some((line.len() * lines) as u64 + 21));
    assert_eq!(place(&repo.scan(&["--staged"])), expected);
    repo.git(&["commit", "-q", "--no-verify", "-m", "x"]);
    assert_eq!(place(&repo.scan(&["--history"])), expected);
    assert_eq!(place(&repo.scan(&["--history", "--range", "HEAD"])), expected);
    // Columns are named in the first line alone.
    let mut table = b"device_id,device_secret_key\n".to_vec();
    table.extend(b"TIRX0X0X0X0X,\n".repeat(5 * 1024 * 1024 / 14));
    table.extend(crate::lab::mint("{device_id},{alnum:32}\n", "row"));
    repo.commit("a.csv.gz", &squeeze("gzip", &table));
    assert!(repo.scan(&["--history"]).paths().contains(&"a.csv.gz".to_owned()));
}
