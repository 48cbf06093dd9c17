//! What is left out because somebody said so: on the command line or in the project file.

use std::path::Path;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::Request;
use crate::error::{Error, Result};
use crate::globs::Excluded;

/// What is left out of the paths of a repository's trees.
pub(super) struct OfTrees {
    exclude: Exclude,
    excluded: Option<Excluded>,
}

impl OfTrees {
    pub(super) fn new(request: &Request) -> Result<Self> {
        Ok(Self { exclude: Exclude::new(&request.exclude)?, excluded: request.excluded.clone() })
    }

    /// Whether a path, or a folder on its way, is left out.
    pub(super) fn matches(&self, path: &str) -> bool {
        let folders = path.match_indices('/').map(|(at, _)| &path[..at]).chain([path]);
        folders.enumerate().any(|(depth, part)| {
            let part = Path::new(part);
            self.exclude.matches(part, depth + 1) || self.excluded.as_ref().is_some_and(|e| e.matches(part))
        })
    }
}

/// The globs of `--exclude`. One without a slash means the name of a file or directory at any depth;
/// one with a slash means the path, from the argument on or as it is shown.
pub(crate) struct Exclude {
    globs: GlobSet,
}

impl Exclude {
    pub(crate) fn new(globs: &[String]) -> Result<Self> {
        let mut set = GlobSetBuilder::new();
        for glob in globs {
            let bare = glob.strip_prefix("./").unwrap_or(glob).trim_end_matches('/');
            let anchored = match bare.strip_prefix('/') {
                Some(rest) => rest.to_owned(),
                None if bare.contains('/') => bare.to_owned(),
                None => format!("**/{bare}"),
            };
            let compiled = GlobBuilder::new(&anchored)
                .literal_separator(true)
                .build()
                .map_err(|error| Error::invalid(format!("`{glob}` is not a glob: {}", error.kind())))?;
            set.add(compiled);
        }
        let globs = set.build().map_err(|error| Error::invalid(format!("--exclude: {error}")))?;
        Ok(Self { globs })
    }

    pub(crate) fn matches(&self, path: &Path, depth: usize) -> bool {
        if self.globs.is_empty() {
            return false;
        }
        let mut below = path.components();
        for _ in depth..path.components().count() {
            below.next();
        }
        let shown = path.strip_prefix(".").unwrap_or(path);
        self.globs.is_match(below.as_path()) || self.globs.is_match(shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excludes(glob: &str, path: &str, depth: usize) -> bool {
        Exclude::new(&[glob.to_owned()]).expect("a glob").matches(Path::new(path), depth)
    }

    #[test]
    fn a_name_is_excluded_at_any_depth_and_a_path_where_it_begins() {
        assert!(excludes("*.lock", "a/b/Cargo.lock", 2));
        assert!(excludes("target/", "./x/target", 2));
        assert!(!excludes("target", "x/targets", 1));
        assert!(excludes("src/gen", "project/src/gen", 2));
        assert!(excludes("project/src/*", "project/src/gen", 2));
        assert!(!excludes("src/*", "project/src/gen/x", 3));
        assert!(!excludes("src/gen", "a/src/gen", 3));
        assert!(excludes("/src", "./src", 1));
        assert!(!excludes("/src", "./a/src", 2));
    }

    #[test]
    fn a_glob_that_is_none_says_which() {
        let error = Exclude::new(&["a[".to_owned()]).err().expect("no glob");
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
