//! What a system's words mean in the clone at hand.

use std::collections::BTreeSet;

use super::run::{Aim, Claim, Run};
use crate::error::{Error, Result};
use crate::git::{Between, Id, Objects, Repository, Roots, between, peeled, short};
use crate::text::printable;

/// Which commits a run brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// These, in words that `git rev-list` takes, and a sentence without an end that tells which.
    Commits {
        /// Whole ids, those that are left out after `^`.
        revisions: String,
        /// How many commits these are.
        count: usize,
        /// What they are.
        words: String,
    },
    /// The files of the tree: the system has no history.
    Files,
    /// None, and why.
    Nothing(String),
}

/// Finds the commits in a repository.
///
/// # Errors
///
/// The newest commit is not in the clone, or the clone cannot be read. The message tells what brings it.
pub fn resolve(repository: &Repository, run: &Run) -> Result<Resolved> {
    match run.aim {
        Aim::Files => return Ok(Resolved::Files),
        Aim::Nothing(why) => return Ok(Resolved::Nothing(why.to_owned())),
        Aim::New | Aim::Tag | Aim::Whole => {}
    }
    let objects = repository.objects()?;
    let place = Place { repository, run, objects: &objects, roots: repository.roots() };
    let head = place.head()?;
    let (hidden, words) = place.hidden(head)?;
    let count = place.count(head, &hidden);
    let mut revisions = head.to_string();
    hidden.iter().for_each(|id| revisions.push_str(&format!(" ^{id}")));
    let commits = if count == 1 { "1 commit".to_owned() } else { format!("{count} commits") };
    Ok(Resolved::Commits { revisions, count, words: format!("{commits} of {}, {words}", short(&head)) })
}

struct Place<'p> {
    repository: &'p Repository,
    run: &'p Run,
    objects: &'p Objects,
    roots: Roots,
}

impl Place<'_> {
    /// The commit that a claim names, if it is here.
    fn commit(&self, claim: &Claim) -> Option<Id> {
        let id = self.repository.commit_named(&claim.id)?;
        self.objects.commit(&id).is_ok().then_some(id)
    }

    fn head(&self) -> Result<Id> {
        if let Some(head) = self.run.heads.iter().find_map(|claim| self.commit(claim)) {
            return Ok(head);
        }
        match self.run.heads.first() {
            None => {
                let head = self.roots.head.map(|id| peeled(self.objects, id, self.repository.hash()));
                head.ok_or_else(|| Error::invalid("the system names no commit, and `HEAD` is none"))
            }
            Some(claim) => Err(Error::invalid(format!(
                "commit {} ({}) is not in this clone: `git fetch --no-tags origin {}` brings it, or {} in the \
                 configuration of {}",
                printable(&claim.id),
                claim.from,
                printable(&claim.id),
                self.run.system.checkout,
                self.run.system.name
            ))),
        }
    }

    /// What is left out of the commits that the head leads to, and what that makes of them.
    fn hidden(&self, head: Id) -> Result<(Vec<Id>, String)> {
        if self.run.aim == Aim::Whole {
            return Ok((Vec::new(), "all that it leads to".to_owned()));
        }
        let is_proposed = self.run.target.is_some() || !self.run.target_commits.is_empty();
        if let Some(found) = is_proposed.then(|| self.but_target(head)).flatten() {
            return Ok(found);
        }
        if let Some((claim, before)) = self.run.before.iter().find_map(|c| Some((c, self.commit(c)?))) {
            let rewritten = if self.leads(head, before) { "" } else { "; history was rewritten" };
            return Ok((vec![before], format!("since {} ({}){rewritten}", short(&before), claim.from)));
        }
        Ok(self.but_others(head))
    }

    /// Without what the target of a proposed change has. A change that was merged already is compared with
    /// what the target was before.
    fn but_target(&self, head: Id) -> Option<(Vec<Id>, String)> {
        let name = self.run.target.as_deref().unwrap_or("the target");
        let by_claim = || self.run.target_commits.iter().find_map(|c| Some((self.commit(c)?, c.from)));
        let by_reference = self.run.target.as_deref().and_then(|target| self.remote_branch(target));
        if let Some(target) = by_reference
            && !self.leads(target, head)
        {
            return Some((
                vec![target],
                format!("without what {} ({}) has", printable(name), short(&target)),
            ));
        }
        if let Some((id, from)) = by_claim() {
            return Some((vec![id], format!("without what {} ({from}) has", short(&id))));
        }
        // The merge that was made for this run.
        let merged = self.roots.head.and_then(|id| self.objects.commit(&id).ok());
        if let Some(merge) = merged.filter(|merge| merge.parents.get(1) == Some(&head)) {
            let id = merge.parents[0];
            if self.objects.commit(&id).is_ok() {
                return Some((
                    vec![id],
                    format!("without what {} has, the first parent of HEAD", short(&id)),
                ));
            }
        }
        // A queue says what was before it in its own words.
        if self.run.before.iter().any(|claim| self.commit(claim).is_some()) {
            return None;
        }
        by_reference.map(|target| {
            (
                vec![target],
                format!("without what {} ({}) has, which is all of it", printable(name), short(&target)),
            )
        })
    }

    /// Without what other branches have: nothing is known of what was there before.
    fn but_others(&self, head: Id) -> (Vec<Id>, String) {
        let mut why = match (self.run.before.first(), &self.run.target) {
            (Some(claim), _) => format!(
                "; {} ({}) is not in this clone, since history was rewritten or the clone is cut off, and \
                 `git fetch --no-tags origin {}` may bring it",
                short_text(&claim.id),
                claim.from,
                printable(&claim.id)
            ),
            (None, Some(target)) => format!(
                "; {0} is not in this clone, and `git fetch --no-tags origin \
                 +refs/heads/{0}:refs/remotes/origin/{0}` brings it",
                printable(target)
            ),
            (None, None) => String::new(),
        };
        let default = self.run.default.clone().or_else(|| self.repository.default_branch());
        let is_default = self.run.own.is_some() && self.run.own == default;
        // The branch of a proposed change may be among the others, under whatever name.
        let others = if self.run.target.is_some() { BTreeSet::new() } else { self.others(head) };
        if others.is_empty() || is_default {
            if !is_default && why.is_empty() {
                why = "; no other branch is known here, and `git fetch --no-tags origin \
                       '+refs/heads/*:refs/remotes/origin/*'` brings them"
                    .to_owned();
            }
            return (Vec::new(), format!("all that it leads to{why}"));
        }
        (others.into_iter().collect(), format!("without what other branches have{why}"))
    }

    /// The commits of all branches but the run's own: those of remotes, or where there are none all.
    fn others(&self, head: Id) -> BTreeSet<Id> {
        let commits = |prefix: &str, rest: fn(&str) -> Option<&str>| -> BTreeSet<Id> {
            let named = self.roots.references.iter().filter_map(|(name, id)| {
                let name = rest(name.strip_prefix(prefix)?)?;
                Some((name, peeled(self.objects, *id, self.repository.hash())))
            });
            let other = |(name, id): &(&str, Id)| match &self.run.own {
                _ if self.run.aim == Aim::Tag => true,
                Some(own) => name != own,
                // Nobody says which is the own one, and it may have moved on.
                None => !self.leads(*id, head),
            };
            named.filter(other).filter(|(name, _)| *name != "HEAD").map(|(_, id)| id).collect()
        };
        if self.has_remotes() {
            commits("refs/remotes/", remote_branch_name)
        } else {
            commits("refs/heads/", |name| Some(name))
        }
    }

    fn has_remotes(&self) -> bool {
        self.roots.references.iter().any(|(name, _)| name.starts_with("refs/remotes/"))
    }

    /// The commit of a remote's branch.
    fn remote_branch(&self, branch: &str) -> Option<Id> {
        let of = |prefix: &str| {
            let full = format!("{prefix}{branch}");
            let found = self.roots.references.iter().find(|(name, _)| *name == full)?;
            Some(peeled(self.objects, found.1, self.repository.hash()))
        };
        of("refs/remotes/origin/").or_else(|| {
            let remote = self.roots.references.iter().find(|(name, _)| {
                name.strip_prefix("refs/remotes/").and_then(remote_branch_name) == Some(branch)
            });
            let remote = remote.map(|(_, id)| peeled(self.objects, *id, self.repository.hash()));
            // A branch of that name may have been made here for the change itself.
            remote.or_else(|| if self.has_remotes() { None } else { of("refs/heads/") })
        })
    }

    /// Whether one commit leads to another, or is it.
    fn leads(&self, from: Id, to: Id) -> bool {
        between(self.objects, &[to], &[from], &self.roots.shallow).commits.is_empty()
    }

    fn count(&self, head: Id, hidden: &[Id]) -> usize {
        let Between { commits, .. } = between(self.objects, &[head], hidden, &self.roots.shallow);
        commits.len()
    }
}

/// The branch in `origin/name`; none in what checkouts make for proposed changes, which is no branch.
fn remote_branch_name(name: &str) -> Option<&str> {
    let (remote, branch) = name.split_once('/')?;
    (!["pull", "merge-requests"].contains(&remote)).then_some(branch)
}

/// The first digits of an id that is a text.
fn short_text(id: &str) -> String {
    printable(id.get(..10).unwrap_or(id)).into_owned()
}
