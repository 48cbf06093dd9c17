//! Where bytes come from: one file per kind of input, one line per kind in [`SOURCES`].
//!
//! A [`Source`] pushes what it has into sinks, one for each of its threads: small files whole, large
//! files as a path to be read in parts, streams as a reader. It decides what is read; it neither
//! detects nor prints, and whatever it leaves out it says, with the reason.

mod changes;
mod commits;
mod contents;
mod exclude;
mod fresh;
mod given;
mod history;
mod marks;
mod names;
mod new_names;
mod request;
mod source;
mod staged;
mod stdin;
mod unpack;
mod worktree;

pub use exclude::patterns as exclude_patterns;
pub(crate) use exclude::{EXCLUDED, Exclude};
pub use marks::{Mark, Marks};
pub(crate) use names::{mask_each_name, names_of_entry};
pub use request::{Commits, Hidden, Request, Subject, Tips};
pub use source::{Crew, Large, Open, Sink, Source, SourceKind, WHOLE};
pub(crate) use unpack::unpack_behind;

use crate::error::Result;

/// What is said of containers that are not what they must be.
pub(crate) const DAMAGED: &str = "damaged container";

/// Whether what is skipped for this reason was meant to be: because somebody said so, or because it holds
/// nothing of its own. All else was to be read and could not be looked into.
pub fn is_meant(reason: &str) -> bool {
    let special = ["symbolic link", "named pipe", "socket", "device", "special file"];
    reason == EXCLUDED
        || reason == crate::walk::METADATA
        || reason.starts_with("ignored by ")
        || special.contains(&reason)
}

/// Every kind of input.
pub const SOURCES: &[SourceKind] =
    &[stdin::SOURCE, worktree::SOURCE, staged::SOURCE, history::SOURCE, commits::SOURCE, given::SOURCE];

/// Counts the files that are below the directories of a request, for whoever wants to know how many are to
/// come; `count` is given a few more again and again, and ends it with false.
pub fn count_files(request: &Request, count: &(dyn Fn(u64) -> bool + Sync)) {
    worktree::count(request, count);
}

/// The sources that together hold what was asked for.
///
/// # Errors
///
/// A glob that is none.
pub fn open(request: &Request) -> Result<Vec<Box<dyn Source>>> {
    let mut sources = Vec::new();
    for kind in SOURCES {
        sources.extend((kind.open)(request)?);
    }
    Ok(sources)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_kind_of_source_has_a_name_of_its_own() {
        let mut names: Vec<_> = super::SOURCES.iter().map(|s| s.name).collect();
        names.dedup();
        assert_eq!(names, ["stdin", "worktree", "staged", "history", "commits", "given"]);
    }
}
