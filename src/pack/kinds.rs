//! The table of kinds that are not looked into: what each begins with.

use super::codec::HEAD;
use super::heads::{
    holds, is_binary, is_bitmap, is_bks, is_cms, is_cpio, is_encrypted_key, is_font, is_icon, is_jffs2,
    is_lzma, is_mail, is_mpeg_audio, is_pcapng, is_pickle, is_pkcs12, is_pyc, is_summed_hex,
    is_transport_stream, is_uuencoded, is_zlib,
};
use super::unopened::Unopened;
use super::{compress, lzma, zlib};

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

/// Every kind that marks tell. Of two that begin alike the first counts.
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
    "lz4 legacy": 0 b"\x02\x21\x4c\x18";;
    "lzfse": 0 b"bvx"; is_binary;;
    "bzip3": 0 b"BZ3v1";;
    "rzip": 0 b"RZIP"; is_binary;;
    "zchunk": 0 b"\x00ZCK1";;
    "szdd": 0 b"SZDD\x88\xf0\x27\x33";;
    "kwaj": 0 b"KWAJ\x88\xf0\x27\xd1";;
    "uf2": 0 b"UF2\nWQ\x5d\x9e";;
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
    "compress": 0 b"\x1f\x9d"; |head| !(compress::CODEC.begins)(head);;
    "pack": 0 b"\x1f\x1e"; is_binary;;
    "lzma": 0 b"\x5d\x00\x00"; |head| is_lzma(head) && !lzma::begins(head);;
    "lzip": 0 b"LZIP\x01";;
    "lzop": 0 b"\x89LZO\x00\r\n\x1a\n";;
    "lrzip": 0 b"LRZI\x00";;
    "snappy": 0 b"\xff\x06\x00\x00sNaPpY";;
    "zlib": 0 b"\x78"; |head| is_zlib(head) && !(zlib::CODEC.begins)(&head[..head.len().min(HEAD)]);;
    "git bundle": 0 b"# v2 git bundle\n";;
    "git bundle": 0 b"# v3 git bundle\n";;
    "git pack": 0 b"PACK\x00\x00\x00";;
    // Contents that are somewhere else.
    "lfs pointer": 0 b"version https://git-lfs.github.com/spec/";;
    "annex pointer": 0 b"/annex/objects/";;
    "iso": 32769 b"CD001";;
    "udf": 32769 b"BEA01";;
    "ntfs": 3 b"NTFS    ";;
    "exfat": 3 b"EXFAT   ";;
    "fat": 82 b"FAT32   ";;
    "fat": 54 b"FAT16   ";;
    "fat": 54 b"FAT12   ";;
    "ext": 1080 b"\x53\xef"; is_binary;;
    "xfs": 0 b"XFSB\x00";;
    "btrfs": 65600 b"_BHRfS_M";;
    "gpt": 512 b"EFI PART";;
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
    "pkcs12": 0 b"\x30"; is_pkcs12;;
    "encrypted key": 0 b"\x30"; is_encrypted_key;;
    "cms": 0 b"\x30"; is_cms;;
    "bks": 0 b"\x00\x00\x00\x01\x00\x00\x00\x14"; is_bks;;
    "bks": 0 b"\x00\x00\x00\x02\x00\x00\x00\x14"; is_bks;;
    "keybox": 8 b"KBXf";;
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
    "elf": 0 b"\x7fELF";;
    "mach-o": 0 b"\xfe\xed\xfa\xce";;
    "mach-o": 0 b"\xfe\xed\xfa\xcf";;
    "mach-o": 0 b"\xce\xfa\xed\xfe";;
    "mach-o": 0 b"\xcf\xfa\xed\xfe";;
    "mach-o": 0 b"\xca\xfe\xba\xbe\x00\x00\x00"; |head| head.get(7).is_some_and(|count| *count < 45);;
    "pe": 0 b"MZ"; is_binary;; // also programs for DOS
    "wasm": 0 b"\x00asm";;
    "ar": 0 b"!<arch>\n";; // libraries of objects
    "bitcode": 0 b"BC\xc0\xde";;
    "lua": 0 b"\x1bLua";;
    "beam": 0 b"FOR1", 8 b"BEAM";;
    // Records of other kinds.
    "lmdb": 16 b"\xde\xc0\xef\xbe";;
    "bbolt": 16 b"\xed\xda\x0c\xed";;
    "berkeley db": 12 b"\x62\x31\x05\x00";;
    "berkeley db": 12 b"\x61\x15\x06\x00";;
    "npy": 0 b"\x93NUMPY";;
    "gguf": 0 b"GGUF"; is_binary;;
    "dicom": 128 b"DICM";;
    "emf": 0 b"\x01\x00\x00\x00", 40 b" EMF";;
    "wmf": 0 b"\xd7\xcd\xc6\x9a";;
    "lnk": 0 b"L\x00\x00\x00\x01\x14\x02\x00";;
    "minidump": 0 b"MDMP\x93\xa7";;
    "hprof": 0 b"JAVA PROFILE 1.0";;
    "jfr": 0 b"FLR\x00";;
};
