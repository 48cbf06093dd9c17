//! Which commits a run of continuous integration brings.
//!
//! Every system says it in its own variables, some in a file besides, and none of them reliably: zeros and
//! words stand for "unknown", a clone may be cut off, the commit before may be gone. Here is what each of
//! them says ([`read`]), and what that means in the clone at hand (`resolve`). Whatever cannot be known
//! makes the range wider, never narrower, and is told.
//!
//! Nothing here goes to the network: where something must be fetched first, the message names the command.

mod resolve;
mod run;
mod systems;

pub use resolve::{Resolved, resolve};
pub use run::{Aim, Claim, Run, System, Variables};

/// Reads what the system says; nothing where none is known. `file` reads a file that a variable names.
pub fn read(variables: Variables<'_>, file: &dyn Fn(&str) -> std::io::Result<Vec<u8>>) -> Option<Run> {
    systems::read(variables, file)
}

/// The variables by which the systems are known, in the order in which they are asked for.
pub fn marks() -> impl Iterator<Item = &'static str> {
    systems::SYSTEMS.iter().map(|(mark, _)| *mark)
}
