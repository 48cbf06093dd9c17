//! A folder with planted secrets, and the command in it. Whatever a test is about, nothing that the
//! command says may show nine bytes of a planted secret, and `assert_clean` looks through every file.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::template::{Secret, expand};

/// Where the tests happen.
pub(crate) struct Lab {
    folder: tempfile::TempDir,
    pub(crate) secrets: Vec<Secret>,
}

/// What the command said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Lab {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder"), secrets: Vec::new() }
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// Writes what a template gives; the folders are made.
    pub(crate) fn write(&mut self, below: &str, template: &str) -> Vec<u8> {
        let bytes = self.fill(below, template);
        self.put(below, &bytes);
        bytes
    }

    /// Fills a template without writing it.
    pub(crate) fn fill(&mut self, seed: &str, template: &str) -> Vec<u8> {
        let filled = expand(template, seed);
        self.secrets.extend(filled.secrets);
        filled.bytes
    }

    pub(crate) fn put(&self, below: &str, bytes: &[u8]) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }

    pub(crate) fn read(&self, below: &str) -> Vec<u8> {
        fs::read(self.path(below)).unwrap_or_else(|error| panic!("{below}: {error}"))
    }

    pub(crate) fn text(&self, below: &str) -> String {
        String::from_utf8(self.read(below)).expect("text")
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.program(Path::new(env!("CARGO_BIN_EXE_scrubjay")), arguments)
    }

    fn program(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.arg("scrub").args(arguments).current_dir(self.folder.path());
        command.env_clear().env("LANG", "C.UTF-8").env("HOME", "/nonexistent");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, b"")
    }

    pub(crate) fn run_with(&self, arguments: &[&str], stdin: &[u8]) -> Ran {
        self.ends(self.command(arguments), stdin)
    }

    /// The same as somebody who may not write where the permissions say so.
    #[cfg(unix)]
    pub(crate) fn run_as_nobody(&self, arguments: &[&str]) -> Ran {
        use std::os::unix::fs::{MetadataExt, chown};
        use std::os::unix::process::CommandExt;
        const NOBODY: u32 = 65_534;
        if fs::metadata(self.folder.path()).expect("a folder").uid() != 0 {
            return self.run(arguments);
        }
        // Where the command was built nobody may be able to look.
        let elsewhere = tempfile::tempdir().expect("a folder");
        let program = elsewhere.path().join("scrubjay");
        fs::copy(env!("CARGO_BIN_EXE_scrubjay"), &program).expect("a copy");
        chown(elsewhere.path(), Some(NOBODY), Some(NOBODY)).expect("root gives away");
        for path in self.all().iter().map(PathBuf::as_path).chain([self.folder.path()]) {
            chown(path, Some(NOBODY), Some(NOBODY)).expect("root gives away");
        }
        let mut command = self.program(&program, arguments);
        command.uid(NOBODY).gid(NOBODY);
        self.ends(command, b"")
    }

    fn ends(&self, mut command: Command, stdin: &[u8]) -> Ran {
        let mut child = command.spawn().expect("the command starts");
        let mut pipe = child.stdin.take().expect("a pipe");
        let input = stdin.to_vec();
        // On a thread of its own, since the command may write before it has read everything.
        let feeder = std::thread::spawn(move || {
            // A command that does not read its input closes the pipe; that is its right.
            let _ = pipe.write_all(&input);
        });
        let output = child.wait_with_output().expect("the command ends");
        feeder.join().expect("a thread that cannot fail");
        self.assert_silent("standard output", &output.stdout);
        self.assert_silent("standard error", &output.stderr);
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Ran {
            status: output.status.code().unwrap_or(-1),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    pub(crate) fn assert_silent(&self, what: &str, bytes: &[u8]) {
        for secret in &self.secrets {
            let shown = secret.shown_in(bytes);
            assert!(shown.is_none(), "{what}: {}", shown.unwrap_or_default());
        }
    }

    /// Every file and folder, by path.
    pub(crate) fn all(&self) -> Vec<PathBuf> {
        let (mut out, mut open) = (Vec::new(), vec![self.folder.path().to_owned()]);
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() && !path.is_symlink() {
                    open.push(path.clone());
                }
                out.push(path);
            }
        }
        out.sort();
        out
    }

    /// The names of all files, below the folder.
    pub(crate) fn names(&self) -> Vec<String> {
        let below = |path: PathBuf| {
            path.strip_prefix(self.folder.path()).expect("below").to_string_lossy().into_owned()
        };
        self.all().into_iter().filter(|path| path.is_file() || !path.exists()).map(below).collect()
    }

    /// No file but these holds a piece of a planted secret.
    pub(crate) fn assert_clean(&self, except: &[&str]) {
        assert!(!self.secrets.is_empty(), "nothing was planted");
        for name in self.names() {
            if !except.contains(&name.as_str()) && self.path(&name).exists() {
                self.assert_silent(&name, &self.read(&name));
            }
        }
    }
}

impl Ran {
    #[track_caller]
    pub(crate) fn status(self, wanted: i32) -> Self {
        assert_eq!(self.status, wanted, "{self:?}");
        self
    }

    /// The text stands on standard error.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "lacks {text:?}: {self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn silent(self) -> Self {
        assert!(self.stdout.is_empty() && self.stderr.is_empty(), "{self:?}");
        self
    }
}
