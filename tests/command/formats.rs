//! Every format, read back by something other than what wrote it: a hostile tree on disk through the
//! command, and findings made by hand, with all that a finding can have, through the library.

use crate::support;

mod human;
mod made;
mod readers;
mod tree;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use readers::{assert_safe, csv_rows, json, json_lines, uri_decoded, xml_decoded};
use scrubjay::report::FORMATS;
use serde_json::Value;
use support::NOW;
use tree::{Planted, plant};

struct Fixture {
    folder: tempfile::TempDir,
    planted: Vec<Planted>,
}

fn fixture() -> Fixture {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let planted = plant(folder.path());
    Fixture { folder, planted }
}

fn run(folder: &Path, format: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_scrubjay"))
        .args(["scan", "-q", "--now", &NOW.to_string(), "-f", format])
        .args(arguments)
        .current_dir(folder)
        .env_remove("GITHUB_STEP_SUMMARY")
        .stdin(Stdio::null())
        .output()
        .expect("the command starts")
}

/// The report on the whole fixture.
fn report(fixture: &Fixture, format: &str) -> String {
    let output = run(fixture.folder.path(), format, &["."]);
    assert_eq!(output.status.code(), Some(1), "{format}: findings give status 1");
    String::from_utf8(output.stdout).expect("a report is UTF-8")
}

fn number(value: &Value) -> u64 {
    value.as_u64().expect("a number")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

#[test]
fn no_format_shows_a_secret_or_moves_a_cursor() {
    let fixture = fixture();
    for format in FORMATS {
        let output = run(fixture.folder.path(), format.name, &["."]);
        for stream in [&output.stdout, &output.stderr] {
            for planted in &fixture.planted {
                let shown = planted
                    .secret
                    .as_bytes()
                    .windows(9)
                    .any(|window| memchr::memmem::find(stream, window).is_some());
                assert!(!shown, "{}: more than a mask of a secret is shown", format.name);
            }
            assert_safe(format.name, &String::from_utf8_lossy(stream));
        }
    }
}

#[test]
fn the_same_tree_gives_the_same_report() {
    let fixture = fixture();
    for format in FORMATS {
        let one = run(fixture.folder.path(), format.name, &["-j", "1", "."]).stdout;
        let four = run(fixture.folder.path(), format.name, &["-j", "4", "."]).stdout;
        let timeless = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            // Only the clock of the run differs, and it stands before the findings.
            text.split_once("\"results\"")
                .or_else(|| text.split_once("\"vulnerabilities\""))
                .or_else(|| text.split_once("\"summary\""))
                .map_or_else(|| text.clone().into_owned(), |(_, rest)| rest.to_owned())
        };
        assert_eq!(timeless(&one), timeless(&four), "{}", format.name);
    }
}

#[test]
fn sarif_has_what_code_scanning_reads() {
    let fixture = fixture();
    let document = json(&report(&fixture, "sarif"));
    assert_eq!(document["version"], "2.1.0");
    let run = &document["runs"][0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    for rule in rules {
        for field in ["shortDescription", "fullDescription", "help"] {
            assert!(!text(&rule[field]["text"]).is_empty(), "{rule}");
        }
        assert!(!text(&rule["help"]["markdown"]).is_empty() && !text(&rule["name"]).is_empty());
        let properties = &rule["properties"];
        assert!(properties["tags"].as_array().expect("tags").contains(&"security".into()), "{rule}");
        let score: f64 = text(&properties["security-severity"]).parse().expect("a number in a string");
        assert!((0.0..=10.0).contains(&score));
    }
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), fixture.planted.len());
    let mut prints = std::collections::BTreeSet::new();
    for (result, planted) in results.iter().zip(&fixture.planted) {
        let index = number(&result["ruleIndex"]) as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert_eq!(result["level"], "error");
        let place = &result["locations"][0]["physicalLocation"];
        let uri = text(&place["artifactLocation"]["uri"]);
        assert_eq!(uri_decoded(uri), planted.path);
        let region = &place["region"];
        assert_eq!((number(&region["startLine"]), number(&region["endLine"])), (planted.line, planted.line));
        assert_eq!(
            (number(&region["startColumn"]), number(&region["endColumn"])),
            planted.utf16,
            "{:?}",
            planted.path
        );
        assert!(text(&result["message"]["text"]).contains(&planted.mask));
        let own = text(&result["partialFingerprints"]["scrubjay/v1"]);
        assert!(own.starts_with("tirtc-secret-key:") && own.ends_with(":1"), "{own}");
        prints.insert(text(&result["partialFingerprints"]["primaryLocationLineHash"]).to_owned());
    }
    assert_eq!(prints.len(), results.len(), "different secrets have different fingerprints");
    assert!(!document.to_string().contains("file://"), "no absolute address");
}

#[test]
fn gitlab_has_what_the_schema_requires() {
    let fixture = fixture();
    let document = json(&report(&fixture, "gitlab"));
    assert_eq!(document["version"], "15.2.1");
    let scan = &document["scan"];
    for part in ["analyzer", "scanner"] {
        for field in ["/id", "/name", "/version", "/vendor/name"] {
            assert!(scan[part].pointer(field).is_some_and(|v| !text(v).is_empty()), "{part}{field}");
        }
    }
    assert_eq!((text(&scan["type"]), text(&scan["status"])), ("secret_detection", "success"));
    for time in ["start_time", "end_time"] {
        let (time, form) = (text(&scan[time]), "dddd-dd-ddTdd:dd:dd");
        let digits = |c: char| if c.is_ascii_digit() { 'd' } else { c };
        assert_eq!(time.chars().map(digits).collect::<String>(), form);
    }
    let list = document["vulnerabilities"].as_array().expect("a list");
    assert_eq!(list.len(), fixture.planted.len());
    for (item, planted) in list.iter().zip(&fixture.planted) {
        let id = text(&item["id"]);
        assert!(id.len() == 36 && id.as_bytes()[14] == b'8' && id.matches('-').count() == 4, "{id}");
        assert_eq!(item["severity"], "Critical");
        assert_eq!(item["location"]["file"], planted.path.as_str());
        assert_eq!(number(&item["location"]["start_line"]), planted.line);
        assert_eq!(text(&item["location"]["commit"]["sha"]), "0".repeat(40));
        assert_eq!(item["identifiers"][0]["value"], "tirtc-secret-key");
        assert_eq!(text(&item["raw_source_code_extract"]), planted.mask);
        assert!(text(&item["name"]).chars().count() <= 255 && text(&item["solution"]).len() <= 7000);
    }
}

#[test]
fn github_commands_read_back() {
    let fixture = fixture();
    let document = report(&fixture, "github");
    let lines: Vec<_> = document.lines().collect();
    assert_eq!(lines.len(), fixture.planted.len());
    for (line, planted) in lines.iter().zip(&fixture.planted) {
        // As the runner reads it: the first `::` after the command's name ends the properties.
        let rest = line.strip_prefix("::error ").expect("an error");
        let (properties, message) = rest.split_once("::").expect("a message");
        let property = |name: &str| {
            let mut pairs = properties.split(',').filter_map(|pair| pair.split_once('='));
            uri_decoded(pairs.find(|(n, _)| *n == name).expect("the property is there").1)
        };
        let path: String = scrubjay::text::printable(&planted.path).into_owned();
        // Line ends and tabs travel in their own way.
        let spelled = property("file").replace('\n', "\\n").replace('\r', "\\r").replace("\\u{9}", "\\t");
        assert_eq!(spelled, path);
        assert_eq!((property("line"), property("endLine")), ("3".into(), "3".into()));
        let columns = (property("col").parse(), property("endColumn").parse());
        assert_eq!(columns, (Ok(planted.chars.0), Ok(planted.chars.1)));
        assert_eq!(property("title"), "critical: tirtc-secret-key");
        assert!(message.ends_with(&planted.mask), "{message}");
    }
    assert!(!document.contains("add-mask"));
}

#[test]
fn junit_has_a_suite_for_each_file() {
    let fixture = fixture();
    let document = report(&fixture, "junit");
    let count = fixture.planted.len();
    assert!(document.contains(&format!("tests=\"{count}\" failures=\"{count}\" errors=\"0\"")));
    let suites: Vec<_> = document.split("<testsuite name=\"").skip(1).collect();
    assert_eq!(suites.len(), count);
    for (suite, planted) in suites.iter().zip(&fixture.planted) {
        let name = xml_decoded(suite.split_once('"').expect("a name").0);
        assert_eq!(name, scrubjay::text::printable(&planted.path));
        assert!(suite.contains("<failure type=\"tirtc-secret-key\"") && suite.contains(&planted.mask));
    }
}

#[test]
fn rdjsonl_counts_bytes() {
    let fixture = fixture();
    let lines = json_lines(&report(&fixture, "rdjsonl"));
    assert_eq!(lines.len(), fixture.planted.len());
    for (line, planted) in lines.iter().zip(&fixture.planted) {
        let range = &line["location"]["range"];
        assert_eq!(line["location"]["path"], planted.path.as_str());
        assert_eq!(number(&range["start"]["line"]), planted.line);
        let columns = (number(&range["start"]["column"]), number(&range["end"]["column"]));
        assert_eq!(columns, planted.utf8, "{:?}", planted.path);
        assert_eq!((text(&line["severity"]), text(&line["code"]["value"])), ("ERROR", "tirtc-secret-key"));
        assert_eq!(line["source"]["name"], "scrubjay");
    }
}

#[test]
fn csv_reads_back_and_computes_nothing() {
    let fixture = fixture();
    let rows = csv_rows(&report(&fixture, "csv"));
    let column = |name: &str| rows[0].iter().position(|cell| cell == name).expect("a column");
    let (path, first, last) = (column("path"), column("column"), column("end_column"));
    assert_eq!(rows.len(), fixture.planted.len() + 1);
    for (row, planted) in rows[1..].iter().zip(&fixture.planted) {
        assert_eq!(row.len(), rows[0].len());
        assert_eq!(row[path].trim_start_matches('\''), scrubjay::text::printable(&planted.path));
        assert_eq!((row[first].parse(), row[last].parse()), (Ok(planted.chars.0), Ok(planted.chars.1)));
        assert!(row.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{row:?}");
    }
    let alone = run(fixture.folder.path(), "csv", &["=cmd+@.env"]).stdout;
    assert_eq!(csv_rows(&String::from_utf8_lossy(&alone))[1][path], "'=cmd+@.env");
}

#[test]
fn markdown_keeps_its_table() {
    let fixture = fixture();
    let document = report(&fixture, "markdown");
    let rows: Vec<_> = document.lines().filter(|line| line.starts_with("| critical | `")).collect();
    assert_eq!(rows.len(), fixture.planted.len());
    for (row, planted) in rows.iter().zip(&fixture.planted) {
        let borders = row.match_indices('|').filter(|(at, _)| !row[..*at].ends_with('\\')).count();
        assert_eq!(borders, 6, "{row}");
        assert!(row.contains(&planted.mask), "{row}");
        let bare = readers::without_code(row);
        assert!(!bare.contains(['<', '[', '`']), "{bare}");
    }
    assert!(document.contains("### TiRTC application secret (`tirtc-secret-key`)"));
}

#[test]
fn an_empty_scan_and_an_incomplete_one_are_told_apart() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("a"), "nothing\n").expect("a file");
    let said = |format: &str, paths: &[&str]| {
        let output = run(folder.path(), format, paths);
        (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"))
    };
    let (clean, broken) = (&["a"][..], &["a", "miss]]>ing"][..]);
    for (paths, status) in [(clean, 0), (broken, 2)] {
        let complete = status == 0;
        let (code, text) = said("sarif", paths);
        let run = &json(&text)["runs"][0];
        assert_eq!(code, Some(status));
        assert_eq!(run["results"], serde_json::json!([]));
        assert_eq!(run["invocations"][0]["executionSuccessful"], complete);
        let notes = run["invocations"][0]["toolExecutionNotifications"].as_array().map_or(0, Vec::len);
        assert_eq!(notes, usize::from(!complete));
        let scan = &json(&said("gitlab", paths).1)["scan"];
        assert_eq!(scan["status"], if complete { "success" } else { "failure" });
        let junit = said("junit", paths).1;
        assert_eq!(junit.contains("name=\"no leaked credentials\" time=\"0\"/>"), complete);
        assert_eq!(junit.contains("<error type=\"incomplete\""), !complete);
        assert!(junit.contains("tests=\"1\"") && !junit.contains("]]>"), "{junit}");
        assert_eq!(said("github", paths).1.starts_with("::error title=scrubjay%3A"), !complete);
        assert_eq!(said("markdown", paths).1.contains("scan is incomplete"), !complete);
        assert_eq!(said("rdjsonl", paths).1, "");
        assert_eq!(csv_rows(&said("csv", paths).1).len(), 1);
    }
}

#[test]
fn the_step_summary_is_added_and_keeps_its_limit() {
    let fixture = fixture();
    let summary = fixture.folder.path().join("..summary");
    std::fs::write(&summary, "before\n").expect("a file");
    let github = |format: &str| {
        Command::new(env!("CARGO_BIN_EXE_scrubjay"))
            .args(["scan", "-q", "-f", format, "--exclude", "..summary", "."])
            .current_dir(fixture.folder.path())
            .env("GITHUB_STEP_SUMMARY", &summary)
            .output()
            .expect("the command starts")
    };
    github("sarif");
    assert_eq!(std::fs::read_to_string(&summary).expect("the summary"), "before\n");
    github("github");
    let text = std::fs::read_to_string(&summary).expect("the summary");
    assert!(text.starts_with("before\n# scrubjay: ") && text.contains("## What to do"), "{text}");
    assert!(!text.contains("Shown are"));
    // What fits is shown: the step has written almost all it may.
    let room = 1800;
    std::fs::write(&summary, vec![b'x'; 1024 * 1024 - room]).expect("a file");
    github("github");
    let text = std::fs::read_to_string(&summary).expect("the summary");
    assert!(text.len() <= 1024 * 1024 && text.contains("Shown are"), "{} bytes", text.len());
    std::fs::write(&summary, vec![b'x'; 1024 * 1024]).expect("a file");
    let output = github("github");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no room for a summary"));
}
