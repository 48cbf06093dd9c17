//! `--ci`, `--diff` and `--range`: what systems of continuous integration say, and what it means in a clone.
//! The rows are data, see `ci/README.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;
use toml::de::{DeTable, DeValue};

use crate::lab::{Lab, Ran, Repo, secret};

/// The commits by name, with what stands for none.
type Names = BTreeMap<String, String>;

/// A server, and the clones of it that rows ask for.
struct Town {
    lab: Lab,
    names: Names,
}

impl Town {
    fn new(options: &[&str]) -> Self {
        let lab = Lab::new();
        let repo = lab.repo("server", options);
        let mut names = Names::new();
        let mut add = |name: &str| {
            let text = if name == "base" { b"clean\n".to_vec() } else { secret(name) };
            let id = repo.commit(&format!("{name}.env"), &text);
            names.insert(name.to_owned(), id);
        };
        add("base");
        repo.git(&["branch", "topic"]);
        ["m1", "m2"].iter().for_each(|name| add(name));
        repo.git(&["checkout", "-q", "topic"]);
        add("t1");
        repo.git(&["checkout", "-q", "-b", "before"]);
        add("old");
        repo.git(&["tag", "-a", "-m", "a tag", "rc"]);
        repo.git(&["checkout", "-q", "topic"]);
        ["t2", "t3"].iter().for_each(|name| add(name));
        repo.git(&["checkout", "-q", "--detach", "main"]);
        repo.git(&["merge", "-q", "--no-ff", "--no-verify", "-m", "merge", "topic"]);
        names.insert("tag".to_owned(), repo.git(&["rev-parse", "rc"]));
        names.insert("merge".to_owned(), repo.head());
        repo.git(&["update-ref", "refs/pull/7/merge", "HEAD"]);
        repo.git(&["update-ref", "refs/hidden/old", "before"]);
        repo.git(&["checkout", "-q", "main"]);
        repo.git(&["branch", "-q", "-D", "before"]);
        repo.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
        names.insert("zeros".to_owned(), "0".repeat(names["base"].len()));
        Self { lab, names }
    }

    /// A clone in which that commit is checked out, as CI does it.
    fn clone(&self, name: &str, kind: &str, at: &str) -> Repo {
        let from = format!("file://{}", self.lab.at("server").path.display());
        let bring = |repo: &Repo, depth: &[&str], id: &str| {
            repo.git(&[&["fetch", "-q", "--no-tags"], depth, &["origin", id]].concat());
        };
        let commit = &self.names[at];
        let (made, above) = (self.lab.at(name), self.lab.at("server").below(".."));
        match kind {
            "full" | "gone" | "merged" => {
                above.git(&["clone", "-q", "--no-tags", &from, name]);
                bring(&made, &[], commit);
                bring(&made, &[], &self.names["t3"]);
                if kind != "gone" {
                    bring(&made, &[], &self.names["tag"]);
                }
                if kind == "merged" {
                    bring(&made, &[], &self.names["merge"]);
                    made.git(&["update-ref", "refs/remotes/origin/main", &self.names["merge"]]);
                }
            }
            "narrow" => {
                above.git(&["clone", "-q", "--no-tags", "--single-branch", "-b", "topic", &from, name]);
                bring(&made, &[], commit);
                bring(&made, &[], &self.names["m2"]);
            }
            _ => {
                let branch = if at.starts_with('m') { "main" } else { "topic" };
                above.git(&["clone", "-q", "--no-tags", "--depth=1", "-b", branch, &from, name]);
                bring(&made, &["--depth=1"], commit);
                if let Some((_, also)) = kind.split_once('+') {
                    bring(&made, &["--depth=1"], &self.names[also]);
                }
            }
        }
        made.git(&["checkout", "-q", "--detach", commit]);
        made
    }

    /// Puts commits in the place of their names.
    fn fill(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, id) in &self.names {
            text = text.replace(&format!("{{{name}}}"), id).replace(&format!("{{{name}:12}}"), &id[..12]);
        }
        text
    }
}

/// The commits whose secrets are found.
fn brought(ran: &Ran) -> BTreeSet<String> {
    if ran.stdout.is_empty() {
        return BTreeSet::new();
    }
    ran.paths().iter().map(|path| path.trim_end_matches(".env").to_owned()).collect()
}

/// A row of a table.
#[derive(Default)]
struct Row {
    name: String,
    env: Vec<(String, String)>,
    event: Option<String>,
    at: String,
    clone: String,
    brings: Option<BTreeSet<String>>,
    says: Vec<String>,
    status: Option<i32>,
}

fn text(value: &DeValue<'_>) -> String {
    let DeValue::String(text) = value else { panic!("{value:?} is no text") };
    text.clone().into_owned()
}

fn texts(value: &DeValue<'_>) -> Vec<String> {
    let DeValue::Array(all) = value else { panic!("{value:?} is no list") };
    all.iter().map(|item| text(item.get_ref())).collect()
}

fn read_row(value: &DeValue<'_>) -> Row {
    let DeValue::Table(fields) = value else { panic!("{value:?} is no row") };
    let mut row = Row { at: "t3".to_owned(), clone: "full".to_owned(), ..Row::default() };
    for (name, value) in fields {
        match (&**name.get_ref(), value.get_ref()) {
            ("name", value) => row.name = text(value),
            ("env", DeValue::Table(all)) => {
                row.env = all.iter().map(|(k, v)| (k.get_ref().to_string(), text(v.get_ref()))).collect();
            }
            ("event", value) => row.event = Some(text(value)),
            ("at", value) => row.at = text(value),
            ("clone", value) => row.clone = text(value),
            ("brings", value) => row.brings = Some(texts(value).into_iter().collect()),
            ("says", value) => row.says = texts(value),
            ("status", DeValue::Integer(n)) => row.status = n.as_str().parse().ok(),
            (name, _) => panic!("{name} is no field of a row"),
        }
    }
    row
}

/// Runs one row; what is wrong with it.
fn check(town: &Town, row: &Row, number: usize) -> Result<(), String> {
    let mut repo = town.clone(&format!("clone-{number}"), &row.clone, &row.at);
    if let Some(event) = &row.event {
        let path = repo.path.join(".git/event.json");
        fs::write(&path, town.fill(event)).expect("a file");
        repo = repo.with("GITHUB_EVENT_PATH", &path.to_string_lossy());
    }
    for (name, value) in &row.env {
        repo = repo.with(name, &town.fill(value));
    }
    let ran = repo.scan(&["--ci"]);
    let found = brought(&ran);
    if row.brings.as_ref().is_some_and(|brings| *brings != found) {
        return Err(format!("brings {found:?}: {}", ran.stderr));
    }
    if ran.status != row.status.unwrap_or(i32::from(!found.is_empty())) {
        return Err(format!("status {}: {}", ran.status, ran.stderr));
    }
    let flat = |text: &str| text.split_whitespace().filter(|w| *w != "│").collect::<Vec<_>>().join(" ");
    let stderr = flat(&ran.stderr);
    match row.says.iter().map(|words| town.fill(words)).find(|words| !stderr.contains(words.trim_end())) {
        Some(words) => Err(format!("does not say `{words}`: {stderr}")),
        None => Ok(()),
    }
}

/// Every row of a family.
fn family(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/git/ci").join(name);
    let text = fs::read_to_string(path).expect("a file");
    let table = DeTable::parse(&text).expect("a table");
    let Some(DeValue::Array(rows)) = table.get_ref().get("run").map(|rows| rows.get_ref()) else {
        panic!("{name} has no rows")
    };
    let town = Town::new(&[]);
    let mut wrong = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let row = read_row(row.get_ref());
        if let Err(error) = check(&town, &row, number) {
            wrong.push(format!("{}: {error}", row.name));
        }
    }
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

#[test]
fn actions_of_github_and_its_likes() {
    family("github.toml");
}

#[test]
fn pipelines_of_gitlab() {
    family("gitlab.toml");
}

#[test]
fn other_hosted_systems() {
    family("hosted.toml");
}

#[test]
fn systems_that_one_runs_oneself() {
    family("own.toml");
}

/// What stands for "unknown" never passes for "nothing new", under either hash.
#[test]
fn placeholders_are_no_commits() {
    for options in [&[][..], &["--object-format=sha256"]] {
        let town = Town::new(options);
        let repo = town.lab.at("server");
        repo.git(&["checkout", "-q", "topic"]);
        let head = repo.head();
        for unknown in ["", "null", "<nil>", "false", "HEAD", "$BEFORE", &"0".repeat(40), &"0".repeat(64)] {
            let repo = repo.with("GITLAB_CI", "true").with("CI_COMMIT_SHA", &head);
            let repo = repo.with("CI_COMMIT_BEFORE_SHA", unknown).with("CI_COMMIT_BRANCH", "topic");
            let found = brought(&repo.scan(&["--ci"]));
            let all: BTreeSet<String> = ["t1", "t2", "t3"].map(str::to_owned).into();
            assert_eq!(found, all, "{unknown:?} {options:?}");
        }
    }
}

/// The words of `git rev-list`, and what CI puts into them.
#[test]
fn ranges_are_taken_as_ci_gives_them() {
    let town = Town::new(&[]);
    let repo = town.clone("clone", "full", "t3");
    let gone = "5a".repeat(20);
    let rows: &[(&str, &[&str], &str)] = &[
        ("{zeros}..HEAD", &["t1", "t2", "t3"], "all zeros"),
        ("{zeros}...HEAD", &["t1", "t2", "t3"], "all zeros"),
        ("^{zeros} HEAD", &["t1", "t2", "t3"], "all zeros"),
        (&format!("{gone}..HEAD"), &["t1", "t2", "t3"], "is not in this clone"),
        ("{t1}..{t3}", &["t2", "t3"], ""),
        ("{t1}..", &["t2", "t3"], ""),
        ("{m1}...{t1}", &["m1", "t1"], ""),
        ("HEAD^!", &["t3"], ""),
        ("{t2}^!", &["t2"], ""),
        ("{base}^!", &[], ""),
        ("HEAD^@", &["t1", "t2"], ""),
        ("{merge}^-", &["t1", "t2", "t3"], ""),
        ("{merge}^-2", &["m1", "m2"], ""),
        ("HEAD --not {t2}", &["t3"], ""),
        ("HEAD ^origin/main", &["t1", "t2", "t3"], ""),
        ("{tag}^!", &["old"], ""),
    ];
    repo.git(&["fetch", "-q", "--no-tags", "origin", &town.names["merge"]]);
    for (range, brings, says) in rows {
        let ran = repo.scan(&["--history", "--range", &town.fill(range)]);
        let brings: BTreeSet<String> = brings.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(brought(&ran), brings, "{range}: {}", ran.stderr);
        assert!(ran.stderr.contains(says), "{range}: {}", ran.stderr);
        assert_eq!(ran.status, i32::from(!brings.is_empty()), "{range}: {}", ran.stderr);
    }
    for wrong in ["nonsense..HEAD", "--all", "^HEAD", "HEAD..nonsense", "abcdef1..HEAD"] {
        let ran = repo.scan(&["--history", "--range", wrong]);
        assert_eq!(ran.status, 2, "{wrong}: {}", ran.stderr);
    }
}

#[test]
fn a_base_is_any_commit_or_none() {
    let town = Town::new(&[]);
    let repo = town.clone("clone", "full", "t3");
    let all = ["t1", "t2", "t3"];
    let gone = "5a".repeat(20);
    for (base, brings) in [
        ("origin/main", &all[..]),
        ("{t2}", &all[2..]),
        ("HEAD~2", &all[1..]),
        ("{zeros}", &all),
        (&gone, &all),
    ] {
        let ran = repo.scan(&["--diff", &town.fill(base)]);
        let brings: BTreeSet<String> = brings.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(brought(&ran), brings, "{base}: {}", ran.stderr);
        assert!(ran.stderr.contains("scrubjay: --diff: "), "{base}: {}", ran.stderr);
    }
    for wrong in ["nonsense", "--all", ""] {
        assert_eq!(repo.scan(&[&format!("--diff={wrong}")]).status, 2, "{wrong}");
    }
    // A range that ends where a shallow clone does is incomplete; one that does not is not.
    let shallow = town.clone("cut", "shallow", "t3");
    let ran = shallow.scan(&["--diff", "HEAD"]);
    assert_eq!((ran.status, ran.findings().len()), (0, 0), "{}", ran.stderr);
    shallow.git(&["fetch", "-q", "--no-tags", "--depth=2", "origin", &town.names["t3"]]);
    assert_eq!(shallow.scan(&["--history", "--range", "HEAD^!"]).status, 1);
    let ran = shallow.scan(&["--history", "--range", "HEAD"]);
    assert_eq!(ran.status, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("shallow") && ran.stderr.contains("--unshallow"), "{}", ran.stderr);
    let report: Value = serde_json::from_slice(&ran.stdout).expect("a report");
    assert_eq!(report["summary"]["complete"], false);
}
