//! Findings made by hand: what no tree on disk brings, and hostile text in every field.

use std::sync::Arc;

use scrubjay::blob::Commit;
use scrubjay::finding::{Columns, Excerpt, Finding, Kind, Proof, Severity, Status, Suppression, Suppressor};
use scrubjay::report::{self, FORMATS, Run, Style};
use scrubjay::rule;
use scrubjay::summary::{Failure, Summary};
use scrubjay::token::Claims;
use serde_json::json;

use super::readers::{self, assert_safe, csv_rows, json_lines};

/// Ends or bends every language that a format is written in.
const HOSTILE: &str =
    "=a,\"b'\n\r::error::%0A|`x`[l](http://h)<script>]]>&#60;\u{202e}\u{1b}[2J\u{0}\u{ffff} @me";

pub(crate) fn finding(path: &str, severity: Severity) -> Finding {
    Finding {
        rule: "tirtc-token".to_owned(),
        kind: Kind::Token,
        severity,
        message: "TiRTC connect token".to_owned(),
        reason: String::new(),
        path: path.to_owned(),
        line: 7,
        column: 3,
        end_line: 7,
        end_column: 9,
        columns: Columns { utf16: (4, 10), utf8: (5, 11) },
        offset: 100,
        length: 6,
        masked: "v1.e****wxyz".to_owned(),
        fingerprint: "0011223344556677".to_owned(),
        status: Some(Status::Active),
        claims: None,
        decoded: Vec::new(),
        entry: Vec::new(),
        commit: None,
        suppressed: None,
        proof: None,
        excerpt: Excerpt::default(),
    }
}

/// Everything that a finding can have, hostile.
fn laden() -> Finding {
    let text = || HOSTILE.to_owned();
    let claims = Claims {
        subject: Some(text()),
        scope: Some(text()),
        remote_id: Some(text()),
        issuer: Some(text()),
        issued_at: Some(-5),
        expires_at: Some(i64::MAX),
        ..Claims::default()
    };
    let commit = Commit {
        id: "ab".repeat(20),
        author: text(),
        email: text(),
        date: "2026-05-01T12:00:00+02:00".to_owned(),
        message: text(),
        path: format!("tree/{HOSTILE}"),
        removed_by: Some("cd".repeat(20)),
        refs: vec![text()],
        in_head: false,
        unreachable: true,
        only_in_reflog: false,
        repository: String::new(),
    };
    let proof = Proof {
        scheme: "tirtc",
        token: "0011223344556677".to_owned(),
        secret_key: "8899aabbccddeeff".to_owned(),
        device_secret_key: None,
        words: format!("signed by the key at {HOSTILE}"),
    };
    Finding {
        message: text(),
        reason: text(),
        claims: Some(Box::new(claims)),
        decoded: vec!["base64"],
        entry: vec![text(), text()],
        commit: Some(Arc::new(commit)),
        proof: Some(Box::new(proof)),
        ..finding(HOSTILE, Severity::Critical)
    }
}

fn written(name: &str, root: &str, findings: &[Finding], errors: &[Failure]) -> String {
    written_as(name, Style::default(), root, findings, errors)
}

pub(crate) fn written_as(
    name: &str,
    style: Style,
    root: &str,
    findings: &[Finding],
    errors: &[Failure],
) -> String {
    let mut summary = Summary { errors: errors.len() as u64, ..Summary::default() };
    summary.count(findings);
    let (rules, at) = (rule::builtin(), jiff::Timestamp::UNIX_EPOCH);
    let run = Run { now: 0, root, started: at, finished: at, summary: &summary, errors, rules: &rules };
    let mut out = Vec::new();
    let format = report::format(name).expect("a format");
    report::write(format, style, &run, findings, &mut out).expect("memory takes it");
    String::from_utf8(out).expect("a report is UTF-8")
}

fn sarif(findings: &[Finding]) -> serde_json::Value {
    readers::json(&written("sarif", "", findings, &[]))["runs"][0].take()
}

#[test]
fn hostile_text_harms_no_format() {
    let errors = [Failure { path: HOSTILE.to_owned(), message: HOSTILE.to_owned() }];
    for format in FORMATS {
        let document = written(format.name, "", &[laden(), laden()], &errors);
        assert_safe(format.name, &document);
        match format.name {
            "json" | "sarif" | "gitlab" => drop(readers::json(&document)),
            "jsonl" | "rdjsonl" => assert_eq!(json_lines(&document).len(), 2),
            "csv" => assert_eq!(csv_rows(&document).iter().map(Vec::len).collect::<Vec<_>>(), [27; 3]),
            "github" => {
                assert!(document.lines().all(|line| line.starts_with("::error ")), "{document}");
                assert_eq!(document.lines().count(), 3);
            }
            "markdown" => {
                for row in document.lines().filter(|line| line.starts_with("| critical | `")) {
                    let bare = readers::without_code(row);
                    assert!(!bare.contains("@m"), "{bare}");
                    let bare = bare.replace("<br>", "").replace("<!-- -->", "").replace("\\[", "");
                    assert!(!bare.contains(['<', '[', '`']), "{bare}");
                    let borders = row.match_indices('|').filter(|(at, _)| !row[..*at].ends_with('\\'));
                    assert_eq!(borders.count(), 6, "{row}");
                }
            }
            "junit" => assert!(!document.contains("]]>") && !document.contains(['\u{ffff}', '\0'])),
            _ => {}
        }
    }
}

#[test]
fn a_commit_is_told_where_a_format_has_room() {
    let (id, path) = ("ab".repeat(20), format!("tree/{HOSTILE}"));
    let result = sarif(&[laden()])["results"][0].take();
    assert_eq!(result["properties"]["commit"]["id"], id.as_str());
    assert_eq!(result["properties"]["commit"]["author"], HOSTILE);
    assert_eq!(result["properties"]["proof"]["secret_key"], "8899aabbccddeeff");
    let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(readers::uri_decoded(uri.as_str().expect("a uri")), path);
    let gitlab = readers::json(&written("gitlab", "", &[laden()], &[]));
    let location = &gitlab["vulnerabilities"][0]["location"];
    assert_eq!((&location["commit"]["sha"], &location["file"]), (&json!(id), &json!(path)));
    let csv = csv_rows(&written("csv", "", &[laden()], &[]));
    assert!(csv[1].contains(&id));
    for format in ["github", "junit", "rdjsonl", "markdown"] {
        assert!(written(format, "", &[laden()], &[]).contains("abababababab"), "{format}");
    }
}

#[test]
fn suppressed_findings_are_in_sarif_alone_and_say_why() {
    let suppressed = |by, reason: &str| Finding {
        suppressed: Some(Suppression { by, reason: reason.to_owned() }),
        ..finding("a", Severity::High)
    };
    let findings = [
        finding("a", Severity::High),
        suppressed(Suppressor::Baseline, ""),
        suppressed(Suppressor::Inline, "a sample"),
        suppressed(Suppressor::Config, "tests"),
    ];
    let run = sarif(&findings);
    let said: Vec<_> =
        run["results"].as_array().expect("results").iter().map(|r| &r["suppressions"]).collect();
    assert_eq!(said[0], &json!([]), "a result that is not suppressed says so");
    let kinds: Vec<_> = said[1..].iter().map(|s| (&s[0]["kind"], &s[0]["justification"])).collect();
    assert_eq!(
        kinds,
        [
            (&json!("external"), &json!(null)),
            (&json!("inSource"), &json!("a sample")),
            (&json!("external"), &json!("tests")),
        ]
    );
    // The same secret in the same file: each has its number.
    let hashes: std::collections::BTreeSet<_> = run["results"]
        .as_array()
        .expect("results")
        .iter()
        .map(|r| r["partialFingerprints"]["primaryLocationLineHash"].to_string())
        .collect();
    assert_eq!(hashes.len(), 4);
    assert_eq!(written("rdjsonl", "", &findings, &[]).lines().count(), 1);
    assert!(sarif(&findings[..1])["results"][0].get("suppressions").is_none());
}

#[test]
fn sarif_keeps_the_worst_and_says_what_it_left_out() {
    let mut findings = vec![finding("a", Severity::Info); 24_000];
    findings.extend(vec![finding("b", Severity::Critical); 1_500]);
    let run = sarif(&findings);
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), 25_000);
    assert_eq!(results.iter().filter(|r| r["level"] == "error").count(), 1_500);
    let notes = run["invocations"][0]["toolExecutionNotifications"].as_array().expect("a notification");
    let said = notes[0]["message"]["text"].as_str().expect("words");
    assert!(said.starts_with("500 results are left out"), "{said}");
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn ids_are_stable_and_of_their_own() {
    let ids = |findings: &[Finding]| -> Vec<String> {
        let document = readers::json(&written("gitlab", "", findings, &[]));
        let list = document["vulnerabilities"].as_array().expect("a list").clone();
        list.iter().map(|v| v["id"].as_str().expect("an id").to_owned()).collect()
    };
    let elsewhere = Finding { line: 8, ..finding("a", Severity::High) };
    let twice =
        [finding("a", Severity::High), finding("a", Severity::High), elsewhere, finding("b", Severity::Low)];
    let all = ids(&twice);
    assert_eq!(all, ids(&twice));
    assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
    assert_eq!(ids(&twice[..1]), all[..1]);
}

#[test]
fn annotations_begin_with_the_worst() {
    let all = Severity::ALL.map(|severity| finding("a", severity));
    let document = written("github", "", &all, &[]);
    let commands: Vec<_> = document.lines().filter_map(|l| l.split_once(' ').map(|(c, _)| c)).collect();
    assert_eq!(commands, ["::error", "::error", "::warning", "::warning", "::notice"]);
    let over_lines = Finding { end_line: 9, ..finding("a", Severity::High) };
    let line = written("github", "", &[over_lines], &[]);
    assert!(line.contains(",line=7,endLine=9,title=") && !line.contains("col="), "{line}");
}

#[test]
fn paths_are_told_from_the_working_directory() {
    let findings = [finding("/srv/repo/conf/a.env", Severity::High)];
    for format in ["sarif", "gitlab", "github", "junit", "rdjsonl", "markdown"] {
        let document = written(format, "/srv/repo", &findings, &[]);
        assert!(document.contains("conf/a.env") && !document.contains("/srv"), "{format}: {document}");
    }
}
