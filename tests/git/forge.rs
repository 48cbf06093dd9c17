//! Objects, packs and indexes that no honest git would write, byte by byte as `gitformat-pack(5)` and
//! `gitformat-loose(5)` describe them. Names are made up: nothing here is what its name says.

use std::fs;
use std::path::PathBuf;

use miniz_oxide::deflate::compress_to_vec_zlib;

use crate::lab::Repo;

/// An id that begins with this byte and is no object's.
pub(crate) fn id(byte: u8) -> String {
    format!("{byte:02x}{}", "5a".repeat(19))
}

fn raw(byte: u8) -> Vec<u8> {
    [&[byte][..], &[0x5a; 19]].concat()
}

/// An entry of a tree.
pub(crate) fn entry(mode: &str, name: &str, id: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&id[2 * at..2 * at + 2], 16).expect("hex");
    let id: Vec<u8> = (0..id.len() / 2).map(byte).collect();
    [mode.as_bytes(), b" ", name.as_bytes(), b"\0", &id].concat()
}

/// Writes a loose object under any name.
pub(crate) fn loose(repo: &Repo, id: &str, kind: &str, content: &[u8]) {
    let bytes = [format!("{kind} {}\0", content.len()).as_bytes(), content].concat();
    loose_file(repo, id, &compress_to_vec_zlib(&bytes, 1));
}

/// Writes the file of a loose object.
pub(crate) fn loose_file(repo: &Repo, id: &str, file: &[u8]) {
    repo.write(&format!(".git/objects/{}/{}", &id[..2], &id[2..]), file);
}

/// A zlib stream of this and then zeros, `zeros` of them and up to 258 more: hardly larger than nothing
/// for what it inflates to.
pub(crate) fn zeros(start: &[u8], zeros: usize) -> Vec<u8> {
    let mut bits = Bits { out: vec![0x78, 0x01], last: 0, used: 0 };
    // One block, the last, with the fixed code.
    bits.push(0b011, 3);
    for byte in start.iter().chain([&0]) {
        // Literals of this size have eight bits, the highest first.
        bits.push((0x30 + u32::from(*byte)).reverse_bits() >> 24, 8);
    }
    for _ in 0..zeros / 258 {
        // 258 bytes, from one byte back.
        bits.push(0xc5_u32.reverse_bits() >> 24, 8);
        bits.push(0, 5);
    }
    bits.push(0, 7);
    bits.push(0, 7);
    bits.out
}

struct Bits {
    out: Vec<u8>,
    last: u32,
    used: u32,
}

impl Bits {
    fn push(&mut self, bits: u32, count: u32) {
        self.last |= bits << self.used;
        self.used += count;
        while self.used >= 8 {
            self.out.push((self.last & 0xff) as u8);
            self.last >>= 8;
            self.used -= 8;
        }
    }
}

/// What stands in a pack.
pub(crate) enum Packed {
    Blob(Vec<u8>),
    /// A zlib stream that is said to inflate to so many bytes.
    Stream(usize, Vec<u8>),
    /// The instructions of a delta for the entry of that name in any pack.
    Delta(u8, Vec<u8>),
    /// The instructions of a delta for the entry so many places before.
    Nearby(usize, Vec<u8>),
}

/// Writes a pack with an index; each entry is named by a byte (see [`id`]). The pack's path.
pub(crate) fn pack(repo: &Repo, name: &str, entries: &[(u8, Packed)]) -> PathBuf {
    let mut pack = [&b"PACK"[..], &2_u32.to_be_bytes(), &(entries.len() as u32).to_be_bytes()].concat();
    let mut offsets: Vec<usize> = Vec::new();
    for (_, entry) in entries {
        let offset = pack.len();
        let (kind, size, body) = match entry {
            Packed::Blob(bytes) => (3, bytes.len(), compress_to_vec_zlib(bytes, 6)),
            Packed::Stream(size, stream) => (3, *size, stream.clone()),
            Packed::Delta(base, code) => {
                (7, code.len(), [raw(*base), compress_to_vec_zlib(code, 6)].concat())
            }
            Packed::Nearby(back, code) => {
                let distance = offset - offsets[offsets.len() - back];
                (6, code.len(), [distance_bytes(distance), compress_to_vec_zlib(code, 6)].concat())
            }
        };
        offsets.push(offset);
        // Four bits of the size beside the kind, then seven at a time.
        let (mut byte, mut left) = ((kind << 4) | (size & 15), size >> 4);
        while left > 0 {
            pack.push((byte | 0x80) as u8);
            (byte, left) = (left & 0x7f, left >> 7);
        }
        pack.push(byte as u8);
        pack.extend(body);
    }
    pack.extend([0; 20]);
    let path = format!(".git/objects/pack/pack-{name}.pack");
    repo.write(&path, &pack);
    let mut named: Vec<(u8, usize)> = entries.iter().map(|(byte, _)| *byte).zip(offsets).collect();
    named.sort_unstable();
    let mut index = [&b"\xfftOc"[..], &2_u32.to_be_bytes()].concat();
    for first in 0..=255_u8 {
        let count = named.iter().filter(|(byte, _)| *byte <= first).count() as u32;
        index.extend(count.to_be_bytes());
    }
    named.iter().for_each(|(byte, _)| index.extend(raw(*byte)));
    named.iter().for_each(|_| index.extend([0; 4]));
    named.iter().for_each(|(_, offset)| index.extend((*offset as u32).to_be_bytes()));
    index.extend([0; 40]);
    repo.write(&path.replace(".pack", ".idx"), &index);
    fs::canonicalize(repo.path.join(path)).expect("a pack")
}

/// How far back a base stands, as packs say it.
fn distance_bytes(mut distance: usize) -> Vec<u8> {
    let mut bytes = vec![(distance & 0x7f) as u8];
    while distance > 0x7f {
        distance = (distance >> 7) - 1;
        bytes.insert(0, 0x80 | (distance & 0x7f) as u8);
    }
    bytes
}

/// Instructions: sizes, then copies of what begins the base.
pub(crate) fn delta(base: usize, result: usize, copies: &[u32]) -> Vec<u8> {
    let mut out = Vec::new();
    for mut size in [base, result] {
        while size > 0x7f {
            out.push((size & 0x7f) as u8 | 0x80);
            size >>= 7;
        }
        out.push(size as u8);
    }
    for length in copies {
        out.push(0x80 | 0x70);
        out.extend(&length.to_le_bytes()[..3]);
    }
    out
}
