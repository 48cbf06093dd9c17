//! What can be typed after `scrubjay hook`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use scrubjay::report;

use super::policy::PolicyArgs;
use super::reports::Reports;
use super::said::Said;
use super::scan::ScanArgs;
use super::shared::{ALL, REPORT, SOUGHT, formats, levels};

/// A parser of nothing but scan options, for their defaults.
#[derive(Debug, Parser)]
struct Defaults {
    #[command(flatten)]
    scan: ScanArgs,
}

/// What all hooks take.
#[derive(Debug, Args)]
pub(crate) struct HookOptions {
    /// The least severity that stops git [default: low]
    #[arg(long, value_name = "LEVEL", value_parser = levels())]
    pub(crate) fail_on: Option<String>,

    /// The form of the report
    #[arg(short, long, help_heading = REPORT, value_name = "FORMAT", default_value = report::FORMATS[0].name, value_parser = formats())]
    pub(crate) format: String,

    /// Show every finding, also where a secret comes again
    #[arg(long, help_heading = REPORT, long_help = ALL)]
    pub(crate) all: bool,

    /// Add the rules of a file; can be repeated
    #[arg(long, help_heading = SOUGHT, value_name = "FILE")]
    pub(crate) rules: Vec<PathBuf>,

    /// Not a word unless git is stopped
    #[arg(short, long, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// Say what was read and what was not, as a scan does
    #[arg(short, long)]
    pub(crate) verbose: bool,

    #[command(flatten)]
    pub(crate) policy: PolicyArgs,
}

impl HookOptions {
    /// What a hook says: to a person, and to pre-commit, which shows it only where it stops, how much it read.
    pub(crate) fn said(&self) -> Said {
        let is_person = std::io::IsTerminal::is_terminal(&std::io::stderr());
        match () {
            () if self.quiet => Said::Nothing,
            () if self.verbose => Said::All,
            () if is_person || std::env::var_os("PRE_COMMIT").is_some() => Said::Line,
            () => Said::IfNothing,
        }
    }

    /// The same as options of a scan.
    pub(crate) fn into_scan(self) -> ScanArgs {
        let Defaults { scan } = Defaults::parse_from(["scrubjay"]);
        ScanArgs {
            fail_on: self.fail_on,
            reports: Reports::one(&self.format),
            all: self.all,
            rules: self.rules,
            verbose: self.verbose,
            policy: self.policy,
            ..scan
        }
    }
}

const INSTALL_AFTER: &str = "\
Where husky, lefthook, pre-commit or simple-git-hooks keeps the hooks, the line goes into the file that \
the team keeps for it (.husky/pre-commit, lefthook.yml, .pre-commit-config.yaml, package.json), never \
into what the manager generates. Otherwise git gets a hook of its own, and one that is there runs first.

Examples:
  scrubjay hook install
  scrubjay hook install --hook pre-commit --hook pre-push
  scrubjay hook install --uninstall";

const STATUS_AFTER: &str = "\
Exit status:
  0  all hooks that were installed would run, and there is one
  1  one would not run, or none is installed
  2  the repository could not be read

Examples:
  scrubjay hook status
  scrubjay hook status --hook pre-push";

#[derive(Debug, Subcommand)]
pub(crate) enum HookCommand {
    /// Stop a commit that would add a secret: what is staged, `GIT_INDEX_FILE` honoured
    PreCommit {
        /// Everything in the files that differ, not only the lines that do
        #[arg(long)]
        whole_files: bool,
        /// Files to read as they lie there where they are not staged: what pre-commit names
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
        #[command(flatten)]
        options: HookOptions,
    },
    /// Stop a push whose commits add a secret, even one that a later commit takes away
    PrePush {
        /// The remote, as git gives it
        remote: Option<String>,
        /// Its address, as git gives it
        url: Option<String>,
        #[command(flatten)]
        options: HookOptions,
    },
    /// On a server: refuse a push whose commits add a secret
    PreReceive {
        /// Honour the project file and the markers on lines
        #[arg(
            long,
            long_help = "Honour the markers on lines, and the project file that stands beside the repository on \
                         the server. Without it whoever pushes decides nothing; --config names a file of the \
                         server's own"
        )]
        trust_repository: bool,
        #[command(flatten)]
        options: HookOptions,
    },
    /// Stop a commit whose message holds a secret
    CommitMsg {
        /// The file with the message, as git gives it
        file: PathBuf,
        #[command(flatten)]
        options: HookOptions,
    },
    /// Install hooks into the repository around the current directory, or mend them
    #[command(after_help = INSTALL_AFTER)]
    Install {
        /// Which one; can be repeated [default: pre-commit]
        #[arg(long = "hook", value_name = "NAME", value_enum)]
        hooks: Vec<HookName>,
        /// Take out what was installed, and put older hooks back [default: all hooks]
        #[arg(long)]
        uninstall: bool,
    },
    /// Tell of each hook whether it would run now, and what stands in its way
    #[command(after_help = STATUS_AFTER)]
    Status {
        /// Only this one, which then must be installed; can be repeated
        #[arg(long = "hook", value_name = "NAME", value_enum)]
        hooks: Vec<HookName>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum HookName {
    /// Before a commit is made
    PreCommit,
    /// Before commits go to a remote
    PrePush,
    /// Before a server takes a push
    PreReceive,
    /// When a commit has its message
    CommitMsg,
}

impl HookName {
    pub(crate) const ALL: &[HookName] =
        &[HookName::PreCommit, HookName::PrePush, HookName::PreReceive, HookName::CommitMsg];

    /// The name of its file.
    pub(crate) fn file(self) -> &'static str {
        match self {
            HookName::PreCommit => "pre-commit",
            HookName::PrePush => "pre-push",
            HookName::PreReceive => "pre-receive",
            HookName::CommitMsg => "commit-msg",
        }
    }

    /// True where git writes to its standard input.
    pub(crate) fn reads_input(self) -> bool {
        matches!(self, HookName::PrePush | HookName::PreReceive)
    }
}
