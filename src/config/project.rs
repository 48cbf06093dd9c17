//! The project file `scrubjay.toml`: which rules look, how bad a hit is, what is left out, and what may
//! pass. Whatever is wrong in it stops the scan, with line and column.

use std::path::{Component, Path};

use super::allow::{self, Allow};
use super::named::Named;
use crate::error::{Error, Result};
use crate::finding::{Finding, Severity};
use crate::globs::Globs;
use crate::rule::{self, Rule};
use crate::table::{Table, document};
use crate::text::printable;

const TOP: &[&str] = &["rules", "severity", "fail_on", "exclude", "allow"];
const RULES: &[&str] = &["disable", "only", "files"];

/// The level that nothing reaches.
const NEVER: &str = "never";

/// A project file. It is read from bytes, so that it can come from a disk as well as from a tree of a
/// repository.
///
/// ```
/// use scrubjay::config::Project;
///
/// let text = b"fail_on = 'high'\n[severity]\ntirtc-token = 'medium'\n";
/// let project = Project::parse(text, "scrubjay.toml", "").unwrap();
/// assert_eq!(project.fail_on(), Some("high"));
///
/// let error = Project::parse(b"\nfailon = 'high'\n", "scrubjay.toml", "").unwrap_err();
/// let said = "scrubjay.toml:2:1: unknown key `failon` in a project file; did you mean `fail_on`?";
/// assert_eq!(error.to_string(), said);
/// ```
#[derive(Debug, Clone)]
pub struct Project {
    shown: String,
    /// Where it stands, told from the root.
    directory: String,
    disable: Vec<Named>,
    only: Vec<Named>,
    files: Vec<Named>,
    severity: Vec<(Named, Severity)>,
    fail_on: Option<String>,
    exclude: Globs,
    allow: Vec<Allow>,
}

impl Project {
    /// Reads a project file. `shown` names it in messages; `directory` is where it stands, told from the
    /// root of the repository with `/` (empty for the root itself): its globs count from there.
    ///
    /// # Errors
    ///
    /// The first thing that is not what it must be, with line and column and what was expected.
    pub fn parse(bytes: &[u8], shown: &str, directory: &str) -> Result<Self> {
        let read = || {
            let text = std::str::from_utf8(bytes).map_err(|error| not_text(bytes, error.valid_up_to()))?;
            read(text.strip_prefix('\u{feff}').unwrap_or(text), directory)
        };
        let project = read().map_err(|error| error.at_path(shown))?;
        Ok(Self { shown: shown.to_owned(), directory: directory.to_owned(), ..project })
    }

    /// The rule files that it adds, told from its own directory with `/`.
    pub fn rule_files(&self) -> &[Named] {
        &self.files
    }

    /// Checks the names of rules in it; `rules` are all that there are.
    ///
    /// # Errors
    ///
    /// The first name that no rule has, with the one that was probably meant.
    pub fn check(&self, rules: &[Rule]) -> Result<()> {
        let severity = self.severity.iter().map(|(named, _)| named);
        let allow = self.allow.iter().flat_map(|entry| &entry.rules);
        let mut named: Vec<&Named> =
            self.disable.iter().chain(&self.only).chain(severity).chain(allow).collect();
        named.sort_by_key(|named| named.place);
        let unknown = named.into_iter().find(|named| rules.iter().all(|rule| rule.id != named.id));
        unknown.map_or(Ok(()), |named| {
            let near = rule::nearest(rules.iter().map(|rule| rule.id.as_str()), &named.id);
            let near = near.map_or_else(
                || "; `scrubjay rules list` shows all".to_owned(),
                |near| format!("; did you mean `{near}`?"),
            );
            Err(self.error(named, format!("there is no rule `{}`{near}", printable(&named.id))))
        })
    }

    /// Whether it lets this rule look.
    pub fn wants(&self, rule: &Rule) -> bool {
        let in_list = |list: &[Named]| list.iter().any(|named| named.id == rule.id);
        (self.only.is_empty() || in_list(&self.only)) && !in_list(&self.disable)
    }

    /// The least severity that makes the exit status 1, or `never`.
    pub fn fail_on(&self) -> Option<&str> {
        self.fail_on.as_deref()
    }

    /// What is not read.
    pub fn exclude(&self) -> &Globs {
        &self.exclude
    }

    /// The paths of the allow entries.
    pub fn allowed_paths(&self) -> impl Iterator<Item = &Globs> {
        self.allow.iter().map(|entry| &entry.paths).filter(|globs| !globs.is_empty())
    }

    /// Where it stands, told from the root with `/`; empty for the root itself.
    pub fn directory(&self) -> &str {
        &self.directory
    }

    /// What of it matched nothing in all that was scanned so far, in words.
    pub fn unused(&self) -> Vec<String> {
        let exclude = self.exclude.unused().map(|(place, glob)| (place, "exclude pattern", glob));
        let allow = self.allow.iter().flat_map(|entry| entry.unused());
        let mut unused: Vec<_> =
            exclude.chain(allow.map(|(place, text)| (place, "allow entry's", text))).collect();
        unused.sort();
        let words = |((line, column), what, text): ((usize, usize), &str, &str)| {
            let (shown, text) = (printable(&self.shown), printable(text));
            format!("{shown}:{line}:{column}: the {what} `{text}` matches nothing")
        };
        unused.into_iter().map(words).collect()
    }

    /// Its name in messages.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// A complaint about a name in it.
    pub fn error(&self, named: &Named, message: impl Into<String>) -> Error {
        Error::invalid(message).at(named.place.0, named.place.1).at_path(&self.shown)
    }

    /// The severity that it gives to a rule.
    pub(super) fn severity(&self, rule: &str) -> Option<Severity> {
        self.severity.iter().find(|(named, _)| named.id == rule).map(|(_, severity)| *severity)
    }

    /// Why a finding at this path, told from the root, may pass, where it may.
    pub(super) fn allows(&self, finding: &Finding, key: &str, now: i64) -> Option<&str> {
        let entry = self.allow.iter().find(|entry| entry.allows(finding, key, now))?;
        Some(&entry.reason)
    }

    /// The entries that hold no more, in words.
    pub(super) fn expired(&self, now: i64) -> Vec<String> {
        let words = |entry: &Allow| {
            let day = entry.expired(now)?;
            Some(format!("the allow entry at {}:{} expired on {day}", printable(&self.shown), entry.line))
        };
        self.allow.iter().filter_map(words).collect()
    }
}

fn read(text: &str, directory: &str) -> Result<Project> {
    let table = document(text)?;
    let top = Table::top(text, "a project file", &table);
    top.only(TOP)?;
    let rules = top.table("rules", "`rules`")?;
    rules.as_ref().map_or(Ok(()), |rules| rules.only(RULES))?;
    let names = |key: &str| rules.as_ref().map_or_else(|| Ok(Vec::new()), |rules| Named::list(rules, key));
    let files = names("files")?;
    if let Some(file) = files.iter().find(|file| !is_below(&file.id)) {
        let message = "a rule file is told by its path from the directory of this file, and lies below it";
        return Err(Error::invalid(message).at(file.place.0, file.place.1));
    }
    let levels = Severity::ALL.map(Severity::name).into_iter().chain([NEVER]);
    let levels: Vec<(&str, &str)> = levels.map(|name| (name, name)).collect();
    Ok(Project {
        shown: String::new(),
        directory: String::new(),
        disable: names("disable")?,
        only: names("only")?,
        files,
        severity: severities(&top)?,
        fail_on: top.choice("fail_on", &levels)?.map(str::to_owned),
        exclude: allow::globs(&top, "exclude", directory)?,
        allow: top
            .tables("allow", "an allow entry")?
            .iter()
            .map(|entry| Allow::read(entry, directory))
            .collect::<Result<_>>()?,
    })
}

fn severities(top: &Table<'_>) -> Result<Vec<(Named, Severity)>> {
    let Some(table) = top.table("severity", "`severity`")? else { return Ok(Vec::new()) };
    let names = Severity::ALL.map(|severity| (severity, severity.name()));
    let mut out = Vec::new();
    for (id, place) in table.keys() {
        if let Some(severity) = table.choice(&id, &names)? {
            out.push((Named { id, place }, severity));
        }
    }
    Ok(out)
}

/// Whether a path can only name something below where it counts from.
fn is_below(path: &str) -> bool {
    let plain = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    !path.is_empty() && Path::new(path).components().all(plain)
}

/// The bytes that are no UTF-8, by their place.
fn not_text(bytes: &[u8], at: usize) -> Error {
    let before = String::from_utf8_lossy(&bytes[..at]).into_owned();
    let line = before.rsplit('\n').next().unwrap_or_default();
    Error::invalid("a project file must be UTF-8; save it as that")
        .at(before.matches('\n').count() + 1, line.chars().count() + 1)
}
