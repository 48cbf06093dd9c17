//! The secrets of a history as `git filter-repo` takes them.

use std::path::{Path, PathBuf};

use scrubjay::rewrite::{self, Replacements};
use scrubjay::summary::Failure;
use scrubjay::text::printable;

use super::clock::now;
use crate::args::ScrubArgs;
use crate::output::Output;
use crate::summary::counted;
use crate::{Result, Status, Stop, progress};

/// Writes the replacements for a history, and says what to do with them.
pub(super) fn filter_repo(args: &ScrubArgs, to: &Path, output: &Output) -> Result<Status> {
    let ([] | [_]) = &args.paths[..] else {
        return Err(Stop::invalid("--git-filter-repo takes one repository"));
    };
    let rules = crate::rules::all(&args.masking.rules)?;
    let now = now(&args.masking)?;
    let jobs =
        args.jobs.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    let path = args.paths.first().map(|p| p.as_path());
    let found = progress::watch(args.quiet, |_| rewrite::replacements(path, rules, now, jobs))?;
    for Failure { path, message } in &found.failures {
        output.note(&format!("scrubjay: {}: {}", printable(path), printable(message)));
    }
    if found.is_empty() {
        output.note("scrubjay: no secret in the history; nothing was written");
    } else {
        found.write(to).map_err(|error| {
            Stop::from(error).help("name a file that does not exist yet; it will hold the secrets")
        })?;
        let mut ids = to.as_os_str().to_owned();
        ids.push(".blobs");
        let ids = PathBuf::from(ids);
        if !found.blobs.is_empty() {
            found.write_blobs(&ids).map_err(|error| {
                Stop::from(error)
                    .help("it will hold the ids of blobs that have to go whole; move what is there")
            })?;
        }
        output.note(&next_steps(&found, to, &ids));
    }
    Ok(if found.failures.is_empty() { Status::Clean } else { Status::Incomplete })
}

/// What to do with what was written for `git filter-repo`.
fn next_steps(found: &Replacements, to: &Path, ids: &Path) -> String {
    let shown = |path: &Path| printable(&path.to_string_lossy()).into_owned();
    let (file, ids) = (shown(to), shown(ids));
    let mut text = format!(
        "scrubjay: {} written to {file}, which only you can read",
        counted(found.len() as u64, "secret")
    );
    let mut strip = String::new();
    if !found.blobs.is_empty() {
        strip = format!(" --strip-blobs-with-ids {ids}");
        text.push_str(&format!(
            "\n  In {} no text can be replaced (NUL bytes, UTF-16, or packed); their ids are in {ids}, and what \
             follows takes them out whole:",
            counted(found.blobs.len() as u64, "blob")
        ));
        for (id, path) in &found.blobs {
            let path = if path.is_empty() { "(no path leads to it)" } else { path };
            text.push_str(&format!("\n    {id} {}", printable(path)));
        }
    }
    let remove = if strip.is_empty() { file.clone() } else { format!("{file} and {ids}") };
    text.push_str(&format!(
        "\n  1. Replace the keys first: whoever has a clone has the secrets, whatever you do to yours.\n\
         \x20 2. In a fresh clone: git filter-repo --replace-text {file} --replace-message {file}{strip}\n\
         \x20 3. Push with --force --all and --tags, and have everybody clone anew.\n\
         \x20 4. Remove {remove}: the first holds the secrets as they are.\n\
         \x20 5. Look again: scrubjay scan --history"
    ));
    text
}
