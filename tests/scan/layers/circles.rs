//! Files that use each other in a circle: none can be read without the others, so there is no place to begin.

use std::collections::{BTreeMap, BTreeSet};

use super::files::{ARROWS, Arrow, Files, Module};

/// Rooms that still have circles. The list may only shrink.
const ROOMS_WITH_CIRCLES: &[&str] = &["matcher", "scrub", "scan", "rewrite"];

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

/// The room of a circle; none where it goes through several.
fn room<'m>(circle: &BTreeSet<&'m Module>) -> Option<&'m str> {
    let rooms: BTreeSet<&str> = circle.iter().map(|module| module[0].as_str()).collect();
    if rooms.len() == 1 { rooms.into_iter().next() } else { None }
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let is_known =
        |circle: &&BTreeSet<&Module>| room(circle).is_some_and(|room| ROOMS_WITH_CIRCLES.contains(&room));
    let wrong: String = circles(&ARROWS)
        .iter()
        .filter(|circle| !is_known(circle))
        .map(|circle| shown(circle, &ARROWS))
        .collect();
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_room_with_circles_still_has_one() {
    let circles = circles(&ARROWS);
    let rooms: BTreeSet<&str> = circles.iter().filter_map(room).collect();
    let stale: Vec<_> = ROOMS_WITH_CIRCLES.iter().filter(|room| !rooms.contains(*room)).collect();
    assert!(stale.is_empty(), "no circle is left, to be taken off the list: {stale:?}");
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
    assert_eq!(room(&circles[0]), Some("a"));
    let wanted = "3 files in a circle:\n  a uses a/b: B\n  a/b uses a/c: C, D\n  a/c uses a: E\n";
    assert_eq!(shown(&circles[0], &arrows), wanted);
}
