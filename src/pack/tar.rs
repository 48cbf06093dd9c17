//! Tape archives.
use super::source::Source;
use super::walk::{At, Step, Walk};
use std::io::Write;
pub(super) fn begins(_head: &[u8]) -> bool {
    false
}
pub(super) fn walk(
    _walk: &mut Walk<'_>,
    _at: &At,
    _source: &mut Source<'_>,
    _out: &mut dyn Write,
) -> Step<bool> {
    Ok(false)
}
