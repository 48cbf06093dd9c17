//! A scan of any bytes: what is found lies inside of them, and in two parts, each with its context, stands
//! what the whole has. The first bytes say where the cut is.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use scrubjay::blob::{Blob, CONTEXT, HEAD, Origin};
use scrubjay::detect::{Detector, Scratch};
use scrubjay::text::Span;

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(scrubjay::rule::builtin(), 1_800_000_000));

/// The leaks that a part owns, by place and rule.
fn leaks(bytes: &[u8], owned: Span, origin: &Origin) -> Vec<(usize, usize, String)> {
    let (from, to) = (owned.start.saturating_sub(CONTEXT), bytes.len().min(owned.end + CONTEXT));
    let blob = Blob {
        bytes: &bytes[from..to],
        owned: Span::new(owned.start - from, owned.end - from),
        at_start: from == 0,
        origin,
        head: &bytes[..bytes.len().min(HEAD)],
        root: None,
    };
    let mut found = Vec::new();
    DETECTOR.leaks(&blob, &mut Scratch::default(), &mut |d| {
        assert!(d.span.start < d.span.end && from + d.span.end <= bytes.len(), "{:?}", d.span);
        found.push((from + d.span.start, from + d.span.end, d.rule.id.clone()));
    });
    found
}

fuzz_target!(|input: &[u8]| {
    let Some((at, text)) = input.split_at_checked(2) else { return };
    let origin = Origin::file("some/app.conf");
    let whole = leaks(text, Span::new(0, text.len()), &origin);
    let cut = (usize::from(at[0]) << 8 | usize::from(at[1])).min(text.len());
    let mut parts = leaks(text, Span::new(0, cut), &origin);
    parts.extend(leaks(text, Span::new(cut, text.len()), &origin));
    assert_eq!(parts, whole, "a cut at {cut}");
});
