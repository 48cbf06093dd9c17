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

/// What became of each change: all are tried with the fastest binary first, those that it did not notice with
/// the next, of those that reach them.
pub fn try_all(
    tree: &Tree,
    normal: &[Normal],
    changes: &[(usize, &Change)],
    jobs: usize,
) -> Result<Vec<Fate>> {
    let mut fates = vec![Fate::Missed(0); changes.len()];
    for normal in normal {
        let name = &normal.binary.name;
        let is_tried = |(number, change): &(usize, &Change)| {
            normal.reached.contains(number) && areas::is_tried(name, change.area)
        };
        let left = changes.iter().zip(&mut fates).filter(|(_, fate)| matches!(fate, Fate::Missed(_)));
        let (tried, places): (Vec<_>, Vec<_>) = left.filter(|(change, _)| is_tried(change)).unzip();
        let ends = in_parallel(&tried, jobs, |(number, _)| trial::with_change(tree, normal, *number))?;
        for (fate, end) in places.into_iter().zip(ends) {
            *fate = match (end, &*fate) {
                (End::Failed(test), _) => Fate::Caught(name.clone(), test),
                (End::TimedOut, _) => Fate::TimedOut(name.clone()),
                (End::Passed, Fate::Missed(binaries)) => Fate::Missed(binaries + 1),
                (End::Passed, _) => continue,
            };
        }
        let left = fates.iter().filter(|fate| matches!(fate, Fate::Missed(_))).count();
        println!("{name}: {} tried, {left} of all are left", tried.len());
    }
    Ok(fates)
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
