//! One direction of dependence: a module uses only modules on lower floors, and siblings do not know
//! each other. The table is the plan of the house; a new module gets its place here first.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The floors, from the ground up. Modules of one row are siblings.
const FLOORS: &[&[&str]] = &[
    &["text", "words", "ground", "threads"],
    &["error", "blob", "globs", "cursor"],
    &["secret", "table"],
    &["finding", "token", "decode", "prefilter", "simd", "git", "pack"],
    &["walk", "ci", "summary"],
    &["rule", "input"],
    &["config", "report", "matcher"],
    &["judge"],
    &["detect"],
    &["prove"],
    &["scan", "scrub"],
    &["redact", "testing", "rewrite"],
];

/// Arrows that the floors forbid and that stay for a reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("finding", "token", "a finding carries the claims of its token"),
    ("token", "finding", "a scheme says a status in the words of findings"),
];

/// Names that the crate root passes on, and the module that they belong to.
const REEXPORTS: &[(&str, &str)] = &[("Error", "error"), ("Result", "error")];

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|row| row.contains(&module))
}

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("src can be read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// The code without its comments and without the unit tests at its end, which may look anywhere.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("a source file is UTF-8");
    let text = text.split("\nmod tests {").next().unwrap_or_default();
    let bare = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
    text.lines().map(bare).collect::<Vec<_>>().join("\n")
}

/// The names that follow `crate::`, alone or in braces; at the root of a module `super::` says the same.
fn uses(code: &str, at_root: bool) -> BTreeSet<String> {
    let mut starts: Vec<&str> = code.split("crate::").skip(1).collect();
    if at_root {
        starts.extend(code.split("\nuse super::").skip(1));
    }
    let ident = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let mut out = BTreeSet::new();
    for rest in starts {
        match rest.strip_prefix('{').and_then(|group| group.split_once("};")) {
            Some((group, _)) => out.extend(top_level(group).iter().map(|part| ident(part))),
            None => drop(out.insert(ident(rest))),
        }
    }
    out.retain(|name| !name.is_empty());
    out
}

/// Splits `a::{b, c}, d` at the commas that stand outside of braces.
fn top_level(group: &str) -> Vec<String> {
    let (mut depth, mut parts) = (0_i32, vec![String::new()]);
    for c in group.chars() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        match (c, parts.last_mut()) {
            (',', _) if depth == 0 => parts.push(String::new()),
            (c, Some(part)) => part.push(c),
            _ => {}
        }
    }
    parts
}

/// Every arrow between modules, with the file that holds it.
fn arrows() -> Vec<(String, String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    files.sort();
    let mut out = Vec::new();
    for path in files {
        let shown = path.strip_prefix(&src).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let parts: Vec<&str> = shown.split('/').collect();
        let module = parts[0].trim_end_matches(".rs").to_owned();
        // The crate root passes everything on; the command is a crate of its own and stands on top.
        if module == "lib" || module == "bin" {
            continue;
        }
        let at_root = parts.len() == 1 || parts[1..] == ["mod.rs"];
        for name in uses(&code(&path), at_root) {
            let target = REEXPORTS.iter().find(|(n, _)| *n == name).map_or(name.as_str(), |(_, m)| m);
            out.push((module.clone(), target.to_owned(), shown.clone()));
        }
    }
    out
}

#[test]
fn no_module_looks_up_or_sideways() {
    let mut wrong = Vec::new();
    for (from, to, file) in arrows().iter().filter(|(from, to, _)| from != to) {
        let known = EXCEPTIONS.iter().any(|(a, b, _)| a == from && b == to);
        match (floor(from), floor(to)) {
            (None, _) => wrong.push(format!("src/{file}: {from} has no floor")),
            (_, None) => wrong.push(format!("src/{file}: {to} has no floor")),
            (Some(here), Some(there)) if there >= here && !known => {
                let way = if there == here { "its sibling" } else { "upwards" };
                wrong.push(format!("src/{file}: {from} uses {to}, {way}"));
            }
            _ => {}
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_exception_is_still_needed() {
    let arrows = arrows();
    let used = |a: &str, b: &str| arrows.iter().any(|(from, to, _)| from == a && to == b);
    let stale: Vec<_> = EXCEPTIONS.iter().filter(|(a, b, _)| !used(a, b)).collect();
    assert!(stale.is_empty(), "no longer needed: {stale:?}");
}

#[test]
fn the_reader_of_imports_sees_every_form() {
    let code = "\nuse crate::text::Span;\nuse crate::{blob::{Blob, Origin}, rule};\nlet x = crate::token::scheme(n);";
    assert_eq!(uses(code, false).into_iter().collect::<Vec<_>>(), ["blob", "rule", "text", "token"]);
    assert!(uses("\nuse super::judge::Case;", true).contains("judge"));
}
