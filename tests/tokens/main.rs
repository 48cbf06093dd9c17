//! The token schemes against vectors made elsewhere, and against everything that may be wrong with a
//! token.

#![allow(clippy::unwrap_used, reason = "a test may stop")]
#![cfg_attr(not(feature = "legacy"), allow(dead_code, reason = "the vectors serve all features"))]

#[cfg(feature = "cli")]
mod command;
mod decoding;
#[cfg(feature = "sign")]
mod homemade;
#[cfg(feature = "sign")]
mod laws;
#[cfg(feature = "legacy")]
mod legacy;
#[cfg(feature = "sign")]
mod refusing;
#[cfg(feature = "sign")]
mod signing;
#[path = "../support/mod.rs"]
mod support;
mod vectors;
