//! The command as people run it, and what only it needs of the library: reports, baselines, proofs, policies.
#![cfg(feature = "cli")]

mod action;
mod baseline;
mod cli;
mod formats;
mod leaks;
mod policy;
mod prove;
mod run;
mod scan;
mod scrub_command;
mod scrub_kill;
mod scrub_memory;
mod scrub_told;
#[path = "../support/mod.rs"]
mod support;
