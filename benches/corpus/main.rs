//! Writes the corpora that the benchmarks run on: the same bytes for the same seed, on every machine.
//!
//! ```text
//! corpus log FILE [MIB] [normal|sparse|dense|dirty|clean]    a service log (default 1024 MiB, normal)
//! corpus tree FOLDER [FILES]                     a source tree (default 50000 files)
//! corpus five FOLDER                             five small files, as a commit hook sees them
//! corpus history FOLDER [COMMITS]                a bare repository (default 32000 commits; needs git)
//! corpus seeds FOLDER                            what the fuzz targets begin with (needs git)
//! ```
//!
//! Nothing real is in them: words, identifiers and credentials are made up by the generator of the
//! tests, one line in ten thousand of a log with a credential (in ten of a dirty one, none of a clean one).

mod history;
mod log;
mod seeds;
mod tree;

#[path = "../../tests/support/mod.rs"]
mod support;

use std::error::Error;
use std::path::Path;

use log::Density;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["log", file] => log::write(Path::new(file), 1024, Density::Normal)?,
        ["log", file, mib] => log::write(Path::new(file), mib.parse()?, Density::Normal)?,
        ["log", file, mib, density] => log::write(Path::new(file), mib.parse()?, density.parse()?)?,
        ["tree", folder] => tree::write(Path::new(folder), 50_000)?,
        ["tree", folder, files] => tree::write(Path::new(folder), files.parse()?)?,
        ["five", folder] => tree::write(Path::new(folder), 5)?,
        ["history", folder] => history::write(Path::new(folder), 32_000)?,
        ["history", folder, commits] => history::write(Path::new(folder), commits.parse()?)?,
        ["seeds", folder] => seeds::write(Path::new(folder))?,
        _ => {
            return Err(
                "usage: corpus log FILE [MIB] [normal|sparse|dense] | tree FOLDER [FILES] | five FOLDER | \
                 history FOLDER [COMMITS] | seeds FOLDER"
                    .into(),
            );
        }
    }
    Ok(())
}
