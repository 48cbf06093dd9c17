//! The progress bar: on standard error, only for a terminal, only when the scan takes long enough for
//! a person to wonder.

use std::io::IsTerminal;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};
use scrubjay::scan::Progress;

/// Nobody wonders before.
const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(120);

/// Runs `work` and shows how far it is while it runs.
pub(crate) fn watch<T>(quiet: bool, work: impl FnOnce(&Progress) -> T) -> T {
    let progress = Progress::default();
    if quiet || !std::io::stderr().is_terminal() {
        return work(&progress);
    }
    std::thread::scope(|scope| {
        let (done, waiting) = channel::<()>();
        scope.spawn(|| show(&progress, waiting));
        let result = work(&progress);
        drop(done);
        result
    })
}

fn show(progress: &Progress, done: Receiver<()>) {
    let started = Instant::now();
    if done.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
        return;
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
        bar.set_style(style);
    }
    while done.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        let bytes = progress.bytes.load(Ordering::Relaxed);
        let rate = bytes as f64 / started.elapsed().as_secs_f64();
        bar.set_message(format!(
            "{} files, {}, {}/s, {} findings",
            HumanCount(progress.files.load(Ordering::Relaxed)),
            HumanBytes(bytes),
            HumanBytes(rate as u64),
            HumanCount(progress.findings.load(Ordering::Relaxed)),
        ));
        bar.tick();
    }
    bar.finish_and_clear();
}
