//! `scrubjay scrub`: arguments to a policy, and streams or files through it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use scrubjay::blob::Origin;
use scrubjay::pack::{self, Filter, Input, Limits, Told};
use scrubjay::report::Failure;
use scrubjay::rewrite::{self, Collector, InPlace, Mode, Outcome, Plan, Records};
use scrubjay::rule;
use scrubjay::scrub::{Masker, Policy, Style};
use scrubjay::secret::Secret;
use scrubjay::text::printable;
use zeroize::Zeroizing;

use crate::args::{MaskStyle, ScrubArgs};
use crate::output::{self, Output};
use crate::scan::{instant, moment};
use crate::summary::{counted, size};
use crate::{Result, Status, Stop, progress, report};

pub(crate) fn run(args: ScrubArgs, output: &Output) -> Result<Status> {
    if let Some(to) = &args.git_filter_repo {
        return filter_repo(&args, to, output);
    }
    let masker = Arc::new(Masker::new(policy(&args)?));
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
fn policy(args: &ScrubArgs) -> Result<Policy> {
    let style = match args.mask {
        MaskStyle::Partial => Style::Partial,
        MaskStyle::Full => Style::Full,
        MaskStyle::Fingerprint => Style::Fingerprint,
    };
    let mut builder = Policy::builder()
        .style(style)
        .secret_fields(args.secret_field.clone())
        .keep_fields(args.keep_field.clone());
    // The built-in rules are there already.
    let own = crate::rules::all(&args.rules)?.split_off(rule::builtin().len());
    builder = builder.rules(own);
    if args.keep_expired {
        let now = args.now.as_deref().map_or(Ok(instant().as_second()), |text| moment("--now", text))?;
        builder = builder.keep_expired(now);
    }
    for path in &args.known_secrets {
        for (line, secret) in known(path)? {
            if secret.expose().len() < 8 {
                let error = scrubjay::Error::invalid("expected at least 8 bytes").at(line, 1).at_path(path);
                return Err(Stop::from(error).help("a shorter value would be masked in the middle of words"));
            }
            builder = builder.literal(&secret);
        }
    }
    Ok(builder.build()?)
}

/// The values of a file, one a line.
fn known(path: &Path) -> Result<Vec<(usize, Secret<String>)>> {
    let bytes = std::fs::read(path).map_err(|error| scrubjay::Error::from(error).at_path(path))?;
    let bytes = Zeroizing::new(bytes);
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| scrubjay::Error::invalid("expected UTF-8").at_path(path))?
        .trim_start_matches('\u{feff}');
    let lines = text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty() && !l.starts_with('#'));
    Ok(lines.map(|(at, line)| (at + 1, Secret::new(line.to_owned()))).collect())
}

/// Standard input, or files one after the other, to standard output.
fn streams(args: &ScrubArgs, masker: &Arc<Masker>, output: &Output) -> Result<Status> {
    let started = instant();
    let collector = Collector::new(masker, args.report.is_some());
    for (name, given) in [("--record", args.record.is_some()), ("--exclude", !args.exclude.is_empty())] {
        if given {
            return Err(Stop::invalid(format!("{name} is for files that are written"))
                .help("give --in-place or --output DIR as well"));
        }
    }
    let mut outcome = Outcome::default();
    let standard = [Path::new("-").to_owned()];
    let paths = if args.paths.is_empty() { &standard[..] } else { &args.paths };
    for path in paths {
        let done = if path == Path::new("-") {
            stream(&collector, &Origin::stdin(), &mut output::input(), output, &mut outcome)?
        } else if path.is_dir() {
            return Err(Stop::from(scrubjay::Error::invalid("is a directory").at_path(path))
                .help("--in-place, --output DIR or --dry-run go over the files below it"));
        } else {
            let origin = Origin::file(path.to_string_lossy());
            match File::open(path) {
                Ok(mut file) => stream(&collector, &origin, &mut file, output, &mut outcome)?,
                Err(error) => Err(error),
            }
        };
        outcome.files += 1;
        match done {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
            Err(error) => {
                let path = path.to_string_lossy().into_owned();
                outcome.failures.push(Failure { path, message: error.to_string() });
            }
            Ok(()) => {}
        }
    }
    let collected = collector.take();
    outcome.rules = collected.rules;
    outcome.findings = collected.findings;
    tell_failures(&outcome, output);
    finish(args, masker, &outcome, started, output)
}

/// One stream, unpacked and packed again where it is packed. What stops the program is that standard
/// output cannot be written.
fn stream(
    collector: &Collector,
    origin: &Origin,
    reader: &mut (dyn Read + Send),
    output: &Output,
    outcome: &mut Outcome,
) -> Result<io::Result<()>> {
    let head = match head(reader) {
        Ok(head) => head,
        Err(error) => return Ok(Err(error)),
    };
    let kind = pack::sniff(&head);
    let is_file = origin.path != "-";
    let mut reader = io::Cursor::new(head).chain(reader);
    output.stream(&mut |writer| {
        let Some(kind) = kind else {
            outcome.bytes += collector.copy(origin, is_file, &mut reader, writer)?.read;
            return Ok(());
        };
        let mut leaves = Leaves { collector, outcome };
        pack::rewrite(kind, origin, Input::Stream(&mut reader), writer, Limits::default(), &mut leaves)
            .map(drop)
    })
}

/// The first bytes that there are, so that a line never waits for the ones after it.
fn head(reader: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut head = vec![0; pack::HEAD];
    let mut length = 0;
    while length == 0 || (pack::may_begin(&head[..length]) && length < head.len()) {
        match reader.read(&mut head[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    head.truncate(length);
    Ok(head)
}

struct Leaves<'l> {
    collector: &'l Collector,
    outcome: &'l mut Outcome,
}

impl Filter for Leaves<'_> {
    fn leaf(
        &mut self,
        origin: &Origin,
        reader: &mut (dyn Read + Send),
        writer: &mut dyn io::Write,
    ) -> io::Result<()> {
        self.outcome.bytes += self.collector.copy(origin, true, reader, writer)?.read;
        Ok(())
    }

    fn told(&mut self, origin: &Origin, told: Told) {
        let why = match told {
            Told::Skipped(why) => why.to_owned(),
            Told::Failed(error) => error.to_string(),
        };
        let path = [std::slice::from_ref(&origin.path), &origin.entry[..]].concat().join(" > ");
        self.outcome.skipped.push((path, why));
    }
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
    let to = if let Mode::Into(directory) = mode { Some(directory.as_path()) } else { None };
    let mut listed = rewrite::list(&args.paths, &args.exclude, to)?;
    // What is written about the run is no part of it.
    let own = [&args.record, &args.report].into_iter().flatten().filter_map(|p| p.canonicalize().ok());
    let own: Vec<_> = own.collect();
    if let Some(suffix) = &args.backup {
        listed.leave_backups(suffix);
    }
    listed.files.retain(|entry| entry.path.canonicalize().map_or(true, |path| !own.contains(&path)));
    let skipped = std::mem::take(&mut listed.skipped);
    for glob in &listed.unused {
        output.note(&format!("scrubjay: --exclude: `{}` matches nothing", printable(glob)));
    }
    let unopened = if args.quiet { BTreeMap::new() } else { listed.unopened() };
    let all = || std::thread::available_parallelism().map_or(1, usize::from);
    let plan = Plan {
        masker,
        mode,
        jobs: args.jobs.map_or_else(all, usize::from),
        findings: args.report.is_some(),
        records: records.as_ref(),
    };
    let unwritten: Mutex<Option<Stop>> = Mutex::new(None);
    let outcome = progress::watch(args.quiet, |seen| {
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
        let mut reasons: BTreeMap<&'static str, u64> = unopened;
        skipped.iter().for_each(|(_, why)| *reasons.entry(why).or_default() += 1);
        output.note(&summary(&outcome, mode, &reasons, clock.elapsed()));
    }
    finish(args, masker, &outcome, started, output)
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
    Ok(if !(outcome.failures.is_empty() && outcome.skipped.is_empty()) {
        Status::Incomplete
    } else if args.fail_on_hit && outcome.hits() > 0 {
        Status::Findings
    } else {
        Status::Clean
    })
}

/// Writes the replacements for a history, and says what to do with them.
fn filter_repo(args: &ScrubArgs, to: &Path, output: &Output) -> Result<Status> {
    let ([] | [_]) = &args.paths[..] else {
        return Err(Stop::invalid("--git-filter-repo takes one repository"));
    };
    let rules = crate::rules::all(&args.rules)?;
    let now = args.now.as_deref().map_or(Ok(instant().as_second()), |text| moment("--now", text))?;
    let jobs =
        args.jobs.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    let path = args.paths.first().map(|p| p.as_path());
    let found = progress::watch(args.quiet, |_| rewrite::replacements(path, rules, now, jobs))?;
    for Failure { path, message } in &found.failures {
        output.note(&format!("scrubjay: {}: {}", printable(path), printable(message)));
    }
    if found.is_empty() {
        output.note("scrubjay: no secret in the history; nothing was written");
    } else {
        found.write(to).map_err(|error| {
            Stop::from(error).help("name a file that does not exist yet; it will hold the secrets")
        })?;
        let file = printable(&to.to_string_lossy()).into_owned();
        output.note(&format!(
            "scrubjay: {} written to {file}, which only you can read\n\
             \x20 1. Replace the keys first: whoever has a clone has the secrets, whatever you do to yours.\n\
             \x20 2. In a fresh clone: git filter-repo --replace-text {file} --replace-message {file}\n\
             \x20 3. Push with --force --all and --tags, and have everybody clone anew.\n\
             \x20 4. Remove {file}: it holds the secrets as they are.",
            counted(found.len() as u64, "secret"),
        ));
    }
    Ok(if found.failures.is_empty() { Status::Clean } else { Status::Incomplete })
}
