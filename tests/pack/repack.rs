//! Rewrites a container with one text in it for another: `repack IN OUT FROM TO`. For `tests/pack/run`,
//! where other programs read what comes out. Prints what was told, and whether anything changed.
#![allow(clippy::print_stdout, reason = "a program of the tests")]

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};

use scrubjay::blob::Origin;
use scrubjay::pack::{self, Filter, HEAD, Input, Kind, Limits, Told};

struct Replace {
    from: String,
    to: String,
}

impl Filter for Replace {
    fn leaf(&mut self, _: &Origin, reader: &mut (dyn Read + Send), writer: &mut dyn Write) -> io::Result<()> {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes)?;
        // Bytes as characters of the same number, and back: any file is a text then.
        let text: String = bytes.iter().map(|b| char::from(*b)).collect();
        let text = text.replace(&self.from, &self.to);
        writer.write_all(&text.chars().map(|c| c as u8).collect::<Vec<_>>())
    }

    fn told(&mut self, origin: &Origin, told: Told) {
        println!("{}: {told:?}", origin.entry.join(" > "));
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [input, output, from, to] = <[String; 4]>::try_from(std::env::args().skip(1).collect::<Vec<_>>())
        .map_err(|_| "four arguments")?;
    let mut head = Vec::new();
    File::open(&input)?.take(HEAD as u64).read_to_end(&mut head)?;
    let kind = pack::sniff(&head).unwrap_or(Kind::Zip);
    let mut writer = BufWriter::new(File::create(output)?);
    let mut file = File::open(&input)?;
    let mut filter = Replace { from, to };
    let origin = Origin::file(input);
    let changed =
        pack::rewrite(kind, &origin, Input::File(&mut file), &mut writer, Limits::default(), &mut filter)?;
    writer.flush()?;
    println!("{}", if changed { "changed" } else { "same" });
    Ok(())
}
