//! What a scan reads, and that it says what it does not: ignore files as git has them, globs of one
//! dialect everywhere, kinds of files that nothing looks into, and what is damaged.
//!
//! Secrets are minted when a test runs, and whatever the command prints in any of these tests is
//! searched for them (see [`lab`]).
#![cfg(feature = "cli")]

mod excludes;
mod ignores;
mod kinds;
#[path = "../git/lab.rs"]
#[allow(dead_code, reason = "made for another suite")]
mod lab;
#[path = "../pack/made.rs"]
#[allow(dead_code, reason = "made for another suite")]
mod made;
mod names;
mod stopping;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;

use crate::lab::Ran;

/// How many were skipped for each reason.
fn skipped(ran: &Ran) -> BTreeMap<String, u64> {
    let report: serde_json::Value = serde_json::from_slice(&ran.stdout).expect("a report");
    let list = report["summary"]["skipped"].as_array().expect("a list").clone();
    let pair = |one: &serde_json::Value| Some((one["reason"].as_str()?.to_owned(), one["count"].as_u64()?));
    list.iter().map(|one| pair(one).expect("a reason and a count")).collect()
}
