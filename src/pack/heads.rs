//! What must hold of a file's first bytes, besides a mark, for it to be of a kind: marks of two bytes or of
//! letters begin other files as well.

use crate::text::hex_byte;

/// The version of PKCS #12 in a sequence, and the sequence behind it.
pub(super) fn is_pkcs12(head: &[u8]) -> bool {
    matches!(
        head,
        [0x30, 0x82, _, _, 2, 1, 3, 0x30, ..]
            | [0x30, 0x80 | 0x81, 2, 1, 3, 0x30, ..]
            | [0x30, _, 2, 1, 3, 0x30, ..]
    )
}

/// A scheme of PKCS #5 or PKCS #12 at the beginning of a sequence in a sequence.
pub(super) fn is_encrypted_key(head: &[u8]) -> bool {
    let schemes =
        [&b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05"[..], b"\x06\x0a\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01"];
    let start = &head[..head.len().min(20)];
    schemes.iter().any(|scheme| holds(start, scheme))
}

/// A salt of twenty bytes and a number of rounds that somebody may want.
pub(super) fn is_bks(head: &[u8]) -> bool {
    let rounds = head.get(28..32).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]));
    rounds.is_some_and(|rounds| (100..100_000_000).contains(&rounds))
}

/// The syntax of CMS, by the beginning of its object identifiers.
pub(super) fn is_cms(head: &[u8]) -> bool {
    const IDENTIFIER: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07";
    const WITHIN_BYTES: usize = 64;
    holds(&head[..head.len().min(WITHIN_BYTES)], IDENTIFIER)
}

/// No text has a NUL in it.
pub(super) fn is_binary(head: &[u8]) -> bool {
    head.contains(&0)
}

pub(super) fn holds(head: &[u8], text: &[u8]) -> bool {
    memchr::memmem::find(head, text).is_some()
}

/// Parts, or a body, that are encoded: what is read as it is says nothing of them.
pub(super) fn is_mail(head: &[u8]) -> bool {
    let head = head.to_ascii_lowercase();
    holds(&head, b"\ncontent-type: multipart/")
        || holds(&head, b"content-transfer-encoding: base64")
        || head.starts_with(b"content-type: multipart/")
}

/// A first line of bytes in hex, of which the last makes the sum what it must be.
pub(super) fn is_summed_hex(head: &[u8], from: usize, sum: u8) -> bool {
    let line = head.split(|b| matches!(b, b'\r' | b'\n')).next().unwrap_or_default();
    let digits = line.get(from..).unwrap_or_default();
    let (pairs, rest) = digits.as_chunks::<2>();
    let bytes: Option<Vec<u8>> = pairs.iter().map(|[high, low]| hex_byte(*high, *low)).collect();
    let sums = |bytes: Vec<u8>| bytes.iter().fold(0, |all: u8, b| all.wrapping_add(*b)) == sum;
    rest.is_empty() && pairs.len() >= 4 && bytes.is_some_and(sums)
}

/// A mode in octal digits and a name behind it.
pub(super) fn is_uuencoded(head: &[u8]) -> bool {
    let mode = head.get(6..9).unwrap_or_default();
    mode.len() == 3 && mode.iter().all(|b| matches!(b, b'0'..=b'7')) && head.get(9) == Some(&b' ')
}

fn u32_at(head: &[u8], place: usize) -> Option<u32> {
    Some(u32::from_le_bytes(head.get(place..place + 4)?.try_into().ok()?))
}

/// The size of the header that follows, of which there are few.
pub(super) fn is_bitmap(head: &[u8]) -> bool {
    u32_at(head, 14).is_some_and(|size| matches!(size, 12 | 40 | 52 | 56 | 64 | 108 | 124))
}

/// A few pictures, each with a reserved byte.
pub(super) fn is_icon(head: &[u8]) -> bool {
    head.len() > 22 && head[4] > 0 && head[5] == 0 && head[9] == 0
}

/// Packets of 188 bytes.
pub(super) fn is_transport_stream(head: &[u8]) -> bool {
    head.get(188) == Some(&0x47) && head.get(376) == Some(&0x47) && is_binary(head)
}

/// A frame's version, layer, rate and frequency, none of them a forbidden one.
pub(super) fn is_mpeg_audio(head: &[u8]) -> bool {
    head.len() > 4
        && matches!(head[1], 0xfa | 0xfb | 0xf2 | 0xf3 | 0xf1 | 0xf9)
        && head[2] >> 4 != 15
        && head[2] & 0x0c != 0x0c
        && is_binary(head)
}

/// The number of tables is small.
pub(super) fn is_font(head: &[u8]) -> bool {
    head.len() > 12 && head[5] > 0 && head[5] < 64
}

pub(super) fn is_cpio(head: &[u8]) -> bool {
    matches!(head.get(5), Some(b'1' | b'2' | b'7')) && head.len() > 76
}

/// The kinds of its nodes.
pub(super) fn is_jffs2(head: &[u8]) -> bool {
    matches!(head.get(2..4), Some([1..=6, 0xe0] | [3 | 4 | 6, 0x20]))
}

/// A dictionary of a usual size, and a length or none.
pub(super) fn is_lzma(head: &[u8]) -> bool {
    let dictionary = u32_at(head, 1).is_some_and(|size| size.is_power_of_two() || size.count_ones() == 2);
    dictionary && head.get(10..13).is_some_and(|high| high == [0xff; 3] || high == [0; 3])
}

/// The check of the two bytes of the header; text does not go on like this.
pub(super) fn is_zlib(head: &[u8]) -> bool {
    let is_text = |b: &u8| matches!(b, b'\t' | b'\n' | b'\r' | 0x20..=0x7e);
    matches!(head.get(1), Some(0x01 | 0x5e | 0x9c | 0xda)) && !head.iter().all(is_text)
}

/// A protocol, and a frame or an opcode behind it.
pub(super) fn is_pickle(head: &[u8]) -> bool {
    matches!(head.get(1), Some(2..=5)) && matches!(head.get(2), Some(0x95 | b']' | b'}' | b'c' | b'(' | b'X'))
}

/// The mark of the order of bytes.
pub(super) fn is_pcapng(head: &[u8]) -> bool {
    matches!(head.get(8..12), Some(b"\x1a\x2b\x3c\x4d" | b"\x4d\x3c\x2b\x1a"))
}

/// The number of a version of Python, its flags, and code.
pub(super) fn is_pyc(head: &[u8]) -> bool {
    head.len() > 16 && head[1] == 0x0d && head[4] < 4 && head[5..8] == [0, 0, 0]
}
