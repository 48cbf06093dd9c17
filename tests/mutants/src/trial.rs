//! Runs a test binary with a switch, until the first test that fails or the time that it has.

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::Result;
use crate::compile::Binary;
use crate::tree::Tree;
use crate::work::in_parallel;

/// Of a binary without a change.
pub struct Normal {
    /// The binary.
    pub binary: Binary,
    /// How long it takes.
    pub time: Duration,
    /// The numbers of the changes that it reaches.
    pub reached: HashSet<usize>,
    /// What fails without a change, and is left out.
    failing: Vec<String>,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// All tests passed.
    Passed,
    /// The name of the first that failed.
    Failed(String),
    /// It did not end in time.
    TimedOut,
}

/// A change may make the program ask for all memory and fill the disk: kibibytes of address space, and
/// blocks of 512 bytes for a file. What is started in the background ignores Ctrl-C, and tests of signals
/// need it.
const LIMITS: &str =
    "ulimit -v 8388608; ulimit -f 16777216; exec env --default-signal=INT nice -n 10 \"$0\" \"$@\"";

/// How long a binary may take that is expected to end at all.
const LONGEST: Duration = Duration::from_secs(1800);

/// Runs every binary without a change, some at a time, to know how long it takes, what it reaches, and what
/// fails anyway. The fastest stands first.
pub fn without_changes(tree: &Tree, binaries: &[Binary], count: usize, jobs: usize) -> Result<Vec<Normal>> {
    let mut out = in_parallel(binaries, jobs, |binary| without_change(tree, binary, count))?;
    out.sort_by_key(|normal| normal.time);
    Ok(out)
}

fn without_change(tree: &Tree, binary: &Binary, count: usize) -> Result<Normal> {
    let place = Place::new(&binary.name)?;
    let reached = place.path.join("reached");
    fs::create_dir(&reached).map_err(|error| error.to_string())?;
    let start = Instant::now();
    let mut command = command(tree, binary, &place);
    command.env("MUTANT_REACHED", &reached);
    let mut failing = Vec::new();
    let end = watch(command, start + LONGEST, |name| {
        failing.push(name.to_owned());
        true
    })?;
    if end == End::TimedOut {
        return Err(format!("the tests of {} do not end without a change", binary.name));
    }
    let time = start.elapsed();
    let is_reached = |number: &usize| reached.join(number.to_string()).exists();
    let reached: HashSet<usize> = (1..=count).filter(is_reached).collect();
    let without =
        if failing.is_empty() { String::new() } else { format!(", without {}", failing.join(", ")) };
    println!("{:>7.1} s {}: reaches {}{without}", time.as_secs_f32(), binary.name, reached.len());
    Ok(Normal { binary: binary.clone(), time, reached, failing })
}

/// Runs a binary with one change. What takes five times as long as without it, hangs. A test that fails
/// without the change as well, on a machine that has too much to do, says nothing.
pub fn with_change(tree: &Tree, normal: &Normal, number: usize) -> Result<End> {
    let place = Place::new(&format!("{}-{number}", normal.binary.name))?;
    let time = normal.time * 5 + Duration::from_secs(20);
    let mut without = normal.failing.clone();
    loop {
        let mut changed = command(tree, &normal.binary, &place);
        changed.env("MUTANT_ON", number.to_string()).arg("--exact");
        changed.args(without.iter().flat_map(|name| ["--skip", name]));
        let end = watch(changed, Instant::now() + time, |_| false)?;
        let End::Failed(name) = &end else {
            return Ok(end);
        };
        let mut unchanged = command(tree, &normal.binary, &place);
        unchanged.args(["--exact", name]);
        if without.contains(name) || watch(unchanged, Instant::now() + time, |_| false)? == End::Passed {
            return Ok(end);
        }
        without.push(name.clone());
    }
}

fn command(tree: &Tree, binary: &Binary, place: &Place) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", LIMITS]).arg(&binary.path);
    command.current_dir(tree.root()).env("TMPDIR", &place.path).env("CARGO_MANIFEST_DIR", tree.root());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
    command
}

/// Waits for the end, for the first test that fails where `goes_on` says so, or for the time.
fn watch(mut command: Command, until: Instant, mut goes_on: impl FnMut(&str) -> bool) -> Result<End> {
    let mut child = command.spawn().map_err(|error| format!("sh: {error}"))?;
    let Some(stdout) = child.stdout.take() else {
        return Err("no output".to_owned());
    };
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).split(b'\n').map_while(std::result::Result::ok) {
            if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                return;
            }
        }
    });
    let mut failed = None;
    loop {
        match lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(line) => {
                let Some(name) = failing(&line) else { continue };
                failed.get_or_insert(name.to_owned());
                if !goes_on(name) {
                    end(&mut child);
                    return Ok(End::Failed(name.to_owned()));
                }
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                end(&mut child);
                return Ok(End::TimedOut);
            }
        }
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    end(&mut child);
    Ok(match failed {
        Some(name) => End::Failed(name),
        None if status.success() => End::Passed,
        None => End::Failed(status.to_string()),
    })
}

/// The name of the test that a line says has failed.
fn failing(line: &str) -> Option<&str> {
    line.strip_prefix("test ")?
        .strip_suffix(" ... FAILED")
        .map(|name| name.trim_end_matches(" - should panic"))
}

/// Ends a binary and what it started, which are a group.
fn end(child: &mut Child) {
    let group = format!("-{}", child.id());
    let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
    let _ = child.wait();
}

/// A folder for what tests write, outside of any repository.
struct Place {
    path: PathBuf,
}

impl Place {
    fn new(name: &str) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("mutants-{}", std::process::id())).join(name);
        fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self { path })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
        let _ = fs::remove_dir(self.path.parent().unwrap_or(Path::new("/")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(script: &str, seconds: u64) -> End {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdout(Stdio::piped()).process_group(0);
        watch(command, Instant::now() + Duration::from_secs(seconds), |_| false).expect("a shell")
    }

    #[test]
    fn a_run_ends_at_the_first_failure_or_in_time() {
        assert_eq!(run("echo 'test a ... ok'", 60), End::Passed);
        assert_eq!(run("echo 'test a::b ... FAILED'; sleep 600", 60), End::Failed("a::b".to_owned()));
        assert!(matches!(run("exit 7", 60), End::Failed(_)));
        assert_eq!(run("sleep 600", 1), End::TimedOut);
    }
}
