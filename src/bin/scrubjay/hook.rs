//! `scrubjay hook`: what git gives each of its hooks, and what stops it.
//!
//! The forms of the arguments and of standard input are those of `githooks(5)`. A hook that could not
//! look stops git as well: what was not looked at is not clean.

mod install;
mod json;
mod keeper;
mod plain;
mod record;
mod settings;
mod shell;
mod status;
mod yaml;

use std::io::Read;
use std::path::Path;

use scrubjay::input::{Commits, Hidden, Subject, Tips};
use scrubjay::text::printable;

use crate::args::{HookCommand, HookOptions, Said, ScanArgs};
use crate::output::Output;
use crate::{Result, Status, Stop, scan};

/// More than any push has in references.
const LONGEST_INPUT: u64 = 64 * 1024 * 1024;

/// Where a verbose commit message ends and the diff below it begins.
const SCISSORS: &[u8] = b"------------------------ >8 ------------------------";

/// What git writes on the line below.
const WARNING: &[u8] = b"Do not modify or remove the line above.";

pub(crate) fn run(command: HookCommand, output: &Output) -> Result<Status> {
    match command {
        HookCommand::PreCommit { options, whole_files, files } => {
            let subject = Subject::Staged { whole_files, named: files };
            check(options, subject, COMMIT, output)
        }
        HookCommand::CommitMsg { file, options } => {
            let bytes = std::fs::read(&file).map_err(|error| scrubjay::Error::from(error).at_path(&file))?;
            let subject = Subject::Given { name: "<commit message>".to_owned(), bytes: kept(bytes) };
            check(options, subject, MESSAGE, output)
        }
        HookCommand::PrePush { remote, url: _, options } => match pushed(remote)? {
            Some(commits) => check(options, Subject::Commits(commits), PUSH, output),
            None => Ok(Status::Clean),
        },
        HookCommand::PreReceive { options, trust_repository } => {
            let text = input()?;
            let ids = updates(&text, 3, 1)?;
            if ids.is_empty() {
                return Ok(Status::Clean);
            }
            let names = new_names(&text, [2, 0, 1]);
            let (tips, hidden) = (Tips::Ids(ids), Hidden::AllReferences);
            let commits = Commits { tips, hidden, since: None, deepen: None, names };
            let mut options = options;
            if !trust_repository {
                // What is pushed must not decide what is looked for.
                options.policy.no_config = options.policy.config.is_none();
                options.policy.no_inline_allow = true;
            }
            check(options, Subject::Commits(commits), RECEIVE, output)
        }
        HookCommand::Install { hooks, uninstall } => install::run(&hooks, uninstall, output),
        HookCommand::Status { hooks } => status::run(&hooks, output),
    }
}

const COMMIT: &str = "\
scrubjay: this commit is stopped: it would add what is named above.
  Take it out of the files (an environment variable or a secret store is the place for it),
  `git add` them again, and commit. Where a secret was pushed or shared before, replace it.
  A false alarm? `scrubjay:allow RULE reason` on the line, or an entry in scrubjay.toml.";

const MESSAGE: &str = "\
scrubjay: this commit is stopped: its message holds what is named above.
  Write it again without that: git commit --edit --file=\"$(git rev-parse --git-dir)/COMMIT_EDITMSG\"";

const PUSH: &str = "\
scrubjay: this push is stopped: its commits add what is named above.
  A later commit that takes it out does not help, the history would have it. Rewrite the
  commits that nobody has yet (git rebase -i, or git commit --amend for the last one), push
  again, and replace the secret where anybody may have seen it.
  A false alarm? `scrubjay:allow RULE reason` on the line, or an entry in scrubjay.toml.";

const RECEIVE: &str = "\
scrubjay: this push is refused: its commits add what is named above. Nothing was stored.
  Rewrite the commits without it (git rebase -i, or git commit --amend for the last one) and
  push again. Whoever runs the server can tell what to do about a false alarm.";

/// Scans, and says what to do where something is found.
fn check(options: HookOptions, subject: Subject, advice: &str, output: &Output) -> Result<Status> {
    let said = options.said();
    let args = options.into_scan();
    let status = scan::of(ScanArgs { said, quiet: said != Said::All, ..args }, subject, output)?;
    match status {
        Status::Findings => output.note(advice),
        Status::Incomplete | Status::Signal(_) => {
            output.note("scrubjay: stopped, because not everything could be looked at");
        }
        Status::Clean => {}
    }
    Ok(status)
}

/// A commit message without the diff that `git commit --verbose` shows below it. A line that only looks like
/// git's stays in the commit with all below it.
fn kept(mut bytes: Vec<u8>) -> Vec<u8> {
    let mut at = 0;
    let mut lines = bytes.split_inclusive(|b| *b == b'\n').peekable();
    let mut below = None;
    while let Some(line) = lines.next() {
        // A comment sign, whichever is set, and a blank stand before it.
        let is_cut = line.len() < SCISSORS.len() + 16 && line.windows(SCISSORS.len()).any(|w| w == SCISSORS);
        let is_gits = |below: &&[u8]| below.windows(WARNING.len()).any(|w| w == WARNING);
        if is_cut && lines.peek().is_some_and(is_gits) {
            below = Some(without_diff(&bytes[at + line.len()..]));
            break;
        }
        at += line.len();
    }
    bytes.truncate(at);
    bytes.extend(below.unwrap_or_default());
    bytes
}

/// Text without the lines of diffs that stand in it. Whether git takes away what stands below its line depends
/// on options that no hook is told, so what is no diff is taken for what it keeps.
fn without_diff(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    // How many lines of the old and of the new file are left of a piece of a diff.
    let mut left = (0_u64, 0_u64);
    for line in text.split_inclusive(|b| *b == b'\n') {
        let (old, new) = match line.first() {
            _ if left == (0, 0) => (0, 0),
            Some(b'-') => (1, 0),
            Some(b'+') => (0, 1),
            // Editors take the blank away from an empty line.
            Some(b' ' | b'\n') => (1, 1),
            _ => (0, 0),
        };
        if old + new > 0 && left.0 >= old && left.1 >= new {
            left = (left.0 - old, left.1 - new);
        } else if line.starts_with(b"\\ No newline") {
            // It belongs to the line before.
        } else if let Some(piece) = piece(line) {
            left = piece;
        } else {
            left = (0, 0);
            out.extend_from_slice(line);
        }
    }
    out
}

/// How many lines of the old and of the new file follow on `@@ -1,7 +1,9 @@`.
fn piece(line: &[u8]) -> Option<(u64, u64)> {
    let rest = line.strip_prefix(b"@@ ")?;
    let text = String::from_utf8_lossy(&rest[..rest.len().min(64)]);
    let mut words = text.split(' ');
    let mut count = |sign: char| {
        let range = words.next()?.strip_prefix(sign)?;
        match range.split_once(',') {
            Some((_, count)) => count.parse().ok(),
            None => Some(1),
        }
    };
    Some((count('-')?, count('+')?)).filter(|_| words.next().is_some_and(|word| word.trim_end() == "@@"))
}

/// What a push would bring: from standard input, or from the variables that pre-commit sets in its place.
fn pushed(remote: Option<String>) -> Result<Option<Commits>> {
    let var = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    let framework = var("PRE_COMMIT_REMOTE_NAME");
    let mut names: Vec<String> = var("PRE_COMMIT_REMOTE_BRANCH")
        .filter(|_| var("PRE_COMMIT_FROM_REF").is_none())
        .into_iter()
        .collect();
    let (tips, known) = match (var("PRE_COMMIT_TO_REF"), framework.is_some()) {
        (Some(to), _) => (vec![to], var("PRE_COMMIT_FROM_REF").into_iter().collect()),
        // Pushing a first branch, pre-commit tells no commits at all.
        (None, true) => return Ok(Some(all_but(framework.unwrap_or_default(), Vec::new(), head(), names))),
        (None, false) => {
            let text = input()?;
            names = new_names(&text, [2, 3, 1]);
            (updates(&text, 4, 1)?, updates(&text, 4, 3)?)
        }
    };
    if tips.is_empty() {
        return Ok(None);
    }
    let name = remote.or(framework).unwrap_or_default();
    Ok(Some(all_but(name, known, Tips::Ids(tips), names)))
}

fn head() -> Tips {
    Tips::Revisions("HEAD".to_owned())
}

fn all_but(name: String, ids: Vec<String>, tips: Tips, names: Vec<String>) -> Commits {
    Commits { tips, hidden: Hidden::Remote { name, ids }, since: None, deepen: None, names }
}

/// The names of the references that a push makes, given the places in a line, counted from its end as only the
/// first word may have blanks, of the name, of what it was, and of what it becomes.
fn new_names(text: &str, [name, old, new]: [usize; 3]) -> Vec<String> {
    let fields = name.max(old).max(new) + 1;
    let is_zero = |id: &str| id.bytes().all(|b| b == b'0');
    let mut names = Vec::new();
    for line in text.lines() {
        let mut words: Vec<&str> = line.rsplitn(fields, ' ').collect();
        words.reverse();
        if words.len() == fields && is_zero(words[old]) && !is_zero(words[new]) {
            names.push(words[name].to_owned());
        }
    }
    names
}

fn input() -> Result<String> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().take(LONGEST_INPUT + 1).read_to_end(&mut bytes);
    read.map_err(|error| scrubjay::Error::from(error).at_path(Path::new("standard input")))?;
    if bytes.len() as u64 > LONGEST_INPUT {
        return Err(Stop::invalid("standard input: more references than any push has"));
    }
    // The names of references may have any bytes; only the ids are wanted.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The object ids in one field of lines with so many; all zeros, of either length, is none.
fn updates(text: &str, fields: usize, field: usize) -> Result<Vec<String>> {
    let mut ids = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        // Only the first field may have blanks: what is pushed stands there as it was typed, and that may
        // be `:/words of a message`.
        let mut words: Vec<&str> = line.rsplitn(fields, ' ').collect();
        words.reverse();
        let is_id = |id: &str| matches!(id.len(), 40 | 64) && id.bytes().all(|b| b.is_ascii_hexdigit());
        let id = words.get(field).filter(|id| words.len() == fields && is_id(id));
        let Some(id) = id else {
            let message =
                format!("line {}: `{}` is not what git gives this hook", number + 1, printable(line));
            return Err(
                Stop::invalid(message).help("git runs hooks by itself; githooks(5) tells their input")
            );
        };
        if id.bytes().any(|b| b != b'0') {
            ids.push((*id).to_owned());
        }
    }
    ids.sort();
    ids.dedup();
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_all_zeros_of_either_length_are_none() {
        let (one, zero) = ("1".repeat(40), "0".repeat(40));
        let text =
            format!("refs/heads/a {one} refs/heads/a {zero}\nrefs/heads/b {zero} refs/heads/b {one}\n");
        assert_eq!(updates(&text, 4, 1).ok(), Some(vec![one.clone()]));
        assert_eq!(updates(&text, 4, 3).ok(), Some(vec![one]));
        let long = format!("{} {} refs/heads/a\n", "0".repeat(64), "f".repeat(64));
        assert_eq!(updates(&long, 3, 1).ok(), Some(vec!["f".repeat(64)]));
    }

    #[test]
    fn names_are_those_of_references_that_are_new() {
        let (one, zero) = ("1".repeat(40), "0".repeat(40));
        let text = format!(
            "a b {one} refs/heads/a {zero}\n(delete) {zero} refs/heads/b {one}\nc {one} refs/heads/c {one}\n"
        );
        assert_eq!(new_names(&text, [2, 3, 1]), ["refs/heads/a"]);
        let text = format!("{zero} {one} refs/heads/d\n{one} {zero} refs/heads/e\n");
        assert_eq!(new_names(&text, [2, 0, 1]), ["refs/heads/d"]);
    }

    #[test]
    fn what_git_would_not_give_is_refused() {
        assert!(updates("refs/heads/a\n", 4, 1).is_err());
        assert!(updates("a x c d\n", 4, 1).is_err());
    }

    #[test]
    fn what_is_pushed_may_be_told_in_words() {
        let (one, two) = ("1".repeat(40), "2".repeat(40));
        let text = format!(":/a fix {one} refs/heads/a {two}\n");
        assert_eq!(updates(&text, 4, 1).ok(), Some(vec![one]));
        assert_eq!(updates(&text, 4, 3).ok(), Some(vec![two]));
    }

    #[test]
    fn a_message_ends_at_the_scissors() {
        let message = [b"subject\n# comment\n# ", SCISSORS, b"\n# ", WARNING, b"\ndiff --git a b\n"].concat();
        // A file's name in a diff may be one to look at.
        assert_eq!(
            kept(message),
            b"subject\n# comment\n# Do not modify or remove the line above.\ndiff --git a b\n"
        );
        let cut = [b"subject\n# ", SCISSORS, b"\n# ", WARNING, b"\n"].concat();
        let diff = b"--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@ fn a\n b\n-old\n+new\n\\ No newline at end of file\n";
        let mine = b"what somebody wrote\n+ with a sign\n";
        let left = kept([&cut[..], diff, mine].concat());
        let names = b"--- a/x\n+++ b/x\n";
        assert_eq!(left, [b"subject\n# ", WARNING, b"\n", &names[..], mine].concat());
        let own = [b"subject\n\n# ", SCISSORS, b"\nbody\n"].concat();
        assert_eq!(kept(own.clone()), own);
        assert_eq!(kept(b"subject".to_vec()), b"subject");
    }
}
