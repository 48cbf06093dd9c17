//! Zip archives.
use super::Seekable;
use super::walk::{At, Step, Walk};
use std::io::{self, Read, Write};
pub(super) const END: usize = 22;
pub(super) struct Index;
pub(super) fn begins(_head: &[u8]) -> bool {
    false
}
pub(super) fn is_bare_end(_tail: &[u8]) -> bool {
    false
}
pub(super) fn index(_file: &mut dyn Seekable, _start: u64) -> io::Result<Option<Index>> {
    Ok(None)
}
pub(super) fn walk(
    _walk: &mut Walk<'_>,
    _at: &At,
    _reader: &mut (dyn Read + Send),
    _index: Option<Index>,
    _out: &mut dyn Write,
) -> Step<bool> {
    Ok(false)
}
