//! Which files belong to which area of the program.

/// A part of the program with its own share of the draw.
pub struct Area {
    /// As it is named in arguments and in the table.
    pub name: &'static str,
    /// Files, and folders with all that is in them, below `src`. What a later area names as well belongs
    /// to that one.
    pub paths: &'static [&'static str],
}

/// All areas.
pub static AREAS: [Area; 8] = [
    Area { name: "grammar", paths: &["matcher", "decode", "detect", "detect.rs", "cursor.rs", "table.rs"] },
    Area { name: "filters", paths: &["judge"] },
    Area { name: "masks", paths: &["scrub", "secret.rs"] },
    Area {
        name: "streams",
        paths: &[
            "scrub/stream.rs",
            "scrub/context.rs",
            "scrub/release.rs",
            "scrub/going.rs",
            "scrub/memory.rs",
            "scrub/edges.rs",
            "scrub/cut_lines.rs",
            "blob.rs",
        ],
    },
    Area { name: "tokens", paths: &["token", "prove", "prove.rs"] },
    Area { name: "archives", paths: &["pack", "rewrite"] },
    Area { name: "git", paths: &["git", "input/history", "input/staged.rs", "input/changes.rs"] },
    Area { name: "policy", paths: &["config", "rule", "scrub/policy.rs", "bin/scrubjay/policy.rs"] },
];

/// Test binaries that take minutes, and the areas for whose changes they run all the same.
static SLOW: [(&str, &[&str]); 1] = [("git", &["archives", "git", "policy"])];

/// Whether a test binary runs for the changes of an area, if it reaches them.
pub fn is_tried(binary: &str, area: &str) -> bool {
    SLOW.iter().all(|(slow, areas)| binary != *slow || areas.contains(&area))
}

/// The area of a file below `src`, if it belongs to any.
pub fn of(file: &str) -> Option<&'static Area> {
    let within =
        |path: &&str| file == *path || file.strip_prefix(*path).is_some_and(|rest| rest.starts_with('/'));
    AREAS.iter().rev().find(|area| area.paths.iter().any(within))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_is_there() {
        let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../src");
        for path in AREAS.iter().flat_map(|area| area.paths) {
            assert!(source.join(path).exists(), "src/{path} has another name now");
        }
    }

    #[test]
    fn the_nearest_name_wins() {
        let name = |file| of(file).map(|area| area.name);
        assert_eq!(name("matcher/field/mod.rs"), Some("grammar"));
        assert_eq!(name("scrub/mod.rs"), Some("masks"));
        assert_eq!(name("scrub/stream.rs"), Some("streams"));
        assert_eq!(name("scrub/policy.rs"), Some("policy"));
        assert_eq!(name("tokenizer.rs"), None);
    }
}
