//! What a scan finds: every rule in every syntax, the laws of detection, and how often it errs. Nothing here
//! needs more than the library.

mod attribution;
mod error_rates;
mod laws;
mod layers;
mod pieces;
mod queries;
mod rules;
mod silent;
#[path = "../support/mod.rs"]
mod support;
mod syntaxes;
