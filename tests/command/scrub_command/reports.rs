//! What is told of the masks: reports, records, counts, and the replacements for a history.

use std::fmt::Write as _;
use std::fs;
use std::process::{Command, Output};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::lab::Lab;
use super::{CLEAN, DIRTY};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string grows");
        text
    })
}

#[test]
fn a_report_is_that_of_a_scan_and_shows_no_secret() {
    let mut lab = Lab::new();
    lab.write("logs/a.log", &format!("{CLEAN}{DIRTY}token={{mint:tirtc}} password={{alnum:12}}\n"));
    let scanned = Command::new(env!("CARGO_BIN_EXE_scrubjay"))
        .args(["scan", "-f", "json", "--no-ignore", "logs"])
        .current_dir(lab.path(""))
        .output()
        .expect("it runs");
    let scan = json(&String::from_utf8(scanned.stdout).expect("text"));
    lab.run(&["-n", "-q", "--report", "report.json", "logs"]).status(0);
    let report = json(&lab.text("report.json"));
    let keys = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&report), keys(&scan));
    assert_eq!(keys(&report["findings"][0]), keys(&scan["findings"][0]));
    assert_eq!(keys(&report["summary"]), keys(&scan["summary"]));
    let findings = report["findings"].as_array().expect("a list");
    let places: Vec<_> = findings.iter().map(|f| (f["line"].as_u64(), f["rule"].as_str())).collect();
    assert_eq!(places.len(), 3, "{places:?}");
    assert_eq!(places[0], (Some(2), Some("tirtc-secret-key")), "a rule reports it");
    let same = [
        "rule",
        "kind",
        "severity",
        "status",
        "claims",
        "message",
        "line",
        "column",
        "offset",
        "length",
        "fingerprint",
        "path",
    ];
    for (at, field) in [0, 1].into_iter().flat_map(|at| same.map(|field| (at, field))) {
        assert_eq!(findings[at][field], scan["findings"][at][field], "{field}");
    }
    let password = findings.iter().find(|f| f["masked"] == "****").expect("the password");
    assert_eq!((&password["length"], password["rule"].as_str()), (&0.into(), Some("field")));
    lab.assert_clean(&["logs/a.log"]);
    // The same from a stream and from a run in place.
    let stdin = lab.read("logs/a.log");
    lab.run_with(&["--report", "stream.json"], &stdin).status(0);
    lab.run(&["-i", "--report", "place.json", "logs"]).status(0);
    for (name, path) in [("stream.json", "-"), ("place.json", "logs/a.log")] {
        let other = json(&lab.text(name));
        assert_eq!(other["findings"].as_array().expect("a list").len(), 3);
        assert_eq!(other["findings"][0]["path"], path);
    }
    lab.assert_clean(&[]);
    lab.run(&["--report", "no/such/folder/r.json", "logs/a.log"]).status(2).says("--report");
}

#[test]
fn a_record_says_what_was_done_and_its_digests_hold() {
    let mut lab = Lab::new();
    let mut before = Vec::new();
    for name in ["a.log", "b.log"] {
        before.push(lab.write(&format!("logs/{name}"), &DIRTY.repeat(2)));
    }
    lab.put("logs/clean.log", CLEAN.as_bytes());
    let arguments = [
        "-i",
        "-j",
        "1",
        "--record",
        "logs/custody.jsonl",
        "--backup",
        "~",
        "--backup-keeps-secrets",
        "logs",
    ];
    lab.run(&arguments).status(0);
    let lines: Vec<Value> = lab.text("logs/custody.jsonl").lines().map(json).collect();
    let events: Vec<_> = lines.iter().map(|l| l["event"].as_str().expect("text")).collect();
    assert_eq!(events, ["replace", "replaced", "replace", "replaced"]);
    for (pair, (name, before)) in lines.chunks(2).zip(["a.log", "b.log"].iter().zip(&before)) {
        let after = lab.read(&format!("logs/{name}"));
        let path = fs::canonicalize(lab.path("logs")).expect("a folder").join(name);
        for line in pair {
            assert!(
                line["path"].as_str().is_some_and(|p| fs::canonicalize(p).is_ok_and(|p| p == path)),
                "{line}"
            );
            assert!(line["backup"].as_str().is_some_and(|p| p.ends_with(&format!("{name}~"))), "{line}");
            for (field, bytes) in [("before", before), ("after", &after)] {
                assert_eq!(line[field]["size"], bytes.len(), "{line}");
                assert_eq!(line[field]["sha256"], sha256(bytes), "{line}");
            }
            assert_eq!(
                line["masked"]
                    .as_object()
                    .expect("an object")
                    .values()
                    .map(|n| n.as_u64())
                    .sum::<Option<u64>>(),
                Some(2)
            );
            assert!(line["time"].as_str().is_some_and(|t| t.ends_with('Z')), "{line}");
            assert!(line["tool"].as_str().is_some_and(|t| t.starts_with("scrubjay ")), "{line}");
        }
    }
    // A second run adds nothing, and a run elsewhere is added.
    lab.run(&arguments).status(0);
    assert_eq!(lab.text("logs/custody.jsonl").lines().count(), 4);
    lab.write("c.log", DIRTY);
    lab.run(&["-o", "out", "--record", "logs/custody.jsonl", "c.log"]).status(0);
    let copied = json(lab.text("logs/custody.jsonl").lines().last().expect("a line"));
    assert_eq!(copied["event"], "copied");
    assert!(copied["to"].as_str().is_some_and(|to| to.ends_with("out/c.log")), "{copied}");
    assert_eq!(copied["after"]["sha256"], sha256(&lab.read("out/c.log")));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(lab.path("logs/custody.jsonl")).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    lab.assert_clean(&["logs/a.log~", "logs/b.log~", "c.log"]);
}

#[test]
fn a_record_that_cannot_be_written_stops_the_run_before_it_begins() {
    let mut lab = Lab::new();
    let bytes = lab.write("a.log", DIRTY);
    lab.run(&["-i", "--record", "no/such/folder/r.jsonl", "a.log"]).status(2).says("no/such/folder");
    assert_eq!(lab.read("a.log"), bytes);
    #[cfg(target_os = "linux")]
    {
        // One that fills up: the file that cannot be written down is not replaced.
        lab.run(&["-i", "--record", "/dev/full", "a.log"]).status(2).says("a.log: ").says("No space left");
        assert_eq!((lab.read("a.log"), lab.names()), (bytes, vec!["a.log".to_owned()]));
    }
}

#[cfg(unix)]
#[test]
fn a_record_may_go_to_a_pipe() {
    let mut lab = Lab::new();
    lab.write("a.log", DIRTY);
    let ran = lab.run(&["-i", "--record", "/dev/stdout", "a.log"]).status(0);
    let events: Vec<_> = ran.stdout.lines().map(|line| json(line)["event"].clone()).collect();
    assert_eq!(events, ["replace", "replaced"]);
    lab.assert_clean(&[]);
}

#[test]
fn counts_and_the_exit_status() {
    let mut lab = Lab::new();
    lab.write("a.log", &format!("{DIRTY}password={{alnum:12}}\npassword={{alnum:13}}\n"));
    lab.put("b.log", CLEAN.as_bytes());
    let ran = lab.run(&["--count", "--fail-on-hit", "a.log", "b.log"]).status(1);
    let lines: Vec<_> = ran.stderr.lines().collect();
    assert_eq!(lines[0], "scrubjay: 3 values masked");
    assert!(lines.contains(&"        2 field"), "{lines:?}");
    assert!(lines.contains(&"        1 tirtc-secret-key"), "{lines:?}");
    assert_eq!(
        lab.run(&["--count", "--fail-on-hit", "b.log"]).status(0).stderr,
        "scrubjay: 0 values masked\n"
    );
    assert_eq!(lab.run(&["--fail-on-hit", "a.log", "gone"]).status, 2, "incomplete wins");
    assert_eq!(lab.run(&["a.log"]).status, 0, "to mask is no failure");
    assert_eq!(lab.run(&["-i", "--fail-on-hit", "a.log", "b.log"]).status, 1);
    assert_eq!(lab.run(&["-i", "--fail-on-hit", "a.log", "b.log"]).status, 0, "there is nothing left");
    lab.assert_clean(&[]);
}

/// What was found in a file that stayed as it was is not counted as masked.
#[cfg(unix)]
#[test]
fn what_stayed_is_not_counted() {
    let mut lab = Lab::new();
    lab.write("a.log", DIRTY);
    fs::hard_link(lab.path("a.log"), lab.path("b.log")).expect("a second name");
    let ran = lab.run(&["-i", "--count", "--report", "r.json", "a.log"]).status(2);
    let ran = ran.says("nothing to mask in 0 of 1 file").says("0 values masked");
    assert!(!ran.stderr.contains("1 value"), "{ran:?}");
    assert_eq!(json(&lab.text("r.json"))["findings"].as_array().map(Vec::len), Some(0));
}

fn git(lab: &Lab, arguments: &[&str]) -> Output {
    let mut git = Command::new("git");
    git.args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]);
    git.args(arguments).current_dir(lab.path("repo"));
    git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    let output = git.output().expect("git is there");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

#[test]
fn the_replacements_for_a_history_hold_each_secret_once() {
    let mut lab = Lab::new();
    let line = "TIRTC_SECRET_KEY={alnum:32}\n";
    lab.write("repo/a.env", line);
    lab.write("repo/tls_sigature/ec_key.pem", "# tls_sigature private key\n{pem:ec}\n");
    git(&lab, &["init", "-q"]);
    git(&lab, &["add", "."]);
    git(&lab, &["commit", "-qm", "first"]);
    fs::rename(lab.path("repo/a.env"), lab.path("repo/b.env")).expect("a new name");
    fs::remove_file(lab.path("repo/tls_sigature/ec_key.pem")).expect("it goes");
    git(&lab, &["add", "-A"]);
    git(&lab, &["commit", "-qm", "second"]);
    lab.run(&["--git-filter-repo", "replace.txt", "repo"])
        .status(0)
        .says("2 secrets written to replace.txt")
        .says("git filter-repo --replace-text replace.txt");
    let text = lab.text("replace.txt");
    let value = String::from_utf8(lab.secrets[0].value.clone()).expect("text");
    assert!(text.lines().any(|l| l.starts_with(&format!("literal:{value}==>")) && l.contains("****")));
    assert!(text.lines().any(|l| l.starts_with("regex:") && l.ends_with("==>****")));
    assert_eq!(text.lines().count(), 2);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(lab.path("replace.txt")).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    lab.run(&["--git-filter-repo", "replace.txt", "repo"]).status(2).says("does not exist yet");
    assert_eq!(lab.text("replace.txt"), text, "what is there stays");
    lab.run(&["--git-filter-repo", "none.txt", "."]).status(2);
    lab.run(&["--git-filter-repo", "none.txt", "repo", "repo"]).status(2).says("one repository");
    // What would be left out silently is refused.
    lab.run(&["--git-filter-repo", "none.txt", "--known-secrets", "x", "repo"])
        .status(2)
        .says("--known-secrets");
    assert!(!lab.path("none.txt").exists());
}
