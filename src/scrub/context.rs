//! What a stream keeps in sight of what went out, and what has to wait for what comes: a name and its value may
//! stand on two lines, a line may have been cut, a row may go on.

use super::edges::line_end;
use super::stream::{Scrubber, Table};
use crate::decode::{numbers, pieces, records};
use crate::detect::Place;

/// The context of a line: whole lines, at most so many bytes.
const LINES: usize = 2 * 1024;

/// The context inside of a line.
const WITHIN: usize = 16 * 1024;

/// A value that is not at its end keeps the context from its name on, up to so many bytes.
const OPEN: usize = 64 * 1024;

/// So much of a line that a container runtime cut waits for its end, in bytes.
const HELD: usize = 48 * 1024;

impl Scrubber {
    /// Looks in what is new for the sign of a part of a line.
    pub(super) fn look_for_signs(&mut self) {
        if !self.may_be_cut {
            let from = self.signs.saturating_sub(records::SIGN_BYTES - 1);
            self.may_be_cut = records::has_sign(&self.buffer[from..self.filled]);
            self.signs = self.filled;
        }
    }

    /// Up to where complete lines may go, so that one that a container runtime cut goes out as a whole,
    /// unless too much waits already.
    pub(super) fn before_open_line(&mut self, end: usize) -> usize {
        if !self.may_be_cut {
            return end;
        }
        // Pieces without a line end change nothing.
        if self.held == end {
            return self.context;
        }
        let since = records::open_since(&self.buffer[..end], self.context);
        let to = since.filter(|since| end - since <= HELD).unwrap_or(end);
        self.held = if to == self.context { end } else { 0 };
        to
    }

    /// Makes what went out the context of what comes.
    pub(super) fn move_on(&mut self, end: usize) {
        let going = &self.buffer[self.context..end];
        self.place = if self.watch.is_some() { self.place.after(going) } else { self.place };
        let (mut from, mut moved) = (self.start_of_context(end), false);
        let open = self.scratch.places.iter().rev().find(|p| p.span.start < end);
        let is_open = |p: &&Place| {
            p.span.end >= end - line_end(&self.buffer[..end])
                || pieces::ends_in_joint(&self.buffer[..end], p.span.end)
        };
        if let Some(open) = open.filter(is_open) {
            let name = open.name.map_or(open.span.start, |n| n.start.min(open.span.start));
            let name = open.anchor.map_or(name, |anchor| anchor.min(name));
            let line = memchr::memrchr(b'\n', &self.buffer[..name]).map_or(0, |i| i + 1);
            let name = if name - line < LINES { line } else { name.saturating_sub(4) };
            if end - name <= OPEN {
                from = from.min(name);
            } else if open.span.start - name < LINES && open.span.end > end {
                // The name, and the signs with which the value begins, say as much as all of it.
                let kept =
                    open.span.start + numbers::head_bytes(&self.buffer[open.span.range()], open.numbers);
                self.buffer.copy_within(name..kept, end - (kept - name));
                moved = true;
                from = end - (kept - name);
                self.masked = Some(from + open.span.start - name);
            }
        }
        // The parts of a line that was cut are seen together.
        if self.may_be_cut {
            let floor = end.saturating_sub(OPEN);
            from = records::open_since(&self.buffer[..end], floor).map_or(from, |since| from.min(since));
        }
        // A row whose quotes hold it open goes on where its columns can be counted.
        self.row = match &self.table {
            Table::Read(Some(columns)) => {
                columns.open_row(&self.buffer[..end], self.row.unwrap_or(self.context)).filter(|_| !moved)
            }
            _ => None,
        };
        from = self.row.map_or(from, |row| from.min(row));
        if moved {
            self.open.0 = end;
        }
        from = from.min(self.open.0);
        self.open.0 -= from;
        self.buffer.copy_within(from..self.filled, 0);
        self.held = 0;
        self.signs = self.signs.saturating_sub(from);
        self.base += from as u64;
        self.filled -= from;
        self.row = self.row.map(|row| row - from);
        self.context = end - from;
        self.searched = self.searched.saturating_sub(from).max(self.context);
        self.complete = self.complete.saturating_sub(from).max(self.context);
        self.masked = self.masked.and_then(|m| m.checked_sub(from));
    }

    /// Where the context of what stands at `end` begins: with a line, or inside of a long one.
    pub(super) fn start_of_context(&self, end: usize) -> usize {
        let ends_line = matches!(self.buffer[end - 1], b'\n' | b'\r' | 0);
        let from = end.saturating_sub(if ends_line { LINES } else { WITHIN });
        let line = memchr::memchr(b'\n', &self.buffer[from..end - 1]).map_or(from, |i| from + i + 1);
        if from == 0 { 0 } else { line }
    }
}
