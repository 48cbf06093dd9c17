//! Where the project file is: next to what is scanned, or above it in the same repository.

use std::io;
use std::path::{Path, PathBuf};

use super::project::Project;
use crate::error::{Error, Result};
use crate::ground::Ground;

/// The names of a project file.
const NAMES: [&str; 2] = ["scrubjay.toml", ".scrubjay.toml"];

/// The nearest project file of this ground.
///
/// # Errors
///
/// A directory that holds two of them, or one that cannot be looked into.
pub fn find(ground: &Ground) -> Result<Option<PathBuf>> {
    for directory in ground.searched() {
        let mut there = Vec::new();
        for path in NAMES.map(|name| directory.join(name)) {
            if exists(&path)? {
                there.push(path);
            }
        }
        match there.as_slice() {
            [] => {}
            // A pipe would block for ever.
            [one] if one.exists() && !one.is_file() => {
                return Err(Error::invalid("a project file must be a plain file").at_path(ground.shown(one)));
            }
            [one] => return Ok(Some(one.clone())),
            [one, ..] => {
                let message = "there is a scrubjay.toml and a .scrubjay.toml; keep one of them";
                return Err(Error::invalid(message).at_path(ground.shown(one)));
            }
        }
    }
    Ok(None)
}

/// Reads a project file from the disk. One from outside of the ground counts from the ground's root.
///
/// # Errors
///
/// A file that cannot be read, or one that is not what it must be, with line and column.
pub fn read(path: &Path, ground: &Ground) -> Result<Project> {
    let shown = ground.shown(path);
    let bytes = std::fs::read(path).map_err(|error| Error::from(error).at_path(shown))?;
    let directory = ground.directory_of(path).unwrap_or_default();
    Project::parse(&bytes, &shown.to_string_lossy(), &directory)
}

fn exists(path: &Path) -> Result<bool> {
    match path.symlink_metadata() {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(false)
        }
        Err(error) => Err(Error::from(error).at_path(path)),
    }
}
