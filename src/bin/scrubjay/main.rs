//! The command.

mod token;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "scrubjay", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Sign, inspect and verify tokens
    #[command(subcommand)]
    Token(Box<token::TokenCommand>),
}

fn main() -> ExitCode {
    let Command::Token(command) = Cli::parse().command;
    let mut out = std::io::stdout().lock();
    let mut err = std::io::stderr().lock();
    let written = match token::run(*command) {
        Ok(answer) => {
            let notes: Vec<_> = answer.notes.iter().map(|note| writeln!(err, "{note}")).collect();
            drop(notes);
            out.write_all(answer.text.as_bytes()).map(|()| if answer.valid { 0 } else { 1 })
        }
        Err(error) => writeln!(err, "error: {error}").map(|()| 2),
    };
    ExitCode::from(written.unwrap_or(2))
}
