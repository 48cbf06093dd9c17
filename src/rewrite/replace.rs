//! One file replaced so that at any moment the old one or the new one is there, whole.
//!
//! The new file is written beside the old one, brought to the disk, renamed over it, and the directory
//! brought to the disk as well. Whatever goes wrong before the renaming leaves the old file as it was.

use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::holes::Holes;
use super::keep::{self, is_same};
use super::list::Entry;
use super::part::{Part, parent, sync_directory};
use super::pass::Pass;
use super::plan::{Done, InPlace, Plan};
use super::record::{Digest, Event, Hashing};

/// Above this size it is worth to ask who writes a file before it is written anew, and not only after.
const LARGE: u64 = 16 * 1024 * 1024;

/// One file to be replaced.
pub(super) struct Replace<'r> {
    pub(super) plan: &'r Plan<'r>,
    pub(super) how: &'r InPlace,
    pub(super) path: &'r Path,
}

impl Replace<'_> {
    /// Replaces it; what was masked then stands in `done`.
    pub(super) fn replace(
        &self,
        mut file: File,
        before: &Metadata,
        pass: &mut Pass<'_>,
        done: &mut Done,
    ) -> io::Result<()> {
        self.may_be(before)?;
        if before.len() > LARGE {
            is_unwritten(before)?;
        }
        let part = Part::beside(self.path)?;
        let (old, new) = write(self.plan, pass, &mut file, before, &part)?;
        done.collected = pass.collected();
        keep::keep(self.path, before, &part.path, &part.file, self.how.touch)?;
        part.file.sync_all()?;
        is_unwritten(before)?;
        is_still(&file, self.path, before)?;
        let backup = self.backup(before)?;
        let kept = backup.as_ref().map(|backup| backup.path.as_path());
        let (path, rules) = (self.path, &done.collected.rules);
        let event = Event { pass, path, old, new, rules, backup: kept };
        let records = self.plan.records;
        let replaced = records
            .map_or(Ok(()), |r| r.write("replace", &event))
            // To write that down takes a while as well.
            .and_then(|()| is_still(&file, self.path, before))
            .and_then(|()| part.rename(self.path));
        if let Err(error) = replaced {
            if let Some(Backup { path, is_new: true }) = &backup {
                // It is a second name of the file, or a copy; either way the file is there.
                let _ = fs::remove_file(path);
            }
            return Err(error);
        }
        let after = |error: io::Error| {
            io::Error::new(error.kind(), format!("it was replaced, but what follows failed: {error}"))
        };
        sync_directory(self.path).map_err(after)?;
        records.map_or(Ok(()), |r| r.write("replaced", &event)).map_err(after)
    }

    /// Whether it may be replaced at all.
    fn may_be(&self, before: &Metadata) -> io::Result<()> {
        let of_backup = self.backup_path().is_some_and(|path| is_name_of(&path, before));
        let names = keep::names(before) - u64::from(of_backup);
        if names > 1 && !self.how.break_hard_links {
            return Err(io::Error::other(format!(
                "it has {names} names, and under the others the secret would stay; name them all and give \
                 --break-hard-links"
            )));
        }
        Ok(())
    }

    fn backup_path(&self) -> Option<PathBuf> {
        let suffix = self.how.backup.as_ref()?;
        let mut name = self.path.as_os_str().to_owned();
        name.push(suffix);
        Some(PathBuf::from(name))
    }

    /// Gives the old file a second name, which it keeps.
    fn backup(&self, before: &Metadata) -> io::Result<Option<Backup>> {
        let Some(path) = self.backup_path() else { return Ok(None) };
        if is_name_of(&path, before) {
            // A run that was stopped came as far as this.
            return Ok(Some(Backup { path, is_new: false }));
        }
        let failed = |error: io::Error| {
            let message = format!("the backup {} cannot be made: {error}", path.display());
            io::Error::new(error.kind(), message)
        };
        match fs::hard_link(self.path, &path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(failed(error)),
            // A file system without links.
            Err(_) => drop(fs::copy(self.path, &path).map_err(failed)?),
        }
        sync_directory(&path)?;
        Ok(Some(Backup { path, is_new: true }))
    }
}

/// What keeps the old bytes.
struct Backup {
    path: PathBuf,
    /// Made by this run.
    is_new: bool,
}

/// Whether `path` is another name of that file.
fn is_name_of(path: &Path, file: &Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        fs::symlink_metadata(path).is_ok_and(|m| (m.dev(), m.ino()) == (file.dev(), file.ino()))
    }
    #[cfg(not(unix))]
    {
        let _ = (path, file);
        false
    }
}

/// Whether nobody writes it, as far as that can be seen.
fn is_unwritten(file: &Metadata) -> io::Result<()> {
    match keep::writer(file) {
        Some(writer) => Err(io::Error::other(format!(
            "{writer} has it open for writing, and what that writes next would be lost; stop it or rotate \
             the log first"
        ))),
        None => Ok(()),
    }
}

/// Whether a file is what was read.
fn is_still(file: &File, path: &Path, before: &Metadata) -> io::Result<()> {
    let same = is_same(&file.metadata()?, before) && is_same(&fs::metadata(path)?, before);
    let message = "it changed while it was scrubbed and was left as it is; stop what writes it, or rotate it";
    if same { Ok(()) } else { Err(io::Error::other(message)) }
}

/// Writes a file to its place below another directory, changed or not.
pub(super) fn copy(
    plan: &Plan<'_>,
    mut file: File,
    before: &Metadata,
    entry: &Entry,
    directory: &Path,
    pass: &mut Pass<'_>,
    done: &mut Done,
) -> io::Result<()> {
    let to = directory.join(&entry.relative);
    fs::create_dir_all(parent(&to))?;
    let part = Part::beside(&to)?;
    let (old, new) = if done.changed {
        let digests = write(plan, pass, &mut file, before, &part)?;
        done.collected = pass.collected();
        digests
    } else {
        file.seek(SeekFrom::Start(0))?;
        let mut holes = Holes::like(before, &part.file);
        io::copy(&mut file, &mut holes)?;
        holes.finish()?;
        (Digest::default(), Digest::default())
    };
    part.file.set_permissions(before.permissions())?;
    let times = before.modified().map(|time| fs::FileTimes::new().set_modified(time));
    times.and_then(|times| part.file.set_times(times))?;
    part.file.sync_all()?;
    // What came after the file was looked at would be in the copy as it is.
    is_still(&file, &entry.path, before)?;
    part.rename(&to)?;
    sync_directory(&to)?;
    match plan.records.filter(|_| done.changed) {
        Some(records) => {
            let (path, rules) = (&entry.path, &done.collected.rules);
            let event = Event { pass, path, old, new, rules, backup: None };
            records.write_copy(&to, &event)
        }
        None => Ok(()),
    }
}

/// Writes the scrubbed bytes; gives the digests of what was read and of what was written.
fn write(
    plan: &Plan<'_>,
    pass: &mut Pass<'_>,
    file: &mut File,
    before: &Metadata,
    part: &Part,
) -> io::Result<(Digest, Digest)> {
    let wants = plan.records.is_some();
    let mut holes = Holes::like(before, &part.file);
    let mut out = Hashing::new(BufWriter::with_capacity(256 * 1024, &mut holes), wants);
    pass.over(file, &mut out)?;
    out.flush()?;
    let new = out.digest();
    holes.finish()?;
    let old = if wants { Digest::of(file)? } else { Digest::default() };
    Ok((old, new))
}
