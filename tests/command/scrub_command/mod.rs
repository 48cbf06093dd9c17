//! `scrubjay scrub` as people meet it: streams, files in place, copies, reports. What needs no more than
//! a command line and what is printed stands in `tests/cli/scrub.toml`.
mod copies;
#[cfg(unix)]
mod in_place;
mod lab;
mod policy;
mod reports;
#[cfg(unix)]
mod safety;
mod streams;

/// A line with a secret that is found by its name, and what stands there afterwards.
const DIRTY: &str = "2026-01-02 INFO secret_key={alnum:32} device_id=TIRA1B2C3D4E\n";
const CLEAN: &str = "2026-01-02 INFO nothing to hide device_id=TIRA1B2C3D4E\n";
