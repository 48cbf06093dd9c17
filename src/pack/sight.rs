//! What a file is that is read as the bytes that it is, whoever reads it and in whatever pieces: by its name, its
//! beginning, its end, and what stands inside.

use std::io::{self, Read};

use super::inside::{self, inside};
use super::recognise::{TRAILER, unopened, unopened_by_end};
use super::unopened::Unopened;

/// How much of a beginning is kept.
const HEAD: usize = 68 * 1024;

/// What was seen of a file so far.
#[derive(Debug, Default)]
pub struct Sight {
    head: Vec<u8>,
    /// The last bytes: what stands across the border of two pieces, and what tells an end.
    tail: Vec<u8>,
    /// What stands inside.
    inside: Option<&'static Unopened>,
}

impl Sight {
    /// Of a file whose bytes are at hand.
    pub fn whole(name: &str, bytes: &[u8]) -> Option<&'static Unopened> {
        unopened(name, bytes).or_else(|| unopened_by_end(bytes)).or_else(|| inside(bytes, 1))
    }

    /// Looks at the next piece.
    pub fn add(&mut self, piece: &[u8]) {
        let at_start = self.head.is_empty();
        let wanted = HEAD.saturating_sub(self.head.len()).min(piece.len());
        self.head.extend_from_slice(&piece[..wanted]);
        if self.inside.is_none() {
            self.inside = inside(piece, usize::from(at_start));
        }
        if self.inside.is_none() && !at_start {
            // What begins before the border of two pieces and ends behind it.
            let before = &self.tail[self.tail.len().saturating_sub(inside::SEEN)..];
            let is_start = self.head.len() == before.len() + wanted;
            let seam = [before, &piece[..piece.len().min(inside::SEEN)]].concat();
            self.inside = inside(&seam, usize::from(is_start));
        }
        self.tail.extend_from_slice(&piece[piece.len().saturating_sub(TRAILER)..]);
        self.tail.drain(..self.tail.len().saturating_sub(TRAILER));
    }

    /// The kind of what was seen, where nothing looks into it.
    pub fn kind(&self, name: &str) -> Option<&'static Unopened> {
        unopened(name, &self.head).or_else(|| unopened_by_end(&self.tail)).or(self.inside)
    }
}

/// The kind of what stands in a part of a file that is not its first, or at its end.
pub fn unopened_in_part(bytes: &[u8]) -> Option<&'static Unopened> {
    unopened_by_end(bytes).or_else(|| inside(bytes, 0))
}

/// A reader with a look at what goes through it.
pub struct Sighted<'r> {
    inner: &'r mut (dyn Read + Send),
    /// What was seen.
    pub sight: Sight,
}

impl<'r> Sighted<'r> {
    /// Nothing was seen yet.
    pub fn new(inner: &'r mut (dyn Read + Send)) -> Self {
        Self { inner, sight: Sight::default() }
    }
}

impl Read for Sighted<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        self.sight.add(&out[..read]);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_is_seen_in_pieces_of_any_size() {
        let seven =
            [&b"#!/bin/sh\n"[..], &b"echo\n".repeat(400), b"7z\xbc\xaf\x27\x1c\0\x04", &[0; 60]].concat();
        let image = [&[7; 900][..], b"koly\0\0\0\x04\0\0\x02\0", &[0; 500]].concat();
        let disc = [&[0; 32769][..], b"CD001", &[0; 9000]].concat();
        let text = b"a text\n".repeat(500);
        for (bytes, kind) in
            [(seven, Some("7z inside")), (image, Some("dmg")), (disc, Some("iso")), (text, None)]
        {
            assert_eq!(Sight::whole("f", &bytes).map(|kind| kind.name), kind);
            for step in [1, 7, 300, 5000, 70_000] {
                let mut sight = Sight::default();
                bytes.chunks(step).for_each(|piece| sight.add(piece));
                assert_eq!(sight.kind("f").map(|kind| kind.name), kind, "{step}");
            }
        }
    }
}
