//! Values behind what says of what kind they are, passwords that have the rest of their line for themselves,
//! values in sentences, in strings with escaped quotes and on lines below their name: whatever stands there
//! stays, and the value does not.

use crate::support;

use std::sync::{Arc, LazyLock};

use scrubjay::scrub::Masker;
use support::prng::Prng;
use support::scrubbing::{masked, scrub};

static MASKER: LazyLock<Arc<Masker>> = LazyLock::new(Arc::default);

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Names of keys and of passwords.
const NAMES: &[&str] = &[
    "password",
    "db_password",
    "PASSWD",
    "client_secret",
    "apiKey",
    "ACCESS_TOKEN",
    "encryption_key",
    "internal_key",
    "webhookSecret",
    "session_token",
];

/// A value as services draw them.
fn drawn(random: &mut Prng) -> String {
    let length = 20 + random.below(30);
    match random.below(4) {
        0 => random.hex(length),
        1 => format!("{}+{}/{}==", random.alnum(9), random.alnum(length - 12), random.alnum(3)),
        2 => format!("{}-{}_{}", random.alnum(6), random.alnum(8), random.alnum(length - 14)),
        _ => random.alnum(length),
    }
}

/// Complains where more of a value is shown than a mask may show.
#[track_caller]
fn assert_hidden(text: &str, out: &str, value: &str) {
    let shown = value.as_bytes().windows(9).find(|part| memchr::memmem::find(out.as_bytes(), part).is_some());
    assert!(shown.is_none(), "{text}\n{out}");
}

/// Puts values into the forms, and asks that nothing but the value goes: `@` is the value, `NAME` its name.
#[track_caller]
fn assert_only_the_value_goes(forms: &[&str], names: &[&str], seed: u64) {
    let mut random = Prng::new(seed);
    for form in forms {
        for name in names {
            for _ in 0..4 {
                let value = drawn(&mut random);
                let text = form.replace("NAME", name).replace("LENGTH", &value.len().to_string());
                let (before, after) = text.split_once('@').expect("a value");
                // What is an at sign in the form itself.
                let (before, after) = (&before.replace('\u{1}', "@")[..], &after.replace('\u{1}', "@")[..]);
                let text = format!("{before}{value}{after}");
                let out = masked(&MASKER, &text);
                assert_hidden(&text, &out, &value);
                assert!(out.starts_with(before) && out.ends_with(after), "{text}\n{out}");
                assert_eq!(masked(&MASKER, &out), out, "a second time: {text}");
                let piecewise = scrub(&MASKER, text.as_bytes(), &[7, 1, 30], false).bytes;
                assert_hidden(&text, &String::from_utf8_lossy(&piecewise), &value);
            }
        }
    }
}

#[test]
fn what_says_of_what_kind_a_value_is_stays() {
    // Debuggers and dumps.
    assert_only_the_value_goes(
        &[
            "(main.Config) {\n NAME: (string) (len=LENGTH) \"@\",\n Port: (int) 5432\n}",
            "NAME: (*string)(0xc000012340)((len=LENGTH) \"@\")",
            "NAME: (main.Secret) (len=LENGTH) \"@\"",
            "$1 = {host = 0x5581 \"db\", NAME = 0x55a1b2c3d4e5 \"@\", port = 5432}",
            "#3  0x0000555 in login (user=0x5581 \"bob\", NAME=0x5589a0 <buf+16> \"@\") at main.c:12",
            "NAME = (const char *) 0x0000600000c1 \"@\"",
            "NAME = \u{1}0x7ffe12345678: \"@\"",
            "NAME = {String\u{1}843} \"@\"",
        ],
        NAMES,
        21,
    );
    // Strings of SQL, C, C#, Python, Rust, Go and shells.
    let prefixes = [
        "N", "n", "E", "x", "X", "B", "_utf8", "_utf8mb4", "b", "r", "u", "br", "rb", "L", "u8", "f", "$",
        "c", "U&",
    ];
    for prefix in prefixes {
        for form in [
            "UPDATE u SET NAME = ^'@' WHERE id = 1",
            "UPDATE u SET [NAME] = ^'@', n = 1",
            "{'NAME': ^'@', 'n': 1}",
            "NAME=^\"@\" user=bob",
        ] {
            assert_only_the_value_goes(&[&form.replace('^', prefix)], &NAMES[..5], 22);
        }
    }
    assert_only_the_value_goes(
        &["NAME = r#\"@\"#;", "NAME = br##\"@\"##;", "NAME: &\"@\",", "NAME: Some(&b\"@\"),"],
        NAMES,
        23,
    );
    // Types of variables.
    assert_only_the_value_goes(
        &[
            "const NAME: &'static str = \"@\";",
            "let NAME: Option<String> = Some(\"@\");",
            "def login(NAME: str = '@', n=1):",
            "val NAME: String = \"@\"",
        ],
        NAMES,
        24,
    );
    // Tags and anchors of YAML.
    assert_only_the_value_goes(
        &[
            "NAME: !!str @\nnext: 1",
            "NAME: !!str \"@\"\nnext: 1",
            "NAME: !<tag:yaml.org,2002:str> @\nnext: 1",
            "NAME: !sensitive \"@\"\nnext: 1",
            "NAME: &shared \"@\"\nother: 1",
            "NAME: !!binary |\n  @\nnext: 1",
        ],
        NAMES,
        25,
    );
}

/// A password as people and generators make them, with one of these signs in it or before it.
fn password(random: &mut Prng, sign: char) -> String {
    let parts = [random.chars(7, LETTERS), format!("{}7x", random.chars(9, LETTERS))];
    // `==` and `=>` are separators as well.
    match if matches!(sign, '=' | '>') { 2 } else { random.below(3) } {
        0 => format!("{sign}{}{}", parts[0], parts[1]),
        1 => format!("{}{sign}{}{sign}{}", &parts[0][..3], &parts[0][3..], parts[1]),
        _ => format!("{}{sign}{}", parts[0], parts[1]),
    }
}

#[test]
fn a_password_of_a_setting_has_the_rest_of_the_line() {
    let mut random = Prng::new(31);
    for lead in ["", "export ", "declare -x ", "+ ", "++ export ", "  - ", "web_1  | ", "set ", "ENV "] {
        for sign in "!#$%()*+,-./:;<=>?@[]^_{|}~".chars() {
            for _ in 0..6 {
                let value = password(&mut random, sign);
                let text = format!("A=1\n{lead}DB_PASSWORD={value}\nB=2\n");
                let out = masked(&MASKER, &text);
                assert_eq!(out, format!("A=1\n{lead}DB_PASSWORD=****\nB=2\n"), "{text}");
                assert_eq!(masked(&MASKER, &out), out);
            }
        }
    }
    for lead in ["", "      ", "- ", "  "] {
        for sign in "!#$%()*+,-.;<=?@[]^_{|}~".chars() {
            for separator in [": ", ":  ", " = "] {
                // What begins with a sign of YAML is not one plain text.
                let value = format!("{}{sign}{}4", random.chars(8, LETTERS), random.chars(6, LETTERS));
                let text = format!("a: 1\n{lead}db_password{separator}{value}\nb: 2\n");
                let expected = format!("a: 1\n{lead}db_password{separator}****\nb: 2\n");
                assert_eq!(masked(&MASKER, &text), expected, "{text}");
            }
        }
    }
}

#[test]
fn elsewhere_a_sign_ends_a_password_as_before() {
    let mut random = Prng::new(32);
    for (before, after) in [
        ("Server=db;Password=", ";Encrypt=True"),
        ("Password=", ";User Id=sa;Server=db"),
        ("password=", "&user=bob"),
        ("password=", ", user=bob, id=3"),
        ("password=", "; export A"),
        ("password=", " && ./run"),
        ("password=", ";"),
        ("  password=", ","),
        ("password=", "|user=bob"),
        ("{user=bob, password=", "}"),
        ("User(name=bob, password=", ", id=3)"),
        ("INFO password=", ", done"),
        ("password: ", ", user: bob"),
    ] {
        let value = random.alnum(14);
        let text = format!("{before}{value}{after}\nnext line\n");
        assert_eq!(masked(&MASKER, &text), format!("{before}****{after}\nnext line\n"), "{text}");
    }
    for text in [
        "password=<your password>",
        "password=<redacted>",
        "{password=, user=bob}",
        "Password=;User Id=sa",
        "(password=)",
        "password=&user=bob1234",
    ] {
        assert_eq!(masked(&MASKER, text), text);
    }
}

#[test]
fn a_password_that_begins_with_a_sign_is_hidden_wherever_it_stands() {
    let mut random = Prng::new(33);
    for sign in ",;<)]}|".chars() {
        for (before, after) in [
            ("INFO login password=", " user=bob"),
            ("user=bob, password=", ", id=3"),
            ("{a=1, password=", "}"),
        ] {
            let value = format!("{sign}{}7k", random.chars(12, LETTERS));
            let text = format!("{before}{value}{after}");
            assert_eq!(masked(&MASKER, &text), format!("{before}****{after}"), "{text}");
        }
    }
}

#[test]
fn colours_around_a_value_with_padding_are_no_value() {
    assert_only_the_value_goes(
        &[
            "\u{1b}[36mNAME=\u{1b}[0m@\u{1b}[0m \u{1b}[36muser=\u{1b}[0mbob",
            "login \u{1b}[3mNAME\u{1b}[0m\u{1b}[2m=\u{1b}[0m@ \u{1b}[3muser\u{1b}[0m\u{1b}[2m=\u{1b}[0mbob",
            "\u{1b}[36mNAME\u{1b}[0m=\u{1b}[35m@\u{1b}[0m \u{1b}[36muser\u{1b}[0m=\u{1b}[35mbob\u{1b}[0m",
        ],
        NAMES,
        41,
    );
    // An empty one stays empty.
    let text = "\u{1b}[36mpassword=\u{1b}[0m \u{1b}[36muser=\u{1b}[0mbob";
    assert_eq!(masked(&MASKER, text), text);
}

#[test]
fn a_sentence_has_a_value_behind_a_name_without_a_sign() {
    assert_only_the_value_goes(
        &[
            "NAME \"@\" not found",
            "invalid NAME '@'",
            "bad NAME `@` given",
            "{\"error\":\"invalid NAME \\\"@\\\" given\",\"n\":1}",
            "Caused by: AuthException: Invalid NAME [@]",
            "wrong NAME (@) for user bob",
            "#define NAME \"@\"",
            "{:host \"db\", :NAME \"@\"}",
            "fastcgi_param NAME \"@\";",
            "UPDATE u SET `NAME` = '@' WHERE `id` = 1",
            "NAME changed from \"abc\" to \"@\"",
            "expected NAME \"abc\" but got \"@\"",
            "NAME mismatch: expected abc, got @",
            "setting [app.NAME] to [@]",
            "New NAME created (@)",
        ],
        &[
            "api key",
            "access token",
            "client secret",
            "auth token",
            "encryption key",
            "api_key",
            "authToken",
            "CLIENT_SECRET",
        ],
        51,
    );
    assert_only_the_value_goes(
        &["exec: [\"app\" \"--NAME\" \"@\"]", "[{host,\"db\"},{NAME,\"@\"},{port,5432}]", "{NAME,<<\"@\">>}"],
        NAMES,
        52,
    );
}

#[test]
fn sentences_about_keys_that_hold_none_stay() {
    for text in [
        "api key \"production\" not found",
        "access token 'read-only' is valid for 3600 s",
        "private key \"/etc/ssl/private/server1.pem\" not readable",
        "client secret (optional)",
        "api key [required]",
        "signing key \"kms/alias-2\" rotated",
        "password (16 bytes)",
        "duplicate key \"user_id\"",
        "passwd[1234]: password changed for bob",
        "access token (type 2) expired",
        "unexpected token \"}\" in JSON at position 12",
        "the secret is out",
        "invalid api key, expected 32 characters, got 12",
    ] {
        assert_eq!(masked(&MASKER, text), text);
    }
}

#[test]
fn an_escaped_quote_does_not_end_a_value() {
    let mut random = Prng::new(61);
    for (quote, escaped) in [('\'', "'\\''"), ('\'', "'\"'\"'"), ('\'', "''"), ('\'', "\\'"), ('"', "\\\"")] {
        for (before, after) in [
            ("+ DB_PASSWORD=", ""),
            ("{'n': 1, 'password': ", "}"),
            ("password: ", ""),
            ("client_secret = ", " # x"),
        ] {
            for _ in 0..10 {
                let parts = [random.alnum(9), random.alnum(14), random.alnum(10)];
                let inside = format!("{}{escaped}{}{escaped}{}", parts[0], parts[1], parts[2]);
                let text = format!("{before}{quote}{inside}{quote}{after}\nuser=bob\n");
                let out = masked(&MASKER, &text);
                parts.iter().for_each(|part| assert_hidden(&text, &out, part));
                assert!(
                    out.starts_with(before) && out.ends_with(&format!("{quote}{after}\nuser=bob\n")),
                    "{text}{out}"
                );
            }
        }
    }
    // As a shell quotes it without quotes.
    for sign in "$&();<>|*?!#".chars() {
        let parts = [random.alnum(10), random.alnum(12)];
        let text = format!("declare: DB_PASSWORD={}\\{sign}{} done", parts[0], parts[1]);
        let out = masked(&MASKER, &text);
        parts.iter().for_each(|part| assert_hidden(&text, &out, part));
    }
}

#[test]
fn a_value_below_its_name_is_hidden() {
    assert_only_the_value_goes(
        &[
            "<NAME>\n    @\n</NAME>",
            "<a><NAME type=\"text\">\r\n  @\r\n  </NAME></a>",
            "<property name=\"NAME\"><value>@</value></property>",
            "<setting name=\"NAME\" serializeAs=\"String\">\n  <value>@</value>\n</setting>",
            "args:\n- --NAME\n- @\n- --n\n- 1",
            "args:\n  - --NAME\n  - @\n",
            "args:\n  - \"--NAME\"\n  - \"@\"\n",
            "NAME:\n  value: \"@\"\n  n: 1",
            "env:\n  NAME:\n    value: @\n  B:\n    value: 1",
            "NAME = \"\"\"\n@\"\"\"\nn = 1",
            "NAME = \"\"\"@\"\"\"",
            "NAME = '''\n@\n'''\nn = 1",
        ],
        NAMES,
        71,
    );
    for text in [
        "args:\n- --password\n- --user\n- bob",
        "args:\n- --password-stdin\n- registry.example.com",
        "<password>\n</password>\n<user>\nbob\n</user>",
        "password = \"\"\"\"\"\"\nuser = \"bob\"",
    ] {
        assert_eq!(masked(&MASKER, text), text);
    }
}

/// What writes a value, and how.
type Writing = (&'static str, fn(&str) -> String);

/// As these libraries write a value into their texts.
const WRITINGS: &[Writing] = &[
    ("a path, percent-encoded", |v| v.replace('+', "%2B").replace('=', "%3D")),
    ("a path, in small letters", |v| v.replace('+', "%2b").replace('=', "%3d")),
    ("a component", |v| v.replace('+', "%2B").replace('=', "%3D").replace('/', "%2F")),
    ("an address", |v| v.replace('^', "%5E")),
    (".NET", |v| v.replace('+', "\\u002B")),
    ("Gson", |v| v.replace('=', "\\u003d")),
    ("PHP", |v| v.replace('/', "\\/")),
    ("PHP in a string", |v| v.replace('/', "\\\\/")),
];

#[test]
fn what_was_learned_is_known_in_other_writings() {
    let mut random = Prng::new(81);
    for (what, write) in WRITINGS {
        for _ in 0..20 {
            let value = format!("{}+{}/{}=", random.alnum(10), random.alnum(12), random.alnum(9));
            let text = format!("api_key={value}\nseen {} ok\n", write(&value));
            let out = scrub(&Arc::new(Masker::default()), text.as_bytes(), &[], false).bytes;
            let out = String::from_utf8(out).expect("text stays text");
            let parts: Vec<&str> = value.split(['+', '/', '=']).collect();
            let line = out.lines().nth(1).expect("a line");
            assert!(parts.iter().all(|part| part.is_empty() || !line.contains(part)), "{what}: {text}{out}");
            // The other way round.
            let text = format!("{{\"api_key\":\"{}\"}}\nseen {value} ok\n", write(&value));
            let out = scrub(&Arc::new(Masker::default()), text.as_bytes(), &[], false).bytes;
            let out = String::from_utf8(out).expect("text stays text");
            let line = out.lines().nth(1).expect("a line");
            let parts = parts.iter().filter(|part| !part.is_empty());
            assert!(parts.clone().all(|part| !line.contains(part)), "{what}, learned: {text}{out}");
        }
    }
}
