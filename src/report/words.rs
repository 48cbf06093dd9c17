//! What several formats say alike: the sentence of a finding, where it stands, what to do about it.

use std::borrow::Cow;
use std::collections::HashMap;

use super::reporter::Run;
use crate::blob::Commit;
use crate::finding::{Finding, Severity};
use crate::rule::Rule;
use crate::text::printable;

/// The three degrees that most programs know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// To be told.
    Note,
    /// To be looked at.
    Warning,
    /// To be mended now.
    Error,
}

impl Level {
    /// The degree of a severity.
    pub(super) fn of(severity: Severity) -> Self {
        match severity {
            Severity::Critical | Severity::High => Self::Error,
            Severity::Medium | Severity::Low => Self::Warning,
            Severity::Info => Self::Note,
        }
    }
}

/// A finding in one line: what it is, its mask, and all that helps to find it. Safe to print.
pub(super) fn sentence(finding: &Finding) -> String {
    let mut text = format!("{}: {}", printable(&finding.message), printable(&finding.masked));
    if let Some(proof) = &finding.proof {
        text.push_str(&format!("; {}", printable(&proof.words)));
    }
    if !finding.entry.is_empty() {
        text.push_str(&format!("; inside {}", printable(&finding.entry.join(" > "))));
    }
    if let Some(commit) = &finding.commit {
        text.push_str(&format!("; {}", brought(commit)));
    }
    text
}

/// Which commit brought a finding, whose it is, and what became of it.
fn brought(commit: &Commit) -> String {
    let mut text = match short(&commit.id) {
        "" => "in an object that no commit holds".to_owned(),
        id => format!("in commit {id}"),
    };
    if !commit.repository.is_empty() {
        text.push_str(&format!(" of {}", printable(&commit.repository)));
    }
    if !commit.author.is_empty() {
        text.push_str(&format!(" by {}", printable(&commit.author)));
    }
    if !commit.date.is_empty() {
        text.push_str(&format!(" of {}", printable(&commit.date)));
    }
    if let Some(removed) = &commit.removed_by {
        text.push_str(&format!(", removed by {}", short(removed)));
    }
    if commit.unreachable {
        text.push_str(", which nothing leads to");
    }
    if commit.only_in_reflog {
        text.push_str(", which only a reflog leads to");
    }
    text
}

fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

/// The file of a finding for programs that look for it in the repository: the path in the commit's
/// tree, or the path from the working directory.
pub(super) fn file<'f>(finding: &'f Finding, run: &Run<'_>) -> Cow<'f, str> {
    match &finding.commit {
        Some(commit) if !commit.path.is_empty() => Cow::Borrowed(&commit.path),
        _ => from_root(&finding.path, run.root),
    }
}

/// A path as it is from `root`, with forward slashes and without the dot that it may begin with: the
/// services behind these formats know no other, and an absolute path tells a user's name.
pub(super) fn from_root<'p>(path: &'p str, root: &str) -> Cow<'p, str> {
    if cfg!(windows) {
        return Cow::Owned(seen_from(&root.replace('\\', "/"), &path.replace('\\', "/")).into_owned());
    }
    seen_from(root, path)
}

fn seen_from<'p>(root: &str, path: &'p str) -> Cow<'p, str> {
    let absolute = |path: &str| path.starts_with('/') || (cfg!(windows) && path.get(1..3) == Some(":/"));
    if !absolute(path) || !absolute(root) {
        let mut path = path;
        while let Some(rest) = path.strip_prefix("./").filter(|rest| !rest.is_empty()) {
            path = rest.trim_start_matches('/');
        }
        return Cow::Borrowed(path);
    }
    fn names(path: &str) -> Vec<&str> {
        path.split('/').filter(|name| !name.is_empty()).collect()
    }
    let (root, path) = (names(root), names(path));
    let common = root.iter().zip(&path).take_while(|(a, b)| a == b).count();
    let mut steps = vec![".."; root.len() - common];
    steps.extend(&path[common..]);
    Cow::Owned(steps.join("/"))
}

/// Text of a rule file on one line, safe to print: its line ends are only where the file's lines were full.
pub(super) fn flat(text: &str) -> String {
    text.split_whitespace().map(printable).collect::<Vec<_>>().join(" ")
}

/// The rule of that id.
pub(super) fn rule<'r>(rules: &'r [Rule], id: &str) -> Option<&'r Rule> {
    rules.iter().find(|rule| rule.id == id)
}

/// Why a rule matters and what to do, as plain text in lines.
pub(super) fn advice(rule: &Rule) -> String {
    let mut lines = Vec::new();
    if !rule.why.is_empty() {
        lines.push(flat(&rule.why));
    }
    lines.extend(rule.remedy.iter().enumerate().map(|(at, step)| format!("{}. {}", at + 1, flat(step))));
    lines.join("\n")
}

/// The first `most` characters of a text, for fields that are limited.
pub(super) fn at_most(text: String, most: usize) -> String {
    if text.chars().count() <= most {
        return text;
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

/// Counts what comes again in one file, so that each can be told from the others whatever stands
/// around it. Findings come file by file.
#[derive(Default)]
pub(super) struct Occurrences {
    path: String,
    seen: HashMap<String, u64>,
}

impl Occurrences {
    /// Which one of its likes in this file this is, from 1.
    pub(super) fn next(&mut self, finding: &Finding, likeness: &str) -> u64 {
        if self.path != finding.path {
            self.path.clone_from(&finding.path);
            self.seen.clear();
        }
        let count = self.seen.entry(likeness.to_owned()).or_default();
        *count += 1;
        *count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_from_the_root() {
        let told = |path| seen_from("/home/me/repo", path).into_owned();
        assert_eq!(told("./a/b"), "a/b");
        assert_eq!(told(".//a"), "a");
        assert_eq!(told("-"), "-");
        assert_eq!(told("../x"), "../x");
        assert_eq!(told("/home/me/repo/a/b"), "a/b");
        assert_eq!(told("/home/me/repository/a"), "../repository/a");
        assert_eq!(told("/tmp/a"), "../../../tmp/a");
        assert_eq!(seen_from("", "/tmp/a"), "/tmp/a");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(at_most("密钥密钥".to_owned(), 3), "密钥…");
        assert_eq!(at_most("密钥密".to_owned(), 3), "密钥密");
    }

    #[test]
    fn a_commit_is_told_in_words() {
        let commit = Commit {
            id: "0123456789abcdef".into(),
            author: "A\u{202e}".into(),
            removed_by: Some("fedc".into()),
            ..Commit::default()
        };
        assert_eq!(brought(&commit), "in commit 0123456789ab by A\\u{202e}, removed by fedc");
        assert_eq!(brought(&Commit::default()), "in an object that no commit holds");
    }
}
