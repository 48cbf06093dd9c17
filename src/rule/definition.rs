//! What a rule is: the names and values that it looks for, and what else decides.

use regex::bytes::Regex;

use crate::finding::{Kind, Severity};

/// One rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The id that reports and settings use, such as `tirtc-secret-key`.
    pub id: String,
    /// A few words.
    pub title: String,
    /// What it finds.
    pub description: String,
    /// What an attacker gains.
    pub why: String,
    /// The kind of credential.
    pub kind: Kind,
    /// How bad a hit is (tokens: their status decides).
    pub severity: Severity,
    /// What to do after a leak, in order.
    pub remedy: Vec<String>,
    /// Words without which the rule cannot match; compared without case.
    pub keywords: Vec<String>,
    /// Names under which the value travels, compared without case and separators, at the end of an
    /// identifier: `secret_key` is found as `TIRTC_SECRET_KEY` and as `clientSecretKey`.
    pub names: Vec<String>,
    /// Names that many others use, too: they count only where `context` stands near.
    pub weak_names: Vec<String>,
    /// What the value must look like.
    pub value: Value,
    /// Calls that take the value as a positional argument.
    pub calls: Vec<Call>,
    /// Words of which one must stand near or in the path, where a name alone is not enough.
    pub context: Vec<String>,
    /// Words of other systems, in lower case: where one stands right before a name that is written as words,
    /// the value is theirs.
    pub others: Vec<String>,
    /// Names that other systems have as well, and what tells them apart.
    pub shared: Shared,
    /// What makes a key of a value that has no name.
    pub beside: Beside,
    /// The token schemes, by their names in [`crate::token::SCHEMES`].
    pub token: Vec<String>,
    /// A regular expression, for rules that the grammar does not cover.
    pub regex: Option<Regex>,
    /// The group of `regex` that is the secret; 0 is the whole.
    pub secret_group: usize,
    /// Least Shannon entropy of the secret in bits per character; 0 asks for none.
    pub entropy: f64,
    /// A regular expression for the path; files with another one are not looked at by this rule.
    pub path: Option<Regex>,
    /// Free words for filters.
    pub tags: Vec<String>,
    /// What this rule lets pass.
    pub allowlists: Vec<Allow>,
    /// Texts that must be found; templates that the tests fill with minted values.
    pub examples: Vec<String>,
    /// Texts that must stay silent.
    pub counterexamples: Vec<String>,
    /// Where the facts come from.
    pub references: Vec<String>,
}

/// What the value of a named rule must look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// 16 to 256 characters of a key's alphabet, random enough.
    Key,
    /// Exactly 64 lower-case hex digits.
    Hex64,
    /// `<device_id>,<device_secret_key>`.
    License,
    /// A PEM block of a private key.
    Pem,
    /// Whatever `regex` or `token` says.
    Any,
}

impl Value {
    pub(super) const NAMES: [(Value, &'static str); 5] = [
        (Value::Key, "key"),
        (Value::Hex64, "hex64"),
        (Value::License, "license"),
        (Value::Pem, "pem"),
        (Value::Any, "any"),
    ];
}

/// A call that takes the value by position: `GenerateConnectToken(access_id, secret_key, …)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The function's name, compared without case and separators.
    pub name: String,
    /// Which argument, from 1. None: any, for a value with a form of its own, such as 64 hex digits; the
    /// function's own name may then be longer.
    pub argument: Option<usize>,
    /// Words of which one must stand near, where other systems have such a function as well.
    pub context: Vec<String>,
}

/// Names that other systems have as well: without a word of the rule's `context` in the file or in the path
/// a value is reported under a title that names no vendor, and what belongs to another system is not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shared {
    /// The names.
    pub names: Vec<String>,
    /// The title where nothing says whose the value is.
    pub title: String,
    /// What is next to a value of this rule: pieces of names, compared without case, `_` and `-`.
    pub neighbours: Vec<String>,
    /// How values of other systems begin, the value itself or one beside it; `#` is any hex digit.
    pub other_values: Vec<String>,
    /// Names that make a pair with the same name in other systems: only a word of the rule outweighs them.
    pub other_neighbours: Vec<String>,
}

/// What stands beside a value with a form of its own, such as 64 hex digits, where it has no name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Beside {
    /// Words near it, in lower case.
    pub words: Vec<String>,
    /// Packages from which the function was imported whose argument it is, in lower case.
    pub packages: Vec<String>,
    /// Numbers of applications, `#` for any digit: `1400######`.
    pub numbers: Vec<String>,
    /// Accounts that count together with such a number.
    pub accounts: Vec<String>,
}

/// What is let pass, as gitleaks writes it: any of the lists that is not empty may match.
#[derive(Debug, Clone, Default)]
pub struct Allow {
    /// Regular expressions over the secret.
    pub regexes: Vec<Regex>,
    /// Regular expressions over the path.
    pub paths: Vec<Regex>,
    /// Words that the secret may not hold, compared without case.
    pub stopwords: Vec<String>,
    /// True where all lists must match (`condition = "AND"`).
    pub all: bool,
}

impl Allow {
    /// Whether it lets this secret in this file pass.
    pub fn allows(&self, secret: &[u8], path: &str) -> bool {
        let lower = secret.to_ascii_lowercase();
        let holds = |w: &String| memchr::memmem::find(&lower, w.to_ascii_lowercase().as_bytes()).is_some();
        let lists = [
            (!self.regexes.is_empty(), self.regexes.iter().any(|r| r.is_match(secret))),
            (!self.paths.is_empty(), self.paths.iter().any(|r| r.is_match(path.as_bytes()))),
            (!self.stopwords.is_empty(), self.stopwords.iter().any(holds)),
        ];
        let mut asked = lists.iter().filter(|(present, _)| *present).peekable();
        asked.peek().is_some()
            && if self.all { asked.all(|(_, hit)| *hit) } else { asked.any(|(_, hit)| *hit) }
    }
}
