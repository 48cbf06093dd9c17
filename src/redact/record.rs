//! The way of an event or a span: its values are recorded, scanned, masked and handed on.

use std::cell::Cell;

use tracing_core::field::Visit;
use tracing_core::metadata::Metadata;
use zeroize::Zeroize as _;

use super::capture::Capture;
use super::captured::Captured;
use super::error_chain::Chain;
use super::visitor::Visitor;
use crate::scrub::Masker;

thread_local! {
    static CAPTURE: Cell<Option<Box<Capture>>> = const { Cell::new(None) };
}

/// A buffer that grew larger than this is given back after use, in bytes.
pub(super) const KEEP: usize = 64 * 1024;

/// Takes the thread's buffers, records into them, scans, and gives the result to `then`.
pub(super) fn capture<R>(
    masker: &Masker,
    metadata: Option<&'static Metadata<'static>>,
    record: impl FnOnce(&mut dyn Visit),
    then: impl FnOnce(&Captured<'_>) -> R,
) -> R {
    // While the thread's locals are destroyed there is none to take.
    let mut capture = CAPTURE.try_with(Cell::take).ok().flatten().unwrap_or_default();
    capture.slots.clear();
    capture.text.clear();
    capture.hidden.clear();
    capture.masked.clear();
    capture.links.clear();
    capture.errors = 0;
    capture.named = false;
    let mut visitor = Visitor { masker, capture: &mut capture, metadata, classes: None };
    if let Some(metadata) = metadata {
        visitor.classes = Some(visitor.capture.names.of(masker, metadata));
    }
    record(&mut visitor);
    let metadata = visitor.metadata;
    let hits = capture.mask(masker, metadata);
    capture.chain();
    let result = then(&Captured { capture: &capture, metadata });
    if hits {
        capture.text.zeroize();
        capture.hidden.zeroize();
    }
    let errors: usize = capture.chains.iter().map(Chain::capacity).sum();
    if capture.text.capacity() + capture.hidden.capacity() + capture.masked.capacity() + errors <= KEEP {
        let _ = CAPTURE.try_with(|cell| cell.set(Some(capture)));
    }
    result
}
