//! The views that decoders open, as pages in which the same is done again.

use std::ops::Range;

use crate::decode::{Ask, Decoder, View};
use crate::matcher::Page;
use crate::matcher::page::Context;
use crate::text::Span;

/// Near the cut end of a view a name or a value may be cut as well; the next view has it whole.
pub(super) const CUT: usize = 1024;

/// The view of a decoder at a place, unless it was opened there already.
pub(super) fn open(
    decoder: &Decoder,
    page: &Page<'_>,
    ask: &Ask,
    seen: &mut Vec<(&'static str, Span)>,
) -> Option<View> {
    let at = ask.at;
    let has_seen = |(name, span): &(&str, Span)| *name == decoder.name && span.range().contains(&at);
    if seen.iter().rev().take(4).any(has_seen) {
        return None;
    }
    let view = (decoder.decode)(page.bytes, ask)?;
    let safe_end =
        if view.cut_end { view.source.end.saturating_sub(4 * CUT).max(at + 1) } else { view.source.end };
    let safe = view.value.map_or(Span::new(view.source.start, safe_end), |v| v.source);
    seen.push((decoder.name, safe));
    Some(view)
}

/// The page that a view is.
pub(super) fn inner<'v>(page: &Page<'v>, view: &'v View, context: &'v Context<'v>) -> Page<'v> {
    /// What may decide over a value in pieces stands so near.
    const AROUND: usize = 1024;
    let around = view.value.map(|v| {
        let end = page.bytes.len().min(v.source.end + AROUND);
        &page.bytes[v.source.start.saturating_sub(AROUND)..end]
    });
    Page { bytes: &view.bytes, around: around.or(page.around), context, ..*page }
}

/// Where in a view hits are looked for.
pub(super) fn stretch(view: &View) -> Range<usize> {
    view.value.map_or(0..view.bytes.len(), |v| v.name..v.span.end)
}
