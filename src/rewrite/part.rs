//! A new file beside another one, which takes its name once it is whole.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// The end of the name of a file that is being written.
pub(super) const PART: &str = ".scrubjay-part";

/// The longest name that stands in the name of the file that takes its place, in bytes.
pub(super) const LONGEST: usize = 200;

/// How many were begun.
pub(super) static BEGUN: AtomicU64 = AtomicU64::new(0);

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
pub(super) struct Part {
    pub(super) path: PathBuf,
    pub(super) file: File,
    done: bool,
}

impl Part {
    /// Only its owner can read it until it is what it will be.
    pub(super) fn beside(path: &Path) -> io::Result<Self> {
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
    pub(super) fn rename(mut self, to: &Path) -> io::Result<()> {
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
pub(super) fn sync_directory(of: &Path) -> io::Result<()> {
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

/// The directory of a file, to make things in.
pub(super) fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
