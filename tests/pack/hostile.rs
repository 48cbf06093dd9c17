//! What is cut off, corrupt, or made to take all time and memory.

use std::io::{self, Cursor, Read};

use scrubjay::blob::Origin;
use scrubjay::pack::{self, Input, Limits, Told, Visitor};

use crate::made::{codecs, read, read_stream, rewrite, squeeze, tar, zip};
use crate::support::prng::Prng;

fn noise(seed: u64, length: usize) -> Vec<u8> {
    Prng::new(seed).chars(length, b"etaoinSHRDLU0123456789\n").into_bytes()
}

/// Containers of every kind, of files of this length.
fn samples(length: usize) -> Vec<(String, Vec<u8>)> {
    let files: [(&str, &[u8]); 2] = [("a", &noise(1, length)), ("b", &noise(2, length))];
    let mut out = vec![("tar".to_owned(), tar(&files)), ("zip".to_owned(), zip(&files))];
    for name in codecs() {
        out.push((name.to_owned(), squeeze(name, &noise(3, length))));
        out.push((format!("tar in {name}"), squeeze(name, &tar(&files))));
    }
    out.push(("zip in tar".to_owned(), tar(&[("z", &zip(&files)), ("c", b"behind")])));
    out
}

#[test]
fn what_is_cut_off_is_told_once_and_read_up_to_there() {
    for (name, bytes) in samples(400_000) {
        let whole = read(&bytes);
        for part in [bytes.len() / 2, bytes.len() * 3 / 4] {
            let seen = read(&bytes[..part]);
            assert_eq!(seen.told.len(), 1, "{name}: {:?}", seen.told);
            let got: usize = seen.leaves.iter().map(|(_, bytes)| bytes.len()).sum();
            // A block comes out whole or not at all, and those of bzip2 are large.
            assert!(got > 0 || name.contains("bzip2"), "{name}");
            for ((_, cut), (_, all)) in seen.leaves.iter().zip(&whole.leaves) {
                assert!(all.starts_with(cut), "{name}");
            }
            assert!(rewrite(&bytes[..part], "x", "y").is_err(), "{name}");
        }
    }
}

#[test]
fn every_end_but_the_right_one_is_told() {
    for name in codecs() {
        let bytes = squeeze(name, b"a short text that is cut off at every byte");
        // The header of lzma alone has 13 bytes.
        for end in 14..bytes.len() {
            assert_eq!(read(&bytes[..end]).told.len(), 1, "{name} at {end} of {}", bytes.len());
        }
    }
}

#[test]
fn a_corrupt_entry_does_not_hide_those_behind_it() {
    let mut broken = squeeze("gzip", &noise(4, 40_000));
    let middle = broken.len() / 2;
    broken[middle..middle + 100].fill(0);
    let mut archive = zip(&[("a", b"before"), ("b", &noise(5, 40_000)), ("c", b"behind")]);
    archive[2000..2100].fill(0);
    for (bytes, which) in [(tar(&[("a", b"before"), ("b", &broken), ("c", b"behind")]), "b"), (archive, "b")]
    {
        let seen = read(&bytes);
        assert_eq!(seen.told.len(), 1);
        assert_eq!(seen.told[0].0, which);
        assert_eq!(seen.leaves.first().map(|l| &l.1[..]), Some(&b"before"[..]));
        assert_eq!(seen.leaves.last().map(|l| &l.1[..]), Some(&b"behind"[..]));
        let error = rewrite(&bytes, "x", "y").expect_err("is corrupt").to_string();
        assert!(error.starts_with("b: "), "{error}");
    }
}

#[test]
fn checksums_are_compared() {
    let mut entry = crate::made::Zipped::new("a", b"text");
    entry.method = 0;
    let mut bytes = crate::made::zip_of(&[entry], b"");
    bytes[31] = b'T';
    assert_eq!(read(&bytes).told, [("a".to_owned(), "checksum".to_owned())]);
    for (name, last) in [("gzip", 8), ("zstd", 1), ("lz4", 1)] {
        let head = if name == "lz4" { &b"\x04\x22\x4d\x18\x64\x40"[..] } else { b"" };
        let mut bytes = crate::made::squeeze_as(name, b"text", head);
        let at = bytes.len() - last;
        bytes[at] ^= 1;
        let seen = read(&bytes);
        assert_eq!((&seen.leaves[0].1[..], seen.told.len()), (&b"text"[..], 1), "{name}");
    }
}

#[test]
fn no_byte_that_changes_makes_a_panic_or_an_endless_walk() {
    let mut rng = Prng::new(7);
    for (_, bytes) in samples(5_000) {
        for _ in 0..rounds() {
            let mut bytes = bytes.clone();
            for _ in 0..1 + rng.below(4) {
                // Headers and ends decide more than what is between.
                let at = match rng.below(3) {
                    0 => rng.below(bytes.len().min(600)),
                    1 => bytes.len() - 1 - rng.below(bytes.len().min(200)),
                    _ => rng.below(bytes.len()),
                };
                bytes[at] = *rng.pick(&[0, 0xff, 0x80, 1, 0x7f, bytes[at] ^ 1, bytes[at].wrapping_add(1)]);
            }
            if pack::sniff(&bytes[..512.min(bytes.len())]).is_some() {
                drop(read(&bytes));
                drop(read_stream(&bytes));
                drop(rewrite(&bytes, "SHRDLU", "*"));
            }
        }
    }
}

/// How many changes are tried on each sample; `SCRUBJAY_ROUNDS` asks for more.
fn rounds() -> usize {
    std::env::var("SCRUBJAY_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(30)
}

/// Counts what it gets.
#[derive(Default)]
struct Count {
    bytes: u64,
    told: Vec<String>,
}

impl Visitor for Count {
    fn leaf(&mut self, _: &Origin, reader: &mut (dyn Read + Send)) -> io::Result<()> {
        self.bytes += io::copy(reader, &mut io::sink())?;
        Ok(())
    }

    fn told(&mut self, _: &Origin, told: Told) {
        self.told.push(match told {
            Told::Skipped(reason) => reason.to_owned(),
            Told::Failed(error) => error.to_string(),
        });
    }
}

fn count(bytes: &[u8], limits: Limits) -> Count {
    let kind = pack::sniff(&bytes[..512.min(bytes.len())]).expect("a container");
    let mut count = Count::default();
    let mut file = Cursor::new(bytes);
    pack::read(kind, &Origin::file("f"), Input::File(&mut file), limits, &mut count).expect("reads");
    count
}

const LOW: Limits = Limits { depth: 8, nested: 1 << 20, ratio: 10 };

#[test]
fn one_compression_may_unpack_to_whatever_it_does() {
    let zeros = squeeze("gzip", &vec![0; 64 << 20]);
    let seen = count(&zeros, LOW);
    assert_eq!((seen.bytes, seen.told.len()), (64 << 20, 0));
}

#[test]
fn what_multiplies_is_stopped() {
    let zeros = squeeze("zstd", &squeeze("gzip", &vec![0; 64 << 20]));
    let seen = count(&zeros, LOW);
    assert!(seen.bytes <= (1 << 20) + (64 << 10), "{}", seen.bytes);
    assert_eq!(seen.told, ["unpacks to far more than its size allows"]);
    let many: Vec<(String, &[u8])> = (0..16).map(|i| (format!("{i}.gz"), &zeros[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let seen = count(&zip(&many), LOW);
    assert_eq!(seen.told, ["unpacks to far more than its size allows"], "told once, not for each");
}

#[test]
fn nesting_ends_at_a_depth() {
    let mut bytes = b"the core".to_vec();
    for _ in 0..8 {
        bytes = tar(&[("t", &bytes)]);
    }
    assert_eq!(read(&bytes).told, []);
    let seen = read(&tar(&[("t", &bytes)]));
    assert_eq!(seen.told.len(), 1);
    assert_eq!(seen.told[0].1, "containers are nested too deep");
    assert!(rewrite(&tar(&[("t", &bytes)]), "x", "y").is_err());
}

#[test]
fn entries_that_overlap_are_read_once() {
    // Both lines of the directory name entries, but the second stands in the data of the first.
    let inner = zip(&[("b", &[b'x'; 5000])]);
    let mut entry = crate::made::Zipped::new("a", &inner);
    entry.method = 0;
    let mut bytes = crate::made::zip_of(&[entry], b"");
    let at = 31_u32;
    let line_at = bytes.len() - 22 - 47;
    let mut line = bytes[line_at..line_at + 47].to_vec();
    line[42..46].copy_from_slice(&at.to_le_bytes());
    bytes.splice(line_at + 47..line_at + 47, line);
    let end = bytes.len() - 22;
    bytes[end + 8..end + 12].copy_from_slice(&[2, 0, 2, 0]);
    bytes[end + 12..end + 16].copy_from_slice(&94_u32.to_le_bytes());
    let seen = read(&bytes);
    assert_eq!(seen.ways(), ["a>b"]);
    assert_eq!(seen.told.len(), 1);
    assert!(rewrite(&bytes, "x", "y").is_err());
}

#[test]
fn memory_that_a_header_asks_for_is_not_given() {
    // A dictionary of 4 GiB, and a window of terabytes.
    let mut xz = squeeze("xz", b"text");
    xz[16] = 40;
    let checksum = crc32(&xz[12..20]);
    xz[20..24].copy_from_slice(&checksum.to_le_bytes());
    assert_eq!(read(&xz).told[0].1, "xz: needs more memory than is given to it");
    let mut zstd = squeeze("zstd", b"text");
    zstd[5] = 0xff;
    assert_eq!(read(&zstd).told.len(), 1);
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| crc >> 1 ^ (0xedb8_8320 & 0_u32.wrapping_sub(crc & 1)))
    })
}
