//! A scan of what was scrubbed finds nothing, and what is not masked is as it was. The input is text,
//! with a secret wherever it has the sign `~`.
#![no_main]

#[path = "../../tests/support/scrubbing.rs"]
#[allow(dead_code, reason = "each target uses a part of it")]
mod scrubbing;

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use scrubjay::detect::Detector;
use scrubjay::scrub::Masker;
use scrubbing::{is_clean, is_same_outside, scrub};

static MASKER: LazyLock<Arc<Masker>> = LazyLock::new(Arc::default);
static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(scrubjay::rule::builtin(), 1_800_000_000));

fuzz_target!(|text: &str| {
    // Of 32 characters and opens nothing; put together here, so that it stands nowhere.
    let key: String = (0..32_u8).map(|i| char::from(b"kQ7x"[usize::from(i % 4)] ^ (i / 4 % 2))).collect();
    let text = text.replace('~', &key);
    let done = scrub(&MASKER, text.as_bytes(), &[], true);
    let held = is_clean(&DETECTOR, &done.bytes).and_then(|()| is_same_outside(text.as_bytes(), &done));
    if let Err(broken) = held {
        panic!("{broken}");
    }
});
