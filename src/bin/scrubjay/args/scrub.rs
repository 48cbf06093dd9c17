//! What can be typed after `scrubjay scrub`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

const WRITTEN: &str = "What is written";
const MASKED: &str = "What is masked";
const TOLD: &str = "What is told";

#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub(crate) struct ScrubArgs {
    /// Files to scrub; `-` is standard input [default: -]
    #[arg(
        value_name = "PATH",
        long_help = "Files to scrub; `-` is standard input [default: -]. What comes out of them goes to standard \
                     output, one after the other, unless --in-place, --output or --dry-run says otherwise; \
                     with these a directory stands for every file below it. Symbolic links below a directory \
                     are not followed"
    )]
    pub(crate) paths: Vec<PathBuf>,

    /// Replace each file by what comes out of it
    #[arg(
        short,
        long, help_heading = WRITTEN,
        long_help = "Replace each file by what comes out of it: the new file is written beside the old one, brought \
                     to the disk, and renamed over it, so that at any moment the old one or the new one is \
                     there, whole. Files without a secret are not touched. Owner, permissions, times and \
                     extended attributes stay"
    )]
    pub(crate) in_place: bool,

    /// Write what comes out below this directory, in the same tree
    #[arg(short, long, help_heading = WRITTEN, value_name = "DIR", conflicts_with = "in_place")]
    pub(crate) output: Option<PathBuf>,

    /// Change nothing; show what would change as a diff, secrets masked on both sides
    #[arg(short = 'n', long, help_heading = WRITTEN, conflicts_with_all = ["output", "backup"])]
    pub(crate) dry_run: bool,

    /// With --in-place: keep the old file, with its secrets, under its name and this suffix
    #[arg(
        long, help_heading = WRITTEN,
        value_name = "SUFFIX",
        requires = "in_place",
        requires = "backup_keeps_secrets",
        long_help = "With --in-place: keep the old file, with its secrets, under its name and this suffix. \
                     Because the secrets then stay on the disk, it needs --backup-keeps-secrets as well"
    )]
    pub(crate) backup: Option<String>,

    /// Yes, the backup may hold the secrets
    #[arg(long, help_heading = WRITTEN, requires = "backup")]
    pub(crate) backup_keeps_secrets: bool,

    /// With --in-place: give changed files the time of the change
    #[arg(long, help_heading = WRITTEN, requires = "in_place")]
    pub(crate) touch: bool,

    /// With --in-place: also replace files that have several names, which then are files of their own
    #[arg(long, help_heading = WRITTEN, requires = "in_place")]
    pub(crate) break_hard_links: bool,

    /// Write what was done to each changed file, with SHA-256 before and after, as JSON Lines
    #[arg(long, help_heading = TOLD, value_name = "FILE", conflicts_with = "dry_run")]
    pub(crate) record: Option<PathBuf>,

    /// Write what was masked as a JSON report
    #[arg(long, help_heading = TOLD, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,

    /// Write how many values each rule masked to standard error
    #[arg(short, long, help_heading = TOLD)]
    pub(crate) count: bool,

    /// Exit with 1 where something was masked
    #[arg(long)]
    pub(crate) fail_on_hit: bool,

    #[command(flatten)]
    pub(crate) masking: MaskingArgs,

    /// Leave out paths that match, in the globs of .gitignore; can be repeated
    #[arg(long, value_name = "GLOB")]
    pub(crate) exclude: Vec<String>,

    /// The number of files that are scrubbed at once [default: one for each processor]
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<std::num::NonZeroUsize>,

    /// Write the replacements that `git filter-repo --replace-text` takes to a file
    #[arg(
        long, help_heading = WRITTEN,
        value_name = "FILE",
        conflicts_with_all = [
            "in_place", "output", "dry_run", "record", "report", "count", "fail_on_hit", "mask", "known_secrets",
            "keep_expired", "secret_field", "keep_field", "no_learn", "exclude",
        ],
        long_help = "Write the replacements that `git filter-repo --replace-text` takes to a file, for every secret \
                     in the history of the repository at PATH [default: the one around the current directory]. \
                     The file holds the secrets: only its owner can read it, and it is to be removed \
                     afterwards. Where no text can be replaced (NUL bytes, UTF-16, containers) the ids of the \
                     blobs are written to FILE.blobs, for --strip-blobs-with-ids. Nothing else is changed"
    )]
    pub(crate) git_filter_repo: Option<PathBuf>,

    /// No summary and no progress on standard error
    #[arg(short, long, help_heading = TOLD)]
    pub(crate) quiet: bool,
}

/// What is masked, and how: the same for streams, files and programs.
#[derive(Debug, Args)]
pub(crate) struct MaskingArgs {
    /// How much of a secret its mask shows
    #[arg(short, long, help_heading = MASKED, value_name = "STYLE", value_enum, default_value_t)]
    pub(crate) mask: MaskStyle,

    /// Exact values to mask wherever they stand, in any encoding; can be repeated
    #[arg(
        long, help_heading = MASKED,
        value_name = "FILE",
        long_help = "Exact values to mask wherever they stand; can be repeated. The file is read as that of a scan: a \
                     secret, a license or a PEM private key a line (the last over its lines), blank lines and \
                     lines that begin with # left out, or a JSON array or object of strings. They are masked as \
                     they are and as base64 (at its three alignments), base64url, hex, percent-encoded, escaped \
                     as in JSON and in UTF-16; of a license its key. A value has at least 8 bytes"
    )]
    pub(crate) known_secrets: Vec<PathBuf>,

    /// Leave tokens readable that have expired
    #[arg(long, help_heading = MASKED)]
    pub(crate) keep_expired: bool,

    /// The clock for --keep-expired and the status of tokens: RFC 3339 or Unix seconds [default: the system's]
    #[arg(long, help_heading = MASKED, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) now: Option<String>,

    /// Mask the values of fields of this name, too, such as `door_code` or `*_pin`; can be repeated
    #[arg(long, help_heading = MASKED, value_name = "NAME", value_delimiter = ',')]
    pub(crate) secret_field: Vec<String>,

    /// Leave the values of fields of this name, such as `*_token`; can be repeated
    #[arg(long, help_heading = MASKED, value_name = "NAME", value_delimiter = ',')]
    pub(crate) keep_field: Vec<String>,

    /// Add the rules of a file; can be repeated
    #[arg(long, help_heading = MASKED, value_name = "FILE")]
    pub(crate) rules: Vec<PathBuf>,

    /// Mask a value only where its name or its form gives it away, not wherever it comes again
    #[arg(
        long, help_heading = MASKED,
        long_help = "Mask a value only where its name or its form gives it away. Without this a value that looks \
                     random and was recognised once is masked wherever it comes again: in a file before and \
                     after, in a stream from then on"
    )]
    pub(crate) no_learn: bool,
}

/// How much of a secret its mask shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum MaskStyle {
    /// First and last characters of long ones: `Zk39****6QaE`
    #[default]
    Partial,
    /// Nothing: `****`
    Full,
    /// Nothing, but the same tag for the same secret: `****#a1b2c3d4`
    Fingerprint,
}

const AFTER: &str = "\
Exit status:
  0  done
  1  something was masked, and --fail-on-hit was given
  2  something could not be scrubbed, or a signal stopped the run; the rest was

Signals:
  Over files SIGINT, SIGTERM and SIGHUP stop it: each file is the old one or the new one, whole. As the end of a pipe
  it ends with its input, so that the last lines of the program before it come through: SIGINT is not for it, and
  SIGTERM and SIGHUP end it after 3 seconds, with 128 and their number.

Examples:
  my-service 2>&1 | scrubjay scrub | tee my-service.log
  scrubjay scrub --dry-run logs/
  scrubjay scrub --in-place --record custody.jsonl logs/
  scrubjay scrub --output clean/ logs/ archive.tar.gz
  scrubjay scrub --git-filter-repo replacements.txt";
