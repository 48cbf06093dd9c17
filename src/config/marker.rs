//! Markers on lines: `scrubjay:allow RULE-ID reason`, and `gitleaks:allow`, which many files have
//! already.
//!
//! A marker that is not what it must be does not hold, and is told: whoever wrote it believes that it
//! does. What is told never quotes the line.

use crate::rule::{self, Rule};

/// What begins a marker of ours.
pub(crate) const OURS: &str = "scrubjay:allow";

/// The marker of gitleaks: everything on the line may pass.
pub(crate) const GITLEAKS: &str = "gitleaks:allow";

/// The most that is shown of a reason, in characters.
const SHOWN: usize = 200;

/// What ends a comment or a string around a marker, and is no part of the reason.
const CLOSERS: [&str; 10] = ["-->", "*/", "*)", "#}", "%>", "\"\"\"", "\",", "\"", "',", "'"];

/// What markers are read by: the rules that there are.
#[derive(Debug, Clone)]
pub struct Markers {
    ids: Vec<String>,
}

/// What a marker says about one finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Marker {
    /// The finding may pass, for this reason.
    Allows(String),
    /// It is about other rules.
    Other,
    /// It does not hold, and why.
    Broken(String),
}

impl Markers {
    /// Markers may name any of these rules; those that do not look in this scan are among them.
    pub fn new(rules: &[Rule]) -> Self {
        Self { ids: rules.iter().map(|rule| rule.id.clone()).collect() }
    }

    /// Reads what stands on the line behind [`OURS`], for a finding of `rule`; none where that is no
    /// marker.
    pub(crate) fn read(&self, rest: &str, rule: &str) -> Option<Marker> {
        if rest.starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_') {
            return None;
        }
        let (ids, reason) = split(rest.trim_start_matches([':', ' ', '\t']));
        if ids.is_empty() {
            return Some(Marker::Broken(format!("names no rule; write `{OURS} RULE-ID reason`")));
        }
        if ids.contains(&"*") {
            return Some(Marker::Broken("must name its rules; `*` is not taken".to_owned()));
        }
        if let Some(unknown) = ids.iter().find(|id| !self.ids.iter().any(|known| known == *id)) {
            // The suggestion is ours; what stands in the file could be anything and is not repeated.
            let near = rule::nearest(self.ids.iter().map(String::as_str), unknown);
            let near = near.map_or_else(
                || "`scrubjay rules list` shows all".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            return Some(Marker::Broken(format!("names a rule that there is not; {near}")));
        }
        if !reason.contains(char::is_alphanumeric) {
            return Some(Marker::Broken("gives no reason; write one behind the rule".to_owned()));
        }
        if !ids.contains(&rule) {
            return Some(Marker::Other);
        }
        Some(Marker::Allows(reason.chars().take(SHOWN).collect()))
    }
}

/// The ids, which commas part, and the reason behind them.
fn split(text: &str) -> (Vec<&str>, &str) {
    let mut ids = Vec::new();
    let mut rest = text;
    loop {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        rest = behind.trim_start();
        ids.extend(word.split(',').filter(|id| !id.is_empty()));
        if !(word.ends_with(',') || rest.starts_with(',')) || rest.is_empty() {
            return (ids, reason(rest));
        }
    }
}

fn reason(text: &str) -> &str {
    let mut text = text.trim();
    while let Some(shorter) = CLOSERS.iter().find_map(|closer| text.strip_suffix(closer)) {
        text = shorter.trim_end();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rest: &str) -> Option<Marker> {
        Markers { ids: vec!["tirtc-token".into(), "tirtc-license".into()] }.read(rest, "tirtc-token")
    }

    fn allows(reason: &str) -> Option<Marker> {
        Some(Marker::Allows(reason.to_owned()))
    }

    #[test]
    fn a_marker_names_rules_and_a_reason() {
        assert_eq!(read(" tirtc-token a sample"), allows("a sample"));
        assert_eq!(read("\ttirtc-license,tirtc-token  from the docs "), allows("from the docs"));
        assert_eq!(read(" tirtc-license, tirtc-token both"), allows("both"));
        assert_eq!(read(" tirtc-license , tirtc-token both"), allows("both"));
        assert_eq!(read(": tirtc-token with a colon"), allows("with a colon"));
        assert_eq!(read(" tirtc-license about another"), Some(Marker::Other));
        assert_eq!(read("ed in the past"), None);
        assert_eq!(read("-list"), None);
    }

    #[test]
    fn what_closes_a_comment_is_no_reason() {
        for text in
            [" tirtc-token ok -->", " tirtc-token ok */", " tirtc-token ok\",", " tirtc-token ok */ -->"]
        {
            assert_eq!(read(text), allows("ok"), "{text}");
        }
        assert_eq!(read(" tirtc-token (see the docs)"), allows("(see the docs)"));
    }

    #[test]
    fn a_marker_that_does_not_hold_says_why_and_quotes_nothing() {
        for (text, said) in [
            ("", "names no rule"),
            ("  ", "names no rule"),
            (" tirtc-token", "gives no reason"),
            (" tirtc-token -->", "gives no reason"),
            (" tirtc-token,", "gives no reason"),
            (" * everything", "must name its rules"),
            (" tirtc-tokens sample", "did you mean `tirtc-token`?"),
            (" Kx82-hushhush sample", "names a rule that there is not"),
            (" tirtc-token,hushhush sample", "names a rule that there is not"),
        ] {
            let Some(Marker::Broken(why)) = read(text) else { panic!("{text} holds") };
            assert!(why.contains(said) && !why.contains("hush"), "{text}: {why}");
        }
    }
}
