//! The token schemes against vectors made elsewhere, and against everything that may be wrong with a
//! token.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod decoding;
mod vectors;
