//! Trains the table of `src/judge/likelihood.rs`: how people write identifiers, paths and words.
//!
//! ```sh
//! cargo run --release --example train_likelihood                      # only reports, on held-out tokens
//! cargo run --release --example train_likelihood -- --write           # writes src/judge/likelihood.table
//! cargo run --release --example train_likelihood -- DIR… --test DIR   # other text to learn from, or to test on
//! ```
//!
//! The text is what any machine with a Rust toolchain and a C compiler has: the sources of the crates
//! that the build downloads, system headers, Python's and Node.js's libraries, and what
//! `tests/real-trees --fetch` has unpacked. The committed table was made from the crates of
//! `Cargo.lock`, Debian's `/usr/include` and `/usr/lib/python3.11`, npm, and Debian's sources of linux,
//! nodejs, tomcat10, python-django and keystone. Other text gives another table of about the same
//! quality; the report shows both error rates.

#![allow(clippy::print_stdout, reason = "a program whose output is its purpose")]

#[path = "../../src/judge/likelihood.rs"]
#[allow(dead_code, reason = "the judge uses what the trainer does not")]
mod likelihood;

use std::collections::HashSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use likelihood::{CASES, DIGITS, EIGHTHS, SYMBOLS, TABLE_BYTES, cells, score_with};

/// How likely people write a character that has no symbol of its own, whatever was before it: tokens
/// are cut at such characters, so nothing can be learned about them.
const RARE: f64 = 0.002;

type Table = [u8; TABLE_BYTES];
type Tokens = Vec<Vec<u8>>;

/// Tokens of these lengths are learned from: shorter ones are never judged.
const LENGTHS: std::ops::RangeInclusive<usize> = 16..=80;

/// At most so many tokens of one directory, so that a large one does not drown the others.
const MAX_TOKENS_PER_DIRECTORY: usize = 400_000;

/// Tokens that score higher are random after all (hashes, base64) and are left out of the second round.
const RANDOM_SCORE: f32 = 10.0;

/// More hex digits in a row than any word has.
const MAX_HEX_RUN: usize = 12;

/// Longer lines are data or minified code.
const MAX_LINE_BYTES: usize = 400;

fn main() -> Result<(), Box<dyn Error>> {
    let mut directories = Vec::new();
    let mut test_directories = Vec::new();
    let mut write = false;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--write" => write = true,
            "--test" => test_directories.push(PathBuf::from(args.next().ok_or("--test needs a directory")?)),
            directory => directories.push(PathBuf::from(directory)),
        }
    }
    if directories.is_empty() {
        directories = usual_directories();
    }
    let (train, mut held_out) = split(directories.iter().map(|d| tokens_of(d)).collect());
    if !test_directories.is_empty() {
        held_out = test_directories.iter().flat_map(|d| tokens_of(d)).collect();
    }
    let first = count(train.iter());
    let table = count(train.iter().filter(|t| score_with(&first, t) < RANDOM_SCORE));
    report_random(&table);
    report_words(&table, &held_out);
    if write {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/judge/likelihood.table");
        fs::write(&path, &table[..])?;
        println!("wrote {}", path.display());
    }
    Ok(())
}

/// Where text is found on most machines.
fn usual_directories() -> Vec<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let cargo = std::env::var_os("CARGO_HOME").map_or_else(|| home.join(".cargo"), PathBuf::from);
    let mut all = vec![
        cargo.join("registry/src"),
        "/usr/include".into(),
        "/usr/lib/python3".into(),
        "/usr/lib/python3.11".into(),
        "/usr/lib/node_modules".into(),
    ];
    let fetched = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/real-trees");
    all.extend(fs::read_dir(fetched).into_iter().flatten().flatten().map(|entry| entry.path()));
    all
}

/// The tokens of all text files below a directory, in an order that only their bytes decide.
fn tokens_of(directory: &Path) -> Tokens {
    let mut tokens = HashSet::new();
    let mut waiting = vec![directory.to_owned()];
    while let Some(directory) = waiting.pop() {
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => waiting.push(entry.path()),
                Ok(kind) if kind.is_file() => {
                    collect(&fs::read(entry.path()).unwrap_or_default(), &mut tokens);
                }
                _ => {}
            }
        }
    }
    let mut tokens: Tokens = tokens.into_iter().collect();
    tokens.sort_by_key(|token| hash(token));
    tokens.truncate(MAX_TOKENS_PER_DIRECTORY);
    println!("{}: {} tokens", directory.display(), tokens.len());
    tokens
}

/// Adds what people wrote in a file.
fn collect(bytes: &[u8], tokens: &mut HashSet<Vec<u8>>) {
    if bytes.contains(&0) {
        return;
    }
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"_-./+=".contains(b);
    for line in bytes.split(|b| *b == b'\n').filter(|line| line.len() <= MAX_LINE_BYTES) {
        for token in line.split(|b| !is_part(b)).filter(|token| LENGTHS.contains(&token.len())) {
            let hex = token.split(|b| !b.is_ascii_hexdigit()).map(<[u8]>::len).max().unwrap_or(0);
            if token.iter().any(u8::is_ascii_alphabetic) && hex < MAX_HEX_RUN && !tokens.contains(token) {
                tokens.insert(token.to_vec());
            }
        }
    }
}

/// Seven of eight tokens to learn from, and the rest to test on.
fn split(all: Vec<Tokens>) -> (Tokens, Tokens) {
    all.into_iter().flatten().partition(|token| !hash(token).is_multiple_of(8))
}

/// FNV-1a.
fn hash(bytes: &[u8]) -> u64 {
    let hash = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, b| (hash ^ u64::from(*b)).wrapping_mul(0x0000_0100_0000_01b3));
    hash ^ (hash >> 31)
}

/// The table of costs, smoothed: a trigram that was seen seldom costs what its bigram says.
fn count<'t>(tokens: impl Iterator<Item = &'t Vec<u8>>) -> Box<Table> {
    const N: usize = SYMBOLS;
    /// How many observations the shorter context is worth.
    const PRIOR: f64 = 20.0;
    let mut seen = vec![0f64; TABLE_BYTES];
    for token in tokens {
        for at in 0..token.len() {
            let (symbol, detail) = cells(token, at);
            seen[symbol] += 1.0;
            detail.into_iter().for_each(|cell| seen[cell] += 1.0);
        }
    }
    let trigrams = &seen[..CASES];
    let (mut bigrams, mut symbols) = (vec![0f64; N * N], vec![0f64; N]);
    for (index, n) in trigrams.iter().enumerate() {
        bigrams[index % (N * N)] += n;
        symbols[index % N] += n;
    }
    let all: f64 = symbols.iter().sum();
    let single = |c: usize| (symbols[c] + 1.0) / (all + N as f64);
    let pair = |bc: usize| {
        let row: f64 = bigrams[bc / N * N..][..N].iter().sum();
        (bigrams[bc] + PRIOR * single(bc % N)) / (row + PRIOR)
    };
    let eighths = |p: f64| (-p.log2() * f64::from(EIGHTHS)).round().clamp(0.0, 255.0) as u8;
    let mut table: Box<Table> = Box::new([0; TABLE_BYTES]);
    for (index, n) in trigrams.iter().enumerate() {
        let row: f64 = trigrams[index / N * N..][..N].iter().sum();
        let p = (n + PRIOR * pair(index % (N * N))) / (row + PRIOR);
        table[index] = eighths(if index % N == N - 1 { RARE } else { p });
    }
    let mut fill = |cells: std::ops::Range<usize>, width: usize| {
        for row in cells.clone().step_by(width) {
            let all: f64 = seen[row..row + width].iter().sum();
            for cell in row..row + width {
                table[cell] = eighths((seen[cell] + 1.0) / (all + width as f64));
            }
        }
    };
    fill(CASES..DIGITS, 2);
    fill(DIGITS..TABLE_BYTES, 10);
    table
}

/// The thresholds that the reports show.
const THRESHOLDS: [f32; 6] = [0.0, 4.0, 8.0, 12.0, 16.0, 20.0];

/// How many random keys of each alphabet and length a threshold would lose.
fn report_random(table: &Table) {
    const KEYS: usize = 100_000;
    let lower = "abcdefghijklmnopqrstuvwxyz";
    let upper = lower.to_uppercase();
    let digits = "0123456789";
    let alphabets = [
        ("hex", format!("{digits}abcdef")),
        ("HEX", format!("{digits}ABCDEF")),
        ("a-z0-9", format!("{lower}{digits}")),
        ("A-Z0-9", format!("{upper}{digits}")),
        ("base62", format!("{lower}{upper}{digits}")),
        ("base64", format!("{lower}{upper}{digits}+/")),
        ("base64url", format!("{lower}{upper}{digits}-_")),
        ("A-Za-z", format!("{lower}{upper}")),
        ("a-z", lower.to_owned()),
        ("with signs", format!("{lower}{upper}{digits}!@#%^*-_=+.~?")),
    ];
    println!("\nrandom keys lost of {KEYS} at thresholds {THRESHOLDS:?}");
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    for (name, alphabet) in &alphabets {
        for length in [16, 20, 24, 32] {
            let mut lost = [0; THRESHOLDS.len()];
            for _ in 0..KEYS {
                let key: Vec<u8> = (0..length).map(|_| draw(alphabet.as_bytes(), &mut state)).collect();
                let score = score_with(table, &key);
                lost.iter_mut().zip(THRESHOLDS).for_each(|(n, t)| *n += usize::from(score < t));
            }
            println!("{name:12} {length} {lost:?}");
        }
    }
}

/// One byte of the alphabet (xorshift64*).
fn draw(alphabet: &[u8], state: &mut u64) -> u8 {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    let high = state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
    alphabet[high as usize % alphabet.len()]
}

/// How many tokens that people wrote a threshold would take for keys, and some of them.
fn report_words(table: &Table, tokens: &Tokens) {
    let over = THRESHOLDS.map(|t| tokens.iter().filter(|token| score_with(table, token) >= t).count());
    let shares = over.map(|n| format!("{:.2} %", 100.0 * n as f64 / tokens.len().max(1) as f64));
    println!("\nof {} tokens taken for keys: {shares:?}", tokens.len());
    let taken: Vec<_> = tokens.iter().filter(|token| score_with(table, token) >= THRESHOLDS[2]).collect();
    for token in taken.iter().step_by(taken.len() / 30 + 1) {
        println!("{:8.1} {}", score_with(table, token), String::from_utf8_lossy(token));
    }
}
