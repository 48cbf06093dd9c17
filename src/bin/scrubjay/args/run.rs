//! What can be typed after `scrubjay run`.

use std::ffi::OsString;

use clap::Args;

use super::scrub::MaskingArgs;

#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub(crate) struct RunArgs {
    /// The program and its arguments
    #[arg(value_name = "COMMAND", required = true, num_args = 1.., trailing_var_arg = true)]
    pub(crate) command: Vec<OsString>,

    #[command(flatten)]
    pub(crate) masking: MaskingArgs,

    /// How long to go on after the program ended, for what it left running with the same output, in seconds
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 3,
        long_help = "How long to go on after the program ended, in seconds, while something that it left running \
                     holds its output open. What the program itself wrote is never lost; when nothing holds \
                     the output, the end comes at once. A signal ends the waiting"
    )]
    pub(crate) grace: u32,

    /// Write how many values each rule masked to standard error at the end
    #[arg(short, long)]
    pub(crate) count: bool,
}

const AFTER: &str = "\
Signals that would end, stop or tell something to the program are passed on to it, so that `run` can stand before any
service, and be the first process of a container: it reaps what the program leaves behind, and ends when the program
does.

Exit status:
  that of the program; 128 and the number of the signal that ended it
  125  scrubjay itself failed
  126  the program cannot be executed
  127  there is no such program

Examples:
  scrubjay run -- my-service --port 8080
  scrubjay run --known-secrets keys.txt -- sh -c 'env; exec my-service'
  ENTRYPOINT [\"scrubjay\", \"run\", \"--\", \"my-service\"]      in a Dockerfile";
