//! Zips: jar, apk, docx and all the others.
//!
//! The archive is read forwards, once, so nothing that overlaps multiplies. Where its directory can be
//! read first, that says what an entry is, as it does for whoever unpacks it; heads of entries that it
//! does not name are entries all the same, and what lies between entries is read as it is. Of a large zip
//! in a pipe or in another archive, the heads of the entries must do.

mod archive;
mod data;
mod directory;
mod entries;
mod gap;
pub(super) mod index;
pub(super) mod lead;
pub(super) mod marks;
mod records;

use std::io::{self, Read, Write};

use self::archive::Zip;
use self::index::{Index, index as read_index};
use self::lead::Lead;
use super::place::At;
use super::source::{Source, fill};
use super::step::Step;
use super::walk::Walk;
use super::watch::Failing;

/// How much of a zip in a stream is read before it is taken for a large one.
const SMALL: usize = 8 * 1024 * 1024;

/// Goes through all entries. Tells whether any was changed.
pub(super) fn walk(
    walk: &mut Walk<'_>,
    at: &At,
    lead: Lead,
    reader: &mut (dyn Read + Send),
    index: Option<Index>,
    out: &mut dyn Write,
) -> Step<bool> {
    if index.is_some() {
        return Zip::new(walk, at, lead, index, out).run(&mut Source::new(Box::new(reader)));
    }
    let mut bytes = Vec::new();
    let mut chunk = vec![0; 64 * 1024];
    let mut rest: Box<dyn Read + Send + '_> = loop {
        let (length, failed) = fill(reader, &mut chunk);
        bytes.extend_from_slice(&chunk[..length]);
        match failed {
            Some(error) => break Box::new(Failing::new(error)),
            None if length < chunk.len() => break Box::new(io::empty()),
            None if bytes.len() >= SMALL => break Box::new(reader),
            None => {}
        }
    };
    // A directory that was found in a part of the whole would be that of something inside.
    let index = if bytes.len() < SMALL { read_index(&mut io::Cursor::new(&bytes), 0)? } else { None };
    Zip::new(walk, at, lead, index, out).run(&mut Source::new(Box::new(bytes.chain(&mut *rest))))
}
