//! What a repository should have and has not is named, and what it need not have is no error.

use std::fs;

use serde_json::Value;

use crate::lab::{Lab, Ran, Repo, secret, text};
use crate::packed::squeeze;

fn complete(ran: &Ran) -> bool {
    let report: Value = serde_json::from_slice(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.stderr));
    report["summary"]["complete"] == true
}

/// Takes a loose object away.
fn lose(repo: &Repo, id: &str) {
    let path = repo.path.join(".git/objects").join(&id[..2]).join(&id[2..]);
    fs::remove_file(path).expect("it was there");
}

/// One commit with files in folders, all loose.
fn filled(lab: &Lab, name: &str, options: &[&str]) -> Repo {
    let repo = lab.repo(name, options);
    repo.stage("a.txt", b"a\n");
    repo.stage("folder/deep/b.txt", b"b\n");
    repo.commit("folder/c.txt", b"c\n");
    repo
}

#[test]
fn whatever_is_missing_is_named_with_its_path() {
    for options in [&[][..], &["--object-format=sha256"]] {
        for (what, path) in [
            ("HEAD:folder/deep/b.txt", "folder/deep/b.txt"),
            ("HEAD:a.txt", "a.txt"),
            ("HEAD:folder/deep", "folder/deep"),
            ("HEAD:folder", "folder"),
            ("HEAD^{tree}", "tree "),
            ("HEAD", "HEAD"),
        ] {
            let lab = Lab::new();
            let repo = filled(&lab, "repo", options);
            let id = repo.git(&["rev-parse", what]);
            lose(&repo, &id);
            let ran = repo.scan(&["--history"]);
            assert_eq!(ran.status, 2, "{what}: {}", ran.stderr);
            assert!(ran.stderr.contains(&id) && ran.stderr.contains(path), "{what} {path}: {}", ran.stderr);
            assert!(!complete(&ran));
            // A range says so as well, and so does what is staged.
            let ran = repo.scan(&["--history", "--range", "HEAD"]);
            assert_eq!(ran.status, 2, "{what}: {}", ran.stderr);
        }
    }
}

/// A tree that is stored as a delta is looked at where it differs: what is missing stands there.
#[test]
fn a_hole_in_a_tree_that_is_a_delta_is_seen() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    for n in 0..60 {
        repo.stage(&format!("folder/file-{n:02}.txt"), format!("{n}\n").as_bytes());
    }
    repo.git(&["commit", "-q", "--no-verify", "-m", "many"]);
    for n in [3, 30, 59] {
        repo.commit(&format!("folder/file-{n:02}.txt"), format!("changed {n}\n").as_bytes());
    }
    let id = repo.git(&["rev-parse", "HEAD~1:folder/file-30.txt"]);
    repo.git(&["repack", "-adfq", "--depth=50"]);
    // The trees and commits stay packed, the files are loose, but for one.
    let blobs = repo.git(&["cat-file", "--batch-all-objects", "--batch-check"]);
    let kept: Vec<&str> =
        blobs.lines().filter(|line| !line.contains(" blob ")).filter_map(|l| l.split(' ').next()).collect();
    let contents: Vec<(String, Vec<u8>)> = blobs
        .lines()
        .filter(|line| line.contains(" blob "))
        .map(|line| line.split(' ').next().unwrap_or_default().to_owned())
        .map(|id| (id.clone(), repo.git_with(&["cat-file", "blob", &id], b"")))
        .collect();
    repo.git_with(
        &["pack-objects", "-q", "--depth=50", "--window=50", "new"],
        (kept.join("\n") + "\n").as_bytes(),
    );
    for entry in fs::read_dir(repo.path.join(".git/objects/pack")).expect("packs") {
        fs::remove_file(entry.expect("a file").path()).expect("gone");
    }
    for entry in fs::read_dir(&repo.path).expect("files").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("new-") {
            let to = format!(".git/objects/pack/{}", name.replace("new-", "pack-"));
            fs::rename(entry.path(), repo.path.join(to)).expect("moved");
        }
    }
    contents.iter().for_each(|(_, bytes)| drop(repo.blob(bytes)));
    let ran = repo.scan(&["--history"]);
    assert_eq!((ran.status, complete(&ran)), (0, true), "{}", ran.stderr);
    lose(&repo, &id);
    let ran = repo.scan(&["--history"]);
    assert_eq!(ran.status, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains(&id) && ran.stderr.contains("folder/file-30.txt"), "{}", ran.stderr);
}

/// Git throws away piece by piece what nothing leads to.
#[test]
fn what_nothing_leads_to_may_be_missing() {
    let lab = Lab::new();
    let repo = filled(&lab, "repo", &[]);
    repo.commit("lost.txt", b"lost\n");
    let lost = repo.git(&["rev-parse", "HEAD:lost.txt"]);
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    repo.git(&["reflog", "expire", "--expire=now", "--all"]);
    drop(fs::remove_file(repo.path.join(".git/ORIG_HEAD")));
    lose(&repo, &lost);
    let ran = repo.scan(&["--history"]);
    assert_eq!((ran.status, complete(&ran)), (0, true), "{}", ran.stderr);
    assert!(String::from_utf8_lossy(&ran.stdout).contains("nothing leads to it"), "it is counted");
}

#[test]
fn a_staged_file_that_nobody_has_is_named() {
    let lab = Lab::new();
    let repo = filled(&lab, "repo", &[]);
    repo.stage("staged.txt", b"staged\n");
    let id = repo.git(&["rev-parse", ":staged.txt"]);
    repo.write("empty.txt", b"");
    repo.git(&["add", "-N", "empty.txt"]);
    assert_eq!(repo.scan(&["--history"]).status, 0);
    lose(&repo, &id);
    for mode in [&["--history"][..], &["--staged"]] {
        let ran = repo.scan(mode);
        assert_eq!(ran.status, 2, "{}", ran.stderr);
        assert!(ran.stderr.contains("staged.txt"), "{}", ran.stderr);
    }
}

/// A partial clone is complete once it has everything; until then it says how much is missing, and what to do.
#[test]
fn a_partial_clone_is_complete_when_it_lacks_nothing() {
    let lab = Lab::new();
    let server = filled(&lab, "server", &[]);
    server.commit("b.txt", &secret("b"));
    server.commit("b.txt", b"clean\n");
    server.git(&["config", "uploadpack.allowFilter", "true"]);
    server.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let from = format!("file://{}", server.path.display());
    for filter in ["blob:none", "tree:0"] {
        let name = filter.replace(':', "-");
        server.below("..").git(&["clone", "-q", &format!("--filter={filter}"), &from, &name]);
        let partial = lab.at(&name);
        let ran = partial.scan(&["--history"]);
        assert_eq!(ran.status, 2, "{filter}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("partial") && ran.stderr.contains("git fetch --refetch"),
            "{}",
            ran.stderr
        );
        let ran = partial.scan(&["--history", "--range", "HEAD"]);
        assert_eq!(ran.status, 2, "{filter}: {}", ran.stderr);
        assert!(ran.stderr.contains("git fetch --refetch"), "{}", ran.stderr);
        // What the message says helps.
        // Git would go on packing behind the back of whoever reads.
        let quiet = ["-c", "maintenance.auto=false", "fetch", "-q", "--refetch", "--no-filter"];
        partial.git(&quiet);
        let ran = partial.scan(&["--history"]);
        assert_eq!((ran.status, complete(&ran)), (1, true), "{filter}: {}", ran.stderr);
        assert_eq!(ran.paths(), ["b.txt"]);
    }
    // A clone that asked for a filter under which nothing was left out.
    server.below("..").git(&["clone", "-q", "--filter=blob:limit=1g", &from, "whole"]);
    let ran = lab.at("whole").scan(&["--history"]);
    assert_eq!((ran.status, complete(&ran)), (1, true), "{}", ran.stderr);
}

#[test]
fn what_only_a_reflog_leads_to_says_so() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    repo.commit("a.txt", b"a\n");
    repo.commit("b.txt", &secret("b"));
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    drop(fs::remove_file(repo.path.join(".git/ORIG_HEAD")));
    repo.stage("c.txt", &secret("first stash"));
    repo.git(&["stash", "-q"]);
    repo.stage("d.txt", &secret("second stash"));
    repo.git(&["stash", "-q"]);
    repo.commit("e.txt", &secret("held"));
    let ran = repo.scan(&["--history"]);
    let findings = ran.findings();
    assert_eq!(findings.len(), 4, "{}", ran.stderr);
    for finding in &findings {
        let commit = &finding["commit"];
        assert_eq!(commit["only_in_reflog"], text(finding, "path") == "b.txt", "{finding}");
        assert_eq!(commit["unreachable"], false);
    }
    let said = String::from_utf8(repo.scrubjay(&["scan", "--history"]).stdout).expect("text");
    assert!(said.contains("only a reflog leads to it"), "{said}");
    repo.git(&["reflog", "expire", "--expire=now", "refs/heads/main", "HEAD"]);
    let findings = repo.scan(&["--history"]).findings();
    let of_b = findings.iter().find(|f| text(f, "path") == "b.txt").expect("still stored");
    assert_eq!(
        (&of_b["commit"]["only_in_reflog"], &of_b["commit"]["unreachable"]),
        (&false.into(), &true.into())
    );
}

/// What is not in the repository at all is counted, whichever way it is read.
#[test]
fn pointers_of_lfs_and_submodules_are_counted() {
    let lab = Lab::new();
    let other = filled(&lab, "other", &[]);
    let repo = filled(&lab, "repo", &[]);
    let id = other.head();
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{id},vendor/other")]);
    let pointer =
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12345\n", "5a".repeat(32));
    repo.stage("model.bin", pointer.as_bytes());
    let counts = |ran: &Ran| {
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        let report: Value = serde_json::from_slice(&ran.stdout).expect("a report");
        let mut all: Vec<(String, u64)> = report["summary"]["skipped"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|each| (text(each, "reason"), each["count"].as_u64().expect("a number")))
            .collect();
        all.sort();
        all
    };
    let expected = [("not looked into: lfs pointer".to_owned(), 1), ("submodule".to_owned(), 1)];
    assert_eq!(counts(&repo.scan(&["--staged"])), expected);
    repo.git(&["commit", "-q", "--no-verify", "-m", "both"]);
    assert_eq!(counts(&repo.scan(&["--history"])), expected);
    assert_eq!(counts(&repo.scan(&["--history", "--range", "HEAD^!"])), expected);
    // A secret beside them is still found in what is squeezed.
    repo.commit("z.gz", &squeeze("gzip", &secret("z")));
    assert_eq!(repo.scan(&["--history"]).status, 1);
}
