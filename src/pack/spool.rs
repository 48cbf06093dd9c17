//! Room for what is to be written before its size is known.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// How much waits in memory.
pub(super) const MEMORY: usize = 1024 * 1024;

/// What was written so far: in memory, and above [`MEMORY`] in a file that has no name.
#[derive(Default)]
pub(super) struct Spool {
    memory: Vec<u8>,
    file: Option<File>,
    length: u64,
}

impl Spool {
    /// How much was written.
    pub(super) fn len(&self) -> u64 {
        self.length
    }

    /// Writes it all to where it belongs.
    pub(super) fn pour(mut self, out: &mut dyn Write) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            file.seek(SeekFrom::Start(0))?;
            io::copy(file, out)?;
        }
        out.write_all(&self.memory)
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.memory.extend_from_slice(bytes);
        self.length += bytes.len() as u64;
        if self.memory.len() > MEMORY {
            let file = match &mut self.file {
                Some(file) => file,
                empty => empty.insert(tempfile::tempfile()?),
            };
            file.write_all(&self.memory)?;
            self.memory.clear();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A reader that keeps what went through it, up to [`MEMORY`].
pub(super) struct Keeping<'r> {
    inner: &'r mut (dyn Read + Send),
    kept: Option<Vec<u8>>,
}

impl<'r> Keeping<'r> {
    pub(super) fn new(inner: &'r mut (dyn Read + Send), keep: bool) -> Self {
        Self { inner, kept: keep.then(Vec::new) }
    }

    /// All that went through; none where it was too much.
    pub(super) fn kept(self) -> Option<Vec<u8>> {
        self.kept
    }
}

impl Read for Keeping<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        match &mut self.kept {
            Some(kept) if kept.len() + read <= MEMORY => kept.extend_from_slice(&out[..read]),
            kept => *kept = None,
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out_in_memory_and_on_disk() {
        for size in [0, 10, MEMORY, 3 * MEMORY + 5] {
            let text: Vec<u8> = (0..size).map(|i| (i / 7) as u8).collect();
            let mut spool = Spool::default();
            text.chunks(70_001).for_each(|chunk| spool.write_all(chunk).expect("has room"));
            assert_eq!((spool.len(), spool.file.is_some()), (size as u64, size > MEMORY));
            let mut out = Vec::new();
            spool.pour(&mut out).expect("comes back");
            assert!(out == text);
        }
    }
}
