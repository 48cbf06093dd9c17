//! Blobs in which no text can be replaced: `git filter-repo` leaves them alone, so they have to go whole.

use std::io::{self, Read};

use crate::blob::{Blob, Origin};
use crate::detect::{Detector, Scratch};
use crate::pack::{self, Input, Limits, Told, Visitor};

/// `git filter-repo` takes a blob for binary where a NUL stands in so many bytes at its beginning.
const BEGINNING: usize = 8 * 1024;

/// So much of a leaf is looked at, in bytes.
const MOST: u64 = 64 * 1024 * 1024;

/// Whether a replacement of text does not come to these bytes, because they are taken for binary.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    memchr::memchr(0, &bytes[..bytes.len().min(BEGINNING)]).is_some()
}

/// Whether these bytes are a container with a secret somewhere inside.
pub(super) fn holds_inside(bytes: &[u8], detector: &Detector, scratch: &mut Scratch) -> bool {
    let Some(kind) = pack::identify(bytes) else { return false };
    let mut leaves = Leaves { detector, scratch, found: false };
    let mut bytes = io::Cursor::new(bytes);
    // The walk is ended at the first secret, and what cannot be opened holds none that is known.
    let ended = pack::read(kind, &Origin::default(), Input::File(&mut bytes), Limits::default(), &mut leaves);
    drop(ended);
    leaves.found
}

struct Leaves<'l> {
    detector: &'l Detector,
    scratch: &'l mut Scratch,
    found: bool,
}

impl Visitor for Leaves<'_> {
    fn leaf(&mut self, origin: &Origin, reader: &mut (dyn Read + Send)) -> io::Result<()> {
        let mut bytes = zeroize::Zeroizing::new(Vec::new());
        reader.take(MOST).read_to_end(&mut bytes)?;
        let found = &mut self.found;
        self.detector.leaks(&Blob::whole(&bytes, origin), self.scratch, &mut |_| *found = true);
        if self.found { Err(io::ErrorKind::Other.into()) } else { Ok(()) }
    }

    fn told(&mut self, _: &Origin, _: Told) {}
}
