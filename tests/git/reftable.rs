//! Repositories that keep their references in reftables say what they say with references in files.

use crate::lab::{Lab, Repo, secret};
use crate::made::fill;

/// The same repository with references in files and in tables, or nothing where git knows no tables.
fn both(lab: &Lab, hash: &str, make: &dyn Fn(&Repo)) -> Option<[Repo; 2]> {
    let known = lab.at("").try_git(&["init", "-q", "--ref-format=reftable", "probe"]).status == 0;
    if !known {
        // This git is too old for them.
        return None;
    }
    Some(["files", "reftable"].map(|format| {
        let options = [&format!("--ref-format={format}")[..], &format!("--object-format={hash}")];
        let repo = lab.repo(&format!("{format}-{hash}"), &options);
        make(&repo);
        repo
    }))
}

/// What a report says, whatever it is called and took.
fn said(repo: &Repo, args: &[&str]) -> (i32, Vec<String>) {
    let ran = repo.scan(args);
    let findings = if ran.status == 2 { Vec::new() } else { ran.findings() };
    let mut findings: Vec<String> = findings.iter().map(ToString::to_string).collect();
    findings.sort();
    (ran.status, findings)
}

#[test]
fn histories_and_ranges_are_the_same() {
    for hash in ["sha1", "sha256"] {
        let lab = Lab::new();
        let make = |repo: &Repo| {
            fill(repo, 7, 60);
            repo.git(&["checkout", "-q", "main"]);
            repo.git(&["tag", "-a", "-m", "first", "v1", "main~3"]);
            // Enough for several blocks, and some that are gone.
            let many: String = (0..400)
                .map(|n| format!("create refs/heads/a/long/name/of/a/branch-{n} HEAD~{}\n", n % 5))
                .collect();
            repo.git_with(&["update-ref", "--stdin"], many.as_bytes());
            repo.git(&["pack-refs", "--all"]);
            repo.git(&["branch", "-q", "-D", "a/long/name/of/a/branch-17"]);
            repo.commit("late.env", &secret("late"));
            repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
            repo.commit("stashed.txt", b"x\n");
            repo.write("stashed.txt", &secret("stashed"));
            repo.git(&["stash", "-q"]);
        };
        let Some([files, tables]) = both(&lab, hash, &make) else { return };
        let scans: &[&[&str]] = &[
            &["--history"],
            &["--history", "--range", "HEAD"],
            &["--history", "--range", "@~2.."],
            &["--history", "--range", "v1..main"],
            &["--history", "--range", "v1...HEAD"],
            &["--history", "--range", "^main~4 a/long/name/of/a/branch-1"],
            &["--history", "--range", "refs/heads/b1 --not main"],
            &["--history", "--range", "HEAD^!"],
            &["--history", "--range", "a/long/name/of/a/branch-17"],
            &["--history", "--since", "2020-01-01"],
            &["--diff", "main~5"],
            &["--staged"],
        ];
        for args in scans {
            let (expected, got) = (said(&files, args), said(&tables, args));
            assert_eq!(expected, got, "{hash} {args:?}: {}", tables.scan(args).stderr);
        }
        let late = tables.scan(&["--history"]).findings();
        let late = late.iter().find(|f| f["path"] == "late.env").expect("it is found");
        assert_eq!(late["commit"]["only_in_reflog"], true, "{late}");
        // A linked work tree has a HEAD of its own.
        for repo in [&files, &tables] {
            let path = format!("../linked-{}", repo.path.file_name().expect("a name").to_string_lossy());
            repo.git(&["worktree", "add", "-q", "--detach", &path, "main~2"]);
        }
        let linked = |repo: &Repo| {
            lab.at(&format!("linked-{}", repo.path.file_name().expect("a name").to_string_lossy()))
        };
        for args in [&["--history", "--range", "HEAD"][..], &["--staged"]] {
            assert_eq!(said(&linked(&files), args), said(&linked(&tables), args), "{hash} {args:?}");
        }
    }
}

#[test]
fn hooks_let_clean_commits_through_and_stop_others() {
    let lab = Lab::new();
    let Some([_, repo]) = both(&lab, "sha1", &|_| {}) else { return };
    assert_eq!(repo.scrubjay(&["hook", "install"]).status, 0);
    repo.stage("a.txt", b"clean\n");
    let ran = repo.try_git(&["commit", "-m", "clean"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    repo.stage("a.txt", &secret("staged"));
    assert_ne!(repo.try_git(&["commit", "-m", "not clean"]).status, 0);
    // A table that is none is told, with the way out.
    let list = std::fs::read_to_string(repo.path.join(".git/reftable/tables.list")).expect("a list");
    repo.write(&format!(".git/reftable/{}", list.lines().last().expect("a table")), b"no table");
    let ran = repo.scrubjay(&["scan", "--staged"]);
    assert_eq!(ran.status, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("git refs migrate"), "{}", ran.stderr);
}
