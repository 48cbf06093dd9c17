//! Ignore files mean what they mean to git: a scan of a work tree reads what git would show of it, each
//! file that the index holds among it, and counts the rest.

use std::collections::BTreeSet;
use std::fs;

use crate::lab::{Lab, Repo, secret};
use crate::skipped;
use crate::support::prng::Prng;

const NAMES: [&str; 8] = ["a", "b", "build", "k.env", "x.log", "a b", "B", "#c"];

fn pick<'a>(rng: &mut Prng, from: &[&'a str]) -> &'a str {
    from[rng.below(from.len())]
}

/// A path of up to four names.
fn path(rng: &mut Prng) -> String {
    let folders: Vec<&str> = (0..rng.below(4)).map(|_| pick(rng, &["a", "b", "build", "a b", "d"])).collect();
    let name = pick(rng, &NAMES);
    // No file is a folder of another one.
    format!("{}{}f.{name}", folders.join("/"), if folders.is_empty() { "" } else { "/" })
}

/// A line of an ignore file.
fn pattern(rng: &mut Prng) -> String {
    const PARTS: [&str; 18] = [
        "a", "b", "build", "d", "*", "**", "f.*", "*.env", "*.log", "f.a*", "?", "[ab]", "[!a]", "f.a\\ b",
        "a b", "f.k.env", "*b*", "{a,b}",
    ];
    let parts: Vec<&str> = (0..1 + rng.below(3)).map(|_| pick(rng, &PARTS)).collect();
    let mut line = parts.join("/");
    for (one_in, before, after) in
        [(4, "/", ""), (3, "", "/"), (4, "!", ""), (9, "", "  "), (12, "#", ""), (12, "\\", "")]
    {
        if rng.below(one_in) == 0 {
            line = format!("{before}{line}{after}");
        }
    }
    line
}

fn patterns(rng: &mut Prng) -> String {
    let end = if rng.below(5) == 0 { "\r\n" } else { "\n" };
    let lines: Vec<String> = (0..1 + rng.below(4)).map(|_| pattern(rng)).collect();
    let mark = if rng.below(8) == 0 { "\u{feff}" } else { "" };
    format!("{mark}{}{end}", lines.join(end))
}

/// A repository with files, each with a secret, of which some are tracked, and ignore files anywhere.
fn repository(lab: &Lab, rng: &mut Prng, name: &str) -> Repo {
    let repo = lab.repo(name, &[]);
    let files: BTreeSet<String> = (0..24).map(|_| path(rng)).collect();
    for file in &files {
        repo.write(file, &secret(&format!("{name}/{file}")));
        if rng.below(4) == 0 {
            repo.git(&["add", "-f", "--", &format!(":(literal){file}")]);
        }
    }
    for _ in 0..1 + rng.below(3) {
        let place = path(rng);
        let folder = place.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        repo.write(&format!("{folder}.gitignore"), patterns(rng).as_bytes());
    }
    if rng.below(3) == 0 {
        repo.write(".git/info/exclude", patterns(rng).as_bytes());
    }
    if rng.below(3) == 0 {
        let excludes = lab.path().join(format!("{name}.excludes"));
        fs::write(&excludes, patterns(rng)).expect("a file");
        repo.git(&["config", "core.excludesFile", &excludes.to_string_lossy()]);
    }
    // Above the root nothing counts.
    fs::write(lab.path().join(".gitignore"), "*\n").expect("a file");
    repo
}

/// The files with a secret that git shows of a work tree: what the index holds, and what is not ignored.
fn shown_by_git(repo: &Repo) -> BTreeSet<String> {
    let listed = repo.git_with(&["ls-files", "-z", "--cached", "--others", "--exclude-standard"], b"");
    let paths = listed.split(|b| *b == 0).filter(|path| !path.is_empty());
    let paths = paths.map(|path| String::from_utf8_lossy(path).into_owned());
    paths.filter(|path| !path.ends_with(".gitignore")).collect()
}

fn read_by_scan(repo: &Repo, args: &[&str]) -> BTreeSet<String> {
    let ran = repo.scan(&[&["--no-config"], args].concat());
    assert_ne!(ran.status, 2, "{}", ran.stderr);
    ran.paths().into_iter().collect()
}

/// How many repositories are tried; more where somebody asks for it.
fn seeds() -> std::ops::Range<u64> {
    0..std::env::var("SCRUBJAY_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(40)
}

#[test]
fn a_scan_reads_what_git_shows() {
    for seed in seeds() {
        let (lab, mut rng) = (Lab::new(), Prng::new(seed));
        let repo = repository(&lab, &mut rng, "r");
        let (git, scan) = (shown_by_git(&repo), read_by_scan(&repo, &[]));
        assert_eq!(scan, git, "seed {seed}, in {}", describe(&repo));
        // The same from outside, and of a directory in it.
        let outside = Repo::clone(&repo.below(".."));
        let below: BTreeSet<String> = git.iter().map(|path| format!("r/{path}")).collect();
        assert_eq!(read_by_scan(&outside, &["r"]), below, "seed {seed}");
        if repo.path.join("a").is_dir() && !git.is_empty() {
            let in_a = repo
                .git_with(&["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "a"], b"");
            let in_a =
                in_a.split(|b| *b == 0).filter(|path| !path.is_empty() && !path.ends_with(b".gitignore"));
            let in_a: BTreeSet<String> =
                in_a.map(|path| String::from_utf8_lossy(path).into_owned()).collect();
            // A directory that was named is read even where it is ignored itself.
            assert!(read_by_scan(&repo, &["a"]).is_superset(&in_a), "seed {seed}");
        }
        let all = read_by_scan(&repo, &["--no-ignore"]);
        assert!(all.is_superset(&git) && all.len() >= 8, "seed {seed}");
    }
}

fn describe(repo: &Repo) -> String {
    let mut text = repo.git(&["ls-files", "-o", "-i", "--exclude-standard"]);
    for file in repo.git(&["ls-files", "-o"]).lines().filter(|file| file.ends_with(".gitignore")) {
        text.push_str(&format!("\n{file}: {:?}", fs::read_to_string(repo.path.join(file)).ok()));
    }
    for file in [repo.path.join(".git/info/exclude"), repo.path.join("../r.excludes")] {
        text.push_str(&format!("\n{}: {:?}", file.display(), fs::read_to_string(&file).ok()));
    }
    text
}

#[test]
fn what_is_ignored_is_counted_by_reason_and_listed() {
    let lab = Lab::new();
    let repo = lab.repo("r", &[]);
    repo.write(".gitignore", b"*.log\ntarget/\nheld/\n");
    repo.write(".ignore", b"*.tmp\n");
    repo.write(".git/info/exclude", b"mine\n");
    let excludes = lab.path().join("excludes");
    fs::write(&excludes, "*.swp\n").expect("a file");
    repo.git(&["config", "core.excludesFile", &excludes.to_string_lossy()]);
    for file in ["a.log", "b.log", "target/x", "target/y", "c.tmp", "mine", "e.swp", "held/no"] {
        repo.write(file, &secret(file));
    }
    for file in ["held/yes", "f.swp", "g.log", "h.tmp"] {
        repo.write(file, &secret(file));
        repo.git(&["add", "-f", file]);
    }
    let ran = repo.scan(&["-v"]);
    assert_eq!(ran.paths(), ["f.swp", "g.log", "h.tmp", "held/yes"]);
    let counts = skipped(&ran);
    let of = |reason: &str| counts.get(reason).copied().unwrap_or_default();
    // A directory that holds nothing of the index is one.
    assert_eq!(of("ignored by .gitignore"), 4, "{counts:?}");
    assert_eq!(of("ignored by .ignore"), 1);
    assert_eq!(of("ignored by .git/info/exclude"), 1);
    assert_eq!(of("ignored by core.excludesFile"), 1);
    for line in [
        "skipped: a.log: ignored by .gitignore",
        "skipped: target: ignored by .gitignore",
        "skipped: held/no: ignored by .gitignore",
        "skipped: e.swp: ignored by core.excludesFile",
        "4 ignored by .gitignore",
    ] {
        // The summary is wrapped.
        let said = ran.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(line), "{line}: {}", ran.stderr);
    }
}

#[test]
fn each_repository_has_its_own_index_and_ignore_files() {
    let lab = Lab::new();
    let outer = lab.repo("outer", &[]);
    outer.write(".gitignore", b"*.env\ndeps/\n");
    let inner = lab.at("outer/inner");
    fs::create_dir_all(&inner.path).expect("a folder");
    inner.git(&["init", "-q", "-b", "main"]);
    inner.write(".gitignore", b"*.key\n");
    inner.write("a.env", &secret("a"));
    inner.write("b.key", &secret("b"));
    inner.stage_forced("c.key", &secret("c"));
    outer.write("d.env", &secret("d"));
    // An ignored folder with a repository in it is ignored as a whole.
    let dependency = lab.at("outer/deps/x");
    fs::create_dir_all(&dependency.path).expect("a folder");
    dependency.git(&["init", "-q"]);
    dependency.stage_forced("e.env", &secret("e"));
    let ran = outer.scan(&[]);
    assert_eq!(ran.paths(), ["inner/a.env", "inner/c.key"]);
    assert_eq!(skipped(&ran)["ignored by .gitignore"], 3);
    assert_eq!(dependency.scan(&[]).paths(), ["e.env"]);
}

#[test]
fn a_submodule_is_read_where_it_is_and_told_where_it_is_not() {
    let lab = Lab::new();
    let module = lab.repo("module", &[]);
    module.commit("k.env", &secret("module"));
    let repo = lab.repo("r", &[]);
    repo.write(".gitignore", b"sub/\n");
    let from = module.path.to_string_lossy().into_owned();
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "add", "-q", "-f", &from, "sub"]);
    repo.git(&["commit", "-q", "-m", "a submodule"]);
    assert_eq!(repo.scan(&[]).paths(), ["sub/k.env"]);
    let clone = lab.path().join("clone").to_string_lossy().into_owned();
    repo.git(&["clone", "-q", ".", &clone]);
    let ran = lab.at("clone").scan(&["--fail-on-skipped"]);
    assert_eq!(skipped(&ran)["submodule that is not checked out"], 1);
    assert_eq!(ran.status, 2);
}

#[test]
fn a_linked_work_tree_and_a_bare_repository_are_known() {
    let lab = Lab::new();
    let repo = lab.repo("r", &[]);
    repo.write(".gitignore", b"*.env\n");
    repo.git(&["add", ".gitignore"]);
    repo.stage_forced("a.env", &secret("a"));
    repo.git(&["commit", "-q", "-m", "a"]);
    repo.git(&["worktree", "add", "-q", "../linked"]);
    let linked = lab.at("linked");
    linked.write("b.env", &secret("b"));
    assert_eq!(linked.scan(&[]).paths(), ["a.env"]);
    let folder = lab.at("shelf");
    fs::create_dir_all(&folder.path).expect("a folder");
    repo.git(&["clone", "-q", "--bare", ".", "../shelf/r.git"]);
    folder.write("r.git/config.old", &secret("old"));
    let ran = folder.scan(&["-v"]);
    assert_eq!(ran.paths(), ["r.git/config.old"]);
    assert!(
        ran.stderr.contains("skipped: r.git/objects: bare repository, which --history reads"),
        "{}",
        ran.stderr
    );
}

#[test]
fn every_form_of_the_index_is_understood() {
    type Step = fn(&Repo);
    let forms: &[(&str, Step)] = &[
        ("version 4", |repo| drop(repo.git(&["update-index", "--index-version", "4"]))),
        ("split", |repo| drop(repo.git(&["update-index", "--split-index"]))),
        ("split and changed", |repo| {
            repo.git(&["update-index", "--split-index"]);
            repo.write("late.env", &secret("late"));
            repo.git(&["add", "-f", "late.env"]);
        }),
        ("sparse", |repo| {
            repo.git(&["commit", "-q", "-m", "all"]);
            repo.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "kept"]);
            // It is there again although the index has only its folder.
            repo.write("folded/deep/a.env", &secret("folded"));
        }),
        ("flags", |repo| {
            repo.git(&["update-index", "--assume-unchanged", "folded/deep/a.env"]);
            repo.git(&["update-index", "--skip-worktree", "kept/b.env"]);
        }),
        ("intent to add", |repo| {
            repo.write("late.env", &secret("late"));
            repo.git(&["add", "-f", "-N", "late.env"]);
        }),
        ("unmerged", |repo| {
            let id = repo.git(&["hash-object", "-w", "kept/b.env"]);
            let lines: String = (1..4).map(|stage| format!("100644 {id} {stage}\tlate.env\n")).collect();
            repo.git_with(&["update-index", "--index-info"], lines.as_bytes());
            repo.write("late.env", &secret("late"));
        }),
    ];
    for (what, step) in forms {
        for hash in ["sha1", "sha256"] {
            let lab = Lab::new();
            let repo = lab.repo("r", &["--object-format", hash]);
            repo.write(".gitignore", b"*.env\nfolded/\n");
            for file in ["folded/deep/a.env", "kept/b.env"] {
                repo.stage_forced(file, &secret(file));
            }
            repo.write("kept/untracked.env", &secret("untracked"));
            step(&repo);
            let ran = repo.scan(&[]);
            let mut expected = vec!["folded/deep/a.env", "kept/b.env"];
            if repo.path.join("late.env").exists() {
                expected.push("late.env");
            }
            assert_eq!(ran.paths(), expected, "{what} {hash}: {}", ran.stderr);
        }
    }
}

#[test]
fn a_repository_in_an_unknown_form_keeps_what_its_index_holds() {
    let lab = Lab::new();
    let repo = lab.repo("r", &[]);
    repo.write(".gitignore", b"*.env\n");
    repo.stage_forced("a.env", &secret("a"));
    repo.write("b.env", &secret("b"));
    repo.git(&["config", "core.repositoryFormatVersion", "1"]);
    repo.git(&["config", "extensions.ofTheFuture", "true"]);
    let ran = repo.scan(&[]);
    assert_eq!(ran.paths(), ["a.env"], "{}", ran.stderr);
}

#[test]
fn an_index_that_cannot_be_read_is_told() {
    let lab = Lab::new();
    let repo = lab.repo("r", &[]);
    repo.write(".gitignore", b"*.env\n");
    repo.write("a.env", &secret("a"));
    repo.write("b", &secret("b"));
    repo.write(".git/index", b"no index");
    let ran = repo.scan(&[]);
    assert_eq!((ran.status, ran.paths()), (2, vec!["b".to_owned()]));
    assert!(ran.stderr.contains(".git/index"), "{}", ran.stderr);
}

#[test]
fn outside_of_a_repository_ignore_files_count_from_the_directory_on() {
    let lab = Lab::new();
    let folder = lab.at("top/folder");
    fs::create_dir_all(&folder.path).expect("a folder");
    lab.at("top").write(".gitignore", b"*\n");
    folder.write(".gitignore", b"*.log\n");
    folder.write("a.log", &secret("a"));
    folder.write("b.env", &secret("b"));
    assert_eq!(folder.scan(&[]).paths(), ["b.env"]);
}

#[test]
fn scrub_goes_over_what_is_ignored_and_never_into_a_repository() {
    let lab = Lab::new();
    let repo = lab.repo("r", &[]);
    repo.write(".gitignore", b"*.log\n");
    repo.write("a.log", &secret("a"));
    repo.write("b", &secret("b"));
    repo.write(".git/description", &secret("c"));
    let ran = repo.scrubjay(&["scrub", "--in-place", "."]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(repo.scan(&["--no-ignore"]).paths().is_empty());
    assert_eq!(fs::read(repo.path.join(".git/description")).expect("a file"), secret("c"));
}
