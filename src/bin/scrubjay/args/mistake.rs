//! A mistake on the command line, told as all other errors are.

use clap::error::{ContextValue, ErrorKind};

use super::command::Cli;
use crate::Stop;

/// What is wrong with the command line; help and version end the program here.
pub(super) fn told(error: clap::Error) -> Stop {
    use ErrorKind::{DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand, DisplayVersion};
    if matches!(error.kind(), DisplayHelp | DisplayHelpOnMissingArgumentOrSubcommand | DisplayVersion) {
        error.exit();
    }
    let text = error.render().to_string();
    let mut parts = text.trim().split("\n\n");
    let first = parts.next().unwrap_or_default();
    let lines: Vec<&str> = first.strip_prefix("error: ").unwrap_or(first).lines().map(str::trim).collect();
    let mut help = Vec::new();
    for part in parts {
        for line in part.lines().filter_map(|line| line.trim().strip_prefix("tip: ")) {
            help.push(quoted(line.to_owned(), &error));
        }
    }
    help.push(format!("`{} --help` shows what it takes", command()));
    Stop::invalid(quoted(lines.join(" "), &error)).help(help.join("; "))
}

/// The words with the quotes that all other messages have around what was typed or can be.
fn quoted(mut words: String, error: &clap::Error) -> String {
    for (_, value) in error.context() {
        let values = match value {
            ContextValue::String(one) => std::slice::from_ref(one),
            ContextValue::Strings(all) => all,
            _ => continue,
        };
        for value in values {
            words = words.replace(&format!("'{value}'"), &format!("`{value}`"));
        }
    }
    words
}

/// The command with its subcommands, as far as they were typed.
fn command() -> String {
    let mut names = vec!["scrubjay".to_owned()];
    let mut at = <Cli as clap::CommandFactory>::command();
    for word in std::env::args_os().skip(1) {
        let Some(sub) = at.find_subcommand(&word) else { continue };
        names.push(sub.get_name().to_owned());
        at = sub.clone();
    }
    names.join(" ")
}
