#![doc = include_str!("../README.md")]

pub mod blob;
#[cfg(feature = "cli")]
pub mod ci;
#[cfg(feature = "cli")]
pub mod config;
mod cursor;
pub mod decode;
pub mod detect;
pub mod error;
pub mod finding;
#[cfg(feature = "cli")]
pub mod git;
#[cfg(feature = "cli")]
pub mod globs;
#[cfg(feature = "cli")]
pub mod ground;
#[cfg(feature = "cli")]
pub mod input;
mod judge;
mod matcher;
#[cfg(feature = "cli")]
pub mod pack;
mod prefilter;
#[cfg(feature = "cli")]
pub mod prove;
#[cfg(feature = "tracing")]
pub mod redact;
#[cfg(feature = "cli")]
pub mod report;
#[cfg(feature = "cli")]
pub mod rewrite;
pub mod rule;
#[cfg(feature = "cli")]
pub mod scan;
pub mod scrub;
pub mod secret;
#[cfg(feature = "cli")]
pub mod summary;
mod table;
#[cfg(feature = "tracing")]
pub mod testing;
pub mod text;
#[cfg(feature = "cli")]
mod threads;
pub mod token;
#[cfg(feature = "cli")]
mod walk;
mod words;

pub use error::{Error, Result};
