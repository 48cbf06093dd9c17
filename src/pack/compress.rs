//! The compression of `compress`, `.Z`: codes of nine bits and more for strings that came before.
//!
//! Codes stand in groups of eight, and where their width changes or the table is cleared, the rest of a
//! group is padding. There is neither a length nor a checksum, so a file that is cut off looks whole.

use std::collections::HashMap;
use std::io::{self, Read, Write};

use super::codec::{Codec, Encode};
use super::source::{Source, corrupt};

/// The line in the table.
pub(super) const CODEC: Codec = Codec {
    name: "compress",
    extensions: &["Z", "taz"],
    begins,
    reader: |reader| Ok(Box::new(Reader::open(Source::new(reader))?)),
    writer: |writer, head| Ok(Box::new(Writer::open(writer, head)?)),
};

const MAGIC: [u8; 2] = [0x1f, 0x9d];

/// The narrowest codes.
const NARROW: u32 = 9;

/// The widest that any program writes.
const WIDE: u32 = 16;

/// A table that can be cleared keeps this code for it.
const CLEAR: u16 = 256;

/// In the flags: the table can be cleared.
const CLEARS: u8 = 0x80;

/// The magic, a width that is possible, and no flag without a meaning; the first code is a byte.
fn begins(head: &[u8]) -> bool {
    let [magic @ .., flags, low, high] = head.first_chunk::<5>().copied().unwrap_or_default();
    magic == MAGIC
        && (NARROW..=WIDE).contains(&u32::from(flags & 0x1f))
        && flags & 0x60 == 0
        && (u16::from(high) << 8 | u16::from(low)) & 0x1ff < CLEAR
}

/// Reads what was compressed.
struct Reader<'a> {
    source: Source<'a>,
    widest: u32,
    clears: bool,
    width: u32,
    /// The codes that were read and not taken.
    group: Vec<u16>,
    /// For each code from 256 on the code of all but its last byte, and that byte.
    strings: Vec<(u16, u8)>,
    /// The code before, and the first byte of its string.
    before: Option<(u16, u8)>,
    /// What was made and not delivered, backwards.
    ready: Vec<u8>,
}

impl<'a> Reader<'a> {
    fn open(mut source: Source<'a>) -> io::Result<Self> {
        let header = source.exact(3)?;
        let (widest, clears) = (u32::from(header[2] & 0x1f), header[2] & CLEARS != 0);
        let mut reader = Self {
            source,
            widest,
            clears,
            width: NARROW,
            group: Vec::new(),
            strings: Vec::new(),
            before: None,
            ready: Vec::new(),
        };
        reader.clear();
        // The code that clears has no string; without one the first string takes its place.
        reader.strings.truncate(usize::from(clears));
        Ok(reader)
    }

    /// Begins a new table, whose first string after the code that clears is never asked for.
    fn clear(&mut self) {
        self.strings.clear();
        if self.before.is_none() {
            self.strings.push((0, 0));
        }
        (self.width, self.group) = (NARROW, Vec::new());
    }

    /// The code that the next string gets.
    fn free(&self) -> usize {
        256 + self.strings.len()
    }

    /// The next code; none at the end.
    fn code(&mut self) -> io::Result<Option<u16>> {
        if self.width < self.widest && self.free() >= 1 << self.width {
            self.width += 1;
            self.group.clear();
        }
        if self.group.is_empty() {
            let bytes = self.source.peek(self.width as usize)?.to_vec();
            self.source.skip(bytes.len() as u64)?;
            let codes = bytes.len() as u32 * 8 / self.width;
            self.group = (0..codes).rev().map(|at| code_at(&bytes, at * self.width, self.width)).collect();
        }
        Ok(self.group.pop())
    }

    /// Makes the string of the next code ready. False at the end.
    fn fill(&mut self) -> io::Result<bool> {
        let Some(code) = self.code()? else { return Ok(false) };
        if self.clears && code == CLEAR {
            self.clear();
            return Ok(true);
        }
        let mut rest = code;
        if usize::from(code) >= self.free() {
            // The string that is being made: the one before, and its own first byte.
            let (before, first) =
                self.before.filter(|_| usize::from(code) == self.free()).ok_or_else(broken)?;
            self.ready.push(first);
            rest = before;
        }
        while let Some(at) = usize::from(rest).checked_sub(256) {
            let (before, last) = *self.strings.get(at).ok_or_else(broken)?;
            if before >= rest {
                return Err(broken());
            }
            self.ready.push(last);
            rest = before;
        }
        let first = rest as u8;
        self.ready.push(first);
        if let Some((before, _)) = self.before
            && self.free() < 1 << self.widest
        {
            self.strings.push((before, first));
        }
        self.before = Some((code, first));
        Ok(true)
    }
}

fn broken() -> io::Error {
    corrupt("compress: corrupt")
}

/// The code at a bit, low bits first.
fn code_at(bytes: &[u8], bit: u32, width: u32) -> u16 {
    let at = bit as usize / 8;
    let three = (0..3).map(|n| u32::from(bytes.get(at + n).copied().unwrap_or(0)) << (8 * n)).sum::<u32>();
    (three >> (bit % 8) & ((1 << width) - 1)) as u16
}

impl Read for Reader<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut length = 0;
        while length < out.len() {
            match self.ready.pop() {
                Some(byte) => {
                    out[length] = byte;
                    length += 1;
                }
                // What is wrong further on is told when it is asked for.
                None if length > 0 && self.group.is_empty() => break,
                None => match self.fill() {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(_) if length > 0 => {
                        self.group.clear();
                        self.source = Source::new(Box::new(super::watch::Failing::new(broken())));
                        break;
                    }
                    Err(error) => return Err(error),
                },
            }
        }
        Ok(length)
    }
}

/// Writes it compressed; the table is never cleared.
struct Writer<'a> {
    inner: Box<dyn Write + 'a>,
    widest: u32,
    width: u32,
    /// Codes by the string without its last byte, and that.
    strings: HashMap<(u16, u8), u16>,
    free: u32,
    /// The code of the string that is not written yet.
    open: Option<u16>,
    /// A group of codes.
    group: Vec<u8>,
    /// How many bits of it are used.
    bits: u32,
}

impl<'a> Writer<'a> {
    fn open(mut inner: Box<dyn Write + 'a>, head: &[u8]) -> io::Result<Self> {
        let widest = head.get(2).map_or(WIDE, |flags| u32::from(flags & 0x1f)).clamp(NARROW + 1, WIDE);
        inner.write_all(&[MAGIC[0], MAGIC[1], CLEARS | widest as u8])?;
        Ok(Self {
            inner,
            widest,
            width: NARROW,
            strings: HashMap::new(),
            free: 257,
            open: None,
            group: vec![0; WIDE as usize],
            bits: 0,
        })
    }

    fn put(&mut self, code: u16) -> io::Result<()> {
        for bit in (0..self.width).filter(|bit| code >> bit & 1 == 1) {
            let at = self.bits + bit;
            self.group[at as usize / 8] |= 1 << (at % 8);
        }
        self.bits += self.width;
        let widens = self.width < self.widest && self.free >= 1 << self.width;
        if self.bits == self.width * 8 || widens {
            self.inner.write_all(&self.group[..self.width as usize])?;
            self.group.fill(0);
            self.bits = 0;
        }
        self.width += u32::from(widens);
        Ok(())
    }
}

impl Write for Writer<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            let Some(open) = self.open else {
                self.open = Some(u16::from(*byte));
                continue;
            };
            if let Some(longer) = self.strings.get(&(open, *byte)) {
                self.open = Some(*longer);
                continue;
            }
            self.put(open)?;
            if self.free < 1 << self.widest {
                self.strings.insert((open, *byte), self.free as u16);
                self.free += 1;
            }
            self.open = Some(u16::from(*byte));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl Encode for Writer<'_> {
    fn finish(mut self: Box<Self>) -> io::Result<()> {
        if let Some(open) = self.open.take() {
            self.put(open)?;
        }
        let left = self.bits.div_ceil(8) as usize;
        self.inner.write_all(&self.group[..left])?;
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(text: &[u8], widest: u8) -> Vec<u8> {
        let mut out = Vec::new();
        let mut writer = (CODEC.writer)(Box::new(&mut out), &[0x1f, 0x9d, 0x80 | widest]).expect("opens");
        text.chunks(1000).for_each(|part| writer.write_all(part).expect("writes"));
        writer.finish().expect("ends");
        out
    }

    fn unpacked(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        (CODEC.reader)(Box::new(bytes))?.read_to_end(&mut out)?;
        Ok(out)
    }

    #[test]
    fn what_is_packed_unpacks_to_the_same() {
        let mut state = 1_u32;
        for alphabet in [1, 2, 20, 256] {
            for length in [0, 1, 2, 3, 300, 5000, 400_000] {
                let text: Vec<u8> = (0..length)
                    .map(|_| {
                        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        ((state >> 24) % alphabet) as u8
                    })
                    .collect();
                for widest in [10, 12, 16] {
                    let bytes = packed(&text, widest);
                    assert_eq!(unpacked(&bytes).expect("unpacks"), text, "{alphabet} {length} {widest}");
                    assert!(length == 0 || begins(&bytes) || length == 1);
                }
            }
        }
    }

    #[test]
    fn a_code_without_a_string_is_damage() {
        let mut bytes = packed(&b"abcdefgh".repeat(40), 16);
        bytes[12] = 0xff;
        bytes[13] = 0xff;
        assert_eq!(unpacked(&bytes).expect_err("corrupt").kind(), io::ErrorKind::InvalidData);
    }
}
