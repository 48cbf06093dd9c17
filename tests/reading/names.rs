//! Secrets in names: of files, folders, links, and of what archives hold. Each is a finding at the path, and no
//! report, message or record shows it. Whatever the command prints is searched for what was minted.

use std::io::Write as _;

use miniz_oxide::deflate::compress_to_vec;

use crate::lab::{Lab, Repo, mint, secret};
use crate::made::{pax, squeeze, tar, tar_entry, tar_header, zip};

fn name(seed: &str) -> String {
    String::from_utf8(mint("secret_key={alnum:32}", seed)).expect("text")
}

/// A tree of names, with how many of them are secret.
fn fill(repo: &Repo) -> usize {
    let ways: &[&dyn Fn(&str)] = &[
        &|name| repo.write(name, b"x\n"),
        &|name| repo.write(&format!("{name}.txt"), b"x\n"),
        &|name| repo.write(&format!("a/{name}.tar.gz.bak"), b""),
        &|name| repo.write(&format!("b/words before {name}.env"), b"x\n"),
        &|name| {
            // Of a folder with many files once.
            for file in 0..40 {
                repo.write(&format!("{name}/deeper/{file}.txt"), b"x\n");
            }
        },
        &|name| repo.write(&format!(".{name}"), b"x\n"),
        #[cfg(unix)]
        &|name| {
            std::os::unix::fs::symlink("nowhere", repo.path.join(format!("{name}.link"))).expect("a link");
        },
        #[cfg(target_os = "linux")]
        &|name| {
            use std::os::unix::ffi::OsStrExt as _;
            let bytes = [b"\xff\xfe ", name.as_bytes(), b" \xc3"].concat();
            std::fs::write(repo.path.join(std::ffi::OsStr::from_bytes(&bytes)), b"x\n").expect("a file");
        },
    ];
    for (number, way) in ways.iter().enumerate() {
        way(&name(&format!("tree/{number}")));
    }
    ways.len()
}

#[test]
fn each_is_a_finding_at_its_path() {
    let lab = Lab::new();
    let repo = lab.at("tree");
    let count = fill(&repo);
    let ran = repo.scan(&["."]);
    let findings = ran.findings();
    assert_eq!((ran.status, findings.len()), (1, count), "{}", ran.stderr);
    assert!(findings.iter().all(|finding| finding["entry"] == serde_json::json!(["(name)"])), "{findings:?}");
    assert!(
        findings.iter().all(|finding| finding["path"].as_str().is_some_and(|path| path.contains("****")))
    );
    // Named one by one they say the same.
    let names = std::fs::read_dir(&repo.path).expect("a folder").flatten().filter(|e| e.path().is_file());
    for entry in names.filter_map(|entry| entry.file_name().into_string().ok()) {
        let ran = repo.scan(&["--", &entry]);
        assert_eq!((ran.status, ran.findings().len()), (1, 1), "{}", ran.stderr);
    }
}

#[test]
fn no_format_and_no_message_shows_them() {
    let lab = Lab::new();
    let repo = lab.at("tree");
    fill(&repo);
    // Named by its value alone, which only its content gives away.
    let known = mint("{alnum:32}", "known");
    let file = format!("backup-of-{}.env", String::from_utf8_lossy(&known));
    repo.write(&file, &[&b"secret_key = \""[..], &known, b"\"\n"].concat());
    // What is damaged, and what is not looked into.
    let damaged = name("damaged") + ".gz";
    repo.write(&damaged, &squeeze("gzip", &secret("in it"))[..20]);
    repo.write(&(name("picture") + ".png"), b"\x89PNG\r\n\x1a\n and more of it");
    repo.write(
        &(name("archive") + ".zip"),
        &zip(&[(&format!("d/{}.txt", name("inside")), &secret("inside, too"))]),
    );
    let formats =
        ["human", "json", "jsonl", "sarif", "gitlab", "github", "junit", "rdjsonl", "csv", "markdown"];
    for format in formats {
        for more in [&[][..], &["-v"], &["--all"], &["--exclude", "a/"]] {
            let ran = repo.scrubjay(&[&["scan", "-f", format], more, &["."]].concat());
            assert_eq!(ran.status, 1, "{format} {more:?}: {}", ran.stderr);
        }
    }
    let path = name("tree/1") + ".txt";
    for line in ["1", "7"] {
        assert_eq!(repo.scrubjay(&["scan", "--explain", &format!("{path}:{line}")]).status, 0);
    }
    repo.scrubjay(&["scan", "--explain", &format!("{file}:1")]);
    for args in [&["--write-baseline", "base", "."][..], &["--baseline", "base", "--prune", "."]] {
        let ran = repo.scrubjay(&[&["scan"], args].concat());
        assert_eq!(ran.status, 0, "{}", ran.stderr);
    }
    crate::lab::assert_silent("the baseline", &std::fs::read(repo.path.join("base")).expect("a baseline"));
    // What was accepted with a name is accepted, and another one is not.
    repo.write(&(name("new") + ".txt"), b"x\n");
    assert_eq!(repo.scan(&["--baseline", "base", "."]).findings().len(), 1);
}

/// A header of gzip with a name and a comment, around nothing of note.
fn gzip(name: &str, comment: &str) -> Vec<u8> {
    let flags = if name.is_empty() { 0 } else { 8 } | if comment.is_empty() { 0 } else { 16 };
    let mut out = vec![0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 255];
    for text in [name, comment].iter().filter(|text| !text.is_empty()) {
        out.write_all(text.as_bytes()).expect("memory");
        out.push(0);
    }
    out.extend(compress_to_vec(b"", 6));
    out.extend([0; 8]);
    out
}

/// An entry of a tar with a field of its header filled.
fn tar_with(at: usize, text: &str, kind: u8) -> Vec<u8> {
    let mut header = tar_header("entry", kind, 0);
    header[at..at + text.len()].copy_from_slice(text.as_bytes());
    crate::made::sum(&mut header);
    [&header[..], &[0; 1024]].concat()
}

#[test]
fn what_stands_beside_the_entries_of_an_archive_is_read() {
    let end = [0_u8; 1024];
    let long = |name: &str| format!("{}/{name}", "x".repeat(90));
    type Way<'w> = (&'w str, &'w dyn Fn(&str) -> Vec<u8>);
    let ways: &[Way<'_>] = &[
        ("a.zip", &|name| zip(&[(name, b"x\n")])),
        ("ending.zip", &|name| zip(&[(&format!("d/{name}.txt"), b"x\n")])),
        ("folder.zip", &|name| zip(&[(&format!("{name}/"), b"")])),
        ("a.tar", &|name| tar(&[(name, b"x\n")])),
        ("empty.tar", &|name| tar(&[(name, b"")])),
        ("folder.tar", &|name| [&tar_entry(name, b'5', b"")[..], &end].concat()),
        ("link.tar", &|name| [&tar_entry(name, b'2', b"")[..], &end].concat()),
        ("target.tar", &|name| tar_with(157, name, b'2')),
        ("hard.tar", &|name| tar_with(157, name, b'1')),
        ("long.tar", &|name| {
            [&tar_entry("l", b'K', long(name).as_bytes())[..], &tar_entry("a", b'2', b""), &end].concat()
        }),
        ("pax.tar", &|name| {
            [&tar_entry("p", b'x', &pax("comment", name))[..], &tar_entry("a", b'0', b"x\n"), &end].concat()
        }),
        ("global.tar", &|name| {
            [&tar_entry("p", b'g', &pax("comment", name))[..], &tar_entry("a", b'0', b"x\n"), &end].concat()
        }),
        ("a.tgz", &|name| squeeze("gzip", &tar(&[(name, b"x\n")]))),
        ("zip-in-a.tar", &|name| tar(&[("a.zip", &zip(&[(name, b"x\n")]))])),
        ("name.gz", &|name| gzip(name, "")),
        ("comment.gz", &|name| gzip("a", name)),
    ];
    let lab = Lab::new();
    let repo = lab.repo("repo", &[]);
    for (file, make) in ways {
        let bytes = make(&name(file));
        repo.write(file, &bytes);
        let ran = repo.scan(&[file]);
        assert_eq!((ran.status, ran.findings().len()), (1, 1), "{file}: {} {:?}", ran.stderr, ran.findings());
        let ran = repo.run(crate::lab::SCRUBJAY, &["scan", "-f", "json", "-"], &bytes);
        assert_eq!(ran.status, 1, "{file} in a pipe: {}", ran.stderr);
        // Names are not changed, so that nothing could be masked is no clean file.
        let ran = repo.scrubjay(&["scrub", "--dry-run", file]);
        assert_eq!(ran.status, 2, "{file}: {}", ran.stderr);
        assert!(ran.stderr.contains("rename it"), "{file}: {}", ran.stderr);
        // What comes out is the archive, with its names.
        let out = repo.command(crate::lab::SCRUBJAY).args(["scrub", file]).output().expect("it ends");
        assert_eq!(out.status.code(), Some(2), "{file} to a pipe");
        crate::lab::assert_silent(file, &out.stderr);
    }
    repo.git(&["add", "."]);
    assert_eq!(repo.scan(&["--staged"]).findings().len(), ways.len());
    repo.run("git", &["commit", "-q", "-m", "all"], b"");
    assert_eq!(repo.scan(&["--history"]).findings().len(), ways.len());
    assert_eq!(repo.scan(&["--history", "--range", "HEAD"]).findings().len(), ways.len());
}

#[test]
fn scrub_tells_them_and_shows_them_nowhere() {
    let lab = Lab::new();
    let repo = lab.at("logs");
    repo.write("a.log", &secret("a"));
    let known = mint("{alnum:32}", "known to scrub");
    repo.write(
        &format!("of-{}.log", String::from_utf8_lossy(&known)),
        &[&b"secret_key = \""[..], &known, b"\"\n"].concat(),
    );
    let (file, folder) = (name("file"), name("folder"));
    repo.write(&format!("{file}.log"), &secret("in a file"));
    repo.write(&format!("{folder}/b.log"), b"clean\n");
    for args in [
        &["--dry-run", "--report", "../dry.sarif", "."][..],
        &["--output", "../copy", "--record", "../copy.jsonl", "."],
        &["--in-place", "--record", "../custody.jsonl", "--report", "../report.json", "."],
    ] {
        let ran = repo.scrubjay(&[&["scrub"], args].concat());
        assert_eq!(ran.status, 2, "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.matches("rename it").count() >= 2, "{}", ran.stderr);
    }
    for file in ["dry.sarif", "copy.jsonl", "custody.jsonl", "report.json"] {
        let text = std::fs::read(repo.path.join("..").join(file)).expect("it was written");
        crate::lab::assert_silent(file, &text);
    }
    // An ordinary name is shown as it is, however it looks.
    let repo = lab.at("plain");
    let plain = "assets/index-BfD3x9aQ1zK7pLm2Wq8Rt5Yv.js";
    repo.write(plain, &secret("plain"));
    assert_eq!(repo.scan(&["."]).paths(), [plain]);
    assert!(String::from_utf8_lossy(&repo.scrubjay(&["scrub", "--dry-run", "."]).stdout).contains(plain));
}

#[test]
fn a_value_in_the_place_of_an_argument_is_not_shown() {
    let lab = Lab::new();
    let repo = lab.at("here");
    repo.write("a.txt", b"x\n");
    // Letters and digits of all kinds, letters alone, few of them, hex.
    let values = ["{alnum:32}", "{alnum:24}", "{hex:64}", "{mint:tirtc}"];
    for (number, form) in values.iter().enumerate() {
        let value = String::from_utf8(mint(form, &format!("argument/{number}"))).expect("text");
        let value = value.as_str();
        let glob = format!("[{value}");
        for option in [
            "--config",
            "--rules",
            "--only",
            "--skip",
            "--now",
            "--known-secrets",
            "--baseline",
            "--format",
            "--jobs",
            "--explain",
            "--fail-on",
            "--prove-limit",
            "--diff",
            "--since",
            "--range",
        ] {
            let ran = repo.scrubjay(&["scan", option, value, "a.txt"]);
            assert_eq!(ran.status, 2, "{option}: {}", ran.stderr);
        }
        let wholes: &[&[&str]] = &[
            &[value],
            &["scan", value],
            &["scan", "--history", value],
            &["scan", "--exclude", &glob, "."],
            &["scan", "-o", &format!("nowhere/{value}"), "a.txt"],
            &["scan", &format!("--{value}")],
            &["scrub", value],
            &["scrub", "--in-place", value],
            &["hook", value],
            &["hook", "commit-msg", value],
            &["rules", "explain", value],
            &["token", "explain", value],
            &["token", "inspect", "--token-file", value],
            &[
                "token",
                "sign",
                "tirtc",
                "--access-id",
                "a",
                "--subject",
                "u",
                "--remote-id",
                "r",
                "--secret-key-file",
                value,
            ],
            &["token", "sign", "usersig", "--sdk-app-id", value],
            &["completions", value],
            &["man", value],
        ];
        for args in wholes {
            let ran = repo.scrubjay(args);
            assert_ne!(ran.status, 0, "{args:?}: {}", ran.stderr);
        }
        for settings in [
            format!("exclude = [\"[{value}\"]\n"),
            format!("{value} = 1\n"),
            format!("[rules]\nonly = [\"{value}\"]\n"),
            format!("[[allow]]\nrule = \"{value}\"\nreason = \"x\"\n"),
            value.to_owned(),
        ] {
            repo.write("scrubjay.toml", settings.as_bytes());
            assert_eq!(repo.scrubjay(&["scan", "."]).status, 2);
        }
        std::fs::remove_file(repo.path.join("scrubjay.toml")).expect("it was there");
        for rules in [format!("[[rules]]\nid = \"a\"\nregex = \"({value}\"\n"), value.to_owned()] {
            repo.write("rules.toml", rules.as_bytes());
            assert_eq!(repo.scrubjay(&["scan", "--rules", "rules.toml", "a.txt"]).status, 2);
        }
    }
}
