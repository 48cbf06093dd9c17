//! Laws of scrubbing that hold for every input and every way in which it comes in pieces: of log lines of
//! many kinds with planted secrets, JSON, UTF-16, NULs, and lines that are longer than any buffer.

use crate::support;

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use scrubjay::detect::Detector;
use scrubjay::scrub::Masker;
use support::NOW;
use support::prng::Prng;
use support::scrubbing::{
    Scrubbed, difference, is_bounded, is_clean, is_fixpoint, is_same_outside, keeps_json, keeps_lines, scrub,
};
use support::template::{Expanded, expand};

static MASKER: LazyLock<Arc<Masker>> = LazyLock::new(Arc::default);
static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(scrubjay::rule::builtin(), NOW));

/// Lines as programs write them; each stands for itself.
const LINES: &[&str] = &[
    "2026-01-02T03:04:05Z INFO login user=bob secret_key={alnum:32} device_id={device_id} ok",
    "level=warn msg=\"bad token\" token=\"{mint:tirtc}\" took=3ms",
    "10.0.0.1 - - [02/Jan/2026:03:04:05 +0000] \"GET /v?token={alnum:32}&page=2 HTTP/1.1\" 200 12",
    "10.0.0.1 - bob [02/Jan/2026:03:04:05 +0000] \"GET /r?next=%2Fv%3Ftoken%3D{alnum:32}%26p%3D2 HTTP/1.1\" 302 0",
    "01-02 03:04:05.678  1234  5678 D TiRTC   : connect license={license} state=ok",
    "\u{1b}[3mtoken\u{1b}[0m\u{1b}[2m=\u{1b}[0m{alnum:32} \u{1b}[32mINFO\u{1b}[0m done",
    "Authorization: Bearer {mint:tirtc}",
    "Authorization: Basic {base64:user:{alnum:24}}",
    "Config { id: 7, secret_key: Some(\"{alnum:32}\"), license: \"{license}\", n: 1 }",
    "{\"time\":\"2026-01-02\",\"msg\":\"x\",\"secret_key\":\"{alnum:32}\",\"n\":[1,2,{\"password\":12345}]}",
    "{\"log\":\"{json:{\"token\":\"{alnum:32}\",\"level\":\"info\"}}\\n\",\"stream\":\"stdout\"}",
    "userSig: {mint:usersig}, sdkAppId: {sdkappid}",
    "--- {mint:usersig} ---",
    "token:\n  {alnum:32}\nnext: 1",
    "secret_key: Some(\n    \"{alnum:32}\",\n),",
    "password={alnum:9} user=bob",
    "set-cookie: session={alnum:32}; Path=/; HttpOnly",
    "curl -H 'X-Api-Key: {alnum:32}' https://example.com/v1?x=1",
    "plain line about a token that expired, nothing else",
    "token_count=512 max_tokens: 4096 license: MIT v1.2.3",
    "0f8fad5b-d9cb-469f-a165-70867728950e, 7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "caf\u{e9} \u{4f60}\u{597d} \u{1f600}",
    "",
    "\ttab\u{1}\u{7f}",
];

fn cases() -> u32 {
    if cfg!(debug_assertions) { 60 } else { 3_000 }
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: cases(),
        rng_seed: RngSeed::Fixed(11),
        failure_persistence: None,
        max_shrink_iters: 300,
        ..ProptestConfig::default()
    }
}

fn text_of(lines: &[(usize, bool)], seed: u64) -> Expanded {
    let template: String = lines
        .iter()
        .map(|(at, crlf)| format!("{}{}", LINES[*at], if *crlf { "\r\n" } else { "\n" }))
        .collect();
    expand(&template, &format!("laws {seed}"))
}

fn lines() -> impl Strategy<Value = Vec<(usize, bool)>> {
    prop::collection::vec((0..LINES.len(), prop::bool::weighted(0.2)), 0..40)
}

fn pieces() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(prop_oneof![1..8_usize, 1..400_usize, 1..5_000_usize], 0..12)
}

fn shown(text: &Expanded, out: &[u8]) -> Result<(), String> {
    let mut complaints = text.secrets.iter().filter_map(|secret| secret.shown_in(out));
    complaints.next().map_or(Ok(()), Err)
}

fn all(text: &[u8], done: &Scrubbed, pieces: &[usize]) -> Result<(), String> {
    is_same_outside(text, done)?;
    keeps_lines(text, &done.bytes)?;
    is_bounded(text, done)?;
    is_fixpoint(&MASKER, &done.bytes, pieces)?;
    is_clean(&DETECTOR, &done.bytes)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn logs_in_any_pieces(lines in lines(), pieces in pieces(), seed: u64, end: bool) {
        let mut text = text_of(&lines, seed);
        if !end {
            text.bytes.pop();
        }
        for (pieces, ahead) in [(&pieces[..], false), (&[][..], true), (&[1], false)] {
            let done = scrub(&MASKER, &text.bytes, pieces, ahead);
            let checked = shown(&text, &done.bytes)
                .and_then(|()| all(&text.bytes, &done, pieces))
                .and_then(|()| keeps_json(&text.bytes, &done.bytes));
            prop_assert!(checked.is_ok(), "{:?}", checked);
        }
    }

    #[test]
    fn logs_that_are_cut_anywhere(lines in lines(), pieces in pieces(), seed: u64, cut in 0.0..1.0_f64) {
        let text = text_of(&lines, seed).bytes;
        let cut = (text.len() as f64 * cut) as usize;
        for part in [&text[..cut], &text[cut..]] {
            let done = scrub(&MASKER, part, &pieces, false);
            let checked = all(part, &done, &pieces);
            prop_assert!(checked.is_ok(), "{:?}", checked);
        }
    }

    #[test]
    fn json_lines_with_anything_in_them(values in prop::collection::vec(json(), 1..8), pieces in pieces()) {
        let text: String = values.iter().map(|v| format!("{v}\n")).collect();
        let pretty: String = values.iter().map(|v| serde_json::to_string_pretty(v).expect("JSON") + "\n").collect();
        let done = scrub(&MASKER, text.as_bytes(), &pieces, false);
        let checked = keeps_json(text.as_bytes(), &done.bytes)
            .and_then(|()| is_fixpoint(&MASKER, &done.bytes, &pieces));
        prop_assert!(checked.is_ok(), "{:?}", checked);
        let done = scrub(&MASKER, pretty.as_bytes(), &pieces, true);
        let read: Result<Vec<serde_json::Value>, _> =
            serde_json::Deserializer::from_slice(&done.bytes).into_iter().collect();
        prop_assert_eq!(read.map(|r| r.len()).ok(), Some(values.len()), "{}", String::from_utf8_lossy(&done.bytes));
    }

    #[test]
    fn utf16_stays_utf16(lines in lines(), pieces in pieces(), seed: u64, little: bool) {
        let text = text_of(&lines, seed);
        let wide = |text: &str| -> Vec<u8> {
            let units = text.encode_utf16();
            units.flat_map(|u| if little { u.to_le_bytes() } else { u.to_be_bytes() }).collect()
        };
        let plain = String::from_utf8(text.bytes.clone()).expect("templates are text");
        let bytes = wide(&format!("\u{feff}{plain}"));
        for (pieces, ahead) in [(&pieces[..], false), (&[][..], true)] {
            let done = scrub(&MASKER, &bytes, pieces, ahead);
            prop_assert_eq!(done.bytes.len() % 2, 0);
            let unit = |b: &[u8]| if little { u16::from_le_bytes([b[0], b[1]]) } else { u16::from_be_bytes([b[0], b[1]]) };
            let units: Vec<u16> = done.bytes.chunks_exact(2).map(unit).collect();
            let out = String::from_utf16(&units);
            prop_assert!(out.is_ok(), "it is no UTF-16 any more");
            let out = out.expect("it is UTF-16");
            let checked = shown(&text, out.as_bytes())
                .and_then(|()| keeps_lines(plain.as_bytes(), out.as_bytes()))
                .and_then(|()| is_fixpoint(&MASKER, &done.bytes, pieces));
            prop_assert!(checked.is_ok(), "{:?}", checked);
        }
    }

    /// After a NUL lengths count: nothing moves.
    #[test]
    fn what_follows_a_nul_keeps_its_place(lines in lines(), pieces in pieces(), seed: u64) {
        let mut text = text_of(&lines, seed);
        text.bytes.splice(0..0, *b"\x01\0\x02\n");
        let done = scrub(&MASKER, &text.bytes, &pieces, false);
        prop_assert_eq!(done.bytes.len(), text.bytes.len());
        let checked = shown(&text, &done.bytes)
            .and_then(|()| is_same_outside(&text.bytes, &done))
            .and_then(|()| is_fixpoint(&MASKER, &done.bytes, &pieces));
        prop_assert!(checked.is_ok(), "{:?}", checked);
    }

    /// A private key that was damaged on its way: no line of it is shown, however it comes.
    #[test]
    fn a_damaged_private_key_is_hidden_whole(
        pieces in pieces(),
        seed: u64,
        damage in prop::collection::vec((any::<prop::sample::Index>(), 1..12_usize), 1..4),
        byte in prop::sample::select(vec![0_u8, 1, 0x7f, 0x80, 0xff]),
        crlf: bool,
    ) {
        let mut text = expand("x = 1\n{pem:ec}\napi(x)\n", &format!("damaged {seed}"));
        let body = text.bytes.len() / 4..text.bytes.len() * 3 / 4;
        for (at, length) in damage {
            let at = body.start + at.index(body.len());
            text.bytes[at..body.end.min(at + length)].iter_mut().filter(|b| **b != b'\n').for_each(|b| *b = byte);
        }
        if crlf {
            text.bytes = text.bytes.split_inclusive(|b| *b == b'\n').flat_map(|line| {
                [&line[..line.len() - 1], b"\r\n"].concat()
            }).collect();
        }
        for (pieces, ahead) in [(&pieces[..], false), (&[][..], true), (&[1], false)] {
            let done = scrub(&MASKER, &text.bytes, pieces, ahead);
            // Of what goes out line by line the length is not known when its mask is told.
            let checked = shown(&text, &done.bytes)
                .and_then(|()| keeps_lines(&text.bytes, &done.bytes))
                .and_then(|()| if ahead { is_same_outside(&text.bytes, &done) } else { Ok(()) })
                .and_then(|()| is_fixpoint(&MASKER, &done.bytes, pieces))
                .and_then(|()| is_clean(&DETECTOR, &done.bytes));
            prop_assert!(checked.is_ok(), "{:?}", checked);
        }
    }
}

/// JSON whose names and strings are what makes trouble.
fn json() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::{Value, json};
    let name = prop::sample::select(vec![
        "token",
        "password",
        "secret_key",
        "license",
        "msg",
        "a b",
        "tok\"en",
        "Authorization",
        "id",
        "cookie",
    ]);
    let text = prop_oneof![
        Just("k9X2mQ7bT4vN8cR1zL5wJ3hF6dS0gP2a".to_owned()),
        Just("Bearer k9X2mQ7bT4vN8cR1zL5wJ3hF6dS0gP2a, x".to_owned()),
        Just("{\"token\":\"k9X2mQ7bT4vN8cR1zL5wJ3hF6dS0gP2a\",\"n\":[1]}".to_owned()),
        Just("GET /?token=k9X2mQ7bT4vN8cR1zL5wJ3hF6dS0gP2a&x=\\".to_owned()),
        Just("password=hunter2\npassword: \"a\\\"b\"\n".to_owned()),
        "[ -~]{0,24}",
        "\\PC{0,12}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<f32>().prop_map(|f| json!(f)),
        text.prop_map(Value::from),
    ];
    let inner = leaf.prop_recursive(3, 24, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(name.clone(), inner.clone(), 0..5)
                .prop_map(|map| map.into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<Value>()),
            inner.prop_map(|v| Value::from(v.to_string())),
        ]
    });
    inner.prop_map(|inner| json!({ "ts": 1, "v": inner }))
}

/// A line that is longer than any buffer, with secrets at its beginning, its end, and where it is cut.
#[test]
fn lines_longer_than_any_buffer() {
    let mut rng = Prng::new(31);
    for round in 0..if cfg!(debug_assertions) { 3 } else { 60 } {
        let mut template = String::new();
        while template.len() < 700 * 1024 {
            let length = 1 + rng.below(40);
            let filler = rng.alnum(length).to_lowercase();
            // With signs to be cut at, and without any for longer than what is held back.
            let (times, sign) = if round % 3 == 2 {
                (1 + 200_000 / length, "")
            } else {
                (1 + rng.below(160_000 / length), " ")
            };
            template.push_str(&format!("{filler}{sign}").repeat(times));
            let planted = [
                "&secret_key={alnum:32}&",
                " token=\"{mint:tirtc}\" ",
                ", license={license}, ",
                ", \"password\":\"{alnum:12}\",",
            ];
            template.push_str(planted[rng.below(planted.len())]);
        }
        let text = expand(&template, &format!("long {round}"));
        let pieces: Vec<usize> = (0..8).map(|_| 1 + rng.below(200_000)).collect();
        let whole = scrub(&MASKER, &text.bytes, &[], false);
        for done in [
            whole.clone(),
            scrub(&MASKER, &text.bytes, &pieces, false),
            scrub(&MASKER, &text.bytes, &pieces, true),
        ] {
            let checked = shown(&text, &done.bytes).and_then(|()| is_same_outside(&text.bytes, &done));
            assert!(checked.is_ok(), "round {round}: {checked:?}");
            assert!(done.masks.len() >= text.secrets.len(), "round {round}: each has a mask");
            let again = scrub(&MASKER, &done.bytes, &pieces, false);
            assert!(again.bytes == done.bytes, "round {round}: {:?}", difference(&done.bytes, &again.bytes));
        }
    }
}

/// Names of one script, keys, masks and NULs in any order: where lengths are kept, a mask is as long as its
/// value, and a scan takes nothing behind it for the value of the name before it.
#[test]
fn nothing_is_found_behind_masks_that_keep_lengths() {
    const PARTS: &[&str] = &[
        "密钥",
        "秘钥",
        "钥",
        "\0",
        "\0\0",
        ":",
        "=",
        "{alnum:16}",
        "{alnum:32}",
        " ",
        "\n",
        "e",
        "t",
        "\"",
        "****",
        "**",
        "tirtc",
        "，",
        "密钥是",
        "的",
        "secret_key",
    ];
    let known = ["\n\0密钥e{alnum:24}t钥e{alnum:24}e", "\n\0密钥e{alnum:24}c:e{alnum:24}:.e"];
    let mut rng = Prng::new(9);
    for round in 0..if cfg!(debug_assertions) { 2_000 } else { 40_000 } {
        let drawn = || (0..4 + rng.below(12)).map(|_| PARTS[rng.below(PARTS.len())]).collect::<String>();
        let text = known.get(round).map_or_else(drawn, |text| (*text).to_owned());
        let text = expand(&text, &round.to_string());
        let done = scrub(&MASKER, &text.bytes, &[], false);
        let clean = is_clean(&DETECTOR, &done.bytes);
        assert!(clean.is_ok(), "round {round}: {clean:?} in {:?}", String::from_utf8_lossy(&done.bytes));
    }
}

/// Cells with line ends: the columns behind them are still counted, however the rows come.
#[test]
fn rows_of_a_table_go_over_several_lines() {
    let row = "7,{alnum:32},\"two\nlines, \"\"quoted\"\"\r\n\",{alnum:32},end\n8,{alnum:32},plain,{alnum:32},end\n\
               9,\"{alnum:16}\n{alnum:16}\",\"\",{alnum:32},end\n";
    let rows = row.repeat(if cfg!(debug_assertions) { 40 } else { 4_000 });
    let text = expand(&format!("id,password,note,token,last\n{rows}"), "table");
    for (pieces, ahead) in [(&[][..], false), (&[][..], true), (&[1], false), (&[7, 300], false)] {
        let done = scrub(&MASKER, &text.bytes, pieces, ahead);
        let checked = shown(&text, &done.bytes)
            .and_then(|()| keeps_lines(&text.bytes, &done.bytes))
            .and_then(|()| is_fixpoint(&MASKER, &done.bytes, pieces));
        assert!(checked.is_ok(), "{pieces:?}: {checked:?}");
        let out = String::from_utf8(done.bytes).expect("text");
        assert_eq!(out.matches(",end\n").count(), rows.matches(",end\n").count());
        assert_eq!(scrub(&MASKER, out.as_bytes(), pieces, ahead).masks.len(), 0, "there is nothing left");
    }
    // A quote that another row closes is none: the rows behind it have their cells.
    let broken = "no,license,used\n1,\"stray,x\n2,\"camera-0017,{alnum:30}\",0\n3,\"camera-0017,{alnum:30}\",1\n\
                  4,{alnum:40},1\n";
    let text = expand(broken, "broken rows");
    for (pieces, ahead) in [(&[][..], false), (&[][..], true), (&[1], false)] {
        let done = scrub(&MASKER, &text.bytes, pieces, ahead);
        let checked = shown(&text, &done.bytes).and_then(|()| is_fixpoint(&MASKER, &done.bytes, pieces));
        assert_eq!(checked, Ok(()), "{pieces:?}, {ahead}: {}", String::from_utf8_lossy(&done.bytes));
    }
    // A stray quote in a log whose first line looks like a header holds nothing open for long.
    let log = format!("time,token\n1,\"stray\n{}2,{{alnum:32}}\n", "3,x\n".repeat(8_000));
    let text = expand(&log, "stray");
    let done = scrub(&MASKER, &text.bytes, &[1_000], false);
    assert_eq!(shown(&text, &done.bytes), Ok(()));
}

/// A reader that fails in the middle: what it gave before has gone out, masked.
#[test]
fn what_was_read_before_an_error_is_there() {
    struct Failing<'t>(&'t [u8]);
    impl std::io::Read for Failing<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if self.0.is_empty() {
                return Err(std::io::Error::other("the cable was pulled"));
            }
            self.0.read(&mut buffer[..7.min(self.0.len())])
        }
    }
    let text = expand("one\npassword={alnum:12}\nsecret_key={alnum:32}", "failing");
    let mut out = Vec::new();
    let mut scrubber = scrubjay::scrub::Scrubber::new(Arc::clone(&MASKER));
    let error = scrubber.copy(&mut Failing(&text.bytes), &mut out).expect_err("it fails");
    assert_eq!(error.to_string(), "the cable was pulled");
    assert_eq!(shown(&text, &out), Ok(()));
    assert!(out.starts_with(b"one\npassword=****\nsecret_key="), "{}", String::from_utf8_lossy(&out));
}
