//! The same findings from everywhere: a tree that is scanned from inside, from its parent, from a folder
//! of it, by its absolute path, file by file, in its repository, from the index and from the history says
//! the same of every file. Rules see paths from the root of the repository, or of what is scanned: the
//! words of a vendor in a folder above it are no evidence, those in a folder inside of it are.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::lab::{Lab, Ran, Repo, mint};
use crate::packed::{squeeze, tar, zip};
use crate::support::prng::Prng;

/// Folders, most with a word of a vendor in them.
const FOLDERS: &[&str] = &[
    "",
    "app/",
    "app/src/",
    "tencent/",
    "trtc-demo/src/",
    "tirtc/",
    "lib/TiRTC/conf/",
    "tange/x/",
    "TUIKit/",
    "im/sdkappid/",
];

/// Names of files, some with such a word.
const NAMES: &[&str] = &[
    "config.js",
    "settings.py",
    "application.yml",
    ".env",
    "trtc.ts",
    "tencent_im.go",
    "tirtc_main.c",
    "notes.md",
    "rtc.log",
    "ec_key.pem",
];

/// Where evidence decides: names that many systems share, with and without a word of whose they are.
const FORMS: &[&str] = &[
    "secret_key = \"{alnum:32}\"",
    "SECRET_KEY = '{alnum:50}'",
    "access_id: {access_id}\nsecret_key: {alnum:40}",
    "appId: 1600316266,\nkey: '{hex:64}'",
    "secretKey: \"{hex:64}\"",
    "secret: \"{hex:64}\"",
    "SECRET_KEY=\"{hex:63}\"",
    "key = \"{hex:64}\"",
    "password = \"{hex:64}\"",
    "jwt_secret_key: {alnum:32}",
    "access_key = \"AKIA{alnum:16}\"\nsecret_key = \"{alnum:40}\"",
    "密钥：{alnum:32}",
    "device_secret_key = \"{alnum:32}\"",
    "secret={alnum:32}",
    "license={license}",
    "token={mint:tirtc}",
    "userSig: '{mint:usersig}'",
    "data: {base64:secret_key={alnum:32} and more}",
    "{\"config\": \"{json:{\"secretKey\": \"{hex:64}\"}}\"}",
    "{pem:ec}",
    "# the words trtc and tirtc, which are evidence for what stands near\nsecret_key: {alnum:32}",
];

/// The bytes of a file in one of the ways in which files hold text.
fn held(rng: &mut Prng, text: &[u8], name: &str, is_large: bool) -> (&'static str, Vec<u8>) {
    let wide = |unit: fn(u16) -> [u8; 2]| {
        let text = String::from_utf8_lossy(text).into_owned();
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(unit).collect()
    };
    if is_large {
        // Read in parts.
        return ("", [&b"a line of words and numbers 0123456789\n".repeat(60_000)[..], text].concat());
    }
    match rng.below(12) {
        0 => ("", wide(u16::to_le_bytes)),
        1 => ("", wide(u16::to_be_bytes)),
        2 => (".gz", squeeze("gzip", text)),
        3 => (".tar", tar(&[("clean.txt", b"nothing\n"), (name, text)])),
        4 => (".zip", zip(&[(name, text), ("trtc/clean.txt", b"nothing\n")])),
        _ => ("", text.to_vec()),
    }
}

/// A tree out of a seed; each secret is in it once.
fn tree(seed: u64) -> Vec<(String, Vec<u8>)> {
    let mut rng = Prng::new(seed);
    let mut files = Vec::new();
    for (number, folder) in FOLDERS.iter().cycle().take(60).enumerate() {
        let name = *rng.pick::<&str>(NAMES);
        let mut text = b"nothing of note\n".to_vec();
        for part in 0..1 + rng.below(2) {
            text.extend(mint(rng.pick::<&str>(FORMS), &format!("everywhere/{seed}/{number}/{part}")));
            text.extend(b"\n\nwords\n\n");
        }
        let (ending, bytes) = held(&mut rng, &text, name, number == 3);
        files.push((format!("{folder}{number}/{name}{ending}"), bytes));
    }
    files
}

fn write(repo: &Repo, files: &[(String, Vec<u8>)]) {
    files.iter().for_each(|(path, bytes)| repo.write(path, bytes));
}

/// The findings of a report as they are written, without this in front of each path.
fn findings(ran: &Ran, prefix: &str) -> String {
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    let report = String::from_utf8(ran.stdout.clone()).expect("JSON is UTF-8");
    let (_, findings) = report.split_once("\"findings\":[").expect("a list of findings");
    findings.replace("\"./", "\"").replace(&format!("\"{prefix}"), "\"")
}

/// The lines that only one of two lists has.
fn compare(what: &str, expected: &str, got: &str) {
    let lines = |text: &str| text.lines().map(|line| line.trim_end_matches(',').to_owned()).collect();
    let (expected, got): (BTreeSet<String>, BTreeSet<String>) = (lines(expected), lines(got));
    let missing: Vec<_> = expected.difference(&got).take(5).collect();
    let more: Vec<_> = got.difference(&expected).take(5).collect();
    assert!(missing.is_empty() && more.is_empty(), "{what}\nmissing: {missing:#?}\nmore: {more:#?}");
}

fn check_same(what: &str, expected: &str, got: &str) {
    if expected != got {
        compare(what, expected, got);
        panic!("{what}: the same lines in another order");
    }
}

/// The same without the commit, as the index and the history tell findings, in the order of places.
fn without_commits(ran: &Ran) -> String {
    let mut lines: Vec<String> = ran
        .findings()
        .into_iter()
        .map(|mut finding| {
            finding["commit"] = Value::Null;
            finding.to_string().replace("\"./", "\"")
        })
        .collect();
    lines.sort();
    lines.join("\n")
}

#[test]
fn a_tree_says_the_same_from_every_directory() {
    for seed in 1..=2 {
        let lab = Lab::new();
        let files = tree(seed);
        // The words of vendors above the tree are not its own.
        for (at, repository) in
            [("plain", false), ("tirtc/trtc-demo/tencent/plain", false), ("tirtc/r", true)]
        {
            let top = if repository { lab.repo(at, &[]) } else { lab.at(at) };
            write(&top, &files);
        }
        let plain = lab.at("plain");
        let expected = findings(&plain.scan(&["."]), "");
        assert!(expected.lines().count() > 30, "{expected}");
        for at in ["plain", "tirtc/trtc-demo/tencent/plain", "tirtc/r"] {
            let inside = lab.at(at);
            let absolute = inside.path.to_str().expect("a path of text").to_owned();
            let (folder, name) = absolute.rsplit_once('/').expect("a parent");
            let parent = lab.at(at.rsplit_once('/').map_or("", |(parent, _)| parent));
            assert_eq!(parent.path.to_str().map(|path| path.trim_end_matches('/')), Some(folder));
            let named: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
            let ways: Vec<(&str, Ran, String)> = vec![
                ("without arguments", inside.scan(&[]), String::new()),
                ("from inside", inside.scan(&["."]), String::new()),
                ("with a slash", inside.scan(&["./"]), String::new()),
                ("by one thread", inside.scan(&["-j", "1", "."]), String::new()),
                ("from the parent", parent.scan(&[name]), format!("{name}/")),
                ("from a folder below", inside.below("trtc-demo/src").scan(&["../.."]), "../../".to_owned()),
                ("by its absolute path", parent.scan(&[&absolute]), format!("{absolute}/")),
                ("from elsewhere", lab.at("").scan(&[&format!("./{at}")]), format!("{at}/")),
                ("file by file", inside.scan(&named), String::new()),
            ];
            for (what, ran, prefix) in ways {
                let got = findings(&ran, &prefix);
                check_same(&format!("seed {seed}, {at}, {what}"), &expected, &got);
            }
        }
    }
}

#[test]
fn the_files_of_a_repository_say_the_same_from_above_it() {
    let lab = Lab::new();
    let repo = lab.repo("tirtc/trtc", &[]);
    write(&repo, &tree(4));
    let expected = findings(&repo.scan(&["."]), "");
    let above = lab.at("");
    check_same("from above", &expected, &findings(&above.scan(&["."]), "tirtc/trtc/"));
    check_same("from above", &expected, &findings(&above.scan(&["tirtc"]), "tirtc/trtc/"));
}

#[test]
fn a_part_of_a_repository_says_what_the_whole_says_of_it() {
    let lab = Lab::new();
    let repo = lab.repo("r", &[]);
    write(&repo, &tree(5));
    let all = findings(&repo.scan(&["."]), "");
    for part in ["tencent", "trtc-demo/src", "lib", "im/sdkappid"] {
        let of_part = |line: &&str| line.contains(&format!("\"path\":\"{part}/"));
        let expected: Vec<&str> = all.lines().filter(of_part).collect();
        for (ran, prefix) in
            [(repo.scan(&[part]), String::new()), (repo.below(part).scan(&["."]), String::new())]
        {
            let got = findings(&ran, &prefix);
            let shown = |line: &str| {
                line.replace(&format!("\"path\":\"{part}/"), "\"path\":\"").trim_end_matches(',').to_owned()
            };
            let got: Vec<String> =
                got.lines().filter(|line| line.starts_with("{\"rule\"")).map(shown).collect();
            let expected: Vec<String> = expected.iter().map(|line| shown(line)).collect();
            assert!(!expected.is_empty());
            compare(part, &expected.join("\n"), &got.join("\n"));
        }
    }
}

#[test]
fn the_index_and_the_history_say_the_same_as_the_files() {
    for seed in 6..=7 {
        let lab = Lab::new();
        let repo = lab.repo("tirtc/r", &[]);
        write(&repo, &tree(seed));
        let expected = without_commits(&repo.scan(&["."]));
        repo.git(&["add", "."]);
        compare(&format!("seed {seed}, staged"), &expected, &without_commits(&repo.scan(&["--staged"])));
        let below = repo.below("tencent").scan(&["--staged"]);
        compare(&format!("seed {seed}, staged, from below"), &expected, &without_commits(&below));
        // In the history, containers are read as the bytes that they are.
        let repo = lab.repo("tirtc/h", &[]);
        let is_plain = |path: &str| ![".gz", ".tar", ".zip"].iter().any(|end| path.ends_with(end));
        let files: Vec<_> = tree(seed).into_iter().filter(|(path, _)| is_plain(path)).collect();
        write(&repo, &files);
        let expected = without_commits(&repo.scan(&["."]));
        repo.git(&["add", "."]);
        repo.git(&["commit", "-q", "--no-verify", "-m", "all"]);
        for packed in [false, true] {
            if packed {
                repo.git(&["gc", "-q"]);
            }
            let what = format!("seed {seed}, history, packed {packed}");
            compare(&what, &expected, &without_commits(&repo.scan(&["--history"])));
            compare(&what, &expected, &without_commits(&repo.below("tencent").scan(&["--history"])));
            let ranged = repo.scan(&["--history", "--range", "HEAD"]);
            compare(&format!("{what}, a range"), &expected, &without_commits(&ranged));
        }
    }
}

#[test]
fn a_path_that_becomes_evidence_makes_a_finding_new() {
    let lab = Lab::new();
    let repo = lab.repo("r", &[]);
    let text = mint("words\nsecret: \"{hex:64}\"\n", "path");
    let first = repo.commit("app/a.yml", &text);
    assert!(repo.scan(&["--history"]).findings().is_empty(), "nothing says whose it is");
    repo.git(&["mv", "app", "tencent"]);
    assert_eq!(repo.scan(&["--staged"]).paths(), ["tencent/a.yml"], "now the path says so");
    repo.git(&["commit", "-q", "--no-verify", "-m", "moved"]);
    let moved = repo.head();
    repo.git(&["mv", "tencent/a.yml", "tencent/b.yml"]);
    assert!(repo.scan(&["--staged"]).findings().is_empty(), "it was there under another name");
    repo.git(&["commit", "-q", "--no-verify", "-m", "moved again"]);
    repo.git(&["mv", "tencent", "other"]);
    repo.git(&["commit", "-q", "--no-verify", "-m", "moved away"]);
    let away = repo.head();
    let found = repo.scan(&["--history"]).findings();
    let of =
        |path: &str| found.iter().find(|f| f["path"] == path).unwrap_or_else(|| panic!("{path}: {found:?}"));
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(of("tencent/a.yml")["commit"]["id"], moved.as_str());
    assert_eq!(of("tencent/b.yml")["commit"]["removed_by"], away.as_str());
    assert_eq!(repo.scan(&["--history", "--range", &format!("{first}..HEAD")]).paths(), ["tencent/a.yml"]);
    // A rewrite of the history takes out what its scan finds.
    let list = lab.path().join("list");
    let ran = repo.scrubjay(&["scrub", "--git-filter-repo", list.to_str().expect("a path of text")]);
    assert_eq!(
        std::fs::read_to_string(&list).map(|list| list.lines().count()).ok(),
        Some(1),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_a_later_commit_makes_a_secret_is_told_with_that_commit() {
    let lab = Lab::new();
    let repo = lab.repo("r", &[]);
    for folder in ["app", "tange"] {
        let path = format!("{folder}/a.yml");
        let text = mint("words\nsecret: \"{hex:64}\"\n", folder);
        repo.commit(&path, &text);
        assert!(repo.scan(&["--history"]).findings().iter().all(|f| f["path"] != path.as_str()));
        let with_word = repo.commit(&path, &[&text[..], b"\nsdkappid: 1400000042\n"].concat());
        let found = repo.scan(&["--history"]).findings();
        let finding = found.iter().find(|f| f["path"] == path.as_str()).expect("now it is one");
        assert_eq!(finding["commit"]["id"], with_word.as_str());
    }
}

#[test]
fn an_archive_says_the_same_as_the_files_in_it() {
    let lab = Lab::new();
    let (plain, packed) = (lab.at("plain"), lab.at("packed"));
    let mut entries = Vec::new();
    for (number, form) in FORMS.iter().enumerate() {
        let folder = FOLDERS[number % FOLDERS.len()];
        let name = format!("{folder}{number}/{}", NAMES[number % NAMES.len()]);
        entries.push((name, mint(form, &format!("archive/{number}"))));
    }
    write(&plain, &entries);
    let files: Vec<(&str, &[u8])> = entries.iter().map(|(path, bytes)| (path.as_str(), &bytes[..])).collect();
    packed.write("x.tar", &tar(&files));
    packed.write("y.zip", &zip(&files));
    packed.write("z.tgz", &squeeze("gzip", &tar(&files)));
    let told = |finding: &Value, path: &str| {
        format!("{path} {} {} {}", finding["line"], finding["severity"], finding["message"])
    };
    let expected: BTreeSet<String> =
        plain.scan(&[]).findings().iter().map(|f| told(f, f["path"].as_str().expect("a path"))).collect();
    let findings = packed.scan(&[]).findings();
    for container in ["x.tar", "y.zip", "z.tgz"] {
        let inside = findings.iter().filter(|f| f["path"] == container);
        let entry = |f: &Value| f["entry"].as_array().and_then(|way| way.last()?.as_str().map(str::to_owned));
        let got: BTreeSet<String> = inside.map(|f| told(f, &entry(f).expect("a way"))).collect();
        assert_eq!(got, expected, "{container}");
    }
    assert!(expected.len() > 10);
}
