//! Tries every change, some at a time.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::Result;
use crate::areas;
use crate::change::Change;
use crate::tree::Tree;
use crate::trial::{self, End, Normal};

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// A test failed: its binary and name.
    Caught(String, String),
    /// A binary did not end.
    TimedOut(String),
    /// All tests passed, in so many binaries.
    Missed(usize),
}

/// What became of each change: of every binary that reaches it, the fastest first, until one notices.
pub fn try_all(
    tree: &Tree,
    normal: &[Normal],
    changes: &[(usize, &Change)],
    jobs: usize,
) -> Result<Vec<Fate>> {
    in_parallel(changes, jobs, |&(number, change)| {
        let fate = try_one(tree, normal, number, change.area)?;
        println!("{number} {change}: {fate}");
        Ok(fate)
    })
}

/// Does something with each of a list, `jobs` at a time; the results stand in the order of the list.
pub fn in_parallel<T: Sync, R: Send>(
    list: &[T],
    jobs: usize,
    work: impl Fn(&T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let worker = || -> Result<()> {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = list.get(index) else {
                return Ok(());
            };
            let result = work(one)?;
            done.lock().map_err(|error| error.to_string())?.push((index, result));
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| "a worker ended".to_owned())?)
    })?;
    let mut done = done.into_inner().map_err(|error| error.to_string())?;
    done.sort_by_key(|(index, _)| *index);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}

fn try_one(tree: &Tree, normal: &[Normal], number: usize, area: &str) -> Result<Fate> {
    let mut tried = 0;
    let is_tried = |name: &str| areas::is_tried(name, area);
    for normal in normal.iter().filter(|n| n.reached.contains(&number) && is_tried(&n.binary.name)) {
        let name = || normal.binary.name.clone();
        match trial::with_change(tree, normal, number)? {
            End::Passed => tried += 1,
            End::Failed(test) => return Ok(Fate::Caught(name(), test)),
            End::TimedOut => return Ok(Fate::TimedOut(name())),
        }
    }
    Ok(Fate::Missed(tried))
}

impl std::fmt::Display for Fate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Caught(binary, test) => write!(f, "caught by {binary}, {test}"),
            Self::TimedOut(binary) => write!(f, "timeout of {binary}"),
            Self::Missed(0) => f.write_str("missed, never reached"),
            Self::Missed(tried) => write!(f, "missed by {tried} binaries"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_the_order_of_the_list() {
        let list: Vec<usize> = (0..100).collect();
        assert_eq!(in_parallel(&list, 3, |one| Ok(one * 2)), Ok((0..100).map(|one| one * 2).collect()));
        assert!(in_parallel(&list, 3, |one| if *one == 50 { Err("no".to_owned()) } else { Ok(()) }).is_err());
    }
}
