//! A repository with a long history: as many commits as asked for, on branches that merge, over files
//! that grow and change a few lines at a time, as `git fast-import` takes it.
//!
//! Some files are large and change often, as lock files and changelogs do; one commit in five hundred
//! brings a credential, and half of those are taken out again later.

use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::prng::Prng;
use crate::support::template::expand;
use crate::tree::Pools;

/// The files of the first commit.
const FIRST_FILES: usize = 400;

/// One commit in so many is a merge, adds a file, brings a credential.
const MERGE_IN: usize = 12;
const ADD_IN: usize = 8;
const CREDENTIAL_IN: usize = 500;

/// One file in so many is large.
const LARGE_IN: usize = 60;

/// Seconds between two commits; the history begins in 2015.
const STEP: u64 = 9_000;
const BEGIN: u64 = 1_420_070_400;

struct File {
    path: String,
    language: usize,
    lines: Vec<String>,
    /// The line with a credential, as it stands.
    credential: Option<String>,
}

/// Writes a bare repository with `commits` commits into `folder` and packs it as a server does.
pub(crate) fn write(folder: &Path, commits: usize) -> io::Result<()> {
    git(folder, &["init", "--quiet", "--bare", "--initial-branch=main", "."])?;
    let mut import = Command::new("git")
        .args(["fast-import", "--quiet", "--depth=50"])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .spawn()?;
    let mut out = BufWriter::with_capacity(1 << 20, import.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?);
    stream(commits, &mut out)?;
    out.flush()?;
    drop(out);
    if !import.wait()?.success() {
        return Err(io::Error::other("git fast-import failed"));
    }
    git(folder, &["repack", "-adfq", "--depth=50", "--window=10"])
}

fn git(folder: &Path, arguments: &[&str]) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let status = Command::new("git").args(arguments).current_dir(folder).status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("git {} failed", arguments[0]))) }
}

fn stream(commits: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut rng = Prng::from_text("history");
    let pools = Pools::new(&mut rng);
    let mut files: Vec<File> = (0..FIRST_FILES).map(|n| file(&mut rng, &pools, n)).collect();
    // Mark 1 is the first commit; a side branch is a commit with an older parent, merged by the next.
    let mut tip = 0;
    let mut number = 0;
    while number < commits {
        number += 1;
        let touched: Vec<usize> = if number == 1 {
            (0..files.len()).collect()
        } else {
            (0..1 + rng.below(3)).map(|_| often(&mut rng, files.len())).collect()
        };
        if number > 1 {
            for at in &touched {
                edit(&mut rng, &pools, &mut files[*at]);
            }
        }
        let mut changed = touched;
        if rng.below(ADD_IN) == 0 {
            let count = files.len();
            files.push(file(&mut rng, &pools, count));
            changed.push(count);
        }
        if number.is_multiple_of(CREDENTIAL_IN) {
            let at = changed[0];
            credential(&mut rng, &mut files[at], number);
        }
        changed.sort_unstable();
        changed.dedup();
        let merged = (rng.below(MERGE_IN) == 0 && number + 1 < commits).then_some(number + 1);
        commit(out, number, tip, None, &files, &changed)?;
        tip = number;
        if let Some(merge) = merged {
            // An empty line of work beside the last commit, brought in by a merge.
            commit(out, merge, tip, tip.checked_sub(1).filter(|p| *p > 0), &files, &[])?;
            number = merge;
            tip = merge;
        }
        if number % 1000 < 2 {
            write!(out, "reset refs/tags/v{}\nfrom :{tip}\n\n", number / 1000)?;
        }
    }
    Ok(())
}

/// Some files change far more often than others.
fn often(rng: &mut Prng, files: usize) -> usize {
    let u = rng.below(1_000_000) as f64 / 1e6;
    ((u * u * u) * files as f64) as usize
}

fn file(rng: &mut Prng, pools: &Pools, number: usize) -> File {
    let language = pools.language(rng);
    let lines = match number % LARGE_IN {
        0 => 3000 + rng.below(4000),
        _ => 20 + rng.below(500),
    };
    let lines = (0..lines).map(|_| pools.line(rng, language)).collect();
    File {
        path: format!("{}/{}", number / 40, pools.name(rng, number, language)),
        language,
        lines,
        credential: None,
    }
}

fn edit(rng: &mut Prng, pools: &Pools, file: &mut File) {
    for _ in 0..1 + rng.below(4) {
        let at = rng.below(file.lines.len().max(1));
        let end = (at + rng.below(4)).min(file.lines.len());
        let fresh: Vec<String> = (0..rng.below(6)).map(|_| pools.line(rng, file.language)).collect();
        let gone: Vec<String> = file.lines.splice(at..end, fresh).collect();
        if file.credential.as_ref().is_some_and(|line| gone.contains(line)) {
            file.credential = None;
        }
    }
    if let Some(line) = file.credential.take_if(|_| rng.below(20) == 0) {
        file.lines.retain(|l| *l != line);
    }
}

fn credential(rng: &mut Prng, file: &mut File, number: usize) {
    let template = crate::tree::CREDENTIALS[number / CREDENTIAL_IN % crate::tree::CREDENTIALS.len()];
    let bytes = expand(template.trim_end(), &number.to_string()).bytes;
    let line = String::from_utf8_lossy(&bytes).into_owned();
    file.lines.insert(rng.below(file.lines.len() + 1), line.clone());
    file.credential = Some(line);
}

fn commit(
    out: &mut dyn Write,
    mark: usize,
    parent: usize,
    merged: Option<usize>,
    files: &[File],
    changed: &[usize],
) -> io::Result<()> {
    let who = mark % 17;
    let date = BEGIN + mark as u64 * STEP;
    let message = format!("change {mark}\n\nTouches {} files.\n", changed.len());
    write!(
        out,
        "commit refs/heads/main\nmark :{mark}\ncommitter Person {who} <person{who}@example.org> {date} +0000\n\
         data {}\n{message}",
        message.len()
    )?;
    if parent > 0 {
        writeln!(out, "from :{parent}")?;
    }
    if let Some(merged) = merged {
        writeln!(out, "merge :{merged}")?;
    }
    for file in changed.iter().map(|at| &files[*at]) {
        let length: usize = file.lines.iter().map(|line| line.len() + 1).sum();
        write!(out, "M 100644 inline {}\ndata {length}\n", file.path)?;
        for line in &file.lines {
            writeln!(out, "{line}")?;
        }
    }
    writeln!(out)
}
