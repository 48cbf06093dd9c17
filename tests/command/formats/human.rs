//! The report for people over findings made by hand: what a file repeats, histories, proofs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use scrubjay::blob::Commit;
use scrubjay::finding::{Finding, Proof, Severity, Status};
use scrubjay::report::Style;
use scrubjay::token::Claims;

use super::made::{finding, written_as};

fn shown(findings: &[Finding]) -> String {
    written_as("human", Style::default(), "", findings, &[])
}

/// The report as one line without line breaks, for what may be wrapped anywhere.
fn words(findings: &[Finding]) -> String {
    shown(findings).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn on_line(line: usize) -> Finding {
    Finding { line, end_line: line, offset: line as u64 * 100, ..finding("a.log", Severity::High) }
}

fn expired(line: usize, fingerprint: &str, key: Option<&str>) -> Finding {
    let proof = key.map(|words| {
        Box::new(Proof {
            scheme: "tirtc-v1",
            token: fingerprint.to_owned(),
            secret_key: "8899aabbccddeeff".to_owned(),
            device_secret_key: None,
            words: words.to_owned(),
        })
    });
    Finding {
        severity: Severity::Info,
        status: Some(Status::Expired),
        claims: Some(Box::new(Claims { expires_at: Some(-(line as i64) * 60), ..Claims::default() })),
        fingerprint: fingerprint.to_owned(),
        proof,
        ..on_line(line)
    }
}

#[test]
fn two_thousand_of_the_same_are_one() {
    let findings: Vec<Finding> = (1..=2_000).map(on_line).collect();
    let text = shown(&findings);
    assert_eq!(text.matches("╭─[a.log:").count(), 1, "{text}");
    assert!(text.contains("\n  also on     lines 2, 3 and 1,997 more lines\n"), "{text}");
    assert!(text.contains("(tirtc-token, 2,000 findings of one secret)"), "{text}");
    let all = written_as("human", Style { all: true, ..Style::default() }, "", &findings, &[]);
    assert_eq!(all.matches("╭─[a.log:").count(), 2_000);
}

#[test]
fn few_lines_are_named_one_by_one() {
    let of = |lines: &[usize]| {
        let text = shown(&lines.iter().copied().map(on_line).collect::<Vec<_>>());
        let row =
            text.lines().find_map(|l| l.strip_prefix("  also on     ").or(l.strip_prefix("  again       ")));
        row.unwrap_or_default().to_owned()
    };
    assert_eq!(of(&[7]), "");
    assert_eq!(of(&[7, 7, 7]), "2 more times on this line");
    assert_eq!(of(&[7, 9, 9]), "line 9");
    assert_eq!(of(&[7, 9, 11, 12]), "lines 9, 11 and 12");
    assert_eq!(of(&[7, 9, 11, 12, 1300]), "lines 9, 11 and 2 more lines");
}

#[test]
fn the_worst_of_the_same_is_the_one_that_is_shown() {
    let weak =
        |line| Finding { severity: Severity::Medium, message: "a weak guess".to_owned(), ..on_line(line) };
    let text = shown(&[weak(3), on_line(5), weak(8)]);
    assert!(text.contains("high: TiRTC connect token") && text.contains("╭─[a.log:5:3]"), "{text}");
    assert!(text.contains("also on     lines 3 and 8") && !text.contains("weak"), "{text}");
}

#[test]
fn an_entry_of_an_archive_is_a_file() {
    let inside = |name: &str| Finding { entry: vec![name.to_owned()], ..finding("a.zip", Severity::High) };
    let text = shown(&[inside("b.txt"), inside("b.txt"), inside("c.txt")]);
    assert!(text.starts_with("a.zip > b.txt\n\n") && text.contains("\na.zip > c.txt\n\n"), "{text}");
    assert_eq!(text.matches("╭─[").count(), 2, "{text}");
}

fn brought(id: char, day: u8, in_head: bool, refs: &[&str]) -> Arc<Commit> {
    Arc::new(Commit {
        id: id.to_string().repeat(40),
        author: "Ann".to_owned(),
        date: format!("2026-05-{day:02}T12:00:00+02:00"),
        message: "a change".to_owned(),
        refs: refs.iter().map(|name| format!("refs/heads/{name}")).collect(),
        removed_by: (!in_head).then(|| "e".repeat(40)),
        in_head,
        ..Commit::default()
    })
}

#[test]
fn a_secret_of_many_commits_keeps_the_facts_of_the_first() {
    let of = |line, commit: &Arc<Commit>| Finding { commit: Some(commit.clone()), ..on_line(line) };
    let (a, b, c) = (
        brought('a', 1, false, &["old"]),
        brought('b', 2, true, &["old", "main"]),
        brought('c', 3, false, &[]),
    );
    let findings = [of(1, &a), of(2, &a), of(2, &b), of(9, &c)];
    let text = shown(&findings);
    for row in [
        "  also on     line 2\n",
        "  commit      aaaaaaaaaa 2026-05-01T12:00:00+02:00 Ann: a change\n",
        "  brought by  3 commits, on 4 lines; the last cccccccccc\n              2026-05-03T12:00:00+02:00\n",
        "  removed by  eeeeeeeeee\n",
        "  now         in HEAD again, brought back by bbbbbbbbbb\n",
        "  held by     old, main\n",
    ] {
        assert!(text.contains(row), "{row}{text}");
    }
    assert_eq!(text.matches("╭─[").count(), 1, "{text}");
    let single = shown(&findings[..2]);
    assert!(!single.contains("brought by"), "{single}");
    let folded = words(&[
        Finding { commit: Some(a), ..expired(1, "01", None) },
        Finding { commit: Some(b), ..expired(2, "02", None) },
    ]);
    let headline =
        "2 expired tokens (the last 1 min ago), brought by 2 commits; --all shows each commit aaaaaaaaaa";
    assert!(folded.contains(headline), "{folded}");
}

#[test]
fn expired_tokens_keep_what_signed_them() {
    let one = words(&[expired(4, "01", Some("the key at x:1 signed this token"))]);
    assert!(
        one.contains("1 expired token (4 min ago), line 4; --all shows it proof the key at x:1"),
        "{one}"
    );
    let mut findings = vec![expired(1, "01", None), expired(2, "02", Some("key A signed this token"))];
    findings.extend([expired(3, "02", Some("key A signed this token"))]);
    findings.extend([expired(4, "03", Some("key A signed this token"))]);
    findings
        .extend((5..=9).map(|n| expired(n, &format!("{n:02}"), Some(&format!("key {n} signed this token")))));
    let text = words(&findings);
    assert!(
        text.contains("8 expired tokens (the last 1 min ago), lines 1, 2, 3 and 6 more lines; --all"),
        "{text}"
    );
    assert!(
        text.contains("proof each of 2: key A signed this token proof one of them: key 5 signed this token"),
        "{text}"
    );
    assert!(text.contains("proof by 3 more keys; --all names each"), "{text}");
}

/// Findings of a scan, in its order: several files, entries, rules, secrets, severities, on lines that may be
/// the same.
fn scanned() -> impl Strategy<Value = Vec<Finding>> {
    let one = (0..3usize, 0..2usize, 0..2usize, 0..4usize, 0..5usize, 1..9usize);
    proptest::collection::vec(one, 1..40).prop_map(|picks| {
        let made =
            |(path, entry, rule, secret, severity, line): (usize, usize, usize, usize, usize, usize)| {
                let severity = Severity::ALL[severity];
                let status =
                    (rule == 0).then_some(if secret == 0 { Status::Expired } else { Status::Active });
                Finding {
                    severity,
                    status,
                    rule: ["tirtc-token", "tirtc-secret-key"][rule].to_owned(),
                    entry: ["x"].repeat(entry).into_iter().map(str::to_owned).collect(),
                    path: ["a", "b", "c"][path].to_owned(),
                    fingerprint: format!("{secret:016}"),
                    ..on_line(line)
                }
            };
        let mut findings: Vec<Finding> = picks.into_iter().map(made).collect();
        findings.sort_by(|a, b| (&a.path, &a.entry, a.offset).cmp(&(&b.path, &b.entry, b.offset)));
        findings
    })
}

/// A file, in the words of its heading.
fn way(finding: &Finding) -> String {
    std::iter::once(&finding.path).chain(&finding.entry).cloned().collect::<Vec<_>>().join(" > ")
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: proptest::test_runner::RngSeed::Fixed(11),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Each secret has one frame in each of its files, each file one heading, and neither a file nor a secret
    /// comes after a less bad one.
    #[test]
    fn each_secret_is_shown_once_and_the_worst_first(findings in scanned()) {
        let text = shown(&findings);
        let (mut secrets, mut files) = (BTreeSet::new(), BTreeMap::new());
        for finding in &findings {
            let worst = files.entry(way(finding)).or_insert(finding.severity);
            *worst = (*worst).max(finding.severity);
            if finding.status != Some(Status::Expired) {
                secrets.insert((way(finding), finding.identity()));
            }
        }
        prop_assert_eq!(text.matches("╭─[").count(), secrets.len(), "{}", text);
        let headings: Vec<&str> = text.lines().filter(|line| files.contains_key(*line)).collect();
        prop_assert_eq!(headings.len(), files.len(), "{}", text);
        let mut expected: Vec<(&String, &Severity)> = files.iter().collect();
        expected.sort_by_key(|(_, severity)| std::cmp::Reverse(**severity));
        prop_assert_eq!(headings, expected.iter().map(|(file, _)| file.as_str()).collect::<Vec<_>>());
        let mut last = None;
        for line in text.lines() {
            if files.contains_key(line) {
                last = None;
            }
            let named = line.get(2..).and_then(|l| l.split_once(' ')?.1.split_once(": "));
            if let Some(severity) = named.and_then(|(name, _)| Severity::from_name(name)) {
                prop_assert!(last.is_none_or(|last| severity <= last), "{}", text);
                last = Some(severity);
            }
        }
    }
}
