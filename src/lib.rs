//! Finds, proves and masks leaked credentials of real-time-communication platforms: TiRTC (Tange) and TRTC / Chat
//! (Tencent).
//!
//! | module | for |
//! |---|---|
//! | [`detect`] | finding: bytes in, [`detect::Detection`]s out |
//! | [`rule`] | what is looked for: the rules that come with the crate, and rules of your own |
//! | [`scrub`] | masking: slices of bytes, and streams |
//! | [`redact`](https://docs.rs/scrubjay/latest/scrubjay/redact) | masking what a service logs through `tracing`; feature `tracing` |
//! | [`testing`](https://docs.rs/scrubjay/latest/scrubjay/testing) | a service's own tests: nothing secret was logged; feature `tracing` |
//! | [`token`] | connect tokens and UserSigs: reading, and with the feature `sign` signing and verifying |
//! | [`secret`] | types that hold secrets: wiped when they go out of use, masked when they are printed |
//! | [`finding`] | the vocabulary of reports: kinds, severities, fingerprints |
//!
//! ```
//! use scrubjay::detect::Detector;
//! use scrubjay::scrub::Masker;
//!
//! let key: String = "Ml0Kj4Hg6Fd2Sp8Oi5Uy1Tr7EwQ9k3Za".chars().rev().collect();
//! let text = format!("device_secret_key = \"{key}\"");
//!
//! let detector = Detector::new(scrubjay::rule::builtin(), 1_800_000_000); // the clock is a parameter
//! let found = detector.find(text.as_bytes());
//! assert_eq!(found[0].rule.id, "tirtc-device-secret-key");
//!
//! assert_eq!(Masker::default().mask_text(&text), "device_secret_key = \"aZ3k****K0lM\"");
//! ```
//!
//! The features `sign`, `legacy`, `serde`, `tracing` and `opentelemetry` only add to this. The default feature `cli`
//! is the command: the modules that it brings are the command's own, are not documented here, and change without
//! notice.

pub mod blob;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod ci;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod config;
mod cursor;
mod decode;
pub mod detect;
pub mod error;
pub mod finding;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod git;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod globs;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod ground;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod input;
mod judge;
mod matcher;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod pack;
mod prefilter;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod prove;
#[cfg(feature = "tracing")]
pub mod redact;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod report;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod rewrite;
pub mod rule;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod scan;
pub mod scrub;
pub mod secret;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod summary;
mod table;
#[cfg(feature = "tracing")]
pub mod testing;
#[doc(hidden)]
pub mod text;
#[cfg(feature = "cli")]
mod threads;
pub mod token;
#[cfg(feature = "cli")]
mod walk;
mod words;

pub use error::{Error, Result};

/// The examples in the README run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
