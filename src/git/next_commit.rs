//! What the next commit will stand on.

use gix::ObjectId;

use super::objects::Objects;
use super::repository::Repository;
use super::roots;
use crate::error::{Error, Result};

impl Repository {
    /// The trees that the next commit has as its parents': that of `HEAD`, unless it is unborn, and in
    /// an unfinished merge those of the merged branches.
    ///
    /// # Errors
    ///
    /// `HEAD` names something that is not there.
    pub fn parents_of_next_commit(&self, objects: &Objects) -> Result<Vec<ObjectId>> {
        let git = self.git.to_thread_local();
        let head = self.head()?.id;
        let mut merged = roots::ids_of_words(&git.git_dir().join("MERGE_HEAD"), 1, self);
        if merged.is_empty() {
            // A merge that needs nobody tells its hook so.
            merged = std::env::vars_os()
                .filter_map(|(name, _)| self.id(name.to_str()?.strip_prefix("GITHEAD_")?).ok())
                .collect();
        }
        let tree = |id: ObjectId| {
            let node =
                objects.commit(&id).map_err(|failed| Error::invalid(format!("commit {id}: {failed}")))?;
            Ok(node.tree)
        };
        head.into_iter().chain(merged).map(tree).collect()
    }
}
