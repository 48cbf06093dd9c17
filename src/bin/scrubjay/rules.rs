//! `scrubjay rules`: what is looked for, and what to do when it is found. Also where every command
//! gets its rules from.

use std::path::{Path, PathBuf};

use scrubjay::report::wrap;
use scrubjay::rule::{self, Rule};
use scrubjay::text::printable;

use crate::args::RulesCommand;
use crate::output::Output;
use crate::{Result, Status, Stop};

pub(crate) fn run(command: RulesCommand, output: &Output) -> Result<Status> {
    let text = match command {
        RulesCommand::List { rules } => list(&all(&rules)?),
        RulesCommand::Explain { id, rules } => explain(known(&all(&rules)?, &id)?),
    };
    output.write(text.as_bytes())?;
    Ok(Status::Clean)
}

/// The rules that come with the program and those of these files.
pub(crate) fn all(files: &[PathBuf]) -> Result<Vec<Rule>> {
    let mut rules = rule::builtin();
    for path in files {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Stop::from(scrubjay::Error::from(error).at_path(path))
                .help("--rules takes a TOML file with [[rules]]")
        })?;
        for rule in rule::load(&text, path).map_err(|error| {
            Stop::from(error)
                .in_settings()
                .help("`scrubjay rules explain ID` shows a rule; the README explains the schema")
        })? {
            if rules.iter().any(|known| known.id == rule.id) {
                return Err(taken(path, &rule.id));
            }
            rules.push(rule);
        }
    }
    Ok(rules)
}

/// The rules that `--only` and `--skip` leave.
pub(crate) fn choose(rules: Vec<Rule>, only: &[String], skip: &[String]) -> Result<Vec<Rule>> {
    for id in only.iter().chain(skip) {
        known(&rules, id)?;
    }
    let wanted = |rule: &Rule| (only.is_empty() || only.contains(&rule.id)) && !skip.contains(&rule.id);
    let left: Vec<Rule> = rules.into_iter().filter(wanted).collect();
    if left.is_empty() {
        return Err(
            Stop::invalid("--only and --skip leave no rule").help("`scrubjay rules list` shows them all")
        );
    }
    Ok(left)
}

pub(crate) fn taken(path: &Path, id: &str) -> Stop {
    let message = format!("the id `{}` is taken by another rule", printable(id));
    Stop::from(scrubjay::Error::invalid(message).at_path(path)).help("give the rule an id of its own")
}

fn known<'r>(rules: &'r [Rule], id: &str) -> Result<&'r Rule> {
    rules.iter().find(|rule| rule.id == id).ok_or_else(|| {
        let stop = Stop::invalid(format!("there is no rule `{}`", printable(id)));
        match rule::nearest(rules.iter().map(|rule| rule.id.as_str()), id) {
            Some(near) => stop.help(format!("did you mean `{near}`? `scrubjay rules list` shows all")),
            None => stop.help("`scrubjay rules list` shows all"),
        }
    })
}

fn list(rules: &[Rule]) -> String {
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let line =
        |r: &Rule| format!("{:width$}  {:8}  {}\n", printable(&r.id), r.severity.name(), printable(&r.title));
    rules.iter().map(line).collect()
}

fn explain(rule: &Rule) -> String {
    let mut text = format!(
        "{}\n  id        {}\n  kind      {}\n  severity  {}\n",
        printable(&rule.title),
        printable(&rule.id),
        rule.kind,
        rule.severity
    );
    let mut section = |title: &str, paragraphs: &[String], number: bool| {
        let filled: Vec<&String> = paragraphs.iter().filter(|p| !p.trim().is_empty()).collect();
        if filled.is_empty() {
            return;
        }
        text.push_str(&format!("\n{title}\n"));
        for (index, paragraph) in filled.iter().enumerate() {
            let lead = if number { format!("  {}. ", index + 1) } else { "  ".to_owned() };
            let words: Vec<_> = paragraph.split_whitespace().map(printable).collect();
            wrap(&mut text, &lead, lead.len(), &words.join(" "), 80);
        }
    };
    section("What it finds", std::slice::from_ref(&rule.description), false);
    section("Why it matters", std::slice::from_ref(&rule.why), false);
    section("What to do after a leak", &rule.remedy, true);
    section("Names under which it travels", &[rule.names.join(", ")], false);
    section("References", &rule.references, false);
    text
}
