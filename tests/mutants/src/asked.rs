//! The arguments.

use crate::Result;
use crate::areas::{AREAS, Area};

/// What was asked for.
pub struct Asked {
    /// The same seed draws the same changes.
    pub seed: u64,
    /// How many changes, over all areas.
    pub count: usize,
    /// Whether only those changes are tried that were missed the last time.
    pub again: bool,
    /// How many tests run at a time.
    pub jobs: usize,
    /// Where changes are made.
    pub areas: Vec<&'static Area>,
}

impl Asked {
    /// Reads the arguments; without areas, all of them.
    pub fn of(mut args: impl Iterator<Item = String>) -> Result<Self> {
        let mut asked = Self { seed: 0, count: 400, jobs: 2, again: false, areas: Vec::new() };
        while let Some(arg) = args.next() {
            let mut number = || {
                let value = args.next().ok_or(format!("{arg} needs a number"))?;
                value.parse::<u64>().map_err(|_| format!("{arg} needs a number, not {value:?}"))
            };
            match arg.as_str() {
                "--again" => asked.again = true,
                "--seed" => asked.seed = number()?,
                "--count" => asked.count = number()?.clamp(1, 100_000) as usize,
                "--jobs" => asked.jobs = number()?.clamp(1, 64) as usize,
                name => asked.areas.push(area(name)?),
            }
        }
        if asked.areas.is_empty() {
            asked.areas.extend(&AREAS);
        }
        Ok(asked)
    }
}

fn area(name: &str) -> Result<&'static Area> {
    let known = || AREAS.iter().map(|area| area.name).collect::<Vec<_>>().join(", ");
    AREAS.iter().find(|area| area.name == name).ok_or_else(|| {
        format!(
            "there is no area {name:?}; there are {}, and --seed N, --count N, --jobs N, --again",
            known()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(args: &[&str]) -> Result<Asked> {
        Asked::of(args.iter().map(|&arg| arg.to_owned()))
    }

    #[test]
    fn arguments_are_read_or_refused() {
        let asked = of(&["--seed", "7", "git", "--count", "20"]).expect("good arguments");
        assert_eq!((asked.seed, asked.count, asked.areas.len()), (7, 20, 1));
        assert_eq!(of(&[]).expect("none").areas.len(), AREAS.len());
        for wrong in [&["gti"][..], &["--seed"], &["--count", "many"]] {
            assert!(of(wrong).is_err(), "{wrong:?}");
        }
    }
}
