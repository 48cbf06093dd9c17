//! `scrubjay scan --history` finds what a slow walk through all commits finds, however git stores the
//! objects; and it finds what no walk through commits would.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::lab::{Lab, Repo, mint, secret, text, told};
use crate::made::fill;
use crate::slow::Walk;

/// Compares a scan with a walk; the findings.
fn compare(repo: &Repo, walk: &Walk, state: &str) -> Vec<Value> {
    let ran = repo.scan(&["--history", "-j", "1"]);
    assert_eq!((ran.status, ran.stderr.contains("incomplete")), (1, false), "{state}: {}", ran.stderr);
    let (found, all) = (ran.told(), walk.all());
    let missing: Vec<_> = all.difference(&found).take(5).collect();
    let extra: Vec<_> = found.difference(&all).take(5).collect();
    assert!(missing.is_empty() && extra.is_empty(), "{state}: missing {missing:?}, too much {extra:?}");
    let findings = ran.findings();
    assert_eq!(findings.len(), all.len(), "{state}: each is told once");
    for finding in &findings {
        walk.check(finding).unwrap_or_else(|wrong| panic!("{state}: {wrong}"));
    }
    findings
}

/// The same repository, stored in another way, by two threads.
fn again(repo: &Repo, findings: &[Value], state: &str) {
    let ran = repo.scan(&["--history", "-j", "2"]);
    assert!(ran.findings() == findings, "{state}: other findings; {}", ran.stderr);
    assert_eq!((ran.status, ran.stderr.contains("incomplete")), (1, false), "{state}: {}", ran.stderr);
}

fn packs(repo: &Repo) -> Vec<PathBuf> {
    let folder = PathBuf::from(repo.git(&["rev-parse", "--absolute-git-dir"])).join("objects/pack");
    let all = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    all.filter(|path| path.extension().is_some_and(|e| e == "pack")).collect()
}

/// Takes all packs apart.
fn unpack(repo: &Repo) {
    for pack in packs(repo) {
        let bytes = fs::read(&pack).expect("a pack");
        for extension in ["idx", "rev", "keep", "pack"] {
            drop(fs::remove_file(pack.with_extension(extension)));
        }
        repo.git_with(&["unpack-objects", "-q"], &bytes);
    }
}

/// One repository in the forms that git may store it in, one after the other.
fn forms(lab: &Lab, repo: &Repo) {
    repo.git(&["symbolic-ref", "HEAD", "refs/heads/main"]);
    repo.git(&["tag", "-a", "-m", "a tag", "v1", "main~3"]);
    let walk = Walk::new(repo);
    assert!(walk.all().len() > 30, "{} findings are too few", walk.all().len());
    let findings = compare(repo, &walk, "a pack of fast-import");
    again(repo, &findings, "two threads");
    unpack(repo);
    assert_eq!(packs(repo).len(), 0);
    again(repo, &findings, "loose");
    // Half of it in packs that share objects, the rest loose.
    for revisions in ["main~20\n", "main~10\n", "b1\n"] {
        repo.git_with(&["pack-objects", "-q", "--revs", ".git/objects/pack/pack"], revisions.as_bytes());
    }
    assert_eq!(packs(repo).len(), 3);
    again(repo, &findings, "several packs and loose objects");
    repo.git(&["prune-packed", "-q"]);
    repo.git(&["multi-pack-index", "write"]);
    again(repo, &findings, "a multi-pack-index");
    repo.git(&["-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq", "--depth=50"]);
    assert_eq!(packs(repo).len(), 1);
    again(repo, &findings, "deltas by name");
    repo.git(&["repack", "-adfq", "--depth=50", "--window=20"]);
    repo.git(&["pack-refs", "--all"]);
    again(repo, &findings, "packed");
    let name = repo.path.file_name().expect("a name").to_string_lossy().into_owned();
    repo.below("..").git(&["clone", "-q", "--mirror", "--shared", &name, "bare"]);
    compare(&lab.at("bare"), &Walk::new(&lab.at("bare")), "bare, with alternates");
}

#[test]
fn it_finds_what_a_slow_walk_finds() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    fill(&repo, 1, 150);
    forms(&lab, &repo);
}

#[test]
fn it_finds_it_under_another_hash() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &["--object-format=sha256"]);
    fill(&repo, 2, 80);
    forms(&lab, &repo);
}

#[test]
fn messages_of_commits_and_tags_are_read() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    let message = String::from_utf8(mint("x\n\nuse TIRTC_SECRET_KEY={alnum:32}\n", "m")).expect("text");
    repo.git(&["commit", "-q", "--allow-empty", "-m", &message]);
    let tagged = String::from_utf8(mint("TIRTC_SECRET_KEY={alnum:32}\n", "t")).expect("text");
    repo.git(&["tag", "-a", "-m", &tagged, "v1"]);
    let first = String::from_utf8(mint("TIRTC_SECRET_KEY={alnum:32} in the first line", "f")).expect("text");
    repo.git(&["commit", "-q", "--allow-empty", "-m", &first]);
    for packed in [false, true] {
        let ran = repo.scan(&["--history"]);
        assert_eq!(ran.paths(), ["<commit message>", "<commit message>", "<tag message>"], "{}", ran.stderr);
        for finding in ran.findings() {
            let refs = finding["commit"]["refs"].as_array().expect("references").len();
            // The first commit is behind the tag and the branch, the others behind one of them.
            assert_eq!(refs, if finding["line"] == 3 { 2 } else { 1 }, "{finding}");
        }
        if !packed {
            repo.git(&["repack", "-adq"]);
        }
    }
    assert_eq!(repo.scan(&["--history", "--range", "HEAD"]).paths().len(), 2);
    assert_eq!(repo.scan(&["--history", "--range", "v1"]).paths(), ["<commit message>", "<tag message>"]);
}

/// The one finding at a path that has this beginning.
fn one(repo: &Repo, path: &str) -> Value {
    let ran = repo.scan(&["--history"]);
    let mut found: Vec<_> =
        ran.findings().into_iter().filter(|f| text(f, "path").starts_with(path)).collect();
    assert_eq!(found.len(), 1, "{path}: {:?} {}", ran.paths(), ran.stderr);
    found.swap_remove(0)["commit"].take()
}

#[test]
fn what_only_git_itself_remembers_is_found() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    let first = repo.commit("a.txt", b"a\n");
    // Stashed.
    repo.write("a.txt", &secret("stash"));
    repo.git(&["stash", "-q"]);
    // Noted.
    let note = String::from_utf8(secret("note")).expect("text");
    repo.git(&["notes", "add", "-m", &note, "HEAD"]);
    // Forgotten by all but the reflog.
    let forgotten = repo.commit("b.txt", &secret("reflog"));
    repo.git(&["reset", "-q", "--hard", &first]);
    // Staged and taken back; staged and still there.
    let dangling = repo.blob(&secret("dangling"));
    repo.stage("c.txt", &secret("staged"));
    repo.write("c.txt", b"clean\n");

    let commit = one(&repo, "a.txt");
    assert!(commit["refs"].to_string().contains("refs/stash") && commit["unreachable"] == false, "{commit}");
    // A note lies under the id of what it is about.
    let commit = one(&repo, &first[..2]);
    assert!(commit["refs"].to_string().contains("refs/notes/commits"), "{commit}");
    let commit = one(&repo, "b.txt");
    assert_eq!((commit["id"].as_str(), commit["unreachable"].as_bool()), (Some(&*forgotten), Some(false)));
    let commit = one(&repo, "c.txt");
    assert_eq!((commit["id"].as_str(), commit["unreachable"].as_bool()), (Some(""), Some(false)), "{commit}");
    let commit = one(&repo, &format!("<blob {}", &dangling[..10]));
    assert_eq!((commit["id"].as_str(), commit["unreachable"].as_bool()), (Some(""), Some(true)), "{commit}");
    // Without the reflog nothing leads there any more, and it is found all the same.
    repo.git(&["reflog", "expire", "--expire=all", "--all"]);
    drop(fs::remove_file(repo.path.join(".git/ORIG_HEAD")));
    let commit = one(&repo, "b.txt");
    assert_eq!((commit["id"].as_str(), commit["unreachable"].as_bool()), (Some(&*forgotten), Some(true)));
}

#[test]
fn nothing_hides_behind_a_replacement_or_a_graft() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    repo.commit("a.txt", b"clean\n");
    repo.commit("a.txt", &secret("blob"));
    let bad = repo.commit("b.txt", &secret("commit"));
    repo.commit("b.txt", b"clean\n");
    let last = repo.commit("a.txt", b"clean\n");
    let expected = repo.scan(&["--history"]).told();
    assert_eq!(expected.len(), 2);
    let blob = repo.git(&["rev-parse", &format!("{bad}:a.txt")]);
    let clean = repo.git(&["rev-parse", &format!("{last}:a.txt")]);
    repo.git(&["replace", &blob, &clean]);
    repo.git(&["replace", &bad, &last]);
    repo.git(&["replace", "--graft", &last]);
    assert_eq!(repo.git(&["log", "--format=%H", "main"]).lines().count(), 1, "git itself sees nothing");
    assert_eq!(repo.scan(&["--history"]).told(), expected);
    assert_eq!(repo.scan(&["--history", "--range", "main"]).told(), expected);
}

#[test]
fn a_linked_work_tree_is_the_same_repository() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    repo.commit("a.txt", b"clean\n");
    repo.git(&["worktree", "add", "-q", "--detach", "../linked"]);
    let linked = lab.at("linked");
    let there = linked.commit("b.txt", &secret("linked"));
    let commit = one(&repo, "b.txt");
    assert_eq!((commit["id"].as_str(), commit["unreachable"].as_bool()), (Some(&*there), Some(false)));
    assert_eq!(commit["in_head"], false);
    assert_eq!(one(&linked, "b.txt")["in_head"], true);
    linked.stage("c.txt", &secret("staged"));
    assert_eq!(one(&linked, "c.txt")["unreachable"], false);
}

#[test]
fn ranges_and_dates_choose_commits() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    let dated = |day: &str| repo.with("GIT_COMMITTER_DATE", &format!("2027-02-{day}T12:00:00Z"));
    dated("01").commit("a.txt", &secret("a"));
    repo.git(&["tag", "one"]);
    dated("02").commit("b.txt", &secret("b"));
    dated("03").commit("b.txt", b"clean\n");
    repo.git(&["tag", "three"]);
    let kept = [&secret("a")[..], b"more\n"].concat();
    dated("04").commit("a.txt", &kept);
    repo.git(&["checkout", "-q", "-b", "side", "one"]);
    dated("05").commit("c.txt", &secret("c"));
    let of = |options: &[&str]| repo.scan(&[&["--history"], options].concat()).paths();
    assert_eq!(of(&["--range", "one..main"]), ["b.txt"], "brought and taken away within the range");
    assert_eq!(of(&["--range", "three..main"]), [""; 0], "a line that was there is not new");
    assert_eq!(of(&["--range", "main"]), ["a.txt", "b.txt"]);
    assert_eq!(of(&["--range", "^main side"]), ["c.txt"]);
    assert_eq!(of(&["--range", "main...side"]), ["b.txt", "c.txt"]);
    assert_eq!(of(&["--since", "2027-02-02"]), ["b.txt", "c.txt"]);
    assert_eq!(of(&["--since", "2027-02-05T12:00:00Z"]), ["c.txt"]);
    assert_eq!(of(&["--since", "2027-02-03", "--range", "main"]), [""; 0]);
    assert_eq!(of(&["--exclude", "b.txt"]), ["a.txt", "c.txt"]);
    assert_eq!(of(&["--exclude", "b.txt", "--range", "one..main"]), [""; 0]);
    for wrong in ["nothing..main", "^main", "HEAD@{99}", "--all"] {
        let ran = repo.scan(&["--history", "--range", wrong]);
        assert_eq!((ran.status, ran.stdout.len()), (2, 0), "{wrong}");
        assert!(ran.stderr.contains(wrong.split("..").next().unwrap_or_default()), "{}", ran.stderr);
    }
    let removed = repo.scan(&["--history", "--range", "one..main"]).findings().remove(0);
    assert_eq!(removed["commit"]["removed_by"], repo.git(&["rev-parse", "three"]));
}

#[test]
fn a_range_over_everything_tells_each_secret() {
    // What several commits together make a secret must not fall between them.
    for seed in [3, 4] {
        let lab = Lab::new();
        let repo = lab.repo("repo", &[]);
        fill(&repo, seed, 90);
        let whole: BTreeSet<_> = repo.scan(&["--history"]).findings().iter().map(|f| told(f).2).collect();
        let all = "main b1 b2 b3 b4";
        let branches: Vec<&str> = all
            .split(' ')
            .filter(|b| repo.try_git(&["rev-parse", "-q", "--verify", b]).status == 0)
            .collect();
        let range = repo.scan(&["--history", "--range", &branches.join(" ")]);
        let range: BTreeSet<_> = range.findings().iter().map(|f| told(f).2).collect();
        assert_eq!(whole.difference(&range).count(), 0, "seed {seed}: of {}", whole.len());
        assert_eq!(range.difference(&whole).count(), 0, "seed {seed}");
    }
}
