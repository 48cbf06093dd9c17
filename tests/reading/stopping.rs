//! A scan that is stopped tells what it found so far, and that it is incomplete.
#![cfg(unix)]

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

use crate::lab::{Lab, SCRUBJAY, assert_silent, secret};

#[test]
fn a_signal_ends_a_scan_with_what_was_found() {
    let lab = Lab::new();
    let folder = lab.repo("r", &[]);
    folder.write("a.env", &secret("file"));
    for signal in ["-INT", "-TERM"] {
        let mut command = folder.command(SCRUBJAY);
        command.args(["scan", "-f", "json", "-", "a.env"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        // No pipe holds so much: the first of it was read when the last is written.
        let text = [&secret(signal)[..], &b"a line of a log\n".repeat(300_000)].concat();
        stdin.write_all(&text).expect("it reads");
        let id = child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().expect("a program").success());
        // The pipe stays open, so that only the signal can have ended it.
        let (mut report, mut said) = (Vec::new(), Vec::new());
        child.stdout.take().expect("a pipe").read_to_end(&mut report).expect("a report");
        child.stderr.take().expect("a pipe").read_to_end(&mut said).expect("words");
        let status = child.wait().expect("it ends").code();
        drop(stdin);
        assert_silent(signal, &report);
        assert_silent(signal, &said);
        let (report, said) = (String::from_utf8_lossy(&report), String::from_utf8_lossy(&said));
        assert_eq!(status, Some(2), "{said}");
        assert!(report.contains("\"path\":\"-\"") && report.contains("\"complete\":false"), "{report}");
        assert!(said.contains("stopped by a signal; the rest was not read"), "{said}");
    }
}
