//! What lies between the entries of a zip whose directory is not known yet.

use std::io::{self, Read};

use super::records::{self, LOCAL};
use crate::pack::source::{ROOM, Source};

/// What comes before the next head, or line of a directory.
pub(super) struct UntilMark<'s, 'a> {
    pub(super) source: &'s mut Source<'a>,
    /// Whatever stands first is part of it.
    pub(super) first: bool,
}

impl Read for UntilMark<'_, '_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        const MARKS: [[u8; 4]; 3] = [LOCAL, records::CENTRAL, records::END];
        if out.is_empty() {
            return Ok(0);
        }
        let wanted = out.len().clamp(8, ROOM);
        let ready = self.source.peek(wanted)?;
        let from = usize::from(std::mem::take(&mut self.first)).min(ready.len());
        let found = memchr::memmem::find_iter(&ready[from..], b"PK")
            .map(|at| from + at)
            .find(|at| MARKS.iter().any(|mark| ready[*at..].starts_with(mark)));
        // A mark may begin in the last three bytes, unless nothing follows.
        let seen = if ready.len() < wanted { ready.len() } else { ready.len() - 3 };
        let length = found.unwrap_or(seen).min(out.len());
        self.source.read(&mut out[..length])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_ends_at_the_next_mark_wherever_the_reads_end() {
        let text = b"xPKyPK\x03PK\x03\x04 and PK\x01\x02";
        for room in 1..20 {
            let mut source = Source::new(Box::new(&text[..]));
            let mut gap = UntilMark { source: &mut source, first: true };
            let mut seen = Vec::new();
            let mut out = vec![0; room];
            while let read @ 1.. = gap.read(&mut out).expect("reads") {
                seen.extend_from_slice(&out[..read]);
            }
            assert_eq!(seen, b"xPKyPK\x03");
            assert_eq!(source.peek(4).expect("reads"), LOCAL);
        }
    }
}
