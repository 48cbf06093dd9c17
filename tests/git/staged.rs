//! What a commit would hold is what is looked at: the index in each of its forms, not the files, and of
//! it only what the commit adds.

use std::fs;

use crate::lab::{Lab, Ran, Repo, secret};

/// Paths of the findings in what is staged.
fn staged(repo: &Repo, options: &[&str]) -> Vec<String> {
    let ran = repo.scan(&[&["--staged"], options].concat());
    assert!(ran.status < 2, "{}", ran.stderr);
    assert_eq!(ran.status == 1, !ran.findings().is_empty(), "{}", ran.stderr);
    ran.paths()
}

fn none() -> Vec<String> {
    Vec::new()
}

/// A repository whose pre-commit hook is the command.
fn hooked(lab: &Lab, options: &[&str]) -> Repo {
    let repo = lab.repo("repo", options);
    repo.scrubjay(&["hook", "install"]);
    repo
}

fn stopped(ran: &Ran) -> bool {
    assert!(ran.status == 0 || ran.stderr.contains("scrubjay: this commit is stopped"), "{}", ran.stderr);
    ran.status != 0
}

#[test]
fn the_index_counts_and_not_the_disk() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    repo.stage("a.txt", &secret("a"));
    repo.write("a.txt", b"edited away\n");
    repo.write("b.txt", &secret("only on the disk"));
    assert_eq!(staged(&repo, &[]), ["a.txt"], "and there is no commit yet");
    repo.git(&["rm", "-q", "-f", "--cached", "a.txt"]);
    assert_eq!(staged(&repo, &[]), none());
    repo.commit("c.txt", b"clean\n");
    repo.git(&["add", "--intent-to-add", "b.txt"]);
    assert_eq!(staged(&repo, &[]), none());
    let said = repo.scrubjay(&["scan", "--staged", "-v"]).stderr;
    assert!(said.contains("skipped: b.txt: only announced"), "{said}");
    assert_eq!(staged(&lab.repo("empty", &[]), &[]), none(), "no index at all");
}

#[test]
fn only_what_is_new_counts() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    let old = [&secret("old")[..], b"a\nb\nc\nd\ne\nf\n"].concat();
    repo.commit("a.txt", &old);
    repo.stage("a.txt", &[&old[..], b"more\n"].concat());
    assert_eq!(staged(&repo, &[]), none(), "the line was there");
    assert_eq!(staged(&repo, &["--whole-files"]), ["a.txt"]);
    repo.stage("a.txt", &[&old[..], &secret("new")].concat());
    assert_eq!(repo.scan(&["--staged"]).findings().len(), 1);
    assert_eq!(repo.scan(&["--staged"]).findings()[0]["line"], 8);
    assert_eq!(repo.scan(&["--staged", "--whole-files"]).findings().len(), 2);
    repo.git(&["reset", "-q", "--hard"]);
    // Renamed, renamed with an edit, made executable, made a link.
    repo.git(&["mv", "a.txt", "b.txt"]);
    assert_eq!(staged(&repo, &[]), none());
    repo.stage("b.txt", &[&old[..], b"more\n"].concat());
    assert_eq!(staged(&repo, &[]), none());
    repo.stage("b.txt", &[&old[..], &secret("with the rename")].concat());
    assert_eq!(staged(&repo, &[]), ["b.txt"]);
    repo.git(&["reset", "-q", "--hard"]);
    repo.git(&["update-index", "--chmod=+x", "a.txt"]);
    assert_eq!(staged(&repo, &[]), none());
    // Copied is new: the other file still has it.
    repo.stage("copy.txt", &old);
    assert_eq!(staged(&repo, &[]), ["copy.txt"]);
}

#[test]
fn what_was_a_value_only_now_gets_its_name() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    let row = String::from_utf8(crate::lab::mint("TIRA1B2C3D4E,{alnum:32}\n", "row")).expect("text");
    repo.commit("a.csv", format!("device,colour\n{row}").as_bytes());
    repo.stage("a.csv", format!("device_id,device_secret_key\n{row}").as_bytes());
    assert_eq!(staged(&repo, &[]), ["a.csv"]);
}

#[cfg(unix)]
#[test]
fn a_file_that_becomes_a_link_holds_its_target() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    repo.commit("a.txt", b"clean\n");
    fs::remove_file(repo.path.join("a.txt")).expect("it is there");
    let target = String::from_utf8(secret("link")).expect("text");
    std::os::unix::fs::symlink(target.trim(), repo.path.join("a.txt")).expect("a link");
    repo.git(&["add", "a.txt"]);
    assert_eq!(staged(&repo, &[]), ["a.txt"]);
    // What a link points to is not read.
    repo.write("b.txt", &secret("behind a link"));
    fs::remove_file(repo.path.join("a.txt")).expect("it is there");
    std::os::unix::fs::symlink("b.txt", repo.path.join("a.txt")).expect("a link");
    repo.git(&["add", "a.txt"]);
    assert_eq!(staged(&repo, &[]), none());
}

#[test]
fn every_way_to_commit_is_stopped() {
    let lab = Lab::new();
    for options in [&[][..], &["--object-format=sha256"]] {
        let lab = if options.is_empty() { &lab } else { &Lab::new() };
        let repo = hooked(lab, options);
        repo.stage("a.txt", &secret("first"));
        assert!(stopped(&repo.try_git(&["commit", "-m", "x"])), "the first of all");
        repo.commit("a.txt", b"one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n");
        repo.commit("b.txt", b"clean\n");
        repo.write("a.txt", &secret("all"));
        assert!(stopped(&repo.try_git(&["commit", "-a", "-m", "x"])));
        assert!(stopped(&repo.try_git(&["commit", "-m", "x", "a.txt"])));
        assert!(stopped(&repo.try_git(&["commit", "-m", "x", "-i", "a.txt"])));
        repo.git(&["reset", "-q"]);
        // Another file alone is clean, whatever lies or is staged beside it.
        repo.write("b.txt", b"clean too\n");
        assert!(!stopped(&repo.try_git(&["commit", "-m", "x", "b.txt"])));
        repo.git(&["add", "a.txt"]);
        repo.write("b.txt", b"clean again\n");
        assert!(!stopped(&repo.try_git(&["commit", "-m", "x", "b.txt"])));
        assert!(stopped(&repo.try_git(&["commit", "-m", "x"])));
        repo.git(&["reset", "-q", "--hard"]);
        assert!(!stopped(&repo.try_git(&["commit", "--amend", "-m", "y"])));
        repo.stage("a.txt", &secret("amended"));
        assert!(stopped(&repo.try_git(&["commit", "--amend", "-m", "z"])));
    }
}

#[test]
fn the_chosen_hunks_count() {
    let lab = Lab::new();
    let repo = hooked(&lab, &[]);
    let lines: String = (0..40).map(|n| format!("line {n}\n")).collect();
    repo.commit("a.txt", lines.as_bytes());
    let bad = String::from_utf8(secret("hunk")).expect("text");
    repo.write("a.txt", format!("harmless\n{lines}{bad}").as_bytes());
    let chosen = |answers: &[u8]| repo.run("git", &["commit", "-p", "-m", "x"], answers);
    assert!(stopped(&chosen(b"n\ny\n")));
    repo.git(&["reset", "-q"]);
    assert!(!stopped(&chosen(b"y\nn\n")));
    assert!(repo.git(&["show", "HEAD:a.txt"]).starts_with("harmless"));
}

#[test]
fn another_index_may_be_named() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    repo.commit("a.txt", b"clean\n");
    let other = repo.with("GIT_INDEX_FILE", ".git/other");
    other.git(&["read-tree", "HEAD"]);
    other.stage("b.txt", &secret("other"));
    assert_eq!(staged(&repo, &[]), none());
    assert_eq!(staged(&other, &[]), ["b.txt"]);
    let absolute = repo.path.join(".git/other");
    assert_eq!(staged(&repo.with("GIT_INDEX_FILE", &absolute.to_string_lossy()), &[]), ["b.txt"]);
    // A repository that is named is that one, whatever the environment says.
    let beside = lab.repo("beside", &[]);
    beside.stage("c.txt", &secret("beside"));
    let beside_path = beside.path.to_string_lossy().into_owned();
    assert_eq!(staged(&repo, &[&beside_path]), ["c.txt"]);
}

#[test]
fn a_linked_work_tree_has_an_index_of_its_own() {
    let lab = Lab::new();
    let repo = hooked(&lab, &[]);
    repo.commit("a.txt", b"clean\n");
    repo.git(&["worktree", "add", "-q", "-b", "side", "../linked"]);
    let linked = lab.at("linked");
    linked.stage("b.txt", &secret("linked"));
    assert_eq!((staged(&repo, &[]), staged(&linked, &[])), (none(), vec!["b.txt".to_owned()]));
    assert!(stopped(&linked.try_git(&["commit", "-m", "x"])));
}

#[test]
fn a_submodule_is_counted_and_not_entered() {
    let lab = Lab::new();
    let inner = lab.repo("inner", &[]);
    inner.commit("a.txt", &secret("inner"));
    let repo = lab.repo("repo", &[]);
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../inner", "sub"]);
    assert_eq!(staged(&repo, &[]), none());
    let said = repo.scrubjay(&["scan", "--staged", "-v"]).stderr;
    assert!(said.contains("skipped: sub: submodule"), "{said}");
    repo.git(&["commit", "-q", "-m", "x"]);
    assert_eq!(repo.scan(&["--history"]).paths(), none());
    let said = repo.scrubjay(&["scan", "--history", "--range", "HEAD", "-v"]).stderr;
    assert!(said.contains("skipped: sub: submodule"), "{said}");
    // Inside of it, it is a repository as any.
    let sub = repo.below("sub");
    sub.stage("b.txt", &secret("in the submodule"));
    assert_eq!(staged(&sub, &[]), ["b.txt"]);
    assert_eq!(staged(&repo, &[]), none());
}

#[test]
fn a_merge_brings_only_what_it_adds_itself() {
    let lab = Lab::new();
    let repo = hooked(&lab, &[]);
    repo.commit("a.txt", b"one\ntwo\nthree\n");
    repo.git(&["checkout", "-q", "-b", "theirs"]);
    let theirs = [&secret("theirs")[..], b"one\nTWO\nthree\n"].concat();
    repo.commit("a.txt", &theirs);
    repo.commit("b.txt", &secret("their file"));
    repo.git(&["checkout", "-q", "main"]);
    repo.commit("a.txt", b"one\n2\nthree\n");
    assert_eq!(repo.try_git(&["merge", "-q", "theirs"]).status, 1, "a conflict");
    let ran = repo.scrubjay(&["scan", "--staged", "-v"]);
    assert!(!ran.stderr.contains("unmerged"), "{}", ran.stderr);
    // What is not merged is read, whichever side has it; nothing can be committed as long as it is there.
    assert_eq!(staged(&repo, &[]), ["a.txt"]);
    let resolved = [&secret("theirs")[..], b"one\ntwo and 2\nthree\n"].concat();
    repo.stage("a.txt", &[&resolved[..], &secret("while resolving")].concat());
    assert_eq!(repo.scan(&["--staged"]).findings().len(), 1);
    assert!(stopped(&repo.try_git(&["commit", "-m", "merge"])));
    repo.stage("a.txt", &resolved);
    assert_eq!(staged(&repo, &[]), none());
    assert!(!stopped(&repo.try_git(&["commit", "-m", "merge"])));
    assert_eq!(repo.git(&["rev-list", "--parents", "-n1", "HEAD"]).split(' ').count(), 3);
}

#[test]
fn a_commit_that_a_rebase_stops_at_is_looked_at() {
    let lab = Lab::new();
    let repo = hooked(&lab, &[]);
    repo.commit("a.txt", b"one\n");
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.commit("b.txt", b"two\n");
    repo.git(&["checkout", "-q", "main"]);
    repo.commit("b.txt", b"three\n");
    repo.git(&["checkout", "-q", "side"]);
    assert_ne!(repo.try_git(&["rebase", "-q", "main"]).status, 0, "a conflict");
    repo.stage("b.txt", &secret("while rebasing"));
    assert!(stopped(&repo.try_git(&["commit", "-m", "x"])));
    repo.stage("b.txt", b"both\n");
    assert_eq!(repo.try_git(&["rebase", "--continue"]).status, 0);
}

#[test]
fn names_of_any_kind_are_told() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    for quote in ["true", "false"] {
        repo.git(&["config", "core.quotePath", quote]);
        repo.stage("pläne/ 名 \"x\".txt", &secret("name"));
        repo.stage("-n", &secret("dash"));
        assert_eq!(staged(&repo, &[]), ["-n", "pläne/ 名 \"x\".txt"]);
    }
    assert_eq!(staged(&repo, &["--exclude", "pläne"]), ["-n"]);
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::ffi::OsStrExt as _;
        let name = std::ffi::OsStr::from_bytes(b"bad \xff\n.txt");
        fs::write(repo.path.join(name), secret("bytes")).expect("a file");
        repo.git(&["add", "."]);
        assert_eq!(staged(&repo, &["--exclude", "pläne"]), ["-n", "bad \u{fffd}\n.txt"]);
    }
}

#[test]
fn paths_count_from_the_root_wherever_it_is_run() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    repo.commit("sub/clean.txt", b"clean\n");
    repo.stage("sub/deep/a.txt", &secret("deep"));
    repo.stage("b.txt", &secret("root"));
    let all = ["b.txt", "sub/deep/a.txt"];
    assert_eq!(staged(&repo, &[]), all);
    assert_eq!(staged(&repo.below("sub"), &[]), all);
    assert_eq!(staged(&repo, &["sub"]), all, "the path names the repository");
    assert_eq!(staged(&repo.below("sub"), &["--exclude", "sub/deep"]), ["b.txt"]);
    assert_eq!(staged(&repo.below("sub"), &["--exclude", "deep"]), ["b.txt"]);
}

#[test]
fn the_index_may_be_sparse_or_split() {
    let lab = Lab::new();
    let repo = lab.repo("sparse", &[]);
    for path in ["a/x/1.txt", "a/y/2.txt", "b/3.txt", "c.txt"] {
        repo.commit(path, b"clean\n");
    }
    repo.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "b"]);
    assert!(repo.git(&["ls-files", "--sparse"]).contains("a/\n"), "a folder stands for its files");
    repo.stage("b/3.txt", &secret("inside"));
    assert_eq!(staged(&repo, &[]), ["b/3.txt"]);
    // Outside of what is checked out: the folder itself differs from that of HEAD.
    let blob = repo.blob(&secret("outside"));
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},a/y/4.txt")]);
    assert_eq!(staged(&repo, &[]), ["a/y/4.txt", "b/3.txt"]);
    let split = lab.repo("split", &[]);
    split.commit("a.txt", b"clean\n");
    split.commit("b.txt", b"clean\n");
    split.git(&["update-index", "--split-index"]);
    split.stage("b.txt", &secret("split"));
    split.stage("c.txt", &secret("split too"));
    assert!(
        fs::read_dir(split.path.join(".git"))
            .expect("a folder")
            .any(|e| { e.expect("an entry").file_name().to_string_lossy().starts_with("sharedindex") })
    );
    assert_eq!(staged(&split, &[]), ["b.txt", "c.txt"]);
}

#[test]
fn a_sparse_folder_that_differs_is_looked_into() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    repo.commit("a/1.txt", b"clean\n");
    let clean = repo.commit("b/2.txt", b"clean\n");
    repo.commit("a/1.txt", &secret("in a folder that is not checked out"));
    repo.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "b"]);
    repo.git(&["reset", "-q", "--soft", &clean]);
    assert!(repo.git(&["ls-files", "--sparse"]).contains("a/\n"), "a folder stands for its files");
    assert_eq!(staged(&repo, &[]), ["a/1.txt"]);
}

/// A tar of one file.
fn tar(text: &[u8]) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..5].copy_from_slice(b"a.log");
    block[124..135].copy_from_slice(format!("{:011o}", text.len()).as_bytes());
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|b| u32::from(*b)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block.extend_from_slice(text);
    block.resize(block.len().next_multiple_of(512) + 1024, 0);
    block
}

#[test]
fn archives_are_compared_by_what_is_in_them() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    let old = [&secret("old")[..], b"a\nb\n"].concat();
    repo.stage("a.tar", &tar(&old));
    let found = repo.scan(&["--staged"]).findings();
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0]["path"], &found[0]["entry"][0]), (&"a.tar".into(), &"a.log".into()));
    repo.commit("b.txt", b"clean\n");
    repo.stage("a.tar", &tar(&[b"before\n", &old[..]].concat()));
    assert_eq!(staged(&repo, &[]), none(), "it was there");
    assert_eq!(staged(&repo, &["--whole-files"]), ["a.tar"]);
    repo.stage("a.tar", &tar(&[&old[..], &secret("new")].concat()));
    assert_eq!(repo.scan(&["--staged"]).findings().len(), 1);
    repo.git(&["rm", "-q", "-f", "--cached", "a.tar"]);
    repo.stage("c.tar", &tar(&old));
    assert_eq!(staged(&repo, &[]), none(), "it was moved");
}

#[test]
fn names_that_are_new_stop_a_commit() {
    let lab = Lab::new();
    let repo = hooked(&lab, &[]);
    let name = |seed: &str| String::from_utf8(crate::lab::mint("secret_key={alnum:32}", seed)).expect("text");
    let (file, folder) = (name("file") + ".txt", name("folder"));
    repo.stage("a.txt", b"clean\n");
    repo.stage(&file, b"clean\n");
    repo.stage(&format!("x/{folder}/b.txt"), b"clean\n");
    let ran = repo.scan(&["--staged"]);
    assert_eq!((ran.status, ran.findings().len()), (1, 2), "{}", ran.stderr);
    assert!(ran.findings().iter().all(|finding| finding["entry"][0] == "(name)"));
    assert!(stopped(&repo.run("git", &["commit", "-m", "names"], b"")));
    repo.run("git", &["commit", "-q", "--no-verify", "-m", "names"], b"");
    // What is there already stops nobody: another file in the folder, another content, another place.
    repo.stage(&format!("x/{folder}/c.txt"), b"more\n");
    repo.stage(&file, b"changed\n");
    assert_eq!(staged(&repo, &[]), none());
    repo.git(&["mv", "--", &file, "x/"]);
    assert_eq!(staged(&repo, &[]), none());
    assert!(!stopped(&repo.try_git(&["commit", "-q", "-m", "moved"])));
    assert_eq!(repo.scan(&["--history", "--range", "HEAD^!"]).status, 0);
    assert_eq!(repo.scan(&["--history", "--range", "HEAD"]).findings().len(), 2);
}

#[test]
fn versions_that_are_not_merged_are_read() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    repo.commit("kept.txt", b"x\n");
    for side in 1..4_usize {
        let ids: Vec<String> = (1..4)
            .map(|stage| {
                repo.blob(&if stage == side { secret(&format!("side {side}")) } else { b"clean\n".to_vec() })
            })
            .collect();
        let lines: String =
            ids.iter().enumerate().map(|(at, id)| format!("100644 {id} {}\ta.env\n", at + 1)).collect();
        repo.git_with(&["update-index", "--index-info"], lines.as_bytes());
        let ran = repo.scan(&["--staged"]);
        assert_eq!(ran.paths(), ["a.env"], "{side}: {}", ran.stderr);
        assert!(!ran.stderr.contains("nothing is staged"), "{}", ran.stderr);
        repo.git(&["reset", "-q"]);
    }
}
