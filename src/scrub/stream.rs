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

use super::edges::cut;
use super::judged::Judging;
use super::masker::Masker;
use super::memory::Memory;
use super::policy::{FIELD, LITERAL};
use super::scratch::Scratch;
use super::told::{Masked, Position, Tally};
use crate::blob::Origin;
use crate::matcher::csv::Columns;
use crate::matcher::table::Open;

/// How much is read at once, in bytes: it stays in the second-level cache.
const CHUNK: usize = 128 * 1024;

/// A line without an end goes out in parts when it is longer than this, in bytes.
const LONG: usize = 256 * 1024;

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
    pub(super) masker: Arc<Masker>,
    /// What was recognised, in this stream or in those that share it.
    pub(super) memory: Option<Arc<Memory>>,
    pub(super) shares_memory: bool,
    /// Where in all that came in the buffer begins.
    pub(super) base: u64,
    pub(super) scratch: Scratch,
    /// Context, then what waits; what is beyond `filled` is room.
    pub(super) buffer: Vec<u8>,
    pub(super) filled: usize,
    /// How much of the buffer is context.
    pub(super) context: usize,
    /// What waits was searched for a line end up to here.
    pub(super) searched: usize,
    /// The end of the last complete line, if one waits.
    pub(super) complete: usize,
    /// Lines up to here were seen to wait for the end of one that was cut.
    pub(super) held: usize,
    /// A container runtime may have cut lines: the sign of a part was seen.
    pub(super) may_be_cut: bool,
    /// Up to here it was looked for.
    pub(super) signs: usize,
    /// Where the value begins whose mask went out last.
    pub(super) masked: Option<usize>,
    /// Where the row of a table begins that went out in part, inside of the context.
    pub(super) row: Option<usize>,
    /// The table of which rows may follow, and where its next one begins.
    pub(super) open: (usize, Option<Open>),
    pub(super) ahead: usize,
    /// UTF-16, little-endian: a line end has a second byte.
    pub(super) wide: bool,
    /// UTF-16, as its byte order mark says.
    pub(super) utf16: bool,
    /// A NUL went out, and it is no UTF-16: lengths may count here, so that masks keep them.
    pub(super) binary: bool,
    /// What is masked is named by its rule instead of shown: for comparisons.
    pub(super) named: bool,
    pub(super) table: Table,
    pub(super) out: Vec<u8>,
    pub(super) place: Position,
    pub(super) tally: Tally,
    /// Values masked, for each rule, for fields and for literals.
    pub(super) hits: Vec<u64>,
    pub(super) judging: Option<Judging>,
    pub(super) watch: Option<Watch>,
}

/// What is told of each masked value.
pub(super) type Watch = Box<dyn FnMut(&Masked<'_>) + Send>;

/// The columns that the first line names.
#[derive(Debug)]
pub(super) enum Table {
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
}
