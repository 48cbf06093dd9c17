//! The baseline: findings that were there before, one line each. It holds fingerprints and paths, no
//! line numbers, no dates and no values, so it changes only when a secret comes, goes or moves to
//! another file.
//!
//! Branches that each add a finding must merge. A line merge fails where both put lines into the same
//! gap between two lines, so entries are ordered by fingerprint, which is random, and the file always
//! has 4,096 lines between which they stand, one for each start of a fingerprint.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::text::is_unprintable;

/// How the first line begins, up to the version.
const SIGNATURE: &str = "# scrubjay baseline v";

/// The only version.
const VERSION: &str = "1";

const HEADER: &str = "\
# scrubjay baseline v1: findings that were there before (fingerprint, rule, path)
# The short lines keep entries apart, so that branches that add some can be merged. Leave them in.
";

/// How many lines keep entries apart: one for each first three digits of a fingerprint.
const KEEPERS: u32 = 0x1000;

/// The length of a fingerprint, in hex digits.
const FINGERPRINT: usize = 16;

/// Findings that were there before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: BTreeSet<Entry>,
}

/// One finding that was there before. Entries are ordered as in the file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// The fingerprint of the value.
    pub fingerprint: String,
    /// The id of the rule.
    pub rule: String,
    /// The path, told from the root of the repository; the way into a container follows after `!`.
    pub path: String,
}

impl Entry {
    /// What is said of a finding at this path, told from the root.
    pub(super) fn of(finding: &Finding, key: &str) -> Self {
        let mut path = key.to_owned();
        for entry in &finding.entry {
            path.push('!');
            path.push_str(entry);
        }
        Self { fingerprint: finding.fingerprint.clone(), rule: finding.rule.clone(), path }
    }
}

impl Baseline {
    /// A baseline of these entries.
    pub fn new(entries: impl IntoIterator<Item = Entry>) -> Self {
        Self { entries: entries.into_iter().collect() }
    }

    /// Reads a baseline; lines may come in any order and more than once, as a merge leaves them.
    ///
    /// # Errors
    ///
    /// The first line that is none, with line and column.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let mut entries = BTreeSet::new();
        for (at, line) in bytes.split(|b| *b == b'\n').enumerate() {
            let wrong = |(column, message): (usize, String)| Error::invalid(message).at(at + 1, column);
            let text =
                std::str::from_utf8(line).map_err(|e| wrong((e.valid_up_to() + 1, "no UTF-8".into())))?;
            let text = text.strip_suffix('\r').unwrap_or(text);
            let text = if at == 0 { text.strip_prefix('\u{feff}').unwrap_or(text) } else { text };
            if text.trim().is_empty() {
                continue;
            }
            if text.starts_with('#') {
                check_version(text).map_err(wrong)?;
                continue;
            }
            entries.insert(read(text).map_err(wrong)?);
        }
        Ok(Self { entries })
    }

    /// The file, as it is written: the same entries always give the same bytes.
    ///
    /// ```
    /// use scrubjay::config::{Baseline, Entry};
    ///
    /// let entry = Entry { fingerprint: "5d0c4e1f9ab7720c".into(), rule: "tirtc-token".into(), path: "a b".into() };
    /// let text = Baseline::new([entry]).to_text();
    /// assert!(text.contains("\n#5d0\n5d0c4e1f9ab7720c\ttirtc-token\ta b\n#5d1\n"));
    /// ```
    pub fn to_text(&self) -> String {
        let mut text = String::with_capacity(HEADER.len() + 5 * KEEPERS as usize + 96 * self.entries.len());
        text.push_str(HEADER);
        let mut entries = self.entries.iter().peekable();
        for keeper in 0..KEEPERS {
            let start = format!("{keeper:03x}");
            let _ = writeln!(text, "#{start}");
            while let Some(entry) = entries.next_if(|entry| entry.fingerprint.starts_with(&start)) {
                let (rule, path) = (escape(&entry.rule), escape(&entry.path));
                let _ = writeln!(text, "{}\t{rule}\t{path}", entry.fingerprint);
            }
        }
        text
    }

    /// The entries, in order.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.entries.iter()
    }

    /// Takes an entry in; false where it was there.
    pub fn add(&mut self, entry: Entry) -> bool {
        self.entries.insert(entry)
    }

    /// Takes an entry out; false where it was not there.
    pub fn remove(&mut self, entry: &Entry) -> bool {
        self.entries.remove(entry)
    }

    /// Whether a finding at this path, told from the root, was there before.
    pub(super) fn holds(&self, finding: &Finding, key: &str) -> bool {
        !self.entries.is_empty() && self.entries.contains(&Entry::of(finding, key))
    }
}

/// Whether this is how a fingerprint looks.
pub(super) fn is_fingerprint(text: &str) -> bool {
    text.len() == FINGERPRINT && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// What is wrong with a line, and its column.
type Wrong = (usize, String);

fn check_version(line: &str) -> Result<(), Wrong> {
    let Some(rest) = line.strip_prefix(SIGNATURE) else { return Ok(()) };
    let version = rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    if version == VERSION {
        return Ok(());
    }
    Err((
        SIGNATURE.len() + 1,
        "this baseline is of another version; write it anew with --write-baseline".into(),
    ))
}

fn read(line: &str) -> Result<Entry, Wrong> {
    const FORM: &str = "expected a fingerprint, a rule and a path with tabs between";
    if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| line.starts_with(mark)) {
        let message = "a merge left its marks here; keep the lines of both sides and drop the marks";
        return Err((1, message.into()));
    }
    let mut column = 1;
    let mut fields = Vec::new();
    for field in line.split('\t') {
        fields.push((field, column));
        column += field.chars().count() + 1;
    }
    let [(fingerprint, _), (rule, rule_at), (path, path_at)] = fields[..] else {
        return Err((1, FORM.into()));
    };
    if !is_fingerprint(fingerprint) {
        return Err((1, "expected a fingerprint of 16 lower-case hex digits".into()));
    }
    let field = |text: &str, at: usize| match unescape(text) {
        Ok(text) if text.is_empty() => Err((at, FORM.to_owned())),
        Ok(text) => Ok(text),
        Err(chars) => Err((at + chars, "expected an escape: `\\\\` or such as `\\u{9}`".to_owned())),
    };
    Ok(Entry {
        fingerprint: fingerprint.to_owned(),
        rule: field(rule, rule_at)?,
        path: field(path, path_at)?,
    })
}

/// Writes what could break the line, hide or be trimmed away as `\u{…}`.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let trimmed = text.trim_end_matches(' ').len();
    for (at, c) in text.char_indices() {
        match c {
            '\\' => out.push_str("\\\\"),
            ' ' if at < trimmed => out.push(' '),
            c if c.is_whitespace() || is_unprintable(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// The text that was escaped, or how many characters stand before what is no escape.
fn unescape(text: &str) -> Result<String, usize> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let wrong = || text[..text.len() - rest.len() + at].chars().count();
        let escaped = &rest[at + 1..];
        let (c, behind) = match escaped.strip_prefix("u{").and_then(|hex| hex.split_once('}')) {
            Some((hex, behind)) => (u32::from_str_radix(hex, 16).ok().and_then(char::from_u32), behind),
            None => (escaped.strip_prefix('\\').map(|_| '\\'), escaped.get(1..).unwrap_or_default()),
        };
        out.push(c.ok_or_else(wrong)?);
        rest = behind;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(fingerprint: &str, path: &str) -> Entry {
        Entry { fingerprint: fingerprint.into(), rule: "r".into(), path: path.into() }
    }

    #[test]
    fn lines_are_ordered_and_strange_paths_stay_one_line() {
        let baseline = Baseline::new([
            entry("fff0000000000000", "b\nc\t\u{202e}\\ "),
            entry("0000000000000000", "a b"),
            entry("fff0000000000000", "a"),
        ]);
        let text = baseline.to_text();
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(
            lines,
            [
                "0000000000000000\tr\ta b",
                "fff0000000000000\tr\ta",
                "fff0000000000000\tr\tb\\u{a}c\\u{9}\\u{202e}\\\\\\u{20}"
            ]
        );
        assert_eq!(Baseline::parse(text.replace('\n', "\r\n").as_bytes()).expect("CRLF is read"), baseline);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        for (text, said) in [
            ("#\nzz\tr\tp\n", "2:1: expected a fingerprint of 16"),
            ("0000000000000000 r p\n", "1:1: expected a fingerprint, a rule and a path with tabs between"),
            ("0000000000000000\tr\tp\tq\n", "1:1: expected a fingerprint, a rule and a path"),
            ("0000000000000000\t\tp\n", "1:18: expected a fingerprint, a rule and a path"),
            ("0000000000000000\tr\ta\\q\n", "1:21: expected an escape"),
            ("0000000000000000\tr\ta\\u{d800}\n", "1:21: expected an escape"),
            ("0000000000000000\tr\ta\\\n", "1:21: expected an escape"),
            ("\n<<<<<<< ours\n", "2:1: a merge left its marks here"),
            ("# scrubjay baseline v2\n", "1:22: this baseline is of another version"),
        ] {
            let error = Baseline::parse(text.as_bytes()).expect_err("must be refused").to_string();
            assert!(error.starts_with(said), "{text}\n{error}");
        }
        assert!(Baseline::parse(b"\xff").is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// What is written is read again, one line an entry, whatever the paths.
        #[test]
        fn what_is_written_is_read_again(
            list in proptest::collection::vec(("[0-9a-f]{16}", any::<String>(), any::<String>()), 0..8),
        ) {
            let entries = list.into_iter().filter(|(_, rule, path)| !rule.is_empty() && !path.is_empty());
            let baseline =
                Baseline::new(entries.map(|(fingerprint, rule, path)| Entry { fingerprint, rule, path }));
            let text = baseline.to_text();
            prop_assert_eq!(&Baseline::parse(text.as_bytes()).expect("our own"), &baseline);
            let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
            prop_assert_eq!(lines.len(), baseline.entries().len());
            prop_assert!(lines.is_sorted());
            prop_assert!(lines.iter().all(|line| line.trim_end() == *line));
        }

        /// Nothing that is read makes it panic.
        #[test]
        fn any_bytes_are_read_or_refused(bytes in any::<Vec<u8>>(), text in "[0-9a-f\t\\\\u{}\n#]{0,60}") {
            let _ = Baseline::parse(&bytes);
            let _ = Baseline::parse(text.as_bytes());
        }
    }
}
