//! How the value at a place goes out of a stream: its mask where it begins, and of its other lines the ends.

use std::ops::Range;

use super::edges::{blanks, first_line, keep_length, keep_line_ends};
use super::masker::Masker;
use super::put::wide_mask;
use super::structure;
use crate::detect::Place;

/// What goes out of a text, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Going {
    /// What stands before is out already.
    pub(super) context: usize,
    pub(super) end: usize,
    /// Where the value begins whose mask went out last.
    pub(super) masked: Option<usize>,
    /// Values that reach beyond keep their lengths.
    pub(super) binary: usize,
    /// The text is UTF-16: what is not masked in UTF-16 keeps its length.
    pub(super) utf16: bool,
}

/// What goes out of the value at a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    /// The mask stands here, unless it is out already.
    pub(super) mask: Option<usize>,
    /// The value that did not go out before.
    pub(super) start: usize,
    pub(super) stop: usize,
    /// Nothing of the value went out before, as its mask or as it is.
    is_whole: bool,
    keeps_length: bool,
}

impl Going {
    /// What goes out of a place that reaches into it.
    pub(super) fn share(&self, text: &[u8], place: &Place) -> Share {
        let start = place.span.start.max(self.context);
        let stop = place.span.end.min(self.end);
        let goes_on = place.span.start < self.context && self.masked.is_some_and(|m| m >= place.span.start);
        // What was not known to be one has its mask where it is first seen.
        let is_cut = start > place.span.start;
        let gap = if is_cut { blanks(&text[start..stop]) } else { 0 };
        let mask = (!goes_on).then_some(start + gap);
        // A NUL within the value stays where it is.
        let is_odd = self.utf16 && !is_wide(&text[start..stop]);
        Share { mask, start, stop, is_whole: !is_cut, keeps_length: stop > self.binary || is_odd }
    }
}

/// Whether a value is masked as one of UTF-16, which is as long as so many whole units.
fn is_wide(value: &[u8]) -> bool {
    wide_mask(value).is_some()
}

impl Masker {
    /// Appends what goes out of a place; `named` instead of its mask. Says where in `out` the mask stands.
    pub(super) fn put_share(
        &self,
        text: &[u8],
        place: &Place,
        share: &Share,
        named: Option<&str>,
        out: &mut Vec<u8>,
    ) -> Range<usize> {
        let Share { mask, start, stop, .. } = *share;
        let keeps_length = share.keeps_length && named.is_none();
        // A line that goes out in parts is masked as one.
        let is_line = stop == place.span.end || text[..stop].ends_with(b"\n");
        let shape = structure::depth(text, place).filter(|_| is_line && named.is_none() && !keeps_length);
        let class = self.class(place);
        let mut rest = start;
        let mut from = out.len();
        if let Some(mask) = mask {
            out.extend_from_slice(&text[start..mask]);
            from = out.len();
            let line = first_line(&text[mask..stop]).map_or(stop, |length| mask + length);
            if let Some(rule) = named {
                out.extend([b"[", rule.as_bytes(), b"]"].concat());
            } else if keeps_length {
                keep_length(&text[mask..line], out);
            } else if let Some(depth) = shape {
                self.put_structure(&text[mask..line], depth, class, out);
            } else {
                // Of an array all is looked at: how it is written says how its mask is.
                let shown = if place.numbers { stop } else { line };
                let is_whole = share.is_whole && line == place.span.end && !self.would_name(text, mask..line);
                self.put_place(text, place, mask..shown, is_whole, out);
            }
            rest = line;
        }
        let until = out.len();
        if keeps_length {
            keep_length(&text[rest..stop], out);
        } else if let Some(depth) = shape {
            self.put_structure(&text[rest..stop], depth, class, out);
        } else {
            keep_line_ends(&text[rest..stop], out);
        }
        from..until
    }
}
