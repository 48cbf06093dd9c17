//! Our entry in the YAML of lefthook and of the pre-commit framework.
//!
//! The files are the team's, with comments and their own layout, so lines are put in and nothing else is
//! touched. That is done only where the layout is the usual one, a key on each line, which the lines
//! themselves show; of anything else the reason is told.

use crate::args::HookName;

/// A line of the file.
struct Line<'t> {
    /// Without its end.
    text: &'t str,
    /// Where it begins, and where the next does.
    start: usize,
    end: usize,
    indent: usize,
    /// True for blank lines and comments.
    empty: bool,
}

/// lefthook's file with our command.
///
/// # Errors
///
/// Why nothing can be put in.
pub(super) fn add_command(text: &str, hook: HookName) -> Result<String, String> {
    let lines = outline(text)?;
    let name = hook.file();
    let Some(key) = find(&lines, 0..lines.len(), 0, name)? else {
        let mut entry = vec![format!("{name}:"), "  commands:".to_owned()];
        entry.extend(command(hook, "    ", false));
        return Ok(insert(text, text.len(), &marked(hook, "", entry)));
    };
    let section = section(&lines, key);
    let Some(child) = first(&lines, section.clone()) else {
        let mut entry = vec!["  commands:".to_owned()];
        entry.extend(command(hook, "    ", false));
        return Ok(insert(text, lines[key].end, &marked(hook, "  ", entry)));
    };
    let indent = lines[child].indent;
    for (list, is_list) in [("jobs", true), ("commands", false)] {
        if let Some(at) = find(&lines, section.clone(), indent, list)? {
            let under = self::section(&lines, at);
            let spaces = " ".repeat(first(&lines, under).map_or(indent + 2, |line| lines[line].indent));
            let entry = command(hook, &spaces, is_list);
            return Ok(insert(text, lines[at].end, &marked(hook, &spaces, entry)));
        }
    }
    let spaces = " ".repeat(indent);
    let mut entry = vec![format!("{spaces}commands:")];
    entry.extend(command(hook, &format!("{spaces}  "), false));
    Ok(insert(text, lines[key].end, &marked(hook, &spaces, entry)))
}

/// The framework's file with our repository.
///
/// # Errors
///
/// Why nothing can be put in.
pub(super) fn add_repository(text: &str, hook: HookName) -> Result<String, String> {
    let lines = outline(text)?;
    let key = find(&lines, 0..lines.len(), 0, "repos")?.ok_or("it has no `repos`")?;
    let item = first(&lines, section(&lines, key));
    let spaces = " ".repeat(item.map_or(2, |line| lines[line].indent));
    Ok(insert(text, lines[key].end, &marked(hook, &spaces, repository(hook, &spaces))))
}

/// The file without what was put in for this hook; nothing where none of it is there.
///
/// # Errors
///
/// What was put in was changed since.
pub(super) fn remove(text: &str, hook: HookName) -> Result<Option<String>, String> {
    let changed = || format!("what stands at `{}` was changed since", marks(hook).0);
    let lines: Vec<Line> = split(text);
    let (begin, end) = marks(hook);
    let Some(from) = lines.iter().position(|line| line.text.trim() == begin) else { return Ok(None) };
    let to = lines.iter().position(|line| line.text.trim() == end).ok_or_else(changed)?;
    let mut known = vec![format!("{}:", hook.file()), "commands:".to_owned()];
    for entry in [command(hook, "", false), command(hook, "", true), repository(hook, ""), toml(hook)] {
        known.extend(entry.iter().map(|line| line.trim().to_owned()));
    }
    let ours = |line: &Line| known.iter().any(|known| known == line.text.trim());
    let next = lines[to.max(from)..].iter().skip(1).find(|line| !line.empty);
    if to < from
        || !lines[from + 1..to].iter().all(ours)
        || next.is_some_and(|n| n.indent > lines[from].indent)
    {
        return Err(changed());
    }
    let (mut before, after) = (&text[..lines[from].start], &text[lines[to].end..]);
    if after.is_empty() && !text.ends_with('\n') {
        // The line before had no end either.
        before = before.strip_suffix('\n').map_or(before, |b| b.strip_suffix('\r').unwrap_or(b));
    }
    Ok(Some(format!("{before}{after}")))
}

/// What to write into lefthook's file by hand.
pub(super) fn command_by_hand(hook: HookName) -> String {
    let mut lines = vec![format!("{}:", hook.file()), "  commands:".to_owned()];
    lines.extend(command(hook, "    ", false));
    lines.join("\n")
}

/// What to write into the framework's file by hand.
pub(super) fn repository_by_hand(hook: HookName) -> String {
    format!("repos:\n{}", repository(hook, "  ").join("\n"))
}

/// True where an entry of the framework is one of ours, from whatever repository.
pub(super) fn has_id(text: &str, hook: HookName) -> bool {
    let id = |line: &str| {
        let line = line.trim().trim_start_matches("- ").trim_start();
        let value = line.strip_prefix("id:").map(|id| id.split(" #").next().unwrap_or_default().trim());
        value == Some(self::id(hook)) || line.contains(&format!("{{id: {}}}", self::id(hook)))
    };
    text.lines().any(|line| !line.trim_start().starts_with('#') && id(line))
}

/// The end of lefthook's file in TOML.
pub(super) fn toml(hook: HookName) -> Vec<String> {
    let mut lines = vec![format!("[{}.commands.scrubjay]", hook.file()), format!("run = '{}'", run(hook))];
    if hook.reads_input() {
        lines.push("use_stdin = true".to_owned());
    }
    lines
}

/// Lines between marks, so that they can be taken out again.
pub(super) fn marked(hook: HookName, spaces: &str, entry: Vec<String>) -> Vec<String> {
    let (begin, end) = marks(hook);
    let mut lines = vec![format!("{spaces}{begin}")];
    lines.extend(entry);
    lines.push(format!("{spaces}{end}"));
    lines
}

/// Puts lines in before a byte, with the ends of lines that the file has.
pub(super) fn insert(text: &str, at: usize, lines: &[String]) -> String {
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let (before, after) = text.split_at(at);
    let lines = lines.join(end);
    if before.is_empty() || before.ends_with('\n') {
        format!("{before}{lines}{end}{after}")
    } else {
        format!("{before}{end}{lines}{after}")
    }
}

/// The command line that lefthook runs.
pub(super) fn run(hook: HookName) -> String {
    let arguments = match hook {
        HookName::CommitMsg | HookName::PrePush => " \"{1}\"",
        HookName::PreCommit | HookName::PreReceive => "",
    };
    format!("scrubjay hook {}{arguments}", hook.file())
}

fn marks(hook: HookName) -> (String, String) {
    let name = hook.file();
    (format!("# begin: scrubjay hook install {name}"), format!("# end: scrubjay hook install {name}"))
}

fn command(hook: HookName, spaces: &str, is_list: bool) -> Vec<String> {
    let mut lines =
        if is_list { vec![format!("{spaces}- name: scrubjay")] } else { vec![format!("{spaces}scrubjay:")] };
    lines.push(format!("{spaces}  run: {}", run(hook)));
    if hook.reads_input() {
        lines.push(format!("{spaces}  use_stdin: true"));
    }
    lines
}

/// The id of our hook in the framework.
fn id(hook: HookName) -> &'static str {
    match hook {
        HookName::PrePush => "scrubjay-push",
        HookName::CommitMsg => "scrubjay-message",
        HookName::PreCommit | HookName::PreReceive => "scrubjay",
    }
}

fn repository(hook: HookName, spaces: &str) -> Vec<String> {
    let (what, stages) = match hook {
        HookName::PrePush => ("push", "pre-push"),
        HookName::CommitMsg => ("commit message", "commit-msg"),
        HookName::PreCommit | HookName::PreReceive => ("commit", "pre-commit, pre-merge-commit, manual"),
    };
    let mut lines = vec![
        "- repo: local".to_owned(),
        "  hooks:".to_owned(),
        format!("    - id: {}", id(hook)),
        format!("      name: no TiRTC or TRTC secret in the {what}"),
        format!("      entry: scrubjay hook {}", hook.file()),
        "      language: system".to_owned(),
        "      require_serial: true".to_owned(),
        format!("      stages: [{stages}]"),
    ];
    if hook != HookName::CommitMsg {
        lines.extend(["      pass_filenames: false".to_owned(), "      always_run: true".to_owned()]);
    }
    lines.iter().map(|line| format!("{spaces}{line}")).collect()
}

fn split(text: &str) -> Vec<Line<'_>> {
    let mut start = 0;
    let mut lines = Vec::new();
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        let text = line.trim_end_matches(['\n', '\r']);
        let content = text.trim_start_matches(' ');
        let empty = content.trim().is_empty() || content.starts_with('#');
        lines.push(Line { text, start, end, indent: text.len() - content.len(), empty });
        start = end;
    }
    lines
}

/// The lines of a file in the usual layout.
fn outline(text: &str) -> Result<Vec<Line<'_>>, String> {
    let lines = split(text);
    let mut documents = 0;
    for (number, line) in lines.iter().enumerate().filter(|(_, line)| !line.empty) {
        let content = &line.text[line.indent..];
        let unusual = match line.indent {
            0 if content.trim_end() == "---" => {
                documents += 1;
                documents > 1 || lines[..number].iter().any(|line| !line.empty)
            }
            0 if content.starts_with("- ") => false,
            0 => {
                !content.starts_with(|c: char| c.is_ascii_alphabetic() || "_\"'.$".contains(c))
                    || !content.contains(':')
            }
            _ => false,
        };
        if unusual || content.starts_with('\t') {
            return Err(format!(
                "line {} is not in the usual layout, a key and what belongs to it below",
                number + 1
            ));
        }
    }
    Ok(lines)
}

/// The line with a key that has its value below.
fn find(
    lines: &[Line<'_>],
    within: std::ops::Range<usize>,
    indent: usize,
    key: &str,
) -> Result<Option<usize>, String> {
    let mut found = None;
    for number in within {
        let line = &lines[number];
        if line.empty || line.indent != indent {
            continue;
        }
        let content = &line.text[indent..];
        let Some((name, value)) = content.split_once(':') else { continue };
        if name.trim().trim_matches(['"', '\'']) != key || !(value.is_empty() || value.starts_with(' ')) {
            continue;
        }
        let value = value.trim();
        if !(value.is_empty() || value.starts_with('#')) {
            return Err(format!("`{key}` in line {} has its value on the same line", number + 1));
        }
        if found.replace(number).is_some() {
            return Err(format!("`{key}` is there twice"));
        }
    }
    Ok(found)
}

/// The lines that belong to the key in a line.
fn section(lines: &[Line<'_>], key: usize) -> std::ops::Range<usize> {
    let indent = lines[key].indent;
    let below = |line: &Line<'_>| {
        line.empty || line.indent > indent || (line.indent == indent && line.text[indent..].starts_with('-'))
    };
    // `---` at the margin begins no list.
    let more =
        lines[key + 1..].iter().take_while(|line| below(line) && line.text.trim_end() != "---").count();
    key + 1..key + 1 + more
}

fn first(lines: &[Line<'_>], mut within: std::ops::Range<usize>) -> Option<usize> {
    within.find(|line| !lines[*line].empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [HookName; 3] = [HookName::PreCommit, HookName::PrePush, HookName::CommitMsg];

    #[test]
    fn what_was_put_in_comes_out_again() {
        let commands = [
            "",
            "# nothing\n",
            "pre-commit:\n",
            "colors: false",
            "---\npre-push:\n  parallel: true\n",
            "pre-commit:\n  commands:\n    a:\n      run: x\n",
            "pre-push:\n    jobs:\n    - run: |\n        jobs:\n",
            "commit-msg:\n  # a word\n  jobs:\n    - name: a\n      run: b\n\npre-commit:\n  scripts:\n    \"a.sh\":\n      runner: sh\n",
        ];
        let repositories = [
            "repos:\n",
            "repos:\n- repo: a\n  hooks: [{id: b}]\n",
            "fail_fast: true\nrepos: # ours\n    -   repo: a\n",
        ];
        for hook in KINDS {
            for (texts, add) in [
                (&commands[..], add_command as fn(&str, HookName) -> Result<String, String>),
                (&repositories[..], add_repository),
            ] {
                for text in texts {
                    for text in [(*text).to_owned(), text.replace('\n', "\r\n")] {
                        let added = add(&text, hook).expect("the usual layout");
                        assert_eq!(remove(&added, hook), Ok(Some(text)), "{added}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_not_the_usual_layout_is_left_alone() {
        for text in [
            "{pre-commit: {}}\n",
            "pre-commit: {parallel: true}\n",
            "pre-commit: *all\n",
            "a: 1\n---\nb: 2\n",
            "pre-commit:\n\tcommands:\n",
            "pre-commit:\npre-commit:\n",
            "pre-commit:\n  commands: {}\n",
        ] {
            assert!(add_command(text, HookName::PreCommit).is_err(), "{text}");
        }
        for text in ["", "repos: []\n", "[]\n", "a: b\n"] {
            assert!(add_repository(text, HookName::PreCommit).is_err(), "{text}");
        }
    }

    #[test]
    fn what_was_changed_since_stays() {
        let added = add_command("colors: false\n", HookName::PreCommit).expect("the usual layout");
        let more = format!("{added}    lint:\n      run: x\n");
        assert!(remove(&more, HookName::PreCommit).is_err());
        let inside = added.replace("# end", "      tags: a\n# end");
        assert!(remove(&inside, HookName::PreCommit).is_err());
        assert_eq!(remove("colors: false\n", HookName::PreCommit), Ok(None));
    }

    #[test]
    fn an_entry_is_known_by_its_id() {
        assert!(has_id("repos:\n- repo: x\n  hooks:\n  -   id: scrubjay # ours\n", HookName::PreCommit));
        assert!(has_id("    hooks: [{id: scrubjay}]\n", HookName::PreCommit));
        assert!(!has_id("  # - id: scrubjay\n  - id: scrubjay-push\n", HookName::PreCommit));
    }
}
