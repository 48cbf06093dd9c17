//! `scrubjay run`: a program whose output is masked, and that otherwise is as if it ran alone.
//!
//! Signals go on to it, its exit status comes back, and as the first process of a container it reaps
//! what others leave behind. Standard output and standard error stay two streams, each in its order.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitOptions, kill_process, wait};
use scrubjay::blob::Origin;
use scrubjay::rewrite::{Collector, Wants};
use scrubjay::scrub::Masker;
use scrubjay::text::printable;
use signal_hook::consts::{
    SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGSTOP, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2, SIGWINCH,
};
use signal_hook::iterator::Signals;

use crate::Stop;
use crate::args::RunArgs;
use crate::output::{self, Output};
use crate::signals::{Leave, heeded, status_of};
use crate::summary::counted;

/// The exit status where scrubjay itself fails, as `env`, `timeout` and containers have it.
const FAILED: u8 = 125;
const NOT_EXECUTABLE: u8 = 126;
const NOT_FOUND: u8 = 127;

/// What is passed on to the program.
const PASSED: &[i32] = &[SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH];

/// What a terminal sends to everybody in its foreground by itself.
const TYPED: &[i32] = &[SIGINT, SIGQUIT, SIGWINCH];

/// What stops a program for a while, and wakes it.
const PAUSES: &[i32] = &[SIGTSTP, SIGCONT];

/// What may happen.
enum Event {
    Signal(i32),
    /// One of the two streams came to its end.
    Ended(io::Result<()>),
}

pub(crate) fn run(args: RunArgs, output: &Output) -> ExitCode {
    ExitCode::from(try_run(&args, output).unwrap_or_else(|(status, stop)| {
        output.stop(&stop);
        status
    }))
}

fn try_run(args: &RunArgs, output: &Output) -> std::result::Result<u8, (u8, Stop)> {
    let failed = |stop| (FAILED, stop);
    let broken = |error: io::Error| (FAILED, Stop::from(scrubjay::Error::from(error)));
    let masker = Arc::new(Masker::new(crate::scrub::policy(&args.masking).map_err(failed)?));
    // What one stream shows by its name is masked in the other one, too.
    let collector = Collector::new(&masker, Wants::default()).with_memory();

    // A terminal gives its foreground what is typed, so there the program stays in the same group; else
    // it gets one of its own, so that nothing reaches it twice.
    let shares_group = is_in_foreground();
    let pauses = if shares_group { &[][..] } else { PAUSES };
    let passed = heeded(&[PASSED, pauses].concat());
    // Heard before there is a child, so that its end is not missed.
    let mut signals = Signals::new(passed.iter().chain([&SIGCHLD])).map_err(broken)?;
    let leave = Leave::new().map_err(broken)?;
    let (tell, told) = channel();
    let Started { child, pipes } = start(args, shares_group).map_err(|e| not_started(args, &masker, &e))?;
    let streams = Streams::between(pipes).map_err(broken)?;
    for (pipe, to) in streams.pairs {
        let (tell, collector, mut pipe) = (tell.clone(), collector.clone(), leave.reader(pipe));
        let mut to = Lines { to, turn: streams.turn.clone() };
        spawn(move || {
            let done = collector.copy(&Origin::stdin(), false, &mut pipe, &mut to).map(drop);
            // A reader that went away is no error; the program is told by its closed pipe.
            let done = done.or_else(|e| if e.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(e) });
            drop(pipe);
            let _ = tell.send(Event::Ended(done));
        })
        .map_err(broken)?;
    }
    spawn(move || signals.forever().try_for_each(|signal| tell.send(Event::Signal(signal))).unwrap_or(()))
        .map_err(broken)?;
    let grace = Duration::from_secs(args.grace.into());
    let mut watch =
        Watch { child, status: None, open: 2, shares_group, leave: Some(leave), failures: vec![] };
    watch.until_the_end(&told, grace);
    for failure in &watch.failures {
        output.note(&format!("scrubjay: {}", printable(&failure.to_string())));
    }
    if args.count {
        let rules = collector.take().rules;
        output.note(&format!("scrubjay: {} masked", counted(rules.values().sum(), "value")));
        rules.iter().for_each(|(rule, hits)| output.note(&format!("{hits:>9} {}", printable(rule))));
    }
    let status = watch.status.unwrap_or(FAILED);
    Ok(if status == 0 && !watch.failures.is_empty() { FAILED } else { status })
}

fn spawn(work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    std::thread::Builder::new().spawn(work).map(drop)
}

/// A program that runs, and the ends of the pipes that it writes to.
struct Started {
    child: Pid,
    pipes: [File; 2],
}

fn start(args: &RunArgs, shares_group: bool) -> io::Result<Started> {
    let (program, arguments) = args.command.split_first().ok_or(io::ErrorKind::NotFound)?;
    let mut command = Command::new(program);
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    if !shares_group {
        command.process_group(0);
    }
    let mut child = command.spawn()?;
    let gone = || io::Error::other("the program has no output");
    let out = File::from(OwnedFd::from(child.stdout.take().ok_or_else(gone)?));
    let err = File::from(OwnedFd::from(child.stderr.take().ok_or_else(gone)?));
    output::widen(&out);
    // It is waited for together with everything else that there may be to reap.
    let child = Pid::from_child(&child);
    Ok(Started { child, pipes: [out, err] })
}

/// Why the program does not run, and the status that says so.
fn not_started(args: &RunArgs, masker: &Masker, error: &io::Error) -> (u8, Stop) {
    const NO_PROGRAM: i32 = 8; // ENOEXEC: neither a program nor a script that names one
    let status = match error.kind() {
        io::ErrorKind::NotFound => NOT_FOUND,
        io::ErrorKind::PermissionDenied => NOT_EXECUTABLE,
        _ if error.raw_os_error() == Some(NO_PROGRAM) => NOT_EXECUTABLE,
        _ => FAILED,
    };
    let name = args.command.first().map_or(OsStr::new(""), |name| name.as_os_str());
    let name = name.to_string_lossy();
    let mut masked = Vec::new();
    let is_masked = masker.mask(name.as_bytes(), &mut Default::default(), &mut masked) > 0;
    let shown = if is_masked { String::from_utf8_lossy(&masked) } else { name };
    let stop = Stop::invalid(format!("{} cannot be run: {error}", printable(&shown)));
    (status, stop.help("the program stands behind --, as in `scrubjay run -- my-service --port 8080`"))
}

/// Whether what is typed at the terminal comes to this process.
#[cfg(target_os = "linux")]
fn is_in_foreground() -> bool {
    // Behind the name, which may hold anything: state, parent, group, session, terminal, and the group
    // in its foreground. In a namespace of their own these may be 0, which is no number for rustix.
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let mut fields = stat.rsplit(") ").next().unwrap_or_default().split(' ').skip(2);
    let (group, foreground) = (fields.next(), fields.nth(2));
    foreground.is_some_and(|foreground| foreground != "-1") && group == foreground
}

/// Whether what is typed at the terminal comes to this process.
#[cfg(not(target_os = "linux"))]
fn is_in_foreground() -> bool {
    let terminal = File::open("/dev/tty").ok();
    terminal.and_then(|tty| rustix::termios::tcgetpgrp(tty).ok()) == Some(rustix::process::getpgrp())
}

/// The two streams, from the program to where they go.
struct Streams {
    pairs: [(File, File); 2],
    /// Both go to one place, where their lines must not mix.
    turn: Option<Arc<Mutex<()>>>,
}

impl Streams {
    fn between([out, err]: [File; 2]) -> io::Result<Self> {
        let stdout = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        let stderr = File::from(io::stderr().as_fd().try_clone_to_owned()?);
        let place = |file: &File| file.metadata().map(|meta| (meta.dev(), meta.ino()));
        let turn = (place(&stdout)? == place(&stderr)?).then(Arc::default);
        Ok(Self { pairs: [(out, stdout), (err, stderr)], turn })
    }
}

/// A writer of whole lines, which takes turns with the other stream.
struct Lines {
    to: File,
    turn: Option<Arc<Mutex<()>>>,
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _turn = self.turn.as_ref().map(|turn| turn.lock().unwrap_or_else(PoisonError::into_inner));
        self.to.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Waits for the program and its output.
struct Watch {
    child: Pid,
    /// How the program ended, as a shell would say.
    status: Option<u8>,
    /// How many streams have not come to their end.
    open: usize,
    shares_group: bool,
    /// Dropped where the streams are no longer waited for.
    leave: Option<Leave>,
    failures: Vec<io::Error>,
}

impl Watch {
    fn until_the_end(&mut self, told: &Receiver<Event>, grace: Duration) {
        let mut deadline: Option<Instant> = None;
        while self.status.is_none() || self.open > 0 {
            if self.status.is_some() && deadline.is_none() {
                deadline = Instant::now().checked_add(grace);
            }
            let limit = deadline.filter(|_| self.leave.is_some());
            let event = match limit.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
                Some(left) => told.recv_timeout(left),
                None => told.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match event {
                Ok(Event::Signal(SIGCHLD)) => self.reap(),
                Ok(Event::Signal(signal)) if self.status.is_none() => self.pass_on(signal),
                Ok(Event::Signal(SIGHUP | SIGINT | SIGQUIT | SIGTERM)) => {
                    let was_left = self.leave.take().is_none();
                    if was_left {
                        // Nobody reads what waits to be written, and still somebody wants an end.
                        return;
                    }
                }
                Ok(Event::Signal(_)) => {}
                Ok(Event::Ended(done)) => {
                    self.open -= 1;
                    self.failures.extend(done.err());
                }
                Err(RecvTimeoutError::Timeout) => self.leave = None,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Takes the status of every process that ended, of which one may be the program.
    fn reap(&mut self) {
        loop {
            match wait(WaitOptions::NOHANG) {
                Ok(Some((pid, status))) if pid == self.child => {
                    let signal = status.terminating_signal().map(status_of);
                    let exit = status.exit_status().and_then(|status| u8::try_from(status & 0xff).ok());
                    self.status = signal.or(exit).or(self.status);
                }
                Ok(Some(_)) | Err(rustix::io::Errno::INTR) => {}
                Ok(None) | Err(_) => return,
            }
        }
    }

    fn pass_on(&self, signal: i32) {
        let is_there_already = self.shares_group && TYPED.contains(&signal) && is_in_foreground();
        if is_there_already {
            return;
        }
        if let Some(signal) = Signal::from_named_raw(signal) {
            // It may have ended just now.
            let _ = kill_process(self.child, signal);
        }
        if signal == SIGTSTP {
            let _ = signal_hook::low_level::raise(SIGSTOP);
        }
    }
}
