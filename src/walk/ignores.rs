//! What ignore files leave out, as git has it: the nearest file that speaks of a path decides, the last
//! line of it that does; files above the repository do not count, and what the index holds is not ignored.
//!
//! `.ignore` files, which other search tools know, come before `.gitignore`. Outside of a repository the
//! ignore files of the directory that is walked count, and those below it.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::git::{Tracked, WorkTree};
use crate::ground::is_shared;

/// A directory, as its entries need to know it.
#[derive(Clone)]
pub(super) struct Folder {
    /// Told from the root of the repository; where there is none, from where the walk began.
    relative: PathBuf,
    /// The nearest ignore files.
    level: Option<Arc<Level>>,
    repo: Option<Arc<Repo>>,
    /// The directory itself is ignored, and by what: then everything in it is that the index does not hold.
    ignored: Option<&'static str>,
}

/// The ignore files of one directory.
struct Level {
    above: Option<Arc<Level>>,
    /// In the order of [`FAMILIES`].
    files: [Option<Gitignore>; FAMILIES.len()],
}

/// The names of ignore files, the strongest first, and what is said of what they leave out.
const FAMILIES: [(&str, &str); 2] =
    [(".ignore", "ignored by .ignore"), (".gitignore", "ignored by .gitignore")];

const BY_CLONE: &str = "ignored by .git/info/exclude";
const BY_USER: &str = "ignored by core.excludesFile";

/// A repository on the way.
struct Repo {
    tree: WorkTree,
    root: PathBuf,
    /// Files that hold for all of it, the strongest first.
    files: Vec<(Gitignore, &'static str)>,
    /// Read when the first path is ignored.
    tracked: OnceLock<Result<Tracked, String>>,
    /// That the index cannot be read was told.
    is_told: AtomicBool,
}

/// What is to be done with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is looked at.
    Kept,
    /// It is ignored, and by what.
    Ignored(&'static str),
    /// A directory that is ignored, but holds files that are not.
    Inside(&'static str),
}

impl Folder {
    /// A directory that nothing is known of.
    pub(super) fn plain() -> Self {
        Self { relative: PathBuf::new(), level: None, repo: None, ignored: None }
    }

    /// The directory that a walk begins with: with the ignore files between it and the root of its
    /// repository.
    pub(super) fn first(directory: &Path) -> Self {
        let Ok(real) = fs::canonicalize(directory) else { return Self::plain() };
        // Where everybody may plant a repository, none is believed.
        let mut trusted = real.ancestors().take_while(|path| *path == real || !is_shared(path));
        let Some(repo) = trusted.find_map(Repo::open_shared) else { return Self::plain() };
        let mut folder = Self { repo: Some(repo.clone()), ..Self::plain() };
        let Ok(below) = real.strip_prefix(&repo.root) else { return Self::plain() };
        // Nothing in there is a file of the work tree.
        if below.starts_with(".git") {
            return Self::plain();
        }
        let mut at = repo.root.clone();
        for name in below.iter() {
            let there = |name: &str| at.join(name).symlink_metadata().is_ok_and(|meta| meta.is_file());
            folder.read(&at, FAMILIES.map(|(name, _)| there(name)));
            at.push(name);
            folder.relative.push(name);
        }
        folder
    }

    /// A directory in this one.
    pub(super) fn child(&self, name: &Path, verdict: Verdict) -> Self {
        let ignored = match verdict {
            Verdict::Inside(by) => Some(by),
            _ => self.ignored,
        };
        Self { relative: self.relative.join(name), ignored, ..self.clone() }
    }

    /// Takes note of what a listing of the directory shows: ignore files, and that a repository begins.
    pub(super) fn see(&mut self, directory: &Path, names: &Names) {
        let is_root = self.relative.as_os_str().is_empty() && self.repo.is_some();
        if names.git
            && !is_root
            && let Some(repo) = Repo::open(directory)
        {
            // What holds around a repository does not hold in it.
            *self = Self { repo: Some(Arc::new(repo)), ..Self::plain() };
        }
        self.read(directory, names.ignores);
    }

    fn read(&mut self, directory: &Path, there: [bool; FAMILIES.len()]) {
        if !there.contains(&true) {
            return;
        }
        let ignores_case = self.repo.as_ref().is_some_and(|repo| repo.tree.ignores_case);
        let read = |at: usize| {
            let (name, _) = FAMILIES[at];
            there[at].then(|| read(&directory.join(name), &self.relative, ignores_case)).flatten()
        };
        let files = std::array::from_fn(read);
        self.level = Some(Arc::new(Level { above: self.level.take(), files }));
    }

    /// What is to be done with an entry of this directory.
    pub(super) fn judge(&self, relative: &Path, is_dir: bool) -> Verdict {
        let by = match self.ignored {
            Some(by) => by,
            None => match self.ignored_by(relative, is_dir) {
                Some(by) => by,
                None => return Verdict::Kept,
            },
        };
        let Some(tracked) = self.tracked() else { return Verdict::Ignored(by) };
        let path = slashed(relative);
        match (tracked.holds(&path), is_dir) {
            // A submodule has ignore files of its own.
            (true, _) => Verdict::Kept,
            (false, true) if tracked.holds_below(&path) => Verdict::Inside(by),
            _ => Verdict::Ignored(by),
        }
    }

    /// True where nothing can be ignored here, so that [`Folder::judge`] need not be asked.
    pub(super) fn keeps_all(&self) -> bool {
        self.level.is_none()
            && self.ignored.is_none()
            && self.repo.as_ref().is_none_or(|repo| repo.files.is_empty())
    }

    /// The directory, told as [`Folder::judge`] wants paths.
    pub(super) fn relative(&self) -> &Path {
        &self.relative
    }

    /// True where this is the place of a submodule.
    pub(super) fn is_submodule(&self) -> bool {
        self.tracked().is_some_and(|tracked| tracked.is_submodule(&slashed(&self.relative)))
    }

    /// Where the index is and why it cannot be read, if it was wanted and cannot; told once.
    pub(super) fn broken_index(&self) -> Option<(PathBuf, String)> {
        let repo = self.repo.as_ref()?;
        let error = repo.tracked.get()?.as_ref().err()?;
        let is_new = !repo.is_told.swap(true, Ordering::Relaxed);
        is_new.then(|| (repo.tree.index.clone(), error.clone()))
    }

    fn ignored_by(&self, relative: &Path, is_dir: bool) -> Option<&'static str> {
        let mut outer = [None; FAMILIES.len()];
        let mut next = self.level.as_deref();
        while let Some(level) = next {
            for (at, file) in level.files.iter().enumerate() {
                if let Some(file) = file.as_ref().filter(|_| outer[at].is_none()) {
                    outer[at] = said_of(file, relative, is_dir);
                }
            }
            next = level.above.as_deref();
        }
        let of_levels = outer.into_iter().zip(FAMILIES).map(|(said, (_, by))| Some((said?, by)));
        let of_repo = self.repo.iter().flat_map(|repo| &repo.files);
        let of_repo = of_repo.map(|(file, by)| Some((said_of(file, relative, is_dir)?, *by)));
        let (ignored, by) = of_levels.chain(of_repo).flatten().next()?;
        ignored.then_some(by)
    }

    fn tracked(&self) -> Option<&Tracked> {
        let repo = self.repo.as_ref()?;
        repo.tracked.get_or_init(|| repo.tree.tracked().map_err(|error| error.to_string())).as_ref().ok()
    }
}

/// What the listing of a directory shows of ignore files and repositories.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Names {
    git: bool,
    ignores: [bool; FAMILIES.len()],
    head: bool,
    objects: bool,
    refs: bool,
}

impl Names {
    pub(super) fn add(&mut self, name: &std::ffi::OsStr, kind: fs::FileType) {
        // Of a link git does not take ignore patterns.
        for (at, (family, _)) in FAMILIES.iter().enumerate() {
            self.ignores[at] |= kind.is_file() && name == *family;
        }
        self.git |= name == ".git";
        self.head |= kind.is_file() && name == "HEAD";
        self.objects |= kind.is_dir() && name == "objects";
        self.refs |= kind.is_dir() && name == "refs";
    }

    /// True where this is a repository's own directory, not one with a `.git`.
    pub(super) fn is_bare_repository(&self, directory: &Path) -> bool {
        let head = || start_of(&directory.join("HEAD"), 256).unwrap_or_default();
        let is_head = |head: &[u8]| {
            head.starts_with(b"ref: ") || head.trim_ascii_end().iter().all(u8::is_ascii_hexdigit)
        };
        self.head && self.objects && self.refs && is_head(&head())
    }
}

impl Repo {
    /// The repository with this work tree; none where the `.git` in it is no repository.
    fn open(directory: &Path) -> Option<Self> {
        let tree = WorkTree::at(directory)?;
        let files = [(Some(&tree.own_excludes), BY_CLONE), (tree.user_excludes.as_ref(), BY_USER)];
        let files = files.into_iter().filter_map(|(path, by)| {
            let file = read(path?, Path::new(""), tree.ignores_case)?;
            Some((file, by))
        });
        let files = files.collect();
        Some(Self {
            root: directory.to_owned(),
            files,
            tree,
            tracked: OnceLock::new(),
            is_told: AtomicBool::new(false),
        })
    }

    fn open_shared(directory: &Path) -> Option<Arc<Self>> {
        directory.join(".git").symlink_metadata().ok()?;
        Self::open(directory).map(Arc::new)
    }
}

/// The first bytes of a file, at most so many.
fn start_of(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(limit as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A file that is longer ignores nothing: so many bytes of patterns were not written by people.
const LONGEST: usize = 4 * 1024 * 1024;

/// Reads a file of patterns that count from a directory; none where it holds none.
fn read(path: &Path, from: &Path, ignores_case: bool) -> Option<Gitignore> {
    let bytes = start_of(path, LONGEST).ok().filter(|bytes| bytes.len() < LONGEST)?;
    let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes));
    let mut builder = GitignoreBuilder::new(from);
    builder.case_insensitive(ignores_case).ok()?;
    for line in text.split('\n') {
        // A line that is no pattern matches nothing, as for git.
        let _ = builder.add_line(None, &without_braces(line.strip_suffix('\r').unwrap_or(line)));
    }
    builder.build().ok().filter(|file| !file.is_empty())
}

/// The pattern with braces that stand for themselves, as for git; the matcher knows them as alternatives.
fn without_braces(line: &str) -> Cow<'_, str> {
    if memchr::memchr2(b'{', b'}', line.as_bytes()).is_none() {
        return Cow::Borrowed(line);
    }
    let (mut out, mut in_class, mut escaped) = (String::with_capacity(line.len() + 4), false, false);
    for c in line.chars() {
        if matches!(c, '{' | '}') && !in_class && !escaped {
            out.push('\\');
        }
        in_class = if in_class { c != ']' } else { c == '[' && !escaped };
        escaped = c == '\\' && !escaped;
        out.push(c);
    }
    Cow::Owned(out)
}

fn said_of(file: &Gitignore, relative: &Path, is_dir: bool) -> Option<bool> {
    match file.matched(relative, is_dir) {
        Match::None => None,
        Match::Ignore(_) => Some(true),
        Match::Whitelist(_) => Some(false),
    }
}

/// A path as the index has it.
fn slashed(path: &Path) -> Vec<u8> {
    let bytes = path.as_os_str().as_encoded_bytes();
    if std::path::MAIN_SEPARATOR == '/' {
        return bytes.to_vec();
    }
    bytes.iter().map(|b| if *b == b'\\' { b'/' } else { *b }).collect()
}
