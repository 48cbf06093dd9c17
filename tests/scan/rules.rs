//! The acceptance test: every case of `tests/cases`, and every example and counterexample of every
//! builtin rule, through the public API. All failures are told in one go.

use crate::support;

use scrubjay::detect::Detector;
use support::NOW;
use support::cases::{self, Case};
use support::prng::Prng;
use support::template::expand;

fn detector() -> Detector {
    Detector::new(scrubjay::rule::builtin(), NOW)
}

#[test]
fn the_cases_are_sound() {
    let cases = cases::load();
    let mut wrong: Vec<String> = cases::twice(&cases).iter().map(|n| format!("{n}: stands twice")).collect();
    for case in &cases {
        wrong.extend(cases::unsound(case).iter().map(|w| format!("{}: {w}", case.name)));
    }
    assert!(cases.len() >= 350, "{} cases are fewer than promised", cases.len());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_case_holds() {
    let (cases, detector) = (cases::load(), detector());
    let (mut failed, mut open) = (Vec::new(), Vec::new());
    for case in &cases {
        if let Err(complaint) = case.check(&detector) {
            let line = format!("  {} [{}]\n{complaint}", case.name, case.path);
            if case.maybe { open.push(line) } else { failed.push(line) }
        }
    }
    let open = if open.is_empty() { String::new() } else { format!("left open:\n{}", open.concat()) };
    // The harness shows this on failure, and always with --nocapture.
    #[allow(clippy::print_stdout, reason = "a report for whoever runs the tests")]
    {
        print!("{open}");
    }
    assert!(
        failed.is_empty(),
        "{} of {} cases fail:\n{}\n{open}",
        failed.len(),
        cases.len(),
        failed.concat()
    );
}

/// Innocent log text: `lines` of it, the same for the same seed.
fn padding(seed: u64, lines: usize) -> Vec<u8> {
    let mut rng = Prng::new(seed);
    let mut out = String::new();
    for at in 0..lines {
        let line = match rng.below(4) {
            0 => format!(
                "2027-01-15T08:00:{:02}Z INFO request id={} done in {} ms",
                at % 60,
                at,
                rng.below(900)
            ),
            1 => format!("[{at:>6}] worker {}: queue drained, {} jobs left", rng.below(16), rng.below(50)),
            2 => format!(r#"{{"ts":{},"level":"info","msg":"heartbeat","seq":{at}}}"#, 1_799_990_000 + at),
            _ => format!("GET /v1.2/devices/{} 200 {}", rng.below(10_000), rng.below(4096)),
        };
        out.push_str(&line);
        out.push('\n');
    }
    out.into_bytes()
}

fn check_padded(case: &Case, detector: &Detector, lines: usize) -> Result<(), String> {
    let mut expanded = case.expand();
    let (before, after) = (padding(1, lines), padding(2, lines));
    for secret in &mut expanded.secrets {
        secret.span = secret.span.start + before.len()..secret.span.end + before.len();
    }
    expanded.bytes = [before, expanded.bytes, b"\n".to_vec(), after].concat();
    let found = cases::reported(detector, &case.path, &expanded.bytes);
    case.compare(&expanded, &found, lines)
}

#[test]
fn the_place_in_a_file_does_not_matter() {
    let detector = detector();
    let cases = cases::load();
    let movable: Vec<&Case> = cases.iter().filter(|c| !c.fixed && !c.maybe).collect();
    let mut failed = String::new();
    for (at, case) in movable.iter().enumerate() {
        if case.check(&detector).is_err() {
            continue;
        }
        // A long way in for a few, some lines for all: the suite stays fast.
        let lines = if at % 31 == 0 { 10_000 } else { 12 };
        if let Err(complaint) = check_padded(case, &detector, lines) {
            failed.push_str(&format!("  {} after {lines} lines\n{complaint}", case.name));
        }
    }
    assert!(failed.is_empty(), "found alone, yet not inside a file:\n{failed}");
}

/// The examples that are not found and the counterexamples that are, one a line.
fn broken_examples(detector: &Detector) -> String {
    let mut failed = String::new();
    for rule in detector.rules() {
        let id = &rule.id;
        if rule.examples.is_empty() || rule.counterexamples.is_empty() {
            failed.push_str(&format!("  {id}: needs examples and counterexamples\n"));
        }
        let hits = |template: &str| {
            let bytes = expand(template, id).bytes;
            cases::reported(detector, "example.txt", &bytes).iter().filter(|d| d.rule.id == *id).count()
        };
        for (at, example) in rule.examples.iter().enumerate().filter(|(_, e)| hits(e) == 0) {
            failed.push_str(&format!("  {id}: example {} is not found: {example}\n", at + 1));
        }
        for (at, text) in rule.counterexamples.iter().enumerate().filter(|(_, e)| hits(e) > 0) {
            failed.push_str(&format!("  {id}: counterexample {} is reported: {text}\n", at + 1));
        }
    }
    failed
}

#[test]
fn every_rule_keeps_its_own_examples() {
    let detector = detector();
    assert!(!detector.rules().is_empty(), "there are builtin rules");
    let failed = broken_examples(&detector);
    assert!(failed.is_empty(), "\n{failed}");
}

#[test]
fn the_worked_example_of_the_schema_holds() {
    let readme = include_str!("../../rules/README.md");
    let (_, rest) = readme.split_once("```toml\n").expect("an example");
    let (text, _) = rest.split_once("```").expect("its end");
    let rules = scrubjay::rule::load(text, "rules/README.md".as_ref()).expect("it is read");
    let failed = broken_examples(&Detector::new(rules, NOW));
    assert!(failed.is_empty(), "\n{failed}");
}

#[test]
fn the_mint_is_deterministic_and_leaves_other_braces_alone() {
    let text = r#"{"a": {"b": "{alnum:32#x}"}} {x} {alnum} {json:{"k":"{alnum:32#x}"}}"#;
    let (one, two) = (expand(text, "seed"), expand(text, "seed"));
    assert_eq!(one.bytes, two.bytes);
    assert_ne!(one.bytes, expand(text, "other").bytes);
    let shown = String::from_utf8(one.bytes.clone()).expect("text stays text");
    assert!(shown.starts_with(r#"{"a": {"b": ""#) && shown.contains("{x} {alnum} "));
    assert_eq!(one.secrets.len(), 2);
    for secret in &one.secrets {
        assert_eq!(&one.bytes[secret.span.clone()], &secret.value[..]);
    }
    let coded = expand("{base64:xx{hexof:{alnum:9}}}", "seed");
    assert_eq!(coded.secrets[0].value.len(), 9);
    assert_eq!(coded.secrets[0].span, 3..26);
}
