//! One direction of dependence: a module uses only modules on lower floors, siblings do not know each other,
//! and within a module no files use each other in a circle. The table is the plan of the house; a new module
//! gets its place here first.

mod circles;
mod files;
mod paths;
mod tokens;

use files::LIBRARY;

/// The floors, from the ground up. Modules of one row are siblings.
const FLOORS: &[&[&str]] = &[
    &["text", "words", "ground", "threads"],
    &["error", "blob", "globs", "cursor"],
    &["secret", "table"],
    &["token", "decode", "prefilter", "git", "pack"],
    &["finding"],
    &["walk", "ci", "summary"],
    &["rule", "input"],
    &["config", "report", "matcher"],
    &["judge"],
    &["detect"],
    &["prove"],
    &["scan", "scrub"],
    &["redact", "testing", "rewrite"],
];

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|row| row.contains(&module))
}

#[test]
fn no_module_looks_up_or_sideways() {
    let mut wrong = Vec::new();
    for arrow in LIBRARY.iter() {
        let (file, from, to) = (arrow.from.join("/"), &arrow.from[0], &arrow.to[0]);
        match (floor(from), floor(to)) {
            (None, _) => wrong.push(format!("{file}: {from} has no floor")),
            (_, None) => wrong.push(format!("{file}: {to} has no floor")),
            (Some(here), Some(there)) if there >= here && from != to => {
                let way = if there == here { "its sibling" } else { "upwards" };
                wrong.push(format!("{file}: {from} uses {to}, {way}: {:?}", arrow.items));
            }
            _ => {}
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_module_on_a_floor_is_there() {
    let is_there = |module: &&&str| LIBRARY.iter().any(|a| a.from[0] == **module || a.to[0] == **module);
    let gone: Vec<_> = FLOORS.iter().flat_map(|row| row.iter()).filter(|module| !is_there(module)).collect();
    assert!(gone.is_empty(), "no longer there: {gone:?}");
}
