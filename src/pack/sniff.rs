//! What a file is, by its first bytes or by all of them.

use std::io::{self, Read as _};

use super::behind;
use super::codec::HEAD;
use super::codecs::{CODECS, OTHERS};
use super::container::{Kind, Seekable};
use super::tar::header::begins as begins_as_tar;
use super::zip::index::{self as zip_index, may_end as may_end_as_zip};
use super::zip::marks::begins as begins_as_zip;

/// How many bytes of a file's end [`ends_as_zip`] wants to see.
pub const TAIL: usize = zip_index::END + u16::MAX as usize;

/// What a file is by its first bytes ([`HEAD`] of them, or all where there are fewer); none where it is
/// no container. Plain text is refused at its first byte.
pub fn sniff(head: &[u8]) -> Option<Kind> {
    if let Some(codec) = CODECS.iter().find(|codec| (codec.begins)(head)) {
        return Some(Kind::Compressed(codec));
    }
    if begins_as_zip(head) {
        return Some(Kind::Zip);
    }
    if begins_as_tar(head) {
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
        may_end_as_zip(&bytes[bytes.len().saturating_sub(TAIL)..])
            && ends_as_zip(&mut io::Cursor::new(bytes)).unwrap_or(false)
    };
    if ends() { Some(Kind::Zip) } else { behind::find(bytes).map(|_| Kind::Plain) }
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
    Ok(may_end_as_zip(&tail) && zip_index::index(file, 0)?.is_some_and(|index| index.len() > 0))
}
