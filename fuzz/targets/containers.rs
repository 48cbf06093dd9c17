//! Any bytes as a container: it is read and copied without a panic and without using more than it may, and
//! a copy has the entries that the container had.
#![no_main]

use std::io::{self, Cursor, Read, Write};

use libfuzzer_sys::fuzz_target;
use scrubjay::blob::Origin;
use scrubjay::pack::{self, Filter, Input, Limits, Told, Visitor};

/// Enough for anything that fits into an input.
const LIMITS: Limits = Limits { depth: 4, nested: 1 << 22, ratio: 100 };

/// Entries by name, with so many of their first bytes.
const MAX_BYTES: u64 = 1 << 20;

#[derive(Default)]
struct Entries {
    all: Vec<(Vec<String>, Vec<u8>)>,
    is_whole: bool,
}

impl Visitor for Entries {
    fn leaf(&mut self, origin: &Origin, reader: &mut (dyn Read + Send)) -> io::Result<()> {
        let mut bytes = Vec::new();
        // What is cut off or corrupt is told.
        let _ = reader.take(MAX_BYTES).read_to_end(&mut bytes);
        self.all.push((origin.entry.clone(), bytes));
        Ok(())
    }

    fn told(&mut self, _: &Origin, _: Told) {
        self.is_whole = false;
    }
}

/// Copies everything as it is, but for one byte, so that every layer is written anew. It comes last: before the
/// first entry of an archive a byte would be an entry of its own.
struct Copy {
    is_first: bool,
}

impl Filter for Copy {
    fn leaf(&mut self, _: &Origin, reader: &mut (dyn Read + Send), writer: &mut dyn Write) -> io::Result<()> {
        io::copy(&mut reader.take(MAX_BYTES), writer)?;
        if std::mem::take(&mut self.is_first) {
            writer.write_all(b"+")?;
        }
        Ok(())
    }

    fn told(&mut self, _: &Origin, _: Told) {}
}

fn entries(bytes: &[u8], is_file: bool) -> Option<Entries> {
    let kind = pack::identify(bytes)?;
    let (mut found, origin) = (Entries { is_whole: true, ..Entries::default() }, Origin::file("a.bin"));
    let (mut file, mut stream) = (Cursor::new(bytes), bytes);
    let input = if is_file { Input::File(&mut file) } else { Input::Stream(&mut stream) };
    pack::read(kind, &origin, input, LIMITS, &mut found).expect("the visitor has no errors");
    Some(found)
}

fuzz_target!(|bytes: &[u8]| {
    let (Some(found), Some(_)) = (entries(bytes, true), entries(bytes, false)) else { return };
    let kind = pack::identify(bytes).expect("it was one");
    let (mut copy, mut file) = (Vec::new(), Cursor::new(bytes));
    let origin = Origin::file("a.bin");
    let mut filter = Copy { is_first: true };
    let written = pack::rewrite(kind, &origin, Input::File(&mut file), &mut copy, LIMITS, &mut filter);
    if written.is_err() || !found.is_whole || found.all.is_empty() {
        return;
    }
    let again = entries(&copy, true).expect("a copy is of the same kind");
    // What lies between the entries of a zip is named by its place, which moves.
    let is_gap = |name: &&String| name.starts_with("(bytes at ");
    let name = |way: &[String]| way.iter().map(|name| Some(name).filter(|name| !is_gap(name)).cloned()).collect();
    let names = |entries: &Entries| -> Vec<Vec<Option<String>>> {
        entries.all.iter().map(|(way, _)| name(way)).collect()
    };
    assert_eq!(names(&again), names(&found), "a copy has the same entries");
});
