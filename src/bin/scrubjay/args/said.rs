//! How much a scan says besides its report.

/// What a scan says on standard error when it is done, besides what went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Said {
    /// The summary, unless `--quiet` forbids it.
    #[default]
    All,
    /// One line: how much was read.
    Line,
    /// That line where nothing was read at all.
    IfNothing,
    /// Nothing.
    Nothing,
}
