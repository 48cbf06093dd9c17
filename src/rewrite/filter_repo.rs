//! The secrets of a repository's history, as `git filter-repo --replace-text` takes them.
//!
//! This is the one place that writes secrets: rewriting a history takes the exact bytes. They go to a
//! new file that only its owner can read, and nowhere else.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use zeroize::Zeroizing;

use super::out_of_reach;
use crate::blob::{Blob, CONTEXT, Origin};
use crate::detect::{Detection, Detector, Scratch};
use crate::error::{Error, Result};
use crate::finding::{Finding, Kind, fingerprint};
use crate::git::Repository;
use crate::input::{self, Crew, Large, Mark, Marks, Request, Sink, Subject};
use crate::rule::Rule;
use crate::summary::Failure;
use crate::text::{mask, mask_license};

/// What was found, to be replaced.
pub struct Replacements {
    /// The bytes as they stand there, with what stands for them.
    values: Vec<(Zeroizing<Vec<u8>>, String)>,
    /// Blobs in which text cannot be replaced, with a path that they had, empty where none is known:
    /// those with a NUL near their beginning (UTF-16 among them), and containers.
    pub blobs: BTreeMap<String, String>,
    /// What could not be read.
    pub failures: Vec<Failure>,
}

/// Looks through the history of the repository at `path` with these rules, as of `now` (Unix seconds).
///
/// # Errors
///
/// There is no repository, or it cannot be read.
pub fn replacements(path: Option<&Path>, rules: Vec<Rule>, now: i64, jobs: usize) -> Result<Replacements> {
    let paths: Vec<PathBuf> = path.map(Path::to_owned).into_iter().collect();
    let request = Request { paths, subject: Subject::History, ..Request::default() };
    let sources = input::open(&request)?;
    let detector = Detector::new(rules, now);
    // A folder of repositories is none: each has replacements of its own.
    let hash = Repository::open(path)?.hash();
    let found = Mutex::new(Replacements { values: Vec::new(), blobs: BTreeMap::new(), failures: Vec::new() });
    let team = Team { detector, jobs, hash, found };
    sources.iter().for_each(|source| source.read(&team));
    let mut found = team.found.into_inner().unwrap_or_else(PoisonError::into_inner);
    // One line for each value, the longest first, since they are replaced in this order.
    found.values.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then(a.cmp(b)));
    found.values.dedup_by(|(a, _), (b, _)| a == b);
    found.failures.sort();
    found.failures.dedup();
    Ok(found)
}

impl Replacements {
    /// How many values there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// True where there is none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.blobs.is_empty()
    }

    /// Writes a new file that only its owner can read.
    ///
    /// # Errors
    ///
    /// There is something of that name already, or the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        write_new(path, &self.text())
    }

    /// Writes the ids of the blobs in which text cannot be replaced, one a line, to a new file.
    ///
    /// # Errors
    ///
    /// As of [`Replacements::write`].
    pub fn write_blobs(&self, path: &Path) -> Result<()> {
        let lines: String = self.blobs.keys().map(|id| format!("{id}\n")).collect();
        write_new(path, lines.as_bytes())
    }
    fn text(&self) -> Zeroizing<Vec<u8>> {
        // Never moved while it grows, so that no copy is left behind.
        let size = self.values.iter().map(|(value, mask)| value.len() * 4 + mask.len() + 32).sum();
        let mut text = Zeroizing::new(Vec::with_capacity(size));
        for (value, mask) in &self.values {
            if value.contains(&b'\n') || value.contains(&b'\r') {
                text.extend_from_slice(b"regex:");
                for &byte in value.iter() {
                    if byte.is_ascii_alphanumeric() {
                        text.push(byte);
                    } else {
                        // A line cannot hold a line end, so every sign is written by its number.
                        const HEX: &[u8; 16] = b"0123456789abcdef";
                        let digits = [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
                        text.extend_from_slice(&[b'\\', b'x', digits[0], digits[1]]);
                    }
                }
            } else {
                text.extend_from_slice(b"literal:");
                text.extend_from_slice(value);
            }
            text.extend_from_slice(b"==>");
            text.extend_from_slice(mask.as_bytes());
            text.push(b'\n');
        }
        text
    }
}

/// Writes a file that was not there and that only its owner can read.
fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let at = |error: io::Error| Error::from(error).at_path(path);
    let mut file = options.open(path).map_err(at)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(at)
}

impl std::fmt::Debug for Replacements {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Replacements({})", self.values.len())
    }
}

/// How much of a long text is looked at together, in bytes.
const WINDOW: usize = 4 * 1024 * 1024;

/// Looks at every object; what it finds at any path it keeps for itself, so that nobody asks where that
/// stands.
struct Team {
    detector: Detector,
    jobs: usize,
    /// That of the repository's ids.
    hash: gix::hash::Kind,
    found: Mutex<Replacements>,
}

impl Crew for Team {
    fn jobs(&self) -> usize {
        self.jobs
    }

    fn sink(&self) -> Box<dyn Sink + '_> {
        Box::new(Taker { team: self, scratch: Scratch::default() })
    }
}

struct Taker<'t> {
    team: &'t Team,
    scratch: Scratch,
}

/// What is replaced of a detection in these bytes, and what stands for it.
fn replacement(detection: &Detection<'_>, bytes: &[u8]) -> (Zeroizing<Vec<u8>>, String) {
    let value = &bytes[detection.span.range()];
    let plain = detection.decoded.is_empty();
    let shown = match detection.rule.kind {
        Kind::License if plain => mask_license(value),
        _ if plain && !value.contains(&b'\n') => mask(value),
        _ => crate::text::STARS.to_owned(),
    };
    (Zeroizing::new(value.to_vec()), shown)
}

impl Taker<'_> {
    fn keep(&self, mut found: Vec<(Zeroizing<Vec<u8>>, String)>) {
        if !found.is_empty() {
            self.team.found.lock().unwrap_or_else(PoisonError::into_inner).values.append(&mut found);
        }
    }

    /// Remembers a blob in which text cannot be replaced; says whether it is one.
    fn keep_blob(&mut self, bytes: &[u8], path: &str, leaks: bool) -> bool {
        let team = self.team;
        let is_one = (leaks && out_of_reach::is_binary(bytes))
            || out_of_reach::holds_inside(bytes, &team.detector, &mut self.scratch);
        if let Some(id) =
            gix::objs::compute_hash(team.hash, gix::objs::Kind::Blob, bytes).ok().filter(|_| is_one)
        {
            let mut found = team.found.lock().unwrap_or_else(PoisonError::into_inner);
            let known = found.blobs.entry(id.to_string()).or_default();
            if known.is_empty() || (!path.is_empty() && path < known.as_str()) {
                path.clone_into(known);
            }
        }
        is_one
    }
}

impl Sink for Taker<'_> {
    /// A whole blob is what can be taken out of a history.
    fn wants_containers_whole(&self) -> bool {
        true
    }

    fn glance(&mut self, bytes: &[u8], changed: Option<&[Range<usize>]>) -> Marks {
        let detector = &self.team.detector;
        let mut found = Vec::new();
        let mut marks = Marks::default();
        let scratch = &mut self.scratch;
        let asked = detector.glance(bytes, changed, scratch, &mut |d| found.push(replacement(&d, bytes)));
        // What is a secret only at some paths is asked for again with each of them.
        for rule in asked {
            detector.glance_by_path(rule, bytes, changed, scratch, &mut |d| {
                let mark = Mark { rule: d.rule.id.clone(), fingerprint: fingerprint(&d.value) };
                marks.by_path.push((mark, d.rule.context.clone()));
            });
        }
        let leaks = !found.is_empty();
        self.keep(found);
        if self.keep_blob(bytes, "", leaks) {
            // So that its paths are told.
            marks.anywhere.push(Mark { rule: String::new(), fingerprint: String::new() });
        }
        marks
    }

    fn sifted(&mut self, origin: &Origin, bytes: &[u8], _: &mut dyn FnMut(&Finding) -> bool) {
        let mut found = Vec::new();
        self.team.detector.leaks(&Blob::whole(bytes, origin), &mut self.scratch, &mut |d| {
            found.push(replacement(&d, bytes));
        });
        let leaks = !found.is_empty();
        self.keep(found);
        self.keep_blob(bytes, &origin.path, leaks);
    }

    /// In windows that overlap: what is cut at a seam is whole in the next one.
    fn sifted_stream(
        &mut self,
        origin: &Origin,
        reader: &mut (dyn Read + Send),
        keep: &mut dyn FnMut(&Finding) -> bool,
    ) {
        let mut window = Vec::new();
        loop {
            let before = window.len();
            let read = reader.take((WINDOW - before) as u64).read_to_end(&mut window).unwrap_or(0);
            self.sifted(origin, &window, keep);
            if read < WINDOW - before {
                return;
            }
            window.drain(..window.len() - 2 * CONTEXT);
        }
    }

    fn failed(&mut self, path: &str, error: &io::Error) {
        let failure = Failure { path: path.to_owned(), message: error.to_string() };
        self.team.found.lock().unwrap_or_else(PoisonError::into_inner).failures.push(failure);
    }

    // A history gives objects whole.
    fn whole(&mut self, _: &Origin, _: &[u8]) {}
    fn large(&mut self, _: Large) {}
    fn inner(&mut self, _: &Origin, _: &mut (dyn Read + Send)) {}
    fn stream(&mut self, _: &Origin, _: &mut (dyn Read + Send)) {}
    fn counted(&mut self, _: usize) {}
    fn damaged(&mut self, _: &str, _: &io::Error) {}

    fn skipped(&mut self, _: &str, _: &'static str) {}

    fn masked(&mut self, _: &[u8]) -> String {
        String::new()
    }
}
