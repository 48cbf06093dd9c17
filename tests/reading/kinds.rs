//! No third case: a secret is found, or its file is counted under the kind that is not looked into.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;

use base64::Engine as _;

use crate::lab::{Lab, Repo, secret};
use crate::made::{self, squeeze, tar, zip};
use crate::skipped;

/// A wrapping of a text.
type Wrap = fn(&[u8]) -> Vec<u8>;

/// Wrappings in which a secret is found.
const FOUND: &[(&str, Wrap)] = &[
    ("plain", |text| text.to_vec()),
    ("long line", |text| [&b"x ".repeat(900_000)[..], text, &b" y".repeat(900_000)].concat()),
    ("json in json", |text| {
        let inner = format!("{{\"msg\":{}}}", json(text));
        format!("{{\"log\":{}}}\n", json(inner.as_bytes())).into_bytes()
    }),
    ("latin-1", |text| [b"caf\xe9 cr\xe8me\n", text, b"na\xefve\n"].concat()),
    ("utf-16 le with mark", |text| [b"\xff\xfe", &utf16(text, u16::to_le_bytes)[..]].concat()),
    ("utf-16 be with mark", |text| [b"\xfe\xff", &utf16(text, u16::to_be_bytes)[..]].concat()),
    ("utf-16 le", |text| utf16(text, u16::to_le_bytes)),
    ("utf-32 le with mark", |text| utf32(&[b"\xef\xbb\xbf", text].concat(), u32::to_le_bytes)),
    ("utf-32 be with mark", |text| utf32(&[b"\xef\xbb\xbf", text].concat(), u32::to_be_bytes)),
    ("utf-32 le", |text| utf32(text, u32::to_le_bytes)),
    ("utf-32 be", |text| utf32(text, u32::to_be_bytes)),
    ("utf-32 in gzip", |text| squeeze("gzip", &utf32(text, u32::to_le_bytes))),
    ("gbk", |text| [b"\xc3\xdc\xd4\xbf\xa3\xba\n", text, b"\xca\xc7\n"].concat()),
    ("shift-jis", |text| [b"\x94\xe9\x96\xa7\x83\x5c ", text, b"\x82\xc5\x82\xb7\n"].concat()),
    ("big5", |text| [b"\xb1\x4b\xc6\x5f ", text].concat()),
    ("euc-kr", |text| [b"\xba\xf1\xb9\xd0 ", text].concat()),
    ("raw bytes", |text| [b"\x01\x02\x03\0\0\0\0\0", text, &[0; 64]].concat()),
    ("zlib", |text| squeeze("zlib", text)),
    ("deflate", |text| squeeze("deflate", text)),
    ("deflate of many lines", |text| {
        squeeze("deflate", &[&b"one more line\n".repeat(900)[..], text].concat())
    }),
    ("lzma", |text| squeeze("lzma", text)),
    ("compress", |text| squeeze("compress", text)),
    ("compress of many lines", |text| squeeze("compress", &[&noise(90_000)[..], text].concat())),
    ("zipapp", |text| [b"#!/usr/bin/env python3\n".to_vec(), zip(&[("__main__.py", text)])].concat()),
    ("mark and zip", |text| [b"\xef\xbb\xbf".to_vec(), zip(&[("a.env", text)])].concat()),
    ("zip and more", |text| [zip(&[("a.env", text)]), noise(90_000)].concat()),
    ("zip between others", |text| [noise(90_000), zip(&[("a.env", text)]), noise(90_000)].concat()),
    ("large zipapp", |text| [noise(1_300_000), zip(&[("a.env", text)]), noise(90_000)].concat()),
    ("zipapp in tar.gz", |text| {
        let app = [b"#!/bin/sh\n".to_vec(), zip(&[("a.env", text)])].concat();
        squeeze("gzip", &tar(&[("app", &app)]))
    }),
    ("gzip", |text| squeeze("gzip", text)),
    ("bzip2", |text| squeeze("bzip2", text)),
    ("xz", |text| squeeze("xz", text)),
    ("zstd", |text| squeeze("zstd", text)),
    ("lz4", |text| squeeze("lz4", text)),
    ("zip", |text| zip(&[("a.env", text)])),
    ("zip in tar.gz", |text| squeeze("gzip", &tar(&[("in.zip", &zip(&[("a.env", text)]))]))),
    ("docx", |text| zip(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", text)])),
    ("base64", |text| base64(text)),
    ("base64 twice", |text| base64(&base64(text))),
    ("hex", |text| text.iter().flat_map(|b| format!("{b:02x}").into_bytes()).collect()),
    ("percent", |text| text.iter().flat_map(|b| format!("%{b:02X}").into_bytes()).collect()),
    ("u escapes", |text| text.iter().flat_map(|b| format!("\\u{b:04x}").into_bytes()).collect()),
    ("literal over two lines", |text| {
        let at = text.len() - 20;
        [&text[..at], b"\" +\n    \"", &text[at..]].concat()
    }),
];

/// What files of each kind begin with, by hand, so that the table of kinds is held against what formats
/// say of themselves.
fn heads() -> Vec<(&'static str, Vec<u8>)> {
    let le = |n: u32| n.to_le_bytes().to_vec();
    let bmp = [b"BM".to_vec(), le(70), le(0), le(54), le(40), le(1), le(1)].concat();
    let pyc = [&b"\xcb\x0d\r\n\0\0\0\0"[..], &[7; 16]].concat();
    let ico = [&b"\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0\x68\x04\0\0\x16\0\0\0"[..], &[0; 8]].concat();
    let mp3 = [&b"\xff\xfb\x90\x64\0\0"[..], &[0; 400]].concat();
    let mut ts = vec![0; 600];
    for at in [0, 188, 376, 564] {
        ts[at] = 0x47;
    }
    let mut mobi = vec![0; 60];
    mobi.extend(b"BOOKMOBI");
    // What begins as these and cannot be theirs.
    let lzma = [&b"\x5d\0\0\x80\0"[..], &[0xff; 8], &[1; 20]].concat();
    let zlib = b"\x78\x9c\xff\xff\xff\xff\0".to_vec();
    let at = |place: usize, mark: &[u8]| [&vec![0; place], mark, &[0; 64]].concat();
    let pe = [&b"MZ\x90\0\x03\0\0\0"[..], &[0; 60]].concat();
    let bks = [&b"\0\0\0\x02\0\0\0\x14"[..], &[7; 20], &[0, 0, 8, 0]].concat();
    let dmg = [&[7; 700][..], b"koly\0\0\0\x04\0\0\x02\0", &[0; 500]].concat();
    let makeself =
        [b"#!/bin/sh\ntail -n +3 \"$0\" | gzip -dc | tar xf -\nexit\n".to_vec(), squeeze("gzip", b"x")];
    let makeself = [makeself.concat(), vec![0; 40]].concat();
    let cpio = [&b"070701"[..], &b"0".repeat(104)].concat();
    let plain: &[(&'static str, &[u8])] = &[
        ("pdf", b"%PDF-1.7\n"),
        ("ole", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0"),
        ("rtf", b"{\\rtf1\\ansi "),
        ("postscript", b"%!PS-Adobe-3.0\n"),
        ("png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ("jpeg", b"\xff\xd8\xff\xe0\0\x10JFIF\0"),
        ("gif", b"GIF89a\x01\0\x01\0"),
        ("webp", b"RIFF\x24\0\0\0WEBPVP8 "),
        ("tiff", b"II*\0\x08\0\0\0"),
        ("tiff", b"MM\0*\0\0\0\x08"),
        ("psd", b"8BPS\0\x01"),
        ("heic", b"\0\0\0\x18ftypheic\0\0\0\0"),
        ("avif", b"\0\0\0\x20ftypavif\0\0\0\0"),
        ("mp4", b"\0\0\0\x18ftypmp42\0\0\0\0"),
        ("mp4", b"\0\0\0\x14ftypqt  \0\0\0\0"),
        ("mkv", b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81"),
        ("avi", b"RIFF\x24\0\0\0AVI LIST"),
        ("wav", b"RIFF\x24\0\0\0WAVEfmt "),
        ("flv", b"FLV\x01\x05\0\0\0\x09"),
        ("mp3", b"ID3\x04\0\0\0\0\0\x23"),
        ("ogg", b"OggS\0\x02\0\0"),
        ("flac", b"fLaC\0\0\0\x22"),
        ("woff", b"wOFF\0\x01\0\0"),
        ("woff2", b"wOF2\0\x01\0\0"),
        ("ttf", b"\0\x01\0\0\0\x0f\0\x80\0\x03\0\x70GDEF"),
        ("otf", b"OTTO\0\x0b\0\x80"),
        ("7z", b"7z\xbc\xaf\x27\x1c\0\x04"),
        ("rar", b"Rar!\x1a\x07\x01\0"),
        ("cab", b"MSCF\0\0\0\0\x2c\0"),
        ("lha", b"\x24\x5a-lh5-\x10\0\0\0"),
        ("rpm", b"\xed\xab\xee\xdb\x03\0"),
        ("deb", b"!<arch>\ndebian-binary   "),
        ("squashfs", b"hsqs\x07\0\0\0"),
        ("compress", b"\x1f\x9d\x08\x61\xc4"),
        ("lzip", b"LZIP\x01\x0c"),
        ("lfs pointer", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"),
        ("pgp", b"-----BEGIN PGP MESSAGE-----\n\nhQEM\n"),
        ("age", b"age-encryption.org/v1\n-> X25519 x\n"),
        ("ansible vault", b"$ANSIBLE_VAULT;1.1;AES256\n6162\n"),
        ("openssl", b"Salted__\x01\x02\x03\x04"),
        ("sqlite", b"SQLite format 3\0\x10\0"),
        ("parquet", b"PAR1\x15\x04\x15"),
        ("orc", b"ORC\x11\0\0\x0a"),
        ("avro", b"Obj\x01\x04\x14avro.codec"),
        ("arrow", b"ARROW1\0\0\xff\xff"),
        ("hdf5", b"\x89HDF\r\n\x1a\n\0"),
        ("redis", b"REDIS0011\xfa"),
        ("pg_dump", b"PGDMP\x01\x0e"),
        ("pcap", b"\xd4\xc3\xb2\xa1\x02\0\x04\0"),
        ("pcapng", b"\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a"),
        ("journal", b"LPKSHHRH\0\0"),
        ("plist", b"bplist00\xd1\x01\x02"),
        ("java class", b"\xca\xfe\xba\xbe\0\0\0\x41\0\x1d"),
        ("dex", b"dex\n035\0"),
        ("git bundle", b"# v2 git bundle\n00 refs/heads/main\n"),
        ("git pack", b"PACK\0\0\0\x02\0\0\0\x03"),
        (
            "mail",
            b"From: a@example.org\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\n",
        ),
        ("mail", b"Received: by mx\nContent-Transfer-Encoding: base64\n\nYWJj\n"),
        ("mail", b"From a@example.org Thu Jan  1\nContent-Type: multipart/alternative\n\n"),
        ("drawio", b"<mxfile host=\"x\"><diagram>7VpZ</diagram></mxfile>"),
        ("aac", b"\xff\xf1\x50\x80\0\0\0"),
        ("mov", b"\0\0\0\x08wide\0\0\0\0"),
        ("swf", b"CWS\x0a\0\x01\0\0"),
        ("intel hex", b":10010000214601360121470136007EFE09D2190140\n:00000001FF\n"),
        ("s-record", b"S00F000068656C6C6F202020202000003C\n"),
        ("uuencode", b"begin 644 a.bin\n#0V%T\n`\nend\n"),
        ("cbor", b"\xd9\xd9\xf7\xa1"),
        ("elf", b"\x7fELF\x02\x01\x01\0"),
        ("mach-o", b"\xcf\xfa\xed\xfe\x07\0\0\x01"),
        ("mach-o", b"\xca\xfe\xba\xbe\0\0\0\x02"),
        ("wasm", b"\0asm\x01\0\0\0"),
        ("ar", b"!<arch>\n/               0"),
        ("bitcode", b"BC\xc0\xde\x35\x14"),
        ("lua", b"\x1bLua\x54\0"),
        ("beam", b"FOR1\0\0\x03\x5cBEAM"),
        ("sops", b"db:\n  password: ENC[AES256_GCM,data:x,iv:x,tag:x,type:str]\nsops:\n"),
        ("eyaml", b"---\npassword: ENC[PKCS7,MIIB]\n"),
        ("ansible vault", b"password: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\n"),
        ("sealed secret", b"apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\n"),
        (
            "pkcs12",
            b"\x30\x82\x0a\x2c\x02\x01\x03\x30\x82\x09\xf2\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01",
        ),
        ("encrypted key", b"\x30\x81\xec\x30\x57\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d\x30\x4a"),
        ("encrypted key", b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n"),
        ("java keystore", b"\xfe\xed\xfe\xed\0\0\0\x02\0\0\0\x01"),
        ("keystore", b"\xce\xce\xce\xce\0\0\0\x02\0\0\0\x01"),
        ("hprof", b"JAVA PROFILE 1.0.2\0"),
        ("minidump", b"MDMP\x93\xa7\0\0"),
        ("7z inside", b"#!/bin/sh\nexit\n7z\xbc\xaf\x27\x1c\0\x04AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        ("xz inside", b"some text\n\xfd7zXZ\0\0\x04\xe6\xd6\xb4\x46"),
        ("keepass", b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5"),
    ];
    let made = [
        ("iso", at(32769, b"CD001\x01")),
        ("ntfs", at(3, b"NTFS    ")),
        ("ext", at(1080, b"\x53\xef\x01\0")),
        ("lmdb", at(16, b"\xde\xc0\xef\xbe\x01\0")),
        ("pe", pe),
        ("bks", bks),
        ("dmg", dmg),
        ("gzip inside", makeself),
        ("bmp", bmp),
        ("pyc", pyc),
        ("ico", ico),
        ("mp3", mp3),
        ("mpeg", ts),
        ("mobi", mobi),
        ("lzma", lzma),
        ("zlib", zlib),
        ("cpio", cpio),
    ];
    plain.iter().map(|(kind, head)| (*kind, head.to_vec())).chain(made).collect()
}

fn json(text: &[u8]) -> String {
    serde_json::to_string(&String::from_utf8_lossy(text)).expect("a string")
}

fn utf16(text: &[u8], bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    String::from_utf8_lossy(text).encode_utf16().flat_map(bytes).collect()
}

fn utf32(text: &[u8], bytes: fn(u32) -> [u8; 4]) -> Vec<u8> {
    String::from_utf8_lossy(text).chars().flat_map(|c| bytes(c.into())).collect()
}

fn base64(text: &[u8]) -> Vec<u8> {
    base64::engine::general_purpose::STANDARD.encode(text).into_bytes()
}

/// The reasons of a scan of one file, and whether it found anything.
fn scanned(repo: &Repo, bytes: &[u8], name: &str) -> (usize, BTreeMap<String, u64>, i32) {
    repo.write(name, bytes);
    let ran = repo.scan(&["--no-config", name]);
    let seen = (ran.paths().len(), skipped(&ran), ran.status);
    fs::remove_file(repo.path.join(name)).expect("it was there");
    seen
}

#[test]
fn every_wrapping_is_found_whatever_the_file_is_called() {
    let lab = Lab::new();
    let repo = lab.repo("r", &[]);
    for (what, wrap) in FOUND {
        for name in ["a.txt", "node_modules/a.png", "package-lock.json", ".hidden", "noname"] {
            let (found, counts, status) = scanned(&repo, &wrap(&secret(what)), name);
            assert_eq!((found, status), (1, 1), "{what} as {name}");
            assert!(counts.is_empty(), "{what}: {counts:?}");
        }
    }
}

#[test]
fn every_kind_is_counted_in_trees_archives_and_standard_input() {
    let lab = Lab::new();
    let repo = lab.repo("r", &[]);
    for (kind, head) in heads() {
        let reason = format!("not looked into: {kind}");
        let expected = BTreeMap::from([(reason.clone(), 1)]);
        // A secret in the clear is found all the same, and the count does not change the status.
        let with = [&head[..], b"\n", &secret(kind)].concat();
        if kind != "dmg" {
            // That is told by its end.
            assert_eq!(scanned(&repo, &with, "f"), (1, expected.clone(), 1), "{kind}");
        }
        assert_eq!(scanned(&repo, &head, "f.txt"), (0, expected.clone(), 0), "{kind}");
        let packed = squeeze("gzip", &tar(&[("x/f", &head), ("text", b"plain")]));
        assert_eq!(scanned(&repo, &packed, "f"), (0, expected.clone(), 0), "{kind} in an archive");
        let large = [&head[..], &b" ".repeat(1_200_000)].concat();
        if !["zlib", "lzma", "dmg"].contains(&kind) {
            assert_eq!(scanned(&repo, &large, "f"), (0, expected.clone(), 0), "{kind}, large");
        }
        let args = ["scan", "-f", "json", "-v", "-"];
        let ran = repo.run(crate::lab::SCRUBJAY, &args, &head);
        assert_eq!((ran.status, skipped(&ran)), (0, expected), "{kind} in a pipe");
        assert!(ran.stderr.contains(&format!("skipped: -: {reason}")), "{}", ran.stderr);
        assert!(ran.stderr.contains(&format!("\n  not looked into: 1 {kind}")), "{}", ran.stderr);
        let strict = repo.run(crate::lab::SCRUBJAY, &["scan", "-q", "--fail-on-skipped", "-"], &head);
        assert_eq!(strict.status, 2, "{kind}");
    }
}

/// What no byte of it tells.
#[test]
fn brotli_is_counted_by_its_name() {
    let lab = Lab::new();
    let repo = lab.repo("r", &[]);
    let brotli = b"\x8b\x02\x80\xff\x01\x03";
    let expected = BTreeMap::from([("not looked into: brotli".to_owned(), 1)]);
    assert_eq!(scanned(&repo, brotli, "bundle.js.br"), (0, expected.clone(), 0));
    assert_eq!(scanned(&repo, &tar(&[("a.br", brotli)]), "t.tar"), (0, expected, 0));
    assert_eq!(scanned(&repo, b"a text of another kind\n", "index.html.br"), (0, BTreeMap::new(), 0));
    assert_eq!(scanned(&repo, brotli, "bundle.js"), (0, BTreeMap::new(), 0));
}

/// A key in DER is what it is in PEM, and counted, as what it opens can hardly be told; no part of one can be
/// masked.
#[test]
fn a_key_in_der_is_found_where_a_key_in_pem_is() {
    let lab = Lab::new();
    let repo = lab.repo("r", &[]);
    let mut rng = crate::support::prng::Prng::new(11);
    let keys =
        [crate::support::tokens::ec_key(&mut rng), crate::support::tokens::ec_key_in_pkcs8(&mut rng, false)];
    for der in keys {
        for (path, found) in [("keys/a.der", false), ("usersig/ec_key.pem.der", true)] {
            repo.write(path, &der);
            for input in ["file", "pipe"] {
                let ran = match input {
                    "file" => repo.scan(&["--no-config", path]),
                    _ => repo.run(crate::lab::SCRUBJAY, &["scan", "-f", "json", "-"], &der),
                };
                assert_eq!(
                    skipped(&ran),
                    BTreeMap::from([("not looked into: der key".to_owned(), 1)]),
                    "{path}"
                );
                assert_eq!(ran.status, i32::from(found && input == "file"), "{path} {input}");
            }
            let ran = repo.scrubjay(&["scrub", "--output", "out", path]);
            assert_eq!(ran.status, 2, "{}", ran.stderr);
            assert!(ran.stderr.contains("cannot be masked"), "{}", ran.stderr);
        }
    }
}

#[test]
fn kinds_are_counted_of_what_is_staged_pushed_and_in_the_history() {
    let lab = Lab::new();
    let repo = lab.repo("r", &[]);
    repo.commit("first", b"text\n");
    repo.stage("a.pdf", b"%PDF-1.7\nsomething\n");
    repo.stage("b.zip", &zip(&[("c.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")]));
    let both = [("not looked into: pdf".to_owned(), 1), ("not looked into: png".to_owned(), 1)];
    assert_eq!(skipped(&repo.scan(&["--staged"])), BTreeMap::from(both));
    repo.git(&["commit", "-q", "-m", "files"]);
    for args in [&["--history"][..], &["--history", "--range", "HEAD^.."]] {
        let ran = repo.scan(args);
        assert_eq!((ran.status, skipped(&ran).get("not looked into: pdf")), (0, Some(&1)), "{args:?}");
        assert_eq!(repo.scan(&[args, &["--fail-on-skipped"]].concat()).status, 2);
    }
}

#[test]
fn scrub_counts_what_it_does_not_look_into_and_masks_other_encodings() {
    let lab = Lab::new();
    let repo = lab.repo("r", &[]);
    repo.write("a.pdf", b"%PDF-1.7\n");
    let text = utf32(&secret("wide"), u32::to_le_bytes);
    repo.write("wide.txt", &text);
    let ran = repo.scrubjay(&["scrub", "--in-place", "--exclude", "*.lock", "."]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("\n  not looked into: 1 pdf"), "{}", ran.stderr);
    assert!(ran.stderr.contains("--exclude: `*.lock` matches nothing"), "{}", ran.stderr);
    let scrubbed = fs::read(repo.path.join("wide.txt")).expect("a file");
    assert_eq!(scrubbed.len() % 4, 0);
    assert!(scrubbed != text && repo.scan(&["--no-config"]).paths().is_empty());
}

#[test]
fn what_was_left_out_on_purpose_does_not_fail() {
    let lab = Lab::new();
    let repo = lab.repo("r", &[]);
    repo.write(".gitignore", b"*.pdf\n");
    repo.write("a.pdf", b"%PDF-1.7\n");
    repo.write("b.png", b"\x89PNG\r\n\x1a\n");
    let args = ["--fail-on-skipped", "--exclude", "*.png"];
    assert_eq!(repo.scan(&args).status, 0);
    assert_eq!(repo.scan(&args[..1]).status, 2);
}

#[test]
fn a_damaged_container_is_read_up_to_there_and_as_it_is_and_counted() {
    let lab = Lab::new();
    let repo = lab.repo("r", &[]);
    for codec in made::codecs() {
        // Enough to span blocks, so that something comes out before the damage.
        let text = [&secret(codec)[..], &noise(600_000)].concat();
        let whole = squeeze(codec, &text);
        for (what, bytes) in [
            ("cut", whole[..whole.len() * 9 / 10].to_vec()),
            ("with a secret behind the end", [&whole[..whole.len() / 2], b"\n", &secret("behind")].concat()),
        ] {
            let (found, counts, status) = scanned(&repo, &bytes, "f");
            assert_eq!(counts, BTreeMap::from([("damaged container".to_owned(), 1)]), "{codec} {what}");
            assert_eq!((status, found > 0), (i32::from(found > 0), found > 0), "{codec} {what}");
            assert!(found >= usize::from(what != "cut"), "{codec} {what}");
        }
    }
    let broken = zip(&[("a.env", &secret("a")), ("b.env", &secret("b"))]);
    let second = memchr::memmem::rfind(&broken, b"PK\x03\x04").expect("a second entry");
    let (found, counts, status) = scanned(&repo, &broken[..second + 45], "f.zip");
    assert_eq!((found, status, counts["damaged container"]), (1, 1, 1));
    // Only the beginning of one.
    let stub = &squeeze("gzip", &noise(2_000))[..40];
    let (_, counts, status) = scanned(&repo, stub, "f.gz");
    assert_eq!((status, counts["damaged container"]), (0, 1));
    repo.write("f.gz", stub);
    let told = repo.scan(&["-v"]);
    assert!(told.stderr.contains("skipped: f.gz: damaged container: gzip: cut off"), "{}", told.stderr);
    assert_eq!(repo.scan(&["--fail-on-skipped"]).status, 2);
    // A pipe cannot be read again.
    assert_eq!(repo.run(crate::lab::SCRUBJAY, &["scan", "-"], stub).status, 2);
}

/// Bytes that do not compress.
fn noise(length: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rng = crate::support::prng::Prng::new(9);
    while out.len() < length {
        writeln!(out, "{}", rng.below(1 << 30)).expect("written");
    }
    out
}

#[cfg(unix)]
#[test]
fn what_cannot_be_opened_stays_an_error() {
    use std::os::unix::fs::PermissionsExt as _;
    let lab = Lab::new();
    let repo = lab.repo("r", &[]);
    repo.write("closed/f", b"text");
    let closed = repo.path.join("closed");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).expect("set");
    // Whoever may do everything opens it all the same.
    let may = fs::read_dir(&closed).is_ok();
    let status = repo.scan(&[]).status;
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).expect("set");
    assert_eq!(status, if may { 0 } else { 2 });
}
