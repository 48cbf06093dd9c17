//! Names fit to be shown: paths, entries, references and messages of errors may hold a secret as any other
//! text, and a report that quotes them would be a second leak.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::found::Inspector;
use crate::detect::Detector;
use crate::finding::{Finding, fingerprint};
use crate::input::mask_each_name;
use crate::text::{in_run, mask};

/// A shorter run of characters is no value that is looked up.
const SHORTEST: usize = 12;

/// A path, or a message with paths in it, with every secret in it masked that these rules find: each name is
/// looked at by itself and without its endings, and then the whole.
///
/// ```
/// use scrubjay::{detect::Detector, rule, scan::mask_names};
/// let detector = Detector::new(rule::builtin(), 0);
/// assert_eq!(mask_names(&detector, "src/main.rs"), "src/main.rs");
/// let path = ["src/secret_key=", "aZ3kW8vT", "q2LmX7cR", "b5NyH3k9", "D6sJ3k9Q", ".txt"].concat();
/// assert_eq!(mask_names(&detector, &path), "src/secret_key=aZ3k****3k9Q.txt");
/// ```
pub fn mask_names(detector: &Detector, text: &str) -> String {
    leaks_masked(&mut Inspector::new(detector, None, false), text)
}

fn leaks_masked(inspector: &mut Inspector<'_>, text: &str) -> String {
    mask_each_name(text, &mut |name| inspector.leaks_masked(name))
}

/// Masks what is secret in names.
pub(super) struct Names<'d> {
    inspector: Inspector<'d>,
    /// The fingerprints of what was found: a name may repeat a value without saying what it is.
    found: HashSet<String>,
    /// Names that were asked about, with what is shown in their place.
    known: HashMap<String, Option<String>>,
}

impl<'d> Names<'d> {
    pub(super) fn new(inspector: Inspector<'d>, findings: &[Finding]) -> Self {
        let found = findings.iter().map(|finding| finding.fingerprint.clone()).collect();
        Self { inspector, found, known: HashMap::new() }
    }

    /// Masks all names in a finding.
    pub(super) fn mask_finding(&mut self, finding: &mut Finding) {
        self.mask(&mut finding.path);
        finding.entry.iter_mut().for_each(|entry| self.mask(entry));
        if let Some(claims) = finding.claims.take() {
            let shown = |text: &str| self.masked(text).unwrap_or_else(|| text.to_owned());
            finding.claims = Some(Box::new(claims.map_texts(shown)));
        }
        let Some(commit) = &mut finding.commit else { return };
        let names = [&commit.path, &commit.repository].into_iter().chain(&commit.refs);
        if names.into_iter().any(|name| self.masked(name).is_some()) {
            let commit = Arc::make_mut(commit);
            self.mask(&mut commit.path);
            self.mask(&mut commit.repository);
            commit.refs.iter_mut().for_each(|name| self.mask(name));
        }
    }

    /// Masks a name, or a message with names in it.
    pub(super) fn mask(&mut self, name: &mut String) {
        if let Some(masked) = self.masked(name) {
            *name = masked;
        }
    }

    fn masked(&mut self, name: &str) -> Option<String> {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        let masked = self.look(name);
        self.known.insert(name.to_owned(), masked.clone());
        masked
    }

    /// What is shown in the place of a name; nothing where it can be shown as it is.
    fn look(&mut self, name: &str) -> Option<String> {
        let masked = leaks_masked(&mut self.inspector, name);
        let whole = self.known_values(&masked);
        (whole != name).then_some(whole)
    }

    /// Masks values that were found elsewhere.
    fn known_values(&self, name: &str) -> String {
        if self.found.is_empty() {
            return name.to_owned();
        }
        let mut out = name.to_owned();
        for is_part in [in_run as fn(char) -> bool, |c| c.is_ascii_alphanumeric()] {
            let runs: Vec<String> =
                out.split(|c| !is_part(c)).filter(|run| run.len() >= SHORTEST).map(str::to_owned).collect();
            for run in runs {
                if self.found.contains(&fingerprint(run.as_bytes())) {
                    out = out.replace(&run, &mask(run.as_bytes()));
                }
            }
        }
        out
    }
}
