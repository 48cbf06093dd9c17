//! Compressed files and archives: read and rewritten, whole, nested, broken and made to harm.
//!
//! What is read here is made here, byte by byte where it matters; `tests/pack/run` does the same with the
//! programs that people use.
#![cfg(feature = "cli")]

mod agreeing;
mod hostile;
mod made;
mod reading;
mod rewriting;
mod scanned;
#[path = "../support/mod.rs"]
mod support;
