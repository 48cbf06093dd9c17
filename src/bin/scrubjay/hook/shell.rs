//! Our line in a hook that is a shell script, among the team's own lines.
//!
//! The line goes first: a script may end early or hand over to another program, and what stands below
//! would then not run. Its own comment marks it, which also keeps a carriage return from the command.

use crate::args::HookName;

/// Ends our line.
const MARK: &str = "# scrubjay hook install";

/// What a script holds besides our line where there was none before.
const NEW: &str =
    "#!/bin/sh\n# Made by `scrubjay hook install`; `scrubjay hook install --uninstall` takes it out.\n";

/// Programs that read what a shell reads.
const SHELLS: &[&str] = &["sh", "bash", "dash", "zsh", "ksh", "ash"];

/// The script with our line.
///
/// # Errors
///
/// Why a line cannot be put in.
pub(super) fn add(text: Option<&str>, hook: HookName) -> Result<String, String> {
    let Some(text) = text else { return Ok(format!("{NEW}{}\n", line(hook, false))) };
    if let Some(program) = interpreter(text).filter(|program| !SHELLS.contains(program)) {
        return Err(format!("it is written for `{program}`, not for a shell"));
    }
    let at = place(text);
    let (before, after) = text.split_at(at);
    let end = if text.lines().count() > 0 && text.contains("\r\n") { "\r\n" } else { "\n" };
    let commands = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let line = line(hook, after.lines().any(|line| commands(&line)));
    Ok(if before.is_empty() || before.ends_with('\n') {
        format!("{before}{line}{end}{after}")
    } else {
        format!("{before}{end}{line}{after}")
    })
}

/// The script without our line; nothing where that was all of it.
pub(super) fn remove(text: &str) -> Option<String> {
    let mut rest = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if !line.trim_end().ends_with(MARK) {
            rest.push_str(line);
        } else if !line.ends_with('\n') {
            // The line before had no end either.
            let end = if rest.ends_with("\r\n") { 2 } else { usize::from(rest.ends_with('\n')) };
            rest.truncate(rest.len() - end);
        }
    }
    (rest != NEW).then_some(rest)
}

/// What to write by hand.
pub(super) fn by_hand(hook: HookName) -> String {
    format!("scrubjay hook {} \"$@\" || exit $?", hook.file())
}

/// True where some line runs our hook, with its status, and no line before it ends the script.
pub(super) fn calls(text: &str, hook: HookName) -> bool {
    let ends = |line: &&str| {
        let mut words = line.split([' ', '\t', ';']);
        matches!(words.next(), Some("exit" | "exec")) && !line.contains("<\"$")
    };
    let counts = |line: &str| {
        let line = line.split(MARK).next().unwrap_or_default().trim_end();
        !["|| true", "|| :", "|| exit 0", "; true", "; exit 0", "&"].iter().any(|end| line.ends_with(end))
    };
    let mut lines = text.lines().take_while(|line| !ends(line));
    lines.any(|line| !line.trim_start().starts_with('#') && is_call(line, hook) && counts(line))
}

/// True where a command line runs our hook.
pub(super) fn is_call(line: &str, hook: HookName) -> bool {
    let call = format!("hook {}", hook.file());
    line.match_indices(&call).any(|(at, _)| {
        let more = line[at + call.len()..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-');
        let program = line[..at].trim_end().trim_end_matches(['"', '\'']);
        !more && (program.ends_with("scrubjay") || program.ends_with("scrubjay.exe"))
    })
}

/// Our line; where others follow that may read what git gives to the hook, they get it, too.
fn line(hook: HookName, others: bool) -> String {
    let name = hook.file();
    if hook.reads_input() && others {
        return format!(
            "scrubjay_input=$(mktemp) && cat >\"$scrubjay_input\" && \
             scrubjay hook {name} \"$@\" <\"$scrubjay_input\" && exec <\"$scrubjay_input\" && \
             rm -f \"$scrubjay_input\" || {{ rm -f \"$scrubjay_input\"; exit 1; }} {MARK}"
        );
    }
    format!("{} {MARK}", by_hand(hook))
}

/// The program that the first line names, without its folder.
fn interpreter(text: &str) -> Option<&str> {
    let mut words = text.lines().next()?.strip_prefix("#!")?.split_whitespace();
    let name = |path: &'_ str| path.rsplit(['/', '\\']).next().unwrap_or_default().len();
    let first = words.next()?;
    let first = &first[first.len() - name(first)..];
    if first != "env" {
        return Some(first.trim_end_matches(".exe"));
    }
    words.find(|word| !word.starts_with('-')).map(|word| word.trim_end_matches(".exe"))
}

/// Where our line goes: below the first line, and below the one by which old versions of husky run the
/// script a second time.
fn place(text: &str) -> usize {
    let mut at = 0;
    let mut end = 0;
    for (number, line) in text.split_inclusive('\n').enumerate().take(10) {
        end += line.len();
        let again = !line.trim_start().starts_with('#') && line.contains("husky.sh");
        if again || (number == 0 && line.starts_with("#!")) {
            at = end;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_comes_out_again() {
        let scripts = [
            "",
            "\n",
            "npm test",
            "npm test\n",
            "#!/bin/sh",
            "#!/bin/sh\n",
            "#!/bin/sh\r\nnpm test\r\n",
            "#!/usr/bin/env sh\n. \"$(dirname -- \"$0\")/_/husky.sh\"\n\nnpm test\n",
            "#!/usr/bin/env bash\n# none\n",
        ];
        for hook in HookName::ALL {
            for script in scripts {
                let added = add(Some(script), *hook).expect("a shell");
                assert!(calls(&added, *hook), "{added}");
                assert_eq!(remove(&added).as_deref(), Some(script), "{added:?}");
            }
            assert_eq!(remove(&add(None, *hook).expect("new")), None);
        }
    }

    #[test]
    fn the_line_runs_once_and_first() {
        let old = "#!/usr/bin/env sh\n. \"$(dirname -- \"$0\")/_/husky.sh\"\nexec npm test\n";
        let added = add(Some(old), HookName::PreCommit).expect("a shell");
        let at = |what: &str| added.find(what).expect("it is there");
        assert!(at("husky.sh") < at("scrubjay") && at("scrubjay") < at("exec npm"));
        assert!(add(Some("#!/usr/bin/env -S node\n"), HookName::PreCommit).is_err());
        assert!(add(Some("#!/usr/bin/python3 -E\n"), HookName::PreCommit).is_err());
    }

    #[test]
    fn a_comment_or_another_hook_is_no_call() {
        assert!(!calls("# scrubjay hook pre-commit\n", HookName::PreCommit));
        assert!(!calls("scrubjay hook pre-commit-msg\n", HookName::PreCommit));
        assert!(!calls("echo hook pre-commit\n", HookName::PreCommit));
        assert!(calls("\"$HOME/bin/scrubjay\" hook pre-commit \"$@\"\n", HookName::PreCommit));
    }
}
