//! Where a scan stands: the repository around what is scanned. From its root paths are told alike
//! wherever the command is run, and up to it a project file is looked for.
//!
//! Paths are compared as they are written; symbolic links are not resolved.

use std::io;
use std::path::{Component, Path, PathBuf};

/// The directory that paths are told from, and the one that is scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// The current directory.
    here: PathBuf,
    /// The deepest directory that holds everything that is scanned.
    scanned: PathBuf,
    /// The root of the repository around `scanned`, or `scanned` itself.
    root: PathBuf,
    /// The directories in which a project file counts, from the deepest on.
    searched: Vec<PathBuf>,
    /// Paths are those of files on a disk, not of a tree in a repository.
    is_on_disk: bool,
}

impl Ground {
    /// The ground of these paths; none means the current directory, `-` is no path.
    ///
    /// The repository is the nearest directory above that holds `.git`. Where there is none only a
    /// scanned directory itself is searched: above it other people may have put files.
    ///
    /// # Errors
    ///
    /// The current directory cannot be told.
    pub fn of(paths: &[PathBuf]) -> io::Result<Self> {
        let here = std::env::current_dir()?;
        let directories: Vec<(PathBuf, bool)> =
            paths.iter().filter(|path| *path != Path::new("-")).map(|path| directory(&here, path)).collect();
        let scanned = common(directories.iter().map(|(path, _)| path)).unwrap_or_else(|| here.clone());
        let named = paths.is_empty() || directories.iter().any(|(path, is_it)| *is_it && *path == scanned);
        Ok(match repository(&scanned) {
            Some(root) => {
                let inside = |path: &&Path| path.starts_with(&root);
                let searched = scanned.ancestors().take_while(inside).map(Path::to_owned).collect();
                Self { here, scanned, root, searched, is_on_disk: true }
            }
            None => {
                let searched = if named { vec![scanned.clone()] } else { Vec::new() };
                Self { here, root: scanned.clone(), scanned, searched, is_on_disk: true }
            }
        })
    }

    /// The ground of paths that are told from the root already, as those of a tree of a repository are.
    pub fn tree() -> Self {
        let root = PathBuf::from(std::path::MAIN_SEPARATOR_STR);
        Self { here: root.clone(), scanned: root.clone(), root, searched: Vec::new(), is_on_disk: false }
    }

    /// A path as it is told from the root, with `/`; one that lies elsewhere is told whole.
    pub fn key(&self, path: &str) -> String {
        if path == "-" {
            return path.to_owned();
        }
        let absolute = normal(&self.here.join(path));
        slashed(absolute.strip_prefix(&self.root).unwrap_or(&absolute))
    }

    /// A path as rules see it: told from the root of the nearest repository, where one lies below the
    /// root, so that a repository says the same when it is scanned with others.
    pub(crate) fn path_for_rules(&self, path: &str) -> String {
        if path == "-" || !self.is_on_disk {
            return self.key(path);
        }
        let absolute = normal(&self.here.join(path));
        let nearest =
            absolute.parent().and_then(repository).filter(|nearest| nearest.starts_with(&self.root));
        slashed(absolute.strip_prefix(nearest.as_ref().unwrap_or(&self.root)).unwrap_or(&absolute))
    }

    /// The directories in which a project file counts, from the deepest on.
    pub(crate) fn searched(&self) -> &[PathBuf] {
        &self.searched
    }

    /// A path as a person in the current directory would type it.
    pub(crate) fn shown<'p>(&self, path: &'p Path) -> &'p Path {
        path.strip_prefix(&self.here).unwrap_or(path)
    }

    /// The directory of a file, told from the root; none where it lies elsewhere.
    pub(crate) fn directory_of(&self, file: &Path) -> Option<String> {
        let absolute = normal(&self.here.join(file));
        Some(slashed(absolute.parent()?.strip_prefix(&self.root).ok()?))
    }
}

/// The directory of a path, and whether it is that itself.
fn directory(here: &Path, path: &Path) -> (PathBuf, bool) {
    let absolute = normal(&here.join(path));
    match absolute.parent() {
        Some(parent) if !absolute.is_dir() => (parent.to_owned(), false),
        _ => (absolute, true),
    }
}

/// Without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(out.pop()),
            part => out.push(part),
        }
    }
    out
}

fn common<'p>(mut paths: impl Iterator<Item = &'p PathBuf>) -> Option<PathBuf> {
    let first = paths.next()?.clone();
    Some(paths.fold(first, |common, path| {
        let same = common.components().zip(path.components()).take_while(|(a, b)| a == b);
        same.map(|(a, _)| a).collect()
    }))
}

/// The nearest directory from here upwards that holds `.git`. Above a directory like `/tmp`, where
/// everybody may plant one, nothing is believed.
fn repository(from: &Path) -> Option<PathBuf> {
    from.ancestors()
        .take_while(|path| *path == from || !is_shared(path))
        .find(|path| path.join(".git").symlink_metadata().is_ok())
        .map(Path::to_owned)
}

/// True where everybody may put files, but not take away those of others.
#[cfg(unix)]
pub(crate) fn is_shared(directory: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    // Everybody may write, and only owners may remove.
    directory.metadata().is_ok_and(|meta| meta.mode() & 0o1002 == 0o1002)
}

/// True where everybody may put files, but not take away those of others.
#[cfg(not(unix))]
pub(crate) fn is_shared(_: &Path) -> bool {
    false
}

fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace('\\', "/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ground(here: &str, root: &str) -> Ground {
        let (here, root) = (PathBuf::from(here), PathBuf::from(root));
        Ground { here, scanned: root.clone(), root, searched: Vec::new(), is_on_disk: true }
    }

    #[test]
    fn one_file_has_one_key_wherever_the_command_runs() {
        assert_eq!(ground("/r", "/r").key("a/b"), "a/b");
        assert_eq!(ground("/r/a", "/r").key("./b"), "a/b");
        assert_eq!(ground("/r/a/c", "/r").key("../b"), "a/b");
        assert_eq!(ground("/elsewhere", "/r").key("/r/a/./b"), "a/b");
        assert_eq!(ground("/r", "/r").key("../x"), "/x");
        assert_eq!(ground("/r", "/r").key("-"), "-");
        assert_eq!(Ground::tree().key("a/b"), "a/b");
    }

    #[test]
    fn the_common_directory_is_the_deepest() {
        let paths = |list: &[&str]| common(list.iter().map(PathBuf::from).collect::<Vec<_>>().iter());
        assert_eq!(paths(&["/a/b/c", "/a/b", "/a/bc"]), Some("/a".into()));
        assert_eq!(paths(&["/a/b"]), Some("/a/b".into()));
        assert_eq!(paths(&["/a", "/b"]), Some("/".into()));
        assert_eq!(paths(&[]), None);
    }

    #[test]
    fn without_a_repository_only_the_scanned_directory_is_searched() {
        let tree = tempfile::tempdir().expect("a directory");
        let (a, b) = (tree.path().join("x/a"), tree.path().join("x/b"));
        std::fs::create_dir_all(&a).expect("a directory");
        std::fs::create_dir_all(&b).expect("a directory");
        let searched = |paths: &[&PathBuf]| {
            let paths: Vec<PathBuf> = paths.iter().map(|p| (*p).clone()).collect();
            Ground::of(&paths).expect("a ground").searched
        };
        assert_eq!(searched(&[&a]), std::slice::from_ref(&a));
        assert_eq!(searched(&[&a, &b]), [] as [PathBuf; 0]);
        assert_eq!(searched(&[&a.join("file")]), [] as [PathBuf; 0]);
        // A file does as well as a directory: worktrees and submodules have one.
        std::fs::write(tree.path().join("x/.git"), "gitdir: elsewhere").expect("a file");
        assert_eq!(searched(&[&a.join("file")]), [a.clone(), tree.path().join("x")]);
        assert_eq!(searched(&[&a, &b]), [tree.path().join("x")]);
    }

    #[cfg(unix)]
    #[test]
    fn a_repository_that_is_planted_in_a_shared_directory_is_none() {
        use std::os::unix::fs::PermissionsExt;
        let tree = tempfile::tempdir().expect("a directory");
        let mine = tree.path().join("mine");
        std::fs::create_dir_all(&mine).expect("a directory");
        std::fs::create_dir(tree.path().join(".git")).expect("a directory");
        assert_eq!(repository(&mine).as_deref(), Some(tree.path()));
        std::fs::set_permissions(tree.path(), PermissionsExt::from_mode(0o1777)).expect("set");
        assert_eq!(repository(&mine), None);
        assert_eq!(repository(tree.path()).as_deref(), Some(tree.path()));
    }
}
