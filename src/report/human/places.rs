//! Where the findings of one entry are: lines, and the commits that brought them.

use std::collections::HashSet;

use super::group::Entry;
use crate::blob::Commit;
use crate::finding::Finding;
use crate::text::thousands;

/// How many lines are named one by one.
const MOST_LINES: usize = 3;

/// On which lines the secret is besides the line that is shown: a name, and what is said under it. In the
/// history of a repository these are the lines that the same commit brought.
pub(super) fn other_lines(entry: &Entry<'_>) -> Option<(&'static str, String)> {
    let here = || same_commit(entry);
    let lines = distinct_lines(here().filter(|finding| finding.line != entry.shown.line));
    if !lines.is_empty() {
        // One of them is drawn.
        return Some(("also on", list(&lines, MOST_LINES - 1)));
    }
    let again = here().count() - 1;
    let times = if again == 1 { "time" } else { "times" };
    (again > 0).then(|| ("again", format!("{} more {times} on this line", thousands(again as u64))))
}

/// Where all of it is, in a few words: lines, or the number of commits where these are several.
pub(super) fn all_places(entry: &Entry<'_>) -> String {
    match distinct_commits(entry).len() {
        0 | 1 => list(&distinct_lines(entry.all.iter().copied()), MOST_LINES),
        commits => format!("brought by {} commits", thousands(commits as u64)),
    }
}

/// Which other commits brought the same, where any did.
pub(super) fn other_commits(entry: &Entry<'_>) -> Option<String> {
    let commits = distinct_commits(entry);
    let (last, count) = (commits.last()?, commits.len());
    if count < 2 {
        return None;
    }
    let mut text = format!("{} commits", thousands(count as u64));
    let lines: HashSet<_> = entry.all.iter().map(|f| (f.commit.as_ref().map(|c| &c.id), f.line)).collect();
    if lines.len() > count {
        text.push_str(&format!(", on {} lines", thousands(lines.len() as u64)));
    }
    text.push_str(&format!("; the last {}", short(&last.id)));
    if !last.date.is_empty() {
        text.push_str(&format!(" {}", last.date));
    }
    Some(text)
}

/// The commit of what is shown, with what became of the secret wherever it came from: whether `HEAD` holds it,
/// which references do, whether anything leads to it. With it the commit that brought it back.
pub(super) fn fate(entry: &Entry<'_>) -> Option<(Commit, Option<String>)> {
    let mut commit = entry.shown.commit.as_deref()?.clone();
    let others = || entry.all.iter().filter_map(|finding| finding.commit.as_deref());
    let holder = others().rfind(|other| other.in_head);
    let again = holder.filter(|_| !commit.in_head).map(|other| short(&other.id));
    commit.in_head = holder.is_some();
    commit.unreachable = others().all(|other| other.unreachable);
    commit.only_in_reflog =
        others().all(|other| other.unreachable || other.only_in_reflog) && !commit.unreachable;
    let mut known: HashSet<&str> = HashSet::new();
    let refs = std::iter::once(entry.shown.commit.as_deref()).flatten().chain(others());
    let refs = refs.flat_map(|other| &other.refs).filter(|name| known.insert(name));
    commit.refs = refs.cloned().collect();
    Some((commit, again))
}

/// As much of an object id as people read.
pub(super) fn short(id: &str) -> String {
    id.chars().take(10).collect()
}

fn same_commit<'e, 'f>(entry: &'e Entry<'f>) -> impl Iterator<Item = &'f Finding> + 'e {
    entry.all.iter().copied().filter(|finding| finding.commit == entry.shown.commit)
}

/// The lines in order; findings come ordered.
fn distinct_lines<'f>(findings: impl Iterator<Item = &'f Finding>) -> Vec<usize> {
    let mut lines: Vec<usize> = findings.map(|finding| finding.line).collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

/// The commits that brought any of it, by their dates.
fn distinct_commits<'e>(entry: &'e Entry<'_>) -> Vec<&'e Commit> {
    let mut seen = HashSet::new();
    let commits = entry.all.iter().filter_map(|finding| finding.commit.as_deref());
    commits.filter(|commit| !commit.id.is_empty() && seen.insert(&commit.id)).collect()
}

/// Lines in words: `line 7`, `lines 7 and 9`, `lines 7, 9 and 1,997 more lines`.
fn list(lines: &[usize], most: usize) -> String {
    // The number of one more line takes less room than the words for it.
    let named = if lines.len() <= most + 1 { lines.len() } else { most };
    let mut words: Vec<String> = lines[..named].iter().map(ToString::to_string).collect();
    if named < lines.len() {
        words.push(format!("{} more lines", thousands((lines.len() - named) as u64)));
    }
    let (Some(last), noun) = (words.pop(), if lines.len() == 1 { "line" } else { "lines" }) else {
        return String::new();
    };
    if words.is_empty() {
        format!("{noun} {last}")
    } else {
        format!("{noun} {} and {last}", words.join(", "))
    }
}
