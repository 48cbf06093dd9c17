//! The command as people and scripts meet it: each case of `tests/cli/*.toml` is a tree, a command
//! line, and what it must print. `tests/cli/README.md` explains the form.
//!
//! Whatever a case is about, its output is also searched for every secret that was planted.

use crate::support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use support::cases::case_files;
use support::template::{Secret, expand};
use toml::de::{DeTable, DeValue};

/// One case.
#[derive(Debug, Default)]
struct Case {
    name: String,
    args: Vec<String>,
    /// Templates by path.
    files: BTreeMap<String, String>,
    /// Symbolic links: path and target.
    links: BTreeMap<String, String>,
    env: BTreeMap<String, String>,
    stdin: String,
    status: i64,
    stdout: Option<String>,
    stderr: Option<String>,
    /// Text that must stand, or must not, in what was printed to either stream.
    has: Vec<String>,
    lacks: Vec<String>,
}

#[test]
fn every_case_holds() {
    let cases = load();
    assert!(cases.len() >= 40, "{} cases are fewer than there were", cases.len());
    let failed: Vec<String> = cases.iter().filter_map(|case| case.run().err()).collect();
    assert!(failed.is_empty(), "{} of {} cases fail:\n{}", failed.len(), cases.len(), failed.concat());
}

#[test]
fn a_run_writes_several_reports_as_runs_of_their_own_would() {
    let tree = tempfile::tempdir().expect("a temporary directory");
    let filled = expand("TIRTC_SECRET_KEY={alnum:32}\n", "several reports");
    std::fs::write(tree.path().join("a.env"), filled.bytes).expect("a file");
    let scan = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scrubjay"));
        command.current_dir(tree.path()).env_clear().args(["scan", "-q", "--now", "1800000000"]).args(args);
        let done = command.arg("a.env").output().expect("it starts");
        assert_eq!(done.status.code(), Some(1), "{}", String::from_utf8_lossy(&done.stderr));
        done.stdout
    };
    let read = |name: &str| std::fs::read(tree.path().join(name)).expect("it was written");
    let printed =
        scan(&["-f", "jsonl", "-o", "a", "-f", "csv", "-f", "rdjsonl", "-o", "b", "-o", "c", "-f", "junit"]);
    for (format, together) in
        [("jsonl", read("a")), ("csv", printed), ("rdjsonl", read("b")), ("junit", read("c"))]
    {
        let alone = scan(&["-f", format]);
        assert!(!alone.is_empty() && together == alone, "{format}: {}", String::from_utf8_lossy(&together));
    }
}

/// `/dev/stdout` is a link, too: a report that took its place would take it from every program.
#[cfg(unix)]
#[test]
fn a_report_goes_through_a_link() {
    let tree = tempfile::tempdir().expect("a temporary directory");
    let (file, link) = (tree.path().join("report.json"), tree.path().join("link"));
    std::fs::write(&file, "before").expect("a file");
    std::os::unix::fs::symlink(&file, &link).expect("a link");
    let mut command = Command::new(env!("CARGO_BIN_EXE_scrubjay"));
    command.current_dir(tree.path()).env_clear().args(["scan", "-q", "-f", "json", "-o", "link", "-"]);
    let done = command.stdin(Stdio::null()).output().expect("it starts");
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(link.symlink_metadata().expect("it is there").is_symlink());
    assert!(std::fs::read_to_string(&file).expect("it is there").starts_with("{\"schema\""));
}

impl Case {
    fn run(&self) -> Result<(), String> {
        let tree = tempfile::tempdir().expect("a temporary directory");
        let mut secrets = Vec::new();
        for (path, template) in &self.files {
            let filled = expand(template, &format!("{}/{path}", self.name));
            let path = tree.path().join(path);
            std::fs::create_dir_all(path.parent().expect("below the tree")).expect("a directory");
            std::fs::write(path, filled.bytes).expect("a file");
            secrets.extend(filled.secrets);
        }
        #[cfg(unix)]
        for (link, target) in &self.links {
            std::os::unix::fs::symlink(target, tree.path().join(link)).expect("a link");
        }
        let stdin = expand(&self.stdin, &self.name);
        secrets.extend(stdin.secrets);
        let output = self.command(tree.path(), &stdin.bytes);
        let wrong = self.complaints(&output, &secrets);
        if wrong.is_empty() {
            return Ok(());
        }
        let mut text = format!("  {}: {:?}\n", self.name, self.args);
        for complaint in wrong {
            let _ = writeln!(text, "    {complaint}");
        }
        for (name, stream) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            let _ = writeln!(text, "    {name}:\n{}", String::from_utf8_lossy(stream));
        }
        Err(text)
    }

    fn command(&self, tree: &Path, stdin: &[u8]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scrubjay"));
        command
            .args(&self.args)
            .current_dir(tree)
            .env_clear()
            .env("LANG", "C.UTF-8")
            .env("HOME", "/nonexistent");
        command.envs(&self.env);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the command starts");
        let mut pipe = child.stdin.take().expect("a pipe");
        // A command that does not read its input closes the pipe; that is its right.
        let _ = pipe.write_all(stdin);
        drop(pipe);
        child.wait_with_output().expect("the command ends")
    }

    fn complaints(&self, output: &Output, secrets: &[Secret]) -> Vec<String> {
        let mut wrong = Vec::new();
        let status = output.status.code().map_or(-1, i64::from);
        if status != self.status {
            wrong.push(format!("status {status} instead of {}", self.status));
        }
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        for (name, expected, got) in [("stdout", &self.stdout, &stdout), ("stderr", &self.stderr, &stderr)] {
            if let Some(expected) = expected
                && let Err(line) = same(expected, got)
            {
                wrong.push(format!("{name} differs from line {line} on"));
            }
        }
        let both = format!("{stdout}{stderr}");
        wrong.extend(self.has.iter().filter(|t| !both.contains(*t)).map(|t| format!("lacks {t:?}")));
        wrong.extend(self.lacks.iter().filter(|t| both.contains(*t)).map(|t| format!("has {t:?}")));
        wrong.extend(secrets.iter().filter_map(|secret| secret.shown_in(both.as_bytes())));
        wrong
    }
}

/// Compares line by line: `[..]` stands for any text in a line, `...` alone for any lines. The number
/// of the line where they part on failure.
fn same(expected: &str, got: &str) -> Result<(), usize> {
    let (expected, got): (Vec<_>, Vec<_>) = (expected.lines().collect(), got.lines().collect());
    let (mut at, mut any) = (0, false);
    for (index, pattern) in expected.iter().enumerate() {
        if *pattern == "..." {
            any = true;
            continue;
        }
        let found = if any {
            (at..got.len()).find(|i| fits(pattern, got[*i]))
        } else {
            got.get(at).filter(|line| fits(pattern, line)).map(|_| at)
        };
        at = found.ok_or(index + 1)? + 1;
        any = false;
    }
    if any || at == got.len() { Ok(()) } else { Err(expected.len() + 1) }
}

fn fits(pattern: &str, line: &str) -> bool {
    let mut pieces = pattern.trim_end().split("[..]");
    let Some(mut rest) = line.trim_end().strip_prefix(pieces.next().unwrap_or_default()) else {
        return false;
    };
    let pieces: Vec<_> = pieces.collect();
    let Some((last, middle)) = pieces.split_last() else { return rest.is_empty() };
    for piece in middle {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last)
}

fn load() -> Vec<Case> {
    case_files("cli").iter().flat_map(|path| load_file(path)).collect()
}

fn load_file(path: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(path).expect("a case file is UTF-8 text");
    let file = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let table = DeTable::parse(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let list = table.get_ref().get("case").map(|list| list.get_ref());
    let Some(DeValue::Array(list)) = list else { panic!("{file}: [[case]] is a list") };
    let case = |item: &DeValue<'_>| {
        let DeValue::Table(fields) = item else { panic!("{file}: a case is a table") };
        read_case(&file, fields)
    };
    list.iter().map(|item| case(item.get_ref())).collect()
}

fn read_case(file: &str, fields: &DeTable<'_>) -> Case {
    let mut case = Case::default();
    for (key, value) in fields {
        let (key, value) = (key.get_ref().as_ref(), value.get_ref());
        let place = format!("{file}: {key}");
        match key {
            "name" => case.name = format!("{file}/{}", text(value, &place)),
            "why" => drop(text(value, &place)),
            "args" => case.args = texts(value, &place),
            "files" => case.files = pairs(value, &place),
            "links" => case.links = pairs(value, &place),
            "env" => case.env = pairs(value, &place),
            "stdin" => case.stdin = text(value, &place),
            "stdout" => case.stdout = Some(text(value, &place)),
            "stderr" => case.stderr = Some(text(value, &place)),
            "has" => case.has = texts(value, &place),
            "lacks" => case.lacks = texts(value, &place),
            "status" => match value {
                DeValue::Integer(n) => case.status = n.as_str().parse().expect("an exit status"),
                _ => panic!("{place} is a number"),
            },
            _ => panic!("{place} is no field of a case"),
        }
    }
    case
}

fn text(value: &DeValue<'_>, place: &str) -> String {
    match value {
        DeValue::String(s) => s.clone().into_owned(),
        _ => panic!("{place} is a string"),
    }
}

fn texts(value: &DeValue<'_>, place: &str) -> Vec<String> {
    let DeValue::Array(list) = value else { panic!("{place} is a list of strings") };
    list.iter().map(|v| text(v.get_ref(), place)).collect()
}

fn pairs(value: &DeValue<'_>, place: &str) -> BTreeMap<String, String> {
    let DeValue::Table(table) = value else { panic!("{place} is a table of strings") };
    table.iter().map(|(k, v)| (k.get_ref().to_string(), text(v.get_ref(), place))).collect()
}

#[test]
fn wildcards_fit_lines_and_parts_of_lines() {
    assert_eq!(same("a [..] d\n...\nz\n", "a b c d\nx\ny\nz\n"), Ok(()));
    assert_eq!(same("a\nb\n", "a\nc\n"), Err(2));
    assert_eq!(same("a\n", "a\nb\n"), Err(2));
    assert_eq!(same("a\n...\n", "a\n"), Ok(()));
}
