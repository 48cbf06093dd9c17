//! Git repositories: read, never written to, and nothing in them is run.
//!
//! The formats themselves (packs, indexes, references) are read by `gix`; here is what a scan asks of
//! them: all objects of a repository, each once ([`Store`]); the content of the index; commits and how
//! they hang together; which lines a change adds. Objects come as they were written: replacements
//! (`git replace`) are not followed, because they could hide what is there.

mod commit_text;
mod delta;
mod graph;
mod index;
mod library_error;
mod lines;
mod next_commit;
mod object;
mod objects;
mod pack;
mod range;
mod references;
mod reftable;
mod repository;
mod revisions;
mod roots;
mod store;
mod stream;
mod tags;
mod tracked;
pub mod tree;

pub use commit_text::{describe, header, message};
pub use gix::ObjectId as Id;
pub use gix::objs::Kind;
pub use graph::{Graph, Node};
pub use index::Staged;
pub use lines::added;
pub use object::{Failed, MAX_OBJECT, Object, Visitor};
pub use objects::Objects;
pub use range::{Between, between};
pub use repository::Repository;
pub use revisions::{Revisions, is_zeros};
pub use roots::Roots;
pub use store::Store;
pub use stream::Stream;
pub use tags::{MOST_TAGS, peeled, target};
pub use tracked::{Tracked, WorkTree};

/// The first digits of an id, as people read it.
pub fn short(id: &gix::oid) -> String {
    id.to_hex_with_len(10).to_string()
}
