//! What is known of a finding, name by name, in words.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;

use super::group::Entry;
use super::places::{all_places, fate, other_commits, other_lines, short};
use crate::blob::Commit;
use crate::finding::Status;
use crate::text::{printable, thousands};
use crate::token::Claims;

/// What is said below the line.
pub(super) fn of(entry: &Entry<'_>, now: i64, verbose: bool) -> Vec<(&'static str, String)> {
    let finding = entry.shown;
    let mut facts: Vec<_> = other_lines(entry).into_iter().collect();
    if let Some(claims) = &finding.claims {
        facts.extend(said(claims, finding.status, now));
    }
    if let Some(proof) = &finding.proof {
        facts.push(("proof", printable(&proof.words).into_owned()));
    }
    facts.extend(history(entry));
    if verbose {
        if !finding.decoded.is_empty() {
            facts.push(("decoded", finding.decoded.join(", ")));
        }
        facts.push(("because", printable(&finding.reason).into_owned()));
        facts.push(("fingerprint", finding.fingerprint.clone()));
    }
    facts
}

/// Expired tokens in one line: how many, since when, where.
pub(super) fn of_expired(entry: &Entry<'_>, now: i64) -> String {
    let tokens = secrets(entry);
    let last = entry.all.iter().filter_map(|f| f.claims.as_ref()?.expires_at).max();
    let last = last.map(|at| format!("{} ago", span(at.abs_diff(now))));
    let (tokens, ago, each) = match (tokens, last) {
        (1, last) => ("1 expired token".to_owned(), last, "it"),
        (n, last) => {
            let last = last.map(|last| format!("the last {last}"));
            (format!("{} expired tokens", thousands(n)), last, "each")
        }
    };
    let ago = ago.map(|ago| format!(" ({ago})")).unwrap_or_default();
    format!("{tokens}{ago}, {}; --all shows {each}", all_places(entry))
}

/// How many keys are named that signed expired tokens.
const MOST_KEYS: usize = 3;

/// What must not be lost of expired tokens in one line: which keys signed them, which commit was the first.
pub(super) fn below_expired(entry: &Entry<'_>) -> Vec<(&'static str, String)> {
    let mut signed: BTreeMap<&str, HashSet<_>> = BTreeMap::new();
    for finding in &entry.all {
        if let Some(proof) = &finding.proof {
            signed.entry(&proof.words).or_default().insert(finding.identity());
        }
    }
    let mut signed: Vec<(&str, u64)> =
        signed.into_iter().map(|(w, tokens)| (w, tokens.len() as u64)).collect();
    signed.sort_by_key(|(_, tokens)| Reverse(*tokens));
    let alone = secrets(entry) == 1;
    let mut facts = Vec::new();
    for (words, tokens) in signed.iter().take(MOST_KEYS) {
        let each = match tokens {
            _ if alone => String::new(),
            1 => "one of them: ".to_owned(),
            tokens => format!("each of {}: ", thousands(*tokens)),
        };
        facts.push(("proof", format!("{each}{}", printable(words))));
    }
    let more = signed.len().saturating_sub(MOST_KEYS) as u64;
    if more > 0 {
        let keys = if more == 1 { "key; --all names it" } else { "keys; --all names each" };
        facts.push(("proof", format!("by {} more {keys}", thousands(more))));
    }
    facts.extend(history(entry));
    facts
}

/// How many different secrets are shown as one.
fn secrets(entry: &Entry<'_>) -> u64 {
    entry.all.iter().map(|finding| finding.identity()).collect::<HashSet<_>>().len() as u64
}

/// What a token says.
fn said(claims: &Claims, status: Option<Status>, now: i64) -> Vec<(&'static str, String)> {
    let claims = [
        ("issuer", claims.issuer.clone()),
        ("sdk app id", claims.sdk_app_id.map(|id| id.to_string())),
        ("scope", claims.scope.clone()),
        ("subject", claims.subject.clone()),
        ("expires", expiry(claims, status, now)),
    ];
    claims.into_iter().filter_map(|(name, value)| Some((name, printable(&value?).into_owned()))).collect()
}

/// How many references people are told.
const MOST_REFS: usize = 4;

/// What the history of a repository says of it.
fn history(entry: &Entry<'_>) -> Vec<(&'static str, String)> {
    let Some((commit, again)) = fate(entry) else { return Vec::new() };
    let mut facts = Vec::new();
    if !commit.repository.is_empty() {
        facts.push(("repository", printable(&commit.repository).into_owned()));
    }
    facts.push(("commit", who(&commit)));
    if let Some(commits) = other_commits(entry) {
        facts.push(("brought by", printable(&commits).into_owned()));
    }
    if let Some(id) = &commit.removed_by {
        facts.push(("removed by", short(id)));
    }
    if let Some(id) = again {
        facts.push(("now", format!("in HEAD again, brought back by {id}")));
    } else if commit.in_head {
        facts.push(("now", "still in HEAD".to_owned()));
    } else if commit.unreachable {
        facts.push(("now", "nothing leads to it; git gc may remove it one day".to_owned()));
    } else if commit.only_in_reflog {
        facts.push(("now", "only a reflog leads to it; git forgets it when that expires".to_owned()));
    }
    if !commit.refs.is_empty() {
        let plain = |name: &String| {
            let known = ["refs/heads/", "refs/tags/", "refs/remotes/", "refs/"];
            let rest = known.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
            printable(rest).into_owned()
        };
        let mut names: Vec<String> = commit.refs.iter().take(MOST_REFS).map(plain).collect();
        if commit.refs.len() > MOST_REFS {
            names.push(format!("{} more", commit.refs.len() - MOST_REFS));
        }
        facts.push(("held by", names.join(", ")));
    }
    facts
}

/// Which commit, when, whose, and what it was about.
fn who(commit: &Commit) -> String {
    if commit.id.is_empty() {
        return "in none".to_owned();
    }
    let words = [short(&commit.id), commit.date.clone(), commit.author.clone()];
    let words = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    printable(&format!("{words}: {}", commit.message)).into_owned()
}

fn expiry(claims: &Claims, status: Option<Status>, now: i64) -> Option<String> {
    let time = |at: i64| Timestamp::from_second(at).map_or_else(|_| at.to_string(), |t| t.to_string());
    if status == Some(Status::NeverExpires) {
        return Some("never".to_owned());
    }
    let at = claims.expires_at?;
    let distance = span(at.abs_diff(now));
    let mut text = match status {
        Some(Status::Expired) => format!("{} ({distance} ago)", time(at)),
        _ if at < now => format!("{} ({distance} ago)", time(at)),
        _ => format!("{} ({distance} left)", time(at)),
    };
    if status == Some(Status::NotYetValid)
        && let Some(from) = claims.issued_at
    {
        text.push_str(&format!(", valid from {} (in {})", time(from), span(from.abs_diff(now))));
    }
    Some(text)
}

/// A time span in its two largest units.
fn span(seconds: u64) -> String {
    let units = [(31_536_000, "y"), (86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let first = units.iter().position(|(size, _)| seconds >= *size).unwrap_or(units.len() - 1);
    let (size, name) = units[first];
    let mut text = format!("{} {name}", seconds / size);
    if let Some((next, name)) = units.get(first + 1)
        && seconds % size / next > 0
    {
        text.push_str(&format!(" {} {name}", seconds % size / next));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_in_two_units() {
        let told: Vec<String> = [0, 59, 60, 250, 3_600, 90_061, 86_400, 40_000_000].map(span).into();
        assert_eq!(told, ["0 s", "59 s", "1 min", "4 min 10 s", "1 h", "1 d 1 h", "1 d", "1 y 97 d"]);
    }

    #[test]
    fn an_expiry_is_told_from_the_clock_that_was_given() {
        let claims = Claims { issued_at: Some(100), expires_at: Some(400), ..Claims::default() };
        let told = |status, now| expiry(&claims, Some(status), now);
        assert_eq!(told(Status::Active, 340).as_deref(), Some("1970-01-01T00:06:40Z (1 min left)"));
        assert_eq!(told(Status::Expired, 400).as_deref(), Some("1970-01-01T00:06:40Z (0 s ago)"));
        assert_eq!(told(Status::NeverExpires, 0).as_deref(), Some("never"));
        let later = told(Status::NotYetValid, 40).expect("told");
        assert!(later.ends_with("valid from 1970-01-01T00:01:40Z (in 1 min)"), "{later}");
        let beyond = Claims { expires_at: Some(i64::MAX), ..Claims::default() };
        assert!(expiry(&beyond, None, 0).expect("told").starts_with("9223372036854775807 ("));
    }
}
