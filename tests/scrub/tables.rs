//! Tables wherever they stand and whoever writes them: the cells under the name of a secret are found and hidden,
//! those of other columns stay, and prose with commas is no table.

use crate::support;

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use scrubjay::detect::Detector;
use scrubjay::rule;
use scrubjay::scrub::Masker;
use support::cases::reported;
use support::prng::Prng;
use support::scrubbing;

/// Writes titles and rows as a table.
type Write = fn(&[&str], &[Vec<String>]) -> String;

fn joined(titles: &[&str], rows: &[Vec<String>], by: &str) -> String {
    let rows: String = rows.iter().map(|row| row.join(by) + "\n").collect();
    titles.join(by) + "\n" + &rows
}

fn quoted(titles: &[&str], rows: &[Vec<String>], by: &str) -> String {
    let quote = |row: Vec<&str>| row.iter().map(|cell| format!("\"{cell}\"")).collect::<Vec<_>>().join(by);
    let rows = rows.iter().map(|row| quote(row.iter().map(String::as_str).collect()) + "\n");
    quote(titles.to_vec()) + "\n" + &rows.collect::<String>()
}

fn boxed(titles: &[&str], rows: &[Vec<String>]) -> String {
    let rule = titles.iter().map(|_| "+----------".to_owned()).collect::<String>() + "+\n";
    let line = |row: Vec<&str>| row.iter().map(|cell| format!("| {cell:<12} ")).collect::<String>() + "|\n";
    let rows = rows.iter().map(|row| line(row.iter().map(String::as_str).collect())).collect::<String>();
    format!("{rule}{}{rule}{rows}{rule}", line(titles.to_vec()))
}

fn markdown(titles: &[&str], rows: &[Vec<String>]) -> String {
    let line = |row: Vec<&str>| format!("| {} |\n", row.join(" | "));
    let rule = line(titles.iter().map(|_| ":--").collect());
    let rows = rows.iter().map(|row| line(row.iter().map(String::as_str).collect())).collect::<String>();
    line(titles.to_vec()) + &rule + &rows
}

fn copy(titles: &[&str], rows: &[Vec<String>]) -> String {
    let rows: String = rows.iter().map(|row| row.join("\t") + "\n").collect();
    format!("COPY public.devices ({}) FROM stdin;\n{rows}\\.\n", titles.join(", "))
}

fn tuples(rows: &[Vec<String>], by: &str) -> String {
    let tuple = |row: &Vec<String>| format!("('{}')", row.join("', '"));
    rows.iter().map(tuple).collect::<Vec<_>>().join(by)
}

const WRITERS: &[(&str, Write)] = &[
    ("csv", |t, r| joined(t, r, ",")),
    ("csv, blanks", |t, r| joined(t, r, ", ")),
    ("csv, CRLF", |t, r| joined(t, r, ",").replace('\n', "\r\n")),
    ("csv, quotes", |t, r| quoted(t, r, ",")),
    ("semicolons", |t, r| joined(t, r, ";")),
    ("tsv", |t, r| joined(t, r, "\t")),
    ("bars", |t, r| joined(t, r, " | ")),
    ("psql", |t, r| {
        let text = joined(t, r, " | ");
        text.replacen('\n', "\n----+----+-----\n", 1)
    }),
    ("markdown", markdown),
    ("box", boxed),
    ("copy", copy),
    ("insert", |t, r| format!("INSERT INTO devices ({}) VALUES {};\n", t.join(", "), tuples(r, ", "))),
    ("insert, lines", |t, r| {
        format!("insert into `d` (\n  `{}`\n)\nvalues\n  {};\n", t.join("`,\n  `"), tuples(r, ",\n  "))
    }),
    ("insert each", |t, r| {
        let one = |row: &Vec<String>| {
            format!("INSERT INTO [dbo].[d] ([{}]) VALUES (N'{}');\n", t.join("], ["), row.join("', N'"))
        };
        r.iter().map(one).collect()
    }),
];

/// What stands before a table, and behind it.
const BEFORE: &[&str] = &[
    "",
    "# export of today\n",
    "Devices\n\n",
    "\n",
    "sep=,\n",
    "2027-01-15T08:00:00Z INFO server up, listening\n2027-01-15T08:00:01Z INFO exporting, please wait\n",
    "{\"a\":1,\"b\":[1,2,3]}\n",
    "a,b\n1,2\n\n",
];
const BEHIND: &[&str] = &["", "\nall done, good bye, see you\n{\"a\":[1,2],\"b\":\"x\"}\n[1,2,3]\n"];

const OTHERS: &[&[&str]] = &[&["id"], &["id", "region"], &["region", "name", "id"]];

static MASKER: LazyLock<Arc<Masker>> = LazyLock::new(|| Arc::new(Masker::new(policy())));

/// What was recognised once is hidden in any place: here only tables are asked about.
fn policy() -> scrubjay::scrub::Policy {
    scrubjay::scrub::Policy::builder().learn(false).build().expect("a policy")
}

/// A table with one secret column, and its secrets.
fn table(random: &mut Prng, write: Write, secret: &str, length: usize) -> (String, Vec<String>) {
    let others = *random.pick(OTHERS);
    let place = random.below(others.len() + 1);
    let mut titles = others.to_vec();
    titles.insert(place, secret);
    let mut secrets = Vec::new();
    let count = 1 + random.below(4);
    let rows: Vec<Vec<String>> = (0..count)
        .map(|i| {
            let mut row: Vec<String> = others.iter().map(|o| format!("{}{i}", &o[..1])).collect();
            secrets.push(random.alnum(length));
            row.insert(place, secrets[i].clone());
            row
        })
        .collect();
    (write(&titles, &rows), secrets)
}

#[test]
fn secret_columns_are_hidden_and_nothing_else() {
    let mut random = Prng::new(31);
    for (writer, write) in WRITERS {
        for before in BEFORE {
            for behind in BEHIND {
                for name in ["password", "DB_PASSWORD", "client_secret"] {
                    let (text, secrets) = table(&mut random, *write, name, 12);
                    let text = format!("{before}{text}{behind}");
                    let mut expected = text.clone();
                    for secret in &secrets {
                        expected = expected.replace(secret.as_str(), "****");
                    }
                    let out = scrubbing::masked(&MASKER, &text);
                    assert_eq!(out, expected, "{writer}");
                    assert_eq!(scrubbing::masked(&MASKER, &out), out, "{writer}");
                }
            }
        }
    }
}

#[test]
fn a_table_in_pieces_is_hidden_as_at_once() {
    let mut random = Prng::new(32);
    for (writer, write) in WRITERS {
        for before in BEFORE {
            let (text, _) = table(&mut random, *write, "password", 12);
            let filler = "8,9\n".repeat(random.below(3) * 400);
            let text = format!("{filler}{before}{text}{}", BEHIND[1]);
            let out = scrubbing::masked(&MASKER, &text);
            assert_eq!(scrubbing::by_lines(&MASKER, &text, false), out, "{writer}");
            assert_eq!(scrubbing::by_lines(&MASKER, &text, true), out, "{writer}");
        }
    }
}

#[test]
fn a_long_table_is_hidden_to_its_end() {
    let mut random = Prng::new(33);
    for (writer, write) in WRITERS.iter().filter(|(name, _)| *name != "insert each") {
        let secrets: Vec<String> = (0..3_000).map(|_| random.alnum(12)).collect();
        let known: HashSet<&[u8]> = secrets.iter().map(String::as_bytes).collect();
        let rows: Vec<Vec<String>> =
            secrets.iter().map(|s| vec!["7".into(), s.clone(), "eu".into()]).collect();
        let text = format!("# x\n{}", write(&["id", "password", "region"], &rows));
        for out in [
            scrubbing::masked(&MASKER, &text),
            scrubbing::by_lines(&MASKER, &text, false),
            scrubbing::by_lines(&MASKER, &text, true),
        ] {
            assert_eq!(out.matches("****").count(), secrets.len(), "{writer}");
            assert!(!out.as_bytes().windows(12).any(|piece| known.contains(piece)), "{writer}");
        }
    }
}

#[test]
fn rows_name_their_values_under_name_and_value() {
    let mut random = Prng::new(34);
    for head in ["name,value", "key;value", "Name,Value", "id,setting,value", "variable\tvalue"] {
        for before in BEFORE {
            let by = head.chars().find(|c| !c.is_ascii_alphabetic()).expect("a delimiter").to_string();
            let lead = if head.starts_with("id") { format!("7{by}") } else { String::new() };
            let secret = random.alnum(12);
            let text =
                format!("{before}{head}\n{lead}host{by}a\n{lead}password{by}{secret}\n{lead}port{by}80\n");
            let expected = text.replace(&secret, "****");
            assert_eq!(scrubbing::masked(&MASKER, &text), expected);
            assert_eq!(scrubbing::by_lines(&MASKER, &text, false), expected);
        }
    }
}

#[test]
fn a_scan_finds_the_cells_of_any_table() {
    let detector = Detector::new(rule::builtin(), support::NOW);
    let mut random = Prng::new(35);
    for (writer, write) in WRITERS {
        for before in BEFORE {
            for (name, length) in [("tirtc_secret_key", 32), ("device_secret_key", 32)] {
                let (text, secrets) = table(&mut random, *write, name, length);
                let text = format!("{before}{text}");
                let found = reported(&detector, "devices.txt", text.as_bytes());
                assert_eq!(found.len(), secrets.len(), "{writer}: {text}");
            }
        }
        let key = random.alnum(32);
        for text in [
            format!("name,value\ntirtc_secret_key,{key}\n"),
            format!("# x\n\nkey,value\na,b\ntirtc_secret_key,{key}\n"),
        ] {
            assert_eq!(reported(&detector, "devices.txt", text.as_bytes()).len(), 1, "{text}");
        }
    }
}

/// Words of prose and logs with delimiters and the names of secrets.
const PROSE: &[&str] = &[
    "WARN no password, using default",
    "Vary: Cookie, Authorization",
    "fields: id, password",
    "INFO\tinvalid password",
    "ERROR\tno token, no password",
    "no password, no entry",
    "enter your user name, then the password",
    "SELECT id, name, password FROM users",
    "def login(user, password):",
    "user, password = ask()",
    "cat password | grep x",
    "missing secret; using the default",
    "12:00:01,password,changed",
];

#[test]
fn prose_with_delimiters_is_no_table() {
    const LINES: &[&str] = &[
        "server up",
        "server up, ready",
        "{\"a\":1,\"b\":2}",
        "[1,2]",
        "INFO\tserver up",
        "id is 7, name is bob, all is well",
        "one; two",
        "cat x | wc",
        "a,b",
        "x,y,z",
        "",
    ];
    let mut random = Prng::new(36);
    for prose in PROSE {
        for _ in 0..60 {
            let lines: Vec<&str> = (0..5).map(|_| *random.pick(LINES)).collect();
            let text = format!("{prose}\n{}\n", lines.join("\n"));
            let out = scrubbing::masked(&MASKER, &text);
            assert!(out.lines().skip(1).eq(text.lines().skip(1)), "{text}{out}");
        }
    }
}

#[test]
fn names_in_lists_name_nothing() {
    for name in ["password", "client_secret", "api_key", "authorization", "token"] {
        for text in [
            format!(r#"{{"required":["{name}"],"title":"Login"}}"#),
            format!(r#"{{"required": ["{name}"], "title": "Login"}}"#),
            format!(r#"{{"required":["user","{name}"],"title":"Login"}}"#),
            format!(r#"{{"loc":["body","{name}"],"msg":"field required"}}"#),
            format!(r#"{{"loc":[["{name}"],"Login"]}}"#),
            format!("{{\n  \"required\": [\n    \"{name}\"\n  ],\n  \"title\": \"Login\"\n}}\n"),
        ] {
            assert_eq!(scrubbing::masked(&MASKER, &text), text);
        }
    }
}

/// Rows that end early, names that go on, and lines of another kind among rows: a cell that a scan reports is
/// hidden, and one under the name of a field as well.
#[test]
fn what_is_reported_of_odd_rows_is_hidden() {
    const NAMES: [&str; 6] = [
        "device_secret_key",
        "tirtc_secret_key",
        "TIRTC_SECRET_KEY_ANDROID",
        "SECRET_KEY_V2",
        "tirtcSecretKeyWeb",
        "tirtc_secret_keys",
    ];
    let detector = Detector::new(rule::builtin(), support::NOW);
    let mut random = Prng::new(41);
    for name in NAMES {
        for by in [",", ";", "\t"] {
            for between in ["", "2027-01-15T08:00:00Z INFO started\n", "\n"] {
                let key = random.alnum(32);
                let text =
                    format!("id{by}{name}{by}note\n{between}1{by}{key}\n2{by}{}{by}x\n", random.alnum(32));
                let found = reported(&detector, "devices.csv", text.as_bytes());
                let out = scrubbing::masked(&MASKER, &text);
                assert!(!found.is_empty(), "nothing is found: {text}");
                for detection in found {
                    assert!(!out.contains(&text[detection.span.range()]), "{text}{out}");
                }
                assert!(!between.is_empty() || !out.contains(&key), "{text}{out}");
            }
        }
    }
    for by in [",", ";", "\t"] {
        let out = scrubbing::masked(
            &MASKER,
            &format!("id{by}password{by}note\n1{by}kT7xQ2bLm\n2{by}b9LmW4zQ{by}x\n"),
        );
        assert!(!out.contains("kT7xQ2bLm") && !out.contains("b9LmW4zQ"), "{out}");
    }
}
