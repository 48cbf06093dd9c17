//! Reads single objects by their ids, from every directory of a repository that holds some.

use std::fmt;
use std::io;
use std::path::PathBuf;

use gix::objs::{Find as _, Kind};
use gix::odb::HeaderExt as _;

use super::graph::Node;
use super::object::{Failed, MAX_OBJECT};
use super::store;
use super::stream::{self, Stream};

/// Reads single objects.
pub struct Objects {
    pub(super) stores: Vec<gix::odb::Handle>,
    pub(super) directories: Vec<PathBuf>,
}

impl Objects {
    /// Reads an object into `buffer`.
    ///
    /// # Errors
    ///
    /// It cannot be had.
    pub fn read(&self, id: &gix::oid, buffer: &mut Vec<u8>) -> std::result::Result<Kind, Failed> {
        for store in &self.stores {
            match store.try_find(id, buffer) {
                Ok(Some(data)) if data.data.len() as u64 <= MAX_OBJECT => return Ok(data.kind),
                Ok(Some(data)) => return Err(Failed::TooLarge(data.data.len() as u64)),
                Ok(None) => {}
                Err(_) => {
                    return match store.header(id) {
                        Ok(header) if header.size() > MAX_OBJECT => Err(Failed::TooLarge(header.size())),
                        Ok(_) => self.small(id, buffer),
                        Err(_) => Err(Failed::Corrupt),
                    };
                }
            }
        }
        Err(Failed::Missing)
    }

    /// Reads an object into `buffer`, and sees that it is what its name says: whoever stored other bytes
    /// under the name would hide those that git means.
    ///
    /// # Errors
    ///
    /// It cannot be had, or is something else.
    pub fn read_checked(&self, id: &gix::oid, buffer: &mut Vec<u8>) -> std::result::Result<Kind, Failed> {
        let kind = self.read(id, buffer)?;
        let hashed = gix::objs::compute_hash(id.kind(), kind, buffer);
        if hashed.is_ok_and(|hashed| hashed == id) { Ok(kind) } else { Err(Failed::Corrupt) }
    }

    /// Reads an object that is small, and may be told by one that is not.
    fn small(&self, id: &gix::oid, buffer: &mut Vec<u8>) -> std::result::Result<Kind, Failed> {
        let stream = self.stream(id)?;
        let kind = stream.kind();
        buffer.clear();
        let read = io::Read::read_to_end(&mut io::Read::take(stream, MAX_OBJECT), buffer);
        read.map(|_| kind).map_err(|_| Failed::Corrupt)
    }

    /// Opens an object of any size, to be read in order.
    ///
    /// # Errors
    ///
    /// It cannot be had.
    pub fn stream(&self, id: &gix::oid) -> std::result::Result<Stream, Failed> {
        let directories = store::with_alternates(&self.directories, &mut Vec::new());
        stream::open(&directories.map_err(|_| Failed::Missing)?, id)
    }

    /// Reads a commit.
    ///
    /// # Errors
    ///
    /// It cannot be had, or is something else.
    pub fn commit(&self, id: &gix::oid) -> std::result::Result<Node, Failed> {
        let mut buffer = Vec::new();
        match self.read(id, &mut buffer)? {
            Kind::Commit => Node::parse(id, &buffer, id.kind()).ok_or(Failed::Corrupt),
            _ => Err(Failed::Corrupt),
        }
    }
}

impl fmt::Debug for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Objects").field("stores", &self.stores.len()).finish()
    }
}
