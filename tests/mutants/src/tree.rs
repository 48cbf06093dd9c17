//! The copy of the program in which the changes are made.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::areas::{self, Area};
use crate::change::Change;
use crate::write::{self, Written};

/// The switch, as it is built into the copy.
const SWITCH: &str = include_str!("switch.rs.txt");

/// How a test starts a command without the environment, and how the switch reaches it all the same.
const CLEARED: &str = ".env_clear()";
const KEPT: &str = r#".env_clear().envs(std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("MUTANT_")))"#;

/// The copy, in `target/mutants`.
pub struct Tree {
    folder: PathBuf,
    /// What was written with changes, below `src`, with the places of them.
    written: Vec<(String, Written)>,
}

impl Tree {
    /// Copies what git knows and what is new, but for what it ignores.
    pub fn copy() -> Result<Self> {
        let folder = std::path::absolute("target/mutants").map_err(|error| error.to_string())?;
        let tree = Self { folder, written: Vec::new() };
        let root = tree.root();
        if root.exists() {
            fs::remove_dir_all(&root).map_err(|error| format!("{}: {error}", root.display()))?;
        }
        let listed = output(Command::new("git").args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]))?;
        for path in listed.split('\0').filter(|path| !path.is_empty() && Path::new(path).is_file()) {
            let to = root.join(path);
            let copied = fs::create_dir_all(to.parent().unwrap_or(&root)).and_then(|()| fs::copy(path, &to));
            copied.map_err(|error| format!("{path}: {error}"))?;
        }
        tree.prepare()?;
        // A repository of its own: in the one around it, all of `target` is ignored.
        output(Command::new("git").args(["init", "-q"]).current_dir(&root))?;
        output(Command::new("git").args(["add", "-A"]).current_dir(&root))?;
        Ok(tree)
    }

    /// The folder of the copy.
    pub fn root(&self) -> PathBuf {
        self.folder.join("tree")
    }

    /// Where cargo builds.
    pub fn target(&self) -> PathBuf {
        self.folder.join("build")
    }

    /// The text of a file below `src` as it is without changes.
    pub fn original(&self, path: &str) -> Result<String> {
        read(&Path::new("src").join(path))
    }

    /// The files of an area, below `src`.
    pub fn files(&self, area: &Area) -> Result<Vec<String>> {
        let listed = output(Command::new("git").args(["ls-files", "-z", "--", "src"]))?;
        let names = listed.split('\0').filter_map(|path| path.strip_prefix("src/"));
        let of_area = |path: &&str| areas::of(path).is_some_and(|found| found.name == area.name);
        Ok(names.filter(|path| path.ends_with(".rs")).filter(of_area).map(str::to_owned).collect())
    }

    /// Writes the files with these changes, whose numbers are their places in the list, from 1.
    pub fn write(&mut self, changes: &[Change]) -> Result<()> {
        for (path, _) in std::mem::take(&mut self.written) {
            write_file(&self.root().join("src").join(&path), &self.original(&path)?)?;
        }
        let mut files: Vec<&str> = changes.iter().map(|change| change.file.as_str()).collect();
        files.sort_unstable();
        files.dedup();
        for path in files {
            let here: Vec<(usize, &Change)> = changes
                .iter()
                .enumerate()
                .filter(|(_, change)| change.file == path)
                .map(|(i, c)| (i + 1, c))
                .collect();
            let switch = if path.starts_with("bin/") { "scrubjay::mutants" } else { "crate::mutants" };
            let written = write::written(&self.original(path)?, here, switch);
            write_file(&self.root().join("src").join(path), &written.text)?;
            self.written.push((path.to_owned(), written));
        }
        let switch = SWITCH.replace("COUNT_OF_CHANGES", &(changes.len() + 1).to_string());
        write_file(&self.root().join("src/mutants.rs"), &switch)
    }

    /// The number of the change that has to do with this byte of a file as it was written, if any has.
    pub fn change_at(&self, path: &str, byte: usize) -> Option<usize> {
        let name = path.strip_prefix("src/")?;
        let (_, written) = self.written.iter().find(|(written, _)| written == name)?;
        written.change_at(byte)
    }

    /// Keeps a result.
    pub fn keep(&self, name: &str, text: &str) -> Result<()> {
        write_file(&self.folder.join(name), text)
    }

    /// A result that was kept.
    pub fn kept(&self, name: &str) -> Result<String> {
        read(&self.folder.join(name))
    }

    /// The switch gets its module, warnings about changed code stay warnings, and commands in tests keep
    /// what turns the switch on.
    fn prepare(&self) -> Result<()> {
        let manifest = self.root().join("Cargo.toml");
        let text = read(&manifest)?;
        write_file(&manifest, text.split("\n[lints").next().unwrap_or(&text))?;
        let library = self.root().join("src/lib.rs");
        write_file(&library, &(read(&library)? + "\npub mod mutants;\n"))?;
        for path in sources(&self.root().join("tests"))? {
            let text = read(&path)?;
            if text.contains(CLEARED) {
                write_file(&path, &text.replace(CLEARED, KEPT))?;
            }
        }
        Ok(())
    }
}

fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut out = Vec::new();
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        if path.is_dir() {
            out.extend(sources(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            out.push(path);
        }
    }
    Ok(out)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write_file(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

fn output(command: &mut Command) -> Result<String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)))
    }
}
