//! Values that stand for a value: `your-secret-key`, `<SECRET>`, `${SECRET}`, `xxxx`, `%s`.

use super::case::{Case, silent};
use super::likelihood::score;
use super::random::MAX_KEY_BYTES;
use crate::finding::Verdict;
use crate::matcher::der;
use crate::rule::Value;
use crate::token::usersig_legacy::is_published;

/// Words that no generated key contains as a word of its own.
const WORDS: &[&str] = &[
    "your",
    "yours",
    "my",
    "example",
    "examples",
    "sample",
    "samples",
    "placeholder",
    "changeme",
    "change",
    "replace",
    "replaced",
    "todo",
    "fixme",
    "dummy",
    "fake",
    "mock",
    "demo",
    "test",
    "tests",
    "testing",
    "insert",
    "fill",
    "paste",
    "enter",
    "here",
    "secret",
    "secrets",
    "key",
    "keys",
    "token",
    "password",
    "value",
    "none",
    "null",
    "undefined",
    "unset",
    "empty",
    "default",
    "local",
    "invalid",
    "wrong",
    "bad",
    "foo",
    "bar",
    "baz",
    "redacted",
    "runtime",
    "env",
    "flag",
    "nope",
    "device",
    "super",
    "gate",
    "please",
    "license",
    "string",
    "unused",
    "missing",
];

/// Words that mark a placeholder wherever they stand.
const ANYWHERE: &[&str] = &[
    "your_",
    "your-",
    "yoursecret",
    "yourdevice",
    "yourapp",
    "example",
    "placeholder",
    "changeme",
    "replace_me",
    "replace-",
    "replaceme",
    "insert_",
    "fill_",
    "dummy",
    "<your",
    "你的",
    "填写",
    "请输入",
    "替换",
    "……",
    "0123456789abcdef0123456789abcdef",
    "1234567890123456",
    "abcdefghijklmnop",
    "deadbeefdeadbeef",
    "qwertyuiop",
    "asdfghjkl",
];

/// Digests and sample keys that everybody knows, by their first and last digits.
const PUBLISHED: &[(&str, &str, &str)] = &[
    ("5bd2850f", "3b5e", "the sample key of the vendor's own documentation"),
    ("e3b0c442", "b855", "the SHA-256 of nothing"),
    ("01234567", "abcdef", "a counting pattern"),
    ("fedcba98", "543210", "a counting pattern"),
];

/// A value this much likelier by chance than by words holds the words of placeholders by accident.
const ACCIDENT_SCORE: f32 = 20.0;

pub(super) fn judge(case: &Case<'_>) -> Option<Verdict> {
    if case.rule.value == Value::Pem && der::first_key(case.value).is_some_and(|der| is_published(&der)) {
        return Some(silent("a private key that the vendor published with its signers"));
    }
    if !case.is_key() {
        return None;
    }
    let value = case.secret();
    // Asked first, since all that follows reads the whole value.
    if value.len() > MAX_KEY_BYTES {
        return Some(silent("too long for a key"));
    }
    let text = String::from_utf8_lossy(value);
    let lower = text.to_lowercase();
    if value.is_empty() {
        return Some(silent("empty"));
    }
    if is_interpolation(&lower) || is_format(&text) {
        return Some(silent("an interpolation or a format, not a value"));
    }
    let published = PUBLISHED.iter().find(|(head, tail, _)| {
        lower.starts_with(head) && lower.ends_with(tail) && (62..=68).contains(&lower.len())
    });
    if let Some((_, _, why)) = published {
        return Some(silent(*why));
    }
    if ANYWHERE.iter().any(|w| lower.contains(w)) || has_few_bytes(value) || is_counting(value) {
        return Some(silent("a placeholder"));
    }
    if is_sample(case) {
        return Some(silent("a sample, as the text before it says"));
    }
    let words = words(&text);
    if words.first().is_some_and(|w| is_prefix(w, &text)) {
        return Some(silent("a placeholder"));
    }
    if score(value) >= ACCIDENT_SCORE {
        return None;
    }
    if case.index.is_name(value) {
        return Some(silent("a name used as a value"));
    }
    let known = words.iter().filter(|w| WORDS.contains(&w.as_str())).map(String::len).sum::<usize>();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    (known > 0 && known * 3 >= letters).then(|| silent("a placeholder"))
}

/// `密钥（样例）：…`, `secret key (example): …`: a remark between the name and the value.
fn is_sample(case: &Case<'_>) -> bool {
    const MAX_REMARK_BYTES: usize = 40;
    const WORDS: [&str; 7] = ["样例", "示例", "例如", "样本", "example", "sample", "placeholder"];
    let Some(name) = case.found.name else { return false };
    let remark = case.page.bytes.get(name.end..case.found.value.start).unwrap_or_default();
    let remark = String::from_utf8_lossy(&remark[..remark.len().min(MAX_REMARK_BYTES)]).to_lowercase();
    WORDS.iter().any(|word| remark.contains(word))
}

/// `test-…`, `demo_…`: a placeholder whatever follows, unless what follows is random.
fn is_prefix(word: &str, text: &str) -> bool {
    const PREFIXES: &[&str] = &[
        "your", "example", "sample", "dummy", "fake", "mock", "demo", "test", "runtime", "env", "flag",
        "gate", "replace",
    ];
    let marked = text.as_bytes().get(word.len()).is_some_and(|b| matches!(b, b'-' | b'_' | b' ' | b'.'));
    PREFIXES.contains(&word) && marked
}

/// `${NAME}`, `$NAME`, `%NAME%`, `{{ name }}`, `<name>`, `__NAME__`: something else is put here.
fn is_interpolation(lower: &str) -> bool {
    const BRACKETS: [(&str, &str); 6] =
        [("${", "}"), ("$(", ")"), ("{{", "}}"), ("#{", "}"), ("%(", ")"), ("<%", "%>")];
    const AROUND: [(&str, &str); 4] = [("<", ">"), ("{", "}"), ("__", "__"), ("@@", "@@")];
    let encloses = |(open, close): &(&str, &str)| {
        lower.find(open).is_some_and(|at| lower[at + open.len()..].contains(close))
    };
    let surrounds = |(open, close): &(&str, &str)| {
        lower.len() > open.len() + close.len() && lower.starts_with(open) && lower.ends_with(close)
    };
    let variable = lower
        .strip_prefix('$')
        .is_some_and(|name| name.starts_with(['{', '(', '$']) || score(name.as_bytes()) < ACCIDENT_SCORE);
    // A field of a template: braces around a name and perhaps its format.
    let is_field = |part: &str| {
        part.split_once('}').is_some_and(|(name, _)| {
            name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
                && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.:#-".contains(c))
        })
    };
    let has_field = lower.split('{').skip(1).any(is_field);
    // `%NAME%` of cmd.
    let named = lower.strip_prefix('%').and_then(|rest| rest.strip_suffix('%'));
    let batch = named.is_some_and(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
    variable || batch || has_field || BRACKETS.iter().any(encloses) || AROUND.iter().any(surrounds)
}

/// What is left of a format string is random only if it is this long and scores this much.
const MIN_RANDOM_BYTES: usize = 10;
const RANDOM_SCORE: f32 = 8.0;

/// A format string: verbs of printf or places in braces, and between them nothing that is random.
fn is_format(text: &str) -> bool {
    const VERBS: [&str; 13] =
        ["%s", "%d", "%v", "%@", "%x", "%u", "%ld", "%lu", "%.*s", "%llu", "{}", "{0}", "{:"];
    if !VERBS.iter().any(|verb| text.contains(verb)) {
        return false;
    }
    let rest = VERBS.iter().fold(text.to_owned(), |rest, verb| rest.replace(verb, ""));
    rest.len() < MIN_RANDOM_BYTES || score(rest.as_bytes()) < RANDOM_SCORE
}

/// Four different bytes at most: `xxxxxxxx`, `abababab`, `----`.
fn has_few_bytes(value: &[u8]) -> bool {
    let mut seen = [false; 256];
    value.iter().for_each(|&b| seen[usize::from(b)] = true);
    seen.iter().filter(|s| **s).count() <= 4
}

/// Mostly ascending or repeating: `abcdefgh12345678`, `aaaabbbbcccc`.
fn is_counting(value: &[u8]) -> bool {
    let steps = value
        .windows(2)
        .filter(|w| w[1] == w[0] || w[1] == w[0].wrapping_add(1) || w[1].wrapping_add(1) == w[0])
        .count();
    value.len() > 4 && steps * 10 >= (value.len() - 1) * 7
}

/// The words of an identifier: split at signs, digits and humps, lower-cased.
fn words(text: &str) -> Vec<String> {
    let mut all: Vec<String> = vec![String::new()];
    let mut before = ' ';
    for c in text.chars() {
        if !c.is_alphabetic() || (c.is_uppercase() && !before.is_uppercase()) {
            all.push(String::new());
        }
        if c.is_alphabetic()
            && let Some(word) = all.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    all.retain(|w| w.len() > 1);
    all
}
