//! What is rewritten: reading the copy gives what the filter makes of reading the original, and all
//! else is as it was.

use crate::made::{
    Replace, Seen, Zipped, codecs, counted_from_start, pax, read, rewrite, squeeze, squeeze_as, sum, tar,
    tar_entry, tar_header, zip, zip_of,
};
use crate::support::prng::Prng;
use scrubjay::pack;

/// Containers of every kind, some in others, all with the word.
fn samples() -> Vec<(String, Vec<u8>)> {
    let text = |seed| {
        let noise = Prng::new(seed).chars(20_000, b"etaoin shrdlu\n");
        format!("{noise} SECRET {noise}SECRET").into_bytes()
    };
    let mut out = Vec::new();
    let mut entries =
        vec![Zipped::new("a", b"1 SECRET"), Zipped::new("d/", b""), Zipped::new("b", b"2 SECRET")];
    entries[0].flags = 8;
    entries[1].method = 0;
    entries[2].method = 0;
    entries[2].extra = b"XX\x03\0abc";
    entries[2].comment = b"a SECRET";
    let zipped = zip_of(&entries, b"all SECRET");
    let tarred = tar(&[("a", &text(1)), ("z.zip", &zipped), ("plain", b"nothing"), ("e", b"")]);
    for name in codecs() {
        out.push((format!("{name} of text"), squeeze(name, &text(2))));
        out.push((format!("{name} of tar"), squeeze(name, &tarred)));
        out.push((format!("zip of {name}"), zip(&[("x", &squeeze(name, &text(3))), ("y", b"SECRET")])));
    }
    let script = [b"#!/bin/sh\n# SECRET\n", &zipped[..]].concat();
    out.push(("zip behind a script".to_owned(), zip_of(&[Zipped::new("f", b"y")], b"")));
    out.push(("zip in a zip".to_owned(), zip(&[("z", &zipped), ("s", &script)])));
    out.push(("tar".to_owned(), tarred));
    out.push(("zip".to_owned(), zipped));
    out
}

#[test]
fn the_copy_holds_what_the_filter_made() {
    for to in ["****", "", "a mask that is longer than what it hides"] {
        for (name, bytes) in samples() {
            let before = read(&bytes);
            let (copy, changed, seen) = rewrite(&bytes, "SECRET", to).expect("rewrites");
            assert!(seen.leaves == before.leaves, "{name}: both walks are one");
            let after = read(&copy);
            assert_eq!((&after.told, before.told.len()), (&vec![], 0), "{name}");
            assert_eq!(after.ways(), before.ways(), "{name}");
            let filter = crate::made::Replace { from: "SECRET", to, seen: Default::default() };
            for ((way, old), (_, new)) in before.leaves.iter().zip(&after.leaves) {
                assert!(filter.apply(old) == *new, "{name}: {way}");
            }
            assert_eq!(changed, before.leaves != after.leaves, "{name}");
        }
    }
}

#[test]
fn what_no_filter_changes_stays_byte_for_byte() {
    for (name, bytes) in samples() {
        let (copy, changed, _) = rewrite(&bytes, "not in there", "").expect("rewrites");
        assert!(!changed, "{name}");
        let stream = codecs().iter().any(|codec| name.starts_with(&format!("{codec} of")));
        assert!(stream || copy == bytes, "{name}");
    }
}

#[test]
fn only_the_entry_that_changes_is_packed_again() {
    let long = Prng::new(9).chars(50_000, b"etaoin shrdlu\n").into_bytes();
    // Stored twice as long as needed: nobody packs like that, so it shows what was copied.
    let odd = [&squeeze("gzip", &long)[..], &squeeze("gzip", b"")].concat();
    let bytes = tar(&[("odd.gz", &odd), ("a", b"SECRET")]);
    let (copy, changed, _) = rewrite(&bytes, "SECRET", "****").expect("rewrites");
    assert!(changed && copy.windows(odd.len()).any(|w| w == odd));
}

#[test]
fn headers_of_tars_stay_but_for_sizes() {
    let mut entry = tar_entry("x", b'x', &[pax("mtime", "1.5"), pax("size", "6"), pax("k", "v")].concat());
    entry.extend(tar_entry("a", b'0', b"SECRET"));
    entry.extend(tar_header("hard", b'1', 0));
    entry.extend(tar_header("tty", b'3', 0));
    entry.extend(tar_entry("b", b'0', b"SECRET"));
    let bytes = [entry, vec![0; 10_240]].concat();
    let (copy, _, _) = rewrite(&bytes, "SECRET", "****").expect("rewrites");
    let mut expected = tar_entry("x", b'x', &[pax("mtime", "1.5"), pax("size", "4"), pax("k", "v")].concat());
    expected.extend(tar_entry("a", b'0', b"****"));
    expected.extend(tar_header("hard", b'1', 0));
    expected.extend(tar_header("tty", b'3', 0));
    expected.extend(tar_entry("b", b'0', b"****"));
    expected.extend([0; 10_240]);
    assert!(copy == expected);
}

#[test]
fn a_sparse_file_keeps_its_length_or_nothing_is_written() {
    let mut head = tar_header("sparse", b'S', 512);
    sum(&mut head);
    let data = [b"SECRET".as_slice(), &[b's'; 506]].concat();
    let bytes = [&head[..], &data, &[0; 1024]].concat();
    let (copy, _, _) = rewrite(&bytes, "SECRET", "******").expect("rewrites");
    assert_eq!(read(&copy).leaves[0].1[..7], *b"******s");
    let error = rewrite(&bytes, "SECRET", "****").expect_err("would move what is behind it");
    assert_eq!(error.to_string(), "sparse: a sparse file would change its length");
}

#[test]
fn names_times_and_attributes_of_zips_stay() {
    let mut entry = Zipped::new("b", b"a SECRET");
    (entry.extra, entry.comment) = (b"XX\x03\0abc", b"note");
    let bytes = zip_of(&[entry], b"");
    let (copy, _, _) = rewrite(&bytes, "SECRET", "****").expect("rewrites");
    let mut expected = Zipped::new("b", b"a ****");
    (expected.extra, expected.comment) = (b"XX\x03\0abc", b"note");
    assert!(copy == zip_of(&[expected], b""));
}

#[test]
fn a_script_before_a_zip_is_filtered_and_the_offsets_follow() {
    let zipped = zip(&[("a", b"SECRET"), ("b", b"plain")]);
    let script = [b"#!/bin/sh\n# SECRET\n", &zipped[..]].concat();
    let (copy, _, _) = rewrite(&script, "SECRET", "*").expect("rewrites");
    let expected = [b"#!/bin/sh\n# *\n", &zip(&[("a", b"*"), ("b", b"plain")])[..]].concat();
    assert!(copy == expected);
}

#[test]
fn what_cannot_be_read_is_copied_and_told() {
    let mut entries =
        vec![Zipped::new("a", b"SECRET"), Zipped::new("b", b"SECRET"), Zipped::new("c", b"SECRET")];
    entries[0].flags = 1;
    entries[1].method = 99;
    let (copy, _, seen) = rewrite(&zip_of(&entries, b""), "SECRET", "****").expect("rewrites");
    assert_eq!(seen.told.iter().map(|(way, _)| way.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    entries[2].data = b"****";
    assert!(copy == zip_of(&entries, b""));
}

#[test]
fn the_head_of_a_gzip_stays() {
    let mut bytes = squeeze("gzip", b"a SECRET");
    bytes[3] = 8 | 16;
    bytes[4..8].copy_from_slice(&[1, 2, 3, 4]);
    bytes.splice(10..10, *b"name\0comment\0");
    let (copy, _, _) = rewrite(&bytes, "SECRET", "*").expect("rewrites");
    assert_eq!(copy[..23], bytes[..23]);
    assert_eq!(read(&copy).leaves[0].1, b"a *");
}

#[test]
fn the_kinds_of_checksums_stay() {
    // Flags of a zstd frame without one, of an xz stream with CRC32, of an lz4 frame with one for each block.
    let mut zstd = squeeze("zstd", b"SECRET");
    (zstd[4], _) = (zstd[4] & !4, zstd.drain(zstd.len() - 4..));
    let (copy, _, _) = rewrite(&zstd, "SECRET", "*").expect("rewrites");
    assert_eq!(copy[4] & 4, 0);
    assert_eq!(read(&copy).leaves[0].1, b"*");
    let xz = squeeze_as("xz", b"SECRET", b"\xfd7zXZ\0\0\x01");
    let (copy, _, _) = rewrite(&xz, "SECRET", "*").expect("rewrites");
    assert_eq!(copy[7], 1);
    let lz4 = squeeze_as("lz4", b"SECRET", b"\x04\x22\x4d\x18\x74\x50");
    let (copy, _, _) = rewrite(&lz4, "SECRET", "*").expect("rewrites");
    assert_eq!(copy[4..6], [0x74, 0x50]);
}

/// Where the directory of a zip says that its entries begin, counted from the beginning of the file or the zip.
fn offsets(bytes: &[u8]) -> Vec<usize> {
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four")) as usize;
    memchr::memmem::find_iter(bytes, b"PK\x01\x02").map(|at| number(at + 42)).collect()
}

#[test]
fn a_zip_behind_other_bytes_stays_one_for_programs_of_both_kinds() {
    let lead = b"#!/bin/sh\n# SECRET SECRET\n";
    let zipped = zip(&[("a", b"1 SECRET"), ("b", b"nothing"), ("c", b"3 SECRET")]);
    for (from_start, bytes) in
        [(false, [&lead[..], &zipped].concat()), (true, counted_from_start(lead, &zipped))]
    {
        for to in ["****", "", "a mask that is longer than what it hides"] {
            for input in ["file", "pipe"] {
                let (copy, changed) = match input {
                    "file" => rewrite(&bytes, "SECRET", to)
                        .map(|(copy, changed, _)| (copy, changed))
                        .expect("rewrites"),
                    _ => {
                        let (mut copy, mut filter) =
                            (Vec::new(), Replace { from: "SECRET", to, seen: Seen::default() });
                        let origin = scrubjay::blob::Origin::file("f");
                        let changed = pack::rewrite_plain(&origin, &mut &bytes[..], &mut copy, &mut filter);
                        (copy, changed.expect("rewrites"))
                    }
                };
                let what = format!("{from_start} {to} {input}");
                assert!(changed, "{what}");
                let start = memchr::memmem::find(&copy, b"PK\x03\x04").expect("an entry");
                assert_eq!(
                    &copy[..start],
                    String::from_utf8_lossy(lead).replace("SECRET", to).as_bytes(),
                    "{what}"
                );
                let base = if from_start { 0 } else { start };
                assert!(
                    offsets(&copy).iter().all(|at| copy[base + at..].starts_with(b"PK\x03\x04")),
                    "{what}"
                );
                let seen = read(&copy);
                assert_eq!((seen.told, seen.leaves.len()), (vec![], 4), "{what}");
            }
        }
    }
}
