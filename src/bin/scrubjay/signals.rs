//! Signals: which of them stop what, and pipes that can be left before they end.

use std::fs::File;
use std::io::{self, PipeReader, PipeWriter, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::FileTypeExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::iterator::Signals;

/// How long the last lines of a producer are waited for after a signal to end.
const GRACE: Duration = Duration::from_secs(3);

/// A pipe that was left gives at most what may still stand in it, in bytes.
const REST: usize = 1 << 20;

/// Of these signals, those that were not ignored when the program began: who started it with `nohup`
/// means that.
pub(crate) fn heeded(signals: &[i32]) -> Vec<i32> {
    let ignored = std::fs::read_to_string("/proc/self/status").ok().and_then(|text| {
        let mask = text.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
        u64::from_str_radix(mask.trim(), 16).ok()
    });
    let is_heeded = |signal: &i32| ignored.unwrap_or(0) >> (signal - 1) & 1 == 0;
    signals.iter().copied().filter(is_heeded).collect()
}

/// What a shell says of a program that a signal ended.
pub(crate) fn status_of(signal: i32) -> u8 {
    u8::try_from(128 + signal).unwrap_or(u8::MAX)
}

/// A pipe, and what tells its reader to come to an end.
pub(crate) struct Leavable<R> {
    inner: R,
    leave: Arc<PipeReader>,
    /// How much may still be read once it was left, in bytes.
    rest: Option<usize>,
}

/// Tells readers to take what stands in their pipes and no more: by being dropped.
pub(crate) struct Leave {
    reader: Arc<PipeReader>,
    _writer: PipeWriter,
}

impl Leave {
    pub(crate) fn new() -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        Ok(Self { reader: Arc::new(reader), _writer: writer })
    }

    /// A reader that can be told to leave this pipe.
    pub(crate) fn reader<R>(&self, inner: R) -> Leavable<R> {
        Leavable { inner, leave: Arc::clone(&self.reader), rest: None }
    }
}

impl<R: Read + AsFd> Read for Leavable<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_none() {
            let mut both =
                [PollFd::new(&self.inner, PollFlags::IN), PollFd::new(&*self.leave, PollFlags::IN)];
            poll(&mut both, None)?;
            if !both[1].revents().is_empty() {
                self.rest = Some(REST);
            }
        }
        let Some(rest) = self.rest else { return self.inner.read(buffer) };
        let mut one = [PollFd::new(&self.inner, PollFlags::IN)];
        if rest == 0 || poll(&mut one, Some(&Timespec::default()))? == 0 {
            return Ok(0);
        }
        let room = buffer.len().min(rest);
        let read = self.inner.read(&mut buffer[..room])?;
        self.rest = Some(rest - read);
        Ok(read)
    }
}

/// Standard input as the end of a pipe: an interrupt is for the programs before, whose last lines are
/// still to come.
pub(crate) struct Pipeline {
    ended_by: Arc<AtomicI32>,
}

impl Pipeline {
    /// Where standard input is a pipe: a reader that SIGINT does not end, and SIGTERM and SIGHUP only
    /// when the programs before had a while for their last lines.
    pub(crate) fn input() -> io::Result<Option<(Self, Leavable<File>)>> {
        let input = File::from(io::stdin().as_fd().try_clone_to_owned()?);
        let kind = input.metadata()?.file_type();
        if !(kind.is_fifo() || kind.is_socket()) {
            return Ok(None);
        }
        crate::output::widen(&input);
        let mut signals = Signals::new(heeded(&[SIGINT, SIGTERM, SIGHUP]))?;
        let leave = Leave::new()?;
        let reader = leave.reader(input);
        let ended_by = Arc::new(AtomicI32::new(0));
        let this = Self { ended_by: Arc::clone(&ended_by) };
        std::thread::Builder::new().spawn(move || {
            let mut leave = Some(leave);
            for signal in signals.forever().filter(|signal| *signal != SIGINT) {
                let is_first = ended_by.swap(signal, Ordering::SeqCst) == 0;
                let Some(leave) = leave.take() else { continue };
                if is_first {
                    // While it waits, a second signal is not seen; it ends soon anyway.
                    std::thread::sleep(GRACE);
                }
                drop(leave);
            }
        })?;
        Ok(Some((this, reader)))
    }

    /// The signal that was to end the program.
    pub(crate) fn ended_by(&self) -> Option<i32> {
        Some(self.ended_by.load(Ordering::SeqCst)).filter(|signal| *signal != 0)
    }
}

/// A flag that the first signal to end sets; the second one ends the program where it stands.
pub(crate) fn stop_flag() -> io::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in heeded(&[SIGINT, SIGTERM, SIGHUP]) {
        flag::register_conditional_default(signal, Arc::clone(&stop))?;
        flag::register(signal, Arc::clone(&stop))?;
    }
    Ok(stop)
}
