//! Memory does not grow with what goes through: neither with the length of a log nor with that of a
//! line. `tests/scrub/flow.py` measures how much it is, with gigabytes.
#![cfg(target_os = "linux")]

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

const MIB: usize = 1024 * 1024;

/// What the largest amount of memory was, in bytes, when `size` bytes of this had gone through.
fn peak(piece: &[u8], size: usize) -> usize {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scrubjay"));
    let mut child =
        command.arg("scrub").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut stdout = child.stdout.take().expect("a pipe");
    let reader = std::thread::spawn(move || {
        let mut chunk = vec![0; 64 * 1024];
        let mut all = 0;
        while let Ok(read @ 1..) = stdout.read(&mut chunk) {
            all += read;
        }
        all
    });
    let mut fed = 0;
    while fed < size {
        stdin.write_all(piece).expect("it is read");
        fed += piece.len();
    }
    // Still alive: one that has ended tells nothing. What it has not read is less than its pipe holds.
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).expect("it lives");
    drop(stdin);
    assert!(child.wait().expect("it ends").success());
    assert!(reader.join().expect("a thread that cannot fail") > size / 2, "it came out");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak");
    line.trim().trim_end_matches(" kB").parse::<usize>().expect("a number") * 1024
}

#[test]
fn memory_does_not_grow_with_the_log_or_the_line() {
    let line = format!("2026-01-02 INFO {} token=hunter2-hunter2\n", "request of a device ".repeat(12));
    let log = line.repeat(64);
    let part = log.replace('\n', " ");
    for (what, piece) in [("a log", log), ("a line", part)] {
        let (small, large) = (peak(piece.as_bytes(), 2 * MIB), peak(piece.as_bytes(), 24 * MIB));
        assert!(large < small + 3 * MIB, "{what}: {small} bytes, and {large} where it is longer");
    }
}
