//! Files with holes: where a file takes less of the disk than it is long, zeros are left out of the new one as
//! well, or a log of gigabytes that nobody wrote would take them.

use std::fs::{File, Metadata};
use std::io::{self, Seek, SeekFrom, Write};

/// A run of zeros of this length, in bytes, from a multiple of it on, is a hole.
const BLOCK: usize = 4096;

/// A writer that leaves holes where zeros go.
pub(super) struct Holes<'f> {
    file: &'f File,
    leaves: bool,
    at: u64,
}

impl<'f> Holes<'f> {
    /// For a new file in the place of `old`.
    pub(super) fn like(old: &Metadata, file: &'f File) -> Self {
        Self { file, leaves: is_sparse(old), at: 0 }
    }

    /// Gives the file its length, which what was left out at its end has not.
    pub(super) fn finish(self) -> io::Result<()> {
        if self.leaves { self.file.set_len(self.at) } else { Ok(()) }
    }
}

/// Whether a file takes less of the disk than it is long.
fn is_sparse(meta: &Metadata) -> bool {
    #[cfg(unix)]
    return std::os::unix::fs::MetadataExt::blocks(meta).saturating_mul(512) < meta.len();
    #[cfg(not(unix))]
    {
        let _ = meta;
        false
    }
}

impl Write for Holes<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut length = bytes.len();
        let mut is_hole = false;
        if self.leaves && length > 0 {
            // Up to the next multiple, so that each piece is a block of the file.
            let block = BLOCK - (self.at % BLOCK as u64) as usize;
            let zeros = |piece: &[u8]| piece.iter().all(|b| *b == 0);
            let piece = block.min(length);
            is_hole = zeros(&bytes[..piece]);
            let mut end = piece;
            while end < length && zeros(&bytes[end..length.min(end + BLOCK)]) == is_hole {
                end = length.min(end + BLOCK);
            }
            length = end;
        }
        let written = if is_hole {
            self.file.seek(SeekFrom::Current(i64::try_from(length).map_err(io::Error::other)?))?;
            length
        } else {
            self.file.write(&bytes[..length])?
        };
        self.at += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sparse_stays_so_and_every_byte_is_as_it_was() {
        let mut bytes = vec![0; 5 * BLOCK];
        bytes.extend(b"a line\n");
        bytes.extend(vec![0; 3 * BLOCK + 11]);
        bytes.extend(b"\0x\0");
        bytes.extend(vec![0; 2 * BLOCK]);
        let old = tempfile::tempfile().expect("a file");
        old.set_len(1 << 20).expect("a length");
        let old = old.metadata().expect("what it is");
        for piece in [1, 7, BLOCK - 1, BLOCK, 3 * BLOCK + 5, 1 << 20] {
            let new = tempfile::NamedTempFile::new().expect("a file");
            let mut holes = Holes::like(&old, new.as_file());
            bytes.chunks(piece).for_each(|chunk| holes.write_all(chunk).expect("written"));
            holes.finish().expect("a length");
            assert!(std::fs::read(new.path()).expect("read") == bytes, "{piece}");
        }
    }
}
