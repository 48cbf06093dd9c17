//! UTF-32, which nobody reads as bytes: every letter has three NULs beside it. It is unpacked to UTF-8 as
//! a compression is, and written back as it was.

use std::io::{self, Read, Write};

use super::codec::{Codec, Encode};
use super::source::{corrupt, cut_off};

/// The line in the table for low bytes first.
pub(super) const LOW_FIRST: Codec = Codec {
    name: "utf-32",
    extensions: &[],
    begins: |head| begins(head, u32::from_le_bytes),
    reader: |inner| Ok(Box::new(Reader::new(inner, u32::from_le_bytes))),
    writer: |inner, head| Writer::open(inner, head, u32::from_le_bytes, u32::to_le_bytes),
};

/// The line in the table for high bytes first.
pub(super) const HIGH_FIRST: Codec = Codec {
    name: "utf-32",
    extensions: &[],
    begins: |head| begins(head, u32::from_be_bytes),
    reader: |inner| Ok(Box::new(Reader::new(inner, u32::from_be_bytes))),
    writer: |inner, head| Writer::open(inner, head, u32::from_be_bytes, u32::to_be_bytes),
};

/// How the four bytes of a unit are put together.
type Unit = fn([u8; 4]) -> u32;

/// The byte order mark.
const MARK: u32 = 0xfeff;

/// So many characters without a byte order mark are no accident.
const ENOUGH: usize = 8;

/// True where every unit is a character of a text, most of them ASCII. Numbers are hardly ever, and what
/// has no mark must be longer.
fn begins(head: &[u8], unit: Unit) -> bool {
    let (units, _) = head.as_chunks::<4>();
    let marked = units.first().is_some_and(|first| unit(*first) == MARK);
    let text = &units[usize::from(marked)..];
    let is_text = |u: u32| {
        (0x20..0x7f).contains(&u)
            || matches!(u, 0x9 | 0xa | 0xd | 0x1b)
            || u >= 0xa0 && char::from_u32(u).is_some()
    };
    let ascii = || text.iter().filter(|u| unit(**u) < 0x80).count();
    text.len() >= if marked { 1 } else { ENOUGH }
        && text.iter().all(|u| is_text(unit(*u)))
        && (marked || ascii() * 2 >= text.len())
}

/// Reads UTF-32 as UTF-8.
struct Reader<'a> {
    inner: Box<dyn Read + Send + 'a>,
    unit: Unit,
    /// What was read and is no whole unit yet.
    part: Vec<u8>,
    /// What was made of it and not taken yet.
    text: Vec<u8>,
    taken: usize,
    is_first: bool,
    /// That the data is no text, once it has shown.
    broken: bool,
}

impl<'a> Reader<'a> {
    fn new(inner: Box<dyn Read + Send + 'a>, unit: Unit) -> Self {
        Self { inner, unit, part: Vec::new(), text: Vec::new(), taken: 0, is_first: true, broken: false }
    }

    /// Reads some more. False where there is none.
    fn fill(&mut self) -> io::Result<bool> {
        let mut room = [0; 16 * 1024];
        let read = self.inner.read(&mut room)?;
        if read == 0 {
            return if self.part.is_empty() { Ok(false) } else { Err(cut_off()) };
        }
        self.part.extend_from_slice(&room[..read]);
        (self.taken, self.text) = (0, Vec::with_capacity(read / 2));
        let (units, rest) = self.part.as_chunks::<4>();
        for unit in units {
            let unit = (self.unit)(*unit);
            let is_mark = std::mem::take(&mut self.is_first) && unit == MARK;
            match char::from_u32(unit) {
                Some(_) if is_mark => {}
                Some(c) => self.text.extend(c.encode_utf8(&mut [0; 4]).as_bytes()),
                None => {
                    self.broken = true;
                    break;
                }
            }
        }
        self.part = rest.to_vec();
        Ok(true)
    }
}

impl Read for Reader<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.text.len() {
            if self.broken {
                return Err(corrupt("utf-32: corrupt"));
            }
            if !self.fill()? {
                return Ok(0);
            }
        }
        let length = out.len().min(self.text.len() - self.taken);
        out[..length].copy_from_slice(&self.text[self.taken..self.taken + length]);
        self.taken += length;
        Ok(length)
    }
}

/// Writes UTF-8 as UTF-32.
struct Writer<'a> {
    inner: Box<dyn Write + 'a>,
    bytes: fn(u32) -> [u8; 4],
    /// The beginning of a character.
    part: Vec<u8>,
}

impl<'a> Writer<'a> {
    fn open(
        mut inner: Box<dyn Write + 'a>,
        head: &[u8],
        unit: Unit,
        bytes: fn(u32) -> [u8; 4],
    ) -> io::Result<Box<dyn Encode + 'a>> {
        if head.first_chunk().is_some_and(|first| unit(*first) == MARK) {
            inner.write_all(&bytes(MARK))?;
        }
        Ok(Box::new(Self { inner, bytes, part: Vec::new() }))
    }

    fn put(&mut self, text: &str) -> io::Result<()> {
        let units: Vec<u8> = text.chars().flat_map(|c| (self.bytes)(c.into())).collect();
        self.inner.write_all(&units)
    }
}

impl Write for Writer<'_> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.part.extend_from_slice(text);
        let part = std::mem::take(&mut self.part);
        for chunk in part.utf8_chunks() {
            self.put(chunk.valid())?;
            let invalid = chunk.invalid();
            let ends = std::ptr::eq(invalid.as_ptr_range().end, part.as_ptr_range().end);
            if ends && invalid.len() < 4 {
                self.part = invalid.to_vec();
            } else if !invalid.is_empty() {
                self.put("\u{fffd}")?;
            }
        }
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl Encode for Writer<'_> {
    fn finish(mut self: Box<Self>) -> io::Result<()> {
        if !self.part.is_empty() {
            self.put("\u{fffd}")?;
        }
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODECS: [Codec; 2] = [LOW_FIRST, HIGH_FIRST];
    const TEXT: &str = "name=密钥, and some more 😀\r\nline\n";

    fn utf32(text: &str, bytes: fn(u32) -> [u8; 4], marked: bool) -> Vec<u8> {
        let mark = marked.then_some('\u{feff}');
        mark.into_iter().chain(text.chars()).flat_map(|c| bytes(c.into())).collect()
    }

    #[test]
    fn it_is_told_by_its_mark_or_by_enough_of_it() {
        for (at, bytes) in [u32::to_le_bytes as fn(u32) -> [u8; 4], u32::to_be_bytes].into_iter().enumerate()
        {
            let is = |text: &str, marked| (CODECS[at].begins)(&utf32(text, bytes, marked));
            assert!(is(TEXT, false) && is(TEXT, true) && is("a", true));
            assert!(
                !is("a=b", false)
                    && !is("", true)
                    && !is("\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\u{8}\u{9}", false)
            );
            assert!(!(CODECS[1 - at].begins)(&utf32(TEXT, bytes, false)));
        }
        assert!(CODECS.iter().all(|codec| !(codec.begins)(TEXT.as_bytes())));
    }

    #[test]
    fn what_is_unpacked_and_packed_is_the_same() {
        for (codec, bytes) in CODECS.iter().zip([u32::to_le_bytes as fn(u32) -> [u8; 4], u32::to_be_bytes]) {
            for marked in [true, false] {
                let packed = utf32(&TEXT.repeat(900), bytes, marked);
                let mut text = String::new();
                let mut reader = (codec.reader)(Box::new(&packed[..])).expect("opens");
                reader.read_to_string(&mut text).expect("a text");
                assert_eq!(text, TEXT.repeat(900));
                let mut again = Vec::new();
                let mut writer = (codec.writer)(Box::new(&mut again), &packed).expect("opens");
                // Characters lie across the borders.
                text.as_bytes().chunks(7).for_each(|part| writer.write_all(part).expect("written"));
                writer.finish().expect("ends");
                assert_eq!(again, packed);
            }
        }
    }

    #[test]
    fn what_is_no_character_is_damage() {
        let mut packed = utf32(TEXT, u32::to_le_bytes, true);
        packed.extend([0, 0xd8, 0, 0]);
        let mut text = Vec::new();
        let mut reader = (CODECS[0].reader)(Box::new(&packed[..])).expect("opens");
        let error = reader.read_to_end(&mut text).expect_err("no text");
        assert_eq!((error.kind(), text), (io::ErrorKind::InvalidData, TEXT.as_bytes().to_vec()));
    }
}
