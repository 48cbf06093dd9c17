//! `scrubjay completions`: a script that completes this command in a shell.

use crate::args::{self, Shell};
use crate::output::Output;
use crate::{Result, Status};

pub(crate) fn run(shell: Shell, output: &Output) -> Result<Status> {
    let mut script = Vec::new();
    args::completions(shell, &mut script);
    output.write(&script)?;
    Ok(Status::Clean)
}
