//! What can be typed. The only place that knows the argument parser: everybody else gets plain values.

mod hook;
mod mistake;
mod reports;
#[cfg(unix)]
mod run;
mod scrub;

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, styling};
use clap::{Args, Parser, Subcommand, ValueEnum};
pub(crate) use clap_complete::Shell;
use scrubjay::finding::Severity;
use scrubjay::report;

pub(crate) use hook::{HookCommand, HookName, HookOptions, Said};
pub(crate) use reports::Reports;
#[cfg(unix)]
pub(crate) use run::RunArgs;
pub(crate) use scrub::{MaskStyle, MaskingArgs, ScrubArgs};

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
    Token(Box<crate::token::TokenCommand>),
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

/// The heading of the options that say what is read.
const SCANNED: &str = "What is scanned";

/// The heading of the options that say what is looked for in it.
const SOUGHT: &str = "What is looked for";

/// The heading of the options that say what is shown, and how.
const REPORT: &str = "The report";

/// What `--all` does.
const ALL: &str = "\
Show every finding, also where a secret comes again. Without it the report for people shows a secret that a file \
repeats once, with its first lines and the number of the others, and the expired tokens of a file in one line. \
All other formats list every finding anyway";

#[derive(Debug, Args)]
#[command(after_help = SCAN_AFTER)]
pub(crate) struct ScanArgs {
    /// Files and directories to scan; `-` is standard input [default: .]
    #[arg(
        value_name = "PATH",
        long_help = "Files and directories to scan; `-` is standard input [default: .]\n\n\
                     Directories are walked in parallel, hidden files included. What .gitignore, .ignore, \
                     .git/info/exclude and core.excludesFile leave out is counted and not read, unless the \
                     index of its repository holds it; ignore files above the repository do not count. .git \
                     is not entered and symbolic links are not followed. A file named here is always read"
    )]
    pub(crate) paths: Vec<PathBuf>,

    /// Scan what is staged in a git repository instead of its files
    #[arg(
        long, help_heading = SCANNED,
        conflicts_with_all = ["history", "no_ignore"],
        long_help = "Scan what is staged in a git repository instead of its files: what `git commit` would \
                     commit. Only what the commit adds counts, or makes a secret of. PATH names the repository [default: \
                     the one around the current directory]"
    )]
    pub(crate) staged: bool,

    /// With --staged: everything in the files that differ, not only the lines that do
    #[arg(long, help_heading = SCANNED, requires = "staged")]
    pub(crate) whole_files: bool,

    /// Scan everything a git repository ever held instead of its files
    #[arg(
        long, help_heading = SCANNED,
        conflicts_with = "no_ignore",
        long_help = "Scan everything a git repository ever held instead of its files: every blob of every \
                     branch, tag, stash, reflog and note, and those that nothing leads to any more, with \
                     the messages of commits and tags. PATH names the repository [default: the one around \
                     the current directory], several, or a folder with repositories in it; then each finding \
                     says which it is of. Each secret is told once for each path, with the commit that \
                     brought it and the one that took it away"
    )]
    pub(crate) history: bool,

    /// With --history: only what these commits added, such as `v1..main` or `^a b`
    #[arg(
        long,
        help_heading = SCANNED,
        value_name = "A..B",
        requires = "history",
        allow_hyphen_values = true,
        long_help = "With --history: only what these commits added, in the words of git rev-list: `v1..main`, \
                     `A...B`, `HEAD^!`, `^a b`. All zeros for A, and a whole id that is not in the clone, leave \
                     nothing out, and a line says so"
    )]
    pub(crate) range: Option<String>,

    /// With --history: only what commits since then added: RFC 3339, a date or Unix seconds
    #[arg(long, help_heading = SCANNED, value_name = "DATE", requires = "history", allow_hyphen_values = true)]
    pub(crate) since: Option<String>,

    /// Scan what the commits of HEAD add that BASE has not
    #[arg(
        long, help_heading = SCANNED, value_name = "BASE", conflicts_with_all = ["staged", "history", "no_ignore"],
        long_help = "Scan what the commits of HEAD add that BASE has not: a branch, a tag or a commit. Where BASE \
                     is all zeros, or a whole id that is not in the clone, as CI gives it for new branches and \
                     after a forced push, what other branches of the remote have is left out instead, and a line \
                     says so. PATH names the repository"
    )]
    pub(crate) diff: Option<String>,

    /// Scan the commits that this run of continuous integration brings
    #[arg(
        long, help_heading = SCANNED, conflicts_with_all = ["staged", "history", "diff", "no_ignore"],
        long_help = "Scan the commits that this run of continuous integration brings, by the variables of GitHub, \
                     Gitea and Forgejo Actions, GitLab CI, Bitbucket, Azure and Woodpecker pipelines, CircleCI, \
                     Buildkite, Travis CI, Drone, TeamCity, Jenkins and pre-commit. A line says which commits \
                     these are, and how that is known. What cannot be known makes them more, never fewer; where a \
                     shallow clone hides some, the exit status is 2, and a line says what to set. PATH names the \
                     repository"
    )]
    pub(crate) ci: bool,

    #[command(flatten)]
    pub(crate) reports: Reports,

    /// Show every finding, also where a secret comes again
    #[arg(long, help_heading = REPORT, long_help = ALL)]
    pub(crate) all: bool,

    /// The clock for expiry: RFC 3339 or Unix seconds [default: the system's]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) now: Option<String>,

    /// The least severity that makes the exit status 1 [default: low]
    #[arg(long, value_name = "LEVEL", value_parser = levels())]
    pub(crate) fail_on: Option<String>,

    /// Exit with 2 where something was not looked into
    #[arg(
        long,
        long_help = "Exit with 2 where something was met that was not looked into: a PDF, a picture, an \
                     encrypted archive, a damaged one. Without it such files are counted, and nothing \
                     else. What was left out on purpose (ignored, excluded, .git, links) does not count"
    )]
    pub(crate) fail_on_skipped: bool,

    /// The number of threads [default: one for each processor]
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<std::num::NonZeroUsize>,

    /// Read what ignore files leave out, too
    #[arg(long, help_heading = SCANNED)]
    pub(crate) no_ignore: bool,

    /// Leave out paths that match; can be repeated
    #[arg(
        long, help_heading = SCANNED,
        value_name = "GLOB",
        long_help = "Leave out paths that match; can be repeated. Globs are those of .gitignore: without a \
                     slash a name at any depth (`*.lock`), with one a path (`src/gen/*`), with one at the end \
                     a directory; `!` before one takes back what those before it say, and the last that \
                     matches decides, also below a directory that is left out. What they leave out is \
                     counted in the summary. Files named on the command line are read all the same, unless \
                     --force-exclude is given; a directory that is named follows the globs inside"
    )]
    pub(crate) exclude: Vec<String>,

    /// Leave out files, too, that are named on the command line and match what is excluded
    #[arg(
        long, help_heading = SCANNED,
        long_help = "Leave out files and directories, too, that are named on the command line and match \
                     --exclude or the project file's `exclude`. Without it what a person names is read. It is \
                     for programs that name files, such as pre-commit; the hook id `scrubjay-files` gives it"
    )]
    pub(crate) force_exclude: bool,

    /// Add the rules of a file; can be repeated
    #[arg(long, help_heading = SOUGHT, value_name = "FILE")]
    pub(crate) rules: Vec<PathBuf>,

    /// Use only these rules; can be repeated
    #[arg(long, help_heading = SOUGHT, value_name = "ID", value_delimiter = ',')]
    pub(crate) only: Vec<String>,

    /// Do not use these rules; can be repeated
    #[arg(long, help_heading = SOUGHT, value_name = "ID", value_delimiter = ',')]
    pub(crate) skip: Vec<String>,

    /// Secrets to try on every token that is found; can be repeated
    #[arg(
        long, help_heading = SOUGHT,
        value_name = "FILE",
        long_help = "Secrets to try on every token that is found; can be repeated. One secret, license or \
                     PEM private key a line (a PEM over its lines), blank lines and lines that begin with \
                     # left out; or a JSON array of such strings, or an object of them, whose names may \
                     be device ids. They are not looked for, only what they signed is"
    )]
    pub(crate) known_secrets: Vec<PathBuf>,

    /// The most HMACs to spend on finding out which key signed which token
    #[arg(
        long, help_heading = SOUGHT,
        value_name = "N",
        default_value_t = scrubjay::prove::DEFAULT_LIMIT,
        long_help = "The most HMACs to spend on finding out which key signed which token. Every token \
                     found is tried with every key found or known, the likely keys first; device keys \
                     that stand with the id of another device come last and get a quarter of it. The \
                     summary says how many tokens were left when the limit came. 0 tries none"
    )]
    pub(crate) prove_limit: u64,

    #[command(flatten)]
    pub(crate) policy: PolicyArgs,

    /// Tell what each rule made of one line, and why
    #[arg(
        long, value_name = "PATH:LINE", allow_hyphen_values = true, help_heading = REPORT,
        conflicts_with_all = ["paths", "output", "exclude", "write_baseline", "prune"],
        long_help = "Tell what each rule made of one line, and why: what is reported and what was let \
                     pass, with the reason. Nothing else is scanned"
    )]
    pub(crate) explain: Option<String>,

    /// No summary and no progress on standard error
    #[arg(short, long, conflicts_with = "verbose", help_heading = REPORT)]
    pub(crate) quiet: bool,

    /// More: reasons and fingerprints, and the path of everything that is skipped
    #[arg(short, long, help_heading = REPORT)]
    pub(crate) verbose: bool,

    /// What a hook says when it is done.
    #[arg(skip)]
    pub(crate) said: Said,
}

/// What need not be reported.
#[derive(Debug, Args)]
#[command(next_help_heading = "What is allowed")]
pub(crate) struct PolicyArgs {
    /// Use this project file
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "no_config",
        long_help = "Use this project file instead of the scrubjay.toml (or .scrubjay.toml) that stands next \
                     to what is scanned or above it in the same repository. Options of the command line win \
                     over the file"
    )]
    pub(crate) config: Option<PathBuf>,

    /// Use no project file
    #[arg(long)]
    pub(crate) no_config: bool,

    /// Exit with 2 where a pattern of --exclude or of the project file matches nothing
    #[arg(
        long,
        long_help = "Exit with 2 where a pattern of --exclude, or an `exclude` pattern or allow entry of the \
                     project file, matches nothing in a scan of all that it is for. Without it that is told"
    )]
    pub(crate) strict_config: bool,

    /// Do not honour `scrubjay:allow` and `gitleaks:allow` on lines
    #[arg(long)]
    pub(crate) no_inline_allow: bool,

    /// Leave out findings that this baseline holds
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,

    /// Add what is found to a baseline, so that only what is new is reported from then on
    #[arg(
        long,
        value_name = "FILE",
        long_help = "Add what is found to a baseline, so that with --baseline only what is new is reported from \
                     then on. Entries that the file holds stay; with --prune those go that match nothing. \
                     What a project file or a marker allows is not added. The exit status is 0, or 2 where \
                     the scan is incomplete; then nothing is written"
    )]
    pub(crate) write_baseline: Option<PathBuf>,

    /// List the entries of the baseline that match nothing
    #[arg(
        long,
        long_help = "List the entries of the baseline that match nothing in what was scanned; with \
                     --write-baseline drop them. Entries of other paths and of rules that did not look stay"
    )]
    pub(crate) prune: bool,
}

const SCAN_AFTER: &str = "\
Exit status:
  0  nothing at or above the fail level was found
  1  something was found
  2  the scan is incomplete or could not start; what was found is still reported

Examples:
  scrubjay scan src config
  scrubjay scan --fail-on high -q .
  scrubjay scan --explain app.env:12
  scrubjay scan --write-baseline .scrubjay-baseline
  scrubjay scan --baseline .scrubjay-baseline
  journalctl -u camera | scrubjay scan -f jsonl - | jq .fingerprint";

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

/// Reads the command line; on `--help` it ends the program.
pub(crate) fn parse() -> Result<Cli, crate::Stop> {
    Cli::try_parse().map_err(mistake::told)
}

/// What `--version` prints.
pub(crate) fn version() -> String {
    <Cli as clap::CommandFactory>::command().render_version()
}

/// Writes the completion script for a shell.
pub(crate) fn completions(shell: Shell, out: &mut Vec<u8>) {
    let mut command = <Cli as clap::CommandFactory>::command();
    clap_complete::generate(shell, &mut command, "scrubjay", out);
}

/// Writes the manual page of the program or of a subcommand; the names of the subcommands where there
/// is none of that name.
pub(crate) fn manual(of: Option<&str>, out: &mut Vec<u8>) -> Result<std::io::Result<()>, Vec<String>> {
    let mut command = <Cli as clap::CommandFactory>::command();
    command.build();
    let page = match of {
        None => command,
        Some(name) => match command.find_subcommand(name) {
            Some(sub) => sub.clone(),
            None => return Err(command.get_subcommands().map(|c| c.get_name().to_owned()).collect()),
        },
    };
    Ok(clap_mangen::Man::new(page).render(out))
}

fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(
        report::FORMATS.iter().map(|f| clap::builder::PossibleValue::new(f.name).help(f.about)),
    )
}

fn levels() -> PossibleValuesParser {
    PossibleValuesParser::new(Severity::ALL.into_iter().map(Severity::name).chain(["never"]))
}
