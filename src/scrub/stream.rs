//! Streams: bytes come in pieces of any size and go out masked, a complete line as soon as it is there.
//!
//! The buffer holds what was let out last (its context, so that a name on one line and its value on the
//! next are seen together), then what waits. Memory is bounded: a line that is longer than
//! [`LONG`] goes out in parts, and a value that is longer than the context leaves it in the middle.
//!
//! A mask stands where its value begins. What is left of a value on the following lines is taken out,
//! and the line ends stay: there are as many lines as before, and JSON that was written over several
//! lines stays JSON.
//!
//! What no stream can know is what comes later. Where that decides (an SDKAppID below the key that
//! belongs to it), [`Scrubber::look_ahead`] lets it wait; a pipe does not.

use std::fmt;
use std::io::{self, Read, Write};
use std::sync::Arc;

use super::edges::{cut, line_end};
use super::going::Going;
use super::judged::{self, Judging};
use super::learn::Part;
use super::memory::Memory;
use super::policy::{FIELD, LITERAL};
use super::settle::{Ground, Putting};
use super::told::{Leak, Masked, Position, Tally};
use super::{Masker, Scratch};
use crate::blob::{HEAD, Origin};
use crate::decode::{numbers, pieces, records};
use crate::detect::{Below, Detection, Place, Rows};
use crate::matcher::csv::Columns;
use crate::matcher::table::Open;
use crate::text::Span;

/// How much is read at once, in bytes: it stays in the second-level cache.
const CHUNK: usize = 128 * 1024;

/// A line without an end goes out in parts when it is longer than this, in bytes.
const LONG: usize = 256 * 1024;

/// The context of a line: whole lines, at most so many bytes.
const LINES: usize = 2 * 1024;

/// The context inside of a line.
const WITHIN: usize = 16 * 1024;

/// A value that is not at its end keeps the context from its name on, up to so many bytes.
const OPEN: usize = 64 * 1024;

/// So much of a line that a container runtime cut waits for its end, in bytes.
const HELD: usize = 48 * 1024;

/// How much of a large file is looked at ahead of what goes out, in bytes.
const AHEAD: usize = 16 * 1024;

/// Masks a stream by a [`Masker`].
///
/// ```
/// use scrubjay::scrub::Scrubber;
/// let mut out = Vec::new();
/// let mut log = &b"login user=bob password=hunter2\nGET /x?access_token=abc&page=2\n"[..];
/// let tally = Scrubber::default().copy(&mut log, &mut out)?;
/// assert_eq!(out, b"login user=bob password=****\nGET /x?access_token=****&page=2\n");
/// assert_eq!(tally.hits, 2);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Scrubber {
    masker: Arc<Masker>,
    /// What was recognised, in this stream or in those that share it.
    memory: Option<Arc<Memory>>,
    shares_memory: bool,
    /// Where in all that came in the buffer begins.
    base: u64,
    scratch: Scratch,
    /// Context, then what waits; what is beyond `filled` is room.
    buffer: Vec<u8>,
    filled: usize,
    /// How much of the buffer is context.
    context: usize,
    /// What waits was searched for a line end up to here.
    searched: usize,
    /// The end of the last complete line, if one waits.
    complete: usize,
    /// Lines up to here were seen to wait for the end of one that was cut.
    held: usize,
    /// A container runtime may have cut lines: the sign of a part was seen.
    may_be_cut: bool,
    /// Up to here it was looked for.
    signs: usize,
    /// Where the value begins whose mask went out last.
    masked: Option<usize>,
    /// Where the row of a table begins that went out in part, inside of the context.
    row: Option<usize>,
    /// The table of which rows may follow, and where its next one begins.
    open: (usize, Option<Open>),
    ahead: usize,
    /// UTF-16, little-endian: a line end has a second byte.
    wide: bool,
    /// UTF-16, as its byte order mark says.
    utf16: bool,
    /// A NUL went out, and it is no UTF-16: lengths may count here, so that masks keep them.
    binary: bool,
    /// What is masked is named by its rule instead of shown: for comparisons.
    named: bool,
    table: Table,
    out: Vec<u8>,
    place: Position,
    tally: Tally,
    /// Values masked, for each rule, for fields and for literals.
    hits: Vec<u64>,
    judging: Option<Judging>,
    watch: Option<Watch>,
}

/// What is told of each masked value.
type Watch = Box<dyn FnMut(&Masked<'_>) + Send>;

/// The columns that the first line names.
#[derive(Debug)]
enum Table {
    /// The first line is not there yet.
    Unread,
    /// It was read.
    Read(Option<Columns>),
}

impl fmt::Debug for Scrubber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scrubber").field("tally", &self.tally).finish_non_exhaustive()
    }
}

impl Default for Scrubber {
    fn default() -> Self {
        Self::new(Masker::default())
    }
}

impl Scrubber {
    /// A scrubber for one stream, at its beginning.
    pub fn new(masker: impl Into<Arc<Masker>>) -> Self {
        let masker = masker.into();
        Self {
            hits: vec![0; masker.rules().len() + 2],
            memory: masker.policy().learns.then(Arc::default),
            shares_memory: false,
            base: 0,
            masker,
            scratch: Scratch::default(),
            buffer: Vec::new(),
            filled: 0,
            context: 0,
            searched: 0,
            complete: 0,
            held: 0,
            may_be_cut: false,
            signs: 0,
            masked: None,
            row: None,
            open: (0, None),
            ahead: 0,
            wide: false,
            utf16: false,
            binary: false,
            named: false,
            table: Table::Unread,
            out: Vec::new(),
            place: Position { line: 1, chars: 0, offset: 0 },
            tally: Tally::default(),
            judging: None,
            watch: None,
        }
    }

    /// Holds lines back until what follows them is there, too: for files, where nobody waits for a line.
    #[must_use]
    pub fn look_ahead(mut self) -> Self {
        self.ahead = AHEAD;
        self
    }

    /// Remembers with others what was recognised, if the policy wants that.
    #[cfg(feature = "cli")]
    pub(crate) fn remember_in(mut self, memory: &Arc<Memory>) -> Self {
        if self.masker.policy().learns {
            self.memory = Some(Arc::clone(memory));
            self.shares_memory = true;
        }
        self
    }

    /// Tells of each masked value. That costs the counting of lines.
    #[must_use]
    pub fn watch(mut self, watch: impl FnMut(&Masked<'_>) + Send + 'static) -> Self {
        self.watch = Some(Box::new(watch));
        self
    }

    /// Tells and counts each masked value by the rule by which a scan of this origin reports it at `now`
    /// (Unix seconds), where one does. That costs a scan of each part with something masked in it.
    #[must_use]
    pub fn judge(mut self, origin: Origin, now: i64) -> Self {
        self.judging = Some(Judging::new(origin, now));
        self
    }

    /// How many values each rule has masked so far, of the rules that masked any.
    pub fn hits_by_rule(&self) -> impl Iterator<Item = (&str, u64)> {
        let rules = self.masker.rules().iter().map(|rule| rule.id.as_str());
        let all = rules.chain([FIELD, LITERAL]).zip(self.hits.iter().copied());
        all.filter(|(_, hits)| *hits > 0)
    }

    /// Puts `[rule]` instead of masks.
    #[cfg(feature = "cli")]
    pub(crate) fn named(mut self) -> Self {
        self.named = true;
        self
    }

    /// Masks everything that a reader gives. After each read all complete lines go out, and the writer is
    /// flushed.
    ///
    /// # Errors
    ///
    /// Those of the reader, after what was read before has gone out, and of the writer.
    pub fn copy(
        &mut self,
        reader: &mut (impl Read + ?Sized),
        writer: &mut (impl Write + ?Sized),
    ) -> io::Result<Tally> {
        let broken = loop {
            self.make_room();
            match reader.read(&mut self.buffer[self.filled..]) {
                Ok(0) => break None,
                Ok(read) => {
                    self.filled += read;
                    self.tally.read += read as u64;
                    if self.let_out(writer)? {
                        writer.flush()?;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Some(error),
            }
        };
        let tally = self.finish(writer)?;
        broken.map_or(Ok(tally), Err)
    }

    /// Takes a piece; complete lines go out.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn push(&mut self, mut piece: &[u8], writer: &mut (impl Write + ?Sized)) -> io::Result<()> {
        while !piece.is_empty() {
            self.make_room();
            let taken = piece.len().min(self.buffer.len() - self.filled);
            self.buffer[self.filled..self.filled + taken].copy_from_slice(&piece[..taken]);
            self.filled += taken;
            self.tally.read += taken as u64;
            piece = &piece[taken..];
            self.let_out(writer)?;
        }
        Ok(())
    }

    /// Lets out what waits, with or without a line end, and begins anew.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn finish(&mut self, writer: &mut (impl Write + ?Sized)) -> io::Result<Tally> {
        self.look_for_signs();
        self.release(self.filled, self.filled, writer)?;
        writer.flush()?;
        self.base += self.filled as u64;
        if let Some(memory) = self.memory.as_ref().filter(|_| !self.shares_memory) {
            memory.clear();
        }
        (self.filled, self.context, self.searched, self.complete, self.held) = (0, 0, 0, 0, 0);
        (self.may_be_cut, self.signs) = (false, 0);
        (self.masked, self.row, self.table) = (None, None, Table::Unread);
        (self.wide, self.utf16, self.binary) = (false, false, false);
        self.open = (0, None);
        self.place = Position { line: 1, chars: 0, offset: 0 };
        Ok(std::mem::take(&mut self.tally))
    }

    /// Makes room for a chunk behind what waits.
    fn make_room(&mut self) {
        let wanted = self.filled + CHUNK;
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        }
    }

    /// Lets out what can go; says whether something did.
    fn let_out(&mut self, writer: &mut (impl Write + ?Sized)) -> io::Result<bool> {
        if matches!(self.table, Table::Unread) {
            self.wide = self.buffer[..self.filled].starts_with(b"\xff\xfe");
        }
        let fresh = &self.buffer[self.searched..self.filled];
        if self.wide {
            let end = memchr::memmem::rfind(fresh, b"\n\0");
            self.complete = end.map_or(self.complete, |i| self.searched + i + 2);
            self.searched = self.filled.saturating_sub(1).max(self.context);
        } else {
            // A return at the end may be the first half of a line end.
            let sure = fresh.len() - usize::from(fresh.last() == Some(&b'\r'));
            let end = memchr::memrchr2(b'\n', b'\r', &fresh[..sure]);
            self.complete = end.map_or(self.complete, |i| self.searched + i + 1);
            self.searched += sure;
        }
        self.look_for_signs();
        let end = match self.ahead {
            0 => self.complete,
            ahead => {
                let to = self.complete.saturating_sub(ahead).max(self.context);
                let line = memchr::memrchr(b'\n', &self.buffer[self.context..to]);
                line.map_or(0, |i| self.context + i + 1 + usize::from(self.wide))
            }
        };
        let end = if end > self.context { self.before_open_line(end) } else { end };
        if end > self.context {
            self.release(end, self.complete, writer)?;
            return Ok(true);
        }
        if self.filled - self.context > LONG {
            let cut = cut(&self.buffer[..self.filled], self.context);
            self.release(cut, self.filled, writer)?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Looks in what is new for the sign of a part of a line.
    fn look_for_signs(&mut self) {
        if !self.may_be_cut {
            let from = self.signs.saturating_sub(records::SIGN_BYTES - 1);
            self.may_be_cut = records::has_sign(&self.buffer[from..self.filled]);
            self.signs = self.filled;
        }
    }

    /// Up to where complete lines may go, so that one that a container runtime cut goes out as a whole,
    /// unless too much waits already.
    fn before_open_line(&mut self, end: usize) -> usize {
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

    /// Lets out everything up to `end`; what is visible up to `visible` decides over it, too.
    fn release(&mut self, end: usize, visible: usize, writer: &mut (impl Write + ?Sized)) -> io::Result<()> {
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
    fn put_lines(&mut self, first: usize, going: Going, leaks: &[Detection<'_>]) {
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

    /// Makes what went out the context of what comes.
    fn move_on(&mut self, end: usize) {
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
    fn start_of_context(&self, end: usize) -> usize {
        let ends_line = matches!(self.buffer[end - 1], b'\n' | b'\r' | 0);
        let from = end.saturating_sub(if ends_line { LINES } else { WITHIN });
        let line = memchr::memchr(b'\n', &self.buffer[from..end - 1]).map_or(from, |i| from + i + 1);
        if from == 0 { 0 } else { line }
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
