//! Files of any size are read, staged, in the history and in ranges, however git stores them.

use crate::lab::{Lab, Ran, Repo, secret};

/// More than is read at once.
const LARGE: usize = 66 * 1024 * 1024;

/// How many lines it has before its end.
const LINES: usize = 1024;

/// A large file with that at its end: lines that are alike, so that it takes little room.
fn file(end: &[u8]) -> Vec<u8> {
    let mut line = vec![b'.'; LARGE / LINES];
    line.push(b'\n');
    let mut bytes = line.repeat(LINES);
    bytes.extend_from_slice(end);
    bytes
}

/// It is read, and only the secret in it decides.
#[track_caller]
fn assert_found(ran: &Ran, paths: &[&str], what: &str) {
    assert!(!ran.stderr.contains("incomplete"), "{what}: {}", ran.stderr);
    assert_eq!(ran.paths(), paths, "{what}: {}", ran.stderr);
    assert_eq!(ran.status, i32::from(!paths.is_empty()), "{what}: {}", ran.stderr);
    let report: serde_json::Value = serde_json::from_slice(&ran.stdout).expect("a report");
    assert!(report["summary"]["bytes"].as_u64() > Some(LARGE as u64), "{what}: it was read");
}

fn states(repo: &Repo, check: impl Fn(&str)) {
    check("loose");
    repo.git(&["repack", "-adfq", "--depth=10", "--window=10"]);
    check("packed as deltas");
}

#[test]
fn a_large_file_stops_a_commit_only_for_what_is_in_it() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    repo.commit("a.txt", b"a\n");
    repo.stage("big.log", &file(b""));
    assert_eq!(repo.scrubjay(&["hook", "pre-commit"]).status, 0, "it is read, and clean");
    repo.stage("big.log", &file(&secret("big")));
    let ran = repo.scan(&["--staged"]);
    assert_found(&ran, &["big.log"], "with a secret");
    assert_eq!(ran.findings()[0]["line"].as_u64(), Some(LINES as u64 + 1), "its line is told");
    repo.git(&["commit", "-q", "--no-verify", "-m", "big"]);
    // What was there is not new, and what comes besides is.
    repo.stage("big.log", &file(&[secret("big"), secret("another")].concat()));
    assert_eq!(repo.scan(&["--staged"]).findings().len(), 1);
}

#[test]
fn a_large_file_is_read_in_the_history_however_it_is_stored() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    repo.commit("big.log", &file(b"one\n"));
    repo.commit("big.log", &file(&secret("big")));
    // Small, and most of it stands in the large one.
    repo.commit("small.log", &[&file(b"")[..3_000_000], &secret("small")].concat());
    assert_found(&repo.scan(&["--history", "--range", "HEAD~1^!"]), &["big.log"], "range");
    states(&repo, |state| {
        assert_found(&repo.scan(&["--history"]), &["big.log", "small.log"], state);
    });
}
