//! References of a repository, in whichever way it keeps them.

use gix::ObjectId;

use super::library_error::said;
use super::reftable::{Tables, Target};
use super::repository::Repository;
use crate::error::{Error, Result};

/// What `HEAD` is.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// The object, unless it is unborn.
    pub(super) id: Option<ObjectId>,
    /// The branch that is checked out, by full name, unless it is a commit itself.
    pub(super) branch: Option<String>,
}

impl Repository {
    /// The references in tables; nothing where they are files.
    ///
    /// # Errors
    ///
    /// A table cannot be read.
    pub(super) fn tables(&self) -> Result<Option<Tables>> {
        let git = self.git.to_thread_local();
        let (common, own) = (git.common_dir(), git.git_dir());
        if !Tables::are_in(common) {
            return Ok(None);
        }
        let mut tables = Tables::default();
        let add = |tables: &mut Tables, directory: &std::path::Path| {
            tables.add(directory, self.hash()).map_err(|error| Error::from(error).at_path(directory))
        };
        add(&mut tables, common)?;
        if own != common && Tables::are_in(own) {
            // A linked work tree has a `HEAD` of its own.
            tables.references.remove("HEAD");
            add(&mut tables, own)?;
        }
        Ok(Some(tables))
    }

    /// What `HEAD` is.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub(super) fn head(&self) -> Result<Head> {
        if let Some(tables) = self.tables()? {
            let branch = match tables.references.get("HEAD") {
                Some(Target::Reference(name)) => Some(name.clone()),
                _ => None,
            };
            return Ok(Head { id: tables.object("HEAD"), branch });
        }
        let git = self.git.to_thread_local();
        let at = |error: &dyn std::fmt::Display| Error::from(said(error)).at_path(git.git_dir().join("HEAD"));
        let head = git.head().map_err(|error| at(&error))?;
        let branch = head.referent_name().map(|name| name.as_bstr().to_string());
        Ok(Head { id: head.id().map(gix::Id::detach), branch })
    }

    /// Revisions of a person with ids for the names of references, where the library below cannot look these
    /// up itself; otherwise as they are.
    pub(super) fn spelled(&self, word: &str) -> Result<String> {
        let Some(tables) = self.tables()? else { return Ok(word.to_owned()) };
        let one = |revision: &str, is_range: bool| {
            let (hat, rest) = match revision.strip_prefix('^') {
                Some(rest) => ("^", rest),
                None => ("", revision),
            };
            let end = rest.find(['~', '^', ':']).or_else(|| rest.find("@{")).unwrap_or(rest.len());
            let name = if is_range && rest.is_empty() { "HEAD" } else { &rest[..end] };
            match tables.named(name) {
                Some(id) => format!("{hat}{id}{}", &rest[end..]),
                None => revision.to_owned(),
            }
        };
        for dots in ["...", ".."] {
            if let Some((from, to)) = word.split_once(dots) {
                return Ok(format!("{}{dots}{}", one(from, true), one(to, true)));
            }
        }
        Ok(one(word, false))
    }
}
