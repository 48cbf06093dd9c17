//! What a project decides: its file `scrubjay.toml`, markers on lines, and the baseline. Together they
//! are a [`Policy`], which a scan asks about each finding. Nothing here weakens the detector.
//!
//! | file | does |
//! |---|---|
//! | `project` | the project file: reads it, checks it against the rules |
//! | `allow` | its `[[allow]]` entries |
//! | `find` | where the project file is, on a disk |
//! | `marker` | markers on lines |
//! | `baseline` | the findings that were there before, as a file |

mod allow;
mod baseline;
mod find;
mod marker;
mod named;
mod project;

pub use self::baseline::{Baseline, Entry};
pub use self::find::{find, read};
pub use self::marker::Markers;
pub(crate) use self::marker::{GITLEAKS, Marker, OURS};
pub use self::named::Named;
pub use self::project::Project;
use crate::blob::TreeRoot;
use crate::finding::{Finding, Suppression, Suppressor};
use crate::ground::Ground;

/// Everything that decides which findings need not be reported, and how bad the others are.
#[derive(Debug)]
pub struct Policy {
    ground: Ground,
    now: i64,
    project: Option<Project>,
    baseline: Option<Baseline>,
    markers: Option<Markers>,
}

impl TreeRoot for Policy {
    fn path_within(&self, path: &str) -> String {
        self.ground.path_for_rules(path)
    }
}

impl Policy {
    /// A policy that lets everything be reported. `now` is the clock for dates, Unix seconds.
    pub fn new(ground: Ground, now: i64) -> Self {
        Self { ground, now, project: None, baseline: None, markers: None }
    }

    /// Follows a project file.
    #[must_use]
    pub fn with_project(mut self, project: Project) -> Self {
        self.project = Some(project);
        self
    }

    /// Suppresses what a baseline holds.
    #[must_use]
    pub fn with_baseline(mut self, baseline: Baseline) -> Self {
        self.baseline = Some(baseline);
        self
    }

    /// Honours markers on lines.
    #[must_use]
    pub fn with_markers(mut self, markers: Markers) -> Self {
        self.markers = Some(markers);
        self
    }

    /// The project file, if there is one.
    pub fn project(&self) -> Option<&Project> {
        self.project.as_ref()
    }

    /// The baseline, if there is one.
    pub fn baseline(&self) -> Option<&Baseline> {
        self.baseline.as_ref()
    }

    /// Where paths are told from.
    pub fn ground(&self) -> &Ground {
        &self.ground
    }

    /// The markers that are honoured, if any are.
    pub(crate) fn markers(&self) -> Option<&Markers> {
        self.markers.as_ref()
    }

    /// Sets the severity that the project gives to the rule, and says so in `suppressed` where the
    /// finding need not be reported. What a marker decided before stays.
    pub fn apply(&self, finding: &mut Finding) {
        let key = self.key(finding);
        if let Some(project) = &self.project {
            if let Some(severity) = project.severity(&finding.rule) {
                finding.severity = severity;
            }
            if finding.suppressed.is_none()
                && let Some(entry) = project.allows(finding, &key, self.now)
            {
                let reason = entry.to_owned();
                finding.suppressed = Some(Suppression { by: Suppressor::Config, reason });
            }
        }
        if finding.suppressed.is_none()
            && self.baseline.as_ref().is_some_and(|baseline| baseline.holds(finding, &key))
        {
            finding.suppressed = Some(Suppression { by: Suppressor::Baseline, reason: String::new() });
        }
    }

    /// The path of a finding, told from the root of the repository.
    pub fn key(&self, finding: &Finding) -> String {
        match &finding.commit {
            // An object that no tree holds has no path in one.
            Some(commit) if commit.path.is_empty() => finding.path.clone(),
            Some(commit) => commit.path.clone(),
            None => self.ground.key(&finding.path),
        }
    }

    /// What a baseline says of this finding.
    pub fn entry(&self, finding: &Finding) -> Entry {
        Entry::of(finding, &self.key(finding))
    }

    /// The allow entries that no longer hold, in words.
    pub fn expired(&self) -> Vec<String> {
        self.project.as_ref().map(|project| project.expired(self.now)).unwrap_or_default()
    }
}
