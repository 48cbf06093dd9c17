//! The reader of rule files: a table is taken apart key by key, and whatever is wrong is told with
//! its place, so that a bad rule never silently does not match.

use std::path::Path;

use regex::bytes::Regex;

use super::definition::{Allow, Beside, Call, Rule, Shared, Value};
use crate::error::Result;
use crate::finding::{Kind, Severity};
use crate::table::{Table, document};
use crate::token;

const TOP: &[&str] = &["title", "description", "minVersion", "rules", "allowlist", "allowlists"];
const RULE: &[&str] = &[
    "id",
    "title",
    "description",
    "why",
    "kind",
    "severity",
    "remedy",
    "keywords",
    "names",
    "weak_names",
    "value",
    "calls",
    "context",
    "others",
    "shared",
    "beside",
    "token",
    "regex",
    "secretGroup",
    "entropy",
    "path",
    "tags",
    "allowlists",
    "allowlist",
    "examples",
    "counterexamples",
    "references",
];
const ALLOW: &[&str] = &["description", "regexes", "paths", "stopwords", "condition", "regexTarget"];
const EXTEND: &str = "neither the rules that come with another tool nor further files are read through it. Supported \
                      are `[[rules]]` and `[[allowlists]]` in this file; name further files with --rules, one by one. \
                      The rules of scrubjay itself are always used";
const REQUIRED: &str = "the rule would report more than it should; take the rule out";
const TARGETS: &str = "an allowlist at the top holds for all rules of the file; put it into the rules that it is for, as \
                       `[[rules.allowlists]]`";
const CALL: &[&str] = &["name", "argument", "context"];
const SHARED: &[&str] = &["names", "title", "neighbours", "other_values", "other_neighbours"];
const BESIDE: &[&str] = &["words", "packages", "numbers", "accounts"];

/// Reads rules from the text of a rule file; `path` is for messages.
///
/// # Errors
/// The first thing that is not what it must be, with line and column and what was expected.
///
/// ```
/// let text = "[[rules]]\nid = 'x'\nkindd = 'other'\n";
/// let error = scrubjay::rule::load(text, "my.toml".as_ref()).unwrap_err();
/// assert_eq!(error.to_string(), "my.toml:3:1: unknown key `kindd` in a rule; did you mean `kind`?");
/// ```
pub fn load(text: &str, path: &Path) -> Result<Vec<Rule>> {
    rules(text).map_err(|e| e.at_path(path))
}

/// Reads a whole file.
pub(super) fn rules(text: &str) -> Result<Vec<Rule>> {
    let table = document(text)?;
    let top = Table::top(text, "a rule file", &table);
    refuse(&top, &[("extend", EXTEND)])?;
    top.only(TOP)?;
    let everywhere = allows(&top)?;
    let mut rules: Vec<Rule> = Vec::new();
    for table in top.tables("rules", "a rule")? {
        let mut rule = rule(&table)?;
        if rules.iter().any(|r| r.id == rule.id) {
            return Err(table.error("id", format!("the id `{}` is taken already", rule.id)));
        }
        rule.allowlists.extend(everywhere.iter().cloned());
        rules.push(rule);
    }
    Ok(rules)
}

/// Refuses what other tools read in such files, by name: left out without a word it would change what is
/// found.
fn refuse(t: &Table<'_>, keys: &[(&str, &str)]) -> Result<()> {
    match keys.iter().find(|(key, _)| t.has(key)) {
        Some((key, what)) => Err(t.key_error(key, format!("`{key}` is not supported yet: {what}"))),
        None => Ok(()),
    }
}

fn rule(t: &Table<'_>) -> Result<Rule> {
    refuse(t, &[("required", REQUIRED), ("skipReport", REQUIRED)])?;
    t.only(RULE)?;
    let id = t.string("id")?.ok_or_else(|| t.missing("id"))?;
    let regex = t.regex("regex")?;
    let rule = Rule {
        title: t.string("title")?.unwrap_or_else(|| id.clone()),
        description: t.string("description")?.unwrap_or_default(),
        why: t.string("why")?.unwrap_or_default(),
        kind: t.choice("kind", &Kind::NAMES)?.unwrap_or(Kind::Other),
        severity: t.choice("severity", &Severity::ALL.map(|s| (s, s.name())))?.unwrap_or(Severity::High),
        remedy: t.strings("remedy")?,
        keywords: t.strings("keywords")?,
        names: t.strings("names")?,
        weak_names: t.strings("weak_names")?,
        value: t.choice("value", &Value::NAMES)?.unwrap_or(Value::Any),
        calls: t.tables("calls", "a call")?.iter().map(call).collect::<Result<_>>()?,
        context: t.strings("context")?,
        others: t.strings("others")?,
        shared: t.table("shared", "`shared`")?.as_ref().map(shared).transpose()?.unwrap_or_default(),
        beside: t.table("beside", "`beside`")?.as_ref().map(beside).transpose()?.unwrap_or_default(),
        token: t.one_or_more("token")?,
        secret_group: t.integer("secretGroup")?.unwrap_or(usize::from(has_group(regex.as_ref()))),
        entropy: t.float("entropy")?.unwrap_or(0.0),
        path: t.regex("path")?,
        tags: t.strings("tags")?,
        allowlists: allows(t)?,
        examples: t.strings("examples")?,
        counterexamples: t.strings("counterexamples")?,
        references: t.strings("references")?,
        regex,
        id,
    };
    if rule.token.iter().any(|name| token::scheme(name).is_none()) {
        let known: Vec<&str> = token::SCHEMES.iter().map(|s| s.name).collect();
        return Err(t.error("token", format!("expected a token scheme: one of {}", known.join(", "))));
    }
    if rule.value != Value::Hex64 && rule.calls.iter().any(|c| c.argument.is_none()) {
        let message = "a call needs `argument`, the position from 1, unless `value` is hex64";
        return Err(t.error("calls", message.into()));
    }
    if rule.regex.as_ref().is_some_and(|r| r.captures_len() <= rule.secret_group) {
        return Err(t.error("secretGroup", "the regex has no such group".into()));
    }
    if rule.regex.is_none()
        && rule.token.is_empty()
        && rule.names.is_empty()
        && rule.shared.names.is_empty()
        && rule.weak_names.is_empty()
        && rule.value == Value::Any
    {
        return Err(t.error("id", "a rule needs one of `regex`, `names` with `value`, `token`".into()));
    }
    Ok(rule)
}

/// Without `secretGroup` the first group is the secret where there is one, as in gitleaks.
fn has_group(regex: Option<&Regex>) -> bool {
    regex.is_some_and(|r| r.captures_len() > 1)
}

fn call(t: &Table<'_>) -> Result<Call> {
    t.only(CALL)?;
    let name = t.string("name")?.ok_or_else(|| t.missing("name"))?;
    let argument = t.integer("argument")?;
    if argument == Some(0) {
        return Err(t.error("argument", "expected the position of the argument, from 1".into()));
    }
    Ok(Call { name, argument, context: t.strings("context")? })
}

fn shared(t: &Table<'_>) -> Result<Shared> {
    t.only(SHARED)?;
    Ok(Shared {
        names: t.strings("names")?,
        title: t.string("title")?.ok_or_else(|| t.missing("title"))?,
        neighbours: t.strings("neighbours")?,
        other_values: t.strings("other_values")?,
        other_neighbours: t.strings("other_neighbours")?,
    })
}

fn beside(t: &Table<'_>) -> Result<Beside> {
    t.only(BESIDE)?;
    let numbers = t.strings("numbers")?;
    let is_pattern = |n: &String| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit() || b == b'#');
    if !numbers.iter().all(is_pattern) {
        return Err(t.error("numbers", "expected digits, and `#` for any digit".into()));
    }
    let (words, packages) = (t.strings("words")?, t.strings("packages")?);
    Ok(Beside { words, packages, numbers, accounts: t.strings("accounts")? })
}

fn allows(t: &Table<'_>) -> Result<Vec<Allow>> {
    let mut all = t.tables("allowlists", "an allow list")?;
    if let Some(one) = t.table("allowlist", "an allow list")? {
        all.push(one);
    }
    all.iter().map(allow).collect()
}

fn allow(t: &Table<'_>) -> Result<Allow> {
    refuse(t, &[("targetRules", TARGETS)])?;
    t.only(ALLOW)?;
    if t.string("regexTarget")?.is_some_and(|target| target != "secret") {
        return Err(t.error("regexTarget", "only `secret` is supported".into()));
    }
    Ok(Allow {
        regexes: t.regexes("regexes")?,
        paths: t.regexes("paths")?,
        stopwords: t.strings("stopwords")?,
        all: t
            .choice("condition", &[(false, "OR"), (true, "AND"), (true, "&&"), (false, "||")])?
            .unwrap_or(false),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        rules(text).expect_err("must be refused").to_string()
    }

    #[test]
    fn a_gitleaks_rule_is_read_as_it_is() {
        let text = "title = 'pack'\n[[rules]]\nid = 'aws'\ndescription = 'd'\nregex = '''(AKIA[A-Z0-9]{16})'''\n\
                    keywords = ['akia']\nentropy = 3\ntags = ['key']\n[[rules.allowlists]]\nstopwords = ['example']\n";
        let rules = rules(text).expect("valid");
        assert_eq!((rules[0].secret_group, rules[0].entropy), (1, 3.0));
        assert!(rules[0].allowlists[0].allows(b"AKIAEXAMPLE", "a"));
        assert!(!rules[0].allowlists[0].allows(b"AKIAQ", "a"));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let cases = [
            ("[[rules]]\nid = 3\n", "2:6: `id` must be a string, not integer"),
            ("[[rules]]\nregex = 'a'\n", "1:1: a rule needs `id`"),
            ("[[rules]]\nid = 'a'\nregex = '('\n", "3:9: `regex` is no regular expression"),
            (
                "[[rules]]\nid = 'a'\nregexx = 'a'\n",
                "3:1: unknown key `regexx` in a rule; did you mean `regex`?",
            ),
            ("[[rules]]\nid = 'a'\nregex = 'a'\nsecretGroup = 2\n", "4:15: the regex has no such group"),
            ("[[rules]]\nid = 'a'\nseverity = 'bad'\n", "3:12: `severity` must be one of info, low"),
            ("[[rules]]\nid = 'a'\ntoken = 'jwt'\n", "3:9: expected a token scheme"),
            ("[[rules]]\nid = 'a'\n", "2:6: a rule needs one of"),
            (
                "[[rules]]\nid = 'a'\nregex = 'a'\n[[rules]]\nid = 'a'\nregex = 'a'\n",
                "5:6: the id `a` is taken",
            ),
            ("[[rules]]\nid = 'a'\nregex = 'a'\ncalls = [{ name = 'f' }]\n", "4:9: a call needs `argument`"),
            ("[[rules]]\nid = 'a'\nregex = 'a'\nbeside = { numbers = ['14x'] }\n", "4:22: expected digits"),
            ("rules = 3\n", "1:9: `rules` must be a list of tables"),
            ("[[rules]\n", "1:"),
        ];
        for (text, expected) in cases {
            let got = error(text);
            assert!(got.starts_with(expected), "{text}\n{got}\n{expected}");
        }
    }

    #[test]
    fn all_lists_of_an_and_must_match() {
        let allow = Allow {
            all: true,
            stopwords: vec!["demo".into()],
            paths: vec![Regex::new("test").expect("ok")],
            ..Allow::default()
        };
        assert!(allow.allows(b"demo1", "test/x"));
        assert!(!allow.allows(b"demo1", "src/x"));
    }
}
