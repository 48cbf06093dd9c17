//! Compressed files and archives: what is inside of them is read, or rewritten, entry by entry.
//!
//! One walk serves both. [`read`] gives each leaf (what is itself no container) as a stream; [`rewrite`]
//! puts a filter between each leaf and its copy, and writes everything else back as it was. Formats are
//! told by content, never by name, and unpacked in Rust alone.
//!
//! Memory is bounded whatever the input says: everything is read forwards, once, and dictionaries and
//! windows have a limit. Work is linear in the input and what one compression makes of it: a terabyte of
//! zeros in one gzip is read, as it may well be a log. Only what was compressed more than once may give
//! no more than [`Limits`] say, since there every layer multiplies, and archives inside of archives end
//! at a depth. Entries of a zip that lie over each other are read once, by place.

mod behind;
mod bz2;
mod compress;
mod der;
mod gz;
mod heads;
mod inside;
mod kinds;
mod lz4;
mod lzma;
mod members;
mod sight;
mod source;
mod spool;
mod tar;
mod unopened;
mod utf32;
mod walk;
mod watch;
mod xz;
mod zip;
mod zlib;
mod zst;

use std::io::{self, Read, Seek, Write};

use crate::blob::Origin;

pub use behind::{Behind, find as find_behind};
pub use kinds::KINDS;
pub use sight::{Sight, Sighted, unopened_in_part};
pub use unopened::{NOT_LOOKED_INTO, Unopened};
pub use walk::{read, rewrite};

/// How many bytes of a file's start [`sniff`] wants to see; with fewer it may miss a tar.
pub const HEAD: usize = 512;

/// How many bytes of a file's end [`ends_as_zip`] wants to see.
pub const TAIL: usize = zip::END + u16::MAX as usize;

/// What a container is.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// One compressed stream.
    Compressed(&'static Codec),
    /// A tape archive, not compressed.
    Tar,
    /// A zip, under whatever name: jar, apk, docx … Other bytes may come before its first entry.
    Zip,
    /// Bytes, and perhaps a zip behind them, which shows when it comes.
    Plain,
}

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

/// Every compression.
pub const CODECS: &[Codec] =
    &[gz::CODEC, zst::CODEC, bz2::CODEC, xz::CODEC, lz4::CODEC, lzma::CODEC, zlib::CODEC];

/// What is unpacked as compressions are and has no end of its own, or nothing that marks it: asked for last.
pub const OTHERS: &[Codec] =
    &[compress::CODEC, der::CODEC, zlib::DEFLATE, utf32::LOW_FIRST, utf32::HIGH_FIRST];

/// What a file is by its first bytes ([`HEAD`] of them, or all where there are fewer); none where it is
/// no container. Plain text is refused at its first byte.
pub fn sniff(head: &[u8]) -> Option<Kind> {
    if let Some(codec) = CODECS.iter().find(|codec| (codec.begins)(head)) {
        return Some(Kind::Compressed(codec));
    }
    if zip::begins(head) {
        return Some(Kind::Zip);
    }
    if tar::begins(head) {
        return Some(Kind::Tar);
    }
    OTHERS.iter().find(|codec| (codec.begins)(head)).map(Kind::Compressed)
}

/// Whether more bytes could show that what begins like this is a container: of a stream nobody knows how
/// long the next ones take. What has a line end is text, and a line must not wait.
pub fn may_begin(head: &[u8]) -> bool {
    let is_gzip = head.first() == Some(&0x1f) && head.len() < 18;
    sniff(head).is_none() && (is_gzip || memchr::memchr2(b'\n', b'\r', head).is_none())
}

/// What a file is of which all bytes are at hand; none where it is no container and none stands behind it.
pub fn identify(bytes: &[u8]) -> Option<Kind> {
    let kind = sniff(&bytes[..bytes.len().min(HEAD)]);
    // No zip is without NULs, and nearly all texts are.
    if kind.is_some() || memchr::memchr(0, bytes).is_none() {
        return kind;
    }
    let ends = || {
        zip::may_end(&bytes[bytes.len().saturating_sub(TAIL)..])
            && ends_as_zip(&mut io::Cursor::new(bytes)).unwrap_or(false)
    };
    if ends() { Some(Kind::Zip) } else { find_behind(bytes).map(|_| Kind::Plain) }
}

/// True where a file that does not begin as a zip ends as one: an archive that unpacks itself, for example.
/// The file stands anywhere then.
///
/// # Errors
///
/// Those of the file.
pub fn ends_as_zip(file: &mut dyn Seekable) -> io::Result<bool> {
    let length = file.seek(io::SeekFrom::End(0))?;
    let mut tail = Vec::new();
    file.seek(io::SeekFrom::Start(length.saturating_sub(TAIL as u64)))?;
    (&mut *file).take(TAIL as u64).read_to_end(&mut tail)?;
    Ok(zip::may_end(&tail) && zip::index(file, 0)?.is_some_and(|index| index.len() > 0))
}

/// Copies what is no container by its beginning: the filter gets the bytes as a leaf, up to where a zip begins
/// if one stands behind them, and all that is in that. Tells whether anything was changed in the zip.
///
/// # Errors
///
/// Those of the filter, and of [`rewrite`].
pub fn rewrite_plain(
    origin: &Origin,
    reader: &mut (dyn Read + Send),
    writer: &mut dyn Write,
    filter: &mut dyn Filter,
) -> io::Result<bool> {
    let (mut behind, mut writer) = (Behind::new(reader), watch::Measured::new(writer));
    filter.leaf(origin, &mut behind, &mut writer)?;
    let Some(read) = behind.found() else { return Ok(false) };
    let (written, mut rest) = (writer.length, behind.rest());
    let input = Input::Rest { reader: &mut rest, read, written };
    rewrite(Kind::Zip, origin, input, &mut writer, Limits::default(), filter)
}

/// Where a container's bytes come from.
pub enum Input<'a> {
    /// They can be read once. The directory of a zip comes last, so that of a large one only what the
    /// entries say of themselves is known while they are read.
    Stream(&'a mut (dyn Read + Send)),
    /// They can be read from any place; begins where the reader stands at the start.
    File(&'a mut dyn Seekable),
    /// A zip, with what follows on it: what came before was read already, `read` bytes, and copied to
    /// `written` ones.
    Rest {
        /// What follows.
        reader: &'a mut (dyn Read + Send),
        /// How many bytes came before.
        read: u64,
        /// How many they are in the copy.
        written: u64,
    },
}

/// What can be read from any place.
pub trait Seekable: Read + Seek + Send {}

impl<T: Read + Seek + Send> Seekable for T {}

/// How much a container may make of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many containers may lie in each other; a compression counts as one.
    pub depth: usize,
    /// How many bytes may come out of streams that were compressed twice or more, whatever the input.
    pub nested: u64,
    /// How many of them may come for each byte of the input, above that.
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 8, nested: 1 << 30, ratio: 1000 }
    }
}

/// What there is to tell of an entry that was not read to its end.
#[derive(Debug)]
pub enum Told {
    /// It is not read, and why; a rewritten container holds it as it was.
    Skipped(&'static str),
    /// It could not be read, or not to its end. The message holds nothing of what is inside.
    Failed(io::Error),
}

/// Takes the leaves of a container that is read.
pub trait Visitor {
    /// A leaf. Its origin is the container's with the way to the leaf in [`Origin::entry`]: the names in
    /// the archives, outermost first, and of what is compressed alone its name without `.gz`. The reader
    /// shows an end where the data is cut off or corrupt; that is told right afterwards. What is not read
    /// of it is skipped.
    ///
    /// # Errors
    ///
    /// Whatever is to end the walk.
    fn leaf(&mut self, origin: &Origin, reader: &mut (dyn Read + Send)) -> io::Result<()>;

    /// Something is not read.
    fn told(&mut self, origin: &Origin, told: Told);

    /// A short text that stands beside the leaves, in the headers of what has this origin: the names of folders,
    /// links and whatever else has no leaf, where links lead, owners, comments.
    fn beside(&mut self, _origin: &Origin, _text: &[u8]) {}
}

/// Copies the leaves of a container that is rewritten.
pub trait Filter {
    /// Copies a leaf, with changes; the origin is the one that a [`Visitor`] sees.
    ///
    /// # Errors
    ///
    /// Whatever is to end the walk; those of the writer among them.
    fn leaf(
        &mut self,
        origin: &Origin,
        reader: &mut (dyn Read + Send),
        writer: &mut dyn Write,
    ) -> io::Result<()>;

    /// Something is in the copy as it was, unread.
    fn told(&mut self, origin: &Origin, told: Told);

    /// A short text that stands beside the leaves, as a [`Visitor`] sees it. It is copied as it is.
    fn beside(&mut self, _origin: &Origin, _text: &[u8]) {}
}
