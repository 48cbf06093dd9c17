//! A line that a container runtime cut, wherever and in however many parts, is masked as the line would
//! be: what the runtime wrote stays, the program's line keeps its form, and nothing of the secret is shown.

use crate::support;

use std::sync::Arc;

use scrubjay::blob::{Blob, Origin};
use scrubjay::detect::{Detector, Scratch};
use scrubjay::rule;
use scrubjay::scrub::Masker;
use support::prng::Prng;
use support::scrubbing::scrub;
use support::template::{Secret, expand};

const TIME: &str = "2026-01-02T03:04:05.123456789Z";

/// What a line is.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Text,
    /// It parses, before and after.
    Json,
    /// Text with an array of bytes in it, which stays one.
    Numbers,
}

/// Lines with a key each; `{numbers:…}` is the text as an array of bytes.
const LINES: [(&str, Form); 12] = [
    ("x secret_key={alnum:32} y", Form::Text),
    ("> Authorization: Bearer {alnum:40}", Form::Text),
    ("GET /x?secret_key={alnum:32}&b=2 HTTP/1.1", Form::Text),
    ("data {base64:{\"secret_key\":\"{alnum:32}\",\"b\":1}} end", Form::Text),
    ("{\"a\":1,\"secret_key\":\"{alnum:32}\",\"b\":[1,2]}", Form::Json),
    ("{\"h\": [{\"name\": \"Authorization\", \"value\": \"{alnum:32}\"}], \"z\": 1}", Form::Json),
    ("{\"name\": \"secret_key\", \"value\": \"{alnum:32}\"}", Form::Json),
    ("{\"m\":\"{\\\"secret_key\\\": \\\"{alnum:32}\\\", \\\"c\\\": 2}\"}", Form::Json),
    ("{\"password\": \"{alnum:16}\", \"n\": 7}", Form::Json),
    ("secret_key={alnum:32}", Form::Numbers),
    ("{\"secret_key\":\"{alnum:32}\"}", Form::Numbers),
    ("got token={mint:tirtc} done", Form::Numbers),
];

/// What a runtime makes of a line in parts, and the line that it was.
type Runtime = (fn(&[&str]) -> String, fn(&str) -> String);

const RUNTIMES: [Runtime; 2] = [(cri, line_of_cri), (docker, line_of_docker)];

fn cri(parts: &[&str]) -> String {
    let tag = |at: usize| if at + 1 == parts.len() { "F" } else { "P" };
    parts.iter().enumerate().map(|(at, part)| format!("{TIME} stdout {} {part}\n", tag(at))).collect()
}

fn line_of_cri(records: &str) -> String {
    let text = |line: &str| {
        let rest = line.strip_prefix(TIME).expect("a time").strip_prefix(" stdout ").expect("a stream");
        rest.strip_prefix("P ").or(rest.strip_prefix("F ")).expect("a tag").to_owned()
    };
    records.lines().map(text).collect()
}

fn docker(parts: &[&str]) -> String {
    let end = |at: usize| if at + 1 == parts.len() { "\n" } else { "" };
    let record = |(at, part): (usize, &&str)| {
        let text = serde_json::to_string(&format!("{part}{}", end(at))).expect("text");
        format!("{{\"log\":{text},\"stream\":\"stdout\",\"time\":\"{TIME}\"}}\n")
    };
    parts.iter().enumerate().map(record).collect()
}

fn line_of_docker(records: &str) -> String {
    let text = |line: &str| {
        let record: serde_json::Value = serde_json::from_str(line).expect("a record is JSON");
        assert_eq!((&record["stream"], &record["time"]), (&"stdout".into(), &TIME.into()));
        record["log"].as_str().expect("text").to_owned()
    };
    let line: String = records.lines().map(text).collect();
    line.trim_end_matches('\n').to_owned()
}

/// A line, its secrets, and whether it is an array of bytes with text around it.
fn line(at: usize, seed: &str, rng: &mut Prng) -> (String, Vec<Secret>, Form) {
    let (template, form) = LINES[at % LINES.len()];
    let filled = expand(template, seed);
    if form != Form::Numbers {
        return (String::from_utf8(filled.bytes).expect("text"), filled.secrets, form);
    }
    let comma = rng.pick(&[",", ", ", " , "]);
    let numbers: Vec<String> = filled.bytes.iter().map(u8::to_string).collect();
    (format!("{{\"MESSAGE\":[{}],\"p\":3}}", numbers.join(comma)), filled.secrets, form)
}

fn in_parts<'t>(text: &'t str, rng: &mut Prng) -> Vec<&'t str> {
    let mut cuts: Vec<usize> = (0..1 + rng.below(3)).map(|_| 1 + rng.below(text.len() - 1)).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let starts = std::iter::once(0).chain(cuts.iter().copied());
    let ends = cuts.iter().copied().chain([text.len()]);
    starts.zip(ends).map(|(start, end)| &text[start..end]).collect()
}

fn scrubbed(text: &str, piece: usize, masker: &Arc<Masker>) -> String {
    String::from_utf8(scrub(masker, text.as_bytes(), &[piece], false).bytes).expect("text")
}

/// What a line says: an array of bytes in it as text.
fn said(line: &str, form: Form, told: &str) -> Vec<u8> {
    if form == Form::Text {
        return line.as_bytes().to_vec();
    }
    let json: serde_json::Value =
        serde_json::from_str(line).unwrap_or_else(|e| panic!("{told}: {e}: {line}"));
    let bytes = |numbers: &Vec<serde_json::Value>| -> Vec<u8> {
        let byte = |number: &serde_json::Value| number.as_u64().and_then(|n| u8::try_from(n).ok());
        numbers.iter().map(|number| byte(number).unwrap_or_else(|| panic!("{told}: {line}"))).collect()
    };
    json["MESSAGE"].as_array().map_or_else(|| line.as_bytes().to_vec(), bytes)
}

#[test]
fn a_line_that_was_cut_is_masked_as_the_line_would_be() {
    let masker = Arc::new(Masker::default());
    for at in 0..LINES.len() * 40 {
        let seed = format!("cut line {at}");
        let mut rng = Prng::from_text(&seed);
        let (text, secrets, form) = line(at, &seed, &mut rng);
        let parts = in_parts(&text, &mut rng);
        for (write, read) in RUNTIMES {
            let records = write(&parts);
            let piece = *rng.pick(&[7, 100, records.len()]);
            let out = scrubbed(&records, piece, &masker);
            let told = format!("{seed}\n{records}");
            let said = said(&read(&out), form, &told);
            for secret in &secrets {
                assert!(secret.shown_in(&said).is_none(), "{told}\n{out}");
                assert!(secret.shown_in(out.as_bytes()).is_none(), "{told}\n{out}");
            }
            assert!(said.windows(4).any(|four| four == b"****"), "{told}\n{out}");
            assert_eq!(scrubbed(&out, out.len(), &masker), out, "{told}: a second time");
        }
    }
}

#[test]
fn a_scan_reads_a_line_that_was_cut_as_the_line() {
    let detector = Detector::new(rule::builtin(), support::NOW);
    let found = |text: &str| {
        let (origin, mut found) = (Origin::file("app.log"), Vec::new());
        let blob = Blob::whole(text.as_bytes(), &origin);
        detector.leaks(&blob, &mut Scratch::default(), &mut |d| {
            found.push((d.rule.id.clone(), d.value.to_vec()));
        });
        found
    };
    for at in 0..LINES.len() * 20 {
        let seed = format!("scanned line {at}");
        let mut rng = Prng::from_text(&seed);
        let (text, _, _) = line(at, &seed, &mut rng);
        let parts = in_parts(&text, &mut rng);
        for (write, _) in RUNTIMES {
            let records = write(&parts);
            assert!(found(&records) == found(&write(&[&text])), "{seed}\n{records}");
        }
    }
}
