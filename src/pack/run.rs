//! Runs the walk through a container: to read it, or to copy it.

use std::io::{self, Read, Write};

use super::behind::Behind;
use super::container::{Input, Kind};
use super::leaves::{Filter, Told, Visitor};
use super::limits::Limits;
use super::place::At;
use super::step::Stop;
use super::walk::{Archives, Job, Walk};
use super::watch::Measured;
use super::{tar, zip};
use crate::blob::Origin;

/// Every format that holds entries, with the walk through it.
const ARCHIVES: Archives = Archives { tar: tar::walk, zip: zip::walk };

/// Reads a container: gives every leaf to the visitor, in order, and tells what is not read. Of what is
/// corrupt, all is delivered that came before.
///
/// # Errors
///
/// Those of the visitor only; what is wrong with the container is told.
pub fn read(
    kind: Kind,
    origin: &Origin,
    input: Input<'_>,
    limits: Limits,
    visitor: &mut dyn Visitor,
) -> io::Result<()> {
    let mut walk = Walk::new(Job::Read(visitor), limits, ARCHIVES);
    let at = At::new(origin);
    match walk.outermost(kind, &at, input, &mut io::sink()) {
        Ok(_) => Ok(()),
        Err(Stop::Aborted(error)) => Err(error),
        Err(Stop::Broken(error)) => {
            let error = walk.budget.blame(error);
            walk.told(&at, Told::Failed(error));
            Ok(())
        }
    }
}

/// Copies a container, with each leaf filtered. Tells whether any leaf was changed; where none was, the
/// copy holds the same, but compressed streams may be other bytes, so keep the original.
///
/// Kept are: the format and the order of everything; of gzip the header, of zstd, xz and lz4 the kind of
/// checksum, of bzip2 the block size; of a tar all headers but for sizes and what follows from them; of
/// a zip all names, times, attributes, comments (filtered, too) and extra fields. Entries that the filter
/// leaves alone are copied as they were compressed, up to a megabyte of them. Not kept are the levels of
/// compression, the borders of concatenated members, and signatures over an archive's bytes.
///
/// What is to be written before its size is known waits in memory, and above a megabyte in a temporary
/// file without a name: only what the filter gave, never what it was given.
///
/// # Errors
///
/// A container that is corrupt anywhere, or nested too deep, those of the filter and of the writer. Then
/// nothing of the copy may be used.
pub fn rewrite(
    kind: Kind,
    origin: &Origin,
    input: Input<'_>,
    writer: &mut dyn Write,
    limits: Limits,
    filter: &mut dyn Filter,
) -> io::Result<bool> {
    let mut walk = Walk::new(Job::Rewrite(filter), limits, ARCHIVES);
    walk.outermost(kind, &At::new(origin), input, writer).map_err(|stop| match stop {
        Stop::Aborted(error) => error,
        Stop::Broken(error) => walk.budget.blame(error),
    })
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
    let (mut behind, mut writer) = (Behind::new(reader), Measured::new(writer));
    filter.leaf(origin, &mut behind, &mut writer)?;
    let Some(read) = behind.found() else { return Ok(false) };
    let (written, mut rest) = (writer.length, behind.rest());
    let input = Input::Rest { reader: &mut rest, read, written };
    rewrite(Kind::Zip, origin, input, &mut writer, Limits::default(), filter)
}
