//! The index: what is staged, compared with what a commit has.

use gix::ObjectId;
use gix::index::entry::{Flags, Stage};
use gix::index::extension;

use super::library_error::said;
use super::object::Failed;
use super::repository::Repository;
use super::tree::{Change, Differ, Entry};
use crate::error::{Error, Result};

/// What is staged.
#[derive(Debug, Default)]
pub struct Staged {
    /// Files that differ from the tree, by path.
    pub changes: Vec<Change>,
    /// Files of which only the mode differs.
    pub touched: Vec<Vec<u8>>,
    /// Versions of files that were not merged yet: paths and what each side has.
    pub unmerged: Vec<(Vec<u8>, ObjectId)>,
    /// Paths that have no content that could be committed, and why.
    pub skipped: Vec<(Vec<u8>, &'static str)>,
    /// Trees that cannot be had, and why.
    pub failed: Vec<(ObjectId, Failed)>,
}

impl Repository {
    /// Compares the index (`GIT_INDEX_FILE`, where that is set) with a tree.
    ///
    /// # Errors
    ///
    /// The index cannot be read.
    pub fn staged(&self, tree: Option<ObjectId>, differ: &mut Differ<'_>) -> Result<Staged> {
        let git = self.git.to_thread_local();
        let path = git.index_path();
        if !path.exists() {
            return Ok(Staged::default());
        }
        let index = git.open_index().map_err(|error| Error::from(said(&error)).at_path(path))?;
        let mut compare = Compare { index: &index, differ, staged: Staged::default() };
        compare.folder(tree, 0..index.entries().len(), 0, index.tree());
        let mut staged = compare.staged;
        staged.changes.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(staged)
    }
}

struct Compare<'c, 'o> {
    index: &'c gix::index::File,
    differ: &'c mut Differ<'o>,
    staged: Staged,
}

impl Compare<'_, '_> {
    /// Compares a folder, whose entries are `range` of the index and have `prefix` bytes of path before
    /// their name. The index remembers the trees of folders that were not touched since.
    fn folder(
        &mut self,
        tree: Option<ObjectId>,
        range: std::ops::Range<usize>,
        prefix: usize,
        cached: Option<&extension::Tree>,
    ) {
        let unchanged = |cached: &extension::Tree| {
            Some(cached.id) == tree && cached.num_entries == u32::try_from(range.len()).ok()
        };
        if cached.is_some_and(unchanged) {
            return;
        }
        let old = match self.differ.entries(tree) {
            Ok(entries) => entries,
            Err(failed) => return self.staged.failed.push(failed),
        };
        let mut met = vec![false; old.len()];
        let mut at = range.start;
        while at < range.end {
            let path = self.index.entries()[at].path(self.index).to_vec();
            let name = &path[prefix..];
            match memchr::memchr(b'/', name).filter(|slash| slash + 1 < name.len()) {
                Some(slash) => {
                    let (folder, start) = (&name[..slash], &path[..prefix + slash + 1]);
                    let inside = |i: &usize| self.index.entries()[*i].path(self.index).starts_with(start);
                    let end = (at..range.end).find(|i| !inside(i)).unwrap_or(range.end);
                    let known = old.iter().position(|e| e.name == folder && e.mode.is_tree());
                    known.into_iter().for_each(|position| met[position] = true);
                    let child = cached.and_then(|c| c.children.iter().find(|c| c.name[..] == *folder));
                    self.folder(known.map(|p| old[p].id), at..end, prefix + slash + 1, child);
                    at = end;
                }
                None => {
                    let known = old.iter().position(|e| e.name == name && !e.mode.is_tree());
                    known.into_iter().for_each(|position| met[position] = true);
                    self.entry(at, &path, known.map(|p| &old[p]));
                    at += 1;
                }
            }
        }
        for (entry, _) in old.iter().zip(met).filter(|(_, met)| !met) {
            let before = self.index.entries()[range.clone()].first();
            let mut path = before.map_or_else(Vec::new, |e| e.path(self.index)[..prefix].to_vec());
            path.extend_from_slice(&entry.name);
            self.gone(path, entry);
        }
    }

    fn entry(&mut self, at: usize, path: &[u8], old: Option<&Entry>) {
        let entry = &self.index.entries()[at];
        if entry.flags.contains(Flags::INTENT_TO_ADD) {
            return self.staged.skipped.push((path.to_vec(), "only announced with git add --intent-to-add"));
        }
        if entry.stage() != Stage::Unconflicted {
            if entry.mode.is_submodule() {
                return self.staged.skipped.push((path.to_vec(), "submodule"));
            }
            return self.staged.unmerged.push((path.to_vec(), entry.id));
        }
        if entry.mode.is_sparse() {
            let before = old.map(|e| e.id);
            return self.subtree(path.strip_suffix(b"/").unwrap_or(path), before, Some(entry.id));
        }
        let submodule = entry.mode.is_submodule();
        let file = old.filter(|e| !e.mode.is_commit()).map(|e| e.id);
        if let Some(old) = old.filter(|old| old.id == entry.id) {
            if entry.mode.to_tree_entry_mode() != Some(old.mode) {
                self.staged.touched.push(path.to_vec());
            }
            return;
        }
        if submodule {
            return self.staged.skipped.push((path.to_vec(), "submodule"));
        }
        self.staged.changes.push(Change { path: path.to_vec(), old: file, new: Some(entry.id), submodule });
    }

    fn gone(&mut self, path: Vec<u8>, entry: &Entry) {
        if entry.mode.is_tree() {
            self.subtree(&path, Some(entry.id), None);
        } else if !entry.mode.is_commit() {
            self.staged.changes.push(Change { path, old: Some(entry.id), new: None, submodule: false });
        }
    }

    /// A folder that the index has as a whole, or not at all.
    fn subtree(&mut self, path: &[u8], old: Option<ObjectId>, new: Option<ObjectId>) {
        let diff = self.differ.diff(old, new);
        let below = |change: Change| Change { path: [path, b"/", &change.path].concat(), ..change };
        self.staged.changes.extend(diff.changes.into_iter().map(below));
        self.staged.failed.extend(diff.failed);
    }
}
