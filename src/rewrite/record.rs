//! What was done to which file, for whoever has to show it later: JSON Lines, each brought to the disk
//! before the next file is touched.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::pass::Pass;
use crate::error::{Error, Result};

/// A file that records are added to.
#[derive(Debug)]
pub struct Records {
    file: Mutex<File>,
}

/// What happened to a file.
pub(super) struct Event<'e> {
    /// What masks secrets in paths.
    pub(super) pass: &'e Pass<'e>,
    pub(super) path: &'e Path,
    pub(super) old: Digest,
    pub(super) new: Digest,
    pub(super) rules: &'e BTreeMap<String, u64>,
    pub(super) backup: Option<&'e Path>,
}

/// The size and the SHA-256 of bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Digest {
    size: u64,
    sha256: String,
}

impl Records {
    /// Adds to the file at `path`, which only its owner can read where it is new.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn open(path: &Path) -> Result<Self> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|error| Error::from(error).at_path(path))?;
        Ok(Self { file: Mutex::new(file) })
    }

    /// `replace` is written before a file is replaced, `replaced` afterwards: where only the first is
    /// there, the run was stopped in between, and the file's digest tells which of the two it is.
    pub(super) fn write(&self, what: &str, event: &Event<'_>) -> io::Result<()> {
        self.line(what, event, None)
    }

    /// A scrubbed copy was written.
    pub(super) fn write_copy(&self, to: &Path, event: &Event<'_>) -> io::Result<()> {
        self.line("copied", event, Some(to))
    }

    fn line(&self, what: &str, event: &Event<'_>, to: Option<&Path>) -> io::Result<()> {
        let absolute = |path: &Path| {
            let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
            Value::from(event.pass.fit(&path.to_string_lossy()))
        };
        let also = |name: &str, path: Option<&Path>| {
            path.map_or_else(String::new, |path| format!(",{}:{}", Value::from(name), absolute(path)))
        };
        let text = format!(
            "{{\"time\":\"{}\",\"event\":\"{what}\",\"path\":{}{}{},\"before\":{},\"after\":{},\"masked\":{},\
             \"tool\":\"scrubjay {}\"}}\n",
            Timestamp::now(),
            absolute(event.path),
            also("to", to),
            also("backup", event.backup),
            event.old.json(),
            event.new.json(),
            json!(event.rules),
            env!("CARGO_PKG_VERSION"),
        );
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(text.as_bytes())?;
        match file.sync_data() {
            // A pipe or a device, which cannot be brought to the disk.
            Err(error)
                if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) =>
            {
                Ok(())
            }
            done => done,
        }
    }
}

impl Digest {
    /// Of a whole file.
    pub(super) fn of(file: &mut File) -> io::Result<Self> {
        file.seek(SeekFrom::Start(0))?;
        let mut hash = Sha256::new();
        let mut size = 0;
        let mut chunk = vec![0; 128 * 1024];
        loop {
            match file.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => {
                    hash.update(&chunk[..read]);
                    size += read as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self { size, sha256: hex(hash) })
    }

    fn json(&self) -> String {
        format!("{{\"size\":{},\"sha256\":\"{}\"}}", self.size, self.sha256)
    }
}

fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A writer that hashes what goes through it, where that is wanted.
pub(super) struct Hashing<W> {
    inner: W,
    hash: Option<Sha256>,
    size: u64,
}

impl<W: Write> Hashing<W> {
    pub(super) fn new(inner: W, wanted: bool) -> Self {
        Self { inner, hash: wanted.then(Sha256::new), size: 0 }
    }

    /// Of what went through.
    pub(super) fn digest(self) -> Digest {
        Digest { size: self.size, sha256: self.hash.map(hex).unwrap_or_default() }
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        if let Some(hash) = &mut self.hash {
            hash.update(&bytes[..written]);
        }
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
