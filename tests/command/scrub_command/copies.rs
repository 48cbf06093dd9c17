//! `--output DIR` and `--dry-run`: the files that were named stay as they are.

use std::fs;

use super::lab::Lab;
use super::{CLEAN, DIRTY};

#[test]
fn a_copy_is_the_whole_tree_with_modes_and_times() {
    let mut lab = Lab::new();
    let dirty = lab.write("logs/deep/er/a.log", DIRTY);
    lab.put("logs/b.log", CLEAN.as_bytes());
    lab.put("logs/empty", b"");
    lab.put("logs/.git/config", b"[core]\n");
    let single = lab.write("single.log", DIRTY);
    #[cfg(unix)]
    for name in ["logs/b.log", "logs/deep/er/a.log"] {
        use std::os::unix::fs::PermissionsExt;
        super::in_place::age(&lab.path(name));
        fs::set_permissions(lab.path(name), fs::Permissions::from_mode(0o604)).expect("its mode is set");
    }
    lab.run(&["--output", "clean", "logs", "./single.log"]).status(0).says("2 values masked in 2 of 4 files");
    assert_eq!((lab.read("logs/deep/er/a.log"), lab.read("single.log")), (dirty, single));
    let copies: Vec<_> = lab.names().into_iter().filter(|n| n.starts_with("clean")).collect();
    let wanted = ["clean/logs/b.log", "clean/logs/deep/er/a.log", "clean/logs/empty", "clean/single.log"];
    assert_eq!(copies, wanted);
    assert_eq!(lab.read("clean/logs/b.log"), CLEAN.as_bytes());
    lab.assert_clean(&["logs/deep/er/a.log", "single.log"]);
    #[cfg(unix)]
    for name in ["logs/b.log", "logs/deep/er/a.log"] {
        use std::os::unix::fs::MetadataExt;
        let meta = |name: &str| fs::metadata(lab.path(name)).expect("a file");
        let (old, new) = (meta(name), meta(&format!("clean/{name}")));
        assert_eq!((old.mode(), old.mtime(), old.mtime_nsec()), (new.mode(), new.mtime(), new.mtime_nsec()));
    }
    // Again over what is there: the copies are made anew.
    lab.put("clean/single.log", b"old");
    lab.run(&["--output", "clean", "logs", "single.log"]).status(0);
    assert_eq!(lab.text("clean/single.log").lines().count(), 1);
    lab.assert_clean(&["logs/deep/er/a.log", "single.log"]);
}

#[test]
fn a_folder_below_what_is_copied_is_not_copied_into_itself() {
    let mut lab = Lab::new();
    lab.write("a.log", DIRTY);
    for _ in 0..2 {
        lab.run(&["-o", "clean", "."]).status(0).says("in 1 of 1 file");
        assert_eq!(lab.names(), ["a.log", "clean/a.log"]);
    }
    lab.assert_clean(&["a.log"]);
}

#[test]
fn two_files_for_one_place_are_refused_before_anything_is_written() {
    let mut lab = Lab::new();
    lab.write("x/a.log", DIRTY);
    lab.write("y/a.log", DIRTY);
    lab.run(&["-o", "clean", "x/a.log", "y/a.log"])
        .status(2)
        .says("x/a.log and y/a.log would both be written to a.log");
    assert_eq!(lab.names(), ["x/a.log", "y/a.log"]);
    lab.run(&["-o", "clean", "x", "y"]).status(0);
    assert_eq!(lab.names().len(), 4);
}

#[test]
fn a_copy_is_never_written_over_what_it_is_a_copy_of() {
    let mut lab = Lab::new();
    let bytes = lab.write("logs/a.log", DIRTY);
    for arguments in [["-o", "logs", "logs/a.log"], ["-o", ".", "logs"], ["-o", "logs/..", "logs"]] {
        lab.run(&arguments).status(2).says("another directory");
        assert_eq!((lab.names(), lab.read("logs/a.log")), (vec!["logs/a.log".to_owned()], bytes.clone()));
    }
}

#[test]
fn a_folder_that_cannot_be_made_stops_the_run() {
    let mut lab = Lab::new();
    lab.write("a.log", DIRTY);
    lab.put("taken", b"a file");
    lab.run(&["-o", "taken", "a.log"]).status(2).says("taken");
    assert_eq!(lab.read("taken"), b"a file");
}

#[test]
fn a_dry_run_changes_nothing_and_shows_no_secret_on_either_side() {
    let mut lab = Lab::new();
    let text = format!("first\n{DIRTY}token:\n  {{alnum:32}}\n{CLEAN}tail password={{alnum:12}}\n");
    let before = lab.write("logs/a.log", &text);
    lab.put("logs/b.log", CLEAN.as_bytes());
    lab.write("logs/c.log", &format!("{}{DIRTY}", "x".repeat(5000)));
    let ran =
        lab.run(&["--dry-run", "-j", "1", "logs"]).status(0).says("4 values would be masked in 2 of 3 files");
    assert_eq!(lab.read("logs/a.log"), before);
    assert_eq!(lab.names(), ["logs/a.log", "logs/b.log", "logs/c.log"]);
    assert!(ran.stderr.contains("nothing was changed"), "{ran:?}");
    let diff: Vec<&str> = ran.stdout.lines().collect();
    assert!(diff.starts_with(&["--- logs/a.log", "+++ logs/a.log", "@@ -2 +2 @@"]), "{diff:#?}");
    assert!(diff.contains(&"@@ -4 +4 @@") && diff.contains(&"@@ -6 +6 @@"), "{diff:#?}");
    assert!(diff.contains(&"-tail password=[field]") && diff.contains(&"+tail password=****"), "{diff:#?}");
    assert!(!ran.stdout.contains("logs/b.log") && !ran.stdout.contains('\u{1b}'), "{diff:#?}");
    assert!(diff.iter().all(|line| line.chars().count() < 300), "a long line is cut");
    let same = lab.run(&["-n", "-i", "-q", "-j1", "logs"]).status(0);
    assert_eq!((same.stdout, same.stderr.as_str()), (ran.stdout, ""));
    let colored = lab.run(&["-n", "--color", "always", "logs"]).status(0).stdout;
    assert!(colored.contains("\u{1b}[31m-tail password=[field]\u{1b}[0m\n"), "{colored}");
    assert!(colored.contains("\u{1b}[32m+tail password=****\u{1b}[0m\n"), "{colored}");
    assert_eq!(lab.run(&["-n", "--fail-on-hit", "logs/a.log"]).status, 1);
    assert_eq!(lab.run(&["-n", "--fail-on-hit", "logs/b.log"]).status, 0);
}

#[test]
fn what_is_left_out_is_not_read() {
    let mut lab = Lab::new();
    let bytes = lab.write("logs/a.log", DIRTY);
    lab.write("logs/a.txt", DIRTY);
    lab.write("logs/old/b.txt", DIRTY);
    lab.run(&["-i", "--exclude", "*.log", "--exclude", "old", "logs"])
        .status(0)
        .says("in 1 of 1 file")
        .says("skipped: 2 excluded");
    assert_eq!(lab.read("logs/a.log"), bytes);
    lab.assert_clean(&["logs/a.log", "logs/old/b.txt"]);
    lab.run(&["-i", "--exclude", "[", "logs"]).status(2).says("is not a glob");
}

#[test]
fn the_number_of_jobs_changes_nothing() {
    let mut lab = Lab::new();
    for at in 0..40 {
        lab.write(&format!("logs/{at}.log"), &DIRTY.repeat(1 + at % 3));
    }
    for jobs in ["1", "2", "16"] {
        lab.run(&["-o", jobs, "-j", jobs, "logs"]).status(0).says("79 values masked in 40 of 40 files");
    }
    for at in 0..40 {
        let of = |jobs: &str| lab.read(&format!("{jobs}/logs/{at}.log"));
        assert!(of("1") == of("2") && of("1") == of("16"));
    }
    lab.run(&["-i", "-j", "0", "logs"]).status(2).says("--jobs");
}
