//! A hook of our own in git's folder of hooks.
//!
//! A hook that is there stays: it is moved aside and run first. What is put there is a few lines of
//! shell that find the command again, and stop git where they do not.

use std::fs;
use std::path::{Path, PathBuf};

use super::settings::shown;
use super::shell;
use crate::args::HookName;
use crate::{Result, Stop};

/// Tells our hooks from others.
const MARK: &str =
    "# Installed by `scrubjay hook install`; `scrubjay hook install --uninstall` takes it out.";

/// What an older hook is called from then on; git does not run it under that name.
const ASIDE: &str = "before-scrubjay";

/// Puts the hook in; what was done.
pub(super) fn put_in(path: &Path, hook: HookName) -> Result<String> {
    let before = aside(path);
    let mut more = String::new();
    if is_there(path) && !is_ours(path) {
        if goes_by_its_name(path) {
            return Err(Stop::invalid(format!("{}: this hook goes by its own name", shown(path))).help(format!(
                "moved aside it would do nothing, so it is left alone; have it, or the settings of what wrote it, run\n    {}",
                shell::by_hand(hook)
            )));
        }
        if is_there(&before) {
            more = keep(&before, path)?;
        }
        fs::rename(path, &before).map_err(|error| scrubjay::Error::from(error).at_path(path))?;
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let command = std::env::current_exe().ok().map(|path| path.to_string_lossy().into_owned());
    let text = script(hook, command.as_deref().unwrap_or("scrubjay"));
    let written = fs::create_dir_all(folder).and_then(|()| write_executable(path, &text));
    if let Err(error) = written {
        if !is_there(path) && is_there(&before) {
            // The older hook must not be lost with ours.
            let _ = fs::rename(&before, path);
        }
        return Err(scrubjay::Error::from(error).at_path(path).into());
    }
    let chained = if is_there(&before) { "; the hook that was there runs first" } else { "" };
    Ok(format!("{}: installed{chained}{more}", shown(path)))
}

/// Takes the hook out, where it is ours; what was done.
pub(super) fn take_out(path: &Path) -> Result<Option<String>> {
    if !is_ours(path) {
        return Ok(None);
    }
    let failed = |error| Stop::from(scrubjay::Error::from(error).at_path(path));
    let before = aside(path);
    if is_there(&before) {
        fs::rename(&before, path).map_err(failed)?;
        return Ok(Some(format!("{}: taken out; the hook that was there before is back", shown(path))));
    }
    fs::remove_file(path).map_err(failed)?;
    Ok(Some(format!("{}: taken out", shown(path))))
}

/// True where the file is one that was put in here.
pub(super) fn is_ours(path: &Path) -> bool {
    fs::read(path).is_ok_and(|bytes| memchr::memmem::find(&bytes, MARK.as_bytes()).is_some())
}

/// Where a hook is kept that was there before ours.
pub(super) fn aside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{ASIDE}"));
    PathBuf::from(name)
}

/// The command that our hook runs where the search path has none.
pub(super) fn fallback(text: &str) -> Option<PathBuf> {
    let quoted = text.lines().find_map(|line| line.split_once("|| scrubjay='"))?.1;
    Some(PathBuf::from(quoted.strip_suffix('\'')?.replace(r"'\''", "'")))
}

/// True for whatever has this name, a link that leads nowhere included.
pub(super) fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Writes a file that can be run.
pub(super) fn write_executable(path: &Path, text: &str) -> std::io::Result<()> {
    // Whatever a link leads to is not ours to write.
    if fs::symlink_metadata(path).is_ok_and(|meta| meta.is_symlink()) {
        fs::remove_file(path)?;
    }
    fs::write(path, text)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

/// Makes room for a hook that replaced ours, beside which an older one still lies: the older one runs no
/// more already, and is kept under a name of its own unless it is the same.
fn keep(aside: &Path, path: &Path) -> Result<String> {
    if fs::read(aside).ok() == fs::read(path).ok() {
        return Ok(String::new());
    }
    let numbered = |n: u32| {
        let mut name = aside.as_os_str().to_owned();
        name.push(format!("-{n}"));
        PathBuf::from(name)
    };
    let free = (1..).map(numbered).find(|path| !is_there(path)).unwrap_or_else(|| aside.to_owned());
    fs::rename(aside, &free).map_err(|error| scrubjay::Error::from(error).at_path(aside))?;
    Ok(format!("; the one before that, which ran no more, is kept as {}", shown(&free)))
}

/// True for a hook that does what its file name says, as those of several managers do.
fn goes_by_its_name(path: &Path) -> bool {
    let text = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let forms = [
        "basename \"$0\"",
        "basename $0",
        "basename -- \"$0\"",
        "${0##*/}",
        "basename($0)",
        "PROGRAM_NAME",
        "argv[0]",
    ];
    forms.iter().any(|form| text.contains(form)) || text.contains("husky.sh") || text.contains("OVERCOMMIT")
}

/// The hook. `command` is used where the search path has none of that name.
fn script(hook: HookName, command: &str) -> String {
    let name = hook.file();
    let quoted = command.replace('\'', r"'\''");
    // By the folder and its own name: the pre-commit framework runs a hook that was there under another.
    let older = format!("\"$(dirname \"$0\")/{name}.{ASIDE}\"");
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
