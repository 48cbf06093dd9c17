//! Compressed data and archives that stand behind other bytes, where nothing opens them: behind a script that
//! unpacks itself, behind a text, in the middle of a dump. They are counted, not read.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::codec::HEAD;
use super::unopened::{Unopened, counted};
use super::{bz2, gz, lz4, xz, zlib, zst};

/// What is looked for: the mark, whether what follows bears it out, the kind.
struct Inside {
    mark: Finder<'static>,
    holds: fn(&[u8]) -> bool,
    kind: &'static Unopened,
}

/// How many bytes of such data are wanted to tell.
pub(super) const SEEN: usize = 256;

static GZIP: Unopened = counted("gzip inside", "not looked into: gzip inside");
static XZ: Unopened = counted("xz inside", "not looked into: xz inside");
static BZIP2: Unopened = counted("bzip2 inside", "not looked into: bzip2 inside");
static ZSTD: Unopened = counted("zstd inside", "not looked into: zstd inside");
static LZ4: Unopened = counted("lz4 inside", "not looked into: lz4 inside");
static SEVEN: Unopened = counted("7z inside", "not looked into: 7z inside");
static RAR: Unopened = counted("rar inside", "not looked into: rar inside");
static CAB: Unopened = counted("cab inside", "not looked into: cab inside");

static ALL: LazyLock<[Inside; 8]> = LazyLock::new(|| {
    let inside = |mark: &'static [u8], holds, kind| Inside { mark: Finder::new(mark), holds, kind };
    [
        inside(b"\x1f\x8b\x08", is_gzip, &GZIP),
        inside(
            b"\xfd7zXZ\0\0",
            |data| (xz::CODEC.begins)(data) && data.get(7).is_some_and(|check| *check < 16),
            &XZ,
        ),
        inside(b"BZh", |data| (bz2::CODEC.begins)(data), &BZIP2),
        inside(b"\x28\xb5\x2f\xfd", is_zstd, &ZSTD),
        inside(b"\x04\x22\x4d\x18", is_lz4, &LZ4),
        inside(b"7z\xbc\xaf\x27\x1c\0", |data| data.len() > 32, &SEVEN),
        inside(b"Rar!\x1a\x07", |data| matches!(data.get(6), Some(0 | 1)), &RAR),
        inside(b"MSCF\0\0\0\0", |data| data.len() > 36 && data[25] == 1, &CAB),
    ]
});

/// The first of these kinds in bytes that are part of a file, from `from` on. Asks for little of text.
pub(super) fn inside(bytes: &[u8], from: usize) -> Option<&'static Unopened> {
    let bytes = bytes.get(from..)?;
    // Hardly any such data is without NULs, and nearly all texts are.
    memchr::memchr(0, bytes)?;
    let holds = |inside: &&Inside| inside.mark.find_iter(bytes).any(|at| (inside.holds)(&bytes[at..]));
    ALL.iter().find(holds).map(|inside| inside.kind)
}

/// A header whose fields make sense, and data that unpacks.
fn is_gzip(data: &[u8]) -> bool {
    let Some(header) = data.first_chunk::<10>() else { return false };
    let makes_sense =
        (gz::CODEC.begins)(data) && matches!(header[8], 0 | 2 | 4) && matches!(header[9], 0..=13 | 255);
    makes_sense && gz::data(data).is_some_and(|packed| zlib::unpacks(&packed[..packed.len().min(HEAD)]))
}

/// No reserved bit, and a first block of a kind that exists.
fn is_zstd(data: &[u8]) -> bool {
    (zst::CODEC.begins)(data) && data.len() > 8 && data[4] & 0x18 == 0
}

/// No reserved bit, and a size of blocks that exists.
fn is_lz4(data: &[u8]) -> bool {
    (lz4::CODEC.begins)(data)
        && data[4] & 2 == 0
        && data.get(5).is_some_and(|sizes| matches!(sizes, 0x40 | 0x50 | 0x60 | 0x70))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_data_is_told_from_the_marks_of_programs_that_unpack() {
        let mut packed = Vec::new();
        let mut writer = (gz::CODEC.writer)(Box::new(&mut packed), &[]).expect("opens");
        std::io::Write::write_all(&mut writer, b"some text in it").expect("writes");
        writer.finish().expect("ends");
        let script = [b"#!/bin/sh\nexit\n", &packed[..], &[0; 40]].concat();
        assert_eq!(inside(&script, 0).map(|kind| kind.name), Some("gzip inside"));
        let program = [&b"\0\x1f\x8b\x08\0\0\0\0\0\0\xff"[..], &[0xff; 60]].concat();
        assert!(inside(&program, 0).is_none() && inside(b"BZh and 7z in a text", 0).is_none());
    }
}
