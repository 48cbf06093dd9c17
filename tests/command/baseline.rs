//! The baseline over the life of a repository: what it holds is not reported, it is the same wherever
//! it is written from, it holds no secret, and branches that each add a finding merge.

use crate::support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use scrubjay::config::{Baseline, Entry};
use support::prng::Prng;
use support::template::expand;

/// How many entries a baseline of some age has.
const ENTRIES: usize = 1_000;

fn scrubjay(directory: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scrubjay"));
    command.arg("scan").args(args).current_dir(directory).env_clear().output().expect("the command starts")
}

fn status(output: &Output) -> i32 {
    output.status.code().expect("the command ends by itself")
}

/// Git without the settings of this machine.
fn git(directory: &Path, args: &[&str]) -> Output {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut command = Command::new("git");
    command.args(args).current_dir(directory).env_clear().env("PATH", path).env("HOME", directory);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "a").env(format!("GIT_{who}_EMAIL"), "a@example.com");
        command.env(format!("GIT_{who}_DATE"), "2027-01-15T08:00:00Z");
    }
    command.output().expect("git starts")
}

fn git_ok(directory: &Path, args: &[&str]) {
    let output = git(directory, args);
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn entry(rng: &mut Prng) -> Entry {
    let path = format!("services/{}/config.env", rng.below(200));
    Entry { fingerprint: rng.hex(16), rule: "tirtc-secret-key".to_owned(), path }
}

/// A baseline, and the two that two branches make of it.
fn branches(seed: u64, entries: usize) -> [Baseline; 3] {
    let mut rng = Prng::new(seed);
    let base = Baseline::new((0..entries).map(|_| entry(&mut rng)));
    let (mut ours, mut theirs) = (base.clone(), base.clone());
    ours.add(entry(&mut rng));
    theirs.add(entry(&mut rng));
    [base, ours, theirs]
}

#[test]
fn branches_that_each_add_a_finding_merge() {
    for seed in 0..6 {
        let folder = tempfile::tempdir().expect("a directory");
        let repo = folder.path();
        let [base, ours, theirs] = branches(seed, ENTRIES);
        let commit = |baseline: &Baseline| {
            fs::write(repo.join("base"), baseline.to_text()).expect("a file");
            git_ok(repo, &["add", "base"]);
            git_ok(repo, &["commit", "-q", "-m", "x"]);
        };
        git_ok(repo, &["init", "-q", "-b", "main"]);
        commit(&base);
        git_ok(repo, &["checkout", "-q", "-b", "theirs"]);
        commit(&theirs);
        git_ok(repo, &["checkout", "-q", "main"]);
        commit(&ours);
        git_ok(repo, &["merge", "-q", "--no-edit", "theirs"]);
        let merged = fs::read(repo.join("base")).expect("a file");
        let mut both = ours.clone();
        for entry in theirs.entries() {
            both.add(entry.clone());
        }
        assert_eq!(Baseline::parse(&merged).expect("a baseline"), both, "seed {seed}");
        assert_eq!(String::from_utf8_lossy(&merged), both.to_text(), "seed {seed}: as it would be written");
    }
}

/// `git merge-file` is the line merge of `git merge` without a repository around it.
fn conflicts(folder: &Path, [base, ours, theirs]: &[Baseline; 3]) -> bool {
    for (name, baseline) in [("base", base), ("ours", ours), ("theirs", theirs)] {
        fs::write(folder.join(name), baseline.to_text()).expect("a file");
    }
    let merged = git(folder, &["merge-file", "-q", "-p", "ours", "base", "theirs"]);
    !merged.status.success()
}

#[test]
fn hardly_any_pair_of_findings_conflicts() {
    let folder = tempfile::tempdir().expect("a directory");
    let pairs: u64 = 100;
    for entries in [0, ENTRIES] {
        let hit = |seed: &u64| conflicts(folder.path(), &branches(1_000 + seed, entries));
        let count = (0..pairs).filter(hit).count() as u64;
        // About one of 4,000 falls between the same two lines.
        assert!(count <= 1, "{count} of {pairs} pairs conflict in a baseline of {entries}");
    }
    // The measure can tell: two findings whose fingerprints begin alike do conflict.
    let [base, mut ours, mut theirs] = branches(1, 0);
    let alike = |end: &str| Entry { fingerprint: format!("abc{end}"), rule: "r".into(), path: "p".into() };
    ours.add(alike("0000000000000"));
    theirs.add(alike("1111111111111"));
    assert!(conflicts(folder.path(), &[base, ours, theirs]));
}

#[test]
fn a_baseline_is_the_same_wherever_it_is_written_from() {
    let folder = tempfile::tempdir().expect("a directory");
    let repo = folder.path().join("repo");
    fs::create_dir_all(repo.join("sub/deep")).expect("a directory");
    fs::create_dir(repo.join(".git")).expect("a directory");
    let mut secrets = Vec::new();
    for (at, path) in ["a.env", "sub/b.env", "sub/deep/strange \u{202e} name\n.env"].iter().enumerate() {
        let filled =
            expand("TIRTC_SECRET_KEY={alnum:32}\nTIRTC_LICENSE={license}\n{mint:tirtc}\n", &format!("{at}"));
        fs::write(repo.join(path), &filled.bytes).expect("a file");
        secrets.extend(filled.secrets);
    }
    let base = folder.path().join("base");
    let base = base.to_str().expect("a path of text");
    let whole = repo.to_str().expect("a path of text");
    let mut texts = Vec::new();
    for (from, path) in [(&repo, "."), (&repo.join("sub"), ".."), (&folder.path().to_owned(), whole)] {
        let _ = fs::remove_file(base);
        let wrote = scrubjay(from, &["-q", "-f", "jsonl", "--write-baseline", base, path]);
        assert_eq!(status(&wrote), 0, "{}", String::from_utf8_lossy(&wrote.stderr));
        texts.push(fs::read(base).expect("a baseline"));
        let again = scrubjay(from, &["-f", "jsonl", "--baseline", base, path]);
        assert_eq!((status(&again), again.stdout.as_slice()), (0, &b""[..]));
        let said = String::from_utf8_lossy(&again.stderr).into_owned();
        assert!(said.contains("suppressed (") && said.contains(" baseline)"), "{said}");
    }
    assert!(texts.iter().all(|text| *text == texts[0]), "the place that it is written from shows");
    let text = &texts[0];
    for secret in &secrets {
        assert_eq!(secret.shown_in(text), None);
    }
    let lines = text.split(|b| *b == b'\n').filter(|line| !line.is_empty() && line[0] != b'#').count();
    assert!(lines >= 9, "{lines} lines for nine secrets");
    assert!(!text.contains(&b'\r') && text.ends_with(b"\n"));
}

#[test]
fn what_is_new_is_reported_and_what_moved_within_its_file_is_not() {
    let folder = tempfile::tempdir().expect("a directory");
    let tree = folder.path();
    let old = expand("TIRTC_SECRET_KEY={alnum:32}\n", "old").bytes;
    let new = expand("TIRTC_SECRET_KEY={alnum:32}\n", "new").bytes;
    fs::write(tree.join("a"), &old).expect("a file");
    assert_eq!(status(&scrubjay(tree, &["-q", "--write-baseline", "base"])), 0);
    fs::write(tree.join("a"), [b"\n\n".as_slice(), &old].concat()).expect("a file");
    assert_eq!(status(&scrubjay(tree, &["-q", "--baseline", "base"])), 0);
    fs::write(tree.join("a"), [old.as_slice(), &new].concat()).expect("a file");
    let found = scrubjay(tree, &["-q", "-f", "jsonl", "--baseline", "base"]);
    assert_eq!((status(&found), found.stdout.iter().filter(|b| **b == b'\n').count()), (1, 1));
    // The same secret in another file is a leak of its own.
    fs::write(tree.join("a"), &old).expect("a file");
    fs::write(tree.join("b"), &old).expect("a file");
    assert_eq!(status(&scrubjay(tree, &["-q", "--baseline", "base"])), 1);
}

#[test]
fn what_is_gone_leaves_the_baseline_however_the_paths_are_said() {
    for paths in [&[][..], &["."], &["a", "b"]] {
        let folder = tempfile::tempdir().expect("a directory");
        let tree = folder.path();
        for name in ["a", "b"] {
            fs::write(tree.join(name), expand("TIRTC_SECRET_KEY={alnum:32}\n", name).bytes).expect("a file");
        }
        assert_eq!(status(&scrubjay(tree, &["-q", "--write-baseline", "base"])), 0);
        fs::write(tree.join("b"), "clean\n").expect("a file");
        let args = [&["-q", "--prune", "--write-baseline", "base"], paths].concat();
        assert_eq!(status(&scrubjay(tree, &args)), 0, "{paths:?}");
        let base = fs::read_to_string(tree.join("base")).expect("a file");
        assert!(base.contains("\ta\n") && !base.contains("\tb\n"), "{paths:?}\n{base}");
    }
}

#[test]
fn an_incomplete_scan_leaves_the_baseline_as_it_was() {
    let folder = tempfile::tempdir().expect("a directory");
    let tree = folder.path();
    fs::write(tree.join("a"), expand("TIRTC_SECRET_KEY={alnum:32}\n", "a").bytes).expect("a file");
    fs::write(tree.join("base"), "# kept\n").expect("a file");
    assert_eq!(status(&scrubjay(tree, &["-q", "--prune", "--write-baseline", "base", "a", "missing"])), 2);
    assert_eq!(fs::read(tree.join("base")).expect("a file"), b"# kept\n");
    assert_eq!(fs::read_dir(tree).expect("a directory").count(), 2, "nothing is left beside it");
}

#[test]
fn a_baseline_of_the_files_serves_the_history_and_a_marker_only_its_line() {
    let folder = tempfile::tempdir().expect("a directory");
    let repo = folder.path();
    let line = |seed| String::from_utf8(expand("TIRTC_SECRET_KEY={alnum:32}", seed).bytes).expect("text");
    fs::create_dir(repo.join("sub")).expect("a directory");
    fs::write(repo.join("sub/a"), format!("{}\n", line("a"))).expect("a file");
    git_ok(repo, &["init", "-q", "-b", "main"]);
    git_ok(repo, &["add", "."]);
    git_ok(repo, &["commit", "-q", "-m", "x"]);
    assert_eq!(status(&scrubjay(repo, &["-q", "--write-baseline", "base"])), 0);
    assert_eq!(status(&scrubjay(repo, &["-q", "--history"])), 1);
    assert_eq!(status(&scrubjay(repo, &["-q", "--history", "--baseline", "base"])), 0);
    // A part of a repository tells nothing about what is gone.
    assert_eq!(status(&scrubjay(repo, &["-q", "--staged", "--baseline", "base", "--prune"])), 2);
    assert_eq!(status(&scrubjay(repo, &["-q", "--history", "--baseline", "base", "--prune"])), 0);
    // The same value twice, and a marker beside the first.
    let marked = format!("{0} # gitleaks:allow\n{0}\n", line("b"));
    fs::write(repo.join("sub/b"), marked).expect("a file");
    git_ok(repo, &["add", "sub"]);
    git_ok(repo, &["commit", "-q", "-m", "y"]);
    let found = scrubjay(repo, &["-q", "-f", "jsonl", "--history", "--baseline", "base"]);
    let text = String::from_utf8_lossy(&found.stdout).into_owned();
    assert_eq!((status(&found), text.lines().count()), (1, 1), "{text}");
    assert!(text.contains("\"path\":\"sub/b\",\"line\":2,"), "{text}");
}
