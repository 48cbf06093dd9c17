//! The result as text.

use std::fmt::Write;
use std::time::Duration;

use crate::Result;
use crate::asked::Asked;
use crate::change::Change;
use crate::work::Fate;

/// All changes and what became of them.
pub fn text(changes: &[(usize, &Change)], fates: &[Fate], asked: &Asked, took: Duration) -> String {
    let mut out = format!("seed {}, {} changes, {} s\n\n", asked.seed, changes.len(), took.as_secs());
    out += &sums(changes, fates);
    out.push('\n');
    for ((number, change), fate) in changes.iter().zip(fates) {
        let _ = writeln!(out, "{number} {change}: {fate}");
    }
    out
}

/// The changes that a table says were missed.
pub fn missed<'a>(
    table: &str,
    changes: impl Iterator<Item = (usize, &'a Change)>,
) -> Result<Vec<(usize, &'a Change)>> {
    let lines: Vec<&str> = table.lines().filter(|line| line.contains(": missed")).collect();
    let is_missed = |(number, change): &(usize, &Change)| {
        let begin = format!("{number} {change}: missed");
        lines.iter().any(|line| line.starts_with(&begin))
    };
    let missed: Vec<_> = changes.filter(is_missed).collect();
    if missed.len() < lines.len() {
        return Err("the program or the draw is another than that of target/mutants/table.txt".to_owned());
    }
    Ok(missed)
}

/// A line for each area, and one for all.
pub fn sums(changes: &[(usize, &Change)], fates: &[Fate]) -> String {
    let mut names: Vec<&str> = changes.iter().map(|(_, change)| change.area).collect();
    names.dedup();
    let mut out = String::new();
    for name in names.into_iter().chain(["all"]) {
        let mut caught = [0; 3];
        for (_, fate) in
            changes.iter().zip(fates).filter(|((_, change), _)| name == "all" || change.area == name)
        {
            caught[match fate {
                Fate::Caught(..) => 0,
                Fate::TimedOut(_) => 1,
                Fate::Missed(_) => 2,
            }] += 1;
        }
        let [failed, timeouts, missed] = caught;
        let share = 100.0 * f64::from(failed + timeouts) / f64::from((failed + timeouts + missed).max(1));
        let _ = writeln!(out, "{name}: {failed} caught, {timeouts} timeouts, {missed} missed, {share:.1} %");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_count_as_caught() {
        let change = |area| Change {
            area,
            file: "x.rs".to_owned(),
            line: 1,
            range: 0..1,
            text: String::new(),
            what: "== to !=".to_owned(),
        };
        let all = [change("git"), change("git"), change("masks")];
        let changes: Vec<_> = all.iter().enumerate().map(|(index, change)| (index + 1, change)).collect();
        let fates = [
            Fate::Caught("lib".to_owned(), "a".to_owned()),
            Fate::TimedOut("lib".to_owned()),
            Fate::Missed(3),
        ];
        let expected = "git: 1 caught, 1 timeouts, 0 missed, 100.0 %\n\
                        masks: 0 caught, 0 timeouts, 1 missed, 0.0 %\n\
                        all: 1 caught, 1 timeouts, 1 missed, 66.7 %\n";
        assert_eq!(sums(&changes, &fates), expected);
        let asked = Asked { seed: 0, count: 3, jobs: 1, again: false, areas: Vec::new() };
        let table = text(&changes, &fates, &asked, Duration::ZERO);
        assert_eq!(missed(&table, changes.iter().copied()), Ok(vec![changes[2]]));
        assert!(missed(&table, changes[..2].iter().copied()).is_err(), "of another draw");
    }
}
