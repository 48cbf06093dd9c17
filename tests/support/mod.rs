//! What the tests share: a mint that fills templates with credentials that never existed, and the
//! acceptance cases that are written in those templates.
//!
//! The repository holds no real-shaped secret: each is made up at run time, from a seed, so that a
//! failure can be repeated.
#![allow(dead_code, reason = "each test crate uses a part of this module")]

pub(crate) mod cases;
pub(crate) mod failure;
pub(crate) mod keys;
pub(crate) mod lines;
pub(crate) mod prng;
pub(crate) mod rates;
pub(crate) mod scrubbing;
pub(crate) mod template;
pub(crate) mod tokens;

/// The clock of all tests: tokens are minted around it.
pub(crate) const NOW: i64 = 1_800_000_000;
