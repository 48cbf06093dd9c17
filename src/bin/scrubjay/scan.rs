//! `scrubjay scan`: arguments to settings, a scan, a report, and the summary.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use scrubjay::detect::Detector;
use scrubjay::finding::Severity;
use scrubjay::input::{self, Commits, Hidden, Request, Subject, Tips};
use scrubjay::prove::{Known, Proving};
use scrubjay::report::{self, Failure, NonceReuse, Run, Summary};
use scrubjay::scan::{self, Outcome, Settings};
use scrubjay::text::printable;
use zeroize::Zeroizing;

use crate::args::ScanArgs;
use crate::output::Output;
use crate::{Result, Status, Stop, progress, rules, step};

pub(crate) fn run(args: ScanArgs, output: &Output) -> Result<Status> {
    let chosen = rules::choose(rules::all(&args.rules)?, &args.only, &args.skip)?;
    let started = instant();
    let now = match &args.now {
        Some(text) => moment("--now", text)?,
        None => started.as_second(),
    };
    let detector = Detector::new(chosen, now);
    let proving = Proving { limit: args.prove_limit, known: known(&args.known_secrets)? };
    match &args.explain {
        Some(place) => explain(&args, place, &detector, &proving, output),
        None => report(&args, started, &detector, &proving, output),
    }
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

fn report(
    args: &ScanArgs,
    started: Timestamp,
    detector: &Detector,
    proving: &Proving,
    output: &Output,
) -> Result<Status> {
    let format = report::format(&args.format).ok_or_else(|| Stop::invalid("no such format"))?;
    let subject = subject(args)?;
    let request = Request {
        paths: args.paths.clone(),
        no_ignore: args.no_ignore,
        exclude: args.exclude.clone(),
        subject,
    };
    let sources = input::open(&request)?;
    let clock = Instant::now();
    let settings = Settings { jobs: jobs(args), excerpts: format.excerpts, list_skipped: args.verbose };
    let outcome = progress::watch(args.quiet, |seen| scan::scan(detector, &sources, settings, proving, seen));
    let root = std::env::current_dir().unwrap_or_default();
    let run = Run {
        now: detector.now(),
        root: &root.to_string_lossy(),
        started,
        finished: instant(),
        summary: &outcome.summary,
        errors: &outcome.errors,
        rules: detector.rules(),
    };
    let style = output.style_of_report(args.output.is_some(), args.verbose);
    let took = clock.elapsed();
    let written = output.report(args.output.as_deref(), &mut |out| {
        report::write(format, style, &run, &outcome.findings, out)
    });
    if format.name == "github" {
        step::summarize(&run, &outcome.findings, output);
    }
    tell(args, &outcome, took, output);
    written?;
    Ok(status(&outcome.summary, &args.fail_on))
}

fn status(summary: &Summary, fail_on: &str) -> Status {
    if !summary.complete() {
        return Status::Incomplete;
    }
    // `never` is no severity, and so nothing reaches it.
    let reached = Severity::from_name(fail_on).is_some_and(|level| summary.worst() >= Some(level));
    if reached { Status::Findings } else { Status::Clean }
}

/// Says on standard error what was read and what was not.
fn tell(args: &ScanArgs, outcome: &Outcome, took: Duration, output: &Output) {
    if args.verbose {
        for (path, reason) in &outcome.skipped {
            output.note(&format!("skipped: {}: {reason}", printable(path)));
        }
    }
    tell_failures(&outcome.errors, output);
    if !args.quiet {
        output.note(&summary(args, &outcome.summary, took));
    }
}

fn tell_failures(errors: &[Failure], output: &Output) {
    for Failure { path, message } in errors {
        output.note(&format!("scrubjay: {}: {}", printable(path), printable(message)));
    }
    if !errors.is_empty() {
        output.note("scrubjay: the scan is incomplete: what is named above was not read to its end");
    }
}

fn summary(args: &ScanArgs, summary: &Summary, took: Duration) -> String {
    let mut text = format!(
        "scrubjay: {} in {} ({}) read in {:.2} s",
        found(summary),
        counted(summary.files, if args.history { "blob" } else { "file" }),
        size(summary.bytes),
        took.as_secs_f64()
    );
    if !summary.skipped.is_empty() {
        let skipped: Vec<String> = summary.skipped.iter().map(|(why, n)| format!("{n} {why}")).collect();
        text.push_str(&format!("\n  skipped: {}", skipped.join(", ")));
    }
    let walks = args.paths.is_empty() || args.paths.iter().any(|path| path.is_dir());
    if walks && !args.no_ignore && !args.history && !args.staged {
        text.push_str("\n  ignore files respected; --no-ignore reads what they leave out");
    }
    text.push_str(&proofs(args, summary));
    if summary.errors > 0 {
        text.push_str(&format!("\n  {}: the scan is incomplete", counted(summary.errors, "error")));
    }
    text
}

/// What is known of tokens beyond each single one.
fn proofs(args: &ScanArgs, summary: &Summary) -> String {
    let mut text = String::new();
    if summary.proven > 0 {
        let verb = if summary.proven == 1 { "is" } else { "are" };
        text.push_str(&format!(
            "\n  {} {verb} proven to be signed by known keys",
            counted(summary.proven, "token")
        ));
    }
    if summary.unproven > 0 {
        text.push_str(&format!(
            "\n  {} not tried with every key within {} HMACs; --prove-limit raises that",
            counted(summary.unproven, "token"),
            args.prove_limit
        ));
    }
    for reuse in summary.nonce_reuse.iter().take(MOST_NONCES) {
        text.push_str(&format!("\n  {}", reused(reuse)));
    }
    let more = summary.nonce_reuse.len().saturating_sub(MOST_NONCES);
    if more > 0 {
        text.push_str(&format!("\n  {} more came again; -f json lists them", counted(more as u64, "nonce")));
    }
    text
}

/// How many nonces, and how many places of each, people are told.
const MOST_NONCES: usize = 5;
const MOST_PLACES: usize = 4;

fn reused(reuse: &NonceReuse) -> String {
    let shown = reuse.places.iter().take(MOST_PLACES);
    let mut places: Vec<String> = shown.map(|p| format!("{}:{}", printable(&p.path), p.line)).collect();
    let more = reuse.places.len().saturating_sub(MOST_PLACES);
    if more > 0 {
        places.push(format!("{more} more"));
    }
    let what = match reuse.tokens {
        1 => "of one token, which is for one use".to_owned(),
        n => format!("of {n} different tokens"),
    };
    format!("nonce {} {what}: {}", printable(&reuse.masked), places.join(", "))
}

fn found(summary: &Summary) -> String {
    if summary.findings == 0 {
        return "nothing found".to_owned();
    }
    let of_each: Vec<String> = Severity::ALL
        .into_iter()
        .rev()
        .map(|severity| (severity, summary.by_severity[severity as usize]))
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| format!("{count} {severity}"))
        .collect();
    format!("{} ({})", counted(summary.findings, "finding"), of_each.join(", "))
}

fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return counted(bytes, "byte");
    }
    let mut size = bytes as f64 / 1024.0;
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    format!("{size:.1} {}", UNITS[unit])
}

fn jobs(args: &ScanArgs) -> usize {
    let all = || std::thread::available_parallelism().map_or(1, usize::from);
    args.jobs.map_or_else(all, usize::from)
}

/// What of the paths is read.
fn subject(args: &ScanArgs) -> Result<Subject> {
    let since = args.since.as_deref().map(|text| moment("--since", text)).transpose()?;
    Ok(if args.staged {
        Subject::Staged { whole_files: args.whole_files }
    } else if args.range.is_some() || since.is_some() {
        let tips = args.range.clone().map_or(Tips::All, Tips::Revisions);
        Subject::Commits(Commits { tips, hidden: Hidden::Nothing, since })
    } else if args.history {
        Subject::History
    } else {
        Subject::Files
    })
}

/// Now, to the millisecond: nobody reads more of it.
fn instant() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

/// RFC 3339, a date (its first second, UTC) or Unix seconds.
fn moment(option: &str, text: &str) -> Result<i64> {
    if let Ok(seconds) = text.parse() {
        return Ok(seconds);
    }
    let date = || text.parse::<jiff::civil::Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
    let time = text.parse::<Timestamp>().ok().or_else(|| Some(date()?.timestamp()));
    time.map(Timestamp::as_second).ok_or_else(|| {
        Stop::invalid(format!("{option}: `{}` is no time", printable(text)))
            .help("RFC 3339 such as 2026-05-01T12:00:00Z, a date such as 2026-05-01, or Unix seconds")
    })
}

/// Tells what every rule made of one line.
fn explain(
    args: &ScanArgs,
    place: &str,
    detector: &Detector,
    proving: &Proving,
    output: &Output,
) -> Result<Status> {
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
    let request = Request { paths: vec![PathBuf::from(path)], ..Request::default() };
    let settings = Settings { jobs: jobs(args), excerpts: true, list_skipped: false };
    let (judged, errors) = scan::explain(detector, &input::open(&request)?, settings, proving, line);
    let mut text = String::new();
    for scan::Judged { finding, silent } in &judged {
        let verdict = if *silent { "let pass".to_owned() } else { format!("reported, {}", finding.severity) };
        text.push_str(&format!(
            "{}:{}:{}: {verdict} [{}]\n  value    {}\n  because  {}\n",
            printable(&finding.path),
            finding.line,
            finding.column,
            printable(&finding.rule),
            printable(&finding.masked),
            printable(&finding.reason),
        ));
        if !finding.decoded.is_empty() {
            text.push_str(&format!("  decoded  {}\n", finding.decoded.join(", ")));
        }
    }
    if judged.is_empty() && errors.is_empty() {
        text = format!("{}:{line}: no rule saw a credential on this line\n", printable(path));
    }
    output.write(text.as_bytes())?;
    tell_failures(&errors, output);
    Ok(if errors.is_empty() { Status::Clean } else { Status::Incomplete })
}
