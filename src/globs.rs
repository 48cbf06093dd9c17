//! Globs in the dialect of `.gitignore`: those of the project file, which count from its directory, and
//! those of the command line.
//!
//! `*` and `?` stand for characters of one name, `**` for any directories. A glob without a slash before
//! its end means a name at any depth, one with a slash at its end only a directory; of a directory that
//! matches, everything below does. One that begins with `!` takes back what the globs before it say; the
//! last one that matches a path, or a directory on its way, decides. That goes further than git, which
//! never looks into an excluded directory again: who writes `!dist/k.env` below `dist/` means that file.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::ground::Ground;

/// Globs, in order.
#[derive(Debug, Clone, Default)]
pub struct Patterns {
    set: GlobSet,
    lines: Arc<[Line]>,
}

#[derive(Debug)]
struct Line {
    glob: String,
    negated: bool,
    only_directories: bool,
    /// It has matched something.
    used: AtomicBool,
}

impl Patterns {
    /// These globs.
    ///
    /// # Errors
    ///
    /// The place in the list of one that is none, and why.
    pub fn new(globs: &[String]) -> Result<Self, (usize, String)> {
        let (mut set, mut lines) = (GlobSetBuilder::new(), Vec::new());
        for (at, glob) in globs.iter().enumerate() {
            let (negated, bare) = match glob.strip_prefix('!') {
                Some(rest) => (true, rest),
                None => (false, glob.as_str()),
            };
            let only_directories = bare.ends_with('/');
            let anchored = anchored(glob, bare.trim_end_matches('/')).map_err(|why| (at, why))?;
            let compiled = GlobBuilder::new(&anchored)
                .literal_separator(true)
                .build()
                .map_err(|error| (at, format!("`{glob}` is not a glob: {}", error.kind())))?;
            set.add(compiled);
            let used = AtomicBool::new(false);
            lines.push(Line { glob: glob.clone(), negated, only_directories, used });
        }
        let set = set.build().map_err(|error| (0, error.to_string()))?;
        Ok(Self { set, lines: lines.into() })
    }

    /// True where there is none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// True where one takes back what others say, so that a file may be wanted of a directory that is not.
    pub fn negate(&self) -> bool {
        self.lines.iter().any(|line| line.negated)
    }

    /// Whether these are matched by what they are asked about: any of several `views` of one path, each
    /// once for every directory on the way, from the top, and then for the path itself.
    pub fn match_any<'p>(&self, views: impl IntoIterator<Item = (&'p Path, bool)>) -> bool {
        let mut last = None;
        for (path, is_directory) in views {
            for at in self.set.matches(path) {
                if is_directory || !self.lines[at].only_directories {
                    self.lines[at].used.store(true, Ordering::Relaxed);
                    last = last.max(Some(at));
                }
            }
        }
        last.is_some_and(|at| !self.lines[at].negated)
    }

    /// The places in the list of globs that matched nothing so far, with the globs.
    pub fn unused(&self) -> impl Iterator<Item = (usize, &str)> {
        let unused = |line: &Line| !line.used.load(Ordering::Relaxed);
        let lines = self.lines.iter().enumerate();
        lines.filter(move |(_, line)| unused(line)).map(|(at, line)| (at, line.glob.as_str()))
    }
}

/// Globs that count from one directory of a [`Ground`].
#[derive(Debug, Clone)]
pub struct Globs {
    /// Told from the ground's root; empty for the root itself.
    directory: String,
    patterns: Patterns,
    /// Line and column of each in the file, from 1.
    places: Vec<(usize, usize)>,
}

impl Globs {
    /// These globs in that directory.
    ///
    /// # Errors
    ///
    /// The place in the list of one that is none, and why.
    pub fn new(globs: &[String], directory: &str) -> Result<Self, (usize, String)> {
        let leaves = |glob: &String| {
            let path = glob.strip_prefix('!').unwrap_or(glob).trim_end_matches('/');
            path.is_empty() || path == "." || path.split('/').any(|part| part == "..")
        };
        if let Some(at) = globs.iter().position(leaves) {
            let glob = &globs[at];
            let why = format!("`{glob}` matches nothing: globs count from the directory of this file");
            return Err((at, why));
        }
        Ok(Self { directory: directory.to_owned(), patterns: Patterns::new(globs)?, places: Vec::new() })
    }

    /// The same, with the line and column at which each stands.
    #[must_use]
    pub fn placed(self, places: Vec<(usize, usize)>) -> Self {
        Self { places, ..self }
    }

    /// The globs that matched nothing so far, with their places.
    pub fn unused(&self) -> impl Iterator<Item = ((usize, usize), &str)> {
        let place = |at: usize| self.places.get(at).copied().unwrap_or_default();
        self.patterns.unused().map(move |(at, glob)| (place(at), glob))
    }

    /// True where there is none.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// The globs alone.
    pub fn patterns(&self) -> &Patterns {
        &self.patterns
    }

    /// Whether they match a file that is told from the ground's root.
    pub fn matches(&self, key: &str) -> bool {
        self.match_entry(key, false)
    }

    /// Whether they match an entry that is told from the ground's root.
    pub fn match_entry(&self, key: &str, is_directory: bool) -> bool {
        let Some(path) = below(key, &self.directory) else { return false };
        let folders = path.match_indices('/').map(|(at, _)| (Path::new(&path[..at]), true));
        self.patterns.match_any(folders.chain([(Path::new(path), is_directory)]))
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
    pub fn matches(&self, path: &Path, is_directory: bool) -> bool {
        let key = || self.ground.key(&path.to_string_lossy());
        !self.globs.is_empty() && self.globs.match_entry(&key(), is_directory)
    }
}

/// Globs that want to know whether there is anything for them.
#[derive(Debug, Clone)]
pub struct Watched {
    /// Where the paths of the scan stand.
    pub ground: Ground,
    /// The globs.
    pub globs: Vec<Globs>,
}

impl Watched {
    /// Takes note of a path, as it was met.
    pub fn see(&self, path: &Path) {
        let waiting = |globs: &&Globs| globs.patterns().unused().next().is_some();
        let mut waiting = self.globs.iter().filter(waiting).peekable();
        if waiting.peek().is_some() {
            let key = self.ground.key(&path.to_string_lossy());
            for globs in waiting {
                globs.matches(&key);
            }
        }
    }
}

/// The glob as it is matched against a whole path.
fn anchored(glob: &str, bare: &str) -> Result<String, String> {
    let bare = bare.strip_prefix('.').filter(|rest| rest.starts_with('/')).unwrap_or(bare);
    match bare.strip_prefix('/') {
        _ if bare.is_empty() => Err(format!("`{glob}` matches nothing")),
        Some(rest) => Ok(rest.to_owned()),
        None if bare.contains('/') => Ok(bare.to_owned()),
        None => Ok(format!("**/{bare}")),
    }
}

/// Whether a directory is another one or lies below it; both told from the root, which is empty.
pub fn is_at_or_below(directory: &str, other: &str) -> bool {
    directory == other || below(directory, other).is_some()
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
    fn a_glob_means_a_name_or_a_path_and_what_is_below() {
        for (glob, hits, misses) in [
            ("a/*", &["a/b", "a/.c", "a/b/c"][..], &["a", "x/a/b"][..]),
            ("a/*.x", &["a/b.x"], &["a/b/c.x"]),
            ("a/**", &["a/b", "a/b/c"], &["a", "b/a/c"]),
            ("a/**/z", &["a/z", "a/b/c/z", "a/z/q"], &["z", "a/zz"]),
            ("**/a/*.x", &["a/b.x", "q/a/b.x"], &["a/b/c.x"]),
            ("*.lock", &["Cargo.lock", "a/b/Cargo.lock", "x.lock/a"], &["Cargo.locks"]),
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
        for glob in ["../a", "a/../b", "", "/", "./", "a[", "!", "!../a"] {
            assert!(Globs::new(&["ok".into(), glob.into()], "").is_err_and(|(at, _)| at == 1), "{glob}");
        }
    }

    fn judged(globs: &[&str], path: &str) -> bool {
        let globs: Vec<String> = globs.iter().map(|glob| (*glob).to_owned()).collect();
        Globs::new(&globs, "").expect("globs").matches(path)
    }

    #[test]
    fn the_last_glob_that_matches_decides() {
        assert!(!judged(&["dist/", "!dist/k.env"], "dist/k.env"));
        assert!(judged(&["dist/", "!dist/k.env"], "dist/other"));
        assert!(judged(&["!dist/k.env", "dist/"], "dist/k.env"));
        assert!(!judged(&["*", "!*.env"], "a/b/c.env"));
        assert!(judged(&["*", "!*.env", "b/"], "b/c.env"));
        assert!(!judged(&["!a"], "a"));
    }

    #[test]
    fn what_matched_nothing_is_known() {
        let globs = ["a/", "!a/b", "*.x"].map(str::to_owned);
        let globs = Globs::new(&globs, "").expect("globs");
        let unused = || globs.patterns().unused().map(|(at, _)| at).collect::<Vec<_>>();
        assert_eq!(unused(), [0, 1, 2]);
        assert!(globs.matches("a/c"));
        assert_eq!(unused(), [1, 2]);
        // A file is no directory of that name.
        assert!(!globs.matches("a") && !globs.matches("a/b"));
        assert_eq!(unused(), [2]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// A path matches itself, its name alone, and its directory with a star, and so does what is below;
        /// what is above does not.
        #[test]
        fn a_path_matches_what_is_made_of_it(parts in proptest::collection::vec("[a-z0-9._ -]{1,6}", 1..5)) {
            prop_assume!(parts.iter().all(|p| p != ".." && p != "."));
            let (path, name) = (parts.join("/"), parts.last().cloned().unwrap_or_default());
            let (whole, stars) = (format!("/{path}"), format!("/{}", vec!["*"; parts.len()].join("/")));
            prop_assert!(matches(&whole, "", &path));
            prop_assert!(matches(&name, "", &path));
            prop_assert!(matches(&stars, "", &path));
            let deeper = format!("{path}/x");
            prop_assert!(matches(&stars, "", &deeper));
            let more = format!("{stars}/*");
            prop_assert!(!matches(&more, "", &path));
            prop_assert!(matches("/**", "", &deeper));
        }
    }
}
