//! `scrubjay hook status`: whether each hook would run now, and what stands in its way.

use std::fs;
use std::path::{Path, PathBuf};

use scrubjay::git::Repository;

use super::keeper::{Keeper, Manager};
use super::settings::{Settings, shown};
use super::{plain, record, shell};
use crate::args::HookName;
use crate::output::Output;
use crate::{Result, Status, Stop};

const AGAIN: &str = "`scrubjay hook install` mends that";

/// What can be told of a hook.
enum State {
    /// Git runs it, by way of this.
    Runs(String),
    /// It was installed, or should be there, and does not run: why.
    Hindered(Vec<String>),
    /// Nobody installed it.
    None,
}

pub(super) fn run(hooks: &[HookName], output: &Output) -> Result<Status> {
    let repository = Repository::open(None)
        .map_err(|error| Stop::from(error).help("run it inside of the repository that has the hooks"))?;
    let keeper = Keeper::of(&repository)?;
    let asked = if hooks.is_empty() { HookName::ALL } else { hooks };
    let (mut running, mut hindered, mut text) = (0, 0, String::new());
    for hook in asked {
        let name = hook.file();
        match state(&keeper, &repository, *hook) {
            State::Runs(by) => {
                running += 1;
                text.push_str(&format!("{name}: runs, from {by}\n"));
            }
            State::Hindered(why) => {
                hindered += 1;
                text.push_str(&format!("{name}: DOES NOT RUN\n"));
                why.iter().for_each(|why| text.push_str(&format!("  {why}\n")));
            }
            // Only a server runs it.
            State::None if *hook == HookName::PreReceive && hooks.is_empty() => {}
            State::None => {
                hindered += usize::from(!hooks.is_empty());
                text.push_str(&format!("{name}: not installed\n"));
            }
        }
    }
    output.write(text.as_bytes())?;
    Ok(if running > 0 && hindered == 0 { Status::Clean } else { Status::Findings })
}

/// What stands in the way of a hook that was just installed.
pub(super) fn obstacles(keeper: &Keeper, repository: &Repository, hook: HookName) -> Vec<String> {
    match state(keeper, repository, hook) {
        State::Runs(_) => Vec::new(),
        State::Hindered(why) => why,
        State::None => vec!["it is not there".to_owned()],
    }
}

fn state(keeper: &Keeper, repository: &Repository, hook: HookName) -> State {
    let path = keeper.path(hook);
    let text = fs::read(&path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    if let Ok(text) = text
        && shell::calls(&text, hook)
        && !keeper.managed.as_ref().is_some_and(|(manager, _)| manager.made(&text))
    {
        return judged(shown(&path), native(&path, &text));
    }
    if let Some((manager, settings)) = keeper.manager(hook)
        && settings.has(hook)
    {
        let by = format!("{} by {}", shown(&settings.file(hook)), manager.name());
        return judged(by, managed(keeper, manager, settings, hook));
    }
    let by_framework = || fs::read_to_string(&path).is_ok_and(|text| Manager::Framework.made(&text));
    if let Some(moved) = moved(&path, "legacy").filter(|_| by_framework()) {
        let text = fs::read_to_string(&moved).unwrap_or_default();
        return judged(format!("{} by pre-commit", shown(&moved)), native(&moved, &text));
    }
    if !record::installed(repository).contains(&hook) && !was_there(keeper, hook) {
        return State::None;
    }
    State::Hindered(vec![missed(keeper, &path, hook)])
}

fn judged(by: String, obstacles: Vec<String>) -> State {
    if obstacles.is_empty() { State::Runs(by) } else { State::Hindered(obstacles) }
}

/// What stands in the way of a hook that git itself runs.
fn native(path: &Path, text: &str) -> Vec<String> {
    let mut why = Vec::new();
    if !is_executable(path) {
        why.push(format!("{} has no execute bit, so git passes it over; {AGAIN}", shown(path)));
    }
    let fallback = if plain::is_ours(path) { plain::fallback(text) } else { None };
    if !in_search_path("scrubjay") && !fallback.as_deref().is_some_and(is_executable) {
        let moved = fallback.map(|path| format!(", and {} is not there any more", shown(&path)));
        why.push(format!(
            "no `scrubjay` is in the search path{}; it stops git instead of looking. `cargo install` it, and `scrubjay hook install` again",
            moved.unwrap_or_default()
        ));
    }
    why
}

/// What stands in the way of a hook that a manager runs.
fn managed(keeper: &Keeper, manager: Manager, settings: &Settings, hook: HookName) -> Vec<String> {
    let mut why = Vec::new();
    let path = keeper.path(hook);
    let install = manager.install(hook);
    if manager == Manager::Husky
        && settings.file(hook).parent() != Some(&keeper.folder)
        && Some(keeper.folder.as_path())
            != settings.file(hook).parent().map(|folder| folder.join("_")).as_deref()
    {
        why.push(format!(
            "core.hooksPath does not lead to husky's folder in this clone; `{install}` sets it"
        ));
    } else if !keeper.is_live(manager, settings, hook) {
        let there = if plain::is_there(&path) { "is not the hook of" } else { "is not there, the hook of" };
        why.push(format!("{} {there} {}; `{install}` writes it", shown(&path), manager.name()));
    } else if !is_executable(&path) {
        why.push(format!(
            "{} has no execute bit, so git passes it over; `{install}` mends that",
            shown(&path)
        ));
    } else if manager == Manager::Husky
        && keeper.folder.ends_with("_")
        && !keeper.folder.join("h").exists()
        && !keeper.folder.join("husky.sh").exists()
    {
        why.push(format!("{} is not there; `{install}` writes it", shown(&keeper.folder.join("h"))));
    } else if manager == Manager::SimpleGitHooks {
        let now = fs::read_to_string(&path).unwrap_or_default();
        if !shell::calls(&now, hook) {
            let file = shown(&settings.file(hook));
            why.push(format!("{} is older than {file}; `{install}` writes it again", shown(&path)));
        }
    }
    if why.is_empty() && manager == Manager::Lefthook && !has_lefthook(keeper, &path) {
        why.push(
            "lefthook itself is nowhere to be found, and its hook then lets everything pass; install it"
                .to_owned(),
        );
    }
    if !in_search_path("scrubjay") && !keeper.brings_command(settings, hook) {
        why.push(
            "no `scrubjay` is in the search path, by which the team's file names it; until it is there, git is stopped. \
             `cargo install` it"
                .to_owned(),
        );
    }
    why
}

/// What became of a hook that was installed and is not there.
fn missed(keeper: &Keeper, path: &Path, hook: HookName) -> String {
    if let Some(why) = keeper.dead_end() {
        return why;
    }
    if keeper.folder != keeper.usual && plain::is_there(&keeper.usual.join(hook.file())) {
        return format!(
            "core.hooksPath leads git to {}, past {}; {AGAIN}",
            shown(&keeper.folder),
            shown(&keeper.usual.join(hook.file()))
        );
    }
    if let Some((manager, settings)) = keeper.manager(hook) {
        let file = shown(&settings.file(hook));
        return format!("{file}, where {} has its hooks from, has no line for it; {AGAIN}", manager.name());
    }
    if plain::is_there(path) {
        return format!("{} was overwritten by another hook; {AGAIN}, and runs that one first", shown(path));
    }
    format!("{} is not there any more; {AGAIN}", shown(path))
}

/// True where something is left of a hook that was installed.
fn was_there(keeper: &Keeper, hook: HookName) -> bool {
    let path = keeper.path(hook);
    let usual = keeper.usual.join(hook.file());
    plain::is_there(&plain::aside(&path)) || plain::is_ours(&usual) || moved(&path, "old").is_some()
}

/// A hook of ours that a manager has moved to a name with this ending.
fn moved(path: &Path, end: &str) -> Option<PathBuf> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{end}"));
    Some(PathBuf::from(name)).filter(|path| plain::is_ours(path))
}

fn in_search_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(format!("{program}{}", std::env::consts::EXE_SUFFIX)))
        .any(|path| is_executable(&path))
}

/// True where the hook of lefthook would find its program: in the search path, where it was installed
/// from, or among the packages of the work tree. Others that know how to start it are believed.
fn has_lefthook(keeper: &Keeper, hook: &Path) -> bool {
    let text = fs::read_to_string(hook).unwrap_or_default();
    let named = |word: &str| {
        let path = Path::new(word.trim_matches(['"', '\'']));
        path.is_absolute()
            && path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("lefthook"))
    };
    let installed = |word: &str| is_executable(Path::new(word.trim_matches(['"', '\''])));
    let starters = ["go", "bundle", "yarn", "pnpm", "swift", "mint", "uv", "composer", "mise", "devbox"];
    let started = |starter: &&str| text.contains(&format!("{starter} ")) && in_search_path(starter);
    in_search_path("lefthook")
        || !text.contains("node_modules/lefthook")
        || std::env::var_os("LEFTHOOK_BIN").is_some()
        || text.split_whitespace().filter(|word| named(word)).any(installed)
        || keeper.has_package("lefthook")
        || starters.iter().any(started)
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}
