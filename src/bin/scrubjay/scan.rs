//! `scrubjay scan`: arguments to settings, a scan, a report, and the summary.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use scrubjay::config::{Policy, Project};
use scrubjay::detect::Detector;
use scrubjay::finding::Severity;
use scrubjay::globs::Excluded;
use scrubjay::globs::Patterns;
use scrubjay::input::{self, Request, Subject};
use scrubjay::prove::{Known, Proving};
use scrubjay::report::{self, Format, Run, Style};
use scrubjay::scan::{self, Excerpts, Note, Outcome, Progress, Settings};
use scrubjay::scrub::mask_random;
use scrubjay::summary::{Failure, Summary};
use scrubjay::text::printable;
use zeroize::Zeroizing;

use crate::args::{Said, ScanArgs};
use crate::moment::{instant, moment};
use crate::output::Output;
use crate::{Result, Status, Stop, policy, progress, ranges, step, summary};

pub(crate) fn run(args: ScanArgs, output: &Output) -> Result<Status> {
    let subject = ranges::subject(&args, output)?;
    of(args, subject, output)
}

/// Scans a subject that the arguments need not name.
pub(crate) fn of(args: ScanArgs, subject: Subject, output: &Output) -> Result<Status> {
    let started = instant();
    let now = match &args.now {
        Some(text) => moment("--now", text)?,
        None => started.as_second(),
    };
    let decided = policy::decide(&args, &subject, now)?;
    for note in decided.policy.expired() {
        output.note(&format!("scrubjay: {note}"));
    }
    let detector = Detector::new(decided.rules, now);
    let plan = Plan {
        args: &args,
        detector: &detector,
        policy: &decided.policy,
        excluded: decided.excluded,
        fail_on: &decided.fail_on,
        proving: Proving { limit: args.prove_limit, known: known(&args.known_secrets)? },
    };
    match &args.explain {
        Some(place) => plan.explain(place, output),
        None => plan.report(subject, started, output),
    }
}

/// A scan that is ready to run.
struct Plan<'p> {
    args: &'p ScanArgs,
    detector: &'p Detector,
    policy: &'p Policy,
    excluded: Option<Excluded>,
    fail_on: &'p str,
    proving: Proving,
}

/// Lets Ctrl-C, or whoever ends the job, end the scan with what was found so far. A second time ends it at
/// once.
fn stop_at_signals(progress: &Progress) -> Result<()> {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::flag;
    for signal in [SIGINT, SIGTERM] {
        let again = flag::register_conditional_default(signal, progress.stop.clone());
        again.and_then(|_| flag::register(signal, progress.stop.clone())).map_err(scrubjay::Error::from)?;
    }
    Ok(())
}

/// Reads the secrets to try besides those that are found.
fn known(files: &[PathBuf]) -> Result<Known> {
    let mut known = Known::default();
    for path in files {
        let bytes = std::fs::read(path).map_err(|error| scrubjay::Error::from(error).at_path(path))?;
        let read = Known::parse(&Zeroizing::new(bytes)).map_err(|error| error.at_path(path));
        known.extend(
            read.map_err(|error| Stop::from(error).help("scrubjay scan --help shows the form of the file"))?,
        );
    }
    Ok(known)
}

impl Plan<'_> {
    fn settings(&self, excerpts: Excerpts, list_skipped: bool) -> Settings<'_> {
        Settings { jobs: jobs(self.args), excerpts, list_skipped, policy: Some(self.policy) }
    }

    fn report(&self, subject: Subject, started: Timestamp, output: &Output) -> Result<Status> {
        let args = self.args;
        let wanted = &args.reports.0;
        let formats = wanted.iter().map(|one| report::format(&one.format)).collect::<Option<Vec<_>>>();
        let formats = formats.ok_or_else(|| Stop::invalid("no such format"))?;
        let exclude = input::exclude_patterns(&args.exclude)?;
        let clock = Instant::now();
        let outcome = self.outcome(&subject, &exclude, &formats)?;
        let took = clock.elapsed();
        let written = self.write_reports(&formats, &outcome, started, output);
        self.tell(&outcome, took, output);
        self.tell_amount(&subject, &outcome, output);
        written?;
        let unused = policy::unused(args, &subject, self.policy, &exclude);
        unused.iter().for_each(|note| output.note(&format!("scrubjay: {note}")));
        if args.policy.strict_config && !unused.is_empty() {
            return Ok(Status::Incomplete);
        }
        let wrote = policy::settle(args, &subject, self.policy, self.detector.rules(), &outcome, output)?;
        // Whoever writes a baseline accepts what is there.
        let fail_on = if wrote { "never" } else { self.fail_on };
        if args.fail_on_skipped && outcome.summary.skipped.keys().any(|reason| !input::is_meant(reason)) {
            output.note("scrubjay: not all was looked into, and --fail-on-skipped wants it to be");
            return Ok(Status::Incomplete);
        }
        Ok(status(&outcome.summary, fail_on))
    }

    /// What is found in a subject, with as many excerpts as the formats show.
    fn outcome(&self, subject: &Subject, exclude: &Patterns, formats: &[&Format]) -> Result<Outcome> {
        let args = self.args;
        let request = Request {
            paths: args.paths.clone(),
            no_ignore: args.no_ignore,
            exclude: exclude.clone(),
            excluded: self.excluded.clone(),
            force_exclude: args.force_exclude,
            watched: policy::watched(self.policy),
            subject: subject.clone(),
        };
        let sources = input::open(&request)?;
        let excerpts = match formats.iter().any(|format| format.excerpts) {
            false => Excerpts::Nothing,
            true if args.all || args.verbose => Excerpts::All,
            true => Excerpts::Shown,
        };
        let settings = self.settings(excerpts, args.verbose);
        let seen = Progress::default();
        stop_at_signals(&seen)?;
        let mut outcome =
            progress::watch_to_end(args.quiet, seen, &|n| input::count_files(&request, n), |seen| {
                scan::scan(self.detector, &sources, settings, &self.proving, seen)
            });
        // What is not there may be a value that was given in the place of a path.
        let is_missing = |path: &str| {
            let path = std::path::Path::new(path);
            !path.exists() && args.paths.iter().any(|named| named.ends_with(path))
        };
        for failure in outcome.errors.iter_mut().filter(|failure| is_missing(&failure.path)) {
            failure.path = mask_random(&failure.path);
        }
        Ok(outcome)
    }

    /// Writes every report; where one fails, the others are written all the same.
    fn write_reports(
        &self,
        formats: &[&Format],
        outcome: &Outcome,
        started: Timestamp,
        output: &Output,
    ) -> Result<()> {
        let args = self.args;
        let root = std::env::current_dir().unwrap_or_default();
        let run = Run {
            now: self.detector.now(),
            root: &root.to_string_lossy(),
            started,
            finished: instant(),
            summary: &outcome.summary,
            errors: &outcome.errors,
            rules: self.detector.rules(),
        };
        let mut written = Ok(());
        for (format, wanted) in formats.iter().zip(&args.reports.0) {
            let style = output.style_of_report(wanted.output.is_some());
            let style = Style { verbose: args.verbose, all: args.all, ..style };
            let done = output.report(wanted.output.as_deref(), &mut |out| {
                report::write(format, style, &run, &outcome.findings, out)
            });
            written = written.and(done);
        }
        if formats.iter().any(|format| format.name == "github") {
            step::summarize(&run, &outcome.findings, output);
        }
        written
    }

    /// Says on standard error what was read and what was not.
    fn tell(&self, outcome: &Outcome, took: Duration, output: &Output) {
        if self.args.verbose {
            for (path, reason) in &outcome.skipped {
                output.note(&format!("skipped: {}: {reason}", printable(path)));
            }
            for finding in &outcome.findings {
                if let Some(suppression) = &finding.suppressed {
                    output.note(&summary::suppressed_line(finding, suppression));
                }
            }
        }
        for Note { path, line, message } in &outcome.notes {
            output.note(&format!("scrubjay: {}:{line}: {}", printable(path), printable(message)));
        }
        tell_failures(&outcome.errors, output);
        if !self.args.quiet {
            let project = self.policy.project().map(Project::shown);
            output.wrapped_note(&summary::summary(self.args, outcome, project, took));
        }
    }

    /// Says in one line how much was read, where that is all that is asked for; and that nothing was, where a
    /// person might take that for a clean commit.
    fn tell_amount(&self, subject: &Subject, outcome: &Outcome, output: &Output) {
        let nothing = matches!(subject, Subject::Staged { .. }) && outcome.summary.files == 0;
        match self.args.said {
            Said::Nothing => {}
            Said::All if self.args.quiet => {}
            _ if nothing => output.note("scrubjay: nothing is staged: no file was read"),
            Said::Line => output.note(&summary::amount(&outcome.summary)),
            Said::All | Said::IfNothing => {}
        }
    }

    /// Tells what every rule made of one line.
    fn explain(&self, place: &str, output: &Output) -> Result<Status> {
        let (path, line) = explained(place)?;
        let request = Request { paths: vec![PathBuf::from(path)], ..Request::default() };
        let sources = input::open(&request)?;
        let (judged, errors) = scan::explain(
            self.detector,
            &sources,
            self.settings(Excerpts::Nothing, false),
            &self.proving,
            line,
        );
        let mut text: String = judged.iter().map(explanation).collect();
        if judged.is_empty() && errors.is_empty() {
            let path = scan::mask_names(self.detector, path);
            text = format!("{}:{line}: no rule saw a credential on this line\n", printable(&path));
        }
        output.write(text.as_bytes())?;
        tell_failures(&errors, output);
        Ok(if errors.is_empty() { Status::Clean } else { Status::Incomplete })
    }
}

fn status(summary: &Summary, fail_on: &str) -> Status {
    if !summary.complete() {
        return Status::Incomplete;
    }
    // `never` is no severity, and so nothing reaches it.
    let reached = Severity::from_name(fail_on).is_some_and(|level| summary.worst() >= Some(level));
    if reached { Status::Findings } else { Status::Clean }
}

fn tell_failures(errors: &[Failure], output: &Output) {
    for Failure { path, message } in errors {
        output.note(&format!("scrubjay: {}: {}", printable(path), printable(message)));
    }
    if !errors.is_empty() {
        output.note("scrubjay: the scan is incomplete: what is named above was not read to its end");
    }
}

fn jobs(args: &ScanArgs) -> usize {
    let all = || std::thread::available_parallelism().map_or(1, usize::from);
    args.jobs.map_or_else(all, usize::from)
}

/// The path and the line of `--explain`.
fn explained(place: &str) -> Result<(&str, usize)> {
    let (path, line) = place
        .rsplit_once(':')
        .and_then(|(path, line)| Some((path, line.parse().ok().filter(|line| *line > 0)?)))
        .ok_or_else(|| {
            Stop::invalid(format!("--explain: `{}` is no PATH:LINE", printable(place)))
                .help("name a file and one of its lines, such as config/app.env:12")
        })?;
    if PathBuf::from(path).is_dir() {
        return Err(Stop::invalid(format!("--explain: `{}` is a directory", printable(path)))
            .help("name a file and one of its lines, such as config/app.env:12"));
    }
    Ok((path, line))
}

fn explanation(judged: &scan::Judged) -> String {
    let scan::Judged { finding, silent } = judged;
    let verdict = match &finding.suppressed {
        _ if *silent => "let pass".to_owned(),
        Some(suppression) => format!("suppressed ({})", suppression.by.name()),
        None => format!("reported, {}", finding.severity),
    };
    let mut text = format!(
        "{}:{}:{}: {verdict} [{}]\n  value    {}\n  because  {}\n",
        printable(&finding.path),
        finding.line,
        finding.column,
        printable(&finding.rule),
        printable(&finding.masked),
        printable(&finding.reason),
    );
    if !finding.decoded.is_empty() {
        text.push_str(&format!("  decoded  {}\n", finding.decoded.join(", ")));
    }
    if let Some(suppression) = finding.suppressed.as_ref().filter(|s| !s.reason.is_empty()) {
        text.push_str(&format!("  allowed  {}\n", printable(&suppression.reason)));
    }
    text
}
