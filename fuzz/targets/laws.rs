//! Any bytes in any pieces: what is masked once stays, nothing but values changes, as many lines come
//! out, and not much more than went in.
#![no_main]

#[path = "../../tests/support/scrubbing.rs"]
#[allow(dead_code, reason = "each target uses a part of it")]
mod scrubbing;

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use scrubjay::scrub::Masker;
use scrubbing::{is_bounded, is_fixpoint, keeps_lines, scrub};

static MASKER: LazyLock<Arc<Masker>> = LazyLock::new(Arc::default);

fuzz_target!(|input: &[u8]| {
    // The first bytes say how the others come.
    let Some((pieces, text)) = input.split_at_checked(4) else { return };
    let pieces: Vec<usize> = pieces.iter().map(|n| usize::from(*n) * 3 + 1).collect();
    let done = scrub(&MASKER, text, &pieces, false);
    let held = keeps_lines(text, &done.bytes)
        .and_then(|()| is_bounded(text, &done))
        .and_then(|()| is_fixpoint(&MASKER, &done.bytes, &pieces));
    if let Err(broken) = held {
        panic!("{broken}");
    }
    if done.masks.is_empty() {
        assert!(done.bytes == text, "without a mask every byte is as it was");
    }
});
