//! What is in containers, and the way to it.

use crate::made::{Zipped, codecs, pax, read, read_stream, squeeze, tar, tar_entry, tar_header, zip, zip_of};
use crate::support::prng::Prng;

fn text(seed: u64, length: usize) -> Vec<u8> {
    Prng::new(seed).chars(length, b"etaoin shrdlu\n").into_bytes()
}

#[test]
fn every_compression_gives_back_what_went_in() {
    for name in codecs() {
        for length in [0, 1, 1000, 2_200_000] {
            let plain = text(1, length);
            let seen = read(&squeeze(name, &plain));
            assert_eq!(seen.told, [], "{name}");
            assert_eq!(seen.leaves.len(), 1, "{name}");
            assert!(seen.leaves[0].1 == plain, "{name} {length}");
        }
    }
}

#[test]
fn members_in_a_row_are_one_text() {
    for name in codecs() {
        let parts = [text(1, 5000), Vec::new(), text(2, 70_000)];
        let mut row: Vec<u8> = parts.iter().flat_map(|part| squeeze(name, part)).collect();
        let seen = read(&row);
        assert!(seen.leaves[0].1 == parts.concat(), "{name}");
        assert_eq!(seen.told, [], "{name}");
        // As a tape pads it.
        row.extend([0; 5120]);
        assert!(read(&row) == seen, "{name}");
        row.extend(b"and more");
        let told = read(&row).told;
        assert_eq!(told, [(String::new(), format!("{name}: corrupt"))]);
    }
}

#[test]
fn frames_that_hold_nothing_are_skipped() {
    let empty = b"\x53\x2a\x4d\x18\x03\0\0\0abc";
    for name in ["zstd", "lz4"] {
        let frame = squeeze(name, b"text");
        let seen = read(&[&frame[..], empty, &frame, empty].concat());
        assert_eq!(seen.leaves[0].1, b"texttext", "{name}");
        assert_eq!(seen.told, [], "{name}");
    }
    let seen = read(&[empty, &squeeze("zstd", b"text")[..]].concat());
    assert_eq!((seen.leaves[0].1.as_slice(), seen.told.len()), (&b"text"[..], 0));
}

#[test]
fn a_leaf_has_its_way_through_all_archives() {
    let inner = zip(&[("deep/c.txt", b"c")]);
    let log = squeeze("zstd", b"b");
    let middle = squeeze("xz", &tar(&[("m/a.txt", b"a"), ("m/b.log.zst", &log), ("i.zip", &inner)]));
    let outer = zip(&[("readme", b"r"), ("m.tar.xz", &middle)]);
    let expected = ["readme", "m.tar.xz>m/a.txt", "m.tar.xz>m/b.log.zst>b.log", "m.tar.xz>i.zip>deep/c.txt"];
    for seen in [read(&outer), read_stream(&outer)] {
        assert_eq!(seen.ways(), expected);
        assert_eq!(seen.told, []);
    }
    let twice = read(&squeeze("bzip2", &squeeze("gzip", b"x")));
    assert_eq!(twice.ways(), ["(gzip)"], "the name says one compression only");
}

#[test]
fn names_of_tars_come_from_every_header_that_tells_them() {
    let long = "directory/".repeat(30) + "file";
    let mut prefixed = tar_header("file", b'0', 1);
    prefixed[345..351].copy_from_slice(b"prefix");
    crate::made::sum(&mut prefixed);
    let mut bytes = tar_entry("x", b'x', &[pax("path", &long), pax("mtime", "1.5")].concat());
    bytes.extend(tar_entry("cut", b'0', b"1"));
    bytes.extend(tar_entry("././@LongLink", b'L', format!("{long}2\0").as_bytes()));
    bytes.extend(tar_entry("cut", b'0', b"2"));
    bytes.extend(tar_entry("g", b'g', &pax("comment", "all")));
    bytes.extend(tar_entry("", b'5', b""));
    bytes.extend(tar_header("hard", b'1', 7));
    bytes.extend(tar_header("soft", b'2', 0));
    bytes.extend(prefixed);
    bytes.extend([b"3".as_slice(), &[0; 511]].concat());
    bytes.extend(tar_entry("old", 0, b"4"));
    bytes.extend(tar_entry("empty", b'0', b""));
    bytes.extend([0; 1024]);
    let seen = read(&bytes);
    assert_eq!(seen.ways(), [&long[..], &(long.clone() + "2"), "prefix/file", "old"]);
    assert_eq!(seen.told, []);
}

#[test]
fn a_size_in_the_extended_header_counts() {
    let mut bytes = tar_entry("x", b'x', &pax("size", "600"));
    bytes.extend(tar_header("big", b'0', 0));
    bytes.extend([b'b'; 600]);
    bytes.extend([0; 424]);
    bytes.extend(tar(&[("next", b"n")]));
    let seen = read(&bytes);
    assert_eq!(seen.ways(), ["big", "next"]);
    assert_eq!(seen.leaves[0].1, [b'b'; 600]);
}

#[test]
fn sparse_files_are_read_as_far_as_they_are_stored() {
    let mut head = tar_header("sparse", b'S', 512);
    head[482] = 1;
    crate::made::sum(&mut head);
    let mut map = [0; 512];
    map[504] = 1;
    let bytes = [&head[..], &map, &[0; 512], &[b's'; 512], &tar(&[("next", b"n")])].concat();
    let seen = read(&bytes);
    assert_eq!(seen.ways(), ["sparse", "next"]);
    assert_eq!(seen.leaves[0].1, [b's'; 512]);
}

#[test]
fn archives_after_the_end_are_read_too() {
    let two = [tar(&[("a", b"1")]), tar(&[("b", b"2")])].concat();
    assert_eq!(read(&two).ways(), ["a", "b"]);
    let mut more = tar(&[("a", b"1")]);
    more.extend(b"what nobody sees who unpacks it");
    assert_eq!(read(&more).ways(), ["a", "(after the end)"]);
}

#[test]
fn zips_are_read_with_their_directory_and_without() {
    let mut entries =
        vec![Zipped::new("a", b"first"), Zipped::new("b", b"second"), Zipped::new("c", b"third")];
    entries[1].flags = 8;
    entries[2].method = 0;
    entries[2].comment = b"of c";
    let bytes = zip_of(&entries, b"of all");
    let seen = read(&bytes);
    assert_eq!(seen.ways(), ["a", "b", "c", "c>(comment)", "(comment)"]);
    assert_eq!(seen.told, []);
    assert_eq!(seen.leaves[4].1, b"of all");
    let end = bytes.len() - 22 - 6;
    // Without the last record the directory is not found, and one tells so.
    let cut = read(&bytes[..end]);
    assert_eq!(cut.leaves[..4], seen.leaves[..4]);
    assert_eq!(cut.told.len(), 1);
}

#[test]
fn a_large_zip_in_a_pipe_is_read_by_the_heads_of_its_entries() {
    let noise = Prng::new(3).bytes(9 << 20);
    let mut entries =
        vec![Zipped::new("a", b"first"), Zipped::new("noise", &noise), Zipped::new("b", b"last")];
    entries[0].flags = 8;
    let mut bytes = zip_of(&entries, b"");
    for seen in [read(&bytes), read_stream(&bytes)] {
        assert_eq!(seen.ways(), ["a", "noise", "b"]);
        assert!(seen.leaves[1].1 == noise && seen.told.is_empty());
    }
    entries[1].flags = 8;
    entries[1].method = 0;
    bytes = zip_of(&entries, b"");
    assert_eq!(read(&bytes).told, []);
    let seen = read_stream(&bytes);
    let said = "a stored entry tells its length at the end only".to_owned();
    assert_eq!(seen.told, [("noise".to_owned(), said)]);
    assert_eq!((seen.ways()[0], *seen.ways().last().expect("some")), ("a", "b"));
}

#[test]
fn what_a_directory_does_not_name_is_read_as_well() {
    let (one, two) = (zip(&[("hidden", b"h")]), zip(&[("shown", b"s")]));
    // The first archive's entry stands before the second, whose directory knows nothing of it.
    let hidden = &one[..one.len() - 22 - 46 - 6];
    let bytes = [hidden, &two].concat();
    let seen = read(&bytes);
    assert_eq!(seen.ways(), ["hidden", "shown"]);
    let script = [b"#!/bin/sh\necho unpacks itself\n", &two[..]].concat();
    assert!(scrubjay::pack::sniff(&script).is_none() && scrubjay::pack::identify(&script).is_some());
}

#[test]
fn entries_that_cannot_be_read_are_told() {
    let mut entries = vec![Zipped::new("a", b"1"), Zipped::new("b", b"2"), Zipped::new("c", b"3")];
    entries[0].flags = 1;
    entries[1].method = 99;
    let seen = read(&zip_of(&entries, b""));
    assert_eq!(seen.ways(), ["c"]);
    let told = |way: &str, why: &str| (way.to_owned(), why.to_owned());
    assert_eq!(seen.told, [told("a", "encrypted"), told("b", "unknown compression method")]);
}

#[test]
fn text_is_no_container() {
    let texts: [&[u8]; 7] =
        [b"", b"BZh9 is how it begins", b"PK", b"\x1f\x8b\x08", b"ustar", b"# x\n", &[b' '; 512]];
    for text in texts {
        assert!(scrubjay::pack::sniff(text).is_none(), "{text:?}");
    }
    assert!(scrubjay::pack::sniff(&[0; 512]).is_none());
}
