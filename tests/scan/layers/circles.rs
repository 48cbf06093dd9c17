//! Files that use each other in a circle: none can be read without the others, so there is no place to begin.

use std::collections::{BTreeMap, BTreeSet};

use super::files::{Arrow, COMMAND, Files, LIBRARY, Module};

/// The circles, each with all its modules.
fn circles(arrows: &[Arrow]) -> Vec<BTreeSet<&Module>> {
    let mut next: BTreeMap<&Module, Vec<&Module>> = BTreeMap::new();
    for arrow in arrows {
        next.entry(&arrow.from).or_default().push(&arrow.to);
    }
    let reached: BTreeMap<&Module, BTreeSet<&Module>> =
        next.keys().map(|from| (*from, reach(from, &next))).collect();
    let mut out: Vec<BTreeSet<&Module>> = Vec::new();
    for (from, there) in &reached {
        let circle: BTreeSet<&Module> = there
            .iter()
            .copied()
            .filter(|to| reached.get(to).is_some_and(|back| back.contains(from)))
            .collect();
        if !circle.is_empty() && !out.contains(&circle) {
            out.push(circle);
        }
    }
    out
}

/// All that arrows lead to from a module.
fn reach<'a>(from: &'a Module, next: &BTreeMap<&'a Module, Vec<&'a Module>>) -> BTreeSet<&'a Module> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(at) = open.pop() {
        open.extend(next.get(at).into_iter().flatten().filter(|to| seen.insert(**to)));
    }
    seen
}

/// A circle as the arrows that make it.
fn shown(circle: &BTreeSet<&Module>, arrows: &[Arrow]) -> String {
    let is_in = |arrow: &&Arrow| circle.contains(&arrow.from) && circle.contains(&arrow.to);
    let show = |arrow: &Arrow| {
        let items: Vec<&str> =
            arrow.items.iter().map(|item| if item.is_empty() { "itself" } else { item.as_str() }).collect();
        format!("  {} uses {}: {}\n", arrow.from.join("/"), arrow.to.join("/"), items.join(", "))
    };
    let arrows: String = arrows.iter().filter(is_in).map(show).collect();
    format!("{} files in a circle:\n{arrows}", circle.len())
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    for arrows in [&*LIBRARY, &*COMMAND] {
        let found: String = circles(arrows).iter().map(|circle| shown(circle, arrows)).collect();
        assert!(found.is_empty(), "\n{found}");
    }
}

/// What a file needs of its siblings stands beside it, not in the module that declares them all: that one uses
/// its children, if only by their methods.
#[test]
fn no_file_uses_a_module_that_it_is_part_of() {
    let is_upwards = |arrow: &&Arrow| arrow.from.starts_with(&arrow.to);
    let show =
        |arrow: &Arrow| format!("{} uses {}: {:?}", arrow.from.join("/"), arrow.to.join("/"), arrow.items);
    let wrong: Vec<_> = LIBRARY.iter().chain(&*COMMAND).filter(is_upwards).map(show).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_circle_is_told_by_its_arrows() {
    let files = Files::of([
        ("a/mod.rs", "mod b; mod c; mod d; use b::B;"),
        ("a/b.rs", "use super::c::{C, D};"),
        ("a/c.rs", "fn f() -> super::E {}"),
        ("a/d.rs", "use super::b::B; use super::F;"),
        ("g.rs", "use crate::a::d;"),
    ]);
    let arrows = files.arrows();
    let circles = circles(&arrows);
    assert_eq!(circles.len(), 1);
    let wanted = "3 files in a circle:\n  a uses a/b: B\n  a/b uses a/c: C, D\n  a/c uses a: E\n";
    assert_eq!(shown(&circles[0], &arrows), wanted);
}
