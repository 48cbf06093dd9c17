//! Which file uses which: the arrows between the files of the crate, with the items that make them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use super::paths::{Written, paths};

/// A module, by the names that lead to it from the root of the crate; the root has none.
pub(super) type Module = Vec<String>;

/// The arrows in the library.
pub(super) static LIBRARY: LazyLock<Vec<Arrow>> = LazyLock::new(|| Files::below("src").arrows());

/// The arrows in the command, which is a crate of its own and stands on top.
pub(super) static COMMAND: LazyLock<Vec<Arrow>> = LazyLock::new(|| Files::below("src/bin/scrubjay").arrows());

/// What one file takes from another.
#[derive(Debug)]
pub(super) struct Arrow {
    /// The module that is written in the file.
    pub(super) from: Module,
    /// The module that is used.
    pub(super) to: Module,
    /// What is used of it; empty for the module itself.
    pub(super) items: BTreeSet<String>,
}

/// The files of a crate.
pub(super) struct Files {
    /// What is written in the file of each module.
    written: BTreeMap<Module, Vec<Written>>,
}

impl Files {
    /// Those of the crate whose root is in this folder.
    fn below(folder: &str) -> Self {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let mut found = Vec::new();
        sources(&src, &mut found);
        let file = |path: &PathBuf| {
            let shown = path.strip_prefix(&src).unwrap_or(path).to_string_lossy().replace('\\', "/");
            (shown, fs::read_to_string(path).expect("a source file is UTF-8"))
        };
        let files: Vec<_> = found.iter().map(file).filter(|(shown, _)| !shown.starts_with("bin/")).collect();
        Self::of(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))
    }

    /// Those with these names, told from the folder of the root, and texts.
    pub(super) fn of<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Self {
        Self { written: files.into_iter().map(|(name, text)| (module(name), paths(text))).collect() }
    }

    /// All arrows, in order; none from the root, which passes everything on.
    pub(super) fn arrows(&self) -> Vec<Arrow> {
        let mut arrows: BTreeMap<(&Module, Module), BTreeSet<String>> = BTreeMap::new();
        for from in self.written.keys().filter(|from| !from.is_empty()) {
            for (to, item) in self.used(from) {
                if to != *from && !to.is_empty() {
                    arrows.entry((from, to)).or_default().insert(item);
                }
            }
        }
        let arrow = |((from, to), items): ((&Module, _), _)| Arrow { from: from.clone(), to, items };
        arrows.into_iter().map(arrow).collect()
    }

    /// The modules that a file uses, and what of them.
    fn used(&self, from: &Module) -> Vec<(Module, String)> {
        let (mut out, mut names) = (Vec::new(), BTreeMap::new());
        for path in self.written[from].iter().filter(|path| path.name.is_some()) {
            let Some((to, item)) = self.lead(from, path, &names) else { continue };
            if item.is_empty() {
                names.extend(path.name.clone().map(|name| (name, to.clone())));
            }
            out.push((to, item));
        }
        let in_code = self.written[from].iter().filter(|path| path.name.is_none());
        out.extend(in_code.filter_map(|path| self.lead(from, path, &names)));
        out
    }

    /// Where a path leads; none where it leads out of the crate. `names` are those of modules that the file
    /// uses by name.
    fn lead(
        &self,
        from: &Module,
        path: &Written,
        names: &BTreeMap<String, Module>,
    ) -> Option<(Module, String)> {
        let (mut at, mut inline) = (from.clone(), path.inline);
        let mut words = path.words.iter().peekable();
        let first = words.peek()?.as_str();
        match first {
            "crate" => {
                (at, inline) = (Module::new(), 0);
                words.next();
            }
            "self" => drop(words.next()),
            "super" => {
                while words.next_if(|word| *word == "super").is_some() {
                    // The module with a body in the file itself is left first.
                    if inline > 0 { inline -= 1 } else { drop(at.pop()) }
                }
            }
            _ if self.written.contains_key(&below(from, first)) => {}
            _ => {
                at = names.get(first)?.clone();
                words.next();
            }
        }
        while inline == 0 && words.peek().is_some_and(|word| self.written.contains_key(&below(&at, word))) {
            at.extend(words.next().cloned());
        }
        let item: Vec<&str> = words.map(String::as_str).collect();
        let passed_on = if at.is_empty() { self.passed_on_by_root(item.first()?) } else { None };
        Some((passed_on.unwrap_or(at), item.join("::")))
    }

    /// Where something is that the root of the crate passes on.
    fn passed_on_by_root(&self, name: &str) -> Option<Module> {
        let root = self.written.get(&Module::new())?;
        let path = root.iter().find(|path| path.name.as_deref() == Some(name))?;
        Some(path.words[..path.words.len() - 1].to_vec())
    }
}

/// The module of a file.
fn module(name: &str) -> Module {
    let mut names: Module = name.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if names.last().is_some_and(|last| last == "mod") || names == ["lib"] || names == ["main"] {
        names.pop();
    }
    names
}

fn below(module: &Module, name: &str) -> Module {
    module.iter().cloned().chain([name.to_owned()]).collect()
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
    out.sort();
}

#[test]
fn arrows_lead_to_the_file_that_a_path_ends_in() {
    let files = Files::of([
        ("lib.rs", "mod a; mod d; pub use d::Error;"),
        ("a/mod.rs", "mod b; mod c; pub use b::Thing; fn f() { c::work(); Self::g(); std::fs::read(); }"),
        ("a/b.rs", "use super::c as other; fn f() { other::work(); other::deep::Er::new() }"),
        (
            "a/c/mod.rs",
            "mod deep; mod made { use super::super::b::Thing; use super::deep; fn f() { self::g() } }",
        ),
        ("a/c/deep.rs", "use crate::{Error, a::{Thing, b}}; fn f() -> b::Result { crate::d::Error }"),
        ("d.rs", "use std::io; use self::Error as E; pub struct Error;"),
    ]);
    let shown = |arrow: &Arrow| {
        let items: Vec<_> = arrow.items.iter().map(String::as_str).collect();
        format!("{} > {}: {}", arrow.from.join("/"), arrow.to.join("/"), items.join(", "))
    };
    let wanted = [
        "a > a/b: Thing",
        "a > a/c: work",
        "a/b > a/c: , work",
        "a/b > a/c/deep: Er::new",
        "a/c > a/b: Thing",
        "a/c > a/c/deep: ",
        "a/c/deep > a: Thing",
        "a/c/deep > a/b: , Result",
        "a/c/deep > d: Error",
    ];
    assert_eq!(files.arrows().iter().map(shown).collect::<Vec<_>>(), wanted);
}
