//! One container reader for files, pipes and scrub: of containers that are changed in any way, what one of them
//! finds, counts or complains of, the others do not pass over in silence.
//!
//! Each kind is changed in 20 ways; `SCRUBJAY_ROUNDS=500` asks for as many as a release wants, with
//! `cargo test --test pack agreeing`. The changes follow from the number alone: what failed is in the message,
//! and is made again by the same number of rounds or more.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, io::Write};

use scrubjay::rewrite::{self, Mode, Outcome, Plan, Wants};
use scrubjay::scan::Progress;
use scrubjay::scrub::{Masker, Policy};

use crate::made::{Zipped, counted_from_start, squeeze, squeeze_as, tar, tar_entry, zip, zip_of};
use crate::support::prng::Prng;

/// Lines without a secret.
fn noise(rng: &mut Prng, lines: usize) -> Vec<u8> {
    (0..lines).flat_map(|n| format!("{n} nothing to see {}\n", rng.below(9999)).into_bytes()).collect()
}

/// A log with one secret in it.
fn log(rng: &mut Prng, lines: usize) -> Vec<u8> {
    let (before, behind) = (noise(rng, lines), noise(rng, lines));
    let secret = format!("device_secret_key = \"{}\"\n", rng.alnum(32)).into_bytes();
    [before, secret, behind].concat()
}

/// A container of each kind, each with one secret inside.
fn containers(rng: &mut Prng) -> Vec<(String, Vec<u8>)> {
    let small = log(rng, 8);
    let text = log(rng, 40);
    let two: [(&str, &[u8]); 3] = [("a/first.txt", &noise(rng, 9)), ("a/b.env", &text), ("c", b"behind\n")];
    let (archive, zipped) = (tar(&two), zip(&two));
    let one = zip(&[("one.env", &text)]);
    let stub = b"#!/bin/sh\nexec java -jar \"$0\" \"$@\"\n";
    let mut program = b"MZ\x90\0\x03\0\0\0".to_vec();
    program.extend(rng.bytes(700));
    let entry = |name, data, method, flags| Zipped { method, flags, ..Zipped::new(name, data) };
    let described = zip_of(&[entry("d.env", &text, 8, 8), entry("e", b"more", 8, 8)], b"");
    let stored = zip_of(&[entry("s.env", &text, 0, 0), entry("t", b"more", 0, 0)], b"a comment");
    let mut all: Vec<(String, Vec<u8>)> =
        ["gzip", "zstd", "bzip2", "xz", "lz4", "lzma", "zlib", "deflate", "compress", "utf-32"]
            .iter()
            .map(|name| ((*name).to_owned(), squeeze_as(name, &text, utf32_mark(name))))
            .collect();
    let made: Vec<(&str, Vec<u8>)> = vec![
        ("short zlib", squeeze("zlib", &small)),
        ("two members", [squeeze("gzip", b"first\n"), squeeze("gzip", &small)].concat()),
        ("tar", archive.clone()),
        ("tar of GNU", [tar_entry("././@LongLink", b'L', b"a/long/name.env\0"), tar(&two)].concat()),
        ("tar.gz", squeeze("gzip", &archive)),
        ("tar.zst", squeeze("zstd", &archive)),
        ("zip", zipped.clone()),
        ("zip of one", one.clone()),
        ("zip with sizes behind", described),
        ("zip that is stored", stored),
        ("zipapp", [&stub[..], &one].concat()),
        ("zipapp counted from its start", counted_from_start(stub, &one)),
        ("program with a zip", [&program[..], &zipped].concat()),
        ("zip with more behind", [&zipped[..], &noise(rng, 30)].concat()),
        ("zip between others", [&program[..], &zipped, &noise(rng, 30)].concat()),
        ("zip in zip", zip(&[("in.zip", &zipped)])),
        ("zip in tar", tar(&[("lib.jar", &one), ("x", b"y")])),
        ("gzip in zip", zip(&[("l.gz", &squeeze("gzip", &text))])),
        ("script with gzip", [b"#!/bin/sh\nexit\n", &squeeze("gzip", &archive)[..]].concat()),
        ("script with xz", [b"#!/bin/sh\nexit\n", &squeeze("xz", &archive)[..]].concat()),
    ];
    all.extend(made.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)));
    all
}

/// UTF-32 begins with a mark where the stream that it replaces does.
fn utf32_mark(name: &str) -> &'static [u8] {
    if name == "utf-32" { b"\xff\xfe\0\0" } else { b"" }
}

/// Changes a container as damage, editors and people do.
fn changed(bytes: &[u8], rng: &mut Prng) -> Vec<u8> {
    let mut out = bytes.to_vec();
    // Heads and ends decide more than what is between.
    let place = |rng: &mut Prng, length: usize| match rng.below(4) {
        0 => rng.below(length.min(40)),
        1 => rng.below(length.min(700)),
        2 => length - 1 - rng.below(length.min(200)),
        _ => rng.below(length),
    };
    for _ in 0..1 + rng.below(3) {
        let at = place(rng, out.len());
        match rng.below(12) {
            0 => out.truncate(at.max(20)),
            1 => drop(out.drain(at..(at + 1 + rng.below(40)).min(out.len()))),
            2 => drop(out.splice(at..at, rng.bytes(7))),
            3 => out.extend(noise(rng, 3)),
            4 => out = [noise(rng, 2), out].concat(),
            5 => out = [rng.bytes(9), out].concat(),
            6 => out.extend(vec![0; 600]),
            7 => {
                let end = (at + 1 + rng.below(30)).min(out.len());
                out[at..end].fill(0);
            }
            8 => out = [bytes, &out[..]].concat(),
            _ => out[at] = *rng.pick(&[0, 0xff, 0x80, 1, 0x7f, out[at] ^ 1, out[at].wrapping_add(1)]),
        }
        if out.len() < 20 {
            out.extend(rng.bytes(20));
        }
    }
    out
}

fn rounds() -> usize {
    std::env::var("SCRUBJAY_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(20)
}

fn scrubjay(directory: &Path, args: &[&str], input: Option<&Path>) -> Output {
    let stdin = input.map_or_else(Stdio::null, |path| fs::File::open(path).expect("is there").into());
    let mut command = Command::new(env!("CARGO_BIN_EXE_scrubjay"));
    command.args(args).current_dir(directory).stdin(stdin).output().expect("runs")
}

/// The paths of findings, and of what was told on standard error, of a scan of a directory.
fn scanned(directory: &Path, path: &str) -> (BTreeMap<String, usize>, BTreeSet<String>) {
    let ran = scrubjay(directory, &["scan", "-v", "-f", "jsonl", "--no-config", path], None);
    assert!(matches!(ran.status.code(), Some(0..=2)), "{}", String::from_utf8_lossy(&ran.stderr));
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for line in String::from_utf8_lossy(&ran.stdout).lines() {
        let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
        *found.entry(name(value["path"].as_str().expect("a path")).to_owned()).or_default() += 1;
    }
    let stderr = String::from_utf8_lossy(&ran.stderr).into_owned();
    let told = stderr.lines().filter_map(|line| {
        line.strip_prefix("skipped: ")
            .or_else(|| line.strip_prefix("scrubjay: "))
            .and_then(|l| l.split_once(": "))
    });
    (found, told.map(|(path, _)| name(path.split(" > ").next().unwrap_or(path)).to_owned()).collect())
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// What scrub makes of one file.
fn scrubbed(masker: &Arc<Masker>, file: &Path, into: &Path) -> Outcome {
    let mode = Mode::Into(into.to_owned());
    let wants = Wants { findings: false, verdicts_at: Some(crate::support::NOW) };
    let plan = Plan { masker, mode: &mode, jobs: 1, wants, records: None, stop: Arc::default() };
    let listed = rewrite::list(&[file.to_owned()], &[], None).expect("lists");
    rewrite::run(&plan, listed, &Progress::default(), &|_| {}).expect("runs")
}

/// What each way said of one container.
#[derive(Debug, Default)]
struct Said {
    found: usize,
    file: bool,
    pipe: bool,
    scrub: bool,
    scrub_pipe: bool,
    /// Something that scrub masks and a scan does not report.
    only_scrub: bool,
    /// Scrub said that all is well, and a scan of what it made finds something.
    left: Vec<&'static str>,
}

/// Everything that one kind's containers give, changed in every way.
fn complaints(kind: &str, whole: &[u8]) -> Vec<String> {
    let mut rng = Prng::from_text(kind);
    let lab = tempfile::tempdir().expect("a directory");
    let at = |name: &str| lab.path().join(name);
    for directory in ["in", "out", "piped"] {
        fs::create_dir(at(directory)).expect("made");
    }
    let names: Vec<String> = (0..=rounds()).map(|n| format!("{n:04}")).collect();
    for (n, name) in names.iter().enumerate() {
        let bytes = if n == 0 { whole.to_vec() } else { changed(whole, &mut rng) };
        fs::write(at("in").join(name), bytes).expect("written");
    }
    let (found, told) = scanned(lab.path(), "in");
    let masker = Arc::new(Masker::new(Policy::builder().build().expect("a policy")));
    let mut said: BTreeMap<&str, Said> = BTreeMap::new();
    for name in &names {
        let file = at("in").join(name);
        let count = found.get(name).copied().unwrap_or(0);
        let mut one = Said { found: count, file: count > 0 || told.contains(name), ..Said::default() };
        let pipe = scrubjay(lab.path(), &["scan", "-v", "-f", "jsonl", "--no-config", "-"], Some(&file));
        assert!(matches!(pipe.status.code(), Some(0..=2)), "{kind} {name}");
        let skipped = String::from_utf8_lossy(&pipe.stderr).contains("skipped: ");
        one.pipe = pipe.status.code() != Some(0) || skipped;
        let outcome = scrubbed(&masker, &file, &at("out"));
        let is_whole = outcome.failures.is_empty() && outcome.skipped.is_empty();
        one.scrub = !is_whole || outcome.changed > 0 || !outcome.unopened.is_empty();
        one.only_scrub =
            is_whole && outcome.unopened.is_empty() && outcome.rules.keys().all(|r| r == "field");
        let piped = scrubjay(lab.path(), &["scrub"], Some(&file));
        assert!(matches!(piped.status.code(), Some(0 | 2)), "{kind} {name}");
        let is_other = piped.stdout != fs::read(&file).expect("there");
        one.scrub_pipe = piped.status.code() != Some(0) || !piped.stderr.is_empty() || is_other;
        if !is_whole {
            drop(fs::remove_file(at("out").join(name)));
        }
        if piped.status.code() == Some(0) {
            fs::write(at("piped").join(name), &piped.stdout).expect("written");
        }
        said.insert(name, one);
    }
    for (directory, what) in [("out", "file"), ("piped", "pipe")] {
        for name in scanned(lab.path(), directory).0.keys() {
            said.get_mut(&**name).expect("is one of them").left.push(what);
        }
    }
    let differs = |one: &Said| {
        let scans = one.file == one.pipe;
        let scrubs = one.scrub == one.file || one.only_scrub && one.scrub;
        let pipes = one.scrub_pipe || !one.file;
        !(scans && scrubs && pipes && one.left.is_empty())
    };
    let first = said.get("0000").map_or(0, |one| one.found);
    let mut out: Vec<String> = said
        .iter()
        .filter(|(_, one)| differs(one))
        .map(|(name, one)| format!("{kind} {name}: {one:?}"))
        .collect();
    if first == 0 && !kind.starts_with("script") {
        out.push(format!("{kind}: nothing is found in the whole one"));
    }
    if !out.is_empty()
        && let Ok(keep) = std::env::var("SCRUBJAY_KEEP")
    {
        for name in said.iter().filter(|(_, one)| differs(one)).map(|(name, _)| name) {
            let to = Path::new(&keep).join(format!("{} {name}", kind.replace('/', "_")));
            fs::copy(at("in").join(name), to).expect("copied");
        }
    }
    out
}

#[test]
fn no_way_is_silent_where_another_is_not() {
    let containers = containers(&mut Prng::new(13));
    assert!(containers.len() >= 16);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut out = Vec::new();
        while let Some((kind, bytes)) = containers.get(next.fetch_add(1, Ordering::Relaxed)) {
            out.extend(complaints(kind, bytes));
        }
        out
    };
    let out: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    });
    let mut stderr = std::io::stderr();
    out.iter().for_each(|line| writeln!(stderr, "{line}").expect("told"));
    assert!(out.is_empty(), "{} differences", out.len());
}
