//! What need not be reported: from the project file, the baseline and the options, which win, to one
//! policy for the scan; and the baseline that is written after it.

use std::collections::BTreeSet;
use std::path::Path;

use scrubjay::Error;
use scrubjay::config::{self, Baseline, Entry, Markers, Policy, Project};
use scrubjay::globs::{self, Excluded, Patterns, Watched};
use scrubjay::ground::Ground;
use scrubjay::input::Subject;
use scrubjay::rule::{self, Rule};
use scrubjay::scan::Outcome;
use scrubjay::scrub::mask_random;
use scrubjay::text::printable;

use crate::args::ScanArgs;
use crate::output::Output;
use crate::{Result, Stop, rules};

/// The level at which a scan fails where nobody says another.
const FAIL_ON: &str = "low";

/// What was decided before the scan.
pub(crate) struct Decided {
    /// The rules that look.
    pub(crate) rules: Vec<Rule>,
    /// What need not be reported.
    pub(crate) policy: Policy,
    /// What is not read.
    pub(crate) excluded: Option<Excluded>,
    /// The least severity that makes the exit status 1.
    pub(crate) fail_on: String,
}

/// Reads the project file and the baseline, and lets the options win over them.
pub(crate) fn decide(args: &ScanArgs, subject: &Subject, now: i64) -> Result<Decided> {
    let asked = &args.policy;
    let scanned = match args.explain.as_deref().and_then(|place| place.rsplit_once(':')) {
        Some((path, _)) => vec![path.into()],
        None => args.paths.clone(),
    };
    let ground = Ground::of(&scanned).map_err(Error::from)?;
    let file = match &asked.config {
        Some(file) => Some(file.clone()),
        None if asked.no_config => None,
        None => config::find(&ground).map_err(|error| {
            Stop::from(error).help("--config FILE names the project file, --no-config goes without")
        })?,
    };
    let mut all = rules::all(&args.rules)?;
    let project = match &file {
        Some(file) => Some(project(file, &ground, &mut all)?),
        None => None,
    };
    // A repository tells its paths from its root itself, wherever the command is run.
    let ground = if *subject == Subject::Files { ground } else { Ground::tree() };
    let mut policy = Policy::new(ground.clone(), now);
    if !asked.no_inline_allow {
        policy = policy.with_markers(Markers::new(&all));
    }
    let chosen = choose(all, project.as_ref(), args)?;
    let of_project = project.as_ref().and_then(Project::fail_on);
    let fail_on = args.fail_on.as_deref().or(of_project).unwrap_or(FAIL_ON).to_owned();
    let excluded = project.as_ref().map(|project| Excluded { ground, globs: project.exclude().clone() });
    if let Some(project) = project {
        policy = policy.with_project(project);
    }
    if let Some(baseline) = baseline(args)? {
        policy = policy.with_baseline(baseline);
    }
    Ok(Decided { rules: chosen, policy, excluded, fail_on })
}

/// What wants to know whether there is anything for it.
pub(crate) fn watched(policy: &Policy) -> Option<Watched> {
    let globs: Vec<_> = policy.project()?.allowed_paths().cloned().collect();
    (!globs.is_empty()).then(|| Watched { ground: policy.ground().clone(), globs })
}

/// The patterns that matched nothing, in words, where all was scanned that they are for.
pub(crate) fn unused(args: &ScanArgs, subject: &Subject, policy: &Policy, exclude: &Patterns) -> Vec<String> {
    let Ok(roots) = scanned(args, subject, policy) else { return Vec::new() };
    if *subject != Subject::Files {
        return Vec::new();
    }
    let walks = args.paths.is_empty() || args.paths.iter().any(|path| path.is_dir()) || args.force_exclude;
    let globs = exclude.unused().filter(|_| walks);
    let words = |(_, glob): (usize, &str)| format!("--exclude: `{}` matches nothing", printable(glob));
    let mut unused: Vec<String> = globs.map(words).collect();
    let whole =
        |project: &&Project| roots.iter().any(|root| globs::is_at_or_below(project.directory(), root));
    unused.extend(policy.project().filter(whole).iter().flat_map(|project| project.unused()));
    unused
}

/// Reads a project file and the rules that it adds to `all`.
fn project(file: &Path, ground: &Ground, all: &mut Vec<Rule>) -> Result<Project> {
    let help = "the README explains the project file; --no-config goes without";
    let project = config::read(file, ground).map_err(|error| Stop::from(error).in_settings().help(help))?;
    for named in project.rule_files() {
        let path = file.with_file_name(&named.id);
        let text = std::fs::read_to_string(&path).map_err(|error| {
            let message = format!("the rule file `{}` cannot be read: {error}", printable(&named.id));
            Stop::from(project.error(named, message)).in_settings().help(help)
        })?;
        for rule in rule::load(&text, &path).map_err(|error| Stop::from(error).in_settings())? {
            if all.iter().any(|known| known.id == rule.id) {
                return Err(rules::taken(&path, &rule.id));
            }
            all.push(rule);
        }
    }
    project.check(all).map_err(|error| Stop::from(error).in_settings().help(help))?;
    Ok(project)
}

/// The rules that look: `--only` wins over all that the project file says, `--skip` comes on top.
fn choose(all: Vec<Rule>, project: Option<&Project>, args: &ScanArgs) -> Result<Vec<Rule>> {
    let chosen = rules::choose(all, &args.only, &args.skip)?;
    let Some(project) = project.filter(|_| args.only.is_empty()) else { return Ok(chosen) };
    let chosen: Vec<Rule> = chosen.into_iter().filter(|rule| project.wants(rule)).collect();
    if chosen.is_empty() {
        return Err(Stop::from(Error::invalid("`[rules]` leaves no rule").at_path(project.shown()))
            .help("`scrubjay rules list` shows them all"));
    }
    Ok(chosen)
}

/// The baseline of `--baseline`, and what the one that is to be written holds already.
fn baseline(args: &ScanArgs) -> Result<Option<Baseline>> {
    let asked = &args.policy;
    let mut entries: Vec<Entry> = Vec::new();
    for (file, must_exist) in
        [(&asked.baseline, asked.baseline != asked.write_baseline), (&asked.write_baseline, false)]
    {
        let Some(path) = file else { continue };
        // A pipe or a device that is written to has nothing to be read, and would block.
        if !must_exist && path.metadata().is_ok_and(|meta| !meta.is_file()) {
            continue;
        }
        let bytes = match std::fs::read(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !must_exist => continue,
            read => read.map_err(|error| {
                Stop::from(Error::from(error).at_path(path)).help("--write-baseline FILE writes a baseline")
            })?,
        };
        let read = Baseline::parse(&bytes).map_err(|error| {
            Stop::from(error.at_path(path)).help("--write-baseline to another file writes it anew")
        })?;
        entries.extend(read.entries().cloned());
    }
    if asked.prune && asked.baseline.is_none() && asked.write_baseline.is_none() {
        return Err(Stop::invalid("--prune: there is no baseline").help("name it with --baseline FILE"));
    }
    Ok((asked.baseline.is_some() || asked.write_baseline.is_some()).then(|| Baseline::new(entries)))
}

/// Lists what no longer matches and writes the baseline, as far as that was asked for. True where one
/// was written.
pub(crate) fn settle(
    args: &ScanArgs,
    subject: &Subject,
    policy: &Policy,
    rules: &[Rule],
    outcome: &Outcome,
    output: &Output,
) -> Result<bool> {
    let asked = &args.policy;
    let Some(before) = policy.baseline() else { return Ok(false) };
    if !outcome.summary.complete() {
        if let Some(path) = &asked.write_baseline {
            let message = "not written: the scan is incomplete, and a baseline of it would be, too";
            return Err(Stop::from(Error::invalid(message).at_path(path))
                .help("mend what is named above, or leave it out with --exclude"));
        }
        return Ok(false);
    }
    let stale = if asked.prune {
        stale(&scanned(args, subject, policy)?, policy, before, rules, outcome)
    } else {
        Vec::new()
    };
    if asked.write_baseline.is_none() {
        for entry in &stale {
            output.note(&format!(
                "scrubjay: matches nothing: {} {} {}",
                entry.fingerprint,
                printable(&entry.rule),
                printable(&entry.path)
            ));
        }
    }
    let Some(path) = &asked.write_baseline else { return Ok(false) };
    let mut baseline = before.clone();
    for entry in &stale {
        baseline.remove(entry);
    }
    let open = outcome.findings.iter().filter(|finding| finding.suppressed.is_none());
    let added = open.filter(|finding| baseline.add(policy.entry(finding))).count();
    let text = baseline.to_text();
    output.file(path, "the baseline could not be written; choose another place", &mut |out| {
        out.write_all(text.as_bytes())
    })?;
    if !args.quiet {
        output.note(&format!(
            "scrubjay: {}: {} added, {} dropped, {} in all",
            // A value may have been given in the place of a file.
            mask_random(&printable(&path.to_string_lossy())),
            added,
            stale.len(),
            baseline.entries().len()
        ));
    }
    Ok(true)
}

/// What was scanned, told from the root; empty for all of it.
fn scanned(args: &ScanArgs, subject: &Subject, policy: &Policy) -> Result<Vec<String>> {
    match subject {
        Subject::Files if args.paths.is_empty() => Ok(vec![policy.ground().key(".")]),
        Subject::Files => {
            Ok(args.paths.iter().map(|path| policy.ground().key(&path.to_string_lossy())).collect())
        }
        Subject::History => Ok(vec![String::new()]),
        _ => Err(Stop::invalid("--prune: only a part was looked at, in which an entry need not be")
            .help("scan the files or the whole history")),
    }
}

/// The entries that match nothing, although their paths were scanned and their rules looked.
fn stale(
    roots: &[String],
    policy: &Policy,
    before: &Baseline,
    rules: &[Rule],
    outcome: &Outcome,
) -> Vec<Entry> {
    let there: BTreeSet<Entry> = outcome.findings.iter().map(|finding| policy.entry(finding)).collect();
    let scanned = |path: &str| {
        let below = |root: &String| {
            let rest = path.strip_prefix(root.as_str());
            root.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '!']))
        };
        roots.iter().any(below)
    };
    let looked = |id: &str| rules.iter().any(|rule| rule.id == id);
    let gone = |entry: &&Entry| !there.contains(*entry) && scanned(&entry.path) && looked(&entry.rule);
    before.entries().filter(gone).cloned().collect()
}
