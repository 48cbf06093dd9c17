//! Which hooks were installed, in a small file of the git directory, so that one that something else
//! took the place of is missed.

use std::fs;
use std::path::PathBuf;

use scrubjay::git::Repository;

use crate::Result;
use crate::args::HookName;

/// The hooks that were installed and not taken out.
pub(super) fn installed(repository: &Repository) -> Vec<HookName> {
    let text = fs::read_to_string(path(repository)).unwrap_or_default();
    let known = |name: &str| HookName::ALL.iter().copied().find(|hook| hook.file() == name);
    text.lines().filter_map(known).collect()
}

/// Notes that a hook was installed, or taken out.
pub(super) fn keep(repository: &Repository, hook: HookName, is_in: bool) -> Result<()> {
    let path = path(repository);
    let mut all = installed(repository);
    if all.contains(&hook) == is_in {
        return Ok(());
    }
    all.retain(|other| *other != hook);
    all.extend(is_in.then_some(hook));
    let text: String = all.iter().map(|hook| format!("{}\n", hook.file())).collect();
    let done = if all.is_empty() { fs::remove_file(&path) } else { fs::write(&path, text) };
    done.map_err(|error| scrubjay::Error::from(error).at_path(&path).into())
}

fn path(repository: &Repository) -> PathBuf {
    repository.common_directory().join("scrubjay-hooks")
}
