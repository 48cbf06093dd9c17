//! Who takes what is inside of containers.

use std::io::{self, Read, Write};

use crate::blob::Origin;

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
