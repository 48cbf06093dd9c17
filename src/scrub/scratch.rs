//! Buffers that are used again from text to text.

use crate::detect::{self, Place};
use crate::text::Span;

/// Buffers that are used again from text to text; one for each thread.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(super) detect: detect::Scratch,
    pub(super) places: Vec<Place>,
    pub(super) settling: Settling,
}

/// Those for what a text becomes with its masks.
#[derive(Debug, Default)]
pub(super) struct Settling {
    /// A stretch of the text with its masks.
    pub(super) masked: Vec<u8>,
    /// Where in it masks stand, and for what.
    pub(super) masks: Vec<(Span, Span)>,
    pub(super) found: Vec<Place>,
    pub(super) windows: Vec<Span>,
}

impl Settling {
    /// Where a position in the masked stretch stands in the text: a mask is one with what it stands for.
    pub(super) fn to_source(&self, window: Span, at: usize, is_end: bool) -> usize {
        let next = self.masks.partition_point(|(mask, _)| mask.start + usize::from(is_end) <= at);
        match next.checked_sub(1).map(|last| self.masks[last]) {
            None => window.start + at,
            Some((mask, source)) if at >= mask.end => source.end + (at - mask.end),
            Some((_, source)) => {
                if is_end {
                    source.end
                } else {
                    source.start
                }
            }
        }
    }

    /// The other way.
    pub(super) fn to_masked(&self, at: usize) -> usize {
        let next = self.masks.partition_point(|(_, source)| source.start < at);
        match next.checked_sub(1).map(|last| self.masks[last]) {
            None => at,
            Some((mask, source)) if at >= source.end => mask.end + (at - source.end),
            Some((mask, _)) => mask.end,
        }
    }

    pub(super) fn span_to_source(&self, window: Span, span: Span) -> Span {
        let start = self.to_source(window, span.start, false);
        Span::new(start, self.to_source(window, span.end, true).max(start))
    }
}
