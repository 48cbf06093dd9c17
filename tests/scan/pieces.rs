//! A value that is written in pieces is one value: for every kind of value, every syntax that joins
//! pieces, and pieces of random lengths, a scan finds it whole, with its status, and a scrub hides all
//! pieces and nothing else.

use crate::support;

use std::sync::{Arc, LazyLock};

use scrubjay::detect::Detector;
use scrubjay::finding::Status;
use scrubjay::scrub::Masker;
use support::NOW;
use support::cases::reported;
use support::prng::Prng;
use support::scrubbing::{is_clean, is_fixpoint, is_same_outside, keeps_lines, scrub};
use support::template::expand;

static MASKER: LazyLock<Arc<Masker>> = LazyLock::new(Arc::default);
static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(scrubjay::rule::builtin(), NOW));

/// A kind of value: its name, its template, the kind that is reported, whether it proves itself.
const VALUES: &[(&str, &str, &str, bool)] = &[
    ("userSig", "{mint:usersig}", "user_sig", true),
    ("userSig", "{mint:usersig-legacy}", "user_sig", true),
    ("token", "{mint:tirtc}", "token", true),
    ("TRTC_SECRET_KEY", "{hex:64}", "sdk_secret_key", false),
    ("secret_key", "{alnum:32}", "secret_key", false),
    ("device_secret_key", "{alnum:32}", "device_secret_key", false),
    ("tirtc_license", "{license}", "license", false),
];

/// What a joint allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    /// Any value, in pieces of any length from 4 on.
    All,
    /// Any value, in pieces that are no words.
    Long,
    /// Tokens, which tell by themselves whether they are whole.
    Tokens,
    /// Tokens, wrapped at so many columns.
    Wrapped(usize),
    /// Any value, each character a piece.
    Characters,
}
use For::{All, Characters, Long, Tokens, Wrapped};

/// A syntax: its name, what stands before the first piece (`@` is the name of the value), between two
/// pieces, and behind the last.
const JOINTS: &[(&str, For, &str, &str, &str)] = &[
    ("C, below each other", All, "static const char *@ =\n    \"", "\"\n    \"", "\";\n"),
    ("C, a macro", All, "#define @          \\\n  \"", "\"          \\\n  \"", "\"\n"),
    ("C, CRLF", All, "#define @ \\\r\n  \"", "\" \\\r\n  \"", "\"\r\n"),
    ("C, wide", All, "const wchar_t @[] = L\"", "\"\n    L\"", "\";\n"),
    ("C, on one line", Long, "const char @[] = \"", "\" \"", "\";\n"),
    ("C, a macro on one line", All, "#define @ \"", "\" \"", "\"\n"),
    ("C, short on one line", All, "const char *@ = \"", "\" \"", "\";\n"),
    ("Python, in brackets on one line", All, "@ = (\"", "\" \"", "\")\n"),
    ("Python, raw", All, "@ = (r'", "' r'", "')\n"),
    ("Python, bytes, over lines", All, "@ = (b'", "'\n     b'", "')\n"),
    ("a diff", All, "+a\n+const @ = \"", "\" +\n+  \"", "\";\n"),
    ("a diff, taken out", All, "-a\n-const @ = \"", "\" +\n-  \"", "\";\n"),
    ("a diff, the sign below", All, "+const @ = \"", "\"\n+  + \"", "\";\n"),
    ("a diff, taken out, the sign below", All, "-const @ = \"", "\"\n-  + \"", "\";\n"),
    ("a diff, nothing between", All, "+const char *@ = \"", "\"\n+    \"", "\";\n"),
    ("a diff, taken out, nothing between", All, "-const char *@ = \"", "\"\n-    \"", "\";\n"),
    ("a diff, a macro", All, "-#define @ \\\n-  \"", "\" \\\n-  \"", "\"\n"),
    ("a diff, a list", All, "+const @ = [\n+  \"", "\",\n+  \"", "\",\n+].join(\"\");\n"),
    ("JavaScript, appended", All, "let @ = \"", "\";\n@ += \"", "\";\n"),
    ("PHP, appended", All, "$@ = '", "';\n$@ .= '", "';\n"),
    ("Python, appended", All, "@ = '", "'\n@ += '", "'\n"),
    ("shell, appended", All, "@='", "'\n@+='", "'\n"),
    ("C, commented", All, "char *@ = \"", "\" // the first\n   \"", "\";\n"),
    ("C, commented out", All, "// char *@ = \"", "\"\n//   \"", "\";\n"),
    ("Python, in brackets", All, "@ = (\n    '", "'\n    '", "'\n)\n"),
    ("Python, an argument", All, "f(@=(\"", "\"\n    \"", "\"))\n"),
    ("Java", All, "String @ = \"", "\" +\n        \"", "\";\n"),
    ("Java, the sign below", All, "String @ = \"", "\"\n        + \"", "\";\n"),
    ("Java, JSON", All, "String r = \"{\\\"code\\\":0,\\\"@\\\":\\\"", "\" +\n        \"", "\\\"}\";\n"),
    ("Java, a builder", All, "String @ = new StringBuilder(\"", "\").append(\"", "\").toString();\n"),
    ("JavaScript, an object", All, "x = { a: 1, @: '", "' + '", "' }\n"),
    ("JavaScript, back quotes", All, "const @ = `", "` +\n  `", "`;\n"),
    ("JavaScript, a list", All, "const @ = [\n  \"", "\",\n  \"", "\",\n].join(\"\");\n"),
    ("JavaScript, a list on a line", All, "const @ = ['", "', '", "'].join('')\n"),
    ("Go", All, "const @ = \"", "\" +\n\t\"", "\"\n"),
    ("PHP", All, "$@ = '", "' .\n    '", "';\n"),
    ("PHP, implode", All, "$@ = implode('', ['", "', '", "']);\n"),
    ("Perl", All, "my $@ = \"", "\"\n  . \"", "\";\n"),
    ("Lua", All, "local @ = \"", "\" ..\n  \"", "\"\n"),
    ("Visual Basic", All, "Dim @ = \"", "\" & _\n    \"", "\"\n"),
    ("Ada", All, "@ : String := \"", "\" &\n  \"", "\";\n"),
    ("D", All, "string @ = \"", "\" ~\n  \"", "\";\n"),
    ("Elixir", All, "@ = \"", "\" <>\n  \"", "\"\n"),
    ("Haskell", All, "@ = \"", "\" ++\n  \"", "\"\n"),
    ("SQL", All, "SET @ = '", "' ||\n  '", "';\n"),
    ("SQL, concat", All, "SET @ = CONCAT('", "', '", "');\n"),
    ("Rust, concat", All, "const @: &str = concat!(\n    \"", "\",\n    \"", "\"\n);\n"),
    ("Python, join", All, "@ = \"\".join([\"", "\", \"", "\"])\n"),
    ("Python, join of a tuple", All, "@ = ''.join((\n    '", "',\n    '", "',\n))\n"),
    ("Terraform", All, "@ = join(\"\", [\"", "\", \"", "\"])\n"),
    ("C, characters", Characters, "char @[] = {'", "','", "'};\n"),
    ("C, characters with blanks", Characters, "char @[] = { '", "', '", "', '\\0' };\n"),
    ("shell", All, "export @=", "\\\n", "\n"),
    ("shell, quoted", All, "@=\"", "\\\n", "\"\n"),
    ("shell, quotes that touch", All, "a=1\n@=\"", "\"\"", "\"\n"),
    ("shell, two kinds of quotes", All, "export @=\"", "\"''\"", "\"; b=2\n"),
    ("shell, empty quotes", All, "@=", "''", "\n"),
    ("shell, quotes and none", All, "X=1 @='", "'\"\"'", "' run\n"),
    ("TOML", All, "@ = \"\"\"", "\\\n    ", "\"\"\"\n"),
    ("properties", Long, "a=1\n@=", "\\\n      ", "\nb=2\n"),
    ("YAML, folded", All, "a: 1\n@: >-\n  ", "\n  ", "\nb: 2\n"),
    ("YAML, literal", All, "a:\n  @: |\n    ", "\n    ", "\n  b: 2\n"),
    ("YAML, quoted", All, "@: \"", "\\\n  ", "\"\n"),
    ("HTML, a place to break", All, "<p>@: ", "<wbr>", "</p>\n"),
    ("HTML, soft hyphens", All, "<p>@: <code>", "&shy;", "</code></p>\n"),
    ("HTML, spans", All, "<p>@: <span>", "</span><span class=\"m\">", "</span></p>\n"),
    ("HTML, marked", All, "<p>@: ", "<em></em>", "</p>\n"),
    ("colours", All, "@=", "\x1b[0m\x1b[31m", "\n"),
    ("colours, escaped", All, "{\"log\":\"@=", "\\u001b[1m", "\"}\n"),
    ("mail", All, "@=3D", "=\n", "\n\n"),
    ("mail, a colon", All, "Content-Transfer-Encoding: quoted-printable\n\n@: ", "=\n", "\n\n"),
    ("mail, CRLF", All, "x\r\n@=3D", "=\r\n", "\r\n\r\n"),
    ("wrapped at 64", Wrapped(64), "@:\n", "\n", "\n\nend\n"),
    ("wrapped at 76", Wrapped(76), "@:\r\n", "\r\n", "\r\n--\r\n"),
    ("wrapped, a quotation", Wrapped(64), "> @:\n> ", "\n> ", "\n> so it is\n"),
    ("wrapped, a comment", Wrapped(72), "/*\n * @:\n * ", "\n * ", "\n */\n"),
    ("JSON", Wrapped(76), "{\"@\":\"", "\\n", "\",\"b\":2}\n"),
    ("JSON, CRLF", Wrapped(64), "{\"@\":\"", "\\r\\n", "\",\"b\":2}\n"),
    ("JSON in JSON", Wrapped(76), "{\"r\":\"{\\\"@\\\":\\\"", "\\\\n", "\\\"}\"}\n"),
    ("JSON in JSON, CRLF", Wrapped(76), "{\"r\":\"{\\\"@\\\":\\\"", "\\\\r\\\\n", "\\\"}\"}\n"),
    ("line breaks of HTML", Tokens, "<p>@: ", "<br>\n", "</p>\n"),
    ("a list of literals", Tokens, "@ = [\"", "\",\n  \"", "\"]\n"),
];

/// Cuts a value into pieces that the joint allows; the first one of a token shows what it is.
fn cut(rng: &mut Prng, value: &str, joint: For, is_token: bool) -> Vec<String> {
    if let Wrapped(columns) = joint {
        return value.as_bytes().chunks(columns).map(|c| String::from_utf8_lossy(c).into_owned()).collect();
    }
    if joint == Characters {
        return value.chars().map(String::from).collect();
    }
    let least = if joint == Long { 10 } else { 4 };
    let first = if is_token { 8.max(least) } else { least };
    let most = (value.len() - first) / least;
    let count = rng.below(most.min(5)) + 1;
    let mut cuts: Vec<usize> = Vec::new();
    for _ in 0..count {
        let at = first + rng.below(value.len() - first - least + 1);
        if cuts.iter().all(|c| c.abs_diff(at) >= least) {
            cuts.push(at);
        }
    }
    cuts.sort_unstable();
    let mut pieces = Vec::new();
    let mut from = 0;
    for to in cuts.into_iter().chain([value.len()]) {
        pieces.push(value[from..to].to_owned());
        from = to;
    }
    pieces
}

/// What is wrong with a text that holds one value in pieces.
fn complaints(text: &str, start: usize, pieces: &[String], kind: &str, is_token: bool) -> Vec<String> {
    let mut out = Vec::new();
    let value = pieces.concat();
    let found = reported(&DETECTOR, "a.txt", text.as_bytes());
    match &found[..] {
        [d] => {
            let whole = value == String::from_utf8_lossy(&d.value);
            let status = if is_token { Some(Status::Active) } else { None };
            if !whole || d.rule.kind.name() != kind || d.span.start != start {
                out.push(format!("{} of {} bytes at {}", d.rule.id, d.value.len(), d.span.start));
            }
            if d.status != status && !kind.is_empty() {
                out.push(format!("status {:?}", d.status));
            }
        }
        other => {
            let each = other.iter().map(|d| format!("{} of {} bytes", d.rule.id, d.value.len()));
            out.push(format!("found: {:?} in {text:?}", each.collect::<Vec<_>>()));
        }
    }
    out.extend(scrubbed(text.as_bytes(), pieces));
    out
}

/// What is wrong with the text when it is scrubbed.
fn scrubbed(text: &[u8], pieces: &[String]) -> Vec<String> {
    let mut out = Vec::new();
    for ahead in [false, true] {
        let done = scrub(&MASKER, text, &[], ahead);
        // The identifier of a license may be read.
        let value = pieces.concat();
        let public = value.find(',').map_or(0, |i| i + 1);
        let mut from = 0;
        let mut left = 0;
        for piece in pieces {
            let secret = &piece.as_bytes()[public.saturating_sub(from).min(piece.len())..];
            left += usize::from(secret.len() >= 8 && memchr::memmem::find(&done.bytes, secret).is_some());
            from += piece.len();
        }
        if left > 0 {
            out.push(format!(
                "{left} of {} pieces are left: {:?}",
                pieces.len(),
                String::from_utf8_lossy(&done.bytes)
            ));
        }
        let laws = [
            keeps_lines(text, &done.bytes),
            is_same_outside(text, &done),
            is_fixpoint(&MASKER, &done.bytes, &[7]),
            is_clean(&DETECTOR, &done.bytes),
        ];
        out.extend(laws.into_iter().filter_map(Result::err));
    }
    out
}

fn check(rounds: u64) {
    let mut wrong = Vec::new();
    for round in 0..rounds {
        for (joint, allows, before, between, behind) in JOINTS {
            for (name, template, kind, is_token) in VALUES {
                if !is_token && matches!(allows, Tokens | Wrapped(_)) {
                    continue;
                }
                let seed = format!("{joint} {template} {round}");
                let value = String::from_utf8(expand(template, &seed).bytes).expect("text");
                // One in some hundred keys is taken for words, in pieces or not.
                if reported(&DETECTOR, "a.txt", format!("{name} = \"{value}\"\n").as_bytes()).is_empty() {
                    continue;
                }
                let mut rng = Prng::from_text(&seed);
                let pieces = cut(&mut rng, &value, *allows, *is_token);
                if pieces.len() < 2 {
                    continue;
                }
                let before = before.replace('@', name);
                let text = format!("{before}{}{behind}", pieces.join(&between.replace('@', name)));
                let said = complaints(&text, before.len(), &pieces, kind, *is_token);
                if !said.is_empty() {
                    wrong.push(format!(
                        "{joint}, {template}, round {round}:\n      {}\n",
                        said.join("\n      ")
                    ));
                }
            }
        }
    }
    let shown: String = wrong.iter().take(25).map(|w| format!("  {w}")).collect();
    assert!(wrong.is_empty(), "\n{} wrong\n{shown}", wrong.len());
}

#[test]
fn every_kind_of_value_is_found_whole_behind_every_joint() {
    check(if cfg!(debug_assertions) { 6 } else { 100 });
}

/// A name that says "secret" holds the pieces together when they come line by line, however many.
#[test]
fn a_stream_hides_the_pieces_that_come_line_by_line() {
    let joints = [
        ("String @ = \"", "\" +\n    \"", "\";\n"),
        ("char *@ = \"", "\"\n  \"", "\";\n"),
        ("@=", "\\\n", "\n"),
        ("@: >-\n  ", "\n  ", "\nnext: 1\n"),
        ("$@ = implode('', ['", "',\n  '", "']);\n"),
    ];
    for (before, between, behind) in joints {
        for (name, length) in [("secret_key", 64), ("token", 3_000), ("token", 7_000)] {
            let mut rng = Prng::from_text(between);
            let value = rng.alnum(length);
            let pieces: Vec<String> =
                value.as_bytes().chunks(60).map(|c| String::from_utf8_lossy(c).into_owned()).collect();
            let text = format!(
                "{}{}{behind}plain\n",
                before.replace('@', name),
                pieces.join(&between.replace('@', name))
            );
            for step in [1, 100, 5_000] {
                let done = scrub(&MASKER, text.as_bytes(), &[step], false);
                let left = pieces.iter().filter(|p| p.len() >= 8 && contains(&done.bytes, p)).count();
                assert_eq!(left, 0, "{before:?} {length} {step}: {}", String::from_utf8_lossy(&done.bytes));
                assert!(done.bytes.ends_with(b"plain\n"));
                keeps_lines(text.as_bytes(), &done.bytes).expect("the lines stay");
            }
        }
    }
}

fn contains(text: &[u8], piece: &str) -> bool {
    memchr::memmem::find(text, piece.as_bytes()).is_some()
}

/// What stands side by side in a log is not one value: everything but the value stays.
#[test]
fn a_scrub_joins_nothing_in_a_log() {
    let value = Prng::new(5).alnum(32);
    for line in [
        "token=\"@\" \"GET /v1/devices HTTP/1.1\" 200",
        "10.0.0.1 \"token=@\" \"Mozilla/5.0 (X11; Linux x86_64)\" \"-\"",
        "token=\"@\" user=\"bob\" path=\"/v1/a-long-path/4711\"",
        "token: \"@\"\n\"2026-01-02T03:04:05Z\" next line\n",
        "token: \"@\". \"This is another sentence.\"",
        "{\"token\":\"@\",\"device\":\"abcdef123456\"}",
        "password=@\nabcdefgh12345678\n",
        "secret_key=@\\\n  image:tag --flag x\n",
        "token=@<br>device=abcdef123456<br>",
        "SECRET_KEY=@=\nOTHER=abcdefgh12345678\n",
    ] {
        let text = line.replace('@', &value);
        let done = scrub(&MASKER, text.as_bytes(), &[], true);
        let shown = String::from_utf8_lossy(&done.bytes).into_owned();
        let (before, behind) = line.split_once('@').expect("a place");
        assert!(shown.starts_with(before) && shown.ends_with(behind.trim_start_matches('=')), "{shown}");
        assert!(!shown.contains(&value), "{shown}");
    }
}
