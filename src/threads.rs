//! The same work on several threads at once.

/// Runs `work` on `jobs` threads and waits for all; on this one where one is enough.
pub(crate) fn on(jobs: usize, work: impl Fn() + Sync) {
    if jobs <= 1 {
        return work();
    }
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(&work);
        }
    });
}
