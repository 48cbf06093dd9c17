//! `scrubjay run` as services, shells and containers meet it: output, signals, exit status.
#![cfg(unix)]

use crate::support;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Output, Stdio};

use support::template::expand;

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scrubjay"));
    command.arg("run").args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn shell(script: &str) -> Output {
    command(&["--", "sh", "-c", script]).output().expect("it runs")
}

/// Starts a script of bash, and waits for its first line.
fn started(script: &str) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut child = command(&["--", "bash", "-c", script]).process_group(0).spawn().expect("it starts");
    let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    out.read_line(&mut line).expect("a line");
    assert_eq!(line, "ready\n");
    (child, out)
}

fn send(signal: &str, to: i64) {
    let done = Command::new("kill").args(["-s", signal, "--", &to.to_string()]).status().expect("kill runs");
    assert!(done.success());
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

#[test]
fn each_exit_status_comes_back() {
    for status in [0, 1, 2, 7, 42, 100, 125, 126, 127, 128, 200, 255] {
        assert_eq!(shell(&format!("exit {status}")).status.code(), Some(status));
    }
    for (signal, number) in [("TERM", 15), ("KILL", 9), ("INT", 2), ("HUP", 1), ("ABRT", 6)] {
        assert_eq!(shell(&format!("kill -{signal} $$")).status.code(), Some(128 + number), "{signal}");
    }
}

#[test]
fn what_is_no_program_has_the_status_of_a_shell() {
    let folder = tempfile::tempdir().expect("a folder");
    let plain = folder.path().join("plain");
    std::fs::write(&plain, "x").expect("a file");
    for (name, status) in [("no-such-program", 127), (plain.to_str().expect("a name"), 126)] {
        let done = command(&["--", name]).output().expect("it runs");
        assert_eq!(done.status.code(), Some(status));
        assert!(text(&done.stderr).contains("cannot be run"), "{done:?}");
        assert!(done.stdout.is_empty());
    }
    let done = command(&["--known-secrets", "/nonexistent", "--", "true"]).output().expect("it runs");
    assert_eq!(done.status.code(), Some(125), "{done:?}");
    for wrong in [&["--no-such-option", "true"][..], &[]] {
        assert_eq!(command(wrong).output().expect("it runs").status.code(), Some(2));
    }
}

#[test]
fn both_streams_are_masked_each_in_its_order() {
    let out = expand("secret_key={alnum:32} and {mint:tirtc} end", "run out").bytes;
    let err = expand("license={license} pwd={alnum:12}", "run err").bytes;
    let script = r#"i=0; while [ $i -lt 20 ]; do echo "$i $OUT"; echo "$i $ERR" >&2; i=$((i+1)); done; printf %s "$OUT""#;
    let mut run = command(&["--", "sh", "-c", script]);
    run.env("OUT", text(&out)).env("ERR", text(&err));
    let done = run.output().expect("it runs");
    let numbers = |text: &str| -> Vec<String> {
        let first = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
        text.lines().map(first).filter(|word| word.parse::<u32>().is_ok()).collect()
    };
    let wanted: Vec<String> = (0..20).map(|i| i.to_string()).collect();
    assert_eq!(numbers(text(&done.stdout)), wanted);
    assert_eq!(numbers(text(&done.stderr)), wanted);
    // The last line has no end, and is there.
    assert_eq!(text(&done.stdout).matches(" end").count(), 21);
    for (template, seed) in [
        ("secret_key={alnum:32} and {mint:tirtc} end", "run out"),
        ("license={license} pwd={alnum:12}", "run err"),
    ] {
        for secret in expand(template, seed).secrets {
            assert!(secret.shown_in(&done.stdout).is_none() && secret.shown_in(&done.stderr).is_none());
        }
    }
}

#[test]
fn the_options_of_scrub_hold() {
    let line = ["--secret-field", "door_code", "--keep-field", "pwd", "--mask", "full", "--count", "--"];
    let done = command(&[&line[..], &["echo", "door_code=12345678 pwd=opensesame"]].concat()).output();
    let done = done.expect("it runs");
    assert_eq!(text(&done.stdout), "door_code=**** pwd=opensesame\n");
    assert!(text(&done.stderr).starts_with("scrubjay: 1 value masked"), "{done:?}");
}

#[test]
fn signals_reach_the_program_once_and_its_last_lines_are_not_lost() {
    let key = expand("{alnum:32}", "last words").bytes;
    for signal in ["TERM", "INT", "HUP", "QUIT", "USR1", "USR2"] {
        // To the process alone, as init systems do, and to its group, as terminals do.
        for to_group in [false, true] {
            let script = format!(
                "n=0; trap 'n=$((n+1))' {signal}; echo ready; while [ $n = 0 ]; do sleep 0.05; done; \
                 sleep 0.2; for i in $(seq 200); do echo last $i secret_key={}; done; printf 'times %s' $n; exit 9",
                text(&key)
            );
            let (mut child, mut out) = started(&script);
            let pid = i64::from(child.id());
            send(signal, if to_group { -pid } else { pid });
            let mut rest = String::new();
            out.read_to_string(&mut rest).expect("text");
            assert_eq!(child.wait().expect("it ends").code(), Some(9), "{signal}");
            assert_eq!(rest.matches("last ").count(), 200, "{signal} {to_group}");
            assert!(rest.ends_with("times 1"), "{signal} {to_group}");
            assert!(!rest.contains(&text(&key)[..9]));
        }
    }
}

#[test]
fn a_program_that_a_passed_signal_ends_has_its_number() {
    for (signal, number) in [("TERM", 15), ("INT", 2), ("HUP", 1), ("USR1", 10)] {
        let (mut child, _out) = started("echo ready; exec sleep 60");
        send(signal, child.id().into());
        assert_eq!(child.wait().expect("it ends").code(), Some(128 + number), "{signal}");
    }
}

#[test]
fn what_the_program_leaves_running_does_not_hold_it() {
    let done = command(&["--grace", "0", "--", "sh", "-c", "sleep 60 & echo done; exit 3"]).output();
    let done = done.expect("it runs");
    assert_eq!((done.status.code(), text(&done.stdout)), (Some(3), "done\n"));
    // What comes within the grace comes through.
    let done = command(&["--grace", "60", "--", "sh", "-c", "(sleep 0.3; echo late) & exit 4"]).output();
    let done = done.expect("it runs");
    assert_eq!((done.status.code(), text(&done.stdout)), (Some(4), "late\n"));
}

#[test]
fn nothing_of_a_large_output_is_lost_at_the_end() {
    let done = shell("seq 1 300000; exit 6");
    assert_eq!(done.status.code(), Some(6));
    assert_eq!(text(&done.stdout).lines().count(), 300_000);
    assert!(text(&done.stdout).ends_with("\n299999\n300000\n"));
}

#[test]
fn standard_input_is_the_programs_and_a_closed_reader_ends_it() {
    let mut child = command(&["--", "cat"]).stdin(Stdio::piped()).spawn().expect("it starts");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(b"pwd=opensesame\n").expect("it reads");
    drop(input);
    let done = child.wait_with_output().expect("it ends");
    assert_eq!(text(&done.stdout), "pwd=****\n");

    let mut child = command(&["--", "yes"]).spawn().expect("it starts");
    drop(child.stdout.take());
    // As of `yes | head`: it dies of SIGPIPE.
    assert_eq!(child.wait().expect("it ends").code(), Some(128 + 13));
}

/// In a container it is the first process, to which every orphan falls.
#[test]
#[cfg(target_os = "linux")]
fn as_the_first_process_it_reaps_and_passes_signals_on() {
    let unshare = |arguments: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(["--pid", "--fork", "--map-root-user", "--mount-proc", "--kill-child"]).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    if !unshare(&["true"]).status().is_ok_and(|status| status.success()) {
        // No namespace can be made here, and there is nothing to try it in.
        return;
    }
    let script = "(sleep 0.1 &); (sleep 0.1 &); sleep 0.6; cat /proc/[0-9]*/stat; exit 5";
    let binary = env!("CARGO_BIN_EXE_scrubjay");
    let done = unshare(&[binary, "run", "--", "sh", "-c", script]).output().expect("it runs");
    assert_eq!(done.status.code(), Some(5), "{done:?}");
    assert!(text(&done.stdout).contains("(scrubjay)"), "{done:?}");
    assert!(!text(&done.stdout).contains(") Z "), "{}", text(&done.stdout));
    // A signal to the first process is heard though it has no default there.
    let script = "trap 'echo bye; exit 8' TERM; kill -TERM 1; while :; do sleep 0.05; done";
    let done = unshare(&[binary, "run", "--", "sh", "-c", script]).output().expect("it runs");
    assert_eq!((done.status.code(), text(&done.stdout)), (Some(8), "bye\n"), "{done:?}");
}
