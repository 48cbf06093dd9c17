//! Decoded bytes, with a map back to where they came from.

use crate::text::Span;

/// Decoded bytes and, for each, the source bytes it was made from.
#[derive(Debug, Clone, Default)]
pub(crate) struct View {
    /// The stretch of the source that was decoded.
    pub(crate) source: Span,
    /// The decoded bytes.
    pub(crate) bytes: Vec<u8>,
    /// True where the encoding goes on to the left of the stretch.
    pub(crate) cut_start: bool,
    /// True where the encoding goes on to the right of the stretch.
    pub(crate) cut_end: bool,
    /// The one value that the view was made for, where it was made for one.
    pub(crate) value: Option<Joined>,
    /// For each decoded byte the offset in the source where it begins and where it ends.
    map: Vec<(u32, u32)>,
}

/// A value that a view puts together from its pieces.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Joined {
    /// Where its name begins in the view.
    pub(crate) name: usize,
    /// Where it stands in the view.
    pub(crate) span: Span,
    /// Where it stands in the source, joints included.
    pub(crate) source: Span,
    /// Its joints may as well be the ends of unrelated lines: only a token that is whole then is one.
    pub(crate) is_loose: bool,
}

impl Joined {
    /// Whether a value at `span` of the view has to do with this one; `proves_itself` for a whole token.
    pub(crate) fn holds(&self, span: Span, proves_itself: bool) -> bool {
        span.start < self.span.end && self.span.start < span.end && (proves_itself || !self.is_loose)
    }
}

impl Drop for View {
    fn drop(&mut self) {
        use zeroize::Zeroize;
        self.bytes.zeroize();
    }
}

impl View {
    pub(super) fn new(source: Span) -> Self {
        let (bytes, map) = (Vec::with_capacity(source.len()), Vec::with_capacity(source.len()));
        Self { source, bytes, map, cut_start: false, cut_end: false, value: None }
    }

    /// Adds decoded bytes that were made from `start..end` of the source.
    pub(super) fn push(&mut self, decoded: &[u8], start: usize, end: usize) {
        self.bytes.extend_from_slice(decoded);
        let base = self.source.start;
        self.map.extend(decoded.iter().map(|_| ((start - base) as u32, (end - base) as u32)));
    }

    /// Where a span of the decoded bytes stands in the source.
    pub(crate) fn to_source(&self, span: Span) -> Span {
        let start = self.map.get(span.start).map_or(self.source.end, |m| self.source.start + m.0 as usize);
        let end = match span.end.checked_sub(1).and_then(|last| self.map.get(last)) {
            Some(m) if !span.is_empty() => self.source.start + m.1 as usize,
            _ => start,
        };
        Span::new(start.min(end), end)
    }

    /// The stretches of the source that a span of the decoded bytes was made from, in order: more than
    /// one where something was left out between them.
    pub(crate) fn source_parts(&self, span: Span) -> impl Iterator<Item = Span> + '_ {
        let map = self.map.get(span.range()).unwrap_or(&[]);
        let part = |group: &[(u32, u32)]| {
            let start = group.first().map_or(0, |m| m.0 as usize);
            let end = group.last().map_or(0, |m| m.1 as usize);
            Span::new(self.source.start + start, self.source.start + end)
        };
        map.chunk_by(|a, b| a.1 >= b.0).map(part)
    }
}
