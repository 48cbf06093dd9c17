//! Builds the copy: once without making anything, to know which changes do not compile, and once for the
//! tests.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::Result;
use crate::change::Change;
use crate::draw;
use crate::tree::Tree;

/// A program that runs tests.
#[derive(Debug, Clone)]
pub struct Binary {
    /// As cargo names it: `lib`, or the name of the target.
    pub name: String,
    /// Where it stands.
    pub path: PathBuf,
}

/// The first changes of each area that compile, `count` of them in all.
pub fn drop_what_fails(tree: &mut Tree, mut lists: Vec<Vec<Change>>, count: usize) -> Result<Vec<Change>> {
    loop {
        let shares = draw::shares(count, &lists.iter().map(Vec::len).collect::<Vec<_>>());
        // A few more than are needed, so that it need not be done again for each that fails.
        let tried: Vec<Change> = lists
            .iter()
            .zip(&shares)
            .flat_map(|(list, share)| list.iter().take(share + share / 8 + 1))
            .cloned()
            .collect();
        tree.write(&tried)?;
        let failed = failing(tree)?;
        if failed.is_empty() {
            let first = |(list, share): (Vec<Change>, usize)| list.into_iter().take(share);
            return Ok(lists.into_iter().zip(shares).flat_map(first).collect());
        }
        println!("{} of {} changes do not compile", failed.len(), tried.len());
        for number in failed {
            for list in &mut lists {
                list.retain(|change| *change != tried[number - 1]);
            }
        }
    }
}

/// The numbers of the changes that do not compile, as far as the compiler went.
fn failing(tree: &Tree) -> Result<Vec<usize>> {
    let (messages, has_ended_well) = cargo(tree, &["check", "--lib", "--bins"])?;
    let errors =
        || messages.iter().map(|message| &message["message"]).filter(|message| message["level"] == "error");
    let mut numbers: Vec<usize> = errors().filter_map(|error| blame(tree, error)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.is_empty() && !has_ended_well {
        let told: String = errors().filter_map(|error| error["rendered"].as_str()).collect();
        return Err(format!("the copy does not compile:\n{told}"));
    }
    Ok(numbers)
}

/// The change that an error of the compiler has to do with.
fn blame(tree: &Tree, error: &Value) -> Option<usize> {
    let spans = error["spans"].as_array()?;
    let primary = spans.iter().filter(|span| span["is_primary"] == true).chain(spans);
    primary.into_iter().find_map(|span| {
        let byte = usize::try_from(span["byte_start"].as_u64()?).ok()?;
        tree.change_at(span["file_name"].as_str()?, byte)
    })
}

/// Builds the tests, and the command that they start.
pub fn build(tree: &Tree) -> Result<Vec<Binary>> {
    let (messages, has_ended_well) = cargo(tree, &["test", "--no-run", "--tests", "--bins"])?;
    if !has_ended_well {
        let told: String =
            messages.iter().filter_map(|message| message["message"]["rendered"].as_str()).collect();
        return Err(format!("the tests of the copy do not build:\n{told}"));
    }
    let tests = messages.iter().filter(|message| message["profile"]["test"] == true);
    Ok(tests.filter_map(binary).collect())
}

fn binary(message: &Value) -> Option<Binary> {
    let path = PathBuf::from(message["executable"].as_str()?);
    let target = &message["target"];
    let name = if target["kind"][0] == "lib" { "lib" } else { target["name"].as_str()? };
    Some(Binary { name: name.to_owned(), path })
}

/// What cargo says, and whether it ended well.
fn cargo(tree: &Tree, args: &[&str]) -> Result<(Vec<Value>, bool)> {
    let mut command = Command::new("cargo");
    command.args(args).args(["--locked", "--all-features", "--message-format", "json"]);
    // The tests run some hundred times: what they cost counts for more than what the build does.
    command
        .env("CARGO_PROFILE_DEV_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_INCREMENTAL", "0");
    command.env("CARGO_TARGET_DIR", tree.target()).current_dir(tree.root()).stderr(Stdio::null());
    let output = command.output().map_err(|error| format!("cargo: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let messages = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    Ok((messages, output.status.success()))
}
