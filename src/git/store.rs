//! All objects of a repository, each once: packs in the order of their files, then loose objects;
//! alternates and the quarantine of a push included.
//!
//! A repository may be repacked while it is read. What is open stays readable; a pack that is gone
//! before it could be opened was replaced by one that holds its objects, so the folder is read again.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use gix::objs::Kind;
use gix::{ObjectId, hash};

use super::object::{Failed, MAX_OBJECT, Object, Visitor};
use super::pack::Pack;
use crate::error::{Error, Result};
use crate::threads;

/// How often the folder of packs is read again when packs vanish.
const TRIES: usize = 5;

/// How many loose objects a thread takes at a time.
const LOOSE: usize = 32;

/// The packs and loose objects of a repository.
pub struct Store {
    packs: Vec<Pack>,
    loose: Vec<(usize, ObjectId)>,
    /// The ids of the loose objects that were listed; asking the disk for each takes longer.
    listed: HashSet<ObjectId>,
    folders: Vec<gix::odb::loose::Store>,
    failed: Vec<Error>,
}

impl Store {
    pub(super) fn open(directories: &[PathBuf], hash: hash::Kind) -> Result<Self> {
        let mut failed = Vec::new();
        let directories = with_alternates(directories, &mut failed)?;
        let folders: Vec<_> = directories.iter().map(|dir| gix::odb::loose::Store::at(dir, hash)).collect();
        // Loose objects first: one that is packed meanwhile is then in a pack that is found.
        let mut loose = Vec::new();
        for (folder, directory) in directories.iter().enumerate() {
            loose_objects(directory, hash, &mut failed, &mut |id| loose.push((folder, id)));
        }
        let mut packs: Vec<Pack> = Vec::new();
        for directory in &directories {
            open_packs(&directory.join("pack"), hash, &mut packs, &mut failed)?;
        }
        let mut listed = HashSet::new();
        loose.retain(|(_, id)| listed.insert(*id) && !packs.iter().any(|pack| pack.contains(id)));
        Ok(Self { packs, loose, listed, folders, failed })
    }

    /// What of it cannot be read at all.
    pub fn failed(&self) -> &[Error] {
        &self.failed
    }

    /// True where an object of that id is stored.
    pub fn has(&self, id: &gix::oid) -> bool {
        self.packs.iter().any(|pack| pack.contains(id))
            || self.listed.contains(id)
            || self.folders.iter().any(|f| f.contains(id))
    }

    /// True where a pack says that its objects refer to others which were left at a remote.
    pub fn is_partial(&self) -> bool {
        self.packs.iter().any(|pack| pack.path().with_extension("promisor").exists())
    }

    /// Shows every object of a wanted kind to visitors, one for each of `jobs` threads.
    pub fn walk<'v>(
        &self,
        jobs: usize,
        wanted: fn(Kind) -> bool,
        visitor: &(dyn Fn() -> Box<dyn Visitor + 'v> + Sync),
    ) {
        for (index, pack) in self.packs.iter().enumerate() {
            pack.tell_lost(&mut *visitor());
            let earlier = &self.packs[..index];
            let skip = |id: &gix::oid| earlier.iter().any(|pack| pack.contains(id));
            let next = AtomicUsize::new(0);
            threads::on(jobs, || pack.walk(&next, wanted, &skip, &mut *visitor()));
        }
        let next = AtomicUsize::new(0);
        threads::on(jobs.min(self.loose.len() / LOOSE + 1), || {
            self.walk_loose(&next, wanted, &mut *visitor());
        });
    }

    fn walk_loose(&self, next: &AtomicUsize, wanted: fn(Kind) -> bool, visitor: &mut dyn Visitor) {
        let mut buffer = Vec::new();
        loop {
            let first = next.fetch_add(LOOSE, Ordering::Relaxed);
            let Some(some) = self.loose.get(first..self.loose.len().min(first + LOOSE)) else { return };
            if some.is_empty() {
                return;
            }
            for (folder, id) in some {
                match self.read_loose(*folder, id, wanted, &mut buffer) {
                    Ok(Some(kind)) => {
                        visitor.object(&Object { id, kind, bytes: &buffer, changed: None });
                    }
                    Ok(None) => {}
                    Err(failed) => visitor.failed(id, failed),
                }
            }
        }
    }

    fn read_loose(
        &self,
        folder: usize,
        id: &ObjectId,
        wanted: fn(Kind) -> bool,
        buffer: &mut Vec<u8>,
    ) -> std::result::Result<Option<Kind>, Failed> {
        let store = &self.folders[folder];
        match store.try_header(id) {
            Ok(Some((size, _))) if size > MAX_OBJECT => return Err(Failed::TooLarge(size)),
            Ok(Some((_, kind))) if !wanted(kind) && kind != Kind::Tree => return Ok(None),
            Ok(Some(_)) => {}
            Ok(None) => return Err(Failed::Missing),
            Err(_) => return Err(Failed::Corrupt),
        }
        let data = store.try_find(id, buffer).map_err(|_| Failed::Corrupt)?.ok_or(Failed::Missing)?;
        // Loose objects are few, and anybody can write one that is not what its name says.
        let named = gix::objs::compute_hash(id.kind(), data.kind, data.data);
        let kind = data.kind;
        if named.map_err(|_| Failed::Corrupt)? != *id {
            return Err(Failed::Corrupt);
        }
        Ok(wanted(kind).then_some(kind))
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let packs: Vec<_> = self.packs.iter().map(Pack::path).collect();
        f.debug_struct("Store").field("packs", &packs).field("loose", &self.loose.len()).finish()
    }
}

/// The directories with those that their `info/alternates` name.
pub(super) fn with_alternates(directories: &[PathBuf], failed: &mut Vec<Error>) -> Result<Vec<PathBuf>> {
    let here = std::env::current_dir()?;
    let mut all: Vec<PathBuf> = Vec::new();
    for directory in directories {
        let further = gix::odb::alternate::resolve(directory.clone(), &here).unwrap_or_else(|error| {
            failed.push(Error::from(super::library_error::said(&error)).at_path(directory));
            Vec::new()
        });
        for path in std::iter::once(directory.clone()).chain(further) {
            match path.canonicalize() {
                Ok(path) if all.contains(&path) => {}
                Ok(path) => all.push(path),
                Err(error) => failed.push(Error::from(error).at_path(path)),
            }
        }
    }
    Ok(all)
}

/// Lists the loose objects of a directory.
fn loose_objects(
    directory: &Path,
    hash: hash::Kind,
    failed: &mut Vec<Error>,
    sink: &mut dyn FnMut(ObjectId),
) {
    for first in 0..=255_u8 {
        let first = format!("{first:02x}");
        let folder = directory.join(&first);
        let mut list = || -> io::Result<()> {
            for entry in std::fs::read_dir(&folder)? {
                let hex = [first.as_bytes(), entry?.file_name().as_encoded_bytes()].concat();
                // Beside the objects lie files that are being written.
                if let Some(id) = ObjectId::from_hex(&hex).ok().filter(|id| id.kind() == hash) {
                    sink(id);
                }
            }
            Ok(())
        };
        match list() {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                failed.push(Error::from(error).at_path(folder));
            }
            _ => {}
        }
    }
}

fn open_packs(folder: &Path, hash: hash::Kind, packs: &mut Vec<Pack>, failed: &mut Vec<Error>) -> Result<()> {
    for round in 1.. {
        let mut broken = Vec::new();
        let mut gone = false;
        for pack in packs_in(folder)? {
            if packs.iter().any(|known| known.path() == pack) {
                continue;
            }
            let index = pack.with_extension("idx");
            match Pack::open(&index, hash) {
                Ok(pack) => packs.push(pack),
                Err(error) => {
                    gone |= !(index.exists() && pack.exists());
                    broken.push(Error::from(error).at_path(index));
                }
            }
        }
        if !gone || round == TRIES {
            failed.extend(broken);
            break;
        }
    }
    Ok(())
}

/// The packs of which at least the index or the objects are there.
pub(super) fn packs_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|error| Error::from(error).at_path(folder))?,
    };
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| Error::from(error).at_path(folder))?.path();
        if path.extension().is_some_and(|e| e == "idx" || e == "pack") {
            paths.push(path.with_extension("pack"));
        }
    }
    paths.sort();
    paths.dedup();
    Ok(paths)
}
