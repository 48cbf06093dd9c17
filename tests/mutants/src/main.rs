//! Changes the program in many places and looks whether its tests notice. All changes are built into one
//! copy of it, each behind a switch: the build, which takes a minute, is needed once, and not for each.
//!
//! In this order: the changes of the areas' files are listed (`find`), some are drawn (`draw`), written
//! into a copy of the tree (`tree`, `write`) and built without those that do not compile (`compile`); the
//! tests run once without a change (`trial`) and then with each, until the first failure (`work`); what
//! became of each is written as a table (`table`).

mod areas;
mod asked;
mod change;
mod compile;
mod draw;
mod find;
mod table;
mod tree;
mod trial;
mod work;
mod write;

use std::process::ExitCode;
use std::time::Instant;

use crate::asked::Asked;
use crate::change::Change;
use crate::tree::Tree;

/// What stops the program.
type Result<T> = std::result::Result<T, String>;

fn main() -> ExitCode {
    match Asked::of(std::env::args().skip(1)).and_then(|asked| run(&asked)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tests/mutants/run: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(asked: &Asked) -> Result<()> {
    let start = Instant::now();
    let mut tree = Tree::copy()?;
    let mut lists = Vec::new();
    for area in &asked.areas {
        let mut changes: Vec<Change> = Vec::new();
        for path in tree.files(area)? {
            changes.extend(find::changes(area.name, &path, &tree.original(&path)?)?);
        }
        println!("{}: {} changes in {} files", area.name, changes.len(), tree.files(area)?.len());
        lists.push(draw::shuffle(changes, asked.seed));
    }
    let drawn = compile::drop_what_fails(&mut tree, lists, asked.count)?;
    println!("{} changes drawn, after {} s", drawn.len(), start.elapsed().as_secs());
    tree.write(&drawn)?;
    let binaries = compile::build(&tree)?;
    println!("{} test binaries built, after {} s", binaries.len(), start.elapsed().as_secs());
    let normal = trial::without_changes(&tree, &binaries, drawn.len(), asked.jobs)?;
    println!("{} tried without a change, after {} s", normal.len(), start.elapsed().as_secs());
    let numbered = drawn.iter().enumerate().map(|(index, change)| (index + 1, change));
    let tried: Vec<(usize, &Change)> = match asked.again {
        true => table::missed(&tree.kept("table.txt")?, numbered)?,
        false => numbered.collect(),
    };
    let fates = work::try_all(&tree, &normal, &tried, asked.jobs)?;
    let text = table::text(&tried, &fates, asked, start.elapsed());
    let name = if asked.again { "again.txt" } else { "table.txt" };
    tree.keep(name, &text)?;
    print!("{}", table::sums(&tried, &fates));
    println!("target/mutants/{name} has them all; it took {} s", start.elapsed().as_secs());
    Ok(())
}
