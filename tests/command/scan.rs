//! The laws of the scan: any number of threads and any way of reading give the same report, places
//! are those of the file, and no format shows more of a secret than its mask.

use crate::support;

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use scrubjay::blob::Origin;
use scrubjay::detect::Detector;
use scrubjay::finding::Finding;
use scrubjay::input::{self, Crew, Request, Source};
use scrubjay::prove::Proving;
use scrubjay::report::{self, FORMATS, Format, Run, Style};
use scrubjay::scan::{Excerpts, Outcome, Progress, Settings, scan};
use support::NOW;
use support::cases;
use support::prng::Prng;
use support::template::{Expanded, expand};

/// What a part of a large file owns; the tests put secrets across its borders.
const PART: usize = 1024 * 1024;

fn detector() -> Detector {
    Detector::new(scrubjay::rule::builtin(), NOW)
}

/// Few trials: the mixes of all cases hold tokens and keys in every combination.
fn proving() -> Proving {
    Proving { limit: 2_000, ..Proving::default() }
}

fn settings(jobs: usize) -> Settings<'static> {
    Settings { jobs, excerpts: Excerpts::All, list_skipped: true, policy: None }
}

fn scan_path(path: &Path, jobs: usize) -> Outcome {
    scan_with(path, settings(jobs))
}

fn scan_with(path: &Path, settings: Settings<'_>) -> Outcome {
    let request = Request { paths: vec![path.to_owned()], ..Request::default() };
    let sources = input::open(&request).expect("a source");
    scan(&detector(), &sources, settings, &proving(), &Progress::default())
}

/// A stream that gives its bytes in pieces of uneven size, as pipes do.
struct Pipe(Vec<u8>);

impl Source for Pipe {
    fn read(&self, crew: &dyn Crew) {
        let mut reader = Uneven { bytes: &self.0, rng: Prng::new(5) };
        crew.sink().stream(&Origin::stdin(), &mut reader);
    }
}

struct Uneven<'b> {
    bytes: &'b [u8],
    rng: Prng,
}

impl std::io::Read for Uneven<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let length = (1 + self.rng.below(70_000)).min(out.len()).min(self.bytes.len());
        out[..length].copy_from_slice(&self.bytes[..length]);
        self.bytes = &self.bytes[length..];
        Ok(length)
    }
}

/// Filler lines up to `length` bytes, with a line that holds a secret around each of `places`.
fn planted(length: usize, places: &[usize], lines: bool) -> Expanded {
    let mut out = Expanded::default();
    let mut rng = Prng::new(17);
    for (index, place) in places.iter().chain([&length]).enumerate() {
        while out.bytes.len() + 120 < *place {
            let filler = format!("{} worker says 密 ok {} ", rng.below(1000), rng.below(90));
            out.bytes.extend(filler.as_bytes());
            if lines {
                out.bytes.push(b'\n');
            }
        }
        out.bytes.extend(std::iter::repeat_n(b' ', place.saturating_sub(out.bytes.len())));
        if *place < length {
            let line = expand("device_secret_key = \"{alnum:32}\" ", &format!("{index}"));
            out.secrets.extend(line.secrets.into_iter().map(|mut s| {
                s.span = s.span.start + out.bytes.len()..s.span.end + out.bytes.len();
                s
            }));
            out.bytes.extend(line.bytes);
        }
        if lines {
            out.bytes.push(b'\n');
        }
    }
    out
}

/// Line and column as one who reads the whole file sees them.
fn place(bytes: &[u8], offset: usize) -> (usize, usize) {
    let before = &bytes[..offset];
    let start = before.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
    let column = String::from_utf8_lossy(&before[start..]).chars().count() + 1;
    (before.iter().filter(|b| **b == b'\n').count() + 1, column)
}

fn assert_finds(findings: &[Finding], file: &Expanded) {
    let found: Vec<_> = findings.iter().map(|f| (f.offset as usize, (f.line, f.column))).collect();
    let expected: Vec<_> =
        file.secrets.iter().map(|s| (s.span.start, place(&file.bytes, s.span.start))).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_secret_across_the_border_of_parts_is_found_once_in_its_place() {
    let borders: Vec<usize> =
        [PART - 60, 2 * PART - 20, 3 * PART - 35, 4 * PART - 1, 5 * PART, 6 * PART - 51].to_vec();
    for lines in [true, false] {
        let file = planted(6 * PART + 5000, &borders, lines);
        let tree = tempfile::tempdir().expect("a directory");
        let path = tree.path().join("big.log");
        fs::write(&path, &file.bytes).expect("a file");
        let outcome = scan_path(&path, 3);
        assert_finds(&outcome.findings, &file);
        assert_eq!((outcome.summary.files, outcome.summary.bytes), (1, file.bytes.len() as u64));
    }
}

#[test]
fn a_stream_gives_what_the_file_gives() {
    let file = planted(3 * PART + 200_000, &[5, PART - 40, 2 * PART - 3, 3 * PART + 100_000], true);
    let tree = tempfile::tempdir().expect("a directory");
    let path = tree.path().join("-");
    fs::write(&path, &file.bytes).expect("a file");
    let mut from_file = scan_path(&path, 2).findings;
    from_file.iter_mut().for_each(|f| f.path = "-".to_owned());
    assert_finds(&from_file, &file);
    for jobs in [1, 2, 5] {
        let sources: Vec<Box<dyn Source>> = vec![Box::new(Pipe(file.bytes.clone()))];
        let outcome = scan(&detector(), &sources, settings(jobs), &proving(), &Progress::default());
        assert_eq!(outcome.findings, from_file, "{jobs} threads");
        assert_eq!((outcome.summary.files, outcome.summary.bytes), (1, file.bytes.len() as u64));
    }
}

#[test]
fn a_stream_of_any_length_around_a_part_is_read_to_its_end() {
    let context = scrubjay::blob::CONTEXT;
    for length in [0, 1, PART - 1, PART, PART + 1, PART + context - 1, PART + context, PART + context + 1] {
        let sources: Vec<Box<dyn Source>> = vec![Box::new(Pipe(vec![b'a'; length]))];
        let outcome = scan(&detector(), &sources, settings(2), &proving(), &Progress::default());
        assert_eq!(outcome.summary.bytes, length as u64);
    }
}

#[test]
fn a_file_of_any_length_is_read_to_its_end() {
    let (first, context) = (128 * 1024, scrubjay::blob::CONTEXT);
    let tree = tempfile::tempdir().expect("a directory");
    for border in [first, PART, PART + context, 2 * PART] {
        for length in [border - 1, border, border + 1] {
            let line = expand("\nsecret_key={alnum:32}", &length.to_string());
            let bytes = [vec![b'a'; length - line.bytes.len()], line.bytes].concat();
            let path = tree.path().join("a");
            fs::write(&path, &bytes).expect("a file");
            let outcome = scan_path(&path, 2);
            assert_eq!((outcome.summary.bytes, outcome.summary.findings), (length as u64, 1));
            assert_eq!((outcome.findings[0].line, outcome.findings[0].column), (2, 12));
        }
    }
}

#[test]
fn a_large_file_in_utf16_has_the_places_of_its_text() {
    let text = planted(2 * PART, &[PART / 2 - 30, PART - 20, 3 * PART / 2], true);
    let string = String::from_utf8(text.bytes.clone()).expect("the filler is text");
    let wide: Vec<u8> =
        std::iter::once(0xfeff).chain(string.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let tree = tempfile::tempdir().expect("a directory");
    let path = tree.path().join("wide.log");
    fs::write(&path, wide).expect("a file");
    let outcome = scan_path(&path, 2);
    let found: Vec<_> = outcome.findings.iter().map(|f| (f.line, f.column, f.length)).collect();
    let expected: Vec<_> = text
        .secrets
        .iter()
        .map(|s| place(&text.bytes, s.span.start))
        .map(|(line, column)| (line, column, 64))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn any_number_of_threads_gives_the_same_document() {
    let tree = tempfile::tempdir().expect("a directory");
    for (index, case) in cases::load().iter().enumerate() {
        let folder = tree.path().join(format!("{}/{index}", index % 7));
        let path = folder.join(case.path.replace('/', "_"));
        fs::create_dir_all(&folder).expect("a directory");
        fs::write(path, case.expand().bytes).expect("a file");
    }
    let big = planted(2 * PART + 77, &[100, PART - 10, 2 * PART - 64], true);
    fs::write(tree.path().join("big"), big.bytes).expect("a file");
    let one = documents(&scan_path(tree.path(), 1));
    assert!(one[1].len() > 10_000, "the tree holds credentials");
    for jobs in [2, 3, 8] {
        assert!(documents(&scan_path(tree.path(), jobs)) == one, "{jobs} threads give another document");
    }
}

#[test]
fn a_value_of_the_neighbouring_part_is_masked_in_an_excerpt() {
    // Two secrets on one line, the border of two parts between them.
    let line = expand("a_secret_key={alnum:32}; device_secret_key={hex:40};", "border");
    let cut = line.secrets[0].span.end + 4;
    for shift in (0..40).step_by(5) {
        let mut bytes = vec![b'\n'; PART - cut - 20 + shift];
        bytes.extend(&line.bytes);
        bytes.extend(vec![b'\n'; PART]);
        let tree = tempfile::tempdir().expect("a directory");
        let path = tree.path().join("a");
        fs::write(&path, &bytes).expect("a file");
        let outcome = scan_path(&path, 1);
        assert_eq!(outcome.findings.len(), 2);
        for text in documents(&outcome) {
            let shown: Vec<_> = line.secrets.iter().filter_map(|s| s.shown_in(text.as_bytes())).collect();
            assert!(shown.is_empty(), "shift {shift}: {shown:?}");
        }
    }
}

#[test]
fn the_report_for_people_lacks_no_excerpt_that_it_shows() {
    let tree = tempfile::tempdir().expect("a directory");
    for (index, case) in cases::load().iter().enumerate() {
        let path = tree.path().join(format!("{index}-{}", case.path.replace('/', "_")));
        let bytes = case.expand().bytes;
        fs::write(path, [&bytes[..], b"\n", &bytes].concat()).expect("a file");
    }
    let big = planted(PART + 77, &[100, 5000, PART - 10], true).bytes;
    fs::write(tree.path().join("big"), [&big[..], &big, &big].concat()).expect("a file");
    let settings = |excerpts| Settings { excerpts, ..settings(2) };
    let [all, shown] = [Excerpts::All, Excerpts::Shown].map(|e| scan_with(tree.path(), settings(e)));
    assert!(human(&all) == human(&shown), "an excerpt is missing");
    let kept = |outcome: &Outcome| outcome.findings.iter().filter(|f| f.excerpt.mark.is_some()).count();
    assert!(kept(&shown) * 3 < kept(&all) * 2, "{} of {} have an excerpt", kept(&shown), kept(&all));
}

/// The report for people where nothing more is asked for.
fn human(outcome: &Outcome) -> String {
    written(outcome, &FORMATS[0], Style::default())
}

/// The report in every format, with all that `-v` adds.
fn documents(outcome: &Outcome) -> Vec<String> {
    let style = Style { verbose: true, ..Style::default() };
    FORMATS.iter().map(|format| written(outcome, format, style)).collect()
}

fn written(outcome: &Outcome, format: &Format, style: Style) -> String {
    let detector = detector();
    let run = Run {
        root: "",
        now: NOW,
        started: jiff::Timestamp::UNIX_EPOCH,
        finished: jiff::Timestamp::UNIX_EPOCH,
        summary: &outcome.summary,
        errors: &outcome.errors,
        rules: detector.rules(),
    };
    let mut out = Vec::new();
    report::write(format, style, &run, &outcome.findings, &mut out).expect("memory takes it");
    String::from_utf8(out).expect("a report is text")
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 32,
        rng_seed: proptest::test_runner::RngSeed::Fixed(9),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Whatever stands beside what: no format shows nine bytes of any planted secret in a row.
    #[test]
    fn no_format_shows_more_than_a_mask(
        picks in proptest::collection::vec((any::<prop::sample::Index>(), 0..4usize), 1..12),
        seed in any::<u64>(),
    ) {
        let cases = cases::load();
        let (mut bytes, mut secrets) = (Vec::new(), Vec::new());
        for (at, (pick, glue)) in picks.iter().enumerate() {
            let filled = expand(&pick.get(&cases).text, &format!("{seed}/{at}"));
            bytes.extend(filled.bytes);
            bytes.extend([&b"\n"[..], b" ", b"\t", b""][*glue]);
            secrets.extend(filled.secrets);
        }
        let tree = tempfile::tempdir().expect("a directory");
        let path: PathBuf = tree.path().join("file");
        fs::write(&path, &bytes).expect("a file");
        let outcome = scan_path(&path, 1);
        for text in documents(&outcome) {
            for secret in &secrets {
                prop_assert_eq!(secret.shown_in(text.as_bytes()), None);
            }
        }
    }
}
