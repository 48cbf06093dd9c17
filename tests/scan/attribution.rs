//! Whose a key with a shared name is, for every word of another system that the rule knows, in every
//! syntax in which such a word stands beside a key: the other system's key is not reported, the vendor's
//! is critical, and one of which nothing says whose it is, is reported under a title without a vendor.

use crate::support;

use scrubjay::detect::Detector;
use scrubjay::finding::{Severity, Verdict};
use scrubjay::rule::Rule;
use support::NOW;
use support::cases::reported;
use support::prng::Prng;

/// Writes a word beside a key with this name; the path is that of the file.
struct Syntax {
    name: &'static str,
    path: &'static str,
    write: fn(word: &str, name: &str, key: &str) -> String,
}

const fn syntax(name: &'static str, path: &'static str, write: fn(&str, &str, &str) -> String) -> Syntax {
    Syntax { name, path, write }
}

const SYNTAXES: &[Syntax] = &[
    syntax("env", ".env", |word, name, key| {
        format!("MODE=dev\n{}_{}={key}\n", word.to_uppercase(), name.to_uppercase())
    }),
    syntax("properties", "app.properties", |word, name, key| format!("{word}.{name}={key}\n")),
    syntax("YAML", "app.yml", |word, name, key| format!("{word}:\n  region: x\n  {name}: {key}\n")),
    syntax("YAML, deeper", "app.yml", |word, name, key| {
        format!("app:\n  {word}:\n    retries: 3\n    {}: \"{key}\"\n", name.replace('_', "-"))
    }),
    syntax("JSON", "app.json", |word, name, key| {
        format!("{{\"{word}\": {{\"{}\": \"{key}\"}}}}\n", camel(name))
    }),
    syntax("JSON over lines", "app.json", |word, name, key| {
        format!("{{\n  \"{word}\": {{\n    \"n\": 1,\n    \"{name}\": \"{key}\"\n  }}\n}}\n")
    }),
    syntax("TOML", "app.toml", |word, name, key| format!("[{word}]\nn = 1\n{name} = \"{key}\"\n")),
    syntax("comment behind", "a.rb", |word, name, key| format!("{name} = '{key}' # for {word}\n")),
    syntax("comment above", "a.go", |word, name, key| {
        format!("// The {word} account.\n{} := \"{key}\"\n", camel(name))
    }),
    syntax("constructor", "a.js", |word, name, key| {
        format!("const c = new {}({{ region: 'x', {}: '{key}' }});\n", capital(word), camel(name))
    }),
    syntax("constructor over lines", "a.ts", |word, name, key| {
        format!("const c = new {}({{\n  {}: '{key}',\n  n: 1,\n}});\n", capital(word), camel(name))
    }),
    syntax("variable", "a.php", |word, name, key| format!("$config['{word}']['{name}'] = '{key}';\n")),
    syntax("identifier", "A.java", |word, name, key| {
        format!("String {word}{} = \"{key}\";\n", capital(&camel(name)))
    }),
];

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    first + &words.map(capital).collect::<String>()
}

/// What is said of a key.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Nothing,
    Report(Severity, String),
}

fn said(detector: &Detector, syntax: &Syntax, word: &str, name: &str) -> Said {
    let mut rng = Prng::from_text(&format!("{} {word} {name}", syntax.name));
    let key = rng.alnum(40);
    let text = (syntax.write)(word, name, &key);
    match reported(detector, syntax.path, text.as_bytes()).as_slice() {
        [] => Said::Nothing,
        [found] => match &found.verdict {
            Verdict::Report { severity, .. } => Said::Report(*severity, found.title.to_owned()),
            Verdict::Silent { .. } => Said::Nothing,
        },
        more => panic!("{} findings for one key", more.len()),
    }
}

fn shared_rule(rules: &[Rule]) -> &Rule {
    rules.iter().find(|rule| !rule.others.is_empty()).expect("a rule shares its names")
}

/// Every syntax with every of these words and every shared name that is spelled in ASCII.
fn check(words: &[&str], expected: &dyn Fn(&Rule) -> Said) {
    let detector = Detector::new(scrubjay::rule::builtin(), NOW);
    let rule = shared_rule(detector.rules());
    let expected = expected(rule);
    let mut wrong = Vec::new();
    for syntax in SYNTAXES {
        for word in words {
            for name in rule.shared.names.iter().filter(|name| name.is_ascii()) {
                let got = said(&detector, syntax, word, name);
                if got != expected {
                    wrong.push(format!("{}, {word}, {name}: {got:?}", syntax.name));
                }
            }
        }
    }
    assert!(!rule.shared.names.is_empty() && !words.is_empty());
    assert!(wrong.is_empty(), "{} are not {expected:?}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_keys_of_every_other_system_are_not_reported() {
    let rules = scrubjay::rule::builtin();
    let words: Vec<&str> = shared_rule(&rules).others.iter().map(String::as_str).collect();
    assert!(words.len() > 40, "{} words", words.len());
    check(&words, &|_| Said::Nothing);
}

#[test]
fn the_keys_of_the_vendor_are_critical() {
    check(&["tirtc", "tange"], &|rule| Said::Report(Severity::Critical, rule.title.clone()));
}

#[test]
fn a_key_of_which_nothing_says_whose_it_is_is_reported_without_a_vendor() {
    let title = |rule: &Rule| rule.shared.title.clone();
    check(&["acme", "backend", "billing"], &|rule| Said::Report(Severity::High, title(rule)));
}
