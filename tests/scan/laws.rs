//! Laws that hold for every input: a part sees what the whole sees, nothing panics, every position
//! lies inside the bytes. The inputs are the acceptance cases, cut, mixed and broken by a fixed seed.

use crate::support;

use std::sync::Arc;

use scrubjay::blob::{Blob, CONTEXT, HEAD, Origin};
use scrubjay::detect::{Detection, Detector, Scratch};
use scrubjay::finding::Verdict;
use scrubjay::scrub::Masker;
use scrubjay::text::Span;
use support::NOW;
use support::cases::{self, Case};
use support::prng::Prng;
use support::scrubbing;

fn detector() -> Detector {
    Detector::new(scrubjay::rule::builtin(), NOW)
}

/// What a detection says, in a form that can be compared; the value by a hash, so that a failing
/// comparison prints none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    start: usize,
    end: usize,
    rule: String,
    value: u64,
    decoded: Vec<&'static str>,
    verdict: String,
}

/// What is reported; what asks for leaks alone must give the same.
fn look(detector: &Detector, blob: &Blob<'_>, shift: usize) -> Vec<Seen> {
    let (mut out, mut leaks) = (Vec::new(), Vec::new());
    let mut scratch = Scratch::default();
    detector.detect(blob, &mut scratch, &mut |d| out.extend(seen(&d, shift)));
    detector.leaks(blob, &mut scratch, &mut |d| leaks.push(seen(&d, shift).expect("a leak")));
    assert_eq!(out, leaks);
    out
}

fn seen(d: &Detection<'_>, shift: usize) -> Option<Seen> {
    let Verdict::Report { severity, .. } = &d.verdict else { return None };
    let value = String::from_utf8_lossy(&d.value);
    Some(Seen {
        start: d.span.start + shift,
        end: d.span.end + shift,
        rule: d.rule.id.clone(),
        value: Prng::from_text(&value).next(),
        decoded: d.decoded.clone(),
        verdict: format!("{severity} {:?}", d.status.map(|s| s.name())),
    })
}

/// Looks at `bytes` in parts that end at `cuts`, each with its context, and puts the answers together.
fn in_parts(detector: &Detector, bytes: &[u8], cuts: &[usize], origin: &Origin) -> Vec<Seen> {
    let mut out = Vec::new();
    let mut from = 0_usize;
    for &to in cuts.iter().chain([&bytes.len()]) {
        let (start, end) = (from.saturating_sub(CONTEXT), bytes.len().min(to + CONTEXT));
        let blob = Blob {
            bytes: &bytes[start..end],
            owned: Span::new(from - start, to - start),
            at_start: start == 0,
            origin,
            head: &bytes[..bytes.len().min(HEAD)],
            root: None,
        };
        out.extend(look(detector, &blob, start));
        from = to;
    }
    out
}

fn random_cuts(rng: &mut Prng, length: usize, n: usize) -> Vec<usize> {
    let mut cuts: Vec<usize> = (0..n).map(|_| rng.below(length + 1)).collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

/// The case that a byte stands in, for a message.
fn owner(places: &[(usize, String)], at: usize) -> &str {
    places.iter().rev().find(|(start, _)| *start <= at).map_or("", |(_, name)| name)
}

fn assert_same(whole: &[Seen], parts: &[Seen], places: &[(usize, String)]) {
    let missing: Vec<_> = whole.iter().filter(|s| !parts.contains(s)).collect();
    let extra: Vec<_> = parts.iter().filter(|s| !whole.contains(s)).collect();
    let named = |list: &[&Seen]| -> String {
        list.iter()
            .take(20)
            .map(|s| format!("    {} in {}: {s:?}\n", s.rule, owner(places, s.start)))
            .collect()
    };
    assert!(
        missing.is_empty() && extra.is_empty(),
        "\n  seen in the whole only:\n{}  seen in the parts only:\n{}",
        named(&missing),
        named(&extra)
    );
    assert_eq!(whole.len(), parts.len(), "a detection was given twice");
}

#[test]
fn the_parts_of_a_case_together_see_what_the_whole_sees() {
    let detector = detector();
    let mut rng = Prng::new(11);
    for case in cases::load() {
        let bytes = case.expand().bytes;
        let origin = Origin::file(&case.path);
        let whole = look(&detector, &Blob::whole(&bytes, &origin), 0);
        for _ in 0..2 {
            let cuts = random_cuts(&mut rng, bytes.len(), 4);
            let parts = in_parts(&detector, &bytes, &cuts, &origin);
            assert_same(&whole, &parts, &[(0, format!("{} cut at {cuts:?}", case.name))]);
        }
    }
}

/// All movable cases one after the other with innocent text between them: longer than any context.
fn long_document(rng: &mut Prng) -> (Vec<u8>, Vec<(usize, String)>) {
    let (mut bytes, mut places) = (Vec::new(), Vec::new());
    for case in cases::load().iter().filter(|c| !c.fixed) {
        places.push((bytes.len(), case.name.clone()));
        bytes.extend(case.expand().bytes);
        for at in 0..rng.below(24) {
            bytes.extend(
                format!("\n2027-01-15 08:00:{at:02} INFO queue drained, {} jobs left", rng.below(50)).bytes(),
            );
        }
        bytes.push(b'\n');
    }
    (bytes, places)
}

#[test]
fn the_parts_of_a_long_file_together_see_what_the_whole_sees() {
    let detector = detector();
    let mut rng = Prng::new(12);
    let origin = Origin::file("logs/all.log");
    let (bytes, places) = long_document(&mut rng);
    assert!(bytes.len() > 4 * CONTEXT, "the document must be longer than the context");
    let whole = look(&detector, &Blob::whole(&bytes, &origin), 0);
    assert!(whole.len() > 300, "{} detections are too few for a test", whole.len());
    for n in [1, 3, 9] {
        let cuts = random_cuts(&mut rng, bytes.len(), n);
        let parts = in_parts(&detector, &bytes, &cuts, &origin);
        assert_same(&whole, &parts, &places);
    }
}

/// Breaks bytes in one of the ways in which files are broken.
fn mutate(rng: &mut Prng, bytes: &mut Vec<u8>, other: &[u8]) {
    let at = rng.below(bytes.len() + 1);
    let to = (at + rng.below(40)).min(bytes.len());
    match rng.below(8) {
        0 => drop(bytes.drain(at..to)),
        1 => bytes.truncate(at),
        2 => bytes[at..to].iter_mut().for_each(|b| *b ^= 0x80),
        3 => drop(bytes.splice(at..at, other.iter().copied())),
        4 => drop(bytes.splice(at..to, rng.bytes(8))),
        5 => bytes[at..to].reverse(),
        6 => {
            let part = bytes[at..to].to_vec();
            bytes.splice(at..at, part.repeat(1 + rng.below(6)));
        }
        _ => {
            let sign = *rng.pick(&[
                &b"\""[..],
                b"\\",
                b"%",
                b"{",
                b"'",
                b"\n",
                b"\x1b[",
                b"=",
                b":",
                b"\0",
                b",",
                b"v1.",
                b"\\u",
                b"eJ",
            ]);
            bytes.splice(at..at, sign.repeat(1 + rng.below(9)));
        }
    }
}

fn check_positions(detector: &Detector, bytes: &[u8], path: &str) {
    let origin = Origin::file(path);
    let mut scratch = Scratch::default();
    let mut last = 0;
    detector.detect(&Blob::whole(bytes, &origin), &mut scratch, &mut |d| {
        assert!(d.span.end <= bytes.len(), "{path}: {:?}", d.span);
        assert!(d.span.start >= last, "{path}: detections come by place");
        let leak = matches!(d.verdict, Verdict::Report { .. });
        assert!(!leak || (!d.span.is_empty() && !d.value.is_empty()), "{path}: an empty value is reported");
        last = d.span.start;
    });
}

#[test]
fn broken_cases_do_no_harm() {
    let detector = detector();
    let mut rng = Prng::new(13);
    let all: Vec<(String, Vec<u8>)> =
        cases::load().iter().map(|c: &Case| (c.path.clone(), c.expand().bytes)).collect();
    for _ in 0..12_000 {
        let (path, bytes) = rng.pick(&all);
        let other = &rng.pick(&all).1;
        let mut bytes = bytes.clone();
        for _ in 0..1 + rng.below(5) {
            let piece = &other[..other.len().min(rng.below(300))];
            mutate(&mut rng, &mut bytes, piece);
        }
        check_positions(&detector, &bytes, path);
    }
}

/// The lines of an armour cut anywhere and set one behind the other: the dashes of one may be those of the other.
#[test]
fn armour_that_is_cut_anywhere_does_no_harm() {
    let detector = detector();
    let masker = Arc::new(Masker::default());
    for kind in ["EC PRIVATE KEY", "PRIVATE KEY"] {
        let [begin, end] = ["BEGIN", "END"].map(|word| format!("-----{word} {kind}-----"));
        for (first, second) in [(&begin, &end), (&begin, &begin), (&end, &begin)] {
            for kept in 0..=first.len() {
                for from in 0..second.len() {
                    let text = format!("TLSSigAPI {}{}\n", &first[..kept], &second[from..]);
                    check_positions(&detector, text.as_bytes(), "armour.log");
                    scrubbing::scrub(&masker, text.as_bytes(), &[1], false);
                }
            }
        }
    }
}

#[test]
fn random_bytes_do_no_harm() {
    let detector = detector();
    let mut rng = Prng::new(14);
    for n in [0, 1, 2, 3, 7, 64, 65, 1000, 100_000] {
        let bytes = rng.bytes(n);
        check_positions(&detector, &bytes, "random.bin");
    }
}

#[test]
fn hostile_repetition_ends() {
    let detector = detector();
    let pieces = [
        "secret_key=",
        "secret_key",
        "\"secret_key\":",
        "device_secret_key: \\\n",
        "v1.",
        "v1.eyJ",
        "eJw",
        "eAEB",
        "{",
        "\\",
        "\"",
        "\\\"",
        "\\u0073",
        "%73",
        "%25",
        "TIRAAAAAAAAA,",
        "license=",
        "Token:\n",
        "AAAA",
        "c2VjcmV0X2tleT0",
        "7365637265745f6b6579",
        "\x1b[0m",
        "name: secret_key\n",
        "-----BEGIN EC PRIVATE KEY-----\n",
        "<key>secret_key</key>",
        "s\0e\0c\0",
        "密钥：",
        "--secret-key ",
        "secret_key=${x:-",
        "secret_key(",
        "[secret_key,",
    ];
    // Long enough for anything quadratic to be felt, short enough for an unoptimised build.
    let length = if cfg!(debug_assertions) { 12 * 1024 } else { 512 * 1024 };
    for piece in pieces {
        let bytes = piece.repeat(length / piece.len());
        check_positions(&detector, bytes.as_bytes(), "hostile.log");
    }
}
