//! Puts hooks into a repository, and takes them out again.
//!
//! A hook that is there stays: it is moved aside and run first. What is put there is a few lines of
//! shell that find the command again, and stop git where they do not.

use std::fs;
use std::path::{Path, PathBuf};

use scrubjay::git::Repository;
use scrubjay::text::printable;

use crate::args::HookName;
use crate::output::Output;
use crate::{Result, Status, Stop};

/// Tells our hooks from others.
const MARK: &str =
    "# Installed by `scrubjay hook install`; `scrubjay hook install --uninstall` takes it out.";

/// What an older hook is called from then on; git does not run it under that name.
const ASIDE: &str = "before-scrubjay";

pub(super) fn run(hooks: &[HookName], uninstall: bool, output: &Output) -> Result<Status> {
    let repository = Repository::open(None).map_err(|error| {
        Stop::from(error).help("run it inside of the repository that is to have the hook")
    })?;
    let folder = repository.hooks()?;
    let hooks = match hooks {
        [] if uninstall => HookName::ALL,
        [] => &[HookName::PreCommit],
        named => named,
    };
    for hook in hooks {
        let path = folder.join(hook.file());
        let done = if uninstall { take_out(&path)? } else { put_in(&path, *hook)? };
        if let Some(done) = done {
            output.note(&format!("scrubjay: {done}"));
        }
    }
    Ok(Status::Clean)
}

fn put_in(path: &Path, hook: HookName) -> Result<Option<String>> {
    let shown = printable(&path.to_string_lossy()).into_owned();
    let aside = aside(path);
    let older = match fs::symlink_metadata(path) {
        Err(_) => false,
        Ok(_) if is_ours(path) => false,
        Ok(_) => true,
    };
    if older {
        if fs::symlink_metadata(&aside).is_ok() {
            return Err(Stop::invalid(format!(
                "{shown}: there is a hook, and an older one beside it already"
            ))
            .help(format!("make one of the two, without {}", printable(&aside.to_string_lossy()))));
        }
        fs::rename(path, &aside).map_err(|error| scrubjay::Error::from(error).at_path(path))?;
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let command = std::env::current_exe().ok().map(|path| path.to_string_lossy().into_owned());
    let text = script(hook, command.as_deref().unwrap_or("scrubjay"));
    let written = fs::create_dir_all(folder).and_then(|()| write_executable(path, &text));
    if let Err(error) = written {
        if older {
            // The older hook must not be lost with ours.
            let _ = fs::rename(&aside, path);
        }
        return Err(scrubjay::Error::from(error).at_path(path).into());
    }
    let chained =
        if fs::symlink_metadata(&aside).is_ok() { "; the hook that was there runs first" } else { "" };
    Ok(Some(format!("{shown}: installed{chained}")))
}

fn take_out(path: &Path) -> Result<Option<String>> {
    if !is_ours(path) {
        return Ok(None);
    }
    let shown = printable(&path.to_string_lossy()).into_owned();
    let aside = aside(path);
    let failed = |error| Stop::from(scrubjay::Error::from(error).at_path(path));
    if fs::symlink_metadata(&aside).is_ok() {
        fs::rename(&aside, path).map_err(failed)?;
        return Ok(Some(format!("{shown}: taken out; the hook that was there before is back")));
    }
    fs::remove_file(path).map_err(failed)?;
    Ok(Some(format!("{shown}: taken out")))
}

fn is_ours(path: &Path) -> bool {
    fs::read(path).is_ok_and(|bytes| memchr::memmem::find(&bytes, MARK.as_bytes()).is_some())
}

fn aside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{ASIDE}"));
    PathBuf::from(name)
}

/// The hook. `command` is used where the search path has none of that name.
fn script(hook: HookName, command: &str) -> String {
    let name = hook.file();
    let quoted = command.replace('\'', r"'\''");
    let older = format!("\"$0.{ASIDE}\"");
    // Both hooks want to read what git gives, so it is kept.
    let (read, give) = if hook.reads_input() {
        ("input=$(cat; printf x); input=${input%x}\n", "printf %s \"$input\" | ")
    } else {
        ("", "")
    };
    format!(
        "#!/bin/sh\n{MARK}\n{read}\
         if [ -x {older} ]; then {give}{older} \"$@\" || exit $?; fi\n\
         scrubjay=$(command -v scrubjay) || scrubjay='{quoted}'\n\
         if [ ! -x \"$scrubjay\" ]; then\n  \
           echo \"{name}: scrubjay is not installed, so nothing was checked; cargo install it, or remove $0\" >&2\n  \
           exit 2\nfi\n\
         {give}\"$scrubjay\" hook {name} \"$@\"\n"
    )
}

fn write_executable(path: &Path, text: &str) -> std::io::Result<()> {
    fs::write(path, text)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}
