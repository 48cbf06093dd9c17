//! Runs in place that are killed: every file is the old one or the new one, whole, and a second run
//! finishes the work. `tests/scrub/kill.py` does the same two hundred times.
#![cfg(unix)]

use crate::support;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use support::prng::Prng;
use support::template::{Secret, expand};

const FILES: usize = 20;

fn name(at: usize) -> String {
    format!("{at:02}.log")
}

fn plant(folder: &Path) -> (Vec<Vec<u8>>, Vec<Secret>) {
    let (mut texts, mut secrets) = (Vec::new(), Vec::new());
    for at in 0..FILES {
        let template =
            "INFO request of {device_id} took 3 ms\nDEBUG secret_key={alnum:32} x\n".repeat(20 + at * 7);
        let filled = expand(&template, &name(at));
        fs::write(folder.join(name(at)), &filled.bytes).expect("a file");
        texts.push(filled.bytes);
        secrets.extend(filled.secrets);
    }
    (texts, secrets)
}

fn scrub(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scrubjay"));
    command.args(["scrub", "-i", "-q"]).arg(folder).stdin(Stdio::null());
    command
}

#[test]
fn a_killed_run_leaves_whole_files_and_the_next_one_finishes() {
    let done = tempfile::tempdir().expect("a folder");
    let (old, secrets) = plant(done.path());
    let began = std::time::Instant::now();
    assert!(scrub(done.path()).status().expect("it runs").success());
    let took = began.elapsed();
    let new: Vec<Vec<u8>> =
        (0..FILES).map(|at| fs::read(done.path().join(name(at))).expect("a file")).collect();
    let mut rng = Prng::new(41);
    for _ in 0..8 {
        let work = tempfile::tempdir().expect("a folder");
        plant(work.path());
        let mut run = scrub(work.path()).spawn().expect("it starts");
        // At any moment of what a run takes; which one that is decides nothing here.
        std::thread::sleep(Duration::from_micros(rng.below(1 + took.as_micros() as usize) as u64));
        run.kill().expect("it can be killed");
        run.wait().expect("it ends");
        for entry in fs::read_dir(work.path()).expect("a folder") {
            let path = entry.expect("an entry").path();
            let bytes = fs::read(&path).expect("a file");
            let known = (0..FILES).find(|at| path.ends_with(name(*at)));
            match known {
                Some(at) => assert!(bytes == old[at] || bytes == new[at], "{} is neither", path.display()),
                None => {
                    assert!(path.to_string_lossy().ends_with(".scrubjay-part"), "{}", path.display());
                    let shown = secrets.iter().find_map(|secret| secret.shown_in(&bytes));
                    assert!(shown.is_none(), "{}: {shown:?}", path.display());
                }
            }
        }
        assert!(scrub(work.path()).status().expect("it runs").success());
        for (at, new) in new.iter().enumerate() {
            assert!(fs::read(work.path().join(name(at))).expect("a file") == *new, "{at} is not done");
        }
        assert_eq!(fs::read_dir(work.path()).expect("a folder").count(), FILES, "nothing else is left");
    }
}
