//! Texts with names of secrets in them, and behind them what opens something.

use crate::support::prng::Prng;

/// A text, and which secrets stand in it.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) secrets: Vec<String>,
    /// The name says that it is a secret as a whole.
    pub(crate) is_named: bool,
}

impl Text {
    /// Whether it has nothing to hide.
    pub(crate) fn is_plain(&self) -> bool {
        !self.is_named && self.secrets.is_empty() && !NAMES.iter().any(|name| self.text.contains(name))
    }
}

/// Names of secrets.
pub(crate) const NAMES: &[&str] =
    &["secret_key", "password", "secret", "access_token", "dbPassword", "token"];

/// Names of what is none.
pub(crate) const PLAIN_NAMES: &[&str] = &["user", "path", "msg", "note", "code", "url", "items"];

/// What may stand in a text; `@` is a name, `~` a secret.
const PARTS: &[&str] = &[
    "@: [C:\\dir\\",
    "@=[a\\",
    "@={C:\\",
    "@=(a\\",
    "@: [C:\\dir\\ ",
    "{\"@\": \"",
    "{\"@\": \"~",
    "{\"@\":\"~\",\"n\":1}",
    "{\"@\":[\"~\"",
    "@=~",
    "@: ~",
    "@=\"~",
    "@='~",
    "@=\"~\" x",
    "@=[~",
    "@=[\"~\", \"",
    "@={\"a\": \"~\"",
    "@: {'a': '~",
    "@=<~>",
    "@=`~`",
    "@=(~",
    "@=~\\",
    "@=\\",
    "@=\"",
    "@='",
    "@=",
    "@: \"\\",
    "@: ",
    "--@ ~",
    "GET /v1?@=~&x=\\",
    "see @=~, more",
    "Some(@: Some(\"~\"",
];

/// What says nothing of secrets.
const PLAIN: &[&str] = &[
    "",
    "x",
    "a b",
    "C:\\dir\\",
    "[",
    "}",
    "\"",
    "\\\"",
    "it's",
    "a, b",
    "1",
    "\u{e9}\u{4f60}",
    "a=b",
    "(x) [y] {z}",
    "<b>",
    "&",
];

const BETWEEN: &[&str] = &[" ", " ", ", ", "; ", " | "];

/// A text of one to three parts.
pub(crate) fn text(rng: &mut Prng) -> Text {
    let mut made = Text { text: String::new(), secrets: Vec::new(), is_named: false };
    for i in 0..1 + rng.below(3) {
        if i > 0 {
            made.text.push_str(rng.pick::<&str>(BETWEEN));
        }
        if rng.below(3) == 0 {
            made.text.push_str(rng.pick::<&str>(PLAIN));
            continue;
        }
        let part = rng.pick::<&str>(PARTS).replace('@', rng.pick::<&str>(NAMES));
        for (i, piece) in part.split('~').enumerate() {
            if i > 0 {
                let secret = rng.alnum(32);
                made.text.push_str(&secret);
                made.secrets.push(secret);
            }
            made.text.push_str(piece);
        }
    }
    made
}

/// A text without any name.
pub(crate) fn plain(rng: &mut Prng) -> Text {
    Text { text: (*rng.pick(PLAIN)).to_owned(), secrets: Vec::new(), is_named: false }
}

/// The value of a member with this name.
pub(crate) fn under(name: &str, rng: &mut Prng) -> Text {
    if NAMES.contains(&name) {
        let secret = rng.alnum(32);
        return Text { text: secret.clone(), secrets: vec![secret], is_named: true };
    }
    if rng.below(4) == 0 { plain(rng) } else { text(rng) }
}

/// Rows of members whose texts `can_hold` lets pass; all with the same names where they are columns.
pub(crate) fn rows(rng: &mut Prng, columns: bool, can_hold: fn(&str) -> bool) -> Vec<Vec<(String, Text)>> {
    let names = |rng: &mut Prng| -> Vec<String> {
        let mut names = Vec::new();
        // A table has two columns at least: with one it is no other text than one of lines.
        let fewest = if columns { 2 } else { 1 };
        let wanted = 2 + rng.below(4);
        for i in 0.. {
            if i >= wanted && names.len() >= fewest {
                break;
            }
            let name = if rng.below(4) == 0 { rng.pick(NAMES) } else { rng.pick(PLAIN_NAMES) };
            if !names.iter().any(|n: &String| n == name) {
                names.push((*name).to_owned());
            }
        }
        names
    };
    let first = names(rng);
    (0..1 + rng.below(4))
        .map(|_| {
            let names = if columns { first.clone() } else { names(rng) };
            let value = |name: &str, rng: &mut Prng| loop {
                let text = under(name, rng);
                if can_hold(&text.text) {
                    return text;
                }
            };
            names.into_iter().map(|name| (name.clone(), value(&name, rng))).collect()
        })
        .collect()
}
