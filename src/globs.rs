//! Globs as the project file writes them: they count from its directory, as lines of `.gitignore` do.

use std::path::Path;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::ground::Ground;

/// Globs that count from one directory of a [`Ground`].
///
/// `*` and `?` stand for characters of one name, `**` for any directories. A glob without a slash means
/// a name at any depth; one that ends in a slash everything below.
#[derive(Debug, Clone)]
pub struct Globs {
    /// Told from the ground's root; empty for the root itself.
    directory: String,
    set: GlobSet,
}

impl Globs {
    /// These globs in that directory.
    ///
    /// # Errors
    ///
    /// The place in the list of one that is none, and why.
    pub fn new(globs: &[String], directory: &str) -> Result<Self, (usize, String)> {
        let mut set = GlobSetBuilder::new();
        for (at, glob) in globs.iter().enumerate() {
            let anchored = anchored(glob).map_err(|why| (at, why))?;
            let compiled = GlobBuilder::new(&anchored)
                .literal_separator(true)
                .build()
                .map_err(|error| (at, format!("`{glob}` is not a glob: {}", error.kind())))?;
            set.add(compiled);
        }
        let set = set.build().map_err(|error| (0, error.to_string()))?;
        Ok(Self { directory: directory.to_owned(), set })
    }

    /// True where there is none.
    pub fn is_empty(&self) -> bool {
        self.set.is_empty()
    }

    /// Whether one of them matches a path that is told from the ground's root.
    pub fn matches(&self, key: &str) -> bool {
        match below(key, &self.directory) {
            Some(path) => self.set.is_match(path),
            None => false,
        }
    }
}

/// Paths that are not read because the project says so.
#[derive(Debug, Clone)]
pub struct Excluded {
    /// Where the paths of the scan stand.
    pub ground: Ground,
    /// What is left out.
    pub globs: Globs,
}

impl Excluded {
    /// Whether this path, as it was met, is left out.
    pub fn matches(&self, path: &Path) -> bool {
        !self.globs.is_empty() && self.globs.matches(&self.ground.key(&path.to_string_lossy()))
    }
}

/// The glob as it is matched against a whole path.
fn anchored(glob: &str) -> Result<String, String> {
    let (bare, below) = match glob.strip_suffix('/') {
        Some(bare) => (bare, "/**"),
        None => (glob, ""),
    };
    let bare = bare.strip_prefix('.').filter(|rest| rest.starts_with('/')).unwrap_or(bare);
    if bare.is_empty() || bare == "." || bare == "/" || bare.split('/').any(|part| part == "..") {
        return Err(format!("`{glob}` matches nothing: globs count from the directory of this file"));
    }
    Ok(match bare.strip_prefix('/') {
        Some(rest) => format!("{rest}{below}"),
        None if bare.contains('/') => format!("{bare}{below}"),
        None => format!("**/{bare}{below}"),
    })
}

/// The part of a path below a directory.
fn below<'p>(path: &'p str, directory: &str) -> Option<&'p str> {
    if directory.is_empty() {
        return Some(path);
    }
    path.strip_prefix(directory)?.strip_prefix('/')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(glob: &str, directory: &str, path: &str) -> bool {
        Globs::new(&[glob.to_owned()], directory).expect("a glob").matches(path)
    }

    #[test]
    fn a_star_stays_in_its_directory() {
        for (glob, hits, misses) in [
            ("a/*", &["a/b", "a/.c"][..], &["a", "a/b/c", "x/a/b"][..]),
            ("a/**", &["a/b", "a/b/c"], &["a", "b/a/c"]),
            ("a/**/z", &["a/z", "a/b/c/z"], &["z", "a/zz"]),
            ("**/a/*.x", &["a/b.x", "q/a/b.x"], &["a/b/c.x"]),
            ("*.lock", &["Cargo.lock", "a/b/Cargo.lock"], &["Cargo.lock/a"]),
            ("/a", &["a"], &["b/a"]),
            ("./a", &["a"], &["b/a"]),
            ("docs/", &["docs/a", "docs/a/b", "x/docs/a"], &["docs"]),
            ("/docs/", &["docs/a"], &["x/docs/a"]),
            ("a/{b,c}", &["a/b", "a/c"], &["a/d"]),
        ] {
            for path in hits {
                assert!(matches(glob, "", path), "{glob} {path}");
                assert!(matches(glob, "sub/dir", &format!("sub/dir/{path}")), "{glob} {path} below");
                assert!(!matches(glob, "sub/dir", &format!("sub/dirx/{path}")), "{glob} {path} beside");
            }
            for path in misses {
                assert!(!matches(glob, "", path), "{glob} {path}");
            }
        }
    }

    #[test]
    fn a_glob_that_leaves_the_directory_is_refused() {
        for glob in ["../a", "a/../b", "", "/", "./", "a["] {
            assert!(Globs::new(&["ok".into(), glob.into()], "").is_err_and(|(at, _)| at == 1), "{glob}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// A path matches itself, its name alone, and its directory with a star; a star never crosses a slash.
        #[test]
        fn a_path_matches_what_is_made_of_it(parts in proptest::collection::vec("[a-z0-9._ -]{1,6}", 1..5)) {
            prop_assume!(parts.iter().all(|p| p != ".." && p != "."));
            let (path, name) = (parts.join("/"), parts.last().cloned().unwrap_or_default());
            let (whole, stars) = (format!("/{path}"), format!("/{}", vec!["*"; parts.len()].join("/")));
            prop_assert!(matches(&whole, "", &path));
            prop_assert!(matches(&name, "", &path));
            prop_assert!(matches(&stars, "", &path));
            let deeper = format!("{path}/x");
            prop_assert!(!matches(&stars, "", &deeper));
            prop_assert!(matches("/**", "", &deeper));
        }
    }
}
