//! What each reason to stay silent costs and saves: of random keys it loses some, of identifiers, source
//! trees and silent files it spares the reader many. Prints the Markdown table of `docs/detection.md`.
//!
//! ```sh
//! cargo run --release --example filter_rates              # the crates' sources as source trees
//! cargo run --release --example filter_rates -- DIR…      # these trees instead
//! ```
//!
//! A value is counted under the first reason that silences it, in the order in which the filters are
//! asked.

#![allow(clippy::print_stdout, reason = "a program whose output is its purpose")]

#[path = "../../tests/support/keys.rs"]
#[allow(dead_code, reason = "the tests use what the table does not")]
mod keys;
#[path = "../../tests/support/prng.rs"]
#[allow(dead_code, reason = "the tests use what the table does not")]
mod prng;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use scrubjay::blob::{Blob, Origin};
use scrubjay::detect::{Detector, Scratch};
use scrubjay::finding::Verdict;

use keys::{ALPHABETS, CARRIERS, LENGTHS, draw_key};
use prng::Prng;

/// How many random keys are drawn.
const KEYS: usize = 100_000;

/// How many identifiers and paths are tried as values.
const IDENTIFIERS: usize = 20_000;

/// Larger files are data.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// The clock.
const NOW: i64 = 1_800_000_000;

/// The name of the row that counts what is reported.
const REPORTED: &str = "(reported)";

/// The name of the row that counts what no rule matches at all.
const UNMATCHED: &str = "(not matched)";

type Counts = BTreeMap<String, usize>;

fn main() {
    let detector = Detector::new(scrubjay::rule::builtin(), NOW);
    let arguments: Vec<PathBuf> = std::env::args().skip(1).map(PathBuf::from).collect();
    let trees = if arguments.is_empty() { vec![crates()] } else { arguments };
    let columns = [
        ("random keys", count_keys(&detector)),
        ("identifiers", count_identifiers(&detector, &trees)),
        ("source trees", count_trees(&detector, &trees)),
        ("silent files", count_silent_files(&detector)),
    ];
    let reasons: BTreeSet<&String> = columns.iter().flat_map(|(_, counts)| counts.keys()).collect();
    println!("| reason | {} |", columns.each_ref().map(|(name, _)| *name).join(" | "));
    println!("|---|{}", "---:|".repeat(columns.len()));
    for reason in reasons {
        let cells =
            columns.each_ref().map(|(_, counts)| counts.get(reason).copied().unwrap_or(0).to_string());
        println!("| {reason} | {} |", cells.join(" | "));
    }
}

/// The sources of the crates that the build downloaded.
fn crates() -> PathBuf {
    let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo"));
    let cargo = std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(home).unwrap_or_default();
    cargo.join("registry/src")
}

/// Adds every verdict on a text; gives how many there were.
fn add(detector: &Detector, path: &str, text: &[u8], counts: &mut Counts) -> usize {
    let origin = Origin::file(path);
    let mut verdicts = 0;
    detector.detect(&Blob::whole(text, &origin), &mut Scratch::default(), &mut |d| {
        let reason = match &d.verdict {
            Verdict::Report { .. } => REPORTED,
            // What is behind the colon quotes the text.
            Verdict::Silent { reason } => reason.split(':').next().unwrap_or_default(),
        };
        *counts.entry(reason.to_owned()).or_default() += 1;
        verdicts += 1;
    });
    verdicts
}

fn count_keys(detector: &Detector) -> Counts {
    let mut counts = Counts::new();
    let mut rng = Prng::from_text("filters");
    for _ in 0..KEYS {
        let (alphabet, length) = (rng.pick(ALPHABETS), *rng.pick(LENGTHS));
        let carrier = rng.pick(CARRIERS);
        let key = draw_key(alphabet, length, &mut rng);
        let text = (carrier.write)(&key, &mut rng);
        if add(detector, carrier.path, text.as_bytes(), &mut counts) == 0 {
            *counts.entry(UNMATCHED.to_owned()).or_default() += 1;
        }
    }
    counts
}

/// Identifiers and paths of the trees under the name of a key.
fn count_identifiers(detector: &Detector, trees: &[PathBuf]) -> Counts {
    let mut names = BTreeSet::new();
    for_each_file(trees, &mut |_, bytes| {
        let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"_./-:".contains(b);
        for token in bytes.split(|b| !is_part(b)).filter(|token| (16..=64).contains(&token.len())) {
            let hex = token.split(|b| !b.is_ascii_hexdigit()).map(<[u8]>::len).max().unwrap_or(0);
            let letters = token.iter().filter(|b| b.is_ascii_alphabetic()).count();
            if hex < 12 && letters * 2 > token.len() {
                names.insert(String::from_utf8_lossy(token).into_owned());
            }
        }
        names.len() < 20 * IDENTIFIERS
    });
    let mut names: Vec<String> = names.into_iter().collect();
    let mut rng = Prng::from_text("identifiers");
    while names.len() > IDENTIFIERS {
        names.swap_remove(rng.below(names.len()));
    }
    let mut counts = Counts::new();
    for name in &names {
        let text = format!("device_secret_key = \"{name}\"\n");
        if add(detector, "a.py", text.as_bytes(), &mut counts) == 0 {
            *counts.entry(UNMATCHED.to_owned()).or_default() += 1;
        }
    }
    counts
}

fn count_trees(detector: &Detector, trees: &[PathBuf]) -> Counts {
    let mut counts = Counts::new();
    for_each_file(trees, &mut |path, bytes| {
        add(detector, path, bytes, &mut counts);
        true
    });
    counts
}

/// The project's own files that must stay silent.
fn count_silent_files(detector: &Detector) -> Counts {
    let mut counts = Counts::new();
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let is_silent = |path: &str| path.contains("corpus") || path.contains("silent");
    for_each_file(&[tests.join("corpus"), tests.join("cases")], &mut |path, bytes| {
        if is_silent(path) {
            add(detector, path, bytes, &mut counts);
        }
        true
    });
    counts
}

/// Reads the files below the trees, until the visitor has enough.
fn for_each_file(trees: &[PathBuf], visit: &mut dyn FnMut(&str, &[u8]) -> bool) {
    let mut waiting = trees.to_vec();
    while let Some(directory) = waiting.pop() {
        let mut entries: Vec<_> = fs::read_dir(directory).into_iter().flatten().flatten().collect();
        entries.sort_by_key(fs::DirEntry::path);
        for entry in entries {
            let (path, Ok(data)) = (entry.path(), entry.metadata()) else { continue };
            if data.is_dir() {
                waiting.push(path);
            } else if data.is_file() && data.len() <= MAX_FILE_BYTES {
                let bytes = fs::read(&path).unwrap_or_default();
                if !visit(&path.to_string_lossy(), &bytes) {
                    return;
                }
            }
        }
    }
}
