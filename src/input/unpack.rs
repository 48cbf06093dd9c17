//! Compressed files and archives: their entries go to the sink in their place.
//!
//! What is inside is scanned by the thread that unpacks it, so that many archives keep many threads
//! busy; only for an entry above [`WHOLE`] a second one scans while the first unpacks.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use super::names::{names_of_entry, show_name};
use super::source::{Large, Sink, WHOLE};
use crate::blob::Origin;
use crate::pack::{self, Input, Kind, Limits, Seekable, Told, Visitor};
use crate::text::printable;

/// How much of a long text is looked at together, in bytes.
pub(super) const WINDOW: usize = 4 * 1024 * 1024;

/// What is said of what is damaged in a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Damage {
    /// It is counted: the bytes are read as they are as well.
    Counts,
    /// The scan is incomplete: what was read of a pipe cannot be read again.
    Fails,
}

/// Reads what is inside of a container into the sink. False where it is damaged, or nothing could be read
/// of it: then it may be no container at all, and should be read as it is, too.
pub(super) fn unpack(
    sink: &mut dyn Sink,
    kind: Kind,
    origin: &Origin,
    input: Input<'_>,
    damage: Damage,
    buffer: &mut Vec<u8>,
) -> bool {
    buffer.resize(WHOLE + 1, 0);
    let named = HashSet::new();
    let mut leaves = Leaves { sink, buffer, damage, named, read: false, failed: false, damaged: false };
    // Only the visitor could end the walk, and it does not.
    let _ = pack::read(kind, origin, input, Limits::default(), &mut leaves);
    !leaves.damaged && (leaves.read || !leaves.failed)
}

/// As [`unpack`] for bytes that are at hand.
pub(super) fn unpack_bytes(
    sink: &mut dyn Sink,
    kind: Kind,
    origin: &Origin,
    bytes: &[u8],
    buffer: &mut Vec<u8>,
) -> bool {
    let mut cursor = Cursor::new(bytes);
    let file: &mut dyn Seekable = &mut cursor;
    unpack(sink, kind, origin, Input::File(file), Damage::Counts, buffer)
}

struct Leaves<'l> {
    sink: &'l mut dyn Sink,
    buffer: &'l mut Vec<u8>,
    damage: Damage,
    /// Names of entries in which something was found: a folder's is told once.
    named: HashSet<Vec<u8>>,
    /// Something was read.
    read: bool,
    /// Something could not be read.
    failed: bool,
    /// The outermost container is damaged.
    damaged: bool,
}

impl Visitor for Leaves<'_> {
    fn leaf(&mut self, origin: &Origin, reader: &mut (dyn Read + Send)) -> io::Result<()> {
        if self.damage == Damage::Fails && origin.entry.is_empty() {
            // What stands before a container in a pipe, or all of it: nobody knows how much that is.
            self.sink.stream(origin, reader);
            self.read = true;
            return Ok(());
        }
        let mut length = 0;
        while length < self.buffer.len() {
            match reader.read(&mut self.buffer[length..]) {
                Ok(0) => break,
                Ok(read) => length += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // The walk shows errors as an end, and tells them itself.
                Err(error) => return Err(error),
            }
        }
        self.read |= length > 0;
        names_of_entry(origin).for_each(|name| self.name(origin, name));
        if length < self.buffer.len() {
            self.sink.whole(origin, &self.buffer[..length]);
        } else {
            self.sink.inner(origin, &mut (&self.buffer[..]).chain(reader));
        }
        Ok(())
    }

    fn told(&mut self, origin: &Origin, told: Told) {
        self.failed |= matches!(told, Told::Failed(_));
        self.damaged |= origin.entry.is_empty() && matches!(&told, Told::Failed(error) if is_damage(error));
        tell(self.sink, origin, told, self.damage);
    }

    fn beside(&mut self, origin: &Origin, text: &[u8]) {
        self.name(origin, text);
    }
}

impl Leaves<'_> {
    /// Shows what is found in a name, or another short text beside the leaves, once for the container.
    fn name(&mut self, origin: &Origin, name: &[u8]) {
        if !self.named.contains(name) {
            show_name(self.sink, origin, name, &mut |_| {
                self.named.insert(name.to_vec());
                true
            });
        }
    }
}

/// True where a container is not what it must be; otherwise it could not be read, or unpacks to more than
/// is allowed.
fn is_damage(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
}

/// Says what could not be read, under the path of the file that it is in.
fn tell(sink: &mut dyn Sink, origin: &Origin, told: Told, damage: Damage) {
    match told {
        Told::Skipped(reason) => sink.skipped(&origin.way(), reason),
        Told::Failed(error) if damage == Damage::Counts && is_damage(&error) => {
            sink.damaged(&origin.way(), &error);
        }
        Told::Failed(error) if origin.entry.is_empty() => sink.failed(&origin.path, &error),
        Told::Failed(error) => {
            let inside = printable(&origin.entry.join(" > ")).into_owned();
            let error = io::Error::new(error.kind(), format!("inside {inside}: {error}"));
            sink.failed(&origin.path, &error);
        }
    }
}

/// Reads a zip in a large file that was read as it is, up to where the zip begins. False where it is damaged.
pub(crate) fn unpack_behind(sink: &mut dyn Sink, large: &Large, start: u64) -> bool {
    let opened = File::open(&large.path).and_then(|mut file| file.seek(SeekFrom::Start(start)).map(|_| file));
    match opened {
        Ok(mut file) => {
            let input = Input::Rest { reader: &mut file, read: start, written: 0 };
            unpack(sink, Kind::Zip, &large.origin, input, Damage::Counts, &mut Vec::new())
        }
        Err(error) => {
            sink.failed(&large.origin.path, &error);
            false
        }
    }
}

/// Takes an entry: its first [`WINDOW`] bytes, and what follows on them if anything does.
pub(super) type Take<'t> = dyn FnMut(&mut dyn Sink, &Origin, &[u8], Option<&mut (dyn Read + Send)>) + 't;

/// Takes a text that stands beside the entries.
pub(super) type Beside<'b> = dyn FnMut(&mut dyn Sink, &Origin, &[u8]) + 'b;

/// Shows what is in a container, large entries in two parts. What cannot be read is told if `tells`.
/// False where anything could not be read of it: then it should be read as it is, too.
pub(super) fn look(
    sink: &mut dyn Sink,
    kind: Kind,
    origin: &Origin,
    bytes: &[u8],
    tells: bool,
    take: &mut Take<'_>,
    beside: &mut Beside<'_>,
) -> bool {
    let mut cursor = Cursor::new(bytes);
    let file: &mut dyn Seekable = &mut cursor;
    look_at(sink, kind, origin, Input::File(file), tells, take, beside)
}

/// The same for what need not be at hand, and may be no container.
pub(super) fn look_at(
    sink: &mut dyn Sink,
    kind: Kind,
    origin: &Origin,
    input: Input<'_>,
    tells: bool,
    take: &mut Take<'_>,
    beside: &mut Beside<'_>,
) -> bool {
    let mut looked = Looked { sink, tells, take, beside, failed: false };
    let _ = pack::read(kind, origin, input, Limits::default(), &mut looked);
    !looked.failed
}

struct Looked<'l, 't, 'b> {
    sink: &'l mut dyn Sink,
    tells: bool,
    take: &'l mut Take<'t>,
    beside: &'l mut Beside<'b>,
    failed: bool,
}

impl Visitor for Looked<'_, '_, '_> {
    fn leaf(&mut self, origin: &Origin, reader: &mut (dyn Read + Send)) -> io::Result<()> {
        let mut bytes = Vec::new();
        (&mut *reader).take(WINDOW as u64).read_to_end(&mut bytes)?;
        let rest = (bytes.len() == WINDOW).then_some(reader);
        if self.tells {
            self.sink.look_at_kind(origin, &bytes);
        }
        (self.take)(self.sink, origin, &bytes, rest);
        Ok(())
    }

    fn told(&mut self, origin: &Origin, told: Told) {
        self.failed |= matches!(told, Told::Failed(_));
        if self.tells {
            tell(self.sink, origin, told, Damage::Counts);
        }
    }

    fn beside(&mut self, origin: &Origin, text: &[u8]) {
        (self.beside)(self.sink, origin, text);
    }
}
