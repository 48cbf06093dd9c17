//! What stands before a zip.

/// What came before a zip and is no part of what is read of it, in bytes: some programs count places from
/// the beginning of the file, some from that of the zip.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::pack) struct Lead {
    /// As it was.
    pub(in crate::pack) read: u64,
    /// As it is in the copy.
    pub(in crate::pack) written: u64,
}
