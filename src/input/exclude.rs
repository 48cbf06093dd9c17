//! What is left out because somebody said so: on the command line or in the project file.

use std::path::Path;

use super::request::Request;
use crate::error::{Error, Result};
use crate::globs::{Excluded, Patterns};

/// What is said of it.
pub(crate) const EXCLUDED: &str = "excluded";

/// What is left out of the paths of a repository's trees.
pub(super) struct OfTrees {
    exclude: Exclude,
    excluded: Option<Excluded>,
}

impl OfTrees {
    /// What a request leaves out of them.
    pub(super) fn of(request: &Request) -> Self {
        Self { exclude: Exclude::of(request), excluded: request.excluded.clone() }
    }

    /// Whether a file of a tree is left out.
    pub(super) fn matches(&self, path: &str) -> bool {
        let path = Path::new(path);
        self.exclude.matches(path, path.components().count(), false)
            || self.excluded.as_ref().is_some_and(|e| e.matches(path, false))
    }
}

/// The globs of `--exclude`. One without a slash means the name of a file or directory at any depth;
/// one with a slash means the path, from the argument on or as it is shown.
#[derive(Debug, Clone)]
pub(crate) struct Exclude {
    globs: Patterns,
}

impl Exclude {
    /// Those of a request.
    pub(super) fn of(request: &Request) -> Self {
        Self { globs: request.exclude.clone() }
    }

    pub(crate) fn new(globs: &[String]) -> Result<Self> {
        Ok(Self { globs: patterns(globs)? })
    }

    /// Whether an entry is left out that lies so many names below an argument.
    pub(crate) fn matches(&self, path: &Path, depth: usize, is_directory: bool) -> bool {
        if self.globs.is_empty() {
            return false;
        }
        let shown = path.strip_prefix(".").unwrap_or(path);
        let mut below = path.components();
        for _ in depth..path.components().count() {
            below.next();
        }
        let below = below.as_path();
        // From the top: each directory below the argument, and the entry itself, in both views.
        let mut views: Vec<(&Path, bool)> = Vec::with_capacity(2 * depth);
        let ups = |path| Path::ancestors(path).take(depth).enumerate();
        let both = ups(below).chain(ups(shown)).filter(|(_, part)| !part.as_os_str().is_empty());
        views.extend(both.map(|(up, part)| (part, up > 0 || is_directory)));
        self.globs.match_any(views)
    }

    /// Those that matched nothing so far.
    pub(crate) fn unused(&self) -> Vec<String> {
        self.globs.unused().map(|(_, glob)| glob.to_owned()).collect()
    }

    /// True where a file may be wanted of a directory that is left out.
    pub(crate) fn negates(&self) -> bool {
        self.globs.negate()
    }
}

/// The globs of `--exclude`, from the words of the command line.
///
/// # Errors
///
/// A glob that is none.
pub fn patterns(globs: &[String]) -> Result<Patterns> {
    Patterns::new(globs).map_err(|(_, why)| Error::invalid(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excludes(glob: &str, path: &str, depth: usize) -> bool {
        Exclude::new(&[glob.to_owned()]).expect("a glob").matches(Path::new(path), depth, false)
    }

    #[test]
    fn a_name_is_excluded_at_any_depth_and_a_path_where_it_begins() {
        assert!(excludes("*.lock", "a/b/Cargo.lock", 2));
        assert!(excludes("target/", "./x/target/a", 3) && !excludes("target/", "./x/target", 2));
        assert!(!excludes("target", "x/targets", 1));
        assert!(excludes("src/gen", "project/src/gen", 2));
        assert!(excludes("project/src/*", "project/src/gen", 2));
        assert!(excludes("src/*", "project/src/gen/x", 3) && !excludes("src/*.c", "project/src/gen/x.c", 3));
        // What lies above the argument says nothing.
        assert!(!excludes("build", "/home/build/src/a", 2));
        assert!(!excludes("src/gen", "a/src/gen", 3));
        assert!(excludes("/src", "./src", 1));
        assert!(!excludes("/src", "./a/src", 2));
    }

    #[test]
    fn a_glob_that_is_none_says_which() {
        let error = Exclude::new(&["a[".to_owned()]).expect_err("no glob");
        assert!(error.to_string().starts_with("`a[` is not a glob"), "{error}");
    }

    #[test]
    fn what_lies_in_an_excluded_folder_of_a_tree_is_left_out() {
        let exclude = Exclude::new(&["vendor/".to_owned(), "*.lock".to_owned()]).expect("globs");
        let trees = OfTrees { exclude, excluded: None };
        assert!(trees.matches("a/vendor/b/c") && trees.matches("x/y.lock"));
        assert!(!trees.matches("a/vendors/b") && !trees.matches("vendor.c"));
    }
}
