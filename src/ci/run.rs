//! What a system of continuous integration says of a run, in whatever words.

use crate::git::is_zeros;

/// Gives the value of a variable.
pub type Variables<'v> = &'v dyn Fn(&str) -> Option<String>;

/// A system of continuous integration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct System {
    /// Its name.
    pub name: &'static str,
    /// What its configuration must say so that the clone has the whole history.
    pub checkout: &'static str,
}

/// What a system says of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The system.
    pub system: System,
    /// What made it start, in the system's word.
    pub event: String,
    /// What is to be looked at.
    pub aim: Aim,
    /// What may be the newest commit; the first that can be used counts.
    pub heads: Vec<Claim>,
    /// The branch that a proposed change is for, by its short name.
    pub target: Option<String>,
    /// What may be that branch's commit.
    pub target_commits: Vec<Claim>,
    /// What may be the commit before; the first that can be used counts.
    pub before: Vec<Claim>,
    /// The branch that the run is about, by its short name.
    pub own: Option<String>,
    /// The default branch, where the system tells it.
    pub default: Option<String>,
    /// What was odd about it; sentences without an end.
    pub notes: Vec<String>,
}

/// What of a repository is to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// What a push or a proposed change brings.
    New,
    /// What a tag names and no branch has.
    Tag,
    /// All that the newest commit leads to: nobody knows what was there before.
    Whole,
    /// The files; there is no history.
    Files,
    /// Nothing, and why.
    Nothing(&'static str),
}

/// A commit id as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Seven to 64 lower-case hex digits.
    pub id: String,
    /// The variable, or the field of the event.
    pub from: &'static str,
}

impl Run {
    pub(super) fn new(system: System, event: impl Into<String>, aim: Aim) -> Self {
        Self {
            system,
            event: event.into(),
            aim,
            heads: Vec::new(),
            target: None,
            target_commits: Vec::new(),
            before: Vec::new(),
            own: None,
            default: None,
            notes: Vec::new(),
        }
    }
}

/// What a value says, unless it stands for "unknown".
pub(super) fn known(value: Option<String>) -> Option<String> {
    let value = value?.trim().to_owned();
    let unknown = value.is_empty()
        || is_zeros(&value)
        || ["null", "<nil>", "false", "HEAD", "undefined", "none", "None"].contains(&value.as_str())
        || value.starts_with('$');
    (!unknown).then_some(value)
}

/// True for what can only be a commit id, and neither an option nor a reference.
pub(super) fn is_id(text: &str) -> bool {
    (7..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// The short name of a branch, from whatever form.
pub(super) fn branch(value: Option<String>) -> Option<String> {
    let value = known(value)?;
    let short = ["refs/heads/", "refs/remotes/origin/", "origin/"].iter().find_map(|p| value.strip_prefix(p));
    let short = short.unwrap_or(&value).to_owned();
    (!short.starts_with('-') && !short.starts_with("refs/")).then_some(short)
}
