//! Any text as a file that a person or a repository gives: rules, a project file, a baseline, known keys.
//! It is read or refused, and what is wrong is said without a panic.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use scrubjay::config::{Baseline, Project};
use scrubjay::prove::Known;

fuzz_target!(|input: &[u8]| {
    if let Ok(text) = std::str::from_utf8(input) {
        // Each pattern is compiled, which takes far longer than all the rest.
        if text.len() < 2048
            && let Err(error) = scrubjay::rule::load(text, Path::new("rules.toml"))
        {
            let _ = error.to_string();
        }
    }
    let _ = Project::parse(input, "scrubjay.toml", "").map_err(|error| error.to_string());
    let _ = Known::parse(input).map_err(|error| error.to_string());
    if let Ok(baseline) = Baseline::parse(input) {
        let again = Baseline::parse(baseline.to_text().as_bytes()).expect("what it writes it reads");
        assert_eq!(again.entries().len(), baseline.entries().len());
    }
});
