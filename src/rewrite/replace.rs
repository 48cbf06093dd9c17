//! One file replaced so that at any moment the old one or the new one is there, whole.
//!
//! The new file is written beside the old one, brought to the disk, renamed over it, and the directory
//! brought to the disk as well. Whatever goes wrong before the renaming leaves the old file as it was.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::holes::Holes;
use super::pass::Pass;
use super::record::{Digest, Event, Hashing};
use super::{Done, Entry, InPlace, Plan, is_same, keep, parent};

/// The end of the name of a file that is being written.
const PART: &str = ".scrubjay-part";

/// The longest name that stands in the name of the file that takes its place, in bytes.
const LONGEST: usize = 200;

/// Above this size it is worth to ask who writes a file before it is written anew, and not only after.
const LARGE: u64 = 16 * 1024 * 1024;

/// How many were begun.
static BEGUN: AtomicU64 = AtomicU64::new(0);

/// Whether a file is what a run left behind that was stopped: nobody can have written it but a process
/// that is gone. It holds masked text only.
pub(super) fn is_remains(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let numbers = name.strip_prefix('.').and_then(|n| n.strip_suffix(PART)).and_then(|n| {
        let mut parts = n.rsplitn(3, '.');
        let (number, process) = (parts.next()?, parts.next()?);
        Some((number.parse::<u64>().ok()?, process.parse::<u32>().ok()?))
    });
    numbers.is_some_and(|(number, process)| {
        // In a container every run may have the same number: then it is of an earlier one if this one
        // has not come that far.
        if process == std::process::id() {
            return number >= BEGUN.load(Ordering::Relaxed);
        }
        Path::new("/proc/self").exists() && !Path::new("/proc").join(process.to_string()).exists()
    })
}

/// A new file beside another one; removed unless it takes a name.
struct Part {
    path: PathBuf,
    file: File,
    done: bool,
}

impl Part {
    /// Only its owner can read it until it is what it will be.
    fn beside(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let old = path.file_name().unwrap_or_default();
        loop {
            let number = BEGUN.fetch_add(1, Ordering::Relaxed);
            let mut name = std::ffi::OsString::from(".");
            // A name that is as long as names may be is left out.
            if old.len() <= LONGEST {
                name.push(old);
                name.push(".");
            }
            name.push(format!("{}.{number}{PART}", std::process::id()));
            let path = path.with_file_name(name);
            match options.open(&path) {
                Ok(file) => return Ok(Self { path, file, done: false }),
                // Remains of another process of this number, in a directory that was not walked.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => {
                    return Err(io::Error::new(error.kind(), format!("cannot write beside it: {error}")));
                }
            }
        }
    }

    /// Gives it the name; the directory is yet to be brought to the disk.
    fn rename(mut self, to: &Path) -> io::Result<()> {
        fs::rename(&self.path, to)?;
        self.done = true;
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.done {
            // The next run removes it where this one cannot.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Brings the name to the disk, where the system can be told to.
fn sync_directory(of: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
        // One that may be written and not read, and file systems that know no such thing.
        match File::open(parent(of)).and_then(|directory| directory.sync_all()) {
            Err(error) if matches!(error.kind(), PermissionDenied | InvalidInput | Unsupported) => Ok(()),
            done => done,
        }
    }
    #[cfg(not(unix))]
    {
        let _ = of;
        Ok(())
    }
}

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
