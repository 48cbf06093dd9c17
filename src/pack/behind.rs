//! Zips that stand behind other bytes: programs that unpack themselves, applications with a first line for
//! the shell, pictures with something after their end. A zip is told by its end, which a pipe shows last;
//! here it is told by the head of its first entry, while the bytes before it go on their way.

use std::io::{self, Read};

use super::zip::marks;

/// A reader of what comes before a zip, or of everything where there is none. Holds nothing back but what
/// may be the head of an entry, and asks the reader below never again once that has ended.
pub struct Behind<'r> {
    inner: &'r mut (dyn Read + Send),
    /// What was read and not delivered: a mark may begin in it.
    held: Vec<u8>,
    /// How much was delivered.
    place: u64,
    found: bool,
    ended: bool,
}

/// What was found in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Search {
    /// No zip begins in them.
    Nothing,
    /// One begins here.
    At(usize),
    /// One may begin here; more bytes would tell.
    Perhaps(usize),
}

impl<'r> Behind<'r> {
    /// Nothing is read yet.
    pub fn new(inner: &'r mut (dyn Read + Send)) -> Self {
        Self { inner, held: Vec::new(), place: 0, found: false, ended: false }
    }

    /// How many bytes came before the zip; none as long as there is none.
    pub fn found(&self) -> Option<u64> {
        self.found.then_some(self.place)
    }

    /// The zip, and all that follows on it.
    pub fn rest(self) -> impl Read + Send + 'r {
        io::Cursor::new(self.held).chain(self.inner)
    }
}

impl Read for Behind<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        while !self.found {
            if self.held.is_empty() {
                if self.ended {
                    return Ok(0);
                }
                let read = self.inner.read(out)?;
                self.ended |= read == 0;
                let length = match search(&out[..read], false) {
                    Search::Nothing => read,
                    Search::At(at) | Search::Perhaps(at) => at,
                };
                self.held.extend_from_slice(&out[length..read]);
                if length > 0 {
                    self.place += length as u64;
                    return Ok(length);
                }
                continue;
            }
            let length = match search(&self.held, self.ended) {
                Search::Nothing => self.held.len(),
                Search::At(0) => {
                    self.found = true;
                    return Ok(0);
                }
                Search::Perhaps(0) => {
                    let mut more = [0; 1024];
                    let read = self.inner.read(&mut more)?;
                    self.ended |= read == 0;
                    self.held.extend_from_slice(&more[..read]);
                    continue;
                }
                Search::At(at) | Search::Perhaps(at) => at,
            };
            let length = length.min(out.len());
            out[..length].copy_from_slice(&self.held[..length]);
            self.held.drain(..length);
            self.place += length as u64;
            return Ok(length);
        }
        Ok(0)
    }
}

/// Where a zip begins in bytes that are all there are; none where there is none.
pub fn find(bytes: &[u8]) -> Option<usize> {
    match search(bytes, true) {
        Search::At(at) => Some(at),
        _ => None,
    }
}

fn search(bytes: &[u8], ended: bool) -> Search {
    // A head has NULs within its first bytes, and text has none.
    let from = if memchr::memchr(0, bytes).is_some() { 0 } else { bytes.len().saturating_sub(marks::PLAIN) };
    for at in memchr::memchr_iter(b'P', &bytes[from..]).map(|at| from + at) {
        match marks::is_head(&bytes[at..]) {
            Some(true) => return Search::At(at),
            None if !ended => return Search::Perhaps(at),
            _ => {}
        }
    }
    Search::Nothing
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &[u8] = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x03\0\0\0abc and so on";

    /// Gives so many bytes at once.
    struct Slowly<'b>(&'b [u8], usize);

    impl Read for Slowly<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let length = self.1.min(out.len());
            (&mut self.0).take(length as u64).read(out)
        }
    }

    #[test]
    fn a_zip_is_found_wherever_the_reads_end() {
        for before in
            [&b"#!/bin/sh\n"[..], b"PPKP", b"PK\x03", b"PK\x03\x04\0\0", &b"PK\x03\x04\0".repeat(90)]
        {
            let bytes = [before, HEAD].concat();
            assert_eq!(find(&bytes), Some(before.len()));
            for step in [1, 2, 3, 7, 29, 30, 31, 5000] {
                for room in [1, 5, 64, 8192] {
                    let mut slow = Slowly(&bytes, step);
                    let mut behind = Behind::new(&mut slow);
                    let (mut seen, mut out) = (Vec::new(), vec![0; room]);
                    while let read @ 1.. = behind.read(&mut out).expect("reads") {
                        seen.extend_from_slice(&out[..read]);
                    }
                    assert_eq!((&seen[..], behind.found()), (before, Some(before.len() as u64)));
                    let mut rest = Vec::new();
                    behind.rest().read_to_end(&mut rest).expect("reads");
                    assert_eq!(rest, HEAD);
                }
            }
        }
    }

    #[test]
    fn what_is_none_comes_through_whole() {
        for text in
            [&b"a text, PK and all, ends with PK\x03"[..], b"", b"PK\x03\x04", b"\0PK\x01\x02\0", &HEAD[..29]]
        {
            for step in [1, 3, 5000] {
                let (mut slow, mut seen) = (Slowly(text, step), Vec::new());
                let mut behind = Behind::new(&mut slow);
                behind.read_to_end(&mut seen).expect("reads");
                assert_eq!((&seen[..], behind.found()), (text, None));
            }
        }
    }
}
