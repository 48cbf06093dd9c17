//! An object, who takes it, and why one cannot be had.

use std::fmt;
use std::io;
use std::ops::Range;

use gix::ObjectId;
use gix::objs::Kind;

/// The most bytes that an object may have, so that a few instructions cannot fill the memory.
pub const MAX_OBJECT: u64 = 64 * 1024 * 1024;

/// An object as [`Store::walk`](super::Store::walk) shows it.
#[derive(Debug, Clone, Copy)]
pub struct Object<'o> {
    /// Its id.
    pub id: &'o ObjectId,
    /// Blob, commit or tag; trees where they were asked for.
    pub kind: Kind,
    /// Its content.
    pub bytes: &'o [u8],
    /// What differs from an object of the same kind for which the visitor gave true; an empty range is
    /// a place where something was taken out. Nothing where the whole is new.
    pub changed: Option<&'o [Range<usize>]>,
}

/// Takes the objects of a repository; one for each thread.
pub trait Visitor: Send {
    /// An object. True where whoever looks at one that differs a little need only look at the
    /// differences.
    fn object(&mut self, object: &Object<'_>) -> bool;

    /// An object that cannot be had.
    fn failed(&mut self, id: &ObjectId, failed: Failed);
}

/// Why an object cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failed {
    /// What is stored is not what an object must be.
    Corrupt,
    /// It has more than [`MAX_OBJECT`] bytes; so many.
    TooLarge(u64),
    /// It is not there.
    Missing,
    /// A tree that leads to more files, or deeper, than is followed.
    Endless,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failed::Corrupt => f.write_str("the object is corrupt; git fsck tells more"),
            Failed::TooLarge(size) => {
                write!(f, "the object has {size} bytes, more than the {MAX_OBJECT} that are read")
            }
            Failed::Endless => {
                f.write_str("it holds more files than are followed: folders in folders without end")
            }
            Failed::Missing => f.write_str("the object is missing; git fsck tells more"),
        }
    }
}

impl From<Failed> for io::Error {
    fn from(failed: Failed) -> Self {
        io::Error::other(failed.to_string())
    }
}
