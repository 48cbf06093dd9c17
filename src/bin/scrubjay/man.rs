//! `scrubjay man`: the manual page, made from the same table as `--help`.

use crate::args;
use crate::output::Output;
use crate::{Result, Status, Stop};

pub(crate) fn run(command: Option<&str>, output: &Output) -> Result<Status> {
    let mut page = Vec::new();
    match args::manual(command, &mut page) {
        Ok(written) => written.map_err(scrubjay::Error::from)?,
        Err(names) => {
            let message = format!("there is no subcommand `{}`", command.unwrap_or_default());
            return Err(Stop::invalid(message).help(format!("one of: {}", names.join(", "))));
        }
    }
    output.write(&page)?;
    Ok(Status::Clean)
}
