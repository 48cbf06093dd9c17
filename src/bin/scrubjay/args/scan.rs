//! What `scan` takes.

use std::path::PathBuf;

use super::policy::PolicyArgs;
use super::reports::Reports;
use super::said::Said;
use super::shared::{ALL, REPORT, SCANNED, SOUGHT, levels};
use clap::Args;

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

pub(super) const SCAN_AFTER: &str = "\
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
