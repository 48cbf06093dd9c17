//! The acceptance cases: read from `tests/cases/*.toml`, run through the public API, and compared.
//!
//! `tests/cases/README.md` explains the form. A complaint names values by their length only.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use scrubjay::blob::{Blob, Origin};
use scrubjay::detect::{Detection, Detector, Scratch};
use scrubjay::finding::Verdict;
use toml::de::{DeTable, DeValue};

use super::template::{Expanded, expand, line_of};

/// One case.
#[derive(Debug, Clone, Default)]
pub(crate) struct Case {
    /// File and name, for people.
    pub(crate) name: String,
    /// The file name that the detector is told.
    pub(crate) path: String,
    /// The template.
    pub(crate) text: String,
    /// What must be found; nothing else may be.
    pub(crate) find: Vec<Find>,
    /// The status of every finding.
    pub(crate) status: Option<String>,
    /// The severity of every finding.
    pub(crate) severity: Option<String>,
    /// The decodings of every finding, outermost first.
    pub(crate) decoded: Option<Vec<String>>,
    /// Reported, but no failure: the contract leaves it open.
    pub(crate) maybe: bool,
    /// The value need not be a minted one to the byte (masks that hide little, cut tokens).
    pub(crate) loose: bool,
    /// The case depends on its place in the file (a header row, a byte order mark).
    pub(crate) fixed: bool,
}

/// One expected finding.
#[derive(Debug, Clone)]
pub(crate) struct Find {
    /// The kind; several with `|` where the contract allows each.
    pub(crate) kind: String,
    /// The line of the value.
    pub(crate) line: usize,
    /// It may be missing.
    pub(crate) maybe: bool,
    status: Option<String>,
    severity: Option<String>,
}

/// Every case of every file, in a fixed order.
pub(crate) fn load() -> Vec<Case> {
    case_files("cases").iter().flat_map(|path| load_file(path)).collect()
}

/// The files of cases in a folder of `tests`, in order.
pub(crate) fn case_files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    files
}

fn load_file(path: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(path).expect("a case file is UTF-8 text");
    let file = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let table = DeTable::parse(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut cases = Vec::new();
    for (key, value) in table.get_ref() {
        assert_eq!(key.get_ref(), "case", "{file}: only [[case]] stands at the top");
        let DeValue::Array(list) = value.get_ref() else { panic!("{file}: [[case]] is a list") };
        for item in list {
            let DeValue::Table(fields) = item.get_ref() else { panic!("{file}: a case is a table") };
            cases.extend(read_case(&file, fields));
        }
    }
    cases
}

fn read_case(file: &str, fields: &DeTable<'_>) -> Vec<Case> {
    let mut case = Case::default();
    let mut each = vec![];
    for (key, value) in fields {
        let (key, value) = (key.get_ref().as_ref(), value.get_ref());
        let place = || format!("{file}/{}: {key}", case.name);
        match key {
            "name" => case.name = format!("{file}/{}", text(value, &place())),
            "path" => case.path = text(value, &place()),
            "text" => case.text = text(value, &place()),
            "why" => drop(text(value, &place())),
            "status" => case.status = Some(text(value, &place())),
            "severity" => case.severity = Some(text(value, &place())),
            "decoded" => case.decoded = Some(texts(value, &place())),
            "each" => each = texts(value, &place()),
            "find" => case.find = finds(value, &place()),
            "maybe" => case.maybe = matches!(value, DeValue::Boolean(true)),
            "loose" => case.loose = matches!(value, DeValue::Boolean(true)),
            "fixed" => case.fixed = matches!(value, DeValue::Boolean(true)),
            _ => panic!("{} is no field of a case", place()),
        }
    }
    if each.is_empty() {
        return vec![case];
    }
    assert!(case.text.contains("{each}"), "{}: `each` needs {{each}} in its text", case.name);
    let one = |(at, item): (usize, &String)| Case {
        name: format!("{} #{}", case.name, at + 1),
        text: case.text.replace("{each}", item),
        ..case.clone()
    };
    each.iter().enumerate().map(one).collect()
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

fn finds(value: &DeValue<'_>, place: &str) -> Vec<Find> {
    let DeValue::Array(list) = value else { panic!("{place} is a list of tables") };
    let one = |item: &DeValue<'_>| {
        let DeValue::Table(fields) = item else { panic!("{place} is a list of tables") };
        let mut find = Find { kind: String::new(), line: 0, maybe: false, status: None, severity: None };
        for (key, value) in fields {
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("kind", v) => find.kind = text(v, place),
                ("line", DeValue::Integer(n)) => find.line = n.as_str().parse().unwrap_or(0),
                ("maybe", DeValue::Boolean(b)) => find.maybe = *b,
                ("status", v) => find.status = Some(text(v, place)),
                ("severity", v) => find.severity = Some(text(v, place)),
                (other, _) => panic!("{place}: {other} is no field of a find"),
            }
        }
        find
    };
    list.iter().map(|v| one(v.get_ref())).collect()
}

/// What a detector reports in these bytes.
pub(crate) fn reported<'d>(detector: &'d Detector, path: &str, bytes: &[u8]) -> Vec<Detection<'d>> {
    let origin = Origin::file(path);
    let mut out = Vec::new();
    let mut scratch = Scratch::default();
    detector.detect(&Blob::whole(bytes, &origin), &mut scratch, &mut |d| {
        if matches!(d.verdict, Verdict::Report { .. }) {
            out.push(d);
        }
    });
    out
}

impl Case {
    /// The text, filled.
    pub(crate) fn expand(&self) -> Expanded {
        expand(&self.text, &self.name)
    }

    /// Runs the case; what is wrong, in words without values.
    pub(crate) fn check(&self, detector: &Detector) -> Result<(), String> {
        let expanded = self.expand();
        let found = reported(detector, &self.path, &expanded.bytes);
        self.compare(&expanded, &found, 0)
    }

    /// Compares what was found with what was to be; `shift` lines stand before the case.
    pub(crate) fn compare(
        &self,
        expanded: &Expanded,
        found: &[Detection<'_>],
        shift: usize,
    ) -> Result<(), String> {
        let mut complaint = String::new();
        let mut open: Vec<&Find> = self.find.iter().collect();
        for detection in found {
            let (kind, line) = (detection.rule.kind.name(), line_of(&expanded.bytes, detection.span.start));
            // A PEM block may be pointed at by its armour or by its first line of base64.
            let last = |f: &Find| f.line + shift + usize::from(kind == "private_key");
            let fits = |f: &&Find| {
                (f.line + shift..=last(f)).contains(&line) && f.kind.split('|').any(|k| k == kind)
            };
            match open.iter().position(fits) {
                None => writeln!(complaint, "      not expected: {}", describe(detection, line))
                    .expect("a string grows"),
                Some(at) => self.details(open.remove(at), detection, expanded, line, &mut complaint),
            }
        }
        for find in open.iter().filter(|f| !f.maybe) {
            writeln!(complaint, "      missing: {} on line {}", find.kind, find.line + shift)
                .expect("a string grows");
        }
        if complaint.is_empty() { Ok(()) } else { Err(complaint) }
    }

    fn details(&self, find: &Find, d: &Detection<'_>, text: &Expanded, line: usize, out: &mut String) {
        let mut say = |what: &str, expected: &str, got: &str| {
            if expected != got {
                writeln!(out, "      {} on line {line}: {what} {got}, expected {expected}", find.kind)
                    .expect("a string grows");
            }
        };
        if let Some(status) = find.status.as_ref().or(self.status.as_ref()) {
            say("status", status, d.status.map_or("none", |s| s.name()));
        }
        if let Some(severity) = find.severity.as_ref().or(self.severity.as_ref()) {
            let got = match &d.verdict {
                Verdict::Report { severity, .. } => severity.name(),
                Verdict::Silent { .. } => "silent",
            };
            say("severity", severity, got);
        }
        if let Some(decoded) = &self.decoded {
            say("decoded", &decoded.join(" > "), &d.decoded.join(" > "));
        }
        if !self.loose && d.rule.kind.name() != "private_key" {
            // Two neighbouring fields, id and secret, are a license too.
            let license = d.rule.kind.name() == "license";
            let same = |s: &&super::template::Secret| {
                s.value == *d.value || (license && d.value.ends_with(&[b",", &s.value[..]].concat()))
            };
            let here = |s: &super::template::Secret| s.span.start < d.span.end && d.span.start < s.span.end;
            match text.secrets.iter().find(|s| same(s) && here(s)) {
                Some(_) => {}
                None => say("value", "a minted one, whole", &format!("of {} bytes", d.value.len())),
            }
        }
    }
}

fn describe(d: &Detection<'_>, line: usize) -> String {
    format!("{} on line {line} (rule {}, {} bytes)", d.rule.kind.name(), d.rule.id, d.value.len())
}

/// What is wrong with the case itself, whatever the detector does: a line that holds no minted value,
/// a kind or a status that does not exist.
pub(crate) fn unsound(case: &Case) -> Vec<String> {
    let expanded = case.expand();
    let mut out = Vec::new();
    let kinds: Vec<&str> = scrubjay::finding::Kind::NAMES.iter().map(|(_, name)| *name).collect();
    if case.path.is_empty() || case.text.is_empty() {
        out.push("path and text are needed".to_owned());
    }
    for find in &case.find {
        if let Some(kind) = find.kind.split('|').find(|k| !kinds.contains(k)) {
            out.push(format!("no kind is called {kind}"));
        }
        let lines = expanded.secrets.iter().map(|s| expanded.line(s.span.start));
        if !lines.into_iter().any(|line| line == find.line) {
            out.push(format!("line {} holds the start of no minted value", find.line));
        }
    }
    out
}

/// Names that stand twice.
pub(crate) fn twice(cases: &[Case]) -> Vec<String> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for case in cases {
        *seen.entry(&case.name).or_default() += 1;
    }
    seen.into_iter().filter(|(_, n)| *n > 1).map(|(name, _)| name.to_owned()).collect()
}
