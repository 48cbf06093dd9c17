//! Lines that a container runtime cut in two: a value that stands in both parts is masked in both.

use crate::support;

use std::sync::Arc;

use scrubjay::blob::{Blob, Origin};
use scrubjay::detect::{Detector, Scratch};
use scrubjay::rule;
use scrubjay::scrub::{Masker, Policy, Style};
use support::scrubbing::scrub;
use support::template::expand;

/// The text in parts, as a runtime writes it.
type Cut = fn(&[&str]) -> String;

fn cri(parts: &[&str]) -> String {
    let line = |(at, part): (usize, &&str)| {
        let tag = if at + 1 == parts.len() { "F" } else { "P" };
        format!("2026-01-01T00:00:00.{at}Z stdout {tag} {part}\n")
    };
    parts.iter().enumerate().map(line).collect()
}

fn docker(parts: &[&str]) -> String {
    let line = |(at, part): (usize, &&str)| {
        let end = if at + 1 == parts.len() { "\\n" } else { "" };
        format!(
            "{{\"log\":\"{part}{end}\",\"stream\":\"stderr\",\"time\":\"2026-01-01T00:00:0{at}.123456789Z\"}}\n"
        )
    };
    parts.iter().enumerate().map(line).collect()
}

fn stream(text: &[u8], piece: usize, masker: &Arc<Masker>) -> Vec<u8> {
    scrub(masker, text, &[piece], false).bytes
}

#[test]
fn a_value_that_was_cut_anywhere_is_masked_in_every_part() {
    let masker = Arc::new(Masker::default());
    for (template, seed) in [
        ("req token={mint:tirtc} done", "cut token"),
        ("config secret_key={alnum:64} done", "cut key"),
        ("GET /x?userSig={mint:usersig}&page=2 done", "cut sig"),
    ] {
        let filled = expand(template, seed);
        let text = std::str::from_utf8(&filled.bytes).expect("text");
        let start = text.find('=').expect("a name") + 1;
        let value = text[start..].find([' ', '&']).expect("an end");
        for form in [cri as Cut, docker] {
            for at in (8..value - 8).step_by(7) {
                let cut = start + at;
                let mut shapes = vec![form(&[&text[..cut], &text[cut..]])];
                if value - at > 24 {
                    shapes.push(form(&[&text[..cut], &text[cut..cut + 12], &text[cut + 12..]]));
                }
                for whole in shapes {
                    for piece in [1, 13, whole.len()] {
                        let out = stream(whole.as_bytes(), piece, &masker);
                        for secret in &filled.secrets {
                            let shown = secret.shown_in(&out);
                            assert!(shown.is_none(), "{seed} {at} {piece}: {}", shown.unwrap_or_default());
                        }
                        let out = String::from_utf8(out).expect("text");
                        assert_eq!(out.lines().count(), whole.lines().count());
                        assert!(out.contains(" done"), "{out}");
                        let heads = |text: &str| -> Vec<String> {
                            text.lines().map(|line| line.chars().take(8).collect()).collect()
                        };
                        assert_eq!(heads(&out), heads(&whole));
                        assert_eq!(stream(out.as_bytes(), out.len(), &masker), out.as_bytes());
                    }
                }
            }
        }
    }
}

#[test]
fn lines_of_their_own_stay_apart() {
    let masker = Arc::new(Masker::default());
    for text in [
        "2026-01-01T00:00:00.1Z stdout F secret=abcdefgh\n2026-01-01T00:00:00.2Z stdout F plain words\n",
        "2026-01-01T00:00:00.1Z stdout P secret=abcdefgh\n2026-01-01T00:00:00.2Z stderr F plain words\n",
        "{\"log\":\"secret=abcdefgh\\n\",\"stream\":\"stdout\"}\n{\"log\":\"plain words\\n\",\"stream\":\"stdout\"}\n",
    ] {
        let out = String::from_utf8(stream(text.as_bytes(), text.len(), &masker)).expect("text");
        assert_eq!(out, text.replace("abcdefgh", "****"));
    }
}

/// An array as JSON, as Debug and as a program in C writes it.
fn arrays(text: &[u8]) -> [String; 4] {
    let join = |sign: &str, form: fn(&u8) -> String| text.iter().map(form).collect::<Vec<_>>().join(sign);
    [
        format!("{{\"PRIORITY\":\"6\",\"MESSAGE\":[{}],\"n\":1}}\n", join(",", |b| b.to_string())),
        format!("INFO body={text:?} end\n"),
        format!("[{}]\n", join(", ", |b| format!("0x{b:02x}"))),
        format!("[{}]\n", join(",\n  ", |b| b.to_string())),
    ]
}

#[test]
fn what_numbers_spell_is_masked_with_numbers() {
    let masker = Arc::new(Masker::default());
    for (template, seed) in [
        ("\u{1b}[32mINFO\u{1b}[0m secret_key={alnum:32} done", "numbers key"),
        (
            "\u{1b}[32mINFO\u{1b}[0m \u{1b}[3msecret_key\u{1b}[0m\u{1b}[2m=\u{1b}[0m{alnum:32} done",
            "numbers colours",
        ),
        ("got {mint:tirtc} done", "numbers token"),
        ("password={alnum:12}", "numbers password"),
    ] {
        let filled = expand(template, seed);
        for array in arrays(&filled.bytes) {
            let out = String::from_utf8(stream(array.as_bytes(), array.len(), &masker)).expect("text");
            let start = out.find("[").expect("an array");
            let end = out.rfind(']').expect("its end");
            let number = |word: &str| -> u8 {
                let word = word.trim();
                let hex = word.strip_prefix("0x").map(|digits| u8::from_str_radix(digits, 16));
                hex.unwrap_or_else(|| word.parse()).expect("a number")
            };
            let spelled: Vec<u8> = out[start + 1..end].split(',').map(number).collect();
            for secret in &filled.secrets {
                assert!(secret.shown_in(&spelled).is_none(), "{seed}");
            }
            assert!(spelled.windows(4).any(|four| four == b"****"), "{seed}: {out}");
            assert_eq!(out[..start], array[..start]);
            assert_eq!(stream(out.as_bytes(), out.len(), &masker), out.as_bytes(), "a second time");
        }
    }
    for text in
        ["[1,2,3,4,5,6,7,8,9,10]\n", "[104,101,108,108,111,32,119,111]\n", "[300,1,2,3,4,5,6,7,8,9]\n", "["]
    {
        assert_eq!(stream(text.as_bytes(), text.len(), &masker), text.as_bytes());
    }
}

/// Records of another stream between the parts, in the form of the runtime.
fn with_others(records: &str, other: &str) -> String {
    let lines: Vec<&str> = records.lines().collect();
    let others = [other, "\n"].concat();
    lines.join(&["\n", &others.repeat(3)].concat()) + "\n"
}

/// A record of a stream that the parts do not stand in.
const OTHERS: [&str; 2] = [
    "2026-01-01T00:00:00.15Z stderr F other words, key=",
    "{\"log\":\"other words, key=\\n\",\"stream\":\"stdout\",\"time\":\"2026-01-01T00:00:00.123456789Z\"}",
];

/// Expects that of a text nothing is shown of the secrets, and that `rest` is what stays beside the masks.
fn assert_masked(whole: &str, rest: &str, secrets: &[support::template::Secret], told: &str) {
    let stars = Policy::builder().style(Style::Full).build().expect("a policy");
    let masker = Arc::new(Masker::new(stars));
    for piece in [1, 29, whole.len()] {
        let out = stream(whole.as_bytes(), piece, &masker);
        for secret in secrets {
            let shown = secret.shown_in(&out);
            assert!(shown.is_none(), "{told} {piece}: {}", shown.unwrap_or_default());
        }
        assert_eq!(stream(&out, out.len(), &masker), out, "{told}: a second time");
        let out = String::from_utf8(out).expect("text");
        assert_eq!(out.replace('*', ""), rest, "{told} {piece}");
    }
}

/// The same text as the runtimes write it: the text, what is JSON in a string, and records of others.
type Form = (Cut, fn(&str) -> String, &'static str);

const FORMS: [Form; 2] =
    [(cri, str::to_owned, OTHERS[0]), (docker, |part| part.replace('"', "\\\""), OTHERS[1])];

#[test]
fn a_line_that_was_cut_anywhere_is_read_as_one() {
    for (template, seed) in [
        ("INFO tirtc_secret_key={alnum:32} done", "line key"),
        ("{\"a\":1,\"tirtc_secret_key\":\"{alnum:24}\",\"z\":1}", "line json"),
        ("{\"password\":\"{alnum:12}\",\"x\":1}", "line password"),
        ("req token={mint:tirtc} done", "line token"),
    ] {
        let filled = expand(template, seed);
        let text = std::str::from_utf8(&filled.bytes).expect("text");
        let span = filled.secrets[0].span.clone();
        let step = if text.len() > 200 { 11 } else { 1 };
        for cut in (1..text.len()).step_by(step) {
            let without = |range: std::ops::Range<usize>| -> String {
                range.filter(|at| !span.contains(at)).map(|at| &text[at..=at]).collect()
            };
            for (form, escape, other) in FORMS {
                let parts = form(&[&escape(&text[..cut]), &escape(&text[cut..])]);
                let rest = form(&[&escape(&without(0..cut)), &escape(&without(cut..text.len()))]);
                assert_masked(&parts, &rest, &filled.secrets, &format!("{seed} {cut}"));
                let (parts, rest) = (with_others(&parts, other), with_others(&rest, other));
                assert_masked(&parts, &rest, &filled.secrets, &format!("{seed} {cut} between"));
            }
        }
    }
}

#[test]
fn a_scan_finds_what_stands_in_a_line_that_was_cut_anywhere() {
    let detector = Detector::new(rule::builtin(), 1_800_000_000);
    let filled = expand("INFO tirtc_secret_key={alnum:32} done", "scanned key");
    let text = std::str::from_utf8(&filled.bytes).expect("text");
    let origin = Origin::file("app.log");
    for cut in 1..text.len() {
        for (form, escape, other) in FORMS {
            let parts = form(&[&escape(&text[..cut]), &escape(&text[cut..])]);
            for whole in [with_others(&parts, other), parts] {
                let mut found = Vec::new();
                let blob = Blob::whole(whole.as_bytes(), &origin);
                detector.leaks(&blob, &mut Scratch::default(), &mut |d| found.push(d.value.to_vec()));
                assert!(found == [filled.secrets[0].value.clone()], "{cut}: {} found", found.len());
            }
        }
    }
}

#[test]
fn a_line_in_many_parts_shows_nothing_at_any_of_its_cuts() {
    let masker = Arc::new(Masker::default());
    let filled = expand("{\"tirtc_secret_key\":\"{alnum:32}\"}", "many parts");
    let text = std::str::from_utf8(&filled.bytes).expect("text");
    let filler = "words of a log, ".repeat(1000);
    for at in 0..9 {
        for cut in [10, 20, 21, 22, 30, 50] {
            for (form, escape, _) in FORMS {
                let mut parts = vec![filler.clone(); 10];
                parts[at] = format!("{filler}{}", escape(&text[..cut]));
                parts[at + 1] = format!("{}{filler}", escape(&text[cut..]));
                let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
                let whole = form(&parts);
                for piece in [4096, whole.len()] {
                    let out = stream(whole.as_bytes(), piece, &masker);
                    let shown = filled.secrets[0].shown_in(&out);
                    assert!(shown.is_none(), "{at} {cut} {piece}: {}", shown.unwrap_or_default());
                    assert_eq!(out.iter().filter(|b| **b == b'\n').count(), parts.len());
                }
            }
        }
    }
}
