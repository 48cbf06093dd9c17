//! A reader that can be looked ahead in, and that knows how far it is.
//!
//! Everything here is read forwards only, so whoever comes upon the next thing must be able to see
//! what it is before it is taken.

use std::io::{self, BufRead, ErrorKind, Read};

/// How much is read at once.
pub(super) const ROOM: usize = 64 * 1024;

/// A reader, with what was read of it and not taken yet.
pub(super) struct Source<'a> {
    inner: Box<dyn Read + Send + 'a>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    taken: u64,
}

impl<'a> Source<'a> {
    pub(super) fn new(inner: Box<dyn Read + Send + 'a>) -> Self {
        Self { inner, buffer: vec![0; ROOM], start: 0, end: 0, taken: 0 }
    }

    /// The next `wanted` bytes (at most [`ROOM`]), or fewer where there are no more.
    pub(super) fn peek(&mut self, wanted: usize) -> io::Result<&[u8]> {
        let wanted = wanted.min(ROOM);
        if self.end - self.start < wanted {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
            while self.end < wanted {
                match self.inner.read(&mut self.buffer[self.end..]) {
                    Ok(0) => break,
                    Ok(read) => self.end += read,
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(&self.buffer[self.start..self.end.min(self.start + wanted)])
    }

    /// Puts bytes back that were taken last.
    pub(super) fn give_back(&mut self, bytes: &[u8]) {
        let left = [bytes, &self.buffer[self.start..self.end]].concat();
        (self.start, self.end) = (0, left.len());
        self.buffer[..left.len().min(ROOM)].copy_from_slice(&left[..left.len().min(ROOM)]);
        if left.len() > ROOM {
            self.buffer = left;
        }
        self.taken = self.taken.saturating_sub(bytes.len() as u64);
    }

    /// How many bytes were taken.
    pub(super) fn position(&self) -> u64 {
        self.taken
    }

    /// Takes exactly so many bytes.
    ///
    /// # Errors
    ///
    /// Of kind [`ErrorKind::UnexpectedEof`] where there are fewer.
    pub(super) fn exact(&mut self, length: usize) -> io::Result<Vec<u8>> {
        let mut out = Vec::with_capacity(length.min(ROOM));
        self.take(length as u64).read_to_end(&mut out)?;
        if out.len() < length { Err(cut_off()) } else { Ok(out) }
    }

    /// Takes so many bytes and lets them go.
    ///
    /// # Errors
    ///
    /// Of kind [`ErrorKind::UnexpectedEof`] where there are fewer.
    pub(super) fn skip(&mut self, length: u64) -> io::Result<()> {
        let skipped = io::copy(&mut self.take(length), &mut io::sink())?;
        if skipped < length { Err(cut_off()) } else { Ok(()) }
    }
}

impl Read for Source<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.start == self.end && out.len() >= ROOM {
            let read = self.inner.read(out)?;
            self.taken += read as u64;
            return Ok(read);
        }
        let ready = self.fill_buf()?;
        let length = ready.len().min(out.len());
        out[..length].copy_from_slice(&ready[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Source<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            self.end = self.inner.read(&mut self.buffer)?;
        }
        Ok(&self.buffer[self.start..self.end])
    }

    fn consume(&mut self, length: usize) {
        let length = length.min(self.end - self.start);
        self.start += length;
        self.taken += length as u64;
    }
}

/// So many bytes of a source, and an error where it has fewer.
pub(super) struct Exactly<'s, 'a> {
    source: &'s mut Source<'a>,
    left: u64,
}

impl<'s, 'a> Exactly<'s, 'a> {
    pub(super) fn new(source: &'s mut Source<'a>, length: u64) -> Self {
        Self { source, left: length }
    }

    /// How many of them were not taken.
    pub(super) fn left(&self) -> u64 {
        self.left
    }
}

impl Read for Exactly<'_, '_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(out.len());
        if wanted == 0 {
            return Ok(0);
        }
        let read = self.source.read(&mut out[..wanted])?;
        if read == 0 {
            return Err(cut_off());
        }
        self.left -= read as u64;
        Ok(read)
    }
}

impl BufRead for Exactly<'_, '_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Ok(&[]);
        }
        let ready = self.source.fill_buf()?;
        if ready.is_empty() {
            return Err(cut_off());
        }
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(ready.len());
        Ok(&ready[..wanted])
    }

    fn consume(&mut self, length: usize) {
        let length = self.left.min(length as u64);
        self.left -= length;
        self.source.consume(length as usize);
    }
}

/// The input ends where more must come.
pub(super) fn cut_off() -> io::Error {
    io::Error::new(ErrorKind::UnexpectedEof, "cut off")
}

/// The input is not what its beginning says.
pub(super) fn corrupt(what: &'static str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}

/// Reads until the buffer is full or there is no more; tells how much that was, even before an error.
pub(super) fn fill(reader: &mut dyn Read, buffer: &mut [u8]) -> (usize, Option<io::Error>) {
    let mut length = 0;
    while length < buffer.len() {
        match reader.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return (length, Some(error)),
        }
    }
    (length, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_at_is_still_there() {
        let text: Vec<u8> = (0..200_000_u32).map(|i| i as u8).collect();
        let mut source = Source::new(Box::new(&text[..]));
        assert_eq!(source.peek(3).expect("reads"), [0, 1, 2]);
        assert_eq!(source.exact(65_530).expect("is there"), text[..65_530]);
        assert_eq!(source.peek(10).expect("reads"), &text[65_530..65_540]);
        source.skip(100_000).expect("is there");
        assert_eq!(source.position(), 165_530);
        assert_eq!(source.peek(50_000).expect("reads").len(), 34_470);
        assert_eq!(source.exact(34_471).expect_err("one too many").kind(), ErrorKind::UnexpectedEof);
    }

    #[test]
    fn an_end_that_comes_too_early_is_an_error() {
        let mut source = Source::new(Box::new(&b"abc"[..]));
        let mut out = Vec::new();
        assert!(Exactly::new(&mut source, 4).read_to_end(&mut out).is_err());
        assert_eq!(out, b"abc");
    }
}
