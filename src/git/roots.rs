//! What leads to commits: references, reflogs, the heads of work trees, unfinished merges, the index.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::index::entry::Flags;

use super::library_error::said;
use super::reftable::Tables;
use super::repository::Repository;

/// Files of the git directory that name a commit in their first word.
const HEADS: &[&str] = &[
    "HEAD",
    "ORIG_HEAD",
    "MERGE_HEAD",
    "CHERRY_PICK_HEAD",
    "REVERT_HEAD",
    "REBASE_HEAD",
    "BISECT_HEAD",
    "FETCH_HEAD",
];

/// All of a repository.
#[derive(Debug, Default)]
pub struct Roots {
    /// References by full name, with the commit or whatever else they lead to.
    pub references: Vec<(String, ObjectId)>,
    /// Everything else that leads to a commit, but for reflogs.
    pub others: Vec<ObjectId>,
    /// What reflogs name; the one of the stash, which is the list of stashes, is among the others.
    pub logs: Vec<ObjectId>,
    /// What `HEAD` is, unless it is unborn.
    pub head: Option<ObjectId>,
    /// The blobs of the index by path.
    pub index: Vec<(Vec<u8>, ObjectId)>,
    /// The commits at which a shallow clone ends.
    pub shallow: Vec<ObjectId>,
    /// What could not be read: a name, and why.
    pub failed: Vec<(String, std::io::Error)>,
}

impl Repository {
    /// Reads all roots.
    pub fn roots(&self) -> Roots {
        let git = self.git.to_thread_local();
        let mut roots = Roots::default();
        match self.tables() {
            Ok(None) => roots.read_references(&git),
            Ok(Some(tables)) => roots.add_tables(&tables),
            Err(error) => roots.failed.push(("the references".to_owned(), said(&error.message()))),
        }
        match self.head() {
            Ok(head) => roots.head = head.id,
            // That was said already of all references.
            Err(_) if !roots.failed.is_empty() => {}
            Err(error) => roots.failed.push(("HEAD".to_owned(), said(&error.message()))),
        }
        let common = git.common_dir().to_owned();
        let mut folders = vec![git.git_dir().to_owned(), common.clone()];
        folders.extend(entries(&common.join("worktrees")));
        for folder in folders {
            for name in HEADS {
                roots.others.extend(ids_of_words(&folder.join(name), 1, self));
            }
            for log in files_below(&folder.join("logs")) {
                let is_stash = log.ends_with("refs/stash");
                let ids = if is_stash { &mut roots.others } else { &mut roots.logs };
                ids.extend(ids_of_words(&log, 2, self));
            }
        }
        for ids in [&mut roots.others, &mut roots.logs] {
            ids.sort_unstable();
            ids.dedup();
        }
        match git.open_index() {
            Ok(index) => {
                let path = |entry: &gix::index::Entry| entry.path(&index).to_vec();
                // What is only announced has no content yet, and a submodule is in another repository.
                let holds = |entry: &&gix::index::Entry| {
                    !entry.mode.is_submodule() && !entry.flags.contains(Flags::INTENT_TO_ADD)
                };
                let entries = index.entries().iter().filter(holds);
                roots.index = entries.map(|entry| (path(entry), entry.id)).collect();
            }
            Err(_) if git.is_bare() || !git.index_path().exists() => {}
            Err(error) => roots.failed.push(("the index".to_owned(), said(&error))),
        }
        roots.shallow = ids_of_words(&common.join("shallow"), 1, self);
        roots
    }
}

impl Roots {
    /// Adds what stands in tables: references below `refs/`, and others, such as `ORIG_HEAD`, as what leads to
    /// something besides.
    fn add_tables(&mut self, tables: &Tables) {
        for name in tables.references.keys() {
            // A symbolic reference leads where another does, or nowhere yet.
            match tables.object(name) {
                Some(id) if name.starts_with("refs/") => self.references.push((name.clone(), id)),
                Some(id) => self.others.push(id),
                None => {}
            }
        }
        for (name, id) in &tables.logs {
            if name == "refs/stash" { self.others.push(*id) } else { self.logs.push(*id) }
        }
    }

    fn read_references(&mut self, git: &gix::Repository) {
        let all = match git.references() {
            Ok(all) => all,
            Err(error) => return self.failed.push(("the references".to_owned(), said(&error))),
        };
        let all = match all.all() {
            Ok(all) => all,
            Err(error) => return self.failed.push(("the references".to_owned(), said(&error))),
        };
        for reference in all {
            match reference {
                // A symbolic reference leads where another does, or nowhere yet.
                Ok(reference) => {
                    if let Some(id) = reference.try_id() {
                        self.references.push((reference.name().as_bstr().to_string(), id.detach()));
                    }
                }
                Err(error) => self.failed.push(("a reference".to_owned(), said(&error))),
            }
        }
        self.references.sort();
    }
}

/// The ids among the first `words` words of each line; all zeros is none.
pub(super) fn ids_of_words(path: &Path, words: usize, repository: &Repository) -> Vec<ObjectId> {
    let Ok(file) = fs::File::open(path) else { return Vec::new() };
    let length = repository.hash().len_in_hex();
    let mut ids = Vec::new();
    for line in BufReader::new(file).split(b'\n').map_while(Result::ok) {
        let some = line.split(|b| b.is_ascii_whitespace()).take(words).filter(|word| word.len() == length);
        ids.extend(some.filter_map(|word| ObjectId::from_hex(word).ok()).filter(|id| !id.is_null()));
    }
    ids
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.filter_map(|entry| Some(entry.ok()?.path())).collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = entries(folder);
    while let Some(path) = open.pop() {
        match fs::symlink_metadata(&path) {
            Ok(meta) if meta.is_dir() => open.extend(entries(&path)),
            Ok(meta) if meta.is_file() => files.push(path),
            _ => {}
        }
    }
    files
}
