//! What of the paths is read, and of a repository which commits.

use scrubjay::ci::{self, Aim, Claim, Resolved, Run, System};
use scrubjay::git::{Repository, is_zeros};
use scrubjay::input::{Commits, Hidden, Subject, Tips};
use scrubjay::text::printable;

use crate::args::ScanArgs;
use crate::moment::moment;
use crate::output::Output;
use crate::{Result, Stop};

/// Where a person names the base: no system, and no configuration of one.
const NO_SYSTEM: System = System { name: "--diff", checkout: "git fetch --unshallow" };

/// What the options ask for.
pub(crate) fn subject(args: &ScanArgs, output: &Output) -> Result<Subject> {
    let since = args.since.as_deref().map(|text| moment("--since", text)).transpose()?;
    if args.staged {
        return Ok(Subject::Staged { whole_files: args.whole_files, named: Vec::new() });
    }
    if args.ci {
        return of_system(args, output);
    }
    if let Some(base) = &args.diff {
        return of_base(args, base, output);
    }
    if args.range.is_some() || since.is_some() {
        if let Some(range) = &args.range {
            // `"$BEFORE..$AFTER"` where neither is set: git takes it for a path, and an empty range would
            // pass for "nothing new".
            if range.split_whitespace().any(|word| word.len() >= 2 && word.bytes().all(|b| b == b'.')) {
                return Err(Stop::invalid(format!("--range: `{}` names no commit", printable(range)))
                    .help("a variable in it may be empty; all zeros stand for a commit that is not known"));
            }
            for note in repository(args)?.revisions(range)?.notes {
                output.note(&format!("scrubjay: --range: {}", printable(&note)));
            }
        }
        let tips = args.range.clone().map_or(Tips::All, Tips::Revisions);
        let commits = Commits { tips, hidden: Hidden::Nothing, since, deepen: None, names: Vec::new() };
        return Ok(Subject::Commits(commits));
    }
    Ok(if args.history { Subject::History } else { Subject::Files })
}

/// The repository that the arguments name.
fn repository(args: &ScanArgs) -> Result<Repository> {
    match &args.paths[..] {
        [] => Ok(Repository::open(None)?),
        [one] => Ok(Repository::open(Some(one))?),
        _ => Err(Stop::invalid("one repository at a time: name one directory")),
    }
}

/// What a run of continuous integration brings.
fn of_system(args: &ScanArgs, output: &Output) -> Result<Subject> {
    let variable = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
    let Some(run) = ci::read(&variable, &|path| std::fs::read(path)) else {
        let marks: Vec<&str> = ci::marks().collect();
        return Err(Stop::invalid(format!(
            "--ci: no system is known by its variables ({})",
            marks.join(", ")
        ))
        .help("--diff BASE names the commit, the branch or the tag before"));
    };
    let name = format!("{}, {}", run.system.name, run.event);
    for note in &run.notes {
        output.note(&format!("scrubjay: {}: {}", printable(&name), printable(note)));
    }
    let deepen = format!(
        "{} in the configuration of {} gets it, or git fetch --unshallow",
        run.system.checkout, run.system.name
    );
    resolved(args, &run, &name, deepen, output)
}

/// What `HEAD` has and a commit has not.
fn of_base(args: &ScanArgs, base: &str, output: &Output) -> Result<Subject> {
    let repository = repository(args)?;
    let is_id = matches!(base.len(), 40 | 64) && base.bytes().all(|b| b.is_ascii_hexdigit());
    let is_zero = is_zeros(base);
    if !is_id && !is_zero && (base.starts_with('-') || repository.commit_named(base).is_none()) {
        return Err(Stop::invalid(format!(
            "--diff: `{}` names no commit of the repository",
            printable(base)
        ))
        .help("a branch, a tag or a commit; all zeros where there is none"));
    }
    let run = Run {
        system: NO_SYSTEM,
        event: String::new(),
        aim: Aim::New,
        heads: Vec::new(),
        target: None,
        target_commits: Vec::new(),
        before: if is_zero { Vec::new() } else { vec![Claim { id: base.to_owned(), from: "--diff" }] },
        own: repository.head_branch(),
        default: None,
        notes: Vec::new(),
    };
    resolved(args, &run, "--diff", "git fetch --unshallow gets it".to_owned(), output)
}

/// Says which commits these are, and asks for them.
fn resolved(args: &ScanArgs, run: &Run, name: &str, deepen: String, output: &Output) -> Result<Subject> {
    let say = |words: &str| {
        if !args.quiet {
            output.note(&format!("scrubjay: {}: {words}", printable(name)));
        }
    };
    match ci::resolve(&repository(args)?, run)? {
        Resolved::Commits { revisions, words, .. } => {
            say(&words);
            let (tips, hidden) = (Tips::Revisions(revisions), Hidden::Nothing);
            Ok(Subject::Commits(Commits {
                tips,
                hidden,
                since: None,
                deepen: Some(deepen),
                names: Vec::new(),
            }))
        }
        Resolved::Files => {
            say("the files, since there is no history");
            Ok(Subject::Files)
        }
        Resolved::Nothing(why) => {
            say(&format!("nothing to be read: {why}"));
            let (tips, hidden) = (Tips::Ids(Vec::new()), Hidden::Nothing);
            Ok(Subject::Commits(Commits { tips, hidden, since: None, deepen: None, names: Vec::new() }))
        }
    }
}
