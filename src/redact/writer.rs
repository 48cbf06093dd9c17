//! The net under the text: masks what a formatter has put together, whatever it came from.

use std::cell::Cell;
use std::io::{self, Write};
use std::sync::Arc;

use tracing_core::Metadata;
use tracing_subscriber::fmt::MakeWriter;

use crate::scrub::{Masker, Scratch};

/// Masks what goes through the writers of any `MakeWriter`.
///
/// Formatters write an event with one call, which is masked as a whole and costs no copy where there
/// is nothing to hide. Whoever writes in pieces is held back up to the end of the line; what has no
/// line end goes out when the writer is dropped, and not on a flush, so that no piece of a value can
/// pass for itself.
///
/// ```
/// use scrubjay::{redact::RedactWriter, scrub::Policy};
/// # use std::io::Write as _; use tracing_subscriber::fmt::MakeWriter as _;
/// let writer = RedactWriter::new(std::io::stdout, Policy::default());
/// writeln!(writer.make_writer(), "password=hunter2").unwrap(); // password=****
/// ```
#[derive(Debug, Clone)]
pub struct RedactWriter<M> {
    make: M,
    masker: Arc<Masker>,
}

/// One writer of a [`RedactWriter`].
#[derive(Debug)]
pub struct Net<'a, W: Write> {
    inner: W,
    masker: &'a Masker,
    /// The beginning of a line whose end has not come yet.
    pending: Vec<u8>,
}

/// A line without an end is held back up to this many bytes.
const LONGEST: usize = 1 << 20;

/// A buffer that grew larger than this is given back after use, in bytes.
const KEEP: usize = 64 * 1024;

/// What a thread needs to mask with, and the masked text.
type Buffers = Box<(Scratch, Vec<u8>)>;

thread_local! {
    static BUFFERS: Cell<Option<Buffers>> = const { Cell::new(None) };
}

impl<M> RedactWriter<M> {
    /// Wraps what makes writers.
    pub fn new(make: M, masker: impl Into<Arc<Masker>>) -> Self {
        Self { make, masker: masker.into() }
    }
}

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for RedactWriter<M> {
    type Writer = Net<'a, M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Net { inner: self.make.make_writer(), masker: &self.masker, pending: Vec::new() }
    }

    fn make_writer_for(&'a self, meta: &Metadata<'_>) -> Self::Writer {
        Net { inner: self.make.make_writer_for(meta), masker: &self.masker, pending: Vec::new() }
    }
}

impl<W: Write> Net<'_, W> {
    fn masked(&mut self, text: &[u8]) -> io::Result<()> {
        let mut buffers = BUFFERS.try_with(Cell::take).ok().flatten().unwrap_or_default();
        let (scratch, out) = &mut *buffers;
        out.clear();
        let hits = self.masker.mask(text, scratch, out);
        let done = self.inner.write_all(if hits > 0 { out } else { text });
        if out.capacity() <= KEEP {
            let _ = BUFFERS.try_with(|cell| cell.set(Some(buffers)));
        }
        done
    }

    fn release(&mut self, end: usize) -> io::Result<()> {
        let rest = self.pending.split_off(end);
        let lines = std::mem::replace(&mut self.pending, rest);
        self.masked(&lines)
    }
}

impl<W: Write> Write for Net<'_, W> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        if self.pending.is_empty() && text.last() == Some(&b'\n') {
            self.masked(text)?;
            return Ok(text.len());
        }
        self.pending.extend_from_slice(text);
        if let Some(end) = memchr::memrchr(b'\n', &self.pending) {
            self.release(end + 1)?;
        }
        if self.pending.len() > LONGEST {
            // Between words no value is cut; where there are none, it is one value, or none.
            let cut = self.pending.iter().rposition(|b| *b == b' ').unwrap_or(self.pending.len());
            self.release(cut)?;
        }
        Ok(text.len())
    }

    // A write takes everything, so there is nothing to go round for.
    fn write_all(&mut self, text: &[u8]) -> io::Result<()> {
        self.write(text).map(drop)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<W: Write> Drop for Net<'_, W> {
    fn drop(&mut self) {
        if !self.pending.is_empty() {
            // Nobody is left to be told that it failed.
            let _ = self.release(self.pending.len());
        }
    }
}
