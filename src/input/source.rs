//! What a source is, and who takes what it reads.

use std::io::{self, Read};
use std::ops::Range;
use std::path::PathBuf;

use super::marks::Marks;
use super::request::Request;
use crate::blob::Origin;
use crate::error::Result;
use crate::finding::Finding;

/// Files up to this many bytes are read whole by the thread that met them; larger ones are read in
/// parts by all threads.
pub const WHOLE: usize = 1024 * 1024;

/// Something that has bytes.
pub trait Source: Sync {
    /// Pushes everything into sinks that `crew` makes.
    fn read(&self, crew: &dyn Crew);
}

/// Makes the sinks of a source's threads.
pub trait Crew: Sync {
    /// How many threads a source may use.
    fn jobs(&self) -> usize;

    /// True where the rest is not wanted any more.
    fn is_stopped(&self) -> bool {
        false
    }

    /// A sink for one thread.
    fn sink(&self) -> Box<dyn Sink + '_>;
}

/// Takes what one thread of a source meets.
pub trait Sink: Send {
    /// A file's bytes, all of them.
    fn whole(&mut self, origin: &Origin, bytes: &[u8]);

    /// A file above [`WHOLE`], to be read in parts.
    fn large(&mut self, file: Large);

    /// Bytes that can only be read in order.
    fn stream(&mut self, origin: &Origin, reader: &mut (dyn Read + Send));

    /// Bytes that come out of a container on this thread and can only be read in order; other threads
    /// are busy with other files.
    fn inner(&mut self, origin: &Origin, reader: &mut (dyn Read + Send));

    /// Tells what is found in contents whose path is not known yet, for any path; each once. With
    /// `changed`, the rest stands in other contents in which nothing was found.
    fn glance(&mut self, bytes: &[u8], changed: Option<&[Range<usize>]>) -> Marks;

    /// True where compressed files and archives of a repository are wanted as the bytes that they are, not
    /// entry by entry.
    fn wants_containers_whole(&self) -> bool {
        false
    }

    /// A file's bytes, all of them; of what is found only that counts which `keep` wants.
    fn sifted(&mut self, origin: &Origin, bytes: &[u8], keep: &mut dyn FnMut(&Finding) -> bool);

    /// The same for bytes that can only be read in order, of any number.
    fn sifted_stream(
        &mut self,
        origin: &Origin,
        reader: &mut (dyn Read + Send),
        keep: &mut dyn FnMut(&Finding) -> bool,
    );

    /// One more file was read, of so many bytes: for those that come in other ways than whole.
    fn counted(&mut self, bytes: usize);

    /// A text with everything in it masked that is found there.
    fn masked(&mut self, text: &[u8]) -> String;

    /// Counts a file that is read as it is, by its first bytes, where nothing looks into its kind: for those
    /// that come in other ways than whole or as a stream.
    fn look_at_kind(&mut self, _origin: &Origin, _head: &[u8]) {}

    /// A container that is damaged: what came before the damage was read, and what it is made of.
    fn damaged(&mut self, path: &str, error: &io::Error);

    /// Something that is not read, and why.
    fn skipped(&mut self, path: &str, reason: &'static str);

    /// Something that could not be read.
    fn failed(&mut self, path: &str, error: &io::Error);
}

/// A file that is read in parts.
#[derive(Debug, Clone)]
pub struct Large {
    /// Where the file is.
    pub path: PathBuf,
    /// How a person names it.
    pub origin: Origin,
}

/// One kind of input.
#[derive(Debug, Clone, Copy)]
pub struct SourceKind {
    /// Its name.
    pub name: &'static str,
    /// What it reads.
    pub about: &'static str,
    /// Takes its share of a request, if it has one.
    pub open: Open,
}

/// Makes a source for a kind's share of a request; none where it has no share.
pub type Open = fn(&Request) -> Result<Option<Box<dyn Source>>>;
