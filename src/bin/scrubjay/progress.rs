//! The progress bar: on standard error, only for a terminal, only when the scan takes long enough for
//! a person to wonder.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};
use scrubjay::scan::Progress;

/// Counts what is to come: gives a few more again and again, until it is told to stop.
pub(crate) type Count<'c> = &'c (dyn Fn(&(dyn Fn(u64) -> bool + Sync)) + Sync);

/// Nobody wonders before.
const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(120);

/// Runs `work` and shows how far it is while it runs.
pub(crate) fn watch<T>(quiet: bool, work: impl FnOnce(&Progress) -> T) -> T {
    watch_to_end(quiet, Progress::default(), &|_| {}, work)
}

/// The same, with an end: how much there is to come is counted while the work is done already.
pub(crate) fn watch_to_end<T>(
    quiet: bool,
    progress: Progress,
    count: Count<'_>,
    work: impl FnOnce(&Progress) -> T,
) -> T {
    if quiet || !std::io::stderr().is_terminal() {
        return work(&progress);
    }
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (done, waiting) = channel::<()>();
        scope.spawn(|| show(&progress, waiting, count, &is_done));
        let result = work(&progress);
        is_done.store(true, Ordering::Relaxed);
        drop(done);
        result
    })
}

fn show(progress: &Progress, done: Receiver<()>, count: Count<'_>, is_done: &AtomicBool) {
    let started = Instant::now();
    if done.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
        return;
    }
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let counted = AtomicU64::new(0);
            count(&|more| {
                counted.fetch_add(more, Ordering::Relaxed);
                !is_done.load(Ordering::Relaxed)
            });
            progress.expected.store(counted.into_inner(), Ordering::Relaxed);
        });
        draw(progress, &done, started);
    });
}

fn draw(progress: &Progress, done: &Receiver<()>, started: Instant) {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
        bar.set_style(style);
    }
    while done.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        let bytes = progress.bytes.load(Ordering::Relaxed);
        let rate = bytes as f64 / started.elapsed().as_secs_f64();
        let files = progress.files.load(Ordering::Relaxed);
        let of = match progress.expected.load(Ordering::Relaxed) {
            0 => " files".to_owned(),
            // What is in archives counts as files, too, and nobody knew.
            expected if expected < files => " files".to_owned(),
            expected => format!(" of {} files ({} %)", HumanCount(expected), files * 100 / expected),
        };
        bar.set_message(format!(
            "{}{of}, {}, {}/s, {} findings",
            HumanCount(files),
            HumanBytes(bytes),
            HumanBytes(rate as u64),
            HumanCount(progress.findings.load(Ordering::Relaxed)),
        ));
        bar.tick();
    }
    bar.finish_and_clear();
}
