//! Standard input: a stream whose length nobody knows.

use std::io::{self, Read};
use std::path::Path;

use super::request::Request;
use super::source::{Crew, Source, SourceKind};
use super::unpack::{Damage, unpack};
use crate::blob::Origin;
use crate::pack::{HEAD, Input, Kind, sniff};

/// The line in the table.
pub(super) const SOURCE: SourceKind = SourceKind {
    name: "stdin",
    about: "standard input, named `-`",
    open: |request| Ok(is_asked_for(request).then(|| Box::new(Stdin) as Box<dyn Source>)),
};

fn is_asked_for(request: &Request) -> bool {
    request.paths.iter().any(|path| path == Path::new("-"))
}

struct Stdin;

impl Source for Stdin {
    fn read(&self, crew: &dyn Crew) {
        read(crew, &mut Leavable { crew });
    }
}

/// Standard input that is not waited for once the scan is stopped: nobody knows when a pipe gives more.
struct Leavable<'c> {
    crew: &'c dyn Crew,
}

impl Read for Leavable<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while !self.crew.is_stopped() {
            if is_ready() {
                return read_some(out);
            }
        }
        Ok(0)
    }
}

/// Waits a moment for something to read, or an end.
#[cfg(unix)]
fn is_ready() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let (stdin, moment) = (io::stdin(), Timespec { tv_sec: 0, tv_nsec: 100_000_000 });
    let mut asked = [PollFd::new(&stdin, PollFlags::IN)];
    // What cannot be asked is read.
    poll(&mut asked, Some(&moment)).map_or_else(|error| error != rustix::io::Errno::INTR, |ready| ready > 0)
}

/// Past the standard library's buffer, of whose bytes nobody can ask whether there are any.
#[cfg(unix)]
fn read_some(out: &mut [u8]) -> io::Result<usize> {
    Ok(rustix::io::read(io::stdin(), out)?)
}

#[cfg(not(unix))]
fn is_ready() -> bool {
    true
}

#[cfg(not(unix))]
fn read_some(out: &mut [u8]) -> io::Result<usize> {
    io::stdin().lock().read(out)
}

fn read(crew: &dyn Crew, reader: &mut (dyn Read + Send)) {
    let (mut sink, origin) = (crew.sink(), Origin::stdin());
    let mut head = Vec::new();
    if let Err(error) = (&mut *reader).take(HEAD as u64).read_to_end(&mut head) {
        sink.failed(&origin.path, &error);
    }
    // A terminal must not be asked twice.
    let rest = if head.len() < HEAD { 0 } else { u64::MAX };
    let mut whole = head.chain(reader.take(rest));
    let kind = sniff(&head).unwrap_or(Kind::Plain);
    // What was read cannot be read again: that nothing came out of it is told, and the scan incomplete.
    unpack(&mut *sink, kind, &origin, Input::Stream(&mut whole), Damage::Fails, &mut Vec::new());
}
