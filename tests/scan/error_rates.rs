//! The error rates of detection, as laws: of random keys under an exact name next to none is missed,
//! and of identifiers and paths under the same name next to none is reported. Seeded, so that a
//! failure repeats; `ERROR_RATES_KEYS` sets how many keys are drawn (`tests/long-rates` draws millions).

#![allow(clippy::print_stdout, reason = "the figures are for the reader")]

use crate::support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use scrubjay::blob::{Blob, Origin};
use scrubjay::detect::{Detection, Detector, Scratch};
use scrubjay::finding::Verdict;
use scrubjay::scrub::Masker;
use support::NOW;
use support::keys::{CARRIERS, Carrier};
use support::prng::Prng;
use support::rates::{self, Rates};

/// How many keys an ordinary run draws.
const KEYS: usize = 110_000;

fn measure(finds: &(dyn Fn(&Carrier, &str, &str) -> bool + Sync)) -> Rates {
    rates::measure(CARRIERS, |carrier| carrier.name, KEYS, &|carrier, key, rng| {
        finds(carrier, &(carrier.write)(key, rng), key)
    })
}

fn detector() -> Detector {
    Detector::new(scrubjay::rule::builtin(), NOW)
}

fn leaks<'d>(detector: &'d Detector, path: &str, text: &str) -> Vec<Detection<'d>> {
    let origin = Origin::file(path);
    let mut found = Vec::new();
    detector.detect(&Blob::whole(text.as_bytes(), &origin), &mut Scratch::default(), &mut |d| {
        if matches!(d.verdict, Verdict::Report { .. }) {
            found.push(d);
        }
    });
    found
}

/// The value as a detection gives it: of a license the whole. Behind a value without quotes that does
/// not have its line for itself, a full stop and the like may belong to a sentence.
fn is_value(carrier: &Carrier, value: &[u8], key: &str) -> bool {
    let secret = if carrier.is_license { value.split(|b| *b == b',').next_back() } else { Some(value) };
    let is_punctuation = |b: &u8| b".!~#@?".contains(b);
    let rest = secret.and_then(|secret| key.as_bytes().strip_prefix(secret));
    rest.is_some_and(|rest| rest.is_empty() || (carrier.is_sentence && rest.iter().all(is_punctuation)))
}

#[test]
fn a_scan_finds_random_keys_whole() {
    let detector = detector();
    let rates = measure(&|carrier, text, key| {
        let found = leaks(&detector, carrier.path, text);
        found.len() == 1 && is_value(carrier, &found[0].value, key)
    });
    rates.check("scan");
}

#[test]
fn a_scrub_leaves_nothing_of_random_keys() {
    let masker = Masker::default();
    let rates = measure(&|_, text, key| {
        let mut masked = Vec::new();
        let hits = masker.mask(text.as_bytes(), &mut scrubjay::scrub::Scratch::default(), &mut masked);
        hits > 0 && !shows_part(&masked, text, key)
    });
    rates.check("scrub");
}

/// Whether a masked text still shows nine characters of a key in a row.
fn shows_part(masked: &[u8], text: &str, key: &str) -> bool {
    const READABLE: usize = 9;
    let shown = String::from_utf8_lossy(masked);
    // As the carrier wrote it, encodings included.
    let is_written = |part: &str| text.contains(part) && shown.contains(part);
    (0..=key.len() - READABLE).any(|at| is_written(&key[at..at + READABLE]))
}

/// Identifiers and paths as people write them, from the sources that this build was made of.
fn identifiers(most: usize) -> Vec<String> {
    let mut roots = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let cargo = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")));
    roots.extend(cargo.map(|cargo| cargo.join("registry/src")));
    roots.extend(["/usr/include", "/usr/lib/python3"].map(PathBuf::from));
    let all: BTreeSet<String> = roots.iter().flat_map(|root| identifiers_below(root)).collect();
    let mut all: Vec<String> = all.into_iter().collect();
    let mut rng = Prng::from_text("identifiers");
    while all.len() > most {
        all.swap_remove(rng.below(all.len()));
    }
    all
}

fn identifiers_below(root: &Path) -> BTreeSet<String> {
    const ENDINGS: [&str; 6] = ["rs", "h", "c", "py", "toml", "md"];
    const MAX_FILES: usize = 3_000;
    let mut found = BTreeSet::new();
    let mut waiting = vec![root.to_owned()];
    let mut files = 0;
    while let Some(directory) = waiting.pop() {
        for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_type().is_ok_and(|t| t.is_dir()) {
                waiting.push(path);
            } else if path.extension().is_some_and(|e| ENDINGS.iter().any(|known| e == *known)) {
                files += 1;
                if files > MAX_FILES {
                    return found;
                }
                let text = std::fs::read(&path).unwrap_or_default();
                found.extend(names_in(&String::from_utf8_lossy(&text)));
            }
        }
    }
    found
}

/// The identifiers and paths of a text: letters, and the signs that join words. Hashes and base64
/// blobs are not names; they have long runs of hex digits, or no joint and a digit.
fn names_in(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_./-:".contains(c);
    let is_name = |token: &&str| {
        let hex = token.split(|c: char| !c.is_ascii_hexdigit()).map(str::len).max().unwrap_or(0);
        (16..=64).contains(&token.len())
            && token.chars().filter(char::is_ascii_alphabetic).count() * 2 > token.len()
            && hex < 12
    };
    let lines = text.lines().filter(|line| line.len() < 200);
    let tokens = lines.flat_map(|line| line.split(|c: char| !is_part(c)));
    tokens
        .map(|token| token.trim_matches(|c: char| !c.is_ascii_alphanumeric()))
        .filter(is_name)
        .map(str::to_owned)
        .collect()
}

/// Writes a name as the value of a key.
type Write = fn(&str) -> String;

#[test]
fn identifiers_and_paths_are_not_reported_as_keys() {
    let detector = detector();
    let names = identifiers(20_000);
    let forms: [(&str, Write); 4] = [
        ("a.py", |name| format!("device_secret_key = \"{name}\"\n")),
        (".env", |name| format!("TIRTC_DEVICE_SECRET_KEY={name}\n")),
        ("a.json", |name| format!("{{\"device_secret_key\": \"{name}\"}}\n")),
        ("a.log", |name| format!("DEBUG device_secret_key={name} n=1\n")),
    ];
    for (path, write) in forms {
        let reported: Vec<_> =
            names.iter().filter(|name| !leaks(&detector, path, &write(name)).is_empty()).collect();
        println!(
            "{path}: {} of {} reported, such as {:?}",
            reported.len(),
            names.len(),
            &reported[..reported.len().min(40)]
        );
        assert!(reported.len() * 200 <= names.len(), "{path}: {} of {}", reported.len(), names.len());
    }
}
