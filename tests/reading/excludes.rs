//! Globs that leave files out, or allow findings: one dialect, the same for what is named and what is met.

use crate::lab::{Lab, Repo, secret};
use crate::skipped;

fn folder(lab: &Lab, files: &[&str]) -> Repo {
    let repo = lab.repo("r", &[]);
    for file in files {
        repo.write(file, &secret(file));
    }
    repo
}

#[test]
fn a_glob_means_the_same_on_the_command_line_and_in_the_project_file() {
    const FILES: [&str; 7] =
        ["a.env", "dist/k.env", "dist/x/y.env", "dist/z", "lib/b.env", "lib/dist/q", "z"];
    for globs in [
        &["dist/"][..],
        &["/dist/"],
        &["dist"],
        &["dist/*"],
        &["dist/*.env"],
        &["*.env"],
        &["*.env", "!a.env"],
        &["dist/", "!dist/k.env"],
        &["!dist/k.env", "dist/"],
        &["*", "!*.env"],
        &["**/dist/**", "!y.env"],
        &["lib/**/q"],
        &["./z"],
        &["z/"],
        &["{a,lib/b}.env"],
        &["[az].env", "z"],
    ] {
        let lab = Lab::new();
        let repo = folder(&lab, &FILES);
        let options: Vec<&str> = globs.iter().flat_map(|glob| ["--exclude", glob]).collect();
        let by_option = repo.scan(&[&["--no-config"], &options[..]].concat());
        repo.write("scrubjay.toml", format!("exclude = {globs:?}\n").as_bytes());
        let by_project = repo.scan(&[]);
        assert_eq!(by_option.paths(), by_project.paths(), "{globs:?}");
        // Files that are named one by one, as programs do.
        let named = repo.scan(&[&["--force-exclude"], &FILES[..]].concat());
        assert_eq!(named.paths(), by_project.paths(), "{globs:?}");
        let all = repo.scan(&FILES);
        assert_eq!(all.paths(), FILES, "{globs:?}");
        // What is allowed is what would be left out.
        repo.write("scrubjay.toml", format!("[[allow]]\npaths = {globs:?}\nreason = \"x\"\n").as_bytes());
        assert_eq!(repo.scan(&[]).paths(), by_project.paths(), "{globs:?}");
        // And scrub leaves the same files alone.
        repo.write("scrubjay.toml", b"");
        assert_eq!(repo.scrubjay(&[&["scrub", "--in-place"], &options[..], &["."]].concat()).status, 0);
        let mut left = repo.scan(&[]).paths();
        left.extend(by_project.paths());
        left.sort();
        assert_eq!(left, FILES, "{globs:?}");
    }
}

#[test]
fn a_directory_that_is_named_follows_what_is_excluded_in_it() {
    let lab = Lab::new();
    let repo = folder(&lab, &["td/x.env", "td/y"]);
    repo.write("scrubjay.toml", b"exclude = ['td/x.env']\n");
    for args in [&["td"][..], &["--force-exclude", "td"], &["./td"], &[], &["."]] {
        let ran = repo.scan(args);
        assert_eq!(ran.paths(), ["td/y"], "{args:?}");
        assert_eq!(skipped(&ran)["excluded"], 1);
    }
    assert_eq!(repo.scan(&["td/x.env"]).paths(), ["td/x.env"]);
    let ran = repo.scan(&["--force-exclude", "td/x.env", "td/y"]);
    assert_eq!((ran.paths(), skipped(&ran)["excluded"]), (vec!["td/y".to_owned()], 1));
    let told = repo.scan(&["--force-exclude", "--exclude", "td", "td"]);
    assert_eq!((told.paths().len(), skipped(&told)["excluded"]), (0, 1));
}

#[test]
fn a_pattern_that_matches_nothing_is_told() {
    let lab = Lab::new();
    let repo = folder(&lab, &["a.env", "dist/k"]);
    repo.write(
        "scrubjay.toml",
        b"exclude = ['dist/', 'dits/']\n[[allow]]\npaths = ['a.env', 'nosuch/**']\nreason = 'x'\n\
          [[allow]]\nfingerprints = ['0123456789abcdef']\nreason = 'y'\n",
    );
    let ran = repo.scan(&["--exclude", "*.lock"]);
    assert_eq!(ran.status, 0);
    for line in [
        "scrubjay: --exclude: `*.lock` matches nothing",
        "scrubjay: scrubjay.toml:1:21: the exclude pattern `dits/` matches nothing",
        "scrubjay: scrubjay.toml:3:19: the allow entry's `nosuch/**` matches nothing",
        "scrubjay: scrubjay.toml:6:17: the allow entry's `0123456789abcdef` matches nothing",
    ] {
        assert!(ran.stderr.contains(line), "{line}: {}", ran.stderr);
    }
    assert!(!ran.stderr.contains("`dist/`") && !ran.stderr.contains("`a.env`"), "{}", ran.stderr);
    assert_eq!(repo.scan(&["--strict-config"]).status, 2);
    // Of a part nothing follows.
    let part = repo.scan(&["--strict-config", "dist/k"]);
    assert!(!part.stderr.contains("matches nothing"), "{}", part.stderr);
    assert_eq!(part.status, 1);
    // What is ignored anyway may be excluded as well.
    repo.write(".gitignore", b"dist/\n");
    repo.write("scrubjay.toml", b"exclude = ['dist/']\n");
    assert_eq!(repo.scan(&["--strict-config"]).status, 1);
}

#[test]
fn paths_are_shown_alike_however_they_are_named() {
    let lab = Lab::new();
    let repo = folder(&lab, &["a.env", "d/b.env"]);
    for args in [&[][..], &["."], &["./"], &["./a.env", "./d"], &["a.env", "d"], &["././d", "./a.env"]] {
        assert_eq!(repo.scan(args).paths(), ["a.env", "d/b.env"], "{args:?}");
    }
    repo.git(&["add", "."]);
    assert_eq!(repo.scan(&["--staged"]).paths(), ["a.env", "d/b.env"]);
    assert_eq!(repo.scan(&["--staged", "."]).paths(), ["a.env", "d/b.env"]);
    // What is called `-` is no standard input.
    repo.write("-", &secret("dash"));
    assert_eq!(repo.scan(&["./-"]).paths(), ["./-"]);
}
