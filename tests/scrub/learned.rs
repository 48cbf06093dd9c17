//! What was recognised once is masked wherever it comes again: in slices, in streams however they come,
//! in files and in archives, and by as many threads as there are.

use crate::support;

use std::sync::Arc;

use proptest::prelude::*;
use scrubjay::scrub::{Masker, Policy, Scratch, Scrubber};
use support::template::expand;

/// Secrets of many forms, and how a line shows each by name.
const NAMED: &[(&str, &str)] = &[
    ("{alnum:32}", "secret_key=@"),
    ("{alnum:16}", "INFO pair_key: \"@\" ok"),
    ("{alnum:24}", "{\"user\":\"bob\",\"token\":\"@\"}"),
    ("{hex:64}", "sdkSecretKey=@ expire=1"),
    ("{alnum:40}", "Authorization: Bearer @"),
    ("{mint:tirtc}", "GET /player?token=@&page=2"),
    ("{alnum:20}", "password='@'"),
    ("{alnum:28}", "{\\\"api_key\\\":\\\"@\\\"}"),
    ("{alnum:22}", "Cookie: theme=dark; sid=@; lang=en"),
];

/// Where it comes again, without a name.
const AGAIN: &[&str] = &[
    "got @ from the cache",
    "x @",
    "@",
    "[\"a\",\"@\",1]",
    "{\"@\":true,\"n\":2}",
    "https://host.example/p/@/q?x=1",
    "\tat com.example.Main(@)",
    "msg=\\n@\\n",
    "0 \x1b[31m@\x1b[0m end",
    "<a>@</a>",
];

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

struct Case {
    text: Vec<u8>,
    secrets: Vec<support::template::Secret>,
}

fn secret(at: usize) -> (Vec<u8>, Vec<support::template::Secret>, &'static str) {
    let (template, named) = NAMED[at];
    let filled = expand(template, &format!("learned {at}"));
    (filled.bytes, filled.secrets, named)
}

fn put(line: &str, value: &[u8]) -> Vec<u8> {
    line.replace('@', std::str::from_utf8(value).expect("text")).into_bytes()
}

/// First the line with the name, then all the others.
fn case(at: usize) -> Case {
    let (value, secrets, named) = secret(at);
    let mut text = put(named, &value);
    for line in AGAIN {
        text.push(b'\n');
        text.extend(put(line, &value));
    }
    text.push(b'\n');
    Case { text, secrets }
}

fn stream(pieces: &[&[u8]], masker: &Arc<Masker>) -> Vec<u8> {
    let (mut out, mut scrubber) = (Vec::new(), Scrubber::new(masker.clone()));
    pieces.iter().for_each(|piece| scrubber.push(piece, &mut out).expect("memory can be written"));
    scrubber.finish(&mut out).expect("memory can be written");
    out
}

#[track_caller]
fn assert_silent(secrets: &[support::template::Secret], out: &[u8], what: &str) {
    for secret in secrets {
        let shown = secret.shown_in(out);
        assert!(shown.is_none(), "{what}: {}", shown.unwrap_or_default());
    }
}

#[test]
fn in_a_stream_from_then_on_and_with_the_mask_of_the_first() {
    let masker = Arc::new(Masker::default());
    for (at, (_, named)) in NAMED.iter().enumerate() {
        let Case { text, secrets } = case(at);
        let out = stream(&[&text], &masker);
        assert_silent(&secrets, &out, named);
        let lines = |bytes: &[u8]| bytes.iter().filter(|b| **b == b'\n').count();
        assert_eq!(lines(&out), lines(&text));
        assert_eq!(stream(&[&out], &masker), out, "a second time: {named}");
        let json = String::from_utf8(out).expect("text");
        let first = json.lines().nth(4).expect("a line of JSON");
        assert!(first.starts_with("[\"a\",\"") && first.ends_with("\",1]"), "{first}");
    }
}

#[test]
fn a_stream_does_not_know_what_comes_later() {
    let masker = Arc::new(Masker::default());
    let (value, _, named) = secret(0);
    let text = [put("x @", &value), put(named, &value)].join(&b'\n');
    assert!(stream(&[&text], &masker).starts_with(&put("x @", &value)));
}

#[test]
fn it_can_be_turned_off() {
    let masker: Arc<Masker> =
        Arc::new(Masker::new(Policy::builder().learn(false).build().expect("a policy")));
    let (value, ..) = secret(0);
    let Case { text, .. } = case(0);
    assert!(stream(&[&text], &masker).ends_with(&put("<a>@</a>\n", &value)));
    let mut out = Vec::new();
    let mut scratch = Scratch::default();
    assert_eq!(masker.mask(&put("secret_key=@", &value), &mut scratch, &mut out), 1);
    assert_eq!(masker.mask(&put("x @ y", &value), &mut scratch, &mut out), 0);
}

#[test]
fn words_numbers_paths_and_identifiers_are_not_learned() {
    let masker = Arc::new(Masker::default());
    let uuid = expand("{hex:8}-{hex:4}-4{hex:3}-a{hex:3}-{hex:12}", "learned uuid").bytes;
    let uuid = std::str::from_utf8(&uuid).expect("text");
    for value in [
        "correct-horse-battery-staple",
        "administrator",
        "configurationProvider",
        "1700000000000",
        "123456789012345678901234567890",
        "/usr/share/zoneinfo/posix/Europe",
        "com.apple.xpc.activity/4505",
        "2026-01-02T03:04:05.678Z",
        "aaaaaaaaaaaaaaaaaaaaaaaa",
        "changeme12345",
        "short9Xq2",
        uuid,
    ] {
        let text = format!("password=\"{value}\"\nthe {value} of it\n");
        let out = String::from_utf8(stream(&[text.as_bytes()], &masker)).expect("text");
        assert_eq!(out, format!("password=\"****\"\nthe {value} of it\n"));
    }
}

/// The id of a device is no secret in whatever stands around it: an address, a topic, the name of a member.
#[test]
fn ids_of_devices_are_not_learned_from_structures() {
    let masker = Arc::new(Masker::default());
    let forms =
        ["device://@", "mqtt/v1/@/events", "//@", "(@)", "@#0", "tirtc-@-main", "rtc.example/@?x=1", "<@>"];
    for form in forms {
        let id = expand("{device_id}", form).bytes;
        let text = put(form, &id);
        let text = std::str::from_utf8(&text).expect("text");
        let value = serde_json::json!({ text: 1, "id": text, "a": [text] });
        let lines = format!("{}\nopened {text}\n", serde_json::json!({ "password": value, "token": value }));
        let out = shown(&stream(&[lines.as_bytes()], &masker));
        assert!(out.ends_with(&format!("\nopened {text}\n")), "{out}");
    }
}

#[test]
fn what_stays_by_its_name_still_stays() {
    let (value, secrets, _) = secret(0);
    let policy = Policy::builder().keep_fields(["signature"]).build().expect("a policy");
    let masker = Arc::new(Masker::new(policy));
    let named = put("secret_key=@\n", &value);
    let kept = put("signature=@ device_id=@ {\"remote_id\": \"@\"}\n", &value);
    let out = stream(&[&named, &kept], &masker);
    assert!(out.ends_with(&kept));
    // But not beside it.
    assert_silent(&secrets, &stream(&[&named, &put("my_id=@ @\n", &value)], &masker), "my_id");
}

#[test]
fn percent_encoding_and_escapes_of_json_are_known_too() {
    let masker = Arc::new(Masker::default());
    let filled = expand("{alnum:14}+/{alnum:13}==", "learned signs");
    let value = std::str::from_utf8(&filled.bytes).expect("text");
    let percent = value.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    for again in [&percent, &percent.to_lowercase().replace(&value.to_lowercase()[..14], &value[..14])] {
        let text = format!("secret_key={value}\nx {again} y\n");
        let out = stream(&[text.as_bytes()], &masker);
        if again == &percent {
            assert!(out.ends_with(b"x **** y\n"), "{}", String::from_utf8_lossy(&out));
        }
    }
    let text = format!("secret_key={value}\nx \"{}\" y\n", value.replace('/', "\\/"));
    assert!(stream(&[text.as_bytes()], &masker).ends_with(b"x \"****\" y\n"));
}

#[test]
fn the_oldest_go_first_and_memory_is_bounded() {
    let masker = Arc::new(Masker::default());
    let key = |at: usize| expand("{alnum:32}", &format!("many {at}")).bytes;
    const MANY: usize = 6000;
    let mut text = Vec::new();
    for at in 0..MANY {
        text.extend(put("secret_key=@\n", &key(at)));
    }
    let named = text.len();
    let last = MANY - 2000;
    (last..MANY).for_each(|at| text.extend(put("x @\n", &key(at))));
    text.extend(put("x @\n", &key(0)));
    let out = stream(&[&text], &masker);
    let bare: Vec<&[u8]> = out.split(|b| *b == b'\n').skip(MANY).collect();
    assert!(named > 0 && bare[..2000].iter().all(|line| line.len() < 20), "the last ones are known");
    assert_eq!(bare[2000], put("x @", &key(0)), "the first one is not");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(3), ..ProptestConfig::default() })]

    /// However a stream comes, the same goes out; nothing that was named before is shown; and a second
    /// pass changes nothing.
    #[test]
    fn the_pieces_of_a_stream_do_not_matter(
        lines in prop::collection::vec((0..NAMED.len(), 0..=AGAIN.len()), 1..30),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
    ) {
        let mut text = Vec::new();
        for &(at, line) in &lines {
            let (value, _, named) = secret(at);
            text.extend(put(AGAIN.get(line).copied().unwrap_or(named), &value));
            text.push(b'\n');
        }
        let masker = Arc::new(Masker::default());
        let whole = stream(&[&text], &masker);
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len())).collect();
        at.sort_unstable();
        let mut pieces = Vec::new();
        let mut from = 0;
        for cut in at.into_iter().chain([text.len()]) {
            pieces.push(&text[from..cut]);
            from = cut;
        }
        prop_assert_eq!(shown(&stream(&pieces, &masker)), shown(&whole));
        let bytes: Vec<&[u8]> = text.chunks(1).collect();
        prop_assert_eq!(shown(&stream(&bytes, &masker)), shown(&whole));
        prop_assert_eq!(shown(&stream(&[&whole], &masker)), shown(&whole));
        let mut known: Vec<usize> = Vec::new();
        let out: Vec<&[u8]> = whole.split(|b| *b == b'\n').collect();
        for (&(at, line), out) in lines.iter().zip(out) {
            if line == AGAIN.len() {
                known.push(at);
            } else if known.contains(&at) {
                for secret in secret(at).1 {
                    prop_assert!(secret.shown_in(out).is_none());
                }
            }
        }
    }
}

#[test]
fn in_a_process_from_then_on_whatever_thread_saw_it() {
    const THREADS: usize = 8;
    const EACH: usize = 100;
    let masker = Masker::default();
    let key = |thread: usize, at: usize| expand("{alnum:32}", &format!("thread {thread} {at}"));
    let all: Vec<Vec<_>> = (0..THREADS).map(|t| (0..EACH).map(|at| key(t, at)).collect()).collect();
    let barrier = std::sync::Barrier::new(THREADS);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (masker, all, barrier) = (&masker, &all, &barrier);
            scope.spawn(move || {
                let (mut scratch, mut out) = (Scratch::default(), Vec::new());
                for key in &all[thread] {
                    assert_eq!(masker.mask(&put("pair_key=@", &key.bytes), &mut scratch, &mut out), 1);
                }
                barrier.wait();
                for key in all.iter().flatten() {
                    out.clear();
                    assert_eq!(masker.mask(&put("x @ y", &key.bytes), &mut scratch, &mut out), 1);
                    assert_silent(&key.secrets, &out, "a thread");
                }
            });
        }
    });
}

#[cfg(feature = "cli")]
mod files {
    use std::process::Command;

    use super::*;

    fn scrub(folder: &std::path::Path, arguments: &[&str]) -> std::process::Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scrubjay"));
        command.arg("scrub").args(arguments).current_dir(folder).output().expect("it runs")
    }

    #[test]
    fn before_and_after_and_the_same_for_any_number_of_threads() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut secrets = Vec::new();
        std::fs::create_dir(folder.path().join("logs")).expect("a folder");
        for at in 0..NAMED.len() {
            let (value, made, named) = secret(at);
            secrets.extend(made);
            let mut text = Vec::new();
            AGAIN.iter().for_each(|line| text.extend(put(&format!("{line}\n"), &value)));
            text.extend(put(&format!("{named}\n"), &value));
            std::fs::write(folder.path().join(format!("logs/{at}.log")), &text).expect("a file");
        }
        // What another file shows by name is not known here: it would depend on which comes first.
        let (value, ..) = secret(0);
        std::fs::write(folder.path().join("logs/other.log"), put("x @\n", &value)).expect("a file");
        for jobs in ["1", "2", "8"] {
            let out = scrub(folder.path(), &["-j", jobs, "-o", jobs, "--report", "r.json", "logs"]);
            assert!(out.status.success(), "{out:?}");
            let report = std::fs::read_to_string(folder.path().join("r.json")).expect("a report");
            assert!(
                report.matches("\"rule\"").count() >= NAMED.len() * (AGAIN.len() + 1),
                "{}",
                report.len()
            );
        }
        for (at, (_, named)) in NAMED.iter().enumerate() {
            let read =
                |jobs| std::fs::read(folder.path().join(format!("{jobs}/logs/{at}.log"))).expect("a copy");
            assert_silent(&secrets, &read("1"), named);
            assert_eq!((read("1") == read("2"), read("1") == read("8")), (true, true));
            // To standard output, as a diff and in place it is the same.
            let name = format!("logs/{at}.log");
            assert_eq!(scrub(folder.path(), &[&name]).stdout, read("1"));
            assert_silent(&secrets, &scrub(folder.path(), &["-n", &name]).stdout, "a diff");
            assert!(scrub(folder.path(), &["-i", "-q", &name]).status.success());
            assert_eq!(std::fs::read(folder.path().join(&name)).expect("a file"), read("1"));
        }
        assert_eq!(
            std::fs::read(folder.path().join("1/logs/other.log")).expect("a copy"),
            put("x @\n", &value)
        );
        let out = scrub(folder.path(), &["--no-learn", "logs/other.log"]);
        assert_eq!(out.stdout, put("x @\n", &value));
    }
}

/// Values that begin with an escape, under names of both kinds, then again beside other escapes: each line
/// stays JSON, and the part that can be told from the escape is gone.
#[test]
fn json_stays_json_where_escapes_stand_at_a_value() {
    let key = String::from_utf8(expand("{alnum:20}", "escapes").bytes).expect("text");
    for escape in ["\\u00e9", "\\t", "\\n", "x\\u003d", "pa\\u0026", "\\/", "\\\\", "\\\"", "é"] {
        let value = format!("{escape}{key}");
        let text = [
            format!("{{\"password\":\"{value}\"}}"),
            format!("{{\"msg\":\"{value}\",\"n\":1}}"),
            format!("{{\"key\":{{\"x\":\"{value}\"}}}}"),
            format!("{{\"token\":[\"{value}\"],\"n\":2}}"),
            format!("{{\"msg\":\"a{value} b\"}}"),
            format!("{{\"msg\":\"plain {key} text\"}}"),
        ]
        .join("\n");
        let inner = |line: &str| serde_json::json!({ "log": line }).to_string();
        let nested = text.lines().map(inner).collect::<Vec<_>>().join("\n");
        for text in [text, nested] {
            let masker = Arc::new(Masker::default());
            let out = stream(&[text.as_bytes()], &masker);
            let out = String::from_utf8(out).expect("text");
            assert!(!out.contains(&key), "{escape}: {out}");
            assert_eq!(out.lines().count(), text.lines().count());
            for (before, line) in text.lines().zip(out.lines()) {
                let was = serde_json::from_str::<serde_json::Value>(before).is_ok();
                let is = serde_json::from_str::<serde_json::Value>(line).is_ok();
                assert_eq!(was, is, "{escape}: {line}");
            }
        }
    }
}
