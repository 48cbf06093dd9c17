//! Values that are written as arrays of numbers, as the languages, their debuggers and their dumps write
//! bytes: a scan finds what they spell under the name, and what is scrubbed is an array still.

use crate::support;

use std::sync::{Arc, LazyLock};

use scrubjay::detect::Detector;
use scrubjay::rule;
use scrubjay::scrub::{Masker, Scrubber};
use support::cases::reported;
use support::prng::Prng;
use support::scrubbing;

/// How a number is written.
type Number = fn(u8) -> String;

/// A form of arrays: what stands before the numbers and behind them, how a number is written, what joins
/// two; `{L}` is the number of elements.
struct Form {
    open: &'static str,
    number: Number,
    joint: &'static str,
    close: &'static str,
}

fn decimal(byte: u8) -> String {
    byte.to_string()
}

fn hex(byte: u8) -> String {
    format!("0x{byte:02x}")
}

fn upper_hex(byte: u8) -> String {
    format!("0X{byte:02X}")
}

fn bare_hex(byte: u8) -> String {
    format!("{byte:02x}")
}

const fn form(open: &'static str, number: Number, joint: &'static str, close: &'static str) -> Form {
    Form { open, number, joint, close }
}

const FORMS: &[Form] = &[
    form("[", decimal, ", ", "]"),
    form("[", decimal, ",", "]"),
    form("[ ", decimal, " , ", " ]"),
    form("[", decimal, " ", "]"),
    form("[", hex, ", ", "]"),
    form("[", upper_hex, ",", "]"),
    form("[", |b| format!("{b}u8"), ", ", "]"),
    form("[", |b| format!("{b}.0"), ", ", "]"),
    form("[", |b| format!("0o{b:o}"), ", ", "]"),
    form("[", |b| format!("0b{b:08b}"), ", ", "]"),
    form("[", |b| format!("np.uint8({b})"), ", ", "]"),
    form("{", |b| format!("0{b:o}"), ", ", "}"),
    form("{", hex, ", ", "}"),
    form("{", |b| format!("&H{b:02X}"), ", ", "}"),
    form("(", decimal, ", ", ")"),
    form("($", bare_hex, ", $", ")"),
    form("@(", decimal, ",", ")"),
    form("#(", decimal, " ", ")"),
    form("[byte[]](", hex, ",", ")"),
    form("[|", |b| format!("{b}uy"), "; ", "|]"),
    form("<<", decimal, ",", ">>"),
    form("<Buffer ", bare_hex, " ", ">"),
    form("Buffer.from([", hex, ", ", "])"),
    form("Uint8Array({L}) [ ", decimal, ", ", " ]"),
    form("Buffer({L}) [Uint8Array] [ ", decimal, ", ", " ]"),
    form("new Uint8Array([", decimal, ", ", "])"),
    form("Uint8Array.from([", decimal, ", ", "])"),
    form("String.fromCharCode(", decimal, ", ", ")"),
    form(r#"{"type":"Buffer","data":["#, decimal, ",", "]}"),
    form("{ type: 'Buffer', data: [ ", decimal, ", ", " ] }"),
    form("new byte[]{", decimal, ", ", "}"),
    form("new byte[] { ", |b| format!("(byte) 0x{b:02x}"), ", ", " }"),
    form("new byte[{L}] {", |b| format!("(byte){b}"), ",", "}"),
    form("new String(new byte[] {", decimal, ", ", "}, StandardCharsets.UTF_8)"),
    form("char k[] = {", hex, ", ", "}"),
    form("const unsigned char k[{L}] = { ", hex, ", ", " }"),
    form("std::vector<uint8_t>{", hex, ", ", "}"),
    form("(uint8_t[]){", hex, ", ", "}"),
    form("[]byte{", hex, ", ", "}"),
    form("[...]byte{", decimal, ", ", "}"),
    form("[]uint8{", decimal, ", ", "}"),
    form("vec![", decimal, ", ", "]"),
    form("&[", |b| format!("{b}_u8"), ", ", "]"),
    form("Some([", decimal, ", ", "])"),
    form("SecretKey([", decimal, ", ", "])"),
    form("Bytes(Inner([", decimal, ", ", "]))"),
    form("bytes([", decimal, ", ", "])"),
    form("bytearray([", hex, ", ", "])"),
    form("array('B', [", decimal, ", ", "])"),
    form("array([", decimal, ", ", "], dtype=uint8)"),
    form("array(", decimal, ", ", ")"),
    form(r#"pack("C*", "#, decimal, ", ", ")"),
    form("byteArrayOf(", decimal, ", ", ")"),
    form("[UInt8]([", decimal, ", ", "])"),
    form("Data([", hex, ", ", "])"),
    form("Array[Byte](", decimal, ", ", ")"),
    form("Uint8List.fromList([", decimal, ", ", "])"),
    form("&.{", hex, ", ", "}"),
    form("[_]u8{", hex, ", ", "}"),
    form("c(", decimal, ", ", ")"),
];

/// Forms in which each number has its place before it; `{I}` is the place.
const PLACED: &[(&str, &str, &str, &str)] = &[
    (r#"{"#, r#""{I}":"#, ",", "}"),
    ("{ ", "'{I}': ", ", ", " }"),
    ("{", "\"{I}\" => ", ", ", "}"),
    ("array (\n  ", "{I} => ", ",\n  ", ",\n)"),
    ("Array\n(\n    ", "[{I}] => ", "\n    ", "\n)"),
    ("array({L}) {\n  ", "[{I}]=>\n  int(", ")\n  ", ")\n}"),
    ("{", "[{I}] = ", ", ", "}"),
];

/// What stands around the name and its array.
const CARRIERS: &[&str] = &[
    "2026-01-02T03:04:05Z INFO connected {N}={A} user=bob\n",
    "{N} = {A};\nport = 80\n",
    "{N}: {A}, user: bob\n",
    "let {N} = {A};\n",
    "{\"a\":1,\"{N}\":{A},\"b\":2}\n",
    "{ a: 1, {N}: {A}, b: 2 }\n",
    "config[\"{N}\"] = {A}\n",
    "Config { id: 7, {N}: {A}, on: true }\n",
    "'{N}' => {A},\n",
    "this.{N} := {A}\n",
];

/// In these an array is written only in some languages: for those of the first forms.
const DECLARED: &[&str] = &[
    "static const uint8_t {N}[{L}] = {A};\n",
    "unsigned char {N}[] = {A};\n",
    "const {N}: [u8; {L}] = {A};\n",
    "let {N}: [UInt8] = {A}\n",
    "const {N}: number[] = {A};\n",
    "val {N}: ByteArray = {A}\n",
    "client.{N}({A});\n",
    "props.put(\"{N}\", {A});\n",
    "{N} =\n    {A}\n",
];

const NAMES: &[(&str, &str)] = &[
    ("device_secret_key", "tirtc-device-secret-key"),
    ("tirtcSecretKey", "tirtc-secret-key"),
    ("password", ""),
    ("MQTT_PASSWORD", ""),
    ("userToken", ""),
];

/// How the numbers are laid out.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Layout {
    OneLine,
    /// So many on a line, further in than the name, perhaps with a comma behind the last.
    Lines(usize, bool),
}

const LAYOUTS: &[Layout] =
    &[Layout::OneLine, Layout::Lines(1, false), Layout::Lines(1, true), Layout::Lines(12, false)];

fn written(form: &Form, value: &str, layout: Layout) -> Option<String> {
    let numbers: Vec<String> = value.bytes().map(form.number).collect();
    let open = form.open.replace("{L}", &value.len().to_string());
    let Layout::Lines(each, is_trailed) = layout else {
        return Some(format!("{open}{}{}", numbers.join(form.joint), form.close));
    };
    // An array of Node's on one line is not an array of lines.
    // A buffer in a document over several lines is not masked as an array yet.
    if form.open.starts_with(r#"{"type""#) || form.open.starts_with("<Buffer") || form.open.starts_with("($")
    {
        return None;
    }
    let joint = form.joint.trim_end();
    let lines: Vec<String> = numbers.chunks(each).map(|line| line.join(form.joint)).collect();
    let last = if is_trailed { joint } else { "" };
    let body = lines.join(&format!("{joint}\n    "));
    Some(format!("{}\n    {body}{last}\n{}", open.trim_end(), form.close.trim_start()))
}

fn placed(form: &(&str, &str, &str, &str), value: &str) -> String {
    let (open, label, joint, close) = form;
    let numbers =
        value.bytes().enumerate().map(|(i, b)| format!("{}{b}", label.replace("{I}", &i.to_string())));
    let open = open.replace("{L}", &value.len().to_string());
    format!("{open}{}{close}", numbers.collect::<Vec<_>>().join(joint))
}

static MASKER: LazyLock<Arc<Masker>> = LazyLock::new(Arc::default);
static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(rule::builtin(), 1_800_000_000));

fn masked(text: &str) -> String {
    scrubbing::masked(&MASKER, text)
}

fn streamed(text: &str, ahead: bool) -> String {
    scrubbing::by_lines(&MASKER, text, ahead)
}

/// Every number of a text, in whatever radix, where it may be a byte.
fn numbers(text: &str) -> Vec<u8> {
    let mut all = Vec::new();
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')) {
        let word = word.to_ascii_lowercase();
        let plain = ["_u8", "u8", "uy"].iter().find_map(|s| word.strip_suffix(s)).unwrap_or(&word);
        let radix = |digits: &str, radix| u8::from_str_radix(digits, radix).ok();
        let number = match plain.get(..2) {
            Some("0x") => radix(&plain[2..], 16),
            Some("0o") => radix(&plain[2..], 8),
            Some("0b") => radix(&plain[2..], 2),
            _ if plain.starts_with('0') && plain.len() > 2 => radix(plain, 8),
            _ if plain.starts_with('h') => radix(&plain[1..], 16),
            _ => radix(plain, 10).or_else(|| radix(plain, 16)),
        };
        all.extend(number);
    }
    all
}

/// Whether three elements of the value stand in a row, or as many as places before them let through.
fn shows(text: &str, value: &str) -> bool {
    let seen = numbers(text);
    value.as_bytes().windows(3).any(|three| seen.windows(3).any(|w| w == three))
}

/// What went wrong with a text, if anything did.
fn complaint(text: &str, name: &str, rule: &str, value: &str) -> Option<String> {
    let out = masked(text);
    let again = masked(&out);
    // What stands in a document over several lines is masked line by line: an array that is JSON stays one.
    let is_document = text.starts_with("{\"a\"") && text.trim_end().contains('\n');
    let is_array = (out.contains("42") || out.contains("2a")) && !out.contains("****");
    if shows(&out, value) || !(is_array || is_document) {
        return Some(format!("scrubbed: {out}"));
    }
    if !out.contains(name) || again != out {
        return Some(format!("again: {out}becomes {again}"));
    }
    for ahead in [false, true] {
        let piped = streamed(text, ahead);
        let is_same = !ahead || is_document || piped.replace('\n', "") == out.replace('\n', "");
        let has_lines = piped.lines().count() == text.lines().count();
        if shows(&piped, value) || streamed(&piped, ahead) != piped || !is_same || !has_lines {
            return Some(format!("in a stream, {ahead}: {piped}"));
        }
    }
    let found = reported(&DETECTOR, "a.txt", text.as_bytes());
    let is_found = found.iter().any(|d| d.rule.id == rule && *d.value == value.as_bytes());
    if !rule.is_empty() && (!is_found || found.len() != 1) {
        let rules: Vec<_> = found.iter().map(|d| (&d.rule.id, d.value.len())).collect();
        return Some(format!("scanned: {rules:?}"));
    }
    None
}

fn each_text(carriers: &[&str], forms: &[Form], seed: u64, sink: &mut dyn FnMut(&str, &str, &str, &str)) {
    let mut random = Prng::new(seed);
    for form in forms {
        for layout in LAYOUTS {
            for carrier in carriers {
                let (name, rule) = random.pick(NAMES);
                let value = random.alnum(32);
                let Some(array) = written(form, &value, *layout) else { continue };
                let text = carrier.replace("{N}", name).replace("{A}", &array).replace("{L}", "32");
                sink(&text, name, rule, &value);
            }
        }
    }
}

fn expect_none(complaints: &[String]) {
    let shown = complaints[..complaints.len().min(12)].join("\n");
    assert!(complaints.is_empty(), "{} texts:\n{shown}", complaints.len());
}

#[test]
fn every_form_in_every_layout_is_found_and_masked_as_an_array() {
    let mut complaints = Vec::new();
    let mut look = |text: &str, name: &str, rule: &str, value: &str| {
        complaints.extend(complaint(text, name, rule, value).map(|why| format!("{text:?}\n{why:?}\n")));
    };
    each_text(CARRIERS, FORMS, 1, &mut look);
    each_text(DECLARED, &FORMS[..5], 2, &mut look);
    expect_none(&complaints);
}

#[test]
fn numbers_with_their_places_are_masked_all_the_same() {
    let mut random = Prng::new(3);
    let mut complaints = Vec::new();
    for form in PLACED {
        for carrier in CARRIERS {
            let (name, rule) = random.pick(NAMES);
            let value = random.alnum(32);
            let text = carrier.replace("{N}", name).replace("{A}", &placed(form, &value));
            complaints.extend(complaint(&text, name, rule, &value).map(|why| format!("{text:?}\n{why:?}\n")));
        }
    }
    expect_none(&complaints);
}

/// The array as a value of JSON, and as what a string of JSON holds.
#[test]
fn json_stays_json_with_an_array_in_it() {
    let mut random = Prng::new(4);
    let mut complaints = Vec::new();
    for (name, rule) in NAMES {
        for is_pretty in [false, true] {
            for is_buffer in if is_pretty { &[false][..] } else { &[false, true] } {
                let is_buffer = *is_buffer;
                let value = random.alnum(32);
                let numbers = serde_json::json!(value.as_bytes());
                let array =
                    if is_buffer { serde_json::json!({"type": "Buffer", "data": numbers}) } else { numbers };
                let document = serde_json::json!({"a": 1, *name: array, "list": [{"b": 2}]});
                let text = if is_pretty { format!("{document:#}\n") } else { format!("{document}\n") };
                let inner = format!("{}\n", serde_json::json!({"log": text, "n": 1}));
                let deeper = format!("{}\n", serde_json::json!({"log": inner, "n": 1}));
                for text in [text, inner, deeper] {
                    // Over lines of its own each number is masked for itself, and so is the type of a buffer.
                    let is_over_lines = is_buffer && text.trim_end().contains('\n');
                    let why = if is_over_lines { None } else { complaint(&text, name, rule, &value) };
                    complaints.extend(why.map(|why| format!("{text:?}\n{why:?}\n")));
                    if shows(&masked(&text), &value) || shows(&streamed(&text, false), &value) {
                        complaints.push(text.clone());
                    }
                    let is_json = |text: &str| serde_json::from_str::<serde_json::Value>(text).is_ok();
                    // In a pipe the names of a buffer go out before its numbers are seen: nothing of it is shown.
                    let mut outs = vec![masked(&text), streamed(&text, true)];
                    if !is_over_lines {
                        outs.push(streamed(&text, false));
                    }
                    complaints.extend(
                        outs.into_iter().filter(|out| !is_json(out)).map(|out| format!("{text:?}\n{out:?}")),
                    );
                }
            }
        }
    }
    expect_none(&complaints);
}

#[test]
fn items_of_yaml_and_bytes_with_a_sign_are_masked() {
    let mut random = Prng::new(5);
    let mut complaints = Vec::new();
    for (name, rule) in NAMES {
        let value = random.alnum(32);
        let items: String = value.bytes().map(|b| format!("  - {b}\n")).collect();
        let text = format!("a: 1\n{name}:\n{items}b: 2\n");
        complaints.extend(complaint(&text, name, rule, &value).map(|why| format!("{text:?}\n{why:?}\n")));
        let signed: Vec<String> = random.bytes(24).iter().map(|b| b.cast_signed().to_string()).collect();
        let text = format!("{name} = [{}]\n", signed.join(", "));
        let out = masked(&text);
        if out != format!("{name} = [42,42,42,42]\n") {
            complaints.push(format!("{text}{out}"));
        }
    }
    expect_none(&complaints);
}

#[test]
fn what_an_array_spelled_is_known_from_then_on() {
    let mut random = Prng::new(6);
    for form in &FORMS[..24] {
        let value = random.alnum(24);
        let Some(array) = written(form, &value, Layout::OneLine) else { continue };
        let text = format!("password = {array}\nlogin of bob with {value}\n");
        for ahead in [false, true] {
            let out = streamed(&text, ahead);
            assert!(!out.contains(&value), "{text}{out}");
        }
    }
}

#[test]
fn arrays_in_parts_of_any_length_leave_no_number() {
    let mut random = Prng::new(7);
    for count in [3_000, 40_000, 200_000] {
        for (open, close) in
            [("[", "]"), ("new byte[] {", "}"), ("Uint8Array(9) [ ", " ]"), ("vec![", "]"), ("<Buffer ", ">")]
        {
            let is_hex = open.starts_with('<');
            let bytes = random.bytes(count);
            let number = |b: &u8| if is_hex { bare_hex(*b) } else { b.to_string() };
            let numbers: Vec<String> = bytes.iter().map(number).collect();
            let text = format!(
                "INFO a=1 password={open}{}{close} user=bob\n",
                numbers.join(if is_hex { " " } else { ", " })
            );
            for piece in [4_096, 100_000, text.len()] {
                let mut out = Vec::new();
                let mut scrubber = Scrubber::new(Arc::clone(&MASKER));
                for part in text.as_bytes().chunks(piece) {
                    scrubber.push(part, &mut out).expect("memory takes everything");
                }
                scrubber.finish(&mut out).expect("memory takes everything");
                let out = String::from_utf8(out).expect("text stays text");
                assert!(
                    out.len() < 120 && out.ends_with(" user=bob\n"),
                    "{open} {count} {piece}: {}",
                    &out[..out.len().min(300)]
                );
            }
        }
    }
}

/// What would take minutes if each part looked at all that follows it.
/// The first argument of a call, at the end of a line in a pipe: the number of an application is no array.
#[test]
fn the_number_of_an_application_stays_in_a_call_over_several_lines() {
    let mut rng = Prng::new(29);
    for call in ["genTestUserSig(", "new LibGenerateTestUserSig(", "api.genUserSig(", "Token{", "password("] {
        for end in ["\n", "\r\n", "\n    "] {
            let app = 1_400_000_000 + rng.below(99_999_999);
            let text = format!("x = {call}{app},{end}'bob', 86400)\n");
            for ahead in [false, true] {
                assert_eq!(streamed(&text, ahead), text, "{ahead}");
            }
        }
    }
}

#[test]
fn what_stands_behind_a_list_without_an_end_is_seen() {
    const LENGTH: usize = 128 * 1024;
    const PARTS: &[&str] = &[
        "[1,",
        "1,",
        "[1,1,1,1,1,1,1,1,",
        "{\"0\":1,",
        "(",
        "[",
        "<<",
        "new byte[]{",
        "[]byte{1,",
        "password=[1,",
        "password=[",
        "password=(1,\n",
        "password[1]=",
        "password(1,",
        "'password',1,",
        "token=[1,",
        "key: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,",
        "- 1\n",
        "password:\n  - 1\n",
        "[0] => 1\n",
        "device_secret_key=[1,",
        "device_secret_key = {0x51, ",
        "device_secret_key[",
        "(byte) 1,",
        "/* 1 */ 1,",
    ];
    let mut random = Prng::new(8);
    for part in PARTS {
        for head in ["", "password=", "device_secret_key = ["] {
            let value = random.alnum(24);
            let text = format!("{head}{}\n\nsecret={value}\n", part.repeat(LENGTH / part.len()));
            let out = masked(&text);
            assert!(!out.contains(&value), "{head}{part}");
            drop(reported(&DETECTOR, "a.txt", text.as_bytes()));
        }
    }
}

/// Text that numbers spell holds its names and values itself.
#[test]
fn a_scan_reads_names_and_values_that_numbers_spell() {
    let mut random = Prng::new(9);
    for joint in [", ", ",", " , ", ",\n    ", " ,\n", ",\r\n  "] {
        for (open, close) in [("{\"MESSAGE\":[", "]}"), ("const MESSAGE = [\n    ", "\n];"), ("x = (", ")")] {
            let value = random.alnum(32);
            let numbers: Vec<String> =
                format!("got device_secret_key={value} now").bytes().map(|b| b.to_string()).collect();
            let text = format!("{open}{}{close}\n", numbers.join(joint));
            let found = reported(&DETECTOR, "a.txt", text.as_bytes());
            assert!(found.iter().any(|d| *d.value == value.as_bytes()), "{text}");
            assert!(!shows(&masked(&text), &value), "{text}");
        }
    }
}
