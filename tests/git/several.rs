//! Several repositories in one scan of the history: each finding says which it is of.

use std::collections::BTreeSet;

use crate::lab::{Lab, Ran, secret, text};

fn told(ran: &Ran) -> BTreeSet<(String, String)> {
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    ran.findings().iter().map(|f| (last(&text(&f["commit"], "repository")), text(f, "path"))).collect()
}

fn expected(pairs: &[(&str, &str)]) -> BTreeSet<(String, String)> {
    pairs.iter().map(|(repository, path)| ((*repository).to_owned(), (*path).to_owned())).collect()
}

#[test]
fn each_finding_says_which_repository_it_is_of() {
    let lab = Lab::new();
    let one = lab.repo("team/one", &[]);
    let two = lab.repo("team/group/two", &["--object-format=sha256"]);
    let same = secret("in both");
    one.commit("a.env", &same);
    one.commit("b.env", &secret("b"));
    two.commit("a.env", &same);
    two.commit("a.env", b"gone\n");
    let top = one.below("../..");
    top.git(&["clone", "-q", "--mirror", "--shared", "team/one", "team/bare.git"]);
    let all = expected(&[
        ("one", "a.env"),
        ("one", "b.env"),
        ("two", "a.env"),
        ("bare.git", "a.env"),
        ("bare.git", "b.env"),
    ]);
    let ran = top.scan(&["--history", "team"]);
    assert_eq!((ran.status, told(&ran)), (1, all), "{}", ran.stderr);
    let in_head = |ran: &Ran| ran.findings().iter().filter(|f| f["commit"]["in_head"] == true).count();
    assert_eq!(in_head(&ran), 4, "of its own HEAD each");
    let ran = top.scan(&["--history", "team/one", "team/group/two", "team/one"]);
    assert_eq!(told(&ran), expected(&[("one", "a.env"), ("one", "b.env"), ("two", "a.env")]));
    let said = String::from_utf8(top.scrubjay(&["scan", "--history", "team"]).stdout).expect("text");
    assert!(said.contains("team/group/two"), "{said}");
    // One repository is told as ever.
    let ran = top.scan(&["--history", "team/one"]);
    assert!(ran.findings()[0]["commit"].get("repository").is_none());
    // What is broken in one is named with it, and the other is read.
    let id = two.git(&["rev-parse", "HEAD:a.env"]);
    std::fs::remove_file(two.path.join(".git/objects").join(&id[..2]).join(&id[2..])).expect("it was there");
    let ran = top.scan(&["--history", "team"]);
    assert_eq!((ran.status, ran.findings().len()), (2, 5), "{}", ran.stderr);
    assert!(ran.stderr.contains("team/group/two: a.env"), "{}", ran.stderr);
    // What has no history is told so.
    lab.at(".").write("file.env", b"x\n");
    lab.at(".").write("empty/x", b"x\n");
    for wrong in ["file.env", "empty", "nowhere"] {
        assert_eq!(top.scan(&["--history", "team/one", wrong]).status, 2, "{wrong}");
    }
    let said = top.scan(&["--history", "file.env"]).stderr;
    let said = said.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
    assert!(said.contains("without --history"), "{said}");
}
