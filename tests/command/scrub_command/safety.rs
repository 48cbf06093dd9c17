//! What must not go wrong with files that are replaced: folders that cannot be written, files that
//! somebody writes, runs that were stopped, backups.

use std::fs::{self, File, FileTimes, Permissions};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use super::lab::{Lab, Ran};
use super::{CLEAN, DIRTY};

#[test]
fn a_folder_that_cannot_be_written_leaves_its_files() {
    let mut lab = Lab::new();
    let bytes = lab.write("closed/a.log", DIRTY);
    lab.write("open/b.log", DIRTY);
    fs::set_permissions(lab.path("open/b.log"), Permissions::from_mode(0o400)).expect("its mode is set");
    fs::set_permissions(lab.path("closed"), Permissions::from_mode(0o555)).expect("its mode is set");
    lab.run_as_nobody(&["-i", "."])
        .status(2)
        .says("./closed/a.log: cannot write beside it: Permission denied")
        .says("1 value masked in 1 of 2 files")
        .says("1 file left as they were");
    assert_eq!(lab.read("closed/a.log"), bytes);
    let mode = fs::metadata(lab.path("open/b.log")).expect("a file").mode();
    assert_eq!(mode & 0o777, 0o400, "a file that cannot be written can be replaced, and stays so");
    lab.assert_clean(&["closed/a.log"]);
    fs::set_permissions(lab.path("closed"), Permissions::from_mode(0o755)).expect("its mode is set");
}

#[test]
fn a_file_that_cannot_be_read_is_told() {
    let mut lab = Lab::new();
    lab.write("a.log", DIRTY);
    lab.write("b.log", DIRTY);
    fs::set_permissions(lab.path("a.log"), Permissions::from_mode(0o000)).expect("its mode is set");
    lab.run_as_nobody(&["-i", "a.log", "b.log", "c.log"])
        .status(2)
        .says("a.log: Permission denied")
        .says("c.log: No such file");
    fs::set_permissions(lab.path("a.log"), Permissions::from_mode(0o600)).expect("its mode is set");
    lab.assert_clean(&["a.log"]);
}

#[cfg(target_os = "linux")]
#[test]
fn what_somebody_has_open_for_writing_is_left() {
    let mut lab = Lab::new();
    let bytes = lab.write("a.log", DIRTY);
    lab.write("b.log", DIRTY);
    let writer = File::options().append(true).open(lab.path("a.log")).expect("it opens");
    let reader = File::open(lab.path("b.log")).expect("it opens");
    let process = format!("(process {})", std::process::id());
    lab.run(&["-i", "."]).status(2).says("has it open for writing").says(&process).says("rotate");
    assert_eq!(lab.read("a.log"), bytes);
    drop((writer, reader));
    lab.run(&["-i", "."]).status(0).says("1 value masked in 1 of 2 files");
    lab.assert_clean(&[]);
}

/// So many lines take long enough to scrub that something happens meanwhile.
const LONG: usize = 100_000;

/// Runs the command while `work` is done over and over.
fn during(lab: &Lab, arguments: &[&str], work: impl Fn(u64) + Sync) -> Ran {
    let (begun, done) = (AtomicBool::new(false), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for at in 0.. {
                work(at);
                begun.store(true, Ordering::SeqCst);
                if done.load(Ordering::SeqCst) {
                    break;
                }
            }
        });
        while !begun.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        let ran = lab.run(arguments);
        done.store(true, Ordering::SeqCst);
        ran
    })
}

#[test]
fn a_file_that_grows_meanwhile_is_left_with_all_its_lines() {
    let mut lab = Lab::new();
    let line = lab.fill("line", DIRTY);
    lab.put("a.log", &line.repeat(LONG));
    let path = lab.path("a.log");
    let written = std::sync::atomic::AtomicUsize::new(LONG);
    during(&lab, &["-i", "a.log"], |_| {
        let mut file = File::options().append(true).open(&path).expect("it opens");
        file.write_all(&line).expect("it is written");
        written.fetch_add(1, Ordering::SeqCst);
        drop(file);
        std::thread::sleep(Duration::from_millis(1));
    })
    .status(2)
    .says("a.log: ");
    assert_eq!(lab.read("a.log"), line.repeat(written.into_inner()), "every line is there, as it was");
    assert_eq!(lab.names(), ["a.log"]);
}

/// Its time changes, as when somebody writes into it without making it longer.
#[test]
fn a_file_that_changes_meanwhile_is_left() {
    let mut lab = Lab::new();
    let bytes = lab.write("a.log", &format!("{DIRTY}{}", CLEAN.repeat(LONG)));
    let path = lab.path("a.log");
    let change = |at: u64| {
        let time = SystemTime::UNIX_EPOCH + Duration::new(1_500_000_000 + at, 0);
        let file = File::open(&path).expect("it opens");
        file.set_times(FileTimes::new().set_modified(time)).expect("times can be set");
    };
    during(&lab, &["-i", "--backup", ".bak", "--backup-keeps-secrets", "a.log"], change)
        .status(2)
        .says("it changed while it was scrubbed and was left as it is");
    assert_eq!(lab.read("a.log"), bytes);
    assert_eq!(lab.names(), ["a.log"], "no backup of what was not replaced");
    during(&lab, &["-o", "out", "a.log"], change).status(2).says("it changed while it was");
    assert_eq!(lab.names(), ["a.log"], "no copy of what was half one and half the other");
}

/// The number of a process that was there and is gone.
fn gone() -> u32 {
    let mut child: Child = Command::new("true").spawn().expect("it starts");
    child.wait().expect("it ends");
    child.id()
}

#[test]
fn what_a_stopped_run_left_is_removed() {
    let mut lab = Lab::new();
    lab.write("logs/a.log", DIRTY);
    let (dead, alive) = (gone(), std::process::id());
    lab.put(&format!("logs/.a.log.{dead}.0.scrubjay-part"), b"half of a li");
    lab.put(&format!("logs/.{dead}.7.scrubjay-part"), b"half of a li");
    lab.put(&format!("logs/.b.log.{alive}.0.scrubjay-part"), b"somebody's");
    lab.put("logs/notes.scrubjay-part", b"mine");
    let ran = lab.run(&["-i", "logs"]);
    ran.status(0).says("skipped: 2 remains of a run that was stopped, removed");
    let alive = format!("logs/.b.log.{alive}.0.scrubjay-part");
    assert_eq!(lab.names(), [&alive, "logs/a.log", "logs/notes.scrubjay-part"]);
    lab.assert_clean(&[]);
}

/// In a container every run may have the same number, that of the run that was killed included.
#[cfg(target_os = "linux")]
#[test]
fn remains_under_the_own_number_are_no_obstacle() {
    let mut lab = Lab::new();
    lab.write("logs/a.log", DIRTY);
    lab.write("b.log", DIRTY);
    // The shell's number becomes the command's.
    let script = r#": > "logs/.a.log.$$.0.scrubjay-part"; : > ".b.log.$$.1.scrubjay-part"
        : > ".b.log.$$.0.scrubjay-part"; exec "$0" scrub -i -j 1 logs b.log"#;
    let mut command = Command::new("sh");
    command.args(["-c", script, env!("CARGO_BIN_EXE_scrubjay")]).current_dir(lab.path(""));
    let output = command.output().expect("a shell");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("1 remains of a run that was stopped, removed"), "{said}");
    assert!(!lab.names().iter().any(|name| name.starts_with("logs/.")), "{:?}", lab.names());
    lab.assert_clean(&[]);
}

const BACKUP: [&str; 4] = ["-i", "--backup", ".bak", "--backup-keeps-secrets"];

#[test]
fn a_backup_is_kept_only_where_that_was_said() {
    let mut lab = Lab::new();
    let bytes = lab.write("a.log", DIRTY);
    lab.put("b.log", CLEAN.as_bytes());
    lab.run(&["-i", "--backup", ".bak", "a.log"]).status(2).says("--backup-keeps-secrets");
    assert_eq!((lab.names(), lab.read("a.log")), (vec!["a.log".into(), "b.log".into()], bytes.clone()));
    fs::set_permissions(lab.path("a.log"), Permissions::from_mode(0o640)).expect("its mode is set");
    lab.run(&[&BACKUP[..], &["a.log", "b.log"]].concat()).status(0);
    assert_eq!(lab.names(), ["a.log", "a.log.bak", "b.log"], "what is clean needs no backup");
    assert_eq!(lab.read("a.log.bak"), bytes);
    assert_eq!(fs::metadata(lab.path("a.log.bak")).expect("a file").mode() & 0o777, 0o640);
    lab.assert_clean(&["a.log.bak"]);
}

#[test]
fn a_backup_never_takes_the_place_of_anything() {
    let mut lab = Lab::new();
    let bytes = lab.write("a.log", DIRTY);
    lab.put("a.log.bak", b"older");
    lab.run(&[&BACKUP[..], &["a.log"]].concat()).status(2).says("the backup a.log.bak cannot be made");
    assert_eq!((lab.read("a.log"), lab.read("a.log.bak")), (bytes, b"older".to_vec()));
    assert_eq!(lab.names(), ["a.log", "a.log.bak"]);
    for suffix in ["", "/../x", "/x"] {
        lab.run(&["-i", "--backup", suffix, "--backup-keeps-secrets", "a.log"])
            .status(2)
            .says("--backup")
            .says("such as .orig");
    }
}

#[test]
fn a_second_run_leaves_the_backups() {
    let mut lab = Lab::new();
    let bytes = lab.write("logs/a.log", DIRTY);
    lab.run(&[&BACKUP[..], &["logs"]].concat()).status(0);
    lab.write("logs/b.log", DIRTY);
    lab.run(&[&BACKUP[..], &["logs"]].concat()).status(0).says("skipped: 1 backups");
    assert_eq!(lab.names(), ["logs/a.log", "logs/a.log.bak", "logs/b.log", "logs/b.log.bak"]);
    assert_eq!(lab.read("logs/a.log.bak"), bytes);
    lab.run(&["-i", "logs"]).status(0).says("2 values masked in 2 of 4 files");
    lab.assert_clean(&[]);
}

/// Stopped after the backup had its name and before the new file had its own.
#[test]
fn a_backup_of_a_stopped_run_is_taken_up() {
    let mut lab = Lab::new();
    let bytes = lab.write("a.log", DIRTY);
    fs::hard_link(lab.path("a.log"), lab.path("a.log.bak")).expect("a second name");
    lab.run(&[&BACKUP[..], &["a.log"]].concat()).status(0);
    assert_eq!(lab.read("a.log.bak"), bytes);
    lab.assert_clean(&["a.log.bak"]);
}

/// Sends a signal to a process of the test's own.
fn send(signal: &str, to: u32) {
    let done = Command::new("kill").args(["-s", signal, "--", &to.to_string()]).status().expect("kill runs");
    assert!(done.success());
}

/// A run over a file that has no end until somebody writes it, so that the signal comes in the middle.
#[test]
fn a_signal_stops_a_run_over_files_and_every_file_is_whole() {
    for (signal, mode) in
        [("INT", "-i"), ("TERM", "-i"), ("HUP", "-i"), ("INT", "-ocopy"), ("TERM", "-ocopy")]
    {
        let mut lab = Lab::new();
        let line = lab.fill("line", DIRTY);
        let before: Vec<Vec<u8>> = (0..400).map(|at| line.repeat(1 + at % 40)).collect();
        for (at, bytes) in before.iter().enumerate() {
            lab.put(&format!("logs/{at:03}.log"), bytes);
        }
        let mut child = lab.command(&[mode, "-j", "2", "logs"]).spawn().expect("it starts");
        // Once one file is done, the others are on their way.
        let first = lab.path(if mode == "-i" { "logs/000.log" } else { "copy/logs/000.log" });
        while fs::read(&first).map_or(true, |now| now == before[0]) {
            assert!(child.try_wait().expect("a child").is_none(), "it was too fast");
        }
        send(signal, child.id());
        let done = child.wait_with_output().expect("it ends");
        let said = String::from_utf8(done.stderr).expect("text");
        let left = lab.names().iter().filter(|name| name.contains("scrubjay-part")).count();
        assert_eq!(left, 0, "{said}");
        let mut old = 0;
        for (at, before) in before.iter().enumerate() {
            let now = lab.read(&format!("logs/{at:03}.log"));
            if mode == "-i" {
                old += usize::from(now == *before);
            } else {
                assert_eq!(now, *before);
                old += usize::from(!lab.path(&format!("copy/logs/{at:03}.log")).exists());
            }
        }
        assert_eq!(done.status.code(), Some(2), "{said}");
        assert!(said.contains(&format!("stopped by a signal: {old} files not gone over")), "{old}: {said}");
        // The next run does the rest.
        if mode == "-i" {
            lab.run(&["-i", "logs"]).status(0);
            lab.assert_clean(&[]);
        }
    }
}

#[test]
fn as_the_end_of_a_pipe_it_waits_for_the_last_lines() {
    for (signal, status) in [("INT", 0), ("TERM", 128 + 15), ("HUP", 128 + 1)] {
        let mut lab = Lab::new();
        let line = lab.fill(signal, DIRTY);
        let mut child = lab.command(&[]).spawn().expect("it starts");
        let mut input = child.stdin.take().expect("a pipe");
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        input.write_all(&line).expect("it reads");
        let mut seen = String::new();
        out.read_line(&mut seen).expect("a line");
        send(signal, child.id());
        // What the program before says when it is told to end, the last line without an end.
        std::thread::sleep(Duration::from_millis(100));
        input.write_all(&[&line[..], b"bye pwd=open"].concat()).expect("it still reads");
        drop(input);
        out.read_to_string(&mut seen).expect("text");
        assert_eq!(seen.lines().count(), 3);
        assert!(seen.ends_with("bye pwd=****"));
        lab.assert_silent("standard output", seen.as_bytes());
        assert_eq!(child.wait().expect("it ends").code(), Some(status), "{signal}");
    }
}

/// Nobody has to wait for a producer that does not end.
#[test]
fn told_to_end_it_ends_though_its_input_does_not() {
    let lab = Lab::new();
    let mut child = lab.command(&[]).spawn().expect("it starts");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(b"one\nhalf a line pwd=open").expect("it reads");
    let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut seen = String::new();
    out.read_line(&mut seen).expect("a line");
    send("TERM", child.id());
    out.read_to_string(&mut seen).expect("text");
    assert_eq!(seen, "one\nhalf a line pwd=****");
    assert_eq!(child.wait().expect("it ends").code(), Some(128 + 15));
    drop(input);
}
