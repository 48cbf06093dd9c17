//! What goes out of a stream: complete lines with their masks, and word of each to whoever counts or watches.

use std::io::{self, Write};
use std::sync::Arc;

use super::going::Going;
use super::judged::{self, Judging};
use super::learn::Part;
use super::settle::{Ground, Putting};
use super::stream::{Scrubber, Table};
use super::told::{Leak, Masked, Tally};
use crate::blob::HEAD;
use crate::detect::{Below, Detection, Place, Rows};
use crate::text::Span;

impl Scrubber {
    /// Lets out everything up to `end`; what is visible up to `visible` decides over it, too.
    pub(super) fn release(
        &mut self,
        end: usize,
        visible: usize,
        writer: &mut (impl Write + ?Sized),
    ) -> io::Result<()> {
        if end <= self.context {
            return Ok(());
        }
        let text = &self.buffer[..visible];
        let at_start = matches!(self.table, Table::Unread);
        if at_start {
            self.table = Table::Read(self.masker.columns(&text[..text.len().min(HEAD)]));
        }
        let rows = match &self.table {
            Table::Read(Some(columns)) => {
                Some(Rows { columns, from: self.row.unwrap_or(self.context), at_start })
            }
            _ => None,
        };
        let below = Below { rows, from: self.open.0, open: self.open.1.as_ref(), at_start, next: Some(end) };
        let tables = self.masker.find_below(text, below, self.may_be_cut, &mut self.scratch);
        let range = self.context..end;
        self.utf16 |= self.wide || (at_start && text[range.clone()].starts_with(b"\xfe\xff"));
        let nul = if self.binary || self.utf16 { None } else { memchr::memchr(0, &text[range.clone()]) };
        let binary = if self.binary { 0 } else { nul.map_or(usize::MAX, |at| self.context + at) };
        let (context, masked, utf16) = (self.context, self.masked, self.utf16);
        let going = Going { context, end, masked, binary, utf16 };
        let part = Part { text, range, base: Some(self.base) };
        let memory = self.memory.as_deref();
        let ground = Ground { putting: Putting::Lines(going), below: Some(below) };
        self.masker.settle(&part, memory, &ground, &mut self.scratch);
        if at_start && let Some(judging) = &mut self.judging {
            judging.begin(text);
        }
        let here = |p: &Place| p.span.end > self.context && p.span.start < end;
        match self.scratch.places.iter().position(here) {
            None => {
                let going = &text[self.context..end];
                writer.write_all(going)?;
                self.tally.written += going.len() as u64;
            }
            Some(first) => {
                self.out.clear();
                let masker = Arc::clone(&self.masker);
                let text = &self.buffer[..visible];
                let judge = |j: &Judging| j.leaks(&masker, text, at_start, &mut self.scratch.detect);
                let leaks = self.judging.as_ref().map(judge).unwrap_or_default();
                self.put_lines(first, going, &leaks);
                writer.write_all(&self.out)?;
                self.tally.written += self.out.len() as u64;
            }
        }
        self.binary |= nul.is_some();
        self.open = tables;
        self.move_on(end);
        Ok(())
    }

    /// Puts what goes out into `out`, from the first place on that reaches into it. What a scan reports there
    /// names the rules.
    pub(super) fn put_lines(&mut self, first: usize, going: Going, leaks: &[Detection<'_>]) {
        let text = &self.buffer[..self.filled];
        let end = going.end;
        let mut at = self.context;
        let mut position = self.place;
        let mut counted = self.context;
        for place in self.scratch.places[first..].iter().take_while(|p| p.span.start < end) {
            let share = going.share(text, place);
            self.out.extend_from_slice(&text[at..share.start]);
            at = share.stop;
            let Some(start) = share.mask else {
                self.masker.put_share(text, place, &share, None, &mut self.out);
                continue;
            };
            let judged = judged::at(leaks, Span::new(start, place.span.end));
            let rule = judged.first().map_or_else(|| self.masker.rule_of(place), |leak| &leak.rule.id);
            let named = self.named.then_some(rule);
            let mask = self.masker.put_share(text, place, &share, named, &mut self.out);
            self.masked = Some(place.span.start);
            count_hit(place, judged.first(), &mut self.tally, &mut self.hits);
            if let Some(watch) = &mut self.watch {
                // The armour of a key stands before what is masked of it.
                let place_of = |leak| position.after(&text[counted..leak_start(leak, counted, at)]).of(leak);
                let leaks: Vec<Leak<'_>> = judged.iter().map(place_of).collect();
                position = position.after(&text[counted..start]);
                counted = start;
                watch(&Masked {
                    rule,
                    name: place.name.map(|n| &text[n.range()]),
                    line: position.line,
                    column: position.chars + 1,
                    offset: position.offset,
                    length: place.span.end - start,
                    mask: &self.out[mask],
                    leaks: &leaks,
                    value: &text[start..place.span.end],
                    class: place.class,
                    is_piece: place.anchor.is_some(),
                });
            }
        }
        self.out.extend_from_slice(&text[at..end]);
    }
}

/// Where a leak begins, between these two.
fn leak_start(leak: &Detection<'_>, from: usize, to: usize) -> usize {
    leak.span.start.clamp(from, to.max(from))
}

/// Counts a place for its rule; a value in pieces once.
fn count_hit(place: &Place, leak: Option<&Detection<'_>>, tally: &mut Tally, hits: &mut [u64]) {
    if place.anchor.is_none() {
        tally.hits += 1;
        let last = hits.len() - 1;
        let rule = leak.map(|leak| leak.rule_index).or(place.rule);
        let kind = rule.unwrap_or(last - usize::from(place.class.is_some()));
        hits[kind.min(last)] += 1;
    }
}
