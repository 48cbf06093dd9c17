//! What can be typed. The only place that knows the argument parser: everybody else gets plain values.

mod command;
mod hook;
mod mistake;
mod policy;
mod reports;
#[cfg(unix)]
mod run;
mod said;
mod scan;
mod scrub;
mod shared;

use clap::Parser as _;
pub(crate) use clap_complete::Shell;

use self::command::Cli;
pub(crate) use self::command::{Color, Command, RulesCommand};
pub(crate) use self::hook::{HookCommand, HookName, HookOptions};
#[cfg(unix)]
pub(crate) use self::run::RunArgs;
pub(crate) use self::said::Said;
pub(crate) use self::scan::ScanArgs;
pub(crate) use self::scrub::{MaskStyle, MaskingArgs, ScrubArgs};

/// Reads the command line; on `--help` it ends the program.
pub(crate) fn parse() -> Result<Cli, crate::Stop> {
    Cli::try_parse().map_err(mistake::told)
}

/// What `--version` prints.
pub(crate) fn version() -> String {
    <Cli as clap::CommandFactory>::command().render_version()
}

/// Writes the completion script for a shell.
pub(crate) fn completions(shell: Shell, out: &mut Vec<u8>) {
    let mut command = <Cli as clap::CommandFactory>::command();
    clap_complete::generate(shell, &mut command, "scrubjay", out);
}

/// Writes the manual page of the program or of a subcommand; the names of the subcommands where there
/// is none of that name.
pub(crate) fn manual(of: Option<&str>, out: &mut Vec<u8>) -> Result<std::io::Result<()>, Vec<String>> {
    let mut command = <Cli as clap::CommandFactory>::command();
    command.build();
    let page = match of {
        None => command,
        Some(name) => match command.find_subcommand(name) {
            Some(sub) => sub.clone(),
            None => return Err(command.get_subcommands().map(|c| c.get_name().to_owned()).collect()),
        },
    };
    Ok(clap_mangen::Man::new(page).render(out))
}
