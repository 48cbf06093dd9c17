//! Readers and writers that watch what goes through them.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts what is read.
pub(super) struct Counted<R, F> {
    inner: R,
    count: F,
}

impl<R: Read, F: FnMut(usize) -> io::Result<()> + Send> Counted<R, F> {
    pub(super) fn new(inner: R, count: F) -> Self {
        Self { inner, count }
    }
}

impl<R: Read, F: FnMut(usize) -> io::Result<()>> Read for Counted<R, F> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        (self.count)(read)?;
        Ok(read)
    }
}

/// Counts what is written.
pub(super) struct Measured<W> {
    inner: W,
    pub(super) length: u64,
}

impl<W: Write> Measured<W> {
    pub(super) fn new(inner: W) -> Self {
        Self { inner, length: 0 }
    }
}

impl<W: Write> Write for Measured<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Nothing but an error.
pub(super) struct Failing(Option<io::Error>);

impl Failing {
    pub(super) fn new(error: io::Error) -> Self {
        Self(Some(error))
    }
}

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// Shows an end where there is an error, and keeps the error: what came before it is still of use.
pub(super) struct Guarded<'r> {
    inner: &'r mut (dyn Read + Send),
    error: Option<io::Error>,
}

impl<'r> Guarded<'r> {
    pub(super) fn new(inner: &'r mut (dyn Read + Send)) -> Self {
        Self { inner, error: None }
    }

    /// The error that was kept.
    pub(super) fn end(self) -> io::Result<()> {
        self.error.map_or(Ok(()), Err)
    }
}

impl Read for Guarded<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.error.is_some() {
            return Ok(0);
        }
        match self.inner.read(out) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                self.error = Some(error);
                Ok(0)
            }
            read => read,
        }
    }
}

/// What was read and not written yet, while both are the same.
struct Lag {
    bytes: VecDeque<u8>,
    differs: bool,
}

type Shared = Arc<Mutex<Lag>>;

fn locked(lag: &Shared) -> MutexGuard<'_, Lag> {
    lag.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Two ends of a filter; they tell whether it copies. Holds what the filter holds back, no more.
pub(super) struct Compared;

impl Compared {
    pub(super) fn pair<'r, 'w>(
        reader: &'r mut (dyn Read + Send),
        writer: &'w mut dyn Write,
    ) -> (Before<'r>, After<'w>) {
        let lag = Arc::new(Mutex::new(Lag { bytes: VecDeque::new(), differs: false }));
        (Before { inner: reader, lag: lag.clone() }, After { inner: writer, lag })
    }
}

/// What goes into a filter.
pub(super) struct Before<'r> {
    inner: &'r mut (dyn Read + Send),
    lag: Shared,
}

impl Read for Before<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        let mut lag = locked(&self.lag);
        if !lag.differs {
            lag.bytes.extend(&out[..read]);
        }
        Ok(read)
    }
}

/// What comes out of it.
pub(super) struct After<'w> {
    inner: &'w mut dyn Write,
    lag: Shared,
}

impl After<'_> {
    /// True where not all came out that went in, or something else.
    pub(super) fn differs(&self) -> bool {
        let lag = locked(&self.lag);
        lag.differs || !lag.bytes.is_empty()
    }
}

impl Write for After<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        let mut lag = locked(&self.lag);
        if !lag.differs {
            let same =
                lag.bytes.len() >= written && lag.bytes.drain(..written).eq(bytes[..written].iter().copied());
            if !same {
                *lag = Lag { bytes: VecDeque::new(), differs: true };
            }
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differs(read: &[u8], write: &[u8]) -> bool {
        let (mut source, mut out) = (read, Vec::new());
        let (mut reader, mut writer) = Compared::pair(&mut source, &mut out);
        io::copy(&mut reader, &mut io::sink()).expect("reads");
        writer.write_all(write).expect("writes");
        writer.differs()
    }

    #[test]
    fn a_copy_is_told_from_a_change() {
        assert!(!differs(b"abc", b"abc"));
        assert!(!differs(b"", b""));
        assert!(differs(b"abc", b"abd"));
        assert!(differs(b"abc", b"ab"));
        assert!(differs(b"abc", b"abcd"));
    }
}
