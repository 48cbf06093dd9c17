//! Puts hooks into a repository, and takes them out again: where a manager keeps the hooks, into its
//! settings, and otherwise into git's folder of hooks.

use std::fs;
use std::path::{Path, PathBuf};

use scrubjay::git::Repository;

use super::keeper::{Keeper, Manager};
use super::settings::{Done, Form, Settings, shown};
use super::{plain, record, status};
use crate::args::HookName;
use crate::output::Output;
use crate::{Result, Status, Stop};

pub(super) fn run(hooks: &[HookName], uninstall: bool, output: &Output) -> Result<Status> {
    let repository = Repository::open(None).map_err(|error| {
        Stop::from(error).help("run it inside of the repository that is to have the hook")
    })?;
    let keeper = Keeper::of(&repository)?;
    if let Some(why) = keeper.dead_end().filter(|_| !uninstall) {
        return Err(Stop::invalid(why).help(
            "`git config --show-origin core.hooksPath` tells who set it; `git config --unset core.hooksPath` takes \
             it back",
        ));
    }
    let hooks = match hooks {
        [] if uninstall => HookName::ALL,
        [] => &[HookName::PreCommit],
        named => named,
    };
    let mut refused = None;
    for hook in hooks {
        let done = if uninstall { take_out(&keeper, *hook) } else { put_in(&keeper, *hook) };
        match done {
            Ok(done) => done.iter().for_each(|done| output.note(&format!("scrubjay: {done}"))),
            Err(stop) => {
                if let Some(before) = refused.replace(stop) {
                    output.stop(&before);
                }
                continue;
            }
        }
        record::keep(&repository, *hook, !uninstall)?;
        if !uninstall {
            for obstacle in status::obstacles(&keeper, &repository, *hook) {
                output.note(&format!("scrubjay: {} does not run yet: {obstacle}", hook.file()));
            }
        }
    }
    refused.map_or(Ok(Status::Clean), Err)
}

/// Puts a hook in; what was done.
fn put_in(keeper: &Keeper, hook: HookName) -> Result<Vec<String>> {
    let path = keeper.path(hook);
    let Some((manager, settings)) = keeper.manager(hook) else {
        let mut done = plain::put_in(&path, hook)?;
        if keeper.is_shared() {
            done.push_str(
                "; core.hooksPath leads there, and every repository for which it does runs the hook",
            );
        }
        return Ok(vec![done]);
    };
    let file = shown(&settings.file(hook));
    let mut done = Vec::new();
    let refused = match settings.add(hook)? {
        Done::Nothing => {
            done.push(format!("{file}: has the hook"));
            None
        }
        Done::Written => {
            done.push(format!("{file}: the hook is in, for {}", manager.name()));
            None
        }
        Done::Refused(why) => Some(why),
    };
    if runs_itself(manager, keeper, settings, hook) {
        allow_running(&settings.file(hook))?;
    }
    let live = if refused.is_none() {
        keeper.make_live(manager, settings, hook)?
    } else {
        keeper.is_live(manager, settings, hook)
    };
    match refused {
        Some(why) if live => return Err(by_hand(settings, hook, &why)),
        Some(why) => done.push(format!(
            "{file} is left as it is: {why}. Write there\n{}",
            indented(&settings.by_hand(hook))
        )),
        None => {}
    }
    // husky's folder is generated, and nothing of ours belongs there.
    let free = manager != Manager::Husky || keeper.folder == keeper.usual;
    if !live && free {
        // Until the manager's own hook is there, ours does it.
        done.push(plain::put_in(&path, hook)?);
        done.push(format!(
            "{} has no hook of its own in {} yet: `{}` writes it",
            manager.name(),
            shown(&keeper.folder),
            manager.install(hook)
        ));
    }
    Ok(done)
}

/// Takes a hook out of everything that may have it; what was done.
fn take_out(keeper: &Keeper, hook: HookName) -> Result<Vec<String>> {
    let mut done = Vec::new();
    let mut refused = None;
    // What a server runs is in nobody's settings.
    let settings = if hook == HookName::PreReceive { Vec::new() } else { keeper.all_settings() };
    for settings in settings {
        let file = shown(&settings.file(hook));
        match settings.remove(hook)? {
            Done::Nothing => continue,
            Done::Written => done.push(format!("{file}: taken out")),
            Done::Refused(why) => {
                let message = format!("{file}: {why}, so it is left as it is");
                refused = Some(Stop::invalid(message).help("take out by hand what runs `scrubjay hook`"));
            }
        }
        if matches!(settings.form, Form::PackageJson | Form::SimpleGitHooks) {
            keeper.renew(&settings, hook)?;
        }
    }
    for folder in folders(keeper) {
        let path = folder.join(hook.file());
        done.extend(plain::take_out(&path)?);
        done.extend(take_out_moved(&path)?);
    }
    refused.map_or(Ok(done), Err)
}

/// Takes out a hook of ours that a manager has moved.
fn take_out_moved(path: &Path) -> Result<Option<String>> {
    for end in ["legacy", "old"] {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{end}"));
        let moved = PathBuf::from(name);
        if !plain::is_ours(&moved) {
            continue;
        }
        let before = plain::aside(path);
        let failed = |error| Stop::from(scrubjay::Error::from(error).at_path(&moved));
        if plain::is_there(&before) {
            fs::rename(&before, &moved).map_err(failed)?;
        } else {
            fs::remove_file(&moved).map_err(failed)?;
        }
        return Ok(Some(format!("{}: taken out", shown(&moved))));
    }
    Ok(None)
}

fn folders(keeper: &Keeper) -> Vec<PathBuf> {
    let mut folders = vec![keeper.folder.clone()];
    if keeper.usual != keeper.folder {
        folders.push(keeper.usual.clone());
    }
    folders
}

fn by_hand(settings: &Settings, hook: HookName, why: &str) -> Stop {
    let file = shown(&settings.file(hook));
    Stop::invalid(format!("{file} is left as it is: {why}"))
        .help(format!("write there\n{}", indented(&settings.by_hand(hook))))
}

fn indented(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("    {line}")).collect();
    lines.join("\n")
}

/// True where git runs the script of the settings itself.
fn runs_itself(manager: Manager, keeper: &Keeper, settings: &Settings, hook: HookName) -> bool {
    manager == Manager::Husky && settings.file(hook).parent() == Some(&keeper.folder)
}

/// Lets git run a script.
#[cfg(unix)]
fn allow_running(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let Ok(meta) = fs::metadata(path) else { return Ok(()) };
    let mode = meta.permissions().mode();
    if mode & 0o100 == 0 {
        fs::set_permissions(path, fs::Permissions::from_mode(mode | 0o111))
            .map_err(|error| scrubjay::Error::from(error).at_path(path))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn allow_running(_: &Path) -> Result<()> {
    Ok(())
}
