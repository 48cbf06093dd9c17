//! Writes the table of `groups.rs`: for each core the group in which it lets the least of real text pass.
//!
//! ```sh
//! SCRUBJAY_SAMPLE=FOLDER cargo test --release --lib cores_are_shared_out -- --ignored --nocapture
//! ```
//!
//! The folder holds logs and sources; 200 KB of each file are read. One core after the other moves to the
//! group in which it costs least, until none moves any more; the best of a few orders is printed.

use std::collections::HashMap;
use std::path::Path;

use super::buckets::{ByteSet, Core, Folded, Halves, union};

/// So much of each file is read, in bytes.
const MAX_FILE_BYTES: usize = 200_000;

/// So many of the most frequent four bytes of the sample count.
const MAX_GRAMS: usize = 50_000;

/// In so many orders the cores are gone over.
const TRIES: u64 = 3;

/// Groups that are made one by pairs, and how much what they let pass counts.
struct Level {
    joined: usize,
    weight: u64,
}

/// Four bytes of text, and how often they stand there.
type Gram = ([u8; 4], u64);

/// The table for these cores, as source text.
pub(crate) fn table(cores: &[Core], sample: &Path) -> String {
    let grams = grams(sample);
    let folded = best::<Folded>(cores, &grams, &[Level { joined: 1, weight: 1 }]);
    let levels = [Level { joined: 1, weight: 2 }, Level { joined: 2, weight: 1 }];
    let halves = best::<Halves>(cores, &grams, &levels);
    let line = |i: usize| {
        let first: [u8; 4] = std::array::from_fn(|at| cores[i][at][0]);
        format!("    (*b\"{}\", {}, {}),\n", first.escape_ascii(), folded[i], halves[i])
    };
    (0..cores.len()).map(line).collect()
}

fn grams(sample: &Path) -> Vec<Gram> {
    let mut counts: HashMap<[u8; 4], u64> = HashMap::new();
    let mut left = vec![sample.to_owned()];
    while let Some(path) = left.pop() {
        if let Ok(folder) = std::fs::read_dir(&path) {
            left.extend(folder.flatten().map(|entry| entry.path()));
            continue;
        }
        let text = std::fs::read(path).unwrap_or_default();
        for four in text[..text.len().min(MAX_FILE_BYTES)].windows(4) {
            *counts.entry([four[0], four[1], four[2], four[3]]).or_default() += 1;
        }
    }
    let mut all: Vec<Gram> = counts.into_iter().collect();
    all.sort_by_key(|(four, count)| (std::cmp::Reverse(*count), *four));
    all.truncate(MAX_GRAMS);
    all
}

/// The group of each core, of the best try.
fn best<S: ByteSet>(cores: &[Core], grams: &[Gram], levels: &[Level]) -> Vec<usize> {
    let tries = (1..=TRIES).map(|seed| {
        let mut search = Search::<S>::new(cores, grams, levels);
        let mut order: Vec<usize> = (0..cores.len()).collect();
        let mut state = seed;
        loop {
            for i in (1..order.len()).rev() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                order.swap(i, (state >> 33) as usize % (i + 1));
            }
            let moved = order.iter().filter(|&&core| search.improve(core)).count();
            if moved == 0 {
                break (search.cost(&search.passed), search.group);
            }
        }
    });
    tries.min().expect("a try").1
}

struct Search<'g, S> {
    sets: Vec<[S; 4]>,
    grams: &'g [Gram],
    levels: &'g [Level],
    /// The group of each core.
    group: Vec<usize>,
    /// For each level and group what it lets pass.
    passed: Vec<Vec<Vec<bool>>>,
}

impl<'g, S: ByteSet> Search<'g, S> {
    fn new(cores: &[Core], grams: &'g [Gram], levels: &'g [Level]) -> Self {
        let sets = cores.iter().map(|core| std::array::from_fn(|i| S::of(&core[i]))).collect();
        let group = (0..cores.len()).map(|i| i % S::COUNT).collect();
        let mut search = Self { sets, grams, levels, group, passed: Vec::new() };
        let of_level = |level: &Level| -> Vec<Vec<bool>> {
            (0..S::COUNT / level.joined).map(|group| search.passes(&search.group, level, group)).collect()
        };
        search.passed = levels.iter().map(of_level).collect();
        search
    }

    /// What one group of a level lets pass.
    fn passes(&self, groups: &[usize], level: &Level, group: usize) -> Vec<bool> {
        let members = (0..self.sets.len()).filter(|&i| groups[i] / level.joined == group);
        let union = members.map(|i| self.sets[i]).reduce(|a, b| union(&a, &b));
        let passes = |(four, _): &Gram| union.is_some_and(|sets| (0..4).all(|i| sets[i].has(four[i])));
        self.grams.iter().map(passes).collect()
    }

    fn cost(&self, passed: &[Vec<Vec<bool>>]) -> u64 {
        let of_level = |(groups, level): (&Vec<Vec<bool>>, &Level)| {
            let any = |at: usize| groups.iter().any(|group| group[at]);
            let passing = self.grams.iter().enumerate().filter(|(at, _)| any(*at));
            level.weight * passing.map(|(_, (_, count))| count).sum::<u64>()
        };
        passed.iter().zip(self.levels).map(of_level).sum()
    }

    /// Moves a core to the group in which it costs least; says whether it moved.
    fn improve(&mut self, core: usize) -> bool {
        let from = self.group[core];
        let mut best = (self.cost(&self.passed), from, None);
        for to in (0..S::COUNT).filter(|to| *to != from) {
            let mut groups = self.group.clone();
            groups[core] = to;
            let mut passed = self.passed.clone();
            for (level, passed) in self.levels.iter().zip(&mut passed) {
                for group in [from / level.joined, to / level.joined] {
                    passed[group] = self.passes(&groups, level, group);
                }
            }
            let cost = self.cost(&passed);
            if cost < best.0 {
                best = (cost, to, Some(passed));
            }
        }
        let (_, to, passed) = best;
        self.group[core] = to;
        passed.map(|passed| self.passed = passed).is_some()
    }
}
