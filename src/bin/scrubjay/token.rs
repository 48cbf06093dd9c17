//! `scrubjay token`: signs, inspects and verifies tokens of all three schemes.
//!
//! Every function here gives back what is to be printed instead of printing it, so that a token can
//! be the only thing on standard output, and secrets never come near a terminal.

mod answer;
mod args;
mod explain;
mod inspect;
mod reading;
mod secrets;
mod showing;
mod sign;
mod verify;

use scrubjay::Result;

pub(crate) use answer::Answer;
pub(crate) use args::TokenCommand;

/// Runs the command.
///
/// # Errors
/// Where it could not run: exit status 2.
pub(crate) fn run(command: TokenCommand) -> Result<Answer> {
    match command {
        TokenCommand::Sign(scheme) => sign::run(scheme),
        TokenCommand::Inspect(args) => inspect::run(&args),
        TokenCommand::Explain(args) => explain::run(&args),
        TokenCommand::Verify(args) => verify::run(&args),
    }
}
