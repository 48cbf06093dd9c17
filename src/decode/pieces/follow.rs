//! Goes along the pieces of a value, over whatever joins them.

use super::walk::{SIGNATURE_CHARS, Walk};
use super::{inline, line, literal, tag, word};
use crate::cursor::Cursor;

/// What the joints at one place came to.
#[derive(Debug, Clone, Copy)]
struct Joints {
    end: usize,
    is_loose: bool,
}

impl Walk<'_> {
    /// Goes along all pieces.
    pub(super) fn follow(&mut self) {
        loop {
            self.run_over_value();
            if self.at >= self.limit || self.signature >= SIGNATURE_CHARS {
                return;
            }
            if self.step() {
                continue;
            }
            // In a literal that a joint led into, anything may stand up to its end.
            let closes = self.inside.is_none_or(|q| Cursor::new(self.bytes, self.at).quote() == Some(q));
            if closes || matches!(self.bytes[self.at], b'\n' | b'\r') {
                return;
            }
            self.at += 1;
        }
    }

    /// Goes over the sign or the joints here, if a value goes on behind them.
    pub(super) fn step(&mut self) -> bool {
        let rest = &self.bytes[self.at..];
        if let Some((byte, length)) = inline::escape(rest, self.is_mail) {
            self.count(byte);
            self.cut(self.at + length, Some(byte));
            return true;
        }
        let before = (self.inside, self.is_bare, self.tags, self.list);
        match self.joints() {
            Some(joints) => {
                self.is_loose |= joints.is_loose;
                self.cut(joints.end, None);
                // The comma of a license, at the beginning of a piece.
                self.at += usize::from(self.bytes[self.at] == b',');
                true
            }
            None => {
                (self.inside, self.is_bare, self.tags, self.list) = before;
                false
            }
        }
    }

    /// All joints in a row here, where a value goes on behind them.
    fn joints(&mut self) -> Option<Joints> {
        let mut end = self.at;
        // At the end of a literal a line end says nothing against the literal that follows.
        let (mut loose_line, mut loose_literal, mut between_literals) = (false, false, false);
        let mut below = false;
        while end < self.limit {
            let from = end;
            if let Some(to) = tag::tag(self, from, &mut loose_line) {
                end = to;
            } else if let Some(length) = inline::nothing(&self.bytes[from..]) {
                end += length;
            } else if let Some(to) = line::joint(self, from, &mut loose_line).filter(|_| !below) {
                // An empty line is no joint.
                (end, below) = (to, true);
                self.inside = self.inside.or_else(|| self.opening());
            } else if let Some((to, quote)) = word::joint(self, from) {
                end = to;
                (self.inside, self.is_bare) = (quote, quote.is_none());
            } else if let Some(joint) = literal::joint(self, from) {
                end = joint.end;
                between_literals = true;
                loose_literal |= joint.is_loose;
                (self.inside, self.list) = (Some(joint.quote), joint.list);
            } else {
                break;
            }
        }
        let goes_on = end > self.at && end < self.limit && self.begins_piece(end);
        let is_loose = loose_literal || (loose_line && !between_literals);
        (goes_on && (self.is_token || !is_loose)).then_some(Joints { end, is_loose })
    }
}
