//! Rules as data: read from TOML, checked, and complained about with line and column.
//!
//! The schema is a superset of the gitleaks configuration; `rules/README.md` explains it by one
//! worked example. A rule says *what* to look for; *how* names and values are written in each syntax
//! is the grammar in [`crate::matcher`].

use crate::finding::{Kind, Severity};

/// One rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The id that reports and settings use, such as `tirtc-secret-key`.
    pub id: String,
    /// A few words.
    pub title: String,
    /// What it finds.
    pub description: String,
    /// What an attacker gains.
    pub why: String,
    /// The kind of credential.
    pub kind: Kind,
    /// How bad a hit is (tokens: the status decides, this is the most).
    pub severity: Severity,
    /// What to do after a leak, in order.
    pub remedy: Vec<String>,
    /// Words without which the rule cannot match.
    pub keywords: Vec<String>,
    /// Names under which the value travels, compared without case and separators.
    pub names: Vec<String>,
    /// The token scheme, by its name in [`crate::token::SCHEMES`].
    pub token: Option<String>,
    /// Texts that must be found; templates that the tests fill with minted values.
    pub examples: Vec<String>,
    /// Texts that must stay silent.
    pub counterexamples: Vec<String>,
    /// Where the facts come from.
    pub references: Vec<String>,
}
