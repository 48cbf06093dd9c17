//! Hooks as git runs them: installed by the command into a real repository, with pushes to another one
//! over a path.

use std::fs;
use std::path::PathBuf;

use crate::lab::{Lab, Ran, Repo, SCRUBJAY, secret};

fn install(repo: &Repo, hooks: &[&str]) -> Ran {
    let mut args = vec!["hook", "install"];
    hooks.iter().for_each(|hook| args.extend(["--hook", hook]));
    let ran = repo.scrubjay(&args);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    ran
}

/// A server with the hook, and a client that pushes to it.
fn server(lab: &Lab, options: &[&str]) -> (Repo, Repo) {
    let server = lab.repo("server", &[&["--bare"], options].concat());
    install(&server, &["pre-receive"]);
    let client = lab.repo("client", options);
    client.git(&["remote", "add", "origin", "../server"]);
    (server, client)
}

/// A server without one, and a client that has it.
fn client(lab: &Lab, options: &[&str]) -> (Repo, Repo) {
    let server = lab.repo("server", &[&["--bare"], options].concat());
    let client = lab.repo("client", options);
    client.git(&["remote", "add", "origin", "../server"]);
    install(&client, &["pre-push"]);
    (server, client)
}

fn push(client: &Repo, args: &[&str]) -> Ran {
    client.try_git(&[&["push", "origin"], args].concat())
}

#[track_caller]
fn assert_stops(ran: &Ran, path: &str) {
    assert_ne!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("scrubjay: this push is"), "{}", ran.stderr);
    let said = [ran.stderr.as_bytes(), &ran.stdout].concat();
    assert!(String::from_utf8_lossy(&said).contains(path), "{path}: {}", String::from_utf8_lossy(&said));
}

#[track_caller]
fn assert_goes(ran: &Ran) {
    assert_eq!(ran.status, 0, "{}", ran.stderr);
}

/// How many objects and references a repository has.
fn stored(repo: &Repo) -> (usize, usize) {
    let all = repo.git(&["cat-file", "--batch-all-objects", "--batch-check"]).lines().count();
    (all, repo.git(&["for-each-ref"]).lines().count())
}

/// All that a push may be; the hook is on one side or the other.
fn pushes(server: &Repo, client: &Repo) {
    client.commit("a.txt", b"clean\n");
    assert_goes(&push(client, &["main"]));
    // Brought and taken away again.
    let before = client.head();
    client.commit("b.txt", &secret("for a moment"));
    client.commit("b.txt", b"clean\n");
    let had = stored(server);
    assert_stops(&push(client, &["main"]), "b.txt");
    assert_eq!(stored(server), had, "nothing landed");
    // Several references, one of them bad, none of them lands.
    client.git(&["branch", "good", &before]);
    client.git(&["tag", "-a", "-m", "fine", "v1", &before]);
    assert_stops(&push(client, &["--atomic", "good", "main", "v1"]), "b.txt");
    assert_eq!(stored(server), had);
    assert_goes(&push(client, &["good", "v1"]));
    // A new branch of commits that nobody has.
    client.git(&["checkout", "-q", "-b", "new"]);
    client.commit("c.txt", &secret("another"));
    assert_stops(&push(client, &["new"]), "c.txt");
    assert_stops(&push(client, &["new:refs/heads/by/another/name"]), "c.txt");
    // What has a secret and is rewritten goes; so does a forced push.
    client.git(&["reset", "-q", "--hard", &before]);
    client.commit("d.txt", b"one\n");
    assert_goes(&push(client, &["new"]));
    client.git(&["commit", "-q", "--amend", "--no-verify", "-m", "rewritten"]);
    assert_goes(&push(client, &["--force", "new"]));
    client.stage("d.txt", &secret("forced"));
    client.git(&["commit", "-q", "--amend", "--no-verify", "-m", "rewritten again"]);
    assert_stops(&push(client, &["--force", "new"]), "d.txt");
    // A deletion alone, and one beside something bad.
    assert_stops(&push(client, &["--atomic", ":good", "+new"]), "d.txt");
    assert_goes(&push(client, &[":good"]));
    // A tag on what the server has not, and a tag that tells a secret itself.
    client.git(&["tag", "light", "new"]);
    assert_stops(&push(client, &["light"]), "d.txt");
    let said = String::from_utf8(secret("in a tag")).expect("text");
    client.git(&["tag", "-a", "-m", &said, "loud", &before]);
    assert_stops(&push(client, &["loud"]), "<tag message>");
    client.git(&["tag", "-a", "-m", "of a tag", "twice", "loud"]);
    assert_stops(&push(client, &["twice"]), "<tag message>");
    // A tag on a file or a folder.
    let blob = client.blob(&secret("a blob"));
    client.git(&["tag", "blob", &blob]);
    assert_stops(&push(client, &["blob"]), "<blob ");
    client.git(&["tag", "tree", "new^{tree}"]);
    assert_stops(&push(client, &["tree"]), "d.txt");
    // A message.
    client.git(&["checkout", "-q", "-b", "talk", &before]);
    client.git(&["commit", "-q", "--allow-empty", "--no-verify", "-m", &said]);
    assert_stops(&push(client, &["talk"]), "<commit message>");
}

#[test]
fn a_push_is_stopped_before_it_leaves() {
    for options in [&[][..], &["--object-format=sha256"]] {
        let lab = Lab::new();
        let (server, client) = client(&lab, options);
        pushes(&server, &client);
    }
}

#[test]
fn a_push_is_refused_where_it_arrives() {
    for options in [&[][..], &["--object-format=sha256"]] {
        let lab = Lab::new();
        let (server, client) = server(&lab, options);
        pushes(&server, &client);
    }
}

#[test]
fn a_pack_in_quarantine_is_read_as_loose_objects_are() {
    let lab = Lab::new();
    let (server, client) = server(&lab, &[]);
    server.git(&["config", "receive.unpackLimit", "1"]);
    client.commit("a.txt", b"clean\n");
    assert_goes(&push(&client, &["main"]));
    client.commit("b.txt", &secret("b"));
    client.commit("b.txt", b"clean\n");
    let had = stored(&server);
    assert_stops(&push(&client, &["main"]), "b.txt");
    assert_eq!(stored(&server), had);
}

#[test]
fn the_first_push_to_an_empty_remote_is_all_new() {
    let lab = Lab::new();
    let (_, client) = client(&lab, &[]);
    client.commit("a.txt", &secret("a"));
    client.commit("a.txt", b"clean\n");
    assert_stops(&push(&client, &["main"]), "a.txt");
    // The remote may be named by its address alone.
    assert_stops(&client.try_git(&["push", "../server", "main"]), "a.txt");
}

#[test]
fn what_the_remote_has_is_no_news() {
    let lab = Lab::new();
    let (_, client) = client(&lab, &[]);
    client.commit("a.txt", &secret("old"));
    assert_goes(&client.try_git(&["push", "--no-verify", "-q", "origin", "main"]));
    client.commit("b.txt", b"clean\n");
    assert_goes(&push(&client, &["main"]));
    client.git(&["checkout", "-q", "-b", "side", "main~1"]);
    client.commit("c.txt", b"clean\n");
    assert_goes(&push(&client, &["side"]));
    // Another remote has none of it.
    lab.repo("other", &["--bare"]);
    client.git(&["remote", "add", "other", "../other"]);
    let ran = client.try_git(&["push", "other", "main"]);
    assert_stops(&ran, "a.txt");
}

#[test]
fn a_remote_may_be_where_nobody_here_has_been() {
    let lab = Lab::new();
    let (_, client) = client(&lab, &[]);
    client.commit("a.txt", b"clean\n");
    assert_goes(&push(&client, &["main"]));
    let server = lab.at("server");
    server.below("..").git(&["clone", "-q", "server", "third"]);
    let third = lab.at("third");
    third.commit("b.txt", b"by another\n");
    third.git(&["push", "-q", "origin", "main"]);
    client.commit("c.txt", b"clean\n");
    assert_goes(&push(&client, &["--force", "main"]));
    third.commit("b.txt", b"by another again\n");
    third.git(&["push", "-q", "--force", "origin", "main"]);
    client.commit("d.txt", &secret("d"));
    assert_stops(&push(&client, &["--force", "main"]), "d.txt");
}

#[test]
fn what_git_says_of_a_push_may_have_blanks_and_any_bytes() {
    let lab = Lab::new();
    let (_, client) = client(&lab, &[]);
    client.commit("a.txt", b"clean\n");
    // The name of what is pushed is what was typed.
    assert_goes(&push(&client, &[":/change a:refs/heads/found"]));
    client.commit("b.txt", &secret("b"));
    assert_stops(&push(&client, &[":/change b:refs/heads/found"]), "b.txt");
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::ffi::OsStrExt as _;
        let name = std::ffi::OsStr::from_bytes(b"bad\xff");
        let made = client.command("git").arg("branch").arg(name).arg("main~1").output().expect("git");
        assert!(made.status.success());
        let pushed = client.command("git").args(["push", "origin"]).arg(name).output().expect("git");
        assert!(pushed.status.success(), "{}", String::from_utf8_lossy(&pushed.stderr));
    }
}

#[test]
fn whoever_pushes_decides_nothing_on_the_server() {
    let lab = Lab::new();
    let (server, client) = server(&lab, &[]);
    client
        .write("scrubjay.toml", b"[rules]\ndisable = [\"tirtc-device-secret-key\", \"tirtc-secret-key\"]\n");
    client.git(&["add", "."]);
    client.git(&["commit", "-q", "-m", "a project file"]);
    assert_goes(&push(&client, &["main"]));
    client.commit("a.txt", &secret("by the project file"));
    assert_stops(&push(&client, &["main"]), "a.txt");
    client.git(&["reset", "-q", "--hard", "HEAD~1"]);
    let marked = String::from_utf8(secret("by a marker"))
        .expect("text")
        .replace('\n', " # scrubjay:allow tirtc-device-secret-key it is a test\n");
    client.commit("a.txt", marked.as_bytes());
    assert_stops(&push(&client, &["main"]), "a.txt");
    // Nor does what lies beside the repository, unless the hook says so.
    server
        .write("scrubjay.toml", b"[rules]\ndisable = [\"tirtc-device-secret-key\", \"tirtc-secret-key\"]\n");
    assert_stops(&push(&client, &["main"]), "a.txt");
    let hook = server.path.join("hooks/pre-receive");
    let text = fs::read_to_string(&hook).expect("a hook");
    fs::write(&hook, text.replace("hook pre-receive", "hook pre-receive --trust-repository"))
        .expect("a file");
    assert_goes(&push(&client, &["main"]));
}

#[test]
fn a_marker_and_a_project_file_hold_for_those_who_commit() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    install(&repo, &["pre-commit"]);
    let marked = String::from_utf8(secret("by a marker"))
        .expect("text")
        .replace('\n', " # scrubjay:allow tirtc-device-secret-key it is a test\n");
    repo.stage("a.txt", marked.as_bytes());
    assert_eq!(repo.try_git(&["commit", "-m", "x"]).status, 0);
    repo.stage("b.txt", &secret("b"));
    assert_ne!(repo.try_git(&["commit", "-m", "x"]).status, 0);
    repo.write("scrubjay.toml", b"exclude = [\"b.txt\"]\n");
    assert_eq!(repo.try_git(&["commit", "-m", "x"]).status, 0);
}

#[test]
fn a_message_is_looked_at_down_to_the_scissors() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    install(&repo, &["commit-msg"]);
    let bad = String::from_utf8(secret("message")).expect("text");
    let ran = repo.try_git(&["commit", "--allow-empty", "-m", &bad]);
    assert!(ran.status != 0 && ran.stderr.contains("its message holds"), "{}", ran.stderr);
    // A verbose commit shows the change below the scissors; that is not the message.
    repo.stage("a.txt", bad.as_bytes());
    let editor = "f() { { echo subject; cat \"$1\"; } > \"$1.new\"; mv \"$1.new\" \"$1\"; }; f";
    let ran = repo.with("GIT_EDITOR", editor).try_git(&["commit", "-v"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert_eq!(repo.git(&["log", "-1", "--format=%B"]).trim(), "subject");
}

fn hook(repo: &Repo, name: &str) -> PathBuf {
    repo.path.join(".git/hooks").join(name)
}

fn script(path: &PathBuf, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("a mode");
    }
}

#[test]
fn a_hook_that_is_there_stays_and_runs_first() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    let older = "#!/bin/sh\necho older >> ran\n[ ! -e forbidden ]\n";
    script(&hook(&repo, "pre-commit"), older);
    assert!(install(&repo, &[]).stderr.contains("runs first"));
    let first = fs::read(hook(&repo, "pre-commit")).expect("a hook");
    install(&repo, &[]);
    assert_eq!(fs::read(hook(&repo, "pre-commit")).expect("a hook"), first, "twice is as once");
    repo.stage("a.txt", b"clean\n");
    assert_eq!(repo.try_git(&["commit", "-m", "x"]).status, 0);
    repo.stage("b.txt", &secret("b"));
    assert_ne!(repo.try_git(&["commit", "-m", "x"]).status, 0);
    repo.write("forbidden", b"");
    repo.stage("b.txt", b"clean\n");
    assert_ne!(repo.try_git(&["commit", "-m", "x"]).status, 0, "the older one stops, too");
    assert_eq!(fs::read_to_string(repo.path.join("ran")).expect("a file").lines().count(), 3);
    // A third hook that took the place of ours runs from then on; the older one, which did not, is kept.
    fs::remove_file(repo.path.join("forbidden")).expect("it is there");
    let third = "#!/bin/sh\necho third >> ran\n";
    script(&hook(&repo, "pre-commit"), third);
    let said = install(&repo, &[]).stderr;
    assert!(said.contains("is kept as .git/hooks/pre-commit.before-scrubjay-1"), "{said}");
    let kept = hook(&repo, "pre-commit.before-scrubjay-1");
    assert_eq!(fs::read_to_string(&kept).expect("a hook"), older);
    repo.stage("b.txt", &secret("b"));
    assert_ne!(repo.try_git(&["commit", "-m", "x"]).status, 0);
    assert!(fs::read_to_string(repo.path.join("ran")).expect("a file").ends_with("third\n"));
    assert_eq!(repo.scrubjay(&["hook", "install", "--uninstall"]).status, 0);
    assert_eq!(fs::read_to_string(hook(&repo, "pre-commit")).expect("a hook"), third);
    assert!(!hook(&repo, "pre-commit.before-scrubjay").exists());
}

#[test]
fn an_older_hook_reads_what_git_gives_as_well() {
    let lab = Lab::new();
    let (_, client) = client(&lab, &[]);
    fs::remove_file(hook(&client, "pre-push")).expect("it is there");
    script(&hook(&client, "pre-push"), "#!/bin/sh\ncat > given\necho \"$1\" >> given\n");
    install(&client, &["pre-push"]);
    client.commit("a.txt", &secret("a"));
    assert_stops(&push(&client, &["main"]), "a.txt");
    let given = fs::read_to_string(client.path.join("given")).expect("a file");
    assert!(given.starts_with("refs/heads/main ") && given.ends_with("\norigin\n"), "{given}");
}

#[test]
fn one_hook_of_several_is_taken_out() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    let there = |name| hook(&repo, name).exists();
    install(&repo, &["pre-commit", "pre-push", "commit-msg"]);
    assert!(there("pre-commit") && there("pre-push") && there("commit-msg"));
    repo.scrubjay(&["hook", "install", "--uninstall", "--hook", "pre-commit"]);
    assert!(!there("pre-commit") && there("pre-push") && there("commit-msg"));
    repo.scrubjay(&["hook", "install", "--uninstall"]);
    assert!(!there("pre-push") && !there("commit-msg"));
}

#[test]
fn hooks_go_where_git_looks_for_them() {
    let lab = Lab::new();
    let elsewhere = lab.path().join("else where");
    for place in ["hooks of/ours", &elsewhere.to_string_lossy()] {
        let lab = Lab::new();
        let repo = lab.repo("repo", &[]);
        repo.commit("sub/a.txt", b"clean\n");
        repo.git(&["config", "core.hooksPath", place]);
        install(&repo.below("sub"), &[]);
        assert!(repo.path.join(place).join("pre-commit").exists(), "{place}");
        assert!(!hook(&repo, "pre-commit").exists());
        repo.stage("sub/b.txt", &secret("b"));
        assert_ne!(repo.below("sub").try_git(&["commit", "-m", "x"]).status, 0);
        repo.scrubjay(&["hook", "install", "--uninstall"]);
        assert_eq!(repo.try_git(&["commit", "-m", "x"]).status, 0);
    }
}

#[test]
fn a_command_that_is_gone_stops_git_and_says_so() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    let copy = lab.path().join("scrub'jay");
    fs::copy(SCRUBJAY, &copy).expect("a copy");
    let ran = repo.run(&copy.to_string_lossy(), &["hook", "install"], b"");
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    repo.stage("a.txt", b"clean\n");
    assert_eq!(repo.try_git(&["commit", "-m", "x"]).status, 0);
    fs::remove_file(copy).expect("it is there");
    repo.stage("a.txt", b"cleaner\n");
    let ran = repo.try_git(&["commit", "-m", "x"]);
    assert!(ran.status != 0 && ran.stderr.contains("scrubjay is not installed"), "{}", ran.stderr);
}

/// What pre-commit names and is not staged is read as it lies there; what is staged counts as ever.
#[test]
fn files_that_a_framework_names_are_read() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    repo.commit("s.env", &secret("committed"));
    repo.commit("dir/ok.txt", b"ok\n");
    let hook = |args: &[&str]| repo.scrubjay(&[&["hook", "pre-commit"], args].concat());
    let ran = hook(&[]);
    assert_eq!(ran.status, 0);
    assert!(ran.stderr.contains("nothing is staged: no file was read"), "{}", ran.stderr);
    let ran = hook(&["s.env", "dir/ok.txt"]);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    assert_eq!(hook(&["dir/ok.txt"]).status, 0);
    // In a commit the staged lines count, and nothing else of the files that are named.
    repo.stage("s.env", &[&secret("committed")[..], b"more\n"].concat());
    let ran = hook(&["s.env"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert_eq!(hook(&["s.env", "dir/ok.txt"]).status, 0);
    repo.git(&["reset", "-q", "--hard"]);
    repo.git(&["update-index", "--chmod=+x", "s.env"]);
    assert_eq!(hook(&["s.env"]).status, 0, "only the mode is staged");
    repo.git(&["reset", "-q", "--hard"]);
    // With something else staged, as in `run --all-files` in the middle of work.
    repo.stage("new.txt", b"new\n");
    assert_eq!(hook(&["s.env", "new.txt"]).status, 1);
    // From below the root, and what the project leaves out.
    let below = repo.below("dir").scrubjay(&["hook", "pre-commit", "../s.env"]);
    assert_eq!(below.status, 1, "{}", below.stderr);
    repo.write("scrubjay.toml", b"exclude = [\"s.env\"]\n");
    let ran = hook(&["s.env", "dir/ok.txt", "-v"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("excluded"), "{}", ran.stderr);
}

/// A person, and pre-commit, hear how much was read; git alone hears nothing.
#[test]
fn a_hook_says_how_much_it_read() {
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    repo.stage("a.txt", b"a\n");
    assert_eq!(repo.scrubjay(&["hook", "pre-commit"]).stderr, "");
    let said = repo.with("PRE_COMMIT", "1").scrubjay(&["hook", "pre-commit"]).stderr;
    assert!(said.contains("scrubjay: 1 file (2 bytes) read"), "{said}");
    assert!(repo.scrubjay(&["hook", "pre-commit", "-v"]).stderr.contains("1 file (2 bytes) read in"));
    assert_eq!(repo.with("PRE_COMMIT", "1").scrubjay(&["hook", "pre-commit", "-q"]).stderr, "");
}
