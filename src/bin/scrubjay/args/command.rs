//! The commands, and what all of them take.

use std::path::PathBuf;

use clap::builder::styling;
use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::hook::HookCommand;
#[cfg(unix)]
use super::run::RunArgs;
use super::scan::ScanArgs;
use super::scrub::ScrubArgs;
use crate::token::TokenCommand;

const STYLES: styling::Styles = styling::Styles::styled()
    .header(styling::AnsiColor::Green.on_default().bold())
    .usage(styling::AnsiColor::Green.on_default().bold())
    .literal(styling::AnsiColor::Cyan.on_default().bold())
    .placeholder(styling::AnsiColor::Cyan.on_default());

/// Finds leaked TiRTC and TRTC credentials in source trees and logs, and takes them out of logs.
///
/// It finds application secrets, device secrets, licenses, connect tokens, SDKSecretKeys, UserSigs
/// and the private keys of old signers, decodes the tokens and tells whether they can still be used.
/// It never prints a secret, only its mask, and it never goes to the network.
#[derive(Debug, Parser)]
#[command(
    name = "scrubjay", version, styles = STYLES, max_term_width = 100,
    arg_required_else_help = true, after_help = AFTER,
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Colour the output
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        default_value_t,
        global = true,
        display_order = LAST,
        long_help = "Colour the output. `auto` colours for a terminal and honours NO_COLOR, CLICOLOR, \
                     CLICOLOR_FORCE and TERM=dumb; this flag beats them"
    )]
    pub(crate) color: Color,
}

const AFTER: &str = "\
Exit status:
  0  nothing at or above the fail level was found
  1  something was found
  2  the scan is incomplete or could not start; what was found is still reported

Examples:
  scrubjay scan                        the current directory
  scrubjay scan -f json logs/ > r.json a report for programs
  kubectl logs my-pod | scrubjay scan -
  my-service 2>&1 | scrubjay scrub     the log without its secrets
  scrubjay run -- my-service           the same, with its signals and exit status
  scrubjay rules explain tirtc-token   what a rule finds and what to do then";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Scan files, directories and standard input
    Scan(Box<ScanArgs>),
    /// Take the secrets out of logs: of a stream, of files in place, of archives
    Scrub(Box<ScrubArgs>),
    /// Run a program and take the secrets out of what it prints
    #[cfg(unix)]
    Run(Box<RunArgs>),
    /// Run as a hook of git, and install hooks
    #[command(subcommand)]
    Hook(Box<HookCommand>),
    /// List and explain the rules
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Sign, inspect and verify tokens
    #[command(subcommand)]
    Token(Box<TokenCommand>),
    /// Write a completion script for a shell
    #[command(
        after_help = "Example:\n  scrubjay completions bash > ~/.local/share/bash-completion/completions/scrubjay"
    )]
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Write the manual page
    #[command(after_help = "Examples:\n  scrubjay man > scrubjay.1\n  scrubjay man scan | man -l -")]
    Man {
        /// The page of this subcommand
        command: Option<String>,
    },
    /// Print the version
    Version,
}

/// Puts an option below all others, beside `--help`.
const LAST: usize = 998;

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// One line for each rule: id, severity, what it finds
    List {
        /// Add the rules of a file; can be repeated
        #[arg(long, value_name = "FILE")]
        rules: Vec<PathBuf>,
    },
    /// What a rule finds, why it matters, what to do after a leak
    #[command(after_help = "Example:\n  scrubjay rules explain tirtc-license")]
    Explain {
        /// The id of the rule
        id: String,
        /// Add the rules of a file; can be repeated
        #[arg(long, value_name = "FILE")]
        rules: Vec<PathBuf>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Color {
    /// For a terminal that wants it
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
