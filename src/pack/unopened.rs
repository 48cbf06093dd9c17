//! What a file is that nothing here looks into: pictures, documents, archives of other kinds.
//!
//! Such files are read as the bytes that they are, so a secret in the clear is found in them. What their
//! format compresses, encrypts or takes apart is not seen, and that must be told. Programs and other files
//! that hold texts in one piece are not listed.

use crate::text::hex_byte;

/// A kind of file that is not looked into.
#[derive(Debug)]
pub struct Unopened {
    /// Its name, as people know it.
    pub name: &'static str,
    /// What is said where files are counted that were not looked into.
    pub reason: &'static str,
    /// Bytes at places that all files of the kind have.
    marks: &'static [(usize, &'static [u8])],
    /// What else must hold of the first bytes.
    and: fn(&[u8]) -> bool,
}

/// What all reasons begin with.
pub const NOT_LOOKED_INTO: &str = "not looked into: ";

/// How many bytes of a file's start are looked at: the headers of a mail are long.
const HEAD: usize = 16 * 1024;

/// The kind of a file that is not looked into, by its first bytes ([`super::HEAD`] of them, or all where
/// there are fewer); none where it is read as it is or opened. More of them than that may tell more.
pub fn unopened(head: &[u8]) -> Option<&'static Unopened> {
    let head = &head[..head.len().min(HEAD)];
    let first = *head.first()?;
    if !MAY_BEGIN[usize::from(first)] && !is_marked_later(head) {
        return None;
    }
    let holds = |(at, mark): &(usize, &[u8])| head.get(*at..).is_some_and(|rest| rest.starts_with(mark));
    KINDS.iter().find(|kind| kind.marks.iter().all(holds) && (kind.and)(head))
}

macro_rules! kinds {
    ($($name:literal: $($at:literal $mark:literal),+ $(; $and:expr)?;;)+) => {
        &[$(Unopened {
            name: $name,
            reason: concat!("not looked into: ", $name),
            marks: &[$(($at, $mark)),+],
            and: { let and: fn(&[u8]) -> bool = kinds!(@and $($and)?); and },
        }),+]
    };
    (@and) => { |_| true };
    (@and $and:expr) => { $and };
}

/// Every kind. Of two that begin alike the first counts.
pub const KINDS: &[Unopened] = kinds! {
    // Documents.
    "pdf": 0 b"%PDF-";;
    "ole": 0 b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";; // doc, xls, ppt, msg, msi
    "rtf": 0 b"{\\rtf";;
    "postscript": 0 b"%!PS";;
    "djvu": 0 b"AT&TFORM";;
    "onenote": 0 b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3";;
    "chm": 0 b"ITSF\x03\x00";;
    "mobi": 60 b"BOOKMOBI";;
    "pst": 0 b"!BDN";;
    "dwg": 0 b"AC10"; is_binary;;
    "postscript": 0 b"\xc5\xd0\xd3\xc6";;
    "drawio": 0 b"<mxfile"; |head| !holds(head, b"<mxGraphModel");;
    "mail": 0 b"From "; is_mail;;
    "mail": 0 b"From: "; is_mail;;
    "mail": 0 b"Return-Path: "; is_mail;;
    "mail": 0 b"Received: "; is_mail;;
    "mail": 0 b"Delivered-To: "; is_mail;;
    "mail": 0 b"MIME-Version: "; is_mail;;
    "mail": 0 b"Message-ID: "; is_mail;;
    "mail": 0 b"Date: "; is_mail;;
    "mail": 0 b"Subject: "; is_mail;;
    "mail": 0 b"To: "; is_mail;;
    "mail": 0 b"X-"; is_mail;;
    // Pictures.
    "png": 0 b"\x89PNG\r\n\x1a\n";;
    "jpeg": 0 b"\xff\xd8\xff";;
    "gif": 0 b"GIF8";;
    "webp": 0 b"RIFF", 8 b"WEBP";;
    "tiff": 0 b"II*\x00";;
    "tiff": 0 b"MM\x00*";;
    "bmp": 0 b"BM"; is_bitmap;;
    "ico": 0 b"\x00\x00\x01\x00"; is_icon;;
    "icns": 0 b"icns"; is_binary;;
    "psd": 0 b"8BPS\x00";;
    "xcf": 0 b"gimp xcf ";;
    "heic": 4 b"ftyphei";;
    "heic": 4 b"ftypmif1";;
    "avif": 4 b"ftypavi";;
    "jpeg-2000": 4 b"jP  \r\n\x87\n";;
    "jpeg-xl": 0 b"\x00\x00\x00\x0cJXL \r\n\x87\n";;
    "jpeg-xl": 0 b"\xff\x0a"; is_binary;;
    // Sound and video.
    "mp4": 4 b"ftyp"; is_binary;;
    "mov": 4 b"moov"; is_binary;;
    "mov": 4 b"mdat"; is_binary;;
    "mov": 4 b"wide"; is_binary;;
    "swf": 0 b"CWS"; is_binary;;
    "swf": 0 b"ZWS"; is_binary;;
    "mkv": 0 b"\x1a\x45\xdf\xa3";;
    "avi": 0 b"RIFF", 8 b"AVI ";;
    "wav": 0 b"RIFF", 8 b"WAVE";;
    "flv": 0 b"FLV\x01";;
    "wmv": 0 b"\x30\x26\xb2\x75\x8e\x66\xcf\x11";;
    "mpeg": 0 b"\x00\x00\x01\xba";;
    "mpeg": 0 b"\x00\x00\x01\xb3";;
    "mpeg": 0 b"\x47"; is_transport_stream;;
    "mp3": 0 b"ID3"; is_binary;;
    "aac": 0 b"\xff\xf1"; is_mpeg_audio;;
    "aac": 0 b"\xff\xf9"; is_mpeg_audio;;
    "mp3": 0 b"\xff"; is_mpeg_audio;;
    "ogg": 0 b"OggS\x00";;
    "flac": 0 b"fLaC\x00";;
    "midi": 0 b"MThd\x00";;
    "aiff": 0 b"FORM", 8 b"AIF";;
    "amr": 0 b"#!AMR";;
    // Fonts.
    "woff": 0 b"wOFF";;
    "woff2": 0 b"wOF2";;
    "ttf": 0 b"\x00\x01\x00\x00\x00"; is_font;;
    "otf": 0 b"OTTO\x00";;
    "ttc": 0 b"ttcf\x00";;
    // Archives and compressions.
    "7z": 0 b"7z\xbc\xaf\x27\x1c";;
    "rar": 0 b"Rar!\x1a\x07";;
    "cab": 0 b"MSCF\x00\x00\x00\x00";;
    "arj": 0 b"\x60\xea"; is_binary;;
    "lha": 2 b"-lh", 6 b"-";;
    "ace": 7 b"**ACE**";;
    "xar": 0 b"xar!\x00";;
    "wim": 0 b"MSWIM\x00\x00\x00";;
    "rpm": 0 b"\xed\xab\xee\xdb";;
    "deb": 0 b"!<arch>\ndebian-binary";;
    "cpio": 0 b"07070"; is_cpio;;
    "cpio": 0 b"\xc7\x71";;
    "squashfs": 0 b"hsqs";;
    "squashfs": 0 b"sqsh\x00";;
    "cramfs": 0 b"\x45\x3d\xcd\x28";;
    "jffs2": 0 b"\x85\x19"; is_jffs2;;
    "ubifs": 0 b"\x31\x18\x10\x06";;
    "qcow2": 0 b"QFI\xfb";;
    "vmdk": 0 b"KDMV";;
    "vhdx": 0 b"vhdxfile";;
    "vdi": 0 b"<<< ", 4 b"Oracle VM VirtualBox";;
    "uimage": 0 b"\x27\x05\x19\x56";;
    "uf2": 0 b"UF2\nWQ]\x9e";;
    "intel hex": 0 b":"; |head| is_summed_hex(head, 1, 0);;
    "s-record": 0 b"S0"; |head| is_summed_hex(head, 2, 0xff);;
    "s-record": 0 b"S1"; |head| is_summed_hex(head, 2, 0xff);;
    "uuencode": 0 b"begin "; is_uuencoded;;
    "yenc": 0 b"=ybegin ";;
    "binhex": 0 b"(This file must be converted with BinHex";;
    "compress": 0 b"\x1f\x9d";;
    "pack": 0 b"\x1f\x1e"; is_binary;;
    "lzma": 0 b"\x5d\x00\x00"; is_lzma;;
    "lzip": 0 b"LZIP\x01";;
    "lzop": 0 b"\x89LZO\x00\r\n\x1a\n";;
    "lrzip": 0 b"LRZI\x00";;
    "snappy": 0 b"\xff\x06\x00\x00sNaPpY";;
    "zlib": 0 b"\x78"; is_zlib;;
    "git bundle": 0 b"# v2 git bundle\n";;
    "git bundle": 0 b"# v3 git bundle\n";;
    "git pack": 0 b"PACK\x00\x00\x00";;
    // Contents that are somewhere else.
    "lfs pointer": 0 b"version https://git-lfs.github.com/spec/";;
    "annex pointer": 0 b"/annex/objects/";;
    // What is encrypted.
    "pgp": 0 b"-----BEGIN PGP MESSAGE-----";;
    "age": 0 b"age-encryption.org/v1\n";;
    "age": 0 b"-----BEGIN AGE ENCRYPTED FILE-----";;
    "ansible vault": 0 b"$ANSIBLE_VAULT;";;
    "openssl": 0 b"Salted__";;
    "openssl": 0 b"U2FsdGVkX1";;
    "pgp": 0 b"\x8c\x0d\x04";;
    "pgp": 0 b"\x85\x01"; is_binary;;
    "pgp": 0 b"\x85\x02"; is_binary;;
    "cms": 0 b"\x30"; is_cms;; // also .p12
    "cms": 0 b"-----BEGIN PKCS7-----";;
    "cms": 0 b"-----BEGIN CMS-----";;
    "keystore": 0 b"\xce\xce\xce\xce\x00\x00\x00\x02";; // JCEKS
    "keychain": 0 b"kych\x00\x01\x00\x00";;
    "vhd": 0 b"conectix";;
    "matlab": 0 b"MATLAB 5.0 MAT-file";;
    "openexr": 0 b"\x76\x2f\x31\x01";;
    "stuffit": 0 b"StuffIt (c)";;
    "stuffit": 0 b"SIT!";;
    "zpaq": 0 b"7kSt";;
    "zpaq": 0 b"zPQ\x01";;
    "ape": 0 b"MAC ";;
    "duckdb": 8 b"DUCK";;
    "git-crypt": 0 b"\x00GITCRYPT\x00";;
    "luks": 0 b"LUKS\xba\xbe";;
    "keepass": 0 b"\x03\xd9\xa2\x9a";;
    "java keystore": 0 b"\xfe\xed\xfe\xed\x00";;
    // Tables, records and compiled code.
    "sqlite": 0 b"SQLite format 3\x00";;
    "access": 0 b"\x00\x01\x00\x00Standard ";;
    "parquet": 0 b"PAR1";;
    "orc": 0 b"ORC"; is_binary;;
    "avro": 0 b"Obj\x01";;
    "arrow": 0 b"ARROW1\x00\x00";;
    "feather": 0 b"FEA1";;
    "hdf5": 0 b"\x89HDF\r\n\x1a\n";;
    "pickle": 0 b"\x80"; is_pickle;;
    "redis": 0 b"REDIS00";;
    "pg_dump": 0 b"PGDMP";;
    "pcap": 0 b"\xd4\xc3\xb2\xa1";;
    "pcap": 0 b"\xa1\xb2\xc3\xd4";;
    "pcap": 0 b"\x4d\x3c\xb2\xa1";;
    "pcap": 0 b"\xa1\xb2\x3c\x4d";;
    "cbor": 0 b"\xd9\xd9\xf7";;
    "pcapng": 0 b"\x0a\x0d\x0d\x0a"; is_pcapng;;
    "journal": 0 b"LPKSHHRH";;
    "evtx": 0 b"ElfFile\x00";;
    "registry": 0 b"regf";;
    "plist": 0 b"bplist0";;
    "java objects": 0 b"\xac\xed\x00\x05";;
    "java class": 0 b"\xca\xfe\xba\xbe\x00\x00\x00"; |head| head.get(7).is_some_and(|major| *major >= 45);;
    "dex": 0 b"dex\n03";;
    "android xml": 0 b"\x03\x00\x08\x00";;
    "android resources": 0 b"\x02\x00\x0c\x00";;
    "hermes": 0 b"\xc6\x1f\xbc\x03\xc1\x03\x19\x1f";;
    "pyc": 2 b"\r\n"; is_pyc;;
};

/// The bytes that files of these kinds begin with, so that nearly all others are told at once.
const MAY_BEGIN: [bool; 256] = {
    let mut may = [false; 256];
    let mut at = 0;
    while at < KINDS.len() {
        let (place, mark) = KINDS[at].marks[0];
        if place == 0 {
            may[mark[0] as usize] = true;
        }
        at += 1;
    }
    may
};

/// Marks that do not stand at the beginning.
/// The syntax of CMS and of PKCS #12, by the beginning of their object identifiers.
fn is_cms(head: &[u8]) -> bool {
    const IDENTIFIER: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07";
    const WITHIN_BYTES: usize = 64;
    holds(&head[..head.len().min(WITHIN_BYTES)], IDENTIFIER)
}

fn is_marked_later(head: &[u8]) -> bool {
    let at = |place: usize, mark: &[u8]| head.get(place..).is_some_and(|rest| rest.starts_with(mark));
    at(4, b"ftyp")
        || at(4, b"jP  ")
        || at(4, b"moov")
        || at(4, b"mdat")
        || at(4, b"wide")
        || at(2, b"-lh")
        || at(2, b"\r\n")
        || at(7, b"**ACE**")
        || at(8, b"DUCK")
        || at(60, b"BOOKMOBI")
}

/// No text has a NUL in it.
fn is_binary(head: &[u8]) -> bool {
    head.contains(&0)
}

fn holds(head: &[u8], text: &[u8]) -> bool {
    memchr::memmem::find(head, text).is_some()
}

/// Parts, or a body, that are encoded: what is read as it is says nothing of them.
fn is_mail(head: &[u8]) -> bool {
    let head = head.to_ascii_lowercase();
    holds(&head, b"\ncontent-type: multipart/")
        || holds(&head, b"content-transfer-encoding: base64")
        || head.starts_with(b"content-type: multipart/")
}

/// A first line of bytes in hex, of which the last makes the sum what it must be.
fn is_summed_hex(head: &[u8], from: usize, sum: u8) -> bool {
    let line = head.split(|b| matches!(b, b'\r' | b'\n')).next().unwrap_or_default();
    let digits = line.get(from..).unwrap_or_default();
    let (pairs, rest) = digits.as_chunks::<2>();
    let bytes: Option<Vec<u8>> = pairs.iter().map(|[high, low]| hex_byte(*high, *low)).collect();
    let sums = |bytes: Vec<u8>| bytes.iter().fold(0, |all: u8, b| all.wrapping_add(*b)) == sum;
    rest.is_empty() && pairs.len() >= 4 && bytes.is_some_and(sums)
}

/// A mode in octal digits and a name behind it.
fn is_uuencoded(head: &[u8]) -> bool {
    let mode = head.get(6..9).unwrap_or_default();
    mode.len() == 3 && mode.iter().all(|b| matches!(b, b'0'..=b'7')) && head.get(9) == Some(&b' ')
}

fn u32_at(head: &[u8], place: usize) -> Option<u32> {
    Some(u32::from_le_bytes(head.get(place..place + 4)?.try_into().ok()?))
}

/// The size of the header that follows, of which there are few.
fn is_bitmap(head: &[u8]) -> bool {
    u32_at(head, 14).is_some_and(|size| matches!(size, 12 | 40 | 52 | 56 | 64 | 108 | 124))
}

/// A few pictures, each with a reserved byte.
fn is_icon(head: &[u8]) -> bool {
    head.len() > 22 && head[4] > 0 && head[5] == 0 && head[9] == 0
}

/// Packets of 188 bytes.
fn is_transport_stream(head: &[u8]) -> bool {
    head.get(188) == Some(&0x47) && head.get(376) == Some(&0x47) && is_binary(head)
}

/// A frame's version, layer, rate and frequency, none of them a forbidden one.
fn is_mpeg_audio(head: &[u8]) -> bool {
    head.len() > 4
        && matches!(head[1], 0xfa | 0xfb | 0xf2 | 0xf3 | 0xf1 | 0xf9)
        && head[2] >> 4 != 15
        && head[2] & 0x0c != 0x0c
        && is_binary(head)
}

/// The number of tables is small.
fn is_font(head: &[u8]) -> bool {
    head.len() > 12 && head[5] > 0 && head[5] < 64
}

fn is_cpio(head: &[u8]) -> bool {
    matches!(head.get(5), Some(b'1' | b'2' | b'7')) && head.len() > 76
}

/// The kinds of its nodes.
fn is_jffs2(head: &[u8]) -> bool {
    matches!(head.get(2..4), Some([1..=6, 0xe0] | [3 | 4 | 6, 0x20]))
}

/// A dictionary of a usual size, and a length or none.
fn is_lzma(head: &[u8]) -> bool {
    let dictionary = u32_at(head, 1).is_some_and(|size| size.is_power_of_two() || size.count_ones() == 2);
    dictionary && head.get(10..13).is_some_and(|high| high == [0xff; 3] || high == [0; 3])
}

/// The check of the two bytes of the header; text does not go on like this.
fn is_zlib(head: &[u8]) -> bool {
    let is_text = |b: &u8| matches!(b, b'\t' | b'\n' | b'\r' | 0x20..=0x7e);
    matches!(head.get(1), Some(0x01 | 0x5e | 0x9c | 0xda)) && !head.iter().all(is_text)
}

/// A protocol, and a frame or an opcode behind it.
fn is_pickle(head: &[u8]) -> bool {
    matches!(head.get(1), Some(2..=5)) && matches!(head.get(2), Some(0x95 | b']' | b'}' | b'c' | b'(' | b'X'))
}

/// The mark of the order of bytes.
fn is_pcapng(head: &[u8]) -> bool {
    matches!(head.get(8..12), Some(b"\x1a\x2b\x3c\x4d" | b"\x4d\x3c\x2b\x1a"))
}

/// The number of a version of Python, its flags, and code.
fn is_pyc(head: &[u8]) -> bool {
    head.len() > 16 && head[1] == 0x0d && head[4] < 4 && head[5..8] == [0, 0, 0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_can_be_told() {
        for kind in KINDS {
            assert_eq!(kind.reason, format!("{NOT_LOOKED_INTO}{}", kind.name));
            let (place, mark) = kind.marks[0];
            let mut head = vec![0; place];
            head.extend(mark);
            assert!(MAY_BEGIN[usize::from(head[0])] || is_marked_later(&head), "{}", kind.name);
        }
    }

    #[test]
    fn text_is_of_no_kind() {
        for text in [
            "x^2 + y",
            "BM25 ranks",
            "II* is",
            "ID3 tags",
            "PAR",
            "Obj",
            "ORC is an orchestra",
            "icns\n",
            "07070 7",
            "Gift",
            "%PDX",
            "7z x a.7z",
            "xar",
            "dex\n",
            "# v2 of",
            "version https://example.org",
            "MThd",
            "`\u{ea}",
            "1\r\n2\r\n3\r\n",
            "a\r\r\n\0",
            "G\n",
            "5d00",
            "",
        ] {
            let text = text.as_bytes();
            assert_eq!(unopened(text).map(|kind| kind.name), None, "{}", text.escape_ascii());
            let longer = [text, b" and so on, over some more lines\nof text\n"].concat().repeat(12);
            assert_eq!(unopened(&longer).map(|kind| kind.name), None, "{}", text.escape_ascii());
        }
    }
}
