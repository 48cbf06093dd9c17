//! The command: arguments in, exit status out. Everything it can do is in the library; here it is
//! wired to the terminal.

mod args;
mod completions;
mod drawn;
mod hook;
mod man;
mod moment;
mod output;
mod own_lines;
mod policy;
mod progress;
mod ranges;
mod report;
mod rules;
#[cfg(unix)]
mod run;
mod scan;
mod scrub;
#[cfg(unix)]
mod signals;
mod step;
mod summary;
mod token;

use std::process::ExitCode;

use crate::args::Command;
use crate::output::Output;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    /// Nothing at or above the fail level.
    Clean,
    /// Findings.
    Findings,
    /// The work is incomplete or could not start.
    Incomplete,
    /// A signal was to end the program; the status that says which.
    Signal(u8),
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Clean => 0,
            Status::Findings => 1,
            Status::Incomplete => 2,
            Status::Signal(status) => status,
        })
    }
}

/// What stops the program, with what to do next.
#[derive(Debug)]
struct Stop {
    error: scrubjay::Error,
    help: Option<String>,
    /// The error is in a file of settings, whose line may be shown.
    in_settings: bool,
}

impl Stop {
    /// An argument that is not what it must be.
    fn invalid(message: impl Into<String>) -> Self {
        scrubjay::Error::invalid(message).into()
    }

    /// Says what to do next.
    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says that the error is in a file of settings, so that its line is shown: never in one of secrets.
    fn in_settings(mut self) -> Self {
        self.in_settings = true;
        self
    }
}

impl From<scrubjay::Error> for Stop {
    fn from(error: scrubjay::Error) -> Self {
        Self { error, help: None, in_settings: false }
    }
}

type Result<T> = std::result::Result<T, Stop>;

fn main() -> ExitCode {
    output::guard_panics();
    let cli = match args::parse() {
        Ok(cli) => cli,
        Err(stop) => {
            Output::new(args::Color::Auto).stop(&stop);
            return Status::Incomplete.into();
        }
    };
    let output = Output::new(cli.color);
    let done = match cli.command {
        Command::Scan(args) => scan::run(*args, &output),
        Command::Scrub(args) => scrub::run(*args, &output),
        #[cfg(unix)]
        Command::Run(args) => return run::run(*args, &output),
        Command::Hook(command) => hook::run(*command, &output),
        Command::Rules(command) => rules::run(command, &output),
        Command::Token(command) => token(*command, &output),
        Command::Completions { shell } => completions::run(shell, &output),
        Command::Man { command } => man::run(command.as_deref(), &output),
        Command::Version => output.write(args::version().as_bytes()).map(|()| Status::Clean),
    };
    let status = done.unwrap_or_else(|stop| {
        output.stop(&stop);
        Status::Incomplete
    });
    status.into()
}

/// Runs `scrubjay token`: the answer goes to standard output alone, notes to standard error.
fn token(command: token::TokenCommand, output: &Output) -> Result<Status> {
    let answer = token::run(command)?;
    answer.notes.iter().for_each(|note| output.note(note));
    output.write(answer.text.as_bytes())?;
    Ok(if answer.valid { Status::Clean } else { Status::Findings })
}
