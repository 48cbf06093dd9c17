//! Where these tests work: a folder that goes away, git without the settings of the machine, and the
//! command, whose every word is searched for the secrets that the test has minted.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::support::NOW;
use crate::support::template::{Secret, expand};

/// The command.
pub(crate) const SCRUBJAY: &str = env!("CARGO_BIN_EXE_scrubjay");

/// A mask shows less than this many bytes in a row.
const WINDOW: usize = 9;

thread_local! {
    /// What the test on this thread has minted.
    static MINTED: RefCell<Vec<Secret>> = const { RefCell::new(Vec::new()) };
}

/// Fills a template; from then on nothing may show its secrets.
pub(crate) fn mint(template: &str, seed: &str) -> Vec<u8> {
    let filled = expand(template, seed);
    MINTED.with_borrow_mut(|all| all.extend(filled.secrets));
    filled.bytes
}

/// A line with a secret of its own for every seed.
pub(crate) fn secret(seed: &str) -> Vec<u8> {
    mint("device_secret_key = \"{alnum:32}\"\n", seed)
}

/// Complains where an output shows a secret of this test.
pub(crate) fn assert_silent(what: &str, output: &[u8]) {
    let seen: HashSet<&[u8]> = output.windows(WINDOW).collect();
    MINTED.with_borrow(|all| {
        for secret in all {
            let lines =
                secret.value[secret.public..].split(|b| *b == b'\n').filter(|l| !l.starts_with(b"-----"));
            let shown = lines.flat_map(|line| line.windows(WINDOW)).any(|w| seen.contains(w));
            assert!(!shown, "{what} shows {secret:?}");
        }
    });
}

/// What a program said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

/// Starts a program. One that was written a moment ago may still be open for writing in a child that
/// another thread is starting.
fn start(command: &mut Command) -> std::process::Child {
    loop {
        match command.spawn() {
            Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
            started => return started.expect("it starts"),
        }
    }
}

/// A finding as it is compared: path, rule, fingerprint.
pub(crate) type Told = (String, String, String);

impl Ran {
    fn new(what: &str, output: Output) -> Self {
        assert_silent(what, &output.stdout);
        assert_silent(what, &output.stderr);
        Self {
            status: output.status.code().expect("it ends by itself"),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The findings of a report in JSON.
    pub(crate) fn findings(&self) -> Vec<Value> {
        let report: Value = serde_json::from_slice(&self.stdout)
            .unwrap_or_else(|error| panic!("no report: {error}: status {} {}", self.status, self.stderr));
        report["findings"].as_array().expect("a list of findings").clone()
    }

    /// The same as they are compared.
    pub(crate) fn told(&self) -> BTreeSet<Told> {
        self.findings().iter().map(told).collect()
    }

    /// The paths of the findings, in order.
    pub(crate) fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = self.findings().iter().map(|f| text(f, "path")).collect();
        paths.sort();
        paths
    }
}

/// A field of a finding.
pub(crate) fn text(finding: &Value, field: &str) -> String {
    finding[field].as_str().unwrap_or_else(|| panic!("{field} is no text in {finding}")).to_owned()
}

/// A finding as it is compared.
pub(crate) fn told(finding: &Value) -> Told {
    (text(finding, "path"), text(finding, "rule"), text(finding, "fingerprint"))
}

/// A folder that goes away with the test.
pub(crate) struct Lab {
    folder: tempfile::TempDir,
}

impl Lab {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A new repository.
    pub(crate) fn repo(&self, name: &str, options: &[&str]) -> Repo {
        let path = self.path().join(name);
        fs::create_dir_all(&path).expect("a folder");
        let repo = Repo { path, home: self.path().to_owned(), env: Vec::new() };
        repo.git(&[&["init", "-q", "-b", "main"], options].concat());
        repo
    }

    /// One that is there already.
    pub(crate) fn at(&self, name: &str) -> Repo {
        Repo { path: self.path().join(name), home: self.path().to_owned(), env: Vec::new() }
    }
}

/// A repository, or any folder in which programs are run.
#[derive(Clone)]
pub(crate) struct Repo {
    pub(crate) path: PathBuf,
    home: PathBuf,
    env: Vec<(String, String)>,
}

impl Repo {
    /// The same with one more variable in the environment.
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut env = self.env.clone();
        env.push((name.to_owned(), value.to_owned()));
        Self { env, ..self.clone() }
    }

    /// The same from a folder below.
    pub(crate) fn below(&self, folder: &str) -> Self {
        Self { path: self.path.join(folder), ..self.clone() }
    }

    /// A program with nothing of this machine's settings; every variable of git's is gone.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.current_dir(&self.path).env_clear().env("PATH", path).env("HOME", &self.home);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_EDITOR", "true").env("GIT_MERGE_AUTOEDIT", "no");
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "A").env(format!("GIT_{who}_EMAIL"), "a@example.com");
            command.env(format!("GIT_{who}_DATE"), "2027-01-15T08:00:00Z");
        }
        command.envs(self.env.iter().cloned());
        command
    }

    /// Runs a program with this on its standard input.
    pub(crate) fn run(&self, program: &str, args: &[&str], input: &[u8]) -> Ran {
        let mut command = self.command(program);
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = start(&mut command);
        let mut stdin = child.stdin.take().expect("a pipe");
        let output = std::thread::scope(|scope| {
            // Whoever stops reading early has said why.
            scope.spawn(move || drop(stdin.write_all(input)));
            child.wait_with_output().expect("it ends")
        });
        // Git itself shows a person what `-p` is about.
        let shows = program == "git" && args.contains(&"-p");
        if !shows && (program == SCRUBJAY || ["commit", "push"].iter().any(|word| args.contains(word))) {
            return Ran::new(&format!("{program} {args:?}"), output);
        }
        Ran {
            status: output.status.code().unwrap_or(-1),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs git, which may fail.
    pub(crate) fn try_git(&self, args: &[&str]) -> Ran {
        self.run("git", args, b"")
    }

    /// Runs git with this on its standard input; what it prints.
    pub(crate) fn git_with(&self, args: &[&str], input: &[u8]) -> Vec<u8> {
        let ran = self.run("git", args, input);
        assert_eq!(ran.status, 0, "git {args:?}: {}", ran.stderr);
        ran.stdout
    }

    /// Runs git; what it prints, without the line end.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        String::from_utf8_lossy(&self.git_with(args, b"")).trim_end().to_owned()
    }

    /// Runs the command.
    pub(crate) fn scrubjay(&self, args: &[&str]) -> Ran {
        self.run(SCRUBJAY, args, b"")
    }

    /// Scans with these options and a report in JSON.
    pub(crate) fn scan(&self, args: &[&str]) -> Ran {
        self.scrubjay(&[&["scan", "-f", "json", "--now", &NOW.to_string()], args].concat())
    }

    /// Writes a file, with its folders.
    pub(crate) fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }

    /// Writes a file and stages it.
    pub(crate) fn stage(&self, path: &str, bytes: &[u8]) {
        self.write(path, bytes);
        self.git(&["add", "--", path]);
    }

    /// Writes a file and stages it, whatever ignore files say.
    #[allow(dead_code, reason = "made for another suite")]
    pub(crate) fn stage_forced(&self, path: &str, bytes: &[u8]) {
        self.write(path, bytes);
        self.git(&["add", "-f", "--", path]);
    }

    /// Writes a file and commits it, past the hooks; the commit.
    pub(crate) fn commit(&self, path: &str, bytes: &[u8]) -> String {
        self.stage(path, bytes);
        self.git(&["commit", "-q", "--no-verify", "-m", &format!("change {path}")]);
        self.head()
    }

    /// What `HEAD` is.
    pub(crate) fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"])
    }

    /// Writes bytes as a blob that nothing leads to; its id.
    pub(crate) fn blob(&self, bytes: &[u8]) -> String {
        let id = self.git_with(&["hash-object", "-w", "--stdin"], bytes);
        String::from_utf8_lossy(&id).trim().to_owned()
    }
}
