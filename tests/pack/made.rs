//! Makers of containers, and takers of what is in them.

use std::io::{self, Cursor, Read, Write};

use scrubjay::blob::Origin;
use scrubjay::pack::{self, CODECS, Filter, HEAD, Input, Limits, OTHERS, Told, Visitor};

/// The names of all compressions.
pub(crate) fn codecs() -> Vec<&'static str> {
    CODECS.iter().map(|codec| codec.name).collect()
}

/// What a compression makes of these bytes.
pub(crate) fn squeeze(name: &str, bytes: &[u8]) -> Vec<u8> {
    squeeze_as(name, bytes, &[])
}

/// The same, with the options of a stream that begins like this.
pub(crate) fn squeeze_as(name: &str, bytes: &[u8], head: &[u8]) -> Vec<u8> {
    let codec =
        CODECS.iter().chain(OTHERS).find(|codec| codec.name == name).expect("a compression of this name");
    let mut out = Vec::new();
    let mut writer = (codec.writer)(Box::new(&mut out), head).expect("opens");
    writer.write_all(bytes).expect("writes");
    writer.finish().expect("ends");
    out
}

/// A block of a tar: these fields at these places, and the checksum.
pub(crate) fn tar_header(name: &str, kind: u8, size: u64) -> Vec<u8> {
    let mut block = vec![0; 512];
    let mut put = |at: usize, text: &[u8]| block[at..at + text.len()].copy_from_slice(text);
    put(0, name.as_bytes());
    put(100, b"0000640\0");
    put(108, b"0001750\0");
    put(116, b"0001751\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, b"14000000000\0");
    put(156, &[kind]);
    put(257, b"ustar\x0000");
    put(265, b"camera");
    sum(&mut block);
    block
}

/// Writes the checksum into a block.
pub(crate) fn sum(block: &mut [u8]) {
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|b| u32::from(*b)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

/// A header with its data, padded.
pub(crate) fn tar_entry(name: &str, kind: u8, data: &[u8]) -> Vec<u8> {
    let mut out = tar_header(name, kind, data.len() as u64);
    out.extend_from_slice(data);
    out.resize(out.len().next_multiple_of(512), 0);
    out
}

/// A record of a pax header.
pub(crate) fn pax(key: &str, value: &str) -> Vec<u8> {
    let rest = key.len() + value.len() + 3;
    let length = (rest..).find(|n| n.to_string().len() + rest == *n).expect("some length fits");
    format!("{length} {key}={value}\n").into_bytes()
}

/// A tar of files.
pub(crate) fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out: Vec<u8> = files.iter().flat_map(|(name, data)| tar_entry(name, b'0', data)).collect();
    out.extend([0; 1024]);
    out
}

/// One entry of a zip that is made.
pub(crate) struct Zipped<'a> {
    pub(crate) name: &'a str,
    pub(crate) data: &'a [u8],
    pub(crate) method: u16,
    pub(crate) flags: u16,
    pub(crate) extra: &'a [u8],
    pub(crate) comment: &'a [u8],
}

impl<'a> Zipped<'a> {
    pub(crate) fn new(name: &'a str, data: &'a [u8]) -> Self {
        Self { name, data, method: 8, flags: 0, extra: b"", comment: b"" }
    }
}

/// A zip of files, deflated.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    zip_of(&files.iter().map(|(name, data)| Zipped::new(name, data)).collect::<Vec<_>>(), b"")
}

/// A zip of entries, with a comment.
pub(crate) fn zip_of(entries: &[Zipped<'_>], comment: &[u8]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        // What a gzip holds between its header and its end is what a zip wants.
        let gzip = squeeze("gzip", entry.data);
        let crc = &gzip[gzip.len() - 8..gzip.len() - 4];
        let packed = if entry.method == 8 { &gzip[10..gzip.len() - 8] } else { entry.data };
        let sizes = [&(packed.len() as u32).to_le_bytes()[..], &(entry.data.len() as u32).to_le_bytes()];
        let numbers = [crc, sizes[0], sizes[1]].concat();
        let described = entry.flags & 8 != 0;
        let common = |numbers: &[u8]| {
            let mut head = vec![20, 0];
            head.extend(entry.flags.to_le_bytes());
            head.extend(entry.method.to_le_bytes());
            head.extend([0x21, 0x43, 0x65, 0x57]);
            head.extend_from_slice(numbers);
            head.extend((entry.name.len() as u16).to_le_bytes());
            head.extend((entry.extra.len() as u16).to_le_bytes());
            head
        };
        let at = out.len() as u32;
        out.extend(*b"PK\x03\x04");
        out.extend(common(if described { &[0; 12] } else { &numbers }));
        out.extend([entry.name.as_bytes(), entry.extra, packed].concat());
        if described {
            out.extend([b"PK\x07\x08", &numbers[..]].concat());
        }
        directory.extend(*b"PK\x01\x02\x14\x03");
        directory.extend(common(&numbers));
        directory.extend((entry.comment.len() as u16).to_le_bytes());
        directory.extend([0, 0, 1, 0, 0, 0, 0xa4, 0x81]);
        directory.extend(at.to_le_bytes());
        directory.extend([entry.name.as_bytes(), entry.extra, entry.comment].concat());
    }
    let (count, at, size) = (entries.len() as u16, out.len() as u32, directory.len() as u32);
    out.extend(directory);
    out.extend(*b"PK\x05\x06\0\0\0\0");
    out.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    out.extend([size.to_le_bytes(), at.to_le_bytes()].concat());
    out.extend((comment.len() as u16).to_le_bytes());
    out.extend_from_slice(comment);
    out
}

/// Puts bytes before a zip, and makes the places in its directory count from the beginning of the file.
pub(crate) fn counted_from_start(lead: &[u8], zip: &[u8]) -> Vec<u8> {
    let mut out = [lead, zip].concat();
    let mut add = |at: usize| {
        let place = u32::from_le_bytes(out[at..at + 4].try_into().expect("four")) + lead.len() as u32;
        out[at..at + 4].copy_from_slice(&place.to_le_bytes());
    };
    let lines: Vec<usize> =
        memchr::memmem::find_iter(zip, b"PK\x01\x02").map(|at| lead.len() + at + 42).collect();
    lines.into_iter().for_each(&mut add);
    let end = memchr::memmem::rfind(zip, b"PK\x05\x06").expect("an end");
    add(lead.len() + end + 16);
    out
}

/// What came out of a container.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Ways and contents, in order.
    pub(crate) leaves: Vec<(String, Vec<u8>)>,
    /// Ways, and what was told of them.
    pub(crate) told: Vec<(String, String)>,
}

impl Seen {
    pub(crate) fn ways(&self) -> Vec<&str> {
        self.leaves.iter().map(|(way, _)| way.as_str()).collect()
    }

    fn tell(&mut self, origin: &Origin, told: Told) {
        let text = match told {
            Told::Skipped(reason) => reason.to_owned(),
            Told::Failed(error) => error.to_string(),
        };
        self.told.push((origin.entry.join(">"), text));
    }
}

impl Visitor for Seen {
    fn leaf(&mut self, origin: &Origin, reader: &mut (dyn Read + Send)) -> io::Result<()> {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes)?;
        self.leaves.push((origin.entry.join(">"), bytes));
        Ok(())
    }

    fn told(&mut self, origin: &Origin, told: Told) {
        self.tell(origin, told);
    }
}

/// Reads bytes that must begin as a container.
pub(crate) fn read(bytes: &[u8]) -> Seen {
    let kind = pack::identify(bytes).expect("a container");
    let mut seen = Seen::default();
    let input = Input::File(&mut Cursor::new(bytes));
    pack::read(kind, &Origin::file("f.gz"), input, Limits::default(), &mut seen).expect("reads");
    seen
}

/// As [`read`], for what comes in a pipe.
pub(crate) fn read_stream(bytes: &[u8]) -> Seen {
    let kind = pack::sniff(&bytes[..bytes.len().min(HEAD)]).expect("begins as a container");
    let mut seen = Seen::default();
    let input = Input::Stream(&mut &*bytes);
    pack::read(kind, &Origin::file("f.gz"), input, Limits::default(), &mut seen).expect("reads");
    seen
}

/// Replaces a text by another, and keeps what was told.
pub(crate) struct Replace<'t> {
    pub(crate) from: &'t str,
    pub(crate) to: &'t str,
    pub(crate) seen: Seen,
}

impl Replace<'_> {
    pub(crate) fn apply(&self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut rest = bytes;
        let from = self.from.as_bytes();
        while let Some(at) = rest.windows(from.len()).position(|w| w == from) {
            out.extend_from_slice(&rest[..at]);
            out.extend_from_slice(self.to.as_bytes());
            rest = &rest[at + from.len()..];
        }
        out.extend_from_slice(rest);
        out
    }
}

impl Filter for Replace<'_> {
    fn leaf(
        &mut self,
        origin: &Origin,
        reader: &mut (dyn Read + Send),
        writer: &mut dyn Write,
    ) -> io::Result<()> {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes)?;
        writer.write_all(&self.apply(&bytes))?;
        self.seen.leaves.push((origin.entry.join(">"), bytes));
        Ok(())
    }

    fn told(&mut self, origin: &Origin, told: Told) {
        self.seen.tell(origin, told);
    }
}

/// Rewrites bytes with one text for another: the copy, whether it is another, and what was told.
pub(crate) fn rewrite(bytes: &[u8], from: &str, to: &str) -> io::Result<(Vec<u8>, bool, Seen)> {
    let kind =
        pack::sniff(&bytes[..bytes.len().min(HEAD)]).or_else(|| pack::identify(bytes)).expect("a container");
    let mut out = Vec::new();
    let mut filter = Replace { from, to, seen: Seen::default() };
    let input = Input::File(&mut Cursor::new(bytes));
    let changed =
        pack::rewrite(kind, &Origin::file("f.gz"), input, &mut out, Limits::default(), &mut filter)?;
    Ok((out, changed, filter.seen))
}
