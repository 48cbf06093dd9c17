//! What a person, or a system of continuous integration, types for a range of commits.
//!
//! The words are those of `git rev-list`. What CI gives as "the commit before" may be all zeros (there was
//! none) or a commit that is not in this clone (history was rewritten): then more is read, never less, and a
//! note says so.

use gix::ObjectId;
use gix::revision::plumbing::Spec;

use super::library_error::said;
use super::reftable::Target;
use super::repository::Repository;
use super::tags::peeled;
use crate::error::{Error, Result};
use crate::text::printable;

/// What revisions mean.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Revisions {
    /// The commits, or tags, that they begin with.
    pub tips: Vec<ObjectId>,
    /// What they leave out, with all that it leads to.
    pub hidden: Vec<ObjectId>,
    /// Where they were not taken as they stand, why; sentences without an end.
    pub notes: Vec<String>,
}

impl Repository {
    /// What revisions mean, such as `main`, `v1..`, `a...b`, `HEAD^!`, `a --not b` or `^a b`.
    ///
    /// All zeros, and a whole id of an object that is not there, leave nothing out where they stand for what
    /// is left out, with a note.
    ///
    /// # Errors
    ///
    /// A revision that names nothing, or none that the commits begin with.
    pub fn revisions(&self, text: &str) -> Result<Revisions> {
        let mut revisions = Revisions::default();
        let mut negated = false;
        for word in text.split_whitespace() {
            match word {
                "--not" => negated = !negated,
                _ if word.starts_with('-') => {
                    return Err(Error::invalid(format!("`{}` is no revision", printable(word))));
                }
                _ => self.word(word, negated, &mut revisions)?,
            }
        }
        if revisions.tips.is_empty() {
            return Err(Error::invalid(format!("`{}` begins with no commit", printable(text))));
        }
        Ok(revisions)
    }

    /// The commit that a revision names, through tags.
    pub fn commit_named(&self, revision: &str) -> Option<ObjectId> {
        let git = self.git.to_thread_local();
        let revision = format!("{}^{{commit}}", self.spelled(revision).ok()?);
        git.rev_parse_single(revision.as_str()).map(gix::Id::detach).ok()
    }

    /// The short name of the branch that is checked out, unless `HEAD` is a commit itself.
    pub fn head_branch(&self) -> Option<String> {
        let name = self.head().ok()?.branch?;
        let short = name.strip_prefix("refs/heads/").or_else(|| name.strip_prefix("refs/"));
        Some(short.unwrap_or(&name).to_owned())
    }

    /// The short name of the branch that the remote `origin` was cloned for, where the clone knows it.
    pub fn default_branch(&self) -> Option<String> {
        let head = "refs/remotes/origin/HEAD";
        let target = match self.tables().ok()? {
            Some(mut tables) => match tables.references.remove(head)? {
                Target::Reference(target) => target,
                Target::Object(_) => return None,
            },
            None => {
                let git = self.git.to_thread_local();
                let head = git.find_reference(head).ok()?;
                head.target().try_name()?.as_bstr().to_string()
            }
        };
        target.strip_prefix("refs/remotes/origin/").map(str::to_owned)
    }

    fn word(&self, word: &str, negated: bool, revisions: &mut Revisions) -> Result<()> {
        // `A^-` is `A^..A`, and `A^-2` the same for the second parent.
        if let Some((name, number)) = word.rsplit_once("^-") {
            let (tip, parent) = (self.named(name, word)?, self.named(&format!("{name}^{number}"), word)?);
            revisions.add(negated, [tip], [parent]);
            return Ok(());
        }
        let (from, to) = match word.split_once("...") {
            Some((from, to)) => (from, to),
            None => match word.split_once("..") {
                Some((from, to)) => (from, to),
                None => (word.strip_prefix('^').unwrap_or(""), ""),
            },
        };
        if !from.is_empty()
            && let Some(why) = self.no_commit_before(from)
        {
            revisions.notes.push(why);
            if word.contains("..") {
                let tip = self.named(if to.is_empty() { "HEAD" } else { to }, word)?;
                revisions.add(negated, [tip], []);
            }
            return Ok(());
        }
        let git = self.git.to_thread_local();
        let parents = |id: ObjectId| -> Result<Vec<ObjectId>> {
            let commit = git.find_object(id).map_err(|error| Error::from(said(&error)))?;
            let commit = commit.peel_to_commit().map_err(|error| Error::from(said(&error)))?;
            Ok(commit.parent_ids().map(gix::Id::detach).collect())
        };
        let spelled = self.spelled(word)?;
        match git.rev_parse(spelled.as_str()).map_err(|_| unknown(word))?.detach() {
            Spec::Include(id) => revisions.add(negated, [id], []),
            Spec::Exclude(id) => revisions.add(negated, [], [id]),
            Spec::Range { from, to } => revisions.add(negated, [to], [from]),
            Spec::Merge { theirs, ours } => {
                // A tag has no base with anything; what it leads to has.
                let objects = self.objects()?;
                let [theirs, ours] = [theirs, ours].map(|id| peeled(&objects, id, self.hash()));
                let base = git.merge_bases_many(theirs, &[ours]).map_err(|e| Error::from(said(&e)))?;
                revisions.add(negated, [theirs, ours], base.into_iter().map(gix::Id::detach));
            }
            Spec::IncludeOnlyParents(id) => revisions.add(negated, parents(id)?, []),
            Spec::ExcludeParents(id) => revisions.add(negated, [id], parents(id)?),
        }
        Ok(())
    }

    /// The object that one name names.
    fn named(&self, name: &str, word: &str) -> Result<ObjectId> {
        let git = self.git.to_thread_local();
        let name = self.spelled(name)?;
        git.rev_parse_single(name.as_str()).map(gix::Id::detach).map_err(|_| unknown(word))
    }

    /// Why a whole id stands for no commit that could be left out; nothing where it may.
    fn no_commit_before(&self, id: &str) -> Option<String> {
        let is_id = matches!(id.len(), 40 | 64) && id.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_id {
            return None;
        }
        if is_zeros(id) {
            return Some("all zeros are no commit: nothing is left out".to_owned());
        }
        let there = self.id(id).is_ok_and(|id| self.git.to_thread_local().has_object(id));
        (!there).then(|| {
            format!(
                "commit {id} is not in this clone: nothing is left out \
                 (git fetch --no-tags origin {id} brings it, if the server still has it)"
            )
        })
    }
}

impl Revisions {
    fn add(
        &mut self,
        negated: bool,
        tips: impl IntoIterator<Item = ObjectId>,
        hidden: impl IntoIterator<Item = ObjectId>,
    ) {
        let (tips, hidden) = (tips.into_iter(), hidden.into_iter());
        if negated {
            self.hidden.extend(tips);
            self.tips.extend(hidden);
        } else {
            self.tips.extend(tips);
            self.hidden.extend(hidden);
        }
    }
}

/// Whether a text is zeros alone, which stand for the commit before a reference was made.
pub fn is_zeros(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b == b'0')
}

fn unknown(word: &str) -> Error {
    Error::invalid(format!("`{}` names no commit of the repository", printable(word)))
}
