//! Which lines a change adds.

use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput};

/// The ranges of bytes of `new` whose lines `old` does not have, in the sense of `git diff`.
pub fn added(old: &[u8], new: &[u8]) -> Vec<Range<usize>> {
    let input = InternedInput::new(old, new);
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_no_heuristic(&input);
    let ends = memchr::memchr_iter(b'\n', new).map(|at| at + 1);
    let starts: Vec<usize> = std::iter::once(0).chain(ends).collect();
    let start = |line: u32| starts.get(line as usize).copied().unwrap_or(new.len());
    let hunks = diff.hunks().filter(|hunk| !hunk.after.is_empty());
    hunks.map(|hunk| start(hunk.after.start)..start(hunk.after.end)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown<'n>(old: &str, new: &'n str) -> Vec<&'n str> {
        added(old.as_bytes(), new.as_bytes()).into_iter().map(|range| &new[range]).collect()
    }

    #[test]
    fn only_what_is_new_is_told() {
        assert_eq!(shown("a\nb\nc\n", "a\nx\ny\nc\nz"), ["x\ny\n", "z"]);
        assert_eq!(shown("a\nb\n", "a\n"), [""; 0]);
        assert_eq!(shown("", "a\nb"), ["a\nb"]);
        assert_eq!(shown("a", "a\n"), ["a\n"], "a line end is a change, as in git");
    }
}
