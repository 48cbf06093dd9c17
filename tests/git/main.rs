//! Git repositories as they really are: made by git itself, in every form that it stores them in, with
//! hooks that it runs, and broken in every way that should not pass for a clean scan.
//!
//! Secrets are minted when a test runs, and whatever the command prints in any of these tests is
//! searched for them (see [`lab`]).
#![cfg(feature = "cli")]

mod ci;
mod containers;
mod everywhere;
mod forge;
mod gaps;
mod history;
mod hooks;
mod hostile;
mod lab;
mod large;
mod laws;
mod lies;
mod made;
mod managers;
#[path = "../pack/made.rs"]
#[allow(dead_code, reason = "made for another suite")]
mod packed;
mod reftable;
mod several;
mod slow;
mod staged;
#[path = "../support/mod.rs"]
mod support;
