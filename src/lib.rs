#![doc = include_str!("../README.md")]

pub mod blob;
pub mod decode;
pub mod detect;
pub mod error;
pub mod finding;
mod judge;
mod matcher;
mod prefilter;
pub mod rule;
pub mod secret;
pub mod text;
pub mod token;

pub use error::{Error, Result};
