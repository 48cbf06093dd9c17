//! What a compression is to the walk: how a stream of it begins, and how one is read and written.

use std::io::{self, Read, Write};

/// How many bytes of a file's start `sniff` wants to see; with fewer it may miss a tar.
pub const HEAD: usize = 512;

/// A way to compress a stream.
#[derive(Debug)]
pub struct Codec {
    /// Its name.
    pub name: &'static str,
    /// What it adds to a file's name; only used to name what is inside.
    pub extensions: &'static [&'static str],
    /// True where a stream begins like this.
    pub begins: fn(&[u8]) -> bool,
    /// A reader of what a stream unpacks to, all its members in a row. It fails where the stream is
    /// corrupt, with what came before delivered, and keeps failing then.
    pub reader: OpenReader,
    /// A writer of a stream that is to replace one with this head, with its header and its options as
    /// far as they can be kept.
    pub writer: OpenWriter,
}

/// Opens a compressed stream to read it.
pub type OpenReader = for<'a> fn(Box<dyn Read + Send + 'a>) -> io::Result<Box<dyn Read + Send + 'a>>;

/// Opens a compressed stream to write it; the bytes are the first [`HEAD`] of the one that it replaces.
pub type OpenWriter = for<'a> fn(Box<dyn Write + 'a>, &[u8]) -> io::Result<Box<dyn Encode + 'a>>;

/// A writer that must be told that nothing more comes.
pub trait Encode: Write {
    /// Writes what is left.
    ///
    /// # Errors
    ///
    /// Those of the writer below.
    fn finish(self: Box<Self>) -> io::Result<()>;
}
