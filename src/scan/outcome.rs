//! How to scan, and what a scan gives.

use std::borrow::Cow;

use crate::config::Policy;
use crate::finding::Finding;
use crate::summary::{Failure, Summary};

/// How to scan.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'p> {
    /// The number of threads.
    pub jobs: usize,
    /// Which findings get the masked line around them; only people read it.
    pub excerpts: Excerpts,
    /// Keep the path of everything that is skipped, not only the count.
    pub list_skipped: bool,
    /// What need not be reported; without one everything is.
    pub policy: Option<&'p Policy>,
}

/// Which findings get the masked line around them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excerpts {
    /// None.
    Nothing,
    /// Those that the report for people shows where nothing more is asked for: of a secret that a file repeats
    /// the first of the worst, and no expired token. Others can have one as well.
    Shown,
    /// All.
    All,
}

/// What a scan gave.
#[derive(Debug, Default)]
pub struct Outcome {
    /// By path, offset and rule.
    pub findings: Vec<Finding>,
    /// The counts.
    pub summary: Summary,
    /// What could not be read, by path.
    pub errors: Vec<Failure>,
    /// What was not read and why, by path, where [`Settings::list_skipped`] asks for it.
    pub skipped: Vec<(String, Cow<'static, str>)>,
    /// Markers beside findings that do not hold, by path and line.
    pub notes: Vec<Note>,
}

/// Something to tell about a line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// The path as a person would type it.
    pub path: String,
    /// From 1.
    pub line: usize,
    /// What there is to tell; it quotes nothing of the line.
    pub message: String,
}

/// A detection as it was judged.
#[derive(Debug)]
pub struct Judged {
    /// The detection, in the form of a finding.
    pub finding: Finding,
    /// True where it was let pass; the finding's reason says why.
    pub silent: bool,
}
