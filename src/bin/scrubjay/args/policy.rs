//! What of a scan can be allowed, and by which files.

use std::path::PathBuf;

use clap::Args;

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
