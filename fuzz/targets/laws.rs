//! Any bytes in any pieces: nothing but values changes, as many lines come out, and not much more than went
//! in. And what was masked once stays: whole, as a file, and line by line.
//!
//! Again in the same way, that is: of a value that goes over several lines and turns out to be none (a token
//! whose end is damaged, an array with other things in it) a pipe has masked the beginning when a file has it
//! whole and leaves it.
#![no_main]

#[path = "../../tests/support/scrubbing.rs"]
#[allow(dead_code, reason = "each target uses a part of it")]
mod scrubbing;

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use scrubjay::scrub::Masker;
use scrubbing::{difference, is_bounded, keeps_lines, scrub};

static MASKER: LazyLock<Arc<Masker>> = LazyLock::new(Arc::default);

/// A text whole, with what follows in sight, and line by line.
const WAYS: [(&[usize], bool); 3] = [(&[], false), (&[], true), (&[1], false)];

fn stays(text: &[u8], pieces: &[usize], ahead: bool) -> Result<(), String> {
    let once = scrub(&MASKER, text, pieces, ahead).bytes;
    let twice = scrub(&MASKER, &once, pieces, ahead).bytes;
    if once == twice {
        return Ok(());
    }
    let (a, b) = difference(&once, &twice);
    Err(format!("pieces {pieces:?}, ahead {ahead}: {a:?} becomes {b:?}"))
}

fuzz_target!(|input: &[u8]| {
    // The first bytes say how the others come.
    let Some((pieces, text)) = input.split_at_checked(4) else { return };
    let pieces: Vec<usize> = pieces.iter().map(|n| usize::from(*n) * 3 + 1).collect();
    let done = scrub(&MASKER, text, &pieces, false);
    let held = keeps_lines(text, &done.bytes)
        .and_then(|()| is_bounded(text, &done))
        .and_then(|()| WAYS.iter().try_for_each(|(pieces, ahead)| stays(text, pieces, *ahead)));
    if let Err(broken) = held {
        panic!("{broken}");
    }
    if done.masks.is_empty() {
        assert!(done.bytes == text, "without a mask every byte is as it was");
    }
});
