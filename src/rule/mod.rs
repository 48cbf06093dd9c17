//! Rules as data: read from TOML, checked, and complained about with line and column.
//!
//! The schema is a superset of the gitleaks configuration; `rules/README.md` explains it by one
//! worked example. A rule says *what* to look for; *how* names and values are written in each syntax
//! is the grammar in `matcher`.

mod builtin;
mod definition;
mod read;

use strsim::levenshtein;

pub use builtin::builtin;
pub use definition::{Allow, Beside, Call, Rule, Shared, Value};
pub use read::load;

/// The rule id that was probably meant: one that holds what was typed, or one with few changes.
///
/// ```
/// let ids = ["tirtc-license", "trtc-user-sig"];
/// assert_eq!(scrubjay::rule::nearest(ids, "tirtc-licence"), Some("tirtc-license"));
/// assert_eq!(scrubjay::rule::nearest(ids, "user-sig"), Some("trtc-user-sig"));
/// assert_eq!(scrubjay::rule::nearest(ids, "something-else-altogether"), None);
/// ```
pub fn nearest<'i>(ids: impl IntoIterator<Item = &'i str> + Clone, typed: &str) -> Option<&'i str> {
    let holds = ids.clone().into_iter().find(|id| typed.len() > 2 && id.contains(typed));
    holds.or_else(|| {
        let (changes, near) = ids.into_iter().map(|id| (levenshtein(id, typed), id)).min()?;
        (changes <= 2.max(typed.len() / 3)).then_some(near)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_changes_are_a_slip_and_more_are_another_word() {
        let near = |typed: &str| nearest(["abcdefghijkl"], typed).is_some();
        for (typed, expected) in [
            ("bc", false), // in it, as two letters are in anything
            ("bcd", true),
            ("abcdefghijXX", true),
            ("abcdefghXXXX", true), // a third of it
            ("abcdefgXXXXX", false),
        ] {
            assert_eq!(near(typed), expected, "{typed}");
        }
        let short = |typed: &str| nearest(["abcdef"], typed).is_some();
        assert!(short("abcdXX") && !short("abcXXX"));
    }
}
