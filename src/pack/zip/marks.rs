//! How a zip begins, wherever it stands.

use super::index::END;
use super::records::{self, DESCRIPTOR, LOCAL, LOCAL_HEAD};

/// How many bytes of the head of an entry, or of a line of a directory, may come before the first NUL in it.
pub(in crate::pack) const PLAIN: usize = 8;

/// Whether bytes begin with the head of an entry or a line of a directory; none where they are too few to
/// tell. Stricter than what is read within an archive, as nothing around it says that there is one.
pub(in crate::pack) fn is_head(bytes: &[u8]) -> Option<bool> {
    let layouts = [(LOCAL, &LOCAL_HEAD), (records::CENTRAL, &records::DIRECTORY_LINE)];
    let layout = layouts.iter().find(|(mark, _)| bytes.iter().zip(mark).all(|(a, b)| a == b));
    layout.map_or(Some(false), |(_, layout)| layout.is_likely(bytes))
}

/// True where a file begins as a zip: with an entry, with the mark of one in parts, or as an empty one.
pub(in crate::pack) fn begins(head: &[u8]) -> bool {
    let mark = head.starts_with(&DESCRIPTOR) || head.starts_with(b"PK00");
    let entry = if mark { head.get(4..).unwrap_or_default() } else { head };
    entry.starts_with(&LOCAL) || (!mark && head.len() >= END && head.starts_with(&records::END))
}
