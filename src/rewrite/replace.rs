//! One file replaced so that at any moment the old one or the new one is there, whole.
//!
//! The new file is written beside the old one, brought to the disk, renamed over it, and the directory
//! brought to the disk as well. Whatever goes wrong before the renaming leaves the old file as it was.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::pass::Pass;
use super::record::{Digest, Event, Hashing};
use super::{Done, Entry, InPlace, Plan, is_same, keep, parent};
use crate::scan::Progress;

/// The end of the name of a file that is being written.
const PART: &str = ".scrubjay-part";

/// How many were begun.
static BEGUN: AtomicU64 = AtomicU64::new(0);

/// Whether a file is what a run left behind that was stopped: nobody can have written it but a process
/// that is gone. It holds masked text only.
pub(super) fn is_remains(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let process = name.strip_prefix('.').and_then(|n| n.strip_suffix(PART)).and_then(|n| {
        let mut parts = n.rsplitn(3, '.');
        let (number, process) = (parts.next()?, parts.next()?);
        number.bytes().all(|b| b.is_ascii_digit()).then_some(process.parse::<u32>().ok()?)
    });
    process.is_some_and(|process| {
        let lives =
            Path::new("/proc").join(process.to_string()).exists() || !Path::new("/proc/self").exists();
        process != std::process::id() && !lives
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
        let number = BEGUN.fetch_add(1, Ordering::Relaxed);
        let mut name = std::ffi::OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(format!(".{}.{number}{PART}", std::process::id()));
        let path = path.with_file_name(name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options
            .open(&path)
            .map_err(|error| io::Error::new(error.kind(), format!("cannot write beside it: {error}")))?;
        Ok(Self { path, file, done: false })
    }

    /// Gives it the name.
    fn rename(mut self, to: &Path) -> io::Result<()> {
        fs::rename(&self.path, to)?;
        self.done = true;
        sync_directory(to)
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
    return File::open(parent(of))?.sync_all();
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
    /// Replaces it; what was masked in the first pass stands in `done`.
    pub(super) fn replace(&self, mut file: File, before: &Metadata, done: &Done) -> io::Result<()> {
        self.may_be(before)?;
        let part = Part::beside(self.path)?;
        let (old, new) = write(self.plan, self.path, &mut file, &part)?;
        keep::keep(self.path, before, &part.path, &part.file, self.how.touch)?;
        part.file.sync_all()?;
        self.is_still(&file, before)?;
        let backup = self.backup()?;
        let event =
            Event { path: self.path, old, new, rules: &done.collected.rules, backup: backup.as_deref() };
        let records = self.plan.records;
        records.map_or(Ok(()), |r| r.write("replace", &event))?;
        part.rename(self.path)?;
        records.map_or(Ok(()), |r| r.write("replaced", &event))
    }

    /// Whether it may be replaced at all.
    fn may_be(&self, before: &Metadata) -> io::Result<()> {
        let names = keep::names(before);
        if names > 1 && !self.how.break_hard_links {
            return Err(io::Error::other(format!(
                "it has {names} names, and under the others the secret would stay; name them all and give \
                 --break-hard-links"
            )));
        }
        match keep::writer(before) {
            Some(writer) => Err(io::Error::other(format!(
                "{writer} has it open for writing, and what that writes next would be lost; stop it or rotate \
                 the log first"
            ))),
            None => Ok(()),
        }
    }

    /// Whether it is what was read.
    fn is_still(&self, file: &File, before: &Metadata) -> io::Result<()> {
        let same = is_same(&file.metadata()?, before) && is_same(&fs::metadata(self.path)?, before);
        let message =
            "it changed while it was scrubbed and was left as it is; stop what writes it, or rotate it";
        if same { Ok(()) } else { Err(io::Error::other(message)) }
    }

    /// Gives the old file a second name, which it keeps.
    fn backup(&self) -> io::Result<Option<PathBuf>> {
        let Some(suffix) = &self.how.backup else { return Ok(None) };
        let mut name = self.path.as_os_str().to_owned();
        name.push(suffix);
        let backup = PathBuf::from(name);
        let taken = |error: io::Error| {
            let message = format!("the backup {} cannot be made: {error}", backup.display());
            io::Error::new(error.kind(), message)
        };
        match fs::hard_link(self.path, &backup) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(taken(error)),
            // A file system without links.
            Err(_) => drop(fs::copy(self.path, &backup).map_err(taken)?),
        }
        sync_directory(&backup)?;
        Ok(Some(backup))
    }
}

/// Writes a file to its place below another directory, changed or not.
pub(super) fn copy(
    plan: &Plan<'_>,
    mut file: File,
    entry: &Entry,
    directory: &Path,
    done: &Done,
) -> io::Result<()> {
    let to = directory.join(&entry.relative);
    fs::create_dir_all(parent(&to))?;
    let before = file.metadata()?;
    let part = Part::beside(&to)?;
    let (old, new) = if done.changed {
        write(plan, &entry.path, &mut file, &part)?
    } else {
        file.seek(SeekFrom::Start(0))?;
        io::copy(&mut file, &mut &part.file)?;
        (Digest::default(), Digest::default())
    };
    part.file.set_permissions(before.permissions())?;
    let times = before.modified().map(|time| fs::FileTimes::new().set_modified(time));
    times.and_then(|times| part.file.set_times(times))?;
    part.file.sync_all()?;
    part.rename(&to)?;
    match plan.records.filter(|_| done.changed) {
        Some(records) => {
            let event = Event { path: &entry.path, old, new, rules: &done.collected.rules, backup: None };
            records.write_copy(&to, &event)
        }
        None => Ok(()),
    }
}

/// Writes the scrubbed bytes; gives the digests of what was read and of what was written.
fn write(plan: &Plan<'_>, path: &Path, file: &mut File, part: &Part) -> io::Result<(Digest, Digest)> {
    // What is found was collected by the first pass, and progress was made there.
    let unseen = Progress::default();
    let mut pass = Pass::new(plan.masker, path, false, &unseen);
    let wants = plan.records.is_some();
    let mut out = Hashing::new(BufWriter::with_capacity(256 * 1024, &part.file), wants);
    pass.over(file, &mut out)?;
    out.flush()?;
    let new = out.digest();
    let old = if wants { Digest::of(file)? } else { Digest::default() };
    Ok((old, new))
}
