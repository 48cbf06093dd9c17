//! Lines of JSON stay lines of JSON, with the same names.
#![no_main]

#[path = "../../tests/support/scrubbing.rs"]
#[allow(dead_code, reason = "each target uses a part of it")]
mod scrubbing;

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use scrubjay::scrub::Masker;
use scrubbing::{keeps_json, scrub};

static MASKER: LazyLock<Arc<Masker>> = LazyLock::new(Arc::default);

fuzz_target!(|text: &str| {
    // Any text is a value under a name that says nothing, under one that says everything, and a line.
    let value = serde_json::Value::from(text);
    let lines = format!(
        "{}\n{}\n{text}\n",
        serde_json::json!({ "message": value, "n": 1 }),
        serde_json::json!({ "token": value, "inner": { "password": value, "a": [value] } }),
    );
    let done = scrub(&MASKER, lines.as_bytes(), &[], false);
    if let Err(broken) = keeps_json(lines.as_bytes(), &done.bytes) {
        panic!("{broken}");
    }
});
