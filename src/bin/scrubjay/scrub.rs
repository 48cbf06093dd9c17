//! `scrubjay scrub`: arguments to a policy, and streams or files through it.

mod clock;
mod filter_repo;
mod streams;

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use scrubjay::blob::Origin;
use scrubjay::prove::Known;
use scrubjay::rewrite::{self, Collector, InPlace, Mode, Outcome, Plan, Records, Wants};
use scrubjay::rule;
use scrubjay::scrub::{Masker, Policy, Style, mask_random};
use scrubjay::summary::Failure;
use scrubjay::text::printable;
use zeroize::Zeroizing;

use self::clock::now;
use self::filter_repo::filter_repo;
use self::streams::{known_ahead, standard_input, stream};
use crate::args::{MaskStyle, MaskingArgs, ScrubArgs};
use crate::moment::instant;
use crate::output::Output;
#[cfg(unix)]
use crate::signals;
use crate::summary::{counted, size};
use crate::{Result, Status, Stop, progress, report};

pub(crate) fn run(args: ScrubArgs, output: &Output) -> Result<Status> {
    if let Some(to) = &args.git_filter_repo {
        return filter_repo(&args, to, output);
    }
    let masker = Arc::new(Masker::new(policy(&args.masking)?));
    let mode = match (&args.output, args.in_place, args.dry_run) {
        (_, _, true) => Mode::DryRun,
        (Some(directory), ..) => Mode::Into(directory.clone()),
        (None, true, _) => {
            let ScrubArgs { touch, break_hard_links, .. } = args;
            Mode::InPlace(InPlace { backup: args.backup.clone(), touch, break_hard_links })
        }
        (None, false, _) => return streams(&args, &masker, output),
    };
    files(&args, &masker, &mode, output)
}

/// What is masked, and how.
pub(crate) fn policy(args: &MaskingArgs) -> Result<Policy> {
    let style = match args.mask {
        MaskStyle::Partial => Style::Partial,
        MaskStyle::Full => Style::Full,
        MaskStyle::Fingerprint => Style::Fingerprint,
    };
    let mut builder = Policy::builder()
        .style(style)
        .learn(!args.no_learn)
        .secret_fields(args.secret_field.clone())
        .keep_fields(args.keep_field.clone());
    // The built-in rules are there already.
    let own = crate::rules::all(&args.rules)?.split_off(rule::builtin().len());
    builder = builder.rules(own);
    if args.keep_expired {
        builder = builder.keep_expired(now(args)?);
    }
    for path in &args.known_secrets {
        let known = |path: &Path| Known::literals(&Zeroizing::new(std::fs::read(path)?));
        for secret in known(path).map_err(|error| error.at_path(path))? {
            builder = builder.literal(&secret);
        }
    }
    Ok(builder.build()?)
}

/// What is wanted of what is masked: whoever is told of it is told what a scan says.
fn wants(args: &ScrubArgs) -> Result<Wants> {
    let told = args.report.is_some() || args.record.is_some() || args.count;
    Ok(Wants {
        findings: args.report.is_some(),
        verdicts_at: if told { Some(now(&args.masking)?) } else { None },
    })
}

/// Standard input, or files one after the other, to standard output.
fn streams(args: &ScrubArgs, masker: &Arc<Masker>, output: &Output) -> Result<Status> {
    let started = instant();
    let collector = Collector::new(masker, wants(args)?);
    for (name, given) in [("--record", args.record.is_some()), ("--exclude", !args.exclude.is_empty())] {
        if given {
            return Err(Stop::invalid(format!("{name} is for files that are written"))
                .help("give --in-place or --output DIR as well"));
        }
    }
    let mut outcome = Outcome::default();
    let mut ended_by = None;
    let standard = [Path::new("-").to_owned()];
    let paths = if args.paths.is_empty() { &standard[..] } else { &args.paths };
    for path in paths {
        let done = if path == Path::new("-") {
            standard_input(&collector, output, &mut outcome, &mut ended_by)?
        } else if path.is_dir() {
            return Err(Stop::from(scrubjay::Error::invalid("is a directory").at_path(path))
                .help("--in-place, --output DIR or --dry-run go over the files below it"));
        } else {
            let origin = Origin::file(path.to_string_lossy());
            match File::open(path).and_then(|file| known_ahead(masker, &collector, &origin, file)) {
                Ok((collector, mut file)) => stream(&collector, &origin, &mut file, output, &mut outcome)?,
                Err(error) => Err(error),
            }
        };
        outcome.files += 1;
        match done {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
            Err(error) => {
                // What is not there may be a value that was given in the place of a path.
                let path = path.to_string_lossy();
                let path =
                    if error.kind() == io::ErrorKind::NotFound { mask_random(&path) } else { path.into() };
                outcome.failures.push(Failure { path, message: error.to_string() });
            }
            Ok(()) => {}
        }
        if ended_by.is_some() {
            break;
        }
    }
    let collected = collector.take();
    outcome.rules = collected.rules;
    outcome.findings = collected.findings;
    outcome.mask_names(masker);
    tell_failures(&outcome, output);
    if !args.quiet && !outcome.unopened.is_empty() {
        let what = crate::summary::skipped(&outcome.unopened);
        output.wrapped_note(&format!("scrubjay: {}", what.trim_start()));
    }
    let status = finish(args, masker, &outcome, started, output)?;
    Ok(ended_by.map_or(status, Status::Signal))
}

/// Many files, in place or elsewhere.
fn files(args: &ScrubArgs, masker: &Arc<Masker>, mode: &Mode, output: &Output) -> Result<Status> {
    let (started, clock) = (instant(), Instant::now());
    if args.paths.is_empty() || args.paths.iter().any(|path| path == Path::new("-")) {
        return Err(Stop::invalid("--in-place, --output and --dry-run need files or directories")
            .help("name them, such as `scrubjay scrub --dry-run logs/`"));
    }
    let is_suffix = |text: &str| !text.is_empty() && !text.contains(std::path::is_separator);
    if args.backup.as_deref().is_some_and(|suffix| !is_suffix(suffix)) {
        return Err(Stop::invalid("--backup takes the end of a name, in the same directory")
            .help("give it one such as .orig"));
    }
    let records = args.record.as_deref().map(Records::open).transpose()?;
    let mut listed = listed(args, mode, output)?;
    let skipped = std::mem::take(&mut listed.skipped);
    let all = || std::thread::available_parallelism().map_or(1, usize::from);
    #[cfg(unix)]
    let stop = signals::stop_flag().map_err(scrubjay::Error::from)?;
    #[cfg(not(unix))]
    let stop = Arc::default();
    let plan = Plan {
        masker,
        mode,
        stop,
        jobs: args.jobs.map_or_else(all, usize::from),
        wants: wants(args)?,
        records: records.as_ref(),
    };
    let unwritten: Mutex<Option<Stop>> = Mutex::new(None);
    let total = listed.files.len() as u64;
    let outcome = progress::watch(args.quiet, |seen| {
        seen.expected.store(total, Ordering::Relaxed);
        rewrite::run(&plan, listed, seen, &|done| {
            if !done.diff.is_empty()
                && let Err(stop) = output.write(&output.colored_diff(&done.diff))
            {
                unwritten.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(stop);
            }
        })
    })?;
    if let Some(stop) = unwritten.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(stop);
    }
    tell_failures(&outcome, output);
    if !args.quiet {
        let mut reasons: BTreeMap<&'static str, u64> = outcome.unopened.clone();
        skipped.iter().for_each(|(_, why)| *reasons.entry(why).or_default() += 1);
        output.wrapped_note(&summary(&outcome, mode, &reasons, clock.elapsed()));
    }
    finish(args, masker, &outcome, started, output)
}

/// The files that are gone over.
fn listed(args: &ScrubArgs, mode: &Mode, output: &Output) -> Result<rewrite::Listed> {
    let to = if let Mode::Into(directory) = mode { Some(directory.as_path()) } else { None };
    let mut listed = rewrite::list(&args.paths, &args.exclude, to)?;
    // What is written about the run is no part of it.
    let own = [&args.record, &args.report].into_iter().flatten().filter_map(|p| p.canonicalize().ok());
    let own: Vec<_> = own.collect();
    if let Some(suffix) = &args.backup {
        listed.leave_backups(suffix);
    }
    listed.files.retain(|entry| entry.path.canonicalize().map_or(true, |path| !own.contains(&path)));
    for glob in &listed.unused {
        output.note(&format!("scrubjay: --exclude: `{}` matches nothing", printable(glob)));
    }
    Ok(listed)
}

/// What was done, in words.
fn summary(outcome: &Outcome, mode: &Mode, skipped: &BTreeMap<&'static str, u64>, took: Duration) -> String {
    let hits = outcome.hits();
    let masked = match mode {
        Mode::DryRun if hits > 0 => "would be masked",
        _ => "masked",
    };
    let what =
        if hits == 0 { "nothing to mask".to_owned() } else { format!("{} {masked}", counted(hits, "value")) };
    let mut text = format!(
        "scrubjay: {what} in {} of {} ({}) in {:.2} s",
        outcome.changed,
        counted(outcome.files, "file"),
        size(outcome.bytes),
        took.as_secs_f64()
    );
    text.push_str(&crate::summary::skipped(skipped));
    if !outcome.failures.is_empty() {
        text.push_str(&format!(
            "\n  {} left as they were, named above",
            counted(outcome.failures.len() as u64, "file")
        ));
    }
    if outcome.left > 0 {
        text.push_str(&format!(
            "\n  stopped by a signal: {} not gone over; run it again",
            counted(outcome.left, "file")
        ));
    }
    if *mode == Mode::DryRun && hits > 0 {
        text.push_str("\n  nothing was changed; --in-place changes the files, --output DIR writes copies");
    }
    text
}

fn tell_failures(outcome: &Outcome, output: &Output) {
    for (path, why) in &outcome.skipped {
        output.note(&format!("scrubjay: {}: left as it was: {}", printable(path), printable(why)));
    }
    for Failure { path, message } in &outcome.failures {
        output.note(&format!("scrubjay: {}: {}", printable(path), printable(message)));
    }
}

/// Counts, the report, and the status.
fn finish(
    args: &ScrubArgs,
    masker: &Masker,
    outcome: &Outcome,
    started: jiff::Timestamp,
    output: &Output,
) -> Result<Status> {
    if args.count {
        let mut text = format!("scrubjay: {} masked", counted(outcome.hits(), "value"));
        for (rule, hits) in &outcome.rules {
            text.push_str(&format!("\n{hits:>9} {}", printable(rule)));
        }
        output.note(&text);
    }
    if let Some(path) = &args.report {
        report::of_masks(path, masker, outcome, started, output)?;
    }
    Ok(if !(outcome.failures.is_empty() && outcome.skipped.is_empty()) || outcome.left > 0 {
        Status::Incomplete
    } else if args.fail_on_hit && outcome.hits() > 0 {
        Status::Findings
    } else {
        Status::Clean
    })
}
